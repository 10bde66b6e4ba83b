"""Log-log: a straight line of the logarithms, for assays of which no plateau was reached."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.standards._grid import logs
from interbeat.neurochemistry.standards._spec import Shape, shape

__all__ = ["LOG_LOG"]

FAINT = 1e-3  # of the strongest response, to begin with: one of zero has no logarithm
LARGEST = 300.0  # logarithm of a power, so that its square is a number still
SLOPES = (0.05, 20.0)


def _power(slope: FloatArray, concentrations: FloatArray) -> FloatArray:
    return np.asarray(np.exp(np.minimum(slope * logs(concentrations), LARGEST)))


def _response(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    one, slope = parameters
    return np.asarray(one * _power(slope, concentrations))


def _gradient(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    one, slope = parameters
    power = _power(slope, concentrations)
    return np.stack(np.broadcast_arrays(power, one * power * logs(concentrations)), axis=-1)


def _concentration(parameters: FloatArray, responses: FloatArray) -> FloatArray:
    one, slope = parameters
    share = responses / one
    found = np.exp(np.minimum(np.log(np.where(share > 0, share, 1.0)) / slope, 2 * LARGEST))
    return np.asarray(np.where(share > 0, found, np.where(share == 0, 0.0, np.nan)))


def _slope(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    one, slope = parameters
    steep = (slope - 1) * logs(concentrations)
    steep = one * slope * np.exp(np.minimum(steep, 2 * LARGEST))
    # at zero it is none or endless: a straight line of logarithms tells no error there
    return np.asarray(np.where(concentrations > 0, steep, 0.0))


def _start(concentrations: FloatArray, responses: FloatArray) -> FloatArray:
    """Return the straight line through the logarithms of the standards above zero."""
    some = concentrations > 0
    strongest = max(float(np.abs(responses).max()), 1e-300)
    log = np.log(concentrations[some])
    height = np.log(np.maximum(responses[some], FAINT * strongest))
    centered = log - log.mean()
    slope = float(centered @ height / max(float(centered @ centered), 1e-300))
    slope = float(np.clip(slope, *SLOPES))
    one = np.clip(height.mean() - slope * log.mean(), -2 * LARGEST, 2 * LARGEST)
    return np.array([np.exp(one), slope])


LOG_LOG = shape(
    Shape(
        "log-log",
        "Log-log line",
        "Draper and Smith (1998), Applied Regression Analysis, doi:10.1002/9781118625590",
        ("response at one", "slope"),
        ("response", "1"),
        _response,
        _gradient,
        _concentration,
        _slope,
        _start,
        logarithms=True,
    )
)
