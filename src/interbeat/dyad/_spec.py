"""What a coupling index is, and how it registers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec

from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.registry import Registry
from interbeat.dyad.coupling import Coupling

__all__ = ["INDICES", "Index", "index"]

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Index:
    """An index of coupling: a test of two series, and what to say about it.

    Parameters
    ----------
    name : str
        Key in results: the function's name, e.g. ``"phase_locking"``.
    label : str
        For people: ``"Phase locking"``.
    source : str
        The paper, with its DOI.
    function : callable
        ``function(x, y, *, sampling_rate, signal="", ...) -> Coupling``: the index with its
        uncertainty and its own null.
    prepare : callable
        ``prepare(values, sampling_rate) -> (values, rate)``: one person's series as `statistic`
        takes it, so that a person who is compared with many is prepared once.
    statistic : callable
        ``statistic(x, y, rate) -> float`` of two prepared series of equal length; larger: more
        tied. NaN where too little of both is there. What the null of `function` is made of,
        and what pseudo-dyads are compared by.
    """

    name: str
    label: str
    source: str
    function: Callable[..., Coupling]
    prepare: Callable[[FloatArray, float], tuple[FloatArray, float]]
    statistic: Callable[[FloatArray, FloatArray, float], float]

    def __call__(
        self,
        x: ArrayLike,
        y: ArrayLike,
        *,
        sampling_rate: float,
        signal: str = "",
        **settings: Any,  # noqa: ANN401 - each index has its own
    ) -> Coupling:
        """Return the index of two series: what `function` returns."""
        return self.function(x, y, sampling_rate=sampling_rate, signal=signal, **settings)


INDICES: Registry[Index] = Registry("index", "interbeat.dyad.indices", "interbeat.indices")


def index(
    *,
    label: str,
    source: str,
    prepare: Callable[[FloatArray, float], tuple[FloatArray, float]],
    statistic: Callable[[FloatArray, FloatArray, float], float],
) -> Callable[[Callable[P, Coupling]], Callable[P, Coupling]]:
    """Register a function as an index; the function itself is returned unchanged.

    Parameters
    ----------
    label, source : str
        For people, and the paper with its DOI.
    prepare, statistic : callable
        See :class:`Index`.

    Returns
    -------
    callable
        The decorator.

    Raises
    ------
    DataError
        If the name is taken.
    """

    def register(function: Callable[P, Coupling]) -> Callable[P, Coupling]:
        name = function.__name__
        INDICES.add(name, Index(name, label, source, function, prepare, statistic))
        return function

    return register
