"""Log-logit: the curve of competitive assays whose response falls to nothing."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.standards._spec import Shape, shape
from interbeat.neurochemistry.standards.logistic4 import LOGISTIC4

__all__ = ["LOG_LOGIT"]

KEPT = [0, 2, 3]  # parameters of the four-parameter logistic; the other is zero


def _whole(parameters: FloatArray) -> FloatArray:
    """Return the four-parameter logistic that falls to nothing."""
    zero, middle, slope = parameters
    return np.array([zero, np.zeros_like(zero), middle, slope])


def _response(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    return LOGISTIC4.response(_whole(parameters), concentrations)


def _gradient(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    return LOGISTIC4.gradient(_whole(parameters), concentrations)[..., KEPT]


def _concentration(parameters: FloatArray, responses: FloatArray) -> FloatArray:
    return LOGISTIC4.concentration(_whole(parameters), responses)


def _slope(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    return LOGISTIC4.slope(_whole(parameters), concentrations)


def _start(concentrations: FloatArray, responses: FloatArray) -> FloatArray:
    """Return the straight line through the logits of what is within 2 to 98 % of the top."""
    zero = float(responses.max())
    share = np.clip(responses / max(zero, 1e-300), 0.02, 0.98)
    some = concentrations > 0
    log, logit = np.log(concentrations[some]), np.log(1 / share[some] - 1)
    centered = log - log.mean()
    slope = float(centered @ logit / max(centered @ centered, 1e-300))
    slope = float(np.clip(slope, 0.2, 5.0))
    return np.array([zero, np.exp(log.mean() - logit.mean() / slope), slope])


LOG_LOGIT = shape(
    Shape(
        "log-logit",
        "Log-logit line",
        "Rodbard (1974), Clinical Chemistry 20:1255",
        ("response at zero", "EC50", "slope"),
        ("response", "concentration", "1"),
        _response,
        _gradient,
        _concentration,
        _slope,
        _start,
        falls=True,
    )
)
