"""Perception: what reaches one person from the world, from memory and from within."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from interbeat.body.cues import CUES, known
from interbeat.body.inputs import RATE, Cue, Inputs
from interbeat.body.learning import Belief, belief, learnt, met, rested
from interbeat.body.memory import Memory
from interbeat.body.mind import Mind
from interbeat.body.noise import Streams, wandering
from interbeat.body.reflexes import Noticed
from interbeat.core.arrays import FloatArray

__all__ = ["Perceived", "perceive"]

SCALES = (0.25, 1.0, 4.0)  # of the time that a mood lasts


class Perceived(NamedTuple):
    """What reaches one person; tracks of shape (n,) at 10 Hz.

    Parameters
    ----------
    learnt : ndarray, shape (n,)
        Danger that was learnt, before sensitization multiplies it.
    danger, safety : ndarray, shape (n,)
        The rest: from the world and from within; safety that was learnt as well.
    noticed : tuple of Noticed
        Cues in the order in which they were met.
    bursts, strengths : ndarray, shape (k,)
        Of the sweat glands: s, and 1 is typical.
    memory : Memory
        What is remembered at the end, its sensitization not yet brought up to date.
    """

    learnt: FloatArray
    danger: FloatArray
    safety: FloatArray
    noticed: tuple[Noticed, ...]
    bursts: FloatArray
    strengths: FloatArray
    memory: Memory


def perceive(mind: Mind, given: Inputs, memory: Memory, streams: Streams) -> Perceived:
    """Return what reaches one person, learning from one cue to the next.

    Parameters
    ----------
    mind : Mind
        Whose.
    given : Inputs
        What the world does.
    memory : Memory
        What was learnt before.
    streams : Streams
        Moods, and how strongly the glands answer each time.

    Returns
    -------
    Perceived

    Raises
    ------
    DataError
        If a cue is unknown.

    Examples
    --------
    >>> from dataclasses import replace
    >>> rest = Inputs.at_rest(30.0)
    >>> met = replace(rest, cues=(Cue("silence", 10.0, 5.0, outcome=1.0),))
    >>> perceive(Mind(), met, Memory(), Streams(1, 0)).memory["silence"].harm
    1.0
    """
    for cue in given.cues:
        known(cue.name)
    stage = _Stage.set_for(mind, given, memory, streams)
    for time, ends, cue in _events(given):
        stage.until(time)
        (stage.end if ends else stage.notice)(cue)
    stage.until(given.seconds)
    return stage.perceived()


def _events(given: Inputs) -> list[tuple[float, bool, Cue]]:
    """Give onsets within the session and ends of these, in order; ends come before onsets."""
    begun = [cue for cue in given.cues if 0 <= cue.start < given.seconds]
    events = [(cue.start, False, cue) for cue in begun]
    events += [(cue.start + cue.seconds, True, cue) for cue in begun]
    inside = [event for event in events if event[0] < given.seconds]
    return sorted(inside, key=lambda event: (event[0], not event[1]))


@dataclass(slots=True)
class _Stage:
    """What has reached one person so far; changes as time goes on."""

    mind: Mind
    given: Inputs
    memory: Memory
    noise: np.random.Generator
    learnt: FloatArray
    danger: FloatArray
    safety: FloatArray
    now: float = 0.0
    noticed: list[Noticed] = field(default_factory=list)
    bursts: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def set_for(cls, mind: Mind, given: Inputs, memory: Memory, streams: Streams) -> _Stage:
        n, taus = given.danger.size, [scale * mind.mood for scale in SCALES]
        mood = streams.of("mood")
        alarm, ease = (mind.moodiness * wandering(mood, n, RATE, taus=taus) for _ in range(2))
        return cls(
            mind, given, memory, streams.of("mind"), np.zeros(n), given.danger + alarm,
            given.safety + ease,
        )  # fmt: skip

    def until(self, time: float) -> None:
        """Let time pass: touch is felt as what it means by now, and what is new grows old."""
        during = _span(self.now, time)
        touch = self.given.touch[during]
        if np.any(touch):
            means = self._means(Cue("touch", self.now, 1.0))
            kind = self.mind.pleasantness * (1 - means.danger) + means.safety
            self.learnt[during] += touch * means.danger * (1 - self.given.grounding[during])
            self.safety[during] += touch * kind
        self.memory = rested(self.memory, self.mind, time - self.now)
        self.now = time

    def notice(self, cue: Cue) -> None:
        """Let a cue begin: it has its meaning while it lasts."""
        means = self._means(cue)
        during = _span(cue.start, cue.start + cue.seconds)
        heed = 1 - self.given.grounding[during]
        self.learnt[during] += cue.salience * means.danger * heed
        self.safety[during] += cue.salience * means.safety
        at = min(int(cue.start * RATE), self.given.grounding.size - 1)
        attention = 1 - float(self.given.grounding[at])
        self.noticed.append(Noticed(cue, means, attention))
        self._burst(self._sweat(cue, means))
        self.memory = met(self.memory, cue)

    def end(self, cue: Cue) -> None:
        """Let a cue end as it does, and learn from it."""
        self.memory = learnt(self.memory, self.mind, cue)
        bad = max(cue.outcome, 0.0) * cue.salience
        if bad > 0:
            self.danger[_span(self.now, self.now + self.mind.painful)] += self.mind.pain * bad
            self._burst(self.mind.sweat_alarm * bad)

    def perceived(self) -> Perceived:
        bursts = np.array(self.bursts, dtype=np.float64).reshape(-1, 2)
        return Perceived(
            self.learnt, self.danger, self.safety, tuple(self.noticed), bursts[:, 0],
            bursts[:, 1], self.memory,
        )  # fmt: skip

    def _means(self, cue: Cue) -> Belief:
        return belief(self.mind, self.memory[cue.name], cue.context)

    def _sweat(self, cue: Cue, means: Belief) -> float:
        mind = self.mind
        strength = (
            mind.sweat + mind.sweat_danger * means.expected + mind.sweat_doubt * means.doubt
        )
        strength += mind.sweat_alarm * CUES[cue.name].alarm
        return cue.salience * math.exp(-mind.habituating * means.familiarity) * strength

    def _burst(self, strength: float) -> None:
        noise = math.exp(self.mind.sweat_noise * float(self.noise.standard_normal()))
        self.bursts.append((self.now, strength * noise))


def _span(start: float, end: float) -> slice:
    """Return the samples at 10 Hz from one time up to another."""
    return slice(math.ceil(max(start, 0.0) * RATE - 1e-9), math.ceil(end * RATE - 1e-9))
