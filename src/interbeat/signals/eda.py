"""Skin conductance: its level, and the responses that ride on it, as they come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.recording import Data
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.kernels import sweat
from interbeat.signals._conductance import conversion, in_range
from interbeat.signals._eda_quality import SweatGrader
from interbeat.signals._grid import Seconds, Tape, Thinned
from interbeat.signals._slow import SlowStage
from interbeat.signals._sweat import (
    FEWEST,
    NEAR,
    Model,
    Steps,
    counted,
    found_in,
    learned,
)
from interbeat.signals._trust import Trust
from interbeat.signals.decomposition import Decomposed, decompose_eda

__all__ = ["Decomposed", "EdaStage", "decompose_eda"]

RATE = 4  # Hz, of the level
BLOCK = 3.0  # s that are decided at a time
AHEAD = 7.0  # s after them that are looked at
LEARN = 60.0  # s after which the time constants are learned anew
MEMORY = 300.0  # s from which they are


class EdaStage(SlowStage):
    """Skin conductance in: ``scl``, ``responses``, and how far they can be trusted.

    A fixed-lag form of :func:`decompose_eda`, which see for the model: 3 s at a time are taken
    apart, with the 7 s after them in view and what is known of the 3 s before them carried
    over. The time constants of the responses begin as expected (0.75 and 3 s) and are learned
    anew every minute from the 5 minutes before, where these hold 5 responses or more.

    Parameters
    ----------
    sampling_rate : float
        In Hz, 3 or more. Samples are averaged to steps of about a fifth of a second.
    person : str
        Whose skin.
    unit : str
        Of the signal: µS, or another unit of conductance or resistance, which is converted.
        Raw counts are refused: no threshold in µS can be held against them.

    Attributes
    ----------
    latency : float
        12 s.

    Raises
    ------
    DataError
        If the unit is neither of conductance nor of resistance, the sampling rate is under
        3 Hz or not a number, or a chunk is of another person, rate or unit, or goes back in
        time.

    Notes
    -----
    ``eda_quality``: 1 Hz, share of samples that are there and within 0.05 to 100 µS; 0 in the
    two seconds around a change faster than 10 µS/s (of electrode or cable, not of sweat; cf.
    Kleckner et al. 2018, doi:10.1109/TBME.2017.2758643, whose range ends at 60) and where
    nothing at all changes for 10 s. ``eda_reason``: 1 Hz, which of these makes a second bad, a
    number of :data:`~interbeat.signals.quality.REASONS`; 0 in good ones. ``scl``: µS, 4 Hz; NaN
    where samples are lost, around such a change, in each second with a quality under 0.5, and
    where it would lie outside that range, as noise among lost samples can have it.
    After such a change, and after 5 s without samples, the level begins anew. ``responses``: of
    0.03 µS or more and 4.5 standard errors; none begins in a bad second or among lost samples.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.25)
    >>> since = np.maximum(t - 20, 0)
    >>> sweat = 5 + np.exp(-since / 3) - np.exp(-since / 0.75)
    >>> stage = EdaStage(4, "a", "µS")
    >>> parts = stage.push(Signal(sweat, 4, "µS", "a", 0.0)), stage.finish()
    >>> responses = parts[0]["responses"].then(parts[1]["responses"])
    >>> responses.times.round(1), responses.amplitude.round(2)
    (array([20.]), array([0.47]))
    """

    lacking = "skin conductance does not show responses"

    def __init__(self, sampling_rate: float, person: str, unit: str) -> None:
        super().__init__(Thinned(sampling_rate, person, unit))
        self._samples.convert = conversion(unit)
        self._seconds = Seconds()
        self._grader = SweatGrader()
        self._steps = Steps(self._samples)
        self._scan = _Scan(self._steps)
        self._level = _Level(self._steps)
        self._trust = {"scl": Trust(), "responses": Trust()}

    def _none(self) -> dict[str, Data]:
        none = np.empty(0)
        return {"responses": Responses(none, none, none, self.person)}

    def _begin(self, start: float) -> None:
        self._seconds.begin(start)
        self._grader.begin(self._seconds.next)
        self._level.next = math.ceil(start * RATE - 1e-6)

    def _sure(self) -> float:
        sure = float(self._steps.time(np.array(self._scan.done)))
        return min(sure, self._level.next / RATE, float(self._grader.graded))

    def _advance(self) -> Iterator[dict[str, Data]]:
        tape, clock, seconds = self._samples.tape, self._samples.clock(), self._seconds
        done = seconds.reached(tape, clock) if self._over else seconds.ready(tape, clock)
        if done == seconds.next and not self._over:
            return
        self._grader.take(seconds.take(tape, clock, until=done))
        self._steps.take(self._grader, done)
        rows, levels = self._scan.go(over=self._over)
        last = float(clock[0] + (tape.end - 1) / clock[1])
        points, at = self._level.take(levels, until=last if self._over else -math.inf)
        level = Signal(points, RATE, "µS", self.person, at)
        begin = self._grader.graded
        quality = Signal(self._grader.grades(over=self._over), 1, "", self.person, begin)
        yield {
            "scl": self._trust["scl"].mark(level, quality),
            "responses": self._trust["responses"].mark(self._responses(rows), quality),
            "eda_quality": quality,
            "eda_reason": replace(quality, values=self._grader.reasons),
        }
        self._samples.forget(float(seconds.next) - 2)

    def _responses(self, rows: FloatArray) -> Responses:
        times = self._steps.time(rows[:, sweat.POSITION])
        peaks = self._steps.time(rows[:, sweat.PEAK])
        return Responses(times, peaks, rows[:, sweat.HEIGHT].copy(), self.person)


class _Scan:
    """The search for responses, a block of steps after the other.

    Attributes
    ----------
    done : int
        Steps that have been decided.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps, self._model = steps, Model(steps.rate)
        self._block, self._ahead = math.ceil(BLOCK * steps.rate), math.ceil(AHEAD * steps.rate)
        self._state: FloatArray | None = None
        self._history = _History(steps, self._model)
        self._last = -math.inf
        self.done = 0

    def go(self, *, over: bool) -> tuple[FloatArray, FloatArray]:
        """Return the rows of the responses and the levels (NaN where lost) now decided."""
        rows, levels = [np.empty((0, sweat.ROWS))], [np.empty(0)]
        end = self._steps.tape.end
        while self.done + self._block + self._ahead <= end or (over and self.done < end):
            row, level = self._decide(min(self.done + self._block + self._ahead, end))
            rows.append(row)
            levels.append(level)
        return np.concatenate(rows), np.concatenate(levels)

    def _decide(self, end: int) -> tuple[FloatArray, FloatArray]:
        first, count = self.done, min(self._block, end - self.done)
        if end - first < self._block + self._ahead:
            count = end - first  # nothing more will come
        piece = self._steps.piece(first, end)
        state = self._model.start(piece.y) if self._state is None else self._state
        self._model.settings[sweat.EARLIEST] = max(
            0.0, self._last + NEAR * self._steps.rate - first
        )
        found = found_in(piece, self._model, state)
        if count < end - first:
            self._state = found.store[count, : sweat.STATE].copy()
        rows = found.rows[found.rows[:, sweat.POSITION] < count]
        level = in_range(found.out[:count, sweat.LEVEL])
        level[~np.isfinite(level + piece.y[:count])] = np.nan
        self.done = first + count
        phasic = np.maximum(found.out[:count, sweat.SLOW] - found.out[:count, sweat.FAST], 0)
        if rows.shape[0]:
            self._last = first + float(rows[-1, sweat.POSITION])
        told = counted(rows, piece.y)
        told[:, [sweat.POSITION, sweat.PEAK]] += first
        self._history.add(told, phasic, self.done)
        return told, level


class _History:
    """What was found of late, from which the time constants are learned."""

    def __init__(self, steps: Steps, model: Model) -> None:
        self._steps, self._model = steps, model
        self._rows, self._phasic = np.empty((0, sweat.ROWS)), Tape()
        self._every, self._size = round(LEARN * steps.rate), round(MEMORY * steps.rate)
        self._learned = 0

    def add(self, rows: FloatArray, phasic: FloatArray, done: int) -> None:
        """Remember responses and what they added; learn, when it is time to."""
        self._rows = np.concatenate((self._rows, rows))
        self._phasic.append(phasic)
        first = max(done - self._size, 0)
        if done // self._every > self._learned:
            self._learned = done // self._every
            self._learn(first, done)
        self._rows = self._rows[self._rows[:, sweat.POSITION] >= first]
        self._phasic.forget(first)
        self._steps.tape.forget(min(first, done))

    def _learn(self, first: int, done: int) -> None:
        rows = self._rows[self._rows[:, sweat.POSITION] >= first].copy()
        if rows.shape[0] < FEWEST:
            return
        rows[:, sweat.POSITION] -= first
        phasic = self._phasic.values[first - self._phasic.first :]
        piece = self._steps.piece(first, done)
        self._model.time_constants = learned(piece, self._model, rows, phasic)


class _Level:
    """The level at whole quarters of a second, between those of the steps.

    Attributes
    ----------
    next : int
        Index of the next point.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps, self.next = steps, 0
        self._tape = Tape()

    def take(self, levels: FloatArray, *, until: float) -> tuple[FloatArray, float]:
        """Return the points up to the last of `levels`, or to `until` (s), and their begin."""
        tape, begin = self._tape, self.next / RATE
        tape.append(levels)
        if not tape.end:
            return np.empty(0), begin
        last = max(float(self._steps.time(np.array(tape.end - 1.0))), until)
        self.next = max(math.floor(last * RATE + 1e-6) + 1, self.next)
        at = np.arange(round(begin * RATE), self.next) / RATE
        place = (at - self._steps.time(np.array(0.0))) * self._steps.rate
        out = _between(tape.values, place - tape.first)
        tape.forget(tape.end - 2)
        return out, begin


def _between(values: FloatArray, place: FloatArray) -> FloatArray:
    """Return `values` at fractional places; NaN where the nearest is, which stands alone."""
    place = np.clip(place, 0, values.size - 1)
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, values.size - 1)
    nearest = values[np.where(place - left < 0.5, left, right)]
    mixed = values[left] + (place - left) * (values[right] - values[left])
    return np.where(np.isfinite(mixed), mixed, nearest)
