"""Traits: what sets one simulated person, task or set of sensors apart from another."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from interbeat.core.errors import DataError

__all__ = ["Artifact", "Person", "Sensors", "Setting", "Task"]

KINDS = ("dropout", "flat", "missed", "motion")


def _check(of: object, name: str, low: float, high: float = math.inf) -> None:
    value = getattr(of, name)
    if not (low <= value <= high and math.isfinite(value)):
        possible = f"{low:g} or more" if math.isinf(high) else f"{low:g} to {high:g}"
        raise DataError(f"{name} of a {type(of).__name__} is {possible}, not {value}")


@dataclass(frozen=True, slots=True)
class Person:
    """What stays the same in one person through a session.

    Parameters
    ----------
    heart_rate : float
        At rest, in bpm.
    reactivity : float
        How many bpm one standard deviation of arousal adds to the heart rate.
    wander : float
        Standard deviation of the person's own slow (1/f) heart-rate variability, in bpm.
    mayer : float
        Standard deviation of the wave near 0.1 Hz, in bpm.
    resphrv : float
        RespHRV (RSA) at 15 breaths of half a liter a minute: peak to trough of the RR
        intervals over a breath, in ms.
    ectopics : float
        Premature beats an hour.
    skin_level : float
        Skin conductance level at rest, in µS.
    skin_recovery : float
        Slower time constant of a skin conductance response, in s.

    Raises
    ------
    DataError
        If a value is one that no body has: a heart rate outside 30 to 180 bpm, a recovery
        outside 1 to 60 s, anything else below 0 or not finite.
    """

    heart_rate: float = 70.0
    reactivity: float = 2.5
    wander: float = 1.6
    mayer: float = 1.0
    resphrv: float = 60.0
    ectopics: float = 0.0
    skin_level: float = 4.0
    skin_recovery: float = 4.0

    def __post_init__(self) -> None:
        _check(self, "heart_rate", 30, 180)
        _check(self, "skin_recovery", 1, 60)
        for name in ("reactivity", "wander", "mayer", "resphrv", "ectopics", "skin_level"):
            _check(self, name, 0)


@dataclass(frozen=True, slots=True)
class Task:
    """What both people do for a while.

    Parameters
    ----------
    label : str
        E.g. ``"talk"``.
    share : float
        How long it takes, relative to the other tasks of the session.
    breathing : float
        Breaths per minute.
    paced : bool
        Whether both follow one pacer: breaths then begin together, and what the two hearts
        share through it is the pacer's work, not the partner's.
    heart_rate : float
        Change against rest, in bpm, reached with a time constant of 10 s.
    arousal : float
        0 at rest, 1 at the worst; raises the sweat and, with ``vagal``, shapes the heart.
    vagal : float
        Factor on RespHRV (RSA) beyond what the breathing itself does.
    contact : float
        0 (apart) to 1 (face to face): how far the coupling gets through.

    Raises
    ------
    DataError
        If the share is under 0.001, or breathing is not from 1 to 60, arousal or contact not
        from 0 to 1, vagal below 0.
    """

    label: str
    share: float = 1.0
    breathing: float = 15.0
    paced: bool = False
    heart_rate: float = 0.0
    arousal: float = 0.0
    vagal: float = 1.0
    contact: float = 1.0

    def __post_init__(self) -> None:
        _check(self, "share", 0.001)
        _check(self, "breathing", 1, 60)
        _check(self, "heart_rate", -100, 100)
        _check(self, "vagal", 0)
        for name in ("arousal", "contact"):
            _check(self, name, 0, 1)


@dataclass(frozen=True, slots=True)
class Sensors:
    """Sampling rates in Hz of what each person wears; None where they do not wear it.

    Parameters
    ----------
    ecg, ppg, respiration, eda : float or None
        Electrocardiogram, finger pulse, belt, skin conductance.

    Raises
    ------
    DataError
        If a rate is not from 1 to 20,000 Hz.
    """

    ecg: float | None = None
    ppg: float | None = None
    respiration: float | None = None
    eda: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) is not None:
                _check(self, field.name, 1, 20_000)


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something that goes wrong with one sensor; the body itself does not notice.

    Parameters
    ----------
    person, channel : str
        Whose, and of what: ``"a"``, ``"ecg"``.
    kind : str
        ``"dropout"`` (samples lost), ``"flat"`` (the electrode is off), ``"motion"`` (a burst)
        or ``"missed"`` (beats that leave no trace in the ECG or pulse).
    start, seconds : float
        When, and for how long.

    Raises
    ------
    DataError
        If the kind is none of these, or there is no such person or sensor.
    """

    person: str
    channel: str
    kind: str
    start: float
    seconds: float

    def __post_init__(self) -> None:
        worn = tuple(field.name for field in fields(Sensors))
        for what, given, possible in (
            ("artifact", self.kind, KINDS),
            ("sensor", self.channel, worn),
            ("person", self.person, ("a", "b")),
        ):
            if given not in possible:
                raise DataError(
                    f"no {what} is called {given!r}; possible: {', '.join(possible)}"
                )

    @property
    def end(self) -> float:
        """When it is over, in s."""
        return self.start + self.seconds


@dataclass(frozen=True, slots=True)
class Setting:
    """Who, doing what, wearing what, and what goes wrong.

    Parameters
    ----------
    people : tuple of two Person
        a and b.
    tasks : tuple of Task
        In order; they fill the session by their shares.
    sensors : Sensors
        Both wear the same.
    artifacts : tuple of Artifact
        What goes wrong.
    """

    people: tuple[Person, Person]
    tasks: tuple[Task, ...]
    sensors: Sensors
    artifacts: tuple[Artifact, ...] = ()

    def __post_init__(self) -> None:
        if len(self.people) != 2 or not self.tasks:
            raise DataError(
                f"a setting needs two people and a task, not {len(self.people)} and "
                f"{len(self.tasks)}"
            )
