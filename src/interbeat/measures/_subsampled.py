"""Standard errors of what is no function of means: from how it differs between parts.

Subsampling (Politis & Romano 1994, Ann Stat 22:2031, doi:10.1214/aos/1176325770): a statistic
of stretches of a quarter of the window, which overlap, varies about four times as much as that
of the window, whatever it is and however its data depend on each other, if only its error falls
with the root of how many there are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.kernels.student import student

__all__ = ["subsampled_all", "subsampled_se"]

PARTS = 4  # of a window
STEPS = 12  # from the first part to the last
FREEDOM = 5.0  # degrees of freedom of the spread of parts that overlap so
FEWEST = 4  # parts with a value


def subsampled_se(
    statistic: Callable[[IntArray, IntArray], FloatArray], first: IntArray, last: IntArray
) -> FloatArray:
    """Return the standard error of `statistic` in each window of rows ``first[k]:last[k]``.

    NaN where it has no value in too many parts of the window.
    """
    length = (last - first) // PARTS
    begin = first + np.arange(STEPS + 1)[:, None] * (last - first - length) // STEPS
    parts = statistic(begin.ravel(), (begin + length).ravel()).reshape(begin.shape)
    known = ~np.isnan(parts)
    count = known.sum(axis=0)
    with np.errstate(all="ignore"):  # no part: NaN
        mean = _summed(np.where(known, parts, 0.0)) / count
        squares = _summed(np.where(known, (parts - mean) ** 2, 0.0))
        se = np.sqrt(squares / count / (PARTS - 1)) * student(FREEDOM)
    return np.asarray(np.where(count >= FEWEST, se, np.nan))


def subsampled_all(
    statistics: Callable[[IntArray, IntArray], FloatArray], first: IntArray, last: IntArray
) -> FloatArray:
    """Return the standard errors of several `statistics`, shape (windows, columns), at once."""
    kept: list[FloatArray] = []

    def first_column(begin: IntArray, end: IntArray) -> FloatArray:
        kept.append(statistics(begin, end))
        return kept[0][:, 0]

    errors = [subsampled_se(first_column, first, last)]
    rest = kept[0].T[1:]
    errors += [subsampled_se(_given(column), first, last) for column in rest]
    return np.stack(errors, axis=1)


def _given(found: FloatArray) -> Callable[[IntArray, IntArray], FloatArray]:
    return lambda _first, _last: found


def _summed(parts: FloatArray) -> FloatArray:
    """Return the sum over the first axis, in one order however many windows there are."""
    total = np.zeros(parts.shape[1])
    for part in parts:
        total += part
    return total
