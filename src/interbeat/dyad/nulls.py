"""Nulls: what chance gives, by shifts in a circle, random phases, segments in another order.

Each is a function of a statistic and two series and gives a :class:`Null`. Its first statistic
is the observed one, so that the observed counts among what chance may give, and no p is 0.
Larger always means more tied.

Which to take: shifts keep each series as it is and suit nearly everything; random phases suit
statistics that are too slow for many shifts, or whose peaks are so wide that too few shifts are
apart from each other; segments suit statistics that are computed segment by segment. All of
them tell a tie from chance, none tells it from a situation that both share: pseudo-dyads do
(:mod:`interbeat.dyad.pseudo`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad.surrogates import (
    generator,
    phases,
    phases_and_values,
    segments,
    shifts,
)

__all__ = [
    "Null", "Statistic", "by_pairing", "by_phases", "by_phases_and_values", "by_segments",
    "by_shifts", "drawn",
]  # fmt: skip

Statistic = Callable[[FloatArray, FloatArray], float]
MANY = 20  # people, who have more orders than anyone tries
ROUNDING = 1e-12  # of a statistic; what is nearer to the observed one equals it


class Null(NamedTuple):
    """The statistic of the observed pair, first, and of each pair that chance made.

    Parameters
    ----------
    statistics : ndarray, shape (m,)
        Larger: more tied. NaN where chance made a pair with too little in common.
    floor : float
        The smallest p that there can be.
    kind : str
        For people: ``"circular shifts"``.

    Examples
    --------
    >>> print(Null(np.array([0.3, 0.1, 0.4, 0.2]), 0.25, "circular shifts"))
    p 0.5 (smallest possible 0.25) by 4 circular shifts
    """

    statistics: FloatArray
    floor: float
    kind: str

    @property
    def observed(self) -> float:
        """The statistic of the pair as it was recorded."""
        return float(self.statistics[0])

    @property
    def p(self) -> float:
        """Share of all pairs, the observed one among them, whose statistic reaches its."""
        known = self.statistics[np.isfinite(self.statistics)]
        if not math.isfinite(self.observed):
            return math.nan
        least = self.observed - ROUNDING * float(np.abs(known).max())
        return max(float(np.mean(known >= least)), self.floor)

    @property
    def threshold(self) -> float:
        """What 5 % of the pairs exceed."""
        return float(np.nanquantile(self.statistics, 0.95))

    def __str__(self) -> str:
        return (
            f"p {self.p:.2g} (smallest possible {self.floor:.2g}) "
            f"by {self.statistics.size} {self.kind}"
        )


def drawn(observed: float, statistics: FloatArray, kind: str) -> Null:
    """Return the null of an observed statistic and those of `statistics` drawn by chance.

    Draws that have no value (NaN) are left out, and do not count as chances that were had.

    Examples
    --------
    >>> drawn(3.0, np.array([1.0, 2.0, np.nan, 4.0]), "random phases").p
    0.5
    """
    every = np.concatenate(([observed], statistics[np.isfinite(statistics)]))
    return Null(every, 1 / every.size, kind)


def by_shifts(
    statistic: Statistic, x: FloatArray, y: FloatArray, *, count: int, span: int
) -> Null:
    """Return the null of `count` circular shifts of y, spread over all of them.

    Shifts next to zero are drawn like any other: leaving them out, as is common, makes p too
    small (of 600 unrelated pairs, 1.2 to 2 % came out under 1 %).

    Parameters
    ----------
    statistic : callable
        Of two series.
    x, y : ndarray, shape (n,)
        NaN where a sample is missing.
    count : int
        How many, the observed one not among them.
    span : int
        How many neighboring shifts see the same peak: 1 for a statistic of one lag, and the
        number of lags for the best of several. The floor of p is ``span / n``: the span of
        lags over the length of the record, however many shifts are tried.

    Raises
    ------
    DataError
        If there are fewer than 2 samples, or no draws are asked for.

    Examples
    --------
    >>> def together(x, y):
    ...     return abs(float(np.corrcoef(x, y)[0, 1]))
    >>> a = np.convolve(np.random.default_rng(1).standard_normal(1200), np.ones(8), "same")
    >>> b = a + 2 * np.random.default_rng(2).standard_normal(1200)
    >>> print(by_shifts(together, a, b, count=199, span=1))
    p 0.005 (smallest possible 0.005) by 200 circular shifts
    >>> print(by_shifts(together, a, b, count=199, span=41))
    p 0.034 (smallest possible 0.034) by 200 circular shifts
    """
    values = [statistic(x, other) for other in shifts(y, count, generator(x, y))]
    null = drawn(statistic(x, y), np.array(values), "circular shifts")
    return null._replace(floor=max(null.floor, span / x.size))


def by_phases(statistic: Statistic, x: FloatArray, y: FloatArray, *, count: int) -> Null:
    """Return the null of `count` series with y's spectrum and random phases.

    Parameters
    ----------
    statistic : callable
        Of two series.
    x, y : ndarray, shape (n,)
        Around 0; NaN where a sample is missing, and missing in each surrogate as well.
    count : int
        How many, the observed one not among them.

    Raises
    ------
    DataError
        If there are fewer than 2 samples, or no draws are asked for.

    Examples
    --------
    >>> def together(x, y):
    ...     return abs(float(np.corrcoef(x, y)[0, 1]))
    >>> a, b = np.random.default_rng(1).standard_normal((2, 600))
    >>> by_phases(together, a, b, count=99).p > 0.05
    True
    """
    values = [statistic(x, other) for other in phases(y, count, generator(x, y))]
    return drawn(statistic(x, y), np.array(values), "random phases")


def by_phases_and_values(
    statistic: Statistic, x: FloatArray, y: FloatArray, *, count: int
) -> Null:
    """Return the null of `count` series with y's values, about its spectrum, random phases.

    For series of bursts, such as responses of the skin, whose values are far from normal.

    Parameters
    ----------
    statistic : callable
        Of two series.
    x, y : ndarray, shape (n,)
        Around 0; NaN where a sample is missing, and missing in each surrogate as well.
    count : int
        How many, the observed one not among them.

    Raises
    ------
    DataError
        If there are fewer than 2 samples, or no draws are asked for.

    Examples
    --------
    >>> def together(x, y):
    ...     return abs(float(np.corrcoef(x, y)[0, 1]))
    >>> a, b = np.exp(np.random.default_rng(1).standard_normal((2, 600)))
    >>> by_phases_and_values(together, a - a.mean(), b - b.mean(), count=39).p > 0.05
    True
    """
    draws = phases_and_values(y, count, generator(x, y))
    values = [statistic(x, other) for other in draws]
    return drawn(statistic(x, y), np.array(values), "random phases of the same values")


def by_segments(
    statistic: Statistic, x: FloatArray, y: FloatArray, *, count: int, length: int
) -> Null:
    """Return the null of `count` orders of y's segments.

    The series breaks where two segments meet: take this null for statistics that are computed
    within segments of `length` samples, and segments that are much longer than what the series
    remembers. For a matrix of segments by segments, :func:`by_pairing` gives the same at once.

    Parameters
    ----------
    statistic : callable
        Of two series.
    x, y : ndarray, shape (n,)
        NaN where a sample is missing.
    count : int
        How many, the observed one not among them.
    length : int
        Of a segment, in samples; what is left over at the end stays where it is.

    Raises
    ------
    DataError
        If fewer than 4 segments fit, or no draws are asked for.

    Examples
    --------
    >>> def together(x, y):
    ...     return abs(float(np.corrcoef(x, y)[0, 1]))
    >>> a, b = np.random.default_rng(1).standard_normal((2, 600))
    >>> print(by_segments(together, a, a + b, count=99, length=60))
    p 0.01 (smallest possible 0.01) by 100 orders of segments
    """
    values = [statistic(x, o) for o in segments(y, count, generator(x, y), length=length)]
    null = drawn(statistic(x, y), np.array(values), "orders of segments")
    return null._replace(floor=max(null.floor, 1 / math.factorial(y.size // length)))


def by_pairing(scores: FloatArray, *, count: int, rng: np.random.Generator) -> Null:
    """Return the null of a mean score of partners, by giving each another partner.

    For segments (a's with b's) and for people: the observed statistic is the mean of the
    diagonal, and those of chance are the means when columns are drawn in another order.

    Parameters
    ----------
    scores : ndarray, shape (k, k)
        ``scores[i, j]``: of the i-th of a with the j-th of b; NaN where there is none.
    count : int
        How many orders, the observed one not among them.
    rng : numpy.random.Generator
        See :func:`~interbeat.dyad.surrogates.generator`.

    Raises
    ------
    DataError
        If `scores` is no square of at least 2 by 2, or no draws are asked for.

    Examples
    --------
    >>> scores = np.eye(9) + 0.1 * np.random.default_rng(1).standard_normal((9, 9))
    >>> print(by_pairing(scores, count=999, rng=np.random.default_rng(2)))
    p 0.001 (smallest possible 0.001) by 1000 orders of partners
    """
    k = scores.shape[0]
    if scores.shape != (k, k) or k < 2 or count < 1:
        raise DataError(f"{count} orders of {scores.shape} scores tell nothing of chance")
    rows = np.arange(k)
    observed = _mean(scores[rows, rows])
    values = [_mean(scores[rows, rng.permutation(k)]) for _ in range(count)]
    null = drawn(observed, np.array(values), "orders of partners")
    there = np.isfinite(scores)
    people = min(int(there.any(axis=0).sum()), int(there.any(axis=1).sum()), MANY)
    return null._replace(floor=max(null.floor, 1 / math.factorial(people)))


def _mean(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan
