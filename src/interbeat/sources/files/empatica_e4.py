"""Empatica E4: a folder, its zip or one of its files."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import FormatError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._edge import reading
from interbeat.sources._first_line import E4, begins
from interbeat.sources._heartbeats import Heard, beats_stamped
from interbeat.sources._layout import Layout
from interbeat.sources._reader import Wanted, reader
from interbeat.sources._text import Text
from interbeat.sources.markers import stretches

__all__: list[str] = []

# File: channels of its columns, and their unit.
_SIGNALS = {
    "ACC.csv": (("acceleration_x", "acceleration_y", "acceleration_z"), "g"),
    "BVP.csv": (("ppg",), "a.u."),
    "EDA.csv": (("eda",), "µS"),
    "HR.csv": (("heart_rate",), "bpm"),
    "TEMP.csv": (("temperature",), "°C"),
}
_FILES = (*_SIGNALS, "IBI.csv", "tags.csv")
_PER_G = 64.0  # ACC.csv counts 1/64 g
_EPOCH = (1e9, 4e9)  # s since 1970: when an E4 can have been worn (2001 to 2096)
LARGEST = 600_000_000  # bytes of text; 48 h of an E4 are under 200 MB
RATIO, FREE = 200, 20_000_000  # how much denser than text a zip may be, above FREE bytes


def _accepts(path: Path) -> bool:
    if path.is_dir():
        return sum((path / name).is_file() for name in _FILES) >= 2
    if path.suffix.lower() == ".zip":
        members = _members(path)
        return len(members) >= 2 and len(_folders(members)) == 1
    return begins(path, E4)


@reader(
    "empatica_e4",
    ("/", ".zip", ".csv"),
    title="Empatica E4: a folder, its zip or one of its files",
    accepts=_accepts,
)
def read(path: Path, wanted: Wanted) -> Session:  # noqa: ARG001 - an E4 says what it holds
    """Return what an Empatica E4 recorded.

    Second 0 is the earliest start stamp (UTC). Files of unequal length, an empty ``IBI.csv``
    or an empty ``tags.csv`` are as they are. The device gives intervals between beats only
    where the pulse was clean, so the stretches between are gaps, and the first beat after
    each is not normal. Each press of the button is a stretch of 1 s called ``tag``.

    Raises
    ------
    FormatError
        With the file and line: where a header is no start stamp and rate, a cell no number,
        or beats do not rise. Before anything is unpacked: where a zip unfolds to too much.
    """
    texts, empty = _texts(path)
    if not texts:
        raise FormatError(path, "none of its files holds anything")
    parts = {name: _part(text) for name, text in texts.items() if name != "tags.csv"}
    starts = [part.start for part in parts.values()]
    if not starts:
        raise FormatError(path, "holds tags alone, and no signal")
    zero = min(starts)
    channels: dict[str, Data] = {}
    for name in (name for name in _SIGNALS if name in parts):
        channels.update(_signals(name, parts[name], zero))
    notes = [Inference(f"{path.name}, {name}", "content", "nothing", "it is empty")
             for name in empty if name != "tags.csv"]  # fmt: skip
    gaps = Intervals.none()
    if "IBI.csv" in parts:
        heard = _beats(path, parts["IBI.csv"], zero)
        channels["beats"], gaps = heard.beats, heard.gaps
        notes += heard.inferences
    tags = _tags(texts["tags.csv"], zero) if "tags.csv" in texts else Intervals.none()
    return Session(
        (Recording("a", channels),),
        intervals=gaps | tags,
        start=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=zero),
        inferences=tuple(notes),
        title=path.stem,
        sources=(path.name,),
    )


class _Part(NamedTuple):
    text: Text
    start: float  # s since 1970
    rate: float  # Hz; NaN for IBI.csv
    table: FloatArray


def _texts(path: Path) -> tuple[dict[str, Text], list[str]]:
    """Return the texts by the name of their file, and the names of those that are empty."""
    raw: dict[str, bytes] = {}
    if path.is_dir():
        with reading(path, "E4 folder"):
            found = [name for name in _FILES if (path / name).is_file()]
            raw = {name: (path / name).read_bytes() for name in found}
    elif path.suffix.lower() == ".zip":
        raw = _unzipped(path)
    else:
        with reading(path, "file of an E4"):
            raw = {_kind(path): path.read_bytes()}
    texts = {name: Text(path, held, name) for name, held in raw.items() if held.strip()}
    return texts, [name for name in raw if name not in texts]


def _kind(path: Path) -> str:
    """Which of an E4's files a file alone is."""
    known = next((name for name in _FILES if path.name.lower() == name.lower()), None)
    first = "".join(Text.of(path).first_lines(1))
    if known is None and "IBI" in first:
        return "IBI.csv"
    if known is None and first.count(",") == 2:
        return "ACC.csv"
    if known is None:
        raise FormatError(
            path, f"does not say what it holds; call it one of {', '.join(_SIGNALS)}"
        )
    return known


def _members(path: Path) -> dict[str, zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeError):
        return {}
    inside = [entry for entry in entries if not entry.filename.startswith("__MACOSX")]
    named = {entry.filename.rpartition("/")[2]: entry for entry in inside}
    found = {name: named[name] for name in _FILES if name in named}
    twice = [entry for entry in inside if entry.filename.rpartition("/")[2] in found]
    return found if len(twice) == len(found) else {e.filename: e for e in twice}


def _folders(members: dict[str, zipfile.ZipInfo]) -> set[str]:
    """Return the folders in the zip; each is a session of its own."""
    return {entry.filename.rpartition("/")[0] for entry in members.values()}


def _unzipped(path: Path) -> dict[str, bytes]:
    """Return the members that count, read in memory and never written anywhere."""
    members = _members(path)
    if not members:
        raise FormatError(path, "is no sound zip of an E4")
    folders = _folders(members)
    if len(folders) > 1:
        raise FormatError(
            path, f"holds more than one session: {', '.join(sorted(folders))}; unpack it first"
        )
    unfolds = sum(entry.file_size for entry in members.values())
    if unfolds > LARGEST or unfolds > FREE + RATIO * path.stat().st_size:
        raise FormatError(
            path,
            f"its {path.stat().st_size} bytes would unfold to {unfolds}, which no E4 writes; "
            f"at most {LARGEST} and {RATIO} times the size",
        )
    with reading(path, "zip"), zipfile.ZipFile(path) as archive:
        return {name: archive.read(entry) for name, entry in members.items()}


def _part(text: Text) -> _Part:
    lines = text.first_lines(2)
    header = [cell.strip() for cell in lines[0].split(",")]
    start = _number(text, header[0], 1)
    if not _EPOCH[0] < start < _EPOCH[1]:
        raise text.wrong(f"{header[0][:40]!r} is no start stamp in s since 1970", 1)
    if "IBI" in header[1:]:
        return _Part(text, start, np.nan, _table(text, skip=1, columns=2))
    rate = _number(text, lines[1].split(",")[0], 2) if len(lines) > 1 else 0.0
    if not 0 < rate < 10_000:
        raise text.wrong("a sampling rate in Hz is missing", 2)
    return _Part(text, start, rate, _table(text, skip=2, columns=len(header)))


def _table(text: Text, *, skip: int, columns: int) -> FloatArray:
    layout = Layout("," if columns > 1 else None, False, (), (), skip, columns, frozenset())
    held = next(text.rows(layout), None)
    return text.numbers(layout) if held else np.empty((0, columns))


def _number(text: Text, cell: str, line: int) -> float:
    try:
        return float(cell)
    except ValueError:
        raise text.wrong(f"{cell.strip()[:40]!r} is not a number", line) from None


def _signals(name: str, part: _Part, zero: float) -> dict[str, Signal]:
    channels, unit = _SIGNALS[name]
    if part.table.shape[1] != len(channels):
        raise part.text.wrong(f"{part.table.shape[1]} columns instead of {len(channels)}", 1)
    table = part.table / _PER_G if unit == "g" else part.table
    start = part.start - zero
    return {
        channel: Signal(np.ascontiguousarray(table[:, k]), part.rate, unit, "a", start)
        for k, channel in enumerate(channels)
    }


def _beats(path: Path, part: _Part, zero: float) -> Heard:
    offsets, rr = part.table.T if part.table.size else np.empty((2, 0))
    wrong = ~(np.isfinite(offsets) & (offsets >= 0) & (offsets < 1e7) & (rr > 0) & (rr < 60))
    wrong[1:] |= np.diff(offsets) <= 0
    if wrong.any():
        row = int(np.argmax(wrong))
        told = f"{offsets[row]:g} s, {rr[row]:g} s"
        raise part.text.wrong(f"{told} is no beat that comes after the one before", row + 2)
    subject = path.name if path.name == "IBI.csv" else f"{path.name}, IBI.csv"
    with reading(path, "series of beats"):
        if rr.size < 2:
            return Heard(Beats.at([], "a"), Intervals.none(), ())
        return beats_stamped(rr, part.start - zero + offsets, subject=subject)


def _tags(text: Text, zero: float) -> Intervals:
    stamps = _table(text, skip=0, columns=1)[:, 0]
    wrong = ~((stamps > _EPOCH[0]) & (stamps < _EPOCH[1]))
    if wrong.any():
        raise text.wrong("a tag is a stamp in s since 1970", int(np.argmax(wrong)) + 1)
    return stretches((float(stamp) - zero, "tag") for stamp in stamps)
