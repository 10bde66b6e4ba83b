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
    half = reach // 2
    start = first.min() if windows else 0
    stop = max(last.max(), start) if windows else 0
    middle = np.full((stop - start, columns), np.nan)  # each item at its middle
    for c in range(columns):
        middle[half[c] :, c] = items[start : max(stop - half[c], start), c]
    begins, sizes = first * 0, first * 0
    for k in range(windows):
        low, high = first[k] - start + half, last[k] - start + half - reach
        low_most, high_least = low.max(), high.min()
        begin, end = stop, start
        for t in range(first[k] - start, last[k] - start):
            within = low_most <= t <= high_least
            for c in range(columns):
                if not math.isnan(middle[t, c]) and (within or low[c] <= t <= high[c]):
                    counts[k, c] += 1
                    means[k, c] += middle[t, c]
                    begin, end = min(begin, t), t + 1
        for c in range(columns):
            if counts[k, c] > 0:
                means[k, c] /= counts[k, c]
        begins[k], sizes[k] = begin, max(end - begin, 0)
    # windows of one size follow each other, so that they share their cosines
    table = np.zeros((ROWS, MOST))
    known = -1
    for k in np.argsort(sizes):
        n = sizes[k]
        if n < 2:
            continue
        basis = min(max(3, min(int(n ** (2.0 / 3.0) / 8.0 + 0.5), MOST)), n - 1)
        freedom[k] = basis
        low, high = first[k] - start + half, last[k] - start + half - reach
        low_most, high_least = low.max(), high.min()
        away = np.zeros(columns)
        sums = np.zeros((basis, columns))
        for t in range(n):
            row = t % ROWS
            if row == 0 and (n > ROWS or n != known):
                fill(table, basis, t, n)
                known = n if n <= ROWS else -1
            i = begins[k] + t
            for c in range(columns):
                there = not math.isnan(middle[i, c])
                away[c] = middle[i, c] - means[k, c] if there else 0.0
            if not low_most <= i <= high_least:
                for c in range(columns):
                    if not low[c] <= i <= high[c]:
                        away[c] = 0.0
            for j in range(basis):
                for c in range(columns):
                    sums[j, c] += table[row, j] * away[c]
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
def fill(table: NDArray[np.float64], basis: int, start: int, n: int) -> None:
    """Write rows of the slowest cosines of a series of `n`, from row `start` on."""
    for row in range(min(table.shape[0], n - start)):
        cosine = math.cos(math.pi * (start + row + 0.5) / n)
        before, now = 1.0, cosine
        for j in range(basis):
            table[row, j] = now
            before, now = now, 2.0 * cosine * now - before
