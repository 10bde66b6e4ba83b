"""XDF: what LabRecorder keeps of streams on the Lab Streaming Layer."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError, FormatError
from interbeat.core.recording import Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._edge import check_rate, check_room, gaps_in, laid_out, reading
from interbeat.sources._reader import Wanted, reader
from interbeat.sources._xdf_chunks import GZIP, MAGIC, declared_samples, opened
from interbeat.sources.markers import stretches
from interbeat.sources.people import by_person
from interbeat.sources.roles import Roles, raw_first
from interbeat.sources.units import converted

__all__ = ["read_xdf"]

# A pause this long is a gap, not jitter: whichever is longer.
BREAK_SECONDS, BREAK_SAMPLES = 1.0, 8
JITTER = 1.0  # s that a burst may seem to begin before the last one ended
MARKERS = {"markers", "marker", "events", "event", "stim", "trigger", "triggers"}


def accepts(path: Path) -> bool:
    """Whether it begins with the magic word, once unpacked."""
    try:
        with path.open("rb") as plain:
            start = plain.read(4)
        if start[:2] != GZIP:
            return start == MAGIC
        with gzip.open(path) as packed:
            return packed.read(4) == MAGIC
    except (OSError, EOFError, zlib.error):
        return False


@dataclass(frozen=True, slots=True)
class _File:
    """What was read, and what the user said about it."""

    path: Path
    streams: list[dict[str, Any]]
    header: Mapping[str, Any]
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class _Column:
    """One channel of one stream."""

    stream: int
    index: int
    names: tuple[str, ...]  # what a user may call it: stream/channel, channel, stream
    hints: tuple[str, ...]  # what may tell its role, the most particular first
    unit: str


@reader("xdf", (".xdf", ".xdfz", ".xdf.gz"), title="XDF (LabRecorder, LSL)", accepts=accepts)
def read_xdf(path: Path, wanted: Wanted) -> Session:
    """Return the physiological streams of an XDF file on the clock that they share.

    Time stamps are corrected by the measured clock offsets and freed of jitter by pyxdf, in
    stretches between pauses of more than a second (or 8 samples). A regular stream keeps its
    nominal rate where the clock agrees to half a sample over the recording, and has the
    measured one otherwise. String streams and markers become intervals. Where a kind of
    signal comes twice, the streams are two people's: told apart by their names, else by host,
    else by device; that is reported.

    Raises
    ------
    FormatError
        If a chunk is cut short or does not hold what it declares, no stream is physiological,
        or it cannot be told whose a stream is.
    """
    counts = declared_samples(path)
    with reading(path, "XDF file", "pyxdf", "pyxdf.pyxdf"):
        import pyxdf  # noqa: PLC0415

        with opened(path) as file:
            streams, header = pyxdf.load_xdf(
                file,
                jitter_break_threshold_seconds=BREAK_SECONDS,
                jitter_break_threshold_samples=BREAK_SAMPLES,
            )
    for stream in streams:
        declared = counts[stream["info"]["stream_id"]]
        if len(stream["time_stamps"]) != declared:
            raise FormatError(
                path,
                f"declares {declared} samples and holds {len(stream['time_stamps'])}",
                f"stream {_said(stream, 'name')!r}",
            )
    return _session(_File(path, streams, header or {}, wanted))


def _session(file: _File) -> Session:
    path, streams = file.path, file.streams
    columns = [c for k, stream in enumerate(streams) for c in _columns(k, stream)]
    Roles(path.name, file.wanted).check_all_found([name for c in columns for name in c.names])
    ours = [c for c in columns if _guess(file, c) is not None]
    if not ours:
        raise FormatError(path, f"no stream is physiological; it has {_listed(streams)}")
    groups, who = _people(file, ours)
    origin = min(float(streams[c.stream]["time_stamps"][0]) for c in ours)
    recordings, told = [], list(who)
    with reading(path, "XDF file"):
        for person, group in zip("ab", groups, strict=False):
            recording, notes = _recording(file, person, group, origin)
            recordings.append(recording)
            told += notes
        marked = stretches(_markers(streams, origin))
        gaps = gaps_in(recordings)
    start, why = _start(file)
    return Session(
        tuple(recordings),
        intervals=marked | gaps,
        start=start,
        inferences=(*told, *_rates(file, ours), *why),
        title=path.name.split(".")[0],
        sources=(path.name,),
    )


def _recording(
    file: _File, person: str, columns: Sequence[_Column], origin: float
) -> tuple[Recording, list[Inference]]:
    path = file.path
    roles = Roles(path.name, file.wanted)
    signals: dict[str, Signal] = {}
    told: list[Inference] = []
    for k in raw_first([column.names[0] for column in columns]):
        column = columns[k]
        name = roles.of(_label(file, column))
        if name is None or name in signals:
            continue
        stream = file.streams[column.stream]
        rate = _rate(stream)
        check_rate(path, rate, f"stream {_said(stream, 'name')!r}")
        start, values = _values(path, stream, column.index, rate)
        scaled, unit, notes = converted(
            values,
            channel=name,
            unit=column.unit,
            subject=f"{path.name}, {column.names[0]!r}",
        )
        signals[name] = Signal(scaled, rate, unit, person, start - origin)
        told += notes
    return Recording(person, signals), [*roles.inferences, *told]


def _values(
    path: Path, stream: Mapping[str, Any], index: int, rate: float
) -> tuple[float, FloatArray]:
    """Return when the stream begins on the common clock, and one channel with its gaps."""
    stamps = stream["time_stamps"]
    if not np.isfinite(stamps).all():
        raise DataError(f"stream {_said(stream, 'name')!r} has time stamps that are no numbers")
    check_room(path, (float(stamps[-1]) - float(stamps[0])) * rate + stamps.size)
    values = np.asarray(stream["time_series"][:, index], dtype=np.float64)
    pieces = [
        (float(stamps[first]), values[first : last + 1])
        for first, last in stream["info"]["segments"]
    ]
    return float(stamps[0]), laid_out(pieces, rate, slack=JITTER)


def _rate(stream: Mapping[str, Any]) -> float:
    """Return the nominal rate, or the measured one where they drift half a sample apart."""
    nominal, measured = _nominal(stream), float(stream["info"]["effective_srate"])
    if not (math.isfinite(measured) and measured > 0):
        return nominal
    drift = abs(measured / nominal - 1) * len(stream["time_stamps"])
    return nominal if drift < 0.5 else measured


def _rates(file: _File, columns: Iterable[_Column]) -> list[Inference]:
    told = []
    for k in dict.fromkeys(column.stream for column in columns):
        stream = file.streams[k]
        subject = f"{file.path.name}, {_said(stream, 'name')!r}"
        rate, nominal = _rate(stream), _nominal(stream)
        if rate != nominal:
            why = f"the clocks show it; nominal is {nominal:g}"
            told.append(Inference(subject, "sampling rate", f"{rate:.6g} Hz", why))
        pieces = len(stream["info"]["segments"])
        if pieces > 1:
            why = "pauses are longer than a second"
            told.append(Inference(subject, "stream", f"{pieces} stretches", why))
    return told


def _people(file: _File, columns: list[_Column]) -> tuple[list[list[_Column]], list[Inference]]:
    """Split the columns between one or two people."""
    path, streams = file.path, file.streams
    kinds = [_guess(file, column) for column in columns]
    twice = len({(k, c.stream) for k, c in zip(kinds, columns, strict=True)}) > len(set(kinds))
    named = by_person([column.names[0] for column in columns])
    if named is not None and len(dict(named.groups)) == 2 and (twice or "carry" in named.why):
        split = [[columns[i] for i in rows] for _, rows in named.groups]
        if _apart(file, split):
            called = " and ".join(repr(who) for who, _ in named.groups)
            return split, [_two(path, called, named.why)]
    if not twice:
        return [columns], []
    for key, why in (("hostname", "host"), ("source_id", "device"), ("name", "stream name")):
        said = [_said(streams[column.stream], key) for column in columns]
        values = sorted(set(said))
        split = [
            [c for c, v in zip(columns, said, strict=True) if v == value] for value in values
        ]
        alike = _apart(file, split) and _asked_of_all(file, split)
        if len(values) == 2 and "" not in values and alike:
            called = " and ".join(repr(value) for value in values)
            return split, [_two(path, called, f"of the {why} of each stream")]
    if file.wanted.channels:
        return [columns], []
    raise FormatError(
        path,
        "a kind of signal comes more than once and it cannot be told whose it is: "
        f"{_listed(streams)}; --channel ecg='stream name' takes one, or name streams a and b",
    )


def _apart(file: _File, split: list[list[_Column]]) -> bool:
    """Whether no person has a kind of signal from two streams."""
    for group in split:
        kinds = {(_guess(file, column), column.stream) for column in group}
        if len(kinds) > len({kind for kind, _ in kinds}):
            return False
    return True


def _asked_of_all(file: _File, split: list[list[_Column]]) -> bool:
    """Whether each person has what the user asked for: else the user asked for one person."""
    asked = set(file.wanted.channels.values())
    return all(asked <= {name for c in group for name in c.names} for group in split)


def _two(path: Path, called: str, why: str) -> Inference:
    return Inference(path.name, "person", f"a and b: {called}", why)


def _columns(k: int, stream: Mapping[str, Any]) -> list[_Column]:
    """Return the channels of a regular numeric stream that has samples."""
    if (
        _said(stream, "channel_format") == "string"
        or not _nominal(stream)
        or not len(stream["time_stamps"])
    ):
        return []
    name, kind = _said(stream, "name"), _said(stream, "type")
    count = int(_said(stream, "channel_count"))
    described = _described(stream, count)
    columns = []
    for index, (label, unit) in enumerate(described):
        shown = label or str(index + 1)
        alone = (name,) if count == 1 else ()
        typed = (kind, name) if not label or count == 1 else ()
        hints = tuple(hint for hint in (label, *typed) if hint)
        columns.append(_Column(k, index, (f"{name}/{shown}", shown, *alone), hints, unit))
    return columns


def _described(stream: Mapping[str, Any], count: int) -> list[tuple[str, str]]:
    """Return label and unit of each channel, blank where the stream does not say."""
    try:
        rows = stream["info"]["desc"][0]["channels"][0]["channel"]
        told = [(_text(row, "label"), _text(row, "unit")) for row in rows]
    except (KeyError, IndexError, TypeError):
        told = []
    return told if len(told) == count else [("", "")] * count


def _label(file: _File, column: _Column) -> str:
    """Return the name under which the user asked for it, or the hint that tells its role."""
    asked = file.wanted.channels.values()
    said = [name for name in column.names if name in asked]
    roles = Roles(file.path.name, file.wanted)
    hints = [hint for hint in column.hints if roles.of(hint) is not None]
    return (*said, *hints, column.names[0])[0]


def _guess(file: _File, column: _Column) -> str | None:
    return Roles(file.path.name, file.wanted).of(_label(file, column))


def _markers(streams: list[dict[str, Any]], origin: float) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    for stream in streams:
        numbers = _said(stream, "channel_format") != "string"
        if numbers and (_nominal(stream) or _said(stream, "type").lower() not in MARKERS):
            continue
        for stamp, row in zip(
            stream["time_stamps"].tolist(), stream["time_series"], strict=True
        ):
            label = " ".join(str(cell).strip() for cell in row)
            found.append((stamp - origin, label or "marker"))
    return found


def _start(file: _File) -> tuple[datetime | None, list[Inference]]:
    said = _text(file.header.get("info") or {}, "datetime")
    try:
        start = datetime.strptime(said, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None, []
    why = "the recorder opened the file then; the first sample came about that time"
    return start, [Inference(file.path.name, "start", start.isoformat(), why)]


def _listed(streams: list[dict[str, Any]]) -> str:
    rows = []
    for stream in streams:
        kind, count = _said(stream, "type") or "no type", len(stream["time_stamps"])
        rows.append(f"{_said(stream, 'name')!r} ({kind}, {count} samples)")
    return "; ".join(rows) or "no streams"


def _nominal(stream: Mapping[str, Any]) -> float:
    return float(_said(stream, "nominal_srate"))


def _said(stream: Mapping[str, Any], key: str) -> str:
    return _text(stream["info"], key)


def _text(row: Any, key: str) -> str:  # noqa: ANN401 - pyxdf's nested lists
    values = row.get(key) if isinstance(row, Mapping) else None
    return str(values[0]).strip() if values and values[0] is not None else ""
