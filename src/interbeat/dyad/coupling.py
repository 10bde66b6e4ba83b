"""Coupling: one index of how far two people are tied, its chance, and what could be seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair
from interbeat.dyad.detectable import detectable
from interbeat.dyad.nulls import Null, Statistic

__all__ = ["Coupling", "judged", "missing"]

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
        The coupling, as a correlation, that this index would have found in a recording like
        this one in 8 of 10 cases: what a null result leaves open.
    needed : Estimate
        How long a session must be for this index to find a coupling of 0.3 in 8 of 10 cases,
        in s.
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
    parts: Mapping[str, Estimate] = field(default_factory=dict)
    curves: Mapping[str, FloatArray] = field(default_factory=dict)
    settings: Mapping[str, float | str] = field(default_factory=dict)
    needed: Estimate = field(default_factory=lambda: Estimate.missing("s", "not looked for"))


def judged(  # noqa: PLR0913 - each one is a part of the answer
    index: str, signal: str, pair: Pair, *, statistic: Statistic, null: Null,
    value: Estimate | None = None,
    parts: Mapping[str, Estimate] | None = None,
    curves: Mapping[str, FloatArray] | None = None,
    settings: Mapping[str, float | str] | None = None,
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
    """
    low, median, high = np.quantile(null.statistics, (0.025, 0.5, 0.975))
    return Coupling(
        index,
        signal,
        value or left_out(statistic, pair, null.observed),
        null.p,
        null.floor,
        null.kind,
        float(low),
        float(median),
        float(high),
        detectable(statistic, pair, null),
        parts or {},
        curves or {},
        {"sampling_rate": pair.rate, "draws": float(null.statistics.size), **(settings or {})},
    )


def left_out(statistic: Statistic, pair: Pair, observed: float) -> Estimate:
    """Return the statistic with the spread that leaving out each tenth of the record gives."""
    edges = np.linspace(0, pair.x.size, TENTHS + 1).astype(int)
    values = []
    for first, last in pairwise(edges):
        x, y = pair.x.copy(), pair.y.copy()
        x[first:last] = y[first:last] = np.nan
        values.append(statistic(x, y))
    spread = math.sqrt((TENTHS - 1) * float(np.var(values)))
    return Estimate(observed, spread, "", pair.quality, int(pair.quality * pair.x.size))


def missing(
    index: str, signal: str, reason: str, settings: Mapping[str, float | str] | None = None
) -> Coupling:
    """Return no coupling, and why."""
    nothing, nan = Estimate.missing("", reason), math.nan
    return Coupling(
        index, signal, nothing, nan, nan, "", nan, nan, nan, nothing, settings=settings or {}
    )
