"""Steps: one nerve of the heart is stimulated, all else alike, and its effect watched."""

from __future__ import annotations

import numpy as np

from interbeat.body.appraisal import appraise
from interbeat.body.circulation import Circulation, circulate
from interbeat.body.inputs import RATE, Inputs, Tie
from interbeat.body.lungs import breathe
from interbeat.body.noise import Streams
from interbeat.core.arrays import FloatArray
from interbeat.validation.population import Volunteer

__all__ = ["reached", "stimulated"]


def stimulated(
    volunteer: Volunteer, inputs: Inputs, *, vagal: FloatArray, sympathetic: FloatArray
) -> Circulation:
    """Return what a heart does whose nerves fire more than the brain has them fire.

    Parameters
    ----------
    volunteer : Volunteer
        Whose.
    inputs : Inputs
        What happens, n samples.
    vagal, sympathetic : ndarray, shape (n,)
        What is added to both outflows, in units of the person's rest.
    """
    person, n = volunteer.person, inputs.danger.size
    streams = Streams(volunteer.seed, 0)
    (mind,) = appraise(
        [person.mind], [inputs], ties=[Tie()], contact=np.ones(n), streams=[streams],
        memories=[person.memory],
    )  # fmt: skip
    (breathing,) = breathe(
        [person.lungs], [inputs], [mind.threat], pulls=[np.zeros(n)], streams=[streams]
    )
    moved = mind._replace(reflex=mind.reflex + vagal, startle=mind.startle + sympathetic)
    return circulate(
        person.heart, person.age, inputs, mind=moved, breathing=breathing, streams=streams
    )


def reached(response: FloatArray, start: float, share: float) -> float:
    """Return how long after `start` a response first reaches a share of where it ends, in s.

    Parameters
    ----------
    response : ndarray, shape (n,)
        At 10 Hz, 0 before; its last tenth says where it ends.
    start : float
        In s.
    share : float
        0 to 1.
    """
    final = float(response[-response.size // 10 :].mean())
    first = round(start * RATE)
    return int(np.argmax(response[first:] / final >= share)) / RATE
