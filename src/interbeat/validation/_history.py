"""History: simulated people who have lived through much, and those who have but recovered.

What differs is parameters and memory, set once and by assumption; nobody is told apart by it.
Both groups remember, and they overlap, as people do who took part in such studies.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from interbeat.body.memory import Memory
from interbeat.validation.population import Volunteer

__all__ = ["burdened", "recovered"]

SIGNS = ("reminder", "tone of voice", "silence", "touch")
SLOWER = (2.0, 6.0)  # times as long until threat fades: 40 to 120 s
LASTING = 0.5  # share of the usual extinction and habituation
FASTER, FASTEST = 1.04, 110.0  # times the resting rate of the heart; bpm at most
BURDENED, RECOVERED = (0.15, 0.85), (0.1, 0.8)  # share of bad ends that is remembered
SENSITIZED = (1.3, 2.0)


def burdened(volunteer: Volunteer) -> Volunteer:
    """Return a volunteer who still carries what happened.

    Parameters
    ----------
    volunteer : Volunteer
        Who they would be without it.
    """
    rng = np.random.default_rng([volunteer.seed, 1])
    person = volunteer.person
    mind = replace(
        person.mind,
        fall=person.mind.fall * rng.uniform(*SLOWER),
        extinguishing=person.mind.extinguishing * LASTING,
        habituating=person.mind.habituating * LASTING,
        defense_habituating=person.mind.defense_habituating * LASTING,
    )
    heart = replace(person.heart, resting_rate=min(person.heart.resting_rate * FASTER, FASTEST))
    memory = _memory(rng, BURDENED, sensitization=float(rng.uniform(*SENSITIZED)))
    return volunteer._replace(person=replace(person, mind=mind, heart=heart, memory=memory))


def recovered(volunteer: Volunteer) -> Volunteer:
    """Return a volunteer who remembers what happened, and is not burdened by it.

    Parameters
    ----------
    volunteer : Volunteer
        Who they would be without it.
    """
    memory = _memory(np.random.default_rng([volunteer.seed, 1]), RECOVERED, sensitization=1.0)
    return volunteer._replace(person=replace(volunteer.person, memory=memory))


def _memory(
    rng: np.random.Generator, dangers: tuple[float, float], *, sensitization: float
) -> Memory:
    learnt = {sign: float(rng.uniform(*dangers)) for sign in SIGNS}
    return Memory.of(learnt, sensitization=sensitization)
