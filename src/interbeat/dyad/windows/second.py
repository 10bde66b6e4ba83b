"""Second: whether two people are tied at two lags, one on each side of 0."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.dyad.windows.windowed import CLOSEST

__all__ = ["alike", "second_top"]

LEVEL = 0.05  # what chance may give of a second top
VALLEY = 0.9  # of the second top: a curve that falls less before it has one broad top


def alike(values: FloatArray, reach: int) -> FloatArray:
    """Return how much a series is like itself `k` samples later, 1 for 0 samples.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Around 0, not all 0; NaN where a sample is missing, which counts as 0.
    reach : int
        The largest k.

    Returns
    -------
    ndarray, shape (reach + 1,)
    """
    known = np.where(np.isfinite(values), values, 0.0)
    size = 1 << (values.size + reach).bit_length()
    along = np.fft.irfft(np.abs(np.fft.rfft(known, size)) ** 2, size)[: reach + 1]
    return np.asarray(along / along[0])


def second_top(curve: FloatArray, shape: FloatArray, chance: FloatArray) -> int | None:
    """Return the place of a top across 0 that the best one and chance do not explain.

    Two people who answer each other are tied twice: a leads at one lag and b at another, with
    the same sign. One lag for both would be wrong whichever it is.

    Parameters
    ----------
    curve : ndarray, shape (k,)
        Mean z at each lag; lag 0 in the middle.
    shape : ndarray, shape (k,)
        What a tie at one lag makes of the lags 0, 1 ... from it: see :func:`alike`.
    chance : ndarray, shape (s,)
        The mean z of each circular shift, neighbors side by side.

    Returns
    -------
    int or None
        None where the best lag is 0 itself. A top across 0 counts where the curve falls by a
        tenth between the two, and where what is left of it, without what the best one's shape
        makes of it, is more than 5 % of all shifts reach at the best of as many lags as lie on
        one side of 0.
    """
    places, middle = np.arange(curve.size), curve.size // 2
    best = int(np.argmax(np.abs(curve)))
    sign = np.sign(curve[best])
    upright = sign * curve
    top = np.zeros(curve.size, dtype=np.bool_)
    top[1:-1] = (upright[1:-1] >= upright[:-2]) & (upright[1:-1] > upright[2:])
    across = (places - middle) * (best - middle) < 0
    explained = np.arctanh(np.tanh(upright[best]) * shape[np.abs(places - best)] * CLOSEST)
    apart = _valleys(upright, best) <= VALLEY * upright
    left = np.where(top & across & apart, upright - explained, 0.0)
    at = int(np.argmax(left))
    around = np.pad(sign * chance, (0, middle), mode="wrap")
    highest = np.lib.stride_tricks.sliding_window_view(around, middle + 1).max(axis=1)
    return at if left[at] > 0 and float(np.mean(highest >= left[at])) <= LEVEL else None


def _valleys(upright: FloatArray, best: int) -> FloatArray:
    """Return how low the curve falls between its best place and each other."""
    before = np.minimum.accumulate(upright[best::-1])[::-1]
    return np.concatenate((before, np.minimum.accumulate(upright[best:])[1:]))
