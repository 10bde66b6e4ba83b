"""Windowed cross-correlation: Fisher z of windows against windows, with samples missing.

Window w of x covers samples ``w * hop`` to ``w * hop + window``; at lag k it is compared with
the window of y that begins k samples later. A positive lag means that x (person a) leads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Layout", "Null", "cross_correlations", "null_means", "product"]

Single = NDArray[np.float32]
Number = TypeVar("Number", np.float32, np.float64)

CLOSEST = 0.999999  # a correlation of 1 would have an infinite z
LEAST_SHARE = 0.5  # of a window's pairs must be there
STILL = 1e-9  # length of a centered window below which it is rounding, not variation
FLAT = 1e-5  # of the window's variance must be left in the pairs that are there
ONE_CORE = 1 << 18  # multiplications: below this a product is not shared out to threads
AT_ONCE = 1 << 20  # correlations held at a time: 4 MB
LAG_SPANS = 20  # times the span of lags: in less, no p under 0.05 is possible
EVERY = 4  # neighboring shifts tell the same: each fourth is enough for a quantile


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
    def fewest(self) -> int:
        """How many samples a circle must have for two windows and a p under 0.05."""
        return max(LAG_SPANS * (2 * self.max_lag + 1), 2 * self.window)


class Null(NamedTuple):
    """What every circular shift of y gives.

    Parameters
    ----------
    sums, counts : ndarray, shape (s,)
        Sum over windows of z at each offset, and how many windows had one.
    low, high : ndarray, shape (w,)
        2.5 % and 97.5 % points of each window's z.
    """

    sums: FloatArray
    counts: FloatArray
    low: FloatArray
    high: FloatArray


class _Pieces(NamedTuple):
    """Windows as rows: centered, scaled to length 1, with 0 where a sample is missing."""

    values: Single
    there: Single
    full: BoolArray

    def rows(self, which: slice | IntArray) -> _Pieces:
        return _Pieces(self.values[which], self.there[which], self.full[which])


def cross_correlations(x: FloatArray, y: FloatArray, layout: Layout) -> FloatArray:
    """Return Fisher z of each window (row) at each lag (column), NaN where too little is there.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Of about unit variance; NaN where a sample is missing. Windows lie on x; lags move y.
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
    for k in range(out.shape[1]):
        out[:, k] = _z_of_rows(here, views[starts + k])
    return out


def _z_of_rows(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return Fisher z of each row of x with the same row of y over the pairs that are there."""
    both = np.isfinite(x) & np.isfinite(y)
    count = both.sum(axis=1)
    few = np.maximum(count, 1)[:, None]
    x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
    x = np.where(both, x - x.sum(axis=1, keepdims=True) / few, 0.0)
    y = np.where(both, y - y.sum(axis=1, keepdims=True) / few, 0.0)
    long, wide = (np.sqrt(np.einsum("wm,wm->w", side, side)) for side in (x, y))
    known = (count >= LEAST_SHARE * x.shape[1]) & (long > STILL) & (wide > STILL)
    r = np.einsum("wm,wm->w", x, y) / np.where(known, long * wide, 1.0)
    return np.where(known, np.arctanh(np.clip(r, -CLOSEST, CLOSEST)), np.nan)


def null_means(x: FloatArray, y: FloatArray, layout: Layout) -> Null:
    """Return the sum over windows of Fisher z at every circular offset of y.

    y is closed to a circle of ``n + max_lag`` samples, the last of them missing, so that no lag
    within reach of offset 0 compares the end with the beginning. Computed in single precision
    as one matrix product of all windows of x with all windows of y; where samples are missing,
    only the pairs that are there count.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Of about unit variance; NaN where a sample is missing.
    layout : Layout
        Window, hop and largest lag, in samples.

    Returns
    -------
    Null
        Sums and counts at offsets 0, 1 ... n + max_lag - 1 (the last are small negative lags).
    """
    circle = np.concatenate((y, np.full(layout.max_lag, np.nan)))
    n = circle.size
    around = np.concatenate((circle, circle[: layout.window - 1]))
    every = _pieces(np.lib.stride_tricks.sliding_window_view(around, layout.window))
    views = np.lib.stride_tricks.sliding_window_view(x, layout.window)
    sums, counts = np.zeros(n), np.zeros(n)
    bounds = []
    for first, z in _batches(_pieces(views[:: layout.hop]), every):
        known = np.isfinite(z)
        bounds.append(_bounds(z))
        z[~known] = 0.0
        for row in range(z.shape[0]):
            offset = (first + row) * layout.hop
            _add_turned(sums, z[row], offset)
            _add_turned(counts, known[row], offset)
    low, high = np.concatenate(bounds, axis=1)
    return Null(sums, counts, low, high)


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


def _pieces(views: FloatArray) -> _Pieces:
    there = np.isfinite(views)
    count = np.maximum(there.sum(axis=1, keepdims=True), 1)
    values = np.where(there, views, 0.0)
    values = np.where(there, values - values.sum(axis=1, keepdims=True) / count, 0.0)
    norm = np.sqrt(np.einsum("wm,wm->w", values, values))[:, None]
    values = values / np.where(norm > STILL, norm, np.inf)
    full = there.all(axis=1) & (norm[:, 0] > STILL)
    return _Pieces(values.astype(np.float32), there.astype(np.float32), full)


def _batches(x: _Pieces, y: _Pieces) -> Iterator[tuple[int, Single]]:
    """Give Fisher z of some windows of x (rows) with all windows of y (columns) at a time."""
    holey = np.flatnonzero(~y.full)
    with_holes = y.rows(holey)
    rows = max(AT_ONCE // y.full.size, 1)
    for first in range(0, x.full.size, rows):
        some = x.rows(slice(first, first + rows))
        r = product(some.values, y.values)
        r[:, holey] = _over_pairs(some, with_holes)
        short = np.flatnonzero(~some.full)
        if short.size:
            r[short] = _over_pairs(some.rows(short), y)
        np.clip(r, -CLOSEST, CLOSEST, out=r)
        np.arctanh(r, out=r)
        yield first, r


def _over_pairs(x: _Pieces, y: _Pieces) -> Single:
    """Return the correlation over the pairs that are there, NaN where those are too few."""
    rows = x.full.size
    with_there = product(np.concatenate((x.there, x.values, x.values**2)), y.there)
    with_values = product(np.concatenate((x.there, x.values)), y.values)
    count = np.maximum(with_there[:rows], 1)
    sum_x, sum_y = with_there[rows : 2 * rows], with_values[:rows]
    var_x = with_there[2 * rows :] - sum_x**2 / count
    var_y = product(x.there, y.values**2) - sum_y**2 / count
    together = with_values[rows:] - sum_x * sum_y / count
    known = (count >= LEAST_SHARE * x.there.shape[1]) & (var_x > FLAT) & (var_y > FLAT)
    norm = np.sqrt(np.where(known, var_x * var_y, 1))
    return np.where(known, together / norm, np.float32(np.nan)).astype(np.float32)


def _bounds(z: Single) -> FloatArray:
    """Return the 2.5 % and 97.5 % points of each row, NaN where it has no value."""
    ordered = np.sort(z[:, ::EVERY], axis=1)  # NaN go last
    count = np.isfinite(ordered).sum(axis=1)
    at = np.round(np.outer((0.025, 0.975), np.maximum(count - 1, 0))).astype(np.int64)
    rows = np.arange(z.shape[0])
    return np.array([ordered[rows, at[0]], ordered[rows, at[1]]], dtype=np.float64)


def _add_turned(total: FloatArray, row: Single | BoolArray, offset: int) -> None:
    """Add `row`, whose first column is the start of the record, counted from `offset` on."""
    rest = total.size - offset
    total[:rest] += row[offset:]
    total[rest:] += row[:offset]
