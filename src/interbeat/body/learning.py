"""Learning: what cues have come to mean, and how each new event changes it.

Danger is learnt by counting, as an ideal observer of a coin does: a Beta distribution over how
often a cue ends badly [1]_. A harmless event counts everywhere as far as it may still be what
was known before; the longer a run of them, and the surer the danger was, the more it counts
only where it was seen, and for some days. So extinction is a second memory, not the loss of the
first: what was learnt returns elsewhere (renewal), with time (spontaneous recovery) and after
one unsigned harm (reinstatement) [2]_. That a run which the old cause makes improbable points
to a new one is the idea of latent causes [3]_; our rule is the plainest of that kind.

References
----------
.. [1] Tzovara, Korn and Bach (2018), PLoS Computational Biology 14:e1006243.
.. [2] Bouton (2002), Biological Psychiatry 52:976.
.. [3] Gershman, Blei and Niv (2010), Psychological Review 117:197.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from interbeat.body.cues import CUES
from interbeat.body.inputs import Cue
from interbeat.body.memory import Memory, Trace
from interbeat.body.mind import Mind
from interbeat.core.errors import DataError

__all__ = ["Belief", "belief", "learnt", "met", "rested"]

DAY, MINUTE = 86_400.0, 60.0


class Belief(NamedTuple):
    """What a cue means to one person, here and now.

    Parameters
    ----------
    expected : float
        Share of bad ends that is expected, 0 to 1.
    doubt : float
        How uncertain that is: twice the standard deviation of the belief, 0 to 1.
    danger, safety : float
        How far bad and good ends are expected beyond what is expected of anything new, 0 to 1.
    familiarity : float
        How often it was met of late, 0 (never) up.
    """

    expected: float
    doubt: float
    danger: float
    safety: float
    familiarity: float


def belief(mind: Mind, trace: Trace, context: str) -> Belief:
    """Return what a cue means where it is met.

    Parameters
    ----------
    mind : Mind
        Whose first expectations count.
    trace : Trace
        What was learnt.
    context : str
        Where.

    Examples
    --------
    >>> there = Trace(harm=8.0, extinction={"clinic": 20.0})
    >>> [round(belief(Mind(), there, where).expected, 2) for where in ("clinic", "home")]
    [0.28, 0.84]
    """
    for_harm = mind.prior * mind.wariness + trace.harm
    against = mind.prior * (1 - mind.wariness) + trace.harmless
    against += trace.extinction.get(context, 0.0)
    expected = for_harm / (for_harm + against)
    good = (mind.prior * mind.hope + trace.good) / (mind.prior + trace.good + trace.indifferent)
    return Belief(
        expected,
        2 * math.sqrt(expected * (1 - expected) / (for_harm + against + 1)),
        max(expected - mind.wariness, 0.0) / (1 - mind.wariness),
        max(good - mind.hope, 0.0) / (1 - mind.hope),
        trace.familiarity,
    )


def met(memory: Memory, cue: Cue) -> Memory:
    """Return the memory once a cue has been noticed: it is less new.

    Parameters
    ----------
    memory : Memory
        Before.
    cue : Cue
        What was noticed.
    """
    trace = memory[cue.name]
    return memory.with_trace(
        cue.name, replace(trace, familiarity=trace.familiarity + cue.salience)
    )


def learnt(memory: Memory, mind: Mind, cue: Cue) -> Memory:
    """Return the memory after a cue has ended as it did.

    Parameters
    ----------
    memory : Memory
        Before.
    mind : Mind
        Whose.
    cue : Cue
        With its outcome.

    Examples
    --------
    >>> shock = Cue("CS+", 0.0, 4.0, outcome=1.0)
    >>> learnt(Memory(), Mind(), shock)["CS+"].harm
    1.0
    """
    if CUES[cue.name].bare:
        return _reinstated(memory, mind, cue)
    trace = memory[cue.name]
    bad, good = max(cue.outcome, 0.0), max(-cue.outcome, 0.0)
    weight, kept = mind.quickness * cue.salience, mind.retention
    harmless = weight * (1 - bad)
    run = 0.0 if bad > 0 else trace.unharmed + 1
    everywhere = _everywhere(mind, trace, run)
    here = kept * trace.extinction.get(cue.context, 0.0)
    here += (1 - everywhere) * mind.extinguishing * harmless
    return memory.with_trace(
        cue.name,
        Trace(
            kept * trace.harm + weight * bad,
            kept * trace.harmless + everywhere * harmless,
            {**trace.extinction, cue.context: here},
            kept * trace.good + weight * good,
            kept * trace.indifferent + weight * (1 - good),
            trace.familiarity * (1 - abs(cue.outcome)),  # what matters does not grow familiar
            run,
        ),
    )


def _everywhere(mind: Mind, trace: Trace, run: float) -> float:
    """Return how far a harmless event, the last of a run, still is what was known before."""
    harmless = 1 - belief(mind, replace(trace, extinction={}), "anywhere").expected
    return float(mind.unlearning + (1 - mind.unlearning) * harmless**run)


def _reinstated(memory: Memory, mind: Mind, cue: Cue) -> Memory:
    """Return a memory that believes less in what was extinguished where harm came unsigned."""
    kept = 1 - mind.reinstatement * max(cue.outcome, 0.0) * cue.salience
    return replace(
        memory,
        traces={
            name: replace(
                trace,
                extinction={
                    where: count * (kept if where == cue.context else 1.0)
                    for where, count in trace.extinction.items()
                },
            )
            for name, trace in memory.traces.items()
        },
    )


def rested(memory: Memory, mind: Mind, seconds: float) -> Memory:
    """Return the memory after some time in which nothing happened.

    Parameters
    ----------
    memory : Memory
        Before.
    mind : Mind
        Whose.
    seconds : float
        How long, from 0 up.

    Raises
    ------
    DataError
        If time runs backwards.

    Examples
    --------
    >>> day = rested(Memory.of({}, sensitization=2.0), Mind(), 21 * 86_400.0)
    >>> round(day.sensitization, 2)
    1.37
    """
    if not seconds >= 0:
        raise DataError(f"what is remembered fades over 0 s and more, not {seconds:g} s")
    kept = math.exp(-seconds / (mind.recovery * DAY))
    familiar = math.exp(-seconds / (mind.dishabituation * MINUTE))
    traces = {
        name: replace(
            trace,
            extinction={where: kept * count for where, count in trace.extinction.items()},
            familiarity=familiar * trace.familiarity,
        )
        for name, trace in memory.traces.items()
    }
    faded = math.exp(-seconds / (mind.sensitized * DAY))
    return Memory(traces, 1 + (memory.sensitization - 1) * faded)
