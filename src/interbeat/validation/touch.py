"""Touch: what contact does to a heart, and to what two bodies have in common."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from interbeat.body.inputs import RATE, Inputs, Tie
from interbeat.body.truth import CoupleTruth, PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.dyad import INDICES
from interbeat.validation._couples import GRID, Pair, couples, series, together
from interbeat.validation._effects import within
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import (
    Volunteer,
    lives,
    measured,
    population,
    stressed,
    window,
)

__all__ = [
    "being_stroked", "pressure_of_a_stressor", "touch_and_coupling", "warm_contact_during",
]  # fmt: skip

MINUTE = 60.0
GREWEN = "Grewen et al. (2003), Behav Med 29:123; n = 183"
GREWEN_SAID = (
    "lower rises of heart rate and pressure; 5 against 10 bpm, less than half of 24 mmHg "
    "(press report of the talk)"
)
BEFORE, CONTACT, TASK = 2 * MINUTE, 10 * MINUTE, 3 * MINUTE
TALK = 1.0  # danger of speaking of what made one angry: a stressor of the laboratory
WARM = 0.6  # safety of a partner who is close


def _rises(one: Volunteer, close: float) -> tuple[float, float]:
    """Return the rise of heart rate and of systolic pressure in a task, alone or close."""
    start = BEFORE + CONTACT
    lasts = start + TASK
    warm = window(lasts, BEFORE, lasts, level=close)
    given = replace(stressed(lasts, start, lasts, danger=TALK), safety=WARM * warm, touch=warm)
    return _rise(lives(one, given), Span(0.0, BEFORE), Span(start, lasts))


def _rise(truth: PersonTruth, rest: Span, task: Span) -> tuple[float, float]:
    rate = measured(truth, "mean_hr", task) - measured(truth, "mean_hr", rest)
    low, high = (truth.systolic.between(s.start, s.end).values.mean() for s in (rest, task))
    return rate, float(high - low)


@lru_cache(maxsize=1)
def _alone(seed: int) -> FloatArray:
    """Return both rises of 100 people who are alone: shape (100, 2)."""
    return np.array([_rises(one, 0.0) for one in population(100, seed)])


def _share(with_it: FloatArray, without: FloatArray) -> float:
    return float(with_it.mean() / without.mean())


@finding(
    number=39,
    title="A stressor beside one who is close moves the heart less",
    source=GREWEN + "; contact that lasts into the stressor is not what they did",
    doi="10.1080/08964280309596065",
    published=GREWEN_SAID,
    mark="S",
    least=0.3,
    most=0.7,
    rule="share of the rise that is left",
    origin="fitted",
    ledger="the safety of a partner: 0.8 left a third, 0.6 was second",
)
def warm_contact_during(seed: int) -> Measured:
    """Return the share where contact lasts through the stressor."""
    alone = _alone(seed)[:, 0]
    close = [_rises(one, 1.0)[0] for one in population(100, seed)]
    return Measured.statistic(
        _share, close, alone, note=f"alone it rises by {alone.mean():.1f} bpm"
    )


@finding(
    number=39,
    title="Speaking of what made one angry raises pressure",
    source=GREWEN,
    doi="10.1080/08964280309596065",
    published="24 mmHg systolic without contact (press report of the talk)",
    mark="S",
    least=12.0,
    most=36.0,
    unit="mmHg",
    origin="fitted",
    ledger="that threat strengthens the beats and resets the reflex was built for this row: of "
    "0.25 and 0.2 of pressure at threat 1 the second was kept, between 12 mmHg (Forsman and "
    "Lindblad 1983) and these 24",
)
def pressure_of_a_stressor(seed: int) -> Measured:
    """Return the rise of systolic pressure over three minutes of danger; half either way."""
    return Measured.of(_alone(seed)[:, 1])


@finding(
    number=41,
    title="Being stroked slows the heart, stroking does not",
    source="Triscoli et al. (2017), Physiol Behav 177:169; romantic partners",
    doi="10.1016/j.physbeh.2017.05.006",
    published="being stroked decelerates heart rate, stroking does not",
    mark="S",
    parts={
        "stroked": Tolerance(most=0.0, unit="bpm", rule="slows"),
        "stroking": Tolerance(least=-0.1, unit="bpm", rule="does not slow"),
    },
    origin="imposed",
    ledger="that touch is felt as safe and that safety slows the heart are assumptions; that "
    "stroking moves an arm a little (0.05) is one, too",
)
def being_stroked(seed: int) -> dict[str, Measured]:
    """Return the change of heart rate over 3 min of touch from the same minutes without it."""
    people = couples(30, seed)
    quiet = Inputs.at_rest(5 * MINUTE)
    stroke = window(quiet.seconds, 2 * MINUTE, quiet.seconds)
    given = [replace(quiet, touch=stroke), replace(quiet, movement=0.05 * stroke)]
    span = Span(2 * MINUTE, quiet.seconds)

    def rates(inputs: list[Inputs]) -> FloatArray:
        truths = [together(pair, inputs) for pair in people]
        return np.array([[measured(t[p], "mean_hr", span) for p in "ab"] for t in truths])

    change = rates(given) - rates([quiet, quiet])
    return {"stroked": Measured.of(change[:, 0]), "stroking": Measured.of(change[:, 1])}


PAIN, LASTS = 0.8, 4 * MINUTE
SEEN, TOUCHED = 0.5, 1.0  # contact of two who see each other, without and with touch
CARING = Tie(threat=0.3, breath=0.06)
TRACKS = {"breathing": "volume", "heart rate": "heart rate"}
COHERENCE = INDICES["coherence"]


@lru_cache(maxsize=1)
def _coupled(seed: int) -> dict[tuple[str, bool, bool], FloatArray]:
    """Return how closely both tracks of 44 couples go together, by pain and touch."""
    people = couples(44, seed)
    found = {}
    for pain in (False, True):
        for touch in (False, True):
            truths = [_beside(pair, pain=pain, touch=touch) for pair in people]
            for name in TRACKS:
                found[name, pain, touch] = np.array([_tied(t, name) for t in truths])
    return found


def _beside(pair: Pair, *, pain: bool, touch: bool) -> CoupleTruth:
    quiet = Inputs.at_rest(LASTS)
    n = round(LASTS * RATE)
    hurt = replace(quiet, danger=np.full(n, PAIN * pain))
    felt = np.full(n, float(touch))
    return together(
        pair, [replace(hurt, touch=felt), replace(quiet, touch=felt)], ties=(CARING, CARING),
        contact=np.full(n, TOUCHED if touch else SEEN), session=2 * pain + touch,
    )  # fmt: skip


def _tied(truth: CoupleTruth, name: str) -> float:
    both = series(truth, TRACKS[name], Span(4.0, LASTS - 4.0))
    (a, rate), (b, _) = (COHERENCE.prepare(one, GRID) for one in both)
    return COHERENCE.statistic(a, b, rate)


@finding(
    number=43,
    title="Touch ties the breathing of two, and their hearts when one is in pain; pain without "
    "touch parts them",
    source="Goldstein et al. (2017), Sci Rep 7:3252; 22 couples",
    doi="10.1038/s41598-017-03627-7",
    published="touch raised coupling of breathing with and without pain, of heart rate in "
    "pain; pain without touch lowered coupling",
    mark="S",
    parts={
        "breathing, touch, no pain": Tolerance(least=0.0, unit="d_z", rule="rises"),
        "breathing, touch, pain": Tolerance(least=0.0, unit="d_z", rule="rises"),
        "heart rate, touch, pain": Tolerance(least=0.0, unit="d_z", rule="rises"),
        "breathing, pain, no touch": Tolerance(most=0.0, unit="d_z", rule="falls"),
    },
    origin="imposed",
    ledger="touch adds to contact by assumption (0.5 seen, 1 touched); what pain does follows",
)
def touch_and_coupling(seed: int) -> dict[str, Measured]:
    """Return d_z over 44 couples of our wavelet coherence in four times four minutes."""
    found = _coupled(seed)

    def change(name: str, *, to: tuple[bool, bool], of: tuple[bool, bool]) -> Measured:
        return within(found[name, *to] - found[name, *of])

    return {
        "breathing, touch, no pain": change("breathing", to=(False, True), of=(False, False)),
        "breathing, touch, pain": change("breathing", to=(True, True), of=(True, False)),
        "heart rate, touch, pain": change("heart rate", to=(True, True), of=(True, False)),
        "breathing, pain, no touch": change("breathing", to=(True, False), of=(False, False)),
    }
