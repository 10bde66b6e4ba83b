"""Tecan Magellan: a workbook with one well a line, one column a measurement."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from interbeat.core.errors import FormatError
from interbeat.core.plate import Plate, PlateRun, Role, Well, place
from interbeat.sources.plates._listed import WELL, well_at, wells_listed
from interbeat.sources.plates._naming import role_of_name
from interbeat.sources.plates._reader import plate_reader
from interbeat.sources.plates._sheet import Row, Sheet, sheet_of
from interbeat.sources.plates._units import unit_of

__all__: list[str] = []

_HEAD = "well positions"
_NM = re.compile(r"(\d{3,4}) ?nm")
_SAID = re.compile(r"(Measurement wavelength|Measurement mode|Unit): *(.+)", re.IGNORECASE)
_PLACES = {"layout", "sample id", "name", "plate"}


def _accepts(path: Path) -> bool:
    with suppress(FormatError):
        return _header(sheet_of(path)) >= 0
    return False


def _header(sheet: Sheet) -> int:
    heads = (k for k, row in enumerate(sheet.rows[:30]) if row.at(0).lower() == _HEAD)
    return next(heads, -1)


@plate_reader(
    "magellan", (".xlsx", ".csv", ".txt"), title="Tecan Magellan workbook", accepts=_accepts
)
def read(path: Path) -> PlateRun:
    """Return the plate of a Magellan workbook.

    Labels become wavelengths where the lines under the wells say which they are.

    Raises
    ------
    FormatError
        With the line: no wells, one twice, no number in a well, no column that was measured.
    """
    sheet = sheet_of(path)
    header = _header(sheet)
    if header < 0:
        raise sheet.wrong("has no column 'Well positions'")
    head = sheet.rows[header]
    rows = [row for row in sheet.rows[header + 1 :] if WELL.fullmatch(row.at(0))]
    said = [row for row in sheet.rows[header + 1 :] if not WELL.fullmatch(row.at(0))]
    if not rows:
        raise sheet.wrong("has no wells", head.line)
    called = [k for k, c in enumerate(head.cells) if k and c and c.lower() not in _PLACES]
    labels, notes = _labels(sheet, head, called, said)
    reads, more = wells_listed(sheet, rows, [0], labels)
    unit, told = _unit(sheet, said)
    return PlateRun(
        (Plate(path.stem, reads, unit),),
        tuple(_wells(sheet, head, rows)),
        source=path.name,
        inferences=tuple(dict.fromkeys([*notes, *more, *told])),
    )


def _told(said: Sequence[Row], name: str) -> list[str]:
    found = [_SAID.match(cell) for row in said for cell in row.cells[:2]]
    return [match[2].strip() for match in found if match and match[1].lower() == name]


def _labels(
    sheet: Sheet, head: Row, called: Sequence[int], said: Sequence[Row]
) -> tuple[Mapping[int, str], list[str]]:
    """Return which column is which read; the wavelengths stand below, in the same order."""
    if not called:
        raise sheet.wrong("has no column that was measured", head.line)
    given = [head.cells[k] for k in called]
    if len(set(given)) < len(given):
        raise sheet.wrong(f"has columns of one name: {', '.join(given)}", head.line)
    found = [_NM.search(text) for text in _told(said, "measurement wavelength")]
    waves = [match[1] for match in found if match]
    if len(waves) != len(called) or len(set(waves)) < len(waves):
        return dict(zip(called, given, strict=True)), []
    pairs = ", ".join(f"{a} is {b} nm" for a, b in zip(given, waves, strict=True))
    note = f"{sheet.path.name}: wavelengths taken in the order of the columns: {pairs}"
    return dict(zip(called, waves, strict=True)), [note]


def _unit(sheet: Sheet, said: Sequence[Row]) -> tuple[str, list[str]]:
    modes = sorted({unit_of(mode) for mode in _told(said, "measurement mode")} - {""})
    if len(modes) > 1:
        raise sheet.wrong(f"holds {' and '.join(modes)} of one plate; export one of them")
    if modes:
        return modes[0], []
    units = sorted(set(_told(said, "unit")))
    if len(units) == 1:
        return units[0], []
    return "", [f"{sheet.path.name}: the unit is not known, because the file names none"]


def _wells(sheet: Sheet, head: Row, rows: Sequence[Row]) -> list[Well]:
    """Return what is in the wells, where a column "Layout" says so."""
    columns = [k for k, cell in enumerate(head.cells) if cell.lower() == "layout"]
    if not columns:
        return []
    wells = []
    for row in rows:
        name = row.at(columns[0])
        role, sure = role_of_name(name)
        if name and (sure or role is Role.SAMPLE):
            wells.append(Well(place(*well_at(sheet, row, [0])), role, name))
    return wells
