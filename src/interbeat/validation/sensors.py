"""Sensors: how far the pulse and the wrist tell what heart and palm do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from interbeat.body.inputs import RATE, Inputs
from interbeat.body.noise import Streams
from interbeat.body.sensors.equipment import Equipment
from interbeat.body.sensors.ppg import at_beats
from interbeat.body.sensors.worn import Sensors, Worn, wear
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.signals.decomposition import decompose_eda
from interbeat.signals.pulse import detect_pulses
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import Volunteer, lives, measured, population, rest

__all__ = ["arrival_and_pressure", "palm_and_wrist", "pulse_and_heart", "pulse_power"]

NONE = Sensors(ecg=None, respiration=None, eda=None)
SECONDS = 300.0
COUNTED = 0.05  # µS: a response that anyone would count
CONDITION = 120.0  # s
DANGERS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # of the conditions, each twice, in random order
EFFORT = (0.0, 0.0, 0.4, 0.8, 0.4, 0.0, 0.0)  # of the minutes of an exercise test
EDGE = 1  # pulses that may be cut off where the recording begins, and where it ends
VARIABILITY = ("sdnn", "rmssd", "lf", "hf")


def _worn(one: Volunteer, truth: PersonTruth, sensors: Sensors) -> Worn:
    """Return what sensors of this volunteer's own give."""
    equipment = Equipment.drawn(np.random.default_rng([one.seed]))
    return wear("a", truth, sensors, streams=Streams(one.seed, 0), equipment=equipment)


def _signal(given: Worn, channel: str) -> Signal:
    data = given.recording.channels[channel]
    if not isinstance(data, Signal):
        raise TypeError(f"{channel} is sampled")
    return data


def _pulses(one: Volunteer, truth: PersonTruth, sensors: Sensors) -> Beats | None:
    """Return the pulses that a detector finds; None where it lost one or took noise for one.

    The detector does not mark every pulse that it loses, so the truth is asked: between two
    pulses that were found, one arrived.
    """
    given = _worn(one, truth, sensors)
    ppg, (feet,) = _signal(given, "ppg"), given.feet.values()
    pulses = detect_pulses(ppg.values, sampling_rate=ppg.sampling_rate)
    one_each = (np.histogram(feet, pulses.times)[0] == 1).all()
    whole = pulses.normal.all() and one_each and feet.size - len(pulses) <= 2 * EDGE
    return pulses if whole else None


def _both(n: int, seed: int, sensors: Sensors) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return variability of hearts and of their pulses; NaN where a pulse was lost."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in VARIABILITY}
    for one in population(n, seed):
        truth = rest(one, SECONDS)
        pulses = _pulses(one, truth, sensors)
        for name, rows in found.items():
            there = (
                measured(replace(truth, beats=pulses), name) if pulses is not None else np.nan
            )
            rows.append((measured(truth, name), there))
    return {name: tuple(np.array(rows).T) for name, rows in found.items()}


def _alike(one: FloatArray, other: FloatArray) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])


def _more(heart: FloatArray, pulse: FloatArray) -> float:
    return float(100 * (pulse.mean() / heart.mean() - 1))


@finding(
    number=61,
    title="Variability of the pulse at a finger ranks people as that of the heart does",
    source="Wong et al. (2012), J Clin Monit Comput 26:107; normal subjects, index fingers",
    doi="10.1007/s10877-012-9340-6",
    published="0.89 < r < 1.0 for all measures",
    mark="S",
    parts={name: Tolerance(least=0.89, unit="r") for name in VARIABILITY},
    origin="predicted",
)
def pulse_and_heart(seed: int) -> dict[str, Measured]:
    """Return correlations over 30 people at rest, pulses found by our own detector.

    People of whom it lost a pulse are left out, as studies leave out what they must edit.
    """
    both = _both(30, seed, replace(NONE, ppg=250.0))
    return {name: Measured.statistic(_alike, *pair) for name, pair in both.items()}


@finding(
    number=62,
    title="The pulse at a wrist has more power than the heart, most of all in HF",
    source="Yuda et al. (2020), J Physiol Anthropol 39:4; n = 5, wrists and forearms",
    doi="10.1186/s40101-020-0214-1",
    published="LF 13.2 % more supine, 7.9 % sitting; HF 24.5 % and 18.3 %",
    mark="S",
    parts={
        "LF": Tolerance(4.0, 26.0, "%", "half to twice what was published"),
        "HF": Tolerance(9.0, 49.0, "%", "half to twice what was published"),
    },
    origin="predicted",
)
def pulse_power(seed: int) -> dict[str, Measured]:
    """Return by how much pulses have more power than beats, over 40 people at rest.

    People of whom a pulse was lost are left out, as studies leave out what they must edit.
    """
    both = _both(40, seed, replace(NONE, wrist_ppg=125.0))
    return {
        name: Measured.statistic(_more, *both[name.lower()], note="pulses found by a detector")
        for name in ("LF", "HF")
    }


@finding(
    number=63,
    title="The wrist's skin conductance is lower than the palm's and goes little with it",
    source="van der Mee et al. (2021), Int J Psychophysiol 168:52; n = 112, 26 conditions",
    doi="10.1016/j.ijpsycho.2021.08.003",
    published="within people r = 0.31 (level), 0.42 (responses); both lower at the wrist",
    mark="S",
    parts={
        "r of levels": Tolerance(0.15, 0.5),
        "r of responses": Tolerance(0.25, 0.6),
        "level": Tolerance(0.0, 1.0, "", "as a share of the palm's, lower"),
        "responses": Tolerance(0.0, 1.0, "", "as a share of the palm's, fewer"),
    },
    origin="fitted",
    ledger="the share of responses seen at the wrist and how its level wanders: 7 settings",
)
def palm_and_wrist(seed: int) -> dict[str, Measured]:
    """Return means over those of 30 people who sweat, in 12 conditions of two minutes.

    Ours are threats of six sizes; those of the study were mental stress and exercise.
    """
    rows = np.array([
        _palm_beside_wrist(one)
        for one in population(30, seed)
        if one.person.skin.responsiveness > 0
    ])  # fmt: skip
    levels, responses, palm_level, wrist_level, palm_count, wrist_count = rows.T
    return {
        "r of levels": Measured.of(levels),
        "r of responses": Measured.of(responses),
        "level": Measured.statistic(_share, palm_level, wrist_level),
        "responses": Measured.statistic(_share, palm_count, wrist_count),
    }


def _share(palm: FloatArray, wrist: FloatArray) -> float:
    return float(wrist.mean() / palm.mean())


def _palm_beside_wrist(one: Volunteer) -> tuple[float, ...]:
    rng = np.random.default_rng([one.seed, 63])
    danger = np.repeat(rng.permutation(DANGERS * 2), round(CONDITION * RATE))
    inputs = replace(Inputs.at_rest(danger.size / RATE), danger=danger)
    truth = lives(one, inputs)
    palm = _signal(_worn(one, truth, replace(NONE, eda=4.0)), "eda").values
    wrist = _signal(_worn(one, truth, replace(NONE, wrist_eda=4.0)), "eda").values
    levels = [v.reshape(2 * len(DANGERS), -1).mean(axis=1) for v in (palm, wrist)]
    counts = [_counted(decompose_eda(v, sampling_rate=4).responses) for v in (palm, wrist)]
    means = [float(v.mean()) for v in (*levels, *counts)]
    return _alike(*levels), _alike(*counts), *means


def _counted(responses: Responses) -> FloatArray:
    times = responses.times[responses.amplitude > COUNTED]
    edges = np.arange(2 * len(DANGERS) + 1) * CONDITION
    return np.histogram(times, edges)[0].astype(np.float64)


@finding(
    number=64,
    title="In exercise pressure rises and the pulse arrives sooner",
    source="Heimark et al. (2022), Blood Press Monit 27:139; n = 75, dynamic exercise",
    doi="10.1097/MBP.0000000000000577",
    published="within people r = -0.77 ± 0.19 of arrival time (at the chest) and systolic "
    "pressure",
    mark="S",
    parts={
        "arrival": Tolerance(most=-0.005, unit="s", rule="sooner"),
        "systolic pressure": Tolerance(least=5.0, unit="mmHg", rule="rises"),
        "r": Tolerance(-0.96, -0.58),
    },
    origin="fitted",
    ledger="that movement strengthens the beats was built for the second part, its size set by "
    "the rule of thumb that pressure rises by a mmHg for a beat a minute: 2 tries, the second "
    "with people who differ",
    fails="both follow movement so closely that they go together more than in people: nothing "
    "else moves the arrival of a pulse, such as the time a ventricle takes to open its valve",
)
def arrival_and_pressure(seed: int) -> dict[str, Measured]:
    """Return means over 20 people who move for three minutes of seven, by half minutes.

    Ours arrive at a finger; those of the study at the chest.
    """
    rows = np.array([_exercised(one) for one in population(20, seed)])
    names = ("arrival", "systolic pressure", "r")
    return {name: Measured.of(column) for name, column in zip(names, rows.T, strict=True)}


def _exercised(one: Volunteer) -> tuple[float, float, float]:
    movement = np.repeat(EFFORT, round(60 * RATE))
    inputs = replace(Inputs.at_rest(movement.size / RATE), movement=movement)
    truth = lives(one, inputs)
    times = truth.beats.times
    late = _worn(one, truth, replace(NONE, ppg=50.0)).feet["ppg"] - times
    arrival, pressure = (
        _by_half_minute(times, v) for v in (late, at_beats(truth.systolic, times))
    )
    effort = np.repeat(EFFORT, 2)
    most, none = effort == max(EFFORT), effort[:2] == 0
    return (
        float(arrival[most].mean() - arrival[:2][none].mean()),
        float(pressure[most].mean() - pressure[:2][none].mean()),
        _alike(arrival, pressure),
    )


def _by_half_minute(times: FloatArray, values: FloatArray) -> FloatArray:
    k = np.minimum((times // 30).astype(np.int64), 2 * len(EFFORT) - 1)
    return np.bincount(k, values) / np.bincount(k)
