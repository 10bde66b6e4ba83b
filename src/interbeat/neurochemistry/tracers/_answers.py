"""Answers: estimates, and why there are none, in the same words for all reference models."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Z95, Estimate
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings

__all__ = [
    "FAINT",
    "UNITS",
    "UNTOLD",
    "derived",
    "ended",
    "estimate",
    "is_multiple",
    "multiple",
    "no_fit",
    "odd",
    "unusable",
    "widened",
]

UNITS = {"BP_ND": "", "R1": "", "k2": "1/min", "k2'": "1/min"}
UNTOLD = "the curves do not tell it"
ROUNDING = 1e-10
FAINT = 1e-100  # in any unit: squares of less are 0 to the machine
LATEST_START = 5.0  # min; what flowed in before the first frame is guessed, and this is enough


def unusable(problem: Problem, parameters: int) -> str:
    """Return why a reference model cannot be fitted at all; ``""`` where it can.

    Parameters
    ----------
    problem : Problem
        One region.
    parameters : int
        How many the model has.

    Returns
    -------
    str
    """
    reference = problem.reference
    counted = int(np.count_nonzero(problem.weights > 0))
    if reference is None:
        return "no reference region"
    if counted <= parameters:
        return f"{counted} frames for {parameters} parameters"
    if problem.frames.starts[0] > LATEST_START:
        return (
            f"the first frame starts {problem.frames.starts[0]:g} min after the injection: the "
            "integrals since then are not known"
        )
    return _empty(problem, reference)


def _empty(problem: Problem, reference: FloatArray) -> str:
    if not np.any(problem.activity):
        return "no activity in the region: all zeros"
    if not _mean(problem, problem.activity) > 0:
        return "the activity of the region is negative"
    weighed = np.max(problem.weights * np.abs(reference))
    if not (_mean(problem, reference) > 0 and weighed > 0):
        return "no activity in the reference region"
    highest = [float(np.max(np.abs(curve))) for curve in (problem.activity, reference)]
    if not all(FAINT < most < 1 / FAINT for most in (*highest, weighed)):
        return f"activity of {highest[0]:g} and {highest[1]:g} is too small or large to square"
    return ""


def _mean(problem: Problem, activity: FloatArray) -> float:
    return float(activity @ problem.frames.durations)


def no_fit(problem: Problem, settings: Settings, names: Sequence[str], reason: str) -> Fit:
    """Return a fit without values, and why."""
    n = problem.activity.size
    return Fit(
        {name: Estimate.missing(UNITS[name], reason) for name in names},
        np.full(n, math.nan),
        np.zeros(n, dtype=np.bool_),
        settings,
        {},
        (reason,),
    )


def is_multiple(problem: Problem) -> bool:
    """Whether the curve is that of the reference times a number, as the reference's own is."""
    if problem.reference is None:
        return False
    left = problem.activity - _ratio(problem) * problem.reference
    return bool(np.max(np.abs(left)) <= ROUNDING * np.max(np.abs(problem.activity)))


def _ratio(problem: Problem) -> float:
    reference = problem.reference
    if reference is None:
        return math.nan
    return float(problem.activity @ reference) / float(reference @ reference)


def multiple(problem: Problem, settings: Settings, names: Sequence[str]) -> Fit:
    """Return the fit of a curve that is the reference's times a number: no rate is told.

    With no difference in shape the ratio is that of volumes of distribution.
    """
    ratio, n = _ratio(problem), int(np.count_nonzero(problem.weights > 0))
    known = {"BP_ND": ratio - 1.0, "R1": ratio}
    same = "the curve has the shape of the reference"
    found = {
        name: estimate(name, known[name], 0.0, n)
        if name in known
        else Estimate.missing(UNITS[name], same, n=n)
        for name in names
    }
    used = problem.weights > 0
    return Fit(found, problem.activity.copy(), used, settings, {}, (same, *odd(found)))


def odd(found: Mapping[str, Estimate]) -> tuple[str, ...]:
    """Return what to look at in values that no tissue has."""
    flags = []
    if found["BP_ND"].value < -ROUNDING:
        flags.append("BP_ND is below zero")
    low = [name for name in ("R1", "k2") if name in found and found[name].value <= 0]
    if low:
        flags.append(f"{' and '.join(low)} not above zero")
    return tuple(flags)


def widened(freedom: int) -> float:
    """Return by how much a standard error grows for what few frames leave unsure.

    The quantile of Student's distribution over that of the normal: 95 % intervals are
    value ± 1.96 standard errors everywhere, and must hold with few frames too.

    Examples
    --------
    >>> round(widened(31), 3), round(widened(4), 3)
    (1.041, 1.417)
    """
    return float(stdtrit(freedom, 0.975)) / Z95


def estimate(name: str, value: float, variance: float, n: int) -> Estimate:
    """Return an estimate; missing, with a reason, where data leave value or spread open."""
    if not (math.isfinite(value) and 0 <= variance < math.inf):
        return Estimate.missing(UNITS[name], UNTOLD, n=n)
    return Estimate(value, math.sqrt(variance), UNITS[name], 1.0, n)


def derived(
    values: Mapping[str, tuple[float, Sequence[float]]], covariance: FloatArray, n: int
) -> dict[str, Estimate]:
    """Return estimates by the delta method.

    Parameters
    ----------
    values : mapping of str to (float, sequence of float)
        By name: the value, and its gradient in the fitted coefficients.
    covariance : ndarray, shape (p, p)
        Of the coefficients.
    n : int
        Frames that they rest on.

    Returns
    -------
    dict of str to Estimate
    """
    found = {}
    for name, (value, gradient) in values.items():
        slope = np.asarray(gradient, dtype=np.float64)
        found[name] = estimate(name, value, float(slope @ covariance @ slope), n)
    return found


def ended(fit: Fit, rate: float) -> Fit:
    """Return a fit whose k2a is the first or last rate that was looked at.

    A sum of squares without a minimum tells no rate: what hangs on it would be made by the
    range, with a standard error that does not know. So would R1 be, which bends with the rate.

    Parameters
    ----------
    fit : Fit
        At that rate.
    rate : float
        k2a, in 1/min.

    Returns
    -------
    Fit
        Each value missing; the fitted curve stays.
    """
    reason = f"k2a is at the end of the range looked at, {rate:.3g} per min: it is not told"
    lost = {
        name: Estimate.missing(was.unit, reason, n=was.n)
        for name, was in fit.parameters.items()
    }
    return replace(fit, parameters=lost, flags=(reason,))
