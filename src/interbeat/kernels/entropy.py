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
FLAT = 1e-6  # ms: a deviation under this is rounding
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
    order, row = np.zeros(0, dtype=np.int64), 0
    for k in range(first.size):
        n = sizes[k]
        begin, end = first[k], last[k]
        here = out[row : row + n]
        row += n
        mean, deviation = mean_and_deviation(values, good, begin, end)
        reach = tolerance * deviation + rounding
        if deviation > 0.0:
            for i in range(n):
                if good[begin + i]:
                    here[i, 2] = ((values[begin + i] - mean) / deviation) ** 2
        seen = last[k - 1] if k > 0 and begin >= first[k - 1] else begin
        order = in_order(values, good, order, begin, seen, end)
        one, two = values[order], values[order + 1]
        three = np.full(order.size, np.nan)
        for s in range(order.size):
            if order[s] + 2 < end and good[order[s] + 2]:
                three[s] = values[order[s] + 2]
        low, high = 0, 0
        for s in range(order.size):
            while one[s] - one[low] > reach:
                low += 1
            while high < order.size and one[high] - one[s] <= reach:
                high += 1
            i, third = order[s] - begin, three[s]
            lone, pairs, threes = near(two[low:high], three[low:high], two[s], third, reach)
            here[i, 3] = lone - 1.0  # itself
            if not math.isnan(third):
                here[i, 0], here[i, 1] = pairs - 1.0, threes - 1.0
    return out


@njit(cache=True)
def in_order(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    before: NDArray[np.int64],
    begin: int,
    seen: int,
    end: int,
) -> NDArray[np.int64]:
    """Return where two good values follow each other in ``begin:end``, by the first of them.

    `before` is the answer for a window that began no later and ended at `seen`: what is still
    there keeps its order, and only the rest is sorted.
    """
    fresh, count = np.zeros(end - begin, dtype=np.int64), 0
    for i in range(max(seen - 1, begin), end - 1):
        if good[i] and good[i + 1]:
            fresh[count] = i
            count += 1
    fresh = fresh[:count]
    fresh = fresh[np.argsort(values[fresh])]
    if seen <= begin:
        return fresh
    out, put, taken = np.zeros(end - begin, dtype=np.int64), 0, 0
    for i in before:
        if not begin <= i < end - 1:
            continue
        while taken < count and values[fresh[taken]] < values[i]:
            out[put] = fresh[taken]
            put, taken = put + 1, taken + 1
        out[put] = i
        put += 1
    for i in fresh[taken:]:
        out[put] = i
        put += 1
    return out[:put]


@njit(cache=True)
def near(
    two: NDArray[np.float64], three: NDArray[np.float64], at: float, then: float, reach: float
) -> tuple[int, int, int]:
    """Return how many of `two` are near; of these, those with a third value, and a near one.

    Without branches, and in whole numbers, so that several are compared at once.
    """
    lone, pairs, threes = 0, 0, 0
    for t in range(two.size):
        like = abs(two[t] - at) <= reach
        lone += like
        pairs += like & (three[t] == three[t])  # else it is NaN
        threes += like & (abs(three[t] - then) <= reach)
    return lone, pairs, threes


@njit(cache=True)
def mean_and_deviation(
    values: NDArray[np.float64], good: NDArray[np.bool_], begin: int, end: int
) -> tuple[float, float]:
    """Return mean and standard deviation (over n - 1) of the good values, 0 if but rounding."""
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
    deviation = math.sqrt(squares / (count - 1))
    return mean, deviation if deviation > FLAT else 0.0


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
            if i + 2 < n and good[at] and good[at + 1] and good[at + 2]:
                where[count] = i
                here[i, 0], here[i, 1] = 0.0, 0.0
                count += 1
        if reach == 0.0:
            continue
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
