"""Track: an estimate a second, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import (
    FloatArray,
    IntArray,
    frozen_floats,
    frozen_ints,
    same_fields,
)
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate

__all__ = ["Track"]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """An :class:`Estimate` a second, each over the `window` seconds before it.

    Parameters
    ----------
    name : str
        The measure, e.g. ``"rmssd"``.
    unit : str
        Of the values.
    person : str
        Whose; ``"ab"`` for the two together.
    window : float
        How many seconds each estimate looks back.
    start : float
        Time of the first estimate: the end of its window, in seconds since the session began.
    values, se, quality : array_like, shape (n,)
        As in :class:`Estimate`; a value is NaN exactly where its reason is not empty.
    n : array_like of int, shape (n,)
        What each estimate rests on.
    reasons : tuple of str, length n
        Why a value is missing; ``""`` where it is not.

    Raises
    ------
    DataError
        If lengths differ, or a value is NaN without a reason or the other way round.

    Examples
    --------
    >>> t = Track("scl", "µS", "a", 10.0, 10.0, [2.0, float("nan")], [0.1, float("nan")],
    ...           [1.0, 0.0], [40, 0], ("", "no signal"))
    >>> print(t[0]); print(t[1])
    2.00 ± 0.10 µS
    missing: no signal
    """

    name: str
    unit: str
    person: str
    window: float
    start: float
    values: FloatArray
    se: FloatArray
    quality: FloatArray
    n: IntArray
    reasons: tuple[str, ...]

    if TYPE_CHECKING:  # what the constructor takes, before it makes arrays of it

        def __init__(  # noqa: PLR0913, PLR0917
            self,
            name: str,
            unit: str,
            person: str,
            window: float,
            start: float,
            values: ArrayLike,
            se: ArrayLike,
            quality: ArrayLike,
            n: ArrayLike,
            reasons: tuple[str, ...],
        ) -> None: ...

    def __post_init__(self) -> None:
        for name in ("values", "se", "quality"):
            object.__setattr__(self, name, frozen_floats(getattr(self, name), name))
        object.__setattr__(self, "n", frozen_ints(self.n, "n"))
        sizes = {
            self.values.size,
            self.se.size,
            self.quality.size,
            self.n.size,
            len(self.reasons),
        }
        if len(sizes) != 1:
            raise DataError(f"the columns of a track must have one length, not {sorted(sizes)}")
        given = np.fromiter(
            (bool(r) for r in self.reasons), dtype=np.bool_, count=len(self.reasons)
        )
        wrong = np.isnan(self.values) != given
        if wrong.any():
            k = int(np.argmax(wrong))
            raise DataError(
                f"{self.name} at second {k}: NaN exactly when there is a reason, "
                f"not {self.values[k]} with {self.reasons[k]!r}"
            )

    @classmethod
    def of(
        cls,
        estimates: list[Estimate],
        *,
        name: str,
        unit: str,
        person: str,
        window: float,
        start: float,
    ) -> Track:
        """Return `estimates`, a second apart, as one track."""
        return cls(
            name,
            unit,
            person,
            window,
            start,
            np.array([e.value for e in estimates], dtype=np.float64),
            np.array([e.se for e in estimates], dtype=np.float64),
            np.array([e.quality for e in estimates], dtype=np.float64),
            np.array([e.n for e in estimates], dtype=np.int64),
            tuple(e.reason for e in estimates),
        )

    def __len__(self) -> int:
        return int(self.values.size)

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, k: int) -> Estimate:
        return Estimate(
            float(self.values[k]),
            float(self.se[k]),
            self.unit,
            float(self.quality[k]),
            int(self.n[k]),
            self.reasons[k],
        )

    @property
    def times(self) -> FloatArray:
        """End of each estimate's window, in seconds since the session began, shape (n,)."""
        return self.start + np.arange(len(self), dtype=np.float64)

    def between(self, start: float, end: float) -> Track:
        """Return the estimates with ``start <= time < end`` (s)."""
        i, j = np.searchsorted(self.times, (start, end))
        rows = slice(int(i), int(max(i, j)))
        return Track(
            self.name, self.unit, self.person, self.window, self.start + int(i),
            self.values[rows], self.se[rows], self.quality[rows], self.n[rows],
            self.reasons[rows],
        )  # fmt: skip

    def then(self, later: Track) -> Track:
        """Return these estimates followed by `later`, which must begin a second after them.

        Raises
        ------
        DataError
            If `later` is of something else or does not follow on.
        """
        mine = (self.name, self.unit, self.person, self.window)
        theirs = (later.name, later.unit, later.person, later.window)
        if mine != theirs:
            raise DataError(f"cannot join a track of {mine} with one of {theirs}")
        if later.start != self.start + len(self):
            raise DataError(
                f"{later.start:g} s does not follow {self.start + len(self) - 1:g} s"
            )
        return Track(
            *mine,
            self.start,
            np.concatenate((self.values, later.values)),
            np.concatenate((self.se, later.se)),
            np.concatenate((self.quality, later.quality)),
            np.concatenate((self.n, later.n)),
            self.reasons + later.reasons,
        )
