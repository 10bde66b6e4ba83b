"""How values are distributed in each of many windows: order statistics and histograms.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["BLOCKS", "extremes_of_blocks", "histograms", "quantiles"]

BLOCKS = 10
BIN = 7.8125  # ms: 1/128 s, as the Task Force has it
WIDE_BIN = 50.0  # ms


@njit(cache=True)
def quantiles(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    levels: NDArray[np.float64],
    about: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return quantiles of the good values of each window, and of how far they are from a point.

    Window k holds ``values[first[k]:last[k]]``. The columns, shape (windows, levels), are the
    quantiles at `levels` (linear between order statistics) of the values' distances from
    ``about[k]``, or of the values themselves where that is NaN; NaN where there is no value.
    """
    out = np.full((first.size, levels.size), np.nan)
    for k in range(first.size):
        held = values[first[k] : last[k]][good[first[k] : last[k]]]
        if held.size == 0:
            continue
        if not math.isnan(about[k]):
            held = np.abs(held - about[k])
        held.sort()
        for j in range(levels.size):
            at = levels[j] * (held.size - 1)
            below = min(int(at), held.size - 1)
            above = min(below + 1, held.size - 1)
            out[k, j] = held[below] + (at - below) * (held[above] - held[below])
    return out


@njit(cache=True)
def extremes_of_blocks(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return how much the least and the greatest value differ between blocks of each window.

    The columns, shape (windows, 3), are the variances (over n - 1) of the least and of the
    greatest good value of each of :data:`BLOCKS` equal blocks, and of how many blocks.
    """
    out = np.zeros((first.size, 3))
    for k in range(first.size):
        n = last[k] - first[k]
        least, most, blocks = np.zeros(BLOCKS), np.zeros(BLOCKS), 0
        for b in range(BLOCKS):
            low, high, some = np.inf, -np.inf, False
            for i in range(first[k] + b * n // BLOCKS, first[k] + (b + 1) * n // BLOCKS):
                if good[i]:
                    low, high, some = min(low, values[i]), max(high, values[i]), True
            if some:
                least[blocks], most[blocks] = low, high
                blocks += 1
        out[k, 2] = blocks
        if blocks > 1:
            scale = blocks / (blocks - 1.0)
            out[k, 0] = np.var(least[:blocks]) * scale
            out[k, 1] = np.var(most[:blocks]) * scale
    return out


@njit(cache=True)
def histograms(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    rounding: float,
) -> NDArray[np.float64]:
    """Return the histogram's shape in each window.

    The columns, shape (windows, 6), are how many values are good; the number of the fullest
    bin of 1/128 s, counted from 0 ms, and how many values it holds; the base (ms) of the
    triangle that fits the histogram; the entropy of the histogram in bits; and Baevsky's
    index (1/s²). A value that is short of a bin's edge by less than `rounding` is past it.
    """
    out = np.zeros((first.size, 6))
    for k in range(first.size):
        held = values[first[k] : last[k]][good[first[k] : last[k]]] + rounding
        out[k, 0] = held.size
        if held.size == 0:
            continue
        low, high = held.min(), held.max()
        start = int(low / BIN)
        heights = counted(held, start, BIN, int(high / BIN) - start + 1)
        top = int(np.argmax(heights))
        out[k, 1], out[k, 2] = start + top, heights[top]
        # the two sides of a triangle whose apex is given know nothing of each other
        out[k, 3] = BIN * (side(heights, top, -1) + side(heights, top, 1))
        for height in heights:
            if height > 0.0:
                share = height / held.size
                out[k, 4] -= share * math.log2(share)
        start = int(low / WIDE_BIN)
        wide = counted(held, start, WIDE_BIN, int(high / WIDE_BIN) - start + 1)
        modal = int(np.argmax(wide))
        mode = (start + modal + 0.5) * WIDE_BIN / 1000.0
        width = (high - low) / 1000.0
        if width > rounding:
            out[k, 5] = 100.0 * wide[modal] / held.size / (2.0 * mode * width)
    return out


@njit(cache=True)
def counted(
    held: NDArray[np.float64], start: int, width: float, bins: int
) -> NDArray[np.float64]:
    """Return how many values each bin holds, from bin `start` on."""
    heights = np.zeros(bins)
    for value in held:
        heights[min(int(value / width) - start, bins - 1)] += 1.0
    return heights


@njit(cache=True)
def side(heights: NDArray[np.float64], top: int, step: int) -> float:
    """Return how many bins one side of the best triangle reaches, from its apex on.

    The line falls from the height of the apex to zero over `reach` bins, and stays there; of
    all reaches, whole or not, the one of least squares is found: for each number of bins under
    the line the best slope is a quotient, held to where just these bins are under it.
    """
    apex = heights[top]
    count = top if step < 0 else heights.size - 1 - top
    rest = 0.0  # squares of what the line leaves at zero
    for d in range(1, count + 1):
        rest += heights[top + step * d] ** 2
    best, best_error = 1.0, rest
    squares, moment, distances = 0.0, 0.0, 0.0
    for d in range(1, 2 * heights.size + 1):  # past the last value the line may go on
        height = heights[top + step * d] if d <= count else 0.0
        rest -= height * height
        fall = apex - height
        squares += fall * fall
        moment += d * fall
        distances += d * d
        slope = moment / distances / apex  # one over the reach
        reach = min(max(1.0 / slope if slope > 0.0 else np.inf, d * 1.0), d + 1.0)
        slope = apex / reach
        error = squares - 2.0 * slope * moment + slope * slope * distances + max(rest, 0.0)
        if error < best_error:
            best, best_error = reach, error
    return best
