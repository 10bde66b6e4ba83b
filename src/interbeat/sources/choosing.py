"""Choosing: only those whom the user named, in a folder or in a file of two people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from interbeat.core.errors import SourceError
from interbeat.core.session import Inference, Session
from interbeat.sources._reader import Wanted
from interbeat.sources.finding import folder_reader, look
from interbeat.sources.gathering import PERSONS, everyone, load_all
from interbeat.sources.joining import one_person, two_people
from interbeat.sources.loading import guarded, listed
from interbeat.sources.people import picked
from interbeat.sources.samples import FILE, is_samples

__all__ = ["chosen"]


def chosen(place: Path, who: Mapping[str, str], wanted: Wanted) -> Session:
    """Return only those whom the user named."""
    if place.is_file():
        return _by_device(place, who, everyone(place, wanted))
    with guarded(place):
        items, whole = look(place).items, folder_reader(place)
    names = [item.name for item in items]
    own_of = {name: picked(_below(place, value), names) for name, value in who.items()}
    unknown = [name for name, own in own_of.items() if not own]
    if unknown and whole is not None:
        return _by_device(place, who, everyone(place, wanted))
    if unknown:
        raise SourceError(
            place,
            f"holds no {who[unknown[0]]!r} for person {unknown[0]}; possible: {listed(names)}",
        )
    shared = set.intersection(*map(set, own_of.values())) if len(own_of) == 2 else set()
    if shared:
        raise SourceError(
            place, f"{names[min(shared)]} fits both a={who['a']!r} and b={who['b']!r}"
        )
    people = [
        one_person(load_all([items[i] for i in own], wanted), place) for own in own_of.values()
    ]
    if len(people) == 2:
        return two_people(people[0], people[1], place).noting(_no_tubes(place))
    return _renamed(people[0], {"a": next(iter(who))}).noting(_no_tubes(place))


def _no_tubes(place: Path) -> list[Inference]:
    """Say that nobody's tubes were taken from a list that calls people a and b."""
    if not is_samples(place / FILE):
        return []
    why = "people were chosen by name, and the list does not call them so"
    return [Inference(f"{place.name}/{FILE}", "file", "no samples of theirs", why)]


def _below(place: Path, value: str) -> str:
    path = Path(value).expanduser()
    if path.exists() and path.resolve().is_relative_to(place.resolve()):
        return path.resolve().relative_to(place.resolve()).as_posix()
    return value


def _by_device(place: Path, who: Mapping[str, str], session: Session) -> Session:
    """Return the people of one file, chosen by what the file calls their devices."""
    called = {name: _called(session, name) or [place.name] for name in session.persons}
    owner = {}
    for name, value in who.items():
        fits = [old for old, words in called.items() if value == old or picked(value, words)]
        if len(fits) != 1:
            possible = [f"{old} ({listed(words)})" for old, words in called.items()]
            raise SourceError(
                place,
                f"holds no one {value!r} for person {name}; possible: {listed(possible)}",
            )
        owner[fits[0]] = name
    if len(owner) < len(who):
        raise SourceError(place, f"{' and '.join(who.values())} are one person twice")
    return _renamed(session, owner)


def _called(session: Session, person: str) -> list[str]:
    """Return the names under which the reader says it found `person` in the file."""
    notes = [note for note in session.inferences if note.quantity == "person"]
    own = [note.subject for note in notes if note.value == person]
    quoted = [re.findall(r"'([^']*)'", note.value) for note in notes]
    pairs = [dict(zip(PERSONS, names, strict=True)) for names in quoted if len(names) == 2]
    return own + [pair[person] for pair in pairs]


def _renamed(session: Session, new: Mapping[str, str]) -> Session:
    """Return the session with only the people in `new`, by their new names."""
    return replace(
        session,
        recordings=tuple(
            session[old].renamed(name)
            for old, name in sorted(new.items(), key=lambda pair: pair[1])
        ),
        samples=tuple(
            replace(sample, person=new[sample.person])
            for sample in session.samples
            if sample.person in new
        ),
    )
