"""Choices: every signal of two people, asked in every way it may be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from interbeat.core.errors import DataError
from interbeat.dyad.multiverse import LAGS, WINDOWS, Multiverse, multiverse
from interbeat.pipeline._pair import GRID, on_grid
from interbeat.pipeline.analysis import Analysis

__all__ = ["every_choice"]


def every_choice(
    analysis: Analysis,
    *,
    windows: Sequence[float] = WINDOWS,
    lags: Sequence[float] = LAGS,
    indices: Sequence[str] | None = None,
) -> Multiverse:
    """Return what every index says of every signal that both have, in every way.

    Parameters
    ----------
    analysis : Analysis
        Of two people.
    windows, lags, indices
        See :func:`~interbeat.dyad.multiverse.multiverse`.

    Returns
    -------
    Multiverse
        A row for each choice, of each signal.

    Raises
    ------
    DataError
        If the analysis is of one person, or a choice makes no sense.
    """
    if len(analysis.people) < 2:
        raise DataError(f"two people are compared, not {len(analysis.people)}")
    one, other = (on_grid(p.derived.channels, analysis.span) for p in analysis.people.values())
    found = [
        multiverse(
            one[signal],
            other[signal],
            sampling_rate=GRID,
            signal=signal,
            windows=windows,
            lags=lags,
            indices=indices,
        )
        for signal in one
        if signal in other
    ]
    return reduce(or_, found, Multiverse())
