"""Aging: what the years take from variability, deep breathing and the baroreflex.

Where young and old are compared they are the same simulated people at two ages, which leaves
less to chance than two groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import numpy as np

from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import (
    baroreflex_sensitivity,
    lives,
    measured,
    paced,
    population,
    rest,
)

__all__ = [
    "baroreflex_declines", "baroreflex_limit", "baroreflex_of_the_old", "deep_breathing_limit",
    "sdrr_declines", "segments_decline", "vagal_measures_decline_most",
]  # fmt: skip

PEOPLE = 40
SECONDS = 300.0
DEEP, LITERS = 6.0, 2.0  # breaths a minute and liters each: "as deep as you can", assumed
TENTH = 1.2816  # standard normal deviate of the 10th percentile
UMETANI = "Umetani et al. (1998), J Am Coll Cardiol 31:593; 24 h, n = 260"
UMETANI_DOI = "10.1016/S0735-1097(97)00554-8"


@lru_cache(maxsize=16)
def _given(seed: int, youngest: float, oldest: float) -> dict[str, FloatArray]:
    """Return what people give in 5 min of rest; of one seed, the same people at other ages."""
    truths = _rested(seed, youngest, oldest)
    return {
        name: np.array([measured(truth, name) for truth in truths])
        for name in ("sdnn", "rmssd")
    }


def _rested(seed: int, youngest: float, oldest: float) -> tuple[PersonTruth, ...]:
    people = population(PEOPLE, seed, ages=(youngest, oldest))
    return tuple(rest(one, SECONDS) for one in people)


def _ratio(old: FloatArray, young: FloatArray) -> float:
    return float(old.mean() / young.mean())


@finding(
    number=10,
    title="SDRR of people near 70 against people near 30",
    source="Effects of age on intrinsic heart rate, heart rate variability and AV conduction "
    "in healthy humans (1995), Am J Physiol; n = 39",
    published="43 ± 17 ms at 69 years, 70 ± 18 ms at 30: a ratio of 0.61",
    mark="S",
    least=0.45,
    most=0.8,
    origin="predicted",
    ledger="with age fall the intrinsic rate, the fastest rate and the vagal reflex, each as "
    "in another source; nothing was adjusted to variability",
)
def sdrr_declines(seed: int) -> Measured:
    """Return the ratio of the means, of 5 min at rest."""
    old, young = _given(seed, 62, 76)["sdnn"], _given(seed, 25, 35)["sdnn"]
    return Measured.statistic(_ratio, old, young)


@finding(
    number=11,
    title="What falls fastest with age is RMSSD",
    source=UMETANI,
    doi=UMETANI_DOI,
    published="RMSSD and pNN50 decrease most rapidly, then SDNN",
    mark="S",
    least=0.02,
    rule="by how much the share that RMSSD loses is larger",
    origin="predicted",
)
def vagal_measures_decline_most(seed: int) -> Measured:
    """Return by how much RMSSD's loss exceeds SDNN's, 25 to 75 years, in 5 min of rest."""
    old, young = _given(seed, 70, 80), _given(seed, 20, 30)
    return Measured.statistic(
        lambda r1, s1, r0, s0: _ratio(s1, s0) - _ratio(r1, r0),
        old["rmssd"], old["sdnn"], young["rmssd"], young["sdnn"],
        note="of 5 min at rest, where the paper has 24 h",
    )  # fmt: skip


@finding(
    number=11,
    title="SDNN of 5-min segments falls in a straight line to less than half",
    source=UMETANI,
    doi=UMETANI_DOI,
    published="SDNN index 46 % of its value in the second decade by the tenth: between 25 and "
    "85 years, to 0.57",
    mark="S",
    least=0.4,
    most=0.74,
    origin="predicted",
)
def segments_decline(seed: int) -> Measured:
    """Return SDNN of 5 min at 80 to 90 years over that at 20 to 30; 30 % either way."""
    old, young = _given(seed, 80, 90)["sdnn"], _given(seed, 20, 30)["sdnn"]
    return Measured.statistic(_ratio, old, young)


@finding(
    number=12,
    title="Lower limit of the swing of heart rate in deep breathing",
    source="Wieling et al. (1982), Reflex control of heart rate in normal subjects in relation "
    "to age, Diabetologia 22:163; n = 133",
    published="the 10th percentile falls from 22 to 11 bpm between 10 and 65 years: 19 bpm at "
    "25",
    mark="S",
    parts={"at 25": Tolerance(13.3, 24.7, "bpm"), "at 65": Tolerance(7.7, 14.3, "bpm")},
    origin="fitted",
    ledger="a forced breath was first taken as 1.5 L (16 and 6 bpm), then as 2 L; nothing in "
    "the body was adjusted",
)
def deep_breathing_limit(seed: int) -> dict[str, Measured]:
    """Return the 10th percentile of a log-normal, as they took it, at 6/min and 2 L."""
    note = "a forced breath of 2 L is assumed"
    return {
        f"at {age}": Measured.statistic(_limit, _swings(seed, age), note=note)
        for age in (25, 65)
    }


def _swings(seed: int, age: int) -> FloatArray:
    people = population(PEOPLE, seed, ages=(age - 3, age + 3))
    return np.array([_swing(lives(one, paced(90.0, DEEP, depth=LITERS))) for one in people])


def _swing(truth: PersonTruth) -> float:
    """Return fastest less slowest heart rate within a breath, the mean of six breaths."""
    times, rate = truth.beats.times[1:], 60_000 / truth.beats.rr_ms
    onsets = truth.breaths.times[truth.breaths.times > 20.0][:7]
    swings = [np.ptp(rate[(times >= start) & (times < end)]) for start, end in pairwise(onsets)]
    return float(np.mean(swings))


def _limit(swings: FloatArray) -> float:
    logs = np.log(swings)
    return float(np.exp(logs.mean() - TENTH * logs.std(ddof=1)))


def _sensitivities(truths: Iterable[PersonTruth], method: str) -> FloatArray:
    whole = Span(0.0, SECONDS)
    return np.array([baroreflex_sensitivity(truth, whole, method=method) for truth in truths])


@finding(
    number=18,
    title="Baroreflex sensitivity of people of 50 to 75 years, at rest",
    source="Gerritsen et al. (2000), Clin Sci 99:371 (Hoorn study); n = 191",
    published="5.0 to 8.9 ms/mmHg, over ways of breathing and of computing",
    mark="S",
    least=5.0,
    most=8.9,
    unit="ms/mmHg",
    origin="predicted",
    ledger="the reflex was fitted to people of 52 years (row 17), its fall with age is another "
    "source's; nothing was adjusted to these",
)
def baroreflex_of_the_old(seed: int) -> Measured:
    """Return the mean root of the ratio of LF powers, supine, breathing as they like."""
    return Measured.of(_sensitivities(_rested(seed, 50, 75), "alpha"))


@finding(
    number=18,
    title="Baroreflex sensitivity falls with age",
    source="Kardos et al. (2001), Hypertension 37:911; n = 1,134 of 18 to 60 years",
    doi="10.1161/01.hyp.37.3.911",
    published="ln sensitivity = 3.24 - 0.03 age (sequences): to 0.41 over 30 years",
    mark="S",
    least=0.27,
    most=0.65,
    origin="imposed",
    ledger="the vagal reflex was given a fall with age, of the size of another study's limit. "
    "At the edge: over many groups it is 0.65",
)
def baroreflex_declines(seed: int) -> Measured:
    """Return the mean of sequences at 50 to 59 years over that at 20 to 29."""
    old = _sensitivities(_rested(seed, 50, 59), "sequence")
    young = _sensitivities(_rested(seed, 20, 29), "sequence")
    return Measured.statistic(_ratio, old, young)


@finding(
    number=18,
    title="Hardly anyone falls below the limit for age of the baroreflex",
    source="Am J Hypertens (2000) 13:268; n = 262 of 17 to 69 years",
    published="ln of the 2.5th percentile = 2.5198 - 0.0283 age (sequences)",
    mark="S",
    least=0.9,
    rule="share above the limit",
    origin="imposed",
    ledger="the slope of this limit is where the fall with age comes from; its height is not",
)
def baroreflex_limit(seed: int) -> Measured:
    """Return the share of people of 20 to 69 years above the limit; 97.5 % were."""
    truths = _rested(seed, 20, 69)
    found = _sensitivities(truths, "sequence")
    limits = np.exp(2.5198 - 0.0283 * np.array([truth.person.age for truth in truths]))
    above = np.where(np.isnan(found), np.nan, found > limits)
    return Measured.of(above)
