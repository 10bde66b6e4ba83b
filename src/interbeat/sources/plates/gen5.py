"""Gen5 (BioTek, now Agilent): the text export of endpoint reads, with its layout."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from interbeat.core.plate import Plate, PlateRun, Role, Well, place
from interbeat.sources._text import Text
from interbeat.sources.plates._cells import (
    Strip,
    column_numbers,
    number,
    numbers,
    plate_shape,
    rows_missing,
    strips_below,
    wells_of,
)
from interbeat.sources.plates._naming import role_called
from interbeat.sources.plates._reader import plate_reader
from interbeat.sources.plates._sheet import Row, Sheet, text_of
from interbeat.sources.plates._units import UNITS

__all__: list[str] = []

_SIGNS = ("Software Version", "Procedure Details", "Plate Number", "Experiment File Path:")
_STEP = re.compile(
    r"(Absorbance|Fluorescence|Luminescence|Alpha|TRF)\b.*\b"
    r"(Endpoint|Kinetic|Spectrum|Area Scan|Linear Scan)", re.IGNORECASE,
)  # fmt: skip
_FILTERS = re.compile(r"Excitation: ([^,]+),\s+Emission: ([^,\s]+)")


@dataclass(frozen=True, slots=True)
class _Section:
    """What the file holds on one plate: rows, by place in the sheet."""

    name: str
    rows: range


def _accepts(path: Path) -> bool:
    head = Text.head_of(path)
    if head is None:
        return False
    held = "\n".join(head.first_lines(40))
    return sum(sign in held for sign in _SIGNS) >= 2


@plate_reader(
    "gen5", (".txt", ".tsv", ".csv"), title="BioTek/Agilent Gen5 text export", accepts=_accepts
)
def read(path: Path) -> PlateRun:
    """Return the plates of a Gen5 export, and the layout that it carries.

    What was read is told from what Gen5 calculated (blanks subtracted, concentrations) by the
    wavelengths and filters of the procedure. The dilution that Gen5 writes is the share that
    is sample: 0.5 becomes a dilution of 2.

    Raises
    ------
    FormatError
        With the line: no results, rows or columns out of order, a cell that is no number,
        kinetics or spectra, reads of different kind.
    """
    sheet = text_of(path)
    plates, wells, notes = [], [], []
    for section in _sections(sheet):
        plate, found, told = _plate(sheet, section)
        plates.append(plate)
        wells += found
        notes += told
    return PlateRun(
        tuple(plates), tuple(wells), source=path.name, inferences=tuple(dict.fromkeys(notes))
    )


def _sections(sheet: Sheet) -> list[_Section]:
    starts = [k for k, row in enumerate(sheet.rows) if row.at(0) == "Plate Number"]
    ends = [*starts[1:], len(sheet.rows)]
    if not starts:
        return [_Section("Plate 1", range(len(sheet.rows)))]
    names = [sheet.rows[k].at(1) or f"Plate {i}" for i, k in enumerate(starts, 1)]
    for name in names:
        if names.count(name) > 1:
            raise sheet.wrong(f"holds two plates that are both called {name!r}")
    return [_Section(n, range(a, b)) for n, a, b in zip(names, starts, ends, strict=True)]


def _plate(sheet: Sheet, section: _Section) -> tuple[Plate, list[Well], list[str]]:
    subject = f"{sheet.path.name}, {section.name}"
    rows = [sheet.rows[k] for k in section.rows]
    unit, said = _unit(sheet, rows, subject)
    layout: list[Strip] = []
    results: list[Strip] = []
    for title, strips in _grids(sheet, section):
        if title.lower() == "layout":
            layout = strips
        else:
            results += strips
    if not results:
        raise sheet.wrong(
            f"{section.name} has no results; export them as a matrix", rows[0].line
        )
    width = max(max(s.cells) for s in [*results, *layout]) + 1
    shape = plate_shape(wells_of([*results, *layout]), width)
    if shape is None:
        raise sheet.wrong("has more rows of wells than any plate", results[0].line)
    labels, notes = _raw(rows, list(dict.fromkeys(s.label for s in results)), subject)
    reads = {}
    for label, short in labels.items():
        strips = [s for s in results if s.label == label]
        _check_rows(sheet, strips, rows_read=_rows_read(rows, shape[0]))
        reads[short], more = numbers(sheet, wells_of(strips), shape, f"{subject}, {short}")
        notes += more + rows_missing(strips, shape, f"{subject}, {short}")
    wells, more = _wells(sheet, layout, section.name, subject)
    return Plate(section.name, reads, unit), wells, [*said, *notes, *more]


def _grids(sheet: Sheet, section: _Section) -> Iterator[tuple[str, list[Strip]]]:
    """Give each grid under its title; the title stands on the row above the header."""
    k, title = section.rows.start, ""
    while k in section.rows:
        row = sheet.rows[k]
        if column_numbers(sheet, k) is None:
            title, k = row.at(0), k + 1
            continue
        strips, k = strips_below(sheet, k)
        yield title, strips
        title = ""


def _unit(sheet: Sheet, rows: Sequence[Row], subject: str) -> tuple[str, list[str]]:
    kinds: dict[str, int] = {}
    for row in rows:
        for cell in row.cells[:2]:
            found = _STEP.match(cell)
            if found and found[2].lower() != "endpoint":
                raise sheet.wrong(f"holds a {cell!r}; only endpoint reads are taken", row.line)
            if found:
                kinds.setdefault(found[1].lower(), row.line)
    if len(kinds) > 1:
        raise sheet.wrong(
            f"holds {' and '.join(kinds)} of one plate; export one of them",
            max(kinds.values()),
        )
    if not kinds:
        return "", [f"{subject}: the unit is not known, because the file has no procedure"]
    return UNITS[next(iter(kinds))], []


def _raw(
    rows: Sequence[Row], labels: list[str], subject: str
) -> tuple[dict[str, str], list[str]]:
    """Return which labels are what was read, each with what to call it."""
    held = {t for row in rows for cell in row.cells[:2] for t in _measured(cell)}
    ends = {label: label.rsplit(":", 1)[-1] for label in labels}
    chosen = {
        label: end
        for label, end in ends.items()
        if end in held and not label.lower().startswith("blank ")
    }
    notes = []
    if not chosen:
        chosen = {labels[0]: labels[0] or "read"}
        notes = [f"{subject}: {labels[0]!r} taken as what was read, because it comes first"]
    if len(set(chosen.values())) < len(chosen):
        chosen = {label: label for label in chosen}
    left = [label for label in labels if label not in chosen]
    if left:
        notes.append(f"{subject}: left out, as calculated: {', '.join(left)}")
    return chosen, notes


def _measured(cell: str) -> list[str]:
    """Return the labels of reads that a line of the procedure announces."""
    if cell.startswith("Wavelengths:"):
        return [part.strip() for part in cell.split(":", 1)[1].split(",")]
    found = _FILTERS.search(cell)
    if found:
        return [f"{found[1].strip()},{found[2].strip()}"]
    return ["Lum"] if cell.startswith("Luminescence") else []


def _rows_read(rows: Sequence[Row], all_rows: int) -> int:
    full = any("Full Plate" in row.cells for row in rows)
    return all_rows if full else 0


def _check_rows(sheet: Sheet, strips: list[Strip], *, rows_read: int) -> None:
    held = [s.row for s in strips]
    twice = next((s for k, s in enumerate(strips) if s.row in held[:k]), None)
    if twice is not None:
        raise sheet.wrong(f"row {place(twice.row, 0)[0]} has {twice.label!r} twice", twice.line)
    if rows_read and len(held) < rows_read:
        raise sheet.wrong(
            f"ends early: {strips[0].label or 'the results'} has {len(held)} rows of "
            f"{rows_read}", strips[-1].line,
        )  # fmt: skip


def _wells(
    sheet: Sheet, layout: list[Strip], plate: str, subject: str
) -> tuple[list[Well], list[str]]:
    names = wells_of(s for s in layout if s.label in {"Well ID", ""})
    amounts = wells_of(s for s in layout if s.label == "Conc/Dil")
    given = wells_of(s for s in layout if s.label == "Name")
    wells: list[Well] = []
    notes: list[str] = []
    for where, (text, line) in names.items():
        if not text:
            continue
        role = role_called(text.split(":")[0])
        if role is None:
            role = Role.SAMPLE
            notes.append(f"{subject}: {text!r} taken as a sample")
        told, at = amounts.get(where, ("", line))
        amount = number(told)
        if amount is None or math.isinf(amount) or amount < 0:
            raise sheet.wrong(f"{place(*where)} has {told!r} for concentration or dilution", at)
        name = given.get(where, ("", 0))[0] or text.split(":")[0]
        well = Well(place(*where), role, name, concentration=amount, plate=plate)
        wells.append(well)
    diluted, more = _diluted(wells, subject)
    return diluted, [*notes, *more]


def _diluted(wells: list[Well], subject: str) -> tuple[list[Well], list[str]]:
    """Return the wells with dilutions, which stand where standards have a concentration."""
    known = {Role.STANDARD, Role.CONTROL}
    shares = [w.concentration for w in wells if w.role not in known]
    as_said = all(not share > 1 for share in shares)
    told = [share for share in shares if share > 0 and share != 1]
    out = []
    for well in wells:
        share = well.concentration if as_said and well.concentration > 0 else 1.0
        plain = replace(well, concentration=math.nan, dilution=1 / share)
        out.append(well if well.role in known else plain)
    if not told:
        return out, []
    if as_said:
        return out, [f"{subject}: dilutions taken as shares: 0.5 is one part in two"]
    return out, [
        f"{subject}: the samples have numbers up to {max(told):g} where their dilutions stand; "
        "these are no shares, and left out: a layout file says how they were diluted"
    ]
