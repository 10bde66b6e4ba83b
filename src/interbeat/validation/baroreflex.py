"""Baroreflex: how fast nerves reach the heart, and what pressure and heart do to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.signal import detrend, welch

from interbeat.body.circulation import Circulation
from interbeat.body.inputs import RATE, Inputs
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation._steps import reached, stimulated
from interbeat.validation.population import (
    Volunteer,
    baroreflex_sensitivity,
    heart_rate,
    held,
    lives,
    paced,
    population,
    rest,
    tilted,
    window,
)

__all__ = [
    "cold_face_pressure", "cold_face_slows", "latency_of_vessels", "mayer_frequency",
    "reflex_and_pace", "slow_breathing_and_hypertension", "sympathetic_step", "vagal_step",
]  # fmt: skip

START, SECONDS = 60.0, 120.0
SEGMENT = 64.0  # s, of spectra
JOSEPH = "Joseph et al. (2005), Hypertension 46:714"
JOSEPH_DOI = "10.1161/01.HYP.0000179581.68566.7d"
TALLY = "size and range of the reflex, suction and filling: some 45 settings, with rows 2, 3, 9"


def _extra(volunteer: Volunteer, *, vagal: float, sympathetic: float) -> Sequence[FloatArray]:
    """Return what a step adds to both effects, against the same person without it."""
    inputs = Inputs.at_rest(SECONDS)
    on = window(SECONDS, START, SECONDS)

    def effects(level: float) -> Circulation:
        return stimulated(
            volunteer, inputs, vagal=level * vagal * on, sympathetic=level * sympathetic * on
        )

    plain, stepped = effects(0.0), effects(1.0)
    return (
        stepped.vagal_effect - plain.vagal_effect,
        stepped.sympathetic_effect - plain.sympathetic_effect,
    )


@finding(
    number=13,
    title="The vagus reaches the heart within a beat",
    source="Eckberg (1976), J Physiol 258:769; Borst & Karemaker (1983), J Auton Nerv Syst "
    "9:399",
    published="0.24 s; 0.5 to 0.6 s",
    mark="S",
    least=0.2,
    most=0.7,
    unit="s to 5 % of the response",
    origin="imposed",
    ledger="the delay is a parameter (0.25 s), as is the lag",
)
def vagal_step(seed: int) -> Measured:
    """Return the mean time to 5 % of a lasting half more of vagal outflow, at 0.1 s."""
    people = population(12, seed)
    steps = [_extra(one, vagal=0.5, sympathetic=0.0)[0] for one in people]
    mean = np.mean(steps, axis=0)
    return Measured(reached(mean, START, 0.05), 1 / RATE / 12**0.5, len(people))


@finding(
    number=14,
    title="The sympathetic nerve moves the heart slowly",
    source="Berger et al. (1989), Am J Physiol 256:H142; Mokrane & Nadeau (1998), Am J Physiol "
    "275:H995",
    published="delay 1.7 s; 1 to 3 s, then time constants of 10 to 20 s",
    mark="S",
    parts={
        "5 %": Tolerance(1, 4, "s"),
        "63 %": Tolerance(8, 20, "s"),
    },
    origin="imposed",
    ledger="delay and both lags are parameters",
)
def sympathetic_step(seed: int) -> dict[str, Measured]:
    """Return the mean time to 5 and 63 % of a lasting doubling of sympathetic outflow."""
    people = population(12, seed)
    steps = [_extra(one, vagal=0.0, sympathetic=1.0)[1] for one in people]
    mean = np.mean(steps, axis=0)
    return {
        f"{share:.0%}".replace("%", " %"): Measured(
            reached(mean, START, share), 1 / RATE / 12**0.5, len(people)
        )
        for share in (0.05, 0.63)
    }


def _mean_pressure(truth: PersonTruth) -> FloatArray:
    return (truth.systolic.values + 2 * truth.diastolic.values) / 3


@finding(
    number=16,
    title="Vessels answer their nerves after two to three seconds",
    source="Borst & Karemaker (1983), J Auton Nerv Syst 9:399; n = 11",
    published="2 to 3 s to the change of pressure",
    mark="S",
    least=2,
    most=3.5,
    unit="s to 5 % of the response",
    rule="a beat later at most",
    origin="imposed",
    ledger="the delay is a parameter: 2.5 s at first, 2.2 s for the frequency of row 26",
)
def latency_of_vessels(seed: int) -> Measured:
    """Return when mean pressure moves as vessels narrow and the heart is blocked."""
    people = population(12, seed)
    blocked = held(Inputs.at_rest(SECONDS), atropine=1.0, propranolol=1.0)
    cold = replace(blocked, cold_face=window(SECONDS, START, SECONDS))
    rises = [
        _mean_pressure(lives(one, cold)) - _mean_pressure(lives(one, blocked)) for one in people
    ]
    return Measured(reached(np.mean(rises, axis=0), START, 0.05), 0.1, len(people))


@lru_cache(maxsize=1)
def _sensitivities(seed: int) -> FloatArray:
    """Return ms/mmHg of 52 people breathing as they like, at 6 and at 15/min."""
    whole = Span(START, START + 240)
    ways = (Inputs.at_rest(whole.end), paced(whole.end, 6.0), paced(whole.end, 15.0))
    return np.array([
        [baroreflex_sensitivity(lives(one, way, session=k), whole, method="alpha")
         for k, way in enumerate(ways)]
        for one in population(52, seed, ages=(40, 65))
    ])  # fmt: skip


@finding(
    number=17,
    title="Slow breathing raises baroreflex sensitivity, quick breathing does not",
    source=JOSEPH + "; 26 controls of 52 years",
    doi=JOSEPH_DOI,
    published="10.9 ± 1.0 to 16.0 ± 1.5 ms/mmHg at 6/min (SE); 15/min no change",
    mark="S",
    parts={
        "as they like": Tolerance(7.1, 14.7, "ms/mmHg"),
        "6/min": Tolerance(10.4, 21.6, "ms/mmHg"),
        "6/min over as they like": Tolerance(1.2, 2.2),
        "15/min over as they like": Tolerance(0.8, 1.25),
    },
    origin="fitted",
    ledger=TALLY,
)
def reflex_and_pace(seed: int) -> dict[str, Measured]:
    """Return means of the root of the ratio of LF powers, sitting at ease."""
    free, slow, quick = _sensitivities(seed).T

    def over(x: FloatArray, y: FloatArray) -> float:
        return float(x.mean() / y.mean())

    return {
        "as they like": Measured.of(free),
        "6/min": Measured.of(slow),
        "6/min over as they like": Measured.statistic(over, slow, free),
        "15/min over as they like": Measured.statistic(over, quick, free),
    }


@finding(
    number=20,
    title="Slow breathing lowers the pressure of people with hypertension",
    source=JOSEPH + "; 20 people with essential hypertension",
    doi=JOSEPH_DOI,
    published="149.7 ± 3.7 / 82.7 to 141.1 ± 4 / 77.8 mmHg at 6/min",
    mark="S",
    parts={
        "systolic": Tolerance(-13, -2, "mmHg", "changes by"),
        "diastolic": Tolerance(-9, -1, "mmHg", "changes by"),
    },
    origin="fitted",
    ledger="what deep breaths do to vessels and to the pressure that is kept: 9 settings",
)
def slow_breathing_and_hypertension(seed: int) -> dict[str, Measured]:
    """Return the change from breathing as they like, from 2 min on; half to one and a half."""
    people = [_hypertensive(one) for one in population(40, seed, ages=(45, 68))]
    seconds, settled = 300.0, round(120 * RATE)
    pairs = [(rest(one, seconds), lives(one, paced(seconds, 6.0))) for one in people]
    return {
        name: Measured.of([
            float((getattr(slow, name).values - getattr(free, name).values)[settled:].mean())
            for free, slow in pairs
        ])
        for name in ("systolic", "diastolic")
    }  # fmt: skip


def _hypertensive(one: Volunteer) -> Volunteer:
    """Return the same person with the pressures of Joseph's patients."""
    heart = replace(one.person.heart, systolic=150.0, pulse_pressure=67.0)
    return one._replace(person=replace(one.person, heart=heart))


@finding(
    number=26,
    title="Pressure waves near 0.1 Hz, lying and standing",
    source="Julien (2006), Cardiovasc Res 70:12",
    doi="10.1016/j.cardiores.2005.11.008",
    published="about 0.1 Hz in people",
    mark="S",
    parts={
        "lying": Tolerance(0.08, 0.12, "Hz"),
        "upright": Tolerance(0.08, 0.12, "Hz"),
    },
    origin="fitted",
    ledger="delay and lag of the vessels, size of their reflex: 9 settings",
)
def mayer_frequency(seed: int) -> dict[str, Measured]:
    """Return where the mean spectrum of diastolic pressure is highest over 0.05 to 0.15 Hz."""
    people = population(24, seed)
    seconds = 480.0
    ways = {"lying": Inputs.at_rest(seconds), "upright": tilted(seconds, 0.0)}
    return {name: _highest([lives(one, way) for one in people]) for name, way in ways.items()}


def _highest(truths: Sequence[PersonTruth]) -> Measured:
    late = slice(round(START * RATE), None)
    spectra = []
    for truth in truths:
        values = detrend(truth.diastolic.values[late])
        pace, power = welch(values, fs=RATE, nperseg=round(SEGMENT * RATE), nfft=4096)
        inside = (pace > 0.05) & (pace < 0.15)
        spectra.append(power[inside] / power[inside].sum())
    paces = pace[inside]
    return Measured.statistic(
        lambda *by_pace: float(paces[np.argmax([one.mean() for one in by_pace])]),
        *np.array(spectra).T,
    )


@lru_cache(maxsize=1)
def _cooled(seed: int) -> Sequence[tuple[PersonTruth, PersonTruth]]:
    """Return people without and with cold water on the face from 60 s on."""
    plain = Inputs.at_rest(SECONDS)
    cold = replace(plain, cold_face=window(SECONDS, START, SECONDS))
    return [(lives(one, plain), lives(one, cold)) for one in population(20, seed)]


@finding(
    number=27,
    title="Cold water on the face slows the heart",
    source="Paulev et al. (1990), Jpn J Physiol 40:701; n = 7",
    published="22 % slower within 10 s at 10 °C, with the breath held (ours goes on)",
    mark="S",
    least=-0.35,
    most=-0.15,
    rule="change of heart rate as a share",
    origin="fitted",
    ledger="size computed by hand from this row: 1 setting",
)
def cold_face_slows(seed: int) -> Measured:
    """Return the mean change from 8 to 15 s after the onset."""
    after = slice(round((START + 8) * RATE), round((START + 15) * RATE))
    return Measured.of([
        float(heart_rate(cold)[after].mean() / heart_rate(plain)[after].mean() - 1)
        for plain, cold in _cooled(seed)
    ])  # fmt: skip


@finding(
    number=27,
    title="Cold water on the face raises pressure although the heart slows",
    source="Heistad, Abboud & Eckstein (1968), J Appl Physiol 25:542",
    published="vessels of the limbs narrow, pressure rises, heart rate falls",
    mark="M",
    least=1,
    unit="mmHg",
    rule="mean pressure rises",
    origin="imposed",
    ledger="that a cold face narrows vessels is an assumption, its size another; not adjusted",
)
def cold_face_pressure(seed: int) -> Measured:
    """Return the mean change of mean pressure from 20 to 60 s after the onset."""
    after = slice(round((START + 20) * RATE), None)
    return Measured.of([
        float((_mean_pressure(cold) - _mean_pressure(plain))[after].mean())
        for plain, cold in _cooled(seed)
    ])  # fmt: skip
