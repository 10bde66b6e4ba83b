"""Peaks: at which lag each window's correlations have the peak that is nearest to lag 0."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError

__all__ = ["FEWEST", "Peaks", "nearest_peaks", "outward_peaks", "smoothing"]

FEWEST = 17  # lags
SPAN = 0.25  # of the lags weigh in at each one
CELL = 0.2  # of a span is computed exactly at its ends, and by a cubic in between
MARGIN = 0.005  # of the range is added at either end


class Peaks(NamedTuple):
    """The peak of each window.

    Parameters
    ----------
    r : ndarray, shape (w,)
        The correlation there; NaN where a window has no peak.
    lag : ndarray, shape (w,)
        In samples; positive: a leads. NaN where a window has no peak.
    """

    r: FloatArray
    lag: FloatArray


def outward_peaks(r: FloatArray, *, least: int) -> Peaks:
    """Return the peak that a search from lag 0 outward, both ways at once, meets first.

    Over lags, each window's correlations are smoothed by local quadratics (``loess`` of R with
    a span of 0.25) and a spline is laid through them on half samples. From lag 0 on, the
    largest value so far is kept; when `least` further half samples both ways bring nothing
    larger, it is the peak (lag 0 itself needs one more). Where the search ends first, there is
    none: a peak at the very end of the range is none.

    Parameters
    ----------
    r : ndarray, shape (w, k)
        Windows by lags, as many below 0 as above; a window that misses one has no peak.
    least : int
        In half samples.

    Raises
    ------
    DataError
        If there are fewer than 17 lags (local quadratics would have too few), or `least` is
        not 1 or more.

    References
    ----------
    Boker, Xu, Rotondo & King (2002), Psychological Methods 7:338,
    doi:10.1037/1082-989X.7.3.338, as in the R code of Behrens et al. (2020),
    doi:10.1101/2020.08.27.269746; Cleveland & Devlin (1988),
    doi:10.1080/01621459.1988.10478639, for loess.

    Examples
    --------
    >>> lags = np.arange(-20, 21)
    >>> found = outward_peaks(np.cos((lags - 4.5) / 4)[None, :], least=8)
    >>> print(found.lag, found.r.round(2))
    [4.5] [1.]
    """
    if r.shape[1] < FEWEST or least < 1:
        raise DataError(
            f"peaks need {FEWEST} lags or more and 1 half sample or more around them, "
            f"not {r.shape[1]} lags and {least}"
        )
    curves = r @ smoothing(r.shape[1]).T
    far = curves.shape[1] // 2
    right, left = curves[:, far:], curves[:, far::-1]
    outward = np.maximum(right, left)  # NaN where either is
    at = _first_lasting(outward, least)
    rows = np.arange(at.size)
    after = right[rows, at] >= left[rows, at]
    known = (at >= 0) & np.isfinite(r).all(axis=1)
    lag = np.where(after, at, -at) / 2
    return Peaks(np.where(known, outward[rows, at], np.nan), np.where(known, lag + 0.0, np.nan))


def _first_lasting(outward: FloatArray, least: int) -> IntArray:
    """Return the first distance whose value nothing exceeds for `least` steps on, or -1."""
    far = outward.shape[1] - 1
    highest = np.maximum.accumulate(outward, axis=1)
    record = np.ones(outward.shape, dtype=np.bool_)
    record[:, 1:] = outward[:, 1:] > highest[:, :-1]
    steps = np.arange(far + 1)
    following = np.where(record, steps, 2 * far + least)
    following = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    needed = steps + least
    lasting = record[:, :-1] & (following[:, 1:] > needed[:-1]) & (needed[:-1] <= far)
    if least < far:
        lasting[:, 0] &= following[:, 1] > least + 1
    first = np.argmax(lasting, axis=1)
    return np.where(lasting.any(axis=1), first, -1)


def nearest_peaks(r: FloatArray, *, width: int) -> Peaks:
    """Return the local maximum nearest to lag 0.

    A lag is a local maximum where no lag within ``width // 2`` on either side has a higher
    correlation; those lags must all be within the range. Of two as near, the negative one
    is taken.

    Parameters
    ----------
    r : ndarray, shape (w, k)
        Windows by lags, as many below 0 as above; a window that misses one has no peak.
    width : int
        Odd, in samples: how wide a maximum must be.

    Examples
    --------
    >>> lags = np.arange(-20, 21)
    >>> found = nearest_peaks(np.cos((lags - 4) / 4)[None, :], width=9)
    >>> print(found.lag, found.r)
    [4.] [1.]
    """
    half, far = width // 2, r.shape[1] // 2
    if r.shape[1] < width or not r.size:
        return Peaks(*np.full((2, r.shape[0]), np.nan))
    around = np.lib.stride_tricks.sliding_window_view(r, 2 * half + 1, axis=1).max(axis=-1)
    inside = r[:, half : r.shape[1] - half]
    maxima = inside == around
    lags = np.arange(half - far, far - half + 1)
    cost = np.where(maxima, 2 * np.abs(lags) + (lags > 0), 4 * far + 4)
    best = np.argmin(cost, axis=1)
    rows = np.arange(best.size)
    known = maxima[rows, best] & np.isfinite(r).all(axis=1)
    return Peaks(
        np.where(known, inside[rows, best], np.nan), np.where(known, lags[best] + 0.0, np.nan)
    )


@lru_cache(maxsize=16)
def smoothing(lags: int) -> FloatArray:
    """Return what takes values at `lags` lags to smooth values at each half sample.

    Parameters
    ----------
    lags : int
        How many, 17 or more.

    Returns
    -------
    ndarray, shape (2 * lags - 1, lags)
    """
    out = _half_samples(lags) @ _loess(lags)
    out.setflags(write=False)
    return out


def _loess(n: int) -> FloatArray:
    """Return local quadratics with a span of 0.25, at vertices, and cubics between those."""
    at = np.array(sorted(_vertices(n)))
    fits = np.stack([_local(n, vertex) for vertex in at], axis=1)  # value and slope
    x = np.arange(1.0, n + 1)
    j = np.clip(np.searchsorted(at, x, side="right") - 1, 0, at.size - 2)
    wide = at[j + 1] - at[j]
    u = (x - at[j]) / wide
    here, there = (1 + 2 * u) * (1 - u) ** 2, u**2 * (3 - 2 * u)
    rise, fall = u * (1 - u) ** 2 * wide, u**2 * (u - 1) * wide
    out = here[:, None] * fits[0, j] + there[:, None] * fits[0, j + 1]
    return np.asarray(out + rise[:, None] * fits[1, j] + fall[:, None] * fits[1, j + 1])


def _vertices(n: int) -> set[float]:
    """Return where a fit is computed: at the ends and at the middle of each larger cell."""
    few, wide = int(n * SPAN * CELL), MARGIN * (n - 1)
    cells = [(1, n, 1 - wide, n + wide)]
    found = {1 - wide, n + wide}
    while cells:
        first, last, low, high = cells.pop()
        middle = (first + last) // 2
        if last - first + 1 <= few or float(middle) in {low, high}:
            continue
        found.add(float(middle))
        cells += [(first, middle, low, middle), (middle + 1, last, middle, high)]
    return found


def _local(n: int, at: float) -> FloatArray:
    """Return what gives value and slope at one place of the quadratic through what is near."""
    x = np.arange(1.0, n + 1) - at
    reach = np.sort(np.abs(x))[int(n * SPAN + 1e-5) - 1]
    weight = np.sqrt(np.clip(1 - np.abs(x / reach) ** 3, 0, None) ** 3)
    powers = x[:, None] ** np.arange(3) * weight[:, None]
    return np.asarray(np.linalg.pinv(powers)[:2] * weight)


def _half_samples(n: int) -> FloatArray:
    """Return the cubic spline through samples whose ends follow the cubic through four."""
    bend, right = np.zeros((n, n)), np.zeros((n, n))
    k = np.arange(1, n - 1)
    bend[k, k - 1], bend[k, k], bend[k, k + 1] = 1, 4, 1
    right[k, k - 1], right[k, k], right[k, k + 1] = 6, -12, 6
    bend[0, :2] = bend[-1, -2:] = -1, 1
    right[0, :4] = right[-1, -4:] = -1, 3, -3, 1
    second = np.linalg.solve(bend, right)
    out = np.zeros((2 * n - 1, n))
    out[::2] = np.eye(n)
    out[1::2] = (out[:-1:2] + out[2::2]) / 2 - (second[:-1] + second[1:]) / 16
    return out
