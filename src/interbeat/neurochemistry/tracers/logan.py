"""Logan: the graphical analysis of reversible binding, driven by blood."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.tracers._answers import widened
from interbeat.neurochemistry.tracers._compartments import delay_of
from interbeat.neurochemistry.tracers._driven import blood_seen, check, input_area, no_input
from interbeat.neurochemistry.tracers._frames import integration
from interbeat.neurochemistry.tracers._spec import Fit, Frames, Problem, Settings, tracer_model
from interbeat.neurochemistry.tracers._tissue import UNITS, missing_tissue

__all__ = ["logan"]

NAMES = ("V_T", "intercept")
FEWEST = 6  # frames on the line, where t* is chosen here
LEAST = 3  # frames on the line, where it is given
BENT = 3.0  # standard errors of the bend, above which it is said
NUDGE = 1e-4  # of the highest activity, for the derivative by each frame


@dataclass(frozen=True, slots=True, eq=False)
class _Plot:
    """What the line is drawn through.

    Parameters
    ----------
    tissue : ndarray, shape (n,)
        Activity of the region without its blood.
    integration : ndarray, shape (n, n)
        What turns it into its area.
    area : ndarray, shape (n,)
        Of the input.
    weights : ndarray, shape (n,)
        Of the frames.
    blood : ndarray, shape (n,)
        What blood adds to the activity of the region.
    """

    tissue: FloatArray
    integration: FloatArray
    area: FloatArray
    weights: FloatArray
    blood: FloatArray

    @property
    def usable(self) -> BoolArray:
        """Frames that a point can be drawn for."""
        return (self.weights > 0) & (self.tissue > 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """Coefficients, from the constant up, and their covariance."""

    coefficients: FloatArray
    covariance: FloatArray


@tracer_model(
    "Logan",
    title="Logan plot",
    source="Logan et al. 1990, doi:10.1038/jcbfm.1990.127",
    needs="arterial",
    outcome="V_T",
)
def logan(problem: Problem, settings: Settings) -> Fit:
    """Fit the graphical analysis of Logan et al. 1990 (doi:10.1038/jcbfm.1990.127).

    ``area of C / C = V_T area of C_P / C + b`` from t* on, where areas run from the injection.
    Each is taken as its mean over the frame, so that no frame stands for its middle. Without a
    t* it is the middle of the scan, for all regions and scans alike (earlier where that leaves
    fewer than 6 frames). Standard errors carry the noise of every frame through both areas,
    not the bend, and are widened for few frames.

    V_T is too low where two compartments are slow to settle, for the line still bends when the
    scan ends, too little to be seen (by 0.9 % with a k4 of 0.02 per min); where curves are
    noisy, for C is on both sides (Slifstein & Laruelle 2000): with 5 % noise by 3 % for a k2 of
    0.15 per min and by 15 % for one of 0.01; and, mostly, where no share of blood is given.
    It is higher than that of two compartments where these do not fit: over the ten scans with
    [11C]PBR28 that come with kinfitr (three regions) by 8 % with the same share of blood, by
    11 % without one. On the curves that two compartments fitted there both agree (mean 0.0 %,
    at most 1.1 %); the curves themselves lie up to 30 % above them when the scan ends, as
    where a tracer is held by the walls of vessels (Rizzo et al. 2014,
    doi:10.1038/jcbfm.2014.55).

    Parameters
    ----------
    problem : Problem
        With arterial input.
    settings : Settings
        `t_star`; `blood_volume`, 0 where it is NaN; `delay`, fitted where it is NaN.

    Returns
    -------
    Fit
        V_T in mL/cm3, and the intercept in min.

    Raises
    ------
    DataError
        If the share of blood leaves 0 to 1, or the delay is longer than 2 min.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._convolution import Curve, frame_means
    >>> from interbeat.neurochemistry.tracers._spec import Arterial, Frames
    >>> minutes = np.arange(5401) / 60
    >>> plasma = minutes * np.exp(-minutes)
    >>> frames = Frames(np.arange(0.0, 90, 2), np.arange(2.0, 92, 2))
    >>> seen = 0.1 * frame_means(Curve.on(minutes, plasma), np.array([0.05]), frames, 0.0)[0]
    >>> drawn = Arterial(minutes, plasma, plasma)
    >>> fit = logan(Problem(frames, seen, np.ones(45), arterial=drawn), Settings(t_star=30.0))
    >>> round(fit.parameters["V_T"].value, 2)
    2.0
    """
    check(settings)
    reason = no_input(problem, FEWEST)
    if reason or problem.arterial is None:
        return missing_tissue(problem, settings, NAMES, reason)
    share = 0.0 if math.isnan(settings.blood_volume) else settings.blood_volume
    delay = delay_of(problem, settings)[0]
    blood = blood_seen(problem.arterial, problem.frames, delay)
    if share > 0 and blood is None:
        return missing_tissue(problem, settings, NAMES, "no whole blood to take its share from")
    area = input_area(problem.arterial, problem.frames, delay)
    added = np.zeros(area.size) if blood is None else share * blood
    tissue = (problem.activity - added) / (1 - share)
    plot = _Plot(tissue, integration(problem.frames), area, problem.weights, added)
    begins = settings.t_star
    if math.isnan(begins):
        begins = _middle(plot, problem.frames)
    used = plot.usable & (problem.frames.starts >= begins)
    taken = replace(settings, blood_volume=share, delay=delay, t_star=begins)
    count = int(np.count_nonzero(used))
    if count < LEAST:
        reason = f"{count} frames with activity above 0 from t* = {begins:g} min on; 3 needed"
        return missing_tissue(problem, taken, NAMES, reason)
    none = "share of blood not given: V_T is that of the region with its blood"
    return _answer(plot, used, taken, (none,) * math.isnan(settings.blood_volume))


def _answer(plot: _Plot, used: BoolArray, taken: Settings, flags: tuple[str, ...]) -> Fit:
    """Return the line, as activity and as a plot."""
    line = _line(plot, used, 1)
    count = int(np.count_nonzero(used))
    intercept, slope = line.coefficients.tolist()
    errors = np.sqrt(np.diag(line.covariance)) * widened(count - 2)
    area = plot.integration @ plot.tissue
    fitted = np.full(used.size, math.nan)
    tissue = (area - slope * plot.area)[used] / intercept
    fitted[used] = (1 - taken.blood_volume) * tissue + plot.blood[used]
    below = np.where(plot.tissue > 0, plot.tissue, math.nan)
    x, y = plot.area / below, area / below
    bend = _bend(plot, used) if count > LEAST else 0.0
    curved = f"the line still bends at t* = {taken.t_star:g} min"
    return Fit(
        {
            "V_T": _slope(slope, float(errors[1]), count),
            "intercept": Estimate(intercept, float(errors[0]), UNITS["intercept"], 1.0, count),
        },
        fitted,
        used,
        taken,
        {"x": x, "y": y, "line": intercept + slope * x},
        (*flags, *(curved,) * (abs(bend) > BENT)),
    )


def _slope(value: float, error: float, count: int) -> Estimate:
    if value <= 0 or error > value:
        reason = f"standard error of {error:.2g} around {value:.2g}: the plot does not tell it"
        return Estimate.missing(UNITS["V_T"], reason, n=count)
    return Estimate(value, error, UNITS["V_T"], 1.0, count)


def _middle(plot: _Plot, frames: Frames) -> float:
    """Return the middle of the scan, or what leaves frames enough, in min."""
    usable = frames.starts[plot.usable]
    enough = usable[max(usable.size - FEWEST, 0) :]
    return float(min(frames.ends[-1] / 2, enough[0] if enough.size else math.inf))


def _bend(plot: _Plot, used: BoolArray) -> float:
    """Return by how many standard errors the line bends."""
    line = _line(plot, used, 2)
    error = math.sqrt(line.covariance[2, 2])
    return float(line.coefficients[2] / error) if error > 0 else 0.0


def _line(plot: _Plot, used: BoolArray, degree: int) -> _Line:
    """Return a polynomial through the points, its covariance from the noise of all frames.

    The noise of a frame has a variance that goes as one over its weight; how large it is, the
    residuals say. Both are carried to the coefficients by the derivative by each frame.
    """
    n = plot.tissue.size
    nudge = NUDGE * float(np.max(np.abs(plot.tissue)))
    moved = plot.tissue + np.vstack([np.zeros(n), nudge * np.eye(n)])
    below = moved[:, used]
    y = (moved @ plot.integration.T)[:, used] / below
    x = plot.area[used] / below
    coefficients, residuals = _polynomial(x, y, plot.weights[used], degree)
    by_frame = (coefficients[1:] - coefficients[0]) / nudge
    off = (residuals[1:] - residuals[0]) / nudge * np.sqrt(plot.weights[used])
    counted = plot.weights > 0
    noise = 1 / np.where(counted, plot.weights, np.min(plot.weights[counted]))
    left = residuals[0] * np.sqrt(plot.weights[used])
    variance = float(left @ left) / float(np.sum(noise[:, None] * off**2))
    return _Line(coefficients[0], variance * (by_frame.T * noise) @ by_frame)


def _polynomial(
    x: FloatArray, y: FloatArray, weights: FloatArray, degree: int
) -> tuple[FloatArray, FloatArray]:
    """Return coefficients and residuals of each row's weighted polynomial."""
    size = float(np.max(np.abs(x)))
    powers = (x[:, :, None] / size) ** np.arange(degree + 1)
    normal = np.swapaxes(powers * weights[:, None], 1, 2) @ powers
    moment = np.swapaxes(powers * weights[:, None], 1, 2) @ y[:, :, None]
    scaled = np.linalg.solve(normal, moment)
    residuals = (y[:, :, None] - powers @ scaled)[:, :, 0]
    return scaled[:, :, 0] / size ** np.arange(degree + 1), residuals
