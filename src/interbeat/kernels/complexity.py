"""How often coarse-grained values come again, and how many words a series is made of.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["coarse_matches", "words"]


@njit(cache=True)
def coarse_matches(
    values: NDArray[np.float64],
    here: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    reach: NDArray[np.float64],
    scale: int,
) -> NDArray[np.float64]:
    """Return how often what begins at each place comes again at a coarser scale.

    Window k holds the places ``first[k]:last[k]``; rows of windows follow each other. A coarse
    value is the mean of `scale` successive ones, of those that are `here`, if they are at least
    four fifths. From each place on there are three coarse values; they are compared with those
    at places a whole number of coarse values away, and match where they differ nowhere by more
    than ``reach[k]``. The columns, shape (rows, 2), count matches of two and of three coarse
    values; NaN where one of the three is not there.
    """
    sizes = last - first
    out = np.full((sizes.sum(), 2), np.nan)
    row = 0
    for k in range(first.size):
        n = sizes[k]
        coarse = np.full(max(n - scale + 1, 0), np.nan)
        for i in range(coarse.size):
            total, count = 0.0, 0
            for t in range(first[k] + i, first[k] + i + scale):
                if here[t]:
                    total += values[t]
                    count += 1
            if 5 * count >= 4 * scale:
                coarse[i] = total / count
        for offset in range(min(scale, n)):
            series = coarse[offset::scale].copy()
            found = matches_of(series, reach[k])
            for j in range(series.size):
                out[row + offset + j * scale, 0] = found[j, 0]
                out[row + offset + j * scale, 1] = found[j, 1]
        row += n
    return out


@njit(cache=True)
def matches_of(series: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """Return matches of two and of three successive values, of those that have three."""
    found = np.full((series.size, 2), np.nan)
    where, count = np.zeros(series.size, dtype=np.int64), 0
    for i in range(series.size - 2):
        if not math.isnan(series[i] + series[i + 1] + series[i + 2]):
            where[count] = i
            found[i, 0], found[i, 1] = 0.0, 0.0
            count += 1
    where = where[:count]
    order = where[np.argsort(series[where])]
    for s in range(count):
        i = order[s]
        for t in range(s + 1, count):
            j = order[t]
            if series[j] - series[i] > reach:
                break
            if abs(series[j + 1] - series[i + 1]) > reach:
                continue
            found[i, 0] += 1.0
            found[j, 0] += 1.0
            if abs(series[j + 2] - series[i + 2]) <= reach:
                found[i, 1] += 1.0
                found[j, 1] += 1.0
    return found


@njit(cache=True)
def words(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    middle: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the Lempel-Ziv complexity of each window, over that of chance.

    Window k holds ``values[first[k]:last[k]]``, taken for 1 where over ``middle[k]`` and else
    for 0. Each word is the shortest that did not come before; one that a value that is not
    good cuts off is not counted, as nobody knows where it would have ended. Returned is the
    number of words times log2(n) over n good values, shape (windows,); NaN where n is under 2.
    """
    out = np.full(first.size, np.nan)
    for k in range(first.size):
        n = last[k] - first[k]
        text = np.zeros(n, dtype=np.int64)
        count = 0
        for i in range(n):
            if good[first[k] + i]:
                text[i] = 1 if values[first[k] + i] > middle[k] else 0
                count += 1
            else:
                text[i] = -1
        if count < 2:
            continue
        found, i = 0, 0
        while i < n:
            if text[i] < 0:
                i += 1
                continue
            longest = 0
            for j in range(i):
                length = 0
                while i + length < n and text[i + length] >= 0:
                    if text[j + length] != text[i + length]:
                        break
                    length += 1
                longest = max(longest, length)
            i += longest
            if i == n or text[i] >= 0:  # else nobody knows where the word would have ended
                found += 1
            i += 1
        out[k] = found * math.log2(count) / count
    return out
