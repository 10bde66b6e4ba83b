"""Coupling: one index of how far two people are tied, its chance, and what could be seen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair
from interbeat.dyad.detectable import NOTHING, Seen, could_be_seen, unseen
from interbeat.dyad.nulls import Null, Statistic

__all__ = ["Coupling", "judged", "left_out", "missing"]

TENTHS = 10  # of the record; each is left out once


@dataclass(frozen=True, slots=True, eq=False)
class Coupling:
    """One index of one signal of two people.

    Parameters
    ----------
    index : str
        Which: its name in :data:`~interbeat.dyad.INDICES`.
    signal : str
        What of the two: ``"heart rate"``.
    value : Estimate
        The index, in its own unit.
    p : float
        Share of what chance gives that reaches the observed; NaN where the value is missing.
    floor : float
        The smallest p that this recording could give.
    null : str
        How chance was made: ``"circular shifts"``.
    null_low, null_median, null_high : float
        2.5 %, 50 % and 97.5 % points of the statistic under chance.
    detectable : Estimate
        The coupling, as a correlation, that this index would have found in 8 of 10 recordings
        like this one (see :mod:`interbeat.dyad.detectable`): what a null result leaves open.
    needed : Estimate
        How long a recording like this one must be for this index to find a coupling of 0.3 in
        8 of 10, in s.
    parts : mapping of str to Estimate
        What else the index tells: ``{"lag": ...}``. A positive lag means that a leads.
    curves : mapping of str to ndarray
        What to draw: ``{"lags": ..., "mean_z": ...}``.
    settings : mapping of str to float or str
        Each setting of the method.
    """

    index: str
    signal: str
    value: Estimate
    p: float
    floor: float
    null: str
    null_low: float
    null_median: float
    null_high: float
    detectable: Estimate
    needed: Estimate
    parts: Mapping[str, Estimate] = field(default_factory=dict)
    curves: Mapping[str, FloatArray] = field(default_factory=dict)
    settings: Mapping[str, float | str] = field(default_factory=dict)


def judged(  # noqa: PLR0913 - each one is a part of the answer
    index: str, signal: str, pair: Pair, *, statistic: Statistic, null: Null,
    value: Estimate | None = None,
    parts: Mapping[str, Estimate] | None = None,
    curves: Mapping[str, FloatArray] | None = None,
    settings: Mapping[str, float | str] | None = None,
    seen: Seen | None = None, later: int = 0,
) -> Coupling:  # fmt: skip
    """Return the coupling of a pair, beside what chance gives and what could be seen.

    Parameters
    ----------
    index, signal : str
        Names.
    pair : Pair
        As `statistic` takes it.
    statistic : callable
        Of two series; larger: more tied. Samples may be missing (NaN).
    null : Null
        The statistic under chance, the observed one first.
    value : Estimate, optional
        The index; without one, the statistic, its standard error from leaving out each tenth
        of the record once (jackknife).
    parts, curves, settings : mapping, optional
        See :class:`Coupling`.
    seen : Seen, optional
        What could have been seen; without it, :func:`~interbeat.dyad.detectable.could_be_seen`
        finds it by some 40 calls of `statistic`.
    later : int
        How many samples after a's the tie comes that is looked for then: for indices that ask
        what the past of one says of the other.

    Returns
    -------
    Coupling
        Missing, with a reason, where the observed statistic is NaN or `value` is missing: what
        hangs on one part of the record has no p either.
    """
    if not math.isfinite(null.observed):
        return missing(index, signal, NOTHING, settings)
    value = value or left_out(statistic, pair, null.observed)
    if value.reason:
        return missing(index, signal, value.reason, settings)
    low, median, high = np.nanquantile(null.statistics, (0.025, 0.5, 0.975))
    could = seen or could_be_seen(statistic, pair, null, later=later)
    return Coupling(
        index,
        signal,
        value,
        null.p,
        null.floor,
        null.kind,
        float(low),
        float(median),
        float(high),
        could.detectable,
        could.needed,
        parts or {},
        curves or {},
        {"sampling_rate": pair.rate, "draws": float(null.statistics.size), **(settings or {})},
    )


def left_out(statistic: Statistic, pair: Pair, observed: float) -> Estimate:
    """Return the statistic with the spread that leaving out each tenth of the record gives.

    The jackknife of groups: right for means, correlations and what is smooth in them, and for
    the best of many lags where one lag stands out; where chance picks the lag, the best of many
    scatters half as much as this says.

    Parameters
    ----------
    statistic : callable
        Of two series.
    pair : Pair
        As `statistic` takes it.
    observed : float
        Of the whole pair.

    Returns
    -------
    Estimate
        Missing, with a reason, where the whole pair or most of the parts have no value.
    """
    n = int(pair.quality * pair.x.size)
    values = np.array(list(_without_tenths(statistic, pair)))
    values = values[np.isfinite(values)]
    if not math.isfinite(observed):
        return Estimate.missing("", NOTHING, pair.quality, n)
    if 2 * values.size <= TENTHS:
        return Estimate.missing("", "it hangs on one part of the record", pair.quality, n)
    spread = math.sqrt((values.size - 1) * float(np.var(values)))
    return Estimate(observed, spread, "", pair.quality, n)


def _without_tenths(statistic: Statistic, pair: Pair) -> Iterator[float]:
    edges = np.linspace(0, pair.x.size, TENTHS + 1).astype(int)
    for first, last in pairwise(edges.tolist()):
        x, y = pair.x.copy(), pair.y.copy()
        x[first:last] = y[first:last] = np.nan
        yield statistic(x, y)


def missing(
    index: str, signal: str, reason: str, settings: Mapping[str, float | str] | None = None
) -> Coupling:
    """Return no coupling, and why."""
    nothing, nan = unseen(reason), math.nan
    return Coupling(
        index, signal, nothing.detectable, nan, nan, "", nan, nan, nan, nothing.detectable,
        nothing.needed, settings=settings or {},
    )  # fmt: skip
