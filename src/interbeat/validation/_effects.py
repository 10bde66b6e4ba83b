"""Effects: how far two groups, or two conditions of one, lie apart."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.validation._measured import Measured

__all__ = ["apart", "correlated", "within"]


def within(differences: ArrayLike, *, note: str = "") -> Measured:
    """Return d_z: a mean difference within people over its standard deviation.

    Parameters
    ----------
    differences : array_like, shape (n,)
        One a person.
    note : str
        What a reader should know.

    Examples
    --------
    >>> round(within([1.0, 2.0, 3.0]).value, 2)
    2.0
    """
    return Measured.statistic(_within, differences, note=note)


def apart(changed: ArrayLike, same: ArrayLike, *, note: str = "") -> Measured:
    """Return Cohen's d of two groups who are the same people, once changed and once not.

    The effect is that of two independent groups (over the spread between people); its standard
    error is smaller, as who the people are cancels out.

    Parameters
    ----------
    changed, same : array_like, shape (n,)
        One number a person; positive where `changed` is higher.
    note : str
        What a reader should know.

    Examples
    --------
    >>> round(apart([2.0, 3.0, 4.0], [1.0, 2.0, 3.0]).value, 2)
    1.0
    """
    return Measured.statistic(_apart, changed, same, note=note)


def correlated(changed: ArrayLike, same: ArrayLike, *, note: str = "") -> Measured:
    """Return that effect as the correlation r with belonging to the changed group.

    Parameters
    ----------
    changed, same, note
        See :func:`apart`.

    Examples
    --------
    >>> round(correlated([2.0, 3.0, 4.0], [1.0, 2.0, 3.0]).value, 2)
    0.45
    """
    return Measured.statistic(_correlated, changed, same, note=note)


def _within(differences: FloatArray) -> float:
    return float(differences.mean() / differences.std(ddof=1))


def _apart(changed: FloatArray, same: FloatArray) -> float:
    spread = math.sqrt((changed.var(ddof=1) + same.var(ddof=1)) / 2)
    return float((changed.mean() - same.mean()) / spread)


def _correlated(changed: FloatArray, same: FloatArray) -> float:
    d = _apart(changed, same)
    return d / math.sqrt(d * d + 4)
