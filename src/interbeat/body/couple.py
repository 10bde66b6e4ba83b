"""Couple: one or two bodies brought to life, each stage feeding the next, none feeding back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbeat.body.appraisal import appraise
from interbeat.body.circulation import circulate
from interbeat.body.glands import secrete
from interbeat.body.inputs import RATE, STEP_RATE, Inputs, Tie
from interbeat.body.lungs import Breathing, breathe
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams
from interbeat.body.person import Person
from interbeat.body.skin import perspire
from interbeat.body.truth import CoupleTruth, PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal

__all__ = ["live"]

APART = Tie()


def live(
    people: Sequence[Person], inputs: Sequence[Inputs], *, seed: int,
    ties: Sequence[Tie] = (APART, APART), contact: FloatArray | None = None,
) -> CoupleTruth:  # fmt: skip
    """Return what one or two bodies do; the same seed, the same bytes.

    Appraisal first, then breathing, then circulation, sweat and hormones: what one shows
    reaches the other through appraisal and breathing alone.

    Parameters
    ----------
    people : sequence of one or two Person
        a and b.
    inputs : sequence of Inputs
        What the world does to each; of one length.
    seed : int
        From 0 up; every process of each body draws from a stream of its own.
    ties : sequence of two Tie
        ``ties[0]`` is what reaches a, ``ties[1]`` what reaches b.
    contact : ndarray, shape (n,), optional
        How far they can see, hear or touch each other, 0 to 1, at 10 Hz; left out: fully.

    Returns
    -------
    CoupleTruth
        Everything that each body did.

    Raises
    ------
    DataError
        If people and inputs do not match, or lengths differ.
    """
    _check(people, inputs)
    n = inputs[0].danger.size
    reach = _contact(contact, n)
    streams = [Streams(seed, k) for k in range(len(people))]
    seen = appraise(
        [p.mind for p in people], inputs, ties=ties, contact=reach, streams=streams,
        memories=[p.memory for p in people],
    )  # fmt: skip
    breaths = breathe(
        [p.lungs for p in people], inputs, [s.threat for s in seen],
        pulls=[tie.breath * reach for tie in ties[: len(people)]], streams=streams,
    )  # fmt: skip
    named = {
        name: _alive(name, person, given, mind=minded, breathing=breathing, streams=own)
        for name, person, given, minded, breathing, own in zip(
            "ab", people, inputs, seen, breaths, streams, strict=False
        )
    }
    both = len(people) == 2
    return CoupleTruth(
        named,
        dict(zip(named, ties, strict=False)) if both else {},
        Signal(reach, RATE, "", "ab", 0.0) if both else None,
    )


def _check(people: Sequence[Person], inputs: Sequence[Inputs]) -> None:
    if len(people) not in (1, 2) or len(people) != len(inputs):
        raise DataError(
            f"one or two people, each with inputs; given {len(people)} and {len(inputs)}"
        )
    if len({one.danger.size for one in inputs}) > 1:
        raise DataError("the inputs of both last equally long")


def _contact(contact: FloatArray | None, n: int) -> FloatArray:
    if contact is None:
        return np.ones(n)
    if contact.shape != (n,) or not np.all((contact >= 0) & (contact <= 1)):
        raise DataError(f"contact is 0 to 1, of shape ({n},), not {contact.shape}")
    return contact


def _alive(
    name: str, person: Person, inputs: Inputs, *, mind: Appraisal, breathing: Breathing,
    streams: Streams,
) -> PersonTruth:  # fmt: skip
    heart = circulate(
        person.heart, person.age, inputs, mind=mind, breathing=breathing, streams=streams
    )
    skin = perspire(person.skin, inputs, mind=mind, streams=streams)
    hormones = secrete(person.glands, inputs, mind=mind, streams=streams)
    high, low = person.heart.systolic, person.heart.systolic - person.heart.pulse_pressure

    def told(values: FloatArray, unit: str, rate: float = RATE) -> Signal:
        return Signal(values, rate, unit, name, 0.0)

    return PersonTruth(
        person,
        inputs,
        Beats(heart.beats, np.ones(heart.beats.size, dtype=np.bool_), name),
        systolic=told(_held(heart.systolic, high, heart.beats, n=inputs.danger.size), "mmHg"),
        diastolic=told(_held(heart.diastolic, low, heart.beats, n=inputs.danger.size), "mmHg"),
        breaths=_breaths(breathing, inputs.seconds, name),
        volume=told(breathing.volume, "L", STEP_RATE),
        responses=Responses(skin.onsets, skin.peaks, skin.amplitudes, name),
        conductance=told(skin.conductance, "µS"),
        tonic=told(skin.level, "µS"),
        vagal=told(heart.vagal, "1"),
        sympathetic=told(heart.sympathetic, "1"),
        vagal_effect=told(heart.vagal_effect, "1"),
        sympathetic_effect=told(heart.sympathetic_effect, "1"),
        threat=told(mind.threat, "1"),
        safety=told(mind.safety, "1"),
        immobility=told(mind.immobility, "1"),
        carbon_dioxide=told(breathing.carbon_dioxide, "mmHg"),
        oxytocin_plasma=told(hormones.oxytocin_plasma, "pg/mL", 1.0),
        oxytocin_saliva=told(hormones.oxytocin_saliva, "pg/mL", 1.0),
        cortisol_plasma=told(hormones.cortisol_plasma, "nmol/L", 1.0),
        cortisol_saliva=told(hormones.cortisol_saliva, "nmol/L", 1.0),
        memory=mind.memory,
    )


def _held(values: FloatArray, rest: float, beats: FloatArray, *, n: int) -> FloatArray:
    """Return what each beat brought until the next one brings another, at 10 Hz.

    Where less than an interval is lived, there may be no beat at all: pressure is at `rest`.
    """
    if not beats.size:
        return np.full(n, rest)
    at = np.clip(np.searchsorted(beats, np.arange(n) / RATE, side="right") - 1, 0, None)
    return np.asarray(values[at], dtype=np.float64)


def _breaths(breathing: Breathing, seconds: float, name: str) -> Breaths:
    inside = (breathing.onsets >= 0) & (breathing.onsets < seconds)
    return Breaths(
        breathing.onsets[inside],
        breathing.peaks[inside],
        breathing.depths[inside],
        np.ones(int(inside.sum()), dtype=np.bool_),
        name,
    )
