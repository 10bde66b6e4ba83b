"""lp-ntPET: a transmitter that displaces the tracer, or leaves it room, during one scan."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Z95, Estimate
from interbeat.neurochemistry.tracers._answers import UNITS as REFERENCE_UNITS
from interbeat.neurochemistry.tracers._answers import no_fit, unusable
from interbeat.neurochemistry.tracers._displacements import (
    DRAWS,
    EARLIEST,
    FREE,
    LATEST,
    LEVEL,
    RISES,
    STEP,
    Search,
    Shapes,
    Worth,
    all_shapes,
    searched,
    worth_of,
)
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings, tracer_model
from interbeat.neurochemistry.tracers._steady import steady_left

__all__ = ["lp_ntpet"]

SHAPED = 3  # parameters of a shape: onset, peak and sharpness
NAMES = ("change", "onset", "peak", "F", "p", "BP_ND", "R1", "k2")
UNITS = {**REFERENCE_UNITS, "change": "", "onset": "min", "peak": "min", "F": "", "p": ""}


@tracer_model(
    "lp-ntPET",
    title="Linear parametric neurotransmitter PET",
    source="Normandin, Schiffer & Morris 2012, doi:10.1016/j.neuroimage.2011.07.002",
    needs="reference",
    outcome="change",
)
def lp_ntpet(problem: Problem, settings: Settings) -> Fit:
    """Look for a change of binding during the scan.

    ``C = R1 C_R + k2 area of C_R - k2a area of C - g area of (C h)``, where h is a gamma
    variate from 0 at its onset to 1 at its peak (Normandin, Schiffer & Morris 2012,
    doi:10.1016/j.neuroimage.2011.07.002). All is taken as means over the frames, and solved
    for C, so that noise is not summed up in areas; noise of the reference is allowed for.
    Onsets every 2 min, seven rises and three shapes are tried, and the best is kept. Trying
    hundreds of shapes finds something in any noise: F is compared with the best F of 999
    simulated scans without displacement (a fixed seed), not with a table.

    The change is ``(BP_ND at the peak - before) / before``: negative where less is bound, as
    when a transmitter takes receptors; positive where more is. Its interval, and those of
    onset and peak, hold all shapes that fit nearly as well (profile), by the F that the search
    reaches in one of twenty scans in which nothing happens: too wide rather than too narrow.
    Where the interval of the change holds 0 though something changed, shapes of both signs
    fit, and the direction is not told.

    Change, onset and peak are missing, and BP_ND is that of a scan in which nothing happens,
    where p is 0.05 or more; where two compartments in which nothing happens fit as well; and
    where the BP_ND before is not told from 0. The second, for p holds only where one
    compartment is right (Salinas, Searle & Gunn 2015, doi:10.1038/jcbfm.2014.202): with a k4
    of 0.12 per min and 1 % noise p is below 0.05 in 9 of 10 simulated scans in which nothing
    happens, and a change is told in 1 of 60. It costs power: with one compartment 12 % more
    bound is then told in 65 of 100 scans instead of 95, 12 % less in as many. Less than
    nothing, or more than twice as much bound, is not looked for. A change of binding is not
    the release of a transmitter, and small changes that are found are overestimated, for the
    others were not found.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        None is used.

    Returns
    -------
    Fit
        change (a share), onset and peak in min, F, p, and BP_ND before it, R1 and k2. In its
        plot: ``"x"`` minutes, ``"line"`` BP_ND over time, and the intervals ``"change"``,
        ``"onset"``, ``"peak"``, ``"BP_ND"``, lower and upper end.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> frames = Frames(np.arange(0.0, 60, 2), np.arange(2.0, 62, 2))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> late = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> noise = 0.01 * np.random.default_rng(1).standard_normal(30)
    >>> region = 0.9 * reference + 0.055 * late + noise  # nothing happens
    >>> fit = lp_ntpet(Problem(frames, region, np.ones(30), reference), Settings())
    >>> bool(fit.parameters["p"].value > 0.05), bool(fit.parameters["change"].reason)
    (True, True)
    """
    reason = unusable(problem, FREE + SHAPED)
    counted = problem.weights > 0
    if not reason and problem.frames.ends[-1] < EARLIEST + LATEST + RISES[0]:
        reason = f"the scan ends at {problem.frames.ends[-1]:g} min: too short for an onset"
    if reason or problem.reference is None:
        return _none(problem, settings, reason)
    shapes = all_shapes(problem.frames.starts.tobytes(), problem.frames.ends.tobytes())
    found = searched(problem, problem.reference, shapes)
    if found is None:
        return _none(problem, settings, "no shape gives rates and a BP_ND above 0")
    worth = worth_of(found)
    steady = math.inf
    if worth.p < LEVEL:
        steady = steady_left(problem, problem.reference, found.white)
    parameters, plot = _answers(found, worth, shapes, steady=steady)
    plot["x"] = problem.frames.middles
    curve = found.calm_fitted if parameters["change"].reason else found.fitted
    fitted = np.where(counted, curve, math.nan)
    flags = _said(parameters, plot["change"], worth, shapes)
    return Fit(parameters, fitted, counted, settings, plot, flags)


def _none(problem: Problem, settings: Settings, reason: str) -> Fit:
    """Return no answer, and why."""
    empty = no_fit(problem, settings, (), reason)
    missing = {name: Estimate.missing(UNITS[name], reason) for name in NAMES}
    return Fit(missing, empty.fitted, empty.used, settings, {}, (reason,))


def _answers(
    found: Search, worth: Worth, shapes: Shapes, *, steady: float
) -> tuple[dict[str, Estimate], dict[str, FloatArray]]:
    """Return estimates, missing where nothing is told from noise; and what to draw."""
    n = found.span.shape[0]
    before, change, errors = _changes(found)
    grown = (found.left - found.left[found.best]) / found.variance
    room = np.sqrt(np.clip(worth.critical - grown, 0, None))
    near = grown <= worth.critical
    half = np.full(before.size, STEP / 2)
    values = {"change": change, "onset": shapes.onset, "peak": shapes.peak, "BP_ND": before}
    rooms = {"change": errors[1] * room, "onset": half, "peak": half, "BP_ND": errors[0] * room}
    ends = {name: _hull(values[name][near], rooms[name][near]) for name in values}
    noise = math.sqrt(worth.p * (1 - worth.p) / DRAWS)
    told = {
        "F": Estimate(worth.f, 0.0, "", 1.0, n),
        "p": Estimate(worth.p, noise, "", 1.0, n),
    }
    reason = _doubt(found, worth, steady=steady, binding=float(ends["BP_ND"][0]))
    if reason:
        untold = {name: Estimate.missing(UNITS[name], reason, n=n) for name in values}
        unsure = ends["change"] if worth.p >= LEVEL else np.full(2, math.nan)
        return untold | told | _calm(found), {"change": unsure}
    ratio, washout, out, gain = found.coefficients[found.best]
    shaped = {
        name: _within(float(values[name][found.best]), ends[name], (UNITS[name], n))
        for name in values
    }
    errors_of = np.sqrt(np.diag(found.spread[found.best]))
    told |= {
        "R1": Estimate(ratio, float(errors_of[0]), "", 1.0, n),
        "k2": Estimate(washout, float(errors_of[1]), "1/min", 1.0, n),
    }
    course = washout / (out + gain * shapes.means[found.best]) - 1
    return shaped | told, {"line": course, **ends}


def _doubt(found: Search, worth: Worth, *, steady: float, binding: float) -> str:
    """Return why no displacement is told; ``""`` where one is."""
    if worth.p >= LEVEL:
        return f"no displacement told from noise (p = {worth.p:.2g})"
    if steady - found.left[found.best] <= worth.critical * found.variance:
        return "two compartments in which nothing happens fit as well as a displacement"
    if binding <= 0:
        return "the BP_ND before is not told from 0: no share of it"
    return ""


def _calm(found: Search) -> dict[str, Estimate]:
    """Return what the scan says if nothing happened in it."""
    n = found.span.shape[0]
    ratio, washout, out = found.calm.tolist()
    errors = np.sqrt(np.clip(np.diag(found.calm_spread), 0, None)).tolist()
    slope = np.array([0.0, 1 / out, -washout / out**2]) if out > 0 else np.zeros(3)
    error = math.sqrt(max(float(slope @ found.calm_spread @ slope), 0.0))
    binding = Estimate.missing("", "the curves do not tell it", n=n)
    if out > 0:
        binding = Estimate(washout / out - 1, error, "", 1.0, n)
    return {
        "BP_ND": binding,
        "R1": Estimate(ratio, errors[0], "", 1.0, n),
        "k2": Estimate(washout, errors[1], "1/min", 1.0, n),
    }


def _changes(found: Search) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return BP_ND before, its change at the peak, of each shape, and both standard errors."""
    possible = np.isfinite(found.left)
    k2, out, gain = np.where(possible, found.coefficients[:, 1:].T, [[2.0], [1.0], [0.0]])
    before, most = k2 / out - 1, k2 / (out + gain) - 1
    first = np.stack([1 / out, -k2 / out**2, np.zeros_like(out)], axis=1)
    last = np.stack([1 / (out + gain), *[-k2 / (out + gain) ** 2] * 2], axis=1)
    slopes = np.stack([first, last / before[:, None] - first * (most / before**2)[:, None]])
    variance = np.einsum("kij,ijl,kil->ki", slopes, found.spread[:, 1:, 1:], slopes)
    return before, most / before - 1, np.sqrt(np.clip(variance, 0, None))


def _hull(values: FloatArray, room: FloatArray) -> FloatArray:
    return np.array([np.min(values - room), np.max(values + room)])


def _within(value: float, ends: FloatArray, kind: tuple[str, int]) -> Estimate:
    """Return an estimate whose interval holds the profile on its longer side."""
    return Estimate(value, float(np.max(np.abs(ends - value))) / Z95, kind[0], 1.0, kind[1])


def _said(
    parameters: dict[str, Estimate], ends: FloatArray, worth: Worth, shapes: Shapes
) -> tuple[str, ...]:
    """Return what the search found and what it cost, in words."""
    cost = (
        f"best of {shapes.onset.size} shapes: p = {worth.p:.2g} against {DRAWS} scans without "
        f"displacement (it would be {worth.alone:.2g} had one shape been tried)"
    )
    change = parameters["change"]
    if change.reason:
        doubt = (change.reason,) * (worth.p < LEVEL)
        return (cost, *doubt, "BP_ND, R1 and k2 as if nothing happened in the scan")
    direction = "less bound" if change.value < 0 else "more bound"
    if ends[0] < 0 < ends[1]:
        return (cost, "something changed; whether less or more is bound is not told")
    return (cost, f"{direction} at the peak than before: {abs(change.value):.0%}")
