"""Groups of SoftMax Pro: which wells hold which standards, samples and controls."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from interbeat.core.errors import DataError
from interbeat.core.plate import Role, Well, place, position
from interbeat.sources.plates._cells import number
from interbeat.sources.plates._naming import unit_in
from interbeat.sources.plates._sheet import Row, Sheet

__all__ = ["Group", "Member", "group_of", "members"]

_ANY = re.IGNORECASE
_CONCENTRATION = re.compile(r"(standard ?value|conc(entration)?|nominal|expected)\b", _ANY)
_DILUTION = re.compile(r"dil(ution)?s?( ?factor)?$|factor$", _ANY)
_WELLS = re.compile(r"wells?$", _ANY)
_PLATE = re.compile(r"wellplatename$", _ANY)
_ROLES = (
    (re.compile(r"nsb|non-?specific", _ANY), Role.NONSPECIFIC),
    (re.compile(r"blank|\bblks?\b", _ANY), Role.BLANK),
    (re.compile(r"unkn?o?w?n?s?|sample", _ANY), Role.SAMPLE),
    (re.compile(r"control|ctrls?\b|ctl|\bqc", _ANY), Role.CONTROL),
    (re.compile(r"standard|\bstds?\b|calib", _ANY), Role.STANDARD),
)


@dataclass(frozen=True, slots=True)
class Group:
    """What a group is, and in which columns it holds what; None where it has none."""

    name: str
    role: Role
    unit: str
    wells: int
    amount: int | None
    dilution: int | None
    plate: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """One well of a group.

    Parameters
    ----------
    row : Row
        Where it stands.
    well : Well
        What is in it.
    plate : str or None
        Of which plate, as the file calls it; None where the group does not say.
    masked : bool
        Whether it was left out of the calculation.
    """

    row: Row
    well: Well
    plate: str | None
    masked: bool


def group_of(name: str, header: Row) -> Group | None:
    """Return what a group is; None where it names no wells."""
    wells = _column(header, _WELLS)
    if wells is None:
        return None
    role = next((role for said, role in _ROLES if said.search(name)), Role.SAMPLE)
    amount = None if role is Role.SAMPLE else _column(header, _CONCENTRATION)
    unit = "" if amount is None else unit_in(header.cells[amount])
    plate = _column(header, _PLATE)
    return Group(name, role, unit, wells, amount, _column(header, _DILUTION), plate)


def _column(header: Row, pattern: re.Pattern[str]) -> int | None:
    return next((k for k, cell in enumerate(header.cells) if pattern.match(cell)), None)


def members(sheet: Sheet, rows: list[Row], group: Group) -> Iterator[Member]:
    """Give the wells of a group; what stands in a sample's first row holds for its others.

    Raises
    ------
    FormatError
        With the line, where a well is none or a number cannot be read.
    """
    name, amount, dilution = group.name, math.nan, 1.0
    for row in rows:
        if row.empty:
            return
        told = row.at(0)
        if told:
            name = f"{group.name} {told}" if told.isdigit() else told
            amount = _number(sheet, row, group.amount, math.nan)
            dilution = _number(sheet, row, group.dilution, 1.0)
        if row.at(group.wells):
            try:
                where = place(*position(row.at(group.wells)))
                well = Well(where, group.role, name, concentration=amount, dilution=dilution)
            except DataError as error:
                raise sheet.wrong(str(error), row.line) from error
            plate = None if group.plate is None else row.at(group.plate)
            masked = any(cell.lower() == "masked" for cell in row.cells)
            yield Member(row, well, plate, masked)


def _number(sheet: Sheet, row: Row, column: int | None, default: float) -> float:
    if column is None or not row.at(column):
        return default
    value = number(row.at(column))
    if value is None or math.isinf(value) or value < 0:
        raise sheet.wrong(f"{row.at(column)!r} is no concentration and no dilution", row.line)
    return default if math.isnan(value) else value
