"""Tenths: means over windows with what leaving out each tenth of the record does to them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad.windows.spread import LEVEL

__all__ = ["TENTHS", "by_tenths", "estimate", "lag_estimate", "share", "share_error"]

TENTHS = 10
ROUNDING = 1e-12  # of a value; parts that differ by less do not differ


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
    whole, spread = float(values[0]), _spread(values)
    if not math.isfinite(whole) or math.isnan(spread):
        return Estimate.missing(unit, reason, quality, n)
    if spread <= ROUNDING * abs(whole):
        return Estimate.missing(unit, "no two parts of it differ", quality, n)
    return Estimate(whole, spread, unit, quality, n)


def _spread(values: Sequence[float] | FloatArray) -> float:
    others = np.asarray(values[1:], dtype=np.float64)
    others = others[np.isfinite(others)]
    return math.sqrt((others.size - 1) * float(np.var(others))) if others.size > 1 else math.nan


def share(
    values: Sequence[float] | FloatArray, *, blocks: float, quality: float, n: int, reason: str
) -> Estimate:
    """Return a share of windows, whose error is never under that of so few blocks.

    Where all windows are of one kind, all tenths are alike, and yet a longer record might have
    had one of the other kind.

    Parameters
    ----------
    values : array_like, shape (11,)
        Of the whole record, and without each tenth of it; 0 to 1.
    blocks : float
        How many windows that have no sample in common the record holds.
    quality, n, reason
        See :func:`estimate`.
    """
    whole, spread = float(values[0]), _spread(values)
    if not math.isfinite(whole):
        return Estimate.missing("", reason, quality, n)
    least = share_error(whole, blocks)
    return Estimate(whole, least if math.isnan(spread) else max(spread, least), "", quality, n)


def share_error(value: float, blocks: float) -> float:
    """Return the standard error of a share of so many blocks; of none, some may have been.

    That of Jeffreys' interval, as with the share of time in episodes.
    """
    blocks = max(blocks, 1.0)
    likely = (value * blocks + 0.5) / (blocks + 1)
    return math.sqrt(likely * (1 - likely) / (blocks + 1))


def lag_estimate(
    values: Sequence[float] | FloatArray, *,
    p: float, step: float, quality: float, n: int, reason: str,
) -> Estimate:  # fmt: skip
    """Return a mean lag in seconds, or why there is none.

    Where p is above 0.05, it is chance's. Lags are found in steps of `step` seconds; the error
    is never under that of rounding to one.
    """
    if p > LEVEL:
        reason = f"not distinguishable from chance (p = {p:.2f})"
        return Estimate.missing("s", reason, quality, n)
    whole, spread = float(values[0]), _spread(values)
    if not math.isfinite(whole) or math.isnan(spread):
        return Estimate.missing("s", reason, quality, n)
    return Estimate(whole, max(spread, step / math.sqrt(12)), "s", quality, n)
