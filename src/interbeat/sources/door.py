"""The door: files and folders come in, one session comes out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from interbeat.core.channels import channel
from interbeat.core.errors import DataError, FormatError, SourceError
from interbeat.core.session import Inference, Session
from interbeat.sources._reader import READERS, Reader, Wanted
from interbeat.sources.finding import Found, Item, folder_reader, look, reader_of
from interbeat.sources.joining import one_person, two_people
from interbeat.sources.loading import guarded, listed, load, opened
from interbeat.sources.people import Grouping, by_person, picked

__all__ = ["Format", "formats", "read"]

PERSONS = ("a", "b")
TAKES = "interbeat formats lists what can be read"
HOW = "person={'a': NAME, 'b': NAME}, or --person a=NAME --person b=NAME"


class Format(NamedTuple):
    """One row of ``interbeat formats``."""

    name: str
    suffixes: tuple[str, ...]
    title: str


def formats() -> list[Format]:
    """Return every format that :func:`read` takes, by name; the suffix of a folder is ``/``."""
    return [Format(r.name, r.suffixes, r.title) for r in READERS.values()]


def read(
    *paths: str | Path,
    person: Mapping[str, str | Path] | None = None,
    channels: Mapping[str, str] | None = None,
    sampling_rate: float | None = None,
    unit: str = "",
) -> Session:
    r"""Read the recordings of one person or two, on one clock.

    Whatever a file did not say and had to be worked out (who is who, the clock, a unit, a
    rate, what a channel is) is in the session's ``inferences``.

    Parameters
    ----------
    *paths : str or Path
        One path: a file, a zip or a folder. In a folder, names tell who is who (``ecg_a`` and
        ``ecg_b``, ``partner1`` and ``partner2``, ``sub-01`` and ``sub-02``, two subfolders);
        files of one person become one recording. Two paths: person a, then person b.
    person : mapping of str to str or Path, optional
        Who is who, when the names do not say it, or say it wrongly: ``{"a": "sub-01",
        "b": "sub-02"}``, each a file or subfolder of the folder, the word in their names, or
        a device in a file that holds two. Only those named are read.
    channels : mapping of str to str, optional
        Which label in the file is a channel: ``{"ecg": "EKG - ERS100C"}``.
    sampling_rate : float, optional
        In Hz, for files that do not say.
    unit : str
        Of the main values, for files that do not say, e.g. ``"ms"``.

    Returns
    -------
    Session
        Of person a, or a and b; times in seconds since its ``start``, the earlier of the two.

    Raises
    ------
    SourceError
        If a path is missing, empty or not to be read, if it cannot be told who is who, or if
        two recordings share no second; with what was found and what would be taken.
    FormatError
        If a file's content is not what its format promises.
    UnknownFormatError
        If no reader takes a file; with the suffixes that there are.
    DataError
        If the call is wrong: no path or three, a channel or person that does not exist.

    See Also
    --------
    formats : what can be read.
    interbeat.sources.clock.fit_clock : how two recorders come to one clock.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for who, ms in ("a", 800), ("b", 900):
    ...         _ = Path(folder, f"ibi_{who}.txt").write_text(f"{ms}\n" * 60)
    ...     session = read(folder)
    >>> session.persons, session["b"].channels["beats"].rr_ms[:2]
    (('a', 'b'), array([900., 900.]))
    """
    who, wanted = _who(person), _wanted(channels, sampling_rate, unit)
    places = [Path(path).expanduser() for path in paths]
    for place in places:
        _check_place(place)
    if len(places) == 1:
        return _one_path(places[0], who, wanted)
    if len(places) == 2:
        return _two_paths(places[0], places[1], who, wanted)
    raise DataError(f"read takes one path, or one for each of two people, not {len(places)}")


def _who(person: Mapping[str, str | Path] | None) -> dict[str, str]:
    who = {name.strip().lower(): str(value) for name, value in (person or {}).items()}
    for name, value in who.items():
        if name not in PERSONS or not value:
            raise DataError(f"person {name!r} is {value!r}; possible: a=NAME and b=NAME")
    return dict(sorted(who.items()))


def _wanted(channels: Mapping[str, str] | None, rate: float | None, unit: str) -> Wanted:
    if rate is not None and not (math.isfinite(rate) and rate > 0):
        raise DataError(f"a sampling rate is a positive number of Hz, not {rate}")
    labels = {channel(c.strip().lower()).name: label for c, label in (channels or {}).items()}
    return Wanted(MappingProxyType(labels), None if rate is None else float(rate), unit)


def _check_place(place: Path) -> None:
    with guarded(place):
        if place.is_dir():
            if not any(place.iterdir()):
                raise SourceError(place, f"the folder is empty; {TAKES}")
        elif not place.exists():
            raise SourceError(place, f"there is no such file or folder{_beside(place)}")
        elif not place.is_file():
            raise SourceError(place, "is neither a file nor a folder")
        elif place.stat().st_size == 0:
            raise FormatError(place, "the file is empty (0 bytes)")


def _beside(place: Path) -> str:
    near = sorted(p.name for p in place.parent.iterdir()) if place.parent.is_dir() else []
    return f"; {place.parent} holds {listed(near)}" if near else ""


def _one_path(place: Path, who: Mapping[str, str], wanted: Wanted) -> Session:
    with opened(place) as inside:
        session = _chosen(inside, who, wanted) if who else _everyone(inside, wanted)
    return replace(session, title=_title(place))


def _everyone(place: Path, wanted: Wanted) -> Session:
    """Return the session of a file, of a folder that is a format, or of what a folder holds."""
    with guarded(place):
        if place.is_file():
            return _load([Item(place, place.name, reader_of(place))], wanted)[0]
        whole = folder_reader(place)
        if whole is not None:
            return _load([Item(place, place.name, whole)], wanted)[0]
        found = look(place)
    return _grouped(place, found, wanted).noting(_unread(place, found))


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
        return _load(items, wanted)[0]
    grouping = by_person([item.stem for item in items])
    if grouping is None:
        names = listed([item.name for item in items])
        raise SourceError(
            place,
            f"holds {len(items)} recordings, and the names do not tell whose: {names}. "
            f"Say who is who: {HOW}",
        )
    loaded = _load(items, wanted)
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


def _chosen(place: Path, who: Mapping[str, str], wanted: Wanted) -> Session:
    """Return only those whom the user named."""
    if place.is_file():
        return _by_device(place, who, _everyone(place, wanted))
    with guarded(place):
        items, whole = look(place).items, folder_reader(place)
    names = [item.name for item in items]
    chosen = {name: picked(_below(place, value), names) for name, value in who.items()}
    unknown = [name for name, own in chosen.items() if not own]
    if unknown and whole is not None:
        return _by_device(place, who, _everyone(place, wanted))
    if unknown:
        raise SourceError(
            place,
            f"holds no {who[unknown[0]]!r} for person {unknown[0]}; possible: {listed(names)}",
        )
    shared = set.intersection(*map(set, chosen.values())) if len(chosen) == 2 else set()
    if shared:
        raise SourceError(
            place, f"{names[min(shared)]} fits both a={who['a']!r} and b={who['b']!r}"
        )
    people = [
        one_person(_load([items[i] for i in own], wanted), place) for own in chosen.values()
    ]
    if len(people) == 2:
        return two_people(people[0], people[1], place)
    return _renamed(people[0], {"a": next(iter(who))})


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


def _two_paths(a: Path, b: Path, who: Mapping[str, str], wanted: Wanted) -> Session:
    if a.samefile(b):
        raise SourceError(
            a,
            "one person twice: both paths are the same; give one path for each person, or one",
        )
    with opened(a) as in_a, opened(b) as in_b:
        places = dict(zip(PERSONS, (in_a, in_b), strict=True))
        sessions = _one_each(places, who, wanted)
    for name, place, session in zip(PERSONS, (a, b), sessions, strict=True):
        if len(session.persons) > 1:
            raise SourceError(
                place,
                "holds two people, and another path was given; read it alone, or say which of "
                f"them is person {name}: --person {name}=NAME",
            )
    titled = [replace(s, title=_title(p)) for s, p in zip(sessions, (a, b), strict=True)]
    return two_people(titled[0], titled[1], b)


def _one_each(
    places: Mapping[str, Path], who: Mapping[str, str], wanted: Wanted
) -> list[Session]:
    """Return the session at each place; both files alone share the user's channel map."""
    if not who and all(place.is_file() for place in places.values()):
        items = [Item(place, place.name, _reader(place)) for place in places.values()]
        return _load(items, wanted)
    return [
        _chosen(place, {name: who[name]}, wanted) if name in who else _everyone(place, wanted)
        for name, place in places.items()
    ]


def _reader(place: Path) -> Reader:
    with guarded(place):
        return reader_of(place)


def _load(items: Sequence[Item], wanted: Wanted) -> list[Session]:
    return load(items, wanted, _everyone)


def _title(place: Path) -> str:
    return place.resolve().name if place.is_dir() else place.name
