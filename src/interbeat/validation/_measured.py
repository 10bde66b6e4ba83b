"""A number that the model gave, with its standard error, and between what it must be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["Measured", "Tolerance"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Between what a number must be; one end may be open.

    Parameters
    ----------
    least, most : float
        Both ends belong to it; infinite where there is none.
    unit : str
        Of the number.
    rule : str
        The same in words, where they say more: ``"falls"``.

    Raises
    ------
    DataError
        If nothing could fall outside, or nothing inside.

    Examples
    --------
    >>> str(Tolerance(15, 28, "dB/decade"))
    '15 to 28 dB/decade'
    >>> str(Tolerance(most=0, unit="bpm", rule="slows"))
    'slows: at most 0 bpm'
    """

    least: float = -math.inf
    most: float = math.inf
    unit: str = ""
    rule: str = ""

    def __post_init__(self) -> None:
        if (math.isinf(self.least) and math.isinf(self.most)) or not self.least <= self.most:
            raise DataError(
                f"a tolerance has an end, and its least is not above its most; "
                f"given {self.least:g} to {self.most:g}"
            )

    def __str__(self) -> str:
        if math.isinf(self.most):
            said = f"at least {self.least:g}"
        elif math.isinf(self.least):
            said = f"at most {self.most:g}"
        else:
            said = f"{self.least:g} to {self.most:g}"
        return f"{self.rule}{': ' * bool(self.rule)}{said} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Measured:
    """One number that the model gave over simulated people.

    Parameters
    ----------
    value : float
        NaN where it could not be measured; `note` then says why.
    se : float
        Its standard error: how far it would vary with other people; 0 where nothing is random.
    n : int
        How many people it rests on.
    note : str
        What a reader should know: how it was measured, beside what.
    """

    value: float
    se: float = 0.0
    n: int = 1
    note: str = ""

    @classmethod
    def of(cls, values: ArrayLike, *, note: str = "") -> Measured:
        """Return the mean over people, and its standard error.

        Parameters
        ----------
        values : array_like, shape (n,)
            One number a person; NaN for a person who gave none (the note then says how many).
            Of yes and no, the mean is a share; its error counts one more of each, so that all
            or none of few people is not certainty (Agresti & Coull 1998).
        note : str
            See :class:`Measured`.

        Examples
        --------
        >>> Measured.of([1.0, 2.0, 3.0, np.nan])
        Measured(value=2.0, se=0.577..., n=3, note='1 of 4 gave no number')
        >>> round(Measured.of([True] * 20).se, 3)
        0.044
        """
        measured = cls.statistic(_mean, values, note=note)
        if np.asarray(values).dtype != np.bool_:
            return measured
        return replace(measured, se=_error_of_share(measured.value, measured.n))

    @classmethod
    def statistic(
        cls, function: Callable[..., float], *columns: ArrayLike, note: str = ""
    ) -> Measured:
        """Return any statistic of people, with the standard error of its jackknife.

        Parameters
        ----------
        function : callable
            ``function(*columns) -> float``: a ratio, a correlation, a quantile.
        *columns : array_like, shape (n,)
            One number a person each; people of whom one is NaN are left out.
        note : str
            See :class:`Measured`.

        Notes
        -----
        The jackknife leaves out one person at a time (Tukey 1958); it is exact for a mean, and
        too rough for quantiles of few people.

        Examples
        --------
        >>> x = np.arange(20.0)
        >>> Measured.statistic(lambda a, b: float(np.median(a / b)), 2 * x + 2, x + 1).value
        2.0
        """
        table = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
        known = table[np.isfinite(table).all(axis=1)]
        lost = table.shape[0] - known.shape[0]
        said = f"{lost} of {table.shape[0]} gave no number" if lost else ""
        note = "; ".join(part for part in (note, said) if part)
        if known.shape[0] < 3:
            return cls(math.nan, math.nan, known.shape[0], note or "too few people")
        value = function(*known.T)
        return cls(float(value), _jackknife(function, known), known.shape[0], note)

    @classmethod
    def pooled(cls, groups: Sequence[Measured]) -> Measured:
        """Return the mean of what equal groups of people gave.

        Parameters
        ----------
        groups : sequence of Measured
            One is returned as it is.
        """
        if len(groups) == 1:
            return groups[0]
        k = len(groups)
        value = sum(one.value for one in groups) / k
        se = math.sqrt(sum(one.se**2 for one in groups)) / k
        return cls(value, se, sum(one.n for one in groups), groups[0].note)


def _error_of_share(share: float, n: int) -> float:
    likely = (share * n + 1) / (n + 2)
    return math.sqrt(likely * (1 - likely) / (n + 2))


def _mean(values: FloatArray) -> float:
    return float(values.mean())


def _jackknife(function: Callable[..., float], table: FloatArray) -> float:
    n = table.shape[0]
    left = [function(*np.delete(table, k, axis=0).T) for k in range(n)]
    return float(np.std(left) * math.sqrt(n - 1))
