"""Events: what happens at instants, in order. The base of beats, breaths and responses."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar, Self

import numpy as np

from interbeat.core.arrays import (
    BoolArray,
    FloatArray,
    frozen_bools,
    frozen_floats,
    same_fields,
)
from interbeat.core.errors import DataError

__all__ = ["Events"]


class Events:
    """Base of the frozen dataclasses that hold one row per event, with strictly rising times.

    A subclass is a dataclass whose array fields all have the length of ``times``, and whose
    other field is ``person``. ``noun`` names one event in error messages.
    """

    __slots__ = ()
    noun: ClassVar[str] = "event"
    times: FloatArray
    person: str

    def _freeze(self, **kinds: type[bool] | type[float]) -> None:
        """Make the named fields read-only vectors of one length; check the times."""
        object.__setattr__(self, "times", frozen_floats(self.times, "times"))
        for name, kind in kinds.items():
            frozen = frozen_bools if kind is bool else frozen_floats
            array = frozen(getattr(self, name), name)
            if array.shape != self.times.shape:
                raise DataError(
                    f"{name} must mark each {self.noun}: {array.size} marks for "
                    f"{self.times.size} {self.noun}s"
                )
            object.__setattr__(self, name, array)
        self._check_times()

    def _check_times(self) -> None:
        times, noun = self.times, self.noun
        if not np.isfinite(times).all():
            raise DataError(f"{noun} times must be finite")
        falls = np.diff(times) <= 0
        if falls.any():
            k = int(np.argmax(falls))
            raise DataError(
                f"{noun} times must increase: {noun} {k + 1} at {times[k + 1]:.3f} s "
                f"comes after {noun} {k} at {times[k]:.3f} s"
            )

    def __len__(self) -> int:
        return int(self.times.size)

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def start(self) -> float:
        """Time of the first event in seconds; infinity where there is none."""
        return float(self.times[0]) if len(self) else np.inf

    @property
    def end(self) -> float:
        """Time just after the last event in seconds; minus infinity where there is none."""
        return float(np.nextafter(self.times[-1], np.inf)) if len(self) else -np.inf

    def between(self, start: float, end: float) -> Self:
        """Return the events with ``start <= time < end`` (s)."""
        i, j = np.searchsorted(self.times, (start, end))
        return self._rows(slice(int(i), max(int(i), int(j))))

    def then(self, later: Self) -> Self:
        """Return these events followed by `later`, the next chunk of the same person.

        Raises
        ------
        DataError
            If `later` is of another person or does not come later.
        """
        if later.person != self.person:
            raise DataError(f"cannot join {self.noun}s of {self.person!r} and {later.person!r}")
        joined = {
            name: np.concatenate((getattr(self, name), getattr(later, name)))
            for name in self._columns()
        }
        return self._like(joined)

    def renamed(self, person: str) -> Self:
        """Return the same events as those of `person`."""
        return type(self)(**{**self._as_dict(), "person": person})

    def moved(self, seconds: float) -> Self:
        """Return the same events on a clock that reads `seconds` more."""
        later = {name: getattr(self, name) + seconds for name in self._instants()}
        return self._like({**{n: getattr(self, n) for n in self._columns()}, **later})

    def _rows(self, rows: slice) -> Self:
        return self._like({name: getattr(self, name)[rows] for name in self._columns()})

    def _like(self, columns: dict[str, FloatArray | BoolArray]) -> Self:
        return type(self)(**{**self._as_dict(), **columns})

    def _columns(self) -> list[str]:
        return [f.name for f in fields(self) if f.name != "person"]  # type: ignore[arg-type]

    def _instants(self) -> list[str]:
        """Names of the columns that are times on the session's clock."""
        return [name for name in self._columns() if name in {"times", "peaks"}]

    def _as_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
