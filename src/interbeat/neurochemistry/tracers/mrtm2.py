"""MRTM2: the multilinear reference tissue model with one washout of the reference for all."""

from __future__ import annotations

import math

import numpy as np

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
from interbeat.neurochemistry.tracers._washout import is_rate, settled
from interbeat.neurochemistry.tracers.mrtm import mrtm, since

__all__ = ["mrtm2"]

NAMES = ("BP_ND", "R1", "k2")


@tracer_model(
    "MRTM2",
    title="Multilinear reference tissue model with a common k2'",
    source="Ichise et al. 2003, doi:10.1097/01.WCB.0000085441.37552.CA",
    needs="reference",
    outcome="BP_ND",
    first="MRTM",
)
def mrtm2(problem: Problem, settings: Settings) -> Fit:
    """Fit the multilinear reference tissue model with k2' held.

    ``C_T = k2 (int C_R + C_R / k2') - k2a int C_T`` from t* on, ``BP_ND = k2 / k2a - 1``
    (Ichise et al. 2003). Standard errors carry the noise of the frames through the integrals
    and take k2' as known.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        `t_star`, 0 where it is not told, and `k2_prime`, that of MRTM in this region where it
        is not told.

    Returns
    -------
    Fit
        BP_ND, R1 = k2 / k2' and k2.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> frames = Frames(np.arange(0.0, 60.0, 0.5), np.arange(0.5, 60.5, 0.5))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> fading = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> target = 0.9 * (reference + (0.1 - 0.05) * fading)  # BP_ND is 0.9 * 0.1 / 0.05 - 1
    >>> problem = Problem(frames, target, np.ones(120), reference)
    >>> round(mrtm2(problem, Settings(k2_prime=0.1)).parameters["BP_ND"].value, 3)
    0.8
    """
    reason = unusable(problem, 2)
    if reason or problem.reference is None:
        return no_fit(problem, settings, NAMES, reason)
    if is_multiple(problem):
        return multiple(problem, settings, NAMES)
    known, flags = settled(problem, settings, mrtm)
    taken, used = since(problem, known)
    if not is_rate(taken.k2_prime) or used.sum() <= 2:
        few = () if used.sum() > 2 else (f"{used.sum()} frames from t* on",)
        return no_fit(problem, taken, NAMES, (*few, *flags, "k2' is not a rate above zero")[0])
    sums, one = integration(problem.frames), np.eye(used.size)
    driven = sums @ problem.reference + problem.reference / taken.k2_prime
    columns = np.stack([driven, sums @ problem.activity], axis=1)
    equations = Equations(columns, problem.activity, used)
    line = solved(equations, problem.weights)
    if line is None or line[1] == 0:
        return no_fit(problem, taken, NAMES, UNTOLD)
    washout, back = line.tolist()
    noise = Noise(one - back * sums, washout * (sums + one / taken.k2_prime))
    spread = covariance(problem, equations, problem.activity - columns @ line, noise)
    values = {
        "BP_ND": (-washout / back - 1, (-1 / back, washout / back**2)),
        "R1": (washout / taken.k2_prime, (1 / taken.k2_prime, 0.0)),
        "k2": (washout, (1.0, 0.0)),
    }
    found = derived(values, spread, int(used.sum()))
    fitted = np.where(used, columns @ line, math.nan)
    return Fit(found, fitted, used, taken, {}, flags + odd(found))
