"""Breathing: how its pace, depth and shape move the heart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from interbeat.body.inputs import Inputs
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.validation._effects import within
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import Volunteer, held, lives, measured, paced, population

__all__ = [
    "humming_and_the_stress_index", "humming_optimum", "mean_interval_and_breathing",
    "over_breathing", "powers_and_pace", "resonance", "swing_and_depth", "swing_corner",
    "swing_of_slow_breaths", "swing_roll_off",
]  # fmt: skip

PACES = (2.4, 3.0, 3.6, 4.5, 5.0, 6.0, 7.2, 9.0, 12.0, 15.0, 18.0, 24.0)  # breaths a minute
SLOW, FAST = 6.0, 12.0  # the flat part is up to one, the falling part from the other on
LITER = 1.0  # of every breath
SETTLED, SECONDS = 60.0, 240.0
HARMONICS = (1, 2)
HIRSCH = "Hirsch & Bishop (1981), Am J Physiol 241:H620; n = 17"
HIRSCH_DOI = "10.1152/ajpheart.1981.241.4.H620"
BROWN = "Brown et al. (1993), J Appl Physiol 75:2310; n = 9"
BROWN_DOI = "10.1152/jappl.1993.75.5.2310"
SHAPED = (
    "lag of the vagus taken from the corner; filling, vessels and suction in some 45 settings"
)


def swing(truth: PersonTruth, start: float) -> float:
    """Return how far heart rate swings with a breath, peak to trough, in bpm.

    Heart rate of each interval is fitted by two harmonics of the phase of breathing: unlike our
    RespHRV, also where a breath lasts half a minute.

    Parameters
    ----------
    truth : PersonTruth
        Whose.
    start : float
        From when on (s).
    """
    times = truth.beats.times[truth.beats.times >= start]
    onsets = truth.breaths.times
    middles = (times[1:] + times[:-1]) / 2
    phase = np.interp(middles, onsets, np.arange(onsets.size, dtype=np.float64))
    rates = 60 / np.diff(times)
    weights = np.linalg.lstsq(_waves(phase), rates, rcond=None)[0]
    return float(np.ptp(_waves(np.linspace(0, 1, 100)) @ weights))


def _waves(phase: FloatArray) -> FloatArray:
    angles = [2 * math.pi * k * phase for k in HARMONICS]
    return np.column_stack([np.ones_like(phase), *map(np.cos, angles), *map(np.sin, angles)])


@lru_cache(maxsize=2)
def _swept(seed: int) -> FloatArray:
    """Return the swing of 34 people at each pace, 1 L a breath; shape (people, paces)."""
    people = population(34, seed, ages=(20, 45))
    return np.array([
        [swing(lives(one, paced(SECONDS, pace, depth=LITER), session=k), SETTLED)
         for k, pace in enumerate(PACES)]
        for one in people
    ])  # fmt: skip


def _line(swings: FloatArray) -> FloatArray:
    """Return slope (dB a decade) and height (dB at 1/min) of the falling part."""
    paces = np.array(PACES)
    fast = paces >= FAST
    return np.polyfit(np.log10(paces[fast]), 20 * np.log10(swings[fast]), 1)


def _flat(swings: FloatArray) -> float:
    return float(swings[np.array(PACES) < SLOW].mean())


@finding(
    number=1,
    title="Respiratory swing of heart rate falls with the pace of breathing",
    source=HIRSCH,
    doi=HIRSCH_DOI,
    published="21 ± 3.4 dB a decade above the corner",
    mark="S",
    least=15,
    most=28,
    unit="dB/decade",
    origin="fitted",
    ledger=SHAPED + "; the slope was on the same curve",
)
def swing_roll_off(seed: int) -> Measured:
    """Return the mean slope from 12 to 24 breaths/min, 1 L each."""
    return Measured.of([-_line(one)[0] for one in _swept(seed)])


@finding(
    number=2,
    title="Corner between slow breaths and those that the heart follows less",
    source=HIRSCH,
    doi=HIRSCH_DOI,
    published="7.2 ± 1.5 breaths a minute",
    mark="S",
    least=4.2,
    most=10.2,
    unit="1/min",
    origin="fitted",
    ledger=SHAPED,
)
def swing_corner(seed: int) -> Measured:
    """Return the pace at which the falling line meets the level below 6 breaths/min."""
    corners = []
    for one in _swept(seed):
        slope, height = _line(one)
        corners.append(10 ** ((20 * math.log10(_flat(one)) - height) / slope))
    return Measured.of(corners)


@finding(
    number=3,
    title="Below 6 breaths a minute the swing is large and level",
    source=HIRSCH,
    doi=HIRSCH_DOI,
    published="20 ± 5 bpm, the same for all slower paces",
    mark="S",
    parts={
        "swing": Tolerance(10, 30, "bpm"),
        "dip": Tolerance(most=0.20, rule="share by which the lowest is under their mean"),
    },
    origin="fitted",
    ledger=SHAPED,
)
def swing_of_slow_breaths(seed: int) -> dict[str, Measured]:
    """Return the mean below 6/min, and how deep the mean curve dips there (up to 6/min)."""
    swings = _swept(seed)
    slow = swings[:, np.array(PACES) <= SLOW]
    return {
        "swing": Measured.of([_flat(one) for one in swings]),
        "dip": Measured.statistic(_dip, *slow.T),
    }


def _dip(*by_pace: FloatArray) -> float:
    means = np.array([one.mean() for one in by_pace])
    return float(1 - means.min() / means.mean())


@finding(
    number=4,
    title="The swing grows in a line with the depth of breaths",
    source=HIRSCH + "; " + BROWN,
    doi=HIRSCH_DOI,
    published="linear in tidal volume; larger at 1.5 L than at 1 L",
    mark="S",
    least=0.8,
    most=1.2,
    rule="bpm a liter at 1.5 L over those at 0.5 L",
    origin="fitted",
    ledger="a line by design: volume multiplies what leaves the vagus; what bends it, filling "
    "and vessels, was fitted to the first source, at 1 L",
)
def swing_and_depth(seed: int) -> Measured:
    """Return the ratio of the mean swings a liter, at 10 breaths a minute."""
    people = population(17, seed, ages=(20, 45))
    deep, shallow = (
        [
            swing(lives(one, paced(SECONDS, 10.0, depth=depth)), SETTLED) / depth
            for one in people
        ]
        for depth in (1.5, 0.5)
    )
    return Measured.statistic(lambda x, y: float(x.mean() / y.mean()), deep, shallow)


def _over_paces(
    seed: int, paces: Sequence[float], given: Callable[[PersonTruth], float]
) -> FloatArray:
    """Return what each person gives at each pace of 1 L, slow noise alike; (people, paces)."""
    return np.array([
        [given(lives(one, paced(SECONDS, pace, depth=LITER))) for pace in paces]
        for one in population(18, seed, ages=(20, 45))
    ])  # fmt: skip


@finding(
    number=5,
    title="The mean interval hardly depends on pace and depth of breathing",
    source=BROWN,
    doi=BROWN_DOI,
    published="mean R-R interval unchanged from 6 to 24 breaths a minute and by depth",
    mark="S",
    most=0.03,
    rule="largest departure of a pace from the mean of all, as a share",
    origin="predicted",
    ledger="nothing was adjusted to it; that heart rate stays as breaths deepen was (row 19)",
)
def mean_interval_and_breathing(seed: int) -> Measured:
    """Return the largest departure at 6, 10, 15, 20 and 24 breaths a minute of 1 L."""
    means = _over_paces(
        seed, (6.0, 10.0, 15.0, 20.0, 24.0), lambda truth: measured(truth, "mean_nn")
    )
    return Measured.statistic(_departure, *means.T)


def _departure(*by_pace: FloatArray) -> float:
    means = np.array([one.mean() for one in by_pace])
    return float(np.abs(means / means.mean() - 1).max())


@finding(
    number=5,
    title="The respiratory part of R-R power falls as breathing quickens",
    source=BROWN,
    doi=BROWN_DOI,
    published="p < 0.05 over 6 to 24 breaths a minute",
    mark="S",
    most=-0.5,
    rule="change of the log of the swing from 10 to 24 breaths a minute",
    origin="fitted",
    ledger="the curve of rows 1 to 3 again, though of another source",
)
def powers_and_pace(seed: int) -> Measured:
    """Return the mean change of the logarithm, 1 L a breath."""
    swings = _over_paces(seed, (10.0, 24.0), lambda truth: swing(truth, SETTLED))
    return Measured.of(np.log(swings[:, 1] / swings[:, 0]))


@finding(
    number=21,
    title="Heart rate swings most at a pace of one's own, near 0.1 Hz",
    source="Vaschillo, Vaschillo & Lehrer (2006), Appl Psychophysiol Biofeedback 31:129",
    doi="10.1007/s10484-006-9009-3",
    published="4.5 to 6.5 breaths a minute",
    mark="M",
    second="Shaffer & Meehan (2020): adults 4.5 to 6.5 breaths a minute",
    parts={
        "pace": Tolerance(4.5, 7.2, "1/min"),
        "spread": Tolerance(least=0.2, unit="1/min", rule="people differ, standard deviation"),
    },
    origin="fitted",
    ledger=SHAPED,
)
def resonance(seed: int) -> dict[str, Measured]:
    """Return the mean best pace of 4 to 9 breaths a minute of 1 L, and how people differ."""
    paces = np.arange(4.0, 9.1, 0.5)
    swings = _over_paces(seed, paces.tolist(), lambda truth: swing(truth, SETTLED))
    best = paces[swings.argmax(axis=1)]
    return {
        "pace": Measured.of(best),
        "spread": Measured.statistic(lambda x: float(x.std(ddof=1)), best),
    }


@finding(
    number=22,
    title="Humming moves the heart most with breaths of 12 to 14 s",
    source="Trivedi et al. (2023), Int J Yoga 16:123; n = 118; breaths of 8, 10, 12 and 14 s",
    doi="10.4103/ijoy.ijoy_113_23",
    published="variability largest between 12 and 14 s, not at 10 s",
    mark="S",
    least=11,
    most=15,
    unit="s",
    rule="duration with the largest mean SDNN",
    origin="fitted",
    ledger="that a hum's flow is steady, so that its depth grows as its duration: 3 exponents",
)
def humming_optimum(seed: int) -> Measured:
    """Return the mean over groups of 10 people of the duration with the largest SDNN."""
    durations = (8.0, 10.0, 12.0, 14.0)
    found = np.array([
        [_hummed(one, seconds, k) for k, seconds in enumerate(durations)]
        for one in population(60, seed)
    ])  # fmt: skip
    groups = found.reshape(6, 10, len(durations)).mean(axis=1)
    return Measured.of(np.array(durations)[groups.argmax(axis=1)])


def _hummed(one: Volunteer, seconds: float, session: int) -> float:
    inputs = held(paced(SECONDS, 60 / seconds), hum=1.0)
    return measured(lives(one, inputs, session=session), "sdnn", Span(SETTLED, SECONDS))


@finding(
    number=23,
    title="Humming, the stress index is lower than in stress or in movement",
    source="Trivedi et al. (2023), Cureus 15:e37527; n = 23, a pilot",
    doi="10.7759/cureus.37527",
    published="lowest humming, of physical activity, emotional stress and sleep",
    mark="S",
    parts={
        "stress": Tolerance(most=0.0, unit="d_z", rule="humming is lower"),
        "movement": Tolerance(most=0.0, unit="d_z", rule="humming is lower"),
    },
    origin="predicted",
    ledger="nothing was set for it. It says little: any slow deep breath widens the range by "
    "which the index divides. Sleep is not modeled",
)
def humming_and_the_stress_index(seed: int) -> dict[str, Measured]:
    """Return d_z of the logarithm of Baevsky's index, 5 min each, over 30 people."""
    settled = Span(SETTLED, 300.0)
    calm, people = Inputs.at_rest(settled.end), population(30, seed)
    asked = {
        "humming": held(calm, hum=1.0),
        "stress": held(calm, danger=1.0),
        "movement": held(calm, movement=0.5),
    }
    found = {}
    for k, (said, inputs) in enumerate(asked.items()):
        truths = [lives(one, inputs, session=k) for one in people]
        found[said] = np.log([measured(truth, "baevsky_index", settled) for truth in truths])
    return {said: within(found["humming"] - found[said]) for said in ("stress", "movement")}


@finding(
    number=51,
    title="Who is new to slow breathing often breathes too much",
    source="Szulczewski (2019), PLoS ONE 14:e0218550; n = 16, 10 min at 0.1 Hz",
    doi="10.1371/journal.pone.0218550",
    published="end-tidal carbon dioxide below 30 mmHg in 37.5 % on the first day",
    mark="S",
    least=0.15,
    most=0.65,
    unit="of people",
    origin="fitted",
    ledger="overbreathing and its spread: 4 settings, the last for other reasons",
)
def over_breathing(seed: int) -> Measured:
    """Return the share whose carbon dioxide fell below 30 mmHg; the published 95 % interval."""
    inputs = paced(600.0, 6.0)
    lows = [lives(one, inputs).carbon_dioxide.values.min() for one in population(80, seed)]
    return Measured.of(np.array(lows) < 30)
