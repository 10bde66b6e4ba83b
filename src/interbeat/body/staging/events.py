"""Events: what a scenario says happens, when and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from interbeat.body.cues import CUES
from interbeat.body.inputs import Cue
from interbeat.body.staging.document import SHORTEST, Table

__all__ = ["BOTH", "Event", "events_of"]

BOTH = ("a", "b")

# Levels of the world, and the most of each; a number is how strong.
LEVELS = {
    "danger": 3.0, "safety": 3.0, "control": 1.0, "grounding": 1.0, "movement": 1.0,
    "speech": 1.0, "cold_face": 1.0, "hum": 1.0, "touch": 1.0, "atropine": 1.0,
    "propranolol": 1.0,
}  # fmt: skip
POSTURES = {"lying": 0.0, "seated": 0.0, "upright": 1.0}
SENSES = ("sees", "hears")
_SLOWEST, _FASTEST, _DEEPEST = 1.0, 60.0, 5.0  # breaths a minute; liters
_LABELS = ("task", "practice", "stimulus")
_CUE = ("cue", "gaze", "salience", "outcome", "context", "every", "lasts")
_KNOWN = (
    "start", "length", "who", *_LABELS, *LEVELS, "pace", "depth", "posture", *SENSES, *_CUE,
    "consent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to one person or to both, for a while.

    Parameters
    ----------
    start, seconds : float
        When, and for how long (s).
    who : tuple of str
        To whom.
    labels : mapping of str to str
        ``task``, ``practice`` or ``stimulus``, and what it is called.
    levels : mapping of str to float
        Tracks of :class:`~interbeat.body.inputs.Inputs` that it sets.
    senses : mapping of str to bool
        ``sees``, ``hears``: whether the two do, while it lasts.
    cues : tuple of Cue
        What is perceived, with times since the event began.
    line : int
        In the scenario's file.
    """

    start: float
    seconds: float
    who: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)
    senses: Mapping[str, bool] = field(default_factory=dict)
    cues: tuple[Cue, ...] = ()
    line: int = 0

    @property
    def end(self) -> float:
        """When it is over (s)."""
        return self.start + self.seconds

    def lanes(self) -> Iterator[tuple[str, str]]:
        """Give (person, what) of all that only one event at a time may decide."""
        for person in self.who:
            for what in (*self.labels, *self.levels):
                yield person, what
            for name in {cue.name for cue in self.cues}:
                yield person, f"cue {name!r}"
        for sense in self.senses:
            yield "ab", sense


def events_of(whole: Table, seconds: float, people: tuple[str, ...]) -> tuple[Event, ...]:
    """Return the events of a scenario, in order of their start.

    Parameters
    ----------
    whole : Table
        Of the scenario.
    seconds : float
        How long the scenario lasts.
    people : tuple of str
        Who takes part.

    Raises
    ------
    FormatError
        If an event is not possible, or two decide the same thing at the same time.
    """
    events = [_event(one, seconds, people) for one in whole.tables("events")]
    _check_overlaps(whole, events)
    return tuple(sorted(events, key=lambda event: event.start))


def _event(table: Table, seconds: float, people: tuple[str, ...]) -> Event:
    table.only(_KNOWN)
    start, length = table.span(seconds)
    event = Event(
        start,
        length,
        table.who(people),
        {name: table.word(name) for name in _LABELS if name in table},
        _levels(table),
        {name: table.yes(name, default=True) for name in SENSES if name in table}
        | ({"sees": True} if "gaze" in table else {}),
        tuple(_cues(table, length)),
        table.line(),
    )
    _check(table, event, people)
    return event


def _levels(table: Table) -> dict[str, float]:
    found = {
        name: table.number(name, most=most) for name, most in LEVELS.items() if name in table
    }
    if "pace" in table:
        found["pace"] = table.number("pace", "/min", least=_SLOWEST, most=_FASTEST)
    if "depth" in table:
        found["depth"] = table.number("depth", "L", most=_DEEPEST)
    if "posture" in table:
        found["posture"] = POSTURES[table.word("posture", among=POSTURES)]
    return found


def _cues(table: Table, length: float) -> Iterator[Cue]:
    """Give what is perceived: once, or again and again, at times since the event began."""
    names = [table.word("cue", among=tuple(CUES))] if "cue" in table else []
    if "gaze" in table:
        names.append("eye contact")
    if not names:
        for key in _CUE:
            if key in table:
                raise table.refused(f"{key} belongs to a cue; this event has none", key)
        return
    lasts = table.number("lasts", "s", least=SHORTEST, most=length, default=length)
    every = table.number("every", "s", least=lasts, default=length)
    loud = table.number("gaze" if "cue" not in table else "salience", most=1.0, default=1.0)
    outcome = table.number("outcome", least=-1.0, most=1.0, default=0.0)
    context = table.word("context", "here")
    for name in dict.fromkeys(names):
        for k in range(max(1, int((length - lasts) / every + 1e-9) + 1)):
            yield Cue(name, k * every, lasts, loud, outcome, context)


def _check(table: Table, event: Event, people: tuple[str, ...]) -> None:
    if not (event.labels or event.levels or event.senses or event.cues):
        raise table.refused(f"nothing happens in it; possible: {', '.join(_KNOWN[3:])}")
    if "stimulus" in event.labels and event.who != people:
        raise table.refused("a shared stimulus reaches both; leave `who` out", "stimulus")
    if "touch" in event.levels:
        _check_consent(table, people, "touch")
    elif any(CUES[cue.name].contact for cue in event.cues):
        _check_consent(table, people, "cue")
    elif "consent" in table:
        raise table.refused("consent belongs to touch; this event has none", "consent")


def _check_consent(table: Table, people: tuple[str, ...], key: str) -> None:
    missing = [one for one in people if one not in table.words("consent", among=people)]
    if missing:
        raise table.refused(
            f"touch needs the consent of both; missing: {', '.join(missing)}; where both agree "
            'to be touched, write consent = ["a", "b"]',
            key,
        )


def _check_overlaps(whole: Table, events: Iterable[Event]) -> None:
    last: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=lambda event: (event.start, event.line)):
        for lane in event.lanes():
            before = last.get(lane)
            if before is not None and event.start < before.end - 1e-9:
                person, what = lane
                raise _overlap(whole, f"{what} of {person}", (before, event))
            last[lane] = event


def _overlap(whole: Table, what: str, two: tuple[Event, Event]) -> Exception:
    before, after = two
    place = next(table for table in whole.tables("events") if table.line() == after.line)
    return place.refused(
        f"{what} is decided already, by the event of line {before.line} until "
        f"{before.end:g} s; this one begins at {after.start:g} s"
    )
