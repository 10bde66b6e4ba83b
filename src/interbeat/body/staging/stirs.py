"""Stirs: what comes unforeseen and passes, at times drawn from the seed of the simulation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from interbeat.body.noise import Streams
from interbeat.body.staging.document import Table
from interbeat.body.staging.events import LEVELS, Event

__all__ = ["Stir", "drawn_stirs", "stirs_of"]

WORLD = 2  # whose stream is not that of one of the two people
WHAT = ("danger", "safety")


@dataclass(frozen=True, slots=True)
class Stir:
    """Something that comes again and again, nobody knows when.

    Parameters
    ----------
    start, seconds : float
        From when on, and for how long, it may come (s).
    who : tuple of str
        To whom.
    shared : bool
        Whether it comes to both at the same moments, as what happens in the room does, or to
        each at moments of their own, as what comes to mind does.
    every : float
        Mean time from one to the next (s).
    lasts : float
        How long each lasts (s).
    levels : tuple of (str, float)
        What it adds to danger or safety.
    """

    start: float
    seconds: float
    who: tuple[str, ...]
    shared: bool
    every: float
    lasts: float
    levels: tuple[tuple[str, float], ...]

    def stretched(self, factor: float) -> Stir:
        """Return the same over a time that begins and lasts in proportion; as often."""
        return replace(self, start=self.start * factor, seconds=self.seconds * factor)


def stirs_of(whole: Table, seconds: float, people: tuple[str, ...]) -> tuple[Stir, ...]:
    """Return the stirs of a scenario.

    Parameters
    ----------
    whole : Table
        Of the scenario.
    seconds : float
        How long it lasts.
    people : tuple of str
        Who takes part.
    """
    return tuple(_stir(table, seconds, people) for table in whole.tables("stirs"))


def _stir(table: Table, seconds: float, people: tuple[str, ...]) -> Stir:
    table.only(("start", "length", "who", "shared", "rate", "lasts", *WHAT))
    start, length = table.span(seconds)
    who = table.who(people)
    shared = table.yes("shared", default=False)
    lasts = table.number("lasts", "s", least=0.1)
    every = 1 / table.number("rate", "Hz", least=1e-5, most=1 / lasts)
    levels = tuple(
        (name, table.number(name, most=LEVELS[name])) for name in WHAT if name in table
    )
    if not levels:
        raise table.refused(f"nothing is stirred; possible: {', '.join(WHAT)}")
    if shared and who != people:
        raise table.refused("what is shared comes to both; leave `who` out", "shared")
    return Stir(start, length, who, shared, every, lasts, levels)


def drawn_stirs(
    stirs: Sequence[Stir], *, seed: int, people: Sequence[str]
) -> tuple[Event, ...]:
    """Return when each comes, in one simulation.

    Parameters
    ----------
    stirs : sequence of Stir
        Of a scenario.
    seed : int
        Of the simulation.
    people : sequence of str
        Who takes part.
    """
    streams = {
        "ab"[k]: Streams(seed, k).of("stirs").spawn(len(stirs)) for k in range(len(people))
    }
    world = Streams(seed, WORLD).of("stirs").spawn(len(stirs))
    return tuple(
        event
        for k, stir in enumerate(stirs)
        for who, rng in (
            [(stir.who, world[k])]
            if stir.shared
            else [((one,), streams[one][k]) for one in stir.who]
        )
        for event in _times(stir, who, rng)
    )


def _times(stir: Stir, who: tuple[str, ...], rng: np.random.Generator) -> Iterator[Event]:
    """Give one after another: pauses between them are exponential."""
    at, end = stir.start, stir.start + stir.seconds
    while True:
        at += rng.exponential(max(stir.every - stir.lasts, 0.0))
        if at >= end:
            return
        yield Event(at, min(stir.lasts, end - at), who, levels=dict(stir.levels))
        at += stir.lasts
