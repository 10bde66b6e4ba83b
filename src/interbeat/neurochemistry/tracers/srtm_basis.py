"""SRTM by basis functions: the same model, its rate from a fixed set, as for images."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.tracers._answers import (
    AT_END,
    estimate,
    is_multiple,
    multiple,
    no_fit,
    odd,
    unusable,
)
from interbeat.neurochemistry.tracers._basis import Basis
from interbeat.neurochemistry.tracers._frames import convolved
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings, tracer_model

__all__ = ["srtm_basis"]

NAMES = ("BP_ND", "R1", "k2")


@tracer_model(
    "SRTM basis",
    title="Simplified reference tissue model by basis functions",
    source="Gunn et al. 1997, doi:10.1006/nimg.1997.0303",
    needs="reference",
    outcome="BP_ND",
)
def srtm_basis(problem: Problem, settings: Settings) -> Fit:
    """Fit the simplified reference tissue model by basis functions.

    The convolutions of the reference with 100 exponentials, k2a from 0.006 to 0.6 per min,
    are made once; the one that leaves least is taken (Gunn et al. 1997). Beyond the paper, k2a
    is then moved to where a parabola through the three best peaks, and the linear
    coefficients are those at that rate: the steps of the set do not show in the results.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        None is used.

    Returns
    -------
    Fit
        BP_ND, R1 and k2.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._frames import course
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> frames = Frames(np.arange(0.0, 60.0, 2.0), np.arange(2.0, 62.0, 2.0))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> fading = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> target = 0.9 * reference + (0.1 - 0.9 * 0.05) * fading  # BP_ND is 0.1 / 0.05 - 1
    >>> fit = srtm_basis(Problem(frames, target, np.ones(30), reference), Settings())
    >>> round(fit.parameters["BP_ND"].value, 3), round(fit.parameters["R1"].value, 3)
    (1.0, 0.9)
    """
    reason = unusable(problem, 3)
    if reason or problem.reference is None:
        return no_fit(problem, settings, NAMES, reason)
    if is_multiple(problem):
        return multiple(problem, settings, NAMES)
    basis = Basis.over(problem.frames, problem.reference, problem.weights)
    maps = basis.fitted(problem.activity[None])
    n = int(np.count_nonzero(problem.weights > 0))
    found: dict[str, Estimate] = {
        name: estimate(name, float(value), float(variance), n)
        for name, value, variance in zip(
            NAMES, maps.values[:, 0], maps.variances[:, 0], strict=True
        )
    }
    binding, ratio, washout = maps.values[:, 0].tolist()
    if math.isnan(binding):
        return no_fit(problem, settings, NAMES, found["BP_ND"].reason)
    fading = convolved(basis.whole, maps.rates)[0]
    fitted = ratio * problem.reference + (washout - ratio * maps.rates[0]) * fading
    flags = odd(found) + (AT_END,) * bool(maps.at_end[0])
    return Fit(found, fitted, problem.weights > 0, settings, {}, flags)
