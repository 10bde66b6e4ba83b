"""Couples: two simulated people at a time, and their series on one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from interbeat.body.couple import live
from interbeat.body.inputs import RATE, Inputs, Tie
from interbeat.body.truth import CoupleTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.dyad.grid import heart_rate
from interbeat.validation.population import ADULTS, Volunteer, population

__all__ = ["APART", "GRID", "Pair", "couples", "series", "stirred", "together"]

GRID = 4.0  # Hz, as for two recordings
APART = Tie()
MANY = 10_000  # moments that are drawn at once, more than any session has

Pair = tuple[Volunteer, Volunteer]


def couples(n: int, seed: int, *, ages: tuple[float, float] = ADULTS) -> tuple[Pair, ...]:
    """Return couples of people drawn from the population.

    Parameters
    ----------
    n : int
        How many couples.
    seed, ages
        See :func:`~interbeat.validation.population.population`.
    """
    people = population(2 * n, seed, ages=ages)
    return tuple(zip(people[::2], people[1::2], strict=True))


def together(
    pair: Pair, inputs: Sequence[Inputs], *, ties: Sequence[Tie] = (APART, APART),
    contact: FloatArray | None = None, session: int = 0,
) -> CoupleTruth:  # fmt: skip
    """Return what the two of a couple do.

    Parameters
    ----------
    pair : Pair
        Who.
    inputs : sequence of two Inputs
        What happens to each.
    ties, contact
        See :func:`~interbeat.body.couple.live`.
    session : int
        0 to 99: each brings noise of its own.
    """
    people = [one.person for one in pair]
    return live(people, inputs, seed=pair[0].seed + session, ties=ties, contact=contact)


def series(truth: CoupleTruth, name: str, span: Span) -> tuple[FloatArray, FloatArray]:
    """Return a track of both people at 4 Hz.

    Parameters
    ----------
    truth : CoupleTruth
        Whose.
    name : str
        ``"heart rate"``, or a signal of :class:`~interbeat.body.truth.PersonTruth`:
        ``"conductance"``, ``"volume"``, ``"threat"``.
    span : Span
        Which stretch.
    """
    times = span.start + np.arange(int(span.seconds * GRID)) / GRID

    def track(person: str) -> FloatArray:
        if name == "heart rate":
            return heart_rate(truth[person].beats, times)
        signal = getattr(truth[person], name)
        at = np.arange(signal.values.size) / signal.sampling_rate
        return np.asarray(np.interp(times, at, signal.values), dtype=np.float64)

    return track("a"), track("b")


def stirred(
    rng: np.random.Generator, seconds: float, *, rate: float, lasts: float, danger: float
) -> Inputs:
    """Return the inputs of one whom something alarms at moments that nobody foresees.

    Parameters
    ----------
    rng : Generator
        Where the moments come from: a Poisson process.
    seconds : float
        How long it all takes.
    rate : float
        How often a minute.
    lasts : float
        How long each alarm lasts, in s.
    danger : float
        How strong each is.
    """
    given: Any = np.zeros(round(seconds * RATE))
    for start in np.cumsum(rng.exponential(60 / rate, MANY)):
        if start >= seconds:
            break
        given[int(start * RATE) : int((start + lasts) * RATE)] = danger
    return replace(Inputs.at_rest(seconds), danger=given)
