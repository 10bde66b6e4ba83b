"""Linear models: least squares whose errors hang together, and standard errors that know it.

In graphical and multilinear analyses each equation holds the integral of a noisy curve: the
errors of two frames share the noise of all frames before them, and ordinary standard errors are
too small. Here the noise is that of the frames, independent, its variance over their weights;
it is carried through the integrals into the equations and from them into the coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.neurochemistry.tracers._answers import widened
from interbeat.neurochemistry.tracers._projection import SINGULAR

__all__ = ["Equations", "Solved", "solved"]


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """One equation for each frame; only those of `used` are solved.

    Parameters
    ----------
    columns : ndarray, shape (n, p)
        What the coefficients multiply.
    target : ndarray, shape (n,)
        What they explain.
    used : ndarray of bool, shape (n,)
        Which frames.
    weights : ndarray, shape (n,)
        Of the frames; the variance of a frame's noise is one over them, but for a factor.
    """

    columns: FloatArray
    target: FloatArray
    used: BoolArray
    weights: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Coefficients, shape (p,), and how noise makes them err.

    Parameters
    ----------
    values : ndarray, shape (p,)
        The coefficients.
    """

    values: FloatArray
    equations: Equations
    inverse: FloatArray

    def covariance(self, noise: FloatArray) -> FloatArray:
        """Return the covariance of the coefficients, shape (p, p).

        Parameters
        ----------
        noise : ndarray, shape (n, n)
            By how much the noise of each frame (columns) moves each equation (rows).
        """
        given, used = self.equations, self.equations.used
        known = given.weights > 0
        # A frame of no weight still enters integrals: as noisy as the noisiest of the others.
        variances = 1 / np.where(known, given.weights, given.weights[known].min())
        moved = noise[used] * np.sqrt(variances)
        left = given.target[used] - given.columns[used] @ self.values
        remains = moved - given.columns[used] @ (self.inverse @ moved)
        weights = given.weights[used]
        expected = float(weights @ np.sum(remains**2, axis=1))
        freedom = int(used.sum()) - self.values.size
        factor = float(weights @ left**2) / expected if expected > 0 else 0.0
        spread = self.inverse @ moved
        return np.asarray(widened(freedom) ** 2 * factor * (spread @ spread.T))


def solved(equations: Equations) -> Solved | None:
    """Return the coefficients by weighted least squares; None where equations do not tell them.

    Parameters
    ----------
    equations : Equations
        More than there are coefficients.

    Returns
    -------
    Solved or None

    Examples
    --------
    >>> x = np.arange(4.0)
    >>> columns = np.stack([x, np.ones(4)], axis=1)
    >>> line = solved(Equations(columns, 2 * x + 1, x >= 0, np.ones(4)))
    >>> line.values.round(6)
    array([2., 1.])
    """
    used = equations.used
    root = np.sqrt(equations.weights[used])
    columns = equations.columns[used] * root[:, None]
    scale = np.sqrt(np.sum(columns**2, axis=0))
    if not np.all(scale > 0):
        return None
    left, sizes, right = np.linalg.svd(columns / scale, full_matrices=False)
    if not sizes[-1] > SINGULAR * sizes[0]:
        return None
    inverse = ((right.T / sizes) @ left.T) * root / scale[:, None]
    return Solved(inverse @ equations.target[used], equations, inverse)
