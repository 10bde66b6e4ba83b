"""Listed wells: one well a line, and one column a read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.plate import place, position
from interbeat.sources.plates._cells import numbers, plate_shape
from interbeat.sources.plates._sheet import Row, Sheet

__all__ = ["well_at", "wells_listed"]

FEWEST = 12  # columns: nobody lists the wells of a smaller plate one by one
WELL = re.compile(r"[A-Z]{1,2}\d{1,2}", re.IGNORECASE)


def well_at(sheet: Sheet, row: Row, columns: Sequence[int]) -> tuple[int, int]:
    """Return row and column of the plate, from 0, that one or two cells name together.

    Raises
    ------
    FormatError
        With the line, where they name none.
    """
    try:
        return position("".join(row.at(column) for column in columns))
    except DataError as error:
        raise sheet.wrong(str(error), row.line) from error


def wells_listed(
    sheet: Sheet, rows: Sequence[Row], where: Sequence[int], labels: Mapping[int, str]
) -> tuple[dict[str, FloatArray], list[str]]:
    """Return the reads of wells that are listed one a line, and what was odd about them.

    Parameters
    ----------
    sheet : Sheet
        For messages.
    rows : sequence of Row
        One a well.
    where : sequence of int
        Columns that together name the well.
    labels : mapping of int to str
        Column of each read, and what to call it.

    Raises
    ------
    FormatError
        With the line: no well, one twice, no number.
    """
    wells: dict[tuple[int, int], Row] = {}
    for row in rows:
        at = well_at(sheet, row, where)
        if at in wells:
            raise sheet.wrong(f"well {place(*at)} stands in it twice", row.line)
        wells[at] = row
    shape = plate_shape(wells, FEWEST)
    if shape is None or not wells:
        raise sheet.wrong(f"{len(wells)} wells make no plate", rows[0].line if rows else 0)
    reads: dict[str, FloatArray] = {}
    notes: list[str] = []
    for column, label in labels.items():
        cells = {at: (row.at(column), row.line) for at, row in wells.items()}
        reads[label], more = numbers(sheet, cells, shape, f"{sheet.path.name}, {label}")
        notes += more
    if not sheet.whole and rows[-1].line == sheet.rows[-1].line:
        notes.append(
            f"{sheet.path.name}: the file ends in the middle of a line; "
            f"{place(*well_at(sheet, rows[-1], where))} may be cut short"
        )
    return reads, notes
