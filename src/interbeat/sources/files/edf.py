"""EDF, EDF+ and BDF: the European Data Format and its 24-bit sister."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._edge import check_rate, check_room, gaps_in, laid_out, reading
from interbeat.sources._reader import Wanted, reader
from interbeat.sources.markers import stretches
from interbeat.sources.roles import Roles, raw_first
from interbeat.sources.units import converted

__all__ = ["read_edf"]

FIXED = 256  # bytes of header, and again per signal
UNDATED = date(1985, 1, 1)  # what EDF writers put for "no date"
# Where in the fixed header each number stands: offset and length.
FIELDS = {
    "bytes in header": (184, 8),
    "number of records": (236, 8),
    "record duration": (244, 8),
    "number of signals": (252, 4),
}
SAMPLES_AT = 216  # bytes a signal that come before its number of samples a record


def accepts(path: Path) -> bool:
    """Whether the first bytes are those of EDF or BDF."""
    with path.open("rb") as file:
        start = file.read(8)
    return start in {b"0       ", b"\xffBIOSEMI"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the bytes lie: what the header declares, held against the size of the file."""

    header: int
    records: int
    duration: float
    labels: tuple[str, ...]
    samples: tuple[int, ...]
    width: int
    broken: bool  # EDF+D: records need not follow on each other
    counted: bool  # the header did not know how many records there would be

    @property
    def record_bytes(self) -> int:
        return sum(self.samples) * self.width


@reader("edf", (".edf", ".bdf", ".rec"), title="EDF, EDF+ and BDF", accepts=accepts)
def read_edf(path: Path, wanted: Wanted) -> Session:
    """Return the signals of an EDF, EDF+ or BDF file, each at its own rate.

    Annotations become intervals (one without a duration, 1 s). Where the records of a
    discontinuous file (EDF+D) do not follow on each other, samples are NaN. The format names
    no time zone: the start is taken as UTC, and that is reported.

    Raises
    ------
    FormatError
        If a field of the header is not a number, the file is cut short, or time runs back.
    """
    layout = _layout(path)
    roles = Roles(path.name, wanted)
    labels = [label for label in layout.labels if not _is_annotations(label)]
    roles.check_all_found(labels)
    with reading(path, "EDF file", "edfio"):
        import edfio  # noqa: PLC0415

        load = edfio.read_bdf if layout.width == 3 else edfio.read_edf
        file: Any = load(path, header_encoding="latin-1")
        signals, told = _signals(path, layout, file, roles)
        markers = _annotations(file)
        recording = Recording("a", signals)
        gaps = gaps_in([recording])
    if not signals:
        raise FormatError(path, f"no signal is one of ours: {', '.join(labels) or 'none'}")
    start, why = _start(path, file)
    if layout.counted:
        told.append(
            Inference(path.name, "records", str(layout.records), "the header does not say")
        )
    return Session(
        (recording,),
        intervals=markers | gaps,
        start=start,
        inferences=(*roles.inferences, *told, *why),
        title=path.stem,
        sources=(path.name,),
    )


def _layout(path: Path) -> _Layout:
    size = path.stat().st_size
    with path.open("rb") as file:
        fixed = file.read(FIXED)
        if len(fixed) < FIXED:
            raise FormatError(
                path, "is cut short: a header has 256 bytes", f"byte {len(fixed)}"
            )
        number = {name: _number(path, fixed, name) for name in FIELDS}
        count = int(number["number of signals"])
        if not 0 < count <= size // FIXED:
            raise FormatError(path, f"{count} signals do not fit into {size} bytes", "byte 252")
        table = file.read(FIXED * count)
    header = FIXED * (count + 1)
    if len(table) < FIXED * count or number["bytes in header"] != header:
        raise FormatError(path, f"the header should have {header} bytes", "byte 184")
    labels = tuple(_text(table[16 * k : 16 * (k + 1)]) for k in range(count))
    at = SAMPLES_AT * count
    samples = tuple(
        _count(path, table[at + 8 * k : at + 8 * (k + 1)], FIXED + at + 8 * k)
        for k in range(count)
    )
    width = 3 if fixed[:1] == b"\xff" else 2
    kind = _text(fixed[192:236])
    records = _records(path, int(number["number of records"]), header, sum(samples) * width)
    signals = not all(_is_annotations(label) for label in labels)
    if number["record duration"] < 0 or (signals and number["record duration"] == 0):
        said = f"a record lasts {number['record duration']:g} s"
        raise FormatError(path, said, "byte 244")
    return _Layout(
        header=header,
        records=records,
        duration=number["record duration"],
        labels=labels,
        samples=samples,
        width=width,
        broken=kind[:5] in {"EDF+D", "BDF+D"},
        counted=number["number of records"] < 0,
    )


def _records(path: Path, declared: int, header: int, record_bytes: int) -> int:
    size = path.stat().st_size
    if record_bytes <= 0:
        raise FormatError(path, "a record holds no samples")
    held, rest = divmod(size - header, record_bytes)
    if declared < 0:
        return held
    if held < declared:
        raise FormatError(
            path,
            f"is cut short: {declared} records of {record_bytes} bytes need "
            f"{header + declared * record_bytes} bytes",
            f"byte {size}",
        )
    if held > declared or rest or not declared:
        said = f"declares {declared} records and holds {held}{' and a piece' * bool(rest)}"
        raise FormatError(path, said, "byte 236")
    return declared


def _signals(
    path: Path,
    layout: _Layout,
    file: Any,  # noqa: ANN401 - an edfio.Edf
    roles: Roles,
) -> tuple[dict[str, Signal], list[Inference]]:
    ordinary = list(file.signals)
    onsets = _onsets(path, layout)
    signals: dict[str, Signal] = {}
    told: list[Inference] = []
    for k in raw_first([signal.label for signal in ordinary]):
        name = roles.of(ordinary[k].label)
        if name is None or name in signals:
            continue
        signal = ordinary[k]
        rate = signal.samples_per_data_record / layout.duration
        check_rate(path, rate, f"signal {signal.label!r}")
        check_room(path, (onsets[-1] - onsets[0] + layout.duration) * rate)
        values = laid_out(
            list(_pieces(signal.data, onsets, layout.duration)), rate, slack=0.5 / rate
        )
        scaled, unit, notes = converted(
            values,
            channel=name,
            unit=_unit(signal),
            subject=f"{path.name}, {signal.label!r}",
        )
        signals[name] = Signal(scaled, rate, unit, "a", 0.0)
        told += notes
    return signals, told


def _unit(signal: Any) -> str:  # noqa: ANN401 - an edfio.EdfSignal
    if signal.physical_min == signal.physical_max:
        return ""  # not calibrated: the values are the converter's
    return str(signal.physical_dimension)


def _pieces(
    values: FloatArray, onsets: FloatArray, duration: float
) -> Iterator[tuple[float, FloatArray]]:
    """Give the runs of records that follow on each other: (start in s, values)."""
    per_record = values.size // onsets.size
    jumps = np.flatnonzero(np.abs(np.diff(onsets) - duration) > 1e-6) + 1
    firsts = np.concatenate(([0], jumps))
    lasts = np.concatenate((jumps, [onsets.size]))
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        yield float(onsets[first]), values[first * per_record : last * per_record]


def _onsets(path: Path, layout: _Layout) -> FloatArray:
    """Return when each record begins, in seconds since the first did."""
    if not layout.broken:
        return np.arange(layout.records, dtype=np.float64) * layout.duration
    column = next((k for k, v in enumerate(layout.labels) if _is_annotations(v)), None)
    if column is None:
        raise FormatError(path, "is discontinuous (EDF+D) but keeps no time of its records")
    at = sum(layout.samples[:column]) * layout.width
    length = layout.samples[column] * layout.width
    onsets = np.empty(layout.records, dtype=np.float64)
    with path.open("rb") as file:
        for k in range(layout.records):
            offset = layout.header + k * layout.record_bytes + at
            file.seek(offset)
            onsets[k] = _onset(path, file.read(length), offset)
    since: FloatArray = onsets - onsets[0]
    return since


def _onset(path: Path, raw: bytes, offset: int) -> float:
    text = raw.split(b"\x14", 1)[0].split(b"\x15", 1)[0]
    try:
        onset = float(text)
    except ValueError:
        onset = math.nan
    if not math.isfinite(onset):
        raise FormatError(path, f"a record begins at {text[:20]!r} s", f"byte {offset}")
    return onset


def _annotations(file: Any) -> Intervals:  # noqa: ANN401 - an edfio.Edf
    notes = [note for note in file.annotations if note.text.strip()]
    lasting = [note for note in notes if note.duration]
    bounds = np.array([(n.onset, n.onset + n.duration) for n in lasting], dtype=np.float64)
    bounds = bounds.reshape(-1, 2)
    labels = tuple(note.text.strip() for note in lasting)
    instants = stretches((n.onset, n.text) for n in notes if not n.duration)
    return Intervals(bounds[:, 0], bounds[:, 1], labels) | instants


def _start(path: Path, file: Any) -> tuple[datetime | None, list[Inference]]:  # noqa: ANN401
    try:
        with reading(path, "EDF date", "edfio"):
            naive = file.startdatetime
    except FormatError:
        return None, [Inference(path.name, "start", "unknown", "the header keeps no date")]
    if naive.date() == UNDATED:
        return None, []
    why = "EDF names no time zone"
    return naive.replace(tzinfo=UTC), [Inference(path.name, "clock", "UTC", why)]


def _is_annotations(label: str) -> bool:
    return label in {"EDF Annotations", "BDF Annotations"}


def _number(path: Path, header: bytes, name: str) -> float:
    offset, length = FIELDS[name]
    text = _text(header[offset : offset + length])
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FormatError(path, f"{name} is {text!r}, which is no number", f"byte {offset}")
    return value


def _count(path: Path, raw: bytes, offset: int) -> int:
    try:
        count = int(raw)
    except ValueError:
        count = -1
    if count < 0:
        raise FormatError(
            path, f"{_text(raw)!r} is no number of samples a record", f"byte {offset}"
        )
    return count


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip()
