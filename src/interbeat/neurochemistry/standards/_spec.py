"""What a standard curve is, and how it registers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.registry import Registry

__all__ = ["SHAPES", "Shape", "has_place", "shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a standard curve: a response for each concentration.

    Parameters of many curves at once have the shape (p, k, 1): the responses are then (k, n),
    the gradient (k, n, p). Parameters whose unit is ``"concentration"`` or ``"1"`` are above 0;
    responses are linear in those whose unit begins with ``"response"``.

    Parameters
    ----------
    name : str
        ``"4PL"``, ``"5PL"``, ``"log-logit"``, ``"log-log"``, ``"line"``.
    title : str
        For people.
    source : str
        The paper.
    parameters : tuple of str
        Their names, in the order of the arrays below.
    units : tuple of str
        Of each: ``"response"``, ``"concentration"``, ``"1"``, ``"response/concentration"``.
    response : callable
        ``response(parameters, concentrations) -> responses``; concentration 0 is allowed.
    gradient : callable
        ``gradient(parameters, concentrations) -> (n, p)``: by each parameter.
    concentration : callable
        ``concentration(parameters, responses) -> concentrations``; NaN beyond the asymptotes.
    slope : callable
        ``slope(parameters, concentrations) -> d response / d concentration``.
    start : callable
        ``start(concentrations, responses) -> parameters`` to begin the fit with.
    falls : bool
        Whether it is for responses that fall with concentration only.
    logarithms : bool
        Whether it is a straight line of logarithms, from nothing up: a standard of zero has no
        logarithm and is left out, and noise is taken to shrink with the response down to the
        faintest standard.
    """

    name: str
    title: str
    source: str
    parameters: tuple[str, ...]
    units: tuple[str, ...]
    response: Callable[[FloatArray, FloatArray], FloatArray]
    gradient: Callable[[FloatArray, FloatArray], FloatArray]
    concentration: Callable[[FloatArray, FloatArray], FloatArray]
    slope: Callable[[FloatArray, FloatArray], FloatArray]
    start: Callable[[FloatArray, FloatArray], FloatArray]
    falls: bool = False
    logarithms: bool = False


SHAPES: Registry[Shape] = Registry(
    "standard curve", "interbeat.neurochemistry.standards", "interbeat.standards"
)


def shape(given: Shape) -> Shape:
    """Register a shape; return it."""
    SHAPES.add(given.name, given)
    return given


def has_place(given: Shape, concentrations: FloatArray) -> BoolArray:
    """Return which concentrations have a place on a curve: zero has none on a log-log line."""
    return np.asarray(concentrations > 0 if given.logarithms else concentrations >= 0)
