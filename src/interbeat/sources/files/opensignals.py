"""OpenSignals (PLUX, BITalino): text or HDF5, one or two devices."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError, FormatError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._counter import grid_of_counter
from interbeat.sources._edge import check_room, reading
from interbeat.sources._first_line import OPENSIGNALS, begins
from interbeat.sources._grid import Grid, even_grid
from interbeat.sources._layout import Layout
from interbeat.sources._reader import Wanted, reader
from interbeat.sources._text import Text
from interbeat.sources._transfer import physical
from interbeat.sources.roles import Roles

__all__: list[str] = []

_END = "# EndOfHeader"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_MAC = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}", re.IGNORECASE)
_CONVERTED = {"ECG": "mV", "ECGBIT": "mV", "EDA": "µS", "EDABIT": "µS", "BVP": "µA"}
_Physical = tuple[FloatArray, str, str]  # values, unit, how they were made
_PERSONS = ("a", "b")


@dataclass(frozen=True, slots=True, eq=False)
class _Device:
    """One device of a file.

    ``channels`` are (column, sensor, bits), ``rows`` gives the samples of a column.
    """

    address: str
    kind: str
    sampling_rate: float
    start: datetime | None
    channels: tuple[tuple[str, str, int], ...]
    converted: bool
    grid: Grid
    rows: Callable[[str], FloatArray]
    notes: tuple[Inference, ...]


def _accepts(path: Path) -> bool:
    if path.suffix.lower() in {".h5", ".hdf5"}:
        try:
            return bool(_addresses(path))
        except FormatError:
            return False
    return begins(path, OPENSIGNALS)


@reader(
    "opensignals",
    (".txt", ".h5", ".hdf5"),
    title="OpenSignals (PLUX, BITalino): text or HDF5, one or two devices",
    accepts=_accepts,
)
def read(path: Path, wanted: Wanted) -> Session:
    """Return what OpenSignals recorded; two devices in one file are two people, a and b.

    Channels are found by the names of the columns, in the order in which the header gives
    them, and are what the sensor is called. Counts become physical values by the transfer
    function of the sensor where it is known, else they stay counts.
    A counter that jumps (``nSeq``) shows lost samples, which are NaN.

    Raises
    ------
    FormatError
        With the line: where the header is no JSON or lacks a field, where a row has too few
        cells or no numbers, where the counter goes back; where there are over two devices.
    """
    devices = _from_hdf5(path) if path.suffix.lower() in {".h5", ".hdf5"} else _from_text(path)
    if len(devices) > len(_PERSONS):
        held = ", ".join(device.address for device in devices)
        raise FormatError(path, f"holds {len(devices)} devices ({held}); at most two people")
    notes: list[Inference] = []
    recordings: list[Recording] = []
    gaps = Intervals.none()
    _check_labels(path, devices, wanted)
    for person, device in zip(_PERSONS, devices, strict=False):
        if len(devices) == 2:
            why = "the file holds two devices"
            notes.append(Inference(f"{path.name}, {device.address}", "person", person, why))
        with reading(path, "OpenSignals file"):
            recording, more = _recording(path, device, person, wanted=wanted)
        recordings.append(recording)
        notes += more
        gaps = gaps | device.grid.gaps(0.0)
    if all(not recording.channels for recording in recordings):
        raise FormatError(path, _no_channel(devices))
    start = devices[0].start
    if start is not None:
        notes.append(Inference(path.name, "clock", "UTC", "its date and time name no zone"))
    return Session(
        tuple(recordings),
        intervals=gaps,
        start=start,
        inferences=tuple(notes),
        title=path.stem,
        sources=(path.name,),
    )


def _recording(
    path: Path, device: _Device, person: str, *, wanted: Wanted
) -> tuple[Recording, list[Inference]]:
    subject = path.name if person == "a" else f"{path.name}, {device.address}"
    roles = Roles(subject, wanted)
    said = set(wanted.channels.values())
    channels: dict[str, Data] = {}
    notes = list(device.notes)
    for column, sensor, bits in device.channels:
        name = roles.of(_label(column, sensor, said))
        if name is None:
            continue
        raw = device.rows(column)
        values, unit, told = _values(raw, sensor, bits, device)
        label = f"{subject}, {column!r} ({sensor})"
        notes.append(Inference(label, "unit", unit, told))
        channels[name] = Signal(
            device.grid.laid(values), device.sampling_rate, unit, person, 0.0
        )
    return Recording(person, channels), [*notes, *roles.inferences]


def _values(raw: FloatArray, sensor: str, bits: int, device: _Device) -> _Physical:
    if device.converted:
        return raw, _CONVERTED.get(sensor.upper(), "a.u."), "the header says it was converted"
    return physical(raw, sensor, device=device.kind, bits=bits)


def _no_channel(devices: list[_Device]) -> str:
    held = ", ".join(f"{c} ({s})" for device in devices for c, s, _ in device.channels)
    column = devices[0].channels[-1][0] if devices[0].channels else "A1"
    return (
        f"no sensor is a channel; possible: {held}. Say which is which: "
        f"channels={{'ecg': {column!r}}}, or --channel ecg={column}"
    )


def _label(column: str, sensor: str, said: set[str]) -> str:
    """Return what to call a channel: as the user does, else by column and sensor."""
    both = f"{column} ({sensor})"
    return next((name for name in (column, both, sensor) if name in said), both)


def _check_labels(path: Path, devices: list[_Device], wanted: Wanted) -> None:
    held = [(c, f"{c} ({s})", s) for device in devices for c, s, _ in device.channels]
    possible = ", ".join(dict.fromkeys(both for _, both, _ in held))
    for said in wanted.channels.values():
        if not any(said in names for names in held):
            raise FormatError(path, f"has no {said!r}; possible: {possible}")
        columns = {column for column, _, sensor in held if said == sensor}
        if len(columns) > 1:
            raise FormatError(path, f"has several {said!r}; say which: {possible}")


# Text


def _from_text(path: Path) -> list[_Device]:
    text = Text.of(path)
    header, skip = _header(text)
    devices = [(str(key), value) for key, value in header.items() if isinstance(value, dict)]
    if not devices:
        raise text.wrong("its header names no device", 2)
    widths = [len(_list(text, device, "column")) for _, device in devices]
    layout = Layout(_parted_by(text, skip), False, (), (), skip, sum(widths), frozenset())
    if next(text.rows(layout), None) is None:
        raise text.wrong("has a header and no samples", skip + 1)
    table = text.numbers(layout)
    firsts = np.cumsum([0, *widths])
    return [
        _text_device(
            text, layout, address, device=device, block=table[:, first : first + width]
        )
        for (address, device), first, width in zip(devices, firsts, widths, strict=False)
    ]


def _parted_by(text: Text, skip: int) -> str | None:
    """Return the tab, or None where a tool wrote blanks in its place."""
    first = next((line for k, line in enumerate(text.lines()) if k >= skip), "")
    return "\t" if "\t" in first else None


def _header(text: Text) -> tuple[dict[str, Any], int]:
    """Return the JSON of the header, and how many lines the header has."""
    found: dict[str, Any] | None = None
    for k, line in enumerate(text.first_lines(100), 1):
        if line.startswith(_END):
            break
        if line.lstrip("# ").startswith("{"):
            found = _json(text, line.lstrip("# "), k)
    else:
        raise text.wrong(f"has no line {_END!r}", k)
    if found is None:
        raise text.wrong("its header has no JSON", k)
    return found, k


def _json(text: Text, line: str, k: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise text.wrong(f"its header is no JSON: {error}", k) from error
    if not isinstance(found, dict):
        raise text.wrong("its header names no device", k)
    return found


def _list(text: Text, device: Mapping[str, Any], key: str) -> list[Any]:
    held = device.get(key)
    if not isinstance(held, list) or not held:
        raise text.wrong(f"its header has no list {key!r}", 2)
    return held


def _text_device(
    text: Text,
    layout: Layout,
    address: str,
    *,
    device: Mapping[str, Any],
    block: FloatArray,
) -> _Device:
    columns = [str(name) for name in _list(text, device, "column")]
    sensors = [str(name) for name in _list(text, device, "sensor")]
    if len(sensors) > len(columns) or len(set(columns)) < len(columns):
        raise text.wrong(f"its header gives {len(sensors)} sensors for columns {columns}", 2)
    names = _channel_columns(device, columns, len(sensors))
    bits = _bits(device, len(sensors))
    grid, notes = _counted(text, layout, columns, device=device, block=block)
    return _Device(
        address=address,
        kind=str(device.get("device", "")),
        sampling_rate=_rate(text.path, device.get("sampling rate")),
        start=_start(device),
        channels=tuple(zip(names, sensors, bits, strict=True)),
        converted=device.get("convertedValues") == 1,
        grid=Grid(_rate(text.path, device.get("sampling rate")), grid.places, 0.0),
        rows=lambda name: np.ascontiguousarray(block[:, columns.index(name)]),
        notes=tuple(notes),
    )


def _channel_columns(device: Mapping[str, Any], columns: list[str], count: int) -> list[str]:
    """Return the column of each sensor: its label if the columns have it, else the last ones.

    The sensors are in the order of the labels, which need not be that of the columns.
    """
    labels = device.get("label")
    if isinstance(labels, list) and len(labels) == count and set(labels) <= set(columns):
        return [str(label) for label in labels]
    return columns[-count:]


def _bits(device: Mapping[str, Any], count: int) -> list[int]:
    """Return the resolution of each sensor; a BITalino gives that of other columns first."""
    held = device.get("resolution")
    held = held if isinstance(held, list) else []
    last = [bit if isinstance(bit, int) else 0 for bit in held[-count:]]
    return last if len(last) == count else [0] * count


def _rate(path: Path, told: object) -> float:
    rate = float(told) if isinstance(told, int | float | np.number) else 0.0
    if not 0 < rate <= 1e5:
        raise FormatError(path, f"its header gives {told!r} for the sampling rate", "line 2")
    return rate


def _start(device: Mapping[str, Any]) -> datetime | None:
    """Return the start; its last field counts milliseconds, without leading zeros."""
    told = f"{_plain(device.get('date'))} {_plain(device.get('time'))}"
    fields = [int(field) for field in re.findall(r"\d+", told)]
    try:
        year, month, day, hour, minute, second, *rest = fields
        fraction = min(rest[0], 999) * 1000 if rest else 0
        return datetime(year, month, day, hour, minute, second, fraction, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _plain(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)[:40]


def _counted(
    text: Text,
    layout: Layout,
    columns: list[str],
    *,
    device: Mapping[str, Any],
    block: FloatArray,
) -> tuple[Grid, list[Inference]]:
    """Return which samples the counter says there are."""
    if "nSeq" not in columns:
        return even_grid(block.shape[0], 1.0), []
    held = device.get("resolution")
    every = isinstance(held, list) and len(held) == len(columns)  # BITalino: of each column
    bits = held[columns.index("nSeq")] if every and isinstance(held, list) else 0
    modulus = 2**bits if isinstance(bits, int) and 1 < bits <= 32 else 0
    try:
        return grid_of_counter(block[:, columns.index("nSeq")], modulus, text.path.name)
    except DataError as error:
        row = int(match[1]) if (match := re.search(r"row (\d+)", str(error))) else 0
        raise text.wrong(str(error), text.line_of(layout, row)) from error


# HDF5


def _addresses(path: Path) -> list[str]:
    """Return the devices of an OpenSignals HDF5 file; empty where it is another's."""
    with reading(path, "HDF5 file"):
        import h5py  # noqa: PLC0415 - a tenth of a second, for few files

        with path.open("rb") as handle:
            if handle.read(8) != _HDF5:
                return []
        with h5py.File(path, "r") as file:
            return [key for key in file if _MAC.fullmatch(key) and "raw" in file[key]]


def _from_hdf5(path: Path) -> list[_Device]:
    with reading(path, "HDF5 file"):
        import h5py  # noqa: PLC0415 - a tenth of a second, for few files

        with h5py.File(path, "r") as file:
            devices = [_hdf5_device(path, key, file[key]) for key in _found(path, file)]
    if not devices:
        raise FormatError(path, "holds no OpenSignals device")
    return devices


def _found(path: Path, file: Mapping[str, Any]) -> Iterator[str]:
    for key in file:
        if _MAC.fullmatch(key):
            if "raw" not in file[key]:
                raise FormatError(path, "has no group 'raw'", key)
            yield key


def _hdf5_device(path: Path, address: str, group: Any) -> _Device:  # noqa: ANN401 - of h5py
    attrs = dict(group.attrs)
    sets = {name: group["raw"][name] for name in group["raw"]}
    names = sorted((n for n in sets if n.startswith("channel_")), key=lambda n: int(n[8:]))
    if not names:
        raise FormatError(path, "holds no channel", address)
    bits = _hdf5_bits(attrs, names)
    columns = {name: _column(path, sets[name]) for name in names}
    if len({column.size for column in columns.values()}) > 1:
        raise FormatError(path, "its channels differ in length", address)
    count = next(iter(columns.values())).size
    counter = _column(path, sets["nSeq"]) if "nSeq" in sets else np.arange(float(count))
    if counter.size != count or count == 0:
        raise FormatError(path, f"{count} samples and {counter.size} counts", address)
    grid, notes = grid_of_counter(counter, 0, path.name)
    rate = _rate(path, attrs.get("sampling rate"))
    sensors = [_plain(sets[name].attrs.get("sensor", "RAW")) for name in names]
    return _Device(
        address=address,
        kind=_plain(attrs.get("device", "")),
        sampling_rate=rate,
        start=_start(attrs),
        channels=tuple(zip(names, sensors, bits, strict=True)),
        converted=False,
        grid=Grid(rate, grid.places, 0.0),
        rows=columns.__getitem__,
        notes=tuple(notes),
    )


def _hdf5_bits(attrs: Mapping[str, Any], names: list[str]) -> list[int]:
    """Return the resolution of each channel: the attribute follows that of the channels."""
    channels = np.ravel(attrs.get("channels", [])).tolist()
    bits = np.ravel(attrs.get("resolution", [])).tolist()[-len(channels) or None :]
    told = dict(zip(channels, bits, strict=False))
    return [int(told.get(int(name[8:]), 0)) for name in names]


def _column(path: Path, dataset: Any) -> FloatArray:  # noqa: ANN401 - of h5py
    where = str(dataset.name)
    if len(dataset.shape) not in {1, 2} or dataset.dtype.kind not in "iuf":
        raise FormatError(path, f"{dataset.dtype} of shape {dataset.shape} is no signal", where)
    check_room(path, dataset.size, where)
    if len(dataset.shape) == 2 and dataset.shape[1] != 1:
        raise FormatError(path, f"shape {dataset.shape} is no single column", where)
    return np.asarray(dataset[()], dtype=np.float64).ravel()
