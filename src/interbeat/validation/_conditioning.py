"""Conditioning: signs that are followed by harm or not, as laboratories present them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from interbeat.body.appraisal import appraise
from interbeat.body.inputs import Cue, Inputs, Tie
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams
from interbeat.body.skin import Sweat, perspire
from interbeat.core.arrays import FloatArray
from interbeat.validation.population import Volunteer

__all__ = ["SHOCK", "Answer", "answers", "evoked", "later", "presented", "session_of", "sweats"]

PAUSE = 12.0  # s between an end and the next onset, on average
JITTER = 2.0  # s, more or less
QUIET = 30.0  # s before the first
SHOCK = 0.5  # outcome: how bad a shock of the laboratory is, chosen to be bearable
RESPONSE = (0.9, 4.5)  # s after the onset: where a response begins that the cue evoked
SECONDS = 4.0  # how long a sign lasts


class Answer(NamedTuple):
    """What one person gave in one phase.

    Parameters
    ----------
    cues : tuple of Cue
        In order.
    responses : ndarray, shape (n,)
        Height of the skin conductance response to each, in µS; 0 for none.
    after : Volunteer
        Who the person is afterwards: what was learnt is remembered.
    """

    cues: tuple[Cue, ...]
    responses: FloatArray
    after: Volunteer

    def of(self, name: str, *, first: int = 0, last: int | None = None) -> float:
        """Return the mean response to the `first` to `last` cue of a name."""
        named = [cue.name == name for cue in self.cues]
        return float(np.mean(self.responses[named][first:last]))


def presented(
    seed: int, signs: Sequence[str], *, times: int, followed: float = 0.0,
    context: str = "here", seconds: float = SECONDS,
) -> tuple[Cue, ...]:  # fmt: skip
    """Return cues in a random order in which each name comes once in every round.

    Parameters
    ----------
    seed : int
        Of the order and the pauses.
    signs : sequence of str
        Names of the cues; ``"CS+"`` may be followed by a shock.
    times : int
        How often each comes.
    followed : float
        Share of ``"CS+"`` that a shock ends; the first always is one of them.
    context : str
        Where.
    seconds : float
        How long each lasts.
    """
    rng = np.random.default_rng(seed)
    shocks = round(followed * times)
    bad = rng.permutation([True] * max(shocks - 1, 0) + [False] * (times - max(shocks, 1)))
    bad = np.append(shocks > 0, bad)
    cues, now = [], QUIET
    for k in range(times):
        for name in rng.permutation(list(signs)):
            outcome = SHOCK if name == "CS+" and bad[k] else 0.0
            cues.append(Cue(str(name), now, seconds, outcome=outcome, context=context))
            now += seconds + PAUSE + float(rng.uniform(-JITTER, JITTER))
    return tuple(cues)


def session_of(cues: Sequence[Cue]) -> Inputs:
    """Return the inputs of a session that ends well after the last cue.

    Parameters
    ----------
    cues : sequence of Cue
        What is presented.
    """
    last = max(cue.start + cue.seconds for cue in cues)
    return replace(Inputs.at_rest(last + PAUSE), cues=tuple(cues))


def sweats(volunteer: Volunteer, inputs: Inputs, *, session: int) -> tuple[Appraisal, Sweat]:
    """Return what a volunteer appraises and sweats, as :func:`lives` would, without a heart.

    Parameters
    ----------
    volunteer, inputs, session
        See :func:`~interbeat.validation.population.lives`.
    """
    person, streams = volunteer.person, Streams(volunteer.seed + session, 0)
    (mind,) = appraise(
        [person.mind], [inputs], ties=(Tie(), Tie()), contact=np.ones(inputs.danger.size),
        streams=[streams], memories=[person.memory],
    )  # fmt: skip
    return mind, perspire(person.skin, inputs, mind=mind, streams=streams)


def answers(volunteer: Volunteer, cues: Sequence[Cue], *, session: int) -> Answer:
    """Return how a volunteer's skin answers each cue of a session.

    Parameters
    ----------
    volunteer : Volunteer
        With what was learnt before.
    cues : sequence of Cue
        What is presented, in order.
    session : int
        Each brings noise of its own.
    """
    mind, sweat = sweats(volunteer, session_of(cues), session=session)
    after = replace(volunteer.person, memory=mind.memory)
    return Answer(
        tuple(cues),
        np.array([evoked(sweat.onsets, sweat.amplitudes, cue) for cue in cues]),
        volunteer._replace(person=after),
    )


def evoked(onsets: FloatArray, amplitudes: FloatArray, cue: Cue) -> float:
    """Return the highest response that begins 0.9 to 4.5 s after a cue, in µS; 0 for none.

    Parameters
    ----------
    onsets, amplitudes : ndarray, shape (k,)
        Of the responses: s, and µS.
    cue : Cue
        What evokes them.
    """
    since = onsets - cue.start
    after = (since >= RESPONSE[0]) & (since < RESPONSE[1])
    return float(amplitudes[after].max(initial=0.0))


def later(volunteer: Volunteer, seconds: float) -> Volunteer:
    """Return a volunteer after some time in which nothing happened.

    Parameters
    ----------
    volunteer : Volunteer
        Who.
    seconds : float
        How long.
    """
    return volunteer._replace(person=volunteer.person.later(seconds))
