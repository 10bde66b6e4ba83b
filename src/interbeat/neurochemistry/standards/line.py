"""Straight line: assays of protein, enzyme activity, and the lower part of many others."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.standards._spec import Shape, shape

__all__ = ["LINE"]


def _response(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    zero, slope = parameters
    return np.asarray(zero + slope * concentrations)


def _gradient(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    ones = np.ones(np.broadcast_shapes(np.shape(parameters[0]), np.shape(concentrations)))
    return np.stack([ones, ones * concentrations], axis=-1)


def _concentration(parameters: FloatArray, responses: FloatArray) -> FloatArray:
    zero, slope = parameters
    found = (responses - zero) / slope
    return np.asarray(np.where(found >= 0, found, np.nan))


def _slope(parameters: FloatArray, concentrations: FloatArray) -> FloatArray:
    return np.asarray(parameters[1] + 0.0 * concentrations)


def _start(concentrations: FloatArray, responses: FloatArray) -> FloatArray:
    centered = concentrations - concentrations.mean()
    slope = float(centered @ responses / max(centered @ centered, 1e-300))
    return np.array([responses.mean() - slope * concentrations.mean(), slope])


LINE = shape(
    Shape(
        "line",
        "Straight line",
        "Draper and Smith (1998), Applied Regression Analysis, doi:10.1002/9781118625590",
        ("response at zero", "slope"),
        ("response", "response/concentration"),
        _response,
        _gradient,
        _concentration,
        _slope,
        _start,
    )
)
