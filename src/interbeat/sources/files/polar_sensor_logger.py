"""Polar Sensor Logger: ECG, PPG, acceleration, heart rate, RR and PP intervals of one strap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import FormatError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._edge import reading
from interbeat.sources._first_line import POLAR, begins
from interbeat.sources._grid import Grid, first_fall, grid_of
from interbeat.sources._heartbeats import beats_between, beats_stamped
from interbeat.sources._layout import Layout, seconds_of
from interbeat.sources._reader import Wanted, reader
from interbeat.sources._text import Text
from interbeat.sources.units import converted

__all__: list[str] = []

# Column name in the file, in lower case: channel of ours and the file's unit. By name and
# never by position: the same stream comes in several column orders.
_SIGNALS: Mapping[str, tuple[str, str]] = {
    "ecg [uv]": ("ecg", "uV"),
    "x [mg]": ("acceleration_x", "mg"),
    "y [mg]": ("acceleration_y", "mg"),
    "z [mg]": ("acceleration_z", "mg"),
    "channel 0": ("ppg", ""),
    "hr [bpm]": ("heart_rate", "bpm"),
}
_INTERVALS = ("rr-interval [ms]", "pp-interval [ms]")
_SENSOR_CLOCK = "sensor timestamp [ns]"
SHUFFLED = 1.0  # s: how much later an earlier packet may be written
_EARLIEST = 1e8  # s since 1970: a phone's stamp is a date


def _accepts(path: Path) -> bool:
    return begins(path, POLAR)


@reader(
    "polar_sensor_logger",
    (".txt", ".csv"),
    title="Polar Sensor Logger: ECG, PPG, acceleration, heart rate, RR and PP intervals",
    accepts=_accepts,
)
def read(path: Path, wanted: Wanted) -> Session:  # noqa: ARG001 - the columns say it all
    """Return what one stream of Polar Sensor Logger holds.

    Samples stand where the sensor's own clock puts them (nanoseconds, read as whole numbers);
    its mean rate is the sampling rate, and lost samples are NaN. Where it does not run, and
    for heart rates, the phone's stamps place them. The phone's stamps name no time zone.

    Raises
    ------
    FormatError
        With the line, where a cell is no number or time runs backwards; with the columns,
        where none is a channel.
    """
    text = Text.of(path)
    layout = text.layout()
    columns = {label.lower(): k for k, label in reversed(list(enumerate(layout.labels)))}
    if 0 not in layout.clocks:
        raise text.wrong("its first column holds no time stamps", layout.skip + 1)
    line, cells = next(text.rows(layout))
    try:
        first = seconds_of(cells[0])
    except ValueError as error:
        raise text.wrong(f"{cells[0][:40]!r} is no time stamp: {error}", line) from None
    if first < _EARLIEST:
        raise text.wrong("a phone's stamp needs a date", line)
    zoned = any(mark in cells[0][11:] for mark in "Z+-")
    notes = [] if zoned else [
        Inference(path.name, "clock", "UTC", "the phone's stamps name no time zone")
    ]  # fmt: skip
    found = _beats if any(name in columns for name in _INTERVALS) else _signals
    held = found(_Given(path, text, layout, columns, first))
    return Session(
        (Recording("a", held.channels),),
        intervals=held.gaps,
        start=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=held.start),
        inferences=(*notes, *held.inferences),
        title=path.stem,
        sources=(path.name,),
    )


class _Given(NamedTuple):
    path: Path
    text: Text
    layout: Layout
    columns: dict[str, int]
    first: float  # phone's stamp of the first row, in s since 1970


class _Held(NamedTuple):
    channels: dict[str, Data]
    gaps: Intervals
    start: float  # of second 0, in s since 1970
    inferences: tuple[Inference, ...]


def _beats(given: _Given) -> _Held:
    path, text, layout = given.path, given.text, given.layout
    name = next(name for name in _INTERVALS if name in given.columns)
    flag = given.columns.get("blocker")
    table = text.numbers(layout, [given.columns[name], *([] if flag is None else [flag])])
    told = np.isfinite(table[:, 0])  # a row that came for its heart rate alone
    stamps = text.numbers(layout, [0])[told, 0]
    rr = table[told, 0] / 1000
    stamps = _in_order(stamps, given, told)
    if not (rr > 0).any() or (rr < 0).any() or (rr > 86_400).any():
        raise FormatError(path, "holds no sound interval", f"column {name!r}")
    doubtful = table[told, 1] > 0 if flag is not None else None
    with reading(path, "series of intervals"):
        first = float(stamps[0] - rr[0])
        heard = (
            beats_stamped(rr, stamps - first, subject=path.name, doubtful=doubtful)
            if rr.size > 2 and stamps[-1] > stamps[0]
            else beats_between(rr, subject=path.name, doubtful=doubtful)
        )
    return _Held({"beats": heard.beats}, heard.gaps, first, heard.inferences)


def _in_order(stamps: FloatArray, given: _Given, told: BoolArray) -> FloatArray:
    """Return when intervals came; a phone may write two packets in the wrong order."""
    latest = np.maximum.accumulate(stamps)
    fall = first_fall(np.where(latest - stamps <= SHUFFLED, latest, stamps))
    if fall is None:
        return latest
    line = given.text.line_of(given.layout, int(np.flatnonzero(told)[fall]))
    raise given.text.wrong("time runs backwards", line)


def _signals(given: _Given) -> _Held:
    named = [name for name in _SIGNALS if name in given.columns]
    if not named:
        possible = ", ".join((*_SIGNALS, *_INTERVALS))
        raise given.text.wrong(
            f"no column of {', '.join(given.columns)} is a channel; possible: {possible}",
            given.layout.skip,
        )
    grid, notes = _grid(given)
    table = given.text.numbers(given.layout, [given.columns[name] for name in named])
    channels: dict[str, Data] = {}
    for k, name in enumerate(named):
        channel, unit = _SIGNALS[name]
        subject = f"{given.path.name}, {name!r}"
        values, ours, told = converted(table[:, k], channel=channel, unit=unit, subject=subject)
        channels[channel] = Signal(grid.laid(values), grid.sampling_rate, ours, "a", 0.0)
        notes += told
    return _Held(channels, grid.gaps(0.0), given.first, tuple(notes))


def _grid(given: _Given) -> tuple[Grid, list[Inference]]:
    stamps, clock = _stamps(given)
    fall = first_fall(stamps)
    if fall is not None:
        line = given.text.line_of(given.layout, fall)
        raise given.text.wrong(f"time runs backwards on {clock}", line)
    with reading(given.path, "stream of samples"):
        grid = grid_of(stamps)
    lost = f"; {grid.lost} samples were lost" if grid.lost else ""
    why = f"{clock} says so, within {grid.jitter * 1e3:.1f} ms{lost}"
    note = Inference(given.path.name, "sampling rate", f"{grid.sampling_rate:.6g} Hz", why)
    return grid, [note]


def _stamps(given: _Given) -> tuple[FloatArray, str]:
    """Return when each row was, in s: by the sensor's clock where it runs."""
    column = given.columns.get(_SENSOR_CLOCK)
    if column is not None:
        ticks = given.text.integers(given.layout, column)
        if ticks.size and ticks[-1] > ticks[0]:
            return (ticks - ticks[0]) / 1e9, "the sensor's clock"
    return given.text.numbers(given.layout, [0])[:, 0] - given.first, "the phone's clock"
