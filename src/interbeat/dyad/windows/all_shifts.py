"""All shifts: Fisher z of windows at every circular offset, put together from short blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.dyad.windows.windowed import (
    CLOSEST,
    LEAST_SHARE,
    ONE_CORE,
    STILL,
    Blocks,
    Layout,
    over_neighbors,
)

__all__ = ["Null", "null_means"]

Single = NDArray[np.float32]

AT_ONCE = 1 << 19  # correlations held at a time: 2 MB
FEW_ROWS, FEW_COLUMNS = 4, 1000  # windows without a gap, not worth a product of their own
FIFTH = 5  # shifts a fifth of the largest lag apart are enough for a quantile


class Null(NamedTuple):
    """What every circular shift of y gives.

    Parameters
    ----------
    sums, counts : ndarray, shape (s,)
        Sum over windows of z at each offset, and how many windows had one.
    low, high : ndarray, shape (w,)
        2.5 % and 97.5 % points of each window's z.
    lowest, highest : ndarray, shape (s,)
        Over all windows, of the mean of a window's z and its neighbors', at each offset;
        infinite where no window has one.
    """

    sums: FloatArray
    counts: FloatArray
    low: FloatArray
    high: FloatArray
    lowest: FloatArray
    highest: FloatArray


def null_means(x: FloatArray, y: FloatArray, layout: Layout) -> Null:
    """Return the sum over windows of Fisher z at every circular offset of y.

    y is closed to a circle of ``n + max_lag`` samples, the last of them missing, so that no lag
    within reach of offset 0 compares the end with the beginning. Computed in single precision:
    matrix products of short blocks of x with all of y, added up to windows; where samples are
    missing, only the pairs that are there count.

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
    around = np.concatenate((circle, circle[: layout.window - 1]))
    blocks, views = layout.blocks, np.lib.stride_tricks.sliding_window_view
    one = _side(
        x, layout.window, layout.hop, lambda side: views(side, blocks.size)[:: blocks.step]
    )
    other = _side(around, layout.window, 1, lambda side: views(side, blocks.size).T)
    gathered = _Gathered(circle.size, layout)
    for first, z in _batches(one, other, blocks):
        gathered.add(first, z)
    return gathered.null()


class _Gathered:
    """What is known of the shifts from the windows so far."""

    def __init__(self, n: int, layout: Layout) -> None:
        self.layout = layout
        self.sums, self.counts = np.zeros(n), np.zeros(n)
        self.lowest = np.full(n, np.inf, dtype=np.float32)
        self.highest = np.full(n, -np.inf, dtype=np.float32)
        self.bounds: list[FloatArray] = []
        self.before = np.zeros((2, layout.reach, n), dtype=np.float32)

    def add(self, first: int, z: Single) -> None:
        """Take in the next windows (rows), the first of which is number `first`."""
        self.bounds.append(_bounds(z, max(self.layout.max_lag // FIFTH, 1)))
        held = self.before.shape[1]
        both = np.empty((2, held + z.shape[0], z.shape[1]), dtype=np.float32)
        both[:, :held] = self.before
        turned, there = both[:, held:]
        _turn(z, first * self.layout.hop, self.layout.hop, out=turned)
        there[:] = np.isfinite(turned)
        if not there.all():
            turned[there == 0] = 0
        self.sums += turned.sum(axis=0)
        self.counts += there.sum(axis=0)
        self._extremes(both)

    def _extremes(self, both: Single) -> None:
        score = over_neighbors(both[0], both[1], self.layout.reach)
        if score.size:
            np.fmin(self.lowest, np.fmin.reduce(score, axis=0), out=self.lowest)
            np.fmax(self.highest, np.fmax.reduce(score, axis=0), out=self.highest)
        self.before = both[:, max(both.shape[1] - 2 * self.layout.reach, 0) :].copy()

    def null(self) -> Null:
        """Return what there is after the last window."""
        nothing = np.zeros((2, self.layout.reach, self.sums.size), dtype=np.float32)
        self._extremes(np.concatenate((self.before, nothing), axis=1))
        low, high = np.concatenate(self.bounds, axis=1)
        extremes = (side.astype(np.float64) for side in (self.lowest, self.highest))
        return Null(self.sums, self.counts, low, high, *extremes)


class _Side(NamedTuple):
    """One person's samples in blocks, 0 where missing, and what is known of each window.

    `inverse` is 1 over the length of a window's centered samples, NaN where it is still.
    """

    values: Single
    squares: Single
    there: Single
    total: Single
    inverse: Single
    mean: Single
    full: BoolArray

    def cut(self, blocks: tuple[slice, ...], windows: slice) -> _Side:
        return _Side(
            self.values[blocks],
            self.squares[blocks],
            self.there[blocks],
            self.total[windows],
            self.inverse[windows],
            self.mean[windows],
            self.full[windows],
        )


def _side(
    values: FloatArray, window: int, every: int, in_blocks: Callable[[Single], Single]
) -> _Side:
    """Return a series in blocks, and its windows, of which one begins `every` few samples."""
    there = np.isfinite(values)
    known = np.where(there, values, 0.0)

    def of_windows(samples: FloatArray | BoolArray) -> FloatArray:
        sums = np.concatenate(([0.0], np.cumsum(samples)))
        return np.asarray((sums[window:] - sums[:-window])[::every], dtype=np.float64)

    def blocks_of(samples: FloatArray | BoolArray) -> Single:
        return np.ascontiguousarray(in_blocks(samples.astype(np.float32)))

    count = np.maximum(of_windows(there), 1)
    total = of_windows(known)
    rest = of_windows(known**2) - total**2 / count
    moving = rest > count * STILL**2
    inverse = np.where(moving, 1 / np.sqrt(np.where(moving, rest, 1.0)), np.nan)
    return _Side(
        blocks_of(known),
        blocks_of(known**2),
        blocks_of(there),
        total.astype(np.float32),
        inverse.astype(np.float32),
        (total / count).astype(np.float32),
        count == window,
    )


def _batches(x: _Side, y: _Side, blocks: Blocks) -> Iterator[tuple[int, Single]]:
    """Give Fisher z of some windows of x (rows) with all windows of y (columns) at a time."""
    n, more = y.full.size, (blocks.number - 1) * blocks.step
    rows = max(AT_ONCE // n, 1)
    columns = list(_runs(y.full, FEW_COLUMNS))
    for begin, end, full in _runs(x.full, FEW_ROWS):
        for first in range(begin, end, rows):
            last = min(first + rows, end)
            at = slice(first * blocks.advance, (last - 1) * blocks.advance + blocks.number)
            some = x.cut((at,), slice(first, last))
            r = np.empty((last - first, n), dtype=np.float32)
            for left, right, whole in columns:
                there = y.cut((slice(None), slice(left, right + more)), slice(left, right))
                over = _over_all if full and whole else _over_pairs
                over(some, there, blocks, r[:, left:right])
            yield first, _fisher(r)


def _runs(flags: BoolArray, few: int) -> Iterator[tuple[int, int, bool]]:
    """Give where each run of equal flags begins and ends; fewer than `few` True are False."""
    flags = flags.copy()
    for begin, end in _changes(flags):
        flags[begin:end] &= end - begin >= few
    for begin, end in _changes(flags):
        yield begin, end, bool(flags[begin])


def _changes(flags: BoolArray) -> list[tuple[int, int]]:
    return list(pairwise([0, *(np.flatnonzero(np.diff(flags)) + 1).tolist(), flags.size]))


def _over_all(x: _Side, y: _Side, blocks: Blocks, out: Single) -> None:
    """Find the correlation of windows in which nothing is missing."""
    _window_sums(x.values, y.values, blocks, out)
    out *= x.inverse[:, None]
    out *= y.inverse
    out -= (x.total * x.inverse)[:, None] * (y.mean * y.inverse)


def _over_pairs(x: _Side, y: _Side, blocks: Blocks, out: Single) -> None:
    """Find the correlation over the pairs that are there, NaN where those are too few."""

    def sums(one: Single, other: Single) -> Single:
        return _window_sums(one, other, blocks, np.empty_like(out))

    count = np.maximum(sums(x.there, y.there), 1)
    sum_x, sum_y = sums(x.values, y.there), sums(x.there, y.values)
    var_x = sums(x.squares, y.there) - sum_x**2 / count
    var_y = sums(x.there, y.squares) - sum_y**2 / count
    together = sums(x.values, y.values) - sum_x * sum_y / count
    still = count * np.float32(STILL**2)
    known = (count >= LEAST_SHARE * blocks.window) & (var_x > still) & (var_y > still)
    norm = np.sqrt(np.where(known, var_x * var_y, np.float32(1)))
    out[:] = np.where(known, together / norm, np.float32(np.nan))


def _window_sums(x: Single, y: Single, blocks: Blocks, out: Single) -> Single:
    """Return the sum of x times y over each window of x (row) and each of y (column)."""
    rows, columns = out.shape
    short = _short_products(x, y)
    last = (rows - 1) * blocks.advance + 1
    out[:] = short[: last : blocks.advance, :columns]
    for k in range(1, blocks.number):
        after = k * blocks.step
        out += short[k : k + last : blocks.advance, after : after + columns]
    return out


def _short_products(a: Single, b: Single) -> Single:
    """Return ``a @ b`` in pieces that one core does."""
    out = np.empty((a.shape[0], b.shape[1]), dtype=np.float32)
    wide = max(ONE_CORE // a.size, 1)
    for j in range(0, b.shape[1], wide):
        np.matmul(a, b[:, j : j + wide], out=out[:, j : j + wide])
    return out


def _fisher(r: Single) -> Single:
    """Return Fisher z in place of r; by a logarithm, which is quick on any machine."""
    np.clip(r, -CLOSEST, CLOSEST, out=r)
    above = 1 + r
    np.subtract(1, r, out=r)
    np.divide(above, r, out=r)
    np.log(r, out=r)
    r *= np.float32(0.5)
    return r


def _bounds(z: Single, every: int) -> FloatArray:
    """Return the 2.5 % and 97.5 % points of each row, NaN where it has no value."""
    ordered = np.sort(z[:, ::every], axis=1)  # NaN go last
    count = np.isfinite(ordered).sum(axis=1)
    at = np.round(np.outer((0.025, 0.975), np.maximum(count - 1, 0))).astype(np.int64)
    rows = np.arange(z.shape[0])
    return np.array([ordered[rows, at[0]], ordered[rows, at[1]]], dtype=np.float64)


def _turn(z: Single, offset: int, hop: int, *, out: Single) -> None:
    """Put rows into `out` so that columns count from where each window of x begins."""
    for k, row in enumerate(z):
        start = (offset + k * hop) % row.size
        out[k, : row.size - start] = row[start:]
        out[k, row.size - start :] = row[:start]
