"""Segments: cross-correlation within segments, of each of a's with each of b's at one lag.

A segment's values are deviations from its own mean at length 1; what sticks out at a lag is 0,
so that correlations shrink towards the ends of the lag range (R's ``ccf``: the biased one).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.dyad.windows.windowed import product
from interbeat.kernels.lagged import lagged

__all__ = ["Pieces", "across", "at_all_lags", "pieces", "together"]

LEAST_SHARE = 0.5  # of a segment must be there
LEAST_PAIRS = 0.25  # of the pairs of samples
STILL = 1e-9  # length of a segment of m samples, over root m, under which it does not vary


class Pieces(NamedTuple):
    """Segments as rows.

    Parameters
    ----------
    values : ndarray, shape (s, m)
        Deviations from the segment's mean; of length 1, or less where samples are missing,
        which are 0.
    there : ndarray, shape (s, m)
        1 where a sample is there; nothing is there of a segment with too little.
    whole : bool
        Whether every sample is there.
    """

    values: FloatArray
    there: FloatArray
    whole: bool


def pieces(rows: FloatArray) -> Pieces:
    """Return segments at length 1.

    Parameters
    ----------
    rows : ndarray, shape (s, m)
        Of about unit variance; NaN where a sample is missing.
    """
    there = np.isfinite(rows)
    count = there.sum(axis=1, keepdims=True)
    gaps = int(count.min(initial=rows.shape[1])) < rows.shape[1]
    values = _centered(rows, there, count) if gaps else rows - rows.mean(axis=1, keepdims=True)
    squares = np.vecdot(values, values)[:, None]
    good = (count >= LEAST_SHARE * rows.shape[1]) & (squares > STILL**2 * count)
    # as if the whole segment were there: of its length, the share that is
    scale = np.sqrt(count / (np.where(good, squares, 1.0) * rows.shape[1]))
    values *= np.where(good, scale, 0.0)
    return Pieces(values, (there & good).astype(np.float64), not gaps and bool(good.all()))


def _centered(rows: FloatArray, there: BoolArray, count: IntArray) -> FloatArray:
    values = np.where(there, rows, 0.0)
    mean = values.sum(axis=1, keepdims=True) / np.maximum(count, 1)
    return np.where(there, values - mean, 0.0)


def together(one: Pieces, other: Pieces, max_lag: int) -> FloatArray:
    """Return the correlations of each segment of a with the same of b, NaN where there is none.

    Parameters
    ----------
    one, other : Pieces
        Of a and of b.
    max_lag : int
        In samples.

    Returns
    -------
    ndarray, shape (s, 2 * max_lag + 1)
        Lags run from ``-max_lag`` to ``max_lag``; positive: a leads.
    """
    r = at_all_lags(one.values, other.values, max_lag)
    if one.whole and other.whole:
        return r
    most = one.values.shape[1] - np.abs(np.arange(-max_lag, max_lag + 1))
    return _weighed(r, at_all_lags(one.there, other.there, max_lag), most)


def at_all_lags(one: FloatArray, other: FloatArray, max_lag: int) -> FloatArray:
    """Return the sums of products of rows with the same rows, 0 beyond their ends, at all lags.

    Parameters
    ----------
    one, other : ndarray, shape (s, m)
        Rows.
    max_lag : int
        In samples.

    Returns
    -------
    ndarray, shape (s, 2 * max_lag + 1)
    """
    out = np.empty((one.shape[0], 2 * max_lag + 1))
    rows, size = other.shape
    around = np.zeros(rows * (size + 2 * max_lag) + 4)
    inside = around[:-4].reshape(rows, -1)
    inside[:, max_lag : max_lag + size] = other
    lagged(np.ascontiguousarray(one), around, inside.shape[1], out)
    return out


def across(one: Pieces, other: Pieces, lag: int) -> FloatArray:
    """Return the correlation of each segment of a (row) with each of b (column).

    Parameters
    ----------
    one, other : Pieces
        Of a and of b.
    lag : int
        In samples; positive: a leads.
    """
    early, late = _overlap(lag)
    r = product(one.values[:, early], other.values[:, late])
    if one.whole and other.whole:
        return r
    pairs = product(one.there[:, early], other.there[:, late])
    return _weighed(r, pairs, one.values.shape[1] - abs(lag))


def _overlap(lag: int) -> tuple[slice, slice]:
    early, late = slice(None, -abs(lag) or None), slice(abs(lag), None)
    return (early, late) if lag >= 0 else (late, early)


def _weighed(r: FloatArray, pairs: FloatArray, most: int | IntArray) -> FloatArray:
    """Return correlations scaled so that chance scatters those of few pairs no more.

    Where partners miss the same stretch and others do not, only such correlations compare.
    """
    known = pairs >= LEAST_PAIRS * most
    weight = np.sqrt(most / np.where(known, pairs, 1.0))
    return np.where(known, np.clip(r * weight, -1, 1), np.nan)
