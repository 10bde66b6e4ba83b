"""Gate: what the breath of the last seconds does to the vagus, beat by beat."""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import lfilter

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.core.span import Span

__all__ = ["Gate"]

DELAY = 0.25  # s: from the brainstem to the sinus node (Eckberg 1976: 0.24)
LAG = 1.33  # s: of the vagal effect (Hirsch & Bishop 1981: corner at 7.2 breaths/min)
DRIFT = 20.0  # s: what moves more slowly than this is the belt, not the breath
BLIND = 3.0  # s after a gap in which the lagged breath is not known yet
KEPT = 15.0  # s: no beat-to-beat interval that counts is longer
SLOWEST = 1.0  # Hz: fewer samples a second do not show a breath


class Gate:
    """Breathing, pushed in chunks; asked for interval by interval.

    Parameters
    ----------
    person : str
        Who breathes; of another nothing is taken.
    """

    def __init__(self, person: str) -> None:
        self.person = person
        self.end = -math.inf  # up to when it is known
        self._rate = 0.0
        self._start, self._first = 0.0, 0  # when it began, and the first sample that is kept
        self._kept = np.zeros((4, 0))  # breath, sums of lagged and of plain breath, blindness
        self._held: list[FloatArray] = []
        self._last = math.nan
        self._blind = 0

    def push(self, chunk: Signal) -> None:
        """Take the next samples.

        Raises
        ------
        DataError
            If they are of someone else, too slow, or do not follow on.
        """
        if not len(chunk):
            return
        self._check(chunk)
        if not self._rate:
            seen = np.flatnonzero(np.isfinite(chunk.values))
            if not seen.size:
                return
            chunk = chunk.between(chunk.times[seen[0]], math.inf)
            self._begin(chunk)
        lost = round((chunk.start - self.end) * self._rate)
        values = np.concatenate((np.full(lost, np.nan), chunk.values)) if lost else chunk.values
        self._take(np.asarray(values))
        self.end = chunk.end

    def spread(self, span: Span) -> float:
        """Return the standard deviation of the breath in `span`; NaN where it was not seen."""
        if not self._rate:
            return math.nan
        times = self._times()
        breath = self._kept[0, (times >= span.start) & (times < span.end)]
        seen = np.isfinite(breath)
        if seen.sum() < 0.5 * span.seconds * self._rate:
            return math.nan
        return float(np.std(breath[seen]))

    def over(self, begins: FloatArray, ends: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the mean lagged breath, and how far the breath is ahead of it.

        Parameters
        ----------
        begins, ends : ndarray, shape (m,)
            Of intervals between beats, in s.

        Returns
        -------
        lagged, ahead : ndarray, shape (m,)
            In the unit of the signal; NaN where the breath was not seen all along.
        """
        if not self._rate:
            return np.full(begins.size, np.nan), np.full(begins.size, np.nan)
        grid = self._times() + 1 / self._rate + DELAY
        sums = [
            np.interp(ends, grid, row) - np.interp(begins, grid, row) for row in self._kept[1:]
        ]
        seconds = (ends - begins) * self._rate
        known = (sums[2] < 1e-9) & (begins >= grid[0]) & (ends <= grid[-1] + 1e-9)
        lagged = np.where(known, sums[0] / seconds, np.nan)
        return lagged, np.where(known, sums[1] / seconds, np.nan) - lagged

    def forget(self, before: float) -> None:
        """Let go of what no interval after `before` (s) asks for."""
        many = int((before - KEPT - self._start) * self._rate) - self._first
        if many > self._kept.shape[1] // 2:
            self._kept = self._kept[:, many:].copy()
            self._first += many

    def _times(self) -> FloatArray:
        return self._start + (self._first + np.arange(self._kept.shape[1])) / self._rate

    def _check(self, chunk: Signal) -> None:
        if chunk.person != self.person:
            raise DataError(
                f"the breath of {chunk.person!r} beside the beats of {self.person!r}"
            )
        if chunk.sampling_rate < SLOWEST:
            raise DataError(f"breathing needs {SLOWEST:g} Hz, not {chunk.sampling_rate:g}")
        if self._rate and chunk.sampling_rate != self._rate:
            raise DataError(
                f"breathing at {chunk.sampling_rate:g} Hz follows {self._rate:g} Hz"
            )
        if chunk.start < self.end - 1e-6:
            raise DataError(
                f"breathing from {chunk.start:g} s overlaps that up to {self.end:g}"
            )

    def _begin(self, chunk: Signal) -> None:
        self._rate, self._start, self.end = chunk.sampling_rate, chunk.start, chunk.start
        self._keep = [math.exp(-1 / (tau * self._rate)) for tau in (DRIFT, LAG)]
        self._state = np.zeros(2)
        self._sums = np.zeros(3)

    def _take(self, values: FloatArray) -> None:
        lost = ~np.isfinite(values)
        filled = self._filled(values, lost)
        if math.isnan(self._last):
            self._state[0] = self._keep[0] * (filled[0] if filled.size else 0.0)
        self._last = float(filled[-1])
        slow = self._smoothed(0, filled)
        breath = filled - slow
        lagged = self._smoothed(1, breath)
        rows = np.stack([lagged, breath, self._blindness(lost)])
        rows[:, 0] += self._sums
        summed = np.cumsum(rows, axis=1)
        self._sums = summed[:, -1].copy()
        seen = np.where(lost, np.nan, breath)
        self._kept = np.concatenate((self._kept, np.vstack([seen, summed])), axis=1)

    def _filled(self, values: FloatArray, lost: BoolArray) -> FloatArray:
        """Return the samples with each lost one held at what was seen before it."""
        at = np.maximum.accumulate(np.where(lost, -1, np.arange(values.size)))
        before = 0.0 if math.isnan(self._last) else self._last
        return np.where(at < 0, before, values[np.maximum(at, 0)])

    def _smoothed(self, which: int, values: FloatArray) -> FloatArray:
        keep = self._keep[which]
        out, state = lfilter(
            [1 - keep], [1.0, -keep], values, zi=self._state[which : which + 1]
        )
        self._state[which] = state[0]
        return np.asarray(out)

    def _blindness(self, lost: BoolArray) -> FloatArray:
        """Return 1 for each sample that is lost, or comes too soon after one."""
        long = round(BLIND * self._rate)
        at = np.arange(lost.size)
        last = np.maximum.accumulate(np.where(lost, at, self._blind - long - 1))
        blind = at - last <= long
        self._blind = int(last[-1]) + long + 1 - lost.size
        return blind.astype(np.float64)
