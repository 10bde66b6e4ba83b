"""What the live and the whole-record decomposition of skin conductance share.

Conductance in steps of about a fifth of a second, with the noise of each; and the settings of
the model of :mod:`interbeat.kernels.sweat`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.kernels import sweat
from interbeat.signals._eda_quality import SweatGrader
from interbeat.signals._grid import Tape, Thinned

__all__ = [
    "EXPECTED",
    "FEWEST",
    "LEAST",
    "NEAR",
    "SIGMAS",
    "Found",
    "Learned",
    "Model",
    "Piece",
    "Steps",
    "counted",
    "found_in",
    "learned",
]

FINEST = 5.0  # Hz, about: responses have no power above 1 Hz
RISE, DECAY = 0.75, 3.0  # s, time constants of the response that is expected
LEAST = 0.03  # µS: what counts as a response
SIGMAS = 4.5  # standard deviations that it must stand out by
NEAR = 0.6  # s that onsets must be apart
APART = 1.5  # s within which one onset is added at a time
DRIFT = 1e-6  # (µS/s)² that the slope of the level gains in a second
MISFIT = 0.07  # of the responses' size, as noise in each step: no shape is quite as expected
MISFIT_LAST = 0.06  # the same in the end, when SHAPE has taken its part
AROUND = 0.5  # s around a response within which this is felt
SHAPE = 0.02  # per s: how the rest of a response wanders off, as a share of its variance
TIMING = 0.1  # s, standard deviation of an onset before it is moved
SEARCH = 5.0  # s after its onset within which a response peaks
RISES = 1.0  # s after its onset within which conductance must begin to rise
SPAN = 0.75  # s over which it must in fact have risen
SLOPE = 0.1  # µS/s, standard deviation of a slope of which nothing is known
TAIL = 0.5  # µS, the same of what is left of responses before the first sample
FREE = 10.0  # µS, of a level
QUIETEST = 1e-3  # µS: less noise than this is not believed
LONG = 5.0  # s without samples, after which the level may be anything
# of the logarithms of rise and decay: expected, spread, least, most
PRIOR = np.array(
    [
        [math.log(RISE), 0.3, math.log(0.3), math.log(2.0)],
        [math.log(DECAY), 0.4, math.log(1.0), math.log(10.0)],
        [0.3, 0.3, 0.0, 0.0],  # least distance; spread of onsets (s) while learning
    ]
)
FEWEST = 5  # responses from which time constants are learned


class Learned(NamedTuple):
    """Time constants of a person's responses: logarithms (of s), and their covariance."""

    rise: float
    decay: float
    rise_variance: float
    decay_variance: float
    covariance: float


EXPECTED = Learned(math.log(RISE), math.log(DECAY), PRIOR[0, 1] ** 2, PRIOR[1, 1] ** 2, 0.0)


class Model:
    """The settings of the kernels for steps at `rate` (Hz).

    Attributes
    ----------
    rate : float
        Steps per second.
    settings : numpy.ndarray
        As :mod:`interbeat.kernels.sweat` wants them.
    """

    def __init__(self, rate: float, time_constants: Learned = EXPECTED) -> None:
        self.rate = rate
        s = self.settings = np.empty(sweat.SETTINGS)
        s[sweat.DRIFT] = DRIFT / rate**3
        s[sweat.MISFIT], s[sweat.MISFIT_LAST] = MISFIT, MISFIT_LAST
        s[sweat.SIGMAS], s[sweat.LEAST] = SIGMAS, LEAST
        s[sweat.NEAR], s[sweat.APART] = NEAR * rate, APART * rate
        s[sweat.SHIFT], s[sweat.SEARCH] = TIMING * rate, SEARCH * rate
        s[sweat.SHAPE] = SHAPE / rate
        s[sweat.RISES], s[sweat.SPAN] = RISES * rate, SPAN * rate
        s[sweat.EARLIEST], s[sweat.AROUND] = 0.0, AROUND * rate
        s[sweat.SLOPE_FREE] = (SLOPE / rate) ** 2
        self.time_constants = time_constants

    @property
    def time_constants(self) -> Learned:
        """Of the responses."""
        return self._learned

    @time_constants.setter
    def time_constants(self, value: Learned) -> None:
        self._learned = value
        self.settings[sweat.RISE] = math.exp(value.rise) * self.rate
        self.settings[sweat.DECAY] = math.exp(value.decay) * self.rate

    def start(self, y: FloatArray) -> FloatArray:
        """Return what is known before the first of the steps `y`."""
        state = np.zeros(sweat.STATE)
        known = y[np.isfinite(y)]
        state[2] = known[0] if known.size else 0.0
        state[4], state[8] = TAIL**2, 1e-8
        state[11], state[13] = FREE**2, self.settings[sweat.SLOPE_FREE]
        return state


class Found(NamedTuple):
    """Responses (rows), all steps smoothed, and the same as they were predicted."""

    rows: FloatArray
    out: FloatArray
    store: FloatArray


def found_in(
    piece: Piece, model: Model, start: FloatArray, rows: FloatArray | None = None
) -> Found:
    """Return what :func:`interbeat.kernels.sweat.find_responses` finds in `piece`."""
    n = piece.y.size
    out, store = np.empty((n, sweat.OUT)), np.empty((n, sweat.STORE))
    begin = np.empty((0, sweat.ROWS)) if rows is None else rows
    found = sweat.find_responses(*piece, begin, model.settings, start, store, out)
    return Found(found, out, store)


def learned(piece: Piece, model: Model, rows: FloatArray, phasic: FloatArray) -> Learned:
    """Return the time constants that make `piece` likeliest, given its responses `rows`."""
    prior = PRIOR.copy()
    prior[:2, [0, 2, 3]] += math.log(model.rate)
    prior[2, 1] *= model.rate
    y, variance, loose = piece
    phasic, start = np.ascontiguousarray(phasic), model.start(y)
    got = sweat.learn(y, variance, phasic, loose, rows, model.settings, start, prior)
    unit = math.log(model.rate)
    return Learned(*(float(x) for x in (got[0] - unit, got[1] - unit, *got[2:])))


class Piece(NamedTuple):
    """A stretch of steps: conductance (NaN where lost), variance of its noise, loose or not."""

    y: FloatArray
    variance: FloatArray
    loose: BoolArray

    def between(self, first: int, end: int) -> Piece:
        """Return steps `first` to before `end`."""
        return Piece(*(part[first:end].copy() for part in self))  # type: ignore[arg-type]


def counted(rows: FloatArray, y: FloatArray) -> FloatArray:
    """Return those of `rows` that are large enough, are a rise, and whose onset was seen."""
    at, y = rows[:, sweat.POSITION].astype(np.int64), np.append(y, np.nan)
    large = (rows[:, sweat.HEIGHT] >= LEAST) & (rows[:, sweat.RISE_SEEN] > 0)
    return rows[large & np.isfinite(y[at] + y[at + 1])]


class Steps:
    """Conductance as the means of neighbouring samples, each with the variance of its noise.

    Attributes
    ----------
    rate : float
        Steps per second.
    tape : Tape
        Of each step: conductance, variance, and 1 where the level may be anything after it.
    """

    def __init__(self, samples: Thinned) -> None:
        self._samples = samples
        self._every = max(1, round(samples.rate / FINEST))
        self.rate = samples.rate / self._every
        self.tape = Tape((3,))
        self._lost = 0  # steps since the last one that was seen

    def time(self, position: FloatArray) -> FloatArray:
        """Return the times (s) of positions counted in steps."""
        middle = (self._every - 1) / 2
        first = self._samples.origin + middle / self._samples.rate
        return np.asarray(first + position / self.rate)

    def piece(self, first: int, end: int) -> Piece:
        """Return steps `first` to before `end`."""
        rows = self.tape.values[first - self.tape.first : end - self.tape.first]
        y, variance = np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1])
        return Piece(y, variance, rows[:, 2] > 0)

    def take(self, grader: SweatGrader, seconds: int) -> None:
        """Take the steps that are over, in the `seconds` that are known."""
        tape, every, rate = self._samples.tape, self._every, self._samples.rate
        first = self.tape.end
        if not tape.end:
            return
        known = math.ceil((seconds - self._samples.origin) * rate - 1e-6)
        end = max(min(tape.end, known) // every, first)
        if end == first:
            return
        begin = first * every - tape.first
        rows = tape.values[begin : begin + (end - first) * every].reshape(-1, every)
        there = np.isfinite(rows)
        count = there.sum(axis=1)
        y = np.where(there, rows, 0.0).sum(axis=1) / np.maximum(count, 1)
        index = np.arange(first, end) * every
        edges = [self._second(index), self._second(index + every - 1)]
        jump = grader.jumps(edges[0]) | grader.jumps(edges[1])
        noise = grader.noise(edges[1]) * (1 + 0.5 / rate)
        seen = (3 * count >= every) & ~jump & np.isfinite(noise)
        variance = (np.where(seen, noise, 0.0) ** 2 + QUIETEST**2) / np.maximum(count, 1)
        y[~seen] = np.nan
        self.tape.append(np.column_stack((y, variance, jump | self._long(seen))))

    def _second(self, index: IntArray) -> IntArray:
        at = self._samples.origin + (index + 5e-7) / self._samples.rate
        return np.asarray(np.floor(at), dtype=np.int64)

    def _long(self, seen: BoolArray) -> BoolArray:
        """Return which steps are lost and have been for LONG."""
        place = np.arange(seen.size)
        last = np.maximum.accumulate(np.where(seen, place, -1 - self._lost))
        lost = place - last
        self._lost = int(lost[-1])
        return np.asarray(lost > LONG * self.rate)
