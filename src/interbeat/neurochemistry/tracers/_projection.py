"""Projection: models that are linear but for one rate, which is sought on a line.

Variable projection (Golub & Pereyra 1973, doi:10.1137/0710036): for each rate the linear
coefficients are those of least squares, so that what is left depends on the rate alone. The
whole range of rates is looked at first: no starting value, no local minimum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray

__all__ = ["SINGULAR", "Range", "covariance", "sought", "vertex"]

ROUNDS, POINTS = 5, 9  # each round narrows the bracket fourfold
SINGULAR = 1e-12  # reciprocal condition of a matrix of normed columns
Left = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Range:
    """Rates that are looked at, evenly in their logarithm.

    Parameters
    ----------
    least, most : float
        In 1/min.
    number : int
        How many.
    """

    least: float
    most: float
    number: int

    @property
    def rates(self) -> FloatArray:
        """All of them, in 1/min."""
        return np.geomspace(self.least, self.most, self.number)


def sought(explained: Left, rates: Range) -> tuple[float, bool]:
    """Return the rate that explains most, and whether it is at the end of the range.

    Parameters
    ----------
    explained : callable
        Of rates, shape (m,): how much of the sum of squares each explains.
    rates : Range
        Where to look.

    Returns
    -------
    rate : float
        In 1/min.
    at_end : bool
        Whether it lies at the first or last rate of the range.
    """
    logs = np.log(rates.rates)
    gains = explained(np.exp(logs))
    best = int(np.argmax(gains))
    if best in {0, logs.size - 1}:
        return float(np.exp(logs[best])), True
    center, half = float(logs[best]), float(logs[1] - logs[0])
    for _ in range(ROUNDS):
        near = np.linspace(center - half, center + half, POINTS)
        gains = explained(np.exp(near))
        best = min(max(int(np.argmax(gains)), 1), POINTS - 2)
        center, half = float(near[best]), float(near[1] - near[0])
    shift = float(vertex(gains[best - 1], gains[best], gains[best + 1]))
    return float(np.exp(center + shift * half)), False


def vertex(before: FloatArray, peak: FloatArray, after: FloatArray) -> FloatArray:
    """Return where the parabola through three values peaks, in steps from the middle one.

    Examples
    --------
    >>> float(vertex(np.array(0.0), np.array(3.0), np.array(2.0)))
    0.25
    """
    bend = 2 * peak - before - after
    flat = bend <= 0
    shift = (after - before) / np.where(flat, 1.0, 2 * bend)
    return np.asarray(np.where(flat, 0.0, np.clip(shift, -1.0, 1.0)), dtype=np.float64)


def covariance(columns: FloatArray, weights: FloatArray, variance: float) -> FloatArray | None:
    """Return the covariance of coefficients of weighted least squares; None where singular.

    Parameters
    ----------
    columns : ndarray, shape (n, p)
        What the coefficients multiply, or the Jacobian at the optimum.
    weights : ndarray, shape (n,)
        Of the frames.
    variance : float
        Of a frame of weight 1.

    Returns
    -------
    ndarray, shape (p, p), or None
    """
    normal = columns.T @ (columns * weights[:, None])
    scale = np.sqrt(np.diag(normal))
    if not np.all(scale > 0):
        return None
    normed = normal / np.outer(scale, scale)
    values = np.linalg.eigvalsh(normed)
    if not values[0] > SINGULAR * values[-1]:
        return None
    return np.asarray(variance * np.linalg.inv(normed) / np.outer(scale, scale))
