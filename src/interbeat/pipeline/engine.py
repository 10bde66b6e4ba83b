"""The push engine: chunks in, what has become certain out; for files and straps alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.channels import CHANNELS
from interbeat.core.errors import DataError
from interbeat.core.recording import Data, Recording
from interbeat.core.responses import Responses
from interbeat.core.session import Session
from interbeat.core.stage import Stage
from interbeat.core.track import Track
from interbeat.measures import MEASURES
from interbeat.measures._spec import Measure
from interbeat.pipeline._following import DRIVES, Following
from interbeat.pipeline._growing import Growing
from interbeat.pipeline._measuring import joined, track, tracked
from interbeat.pipeline._plan import Input, Layout, finish, layout_of, plan, run
from interbeat.pipeline._together import Together
from interbeat.state.estimates import Drives

__all__ = ["Engine", "Person", "Update"]


@dataclass(frozen=True, slots=True)
class Update:
    """What one push made certain, about one person.

    Parameters
    ----------
    person : str
        Whose.
    derived : mapping of str to Signal, Beats, Breaths or Responses
        New stretches of derived channels.
    tracks : mapping of str to Track
        New seconds of each measure.
    together : mapping of str to Track
        New seconds of what is followed of the two, which this push let both reach.
    drives : Drives or None
        New seconds of the drives behind this person's heart, where they are followed.
    """

    person: str
    derived: Mapping[str, Data] = field(default_factory=dict)
    tracks: Mapping[str, Track] = field(default_factory=dict)
    together: Mapping[str, Track] = field(default_factory=dict)
    drives: Drives | None = None


class Engine:
    """Analyzes one or two people as their sensors speak.

    **The law**: however the recordings are cut into chunks, the updates joined are the same,
    bit for bit. ``push`` does no input or output and never waits.

    Parameters
    ----------
    layout : mapping of str to tuple of Input
        What each person's sensors give; known before the first chunk, so that what is made
        of them does not depend on which sensor speaks first.
    begin : float
        When the session's data begin (s). The first estimate of a measure is for the first
        whole second that has a whole window of data before it.
    follow : sequence of str
        What to follow of two people, second by second, in their heart rate, skin conductance
        and breathing, where both have them:
        ``"synchrony"`` (see :class:`~interbeat.dyad.trailing.TrailingSynchrony`) and any index
        of :data:`~interbeat.dyad.INDICES` over its last five minutes. Their tracks are called
        trailing, because what the last minutes show is not what the whole recording shows.
        ``"drives"`` follows the drives behind each heart (see
        :class:`~interbeat.state.Follower`).

    Raises
    ------
    DataError
        If nothing was recorded, so that the data begin at no finite time, or nothing of that
        name can be followed.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.recording import Recording
    >>> from interbeat.core.session import Session
    >>> heart = Recording("a", {"beats": Beats.from_rr([800, 820] * 60, person="a")})
    >>> engine = Engine.for_session(Session([heart]))
    >>> _ = engine.push(heart.between(0, 50))
    >>> update = engine.push(heart.between(50, 100))
    >>> _ = engine.finish()
    >>> engine.people["a"].tracks()["rmssd"].start
    60.0
    """

    def __init__(self, layout: Layout, begin: float, *, follow: Sequence[str] = ()) -> None:
        if not math.isfinite(begin):
            raise DataError(f"no sample and no event was recorded: data begin at {begin} s")
        self.people = {name: Person(name, inputs, begin) for name, inputs in layout.items()}
        both = [name for name in follow if name != DRIVES]
        self.together = Together(tuple(self.people.values()), begin=begin, follow=both)
        self._drives = {
            name: Following(person)
            for name, person in self.people.items()
            if DRIVES in follow and person.makes("beats")
        }
        self._over = False

    @classmethod
    def for_session(cls, session: Session, *, follow: Sequence[str] = ()) -> Engine:
        """Return an engine that is ready for the chunks of `session`."""
        return cls(layout_of(session), session.begin, follow=follow)

    def push(self, chunk: Recording) -> Update:
        """Take the next chunk of one person; return what it made certain.

        Raises
        ------
        DataError
            If the person or a channel was not announced, the chunk overlaps an earlier one,
            or the input was ended.
        """
        if self._over:
            raise DataError("the input was ended by finish(): a new engine takes new chunks")
        if chunk.person not in self.people:
            raise DataError(
                f"no person is called {chunk.person!r}; possible: {', '.join(self.people)}"
            )
        update = self.people[chunk.person].push(chunk)
        following = self._drives.get(chunk.person)
        return replace(
            update,
            together=self.together.advance(),
            drives=following.advance() if following else None,
        )

    def finish(self) -> tuple[Update, ...]:
        """End the input; return the rest, up to the last second that anyone's data reach."""
        self._over = True
        end = max(person.end for person in self.people.values())
        updates = [self._finish(person, end) for person in self.people.values()]
        updates[-1] = replace(updates[-1], together=self.together.finish(end))
        return tuple(updates)

    def _finish(self, person: Person, end: float) -> Update:
        update = person.finish(end)
        following = self._drives.get(person.name)
        return replace(update, drives=following.finish(end) if following else None)


class Person:
    """One person's part of the engine: the stages, what they made, and the measures on it.

    Parameters
    ----------
    name : str
        ``"a"`` or ``"b"``.
    inputs : tuple of Input
        What the sensors give.
    begin : float
        When the session's data begin, in seconds.
    """

    def __init__(self, name: str, inputs: tuple[Input, ...], begin: float) -> None:
        self.name, self.inputs, self.begin = name, inputs, begin
        self.end = begin
        self.plan = plan(name, inputs)
        self._makers: dict[str, Stage] = {
            made: link.stage for link in self.plan.links for made in link.gives
        }
        self._made = {
            n: Growing(empty(name)) for n, empty in EVENTS.items() if n in self._makers
        }
        self._windows = {n: w for n, w in tracked().items() if self._can_measure(MEASURES[n])}
        self._measures = {n: MEASURES[n] for n in self._windows}
        self._next = {n: math.ceil(begin + w) for n, w in self._windows.items()}
        self._tracks: dict[str, list[Track]] = {n: [] for n in self._measures}

    def push(self, chunk: Recording) -> Update:
        """Take the next chunk; return what it made certain."""
        self._check(chunk)
        self.end = max(self.end, chunk.end)
        derived = self._store(run(self.plan.links, chunk))
        return Update(self.name, derived, self._measure_until(self._complete))

    def finish(self, end: float) -> Update:
        """End the input; return the rest, up to the whole second at or before `end` (s)."""
        derived = self._store(finish(self.plan.links))
        return Update(self.name, derived, self._measure_until(lambda _: end))

    def channels(self) -> dict[str, Data]:
        """Return each derived channel so far, whole."""
        return {name: grown.whole() for name, grown in self._made.items()}

    def makes(self, channel: str) -> bool:
        """Return whether a derived channel is made of what the sensors give."""
        return channel in self._makers

    def until(self, channel: str) -> float:
        """Return the time up to which all of a derived channel has been given (s)."""
        return self._makers[channel].until

    def channel(self, name: str) -> Data | None:
        """Return a derived channel so far, if any of it was made."""
        return self._made[name].whole() if name in self._made else None

    def tracks(self) -> dict[str, Track]:
        """Return each measure's seconds so far, whole."""
        return {name: joined(pieces) for name, pieces in self._tracks.items() if pieces}

    def _can_measure(self, spec: Measure) -> bool:
        return all(need in self._makers for need in spec.needs)

    def _check(self, chunk: Recording) -> None:
        known = [i.name for i in self.inputs]
        unknown = [name for name in chunk.channels if name not in known]
        if unknown:
            raise DataError(
                f"{unknown[0]!r} of {self.name!r} was not announced; "
                f"possible: {', '.join(known)}"
            )

    def _store(self, made: Iterator[tuple[str, Data]]) -> dict[str, Data]:
        new: dict[str, Data] = {}
        for name, data in made:
            if name not in CHANNELS or not len(data):
                continue  # what only the next stage needs is not kept
            if name in self._made:
                self._made[name].add(data)
            else:
                self._made[name] = Growing(data)
            new[name] = new[name].then(data) if name in new else data  # type: ignore[arg-type]
        return new

    def _complete(self, spec: Measure) -> float:
        """Return the time up to which everything that `spec` takes has been given."""
        return min(self._makers[n].until for n in spec.channels if n in self._makers)

    def _measure_until(self, complete: Callable[[Measure], float]) -> dict[str, Track]:
        new: dict[str, Track] = {}
        for name, spec in self._measures.items():
            last = complete(spec)
            if last < self._next[name] or any(need not in self._made for need in spec.needs):
                continue
            seconds = np.arange(self._next[name], math.floor(last) + 1, dtype=np.float64)
            whole = {n: self._made[n].whole() for n in spec.channels if n in self._made}
            window = self._windows[name]
            new[name] = track(spec, seconds, whole, window=window, person=self.name)
            self._next[name] += seconds.size
            self._tracks[name].append(new[name])
        return new


def _no_beats(person: str) -> Beats:
    return Beats.at([], person)


def _no_breaths(person: str) -> Breaths:
    return Breaths([], [], [], [], person)


def _no_responses(person: str) -> Responses:
    return Responses([], [], [], person)


EVENTS: Mapping[str, Callable[[str], Data]] = {
    "beats": _no_beats,
    "breaths": _no_breaths,
    "responses": _no_responses,
}
