"""WFDB records of PhysioNet: signals (.hea with .dat) and beat annotations (.atr, .qrs ...)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError, FormatError, MissingExtraError, SourceError
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._edge import check_rate, check_room, gaps_in, quietly, reading
from interbeat.sources._reader import Wanted, reader
from interbeat.sources.roles import Roles, raw_first
from interbeat.sources.units import converted

__all__ = ["read_wfdb"]

ANNOTATORS = ("atr", "qrs", "ecg", "ari", "sqrs", "wqrs", "gqrs", "at_", "at-")
MOST_HEADER = 1_000_000  # bytes
# Annotation codes (wfdb's table of labels). Conducted from the sinus node, whatever the
# branch: the intervals between them are normal-to-normal.
SINUS = frozenset("NLRB")
# Beats that are premature, escaped, paced, fused or not classified.
OTHER_BEATS = frozenset("aVFJASEj/Qe?n!fr")
# Stretches without readable beats: the first beat after one follows a gap.
BLIND = frozenset("[]")
UNREADABLE = -1  # subtype of "~", a change of signal quality
BYTES = {"8": 1, "80": 1, "16": 2, "61": 2, "160": 2, "24": 3, "32": 4}
BYTES_PACKED = {"212": 3 / 2, "310": 4 / 3, "311": 4 / 3}
SQUEEZED = 1 / 64  # bytes a sample of FLAC takes at the very least
_RECORD_LINE = re.compile(rb"\s*[-\w]+(/\d+)?[ \t]+\d+")


def accepts(path: Path) -> bool:
    """Whether it is a header, or a file that a header beside it speaks of."""
    header = path.with_suffix(".hea")
    if not header.is_file():
        return path.suffix.lower().lstrip(".") in ANNOTATORS and _ends_as_annotation(path)
    with header.open("rb") as file:
        lines = file.read(4096).splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith(b"#")), b"")
    return _RECORD_LINE.match(first) is not None


@reader(
    "wfdb",
    (".hea", ".dat", *(f".{name}" for name in ANNOTATORS)),
    title="WFDB records and beat annotations (PhysioNet)",
    accepts=accepts,
)
def read_wfdb(path: Path, wanted: Wanted) -> Session:
    """Return the signals of a record, or the beats of an annotation file.

    A header or ``.dat`` gives signals; annotated beats beside them are reported, and come
    along when the user asks, ``--channel beats=atr``. A path to an annotation file, or to a
    header whose signals are not there, gives beats.

    Beats coded N, L, R or B (conducted from the sinus node) are normal; all others (A, a, J,
    S, V, F, E, e, j, n, /, f, Q, ?, !, r) are marked, and so is the first after ventricular
    flutter or an unreadable stretch. Nothing is moved.

    Raises
    ------
    MissingExtraError
        If wfdb is not installed.
    FormatError
        If a file that the header names is missing or too short, or bytes are out of order.
    """
    wfdb = _library()
    annotator = path.suffix.lower().lstrip(".")
    if annotator in ANNOTATORS:
        return _session(path, {}, *_beats(wfdb, path, wanted.sampling_rate), start=None)
    header = _header(wfdb, path.with_suffix(".hea"))
    if not any((path.parent / name).is_file() for name in header.file_name or []):
        return _without_signals(wfdb, path, header)
    return _with_signals(wfdb, path, header, wanted)


def _library() -> ModuleType:
    try:
        with quietly():
            import wfdb  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("WFDB records", "wfdb") from error
    module: ModuleType = wfdb
    return module


def _header(wfdb: ModuleType, path: Path) -> Any:  # noqa: ANN401 - a wfdb.Record
    if path.stat().st_size > MOST_HEADER:
        raise FormatError(path, "is far too long for a header")
    with reading(path, "WFDB header"):
        header = wfdb.rdheader(str(path.with_suffix("").absolute()))
    if isinstance(header, wfdb.MultiRecord):
        raise FormatError(
            path, "joins several records, which is not supported; give one of them instead"
        )
    check_rate(path, float(header.fs or 0), "line 1")
    if header.n_sig != len(header.file_name or []):
        raise FormatError(
            path, f"declares {header.n_sig} signals and describes {len(header.file_name or [])}"
        )
    header.sig_name = [str(name or k) for k, name in enumerate(header.sig_name or [])]
    return header


def _with_signals(wfdb: ModuleType, path: Path, header: Any, wanted: Wanted) -> Session:  # noqa: ANN401
    roles = Roles(path.with_suffix(".hea").name, wanted)
    annotators = _annotators(path)
    roles.check_all_found([*header.sig_name, *annotators])
    asked = [name for name in annotators if wanted.channels.get("beats") == name]
    names = {k: roles.of(header.sig_name[k]) for k in raw_first(header.sig_name)}
    chosen = {k: name for k, name in sorted(names.items()) if name is not None}
    if not chosen and not asked:
        raise FormatError(
            path,
            f"no signal is one of ours: {', '.join(header.sig_name)}; "
            f"--channel ecg={header.sig_name[0]!r} takes the first as an ECG",
        )
    _check_sizes(path, header)
    signals, told = _signals(wfdb, path, header, chosen) if chosen else ({}, [])
    channels: dict[str, Data] = dict(signals)
    notes = [*roles.inferences, *told]
    for name in asked:
        beats, more = _beats(wfdb, path.with_suffix(f".{name}"), None)
        channels |= beats
        notes += more
    notes += [_not_taken(path, name) for name in annotators if name not in asked]
    start, why = _start(path, header)
    return _session(path, channels, {}, [*notes, *why], start=start)


def _without_signals(wfdb: ModuleType, path: Path, header: Any) -> Session:  # noqa: ANN401
    annotators = _annotators(path)
    if not annotators:
        missing = ", ".join(dict.fromkeys(header.file_name or [])) or "any signal"
        raise FormatError(path, f"the header has no {missing} and no annotations beside it")
    beats, told = _beats(wfdb, path.with_suffix(f".{annotators[0]}"), None)
    note = Inference(
        path.name,
        "channel",
        f"beats of .{annotators[0]}",
        f"{', '.join(dict.fromkeys(header.file_name or []))} is not there",
    )
    start, why = _start(path, header)
    return _session(path, {}, beats, [note, *told, *why], start=start)


def _check_sizes(path: Path, header: Any) -> None:  # noqa: ANN401
    """Refuse missing and short signal files before anything of their declared size is made."""
    for name in dict.fromkeys(header.file_name):
        file = path.parent / name
        if not file.is_file():
            raise FormatError(path, f"names {name}, which is not beside it")
        rows = [k for k, other in enumerate(header.file_name) if other == name]
        frame = sum(header.samps_per_frame[k] for k in rows)
        if frame <= 0 or any(not 0 <= (header.skew[k] or 0) <= 1_000_000 for k in rows):
            raise FormatError(path, f"the signals of {name} have no sound layout")
        if header.sig_len is None:
            continue
        check_room(file, frame * header.sig_len)
        needed = header.sig_len * frame * _bytes(header.fmt[rows[0]])
        offset = header.byte_offset[rows[0]] or 0
        if offset + int(needed) > file.stat().st_size:
            raise FormatError(
                file,
                f"is cut short: {header.sig_len} frames of {frame} samples need "
                f"{offset + int(needed)} bytes",
                f"byte {file.stat().st_size}",
            )


def _bytes(code: str) -> float:
    return {**BYTES, **BYTES_PACKED}.get(code, SQUEEZED)


def _signals(
    wfdb: ModuleType,
    path: Path,
    header: Any,  # noqa: ANN401
    chosen: dict[int, str],
) -> tuple[dict[str, Signal], list[Inference]]:
    order = list(chosen)
    with reading(path, "WFDB record"):
        record = wfdb.rdrecord(
            str(path.with_suffix("").absolute()), channels=order, smooth_frames=False
        )
        rows = [np.asarray(row, dtype=np.float64) for row in record.e_p_signal]
    signals, told = {}, []
    for k, values in zip(order, rows, strict=True):
        label = header.sig_name[k]
        scaled, unit, notes = converted(
            values,
            channel=chosen[k],
            unit=header.units[k] or "mV",
            subject=f"{path.with_suffix('.hea').name}, {label!r}",
        )
        rate = header.fs * header.samps_per_frame[k]
        told += notes
        signals[chosen[k]] = Signal(scaled, rate, unit, "a", 0.0)
    return signals, told


def _beats(
    wfdb: ModuleType, path: Path, sampling_rate: float | None
) -> tuple[dict[str, Data], list[Inference]]:
    if not _ends_as_annotation(path):
        raise FormatError(
            path,
            "is cut short: annotations end with two zero bytes",
            f"byte {path.stat().st_size}",
        )
    with reading(path, "WFDB annotation file"):
        record, extension = str(path.with_suffix("").absolute()), path.suffix.lstrip(".")
        notes = wfdb.rdann(record, extension, return_label_elements=["symbol"])
        symbols = ["" if s is None else str(s) for s in notes.symbol]
    rate = notes.fs or sampling_rate
    if not rate:
        raise SourceError(
            path,
            f"no sampling rate: {path.with_suffix('.hea').name} is not beside it and it names "
            "none; give --sampling-rate",
        )
    check_rate(path, float(rate))
    with reading(path, "WFDB annotation file"):
        beats, told = _marked(path.name, notes.sample / rate, symbols, notes.subtype)
    return {"beats": beats}, told


def _marked(
    subject: str,
    times: np.ndarray[Any, Any],
    symbols: list[str],
    subtypes: np.ndarray[Any, Any],
) -> tuple[Beats, list[Inference]]:
    after_gap = False
    rows: dict[float, bool] = {}
    twice = 0
    for time, symbol, subtype in zip(times.tolist(), symbols, subtypes.tolist(), strict=True):
        if symbol in SINUS or symbol in OTHER_BEATS:
            twice += time in rows
            rows[time] = rows.get(time, True) and symbol in SINUS and not after_gap
            after_gap = False
        elif symbol in BLIND or (symbol == "~" and subtype == UNREADABLE):
            after_gap = True
    if not rows:
        raise DataError("it annotates no beat")
    if min(rows) < 0:
        raise DataError(f"a beat comes at {min(rows):.3f} s, before the record begins")
    told = _counted(subject, Counter(s for s in symbols if s in SINUS or s in OTHER_BEATS))
    if twice:
        told.append(Inference(subject, "beats", "one", f"{twice} were annotated twice"))
    beats = Beats(np.array(list(rows)), np.array(list(rows.values()), dtype=np.bool_), "a")
    return beats, told


def _counted(subject: str, counts: Counter[str]) -> list[Inference]:
    others = {code: n for code, n in counts.items() if code not in SINUS}
    if not others:
        return []
    listed = ", ".join(f"{n} {code}" for code, n in sorted(others.items()))
    why = f"annotated as ectopic, paced, fused or unclassified: {listed}"
    return [Inference(subject, "beats", f"not normal for {sum(others.values())}", why)]


def _annotators(path: Path) -> list[str]:
    return [name for name in ANNOTATORS if path.with_suffix(f".{name}").is_file()]


def _ends_as_annotation(path: Path) -> bool:
    size = path.stat().st_size
    if size < 4 or size % 2:
        return False
    with path.open("rb") as file:
        file.seek(-2, 2)
        return file.read(2) == b"\0\0"


def _not_taken(path: Path, name: str) -> Inference:
    why = f"there are signals; --channel beats={name} takes the annotated beats too"
    return Inference(path.with_suffix(f".{name}").name, "beats", "not wanted", why)


def _start(path: Path, header: Any) -> tuple[datetime | None, list[Inference]]:  # noqa: ANN401
    naive = header.base_datetime
    if naive is None:
        return None, []
    why = "the header gives a date and names no time zone"
    return naive.replace(tzinfo=UTC), [Inference(path.name, "clock", "UTC", why)]


def _session(
    path: Path,
    channels: dict[str, Data],
    more: dict[str, Data],
    told: list[Inference],
    *,
    start: datetime | None,
) -> Session:
    with reading(path, "WFDB record"):
        recording = Recording("a", {**channels, **more})
        gaps = gaps_in([recording])
    return Session(
        (recording,),
        intervals=gaps,
        start=start,
        inferences=tuple(told),
        title=path.stem,
        sources=(path.name,),
    )
