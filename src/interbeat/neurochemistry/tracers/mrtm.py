"""MRTM: the multilinear reference tissue model."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from interbeat.core.arrays import BoolArray
from interbeat.neurochemistry.tracers._answers import (
    UNTOLD,
    derived,
    is_multiple,
    multiple,
    no_fit,
    odd,
    unusable,
)
from interbeat.neurochemistry.tracers._frames import integration
from interbeat.neurochemistry.tracers._linear import Equations, Noise, covariance, solved
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings, tracer_model

__all__ = ["mrtm", "since"]

NAMES = ("BP_ND", "R1", "k2", "k2'")


@tracer_model(
    "MRTM",
    title="Multilinear reference tissue model",
    source="Ichise et al. 2003, doi:10.1097/01.WCB.0000085441.37552.CA",
    needs="reference",
    outcome="BP_ND",
)
def mrtm(problem: Problem, settings: Settings) -> Fit:
    """Fit the multilinear reference tissue model.

    ``C_T = k2 int C_R - k2a int C_T + R1 C_R`` from t* on, ``BP_ND = k2 / k2a - 1`` (Ichise et
    al. 2003, whose coefficients these are for a region of one tissue compartment). Each
    equation is taken as its mean over a frame, which is exact. Standard errors carry the noise
    of the frames through the integrals.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        `t_star` is used; where it is not told, 0: all frames.

    Returns
    -------
    Fit
        BP_ND, R1, k2, and k2' = k2 / R1; the last three mean what they are called where one
        tissue compartment describes the region.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> frames = Frames(np.arange(0.0, 60.0, 0.5), np.arange(0.5, 60.5, 0.5))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> fading = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> target = 0.9 * reference + (0.1 - 0.9 * 0.05) * fading  # BP_ND is 0.1 / 0.05 - 1
    >>> fit = mrtm(Problem(frames, target, np.ones(120), reference), Settings())
    >>> round(fit.parameters["BP_ND"].value, 3), round(fit.parameters["R1"].value, 3)
    (1.0, 0.9)
    """
    reason = unusable(problem, 3)
    if reason or problem.reference is None:
        return no_fit(problem, settings, NAMES, reason)
    if is_multiple(problem):
        return multiple(problem, settings, NAMES)
    taken, used = since(problem, settings)
    if used.sum() <= 3:
        return no_fit(problem, taken, NAMES, f"{used.sum()} frames from t* on")
    sums = integration(problem.frames)
    columns = np.stack(
        [sums @ problem.reference, sums @ problem.activity, problem.reference], axis=1
    )
    equations = Equations(columns, problem.activity, used)
    line = solved(equations, problem.weights)
    if line is None or line[1] == 0 or line[2] == 0:
        return no_fit(problem, taken, NAMES, UNTOLD)
    washout, back, ratio = line.tolist()
    one = np.eye(used.size)
    noise = Noise(one - back * sums, washout * sums + ratio * one)
    spread = covariance(problem, equations, problem.activity - columns @ line, noise)
    values = {
        "BP_ND": (-washout / back - 1, (-1 / back, washout / back**2, 0.0)),
        "R1": (ratio, (0.0, 0.0, 1.0)),
        "k2": (washout, (1.0, 0.0, 0.0)),
        "k2'": (washout / ratio, (1 / ratio, 0.0, -washout / ratio**2)),
    }
    found = derived(values, spread, int(used.sum()))
    fitted = np.where(used, columns @ line, math.nan)
    return Fit(found, fitted, used, taken, {}, odd(found))


def since(problem: Problem, settings: Settings) -> tuple[Settings, BoolArray]:
    """Return settings with a t* (0 where it is not told) and the frames from it on.

    A frame counts whose middle is at t* or later, and whose weight is above 0.
    """
    start = 0.0 if math.isnan(settings.t_star) else settings.t_star
    used = (problem.frames.middles >= start) & (problem.weights > 0)
    return replace(settings, t_star=start), used
