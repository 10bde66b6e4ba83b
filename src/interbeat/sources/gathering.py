"""Gathering: everyone whom a file or a folder holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from interbeat.core.errors import SourceError
from interbeat.core.session import Inference, Session
from interbeat.sources._reader import Wanted
from interbeat.sources.finding import Found, Item, folder_reader, look, reader_of
from interbeat.sources.joining import one_person, two_people
from interbeat.sources.loading import guarded, listed, load
from interbeat.sources.people import Grouping, by_person
from interbeat.sources.samples import FILE, is_samples, joined, read_samples

__all__ = ["HOW", "PERSONS", "TAKES", "everyone", "load_all"]

PERSONS = ("a", "b")
TAKES = "interbeat formats lists what can be read"
HOW = "person={'a': NAME, 'b': NAME}, or --person a=NAME --person b=NAME"


def everyone(place: Path, wanted: Wanted) -> Session:
    """Return the session of a file, of a folder that is a format, or of what a folder holds."""
    with guarded(place):
        if place.is_file():
            return load_all([Item(place, place.name, reader_of(place))], wanted)[0]
        whole = folder_reader(place)
        if whole is not None:
            session = load_all([Item(place, place.name, whole)], wanted)[0]
            return _with_tubes(place, session)
        found = look(place)
    session = _grouped(place, found, wanted).noting(_unread(place, found))
    return _with_tubes(place, session)


def _with_tubes(place: Path, session: Session) -> Session:
    """Return the session with what the folder's list of samples says was found in tubes."""
    with guarded(place / FILE, "list of samples"):
        listed_there = is_samples(place / FILE)
        return joined(session, read_samples(place / FILE)) if listed_there else session


def _unread(place: Path, found: Found) -> list[Inference]:
    notes = [(name, "no recording", "no reader takes it") for name in found.left_out]
    notes += [
        (name, f"part of {other}", "they share name and format") for name, other in found.parts
    ]
    return [Inference(f"{place.name}/{name}", "file", *rest) for name, *rest in notes]


def _grouped(place: Path, found: Found, wanted: Wanted) -> Session:
    """Return the session of the people that the names in a folder speak of."""
    items = found.items
    if not items:
        held = f"it holds {listed(found.left_out)}" if found.left_out else "it holds no data"
        raise SourceError(place, f"no reader takes anything in this folder: {held}; {TAKES}")
    if len(items) == 1:
        return load_all(items, wanted)[0]
    grouping = by_person([item.stem for item in items])
    if grouping is None:
        names = listed([item.name for item in items])
        raise SourceError(
            place,
            f"holds {len(items)} recordings, and the names do not tell whose: {names}. "
            f"Say who is who: {HOW}",
        )
    loaded = load_all(items, wanted)
    people = [one_person([loaded[i] for i in own], place) for _, own in grouping.groups]
    if len(people) == 1:
        return people[0]
    note = _who_is_who(place, [item.name for item in items], grouping)
    return two_people(people[0], people[1], place).noting([note])


def _who_is_who(place: Path, names: list[str], grouping: Grouping) -> Inference:
    people = (
        f"{name} = {listed([names[i] for i in own])}"
        for name, (_, own) in zip(PERSONS, grouping.groups, strict=True)
    )
    why = f"{grouping.why}; {HOW} says otherwise"
    return Inference(place.name, "person", ", ".join(people), why)


def load_all(items: Sequence[Item], wanted: Wanted) -> list[Session]:
    """Return the session of each item; a zip among them is read as the folder in it."""
    return load(items, wanted, everyone)
