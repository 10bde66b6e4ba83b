"""Traits: what sets one simulated person, task or set of sensors apart from another."""

from __future__ import annotations

from dataclasses import dataclass

from interbeat.core.channels import channel
from interbeat.core.errors import DataError

__all__ = ["Artifact", "Person", "Sensors", "Setting", "Task"]

KINDS = ("dropout", "flat", "missed", "motion")


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
    """

    heart_rate: float = 70.0
    reactivity: float = 2.5
    wander: float = 1.6
    mayer: float = 1.0
    resphrv: float = 60.0
    ectopics: float = 0.0
    skin_level: float = 4.0
    skin_recovery: float = 4.0


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
    """

    label: str
    share: float = 1.0
    breathing: float = 15.0
    paced: bool = False
    heart_rate: float = 0.0
    arousal: float = 0.0
    vagal: float = 1.0
    contact: float = 1.0


@dataclass(frozen=True, slots=True)
class Sensors:
    """Sampling rates in Hz of what each person wears; None where they do not wear it.

    Parameters
    ----------
    ecg, ppg, respiration, eda : float or None
        Electrocardiogram, finger pulse, belt, skin conductance.
    """

    ecg: float | None = None
    ppg: float | None = None
    respiration: float | None = None
    eda: float | None = None


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
        If the kind is none of these, or the channel does not exist.
    """

    person: str
    channel: str
    kind: str
    start: float
    seconds: float

    def __post_init__(self) -> None:
        channel(self.channel)
        if self.kind not in KINDS:
            raise DataError(
                f"no artifact is called {self.kind!r}; possible: {', '.join(KINDS)}"
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
