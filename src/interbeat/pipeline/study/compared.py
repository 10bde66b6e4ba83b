"""Compared: real dyads beside pseudo-dyads, whole or set by set."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad.nulls import Null
from interbeat.dyad.pseudo import PseudoDyads

__all__ = ["Compared", "Name", "together"]

Name = tuple[str, str]  # dyad and session
ORDERS = "orders of partners"


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Real dyads beside pseudo-dyads.

    Parameters
    ----------
    real, pseudo : ndarray
        Scores of real dyads and of all others that could be made of the same people.
    p, floor : float
        Of all real dyads together, and the smallest that there could be.
    effect : Estimate
        Cohen's d of real dyads beside pseudo-dyads.
    p_of : mapping of (str, str) to float
        Of each dyad and session; NaN where it has none.
    least : float
        The smallest p that one dyad could have.
    """

    real: FloatArray
    pseudo: FloatArray
    p: float
    floor: float
    effect: Estimate
    p_of: Mapping[Name, float]
    least: float


def together(parts: Sequence[tuple[Sequence[Name], PseudoDyads]]) -> Compared:
    """Return what the sets of a study say together.

    Each order of partners is drawn within sets, so the mean over all sets under that order is
    a draw from what chance gives.

    Parameters
    ----------
    parts : sequence of (sequence of (str, str), PseudoDyads)
        The names of each set's dyads, and what they showed.
    """
    found = [each for _, each in parts]
    diagonals = [np.eye(len(each.scores), dtype=np.bool_) for each in found]
    real = np.concatenate([e.scores[d] for e, d in zip(found, diagonals, strict=True)])
    pseudo = np.concatenate([e.scores[~d] for e, d in zip(found, diagonals, strict=True)])
    sizes = np.array([np.isfinite(e.scores.diagonal()).sum() for e in found], dtype=np.float64)
    draws = np.array([each.group.statistics for each in found])
    some = sizes > 0
    means = (draws[some] * sizes[some, None]).sum(axis=0)
    floor = 1 / means.size if len(found) > 1 else found[0].group.floor
    return Compared(
        real[np.isfinite(real)],
        pseudo[np.isfinite(pseudo)],
        p=Null(means, floor, ORDERS).p if some.any() else math.nan,
        floor=floor,
        effect=_effect([each.effect for each in found]),
        p_of={
            name: float(p)
            for names, each in parts
            for name, p in zip(names, each.p, strict=True)
        },
        least=max(each.floor for each in found),
    )


def _effect(effects: Sequence[Estimate]) -> Estimate:
    """Return the mean of independent estimates."""
    missing = next((e for e in effects if e.reason), None)
    if missing is not None or len(effects) == 1:
        return missing or effects[0]
    k = len(effects)
    spread = math.sqrt(sum(e.se**2 for e in effects)) / k
    value = sum(e.value for e in effects) / k
    quality = sum(e.quality for e in effects) / k
    return Estimate(value, spread, "", quality, sum(e.n for e in effects))
