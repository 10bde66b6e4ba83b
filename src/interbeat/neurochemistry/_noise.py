"""How the spread of a response grows with the response."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["FAINT", "POWERS", "WEIGHTINGS", "likeliest_power", "power_of", "size_of"]

POWERS = {"equal": 0.0, "1/y": 0.5, "1/y2": 1.0}
WEIGHTINGS = (*POWERS, "power")
FAINT = 0.01  # of the strongest response: fainter ones are held to be no more precise
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


def likeliest_power(off: FloatArray, size: FloatArray) -> float:
    """Return the power of the response that its standard deviation most likely grows with.

    Pseudo-likelihood of residuals `off` whose standard deviation is ``sigma * size ** power``,
    `sigma` at its best for each power [1]_.

    References
    ----------
    .. [1] Davidian and Giltinan (1995). Nonlinear models for repeated measurement data,
       chapter 2. Departure: the power is kept within 0 to 1.5.
    """
    log = np.log(size)

    def unlikely(power: float) -> float:
        squares = float(np.mean((off * np.exp(-power * (log - log.mean()))) ** 2))
        return float(np.log(max(squares, 1e-300)) / 2)

    found = minimize_scalar(
        unlikely, bounds=(LEAST_POWER, MOST_POWER), method="bounded", options={"xatol": 1e-4}
    )
    return float(found.x)
