"""SRTM by basis functions: the same model, its rate from a fixed set, as for images."""

from __future__ import annotations

from interbeat.neurochemistry.tracers._answers import (
    ended,
    is_multiple,
    multiple,
    no_fit,
    unusable,
)
from interbeat.neurochemistry.tracers._basis import Basis
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings, tracer_model
from interbeat.neurochemistry.tracers.srtm import NAMES, simplified

__all__ = ["srtm_basis"]


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
    Where the best is the first or the last, values are missing as in :func:`~.srtm.srtm`.

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
    >>> import numpy as np
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
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
    rates, at_end = basis.best(problem.activity[None])
    rate = float(rates[0])
    fit = simplified(problem, settings, rate)
    return ended(fit, rate) if at_end[0] else fit
