"""Compared: real dyads beside pseudo-dyads, whole or set by set."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad.nulls import Null, drawn
from interbeat.dyad.pseudo import ORDERS, PseudoDyads

__all__ = ["Compared", "Name", "together"]

Name = tuple[str, str]  # dyad and session


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

    In each order of partners a couple has the same new partner in all sets, or as nearly the
    same as these allow: two sessions of one couple are not two couples.

    Parameters
    ----------
    parts : sequence of (sequence of (str, str), PseudoDyads)
        The names of each set's dyads, no dyad twice in one set, and what they showed.
    """
    found = [each for _, each in parts]
    diagonals = [np.eye(len(each.scores), dtype=np.bool_) for each in found]
    real = np.concatenate([e.scores[d] for e, d in zip(found, diagonals, strict=True)])
    pseudo = np.concatenate([e.scores[~d] for e, d in zip(found, diagonals, strict=True)])
    real = real[np.isfinite(real)]
    group = found[0].group if len(found) == 1 else _orders(parts, real)
    return Compared(
        real,
        pseudo[np.isfinite(pseudo)],
        p=group.p,
        floor=group.floor,
        effect=_effect(parts),
        p_of={
            name: float(p)
            for names, each in parts
            for name, p in zip(names, each.p, strict=True)
        },
        least=max(each.floor for each in found),
    )


def _orders(parts: Sequence[tuple[Sequence[Name], PseudoDyads]], real: FloatArray) -> Null:
    """Return the mean score of real partners, and those under partners in random order."""
    number = {dyad: k for k, dyad in enumerate(sorted({d for n, _ in parts for d, _ in n}))}
    sets = [(np.array([number[dyad] for dyad, _ in names]), e.scores) for names, e in parts]
    rng = np.random.default_rng(0)
    draws = [_mean(sets, rng.random(len(number))) for _ in range(ORDERS)]
    observed = float(real.mean()) if real.size else math.nan
    null = drawn(observed, np.array(draws), "orders of partners")
    floors = {frozenset(dyad for dyad, _ in names): e.group.floor for names, e in parts}
    return null._replace(floor=max(null.floor, math.prod(floors.values())))


def _mean(sets: Sequence[tuple[NDArray[np.int64], FloatArray]], place: FloatArray) -> float:
    """Return the mean score where the partners of each set stand in the order of `place`."""
    scores = [scores[np.arange(own.size), np.argsort(place[own])] for own, scores in sets]
    values = np.concatenate(scores)
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


def _effect(parts: Sequence[tuple[Sequence[Name], PseudoDyads]]) -> Estimate:
    """Return the mean effect of sets; of the same couples, it is no surer than one of them."""
    effects = [each.effect for _, each in parts if not each.effect.reason]
    if len(effects) < 2:
        return (effects or [parts[0][1].effect])[0]
    dyads = [dyad for names, _ in parts for dyad, _ in names]
    k = len(effects)
    apart = len(set(dyads)) == len(dyads)
    spread = math.sqrt(sum(e.se**2 for e in effects)) if apart else sum(e.se for e in effects)
    value = sum(e.value for e in effects) / k
    quality = sum(e.quality for e in effects) / k
    return Estimate(value, spread / k, "", quality, sum(e.n for e in effects))
