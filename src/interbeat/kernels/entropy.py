"""How often two and three successive values come again, in each of many windows.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["THREE", "TWO", "TWO_LONE", "Z_SQUARED", "fuzzy_matches", "matches"]

TWO, THREE, Z_SQUARED, TWO_LONE = range(4)
FAR = 6.0  # tolerances: beyond these a fuzzy match is under 1e-15


@njit(cache=True)
def matches(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    tolerance: float,
    rounding: float,
) -> NDArray[np.float64]:
    """Return, of each value of each window, how often what begins with it comes again.

    Window k holds ``values[first[k]:last[k]]``; rows of windows follow each other. Two
    stretches match where they differ nowhere by more than `tolerance` standard deviations of
    the good values of the window (over n - 1), and `rounding`. None holds a value that is not
    good, and none is compared with itself.

    The columns, shape (rows, 4), are named by this module's constants: matches of two values
    and of three, both among stretches of three good ones; the squared deviation over the
    variance of the value itself; and matches of two among stretches of two. NaN where there is
    no such stretch, or no value.
    """
    sizes = last - first
    out = np.full((sizes.sum(), 4), np.nan)
    row = 0
    for k in range(first.size):
        n = sizes[k]
        begin = first[k]
        here = out[row : row + n]
        row += n
        mean, deviation = mean_and_deviation(values, good, begin, last[k])
        reach = tolerance * deviation + rounding
        where = np.zeros(n, dtype=np.int64)
        count = 0
        for i in range(n):
            if good[begin + i] and deviation > 0.0:
                here[i, 2] = ((values[begin + i] - mean) / deviation) ** 2
            if i + 1 < n and good[begin + i] and good[begin + i + 1]:
                where[count] = i
                here[i, 3] = 0.0
                if i + 2 < n and good[begin + i + 2]:
                    here[i, 0], here[i, 1] = 0.0, 0.0
                count += 1
        where = where[:count]
        order = where[np.argsort(values[begin + where])]
        one, two, three = np.zeros(count), np.zeros(count), np.full(count, np.nan)
        for s in range(count):
            one[s] = values[begin + order[s]]
            two[s] = values[begin + order[s] + 1]
            if not math.isnan(here[order[s], 0]):
                three[s] = values[begin + order[s] + 2]
        for s in range(count):
            for t in range(s + 1, count):
                if one[t] - one[s] > reach:
                    break
                if abs(two[t] - two[s]) > reach:
                    continue
                i, j = order[s], order[t]
                here[i, 3] += 1.0
                here[j, 3] += 1.0
                apart = abs(three[t] - three[s])  # NaN where one has no third value
                if math.isnan(apart):
                    continue
                here[i, 0] += 1.0
                here[j, 0] += 1.0
                if apart <= reach:
                    here[i, 1] += 1.0
                    here[j, 1] += 1.0
    return out


@njit(cache=True)
def mean_and_deviation(
    values: NDArray[np.float64], good: NDArray[np.bool_], begin: int, end: int
) -> tuple[float, float]:
    """Return mean and standard deviation (over n - 1) of the good values."""
    count, total, squares = 0, 0.0, 0.0
    for i in range(begin, end):
        if good[i]:
            count += 1
            total += values[i]
    if count < 2:
        return 0.0, 0.0
    mean = total / count
    for i in range(begin, end):
        if good[i]:
            squares += (values[i] - mean) ** 2
    return mean, math.sqrt(squares / (count - 1))


@njit(cache=True)
def fuzzy_matches(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    tolerance: float,
) -> NDArray[np.float64]:
    """Return, of each value of each window, how like what begins with it is to the others.

    As :func:`matches`, but each stretch is taken less its own mean, and two that differ by at
    most d anywhere match to the degree ``exp(-(d / r)**2)``, r the tolerance. The columns are
    the first three of :func:`matches`.
    """
    sizes = last - first
    out = np.full((sizes.sum(), 3), np.nan)
    row = 0
    for k in range(first.size):
        n = sizes[k]
        begin = first[k]
        here = out[row : row + n]
        row += n
        mean, deviation = mean_and_deviation(values, good, begin, last[k])
        reach = tolerance * deviation
        where = np.zeros(n, dtype=np.int64)
        count = 0
        for i in range(n):
            if good[begin + i] and deviation > 0.0:
                here[i, 2] = ((values[begin + i] - mean) / deviation) ** 2
            at = begin + i
            if reach > 0.0 and i + 2 < n and good[at] and good[at + 1] and good[at + 2]:
                where[count] = i
                here[i, 0], here[i, 1] = 0.0, 0.0
                count += 1
        where = where[:count]
        # of a pair less its mean only half its step is left
        half = 0.5 * (values[begin + where + 1] - values[begin + where])
        order = np.argsort(half)
        half, where = half[order], where[order]
        a, b, c = np.zeros(count), np.zeros(count), np.zeros(count)
        for s in range(count):
            at = begin + where[s]
            middle = (values[at] + values[at + 1] + values[at + 2]) / 3.0
            a[s], b[s], c[s] = (
                values[at] - middle, values[at + 1] - middle, values[at + 2] - middle,
            )  # fmt: skip
        # three that are near have pairs that are near: no three of a pair that is far is missed
        for s in range(count):
            for t in range(s + 1, count):
                apart = (half[t] - half[s]) / reach
                if apart > FAR:
                    break
                i, j = where[s], where[t]
                degree = math.exp(-apart * apart)
                here[i, 0] += degree
                here[j, 0] += degree
                apart = max(abs(a[s] - a[t]), abs(b[s] - b[t]), abs(c[s] - c[t])) / reach
                if apart <= FAR:
                    degree = math.exp(-apart * apart)
                    here[i, 1] += degree
                    here[j, 1] += degree
    return out
