"""Means of many things at once in each of many windows, and how they err together.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["covariances"]

MOST = 64  # cosines: past this many, Student's t is the normal distribution
ROWS = 1024  # of cosines that are kept at hand


@njit(cache=True)
def covariances(
    items: NDArray[np.float64],
    reach: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of each column of `items` in each window, and the means' covariances.

    Column c of row t is drawn from the rows t to ``t + reach[c] - 1``; it belongs to window k
    where all of these lie in ``first[k]:last[k]``, stands at their middle, and is left out
    where it is NaN.

    Returned are counts and means, shape (windows, columns); the covariance of the means under
    autocorrelation, shape (windows, columns, columns), by the equal-weighted cosine estimator
    of :func:`~interbeat.kernels.windows.long_run_sum`; and its degrees of freedom, shape
    (windows,). What is left out adds nothing and keeps its place, so that no gap is bridged.
    """
    windows, columns = first.size, reach.size
    counts = np.zeros((windows, columns), dtype=np.int64)
    means = np.zeros((windows, columns))
    spread = np.zeros((windows, columns, columns))
    freedom = np.zeros(windows)
    most = (last - first).max() if windows else 0
    values, there = np.zeros((most, columns)), np.zeros((most, columns))
    begins, sizes = first * 0, first * 0
    for k in range(windows):
        begin, end = first[k], last[k]
        while begin < end and not holds(items, begin, first[k], last[k], reach):
            begin += 1
        while begin < end and not holds(items, end - 1, first[k], last[k], reach):
            end -= 1
        begins[k], sizes[k] = begin, end - begin
    # windows of one size follow each other, so that they share their cosines
    table, known = np.zeros((MOST, ROWS)), -1
    for k in np.argsort(sizes):
        n = sizes[k]
        lay(values[:n], there[:n], items, begins[k], (first[k], last[k]), reach)
        average(means[k], counts[k], values[:n], there[:n])
        if n < 2:
            continue
        basis = min(max(3, min(int(n ** (2.0 / 3.0) / 8.0 + 0.5), MOST)), n - 1)
        freedom[k] = basis
        sums = np.zeros((basis, columns))
        for t in range(0, n, ROWS):
            if n > ROWS or n != known:
                fill(table, basis, t, n)
                known = n if n <= ROWS else -1
            project(sums, table, values[t : min(t + ROWS, n)])
        for c in range(columns):
            scale = 1.0 / math.sqrt(max(counts[k, c] * (counts[k, c] - 1.0), 1.0))
            for j in range(basis):
                sums[j, c] *= scale
        for a in range(columns):
            for b in range(a + 1):
                total = 0.0
                for j in range(basis):
                    total += sums[j, a] * sums[j, b]
                spread[k, a, b] = spread[k, b, a] = 2.0 * total / basis
    return counts, means, spread, freedom


@njit(cache=True)
def holds(
    items: NDArray[np.float64], t: int, first: int, last: int, reach: NDArray[np.int64]
) -> bool:
    """Whether the middle of any item of the window ``first:last`` stands at row `t`."""
    for c in range(reach.size):
        row = t - reach[c] // 2
        if first <= row <= last - reach[c] and not math.isnan(items[row, c]):
            return True
    return False


@njit(cache=True)
def lay(
    values: NDArray[np.float64],
    there: NDArray[np.float64],
    items: NDArray[np.float64],
    begin: int,
    window: tuple[int, int],
    reach: NDArray[np.int64],
) -> None:
    """Lay the items of a window side by side, each at its middle, from row `begin` on.

    Where there is one, `there` is 1; else it is 0, and so is the value.
    """
    n, columns = values.shape
    first, last = window
    half = reach // 2
    low, high = first + half - begin, last + half - reach - begin
    low_most, high_least = low.max(), high.min()
    for t in range(n):
        if low_most <= t <= high_least:
            for c in range(columns):
                value = items[begin + t - half[c], c]
                seen = not math.isnan(value)
                there[t, c] = 1.0 if seen else 0.0
                values[t, c] = value if seen else 0.0
            continue
        for c in range(columns):
            there[t, c], values[t, c] = 0.0, 0.0
            if low[c] <= t <= high[c]:
                value = items[begin + t - half[c], c]
                if not math.isnan(value):
                    there[t, c], values[t, c] = 1.0, value


@njit(cache=True)
def average(
    means: NDArray[np.float64],
    counts: NDArray[np.int64],
    values: NDArray[np.float64],
    there: NDArray[np.float64],
) -> None:
    """Write the means of the columns of `values`, and turn these into distances from it."""
    n, columns = values.shape
    total, count = np.zeros(columns), np.zeros(columns)
    for t in range(n):
        for c in range(columns):
            total[c] += values[t, c]
            count[c] += there[t, c]
    for c in range(columns):
        counts[c] = int(count[c])
        means[c] = total[c] / max(count[c], 1.0)
    for t in range(n):
        for c in range(columns):
            values[t, c] = (values[t, c] - means[c]) * there[t, c]


@njit(cache=True)
def project(
    sums: NDArray[np.float64], table: NDArray[np.float64], away: NDArray[np.float64]
) -> None:
    """Add to `sums` each cosine times each column of `away`, row after row."""
    basis, columns = sums.shape
    rows = away.shape[0]
    by_fours = rows - rows % 4
    for t in range(0, by_fours, 4):  # four rows a turn, so that sums are fetched less often
        for j in range(basis):
            one, two = table[j, t], table[j, t + 1]
            three, four = table[j, t + 2], table[j, t + 3]
            for c in range(columns):
                total = sums[j, c] + one * away[t, c]
                total = total + two * away[t + 1, c]
                total = total + three * away[t + 2, c]
                sums[j, c] = total + four * away[t + 3, c]
    for t in range(by_fours, rows):
        for j in range(basis):
            for c in range(columns):
                sums[j, c] += table[j, t] * away[t, c]


@njit(cache=True)
def fill(table: NDArray[np.float64], basis: int, start: int, n: int) -> None:
    """Write the slowest cosines of a series of `n`, one a row, from its place `start` on."""
    for row in range(min(table.shape[1], n - start)):
        cosine = math.cos(math.pi * (start + row + 0.5) / n)
        before, now = 1.0, cosine
        for j in range(basis):
            table[j, row] = now
            before, now = now, 2.0 * cosine * now - before
