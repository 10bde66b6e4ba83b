"""What readings of one plate have in common: the error of the curve they were read from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.plates.found import Curve, Panel, Reading
from interbeat.neurochemistry.standards._spec import SHAPES

__all__ = ["covariance", "label", "mean_response", "of_wells", "quantified"]


def quantified(readings: Iterable[Reading]) -> list[Reading]:
    """Return readings whose concentration is known, within the limits and above zero."""
    return [
        one for one in readings if not one.concentration.reason and one.concentration.value > 0
    ]


def label(one: Reading) -> str:
    """Return how a sample is called: its name, or of whom and when."""
    if one.name or not one.person:
        return one.name or one.places[0]
    return one.person if math.isnan(one.time) else f"{one.person} at {one.time:g} s"


def mean_response(one: Reading) -> float:
    """Return the mean of the responses of a reading that are numbers."""
    responses = np.array(one.responses)
    return float(responses[np.isfinite(responses)].mean())


def of_wells(curve: Curve, one: Reading) -> FloatArray:
    """Return the concentration that each well of a reading gives; NaN beyond the curve.

    Parameters
    ----------
    curve : Curve
        Of its plate.
    one : Reading
        Quantified.

    Returns
    -------
    ndarray, shape (wells,)
        In the unit of the run, of the undiluted sample.
    """
    shape = SHAPES[curve.shape]
    responses = np.array(one.responses)
    seen = responses[np.isfinite(responses)]
    middle = shape.concentration(curve.values, np.array([mean_response(one)]))[0]
    factor = one.concentration.value / middle  # dilution, and recovery of extraction
    return np.asarray(shape.concentration(curve.values, seen) * factor)


def covariance(readings: Sequence[tuple[Panel, Reading]]) -> FloatArray:
    """Return how the errors of concentrations hang together.

    Readings of one plate share the error of its curve: where it is off, all are off. Those of
    different plates share nothing.

    Parameters
    ----------
    readings : sequence of (Panel, Reading)
        Quantified, k of them, each with its plate.

    Returns
    -------
    ndarray, shape (k, k)
        Of the *logarithms* of the concentrations: relative errors.
    """
    relative = np.array([one.concentration.se / one.concentration.value for _, one in readings])
    slopes = [_by_parameters(panel.curve, one) for panel, one in readings]
    together = np.diag(relative**2)
    for i, (panel, _) in enumerate(readings):
        for j, (other, _) in enumerate(readings[:i]):
            if panel.curve is other.curve:
                shared = float(slopes[i] @ panel.curve.covariance @ slopes[j])
                most = 0.999 * relative[i] * relative[j]
                together[i, j] = together[j, i] = min(max(shared, -most), most)
    return together


def _by_parameters(curve: Curve, one: Reading) -> FloatArray:
    """Return by how much the logarithm of a concentration moves with the curve's parameters."""
    shape = SHAPES[curve.shape]
    at = shape.concentration(curve.values, np.array([mean_response(one)]))
    gradient = shape.gradient(curve.values, at)[0]
    return np.asarray(-gradient / (shape.slope(curve.values, at)[0] * at[0]))
