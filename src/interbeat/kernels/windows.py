"""Means and variances in each of many windows, and how sure they are.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "COUNT",
    "DF",
    "MEAN",
    "MEAN_VARIANCE",
    "VARIANCE",
    "VARIANCE_VARIANCE",
    "moments",
]

COUNT, MEAN, MEAN_VARIANCE, VARIANCE, VARIANCE_VARIANCE, DF = range(6)


MOST = 64  # cosines: past this many, Student's t is the normal distribution
SHORT = 1024  # a series of so many at most shares its cosines with others of its size


@njit(cache=True)
def basis_size(n: int) -> int:
    """Return how many cosines to use for a series of `n`: n^(2/3) / 8, from 3 to 64.

    A third of what Lazarus et al. (2018) advise for economic series: the heart's rhythms wax
    and wane over tens of seconds, and more cosines would look past that.
    """
    wanted = max(3, min(int(n ** (2.0 / 3.0) / 8.0 + 0.5), MOST))
    return min(wanted, max(n - 1, 0))


@njit(cache=True)
def long_run_sum(influence: NDArray[np.float64], basis: int) -> float:
    """Return the variance of the sum of a series of mean zero, autocorrelated or not.

    The equal-weighted cosine estimator: the series is projected on the `basis` slowest
    cosines, and the mean square of the projections is its spectrum at zero. A value that is
    missing is 0 in the series and keeps its place, so that no gap is bridged.
    """
    n = influence.size
    if basis < 1:
        return 0.0
    sums = np.zeros(basis)
    for t in range(n):
        if influence[t] == 0.0:
            continue
        cosine = math.cos(math.pi * (t + 0.5) / n)
        before, now = 1.0, cosine
        for j in range(basis):
            sums[j] += influence[t] * now
            before, now = now, 2.0 * cosine * now - before
    total = 0.0
    for j in range(basis):
        total += sums[j] * sums[j]
    return 2.0 * total / basis


@njit(cache=True)
def trimmed(good: NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """Return the part of ``first:last`` from its first to its last good place."""
    while first < last and not good[first]:
        first += 1
    while first < last and not good[last - 1]:
        last -= 1
    return first, last


@njit(cache=True)
def moments(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return mean and variance of the good values of each window, and how sure they are.

    Window k holds ``values[first[k]:last[k]]``. The columns of the result, shape (windows, 6),
    are named by this module's constants: how many values were good, their mean, the squared
    standard error of that mean, their variance (over n - 1), the squared standard error of
    that variance, and the degrees of freedom of both squared standard errors.
    """
    out = np.zeros((first.size, 6))
    begins, sizes = first * 0, first * 0
    for k in range(first.size):
        i, end = trimmed(good, first[k], last[k])
        begins[k], sizes[k] = i, end - i
    table = np.zeros((SHORT, MOST))
    known = -1
    # windows of one size follow each other, so that they share their cosines
    for k in np.argsort(sizes):
        i, n = begins[k], sizes[k]
        count, total = 0, 0.0
        for t in range(n):
            if good[i + t]:
                count += 1
                total += values[i + t]
        out[k, 0] = count
        if count == 0:
            continue
        mean = total / count
        out[k, 1] = mean
        if count < 2:
            continue
        influence, of_square = np.zeros(n), np.zeros(n)
        squares = 0.0
        for t in range(n):
            if good[i + t]:
                influence[t] = values[i + t] - mean
                squares += influence[t] * influence[t]
        for t in range(n):
            if good[i + t]:
                of_square[t] = influence[t] * influence[t] - squares / count
        basis = basis_size(n)
        if n <= SHORT and n != known:
            fill(table, basis, n)
            known = n
        scale = 1.0 / (count * (count - 1.0))
        out[k, 2] = spread(influence, basis, table) * scale
        out[k, 3] = squares / (count - 1.0)
        out[k, 4] = spread(of_square, basis, table) * scale
        out[k, 5] = basis
    return out


@njit(cache=True)
def spread(influence: NDArray[np.float64], basis: int, table: NDArray[np.float64]) -> float:
    """Return :func:`long_run_sum`, from cosines at hand where the series is short."""
    if influence.size > table.shape[0]:
        return long_run_sum(influence, basis)
    sums = np.zeros(basis)
    for t in range(influence.size):
        for j in range(basis):
            sums[j] += influence[t] * table[t, j]
    total = 0.0
    for j in range(basis):
        total += sums[j] * sums[j]
    return 2.0 * total / basis


@njit(cache=True)
def fill(table: NDArray[np.float64], basis: int, n: int) -> None:
    """Write the slowest cosines of a series of `n`, a column each."""
    for t in range(n):
        cosine = math.cos(math.pi * (t + 0.5) / n)
        before, now = 1.0, cosine
        for j in range(basis):
            table[t, j] = now
            before, now = now, 2.0 * cosine * now - before
