"""Detectable: how much coupling a recording could have shown."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair
from interbeat.dyad.nulls import Null, Statistic

__all__ = ["detectable"]

STEPS = (0.2, 0.4, 0.6, 0.8)  # couplings that are tried
DRAWS = 8  # of unrelated pairs made of the same two people
POWER = 0.8


def detectable(statistic: Statistic, pair: Pair, null: Null) -> Estimate:
    """Return the coupling that would have been found in 8 of 10 recordings like this one.

    b's series, shifted far away so that whatever ties the two is lost, is given a share of a's:
    what is found then, at the threshold of the null, was there to be seen.

    Parameters
    ----------
    statistic : callable
        Of two series; larger: more tied.
    pair : Pair
        As `statistic` takes it.
    null : Null
        The statistic under chance.
    """
    n = pair.x.size
    offsets = (np.arange(1, DRAWS + 1) / (DRAWS + 1) * n).astype(int)
    power = [0.0]
    for step in STEPS:
        found = [statistic(pair.x, _tied(pair, k, step)) > null.threshold for k in offsets]
        power.append(float(np.mean(found)))
    rising = np.maximum.accumulate(power)
    if rising[-1] < POWER:
        return Estimate.missing("", f"not even a coupling of {STEPS[-1]:g}", pair.quality, n)
    at = float(np.interp(POWER, rising, (0.0, *STEPS)))
    return Estimate(at, 0.05, "", pair.quality, n)


def _tied(pair: Pair, offset: int, coupling: float) -> FloatArray:
    """Return b's series from elsewhere with a share of a's in it."""
    far = np.roll(pair.y, offset)
    here = np.where(np.isfinite(pair.x), pair.x, 0.0)
    return np.asarray(np.sqrt(1 - coupling**2) * far + coupling * here)
