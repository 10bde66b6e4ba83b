"""SRTM: the simplified reference tissue model, by non-linear least squares."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.tracers._answers import (
    UNTOLD,
    derived,
    ended,
    is_multiple,
    multiple,
    no_fit,
    odd,
    unusable,
)
from interbeat.neurochemistry.tracers._frames import Course, convolution, convolved, course
from interbeat.neurochemistry.tracers._linear import Equations, Noise, covariance, solved
from interbeat.neurochemistry.tracers._projection import Range, sought
from interbeat.neurochemistry.tracers._spec import Fit, Frames, Problem, Settings, tracer_model

__all__ = ["RATES", "driven", "simplified", "srtm"]

NAMES = ("BP_ND", "R1", "k2", "k2'")
RATES = Range(5e-4, 5.0, 80)  # of k2a; half-lives in the region of 8 s to a day
NUDGE = 1e-5  # relative step of the derivative by the rate


@tracer_model(
    "SRTM",
    title="Simplified reference tissue model",
    source="Lammertsma & Hume 1996, doi:10.1006/nimg.1996.0066",
    needs="reference",
    outcome="BP_ND",
)
def srtm(problem: Problem, settings: Settings) -> Fit:
    """Fit the simplified reference tissue model.

    ``C_T = R1 C_R + (k2 - R1 k2a) C_R * exp(-k2a t)`` with ``k2a = k2 / (1 + BP_ND)``
    (Lammertsma & Hume 1996, doi:10.1006/nimg.1996.0066). R1 and the factor of the
    convolution are linear: k2a is sought over its whole range with both at their best, which
    is the same minimum without starting values. Standard errors are of the Jacobian in all
    three at the optimum, by the delta method, widened for few frames. Beyond the paper, they
    hold the noise of the reference too, which ordinary ones leave out.

    Where the best k2a is an end of the range, 0.0005 to 5 per min, the curves do not tell it:
    all values are missing, and the fitted curve alone is given.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        None is used.

    Returns
    -------
    Fit
        BP_ND, R1, k2, and k2' = k2 / R1.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> frames = Frames(np.arange(0.0, 60.0, 2.0), np.arange(2.0, 62.0, 2.0))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> fading = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> target = 0.9 * reference + (0.1 - 0.9 * 0.05) * fading  # BP_ND is 0.1 / 0.05 - 1
    >>> fit = srtm(Problem(frames, target, np.ones(30), reference), Settings())
    >>> round(fit.parameters["BP_ND"].value, 4), round(fit.parameters["R1"].value, 4)
    (1.0, 0.9)
    """
    reason = unusable(problem, 3)
    if reason or problem.reference is None:
        return no_fit(problem, settings, NAMES, reason)
    if is_multiple(problem):
        return multiple(problem, settings, NAMES)
    whole = course(problem.frames, problem.reference)
    rate, at_end = sought(lambda rates: _explained(problem, whole, rates), RATES)
    fit = simplified(problem, settings, rate)
    return ended(fit, rate) if at_end else fit


def _explained(problem: Problem, whole: Course, rates: FloatArray) -> FloatArray:
    """Return how much of the weighted sum of squares each rate explains beyond R1 C_R."""
    root = np.sqrt(problem.weights)
    first = root * problem.reference
    first = first / math.sqrt(first @ first)
    target = root * problem.activity
    target = target - (target @ first) * first
    fading = root * convolved(whole, rates)
    power = np.einsum("ij,ij->i", fading, fading)
    fading = fading - (fading @ first)[:, None] * first
    own = np.einsum("ij,ij->i", fading, fading)
    # A rate so fast that the convolution is the reference again explains nothing more.
    apart = own > 1e-14 * power
    return np.asarray(np.where(apart, (fading @ target) ** 2 / np.where(apart, own, 1.0), 0.0))


def simplified(problem: Problem, settings: Settings, rate: float) -> Fit:
    """Return the fit of the simplified reference tissue model at a k2a that was found.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        To be told with the fit.
    rate : float
        k2a, in 1/min.

    Returns
    -------
    Fit
    """
    whole, reference = _curves(problem)
    fading, above, below = convolved(whole, rate * np.array([1.0, 1 + NUDGE, 1 - NUDGE]))
    used = problem.weights > 0
    columns = np.stack([reference, fading], axis=1)
    best = solved(Equations(columns, problem.activity, used), problem.weights)
    if best is None:
        return no_fit(problem, settings, NAMES, UNTOLD)
    ratio, factor = best.tolist()
    fitted = columns @ best
    slopes = np.column_stack([columns, factor * (above - below) / (2 * NUDGE * rate)])
    spread = covariance(
        problem,
        Equations(slopes, problem.activity, used),
        problem.activity - fitted,
        driven(problem.frames, ratio, factor, rate),
    )
    found = derived(_values(ratio, factor, rate), spread, int(used.sum()))
    return Fit(found, fitted, used, settings, {}, odd(found))


def driven(frames: Frames, ratio: float, factor: float, rate: float) -> Noise:
    """Return how noise comes into a model driven by the reference and its convolution."""
    one = np.eye(frames.starts.size)
    return Noise(one, ratio * one + factor * convolution(frames, rate))


def _curves(problem: Problem) -> tuple[Course, FloatArray]:
    if problem.reference is None:
        raise DataError("no reference region")
    return course(problem.frames, problem.reference), problem.reference


def _values(
    ratio: float, factor: float, rate: float
) -> dict[str, tuple[float, tuple[float, float, float]]]:
    """Return values and gradients in (R1, factor, k2a)."""
    washout = factor + ratio * rate
    inverse = 1 / ratio if ratio != 0 else math.nan
    return {
        "BP_ND": (factor / rate + ratio - 1, (1.0, 1 / rate, -factor / rate**2)),
        "R1": (ratio, (1.0, 0.0, 0.0)),
        "k2": (washout, (rate, 1.0, ratio)),
        "k2'": (washout * inverse, (-factor * inverse**2, inverse, 1.0)),
    }
