"""Loading: items become sessions, and nothing gets out but errors that name the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from interbeat.core.errors import DataError, FormatError, InterbeatError, SourceError
from interbeat.core.session import Session
from interbeat.sources._reader import Wanted
from interbeat.sources.finding import ZIP, Item, reader_that_accepts
from interbeat.sources.unpacking import unpacked

__all__ = ["called", "guarded", "listed", "load", "opened"]

LONGEST = 366 * 86_400.0  # s that a recording may last
FURTHEST = 1e10  # s from second 0 to its first sample: 300 years
LISTED = 8  # names in an error message

InZip = Callable[[Path, Wanted], Session]


def load(items: Sequence[Item], wanted: Wanted, in_zip: InZip) -> list[Session]:
    """Return each item's session.

    Parameters
    ----------
    items : sequence of Item
        Files and folders that readers take.
    wanted : Wanted
        What the user said. A label of ``wanted.channels`` must be in one of the items, and
        need not be in each.
    in_zip : callable
        How to read the folder that a zip holds.

    Raises
    ------
    SourceError
        If an item cannot be read, or a label is in none of them.
    """
    attempts = [_attempt(item, wanted, in_zip, alone=len(items) == 1) for item in items]
    used = frozenset[str]().union(*(attempt.used for attempt in attempts))
    for name, label in wanted.channels.items():
        if name not in used:
            raise SourceError(
                items[0].path.parent,
                f"no {label!r} for {name} in any of {listed([item.name for item in items])}",
            )
    return [attempt.session for attempt in attempts]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A reading with as much of the user's channel map as the item knows."""

    session: Session
    used: frozenset[str]


def _attempt(item: Item, wanted: Wanted, in_zip: InZip, *, alone: bool) -> _Attempt:
    try:
        return _attempted(_read(item, wanted, in_zip), wanted)
    except InterbeatError:
        if alone or not wanted.channels:
            raise
    session = _read(item, replace(wanted, channels={}), in_zip)
    fitting = {
        name: label
        for name, label in wanted.channels.items()
        if _reads(item, replace(wanted, channels={name: label}), in_zip)
    }
    if not fitting:
        return _Attempt(session, frozenset())
    wanted = replace(wanted, channels=fitting)
    return _attempted(_read(item, wanted, in_zip), wanted)


def _attempted(session: Session, wanted: Wanted) -> _Attempt:
    """Say that the map was used where its channels came: some formats look at no label."""
    came = {name for recording in session.recordings for name in recording.channels}
    return _Attempt(session, frozenset(came & set(wanted.channels)))


def _reads(item: Item, wanted: Wanted, in_zip: InZip) -> bool:
    try:
        _read(item, wanted, in_zip)
    except InterbeatError:
        return False
    return True


def _read(item: Item, wanted: Wanted, in_zip: InZip) -> Session:
    if item.reader is None:
        with guarded(item.path), opened(item.path) as inside:
            return replace(in_zip(inside, wanted), sources=(item.name,))
    with guarded(item.path, item.reader.title):
        session = item.reader.read(item.path, wanted)
    _check_span(session, item.path)
    return called(session, item.path.name, item.name)


def _check_span(session: Session, path: Path) -> None:
    """Refuse what would be evaluated second by second until nobody waits any more."""
    begin, end = session.begin, session.end
    if begin > end:  # nothing in it
        return
    if abs(begin) > FURTHEST or end - begin > LONGEST:
        raise FormatError(
            path,
            f"lasts from {begin:.6g} to {end:.6g} s; possible: a year. Is a sampling rate or a "
            "time stamp wrong?",
        )


def called(session: Session, old: str, new: str) -> Session:
    """Return the session with the file `old` called `new`, in its sources and its notes."""
    if old == new and session.sources:
        return session
    return replace(
        session,
        sources=tuple(new if name == old else name for name in session.sources) or (new,),
        inferences=tuple(
            replace(note, subject=new + note.subject.removeprefix(old))
            if note.subject == old or note.subject.startswith(f"{old},")
            else note
            for note in session.inferences
        ),
    )


@contextmanager
def opened(place: Path) -> Iterator[Path]:
    """Give `place`, or the folder that a zip holds where the zip is no format's own."""
    with ExitStack() as stack:
        with guarded(place):
            is_zip = place.is_file() and place.suffix.lower() == ZIP
            scratch = is_zip and reader_that_accepts(place) is None
            inside = stack.enter_context(unpacked(place)) if scratch else place
        try:
            yield inside
        except SourceError as error:
            if inside == place or not error.path.is_relative_to(inside):
                raise
            shown = place / error.path.relative_to(inside)
            raise type(error)(shown, error.problem, error.where) from error


@contextmanager
def guarded(place: Path, title: str = "recording") -> Iterator[None]:
    """Let nothing out but errors of the family that name the file."""
    try:
        yield
    except DataError as error:
        raise SourceError(place, str(error)) from error
    except InterbeatError:
        raise
    except PermissionError as error:
        raise SourceError(place, "there is no permission to read it") from error
    except RecursionError as error:
        raise SourceError(place, "holds zips in zips without end") from error
    except OSError as error:
        raise SourceError(place, f"cannot be read: {error.strerror or error}") from error
    except Exception as error:  # whatever a format's library does with bytes it did not expect
        said = f"{type(error).__name__}: {error}"
        raise FormatError(place, f"is not a sound {title.rstrip('.')} ({said})") from error


def listed(names: Sequence[str]) -> str:
    """Return the names in a row, the first few of them where there are many."""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
