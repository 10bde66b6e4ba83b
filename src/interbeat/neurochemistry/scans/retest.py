"""Retest: how far the same measurement in the same people agrees when nothing was done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, fdtri, stdtrit

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Z95, Estimate

__all__ = ["Retest", "test_retest"]

FEWEST = 3  # people
FEW = 10  # people, below which the intervals say more than the numbers


@dataclass(frozen=True, slots=True, eq=False)
class Retest:
    """How far two measurements of each person agree.

    Parameters
    ----------
    mean : float
        Of all, in their own unit.
    within : Estimate
        Standard deviation of one measurement within a person, over the mean: a coefficient of
        variation, as a share.
    variability : Estimate
        Mean of the absolute difference of a pair over its mean, as a share.
    agreement : Estimate
        Intraclass correlation of single measurements, one-way: ICC(1,1).
    shift : Estimate
        Mean of second minus first, over the mean, as a share.
    intervals : mapping of str to tuple of float
        95 % intervals of the four, by name.
    detectable : float
        Difference of two measurements of one person, as a share of the mean, that is reached
        in 1 of 20 pairs though nothing changed: 1.96 √2 `within`.
    flags : tuple of str
        What to look at.
    """

    mean: float
    within: Estimate
    variability: Estimate
    agreement: Estimate
    shift: Estimate
    intervals: Mapping[str, tuple[float, float]]
    detectable: float
    flags: tuple[str, ...] = ()


def test_retest(first: ArrayLike, second: ArrayLike) -> Retest:
    """Return how far pairs of measurements agree.

    The variance within a person is half of the mean squared difference, so that a shift
    between the two occasions counts as disagreement; its interval is that of chi-square with
    one degree of freedom a person. The intraclass correlation and its exact interval are those
    of Shrout & Fleiss 1979 (doi:10.1037/0033-2909.86.2.420), ICC(1,1). The error of the mean
    by which is divided is left out: it is small beside the others.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        The same quantity of the same people, in the same order; pairs with NaN are left out.

    Returns
    -------
    Retest
        Missing, with a reason, for fewer than 3 pairs or a mean that is not above 0; the
        variability also where the mean of one pair is not.

    Raises
    ------
    DataError
        If there is not one second value for each first.

    Examples
    --------
    >>> agreed = test_retest([2.0, 3.0, 4.0, 5.0], [2.2, 2.9, 4.1, 5.4])
    >>> round(agreed.within.value, 3), round(agreed.agreement.value, 2)
    (0.046, 0.98)
    """
    one, two = frozen_floats(first, "first"), frozen_floats(second, "second")
    if one.size != two.size:
        raise DataError(f"{one.size} first and {two.size} second values; they come in pairs")
    both = np.isfinite(one) & np.isfinite(two)
    lost = (f"{one.size - int(both.sum())} of {one.size} pairs left out: a value is missing",)
    flags = lost * (not both.all())
    pairs = np.stack([one[both], two[both]], axis=1)
    mean = float(pairs.mean()) if pairs.size else math.nan
    if pairs.shape[0] < FEWEST or not mean > 0:
        n = pairs.shape[0]
        reason = f"{n} pairs; {FEWEST} needed" if n < FEWEST else "the mean is not above 0"
        return _nothing(mean, reason, n, flags)
    few = f"{pairs.shape[0]} people: the intervals say more than the numbers"
    same = "no pair differs at all: the same values given twice?"
    return _compared(
        pairs / mean,
        mean,
        (
            *flags,
            *(few,) * (pairs.shape[0] < FEW),
            *(same,) * bool(np.all(pairs[:, 0] == pairs[:, 1])),
        ),
    )


test_retest.__test__ = False  # type: ignore[attr-defined]  # its name looks like a test's


def _nothing(mean: float, reason: str, n: int, flags: tuple[str, ...]) -> Retest:
    none = Estimate.missing("", reason, n=n)
    return Retest(mean, none, none, none, none, {}, math.nan, (*flags, reason))


def _compared(pairs: FloatArray, mean: float, flags: tuple[str, ...]) -> Retest:
    """Return how pairs agree, given as shares of the mean of all."""
    n = pairs.shape[0]
    gaps = pairs[:, 1] - pairs[:, 0]
    within = math.sqrt(float(np.mean(gaps**2)) / 2)
    shift, shifted = _mean(gaps)
    variability, varied = _variability(gaps, pairs.mean(axis=1))
    agreement, agreed = _agreement(pairs)
    spread = (
        within * math.sqrt(n / float(chdtri(n, 0.025))),
        within * math.sqrt(n / float(chdtri(n, 0.975))),
    )
    return Retest(
        mean,
        Estimate(within, within / math.sqrt(2 * n), "", 1.0, n),
        variability,
        _agreed(agreement, agreed, n),
        shift,
        {"within": spread, "variability": varied, "agreement": agreed, "shift": shifted},
        Z95 * math.sqrt(2) * within,
        flags,
    )


def _mean(values: FloatArray) -> tuple[Estimate, tuple[float, float]]:
    """Return the mean and its 95 % interval by Student's distribution."""
    n, center = values.size, float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(n)
    room = float(stdtrit(n - 1, 0.975)) * error
    return Estimate(center, error, "", 1.0, n), (center - room, center + room)


def _variability(gaps: FloatArray, means: FloatArray) -> tuple[Estimate, tuple[float, float]]:
    """Return the mean of the absolute differences over the means of their pairs."""
    low = int(np.sum(means <= 0))
    if low:
        reason = f"the mean of {low} of {means.size} pairs is not above 0: no share of it"
        return Estimate.missing("", reason, n=means.size), (math.nan, math.nan)
    found, (least, most) = _mean(np.abs(gaps) / means)
    return found, (max(least, 0.0), most)


def _agreement(pairs: FloatArray) -> tuple[float, tuple[float, float]]:
    """Return ICC(1,1) and its exact interval."""
    n = pairs.shape[0]
    among = 2 * float(np.var(pairs.mean(axis=1), ddof=1))
    inside = float(np.mean((pairs[:, 1] - pairs[:, 0]) ** 2)) / 2
    if inside == 0:
        same = 1.0 if among > 0 else math.nan
        return same, (same, same)
    ratio = among / inside
    low = ratio / float(fdtri(n - 1, n, 0.975))
    high = ratio * float(fdtri(n, n - 1, 0.975))
    return (ratio - 1) / (ratio + 1), ((low - 1) / (low + 1), (high - 1) / (high + 1))


def _agreed(value: float, ends: tuple[float, float], n: int) -> Estimate:
    if math.isnan(value):
        return Estimate.missing("", "all values are the same", n=n)
    return Estimate(value, (ends[1] - ends[0]) / 2 / Z95, "", 1.0, n)
