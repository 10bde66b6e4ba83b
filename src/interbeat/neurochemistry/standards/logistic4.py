"""Four-parameter logistic: the standard curve of most immunoassays."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.standards._grid import begin, logs, middles
from interbeat.neurochemistry.standards._spec import Shape, shape

__all__ = ["LOGISTIC4"]

SLOPES = np.array([0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.5, 4.0])


def _share(middle: FloatArray, slope: FloatArray, concentrations: FloatArray) -> FloatArray:
    """Return how much of the way from infinity back to zero the response is."""
    return np.asarray(expit(slope * (np.log(middle) - logs(concentrations))))


def _response(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    zero, infinity, middle, slope = parameters
    return np.asarray(infinity + (zero - infinity) * _share(middle, slope, concentrations))


def _gradient(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    zero, infinity, middle, slope = parameters
    share = _share(middle, slope, concentrations)
    steep = (zero - infinity) * share * (1 - share)
    by_slope = steep * (np.log(middle) - logs(concentrations))
    return np.stack([share, 1 - share, steep * slope / middle, by_slope], axis=-1)


def _concentration(parameters: FloatArray, responses: FloatArray) -> FloatArray:
    zero, infinity, middle, slope = parameters
    share = (responses - infinity) / (zero - infinity)
    inside = (share > 0) & (share <= 1)
    odds = 1 / np.where(inside, share, 1.0) - 1
    return np.asarray(np.where(inside, middle * odds ** (1 / slope), np.nan))


def _slope(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    zero, infinity, middle, slope = parameters
    log = logs(concentrations)
    far = slope * (log - np.log(middle))
    # the logarithm of u / (1 + u)^2 / x with u = (x / middle)^slope, finite for x = 0 also
    steep = far - 2 * np.logaddexp(0.0, far) - log
    return np.asarray((infinity - zero) * slope * np.exp(np.minimum(steep, 700.0)))


def _start(concentrations: FloatArray, responses: FloatArray) -> FloatArray:
    middle, slope = (
        grid.ravel()[:, None] for grid in np.meshgrid(middles(concentrations), SLOPES)
    )
    best = begin(_share(middle, slope, concentrations), responses)
    ends = best.zero, best.infinity
    return np.array([*ends, middle[best.which, 0], slope[best.which, 0]])


LOGISTIC4 = shape(
    Shape(
        "4PL",
        "Four-parameter logistic",
        "Rodbard and Frazier (1975), Methods in Enzymology 37:3",
        ("response at zero", "response at infinity", "EC50", "slope"),
        ("response", "response", "concentration", "1"),
        _response,
        _gradient,
        _concentration,
        _slope,
        _start,
    )
)
