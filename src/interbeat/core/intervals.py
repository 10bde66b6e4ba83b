"""Intervals: labelled stretches of time (a task, a practice, an artifact, a gap)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray, frozen_floats, same_fields
from interbeat.core.errors import DataError

__all__ = ["Intervals"]


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Labelled stretches of time, half open: ``start <= t < end``; kept in order of start.

    Stretches may overlap. As sets of instants they obey set algebra: ``|`` joins, ``&`` keeps
    what both cover and ``-`` takes away; pieces keep the label of the left-hand side.

    Parameters
    ----------
    starts, ends : array_like, shape (n,)
        In seconds since the session began, finite, each end after its start.
    labels : iterable of str, length n
        What each stretch is.

    Raises
    ------
    DataError
        If lengths differ, a bound is not finite or an end does not come after its start.

    Examples
    --------
    >>> talk = Intervals([0, 60], [50, 90], ["rest", "talk"])
    >>> talk - Intervals([70], [75], ["artifact"])
    Intervals(rest 0..50, talk 60..70, talk 75..90)
    """

    starts: FloatArray
    ends: FloatArray
    labels: tuple[str, ...]

    if TYPE_CHECKING:  # what the constructor takes, before it makes arrays of it

        def __init__(
            self, starts: ArrayLike, ends: ArrayLike, labels: Iterable[str]
        ) -> None: ...

    def __post_init__(self) -> None:
        starts, ends = frozen_floats(self.starts, "starts"), frozen_floats(self.ends, "ends")
        labels = tuple(self.labels)
        if not starts.size == ends.size == len(labels):
            raise DataError(
                f"intervals need as many starts as ends and labels, not {starts.size}, "
                f"{ends.size} and {len(labels)}"
            )
        bad = ~(np.isfinite(starts) & np.isfinite(ends) & (starts < ends))
        if bad.any():
            k = int(np.argmax(bad))
            raise DataError(f"interval {k} ({labels[k]}) runs from {starts[k]} to {ends[k]} s")
        order = np.lexsort((ends, starts))
        object.__setattr__(self, "starts", frozen_floats(starts[order], "starts"))
        object.__setattr__(self, "ends", frozen_floats(ends[order], "ends"))
        object.__setattr__(self, "labels", tuple(labels[k] for k in order))

    @classmethod
    def none(cls) -> Intervals:
        """Return no stretch at all."""
        return cls(np.empty(0), np.empty(0), ())

    @classmethod
    def where(cls, mask: BoolArray, times: FloatArray, step: float, label: str) -> Intervals:
        """Return the runs of True in `mask`; a sample begins at `times` and lasts `step` s."""
        edges = np.flatnonzero(
            np.diff(np.concatenate(([False], mask, [False])).astype(np.int8))
        )
        first, last = edges[::2], edges[1::2] - 1
        return cls(times[first], times[last] + step, (label,) * first.size)

    def __len__(self) -> int:
        return int(self.starts.size)

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        inside = (f"{label} {a:g}..{b:g}" for a, b, label in self.rows())
        return f"Intervals({', '.join(inside)})"

    def rows(self) -> Iterable[tuple[float, float, str]]:
        """Give (start, end, label) of each stretch, in order."""
        return zip(self.starts.tolist(), self.ends.tolist(), self.labels, strict=True)

    @property
    def seconds(self) -> float:
        """How long the covered time is, counted once where stretches overlap."""
        covered = self.covered()
        return float((covered.ends - covered.starts).sum())

    def labelled(self, label: str) -> Intervals:
        """Return the stretches called `label`."""
        return self._from(row for row in self.rows() if row[2] == label)

    def between(self, start: float, end: float) -> Intervals:
        """Return what lies in ``start <= t < end`` (s), cut at the edges."""
        cut = ((max(a, start), min(b, end), label) for a, b, label in self.rows())
        return self._from(row for row in cut if row[0] < row[1])

    def covered(self, label: str = "covered") -> Intervals:
        """Return the covered time as stretches that neither overlap nor touch."""
        merged: list[tuple[float, float, str]] = []
        for a, b, _ in self.rows():
            if merged and a <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(b, merged[-1][1]), label)
            else:
                merged.append((a, b, label))
        return self._from(merged)

    def contains(self, times: FloatArray) -> BoolArray:
        """Return which of `times` (s) lie in a stretch, shape of `times`."""
        covered = self.covered()
        k = np.searchsorted(covered.starts, times, side="right") - 1
        inside = (
            times < covered.ends[np.maximum(k, 0)] if len(covered) else np.zeros_like(times)
        )
        return np.asarray((k >= 0) & inside.astype(np.bool_))

    def moved(self, seconds: float) -> Intervals:
        """Return the same stretches on a clock that reads `seconds` more."""
        return Intervals(self.starts + seconds, self.ends + seconds, self.labels)

    def __or__(self, other: Intervals) -> Intervals:
        return self._from(dict.fromkeys((*self.rows(), *other.rows())))

    def __and__(self, other: Intervals) -> Intervals:
        bounds = list(other.covered().rows())
        cut = (
            (max(a, c), min(b, d), label) for a, b, label in self.rows() for c, d, _ in bounds
        )
        return self._from(row for row in cut if row[0] < row[1])

    def __sub__(self, other: Intervals) -> Intervals:
        covered = other.covered()
        starts = np.concatenate(([-np.inf], covered.ends))
        ends = np.concatenate((covered.starts, [np.inf]))
        cut = (
            (max(a, c), min(b, d), label)
            for a, b, label in self.rows()
            for c, d in zip(starts.tolist(), ends.tolist(), strict=True)
        )
        return self._from(row for row in cut if row[0] < row[1])

    @classmethod
    def _from(cls, rows: Iterable[tuple[float, float, str]]) -> Intervals:
        table = list(rows)
        return cls(
            np.array([row[0] for row in table], dtype=np.float64),
            np.array([row[1] for row in table], dtype=np.float64),
            tuple(row[2] for row in table),
        )
