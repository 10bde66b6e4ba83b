"""Displacements: every shape that a change within a scan may have, fitted at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import betainc

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.neurochemistry.tracers._frames import convolved, course, integration
from interbeat.neurochemistry.tracers._projection import Range, sought
from interbeat.neurochemistry.tracers._spec import Frames, Problem

__all__ = [
    "DRAWS",
    "EARLIEST",
    "FREE",
    "LATEST",
    "LEVEL",
    "RISES",
    "STEP",
    "Search",
    "Shapes",
    "Worth",
    "all_shapes",
    "searched",
    "worth_of",
]

FREE = 4  # linear parameters
SHARPNESS = (0.25, 1.0, 4.0)  # as in Normandin, Schiffer & Morris 2012
RISES = (1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0)  # min from onset to peak
EARLIEST, LATEST, STEP = 10.0, 6.0, 2.0  # min after the injection, before the end; apart
POINTS = 4  # in a frame, over which the shape is averaged
RATES = Range(2e-3, 1.0, 40)  # of k2a, in 1/min
PASSES = 3  # over k2a
RATIOS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)  # of the reference's noise to the region's
LITTLE = 0.05  # of the highest activity, below which noise does not fall
MOST = 2.0  # at the peak, times the binding before
RIDGE = 1e-12  # keeps equal columns solvable
DRAWS = 999  # scans without displacement, for the null
SEED = 2012
LEVEL = 0.05  # of the test, below which a displacement is reported


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
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
class Search:
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
    fitted, calm_fitted : ndarray, shape (n,)
        Activity, with the best shape, and if nothing happens.
    white : ndarray, shape (c, n)
        What makes noise even and independent over the frames that count.
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
    calm_fitted: FloatArray
    white: FloatArray

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
class Worth:
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


@lru_cache(maxsize=8)
def all_shapes(starts: bytes, ends: bytes) -> Shapes:
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
    return Shapes(onset, onset + rise, np.asarray(curve.mean(axis=2)))


def searched(problem: Problem, reference: FloatArray, shapes: Shapes) -> Search | None:
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
) -> Search | None:
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
    possible = _possible(coefficients) & (size > 0)
    if not possible.any():
        return None
    left = np.where(possible, bare - (fresh @ beyond) ** 2, math.inf)
    best = int(np.argmin(left))
    half = np.linalg.inv(upper)
    calm_raw = half @ (span.T @ y)
    calm, turn = _rates(np.append(calm_raw, 0.0)[None, :], out)
    half = turn[0, :3, :3] @ half
    return Search(
        coefficients,
        turns @ inverse @ np.swapaxes(turns, 1, 2) * (left[best] / freedom),
        left,
        calm[0, :3],
        half @ half.T * (bare / (freedom + 1)),
        bare,
        fresh,
        span,
        np.column_stack([shared, shaped[best]]) @ raw[best],
        shared @ calm_raw,
        white,
    )


def _possible(coefficients: FloatArray) -> BoolArray:
    """Return where all rates are above 0, and what binds at the peak is 0 to MOST of before."""
    k2, k2a, gain = coefficients[:, 1:].T
    peak = k2a + gain
    # k2 / peak - 1 <= MOST (k2 / k2a - 1), without dividing by a peak that may be 0
    room = k2 <= (1 + MOST * (k2 / np.where(k2a > 0, k2a, math.inf) - 1)) * peak
    return np.asarray((k2 > k2a) & (k2a > 0) & (peak > 0) & (peak <= k2) & room)


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


def worth_of(found: Search) -> Worth:
    """Return the best F beside that of scans in which nothing happens."""
    null = _null(found.fresh[np.isfinite(found.left)], found.span, found.freedom)
    f = (found.calm_left - float(found.left[found.best])) / found.variance
    alone = float(betainc(found.freedom / 2, 0.5, found.freedom / (found.freedom + f)))
    p = (1 + int(np.sum(null >= f))) / (1 + null.size)
    return Worth(f, p, alone, float(np.quantile(null, 1 - LEVEL)))


def _null(fresh: FloatArray, span: FloatArray, freedom: int) -> FloatArray:
    """Return the best F of scans in which nothing happens."""
    noise = np.random.default_rng(SEED).standard_normal((fresh.shape[1], DRAWS))
    noise -= span @ (span.T @ noise)
    gains = np.max((fresh @ noise) ** 2, axis=0)
    total = np.einsum("ij,ij->j", noise, noise)
    return np.asarray(gains / ((total - gains) / freedom), dtype=np.float64)
