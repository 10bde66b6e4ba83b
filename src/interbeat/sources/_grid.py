"""Grids: time stamps turned into a sampling rate and the place of each sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals

__all__ = ["Grid", "even_grid", "first_fall", "grid_of", "past_midnight"]

DAY = 86_400.0  # s
EVEN = 0.25  # of a step: how far stamps of an even clock may stray
MOSTLY = 0.9  # of the steps are whole multiples, or the stamps are taken as jittery
WORST = 0.5  # s (or one sample) that jittery stamps may lie from an even grid
ROOM = 5_000_000  # samples that gaps may add
FILLED = 20  # times as many samples as there are rows


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where the rows of a file lie on an even grid.

    Parameters
    ----------
    sampling_rate : float
        In Hz.
    places : ndarray of int, shape (n,)
        Sample that each row is, strictly rising from 0.
    jitter : float
        Largest distance of a stamp from its sample's time, in seconds.
    """

    sampling_rate: float
    places: IntArray
    jitter: float

    def laid(self, values: FloatArray) -> FloatArray:
        """Return `values` on the grid, NaN where samples were lost."""
        if self.places.size == 0 or self.places[-1] == self.places.size - 1:
            return values
        out = np.full(int(self.places[-1]) + 1, np.nan)
        out[self.places] = values
        return out

    def gaps(self, start: float) -> Intervals:
        """Return the stretches of lost samples, for a first sample at `start` (s)."""
        k = np.flatnonzero(np.diff(self.places) > 1)
        first = start + (self.places[k] + 1) / self.sampling_rate
        last = start + self.places[k + 1] / self.sampling_rate
        return Intervals(first, last, ("gap",) * k.size)

    @property
    def lost(self) -> int:
        """How many samples are missing."""
        return int(self.places[-1]) + 1 - self.places.size if self.places.size else 0


def even_grid(count: int, sampling_rate: float) -> Grid:
    """Return the grid of `count` rows of which none was lost."""
    return Grid(sampling_rate, np.arange(count, dtype=np.int64), 0.0)


def first_fall(stamps: FloatArray) -> int | None:
    """Return the first row whose stamp is not a number or lies before the one ahead of it."""
    wrong = ~np.isfinite(stamps)
    wrong[1:] |= np.diff(stamps) < 0
    return int(np.argmax(wrong)) if wrong.any() else None


def past_midnight(stamps: FloatArray) -> FloatArray:
    """Return times of day (s) that go on rising past midnight; dates are as they are."""
    if stamps.size == 0 or not stamps[0] < DAY:
        return stamps
    anew = np.concatenate(([False], np.diff(stamps) < -DAY / 2))
    return stamps + DAY * np.cumsum(anew)


def grid_of(stamps: FloatArray) -> Grid:
    """Return the even grid that `stamps` (s, not falling) lie on.

    Steps that are nearly all alike make a grid on which a longer step is lost samples. Stamps
    that jitter (a computer's clock, packets) make one from their mean rate; there only a step
    of three times the usual longest is a loss.

    Raises
    ------
    DataError
        If there are under 3 stamps, if they lie on no even grid, or if nearly all of it
        would be lost samples.

    Examples
    --------
    >>> grid = grid_of(np.array([0.0, 0.1, 0.2, 0.5, 0.6]))
    >>> round(grid.sampling_rate, 6), grid.places, grid.lost
    (10.0, array([0, 1, 2, 5, 6]), 2)
    """
    if stamps.size < 3 or stamps[-1] <= stamps[0]:
        raise DataError(f"{stamps.size} time stamps over no time tell no sampling rate")
    times = stamps - stamps[0]
    steps = np.diff(times)
    usual = float(np.median(steps))
    ratio = steps / usual if usual > 0 else np.zeros(steps.size)
    one = np.abs(ratio - 1) < EVEN
    whole = (np.abs(ratio - np.rint(ratio)) < EVEN) & (ratio > 1 - EVEN)
    even = whole.mean() >= MOSTLY and one.mean() >= 0.5
    ahead = _even_ahead(steps, ratio) if even else _jittery_ahead(steps)
    total = float(ahead.sum())
    if total > ROOM + FILLED * stamps.size:
        raise DataError(
            f"{stamps.size} rows over {times[-1]:.6g} s are nearly all gap; the longest is "
            f"{steps.max():.6g} s"
        )
    places = np.concatenate(([0], np.cumsum(ahead.astype(np.int64))))
    last = int(np.searchsorted(times, times[-1]))  # the first row of a last packet, as 0 is
    rate = _rounded(float(places[last] / times[-1]), times[-1])
    jitter = float(np.abs(times - places / rate).max())
    if jitter > max(WORST, 1.0 / rate):
        raise DataError(
            f"time stamps lie up to {jitter:.3g} s from an even {rate:.6g} Hz: they are no "
            "even samples"
        )
    return Grid(rate, places, jitter)


def _even_ahead(steps: FloatArray, ratio: FloatArray) -> FloatArray:
    """Return the samples from each row to the next, by a step that rounding leaves true."""
    ahead: FloatArray = np.maximum(np.rint(steps / steps[ratio < 1.5].mean()), 1)
    return ahead


def _jittery_ahead(steps: FloatArray) -> FloatArray:
    """Return the samples from each row to the next, where only the mean rate is trusted."""
    longest = 3 * float(np.percentile(steps, 99.5))
    lost = steps > max(longest, 5 * float(steps.mean()))
    rate = np.count_nonzero(~lost) / max(float(steps[~lost].sum()), 1e-300)
    return np.where(lost, np.maximum(np.rint(steps * rate), 1), 1.0)


def _rounded(rate: float, seconds: float) -> float:
    """Return the whole rate that stamps of a millisecond cannot tell from `rate`."""
    near = round(rate)
    tolerance = min(max(1e-6, 1e-3 / seconds), 1e-4)
    return float(near) if near and abs(rate - near) <= tolerance * rate else rate
