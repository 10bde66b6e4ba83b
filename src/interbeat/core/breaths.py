"""Breaths: when a person breathed in, how deeply, and which breaths can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.events import Events

__all__ = ["Breaths"]


@dataclass(frozen=True, slots=True, eq=False)
class Breaths(Events):
    """Breaths of one person: breath i lasts from ``times[i]`` to ``times[i + 1]``.

    Parameters
    ----------
    times : array_like, shape (n,)
        Onset of each inspiration in seconds since the session began, strictly increasing.
    peaks : array_like, shape (n,)
        End of each inspiration (s), after its onset and not after the next onset; NaN where
        it was not seen.
    depth : array_like, shape (n,)
        Rise from onset to peak, in the unit of the channel; NaN where it was not seen.
    normal : array_like of bool, shape (n,)
        False for the first breath after a gap, and for one that is too long, too shallow or
        too noisy to trust.
    person : str
        Who breathed.

    Raises
    ------
    DataError
        If the shapes differ, an onset is not finite or does not increase, or a peak lies
        outside its breath.

    Examples
    --------
    >>> b = Breaths([0, 4, 8], [1.6, 5.6, 9.6], [1, 1, 1], [True, True, True], person="a")
    >>> b.rate_bpm
    array([15., 15.])
    >>> b.phase([1.0, 6.0])
    array([0.25, 0.5 ])
    """

    noun: ClassVar[str] = "breath"

    times: FloatArray
    peaks: FloatArray
    depth: FloatArray
    normal: BoolArray
    person: str

    if TYPE_CHECKING:  # what the constructor takes, before it makes arrays of it

        def __init__(  # noqa: PLR0917
            self,
            times: ArrayLike,
            peaks: ArrayLike,
            depth: ArrayLike,
            normal: ArrayLike,
            person: str,
        ) -> None: ...

    def __post_init__(self) -> None:
        self._freeze(peaks=float, depth=float, normal=bool)
        early = self.peaks < self.times
        late = self.peaks[:-1] > self.times[1:]
        if early.any() or late.any():
            raise DataError("the peak of a breath must lie between its onset and the next one")

    @property
    def rate_bpm(self) -> FloatArray:
        """Breaths per minute from each onset to the next, shape (n - 1,)."""
        return 60 / np.diff(self.times)

    @property
    def whole(self) -> BoolArray:
        """Which onset-to-onset cycles are trusted at both ends, shape (n - 1,)."""
        return self.normal[1:] & self.normal[:-1]

    def phase(self, times: ArrayLike) -> FloatArray:
        """Return how far through its breath each of `times` (s) is, 0 to 1.

        NaN before the first onset, after the last one, and in cycles that are not ``whole``.
        """
        at = np.asarray(times, dtype=np.float64)
        if len(self) < 2:
            return np.full(at.shape, np.nan)
        k = np.clip(np.searchsorted(self.times, at, side="right") - 1, 0, len(self) - 2)
        fraction = (at - self.times[k]) / np.diff(self.times)[k]
        known = (fraction >= 0) & (fraction < 1) & self.whole[k]
        return np.where(known, fraction, np.nan)
