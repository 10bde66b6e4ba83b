"""Breaths from a belt, a flow sensor or the ECG, as they come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.breaths import Breaths
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.kernels.breaths import (
    DEADLINE,
    GAP,
    LOOK_BACK,
    SHORTEST,
    SWINGS,
    blank_state,
    leaky_integral,
    scan_breaths,
)
from interbeat.signals._breath_quality import CUTOFF, FINE, BreathGrader
from interbeat.signals._grid import Grid, Tape, Thinned, half_sine, low_pass, table
from interbeat.signals._join import joined
from interbeat.signals._slow import SlowStage
from interbeat.signals._trust import Trust

__all__ = ["RespirationStage", "detect_breaths"]

COARSE = 4  # Hz: where breathing is given out
SMOOTH = 1.0  # s, half width of the low-pass
BASELINE = 10.5  # s, half width of what is taken as the resting level
FORGETS = 15.0  # s, time constant of the integral of flow
FLOW_NOISE = 0.16  # s: noise of flow at 1 Hz after integration, 1 / (2 pi 1 Hz)

PER_SECOND = {"l/s": 1.0, "ml/s": 1.0, "l/min": 1 / 60, "ml/min": 1 / 60, "m3/s": 1.0}


class _Flow(NamedTuple):
    unit: str
    scale: float


def _flow(unit: str) -> _Flow | None:
    """Return how to turn a flow of this unit into volume; None where it is no flow."""
    plain = unit.replace("³", "3").replace(" ", "").replace("s^-1", "/s")
    scale = PER_SECOND.get(plain.lower())
    return None if scale is None else _Flow(plain.split("/")[0], scale)


class RespirationStage(SlowStage):
    """Breathing in, breaths out: ``breaths``, ``breathing``, and how far they can be trusted.

    Up must be breathing in: whether it is cannot be told from breathing itself, so it is
    taken as given, and an upside-down belt gives the right rate and swapped phases.

    The samples are read off at 8 Hz through a linear-phase low-pass (1.1 Hz). A breath begins
    where the signal turns from falling to rising by more than a threshold: a quarter of the
    recent depth (the least swing of 8 s in about 24 s, so that no shallow breath is lost beside
    a sigh), never under an eighth of the depth of the last five minutes, so that a held breath
    is not filled with the heart's shaking, nor under four standard deviations of the noise. The
    onset of an inspiration is its trough or, after a pause, the foot of the rise: where a
    raised cosine through 30 % and 60 % of it leaves the trough's level. Its end is the peak or,
    before a held breath, the shoulder found likewise. Onsets less than 0.9 s apart are one
    breath, which is not trusted, so that breathing faster than 66 a minute is not counted as
    half of it.

    A flow (its unit says so: ``"L/s"``, ``"mL/s"``, ``"L/min"``), less its running mean, is
    integrated to volume first, so that onset and end mean the same as with a belt; the integral
    forgets over 15 s, which puts onsets about 0.1 s early. Airflow without such a unit is
    taken as it is: right rate and depth in its unit, onsets at the strongest expiration, about
    a quarter of a breath early.

    Parameters
    ----------
    sampling_rate : float
        In Hz, 3 or more. Rates of 64 Hz and more are first averaged down to 32 to 64 Hz.
    person : str
        Who breathes.
    unit : str
        Of the signal; tells flow from volume.

    Attributes
    ----------
    latency : float
        12 s.

    Raises
    ------
    DataError
        If the sampling rate is under 3 Hz or not a number, or a chunk is of another person,
        rate or unit, or goes back in time.

    Notes
    -----
    ``breaths``: ``normal`` is false for the first breath after a gap, after a breath of over
    20 s (a held breath) or with two onsets in it, where the onset was not preceded by a seen
    expiration, where the peak was not seen within 10 s, where noise exceeds a fifth of the
    depth, and in a second with a quality under 0.5. ``breathing``: 4 Hz, low-passed and less
    the mean of the 21 s around it (half-sine window: flat within 7 % from 4 breaths a minute
    up), NaN in such a second and where over half of what it rests on is lost.
    ``breathing_quality``: 1 Hz, share of samples that are there, times 0 where they are flat or
    clipped, times a share that falls as noise grows from a twentieth to 0.15 of the depth.
    ``breathing_reason``: 1 Hz, which of these is the smallest in a second under 0.5, a number
    of :data:`~interbeat.signals.quality.REASONS`; 0 in others.

    The adaptive turning-point search is our own; for what such detectors must cope with see
    Noto et al. (2018), Chem Senses 43:583, doi:10.1093/chemse/bjy045.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.04)
    >>> belt = Signal(np.sin(2 * np.pi * t / 4), 25, "a.u.", "a", 0.0)
    >>> stage = RespirationStage(25, "a", "a.u.")
    >>> breaths = stage.push(belt)["breaths"].then(stage.finish()["breaths"])
    >>> breaths.times[:3].round(2)
    array([ 3.,  7., 11.])
    """

    lacking = "breathing cannot be counted"

    def __init__(self, sampling_rate: float, person: str, unit: str) -> None:
        super().__init__(Thinned(sampling_rate, person, unit))
        self._flow = _flow(unit)
        self._unit_out = unit if self._flow is None else self._flow.unit
        cycles = CUTOFF * SMOOTH
        self._fine = Grid(FINE, low_pass(table(), cycles), half=SMOOTH, least=0.5)
        self._coarse = Grid(COARSE, half_sine(table()), half=BASELINE, least=0.2)
        self._volume, self._noise = Tape(), Tape()  # 8 Hz, and what is left of the noise
        self._state, self._swings, self._integral = blank_state(), np.zeros(SWINGS), np.zeros(3)
        self._grader = BreathGrader(self._samples)
        self._trust = {"breaths": Trust(), "breathing": Trust()}
        self._first = 0

    def _none(self) -> dict[str, Data]:
        none = np.empty(0)
        return {"breaths": Breaths(none, none, none, none.astype(np.bool_), self.person)}

    def _begin(self, start: float) -> None:
        for part in (self._fine, self._coarse, self._grader):
            part.begin(start)
        self._first = self._fine.next

    def _sure(self) -> float:
        sure = (self._first + self._volume.end - DEADLINE - 1) / FINE
        return min(sure, self._coarse.next / COARSE, float(self._grader.graded))

    def _advance(self) -> Iterator[dict[str, Data]]:
        tape, clock = self._samples.tape, self._samples.clock()
        fine = self._fine
        until = fine.reached(tape, clock) if self._over else fine.ready(tape, clock)
        if until == fine.next and not self._over:
            return
        level = fine.take(tape, clock, until=until)
        self._grader.take(level, over=self._over)
        breaths, breathing, quality = self._scanned(level), self._detrended(), self._graded()
        yield {
            "breaths": self._trust["breaths"].mark(breaths, quality),
            "breathing": self._trust["breathing"].mark(breathing, quality),
            "breathing_quality": quality,
            "breathing_reason": replace(quality, values=self._grader.reasons),
        }
        self._samples.forget(min(fine.next / FINE - SMOOTH, self._grader.next) - 2)

    def _scanned(self, level: FloatArray) -> Breaths:
        """Return the breaths that end with the newest points of the 8-Hz grid."""
        noise = self._grader.noise(self._fine.next - level.size, level.size)
        volume = self._as_volume(level)
        if self._flow is not None:
            noise = noise * self._flow.scale * FLOW_NOISE
        if self._over:  # as at any gap: what waits for its end is given without it
            volume = np.append(volume, np.full(GAP, np.nan))
            noise = np.append(noise, np.zeros(GAP))
        begin = self._volume.end
        self._volume.append(volume)
        self._noise.append(noise)
        x = self._volume
        rows = np.empty((math.ceil(len(x) / SHORTEST) + 2, 4))
        n = scan_breaths(
            x.values, x.first, begin, self._noise.values, self._state, self._swings, rows
        )
        times, peaks = ((self._first + rows[:n, i]) / FINE for i in (0, 1))
        return Breaths(times, peaks, rows[:n, 2].copy(), rows[:n, 3] > 0, self.person)

    def _as_volume(self, level: FloatArray) -> FloatArray:
        if self._flow is None:
            return level
        keep, step = math.exp(-1 / (FINE * FORGETS)), self._flow.scale / FINE
        return leaky_integral(level, keep, step, self._integral)

    def _detrended(self) -> Signal:
        """Return the next of the 4-Hz breathing: every other point, less its baseline."""
        x, grid = self._volume, self._coarse
        clock = np.array([self._first / FINE, FINE])
        begin, last = grid.next, (self._fine.next - 1) // 2 + 1
        until = max(last, begin) if self._over else grid.ready(x, clock)
        rest = grid.take(x, clock, until=until)
        at = np.arange(begin, until) * 2 - self._first - x.first
        values = x.values[at] - rest
        before = min(2 * until - self._first - round(BASELINE * FINE), x.end - LOOK_BACK)
        x.forget(before - FINE)
        self._noise.forget(before - FINE)
        return Signal(values, COARSE, self._unit_out, self.person, begin / COARSE)

    def _graded(self) -> Signal:
        begin = self._grader.graded
        return Signal(self._grader.grades(over=self._over), 1, "", self.person, begin)


def detect_breaths(respiration: ArrayLike, *, sampling_rate: float) -> Breaths:
    """Return the breaths in a whole record of breathing; up must be breathing in.

    One push of :class:`RespirationStage`, which see for the method.

    Parameters
    ----------
    respiration : array_like, shape (n,)
        Belt, spirometer or another measure of volume; lost samples are NaN. Times count from
        its first sample. For a flow, give its unit to :class:`RespirationStage`.
    sampling_rate : float
        In Hz, 3 or more.

    Returns
    -------
    Breaths
        Of a person called ``"a"``; empty where there is no breathing to be seen, or under
        8 s of it.

    Raises
    ------
    DataError
        If the sampling rate is under 3 Hz or not a number, or `respiration` is not one row
        of numbers.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.04)
    >>> breaths = detect_breaths(np.sin(2 * np.pi * t / 5), sampling_rate=25)
    >>> breaths.rate_bpm.round(1)[:3], float(breaths.depth[1].round(1))
    (array([12., 12., 12.]), 2.0)
    """
    signal = Signal(np.asarray(respiration), sampling_rate, "a.u.", "a", 0.0)
    stage = RespirationStage(sampling_rate, "a", "a.u.")
    return cast(Breaths, joined([stage.push(signal), stage.finish()])["breaths"])
