"""Skin conductance: its level, and the responses that ride on it, as they come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.recording import Data
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.kernels.sweat import BLANK, LAG, LOOK_BACK, RECENT, scan_sweat
from interbeat.signals._conductance import conversion, in_range
from interbeat.signals._eda_quality import SweatGrader
from interbeat.signals._grid import Grid, Seconds, Tape, Thinned, hann, table
from interbeat.signals._join import joined
from interbeat.signals._slow import SlowStage
from interbeat.signals._trust import Trust

__all__ = ["Decomposed", "EdaStage", "decompose_eda"]

RATE = 4  # Hz: where all is worked out and given
SMOOTH = 0.75  # s, half width of the smoothing window
REACH = 2  # points later, the window still holds samples
LEVEL = 4.0  # s, half width of the window over which the level is taken
RISE, DECAY = 0.75, 3.0  # s, time constants of the response that is expected
LEAST = 0.03  # µS: what counts as a response
SIGMAS = 6.5  # of the noise: what a burst must reach
MOVES = 4.0  # of how the slope moves anyway, minute by minute: what a burst must reach
# of a response of the expected shape, after smoothing (a test works them out anew):
BURST = 1.09  # height of its burst over its size (1/s)
KEPT = 0.916  # share of its size that is measured
EARLY = 0.216  # s by which its foot precedes it


class Decomposed(NamedTuple):
    """What :func:`decompose_eda` returns.

    Parameters
    ----------
    tonic : numpy.ndarray, shape (n,)
        Skin conductance level at each sample, µS; NaN where lost or not to be trusted.
    phasic : numpy.ndarray, shape (n,)
        The samples less the level, µS, noise included.
    responses : Responses
        Of a person called ``"a"``.
    """

    tonic: FloatArray
    phasic: FloatArray
    responses: Responses


class EdaStage(SlowStage):
    """Skin conductance in: ``scl``, ``responses`` and ``eda_quality`` out.

    The samples are read off at 4 Hz through a Hann window (1.5 s). A response is a burst in
    the slope of conductance, once the decay that each response ends with (3 s) is undone: a
    rise, within 1.25 s, of what a response of 0.03 µS would give and of 6.5 standard
    deviations of the noise (from second differences of the samples, median over a minute) and
    of 4 times what the slope moves by anyway (in 0.75 s, median over a minute), and
    conductance must in fact rise.
    Undoing the decay tells a response on another's tail from that tail. Its size is the highest
    rise over what the tail would have been by then, up to the next onset or 5 s after its own,
    corrected for the smoothing. The level is what remains when every response (a Bateman
    shape, rise 0.75 s and decay 3 s) is taken away, averaged over 8 s (Hann window).

    Parameters
    ----------
    sampling_rate : float
        In Hz, 3 or more. Rates of 64 Hz and more are first averaged down to 32 to 64 Hz.
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
    nothing at all changes for 10 s. ``scl``: µS, 4 Hz; NaN where samples are lost, from 0.5 s
    before such a change on, and in each second with a quality under 0.5. ``responses``: none
    begins in such a second; a rise that a gap cuts off within 1.5 s is not counted.

    That a response is at least 0.01 to 0.05 µS, and rises for 0.5 to 5 s, is the convention:
    Boucsein et al. (2012), Psychophysiology 49:1017, doi:10.1111/j.1469-8986.2012.01384.x.
    The conventional trough-to-peak score misses what rises on a tail; undoing the decay
    follows from the Bateman function's differential equation, and is our own.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.25)
    >>> since = np.maximum(t - 20, 0)
    >>> sweat = 5 + np.exp(-since / 3) - np.exp(-since / 0.75)
    >>> stage = EdaStage(4, "a", "µS")
    >>> parts = stage.push(Signal(sweat, 4, "µS", "a", 0.0)), stage.finish()
    >>> responses = parts[0]["responses"].then(parts[1]["responses"])
    >>> responses.times.round(1), responses.amplitude.round(2)
    (array([20.]), array([0.48]))
    """

    lacking = "skin conductance does not show responses"

    def __init__(self, sampling_rate: float, person: str, unit: str) -> None:
        super().__init__(Thinned(sampling_rate, person, unit))
        self._samples.convert = conversion(unit)
        self._seconds = Seconds()
        self._grader = SweatGrader()
        self._fine = Grid(RATE, hann(table()), half=SMOOTH, least=0.5)
        self._coarse = Grid(RATE, hann(table()), half=LEVEL, least=0.3)
        self._scan = _Scan(_noise_gain(self._samples.rate))
        self._rest = Tape()  # 4 Hz: conductance without the responses
        self._trust = {"scl": Trust(), "responses": Trust()}
        self._first = 0

    def _none(self) -> dict[str, Data]:
        none = np.empty(0)
        return {"responses": Responses(none, none, none, self.person)}

    def _begin(self, start: float) -> None:
        for part in (self._fine, self._coarse, self._seconds):
            part.begin(start)
        self._grader.begin(self._seconds.next)
        self._first = self._fine.next

    def _sure(self) -> float:
        sure = (self._first + self._scan.sure) / RATE
        return min(sure, self._coarse.next / RATE, float(self._grader.graded))

    def _advance(self) -> Iterator[dict[str, Data]]:
        tape, clock = self._samples.tape, self._samples.clock()
        seconds, fine = self._seconds, self._fine
        done = seconds.reached(tape, clock) if self._over else seconds.ready(tape, clock)
        if done == seconds.next and not self._over:
            return
        self._grader.take(seconds.take(tape, clock, until=done))
        until = fine.reached(tape, clock) if self._over else fine.ready(tape, clock)
        if not self._over:
            until = max(min(until, done * RATE - REACH), fine.next)
        y, noise = self._points(until)
        level = self._level(self._scan.take(y, noise, over=self._over))
        begin = self._grader.graded
        quality = Signal(self._grader.grades(over=self._over), 1, "", self.person, begin)
        yield {
            "scl": self._trust["scl"].mark(level, quality),
            "responses": self._trust["responses"].mark(self._responses(), quality),
            "eda_quality": quality,
        }
        self._samples.forget(min(fine.next / RATE - SMOOTH, float(seconds.next)) - 2)

    def _points(self, until: int) -> tuple[FloatArray, FloatArray]:
        """Return conductance at the next points, NaN where a jump is near, and its noise."""
        at = np.arange(self._fine.next, until)
        y = self._fine.take(self._samples.tape, self._samples.clock(), until=until)
        jumps = self._grader.jumps
        y[jumps(at // RATE) | jumps((at + REACH) // RATE)] = np.nan
        return y, self._grader.noise(at // RATE)

    def _responses(self) -> Responses:
        rows = self._scan.rows
        times = (self._first + rows[:, 0]) / RATE + EARLY
        peaks = np.maximum((self._first + rows[:, 1]) / RATE, times)
        return Responses(times, peaks, rows[:, 2].copy(), self.person)

    def _level(self, rest: FloatArray) -> Signal:
        tape, grid = self._rest, self._coarse
        tape.append(rest)
        clock = np.array([self._first / RATE, float(RATE)])
        begin = grid.next
        until = self._first + tape.end if self._over else grid.ready(tape, clock)
        level = grid.take(tape, clock, until=until)
        here = slice(begin - self._first - tape.first, until - self._first - tape.first)
        level[np.isnan(tape.values[here])] = np.nan
        tape.forget(until - self._first - round(LEVEL * RATE) - 1)
        return Signal(level, RATE, "µS", self.person, begin / RATE)


class _Scan:
    """The search for responses on the 4-Hz grid.

    Attributes
    ----------
    rows : numpy.ndarray, shape (n, 3)
        What the last points gave: onset and peak as indices, and size.
    """

    def __init__(self, gain: float) -> None:
        self._gain = gain
        self._y, self._z, self._tail, self._noise = Tape(), Tape(), Tape(), Tape()
        peak = math.log(DECAY / RISE) * RISE * DECAY / (DECAY - RISE)
        shape = 1 / (math.exp(-peak / DECAY) - math.exp(-peak / RISE))
        self._settings = np.array(
            [RISE, DECAY, shape, LEAST, LEAST * BURST, SIGMAS, KEPT, MOVES]
        )
        self._state, self._ring = np.array(BLANK), np.full(RECENT, np.nan)
        self._given = 0
        self.rows = np.empty((0, 3))

    @property
    def sure(self) -> int:
        """Index before which no response can begin any more."""
        return self._z.end - LAG

    def take(self, y: FloatArray, noise: FloatArray, *, over: bool) -> FloatArray:
        """Take the next points; return conductance without responses, where it is sure."""
        if over:  # as at any gap: what waits for its end is measured as far as it was seen
            y, noise = np.append(y, (np.nan, np.nan)), np.append(noise, (0.0, 0.0))
        self._y.append(y)
        self._noise.append(noise * self._gain)
        new = max(self._y.end - 1 - self._z.end, 0)
        self._z.append(self._slopes(new))
        self._tail.append(np.zeros(new))
        self._search()
        end = self._z.end - 1 if over else max(self.sure, self._given)
        here = slice(self._given - self._y.first, end - self._y.first)
        rest = self._y.values[here] - self._tail.values[here]
        self._given = end
        for tape in (self._y, self._z, self._tail, self._noise):
            tape.forget(end - LOOK_BACK)
        return rest

    def _slopes(self, new: int) -> FloatArray:
        """Return slope plus conductance over decay time at the next `new` points."""
        at = np.arange(self._z.end, self._z.end + new) - self._y.first
        y = self._y.values
        known = at >= 1
        before, after = y[np.maximum(at - 1, 0)], y[at + 1]
        return np.where(known, (after - before) * RATE / 2 + y[at] / DECAY, np.nan)

    def _search(self) -> None:
        rows = np.empty((len(self._z) // 2 + 2, 3))
        found = scan_sweat(
            self._y.values,
            self._z.values,
            self._tail.values,
            self._z.first,
            self._noise.values,
            self._settings,
            self._state,
            self._ring,
            rows,
        )
        self.rows = rows[:found]


def _noise_gain(rate: float) -> float:
    """Return how much white noise of samples at `rate` makes of noise in the slope.

    The median of the squares in a second lies below their mean, the more so the fewer there
    are: hence the last factor.
    """
    step = 1e-3
    u = np.arange(-2, 2, step)

    def window(at: FloatArray) -> FloatArray:
        return np.where(np.abs(at) < SMOOTH, hann(np.abs(at) / SMOOTH), 0.0)

    weight = window(u).sum() * step
    slope = (window(u + 1 / RATE) - window(u - 1 / RATE)) * RATE / 2 + window(u) / DECAY
    power = float((slope**2).sum()) * step / weight**2 / rate
    return math.sqrt(power) * (1 + 0.5 / rate)


def decompose_eda(eda: ArrayLike, *, sampling_rate: float) -> Decomposed:
    """Return the level, the rest and the responses of a whole record of skin conductance.

    One push of :class:`EdaStage`, which see for the method.

    Parameters
    ----------
    eda : array_like, shape (n,)
        In µS; lost samples are NaN. Times count from the first sample.
    sampling_rate : float
        In Hz, 3 or more.

    Returns
    -------
    Decomposed
        ``tonic`` and ``phasic``, shape (n,), whose sum is `eda`; and ``responses``.

    Raises
    ------
    DataError
        If the sampling rate is under 3 Hz or not a number, or `eda` is not one row of
        numbers.

    Examples
    --------
    >>> tonic, phasic, responses = decompose_eda(np.linspace(2, 3, 401), sampling_rate=4)
    >>> tonic[200:203].round(4), np.abs(phasic[200:203]).max().round(6), len(responses)
    (array([2.5   , 2.5025, 2.505 ]), np.float64(0.0), 0)
    """
    signal = Signal(np.asarray(eda), sampling_rate, "µS", "a", 0.0)
    stage = EdaStage(sampling_rate, "a", "µS")
    out = joined([stage.push(signal), stage.finish()])
    level, responses = out.get("scl"), cast(Responses, out["responses"])
    tonic = np.full(len(signal), np.nan)
    if isinstance(level, Signal):  # there is none of a record of a few milliseconds
        tonic = np.interp(signal.times, level.times, level.values)
    tonic[np.isnan(in_range(signal.values))] = np.nan
    return Decomposed(tonic, signal.values - tonic, responses)
