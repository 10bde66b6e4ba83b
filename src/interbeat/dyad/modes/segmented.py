"""Segmented: all of a's segments with all of b's, and what a share of a's in b's would do."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.dyad._series import Pair
from interbeat.dyad.detectable import Seen, seen_at
from interbeat.dyad.modes._modes import fisher
from interbeat.dyad.modes.segments import Pieces, across, at_all_lags, pieces, together

__all__ = ["Segmented", "by_row", "could_be_seen", "segment_sizes", "segmented"]

DRAWS = 10  # unrelated pairs made of the same two people
HALVINGS = 8  # of the range of couplings
MOST = 0.95  # a coupling above this is one person twice


class Segmented(NamedTuple):
    """What SUSY computes; z is Fisher's, and positive lags mean that a leads.

    Parameters
    ----------
    lags : ndarray, shape (k,)
        In samples.
    z : ndarray, shape (s, k)
        Each segment of a with the same of b.
    scores : ndarray, shape (s, s)
        Mean over lags of ``|z|`` of each segment of a (row) with each of b.
    pseudo, pseudo_signed, pseudo_r : ndarray, shape (k,)
        Mean over all pairs of different segments of ``|z|``, z and ``|r|`` at each lag.
    segment_r, segment_pseudo_r : ndarray, shape (s,)
        Mean over lags of ``|r|`` of each segment, and of it with all others of b.
    """

    lags: FloatArray
    z: FloatArray
    scores: FloatArray
    pseudo: FloatArray
    pseudo_signed: FloatArray
    pseudo_r: FloatArray
    segment_r: FloatArray
    segment_pseudo_r: FloatArray


def segmented(x: FloatArray, y: FloatArray, *, segment: int, max_lag: int) -> Segmented:
    """Return the cross-correlations of all segments of a with all of b.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Of about unit variance; NaN where a sample is missing. What is left over after the last
        whole segment is not used.
    segment, max_lag : int
        In samples.
    """
    one, other = (_cut(series, segment) for series in (x, y))
    count = one.values.shape[0]
    lags = np.arange(-max_lag, max_lag + 1)
    sizes, scores = np.zeros((2, count, count))
    known = np.zeros((count, count))
    real, pseudo = np.empty((count, lags.size)), np.empty((3, lags.size))
    for k, lag in enumerate(lags.tolist()):
        r = across(one, other, lag)
        there = np.isfinite(r)
        if not there.all():
            r = np.where(there, r, 0.0)
        z = fisher(r)
        real[:, k] = np.where(np.diagonal(there), np.diagonal(z), np.nan)
        size, height = np.abs(r), np.abs(z)
        pairs = max(int(np.count_nonzero(there) - np.trace(there)), 1)
        pseudo[:, k] = [(m.sum() - np.trace(m)) / pairs for m in (height, z, size)]
        sizes += size
        scores += height
        known += there
    known = np.where(known > 0, known, np.nan)
    sizes, scores = sizes / known, scores / known
    return Segmented(
        lags.astype(np.float64), real, scores, pseudo[0], pseudo[1], pseudo[2],
        segment_r=np.diagonal(sizes).copy(),
        segment_pseudo_r=_off_diagonal(sizes),
    )  # fmt: skip


def _cut(values: FloatArray, segment: int) -> Pieces:
    return pieces(values[: values.size // segment * segment].reshape(-1, segment))


def _off_diagonal(table: FloatArray) -> FloatArray:
    others = ~np.eye(table.shape[0], dtype=np.bool_) & np.isfinite(table)
    sums = np.where(others, table, 0.0).sum(axis=1)
    return np.asarray(sums / np.maximum(others.sum(axis=1), 1))


def segment_sizes(x: FloatArray, y: FloatArray, *, segment: int, max_lag: int) -> FloatArray:
    """Return the mean over lags of ``|z|`` of each segment of a with the same of b.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Of about unit variance; NaN where a sample is missing.
    segment, max_lag : int
        In samples.
    """
    one, other = (_cut(series, segment) for series in (x, y))
    return by_row(np.abs(fisher(together(one, other, max_lag))))


def by_row(values: FloatArray) -> FloatArray:
    """Return the mean of each row over what is there, NaN where nothing is."""
    known = np.isfinite(values)
    counts = known.sum(axis=1)
    sums = np.where(known, values, 0.0).sum(axis=1)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))


def could_be_seen(pair: Pair, *, threshold: float, segment: int, max_lag: int) -> Seen | None:
    """Return what the mean ``|z|`` of segments could have shown, or None where samples miss.

    The same as :func:`interbeat.dyad.detectable.could_be_seen` in a fifth of the time: what a
    share of a's series does to b's segments follows from both variances and the covariances.

    Parameters
    ----------
    pair : Pair
        Of about unit variance.
    threshold : float
        Of the mean ``|z|``: what 5 % of the null exceed.
    segment, max_lag : int
        In samples.
    """
    n = pair.x.size
    if not (np.isfinite(pair.x).all() and np.isfinite(pair.y).all()):
        return None
    x, own = _around_means(pair.x, segment), np.arange(1, DRAWS + 1) * n // (DRAWS + 1)
    alone = at_all_lags(x, x, max_lag)
    found = []
    for k in own.tolist():
        y = _around_means(np.roll(pair.y, k), segment)
        sums = at_all_lags(x, y, max_lag)
        found.append(_passes(alone, sums, np.vecdot(y, y), threshold))
    return seen_at(np.array(found), seconds=n / pair.rate, quality=1.0)


def _around_means(values: FloatArray, segment: int) -> FloatArray:
    rows = values[: values.size // segment * segment].reshape(-1, segment)
    return np.asarray(rows - rows.mean(axis=1, keepdims=True))


def _passes(alone: FloatArray, sums: FloatArray, var_y: FloatArray, threshold: float) -> float:
    """Return the share of a's series in b's at which the mean ``|z|`` passes a threshold."""
    middle = alone.shape[1] // 2
    var_x, both = alone[:, middle], sums[:, middle]

    def mean(share: float) -> float:
        rest = math.sqrt(1 - share**2)
        spread = rest**2 * var_y + share**2 * var_x + 2 * rest * share * both
        norm = np.sqrt(var_x * np.maximum(spread, 0))
        r = (rest * sums + share * alone) / np.where(norm > 0, norm, np.inf)[:, None]
        return float(np.abs(fisher(r)).mean())

    low, high = 0.0, MOST
    if mean(high) <= threshold:
        return math.inf
    for _ in range(HALVINGS):
        at = (low + high) / 2
        low, high = (low, at) if mean(at) > threshold else (at, high)
    return (low + high) / 2
