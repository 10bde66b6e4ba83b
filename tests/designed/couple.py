"""Couple: two simulated bodies, what ties them, and the session that their sensors record."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from tests.designed import sensors
from tests.designed.noise import person_streams, relaxed, shaped, slow, streams
from tests.designed.person import (
    GRID,
    Breathing,
    Plan,
    beat,
    breathe,
    premature,
    resphrv,
    slow_heart_rate,
    sweat,
)
from tests.designed.traits import Artifact, Person, Sensors, Setting, Task
from tests.designed.truth import CoupleTruth, PersonTruth, Simulated

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.responses import Responses
from interbeat.core.session import Session
from interbeat.core.signal import Signal

__all__ = ["TALK", "simulate_couple"]

PULSE_DELAY = 0.22  # s from R wave to the foot of the pulse at the finger
SHORTEST = 30.0  # s
UNITS = {"ecg": "mV", "ppg": "a.u.", "respiration": "L", "eda": "µS"}
TRUTH_EVERY = 5  # grid points: truth is told at 4 Hz

TALK = Setting(
    people=(
        Person(heart_rate=67, resphrv=70, reactivity=3.0, skin_level=4.2),
        Person(heart_rate=74, resphrv=50, reactivity=2.2, skin_level=6.5, skin_recovery=3.2),
    ),
    tasks=(Task("talk"),),
    sensors=Sensors(ecg=250.0, respiration=25.0, eda=4.0),
)


def simulate_couple(
    *, seconds: float, seed: int, coupling: float = 0.6, lag: float = 2.0,
    stimulus: float = 0.0, setting: Setting = TALK,
) -> Simulated:  # fmt: skip
    """Return a session of two people whose truth is known; the same seed, the same bytes.

    Each heart beats by integral pulse frequency modulation of a rate that is made of a slow
    1/f part, a wave near 0.1 Hz, what breathing does (RespHRV) and what arousal does. Arousal
    also drives the sweat. The follower's arousal is correlated by `coupling` with what the
    leader's was `lag` seconds before; each turns it into heart rate with a gain of their own.

    Parameters
    ----------
    seconds : float
        How long, 30 s or more.
    seed : int
        Of the randomness; every process of each body has a stream of its own.
    coupling : float
        -1 to 1; 0: the two are independent.
    lag : float
        In seconds; positive: a leads.
    stimulus : float
        -1 to 1: correlation of either's arousal with something both perceive.
    setting : Setting
        Who, doing what, wearing what, and what goes wrong.

    Returns
    -------
    Simulated
        ``session`` as a reader would give it, and ``truth``.

    Raises
    ------
    DataError
        If it is shorter than 30 s, a correlation is not within -1 to 1, or the lag is longer
        than the session.

    Notes
    -----
    A first, phenomenological model: it has no blood pressure, and arousal is one number. How
    RespHRV falls with breathing rate follows Hirsch and Bishop 1981; the size of short-term
    variability is of the order that Nunan et al. 2010 found in healthy adults
    (doi:10.1111/j.1540-8159.2010.02841.x). A pacer or a change of task that both go through
    moves both at once, at no lag, whatever the coupling.

    Examples
    --------
    >>> simulated = simulate_couple(seconds=60, seed=1, coupling=0.5, lag=3.0)
    >>> sorted(simulated.session["a"].channels)
    ['ecg', 'eda', 'respiration']
    >>> len(simulated.truth["a"].beats)
    66
    """
    _check(seconds, coupling=coupling, lag=lag, stimulus=stimulus)
    tasks = _intervals(setting.tasks, seconds)
    plan = _plan(setting.tasks, tasks, seconds)
    seed_a, seed_b, seed_shared = streams(seed)
    random = {"a": person_streams(seed_a), "b": person_streams(seed_b)}
    shared = np.random.default_rng(seed_shared)
    drives = _drives(plan, random, shared, coupling=coupling, lag=lag, stimulus=stimulus)
    bodies = [
        _body(name, person, plan, drive=drives[name], random=random[name])
        for name, person in zip("ab", setting.people, strict=True)
    ]
    truth = CoupleTruth(
        {body.name: body.truth for body in bodies},
        coupling,
        lag,
        stimulus,
        contact=_told(plan.contact, "", "ab"),
        pacer=_paced(setting.tasks, tasks),
        artifacts=setting.artifacts,
    )
    recordings = tuple(_worn(body, setting, random[body.name]) for body in bodies)
    return Simulated(Session(recordings, tasks, title="simulated couple"), truth)


def _check(seconds: float, *, coupling: float, lag: float, stimulus: float) -> None:
    if not (math.isfinite(seconds) and seconds >= SHORTEST):
        raise DataError(f"a simulation lasts {SHORTEST:g} s or more, not {seconds:g} s")
    for name, value in (("coupling", coupling), ("stimulus", stimulus)):
        if not -1 <= value <= 1:
            raise DataError(f"the {name} is a correlation from -1 to 1, not {value}")
    if not abs(lag) < seconds:
        raise DataError(f"a lag of {lag:g} s does not fit into {seconds:g} s")


def _intervals(tasks: tuple[Task, ...], seconds: float) -> Intervals:
    edges = np.cumsum([0.0, *(task.share for task in tasks)])
    edges *= seconds / edges[-1]
    return Intervals(edges[:-1], edges[1:], tuple(task.label for task in tasks))


def _paced(tasks: tuple[Task, ...], when: Intervals) -> Intervals:
    rows = [row for row, task in zip(when.rows(), tasks, strict=True) if task.paced]
    starts, ends = [row[0] for row in rows], [row[1] for row in rows]
    return Intervals(np.array(starts), np.array(ends), ("pacer",) * len(rows))


def _plan(tasks: tuple[Task, ...], when: Intervals, seconds: float) -> Plan:
    times = np.arange(round(seconds * GRID)) / GRID

    def over(name: str, tau: float) -> FloatArray:
        targets = np.array([float(getattr(task, name)) for task in tasks])
        return relaxed(times, when.starts, targets, tau=tau)

    return Plan(
        times,
        when.starts,
        np.array([task.breathing for task in tasks]),
        np.array([task.paced for task in tasks]),
        heart_rate=over("heart_rate", 10.0),
        arousal=over("arousal", 15.0),
        sweat=over("arousal", 45.0),
        vagal=over("vagal", 10.0),
        contact=over("contact", 2.0),
    )


def _drives(
    plan: Plan, random: dict[str, SimpleNamespace], shared: np.random.Generator, *,
    coupling: float, lag: float, stimulus: float,
) -> dict[str, FloatArray]:  # fmt: skip
    """Return each one's arousal, in standard deviations, at each time of the grid."""
    ahead = round(abs(lag) * GRID)
    n = plan.times.size + ahead
    own = {name: shaped(random[name].drive, n, GRID, spectrum=slow) for name in "ab"}
    leader, follower = ("a", "b") if lag >= 0 else ("b", "a")
    reach = coupling * plan.contact
    earlier = own[leader][: plan.times.size]
    arousal = {leader: own[leader][ahead:], follower: own[follower][ahead:]}
    arousal[follower] = reach * earlier + np.sqrt(1 - reach**2) * arousal[follower]
    both = shaped(shared, plan.times.size, GRID, spectrum=slow)
    rest = math.sqrt(1 - stimulus**2)
    return {name: stimulus * both + rest * arousal[name] for name in "ab"}


class _Body(NamedTuple):
    name: str
    truth: PersonTruth
    volume: FloatArray  # liters in the lungs, on the grid
    conductance: FloatArray  # µS, on the grid


def _body(
    name: str, person: Person, plan: Plan, *, drive: FloatArray, random: SimpleNamespace
) -> _Body:
    breathing = breathe(plan, random.breath)
    amplitude = resphrv(person, plan, breathing)
    rate = slow_heart_rate(
        person, plan, person.reactivity * drive, heart=random.heart, mayer=random.mayer
    )
    times, normal = premature(beat(rate, amplitude, breathing), person.ectopics, random.ectopic)
    skin = sweat(person, plan, drive, sweat=random.sweat, level=random.level)
    truth = PersonTruth(
        Beats(times, normal, name),
        PULSE_DELAY,
        _breaths(breathing, plan.seconds, name),
        Responses(skin.onsets, skin.peaks, skin.amplitudes, name),
        resphrv=_told(amplitude, "ms", name),
        heart_rate=_told(rate, "bpm", name),
        drive=_told(person.reactivity * drive, "bpm", name),
        tonic=_told(skin.level, "µS", name),
    )
    return _Body(name, truth, breathing.volume, skin.conductance)


def _breaths(breathing: Breathing, seconds: float, name: str) -> Breaths:
    seen = (breathing.onsets >= 0) & (breathing.onsets < seconds)
    return Breaths(
        breathing.onsets[seen],
        breathing.peaks[seen],
        breathing.depths[seen],
        np.ones(int(seen.sum()), dtype=np.bool_),
        name,
    )


def _told(values: FloatArray, unit: str, name: str) -> Signal:
    return Signal(values[::TRUTH_EVERY].copy(), GRID / TRUTH_EVERY, unit, name, 0.0)


def _worn(body: _Body, setting: Setting, random: SimpleNamespace) -> Recording:
    """Return what the sensors record of one body."""
    channels = {}
    for channel, unit in UNITS.items():
        rate: float | None = getattr(setting.sensors, channel)
        if rate is None:
            continue
        wrong = [x for x in setting.artifacts if (x.person, x.channel) == (body.name, channel)]
        values = _sensed(channel, body, wrong, rate=rate, rng=getattr(random, channel))
        values = sensors.spoiled(values, wrong, sampling_rate=rate, rng=random.motion)
        channels[channel] = Signal(values, rate, unit, body.name, 0.0)
    return Recording(body.name, channels)


def _sensed(
    channel: str, body: _Body, wrong: list[Artifact], *, rate: float, rng: np.random.Generator
) -> FloatArray:
    n = round(body.volume.size / GRID * rate)
    if channel == "respiration":
        return sensors.belt(body.volume, n, sampling_rate=rate, rng=rng)
    if channel == "eda":
        return sensors.electrodermal(body.conductance, n, sampling_rate=rate, rng=rng)
    beats = body.truth.beats.times
    seen = sensors.seen(beats, wrong)
    if channel == "ecg":
        return sensors.ecg(beats, body.volume, n, seen=seen, sampling_rate=rate, rng=rng)
    feet = beats + body.truth.pulse_delay
    return sensors.ppg(feet, body.volume, n, seen=seen, sampling_rate=rate, rng=rng)
