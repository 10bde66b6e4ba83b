"""How the spread of a response grows with the response."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError

__all__ = [
    "FAINT",
    "POWERS",
    "WEIGHTINGS",
    "Scatter",
    "alike",
    "known_at",
    "likeliest_power",
    "power_of",
    "size_of",
    "variance_of",
    "within",
]

POWERS = {"equal": 0.0, "1/y": 0.5, "1/y2": 1.0}
WEIGHTINGS = (*POWERS, "power")
FAINT = 0.01  # of the strongest response: fainter ones are held to be no more precise
FEWEST_GROUPS = 10  # to tell which of them scatters more than the others
FARTHEST = 4.0  # standard deviations
MEDIAN = 0.45493642311957283  # of a square of a standard normal number
TURNS = 3
LEAST_POWER, MOST_POWER = 0.0, 1.5


def power_of(weighting: str) -> float:
    """Return the power that a weighting fixes; NaN where it is to be estimated.

    Raises
    ------
    DataError
        If there is no such weighting.
    """
    if weighting not in WEIGHTINGS:
        raise DataError(
            f"no weighting is called {weighting!r}; possible: {', '.join(WEIGHTINGS)}"
        )
    return POWERS.get(weighting, float("nan"))


def size_of(responses: FloatArray, floor: float) -> FloatArray:
    """Return how strong responses are, for the noise: not fainter than `floor`."""
    return np.asarray(np.maximum(np.abs(responses), floor))


class Scatter(NamedTuple):
    """How much groups of wells differ that should be the same.

    Parameters
    ----------
    squares : ndarray, shape (k,)
        Sum of squares of each.
    freedom : ndarray, shape (k,)
        Degrees of freedom of each.
    size : ndarray, shape (k,)
        How strong its response is.
    """

    squares: FloatArray
    freedom: FloatArray
    size: FloatArray

    def __add__(self, other: object) -> Scatter:
        """Return both together."""
        if not isinstance(other, Scatter):
            return NotImplemented
        return Scatter(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))


def variance_of(scatter: Scatter, power: float) -> float:
    """Return the variance of a response whose size is 1."""
    scaled = scatter.squares * scatter.size ** (-2 * power)
    return float(scaled.sum() / scatter.freedom.sum())


def likeliest_power(scatter: Scatter) -> float:
    """Return the power of the response that its standard deviation most likely grows with.

    Pseudo-likelihood of squares whose variance is ``(sigma * size ** power) ** 2``, `sigma` at
    its best for each power [1]_.

    References
    ----------
    .. [1] Davidian and Giltinan (1995). Nonlinear Models for Repeated Measurement Data,
       chapter 2. Departure: the power is kept within 0 to 1.5.
    """
    log = np.log(scatter.size)
    log = log - np.average(log, weights=scatter.freedom)

    def unlikely(power: float) -> float:
        return float(np.log(max(np.sum(scatter.squares * np.exp(-2 * power * log)), 1e-300)))

    found = minimize_scalar(
        unlikely, bounds=(LEAST_POWER, MOST_POWER), method="bounded", options={"xatol": 1e-5}
    )
    return float(found.x)


def known_at(scatter: Scatter) -> tuple[float, float]:
    """Return the logarithm of the size at which the noise is best known, and its leverage.

    With the power estimated, the logarithm of the variance is a straight line on that of the
    size, and its variance is ``2 / n + 2 * leverage * distance ** 2``, as of any such line.
    """
    log = np.log(scatter.size)
    center = float(np.average(log, weights=scatter.freedom))
    return center, 1 / max(float(np.sum(scatter.freedom * (log - center) ** 2)), 1e-12)


def within(groups: Sequence[ArrayLike], *, floor: float) -> Scatter:
    """Return how much replicates differ, by group; those of one well tell nothing."""
    wells = [np.asarray(group, dtype=np.float64) for group in groups]
    wells = [group[np.isfinite(group)] for group in wells]
    wells = [group for group in wells if group.size > 1]
    return Scatter(
        np.array([float(np.sum((group - group.mean()) ** 2)) for group in wells]),
        np.array([group.size - 1.0 for group in wells]),
        size_of(np.array([float(group.mean()) for group in wells]), floor),
    )


def alike(scatter: Scatter, standards: Scatter, power: float) -> BoolArray:
    """Return which groups scatter as they and the standards do: a bubble is no noise of all.

    Left out is what is more than 4 robust standard deviations; of few groups none.
    """
    whole, many = scatter + standards, scatter.squares.size
    kept = np.ones(whole.squares.size, dtype=np.bool_)
    if kept.size < FEWEST_GROUPS:
        return kept[:many]
    for _ in range(TURNS):
        some = Scatter(*(part[kept] for part in whole))
        theta = likeliest_power(some) if np.isnan(power) else power
        scaled = whole.squares / whole.freedom * whole.size ** (-2 * theta)
        kept = scaled <= FARTHEST**2 * float(np.median(scaled)) / MEDIAN
    return kept[:many]
