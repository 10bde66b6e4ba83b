"""What a measure is, and how it registers itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, ParamSpec

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.channels import CHANNELS
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.registry import Registry

__all__ = ["MEASURES", "Columns", "Family", "Measure", "Member", "measure"]

P = ParamSpec("P")


class Columns(NamedTuple):
    """Many estimates of one measure as arrays, shape (n,) each; see :class:`Estimate`."""

    values: FloatArray
    se: FloatArray
    quality: FloatArray
    n: IntArray
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Measures that share most of their work, such as the bands of one spectrum.

    Parameters
    ----------
    together : callable
        ``together(starts, ends, **channels) -> {name: Columns}``, all members at once.

    Examples
    --------
    A member's ``many`` is ``family["sd1"]``:

    >>> def both(starts, ends, *, beats):
    ...     return {"sd1": "columns of SD1", "sd2": "columns of SD2"}
    >>> Family(both)["sd2"](None, None, beats=None)
    'columns of SD2'
    """

    together: Callable[..., Mapping[str, Columns]]

    def __getitem__(self, name: str) -> Member:
        return Member(self, name)


@dataclass(frozen=True, slots=True)
class Member:
    """One measure of a :class:`Family`: the ``many`` of a :class:`Measure`."""

    family: Family
    name: str

    def __call__(self, starts: FloatArray, ends: FloatArray, **channels: object) -> Columns:
        return self.family.together(starts, ends, **channels)[self.name]


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
    window : float or None
        Seconds that each estimate of its track looks back; None where a second's news hardly
        changes it, so that it has no track: it is then given of whole recordings, of
        intervals, and of windows that someone asks for.
    source : str
        The paper, with its DOI.
    needs : tuple of str
        Channels that it takes, by the names of its parameters.
    helped_by : tuple of str
        Channels that it also takes where there are any: its parameters that may be None.
    spanned : bool
        Whether it also takes ``span``, the stretch of time it speaks of.
    function : callable
        ``function(**channels[, span]) -> Estimate``.
    many : callable or None
        The same for many stretches at once, ``many(starts, ends, **channels) -> Columns``,
        where one call a second would be too slow. Tested against ``function``. That of a
        :class:`Family` is computed once for all of its members.
    """

    name: str
    label: str
    unit: str
    window: float | None
    source: str
    needs: tuple[str, ...]
    helped_by: tuple[str, ...]
    spanned: bool
    function: Callable[..., Estimate]
    many: Callable[..., Columns] | None

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that it can take."""
        return (*self.needs, *self.helped_by)


MEASURES: Registry[Measure] = Registry("measure", "interbeat.measures", "interbeat.measures")


def measure(
    *,
    label: str,
    unit: str,
    window: float | None,
    source: str,
    many: Callable[..., Columns] | None = None,
) -> Callable[[Callable[P, Estimate]], Callable[P, Estimate]]:
    """Register a function as a measure; the function itself is returned unchanged.

    Its parameters are named after the channels it needs (:data:`CHANNELS`), and may include
    ``span``: the :class:`~interbeat.core.span.Span` that it speaks of. A channel without which
    it can do has the default None.

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
    parameters = inspect.signature(function).parameters
    taken = [p for p in parameters if p != "span"]
    needs = tuple(p for p in taken if parameters[p].default is inspect.Parameter.empty)
    unknown = [p for p in taken if p not in CHANNELS]
    if unknown or not needs:
        raise DataError(
            f"measure {name!r} takes {unknown or 'nothing'}, which are not channels; "
            f"possible: {', '.join(CHANNELS)}, span"
        )
    return Measure(
        name=name,
        needs=needs,
        helped_by=tuple(p for p in taken if p not in needs),
        spanned="span" in parameters,
        function=function,
        **about,
    )
