"""Windowed cross-correlation: Fisher z of windows against windows, with samples missing.

Window w of x covers samples ``w * hop`` to ``w * hop + window``; at lag k it is compared with
the window of y that begins k samples later. A positive lag means that x (person a) leads.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import FloatArray

__all__ = ["Layout", "cross_correlations", "over_neighbors", "product"]

Number = TypeVar("Number", np.float32, np.float64)

CLOSEST = 0.999999  # a correlation of 1 would have an infinite z
LEAST_SHARE = 0.5  # of a window's pairs must be there
STILL = 0.01  # of the record's spread; a window that varies less tells of rounding
ONE_CORE = 1 << 18  # multiplications: below this a product is not shared out to threads
LAG_SPANS = 20  # times the span of lags: in less, no p under 0.05 is possible


class Layout(NamedTuple):
    """How windows and lags lie over the samples; all in samples.

    Parameters
    ----------
    window, hop, max_lag : int
        Length of a window, distance between two, and largest lag.
    """

    window: int
    hop: int
    max_lag: int

    def windows(self, n: int) -> int:
        """Return how many windows fit into `n` samples."""
        return max((n - self.window) // self.hop + 1, 0)

    @property
    def reach(self) -> int:
        """How many windows to either side are so near that they see the same: a third."""
        return self.window // (3 * self.hop)

    @property
    def fewest(self) -> int:
        """How many samples a circle must have for two windows and a p under 0.05."""
        return max(LAG_SPANS * (2 * self.max_lag + 1), 2 * self.window)


def cross_correlations(x: FloatArray, y: FloatArray, layout: Layout) -> FloatArray:
    """Return Fisher z of each window (row) at each lag (column), NaN where too little is there.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        NaN where a sample is missing. Windows lie on x; lags move y.
    layout : Layout
        Window, hop and largest lag, in samples.

    Returns
    -------
    ndarray, shape (w, 2 * max_lag + 1)
        Lags run from ``-max_lag`` to ``max_lag``; positive: x leads.
    """
    w, edge = layout.windows(x.size), np.full(layout.max_lag, np.nan)
    starts = layout.hop * np.arange(w)
    here = np.lib.stride_tricks.sliding_window_view(x, layout.window)[starts]
    padded = np.concatenate((edge, y, edge))
    views = np.lib.stride_tricks.sliding_window_view(padded, layout.window)
    out = np.empty((w, 2 * layout.max_lag + 1))
    still = STILL * _spread(x), STILL * _spread(y)
    for k in range(out.shape[1]):
        out[:, k] = _z_of_rows(here, views[starts + k], still)
    return out


def _spread(values: FloatArray) -> float:
    there = np.isfinite(values)
    return float(np.std(values[there])) if there.any() else 0.0


def _z_of_rows(x: FloatArray, y: FloatArray, still: tuple[float, float]) -> FloatArray:
    """Return Fisher z of each row of x with the same row of y over the pairs that are there."""
    both = np.isfinite(x) & np.isfinite(y)
    count = both.sum(axis=1)
    few = np.maximum(count, 1)[:, None]
    x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
    x = np.where(both, x - x.sum(axis=1, keepdims=True) / few, 0.0)
    y = np.where(both, y - y.sum(axis=1, keepdims=True) / few, 0.0)
    long, wide = (np.sqrt(np.einsum("wm,wm->w", side, side)) for side in (x, y))
    moving = (long > still[0] * np.sqrt(count)) & (wide > still[1] * np.sqrt(count))
    known = (count >= LEAST_SHARE * x.shape[1]) & moving
    r = np.einsum("wm,wm->w", x, y) / np.where(known, long * wide, 1.0)
    return np.where(known, np.arctanh(np.clip(r, -CLOSEST, CLOSEST)), np.nan)


def product(a: NDArray[Number], b: NDArray[Number]) -> NDArray[Number]:
    """Return ``a @ b.T``, block by block, so that one core does it.

    Threads that wait for each other cost more than they bring at these sizes, above all where
    several records are analyzed at once; and the sums come out the same on any machine's count
    of cores.

    Parameters
    ----------
    a, b : ndarray, shapes (n, k) and (m, k)
        Both in single or both in double precision.

    Returns
    -------
    ndarray, shape (n, m)
    """
    out = np.empty((a.shape[0], b.shape[0]), dtype=a.dtype)
    wide = max(ONE_CORE // (32 * max(a.shape[1], 1)), 1)
    for i in range(0, a.shape[0], 32):
        for j in range(0, b.shape[0], wide):
            np.matmul(a[i : i + 32], b[j : j + wide].T, out=out[i : i + 32, j : j + wide])
    return out


def over_neighbors(z: NDArray[Number], there: NDArray[Number], reach: int) -> NDArray[Number]:
    """Return the mean of each row and the `reach` rows to either side, where most are there.

    Parameters
    ----------
    z, there : ndarray, shape (w, s)
        Values, 0 where missing, and 1 where they are there.
    reach : int
        Rows to either side; as many at both ends give no mean of their own.

    Returns
    -------
    ndarray, shape (w - 2 * reach, s)
        NaN where half of the rows or more are missing.
    """
    total = _running(z, 2 * reach + 1)
    if there.all():
        total /= 2 * reach + 1
        return total
    count = _running(there, 2 * reach + 1)
    few = count <= reach
    count[few] = 1
    total /= count
    total[few] = np.nan
    return total


def _running(rows: NDArray[Number], length: int) -> NDArray[Number]:
    count = max(rows.shape[0] - length + 1, 0)
    total = rows[:count].copy()
    for k in range(1, length):
        total += rows[k : k + count]
    return total
