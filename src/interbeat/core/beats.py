"""Beats: when a heart beat, and which of those beats can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.events import Events

__all__ = ["Beats"]


@dataclass(frozen=True, slots=True, eq=False)
class Beats(Events):
    """Heartbeats of one person over a stretch of time.

    Parameters
    ----------
    times : array_like, shape (n,)
        Beat instants (R peaks or pulse feet) in seconds since the session began,
        strictly increasing.
    normal : array_like of bool, shape (n,)
        False for a beat that is ectopic, misplaced, or the first after a missed beat or a gap.
        Nothing is ever moved, only marked.
    person : str
        Whose heart, e.g. ``"a"`` or ``"b"``.

    Raises
    ------
    DataError
        If the shapes differ, a time is not finite, or times do not increase.

    Examples
    --------
    >>> beats = Beats.from_rr([800, 810, 790], person="a")
    >>> beats.times
    array([0.  , 0.8 , 1.61, 2.4 ])
    >>> beats.rr_ms
    array([800., 810., 790.])
    """

    noun: ClassVar[str] = "beat"

    times: FloatArray
    normal: BoolArray
    person: str

    if TYPE_CHECKING:  # what the constructor takes, before it makes arrays of it

        def __init__(
            self,
            times: ArrayLike,
            normal: ArrayLike,
            person: str,
        ) -> None: ...

    def __post_init__(self) -> None:
        self._freeze(normal=bool)

    @classmethod
    def at(cls, times: ArrayLike, person: str) -> Beats:
        """Return beats at `times` (s), all of them taken as normal."""
        times = np.asarray(times, dtype=np.float64)
        return cls(times, np.ones(times.shape, dtype=np.bool_), person)

    @classmethod
    def from_rr(cls, rr_ms: ArrayLike, person: str, start: float = 0.0) -> Beats:
        """Return the beats that bound `rr_ms` (ms), the first of them at `start` (s)."""
        rr = np.asarray(rr_ms, dtype=np.float64)
        return cls.at(start + np.concatenate(([0.0], np.cumsum(rr))) / 1000, person)

    @property
    def rr_ms(self) -> FloatArray:
        """RR intervals in milliseconds, shape (n - 1,); normal or not."""
        return np.diff(self.times) * 1000

    @property
    def nn(self) -> BoolArray:
        """Which RR intervals are normal-to-normal, shape (n - 1,)."""
        return self.normal[1:] & self.normal[:-1]
