"""Compartments: sums of exponentials convolved with the input, fitted to one region.

A region with one or two tissue compartments answers the input by one or two falling
exponentials. Their amplitudes and the share of blood are linear, so that only the rates (and
the delay, where it is fitted) are sought (variable projection: Golub & Pereyra 1973,
doi:10.1137/0710036). All pairs of a fine range of rates are looked at first: no starting
value is guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import nnls

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.tracers._convolution import frame_means
from interbeat.neurochemistry.tracers._driven import (
    RANGE,
    Response,
    blood_in,
    library,
    response_of,
)
from interbeat.neurochemistry.tracers._spec import Frames, Problem, Settings

__all__ = ["DELAYS", "LIMITS", "Solved", "delay_of", "fitted_response"]

DELAYS = np.linspace(-1.0, 1.0, 21)  # min
COARSE = 4  # every fourth of the rates, while the delay is sought
LIMITS = (math.log(1e-4), math.log(20.0))  # of the logarithms of the rates
NUDGE = 1e-5  # of the logarithm of a rate, for its derivative
RISE = 10.0  # min, in which the delay is told
FEWEST = 6  # parameters of two compartments with blood and delay
LATER = 0.01  # min, of the delay, for its derivative
RIDGE = 1e-12  # keeps a set of equal columns solvable
ROUNDS = 30
ALONG = 0.95  # cosine of two steps along the same line
CLOSE = 1e-8  # of the sum of squares: no better any more
STUCK = 1e6  # damping with which no step is left


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """A fit of exponentials, with the delay as it was given or found before.

    Parameters
    ----------
    rates, amplitudes : ndarray, shape (k,)
        In 1/min, slowest first; amplitudes of the region with its blood, 0 or above.
    blood : float
        Share of blood.
    blood_fitted : bool
        Or given.
    delay, delay_error : float
        In min; without error where it was given.
    fitted : ndarray, shape (n,)
        Means over the frames that count.
    slopes : ndarray, shape (n, p)
        Derivatives of it by amplitudes, rates and, where it was fitted, blood, times the roots
        of the weights.
    left : float
        Weighted sum of squares.
    """

    rates: FloatArray
    amplitudes: FloatArray
    blood: float
    blood_fitted: bool
    delay: float
    delay_error: float
    fitted: FloatArray
    slopes: FloatArray
    left: float


def fitted_response(problem: Problem, settings: Settings, compartments: int) -> Solved:
    """Return the best sum of one or two exponentials.

    Parameters
    ----------
    problem : Problem
        One region, with arterial input; :func:`no_input` has found nothing.
    settings : Settings
        A share of blood or a delay that is NaN is fitted.
    compartments : int
        1 or 2.

    Returns
    -------
    Solved

    Raises
    ------
    DataError
        If there is no arterial input.
    """
    if problem.arterial is None:
        raise DataError("compartments with plasma need arterial input")
    delay, error = delay_of(problem, settings)
    seen = response_of(problem, problem.arterial, settings)
    rates = _start(seen, delay, 1, compartments)[0]
    found = _refined(seen, np.log(rates), delay, sought=False)
    return _solved(seen, found, error)


def delay_of(problem: Problem, settings: Settings) -> tuple[float, float]:
    """Return the delay in min and its standard error: as given, or as the rise tells it."""
    if not math.isnan(settings.delay) or problem.arterial is None:
        return settings.delay, 0.0
    return _delay(response_of(_rise(problem), problem.arterial, settings))


def _rise(problem: Problem) -> Problem:
    """Return the first 10 min, all frames alike: where the curve rises, the delay is told.

    Weights by counts hardly look there, and with files that give such frames no weight at all
    the delay is open.
    """
    early = problem.frames.ends <= RISE
    if np.count_nonzero(early) <= FEWEST:
        early = np.ones(early.size, dtype=np.bool_)
    frames = Frames(problem.frames.starts[early], problem.frames.ends[early])
    activity = problem.activity[early]
    return Problem(frames, activity, np.ones(activity.size), arterial=problem.arterial)


def _delay(seen: Response) -> tuple[float, float]:
    """Return the delay with which two compartments fit best, in min, and its standard error."""
    starts = [_start(seen, delay, COARSE, 2) for delay in DELAYS.tolist()]
    best = int(np.argmax([gain for _, gain in starts]))
    now = _refined(seen, np.log(starts[best][0]), float(DELAYS[best]), sought=True)
    slopes = _projected(now, _bends(seen, now, sought=True))
    freedom = max(seen.activity.size - now.coefficients.size - slopes.shape[1], 1)
    size = np.linalg.norm(slopes, axis=0)
    size = np.where(size > 0, size, 1.0)
    normed = slopes / size
    spread = float(np.linalg.pinv(normed.T @ normed)[-1, -1]) / float(size[-1]) ** 2
    return now.delay, math.sqrt(now.left / freedom * max(spread, 0.0))


def _start(
    seen: Response, delay: float, every: int, compartments: int
) -> tuple[FloatArray, float]:
    """Return the rates of the range that explain most, and how much.

    Only fits count in which no amplitude is negative.
    """
    curves = library(seen.parent, seen.frames, delay, every)
    blood = blood_in(seen, delay)
    fits = math.isnan(seen.fixed)
    target = seen.activity - (0.0 if fits else seen.fixed) * blood
    rows = np.vstack([curves, blood]) if fits else curves
    gram = (rows * seen.weights) @ rows.T
    moment = rows @ (seen.weights * target)
    sets = _subsets(curves.shape[0], compartments)
    tail = np.full((sets.shape[0], 1), curves.shape[0])
    choices = [sets, np.hstack([sets, tail])] if fits else [sets]
    best = max(
        (_best_of(gram, moment, choice) for choice in choices), key=lambda found: found[1]
    )
    rates = RANGE[::every][best[0][:compartments]]
    return rates, best[1]


@lru_cache(maxsize=8)
def _subsets(number: int, compartments: int) -> IntArray:
    if compartments == 1:
        return np.arange(number)[:, None]
    return np.stack(np.triu_indices(number, 1), axis=1)


def _best_of(gram: FloatArray, moment: FloatArray, sets: IntArray) -> tuple[IntArray, float]:
    """Return the set of rows that explains most with amplitudes from 0 up, and how much."""
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(np.float64).tiny))
    normed = gram / np.outer(scale, scale)
    aim = (moment / scale)[sets]
    parts = normed[sets[:, :, None], sets[:, None, :]] + RIDGE * np.eye(sets.shape[1])
    amplitudes = np.linalg.solve(parts, aim[:, :, None])[:, :, 0]
    gains = np.where(
        np.all(amplitudes >= 0, axis=1), np.sum(amplitudes * aim, axis=1), -math.inf
    )
    best = int(np.argmax(gains))
    return sets[best], float(gains[best])


@dataclass(frozen=True, slots=True, eq=False)
class _Try:
    """One evaluation: columns of the linear part, their coefficients, what is left."""

    logs: FloatArray
    delay: float
    columns: FloatArray
    coefficients: FloatArray
    residuals: FloatArray

    @property
    def left(self) -> float:
        return float(self.residuals @ self.residuals)


def _tried(seen: Response, logs: FloatArray, delay: float) -> _Try:
    """Return the linear coefficients, from 0 up, that given rates and delay need."""
    root = np.sqrt(seen.weights)
    blood = blood_in(seen, delay)
    rows = frame_means(seen.parent, np.exp(logs), seen.frames, delay)
    fits = math.isnan(seen.fixed)
    target = seen.activity - (0.0 if fits else seen.fixed) * blood
    columns = (np.vstack([rows, blood]) if fits else rows).T * root[:, None]
    coefficients, _ = nnls(columns, target * root)
    return _Try(logs, delay, columns, coefficients, target * root - columns @ coefficients)


def _refined(seen: Response, logs: FloatArray, delay: float, *, sought: bool) -> _Try:
    """Return the fit that no small step makes better (Levenberg and Marquardt)."""
    now, damping = _tried(seen, logs, delay), 1e-3
    last = np.zeros(logs.size + int(sought))
    for _ in range(ROUNDS):
        slopes = _projected(now, _bends(seen, now, sought=sought))
        whole = _step(slopes, now.residuals, damping)
        step, last = whole * _stretch(last, whole), whole
        limit = np.clip(now.logs + step[: logs.size], *LIMITS)
        moved = now.delay + float(np.clip(step[-1], -0.2, 0.2)) if sought else now.delay
        moved = min(max(moved, float(DELAYS[0])), float(DELAYS[-1]))
        following = _tried(seen, limit, moved)
        gain = now.left - following.left
        if gain > 0:
            now, damping = following, damping / 10
        else:
            damping *= 10
        if abs(gain) <= CLOSE * now.left or damping > STUCK:
            break
    return now


def _stretch(last: FloatArray, step: FloatArray) -> float:
    """Return by how much to lengthen a step that shrinks along the same line as the last.

    Where residuals are large the steps shrink by a constant share; their sum is known then.
    """
    sizes = float(np.linalg.norm(last)), float(np.linalg.norm(step))
    if sizes[1] >= sizes[0] or last @ step < ALONG * sizes[0] * sizes[1]:
        return 1.0
    return 1 / (1 - min(sizes[1] / sizes[0], 0.8))


def _bends(seen: Response, now: _Try, *, sought: bool) -> FloatArray:
    """Return the weighted derivatives of the curve by the rates' logarithms, and by delay."""
    root = np.sqrt(seen.weights)
    k = now.logs.size
    nudged = frame_means(seen.parent, np.exp(now.logs + NUDGE), seen.frames, now.delay)
    by_rate = now.coefficients[:k] * (nudged.T * root[:, None] - now.columns[:, :k]) / NUDGE
    if not sought:
        return np.asarray(by_rate, dtype=np.float64)
    ends = [_curve(seen, now, now.delay + step) for step in (-LATER, LATER)]
    by_delay = (ends[1] - ends[0]) / (2 * LATER) * root
    return np.column_stack([by_rate, by_delay])


def _curve(seen: Response, now: _Try, delay: float) -> FloatArray:
    """Return the fitted curve, at another delay."""
    k = now.logs.size
    rows = frame_means(seen.parent, np.exp(now.logs), seen.frames, delay)
    share = now.coefficients[k] if now.coefficients.size > k else seen.fixed
    return np.asarray(now.coefficients[:k] @ rows + share * blood_in(seen, delay))


def _projected(now: _Try, bends: FloatArray) -> FloatArray:
    """Return what of the derivatives the linear part cannot take up (Kaufman 1975)."""
    span = np.linalg.qr(now.columns[:, now.coefficients > 0])[0]
    return np.asarray(bends - span @ (span.T @ bends), dtype=np.float64)


def _step(slopes: FloatArray, residuals: FloatArray, damping: float) -> FloatArray:
    normal = slopes.T @ slopes
    size = np.maximum(np.diag(normal), np.finfo(np.float64).tiny)
    solution = np.linalg.solve(normal + np.diag(damping * size), slopes.T @ residuals)
    return np.asarray(solution, dtype=np.float64)


def _solved(seen: Response, now: _Try, delay_error: float) -> Solved:
    """Return the fit with its derivatives by rates themselves, slowest first."""
    k = now.logs.size
    order = np.argsort(now.logs)
    rates = np.exp(now.logs)[order]
    fits = math.isnan(seen.fixed)
    bends = _bends(seen, now, sought=False)[:, order] / rates
    return Solved(
        rates, now.coefficients[:k][order], float(now.coefficients[k]) if fits else seen.fixed,
        fits, now.delay, delay_error, _curve(seen, now, now.delay),
        np.hstack([now.columns[:, order], bends, now.columns[:, k:]]), now.left,
    )  # fmt: skip
