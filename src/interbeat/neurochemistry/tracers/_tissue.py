"""Tissue: what the fitted exponentials of a region say of its compartments."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.tracers._answers import widened
from interbeat.neurochemistry.tracers._compartments import (
    DELAYS,
    LIMITS,
    Solved,
    fitted_response,
)
from interbeat.neurochemistry.tracers._driven import check, no_input
from interbeat.neurochemistry.tracers._spec import MODELS, Fit, Problem, Settings

__all__ = ["UNITS", "fitted_tissue", "missing_tissue"]

UNITS = {
    "K1": "mL/cm3/min", "k2": "1/min", "k3": "1/min", "k4": "1/min", "V_T": "mL/cm3",
    "intercept": "min",
    "BP_ND": "", "vB": "", "delay": "min",
}  # fmt: skip

ENOUGH = "one compartment is enough for this curve"
MUCH_BLOOD = 0.15  # more than a region of the brain holds
SINGULAR = 1e-6  # of slopes of length 1, below which they cannot be told apart
FAINT = 1e-6  # of the larger amplitude, below which there is no second compartment
NUDGE = 1e-6  # relative, for the gradients of what is derived
PATTERN = 0.4  # correlation of neighboring residuals that noise seldom reaches

Derive = Callable[[FloatArray], Mapping[str, float]]


def fitted_tissue(
    problem: Problem, settings: Settings, *, compartments: int, names: tuple[str, ...],
    derive: Derive,
) -> Fit:  # fmt: skip
    """Return the fit of one or two compartments, with standard errors by the delta method.

    Parameters
    ----------
    problem : Problem
        One region.
    settings : Settings
        A share of blood or a delay that is NaN is fitted.
    compartments : int
        1 or 2.
    names : tuple of str
        What the model gives, besides the share of blood and the delay.
    derive : callable
        Those, from amplitudes, rates and share of blood in one array.

    Returns
    -------
    Fit

    Raises
    ------
    DataError
        If the share of blood or the delay is none that a scan has.
    """
    check(settings)
    free = 2 * compartments + math.isnan(settings.blood_volume)
    every = (*names, "vB", "delay")
    reason = no_input(problem, free)
    if reason:
        return missing_tissue(problem, settings, every, reason)
    solved = fitted_response(problem, settings, compartments)
    kept = _kept(solved)
    spread = _covariance(solved, kept)
    faint = float(np.min(solved.amplitudes)) <= FAINT * float(np.max(solved.amplitudes))
    if compartments > 1 and (faint or spread is None):
        return _simpler(problem, settings, names)
    if faint or spread is None:
        return missing_tissue(problem, settings, every, "the curve does not tell the rates")
    used = problem.weights > 0
    fitted = np.full(problem.activity.size, math.nan)
    fitted[used] = solved.fitted
    taken = replace(settings, blood_volume=solved.blood, delay=solved.delay)
    parameters = _parameters(solved, (kept, spread), names, derive)
    unsure = tuple(f"{name}: {one.reason}" for name, one in parameters.items() if one.reason)
    left = (problem.activity[used] - solved.fitted) * np.sqrt(problem.weights[used])
    flags = (*_odd(solved, left), *unsure)
    return Fit(parameters, fitted, used, taken, {}, flags)


def missing_tissue(
    problem: Problem, settings: Settings, names: tuple[str, ...], reason: str
) -> Fit:
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


def _simpler(problem: Problem, settings: Settings, names: tuple[str, ...]) -> Fit:
    """Return what one compartment tells, where a second has nothing to explain."""
    fit = MODELS["1TC"].fit(problem, settings)
    shared = {name: fit.parameters[name] for name in ("K1", "V_T", "vB", "delay")}
    untold = {name: Estimate.missing(UNITS[name], ENOUGH) for name in names}
    return replace(fit, parameters=untold | shared, flags=(*fit.flags, ENOUGH))


def _parameters(
    solved: Solved, known: tuple[BoolArray, FloatArray], names: tuple[str, ...], derive: Derive
) -> dict[str, Estimate]:
    """Return estimates; missing where the curve leaves more open than it tells."""
    kept, spread = known
    n = solved.fitted.size
    values = np.concatenate([solved.amplitudes, solved.rates, [solved.blood]])
    gradients = _gradients(derive, values, solved)[:, kept]
    found = derive(values)
    errors = np.sqrt(np.einsum("ij,jk,ik->i", gradients, spread, gradients))
    told = {
        name: _told(name, found[name], error, n)
        for name, error in zip(names, errors.tolist(), strict=True)
    }
    return told | _nuisances(solved, kept, spread)


def _covariance(solved: Solved, kept: BoolArray) -> FloatArray | None:
    """Return the covariance of what was fitted; None where the slopes cannot be told apart."""
    freedom = solved.slopes.shape[0] - solved.slopes.shape[1]
    slopes = solved.slopes[:, kept]
    size = np.linalg.norm(slopes, axis=0)
    if not np.all(size > 0):
        return None
    _, values, right = np.linalg.svd(slopes / size, full_matrices=False)
    if values[-1] <= SINGULAR * values[0]:
        return None
    turned = right.T / values / size[:, None]
    variance = solved.left / freedom * widened(freedom) ** 2
    return np.asarray(variance * turned @ turned.T, dtype=np.float64)


def _kept(solved: Solved) -> BoolArray:
    """Return which columns vary: a share of blood at its bound of 0 does not."""
    kept = np.ones(solved.slopes.shape[1], dtype=np.bool_)
    if solved.blood_fitted and solved.blood == 0:
        kept[-1] = False
    return kept


def _gradients(derive: Derive, values: FloatArray, solved: Solved) -> FloatArray:
    """Return derivatives of what is derived by all that was fitted."""
    steps = NUDGE * np.maximum(np.abs(values), NUDGE)
    ends = [
        [np.array(list(derive(values + side * step).values())) for side in (-1, 1)]
        for step in np.diag(steps)
    ]
    slopes = np.array([(high - low) for low, high in ends]) / (2 * steps[:, None])
    return (slopes if solved.blood_fitted else slopes[:-1]).T


def _told(name: str, value: float, error: float, n: int) -> Estimate:
    if not (math.isfinite(value) and math.isfinite(error)):
        return Estimate.missing(UNITS[name], "the curve does not tell it", n=n)
    if error > abs(value):
        reason = f"standard error of {error:.2g} around {value:.2g}: the curve does not tell it"
        return Estimate.missing(UNITS[name], reason, n=n)
    return Estimate(value, error, UNITS[name], 1.0, n)


def _nuisances(solved: Solved, kept: BoolArray, spread: FloatArray) -> dict[str, Estimate]:
    """Return the share of blood and the delay; without error where they were given."""
    n = solved.fitted.size
    delay = Estimate(solved.delay, solved.delay_error, "min", 1.0, n)
    if solved.blood_fitted and not kept[-1]:
        return {"vB": Estimate.missing("", "at its bound of 0", n=n), "delay": delay}
    error = math.sqrt(spread[-1, -1]) if solved.blood_fitted else 0.0
    return {"vB": Estimate(solved.blood, error, "", 1.0, n), "delay": delay}


def _odd(solved: Solved, left: FloatArray) -> tuple[str, ...]:
    """Return what to look at in a fit."""
    logs = np.log(solved.rates)
    ends = DELAYS[[0, -1]]
    norm = float(left @ left)
    follows = float(left[1:] @ left[:-1]) / norm if norm > 0 else 0.0
    said = {
        f"{solved.blood:.0%} of the region is blood": solved.blood > MUCH_BLOOD,
        "a rate is at the end of its range": bool(np.any(np.isin(logs, LIMITS))),
        "the delay is at the end of its range": solved.delay_error > 0 and solved.delay in ends,
        "the residuals have a pattern: the model does not fit": follows > PATTERN,
    }
    return tuple(text for text, holds in said.items() if holds)
