"""How far each second of breathing may be trusted."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbeat.core.arrays import FloatArray
from interbeat.kernels.grid import COLUMNS
from interbeat.signals._grid import NO_SAMPLES, Seconds, Tape, Thinned
from interbeat.signals._reasons import why_bad

__all__ = ["CUTOFF", "FINE", "BreathGrader"]

FINE = 8  # Hz: where breaths are sought
CUTOFF = 1.1  # Hz: above the third harmonic of 20 breaths a minute
BEHIND, AHEAD = 8, 5  # s around a second that tell how deep breathing is there
FLAT = 1e-9  # of the signal's size: a swing that is rounding
CLIPPED = 0.5  # of a second spent exactly at the highest or lowest value around
LEAST_NOISE, WORST_NOISE = 0.05, 0.15  # of the depth: where trust begins and ends to fall


class BreathGrader:
    """How far each second of breathing may be trusted.

    Attributes
    ----------
    reasons : numpy.ndarray
        Why not, of the seconds that :meth:`grades` gave last: numbers of ``REASONS``.
    """

    def __init__(self, samples: Thinned) -> None:
        self._samples, self._seconds = samples, Seconds()
        self._looks = Tape((COLUMNS,))  # what the samples of each second look like
        self._levels = Tape()  # 8 Hz, from the first whole second
        self._first = self.graded = 0
        self.reasons = np.empty(0)

    @property
    def next(self) -> float:
        """The second that has not been looked at."""
        return float(self._seconds.next)

    def begin(self, start: float) -> None:
        """Let the first second be the one that holds `start` (s)."""
        self._seconds.begin(start)
        self._first = self.graded = self._seconds.next
        before = math.ceil(start * FINE - 1e-6) - self._first * FINE
        self._levels.append(np.full(before, np.nan))

    def take(self, level: FloatArray, *, over: bool) -> None:
        """Take in the next points of the 8-Hz grid, and the seconds that are over."""
        tape, clock = self._samples.tape, self._samples.clock()
        ready = self._seconds.reached if over else self._seconds.ready
        self._looks.append(self._seconds.take(tape, clock, until=ready(tape, clock)))
        self._levels.append(level)
        if over:
            lacking = max(self._looks.end * FINE - self._levels.end, 0)
            self._levels.append(np.full(lacking, np.nan))

    def noise(self, begin: int, size: int) -> FloatArray:
        """Return the noise (standard deviation) left at points of the 8-Hz grid."""
        second = np.arange(begin, begin + size) // FINE - self._first - self._looks.first
        return self._deviation(self._looks.values[second, 5])

    def _deviation(self, squares: FloatArray) -> FloatArray:
        """Return what the low-pass leaves of noise with these squared second differences."""
        passed = min(1.0, 2 * CUTOFF / self._samples.rate)
        return np.sqrt(np.nan_to_num(squares) / 1.5 * passed)

    def grades(self, *, over: bool) -> FloatArray:
        """Return the quality of the seconds that can be judged now, shape (n,)."""
        done = min(self._looks.end, self._levels.end // FINE)
        begin = self.graded - self._first
        end = max(done if over else done - AHEAD, begin)
        self.reasons = np.empty(0)
        if end == begin:
            return np.empty(0)
        looks = self._looks.around(begin - BEHIND, end + AHEAD, NO_SAMPLES)
        swing = self._swing(begin - BEHIND, end + AHEAD)
        self.graded += end - begin
        self._looks.forget(end - BEHIND - 1)
        self._levels.forget((end - BEHIND - 1) * FINE)
        here = slice(BEHIND, BEHIND + end - begin)
        low, high = _widest(looks[:, 1], looks[:, 2])
        flat = ~(high > low) | ~(swing > FLAT * np.maximum(np.abs(low), np.abs(high)))
        at_low = (looks[here, 1] == low) & (looks[here, 3] >= CLIPPED)
        at_high = (looks[here, 2] == high) & (looks[here, 4] >= CLIPPED)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self._deviation(looks[here, 5]) / swing
        trust = np.clip((WORST_NOISE - ratio) / (WORST_NOISE - LEAST_NOISE), 0, 1)
        there = self._there(looks[here, 0], over=over)
        quality = np.where(flat | at_low | at_high, 0.0, there * trust)
        parts = {
            "no data": there,
            "flat": np.where(flat, 0.0, 1.0),
            "clipped": np.where(at_low | at_high, 0.0, 1.0),
            "noise": np.nan_to_num(trust, nan=1.0),  # of what is flat no share can be told
        }
        self.reasons = why_bad(quality, parts)
        return quality

    def _there(self, share: FloatArray, *, over: bool) -> FloatArray:
        """Return the share of samples that are there of those that could be.

        The first and the last second are seldom recorded whole.
        """
        second = np.arange(self.graded - share.size, self.graded, dtype=np.float64)
        end = self._samples.end if over else np.inf
        possible = np.minimum(second + 1, end) - np.maximum(second, self._samples.start)
        least = 1 / self._samples.rate
        return np.asarray(np.minimum(share / np.clip(possible, least, 1.0), 1.0))

    def _swing(self, first: int, end: int) -> FloatArray:
        """Return how far the level swings in the seconds around each of these."""
        level = self._levels.around(first * FINE, end * FINE, np.nan).reshape(-1, FINE)
        lost = np.isnan(level)
        low, high = np.where(lost, np.inf, level), np.where(lost, -np.inf, level)
        lows, highs = _widest(low.min(axis=1), high.max(axis=1))
        return np.where(highs > lows, highs - lows, 0.0)


def _widest(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and highest of the seconds around each."""
    size = BEHIND + AHEAD + 1
    return (
        sliding_window_view(low, size).min(axis=1),
        sliding_window_view(high, size).max(axis=1),
    )
