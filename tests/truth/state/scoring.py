"""Scoring: how far drives that were found are from drives that were there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tests.twins import Heard

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.state import Drives, Drug, drives

__all__ = ["Score", "heart_rate", "ln_rmssd", "looked", "misses", "score", "together"]

EDGE = 15.0  # s at the end of a recording that are left out
SETTLED = 245.0  # s from which is scored: before, both are zero by agreement
LEAST_VAGAL = 0.85  # the bars of the issue
LEAST_COVERED, MOST_COVERED = 0.87, 0.93


@dataclass(frozen=True)
class Score:
    """One person: correlations over the seconds after rest, and how much intervals cover."""

    vagal: float
    sympathetic: float
    ln_rmssd: float
    heart_rate: float
    vagal_covered: float
    sympathetic_covered: float
    vagal_error: float
    sympathetic_error: float
    vagal_width: float
    sympathetic_width: float


def looked(
    told: Heard, breath: str = "belt", *, palm: bool = False, drugs: Sequence[Drug] = ()
) -> Drives:
    """Return what `state` makes of one person.

    Parameters
    ----------
    told : Heard
        What sensors tell.
    breath : str
        "belt", "heights" (of R waves, as poor as they are) or "none".
    palm : bool
        Whether sweat responses are told.
    drugs : sequence of Drug
        What was given, if `state` is told.
    """
    signals = {"belt": told.breathing, "heights": told.heights, "none": None}
    return drives(
        told.beats, breathing=signals[breath], responses=told.responses if palm else None,
        drugs=drugs,
    )  # fmt: skip


def score(found: Drives, told: Heard, *, effect: bool = False, followed: bool = False) -> Score:
    """Return how `found` does beside the plain measures over the same seconds.

    Parameters
    ----------
    found : Drives
        Of `state`.
    told : Heard
        With the truth.
    effect : bool
        Against what reaches the node, instead of the central tone.
    followed : bool
        What was known live, instead of afterwards.
    """
    known = found.followed if followed and found.followed is not None else found
    assert known is not None
    assert found.baseline is not None, found.costs
    at = known.times.astype(int)
    kept = (at >= SETTLED) & (at < told.vagal.size - EDGE)
    rest = slice(int(found.baseline.start), int(found.baseline.end))
    tones = (
        (told.vagal_effect, told.sympathetic_effect)
        if effect
        else (told.vagal, told.sympathetic)
    )
    vagal, sympathetic = (tone[at[kept]] - tone[rest].mean() for tone in tones)
    seconds = at[kept].astype(float)
    back = 0.0 if not followed else 0.5
    plain = (
        ln_rmssd(told.beats, seconds - 30 * back),
        heart_rate(told.beats, seconds - 10 * back),
    )

    def against(name: str, truth: FloatArray) -> tuple[float, float, float, float]:
        value = getattr(known, name).values[kept]
        low, high = (end[kept] for end in known.interval(name))
        return (
            _r(value, truth), float(np.mean((low <= truth) & (truth <= high))),
            float(np.sqrt(np.mean((value - truth) ** 2))), float(np.mean(high - low)) / 2,
        )  # fmt: skip

    v, s = against("vagal", vagal), against("sympathetic", sympathetic)
    return Score(
        v[0], s[0], _r(plain[0], vagal), _r(plain[1], sympathetic),
        v[1], s[1], v[2], s[2], v[3], s[3],
    )  # fmt: skip


def together(scores: Sequence[Score]) -> dict[str, float]:
    """Return the mean of each number over people."""
    return {
        name: float(np.nanmean([getattr(s, name) for s in scores])) for name in vars(scores[0])
    }


def misses(scores: Sequence[Score], *, slack: float) -> list[str]:
    """Return which bars of the issue are missed, in words; none if all are reached.

    Parameters
    ----------
    scores : sequence of Score
        Of many people.
    slack : float
        Standard errors of a mean over these people that are granted: 0 in the long version.
    """
    n = len(scores)

    def mean(name: str) -> tuple[float, float]:
        values = np.array([getattr(one, name) for one in scores])
        return float(values.mean()), slack * float(values.std(ddof=1)) / np.sqrt(n)

    found = []
    vagal, room = mean("vagal")
    if vagal + room < LEAST_VAGAL:
        found.append(f"vagal drive: r {vagal:.2f} < {LEAST_VAGAL}")
    for name in ("vagal", "sympathetic"):
        covered, room = mean(f"{name}_covered")
        if not LEAST_COVERED - room <= covered <= MOST_COVERED + room:
            found.append(f"{name} drive: 90 % intervals cover {covered:.0%}")
    ahead = np.array([one.sympathetic - one.heart_rate for one in scores])
    if ahead.mean() + slack * ahead.std(ddof=1) / np.sqrt(n) < 0:
        found.append(f"sympathetic drive: r {ahead.mean():+.2f} beside heart rate")
    return found


def ln_rmssd(beats: Beats, at: FloatArray) -> FloatArray:
    """Return the logarithm of RMSSD over 30 s around each second."""
    pairs = beats.nn[1:] & beats.nn[:-1]
    squares = np.where(pairs, np.diff(beats.rr_ms) ** 2, 0)
    sums, counts = (np.concatenate(([0.0], np.cumsum(x))) for x in (squares, pairs))
    when = beats.times[1:-1]
    first, last = np.searchsorted(when, at - 15), np.searchsorted(when, at + 15)
    return np.asarray(
        0.5
        * np.log(
            (sums[last] - sums[first] + 1e-9) / np.maximum(counts[last] - counts[first], 1)
        )
    )


def heart_rate(beats: Beats, at: FloatArray) -> FloatArray:
    """Return beats a minute over 10 s around each second, of normal intervals."""
    good = beats.nn
    sums, counts = (
        np.concatenate(([0.0], np.cumsum(x))) for x in (np.where(good, beats.rr_ms, 0), good)
    )
    when = beats.times[1:]
    first, last = np.searchsorted(when, at - 5), np.searchsorted(when, at + 5)
    return np.asarray(
        60000 * (counts[last] - counts[first]) / np.maximum(sums[last] - sums[first], 1)
    )


def _r(a: FloatArray, b: FloatArray) -> float:
    return float(np.corrcoef(a, b)[0, 1])
