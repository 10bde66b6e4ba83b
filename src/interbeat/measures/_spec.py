"""What a measure is, and how it registers itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, ParamSpec

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.channels import CHANNELS
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.registry import Registry

__all__ = ["MEASURES", "Columns", "Measure", "measure"]

P = ParamSpec("P")


class Columns(NamedTuple):
    """Many estimates of one measure as arrays, shape (n,) each; see :class:`Estimate`."""

    values: FloatArray
    se: FloatArray
    quality: FloatArray
    n: IntArray
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: a pure function over one stretch of time, and what to say about it.

    Parameters
    ----------
    name : str
        Key in results: the function's name, e.g. ``"rmssd"``.
    label : str
        For people: ``"RMSSD"``.
    unit : str
        Of its estimates.
    window : float
        Seconds that each estimate of its track looks back.
    source : str
        The paper, with its DOI.
    needs : tuple of str
        Channels that it takes, by the names of its parameters.
    spanned : bool
        Whether it also takes ``span``, the stretch of time it speaks of.
    function : callable
        ``function(**channels[, span]) -> Estimate``.
    many : callable or None
        The same for many stretches at once, ``many(starts, ends, **channels) -> Columns``,
        where one call a second would be too slow. Tested against ``function``.
    """

    name: str
    label: str
    unit: str
    window: float
    source: str
    needs: tuple[str, ...]
    spanned: bool
    function: Callable[..., Estimate]
    many: Callable[..., Columns] | None


MEASURES: Registry[Measure] = Registry("measure", "interbeat.measures", "interbeat.measures")


def measure(
    *,
    label: str,
    unit: str,
    window: float,
    source: str,
    many: Callable[..., Columns] | None = None,
) -> Callable[[Callable[P, Estimate]], Callable[P, Estimate]]:
    """Register a function as a measure; the function itself is returned unchanged.

    Its parameters are named after the channels it needs (:data:`CHANNELS`), and may include
    ``span``: the :class:`~interbeat.core.span.Span` that it speaks of.

    Raises
    ------
    DataError
        If a parameter is not a channel, or the name is taken.
    """

    def register(function: Callable[P, Estimate]) -> Callable[P, Estimate]:
        spec = _spec(function, label=label, unit=unit, window=window, source=source, many=many)
        MEASURES.add(spec.name, spec)
        return function

    return register


def _spec(
    function: Callable[..., Estimate],
    **about: Any,  # noqa: ANN401 - passed on, typed by measure()
) -> Measure:
    name = function.__name__
    parameters = list(inspect.signature(function).parameters)
    needs = tuple(p for p in parameters if p != "span")
    unknown = [p for p in needs if p not in CHANNELS]
    if unknown or not needs:
        raise DataError(
            f"measure {name!r} takes {unknown or 'nothing'}, which are not channels; "
            f"possible: {', '.join(CHANNELS)}, span"
        )
    return Measure(
        name=name, needs=needs, spanned="span" in parameters, function=function, **about
    )
