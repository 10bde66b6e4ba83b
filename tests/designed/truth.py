"""Truth: what a simulated couple's bodies really did, against which estimates are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.designed.traits import Artifact

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.responses import Responses
from interbeat.core.session import Session
from interbeat.core.signal import Signal

__all__ = ["CoupleTruth", "PersonTruth", "Simulated"]


@dataclass(frozen=True, slots=True, eq=False)
class PersonTruth:
    """What one body really did; the signals are sampled at 4 Hz from second 0.

    Parameters
    ----------
    beats : Beats
        R-wave instants; a premature beat is marked as not normal.
    pulse_delay : float
        Seconds from an R wave to the foot of its pulse at the finger.
    breaths : Breaths
        Onsets and ends of inspiration; depth in liters.
    responses : Responses
        Skin conductance responses: onset, peak, and the height each would have alone, in µS.
    resphrv : Signal
        RespHRV (RSA): peak to trough of the RR intervals over a breath, in ms.
    heart_rate : Signal
        Heart rate without what breathing does to it, in bpm.
    drive : Signal
        The part of the heart rate that arousal gives, in bpm: what coupling acts through.
    tonic : Signal
        Skin conductance level, without the responses, in µS.
    """

    beats: Beats
    pulse_delay: float
    breaths: Breaths
    responses: Responses
    resphrv: Signal
    heart_rate: Signal
    drive: Signal
    tonic: Signal


@dataclass(frozen=True, slots=True, eq=False)
class CoupleTruth:
    """What both bodies did, and what tied them.

    Parameters
    ----------
    people : mapping of str to PersonTruth
        By person; ``truth["a"]`` is short for ``truth.people["a"]``.
    coupling : float
        Correlation of the follower's arousal with the leader's, `lag` earlier, where contact
        is full; 0: they are independent of each other.
    lag : float
        In seconds; positive: a leads.
    stimulus : float
        Correlation of each one's arousal with something that both perceive at once; it moves
        two people together with no coupling between them.
    contact : Signal
        How far the coupling got through, 0 to 1, at 4 Hz.
    pacer : Intervals
        When both breathed to one pacer, which also moves them together without coupling.
    artifacts : tuple of Artifact
        What went wrong with the sensors.
    """

    people: Mapping[str, PersonTruth]
    coupling: float
    lag: float
    stimulus: float
    contact: Signal
    pacer: Intervals
    artifacts: tuple[Artifact, ...]

    def __getitem__(self, person: str) -> PersonTruth:
        if person not in self.people:
            raise DataError(
                f"no person is called {person!r}; possible: {', '.join(self.people)}"
            )
        return self.people[person]


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A session that never took place, and the truth about it.

    Parameters
    ----------
    session : Session
        As a reader would give it.
    truth : CoupleTruth
        What the bodies really did.
    """

    session: Session
    truth: CoupleTruth
