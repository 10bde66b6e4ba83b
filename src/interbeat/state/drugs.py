"""Drugs: what was given, as something known and not to be found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.span import Span

__all__ = ["DRUGS", "Blocked", "Drug", "blocked", "first_within"]

DRUGS = ("atropine", "propranolol")
FULL = 60.0  # s until it acts fully, and before the end in which it fades
LEFT = 0.03  # share of the drive that is told to arrive still under a full dose
NONE = 1e-4  # and share that is reckoned with, so that nothing is read off what does not arrive
LEFT_SD = 0.7  # of its logarithm
RAMP_SD = 0.6  # of the logarithm while nobody knows how far it has come


@dataclass(frozen=True, slots=True)
class Drug:
    """A full dose of something that keeps one of the two drives from the sinus node.

    It acts fully a minute after its start, and fades over the last minute before its end.

    Parameters
    ----------
    name : str
        ``"atropine"`` (the vagus does not arrive) or ``"propranolol"`` (the sympathetic nerve
        does not).
    start, end : float
        From when to when it acts, in seconds since the session began; to the end of the
        recording if no end is given.

    Raises
    ------
    DataError
        If there is no such drug, or the times are not possible.

    Examples
    --------
    >>> Drug("atropine", 600.0).end
    inf
    """

    name: str
    start: float
    end: float = math.inf

    def __post_init__(self) -> None:
        if self.name not in DRUGS:
            raise DataError(f"a drug is one of {', '.join(DRUGS)}, not {self.name!r}")
        if not (math.isfinite(self.start) and self.end > self.start):
            raise DataError(
                f"a drug acts from a time on, not from {self.start} to {self.end} s"
            )

    def acting(self, times: FloatArray) -> FloatArray:
        """Return how far it acts, 0 to 1, shape (n,); `times` in s, shape (n,)."""
        since, left = times - self.start, self.end - times
        return np.asarray(np.clip(np.minimum(since, left) / FULL, 0.0, 1.0))


class Blocked(NamedTuple):
    """By how much a drug moves the logarithm of each drive as it arrives, and how surely.

    Parameters
    ----------
    moved, sd : ndarray, shape (n, 2)
        Of vagal and of sympathetic drive; 0 where nothing acts.
    share : ndarray, shape (n, 2)
        How far a drug acts on each, 0 to 1.
    """

    moved: FloatArray
    sd: FloatArray
    share: FloatArray

    @property
    def acting(self) -> BoolArray:
        """Where any drug acts, shape (n,)."""
        return np.asarray((self.share > 0).any(axis=1))

    @property
    def coming(self) -> BoolArray:
        """Where nobody knows how far it acts, shape (n,)."""
        return np.asarray(((self.share > 0) & (self.share < 1)).any(axis=1))

    @property
    def reckoned(self) -> FloatArray:
        """By how much each logarithm is moved for the filter, shape (n, 2)."""
        return np.asarray(np.log1p(-(1 - NONE) * self.share))


def blocked(times: FloatArray, drugs: Sequence[Drug]) -> Blocked:
    """Return what `drugs` do at `times` (s, shape (n,)).

    Examples
    --------
    >>> given = blocked(np.array([0.0, 300.0]), [Drug("propranolol", 100.0)])
    >>> np.exp(given.moved).round(2).tolist()
    [[1.0, 1.0], [1.0, 0.03]]
    """
    share = np.zeros((times.size, len(DRUGS)))
    for drug in drugs:
        k = DRUGS.index(drug.name)
        share[:, k] = np.maximum(share[:, k], drug.acting(times))
    sd = LEFT_SD * share + RAMP_SD * 4 * share * (1 - share)
    return Blocked(np.asarray(np.log1p(-(1 - LEFT) * share)), np.asarray(sd), share)


def first_within(drugs: Sequence[Drug], span: Span) -> Drug | None:
    """Return a drug that acts in `span`, or None."""
    return next((d for d in drugs if d.start < span.end and d.end > span.start), None)
