"""Fluctuations about straight lines in boxes of many sizes, at every place of a series."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["box_fluctuations"]

AT_ONCE = 256  # places: few enough that what is summed stays close at hand


@njit(cache=True)
def box_fluctuations(
    values: NDArray[np.float64],
    here: NDArray[np.float64],
    sizes: NDArray[np.int64],
    least: float,
    flat: float,
) -> NDArray[np.float64]:
    """Return the mean square about a line of the profile in each box, shape (n, sizes).

    The box at place i of size s holds ``values[i:i + s]``, of which those count whose ``here``
    is 1, not 0. Its profile is the running sum of the values less their mean over the box; one
    that is not here adds nothing to it. The mean square of the profile about its own straight
    line is multiplied by s over how many were here, and NaN where less than the share `least`
    was, or the box reaches past the end. What is under `flat` is rounding, and 0. `sizes` rise.
    """
    n, kinds = values.size, sizes.size
    out = np.full((n, kinds), np.nan)
    # running sums of profiles a of values and c of counts, their products, and with place k
    a, aa, ka = np.zeros(AT_ONCE), np.zeros(AT_ONCE), np.zeros(AT_ONCE)
    c, cc, kc = np.zeros(AT_ONCE), np.zeros(AT_ONCE), np.zeros(AT_ONCE)
    ac, sa, sc = np.zeros(AT_ONCE), np.zeros(AT_ONCE), np.zeros(AT_ONCE)
    for start in range(0, n, AT_ONCE):
        most = min(AT_ONCE, n - start)
        a[:], aa[:], ka[:], c[:], cc[:], kc[:] = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        ac[:], sa[:], sc[:] = 0.0, 0.0, 0.0
        kind = 0
        for k in range(sizes[-1]):
            most = min(most, n - start - k)
            if most <= 0:
                break
            x, w = values[start + k :], here[start + k :]
            for i in range(most):
                a[i] += x[i] * w[i]
                c[i] += w[i]
                sa[i] += a[i]
                sc[i] += c[i]
                aa[i] += a[i] * a[i]
                cc[i] += c[i] * c[i]
                ac[i] += a[i] * c[i]
                ka[i] += k * a[i]
                kc[i] += k * c[i]
            size = k + 1.0
            if size != sizes[kind]:
                continue
            middle = 0.5 * (size - 1.0)
            width = size * (size * size - 1.0) / 12.0
            for i in range(most):
                if c[i] < least * size:
                    continue
                along_a = ka[i] - middle * sa[i]
                square = aa[i] - sa[i] * sa[i] / size - along_a * along_a / width
                if c[i] < size:  # then the count is no straight line
                    along_c = kc[i] - middle * sc[i]
                    mixed = ac[i] - sa[i] * sc[i] / size - along_a * along_c / width
                    counts = cc[i] - sc[i] * sc[i] / size - along_c * along_c / width
                    mean = a[i] / c[i]
                    square += mean * (mean * counts - 2.0 * mixed)
                square /= c[i]
                out[start + i, kind] = square if square >= flat else 0.0
            kind += 1
            if kind == kinds:
                break
    return out
