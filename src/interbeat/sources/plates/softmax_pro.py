"""SoftMax Pro (Molecular Devices): plates as grids or one row a read, and sample groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.plate import Plate, PlateRun, Role, Well, position
from interbeat.sources._text import Text
from interbeat.sources.plates._cells import numbers, plate_shape
from interbeat.sources.plates._reader import plate_reader
from interbeat.sources.plates._sheet import Row, Sheet, text_of
from interbeat.sources.plates._softmax_groups import Member, group_of, members
from interbeat.sources.plates._units import unit_of

__all__: list[str] = []

_END = "~end"
_COLUMNS = {"6": 3, "12": 4, "24": 6, "48": 8, "96": 12, "384": 24, "1536": 48}
_Wells = dict[tuple[int, int], tuple[str, int]]


@dataclass(slots=True)
class _Held:
    """What has been read so far."""

    plates: list[Plate] = field(default_factory=list)
    wells: list[Well] = field(default_factory=list)
    masked: dict[str, list[str]] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)  # name in the file: name in the run
    standards: dict[str, set[str]] = field(default_factory=dict)  # plates of each group of them


def _accepts(path: Path) -> bool:
    head = Text.head_of(path)
    return head is not None and any(
        line.startswith("##BLOCKS=") for line in head.first_lines(3)
    )


@plate_reader(
    "softmax_pro", (".txt", ".tsv", ".csv", ".xls"), title="SoftMax Pro text export",
    accepts=_accepts,
)  # fmt: skip
def read(path: Path) -> PlateRun:
    """Return the plates of a SoftMax Pro export, and the wells that its groups name.

    Standards, controls and unknowns are told by what the group is called, concentrations and
    dilutions by the heads of its columns. Wells that were masked before the export are left
    out, and said to be. Where the only group of standards has wells on several plates, its
    curve is that of all of them, and the run is ``shared``.

    Raises
    ------
    FormatError
        With the line: a block without its end, wells and reads that do not add up, kinetics
        or spectra, a cell that is no number, a group of wells that no plate has.
    """
    sheet = text_of(path)
    held = _Held()
    for block in _blocks(sheet):
        head = block[0].at(0).lower()
        if head.startswith("plate:"):
            _add_plate(sheet, block, held)
        elif head.startswith("group:"):
            _add_group(sheet, block, held)
    if not held.plates:
        raise sheet.wrong("holds no plate")
    if len(set(held.units)) > 1:
        raise sheet.wrong(f"gives concentrations in {' and '.join(sorted(set(held.units)))}")
    return PlateRun(
        tuple(_without(plate, held.masked.get(plate.name, [])) for plate in held.plates),
        tuple(held.wells),
        unit=held.units[0] if held.units else "",
        source=path.name,
        inferences=tuple(dict.fromkeys([*held.notes, *_said(path, held)])),
        shared=_shared(held),
    )


def _shared(held: _Held) -> bool:
    """Whether the only group of standards is of several plates: it makes one curve for all."""
    return len(held.standards) == 1 and len(*held.standards.values()) > 1


def _said(path: Path, held: _Held) -> Iterator[str]:
    for plate, places in held.masked.items():
        yield (
            f"{path.name}, {plate}: {', '.join(dict.fromkeys(places))} left out, because they "
            "were masked before the export"
        )
    for group, plates in held.standards.items():
        if len(plates) > 1:
            curves = "one curve for all" if _shared(held) else "a curve for each of them"
            yield (
                f"{path.name}: the standards of the group {group!r} are on "
                f"{', '.join(sorted(plates))}: {curves}"
            )


def _blocks(sheet: Sheet) -> Iterator[list[Row]]:
    """Give the rows of each block, from its head to before its end."""
    block: list[Row] = []
    for row in sheet.rows:
        head = row.at(0).lower()
        if head.startswith(("plate:", "group:", "note:", "cuvette")):
            if block:
                raise sheet.wrong(f"the block {block[0].at(0)!r} has no ~End", block[0].line)
            block = [row]
        elif head == _END:
            if block:
                yield block
            block = []
        elif block:
            block.append(row)
    if block:
        raise sheet.wrong(f"the block {block[0].at(0)!r} has no ~End", block[0].line)


def _add_plate(sheet: Sheet, block: list[Row], held: _Held) -> None:
    head = block[0]
    told = head.at(1) or f"Plate{len(held.plates) + 1}"
    names = [plate.name for plate in held.plates]
    name = told if told not in names else _next(told, names)
    subject = f"{sheet.path.name}, {name}"
    if name != told:
        held.notes.append(f"{subject}: called so, because the file has more than one {told!r}")
    if head.at(4).lower() not in {"endpoint", ""}:
        raise sheet.wrong(f"{name} is {head.at(4)!r}; only endpoint reads are taken", head.line)
    unit = unit_of(head.at(5))
    if not unit:
        held.notes.append(f"{subject}: the unit is not known: the file has {head.at(5)!r}")
    facts = _head(head)
    timed = head.at(3).lower() == "timeformat"
    layers = _by_time(sheet, block) if timed else _by_plate(sheet, block, facts)
    shape = plate_shape((where for layer in layers for where in layer), facts.columns)
    if shape is None:
        raise sheet.wrong(f"{name} has wells of no plate", head.line)
    labels = _labels(sheet, block, facts.labels, len(layers))
    reads: dict[str, FloatArray] = {}
    for label, layer in zip(labels, layers, strict=True):
        reads[label], more = numbers(sheet, layer, shape, f"{subject}, {label}")
        held.notes += more
    held.called[told] = name
    held.plates.append(Plate(name, reads, unit))


def _next(told: str, names: list[str]) -> str:
    return next(n for k in range(2, len(names) + 3) if (n := f"{told} ({k})") not in names)


@dataclass(frozen=True, slots=True)
class _Head:
    """What the first row of a plate says after its wavelengths, where it can be found."""

    labels: tuple[str, ...]
    columns: int  # of the whole plate; 0 where it is not said
    first: int  # row of wells, from 0
    rows: int  # of wells that were read; 0 where it is not said


def _head(row: Row) -> _Head:
    """Find the number of wavelengths, which fluorescence has one cell later than absorbance."""
    for k in range(9, len(row.cells) - 1):
        labels = row.cells[k + 1].split()
        if labels and row.cells[k] == str(len(labels)) and all(map(str.isdigit, labels)):
            break
    else:
        return _Head((), 0, 0, 0)
    plain = row.at(5).lower() == "absorbance"
    first, rows = (row.at(k + 5), row.at(k + 6)) if plain else ("", "")
    told = first.isdigit() and rows.isdigit() and int(first) > 0
    return _Head(
        tuple(labels),
        _COLUMNS.get(row.at(k + 4), 0),
        int(first) - 1 if told else 0,
        int(rows) if told else 0,
    )


def _labels(sheet: Sheet, block: list[Row], told: Sequence[str], count: int) -> list[str]:
    if told and count != len(told):
        raise sheet.wrong(
            f"{block[0].at(1)} has {count} reads, and {len(told)} wavelengths "
            f"({', '.join(told)})",
            block[0].line,
        )
    labels: list[str] = []
    for label in told or ["read"] * count:
        labels.append(label if label not in labels else _next(label, labels))
    return labels


def _runs(cells: Sequence[str], pattern: str) -> list[dict[int, str]]:
    """Return the cells that fit, in runs without a gap: one a read."""
    runs: list[dict[int, str]] = []
    for k, cell in enumerate(cells):
        if not re.fullmatch(pattern, cell, re.IGNORECASE):
            continue
        if not runs or k - 1 not in runs[-1]:
            runs.append({})
        runs[-1][k] = cell
    return runs


def _by_plate(sheet: Sheet, block: list[Row], facts: _Head) -> list[_Wells]:
    head, columns = _header(sheet, block, r"\d{1,2}")
    layers: list[_Wells] = [{} for _ in columns]
    rows = []
    for row in block[head + 1 :]:
        if row.empty:
            break
        rows.append(row)
    if not rows or (facts.rows and len(rows) != facts.rows):
        raise sheet.wrong(
            f"{len(rows)} rows of wells instead of {facts.rows or 'some'}", block[head].line
        )
    for i, row in enumerate(rows, facts.first):
        for layer, run in zip(layers, columns, strict=True):
            layer |= {(i, int(c) - 1): (row.at(k), row.line) for k, c in run.items()}
    return layers


def _by_time(sheet: Sheet, block: list[Row]) -> list[_Wells]:
    head, columns = _header(sheet, block, r"[A-Z]{1,2}\d{1,2}")
    layers: list[_Wells] = []
    for row in block[head + 1 :]:
        if _runs(row.cells, r"[A-Z]{1,2}\d{1,2}"):
            break
        for run in columns:
            if any(row.at(k) for k in run):
                layer = {position(c): (row.at(k), row.line) for k, c in run.items()}
                layers.append(layer)
    if not layers:
        raise sheet.wrong("has no row of wells", block[head].line)
    return layers


def _header(sheet: Sheet, block: list[Row], pattern: str) -> tuple[int, list[dict[int, str]]]:
    runs = _runs(block[1].cells[2:], pattern) if len(block) > 1 else []
    runs = [{k + 2: cell for k, cell in run.items()} for run in runs]
    if not runs:
        raise sheet.wrong("a plate without a row that numbers its wells", block[0].line)
    for run in runs:
        names = list(run.values())
        if len(set(names)) < len(names) or (len(runs) > 1 and names != list(runs[0].values())):
            raise sheet.wrong("wells are named twice or out of order", block[1].line)
        numbered = [int(n) for n in names if n.isdigit()]
        if numbered and numbered != list(range(numbered[0], numbered[0] + len(names))):
            raise sheet.wrong(
                f"the columns of the plate are numbered {', '.join(names)}; possible: 1, 2, "
                "3 ... in order", block[1].line,
            )  # fmt: skip
        if numbered and not 1 <= numbered[0] <= numbered[-1] <= 48:
            raise sheet.wrong(f"no plate has a column {numbered[-1]}", block[1].line)
    return 1, runs


# Groups


def _add_group(sheet: Sheet, block: list[Row], held: _Held) -> None:
    name = block[0].at(0).split(":", 1)[1].strip() or block[0].at(1)
    group = group_of(name, block[1]) if len(block) > 1 else None
    if group is None or not held.plates:
        held.notes.append(f"{sheet.path.name}: the group {name!r} has no wells: left out")
        return
    if group.unit:
        held.units.append(group.unit)
    for member in members(sheet, block[2:], group):
        plate = _plate_of(sheet, member, held)
        held.wells.append(replace(member.well, plate=plate.name))
        if group.role is Role.STANDARD:
            held.standards.setdefault(name, set()).add(plate.name)
        if member.masked:
            held.masked.setdefault(plate.name, []).append(member.well.place)


def _plate_of(sheet: Sheet, member: Member, held: _Held) -> Plate:
    """Return the plate that a row names, else the one above the group."""
    plate = held.plates[-1]
    if member.plate is not None:
        if member.plate not in held.called:
            there = ", ".join(held.called)
            raise sheet.wrong(
                f"there is no plate {member.plate!r}; there are {there}", member.row.line
            )
        plate = next(p for p in held.plates if p.name == held.called[member.plate])
    row, column = position(member.well.place)
    if row >= plate.shape[0] or column >= plate.shape[1]:
        shape = f"{plate.shape[0]} by {plate.shape[1]} wells"
        raise sheet.wrong(
            f"{plate.name} has {shape}, and none called {member.well.place}", member.row.line
        )
    return plate


def _without(plate: Plate, places: list[str]) -> Plate:
    """Return the plate without the wells that were masked."""
    if not places:
        return plate
    rows, columns = np.transpose([position(where) for where in places])
    reads = {label: np.array(grid) for label, grid in plate.reads.items()}
    for grid in reads.values():
        grid[rows, columns] = np.nan
    return Plate(plate.name, reads, plate.unit)
