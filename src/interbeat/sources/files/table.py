"""Delimited tables: any text of columns, and NumPy arrays."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.channels import channel as channel_called
from interbeat.core.errors import DataError, FormatError
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._arrays import array_of, one_row
from interbeat.sources._edge import gaps_in, reading
from interbeat.sources._first_line import is_taken
from interbeat.sources._grid import Grid, even_grid, first_fall, grid_of, past_midnight
from interbeat.sources._layout import Layout
from interbeat.sources._reader import Wanted, reader
from interbeat.sources._rr_columns import SOME, is_rr_text, looks_like_rr
from interbeat.sources._text import Text
from interbeat.sources.roles import Roles, raw_first
from interbeat.sources.units import converted

__all__: list[str] = []

_TIME = re.compile(r"(?<![a-z])(?:t|time|timer|timestamps?|datetime|elapsed|clock)(?![a-z])")
_BRACKETS = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]\s*$")
_HERTZ = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?hz(?![a-z])", re.IGNORECASE)
_TICKS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3,
    "millis": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "µs": 1e-6, "microseconds": 1e-6,
    "ns": 1e-9, "nanoseconds": 1e-9, "min": 60.0, "minutes": 60.0,
}  # fmt: skip
_EPOCHS = ((1e18, 1e-9, "ns"), (1e15, 1e-6, "µs"), (1e12, 1e-3, "ms"), (1e9, 1.0, "s"))
FASTEST_RATE_OF_A_RATE = 10.0  # Hz: what calls itself heart rate and is faster is a pulse wave
AGREE = 0.02  # share by which the user's rate may differ from that of the time column
SKIN = (0.02, 100.0)  # µS: between which skin conducts


class _Table(NamedTuple):
    """A table before anyone knows what its columns are."""

    path: Path
    labels: list[str]
    units: list[str]
    values: FloatArray
    clocks: frozenset[int]
    text: Text | None
    layout: Layout | None

    def wrong(self, problem: str, row: int = 0) -> FormatError:
        """Return the error that says in which line `row` stands."""
        if self.text is None or self.layout is None:
            return FormatError(self.path, problem, f"row {row + 1}")
        return self.text.wrong(problem, self.text.line_of(self.layout, row))


def _accepts(path: Path) -> bool:
    if path.suffix.lower() == ".npy":
        row = one_row(path)
        return row is None or not looks_like_rr(row[:SOME])
    return _has_rows(path) and not (is_taken(path) or is_rr_text(path))


def _has_rows(path: Path) -> bool:
    """Whether rows of numbers are in it: notes beside a recording are text, too.

    Rows that hold words as well are a diary's, unless a label is that of a channel.
    """
    text = Text.head_of(path)
    if text is None:
        return False
    try:
        layout = text.layout()
    except FormatError:
        return False
    roles = Roles(path.name, Wanted())
    return not layout.words or any(roles.of(label) for label in layout.labels)


@reader(
    "table",
    (".csv", ".tsv", ".txt", ".npy"),
    title="Delimited tables: any text of columns, and NumPy arrays",
    accepts=_accepts,
)
def read(path: Path, wanted: Wanted) -> Session:
    """Return the columns of a table that are channels.

    Channels by ``wanted.channels``, else by the words in the labels; columns without labels
    are called ``"1"``, ``"2"`` ..., and a lone one also by the words in the file's name. The
    sampling rate is ``wanted.sampling_rate``, else that of the time column, else the one in the
    file's name (``_100hz``). Rows that a time column shows to be missing are NaN.

    Raises
    ------
    FormatError
        With the line and column where a cell is no number; where time runs backwards or lies
        on no grid; where no column is a channel; where nothing tells the sampling rate, or the
        time column another than the user.
    """
    table = _array(path, wanted) if path.suffix.lower() == ".npy" else _text(path, wanted)
    time = _time_column(table, wanted)
    grid, zero, notes = _grid(table, time, wanted)
    with reading(path, "table"):
        channels, more = _channels(table, time, grid, wanted)
        recording = Recording("a", channels)
        gaps = grid.gaps(0.0) | gaps_in([recording])  # rows that are missing, and empty cells
    return Session(
        (recording,),
        intervals=gaps.covered("gap"),
        start=zero,
        inferences=(*notes, *more),
        title=path.stem,
        sources=(path.name,),
    )


def _text(path: Path, wanted: Wanted) -> _Table:
    text = Text.of(path)
    layout = text.layout()
    split = [_BRACKETS.match(label) for label in layout.labels]
    plain = [
        match[1] if match and layout.labels[k] not in wanted.channels.values() else label
        for k, (match, label) in enumerate(zip(split, layout.labels, strict=True))
    ]
    units = list(layout.units) or [match[2] if match else "" for match in split]
    labels = (plain or _numbered(path, layout.columns, wanted))[: layout.columns]
    units = (units + [""] * layout.columns)[: layout.columns]
    kept = [k for k in range(layout.columns) if k not in layout.words]
    return _Table(
        path,
        [labels[k] for k in kept],
        [units[k] for k in kept],
        text.numbers(layout, kept),
        frozenset(kept.index(k) for k in layout.clocks),
        text,
        layout,
    )


def _array(path: Path, wanted: Wanted) -> _Table:
    values = array_of(path)
    columns = values.reshape(-1, 1) if values.ndim == 1 else values
    if columns.shape[0] < columns.shape[1]:
        columns = columns.T  # the longer side is time
    labels = _numbered(path, columns.shape[1], wanted)
    return _Table(path, labels, [""] * len(labels), columns, frozenset(), None, None)


def _numbered(path: Path, count: int, wanted: Wanted) -> list[str]:
    """Return what to call columns that have no labels."""
    numbers = [str(k + 1) for k in range(count)]
    said = set(wanted.channels.values()) & set(numbers)
    return numbers if count > 1 or said else [path.stem]


def _time_column(table: _Table, wanted: Wanted) -> int | None:
    """Return which column is time, if any: by its cells, its label, or its even steps."""
    if table.clocks:
        return min(table.clocks)
    said = set(wanted.channels.values())
    for k, label in enumerate(table.labels):
        if label not in said and _TIME.search(_words(label)):
            return k
    lone = len(table.labels) < 2 or table.labels[0] in said or table.labels[0] != "1"
    return None if lone or not _even(table.values[:, 0]) else 0


def _even(values: FloatArray) -> bool:
    """Whether `values` rise in even steps that do not just count rows."""
    steps = np.diff(values[:1000])
    if steps.size < 2 or not (steps > 0).all() or steps[0] == 1:
        return False
    return float(np.ptp(steps)) < 0.01 * float(steps.mean())


def _grid(
    table: _Table, time: int | None, wanted: Wanted
) -> tuple[Grid, datetime | None, list[Inference]]:
    said = wanted.sampling_rate
    if time is not None:
        stamps, zero, notes = _stamps(table, time, said)
        with reading(table.path, "table of even samples"):
            grid = grid_of(stamps)
        counts = float(np.median(np.diff(table.values[:, time]))) == 1.0  # rows, perhaps
        if said is not None and not counts and abs(grid.sampling_rate / said - 1) > AGREE:
            raise FormatError(
                table.path,
                f"its column {table.labels[time]!r} says {grid.sampling_rate:.6g} Hz, and you "
                f"say {said:g} Hz",
            )
        return _reported(table, grid, said, zero=zero, notes=notes)
    count = table.values.shape[0]
    if said is not None:
        return even_grid(count, said), None, []
    named = _HERTZ.search(table.path.stem.replace("_", " "))
    if named is None or not 0 < float(named[1]) <= 1e5:
        raise FormatError(
            table.path,
            f"has no time column{_misread(table)} and does not say its sampling rate; give it "
            "in Hz: sampling_rate=..., or --sampling-rate",
        )
    rate = float(named[1])
    note = Inference(table.path.name, "sampling rate", f"{rate:g} Hz", "of the file's name")
    return even_grid(count, rate), None, [note]


def _misread(table: _Table) -> str:
    """Return a hint where a column is called time and holds words."""
    if table.layout is None:
        return ""
    labels = [table.layout.labels[k] for k in sorted(table.layout.words)]
    named = next((label for label in labels if _TIME.search(_words(label))), "")
    return f" that can be read ({named!r} holds words)" if named else ""


def _words(label: str) -> str:
    return re.sub(r"[_\s]+", " ", label).lower()


def _reported(
    table: _Table,
    grid: Grid,
    said: float | None,
    *,
    zero: datetime | None,
    notes: list[Inference],
) -> tuple[Grid, datetime | None, list[Inference]]:
    lost = f"; {grid.lost} rows are missing" if grid.lost else ""
    if said is not None:
        if lost:
            notes = [*notes, Inference(table.path.name, "gaps", lost[2:], "of its time column")]
        return Grid(said, grid.places, grid.jitter), zero, notes
    why = f"of its time column, even within {grid.jitter * 1e3:.3g} ms{lost}"
    told = Inference(table.path.name, "sampling rate", f"{grid.sampling_rate:.6g} Hz", why)
    return grid, zero, [*notes, told]


def _stamps(
    table: _Table, time: int, said: float | None
) -> tuple[FloatArray, datetime | None, list[Inference]]:
    """Return the time column in seconds from 0, the instant of 0, and what was inferred."""
    raw = table.values[:, time]
    raw = past_midnight(raw) if time in table.clocks else raw
    fall = first_fall(raw)
    if fall is not None:
        problem = f"time runs backwards, or is missing, in {table.labels[time]!r}"
        raise table.wrong(problem, fall)
    subject = f"{table.path.name}, {table.labels[time]!r}"
    scale, notes = _tick(table, time, said, subject=subject)
    first = float(raw[0]) * scale
    if not 1e8 < first < 1e11:
        return (raw - raw[0]) * scale, None, notes
    zone = Inference(subject, "clock", "UTC", "stamps count from 1970, or name no other zone")
    zero = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=first)
    return (raw - raw[0]) * scale, zero, [*notes, zone]


def _tick(
    table: _Table, time: int, said: float | None, *, subject: str
) -> tuple[float, list[Inference]]:
    """Return the seconds in the unit of the time column."""
    if time in table.clocks:
        return 1.0, []
    unit = table.units[time].strip().lower()
    words = re.split(r"[_\s]+", table.labels[time].lower())
    named = next((word for word in (unit, words[-1]) if word in _TICKS), None)
    if named is not None:
        return _TICKS[named], []
    raw = table.values[:, time]
    for least, scale, name in _EPOCHS:
        if raw[0] >= least:
            return scale, [Inference(subject, "unit", name, f"{raw[0]:.6g} counts from 1970")]
    step = float((raw[-1] - raw[0]) / max(raw.size - 1, 1))
    if said is not None:
        scale = min(
            _TICKS.values(), key=lambda tick: abs(np.log(max(step, 1e-300) * tick * said))
        )
        return scale, []
    if step == 1:
        raise table.wrong(
            f"{table.labels[time]!r} counts by 1: seconds, milliseconds or rows? Give the "
            "sampling rate in Hz: sampling_rate=..., or --sampling-rate"
        )
    scale, name = (1.0, "s") if step < 1 else (1e-3, "ms")
    why = f"its steps of {step:.6g} are then {1 / (step * scale) if step else 0:.6g} Hz"
    return scale, [Inference(subject, "unit", name, why)]


def _channels(
    table: _Table, time: int | None, grid: Grid, wanted: Wanted
) -> tuple[dict[str, Data], list[Inference]]:
    roles = Roles(table.path.name, wanted)
    roles.check_all_found(table.labels)
    channels: dict[str, Data] = {}
    notes: list[Inference] = []
    for k in raw_first(table.labels):
        name = None if k == time else roles.of(table.labels[k])
        if name is None:
            continue
        if channel_called(name).noun != "Signal":
            raise DataError(f"a column of even samples cannot be the channel {name!r}")
        told = table.labels[k] in wanted.channels.values()
        if name == "heart_rate" and grid.sampling_rate > FASTEST_RATE_OF_A_RATE and not told:
            why = f"no heart rate comes at {grid.sampling_rate:.4g} Hz; if it is a pulse wave"
            hint = f"{why}, say so: --channel ppg={table.labels[k]!r}"
            notes.append(Inference(f"{table.path.name}, {table.labels[k]!r}", "channel",
                                   "nothing", hint))  # fmt: skip
            continue
        channels[name], more = _signal(table, k, name, grid=grid, wanted=wanted)
        notes += more
    if not channels:
        hints = [note.why for note in notes[:1]]
        raise FormatError(
            table.path,
            f"no column is a channel; possible: {', '.join(table.labels)}. Say which is which: "
            f"channels={{'ecg': {table.labels[-1]!r}}}, or --channel ecg={table.labels[-1]!r}"
            f"{''.join(f' ({hint})' for hint in hints)}",
        )
    return channels, [*roles.inferences, *notes]


def _signal(
    table: _Table, column: int, name: str, *, grid: Grid, wanted: Wanted
) -> tuple[Signal, list[Inference]]:
    subject = f"{table.path.name}, {table.labels[column]!r}"
    raw = np.ascontiguousarray(table.values[:, column])
    unit, notes = table.units[column] or wanted.unit, []
    if name == "eda" and not unit and _like_skin(raw):
        unit = "µS"
        why = f"the values, {np.nanmin(raw):.3g} to {np.nanmax(raw):.3g}, are such as skin has"
        notes.append(Inference(subject, "unit", unit, why))
    values, ours, told = converted(raw, channel=name, unit=unit, subject=subject)
    signal = Signal(grid.laid(values), grid.sampling_rate, ours, "a", 0.0)
    return signal, [*notes, *told]


def _like_skin(values: FloatArray) -> bool:
    known = values[np.isfinite(values)]
    if known.size == 0 or known.min() < 0:
        return False
    return bool(SKIN[0] <= np.median(known) and known.max() <= SKIN[1])
