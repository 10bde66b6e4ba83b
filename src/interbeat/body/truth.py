"""Truth: what simulated bodies really did, against which estimates are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interbeat.body.inputs import Inputs, Tie
from interbeat.body.memory import Memory
from interbeat.body.person import Person
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal

__all__ = ["CoupleTruth", "PersonTruth"]


@dataclass(frozen=True, slots=True, eq=False)
class PersonTruth:
    """What one body really did; slow signals at 10 Hz from second 0.

    Parameters
    ----------
    person : Person
        Whose.
    inputs : Inputs
        What the world did.
    beats : Beats
        R-wave instants; a premature beat is marked as not normal.
    systolic, diastolic : Signal
        Arterial pressure in mmHg, held from beat to beat.
    breaths : Breaths
        Onsets and ends of inspiration; depth in liters.
    volume : Signal
        Liters in the lungs above rest, at 50 Hz.
    responses : Responses
        Skin conductance responses: onset, peak, and the height each would have alone, in µS.
    conductance, tonic : Signal
        Skin conductance of the palm in µS, with and without the responses.
    vagal, sympathetic : Signal
        Cardiac vagal and cardiac sympathetic drive before the breath gates them; 1 is the
        person's own rest, 0 is none.
    vagal_effect, sympathetic_effect : Signal
        What arrives at the sinus node, gated by breath and slowed; 0 under full blockade.
    threat, safety, immobility : Signal
        Appraisal: two axes, and what is left where nothing can be done; 0 upwards.
    carbon_dioxide : Signal
        End-tidal, in mmHg.
    oxytocin_plasma, oxytocin_saliva : Signal
        In pg/mL, one value a second.
    cortisol_plasma, cortisol_saliva : Signal
        In nmol/L, one value a second.
    memory : Memory
        What is remembered at the end: ``replace(person, memory=...)`` lives on.
    """

    person: Person
    inputs: Inputs
    beats: Beats
    systolic: Signal
    diastolic: Signal
    breaths: Breaths
    volume: Signal
    responses: Responses
    conductance: Signal
    tonic: Signal
    vagal: Signal
    sympathetic: Signal
    vagal_effect: Signal
    sympathetic_effect: Signal
    threat: Signal
    safety: Signal
    immobility: Signal
    carbon_dioxide: Signal
    oxytocin_plasma: Signal
    oxytocin_saliva: Signal
    cortisol_plasma: Signal
    cortisol_saliva: Signal
    memory: Memory


@dataclass(frozen=True, slots=True, eq=False)
class CoupleTruth:
    """What one or two bodies did, and what tied them.

    Parameters
    ----------
    people : mapping of str to PersonTruth
        By person; ``truth["a"]`` is short for ``truth.people["a"]``.
    ties : mapping of str to Tie
        By who is reached: ``ties["b"]`` is what a does to b.
    contact : Signal or None
        How far the ties got through, 0 to 1, at 10 Hz; None for one person.
    events : Intervals
        What a scenario made happen: tasks, cues, touches, what both perceived; none where
        bodies were brought to life without one.
    """

    people: Mapping[str, PersonTruth]
    ties: Mapping[str, Tie]
    contact: Signal | None
    events: Intervals = field(default_factory=Intervals.none)

    def __getitem__(self, person: str) -> PersonTruth:
        if person not in self.people:
            raise DataError(
                f"no person is called {person!r}; possible: {', '.join(self.people)}"
            )
        return self.people[person]
