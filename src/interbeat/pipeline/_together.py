"""Together: the two people of an engine, followed second by second."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.recording import Data
from interbeat.core.track import Track
from interbeat.dyad._series import Pair
from interbeat.dyad._spec import INDICES
from interbeat.dyad.trailing import Follower, TrailingIndex, TrailingSynchrony
from interbeat.pipeline._measuring import joined
from interbeat.pipeline._pair import GRID, SIGNALS, How

__all__ = ["SYNCHRONY", "Derived", "Together"]

SYNCHRONY = "synchrony"
BESIDE = 10.0  # s before what is looked at, in which a value there may begin


class Derived(Protocol):
    """One person's derived channels, as they grow."""

    name: str

    def makes(self, channel: str) -> bool:
        """Return whether the channel will be made at all."""
        ...

    def until(self, channel: str) -> float:
        """Return the time up to which everything of the channel has been given (s)."""
        ...

    def channel(self, name: str) -> Data | None:
        """Return a channel so far, if any of it was made."""
        ...


class Together:
    """Follows the signals that both people have, a second at a time.

    What is said at second t is a function of both people's derived channels before t, and of
    how many seconds came before: however their recordings are cut, the same.

    Parameters
    ----------
    people : sequence of Derived
        Both; where there are fewer, nothing is followed.
    begin : float
        When the session's data begin, in seconds.
    follow : sequence of str
        ``"synchrony"`` and names of indices.

    Raises
    ------
    DataError
        If no index has that name.
    """

    def __init__(
        self, people: Sequence[Derived], *, begin: float, follow: Sequence[str]
    ) -> None:
        _check(follow)
        self._both, self._begin = people, begin
        self._followed = [
            _Followed(signal, how, follower, math.ceil(begin + follower.window))
            for signal, how in SIGNALS.items()
            if len(people) > 1 and all(person.makes(how.channel) for person in people)
            for follower in followers(how, follow)
        ]
        self._tracks: dict[str, list[Track]] = {}

    def advance(self) -> dict[str, Track]:
        """Return the new seconds of each track that both people's data now reach."""
        return self._until(lambda channel: min(p.until(channel) for p in self._both))

    def finish(self, end: float) -> dict[str, Track]:
        """Return the seconds up to `end`: no more data will come."""
        return self._until(lambda _: end)

    def tracks(self) -> dict[str, Track]:
        """Return each track so far, whole."""
        return {name: joined(pieces) for name, pieces in self._tracks.items()}

    def _until(self, last: Callable[[str], float]) -> dict[str, Track]:
        new: dict[str, Track] = {}
        for followed in self._followed:
            channel = followed.how.channel
            reached = last(channel)
            if reached >= followed.next:
                both = [person.channel(channel) for person in self._both]
                count = math.floor(reached) - followed.next + 1
                new |= self._seconds(followed, count, both)
        for name, track in new.items():
            self._tracks.setdefault(name, []).append(track)
        return new

    def _seconds(
        self, followed: _Followed, count: int, both: list[Data | None]
    ) -> Mapping[str, Track]:
        rows = [self._at(followed, followed.next + k, both) for k in range(count)]
        tracks = dict(self._as_tracks(followed, rows))
        followed.next += count
        return tracks

    def _at(
        self, followed: _Followed, second: int, both: list[Data | None]
    ) -> tuple[Estimate, ...]:
        memory = followed.follower.memory
        now = math.floor((second - self._begin) * GRID)
        first = max(now - math.floor(memory * GRID), 0)
        times = self._begin + np.arange(first, now) / GRID
        x, y = (_seen(data, followed.how, times, now=float(second)) for data in both)
        return followed.follower.at(Pair(x, y, GRID), second - followed.first, followed.signal)

    def _as_tracks(
        self, followed: _Followed, rows: list[tuple[Estimate, ...]]
    ) -> Iterator[tuple[str, Track]]:
        follower = followed.follower
        together = "".join(person.name for person in self._both)
        for k, (name, unit) in enumerate(zip(follower.names, follower.units, strict=True)):
            called = f"{followed.signal} {name}"
            yield (
                called,
                Track.of(
                    [row[k] for row in rows],
                    name=called,
                    unit=unit,
                    person=together,
                    window=follower.window,
                    start=float(followed.next),
                ),
            )


class _Followed:
    """One signal, followed in one way, and the next second to speak of."""

    def __init__(self, signal: str, how: How, follower: Follower, first: int) -> None:
        self.signal, self.how, self.follower = signal, how, follower
        self.first = self.next = first


def followers(how: How, follow: Sequence[str]) -> Iterator[Follower]:
    """Give what follows a signal, one for each name."""
    for name in follow:
        if name == SYNCHRONY:
            yield TrailingSynchrony(how.max_lag)
        else:
            yield TrailingIndex(INDICES[name])


def _check(follow: Sequence[str]) -> None:
    for name in follow:
        if name != SYNCHRONY and name not in INDICES:
            possible = ", ".join((SYNCHRONY, "drives", *INDICES))
            raise DataError(f"nothing called {name!r} can be followed; possible: {possible}")


def _seen(data: Data | None, how: How, times: FloatArray, *, now: float) -> FloatArray:
    """Return one person's signal at `times` as it is known at `now`."""
    if data is None or not times.size:
        return np.full(times.shape, np.nan)
    return how.sample(data.between(float(times[0]) - BESIDE, now), times)
