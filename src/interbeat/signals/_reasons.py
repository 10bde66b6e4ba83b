"""Why a second is bad, in words that can be checked by eye."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.signals._trust import GOOD_ENOUGH

__all__ = ["REASONS", "why_bad"]

REASONS = (
    "",
    "no data",
    "flat",
    "clipped",
    "no beats seen",
    "a jump",
    "noise",
    "uneven beats",
    "waves unlike each other",
    "a leap of the rate",
    "under 0.05 µS",
    "over 100 µS",
    "no breathing rhythm",
    "too few beats",
)
"""Why a second is bad, by the number in a ``*_reason`` channel; 0 where it is not."""


def why_bad(quality: FloatArray, parts: Mapping[str, FloatArray]) -> FloatArray:
    """Return the number of the reason of each bad second, 0 of each other one.

    Parameters
    ----------
    quality : array, shape (n,)
        Of each second: bad under :data:`~interbeat.signals._trust.GOOD_ENOUGH`.
    parts : mapping of str to array, shape (n,)
        What the quality is made of, 0 bad to 1, by the reason that it is where it is the
        smallest, the first of equals.

    Examples
    --------
    >>> parts = {"no data": np.array([1.0, 0.0]), "flat": np.array([0.2, 0.0])}
    >>> [REASONS[int(k)] for k in why_bad(np.array([0.2, 0.0]), parts)]
    ['flat', 'no data']
    """
    numbers = np.array([REASONS.index(words) for words in parts], dtype=np.float64)
    worst = np.column_stack(tuple(parts.values())).argmin(axis=1)
    return np.where(quality < GOOD_ENOUGH, numbers[worst], 0.0)
