"""Covariates: a series without what breathing, speech or movement put into it.

Two people who breathe to one pacer, or who speak in turn, move together through their breath or
their speech. What is left when each one's own covariate is taken out of each one's series is
not explained by that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray, frozen_floats
from interbeat.core.errors import DataError

__all__ = ["Without", "without"]

STEP = 0.5  # s between copies: fine enough for what is slower than 1 Hz
TURNS = 9  # by which the covariates are shifted, to see what chance takes away
FEWEST = 10  # samples for each copy


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """A series without its covariates.

    Parameters
    ----------
    values : ndarray, shape (n,)
        What is left, about the mean; NaN where the series or a covariate's copy is missing.
    share : float
        Of the variance that was taken away, 0 to 1; NaN where nothing could be.
    by_chance : float
        The share that the same covariates take away when they are shifted against the series:
        many copies explain a little of anything.
    quality : float
        Share of the samples of the series that are left.
    reason : str
        Why nothing could be taken away; ``""`` where it could.
    """

    values: FloatArray
    share: float
    by_chance: float
    quality: float
    reason: str = ""


def without(
    values: ArrayLike, covariates: Sequence[ArrayLike], *, sampling_rate: float,
    lags: tuple[float, float] = (-5.0, 5.0),
) -> Without:  # fmt: skip
    """Return a series without what covariates, and copies of them at other lags, explain.

    Least squares on a constant and on copies of each covariate half a second apart.

    Parameters
    ----------
    values : array_like, shape (n,)
        One person's series; NaN where missing.
    covariates : sequence of array_like, each of shape (n,)
        The same person's breathing, speech (0 and 1) or movement at the same times.
    sampling_rate : float
        In Hz.
    lags : tuple of float
        First and last lag in s; positive: the series follows the covariate. The heart moves
        with breathing before and after the chest does, so that both signs are needed.

    Returns
    -------
    Without
        Samples for which a copy of a covariate is missing are missing: nothing is left in that
        was not cleaned. Where fewer than 10 samples for each copy are there, the values are
        all missing, with a reason.

    Raises
    ------
    DataError
        If lengths differ, no covariate is given, the sampling rate is no positive number, or
        the lags do not run upwards.

    Notes
    -----
    Only what is linear, and the same throughout, is taken away. A covariate that both share
    and that acts on each in a way of its own (breath by breath deeper, say) leaves something,
    and so does a partner who acts *through* the covariate: what is taken away may be part of
    how two people are tied.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> breath = np.convolve(rng.standard_normal(2400), np.ones(8) / 8, "same")
    >>> heart = 2 * np.roll(breath, 6) + 0.5 * rng.standard_normal(2400)
    >>> found = without(heart, [breath], sampling_rate=4)
    >>> round(found.share, 2), round(found.by_chance, 2), np.nanstd(found.values).round(1)
    (0.67, 0.01, np.float64(0.5))
    """
    series = frozen_floats(values, "values")
    given = [frozen_floats(one, "a covariate") for one in covariates]
    offsets = _offsets(lags, sampling_rate)
    if not given or any(one.size != series.size for one in given):
        sizes = ", ".join(str(one.size) for one in given) or "no"
        raise DataError(f"{series.size} samples need covariates as long, not {sizes}")
    copies = np.column_stack([_copy(one, k) for one in given for k in offsets])
    used = np.isfinite(series) & np.isfinite(copies).all(axis=1)
    held = float(used.sum() / max(np.isfinite(series).sum(), 1))
    if used.sum() < FEWEST * copies.shape[1] or np.ptp(series[used]) == 0:
        reason = f"{used.sum()} samples for {copies.shape[1]} copies of covariates"
        return Without(np.full(series.size, np.nan), math.nan, math.nan, held, reason)
    rest = np.full(series.size, np.nan)
    rest[used] = _rest(series[used], copies[used])
    return Without(rest, _share(series, copies, used), _by_chance(series, copies), held)


def _offsets(lags: tuple[float, float], sampling_rate: float) -> list[int]:
    if not (math.isfinite(sampling_rate) and sampling_rate > 0):
        raise DataError(f"a sampling rate is a positive number of Hz, not {sampling_rate}")
    first, last = (round(lag * sampling_rate) for lag in lags)
    if first > last:
        raise DataError(f"lags run upwards, not from {lags[0]:g} to {lags[1]:g} s")
    return list(range(first, last + 1, max(round(STEP * sampling_rate), 1)))


def _copy(values: FloatArray, offset: int) -> FloatArray:
    """Return `values` that come `offset` samples later; what is beyond an end is missing."""
    out = np.full(values.size, np.nan)
    if offset >= 0:
        out[offset:] = values[: values.size - offset]
    else:
        out[:offset] = values[-offset:]
    return out


def _rest(series: FloatArray, copies: FloatArray) -> FloatArray:
    """Return what least squares on `copies` leaves of `series`; all of them are there."""
    centered = copies - copies.mean(axis=0)
    spread = centered.std(axis=0)
    scaled = centered / np.where(spread > 0, spread, 1.0)
    target = series - series.mean()
    weights = np.linalg.lstsq(scaled, target, rcond=1e-8)[0]
    return np.asarray(target - scaled @ weights, dtype=np.float64)


def _share(series: FloatArray, copies: FloatArray, used: BoolArray) -> float:
    return 1 - float(np.var(_rest(series[used], copies[used])) / np.var(series[used]))


def _by_chance(series: FloatArray, copies: FloatArray) -> float:
    """Return the median share that covariates shifted in a circle take away."""
    shares = []
    for k in range(1, TURNS + 1):
        turned = np.roll(copies, k * series.size // (TURNS + 1), axis=0)
        used = np.isfinite(series) & np.isfinite(turned).all(axis=1)
        if used.sum() > FEWEST * copies.shape[1] and np.ptp(series[used]) > 0:
            shares.append(_share(series, turned, used))
    return float(np.median(shares)) if shares else math.nan
