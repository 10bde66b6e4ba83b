"""How often a series comes back to where it was, in each of many windows."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "DETERMINED",
    "DIMENSION",
    "ENTROPY",
    "LONGEST",
    "MEAN_LINE",
    "RECURRENT",
    "VECTORS",
    "recurrences",
]

VECTORS, RECURRENT, DETERMINED, MEAN_LINE, LONGEST, ENTROPY, DIMENSION = range(7)
CELLS = 4096  # of the histogram of squared distances


@njit(cache=True)
def recurrences(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    length: int,
    shortest: int,
) -> NDArray[np.float64]:
    """Return what a recurrence plot of each window holds.

    Window k holds ``values[first[k]:last[k]]``. Vectors are `length` successive good values;
    two recur where they are within ``sqrt(length)`` standard deviations (over n - 1) of each
    other. A line is a stretch of at least `shortest` pairs, each the successor of the one
    before, that all recur; a value that is not good ends it.

    The columns, shape (windows, 7), are named by this module's constants: how many vectors;
    the share of their pairs that recur; the share of these that lie in lines; mean and greatest
    length of lines; the entropy of their lengths in nats; and the slope of the logarithm of the
    share of pairs that are near, over that of how near, from a hundredth to a tenth of them.
    """
    out = np.zeros((first.size, 7))
    for k in range(first.size):
        n = last[k] - first[k]
        x, there = values[first[k] : last[k]], good[first[k] : last[k]]
        held = x[there]
        run, vectors = 0, 0
        for i in range(n):
            run = run + 1 if there[i] else 0
            vectors += run >= length
        out[k, 0] = vectors
        if vectors < 2:
            continue
        variance = np.var(held) * held.size / (held.size - 1.0)
        near = length * variance
        most = length * (held.max() - held.min()) ** 2
        if most == 0.0:
            continue
        cells = np.zeros(CELLS)
        lines = np.zeros(n + 1)
        pairs, recurrent = 0, 0
        for lag in range(1, n):
            run, line, total = 0, 0, 0.0
            for i in range(n - lag):
                if not (there[i] and there[i + lag]):
                    lines[line] += 1.0
                    run, line, total = 0, 0, 0.0
                    continue
                run += 1
                total += (x[i + lag] - x[i]) ** 2
                if run > length:
                    total -= (x[i + lag - length] - x[i - length]) ** 2
                if run < length:
                    continue
                pairs += 1
                cells[min(int(max(total, 0.0) / most * CELLS), CELLS - 1)] += 1.0
                if total <= near:
                    recurrent += 1
                    line += 1
                else:
                    lines[line] += 1.0
                    line = 0
            lines[line] += 1.0
        if pairs == 0:
            continue
        out[k, 1] = recurrent / pairs
        count, covered = 0.0, 0.0
        for size in range(shortest, n + 1):
            if lines[size] > 0.0:
                count += lines[size]
                covered += size * lines[size]
                out[k, 4] = size
        if count > 0.0:
            out[k, 2], out[k, 3] = covered / recurrent, covered / count
            for size in range(shortest, n + 1):
                if lines[size] > 0.0:
                    out[k, 5] -= lines[size] / count * math.log(lines[size] / count)
        few, many = at_share(cells, 0.01 * pairs), at_share(cells, 0.1 * pairs)
        if few < many:
            out[k, 6] = 2.0 * math.log(10.0) / math.log(many / few)
    return out


@njit(cache=True)
def at_share(cells: NDArray[np.float64], share: float) -> float:
    """Return the place in a histogram, in cells, under which `share` of it lies."""
    below = 0.0
    for j in range(cells.size):
        if below + cells[j] >= share:
            return float(j + (share - below) / cells[j])
        below += cells[j]
    return float(cells.size)
