"""Tenths: means over windows with what leaving out each tenth of the record does to them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad.windows.spread import LEVEL

__all__ = ["TENTHS", "by_tenths", "estimate", "lag_estimate"]

TENTHS = 10


def by_tenths(rows: FloatArray) -> FloatArray:
    """Return the mean over all rows, first, and over those outside each tenth of them.

    Parameters
    ----------
    rows : ndarray, shape (w, k)
        In order of time; NaN where missing.

    Returns
    -------
    ndarray, shape (11, k)
        NaN where no row has a value.
    """
    known = np.isfinite(rows)
    parts = np.arange(rows.shape[0]) * TENTHS // max(rows.shape[0], 1)
    weights = np.concatenate((np.ones((1, parts.size)), parts != np.arange(TENTHS)[:, None]))
    counts = weights @ known
    sums = weights @ np.where(known, rows, 0.0)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))


def estimate(
    values: Sequence[float] | FloatArray, *, unit: str, quality: float, n: int, reason: str
) -> Estimate:
    """Return a value with its standard error (jackknife), or why there is none.

    Parameters
    ----------
    values : array_like, shape (11,)
        Of the whole record, and without each tenth of it.
    unit : str
        Of all of them.
    quality : float
        0 to 1.
    n : int
        How many windows it rests on.
    reason : str
        Why there is none where the first is NaN.
    """
    whole, others = float(values[0]), np.asarray(values[1:], dtype=np.float64)
    others = others[np.isfinite(others)]
    if not math.isfinite(whole) or others.size < 2:
        return Estimate.missing(unit, reason, quality, n)
    spread = math.sqrt((others.size - 1) * float(np.var(others)))
    return Estimate(whole, spread, unit, quality, n)


def lag_estimate(
    values: Sequence[float] | FloatArray, *, p: float, quality: float, n: int, reason: str
) -> Estimate:
    """Return a lag in seconds, or why there is none: where p is above 0.05, it is chance's."""
    if p > LEVEL:
        reason = f"not distinguishable from chance (p = {p:.2f})"
        return Estimate.missing("s", reason, quality, n)
    return estimate(values, unit="s", quality=quality, n=n, reason=reason)
