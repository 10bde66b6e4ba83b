"""Days: what the brain stem of several people tells their hearts, and how they breathe.

This is our addition to both published models, which have one constant tone each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter1d

from interbeat.core.arrays import FloatArray

__all__ = [
    "GRID",
    "REST",
    "Day",
    "Event",
    "Life",
    "blocked",
    "quiet_days",
    "side_by_side",
    "slow",
    "spent_days",
    "startled_days",
    "streams",
]

GRID = 10.0  # Hz: every track of a day
REST = 240.0  # s: nothing happens before
EVERY, FIRST, SPREAD = 150.0, 250.0, 30.0  # s: when things happen
SHORTEST, LONGEST = 60.0, 100.0  # s: for how long
KINDS = ("both", "both", "vagal", "sympathetic", "slow")


class Event(NamedTuple):
    """Something that happens: when (s), and by how much the logarithm of each tone moves."""

    kind: str
    start: float
    end: float
    vagal: float
    sympathetic: float


@dataclass(frozen=True, eq=False)
class Day:
    """Tracks of several people at `GRID`, each of shape (people, n).

    Parameters
    ----------
    seeds : tuple of int
        Whose.
    vagal, sympathetic : ndarray
        Central tone of either branch, before breath and baroreflex gate it; 1 is typical rest.
    volume : ndarray
        Liters in the lungs above the end of a breath out.
    arousal : ndarray
        0 to 1: what makes the palms sweat.
    events : tuple of tuple of Event
        What happened to each.
    vagus, nerve : ndarray
        Share of either branch that reaches the node; 0 is full blockade.
    """

    seeds: tuple[int, ...]
    vagal: FloatArray
    sympathetic: FloatArray
    volume: FloatArray
    arousal: FloatArray
    events: tuple[tuple[Event, ...], ...]
    vagus: FloatArray
    nerve: FloatArray

    @property
    def seconds(self) -> float:
        return int(self.vagal.shape[1]) / GRID

    @property
    def swing(self) -> FloatArray:
        """Volume around its mean of 20 s, in quarters of a liter: from -1 to 1 at half a liter.

        So that deep breaths move a heart to and fro, and not on the whole.
        """
        return np.asarray((self.volume - uniform_filter1d(self.volume, 200, axis=1)) / 0.25)


class Life(NamedTuple):
    """What one heart did on a day.

    Parameters
    ----------
    beats : ndarray, shape (m,)
        In s.
    vagal, sympathetic : ndarray, shape (n,)
        What reaches the node at `GRID`, past breath and baroreflex; in units of each twin.
    """

    beats: FloatArray
    vagal: FloatArray
    sympathetic: FloatArray


def side_by_side(days: Sequence[Day]) -> Day:
    """Return one batch of all people of several equally long days."""
    tracks = ("vagal", "sympathetic", "volume", "arousal", "vagus", "nerve")
    joined = {name: np.concatenate([getattr(day, name) for day in days]) for name in tracks}
    seeds = tuple(seed for day in days for seed in day.seeds)
    return Day(seeds, events=tuple(own for day in days for own in day.events), **joined)


def streams(seeds: Sequence[int], purpose: int) -> list[np.random.Generator]:
    """Return one generator a person; other purposes and other people share nothing."""
    return [np.random.default_rng([65537, purpose, seed]) for seed in seeds]


def slow(rngs: Sequence[np.random.Generator], n: int, rate: float, tau: float) -> FloatArray:
    """Return exponentially correlated noise of unit variance, one row a person."""
    keep = float(np.exp(-1 / (tau * rate)))
    draws = np.stack([rng.standard_normal(n) for rng in rngs])
    out = np.empty_like(draws)
    out[:, 0] = draws[:, 0]
    push = np.sqrt(1 - keep**2)
    for k in range(1, n):
        out[:, k] = keep * out[:, k - 1] + push * draws[:, k]
    return out


def spent_days(seeds: Sequence[int], seconds: float = 1000.0) -> Day:
    """Return days on which four minutes of rest are followed by five things, in any order.

    Twice both branches are moved, by independent amounts; once only the vagus is withdrawn,
    once only the sympathetic rises; once breathing is slow and deep and neither moves.
    """
    return _day(seeds, seconds, _happenings)


def quiet_days(seeds: Sequence[int], seconds: float = 1000.0) -> Day:
    """Return days on which nothing happens."""
    return _day(seeds, seconds, lambda _: ())


def startled_days(seeds: Sequence[int], seconds: float = 1000.0) -> Day:
    """Return days on which rest is followed by four clear stressors of both branches."""
    return _day(seeds, seconds, _startles)


def blocked(day: Day, branch: str, *, start: float, seconds: float = 60.0) -> Day:
    """Return the same day with a branch blocked: its share falls to nothing and stays there.

    Parameters
    ----------
    day : Day
        As it would have been.
    branch : str
        "vagus" or "nerve".
    start, seconds : float
        When the drug begins to act, and how long until it acts fully (s).
    """
    since = np.arange(day.vagal.shape[1]) / GRID - start
    share = np.tile(1 - np.clip(since / seconds, 0, 1), (len(day.seeds), 1))
    return replace(day, vagus=share) if branch == "vagus" else replace(day, nerve=share)


def _startles(rng: np.random.Generator) -> tuple[Event, ...]:
    starts = FIRST + 185.0 * np.arange(4) + rng.uniform(0, SPREAD, 4)
    return tuple(
        Event(
            "both", start, start + rng.uniform(SHORTEST, LONGEST),
            -rng.uniform(0.4, 0.6), rng.uniform(0.5, 0.7),
        )
        for start in starts
    )  # fmt: skip


def _happenings(rng: np.random.Generator) -> tuple[Event, ...]:
    events = []
    for k, which in enumerate(rng.permutation(len(KINDS))):
        kind = KINDS[which]
        start = FIRST + EVERY * k + rng.uniform(0, SPREAD)
        end = start + rng.uniform(SHORTEST, LONGEST)
        less, more = -rng.uniform(0.1, 0.45), rng.uniform(0.15, 0.6)
        events.append(
            Event(
                kind, start, end,
                less if kind in {"both", "vagal"} else 0.0,
                more if kind in {"both", "sympathetic"} else 0.0,
            )
        )  # fmt: skip
    return tuple(events)


def _day(
    seeds: Sequence[int], seconds: float,
    happen: Callable[[np.random.Generator], tuple[Event, ...]],
) -> Day:  # fmt: skip
    n = round(seconds * GRID)
    events = tuple(happen(rng) for rng in streams(seeds, 1))
    vagal = _followed(_steps(events, n, "vagal"), up=12.0, down=3.0)
    sympathetic = _followed(_steps(events, n, "sympathetic"), up=6.0, down=20.0)
    arousal = np.clip((sympathetic - vagal) / 1.8, 0, 1)
    vagal = vagal + 0.12 * slow(streams(seeds, 2), n, GRID, 60.0)
    sympathetic = sympathetic + 0.12 * slow(streams(seeds, 3), n, GRID, 90.0)
    volume = np.stack(
        [
            _breathed(rng, own, n, arousal=felt)
            for rng, own, felt in zip(streams(seeds, 4), events, arousal, strict=True)
        ]
    )
    free = np.ones_like(vagal)
    return Day(
        tuple(seeds), np.exp(vagal), np.exp(sympathetic), volume, arousal, events, free, free
    )


def _steps(events: tuple[tuple[Event, ...], ...], n: int, name: str) -> FloatArray:
    out = np.zeros((len(events), n))
    for row, own in zip(out, events, strict=True):
        for event in own:
            row[round(event.start * GRID) : round(event.end * GRID)] += getattr(event, name)
    return out


def _followed(target: FloatArray, *, up: float, down: float) -> FloatArray:
    """Return what goes to its target with one time constant up and another down (s)."""
    out = np.zeros_like(target)
    quick, late = 1 - np.exp(-1 / (up * GRID)), 1 - np.exp(-1 / (down * GRID))
    for k in range(1, target.shape[1]):
        gap = target[:, k] - out[:, k - 1]
        out[:, k] = out[:, k - 1] + np.where(gap > 0, quick, late) * gap
    return out


def _breathed(
    rng: np.random.Generator, events: tuple[Event, ...], n: int, *, arousal: FloatArray
) -> FloatArray:
    """Return the volume of one person: breath after breath, each a warped cosine."""
    volume = np.zeros(n)
    usual, deep = (
        float(rng.normal(0.25, 0.03)),
        float(0.5 * np.exp(0.2 * rng.standard_normal())),
    )
    pace, depth, at = 0.0, 0.0, float(-rng.uniform(0, 4))
    while at < n / GRID:
        pace = 0.5 * pace + np.sqrt(0.75) * rng.standard_normal()
        depth = 0.3 * depth + np.sqrt(0.91) * rng.standard_normal()
        paced = any(one.kind == "slow" and one.start <= at < one.end for one in events)
        felt = arousal[min(max(int(at * GRID), 0), n - 1)]
        rate = (
            0.1 * np.exp(0.03 * pace)
            if paced
            else usual * (1 + 0.2 * felt) * np.exp(0.13 * pace)
        )
        size = 1.8 * deep * np.exp(0.08 * depth) if paced else deep * np.exp(0.2 * depth)
        first = max(int(np.ceil(at * GRID)), 0)
        last = max(min(int((at + 1 / rate) * GRID) + 1, n), first)
        phase = np.clip((np.arange(first, last) / GRID - at) * rate, 0, 1)
        warped = np.where(phase < 0.42, phase / 0.84, 0.5 + (phase - 0.42) / 1.16)
        volume[first:last] = size * (0.5 - 0.5 * np.cos(2 * np.pi * warped))
        at += float(1 / rate)
    return volume
