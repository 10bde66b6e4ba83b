"""Limits: the least that an assay detects, and between which it quantifies."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.plates._noise import size_of
from interbeat.neurochemistry.plates.found import Curve
from interbeat.neurochemistry.plates.reading import (
    freedom_at,
    noise_of,
    read_back,
    responses_of,
)
from interbeat.neurochemistry.standards._spec import SHAPES

__all__ = ["Judged", "Range", "detected", "detection", "precision_profile", "quantification"]

SDS = 3.0  # above the zero standards
ENOUGH = 10  # zero wells, from which their own spread says more than that of the curve
ONE_SIDED = 0.95
WITHIN, AT_ENDS = 0.20, 0.25  # of the nominal, ICH M10 for ligand-binding assays
SHARE = 0.75  # of the standards that must be within that
CELLS = 400
FAR = 1e3  # times under the lowest standard, where a detection limit is not looked for


class Judged(NamedTuple):
    """One standard, read back.

    Parameters
    ----------
    nominal, back : float
        What is in it, and what the curve says; NaN where it reads beyond the curve.
    bias : float
        ``back / nominal - 1``.
    cv : float
        Of a sample of this concentration: standard error by the concentration.
    within, at_end : bool
        Whether both are within 20 %, and within 25 %.
    """

    nominal: float
    back: float
    bias: float
    cv: float
    within: bool
    at_end: bool


class Range(NamedTuple):
    """Between which concentrations an assay quantifies.

    Parameters
    ----------
    lower, upper : Estimate
        Lowest and highest standard that it does; missing with the reason.
    standards : tuple of Judged
        From the lowest up, without that of zero.
    """

    lower: Estimate
    upper: Estimate
    standards: tuple[Judged, ...]


def detection(curve: Curve, zeros: ArrayLike, *, unit: str) -> Estimate:
    """Return the concentration whose response is 3 SD from that of wells without any.

    Parameters
    ----------
    curve : Curve
        One that has no reason.
    zeros : array_like, shape (n,)
        Responses of wells of concentration zero, at least one.
    unit : str
        Of the concentration.

    Returns
    -------
    Estimate
        Missing where there is no such well, or 3 SD are beyond the curve.

    Raises
    ------
    DataError
        If there is no curve.

    Notes
    -----
    The older definition of most kits [1]_. The standard deviation is that of the wells from ten
    of them on, that of the curve's noise at their mean with fewer: two wells tell no standard
    deviation. It takes the curve as known; :func:`detected` does not.

    References
    ----------
    .. [1] Long and Winefordner (1983). Limit of detection: a closer look at the IUPAC
       definition. Analytical Chemistry 55:712A.

    Examples
    --------
    >>> from interbeat.neurochemistry.plates.fitting import fit_curve
    >>> there = np.repeat([0, 1, 3, 10, 30, 100, 300], 2)
    >>> color = 2.0 - 1.9 / (1 + (there / 20) ** 1.2)
    >>> color *= 1 + 0.02 * np.cos(np.arange(14))
    >>> curve = fit_curve(there, color, shape="4PL", weighting="1/y2")
    >>> print(detection(curve, color[:2], unit="pg/mL"))
    0.16 ± 0.05 pg/mL
    """
    y = _zeros(curve, zeros)
    if y.size == 0:
        return Estimate.missing(
            unit, "no wells without any of it: no standard of zero, no blank"
        )
    mean, (sd, freedom) = float(y.mean()), _spread(curve, y)
    far = mean + (-SDS if curve.competitive else SDS) * sd
    back = read_back(curve, [far], replicates=np.inf)
    if not (math.isfinite(back.se[0]) and back.concentration[0] > 0):
        return Estimate.missing(unit, f"{SDS:g} SD from zero is beyond the curve", n=y.size)
    slope = float(SHAPES[curve.shape].slope(curve.values, back.concentration)[0])
    own = sd * math.sqrt(1 / y.size + SDS**2 / (2 * freedom)) / abs(slope)
    return Estimate(
        float(back.concentration[0]), math.hypot(own, float(back.se[0])), unit, 1.0, y.size
    )


def _zeros(curve: Curve, zeros: ArrayLike) -> FloatArray:
    if curve.reason:
        raise DataError(f"there is no curve to tell limits from: {curve.reason}")
    y = frozen_floats(zeros, "zeros")
    return np.asarray(y[np.isfinite(y)])


def _spread(curve: Curve, y: FloatArray) -> tuple[float, int]:
    """Return the standard deviation of single wells of zero, and its degrees of freedom."""
    if y.size >= ENOUGH:
        return float(y.std(ddof=1)), y.size - 1
    size = float(size_of(np.array([y.mean()]), curve.floor)[0])
    return curve.sigma * size**curve.power, curve.freedom


def detected(curve: Curve, *, replicates: int, unit: str) -> Estimate:
    """Return the least concentration that is told from none in 19 of 20 samples.

    A response is beyond zero when it is above the upper 95 % limit of what zero reads, and the
    least concentration is that whose lower 95 % limit reaches this: wrong in one of 20 either
    way, noise of the curve included [1]_, the reliable detection limit of [2]_.

    Parameters
    ----------
    curve : Curve
        One that has no reason.
    replicates : int
        Wells of a sample.
    unit : str
        Of the concentration.

    Returns
    -------
    Estimate
        Its standard error is half of what one standard error of the response is worth there,
        and no more than itself: what a limit made of two such errors is known to, roughly.
        Missing where no concentration up to the highest standard is told from none.

    Raises
    ------
    DataError
        If there is no curve, or no replicate.

    References
    ----------
    .. [1] Hubaux and Vos (1970). Analytical Chemistry 42:849, doi:10.1021/ac60290a013; in the
       terms of Currie (1995), Pure and Applied Chemistry 67:1699, doi:10.1351/pac199567101699.
    .. [2] O'Connell, Belanger and Haaland (1993). Chemometrics and Intelligent Laboratory
       Systems 20:97, doi:10.1016/0169-7439(93)80008-6.

    Examples
    --------
    >>> from interbeat.neurochemistry.plates.fitting import fit_curve
    >>> there = np.repeat([0, 1, 3, 10, 30, 100, 300], 2)
    >>> color = 2.0 - 1.9 / (1 + (there / 20) ** 1.2)
    >>> color *= 1 + 0.02 * np.cos(np.arange(14))
    >>> curve = fit_curve(there, color, shape="4PL", weighting="1/y2")
    >>> print(detected(curve, replicates=2, unit="pg/mL"))
    0.168 ± 0.019 pg/mL
    """
    if curve.reason:
        raise DataError(f"there is no curve to tell limits from: {curve.reason}")
    if replicates < 1:
        raise DataError(f"a sample has one or more wells, not {replicates}")
    grid = np.concatenate([[0.0], np.geomspace(curve.lowest / FAR, curve.highest, CELLS)])
    error = noise_of(curve, grid, replicates=np.array(float(replicates)))
    mean = responses_of(curve, grid)
    most = stdtrit(freedom_at(curve, mean), ONE_SIDED)
    mean *= -1.0 if curve.competitive else 1.0
    over = mean - most * error - (mean[0] + most[0] * error[0])
    if not over[-1] > 0:
        return Estimate.missing(unit, "no standard is told from none of it")
    at = int(np.flatnonzero(over <= 0)[-1])
    least = float(np.interp(0.0, over[at : at + 2], grid[at : at + 2]))
    slope = abs(float(SHAPES[curve.shape].slope(curve.values, np.array([least]))[0]))
    own = float(error[at]) / max(2 * slope, 1e-300)
    return Estimate(least, min(own, least), unit, 1.0, curve.freedom)


def precision_profile(
    curve: Curve, concentrations: ArrayLike, *, replicates: int
) -> FloatArray:
    """Return the coefficient of variation of samples of these concentrations.

    Parameters
    ----------
    curve : Curve
        One that has no reason.
    concentrations : array_like, shape (n,)
        Above 0.
    replicates : int
        Wells of a sample.

    Returns
    -------
    ndarray, shape (n,)
        Standard error by the delta method over the concentration.

    Raises
    ------
    DataError
        If there is no curve.

    References
    ----------
    .. [1] Ekins (1981), the precision profile; as in O'Connell, Belanger and Haaland (1993),
       doi:10.1016/0169-7439(93)80008-6.

    Examples
    --------
    >>> from interbeat.neurochemistry.plates.fitting import fit_curve
    >>> there = np.repeat([0.0, 1, 2, 3, 4], 2)
    >>> color = 0.1 + there + 0.05 * np.resize([1, -1], 10)
    >>> curve = fit_curve(there, color, shape="line", weighting="equal")
    >>> precision_profile(curve, [0.5, 2.0], replicates=2).round(3)
    array([0.094, 0.022])
    """
    if curve.reason:
        raise DataError(f"there is no curve to tell precision from: {curve.reason}")
    x = frozen_floats(concentrations, "concentrations")
    slope = np.abs(SHAPES[curve.shape].slope(curve.values, x))
    error = noise_of(curve, x, replicates=np.array(float(replicates)))
    return np.asarray(error / np.maximum(slope * x, 1e-300))


def quantification(
    curve: Curve, concentrations: ArrayLike, responses: ArrayLike, *,
    replicates: int, unit: str,
) -> Range:  # fmt: skip
    """Return between which standards the curve quantifies.

    Parameters
    ----------
    curve : Curve
        One that has no reason.
    concentrations, responses : array_like, shape (n,)
        Of the standard wells.
    replicates : int
        Wells of a sample, for the precision.
    unit : str
        Of the concentration.

    Returns
    -------
    Range
        Of all pairs of standards, the one widest apart in which both ends are read back within
        25 % of what is in them, with a CV of at most 25 %, and at least three quarters of those
        from one to the other within 20 % (25 % at the ends), with a CV of at most 20 %. Missing
        where there is no such pair.

    Raises
    ------
    DataError
        If there is no curve, or lengths differ.

    Notes
    -----
    The shares are those of ICH M10 for ligand-binding assays [1]_, which asks them of standards
    and controls over several runs; here it is one plate, the bias from its own standards and
    the CV from :func:`precision_profile`. One plate cannot validate an assay.

    References
    ----------
    .. [1] ICH (2022). M10: Bioanalytical method validation and study sample analysis,
       section 4.

    Examples
    --------
    >>> from interbeat.neurochemistry.plates.fitting import fit_curve
    >>> there = np.repeat([0, 1, 3, 10, 30, 100, 300], 2)
    >>> color = 2.0 - 1.9 / (1 + (there / 20) ** 1.2)
    >>> color *= 1 + 0.02 * np.cos(np.arange(14))
    >>> curve = fit_curve(there, color, shape="4PL", weighting="1/y2")
    >>> found = quantification(curve, there, color, replicates=2, unit="pg/mL")
    >>> found.lower.value, found.upper.value
    (1.0, 100.0)
    """
    x, y = (
        frozen_floats(concentrations, "concentrations"),
        frozen_floats(responses, "responses"),
    )
    if x.size != y.size:
        raise DataError(f"{x.size} concentrations, but {y.size} responses")
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    levels, which = np.unique(x, return_inverse=True)
    means = np.bincount(which, y) / np.bincount(which)
    some = levels > 0
    judged = _judged(curve, levels[some], means[some], replicates=replicates)
    pair = _widest(judged)
    if pair is None:
        reason = "no two standards are read back within 25 %, with those between"
        none = Estimate.missing(unit, reason, n=len(judged))
        return Range(none, none, judged)
    lower, upper = (
        Estimate(judged[at].nominal, 0.0, unit, 1.0, pair[1] - pair[0] + 1) for at in pair
    )
    return Range(lower, upper, judged)


def _judged(
    curve: Curve, levels: FloatArray, means: FloatArray, *, replicates: int
) -> tuple[Judged, ...]:
    back = read_back(curve, means, replicates=replicates).concentration
    bias, cv = back / levels - 1, precision_profile(curve, levels, replicates=replicates)
    worst = np.where(np.isnan(bias), np.inf, np.maximum(np.abs(bias), cv))
    return tuple(
        Judged(float(x), float(b), float(off), float(c), bool(w <= WITHIN), bool(w <= AT_ENDS))
        for x, b, off, c, w in zip(levels, back, bias, cv, worst, strict=True)
    )


def _widest(judged: tuple[Judged, ...]) -> tuple[int, int] | None:
    """Return the first and last of the longest run of standards that will do."""
    ends = [at for at, one in enumerate(judged) if one.at_end]
    pairs = [(i, j) for i in ends for j in ends if i < j and _will_do(judged[i : j + 1])]
    return max(pairs, key=lambda pair: pair[1] - pair[0], default=None)


def _will_do(run: tuple[Judged, ...]) -> bool:
    """Whether three quarters of a run are within their shares; its ends are."""
    good = 2 + sum(one.within for one in run[1:-1])
    return good >= SHARE * len(run)
