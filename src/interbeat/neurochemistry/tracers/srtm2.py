"""SRTM2: the simplified reference tissue model with one washout of the reference for all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.tracers._answers import (
    derived,
    ended,
    is_multiple,
    multiple,
    no_fit,
    odd,
    unusable,
)
from interbeat.neurochemistry.tracers._frames import Course, convolved, course
from interbeat.neurochemistry.tracers._linear import Equations, covariance
from interbeat.neurochemistry.tracers._projection import sought
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings, tracer_model
from interbeat.neurochemistry.tracers._washout import is_rate, settled
from interbeat.neurochemistry.tracers.srtm import NUDGE, RATES, driven, srtm

__all__ = ["srtm2"]

NAMES = ("BP_ND", "R1", "k2")


@tracer_model(
    "SRTM2",
    title="Simplified reference tissue model with a common k2'",
    source="Wu & Carson 2002, doi:10.1097/01.WCB.0000033967.83623.34",
    needs="reference",
    outcome="BP_ND",
    first="SRTM",
)
def srtm2(problem: Problem, settings: Settings) -> Fit:
    """Fit the simplified reference tissue model with k2' held.

    ``C_T = R1 (C_R + (k2' - k2a) C_R * exp(-k2a t))``, ``BP_ND = R1 k2' / k2a - 1`` (Wu &
    Carson 2002). k2a is sought as in :func:`~.srtm.srtm`, and values are missing as there
    where it is not told. Standard errors are as there, and take k2' as known.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        `k2_prime` is used; where it is not told, that of SRTM in this region.

    Returns
    -------
    Fit
        BP_ND, R1 and k2 = R1 k2'.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> frames = Frames(np.arange(0.0, 60.0, 2.0), np.arange(2.0, 62.0, 2.0))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> fading = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> target = 0.9 * (reference + (0.1 - 0.05) * fading)  # BP_ND is 0.9 * 0.1 / 0.05 - 1
    >>> fit = srtm2(Problem(frames, target, np.ones(30), reference), Settings(k2_prime=0.1))
    >>> round(fit.parameters["BP_ND"].value, 4), round(fit.parameters["R1"].value, 4)
    (0.8, 0.9)
    """
    reason = unusable(problem, 2)
    if reason or problem.reference is None:
        return no_fit(problem, settings, NAMES, reason)
    if is_multiple(problem):
        return multiple(problem, settings, NAMES)
    taken, flags = settled(problem, settings, srtm)
    if not is_rate(taken.k2_prime):
        return no_fit(problem, taken, NAMES, (*flags, "k2' is not a rate above zero")[0])
    family = _Family(
        problem.reference, course(problem.frames, problem.reference), taken.k2_prime
    )
    rate, at_end = sought(lambda rates: _explained(problem, family.shapes(rates)), RATES)
    found = _told(problem, taken, family, rate)
    found = ended(found, rate) if at_end else found
    return replace(found, flags=flags + found.flags)


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """The curves that R1 multiplies, one for each k2a."""

    reference: FloatArray
    whole: Course
    washout: float

    def shapes(self, rates: FloatArray) -> FloatArray:
        """Return one row for each rate."""
        beyond = (self.washout - rates)[:, None] * convolved(self.whole, rates)
        return np.asarray(self.reference + beyond, dtype=np.float64)


def _explained(problem: Problem, shapes: FloatArray) -> FloatArray:
    power = shapes**2 @ problem.weights
    return np.asarray((shapes @ (problem.weights * problem.activity)) ** 2 / power)


def _told(problem: Problem, settings: Settings, family: _Family, rate: float) -> Fit:
    shape, above, below = family.shapes(rate * np.array([1.0, 1 + NUDGE, 1 - NUDGE]))
    washout = family.washout
    weighted = problem.weights * shape
    ratio = float(weighted @ problem.activity) / float(weighted @ shape)
    by_rate = ratio * (above - below) / (2 * NUDGE * rate)
    used = problem.weights > 0
    spread = covariance(
        problem,
        Equations(np.column_stack([shape, by_rate]), problem.activity, used),
        problem.activity - ratio * shape,
        driven(problem.frames, ratio, ratio * (washout - rate), rate),
    )
    values = {
        "BP_ND": (ratio * washout / rate - 1, (washout / rate, -ratio * washout / rate**2)),
        "R1": (ratio, (1.0, 0.0)),
        "k2": (ratio * washout, (washout, 0.0)),
    }
    found = derived(values, spread, int(used.sum()))
    return Fit(found, ratio * shape, used, settings, {}, odd(found))
