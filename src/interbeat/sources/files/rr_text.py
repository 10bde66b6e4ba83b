"""Intervals between beats: text of one or two columns, a sheet or a NumPy array."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.core.recording import Recording
from interbeat.core.session import Inference, Session
from interbeat.sources._arrays import array_of, one_row
from interbeat.sources._edge import reading
from interbeat.sources._grid import past_midnight
from interbeat.sources._heartbeats import Heard, beats_at, beats_between, beats_stamped
from interbeat.sources._layout import Layout
from interbeat.sources._reader import Wanted, reader
from interbeat.sources._rr_columns import (
    SOME,
    RRColumns,
    find_rr,
    is_rr_text,
    looks_like_rr,
    unit_of,
)
from interbeat.sources._text import Text

__all__: list[str] = []

TEXT = (".txt", ".csv", ".tsv", ".beats", ".rr", ".ibi", ".nn", ".nni")
DAY = 86_400.0  # s: no interval is longer
EPOCH = 1e8  # s since 1970: a stamp above is a date
LARGEST_SHEET = 100_000_000  # bytes that a sheet may unfold to
ROWS = 1_000_000
SECONDS, MILLISECONDS = 1.0, 1e-3


class _Series(NamedTuple):
    """What a file holds, before units: values, stamps (or None), and where each row stands."""

    values: FloatArray
    stamps: FloatArray | None
    are_times: bool
    label: str
    line: Callable[[int], str]
    naive: bool  # stamps that name no time zone
    dated: bool


def _accepts(path: Path) -> bool:
    if path.suffix.lower() == ".npy":
        row = one_row(path)
        return row is not None and looks_like_rr(row[:SOME])
    if path.suffix.lower() == ".xlsx":
        return _is_sheet(path)
    return is_rr_text(path)


@reader(
    "rr_text",
    (*TEXT, ".xlsx", ".npy"),
    title="Intervals between beats: text of one or two columns, a sheet or a NumPy array",
    accepts=_accepts,
)
def read(path: Path, wanted: Wanted) -> Session:
    """Return the beats that the intervals, or the instants of beats, in `path` tell of.

    Seconds or milliseconds by ``wanted.unit``, else by the label, else by the median. An
    interval of zero, or none, is a gap of unknown length; see
    :func:`interbeat.sources._heartbeats.beats_between`.

    Raises
    ------
    FormatError
        With the line: where a value is no number, negative or over a day, where instants of
        beats do not rise, or where the unit cannot be told.
    """
    series = _series(path, wanted)
    scale, told = _scale(series, path, wanted)
    values = series.values * scale
    _check(values, series, path)
    with reading(path, "series of beats"):
        heard, start, more = _heard(values, series, path)
    return Session(
        (Recording("a", {"beats": heard.beats}),),
        intervals=heard.gaps,
        start=start,
        inferences=(*told, *more, *heard.inferences),
        title=path.stem,
        sources=(path.name,),
    )


def _series(path: Path, wanted: Wanted) -> _Series:
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return _plain(array_of(path).ravel().astype(np.float64), "value {}".format)
    if suffix == ".xlsx":
        return _plain(_sheet(path), "row {}".format)
    text = Text.of(path)
    layout = text.layout()
    columns = _columns(text, layout, path, wanted)
    chosen = [columns.beats] if columns.times is None else [columns.beats, columns.times]
    table = text.numbers(layout, chosen)
    clock = columns.beats if columns.are_times else columns.times
    dated = clock in layout.clocks
    return _Series(
        past_midnight(table[:, 0]) if columns.are_times and dated else table[:, 0],
        None if columns.times is None else table[:, 1],
        columns.are_times,
        _label(layout, columns.beats),
        lambda row: f"line {text.line_of(layout, row)}",
        naive=dated and not _zoned(text, layout, clock),
        dated=dated,
    )


def _plain(values: FloatArray, name: Callable[[int], str]) -> _Series:
    return _Series(values, None, False, "", lambda row: name(row + 1), naive=False, dated=False)


def _columns(text: Text, layout: Layout, path: Path, wanted: Wanted) -> RRColumns:
    said = wanted.channels.get("beats")
    if said is not None:
        labels = list(layout.labels) or [str(k + 1) for k in range(layout.columns)]
        if said not in labels:
            raise FormatError(path, f"has no {said!r}; possible: {', '.join(labels)}")
        return RRColumns(labels.index(said), None, are_times=False)
    found = find_rr(text, layout, path)
    if found is None:
        raise FormatError(
            path,
            "no column looks like intervals between beats, in s or in ms; say which with "
            "--channel beats=LABEL",
        )
    return found


def _label(layout: Layout, column: int) -> str:
    label = layout.labels[column] if column < len(layout.labels) else ""
    unit = layout.units[column] if column < len(layout.units) else ""
    return f"{label} [{unit}]" if unit else label


def _zoned(text: Text, layout: Layout, column: int | None) -> bool:
    _, cells = next(text.rows(layout))
    cell = cells[column or 0]
    return cell.endswith("Z") or "+" in cell or cell.rfind("-") > 10


def _scale(series: _Series, path: Path, wanted: Wanted) -> tuple[float, list[Inference]]:
    """Return the seconds in the file's unit, and what was inferred."""
    steps = np.diff(series.values) if series.are_times else series.values
    known = steps[np.isfinite(steps) & (steps > 0)]
    if known.size == 0:
        raise FormatError(path, "holds no interval between beats", series.line(0))
    median = float(np.median(known))
    for said, where in ((wanted.unit, "what you said"), (series.label, "its label")):
        scale = unit_of(said) if said else None
        if scale is not None and not 0.1 < median * scale < 10:
            raise FormatError(
                path, f"by {where} the median interval would be {median * scale:g} s"
            )
        if scale is not None:
            return scale, []
    for scale, name in ((SECONDS, "s"), (MILLISECONDS, "ms")):
        if 0.2 <= median * scale <= 5:
            noun = "step between beat times" if series.are_times else "interval"
            why = f"the median {noun} is {median:g}"
            return scale, [Inference(path.name, "unit", name, why)]
    raise FormatError(
        path,
        f"a median interval of {median:g} is no heart's, in s or in ms; say the unit with "
        "--unit, or that it is a signal with --channel and --sampling-rate",
    )


def _check(values: FloatArray, series: _Series, path: Path) -> None:
    wrong = ~np.isfinite(values) if series.are_times else (values < 0) | (values > DAY)
    if wrong.any():
        k = int(np.argmax(wrong))
        raise FormatError(path, f"{series.values[k]:g} is no interval", series.line(k))
    falls = np.diff(values) <= 0 if series.are_times else np.zeros(0, np.bool_)
    if falls.any():
        k = int(np.argmax(falls)) + 1
        problem = f"beats must come one after another: {series.values[k]:g} comes after "
        raise FormatError(path, f"{problem}{series.values[k - 1]:g}", series.line(k))
    if series.are_times and values[-1] - values[0] > 366 * DAY:
        raise FormatError(path, f"spans {(values[-1] - values[0]) / DAY:.0f} days")


def _heard(
    values: FloatArray, series: _Series, path: Path
) -> tuple[Heard, datetime | None, list[Inference]]:
    if series.are_times:
        zero, start, notes = _second_0(float(values[0]), series, path)
        return beats_at(values - zero, subject=path.name), start, notes
    if series.stamps is None:
        return beats_between(values, subject=path.name), None, []
    stamps, notes = _stamps(values, series.stamps, series, path)
    _check_stamps(stamps, series, path)
    first = float(stamps[0]) - float(np.nan_to_num(values[0]))
    zero, start, more = _second_0(first, series, path)
    return beats_stamped(values, stamps - zero, subject=path.name), start, [*notes, *more]


def _second_0(
    first: float, series: _Series, path: Path
) -> tuple[float, datetime | None, list[Inference]]:
    """Return second 0 on the clock of the file, its instant where that has a date, and why."""
    if first < EPOCH:
        return 0.0, None, []
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=first)
    why = "the time stamps name no zone"
    return first, start, [Inference(path.name, "clock", "UTC", why)] if series.naive else []


def _stamps(
    rr: FloatArray, stamps: FloatArray, series: _Series, path: Path
) -> tuple[FloatArray, list[Inference]]:
    """Return the stamps in seconds: the unit under which they span what the intervals fill."""
    if series.dated:
        return past_midnight(stamps), []
    span, total = float(np.nanmax(stamps) - np.nanmin(stamps)), float(np.nansum(rr[1:]))
    for scale, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")):
        if total and 0.5 < span * scale / total < 20:
            why = f"they span {span * scale:.1f} s, and the intervals sum to {total:.1f} s"
            return stamps * scale, [Inference(f"{path.name}, times", "unit", name, why)]
    raise FormatError(
        path,
        f"its times span {span:g}, which in no unit fits intervals of {total:.1f} s in all; if "
        "the intervals were resampled, give those of the beats; if the times are none, say "
        f"which column has the intervals: --channel beats={series.label or 2}",
    )


def _check_stamps(stamps: FloatArray, series: _Series, path: Path) -> None:
    wrong = ~np.isfinite(stamps)
    wrong[1:] |= np.diff(stamps) < 0
    if wrong.any():
        k = int(np.argmax(wrong))
        raise FormatError(path, "time runs backwards, or is missing", series.line(k))
    if stamps[-1] - stamps[0] > 366 * DAY:
        raise FormatError(path, f"spans {(stamps[-1] - stamps[0]) / DAY:.0f} days")


def _is_sheet(path: Path) -> bool:
    try:
        return looks_like_rr(_sheet(path, rows=200))
    except FormatError:
        return False


def _sheet(path: Path, rows: int = ROWS) -> FloatArray:
    """Return the first column of numbers of the first sheet of a workbook."""
    with reading(path, "workbook"):
        from openpyxl import load_workbook  # noqa: PLC0415 - a third of a second, for few files

        _check_size(path)
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        table = list(sheet.iter_rows(max_row=rows, max_col=2, values_only=True))
        book.close()
    cells = [row[0] if row else None for row in table]
    if any(len(row) > 1 and row[1] is not None for row in table):
        raise FormatError(path, "has more than one column; only a column of intervals is read")
    return _cells(cells, path)


def _cells(cells: Sequence[object], path: Path) -> FloatArray:
    first = 1 if cells and isinstance(cells[0], str) else 0  # a header
    last = max((k for k, cell in enumerate(cells) if cell is not None), default=-1)
    held = cells[first : last + 1]
    out = np.full(len(held), np.nan)
    for k, cell in enumerate(held):
        if isinstance(cell, bool) or not isinstance(cell, int | float | None):
            raise FormatError(
                path, f"{str(cell)[:40]!r} is no interval", f"row {k + first + 1}"
            )
        out[k] = np.nan if cell is None else float(cell)
    return out


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as book:
        size = sum(entry.file_size for entry in book.infolist())
    if size > LARGEST_SHEET:
        raise FormatError(path, f"would unfold to {size} bytes; at most {LARGEST_SHEET}")
