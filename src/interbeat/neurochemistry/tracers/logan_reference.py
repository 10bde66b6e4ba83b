"""Reference Logan: the distribution volume ratio as the slope of a line."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
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
from interbeat.neurochemistry.tracers.srtm import srtm

__all__ = ["logan_reference"]

NAMES = ("BP_ND",)
DEVIATION = 0.1  # the largest that a point may lie from the line, as a share of the line
FEWEST = 5  # frames that a line should rest on
LEFT_OUT = "the term of k2' is left out"


@dataclass(frozen=True, slots=True, eq=False)
class _Plot:
    """The points of the plot; NaN where there is no activity to divide by."""

    x: FloatArray
    y: FloatArray
    usable: BoolArray


@dataclass(frozen=True, slots=True)
class _Line:
    """The line through the points that are used."""

    equations: Equations
    slope: float
    offset: float


@tracer_model(
    "reference Logan",
    title="Logan's graphical analysis with a reference region",
    source="Logan et al. 1996, doi:10.1097/00004647-199609000-00008",
    needs="reference",
    outcome="BP_ND",
    first="SRTM",
)
def logan_reference(problem: Problem, settings: Settings) -> Fit:
    """Fit the line of Logan's plot with a reference region.

    From t* on, ``int C_T / C_T = DVR (int C_R + C_R / k2') / C_T + c`` is a line, and
    ``BP_ND = DVR - 1`` (Logan et al. 1996). With an infinite k2' its term is left out. The
    integrals are means over each frame, as the activity is, which keeps the equation exact.

    Where t* is not told, it is the first frame from which on no point lies further than 10 %
    from the line through them all, with 5 frames at least: the rule of PMOD and of
    other programs. Noise of the target in both coordinates makes the slope too low
    (Slifstein & Laruelle 2000): it is not corrected. Standard errors carry the noise of the
    frames through the integrals, and take k2' and t* as known.

    Parameters
    ----------
    problem : Problem
        With a reference.
    settings : Settings
        `t_star` and `k2_prime`; where k2' is not told, that of SRTM in this region.

    Returns
    -------
    Fit
        BP_ND.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> frames = Frames(np.arange(0.0, 60.0, 0.5), np.arange(0.5, 60.5, 0.5))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> fading = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> target = 0.9 * (reference + (0.1 - 0.05) * fading)  # BP_ND is 0.9 * 0.1 / 0.05 - 1
    >>> problem = Problem(frames, target, np.ones(120), reference)
    >>> fit = logan_reference(problem, Settings(t_star=20.0, k2_prime=0.1))
    >>> round(fit.parameters["BP_ND"].value, 3)
    0.8
    """
    reason = unusable(problem, 2)
    if reason or problem.reference is None:
        return no_fit(problem, settings, NAMES, reason)
    if is_multiple(problem):
        return multiple(problem, settings, NAMES)
    known, flags = settled(problem, settings, srtm)
    if math.isnan(known.k2_prime):
        known, flags = replace(known, k2_prime=math.inf), (*flags, LEFT_OUT)
    if not (is_rate(known.k2_prime) or known.k2_prime == math.inf):
        return no_fit(problem, known, NAMES, flags[0])
    plot = _plot(problem, known.k2_prime)
    taken, used = _since(problem, plot, known)
    if used.sum() <= 2:
        return no_fit(problem, taken, NAMES, f"{used.sum()} usable frames from t* on")
    line = _line(problem, plot, used)
    if line is None:
        return no_fit(problem, taken, NAMES, UNTOLD)
    told = _told(problem, taken, plot, line)
    return replace(told, flags=flags + _few(plot, line) + told.flags)


def _plot(problem: Problem, washout: float) -> _Plot:
    reference, sums = problem.reference, integration(problem.frames)
    if reference is None:
        raise DataError("no reference region")
    usable = (problem.activity > 0) & (problem.weights > 0)
    over = np.where(problem.activity > 0, problem.activity, math.nan)
    x = (sums @ reference + reference / washout) / over
    return _Plot(x, sums @ problem.activity / over, usable)


def _since(problem: Problem, plot: _Plot, settings: Settings) -> tuple[Settings, BoolArray]:
    """Return settings with t* and the frames whose middles are there or later."""
    middles = problem.frames.middles
    if not math.isnan(settings.t_star):
        return settings, plot.usable & (middles >= settings.t_star)
    starts = np.flatnonzero(plot.usable)[: -FEWEST + 1 or None]
    for first in starts.tolist():
        used = plot.usable & (middles >= middles[first])
        line = _line(problem, plot, used)
        if line is not None and _deviation(plot, line) <= DEVIATION:
            break
    else:
        used = plot.usable & (middles >= middles[starts[-1]]) if starts.size else plot.usable
    start = float(middles[used][0]) if np.any(used) else math.nan
    return replace(settings, t_star=start), used


def _line(problem: Problem, plot: _Plot, used: BoolArray) -> _Line | None:
    columns = np.stack([plot.x, np.ones(plot.x.size)], axis=1)
    equations = Equations(columns, plot.y, used)
    best = solved(equations, problem.weights)
    return None if best is None else _Line(equations, *best.tolist())


def _deviation(plot: _Plot, line: _Line) -> float:
    used = line.equations.used
    height = line.slope * plot.x[used] + line.offset
    off = np.abs(plot.y[used] - height)
    return float(np.max(off / np.maximum(np.abs(height), 1e-12 * np.max(np.abs(plot.y[used])))))


def _few(plot: _Plot, line: _Line) -> tuple[str, ...]:
    flags, used = [], line.equations.used
    if used.sum() < FEWEST:
        flags.append(f"{used.sum()} frames from t* on: fewer than {FEWEST}")
    if _deviation(plot, line) > DEVIATION:
        flags.append(f"a frame after t* is more than {DEVIATION:.0%} off the line")
    lost = np.count_nonzero(~plot.usable[np.argmax(used) :])
    if lost:
        flags.append(f"{lost} frames after t* without activity above 0, or of no weight")
    return tuple(flags)


def _told(problem: Problem, settings: Settings, plot: _Plot, line: _Line) -> Fit:
    used, one = line.equations.used, np.eye(plot.x.size)
    height = line.slope * plot.x + line.offset
    sums = integration(problem.frames)
    over = np.where(used, problem.activity, 1.0)[:, None]
    noise = Noise(
        (sums - line.offset * one) / over, line.slope * (sums + one / settings.k2_prime) / over
    )
    spread = covariance(problem, line.equations, plot.y - height, noise)
    found = derived({"BP_ND": (line.slope - 1, (1.0, 0.0))}, spread, int(used.sum()))
    # The activity for which the measured integral lies on the line.
    apart = used & (height > 0)
    fitted = np.where(apart, plot.y * over[:, 0] / np.where(apart, height, 1.0), math.nan)
    shown = {"x": plot.x, "y": plot.y, "line": height}
    return Fit(found, fitted, used, settings, shown, odd(found))
