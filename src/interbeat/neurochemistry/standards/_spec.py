"""What a standard curve is, and how it registers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from interbeat.core.arrays import FloatArray
from interbeat.core.registry import Registry

__all__ = ["SHAPES", "Shape", "shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a standard curve: a response for each concentration.

    Parameters of many curves at once have the shape (p, k, 1): the responses are then (k, n),
    the gradient (k, n, p). Parameters whose unit is ``"concentration"`` or ``"1"`` are above 0;
    responses are linear in those whose unit begins with ``"response"``.

    Parameters
    ----------
    name : str
        ``"4PL"``, ``"5PL"``, ``"log-logit"``, ``"line"``.
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


SHAPES: Registry[Shape] = Registry(
    "standard curve", "interbeat.neurochemistry.standards", "interbeat.standards"
)


def shape(given: Shape) -> Shape:
    """Register a shape; return it."""
    SHAPES.add(given.name, given)
    return given
