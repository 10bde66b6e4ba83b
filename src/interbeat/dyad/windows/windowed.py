"""Windowed cross-correlation: Fisher z of windows against windows, with samples missing.

Window w of x covers samples ``w * hop`` to ``w * hop + window``; at lag k it is compared with
the window of y that begins k samples later. A positive lag means that x (person a) leads.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import BoolArray, FloatArray

__all__ = [
    "CLOSEST", "LEAST_SHARE", "Blocks", "Layout", "cross_correlations", "over_neighbors",
    "product", "stretch_sums",
]  # fmt: skip

Number = TypeVar("Number", np.float32, np.float64)

CLOSEST = 0.999999  # a correlation of 1 would have an infinite z
LEAST_SHARE = 0.5  # of a window's pairs must be there
STILL = 0.01  # of the record's spread; a window that varies less tells of rounding
ONE_CORE = 1 << 18  # multiplications: below this a product is not shared out to threads
BLOCK = 48  # samples; products of blocks about this long are quickest
MOST_BLOCKS = 32  # in a window; of more, adding them up takes longer than it saves
AT_ONCE = 1 << 22  # products of a window with a lag that are summed at a time
LAG_SPANS = 20  # times the span of lags: in less, no p under 0.05 is possible


class Blocks(NamedTuple):
    """How windows are put together: `number` blocks of `size`, each `step` after the last.

    The next window begins `advance` blocks later.
    """

    size: int
    step: int
    number: int
    advance: int

    @property
    def window(self) -> int:
        """How long a window is."""
        return self.size + (self.number - 1) * self.step


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
    def blocks(self) -> Blocks:
        """The blocks of which windows can be put together with the least work."""
        common = math.gcd(self.window, self.hop)
        sizes = [
            d
            for d in range(1, common + 1)
            if common % d == 0 and d * MOST_BLOCKS >= self.window
        ]
        if not sizes:
            return Blocks(self.window, self.hop, 1, 1)
        size = min(sizes, key=lambda d: abs(d - BLOCK))
        return Blocks(size, size, self.window // size, self.hop // size)

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
    w, lags = layout.windows(x.size), 2 * layout.max_lag + 1
    padded = np.pad(y, layout.max_lag, constant_values=np.nan)
    still = STILL * _spread(x), STILL * _spread(y)
    starts = layout.hop * np.arange(w)
    out = _z_of_whole(x, padded, layout, still)
    rest = np.flatnonzero(
        ~_all_there(x, layout.window)[starts]
        | ~_all_there(padded, layout.window + lags - 1)[starts]
    )
    views = np.lib.stride_tricks.sliding_window_view
    mine, theirs = views(x, layout.window), views(padded, layout.window + lags - 1)
    some = max(AT_ONCE // (layout.window * lags), 1)
    for first in range(0, rest.size, some):
        rows = rest[first : first + some]
        at = starts[rows]
        out[rows] = _z_over_pairs(mine[at], theirs[at], still)
    return out


def _all_there(values: FloatArray, size: int) -> BoolArray:
    """Return whether each `size` neighbors are all there."""
    return np.asarray(stretch_sums(np.isnan(values).astype(np.float64), size) == 0)


def stretch_sums(values: FloatArray, size: int) -> FloatArray:
    """Return the sum of each `size` neighbors.

    Parameters
    ----------
    values : ndarray, shape (n,)
        None missing.
    size : int
        From 1 to n.

    Returns
    -------
    ndarray, shape (n - size + 1,)
    """
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray(sums[size:] - sums[:-size], dtype=np.float64)


def _z_of_whole(
    x: FloatArray, y: FloatArray, layout: Layout, still: tuple[float, float]
) -> FloatArray:
    """Return Fisher z of each window of x with y at each lag, as if nothing were missing."""
    size, w, lags = layout.window, layout.windows(x.size), 2 * layout.max_lag + 1
    x, y = _centered(x), _centered(y)
    moments = []
    for side in (x, y):
        total = stretch_sums(side, size)
        length = np.sqrt(np.maximum(stretch_sums(side**2, size) - total**2 / size, 0))
        moments.append((total, length))
    (total_x, long), (total_y, wide) = moments
    starts = layout.hop * np.arange(w)
    at = starts[:, None] + np.arange(lags)
    total_x, long = total_x[starts, None], long[starts, None]
    known = (long > still[0] * np.sqrt(size)) & (wide[at] > still[1] * np.sqrt(size))
    together = _window_sums(x, y, layout) - total_x * total_y[at] / size
    r = together / np.where(known, long * wide[at], 1.0)
    return np.where(known, np.arctanh(np.clip(r, -CLOSEST, CLOSEST)), np.nan)


def _centered(values: FloatArray) -> FloatArray:
    """Return `values` about their mean, 0 where they are missing."""
    there = np.isfinite(values)
    mean = values[there].mean() if there.any() else 0.0
    return np.where(there, values - mean, 0.0)


def _window_sums(x: FloatArray, y: FloatArray, layout: Layout) -> FloatArray:
    """Return the sum of x times y over each window (row) at each lag (column)."""
    w, blocks = layout.windows(x.size), layout.blocks
    last = (w - 1) * blocks.advance + 1
    begins = blocks.step * np.arange(last + blocks.number - 1)
    views = np.lib.stride_tricks.sliding_window_view
    mine = views(x, blocks.size)[begins]
    theirs = views(y, blocks.size + 2 * layout.max_lag)[begins]
    theirs = views(theirs, blocks.size, axis=1)
    short = np.einsum("bm,bkm->bk", mine, theirs)
    return _running(short, blocks.number)[: last : blocks.advance]


def _spread(values: FloatArray) -> float:
    there = np.isfinite(values)
    return float(np.std(values[there])) if there.any() else 0.0


def _z_over_pairs(x: FloatArray, y: FloatArray, still: tuple[float, float]) -> FloatArray:
    """Return Fisher z of each row of x at each place in that of y, over the pairs there."""
    size, views = x.shape[1], np.lib.stride_tricks.sliding_window_view
    here, there = np.isfinite(x).astype(np.float64), np.isfinite(y).astype(np.float64)
    x, y = _rows_centered(x), _rows_centered(y)

    def sums(one: FloatArray, other: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("wm,wkm->wk", one, views(other, size, axis=1)))

    count = sums(here, there)
    few = np.maximum(count, 1)
    of_x, of_y = sums(x, there), sums(here, y)
    var_x = sums(x**2, there) - of_x**2 / few
    var_y = sums(here, y**2) - of_y**2 / few
    moving = (var_x > still[0] ** 2 * count) & (var_y > still[1] ** 2 * count)
    known = (count >= LEAST_SHARE * size) & moving
    r = (sums(x, y) - of_x * of_y / few) / np.sqrt(np.where(known, var_x * var_y, 1.0))
    return np.where(known, np.arctanh(np.clip(r, -CLOSEST, CLOSEST)), np.nan)


def _rows_centered(rows: FloatArray) -> FloatArray:
    """Return each row about its mean, 0 where it is missing."""
    there = np.isfinite(rows)
    total = np.where(there, rows, 0.0).sum(axis=1, keepdims=True)
    mean = total / np.maximum(there.sum(axis=1, keepdims=True), 1)
    return np.where(there, rows - mean, 0.0)


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
