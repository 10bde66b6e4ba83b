"""BMG LABTECH MARS: grids of wells under "Raw Data", or one well a line with its content."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from interbeat.core.arrays import FloatArray
from interbeat.core.plate import PlateRun, Role, Well, place
from interbeat.sources._text import Text
from interbeat.sources.plates._cells import (
    Strip,
    column_numbers,
    grid_of,
    number,
    plate_of,
    strips_below,
)
from interbeat.sources.plates._listed import well_at, wells_listed
from interbeat.sources.plates._naming import role_called, unit_in
from interbeat.sources.plates._reader import plate_reader
from interbeat.sources.plates._sheet import Row, Sheet, text_of
from interbeat.sources.plates._units import unit_of

__all__: list[str] = []

_RAW = re.compile(r"raw data\s*\(([^)]*)\)?", re.IGNORECASE)
_FILTER = re.compile(r"(\d{3})(?: \d+)?")  # 450 1: at 450 nm, by filter 1
_SIGNS = ("Test name:", "Test run no.:", "Test Name:", "Test ID:")


@dataclass(frozen=True, slots=True)
class _Held:
    """What the file holds, in either form."""

    reads: Mapping[str, FloatArray]
    notes: list[str]
    wells: tuple[Well, ...] = ()
    unit: str = ""


def _accepts(path: Path) -> bool:
    head = Text.head_of(path)
    if head is None:
        return False
    held = "\n".join(head.first_lines(8))
    return "User:" in held[:2000] and any(sign in held for sign in _SIGNS)


@plate_reader(
    "bmg_mars", (".csv", ".txt"), title="BMG LABTECH MARS export (CSV)", accepts=_accepts
)
def read(path: Path) -> PlateRun:
    """Return the plate of a MARS export, and what its wells hold where it says so.

    What MARS calculated (blanks subtracted, averages) is left out. A row of wells that ends
    early has wells that were not read.

    Raises
    ------
    FormatError
        With the line: no raw data, rows or columns out of order, no number in a well,
        kinetics.
    """
    sheet = text_of(path)
    header = next((k for k, row in enumerate(sheet.rows) if _content(row) >= 0), None)
    held = _grids(sheet) if header is None else _list(sheet, header)
    if not held.reads:
        raise sheet.wrong("has no 'Raw Data' with wells under it")
    measured, said = _unit(sheet)
    name = _name(sheet)
    return PlateRun(
        (plate_of(sheet, name, held.reads, measured),),
        held.wells,
        unit=held.unit,
        source=path.name,
        inferences=tuple(dict.fromkeys([*held.notes, *said])),
    )


def _fields(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Give what stands before and after each first colon of the head: ``ID1: plate 7``."""
    for row in sheet.rows[:12]:
        for cell in row.cells:
            name, colon, value = cell.partition(":")
            if colon:
                yield " ".join(name.split()).lower(), " ".join(value.split())


def _name(sheet: Sheet) -> str:
    said = {name: value for name, value in _fields(sheet) if value}
    return said.get("id1") or sheet.path.stem


def _unit(sheet: Sheet) -> tuple[str, list[str]]:
    cells = [cell for row in sheet.rows[:12] for cell in row.cells if ":" not in cell]
    unit = next((unit for cell in cells if (unit := unit_of(cell))), "")
    if unit:
        return unit, []
    return "", [f"{sheet.path.name}: the unit is not known, because its head names no method"]


def _label(told: str, taken: Mapping[str, object]) -> str:
    told = " ".join(told.split()) or "read"
    short = _FILTER.fullmatch(told)
    label = short[1] if short else told
    return told if label in taken else label


def _grids(sheet: Sheet) -> _Held:
    reads: dict[str, FloatArray] = {}
    notes: list[str] = []
    for title, strips in _titled(sheet):
        raw = _RAW.match(title)
        if raw is None:
            notes.append(f"{sheet.path.name}: left out, as calculated: {title or 'a grid'}")
            continue
        label = _label(raw[1], reads)
        if label in reads:
            raise sheet.wrong(f"has {title!r} twice; kinetics are not taken", strips[0].line)
        reads[label], more = grid_of(sheet, strips, f"{sheet.path.name}, {label}")
        notes += more
    return _Held(reads, notes)


def _titled(sheet: Sheet) -> Iterator[tuple[str, list[Strip]]]:
    k, title = 0, ""
    while k < len(sheet.rows):
        row = sheet.rows[k]
        if column_numbers(sheet, k) is None:
            title = " ".join(row.at(0).split()) or title
            k += 1
            continue
        strips, k = strips_below(sheet, k)
        if not strips:
            raise sheet.wrong("a header of a plate without rows under it", row.line)
        yield title, strips
        title = ""


# One well a line


def _content(row: Row) -> int:
    """Return the column "Content" of a row that heads a list of wells; -1 if it is none."""
    cells = [" ".join(cell.lower().split()) for cell in row.cells]
    if "content" not in cells or not cells[0].startswith("well"):
        return -1
    return cells.index("content")


def _list(sheet: Sheet, header: int) -> _Held:
    head = sheet.rows[header]
    content = _content(head)
    where = [k for k, cell in enumerate(head.cells) if cell.lower().startswith("well")]
    labels: dict[int, str] = {}
    for k, cell in enumerate(head.cells):
        raw = _RAW.match(cell)
        if raw:
            labels[k] = _label(raw[1], {label: k for k, label in labels.items()})
    if len(set(labels.values())) < len(labels):
        raise sheet.wrong("has one filter twice; kinetics are not taken", head.line)
    rows = [row for row in sheet.rows[header + 1 :] if not row.empty]
    if rows and rows[0].at(content).lower() == "time":
        rows = rows[1:]
    if not rows or not labels:
        raise sheet.wrong("has no wells, or no column 'Raw Data'", head.line)
    reads, notes = wells_listed(sheet, rows, where, labels)
    amount = _column(head, r"(standard )?conc")
    diluted = _column(head, r"dilution")
    wells = [
        _well(sheet, row, where, (row.at(content), row.at(amount), row.at(diluted)))
        for row in rows
        if row.at(content)
    ]
    left = [
        " ".join(cell.split())
        for k, cell in enumerate(head.cells)
        if cell and k not in {*labels, *where, content, amount, diluted}
    ]
    if left:
        notes.append(f"{sheet.path.name}: left out, as calculated: {', '.join(left)}")
    unit = unit_in(head.at(amount))
    return _Held(reads, notes, tuple(wells), unit)


def _column(head: Row, pattern: str) -> int:
    cells = [" ".join(cell.lower().split()) for cell in head.cells]
    return next((k for k, cell in enumerate(cells) if re.match(pattern, cell)), -1)


def _well(sheet: Sheet, row: Row, where: list[int], told: tuple[str, str, str]) -> Well:
    content, amount, diluted = told
    role, name = _role(content)
    concentration = _number(sheet, row, amount)
    dilution = _number(sheet, row, diluted)
    known = role in {Role.STANDARD, Role.CONTROL}
    return Well(
        place(*well_at(sheet, row, where)),
        role,
        name,
        concentration=concentration if known else math.nan,
        dilution=dilution if dilution > 0 else 1.0,
    )


def _role(content: str) -> tuple[Role, str]:
    """Return role and name of ``Sample X1``, ``Standard S1``, ``Negative control N``."""
    words = content.split()
    roles = [role for word in words if len(word) > 2 and (role := role_called(word))]
    named = [word for word in words if re.fullmatch(r"[A-Z]{1,2}\d*", word)]
    return (roles[0] if roles else Role.SAMPLE), (named[0] if named else content)


def _number(sheet: Sheet, row: Row, text: str) -> float:
    value = number(text)
    if value is None or math.isinf(value) or value < 0:
        raise sheet.wrong(f"{text!r} is no concentration and no dilution", row.line)
    return value
