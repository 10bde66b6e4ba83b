"""Lagged: sums of products of blocks of one series with a series that moves along them."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["lagged", "moments", "over_blocks", "to_correlations"]


@njit(cache=True)
def lagged(
    still: NDArray[np.float64], moving: NDArray[np.float64], step: int, out: NDArray[np.float64]
) -> None:
    """Fill ``out[b, k]`` with the sum over t of ``still[b, t] * moving[b * step + t + k]``.

    The inner loop is over lags, so that the sums of many lags grow at once, each in order of
    time; four samples at a time are added because storing takes longer than multiplying.

    Parameters
    ----------
    still : ndarray, shape (b, m), contiguous
        Blocks.
    moving : ndarray, shape (at least (b - 1) * step + m + k - 1,), contiguous
        What moves along them.
    step : int
        From where a block's products begin to where the next one's do.
    out : ndarray, shape (b, k), contiguous
        Filled.
    """
    blocks, lags = out.shape
    m = still.shape[1]
    for b in range(blocks):
        row = out[b]
        row[:] = 0.0
        whole = m - m % 4
        for t in range(0, whole, 4):
            s0, s1, s2, s3 = still[b, t], still[b, t + 1], still[b, t + 2], still[b, t + 3]
            first = b * step + t
            near = moving[first : first + lags + 3]
            for k in range(lags):
                total = row[k] + s0 * near[k] + s1 * near[k + 1]
                row[k] = total + s2 * near[k + 2] + s3 * near[k + 3]
        for t in range(whole, m):
            first = b * step + t
            near = moving[first : first + lags]
            for k in range(lags):
                row[k] += still[b, t] * near[k]


@njit(cache=True)
def over_blocks(sums: NDArray[np.float64], whole: int, out: NDArray[np.float64]) -> None:
    """Fill ``out[w]`` with the sum of ``sums[w]`` to ``sums[w + whole - 1]``, all lags at once.

    Parameters
    ----------
    sums : ndarray, shape (at least w + whole - 1, k), contiguous
        Sums of blocks; what was there is lost.
    whole : int
        How many blocks a window has; 0 gives 0.
    out : ndarray, shape (w, k), contiguous
        Filled.
    """
    windows, lags = out.shape
    for b in range(1, sums.shape[0]):
        before, here = sums[b - 1], sums[b]
        for k in range(lags):
            here[k] += before[k]
    out[:] = 0.0
    if whole == 0:
        return
    out[0] = sums[whole - 1]
    for w in range(1, windows):
        late, early, row = sums[w + whole - 1], sums[w - 1], out[w]
        for k in range(lags):
            row[k] = late[k] - early[k]


@njit(cache=True)
def moments(
    values: NDArray[np.float64],
    window: int,
    still: float,
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> None:
    """Fill in the mean and 1 / standard deviation of the window that begins at each sample.

    Parameters
    ----------
    values : ndarray, shape (n,), contiguous
        Around 0.
    window : int
        In samples.
    still : float
        Variance up to which a window does not vary: its scale is NaN.
    mean, scale : ndarray, shape (n - window + 1,), contiguous
        Filled.
    """
    first = second = 0.0
    for t in range(values.size):
        first += values[t]
        second += values[t] * values[t]
        begin = t - window + 1
        if begin < 0:
            continue
        middle = first / window
        variance = second / window - middle * middle
        mean[begin] = middle
        scale[begin] = 1 / math.sqrt(variance) if variance > still else math.nan
        first -= values[begin]
        second -= values[begin] * values[begin]


@njit(cache=True)
def to_correlations(
    r: NDArray[np.float64],
    still_mean: NDArray[np.float64],
    still_scale: NDArray[np.float64],
    moving_mean: NDArray[np.float64],
    moving_scale: NDArray[np.float64],
    hop: int,
    window: int,
) -> None:
    """Turn sums of products into correlations.

    Parameters
    ----------
    r : ndarray, shape (w, k), contiguous
        Sums of windows of one that stands with those of one that moves; changed.
    still_mean, still_scale, moving_mean, moving_scale : ndarray, contiguous
        Of the window that begins at each sample (:func:`moments`), from the first window on.
    hop, window : int
        In samples.
    """
    for w in range(r.shape[0]):
        row, first = r[w], w * hop
        mean, scale = still_mean[first], still_scale[first]
        means, scales = moving_mean[first:], moving_scale[first:]
        for k in range(r.shape[1]):
            value = (row[k] / window - mean * means[k]) * (scale * scales[k])
            row[k] = value if math.isnan(value) else min(max(value, -1.0), 1.0)
