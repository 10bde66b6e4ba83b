"""Responses: when the skin answered with sweat, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.events import Events

__all__ = ["Responses"]


@dataclass(frozen=True, slots=True, eq=False)
class Responses(Events):
    """Skin conductance responses of one person.

    Parameters
    ----------
    times : array_like, shape (n,)
        Onset of each response in seconds since the session began, strictly increasing.
    peaks : array_like, shape (n,)
        Time of each peak (s), not before its onset.
    amplitude : array_like, shape (n,)
        Rise from onset to peak in µS, positive.
    person : str
        Whose skin.

    Raises
    ------
    DataError
        If the shapes differ, onsets do not increase, a peak precedes its onset or an amplitude
        is not positive.

    Examples
    --------
    >>> len(Responses([1.0, 9.0], [3.0, 11.5], [0.2, 0.4], person="a").between(0, 5))
    1
    """

    noun: ClassVar[str] = "response"

    times: FloatArray
    peaks: FloatArray
    amplitude: FloatArray
    person: str

    if TYPE_CHECKING:  # what the constructor takes, before it makes arrays of it

        def __init__(
            self, times: ArrayLike, peaks: ArrayLike, amplitude: ArrayLike, person: str
        ) -> None: ...

    def __post_init__(self) -> None:
        self._freeze(peaks=float, amplitude=float)
        if not (self.peaks >= self.times).all():
            raise DataError("a response cannot peak before its onset")
        if not (self.amplitude > 0).all():
            raise DataError("the amplitude of a response must be positive, in µS")
