"""A plain grid of wells in text or a workbook, with or without letters and numbers around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.core.plate import PlateRun
from interbeat.sources.plates._cells import (
    SHAPES,
    Strip,
    column_numbers,
    grid_of,
    number,
    plate_of,
    row_of_letter,
    strips_below,
)
from interbeat.sources.plates._reader import plate_reader
from interbeat.sources.plates._sheet import Sheet, sheet_of
from interbeat.sources.plates._units import unit_of

__all__: list[str] = []

_WAVELENGTH = re.compile(r"\(?\b([2-9]\d\d)\b ?(?:nm)?\)?", re.IGNORECASE)
_BARE = SHAPES[4:]  # plates that are known by their size alone: 96, 384 and 1536 wells
MOST_BESIDE = 6  # lines of titles a grid
_HIGHEST = 6.0  # optical density that a reader tells from darkness


def _accepts(path: Path) -> bool:
    with suppress(FormatError):
        sheet = sheet_of(path)
        if any(_transposed(sheet, k) for k in range(len(sheet.rows))):
            return True  # to be told what is wrong with it
        heads = [k for k in range(len(sheet.rows)) if _is_header(sheet, k)]
        return bool(_bare(sheet)) or 0 < len(heads) >= _beside(sheet, heads) / MOST_BESIDE
    return False


def _beside(sheet: Sheet, heads: list[int]) -> int:
    """Count the rows that belong to no grid: many are another format's."""
    filled = [row for k, row in enumerate(sheet.rows) if not row.empty and k not in heads]
    return sum(row_of_letter(row.at(0)) is None for row in filled)


def _is_header(sheet: Sheet, start: int) -> bool:
    with suppress(FormatError):
        return column_numbers(sheet, start) is not None
    return True  # numbers out of order: a header, and the reader says what is wrong with it


@plate_reader(
    "grid", (".csv", ".tsv", ".txt", ".xlsx"), title="a grid of wells (8 by 12, 16 by 24 ...)",
    accepts=_accepts,
)  # fmt: skip
def read(path: Path) -> PlateRun:
    """Return the plates that a file has as grids, each with a title above it or none.

    A wavelength in a title (``Plate 1, 450 nm``) is the label of a read; what is left is the
    name of the plate. Numbers up to 6 that are not all whole are taken as optical densities
    where nothing says what they are.

    Raises
    ------
    FormatError
        With the line: no grid, rows or columns out of order or swapped, no number in a well.
    """
    sheet = sheet_of(path)
    grids = list(_titled(sheet)) or [("", _bare(sheet))]
    if not grids[0][1]:
        raise sheet.wrong(
            "has no grid of wells; possible: columns numbered 1 to 12 and rows lettered A to "
            "H, or 8 rows of 12 numbers"
        )
    notes: list[str] = []
    plates: dict[str, dict[str, FloatArray]] = {}
    for k, (title, strips) in enumerate(grids, 1):
        name, label = _called(title, path.stem, k if len(grids) > 1 else 0)
        reads = plates.setdefault(name, {})
        if label in reads:
            raise sheet.wrong(f"{name} has {label!r} twice", strips[0].line)
        reads[label], more = grid_of(sheet, strips, f"{path.name}, {name}")
        notes += more
    unit, said = _unit(sheet, plates)
    return PlateRun(
        tuple(plate_of(sheet, name, reads, unit) for name, reads in plates.items()),
        source=path.name,
        inferences=tuple(dict.fromkeys([*notes, *said])),
    )


def _titled(sheet: Sheet) -> Iterator[tuple[str, list[Strip]]]:
    k, title = 0, ""
    while k < len(sheet.rows):
        row = sheet.rows[k]
        if _transposed(sheet, k):
            raise sheet.wrong(
                "letters stand over the columns of the plate; possible: rows A to H, columns "
                "1 to 12", row.line,
            )  # fmt: skip
        if column_numbers(sheet, k) is None:
            title = " ".join(cell for cell in row.cells if cell) or title
            k += 1
            continue
        strips, k = strips_below(sheet, k)
        if not strips:
            raise sheet.wrong("a header of a plate without rows under it", row.line)
        yield title, strips
        title = ""


def _transposed(sheet: Sheet, start: int) -> bool:
    cells = [cell for cell in sheet.rows[start].cells if cell]
    found = [row_of_letter(cell) for cell in cells if len(cell) == 1]
    return len(found) == len(cells) > 3 and found == list(range(len(cells)))


def _bare(sheet: Sheet) -> list[Strip]:
    """Return the lines of a file that has nothing but the numbers of a plate."""
    rows = [row for row in sheet.rows if not row.empty]
    width = max((len(row.cells) for row in rows), default=0)
    if any(not row.at(width - 1) for row in rows) and all(not r.at(width - 1) for r in rows):
        width -= 1  # a delimiter at the end of each line
    if (len(rows), width) not in _BARE or any(
        number(row.at(c)) is None for row in rows for c in range(width)
    ):
        return []
    return [
        Strip(k, row.line, "", {c: row.at(c) for c in range(width)})
        for k, row in enumerate(rows)
    ]


def _called(title: str, stem: str, count: int) -> tuple[str, str]:
    """Return the plate and the read that a title names."""
    found = _WAVELENGTH.search(title)
    name = _WAVELENGTH.sub("", title, count=1).strip(" ,;:-") if found else title.strip(" :")
    name = re.sub(r"^plate:\s*", "", name, flags=re.IGNORECASE)
    if found and not unit_of(name) and name:
        return name, found[1]
    if found:
        return stem, found[1]
    return name or (f"{stem} {count}" if count else stem), "read"


def _unit(sheet: Sheet, plates: dict[str, dict[str, FloatArray]]) -> tuple[str, list[str]]:
    text = " ".join(cell for row in sheet.rows for cell in row.cells if number(cell) is None)
    if unit_of(text):
        return unit_of(text), []
    values = np.concatenate([g.ravel() for reads in plates.values() for g in reads.values()])
    values = values[np.isfinite(values)]
    if values.size and values.max() <= _HIGHEST and (values % 1).any():
        why = f"nothing says what they are, and all are up to {_HIGHEST:g}"
        return "OD", [f"{sheet.path.name}: unit taken as OD, because {why}"]
    return "", [f"{sheet.path.name}: the unit is not known, because the file names none"]
