"""Chance: what every circular shift of one series against the other gives."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.dyad.windows.all_shifts import null_means
from interbeat.dyad.windows.windowed import Layout

__all__ = ["Chance", "chance_of"]

LONGEST_CIRCLE = 5400.0  # s; a longer record is shifted within stretches of its own
STRETCH = 1800.0  # s; about how long those stretches are


class Chance(NamedTuple):
    """What the shifts say: each one's statistic, the curve's bounds, the windows' bounds.

    Parameters
    ----------
    statistic : ndarray, shape (s,)
        Largest distance of the mean z from 0 over all lags, for each shift, scaled to as many
        windows as the observed one has, which is the first.
    means : ndarray, shape (s,)
        The mean z of each shift, scaled likewise; the last are small negative lags.
    curve_bounds : ndarray, shape (2,)
        2.5 % and 97.5 % points over all shifts of the mean z, scaled likewise.
    low, high : ndarray, shape (w,)
        2.5 % and 97.5 % points of each window's z.
    extreme : ndarray, shape (s,)
        For each shift, the mean z of a window and its neighbors, at the shift's own best lag
        and in its direction, that no other window exceeds.
    """

    statistic: FloatArray
    means: FloatArray
    curve_bounds: FloatArray
    low: FloatArray
    high: FloatArray
    extreme: FloatArray

    @property
    def threshold(self) -> float:
        """What the statistic of 5 % of the shifts exceeds."""
        return float(np.quantile(self.statistic, 0.95))

    @property
    def together(self) -> float:
        """What in 5 % of the shifts one window or more exceeds."""
        return float(np.quantile(np.maximum(self.extreme, 0.0), 0.95))


def chance_of(a: FloatArray, b: FloatArray, rate: float, layout: Layout) -> Chance:
    """Return the statistic of every circular shift, the observed one first.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        Prepared series; NaN where one is missing.
    rate : float
        In Hz.
    layout : Layout
        Window, hop and largest lag.
    """
    length = _stretch(a.size, rate, layout)
    pad = np.full(-a.size % length, np.nan)
    pieces = zip(
        np.concatenate((a, pad)).reshape(-1, length),
        np.concatenate((b, pad)).reshape(-1, length),
        strict=True,
    )
    nulls = [null_means(one, other, layout) for one, other in pieces]
    counts = np.sum([null.counts for null in nulls], axis=0)
    sums = np.sum([null.sums for null in nulls], axis=0)
    # A mean of few windows scatters more than one of many: where two people's gaps meet in
    # some shifts and not in others, only means scaled by the root of their number compare.
    means = sums / np.sqrt(np.maximum(counts, 1) * max(counts[0], 1))
    best = _best(means, layout.max_lag)
    highest = np.max([null.highest for null in nulls], axis=0)
    lowest = np.min([null.lowest for null in nulls], axis=0)
    firsts = np.arange(len(nulls)) * (length // layout.hop)
    windows = layout.windows(a.size)
    return Chance(
        np.abs(means[best]),
        means,
        np.quantile(means, (0.025, 0.975)),
        low=_laid([null.low for null in nulls], firsts, windows),
        high=_laid([null.high for null in nulls], firsts, windows),
        extreme=np.where(means[best] > 0, highest[best], -lowest[best]),
    )


def _best(means: FloatArray, max_lag: int) -> IntArray:
    """Return the offset, within the lags of each shift, whose mean is farthest from 0."""
    around = np.pad(np.abs(means), max_lag, mode="wrap")
    reach = np.lib.stride_tricks.sliding_window_view(around, 2 * max_lag + 1)
    best = np.arange(means.size) + reach.argmax(axis=1) - max_lag
    return np.asarray(best % means.size, dtype=np.int64)


def _laid(pieces: list[FloatArray], firsts: NDArray[np.int64], windows: int) -> FloatArray:
    """Return the windows of all stretches in one row; between two, a line joins them."""
    at = np.concatenate([k + np.arange(p.size) for k, p in zip(firsts, pieces, strict=True)])
    values = np.concatenate(pieces)
    known = np.isfinite(values)
    if not known.any():
        return np.full(windows, np.nan)
    return np.interp(np.arange(windows), at[known], values[known])


def _stretch(n: int, rate: float, layout: Layout) -> int:
    """Return how many samples are shifted in one circle: a whole number of hops, if not all."""
    if n <= LONGEST_CIRCLE * rate:
        return n
    count = min(round(n / rate / STRETCH), n // layout.fewest)
    if count <= 1:
        return n
    return math.ceil(n / count / layout.hop) * layout.hop
