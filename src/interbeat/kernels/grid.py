"""From samples at any rate to a grid on the session's clock, lost samples left out."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["COLUMNS", "on_grid", "seconds", "thin"]

FloatArray = NDArray[np.float64]

# columns of a second: samples there were, smallest and largest, how many equal each of them,
# mean square of the second difference, fastest move (per second) over a quarter of a second,
# share of samples that are infinite, those under all range (-inf) counting less than nothing
COLUMNS = 8


@njit(cache=True)
def thin(values: FloatArray, every: int) -> FloatArray:
    """Return the mean of each `every` samples in a row.

    Where most of them are lost it is NaN, or infinite if more of these are infinite than not.
    """
    n = values.size // every
    means = np.empty(n)
    for j in range(n):
        total = 0.0
        count, beyond = 0, 0
        for i in range(j * every, (j + 1) * every):
            if math.isfinite(values[i]):
                total += values[i]
                count += 1
            else:
                beyond += (values[i] > 0) - (values[i] < 0)
        means[j] = total / count if 2 * count >= every else np.nan
        if 2 * count < every and 2 * abs(beyond) > every - count:
            means[j] = np.inf * beyond
    return means


@njit(cache=True)
def on_grid(
    values: FloatArray,
    first: int,
    clock: FloatArray,
    window: FloatArray,
    span: FloatArray,
    out: FloatArray,
) -> None:
    """Fill `out` with weighted means of `values` around grid points ``span[0], ...``.

    `values` begins at sample `first`; `clock` is the time of sample 0, the sampling rate and
    the rate of the grid, whose point k is at ``k / rate``. `window` holds the weights from the
    middle to the edge, `span` the first grid point, the half width in seconds and the share of
    the weight that must be there; elsewhere the mean is NaN.
    """
    origin, rate, grid_rate = clock[0], clock[1], clock[2]
    half = span[1] * rate
    steps = window.size - 1
    for j in range(out.size):
        middle = ((span[0] + j) / grid_rate - origin) * rate
        total = 0.0
        there = 0.0
        size = 0.0
        whole = 0.0
        for i in range(math.ceil(middle - half), math.floor(middle + half) + 1):
            place = abs(i - middle) / half * steps
            left = min(int(place), steps - 1)
            weight = window[left] + (place - left) * (window[left + 1] - window[left])
            whole += abs(weight)
            at = i - first
            if 0 <= at < values.size and math.isfinite(values[at]):
                total += weight * values[at]
                there += weight
                size += abs(weight)
        out[j] = total / there if whole > 0 and size >= span[2] * whole else np.nan


@njit(cache=True)
def seconds(
    values: FloatArray, first: int, clock: FloatArray, second: int, out: FloatArray
) -> None:
    """Fill the rows of `out` (n, COLUMNS) with what the samples of each second look like.

    `values` begins at sample `first`; `clock` is the time of sample 0 and the sampling rate;
    the first row is of the second that begins at time `second`. Differences look back, never
    ahead; moves look back past lost samples, up to a second.
    """
    origin, rate = clock[0], clock[1]
    apart = max(1, round(rate / 8))
    quarter = max(1, round(rate / 4))
    for row in range(out.shape[0]):
        begin = math.ceil((second + row - origin) * rate - 1e-6)
        end = math.ceil((second + row + 1 - origin) * rate - 1e-6)
        low, high = np.inf, -np.inf
        count, at_low, at_high, pairs, beyond = 0, 0, 0, 0, 0
        squares, move = 0.0, 0.0
        for i in range(begin, end):
            at = i - first
            if at < 0 or at >= values.size:
                continue
            if not math.isfinite(values[at]):
                beyond += (values[at] > 0) - (values[at] < 0)
                continue
            value = values[at]
            count += 1
            if value < low:
                low, at_low = value, 0
            if value > high:
                high, at_high = value, 0
            at_low += value == low
            at_high += value == high
            back = quarter
            while back < min(rate, at) and not math.isfinite(values[at - back]):
                back += 1
            if at >= back and math.isfinite(values[at - back]):
                move = max(move, abs(value - values[at - back]) * rate / back)
            if at >= 2 * apart:
                bend = values[at - apart] - (value + values[at - 2 * apart]) / 2
                if math.isfinite(bend):
                    squares += bend * bend
                    pairs += 1
        out[row, 0] = count / max(end - begin, 1)
        out[row, 1] = low
        out[row, 2] = high
        out[row, 3] = at_low / max(count, 1)
        out[row, 4] = at_high / max(count, 1)
        out[row, 5] = squares / pairs if pairs else np.nan
        out[row, 6] = move
        out[row, 7] = beyond / max(end - begin, 1)
