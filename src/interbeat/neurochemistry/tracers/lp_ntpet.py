"""lp-ntPET: a transmitter that displaces the tracer, or leaves it room, during one scan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import betainc

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Z95, Estimate
from interbeat.neurochemistry.tracers._answers import UNITS as REFERENCE_UNITS
from interbeat.neurochemistry.tracers._answers import no_fit, unusable
from interbeat.neurochemistry.tracers._frames import convolved, course, integration
from interbeat.neurochemistry.tracers._projection import Range, sought
from interbeat.neurochemistry.tracers._spec import Fit, Frames, Problem, Settings, tracer_model

__all__ = ["DRAWS", "lp_ntpet"]

NAMES = ("change", "onset", "peak", "F", "p", "BP_ND", "R1", "k2")
UNITS = {**REFERENCE_UNITS, "change": "", "onset": "min", "peak": "min", "F": "", "p": ""}
FREE = 4  # linear parameters
SHARPNESS = (0.25, 1.0, 4.0)  # as in Normandin, Schiffer & Morris 2012
RISES = (1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0)  # min from onset to peak
EARLIEST, LATEST, STEP = 10.0, 6.0, 2.0  # min after the injection, before the end; apart
POINTS = 4  # in a frame, over which the shape is averaged
RATES = Range(2e-3, 1.0, 40)  # of k2a, in 1/min
PASSES = 3  # over k2a
RATIOS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)  # of the reference's noise to the region's
LITTLE = 0.05  # of the highest activity, below which noise does not fall
MOST = 2.0  # times the binding before
RIDGE = 1e-12  # keeps equal columns solvable
DRAWS = 999  # scans without displacement, for the null
SEED = 2012
LEVEL = 0.05  # of the test, below which a displacement is reported


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """All shapes of a displacement that are looked for.

    Parameters
    ----------
    onset, peak : ndarray, shape (m,)
        In min.
    means : ndarray, shape (m, n)
        Of the gamma variate over the frames; 1 at its peak.
    """

    onset: FloatArray
    peak: FloatArray
    means: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """Every shape fitted, and none.

    Parameters
    ----------
    coefficients : ndarray, shape (m, 4)
        R1, k2, k2a, and what is added to k2a at the peak.
    spread : ndarray, shape (m, 4, 4)
        Their covariance.
    left : ndarray, shape (m,)
        Weighted sum of squares; infinite where a rate would not be above 0.
    calm : ndarray, shape (3,)
        R1, k2, k2a if nothing happens.
    calm_spread : ndarray, shape (3, 3)
        Their covariance.
    calm_left : float
        The weighted sum of squares then.
    fresh : ndarray, shape (m, c)
        What each shape adds to what all share, of length 1; over the frames that count.
    span : ndarray, shape (c, 3)
        What all share.
    fitted : ndarray, shape (n,)
        Activity, with the best shape.
    """

    coefficients: FloatArray
    spread: FloatArray
    left: FloatArray
    calm: FloatArray
    calm_spread: FloatArray
    calm_left: float
    fresh: FloatArray
    span: FloatArray
    fitted: FloatArray

    @property
    def best(self) -> int:
        """Which shape leaves least."""
        return int(self.left.argmin())

    @property
    def freedom(self) -> int:
        """Frames less parameters."""
        return int(self.span.shape[0]) - FREE

    @property
    def variance(self) -> float:
        """Of a frame of weight 1."""
        return float(self.left[self.best]) / self.freedom


@dataclass(frozen=True, slots=True)
class _Worth:
    """What the best shape is worth.

    Parameters
    ----------
    f : float
        How much it explains, over the variance.
    p : float
        Share of scans without displacement whose best F reaches it.
    alone : float
        What p would be had that shape alone been looked at.
    critical : float
        The F that one in twenty such scans reaches.
    """

    f: float
    p: float
    alone: float
    critical: float


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
    Onsets every
    2 min, seven rises and three shapes are tried, and the best is kept. Trying hundreds of
    shapes finds something in any noise: F is compared with the best F of 999 simulated scans
    without displacement (a fixed seed), not with a table.

    The change is ``(BP_ND at the peak - before) / before``: negative where less is bound, as
    when a transmitter takes receptors; positive where more is. Its interval, and those of
    onset and peak, hold all shapes that fit nearly as well (profile), by the F that the search
    reaches in one of twenty scans in which nothing happens: too wide rather than too narrow.
    Where the interval of the change holds 0 though something changed, shapes of both signs
    fit, and the direction is not told. Change, onset and peak are missing where
    p is 0.05 or more, and BP_ND is then that of a scan in which nothing happens. More than
    twice as much bound is not looked for. A change of binding is not the release of a
    transmitter, and small changes that are found are overestimated, for the others were not
    found.

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
    >>> frames = Frames(np.arange(0.0, 60, 2), np.arange(2.0, 62, 2))
    >>> reference = frames.middles * np.exp(-frames.middles / 10)
    >>> late = convolved(course(frames, reference), np.array([0.05]))[0]
    >>> noise = 0.01 * np.random.default_rng(1).standard_normal(30)
    >>> region = 0.9 * reference + 0.055 * late + noise  # nothing happens
    >>> fit = lp_ntpet(Problem(frames, region, np.ones(30), reference), Settings())
    >>> bool(fit.parameters["p"].value > 0.05), bool(fit.parameters["change"].reason)
    (True, True)
    """
    reason = unusable(problem, FREE)
    counted = problem.weights > 0
    if not reason and problem.frames.ends[-1] < EARLIEST + LATEST + RISES[0]:
        reason = f"the scan ends at {problem.frames.ends[-1]:g} min: too short for an onset"
    if reason or problem.reference is None:
        return _none(problem, settings, reason)
    shapes = _shapes(problem.frames.starts.tobytes(), problem.frames.ends.tobytes())
    found = _searched(problem, problem.reference, shapes)
    if found is None:
        return _none(problem, settings, "no shape gives rates above 0")
    worth = _worth(found)
    parameters, plot = _answers(found, worth, shapes)
    plot["x"] = problem.frames.middles
    fitted = np.where(counted, found.fitted, math.nan)
    flags = _said(parameters, plot["change"], worth, shapes)
    return Fit(parameters, fitted, counted, settings, plot, flags)


def _none(problem: Problem, settings: Settings, reason: str) -> Fit:
    """Return no answer, and why."""
    empty = no_fit(problem, settings, (), reason)
    missing = {name: Estimate.missing(UNITS[name], reason) for name in NAMES}
    return Fit(missing, empty.fitted, empty.used, settings, {}, (reason,))


@lru_cache(maxsize=8)
def _shapes(starts: bytes, ends: bytes) -> _Shapes:
    """Return all shapes, as means over the frames."""
    frames = Frames(np.frombuffer(starts), np.frombuffer(ends))
    last = float(frames.ends[-1])
    onsets = np.arange(EARLIEST, last - LATEST + STEP / 2, STEP)
    grid = np.meshgrid(onsets, RISES, SHARPNESS, indexing="ij")
    onset, rise, sharpness = (axis.ravel() for axis in grid)
    within = onset + rise <= last - 1
    onset, rise, sharpness = onset[within], rise[within], sharpness[within]
    parts = (np.arange(POINTS) + 0.5) / POINTS
    at = frames.starts[:, None] + frames.durations[:, None] * parts
    since = np.clip((at - onset[:, None, None]) / rise[:, None, None], 0, None)
    curve = (since * np.exp(1 - since)) ** sharpness[:, None, None]
    return _Shapes(onset, onset + rise, np.asarray(curve.mean(axis=2)))


def _searched(problem: Problem, reference: FloatArray, shapes: _Shapes) -> _Search | None:
    """Return every shape's least squares, and what the best is worth.

    With ``E`` convolution with ``exp(-k2a t)`` the equation reads ``C = R1 C_R + b E C_R - g E
    (C h)``, ``b = k2 - R1 k2a``: the noise of the region then stays that of its own frames,
    which it does not in areas. k2a enters by its derivative, and moves until it rests.
    """
    area = integration(problem.frames)
    out, curve = _bare(problem, reference)
    found = None
    for _ in range(PASSES):
        spread = np.linalg.solve(np.eye(curve.size) + out * area, area)
        late = spread @ reference
        flat = _flat(problem, reference, late)
        shared = np.column_stack([reference, late, -flat[1] * (spread @ late)])
        shaped = -(shapes.means * curve) @ spread.T
        white = _whitener(
            problem, flat[0] * np.eye(curve.size) + flat[1] * spread, shared, curve
        )
        found = _tried(problem, (shared, shaped, white), out)
        if found is None:
            return None
        out = min(max(float(found.coefficients[found.best, 2]), out / 2), out * 2)
        curve = found.fitted
    return found


def _bare(problem: Problem, reference: FloatArray) -> tuple[float, FloatArray]:
    """Return k2a, and the curve, if nothing happens (SRTM)."""
    whole = course(problem.frames, reference)

    def explained(rates: FloatArray) -> FloatArray:
        return np.array([_gain(problem, reference, late) for late in convolved(whole, rates)])

    out = sought(explained, RATES)[0]
    late = convolved(whole, np.array([out]))[0]
    flat = _flat(problem, reference, late)
    return out, flat[0] * reference + flat[1] * late


def _flat(problem: Problem, reference: FloatArray, late: FloatArray) -> FloatArray:
    """Return R1 and b, if nothing happens."""
    root = np.sqrt(problem.weights)
    columns = np.column_stack([reference, late]) * root[:, None]
    return np.asarray(np.linalg.lstsq(columns, problem.activity * root, rcond=None)[0])


def _gain(problem: Problem, reference: FloatArray, late: FloatArray) -> float:
    fitted = np.column_stack([reference, late]) @ _flat(problem, reference, late)
    return -float(problem.weights @ (problem.activity - fitted) ** 2)


def _whitener(
    problem: Problem, through: FloatArray, shared: FloatArray, curve: FloatArray
) -> FloatArray:
    """Return what makes noise even and independent over the frames that count; shape (c, n).

    The region's own noise has a variance of one over the weights. The reference has noise of
    the same kind, in proportion to its activity, and `through` carries it into the model; how
    strong it is, the residuals say (restricted maximum likelihood over a few ratios).
    """
    counted = problem.weights > 0
    noise = 1 / np.where(counted, problem.weights, np.min(problem.weights[counted]))
    share = np.clip(shared[:, 0] / np.maximum(curve, LITTLE * curve.max()), LITTLE, None)
    own, carried = np.diag(noise), (through * noise * share) @ through.T
    rows = np.ix_(counted, counted)
    choices: list[FloatArray] = []
    choices += (np.linalg.cholesky((own + ratio * carried)[rows]) for ratio in RATIOS)
    y, columns = problem.activity[counted], shared[counted]
    best = min(choices, key=lambda lower: _unlikely(lower, columns, y))
    whole = np.zeros((y.size, counted.size))
    whole[:, counted] = np.linalg.inv(best)
    return whole


def _unlikely(lower: FloatArray, columns: FloatArray, y: FloatArray) -> float:
    """Return the restricted deviance."""
    rows = solve_triangular(lower, np.column_stack([columns, y]), lower=True)
    upper = np.abs(np.diag(np.linalg.qr(rows, mode="r")))
    freedom = y.size - columns.shape[1]
    deviance = np.sum(np.log(np.diag(lower))) + np.sum(np.log(upper[:-1]))
    return float(deviance + freedom * np.log(upper[-1]))


def _tried(
    problem: Problem, parts: tuple[FloatArray, FloatArray, FloatArray], out: float
) -> _Search | None:
    """Return every shape's fit around a k2a."""
    shared, shaped, white = parts
    y, common, rows = white @ problem.activity, white @ shared, shaped @ white.T
    span, upper = np.linalg.qr(common)
    fresh = rows - (rows @ span) @ span.T
    size = np.sqrt(np.einsum("ij,ij->i", fresh, fresh))
    fresh = fresh / np.where(size > 0, size, math.inf)[:, None]
    beyond = y - span @ (span.T @ y)
    bare, freedom = float(beyond @ beyond), y.size - FREE
    if not (freedom > 0 and bare > 0 and np.all(np.abs(np.diag(upper)) > 0)):
        return None
    raw, inverse = _solved(common, rows, y)
    coefficients, turns = _rates(raw, out)
    k2, k2a, gain = coefficients[:, 1], coefficients[:, 2], coefficients[:, 3]
    # twice as much bound or less: k2 / (k2a + gain) - 1 <= MOST (k2 / k2a - 1)
    room = k2 <= (1 + MOST * (k2 / np.where(k2a > 0, k2a, math.inf) - 1)) * (k2a + gain)
    possible = (k2 > k2a) & (k2a > 0) & (k2a + gain > 0) & room & (size > 0)
    left = np.where(possible, bare - (fresh @ beyond) ** 2, math.inf)
    best = int(np.argmin(left))
    calm_raw = np.append(np.linalg.solve(upper, span.T @ y), 0.0)
    calm, turn = _rates(calm_raw[None, :], out)
    if not possible.any():
        return None
    half = np.linalg.inv(upper)
    calm_spread = turn[0, :3, :3] @ half @ half.T @ turn[0, :3, :3].T * (bare / (freedom + 1))
    return _Search(
        coefficients,
        turns @ inverse @ np.swapaxes(turns, 1, 2) * (left[best] / freedom),
        left,
        calm[0, :3],
        calm_spread,
        bare,
        fresh,
        span,
        np.column_stack([shared, shaped[best]]) @ raw[best],
    )


def _rates(raw: FloatArray, out: float) -> tuple[FloatArray, FloatArray]:
    """Return R1, k2, k2a and g from R1, b, the change of k2a, and g; with the Jacobians."""
    turns = np.tile(np.eye(FREE), (raw.shape[0], 1, 1))
    k2a = out + raw[:, 2]
    turns[:, 1, 0], turns[:, 1, 2] = k2a, raw[:, 0]
    rates = np.column_stack([raw[:, 0], raw[:, 1] + raw[:, 0] * k2a, k2a, raw[:, 3]])
    return rates, turns


def _solved(
    shared: FloatArray, rows: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return coefficients and inverse normal matrices, each shape with what all share."""
    size = np.linalg.norm(shared, axis=0)
    scale = np.column_stack([np.tile(size, (rows.shape[0], 1)), np.linalg.norm(rows, axis=1)])
    normal = np.empty((rows.shape[0], FREE, FREE))
    normal[:, :3, :3] = shared.T @ shared
    normal[:, :3, 3] = normal[:, 3, :3] = rows @ shared
    normal[:, 3, 3] = np.einsum("ij,ij->i", rows, rows)
    moment = np.column_stack([np.tile(y @ shared, (rows.shape[0], 1)), rows @ y])
    scale = np.where(scale > 0, scale, 1.0)
    units = normal / (scale[:, :, None] * scale[:, None, :]) + RIDGE * np.eye(FREE)
    inverse = np.linalg.inv(units) / (scale[:, :, None] * scale[:, None, :])
    return (inverse @ moment[:, :, None])[:, :, 0], inverse


def _worth(found: _Search) -> _Worth:
    """Return the best F beside that of scans in which nothing happens."""
    null = _null(found.fresh[np.isfinite(found.left)], found.span, found.freedom)
    f = (found.calm_left - float(found.left[found.best])) / found.variance
    alone = float(betainc(found.freedom / 2, 0.5, found.freedom / (found.freedom + f)))
    p = (1 + int(np.sum(null >= f))) / (1 + null.size)
    return _Worth(f, p, alone, float(np.quantile(null, 1 - LEVEL)))


def _null(fresh: FloatArray, span: FloatArray, freedom: int) -> FloatArray:
    """Return the best F of scans in which nothing happens."""
    noise = np.random.default_rng(SEED).standard_normal((fresh.shape[1], DRAWS))
    noise -= span @ (span.T @ noise)
    gains = np.max((fresh @ noise) ** 2, axis=0)
    total = np.einsum("ij,ij->j", noise, noise)
    return np.asarray(gains / ((total - gains) / freedom), dtype=np.float64)


def _answers(
    found: _Search, worth: _Worth, shapes: _Shapes
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
    if worth.p >= LEVEL:
        reason = f"no displacement told from noise (p = {worth.p:.2g})"
        untold = {name: Estimate.missing(UNITS[name], reason, n=n) for name in values}
        return untold | told | _calm(found), {"change": ends["change"]}
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


def _calm(found: _Search) -> dict[str, Estimate]:
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


def _changes(found: _Search) -> tuple[FloatArray, FloatArray, FloatArray]:
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
    parameters: dict[str, Estimate], ends: FloatArray, worth: _Worth, shapes: _Shapes
) -> tuple[str, ...]:
    """Return what the search found and what it cost, in words."""
    cost = (
        f"best of {shapes.onset.size} shapes: p = {worth.p:.2g} against {DRAWS} scans without "
        f"displacement (it would be {worth.alone:.2g} had one shape been tried)"
    )
    change = parameters["change"]
    if change.reason:
        return (cost, "BP_ND, R1 and k2 as if nothing happened in the scan")
    direction = "less bound" if change.value < 0 else "more bound"
    if ends[0] < 0 < ends[1]:
        return (cost, "something changed; whether less or more is bound is not told")
    return (cost, f"{direction} at the peak than before: {abs(change.value):.0%}")
