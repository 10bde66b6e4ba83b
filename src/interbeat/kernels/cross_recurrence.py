"""Where two series of vectors come near each other: lines in their plot, and its diagonals.

The plot itself, of n times m cells, is never held: row after row is computed, counted and
forgotten, so that memory grows with n + m.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["diagonals", "lines"]

AT_ONCE = 1024  # cells computed before they are counted: they stay in the nearest cache


@njit(cache=True)
def lines(
    x: NDArray[np.float64], y: NDArray[np.float64], near: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return how many lines of each length, or longer, the plot of x against y holds.

    Columns of `x`, shape (k, n), and `y`, shape (k, m), are vectors; a cell of the plot is
    recurrent where the square of their distance is at most `near`. A vector that holds NaN is
    near to none.

    Returns three counts by length: of lines along diagonals, of stretches along y while x
    stays, and of stretches along x while y stays. Entry l > 0 holds how many of them are l
    cells long or longer; entry 0 is the number of recurrent cells.
    """
    n, m = x.shape[1], y.shape[1]
    longest = max(n, m) + 2
    along = np.zeros(longest, dtype=np.int64)
    over_y = np.zeros(longest, dtype=np.int64)
    over_x = np.zeros(longest, dtype=np.int64)
    # How long the line is that a cell ends: one more than at the cell before it.
    diagonal = np.zeros(n + m, dtype=np.int32)
    stay = np.zeros(n, dtype=np.int32)
    squared = np.empty(AT_ONCE)
    recurrent = np.empty(AT_ONCE, dtype=np.bool_)
    eights = recurrent.view(np.uint64)
    for j in range(m):
        run = 0
        for first in range(0, n, AT_ONCE):
            size = min(AT_ONCE, n - first)
            compare(x[:, first : first + size], y[:, j], near, squared, recurrent)
            here = stay[first : first + size]
            on = diagonal[first - j + m : first - j + m + size]
            for c in range(size):
                here[c] = (here[c] + 1) * recurrent[c]
            for c in range(size):
                on[c] = (on[c] + 1) * recurrent[c]
            for eight in range((size + 7) // 8):
                if eights[eight] == 0:
                    run = 0
                    continue
                for c in range(8 * eight, min(8 * eight + 8, size)):
                    if recurrent[c]:
                        run += 1
                        over_x[run] += 1
                        over_y[here[c]] += 1
                        along[on[c]] += 1
                    else:
                        run = 0
    along[0], over_y[0], over_x[0] = along.sum(), over_y.sum(), over_x.sum()
    return along, over_y, over_x


@njit(cache=True)
def diagonals(x: NDArray[np.float64], y: NDArray[np.float64], near: float) -> NDArray[np.int64]:
    """Return how many cells of each diagonal are recurrent, shape (n + m - 1,).

    Entry ``n - 1 + k`` is of the pairs of ``x[:, i]`` with ``y[:, i + k]``.
    """
    n, m = x.shape[1], y.shape[1]
    hits = np.zeros(n + m - 1, dtype=np.int64)
    squared = np.empty(AT_ONCE)
    recurrent = np.empty(AT_ONCE, dtype=np.bool_)
    for j in range(m):
        for first in range(0, n, AT_ONCE):
            size = min(AT_ONCE, n - first)
            compare(x[:, first : first + size], y[:, j], near, squared, recurrent)
            end = m - 1 - j + first
            row = hits[end : end + size]  # from the last diagonal backwards
            for c in range(size):
                row[c] += recurrent[c]
    return hits[::-1].copy()


@njit(cache=True)
def compare(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    near: float,
    squared: NDArray[np.float64],
    recurrent: NDArray[np.bool_],
) -> None:
    """Set `recurrent` to whether columns of x lie within `near`, squared, of the vector y."""
    size = x.shape[1]
    row, value = x[0], y[0]
    for c in range(size):
        squared[c] = (row[c] - value) ** 2
    for k in range(1, x.shape[0]):
        row, value = x[k], y[k]
        for c in range(size):
            squared[c] += (row[c] - value) ** 2
    for c in range(size):
        recurrent[c] = squared[c] <= near
