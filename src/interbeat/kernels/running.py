"""The running median: what is usual, as of now."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["running_median"]

FloatArray = NDArray[np.float64]


@njit(cache=True)
def running_median(values: FloatArray, ring: FloatArray) -> FloatArray:
    """Return the median of the last values that are known, as many as `ring` holds.

    `ring` is carried, newest last; NaN where there was none yet.
    """
    out = np.empty_like(values)
    for i in range(values.size):
        if math.isfinite(values[i]):
            ring[:-1] = ring[1:].copy()
            ring[-1] = values[i]
        known = ring[np.isfinite(ring)]
        out[i] = np.median(known) if known.size else np.nan
    return out
