"""Finding: which sessions a folder holds, and what of them is whose."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from interbeat.core.errors import SourceError
from interbeat.pipeline.study.series import is_series
from interbeat.pipeline.study.store import TAG
from interbeat.pipeline.study.table import is_study
from interbeat.sources.finding import COMPANIONS, SIDECARS, folder_reader, reader_that_accepts
from interbeat.sources.people import by_person

__all__ = ["Place", "find"]

DYAD = ("dyad_id", "dyad", "couple_id", "couple", "pair_id", "pair")  # in participants.tsv
VISIT = re.compile(r"(?:ses|session|visit)[-_ ]?\w+", re.IGNORECASE)
TIMES = re.compile(
    r"(?:session|ses|visit|run|trial|day|week|part|take|block)[-_ ]?$"
)  # not who
# What tells one of two files from the other: a word of its own at an end of the name, or
# between two other words.
PERSON = re.compile(
    r"(?:^|[^a-z0-9])(?:(?:partner|person|participant|subject|subj|p|s)[ _-]?)?([ab12])"
    r"(?=$|[^a-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one session lies.

    Parameters
    ----------
    dyad, session : str
        What it is called; `session` is empty where the dyad has only one.
    paths : tuple of str
        What :func:`interbeat.read` takes: one path, or one a person; or one file of series.
    beside : tuple of str
        Files that say more about them.
    series : bool
        Whether it is a table of two people's series, which are compared as they are.
    """

    dyad: str
    session: str
    paths: tuple[str, ...]
    beside: tuple[str, ...] = ()
    series: bool = False


def find(folder: Path, *, rate: float | None, skip: Collection[Path]) -> list[Place]:
    """Return the sessions that lie in `folder`, by name.

    A dataset in BIDS of more than two people is paired by the ``dyad_id`` of its
    ``participants.tsv``. Else each subfolder is a session, or holds one in each subfolder that
    is called ``ses-...``, ``session...`` or ``visit...``; each table of two people's series is
    one; two files whose names differ only in who it is (``_a`` and ``_b``, ``_1`` and ``_2``,
    ``partner1`` and ``partner2``) are one together; and any other file is one alone.

    Parameters
    ----------
    folder : Path
        Of the study.
    rate : float or None
        Of series that do not say it, in Hz.
    skip : collection of Path
        What is written, and not to be read.

    Raises
    ------
    SourceError
        If there is no such folder, or nothing in it.
    """
    if not folder.is_dir():
        raise SourceError(folder, "is no folder; a study is a folder of sessions")
    inside = sorted(p for p in folder.iterdir() if p.resolve() not in skip and not _aside(p))
    subjects = [p for p in inside if p.is_dir() and p.name.startswith("sub-")]
    if subjects and (folder / "dataset_description.json").is_file():
        places = list(_of_bids(folder, subjects))
    else:
        places = [*_of_folders(inside), *_of_files(inside, rate)]
    if not places:
        raise SourceError(
            folder, "holds no session; each is a subfolder, a file, or a file for each of two"
        )
    return sorted(_named_apart(places), key=lambda place: (place.dyad, place.session))


def _named_apart(places: list[Place]) -> Iterator[Place]:
    """Call those of one name, a folder and a file for example, by their whole file names."""
    names = Counter((place.dyad, place.session) for place in places)
    for place in places:
        alone = names[place.dyad, place.session] == 1
        yield place if alone else replace(place, dyad=Path(place.paths[0]).name)


def _aside(path: Path) -> bool:
    """Whether it is no recording: hidden, a word about others, or what a study wrote."""
    name = path.name.lower()
    if path.is_dir():
        return name.startswith(".") or (path / TAG).is_file()
    if path.suffix.lower() == ".parquet" and is_study(path):
        return True
    return name.startswith((".", "~", *COMPANIONS)) or name.endswith(SIDECARS)


def _of_bids(folder: Path, subjects: list[Path]) -> Iterator[Place]:
    dyads = _dyads(folder / "participants.tsv")
    beside = tuple(str(p) for p in sorted(folder.glob("*.json")) if p.stem.startswith("task"))
    people: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for subject in subjects:
        dyad = dyads.get(subject.name, subject.name)
        for visit in _visits(subject) or [subject]:
            people[dyad, visit.name if visit != subject else ""].append(visit)
    for (dyad, session), paths in people.items():
        yield Place(dyad, session, tuple(map(str, paths)), beside)


def _dyads(participants: Path) -> Mapping[str, str]:
    """Return who belongs to which dyad, for those of whom that is said."""
    if not participants.is_file():
        return {}
    with participants.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    column = next((name for name in DYAD if rows and name in rows[0]), None)
    if column is None:
        return {}
    said = {row.get("participant_id") or "": row[column] or "" for row in rows}
    return {who: dyad for who, dyad in said.items() if dyad not in {"", "n/a"}}


def _of_folders(inside: Iterable[Path]) -> Iterator[Place]:
    for folder in inside:
        if not folder.is_dir():
            continue
        visits = _visits(folder)
        if visits and folder_reader(folder) is None:
            yield from (Place(folder.name, v.name, (str(v),)) for v in visits)
        else:
            yield Place(folder.name, "", (str(folder),))


def _visits(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:  # reading it will say why
        return []
    return [p for p in inside if p.is_dir() and VISIT.fullmatch(p.name)]


def _of_files(inside: Iterable[Path], rate: float | None) -> Iterator[Place]:
    files = [p for p in inside if p.is_file()]
    series = [p for p in files if is_series(p, rate)]
    yield from (Place(p.stem, "", (str(p),), series=True) for p in series)
    named: dict[str, list[Path]] = defaultdict(list)
    for path in files:
        if path not in series and _once(path, files):
            named[_of_both(path)].append(path)
    for name, together in named.items():
        if len(together) == 2 and by_person([p.stem for p in together]) is not None:
            yield Place(name, "", tuple(map(str, together)))
        else:
            yield from (Place(p.name, "", (str(p),)) for p in together)


def _once(path: Path, files: list[Path]) -> bool:
    """Whether it is the part of a record that names it: 100.hea, and not its 100.dat."""
    if reader_that_accepts(path) is not None or path.suffix.lower() != ".dat":
        return True
    return path.with_suffix(".hea") not in files


def _of_both(path: Path) -> str:
    """Return what a file shares its name with that of the other person."""
    stem = path.stem
    found = list(PERSON.finditer(stem.lower()))
    if not found:
        return path.name
    last = found[-1]
    if TIMES.search(stem.lower()[: last.start(1)]):
        return path.name
    return (stem[: last.start()] + stem[last.end() :]).strip(" _-.") or path.parent.name
