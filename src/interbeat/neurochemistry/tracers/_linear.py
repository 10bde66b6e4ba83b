"""Linear: least squares whose errors hang together, and standard errors that know it.

In graphical and multilinear analyses each equation holds the integral of a noisy curve: the
errors of two frames share the noise of all frames before them. And in every reference model the
noise of the reference enters twice, as it is and convolved. Ordinary standard errors are too
small for both. Here the noise is that of the frames, independent, its variance over their
weights; it is carried through the model into the equations and from them into the coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.neurochemistry.tracers._answers import widened
from interbeat.neurochemistry.tracers._projection import SINGULAR
from interbeat.neurochemistry.tracers._spec import Problem

__all__ = ["Equations", "Noise", "covariance", "solved"]

SETTLED = 5.0  # min from when on curves are smooth enough for a polynomial
DEGREE = 4  # of the polynomial in the logarithm of time
FEWEST = 10  # frames that tell the scatter about it
MOST = 4.0  # times as noisy as the region: no reference is


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """One equation for each frame; only those of `used` are solved.

    Parameters
    ----------
    columns : ndarray, shape (n, p)
        What the coefficients multiply, or the Jacobian at the optimum.
    target : ndarray, shape (n,)
        What they explain.
    used : ndarray of bool, shape (n,)
        Which frames.
    """

    columns: FloatArray
    target: FloatArray
    used: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """By how much noise of a frame (columns) moves the error of an equation (rows).

    Parameters
    ----------
    target, reference : ndarray, shape (n, n)
        Noise of the region, and of the reference.
    """

    target: FloatArray
    reference: FloatArray


def solved(equations: Equations, weights: FloatArray) -> FloatArray | None:
    """Return the coefficients by weighted least squares; None where equations do not tell them.

    Parameters
    ----------
    equations : Equations
        As many as there are coefficients, or more.
    weights : ndarray, shape (n,)
        Of the frames.

    Returns
    -------
    ndarray, shape (p,), or None

    Examples
    --------
    >>> x = np.arange(4.0)
    >>> columns = np.stack([x, np.ones(4)], axis=1)
    >>> solved(Equations(columns, 2 * x + 1, x >= 0), np.ones(4)).round(6)
    array([2., 1.])
    """
    inverse = _inverse(equations, weights)
    return None if inverse is None else inverse @ equations.target[equations.used]


def _inverse(equations: Equations, weights: FloatArray) -> FloatArray | None:
    """Return what turns the targets of the used equations into coefficients."""
    root = np.sqrt(weights[equations.used])
    columns = equations.columns[equations.used] * root[:, None]
    scale = np.sqrt(np.sum(columns**2, axis=0))
    if not np.all(scale > 0):
        return None
    left, sizes, right = np.linalg.svd(columns / scale, full_matrices=False)
    if not sizes[-1] > SINGULAR * sizes[0]:
        return None
    return np.asarray(((right.T / sizes) @ left.T) * root / scale[:, None])


def covariance(
    problem: Problem, equations: Equations, left: FloatArray, noise: Noise
) -> FloatArray:
    """Return the covariance of the coefficients; NaN where equations do not tell them.

    The level of the noise is the one that gives the weighted sum of squares that is left; the
    reference's against the region's is told by how both scatter (:func:`_ratio`). Widened for
    few frames.

    Parameters
    ----------
    problem : Problem
        Its weights are one over the variance of a frame's noise, but for a factor.
    equations : Equations
        As they were solved.
    left : ndarray, shape (n,)
        What the solution leaves of each equation.
    noise : Noise
        How it comes into the equations.

    Returns
    -------
    ndarray, shape (p, p)
    """
    inverse, used = _inverse(equations, problem.weights), equations.used
    if inverse is None:
        return np.full((equations.columns.shape[1],) * 2, np.nan)
    known = problem.weights > 0
    # A frame of no weight still enters integrals: as noisy as the noisiest of the others.
    variances = 1 / np.where(known, problem.weights, problem.weights[known].min())
    deviations = np.sqrt(variances)
    moved = np.concatenate(
        [noise.target * deviations, np.sqrt(_ratio(problem)) * noise.reference * deviations],
        axis=1,
    )[used]
    spread = inverse @ moved
    remains = moved - equations.columns[used] @ spread
    weights = problem.weights[used]
    expected = float(weights @ np.sum(remains**2, axis=1))
    freedom = int(used.sum()) - inverse.shape[0]
    level = float(weights @ left[used] ** 2) / expected if expected > 0 else 0.0
    return np.asarray(widened(freedom) ** 2 * level * (spread @ spread.T))


def _ratio(problem: Problem) -> float:
    """Return the variance of the reference's noise over that of the region's.

    Each is what scatters about a polynomial in the logarithm of time, after the first minutes;
    1 where there are too few frames, or no scatter, to tell.
    """
    middles, reference = problem.frames.middles, problem.reference
    late = (middles >= SETTLED) & (problem.weights > 0)
    if reference is None or late.sum() < FEWEST:
        return 1.0
    root = np.sqrt(problem.weights[late])
    powers = np.log(middles[late])[:, None] ** np.arange(DEGREE + 1)
    basis = np.linalg.qr(powers * root[:, None])[0]
    curves = np.stack([reference[late], problem.activity[late]], axis=1) * root[:, None]
    rest = curves - basis @ (basis.T @ curves)
    scatter = np.sum(rest**2, axis=0)
    if not scatter[1] > 0:
        return 1.0
    return float(min(scatter[0] / scatter[1], MOST))
