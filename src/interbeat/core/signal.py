"""Signal: evenly sampled values of one sensor on one person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, frozen_floats, same_fields
from interbeat.core.errors import DataError

__all__ = ["Signal"]

ROUNDING = 1e-6  # of a sample: what adding up seconds in floating point may cost


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """Evenly sampled values of one sensor on one person.

    Parameters
    ----------
    values : array_like, shape (n,)
        Samples in `unit`; a lost sample is NaN.
    sampling_rate : float
        In Hz. There is no default, anywhere.
    unit : str
        E.g. ``"mV"``, ``"µS"``; ``"a.u."`` where the sensor has none.
    person : str
        Whose sensor, e.g. ``"a"`` or ``"b"``.
    start : float
        Time of the first sample in seconds since the session began.

    Raises
    ------
    DataError
        If the sampling rate is not a positive number, the start is not finite or the values
        are not one row of numbers.

    Examples
    --------
    >>> s = Signal([1.0, 2.0, 3.0, 4.0], sampling_rate=4, unit="µS", person="a", start=0)
    >>> s.between(0.25, 0.75).values
    array([2., 3.])
    >>> s.between(0, 0.5).then(s.between(0.5, 1)) == s
    True
    """

    values: FloatArray
    sampling_rate: float
    unit: str
    person: str
    start: float

    if TYPE_CHECKING:  # what the constructor takes, before it makes arrays of it

        def __init__(  # noqa: PLR0917
            self, values: ArrayLike, sampling_rate: float, unit: str, person: str, start: float
        ) -> None: ...

    def __post_init__(self) -> None:
        rate, start = float(self.sampling_rate), float(self.start)
        if not (math.isfinite(rate) and rate > 0):
            raise DataError(f"a sampling rate is a positive number of Hz, not {rate}")
        if not math.isfinite(start):
            raise DataError(f"a signal starts at a finite time in seconds, not {start}")
        object.__setattr__(self, "values", frozen_floats(self.values, "values"))
        object.__setattr__(self, "sampling_rate", rate)
        object.__setattr__(self, "start", start)

    def __len__(self) -> int:
        return int(self.values.size)

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def end(self) -> float:
        """Time just after the last sample, in seconds."""
        return self.start + len(self) / self.sampling_rate

    @property
    def times(self) -> FloatArray:
        """Time of each sample in seconds, shape (n,)."""
        return self.start + np.arange(len(self)) / self.sampling_rate

    def between(self, start: float, end: float) -> Signal:
        """Return the samples with ``start <= time < end`` (s)."""
        i = self._first_at(start)
        j = max(self._first_at(end), i)
        return self._with(self.values[i:j], self.start + i / self.sampling_rate)

    def then(self, later: Signal) -> Signal:
        """Return these samples followed by `later`, NaN where samples were lost between.

        Raises
        ------
        DataError
            If `later` overlaps, or is of another person, rate or unit.
        """
        self._check_joins(later)
        lost = round((later.start - self.end) * self.sampling_rate)
        if lost < 0:
            raise DataError(
                f"a chunk that starts at {later.start:.3f} s overlaps the samples before it, "
                f"which end at {self.end:.3f} s"
            )
        gap = np.full(lost, np.nan)
        return self._with(np.concatenate((self.values, gap, later.values)), self.start)

    def renamed(self, person: str) -> Signal:
        """Return the same samples as those of `person`."""
        return Signal(self.values, self.sampling_rate, self.unit, person, self.start)

    def moved(self, seconds: float) -> Signal:
        """Return the same samples on a clock that reads `seconds` more."""
        return self._with(self.values, self.start + seconds)

    def _first_at(self, time: float) -> int:
        if not math.isfinite(time):
            return len(self) if time > 0 else 0
        index = math.ceil((time - self.start) * self.sampling_rate - ROUNDING)
        return min(max(index, 0), len(self))

    def _with(self, values: FloatArray, start: float) -> Signal:
        return Signal(values, self.sampling_rate, self.unit, self.person, start)

    def _check_joins(self, later: Signal) -> None:
        mine = (self.person, self.sampling_rate, self.unit)
        theirs = (later.person, later.sampling_rate, later.unit)
        if mine != theirs:
            raise DataError(f"cannot join a signal of {mine} with one of {theirs}")
