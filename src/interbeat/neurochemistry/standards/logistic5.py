"""Five-parameter logistic: one bend may be sharper than the other."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.standards._grid import begin, logs, middles
from interbeat.neurochemistry.standards._spec import Shape, shape

__all__ = ["LOGISTIC5"]

SLOPES = np.array([0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.5, 4.0])
ASYMMETRIES = np.array([0.3, 0.5, 1.0, 2.0, 4.0])


def _far(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    """Return the logarithm of what is added to 1 before the power is taken.

    Its constant makes the middle parameter the concentration of the middle response, whatever
    the asymmetry; without it, it would be a number that says nothing by itself and goes to
    zero or infinity with the asymmetry.
    """
    _, _, middle, slope, asymmetry = parameters
    halved = np.log(np.expm1(np.log(2.0) / asymmetry))
    return np.asarray(slope * (logs(concentrations) - np.log(middle)) + halved)


def _share(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    asymmetry = parameters[4]
    bent = np.logaddexp(0.0, _far(parameters, concentrations))
    return np.asarray(np.exp(-asymmetry * bent))


def _response(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    zero, infinity = parameters[:2]
    return np.asarray(infinity + (zero - infinity) * _share(parameters, concentrations))


def _gradient(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    zero, infinity, middle, slope, asymmetry = parameters
    far = _far(parameters, concentrations)
    bent = np.logaddexp(0.0, far)
    share = np.exp(-asymmetry * bent)
    height = (zero - infinity) * share
    by_far = -height * asymmetry * np.exp(far - bent)
    two = np.log(2.0) / asymmetry
    halving = -two / asymmetry / -np.expm1(-two)  # of the constant, by the asymmetry
    return np.stack(
        [
            share,
            1 - share,
            -by_far * slope / middle,
            by_far * (logs(concentrations) - np.log(middle)),
            by_far * halving - height * bent,
        ],
        axis=-1,
    )


def _concentration(parameters: FloatArray, responses: FloatArray) -> FloatArray:
    zero, infinity, middle, slope, asymmetry = parameters
    share = (responses - infinity) / (zero - infinity)
    inside = (share > 0) & (share <= 1)
    added = np.expm1(-np.log(np.where(inside, share, 1.0)) / asymmetry)
    odds = added / np.expm1(np.log(2.0) / asymmetry)
    return np.asarray(np.where(inside, middle * odds ** (1 / slope), np.nan))


def _slope(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    zero, infinity, _, slope, asymmetry = parameters
    far = _far(parameters, concentrations)
    steep = far - (asymmetry + 1) * np.logaddexp(0.0, far) - logs(concentrations)
    return np.asarray((infinity - zero) * slope * asymmetry * np.exp(np.minimum(steep, 700.0)))


def _start(concentrations: FloatArray, responses: FloatArray) -> FloatArray:
    grids = np.meshgrid(middles(concentrations), SLOPES, ASYMMETRIES)
    middle, slope, asymmetry = (grid.ravel()[:, None] for grid in grids)
    curves = np.broadcast_arrays(0.0, 0.0, middle, slope, asymmetry)
    best = begin(_share(np.array(curves), concentrations), responses)
    rest = (grid[best.which, 0] for grid in (middle, slope, asymmetry))
    return np.array([best.zero, best.infinity, *rest])


LOGISTIC5 = shape(
    Shape(
        "5PL",
        "Five-parameter logistic",
        "Gottschalk and Dunn (2005), Analytical Biochemistry 343:54, "
        "doi:10.1016/j.ab.2005.04.035",
        ("response at zero", "response at infinity", "EC50", "slope", "asymmetry"),
        ("response", "response", "concentration", "1", "1"),
        _response,
        _gradient,
        _concentration,
        _slope,
        _start,
    )
)
