"""The door: files and folders come in, one session comes out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from interbeat.core.channels import CHANNELS, channel
from interbeat.core.errors import DataError, FormatError, SourceError
from interbeat.core.session import Session
from interbeat.sources._reader import READERS, Reader, Wanted
from interbeat.sources.choosing import chosen
from interbeat.sources.finding import Item, reader_of
from interbeat.sources.gathering import PERSONS, TAKES, everyone, load_all
from interbeat.sources.joining import two_people
from interbeat.sources.loading import called, guarded, listed, opened

__all__ = ["Format", "formats", "read"]


class Format(NamedTuple):
    """One row of ``interbeat formats``.

    Parameters
    ----------
    name : str
        E.g. ``"edf"``.
    suffixes : tuple of str
        In lower case; ``"/"`` is a folder.
    title : str
        For people.
    """

    name: str
    suffixes: tuple[str, ...]
    title: str


def formats() -> list[Format]:
    """Return every format that :func:`read` takes, by name; the suffix of a folder is ``/``.

    Returns
    -------
    list of Format
        One a reader.
    """
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
        files of one person become one recording. Two paths: person a, then person b. A
        folder's ``samples.tsv`` (:mod:`interbeat.sources.samples`) says what was found in tubes
        of blood and saliva.
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
        If the call is wrong: no path or three, a channel or person that does not exist, a
        channel that is derived, one label for two.

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
    for name, label in labels.items():
        if channel(name).derived:
            possible = ", ".join(c.name for c in CHANNELS.values() if not c.derived)
            raise DataError(f"{name} is worked out from other channels; possible: {possible}")
        if list(labels.values()).count(label) > 1:
            both = " and ".join(c for c, other in labels.items() if other == label)
            raise DataError(f"{label!r} cannot be {both} at once")
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
        session = chosen(inside, who, wanted) if who else everyone(inside, wanted)
    return replace(session, title=_title(place))


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
    return two_people(*_told_apart(sessions, (a, b)), b)


def _told_apart(
    sessions: Sequence[Session], places: tuple[Path, Path]
) -> tuple[Session, Session]:
    """Return the sessions of two places with titles and sources of their own.

    Files of one name in two folders are called after the folder, too.
    """
    a, b = (replace(s, title=_title(p)) for s, p in zip(sessions, places, strict=True))
    if not set(a.sources) & set(b.sources):
        return a, b
    folders = [p.resolve() if p.is_dir() else p.resolve().parent for p in places]
    for name in a.sources:
        a = called(a, name, f"{folders[0].name}/{name}")
    for name in b.sources:
        b = called(b, name, f"{folders[1].name}/{name}")
    if a.title == b.title:
        a, b = (
            replace(s, title=f"{f.name}/{s.title}")
            for s, f in zip((a, b), folders, strict=True)
        )
    return a, b


def _one_each(
    places: Mapping[str, Path], who: Mapping[str, str], wanted: Wanted
) -> list[Session]:
    """Return the session at each place; both files alone share the user's channel map."""
    if not who and all(place.is_file() for place in places.values()):
        items = [Item(place, place.name, _reader(place)) for place in places.values()]
        return load_all(items, wanted)
    return [
        chosen(place, {name: who[name]}, wanted) if name in who else everyone(place, wanted)
        for name, place in places.items()
    ]


def _reader(place: Path) -> Reader:
    with guarded(place):
        return reader_of(place)


def _title(place: Path) -> str:
    return place.resolve().name if place.is_dir() else place.name
