"""The layout file: what is in the wells, as a table, as a drawn plate, or both."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interbeat.core.errors import DataError, FormatError
from interbeat.core.plate import Role, Well, place, position
from interbeat.sources.plates._cells import column_numbers, number, strips_below, wells_of
from interbeat.sources.plates._naming import is_zero, role_called, role_of_name, unit_in
from interbeat.sources.plates._sheet import Row, Sheet, sheet_of

__all__ = ["Laid", "layout_in"]

COLUMNS = {
    "well": "well wells position pos wellid wellposition",
    "role": "role type welltype kind content",
    "concentration": "concentration conc nominal expected standardvalue std stdconc amount",
    "dilution": "dilution dil dilutionfactor dilfactor factor",
    "sample": "sample name id samplename sampleid label",
    "person": "person participant subject who participantid subjectid",
    "time": "time seconds s minutes min hours h",
    "plate": "plate platename plateid",
    "spiked": "spiked spike added",
    "analyte": "analyte target",
    "matrix": "matrix fluid specimen",
    "extracted": "extracted extraction",
    "unit": "unit units",
}  # fmt: skip
_MEANT = {word: name for name, words in COLUMNS.items() for word in words.split()}
_SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "min": 60.0,
            "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hour": 3600.0,
            "hours": 3600.0}  # fmt: skip
_YES = dict.fromkeys(("yes", "y", "true", "1", "extracted"), True) | dict.fromkeys(
    ("no", "n", "false", "0", "none", "unextracted"), False
)
_OF_SAMPLES = {"matrix", "extracted"}
_Facts = dict[str, tuple[str, int]]  # what is said, and in which line
_SHARE = re.compile(r"1\s*[:/]\s*(\d+(?:[.,]\d+)?)|(\d+(?:[.,]\d+)?)\s*[x×]", re.IGNORECASE)
_TABLE = (
    "a table with the columns well, role, concentration, dilution, sample, person, time (all "
    "but the first may be left out), or the plate drawn: columns 1 to 12, rows A to H"
)


@dataclass(frozen=True, slots=True)
class Laid:
    """What a layout file says.

    Parameters
    ----------
    wells : tuple of Well
        Each with the plate that the file names, or ``""``.
    said : frozenset of str
        Which of the fields it has a column for, e.g. ``"dilution"``.
    amounts : mapping of (plate, name) to float
        Concentrations by name, plates and names in lower case.
    facts : mapping of str to str
        ``"unit"``, ``"analyte"``, ``"matrix"``, ``"extracted"``, where it says them.
    notes : tuple of str
        What was concluded.
    """

    wells: tuple[Well, ...] = ()
    said: frozenset[str] = frozenset()
    amounts: Mapping[tuple[str, str], float] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def layout_in(path: Path) -> Laid:
    """Return what one layout file says.

    Raises
    ------
    FormatError
        With the line: where it is no layout, names a well twice or one that is none, has a
        role or a number that cannot be read.
    """
    sheet = sheet_of(path)
    head = next((k for k, row in enumerate(sheet.rows) if not row.empty), None)
    if head is None:
        raise sheet.wrong(f"is empty; possible: {_TABLE}")
    if "well" in _fields(sheet, sheet.rows[head], strict=False):
        return _table(sheet, head)
    if any(column_numbers(sheet, k) for k in range(len(sheet.rows))):
        return _drawn(sheet)
    amounts = _amounts(sheet)
    if amounts is None:
        raise sheet.wrong(f"is no layout; possible: {_TABLE}", sheet.rows[head].line)
    return amounts


def _fields(sheet: Sheet, row: Row, *, strict: bool = True) -> dict[str, int]:
    """Return which column holds what; names as people write them, units aside."""
    found: dict[str, int] = {}
    for k, cell in enumerate(row.cells):
        name = _MEANT.get(re.sub(r"[^a-z0-9]", "", re.sub(r"[(\[].*", "", cell).lower()), "")
        if not name and unit_in(cell):
            name = _MEANT.get(re.sub(r"[^a-z]", "", cell.lower().split()[0]), "")
        if name in found and strict:
            first = row.cells[found[name]]
            raise sheet.wrong(f"{first!r} and {cell!r} both are the {name}", row.line)
        if name:
            found.setdefault(name, k)
    return found


def _table(sheet: Sheet, head: int) -> Laid:
    header = sheet.rows[head]
    fields = _fields(sheet, header)
    facts: _Facts = {}
    others: _Facts = {}
    wells: dict[tuple[str, str], Well] = {}
    notes = _unused(sheet, header, fields)
    unit = _unit_of_head(header.at(fields.get("concentration", -1)))
    if unit:
        facts["unit"] = unit, header.line
    for row in sheet.rows[head + 1 :]:
        if row.empty or row.at(0).startswith("#"):
            continue
        if any(row.cells[len(header.cells) :]):
            raise sheet.wrong(
                f"{len(row.cells)} cells under {len(header.cells)} columns; with decimal "
                "commas, part the columns by ';'", row.line,
            )  # fmt: skip
        _gather(sheet, row, fields, facts=facts, others=others)
        well = _well(_Line(sheet, row, header, fields, notes))
        if well is None:
            continue
        if (well.plate, well.place) in wells:
            raise sheet.wrong(f"well {well.place} stands in it twice", row.line)
        wells[well.plate, well.place] = well
    if not wells:
        raise sheet.wrong("names no wells", header.line)
    unit = facts.get("unit", ("", 0))[0]
    if unit and not unit_in(unit):
        notes.append(
            f"{sheet.path.name}: {unit!r} is no unit that is known: taken as it stands"
        )
    return Laid(
        tuple(wells.values()),
        frozenset(fields),
        facts={name: value for name, (value, _) in (others | facts).items()},
        notes=tuple(dict.fromkeys(notes)),
    )


def _unit_of_head(label: str) -> str:
    """Return the unit in ``concentration (pg/mL)``; one that is not known, as it stands."""
    inside = re.search(r"[(\[]([^)\]]+)[)\]]", label)
    return unit_in(label) or (inside[1].strip() if inside else "")


def _unused(sheet: Sheet, header: Row, fields: Mapping[str, int]) -> list[str]:
    left = [c for k, c in enumerate(header.cells) if c and k not in fields.values()]
    if not left:
        return []
    return [f"{sheet.path.name}: columns that are not used: {', '.join(left)}"]


def _gather(
    sheet: Sheet, row: Row, fields: Mapping[str, int], *, facts: _Facts, others: _Facts
) -> None:
    """Take up what is said of the whole run: one unit, one analyte, one matrix of samples."""
    role = role_called(row.at(fields.get("role", -1)))
    of_sample = role in {Role.SAMPLE, None}  # standards may be in buffer, and not extracted
    for name in ("unit", "analyte", "matrix", "extracted"):
        value = row.at(fields.get(name, -1))
        if not value:
            continue
        if name == "extracted":
            if value.lower() not in _YES:
                raise sheet.wrong(f"extracted is yes or no, not {value!r}", row.line)
            value = "yes" if _YES[value.lower()] else "no"
        value = (unit_in(value) or value) if name == "unit" else value
        if name in _OF_SAMPLES and not of_sample:
            others.setdefault(name, (value, row.line))
            continue
        before, line = facts.setdefault(name, (value, row.line))
        if before.lower() != value.lower():
            raise sheet.wrong(
                f"the {name} is {value!r} here and {before!r} in line {line}; a run has one: "
                "give each its own layout",
                row.line,
            )


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the table, read by what its columns are."""

    sheet: Sheet
    row: Row
    header: Row
    fields: Mapping[str, int]
    notes: list[str]

    def at(self, name: str) -> str:
        """Return a cell; ``""`` where there is no such column."""
        return self.row.at(self.fields.get(name, -1))

    def number(self, name: str) -> float:
        """Return a number, NaN where the cell is empty."""
        value = number(self.at(name))
        if value is None or math.isinf(value):
            raise self.wrong(f"the {name} is {self.at(name)!r}, which is no number")
        return value

    def wrong(self, problem: str) -> FormatError:
        """Return the error that says what is wrong in this line."""
        return self.sheet.wrong(problem, self.row.line)

    def note(self, what: str) -> None:
        """Say what was concluded."""
        self.notes.append(f"{self.sheet.path.name}: {what}")


def _well(line: _Line) -> Well | None:
    if not any(line.at(name) for name in ("role", "sample", "concentration")):
        return None
    role, name = _role(line)
    concentration = line.number("concentration")
    if math.isnan(concentration) and (is_zero(line.at("role")) or is_zero(name)):
        concentration = 0.0
    spiked = line.number("spiked")
    try:
        return Well(
            place(*position(line.at("well"))),
            role,
            name or _name(role, concentration, line.at("well")),
            concentration=concentration,
            dilution=_dilution(line),
            spiked=0.0 if math.isnan(spiked) else spiked,
            person=line.at("person"),
            time=_time(line),
            plate=line.at("plate"),
        )
    except DataError as error:
        raise line.wrong(str(error)) from error


def _role(line: _Line) -> tuple[Role, str]:
    told, name = line.at("role"), line.at("sample")
    if told:
        role = role_called(told)
        if role is None:
            raise line.wrong(
                f"{told!r} is no role; possible: standard, sample, control, blank, nonspecific"
            )
        return role, name or (told if re.search(r"\d", told) else "")
    role, sure = role_of_name(name) if name else (Role.STANDARD, False)
    if not sure:
        line.note(f"{name or line.at('well')} has no role: taken as a {role}")
    return role, name


def _name(role: Role, concentration: float, well: str) -> str:
    """Return what to call wells that have no name; samples then are no replicates."""
    if role in {Role.STANDARD, Role.CONTROL} and not math.isnan(concentration):
        return f"{role} {concentration:g}"
    return f"sample {well}" if role is Role.SAMPLE else str(role)


def _dilution(line: _Line) -> float:
    found = _SHARE.fullmatch(line.at("dilution"))
    if found is None:
        value = line.number("dilution")
        return 1.0 if math.isnan(value) else value
    if found[1]:
        line.note("a dilution of 1:4 taken as one part in four")
    return float((found[1] or found[2]).replace(",", "."))


def _time(line: _Line) -> float:
    if ":" in line.at("time"):
        raise line.wrong(
            f"the time is {line.at('time')!r}, a time of day; possible: seconds since the "
            "session began, or minutes in a column 'minutes' or 'time (min)'"
        )
    label = line.header.at(line.fields.get("time", -1))
    inside = re.search(r"[(\[]\s*(\w+)\s*[)\]]", label)
    unit = (inside[1] if inside else "" if label.lower() == "time" else label).lower()
    if unit not in _SECONDS:
        raise line.wrong(f"times in {unit!r}; possible: s, min, h")
    return line.number("time") * _SECONDS[unit]


# Drawn


def _drawn(sheet: Sheet) -> Laid:
    wells: list[Well] = []
    notes: list[str] = []
    plate, k = "", 0
    while k < len(sheet.rows):
        row = sheet.rows[k]
        if column_numbers(sheet, k) is None:
            plate = _plate_named(row) or plate
            k += 1
            continue
        strips, k = strips_below(sheet, k)
        if any(well.plate == plate for well in wells):
            raise sheet.wrong(f"draws the plate {plate!r} twice; call them by name", row.line)
        for where, (name, _) in wells_of(strips).items():
            if name:
                wells.append(_named(where, name, plate))
    if not wells:
        raise sheet.wrong("names no wells")
    samples = {w.name for w in wells if not role_of_name(w.name)[1]}
    if samples:
        notes.append(f"{sheet.path.name}: taken as samples: {', '.join(sorted(samples))}")
    return Laid(tuple(wells), notes=tuple(notes))


def _plate_named(row: Row) -> str:
    if not row.at(0).lower().startswith("plate"):
        return ""
    return row.at(1) or row.at(0).removeprefix("Plate:").strip()


def _named(where: tuple[int, int], name: str, plate: str) -> Well:
    zero = 0.0 if is_zero(name) else math.nan
    return Well(place(*where), role_of_name(name)[0], name, concentration=zero, plate=plate)


# Concentrations by name


def _amounts(sheet: Sheet) -> Laid | None:
    amounts: dict[tuple[str, str], float] = {}
    facts: dict[str, str] = {}
    plate, fields = "", dict[str, int]()
    for row in sheet.rows:
        if row.empty or row.at(0).lower() == "~end":
            continue
        found = _fields(sheet, row, strict=False)
        if {"sample", "concentration"} <= set(found):
            fields = found
            unit = unit_in(row.cells[found["concentration"]])
            facts |= {"unit": unit} if unit else {}
        elif _plate_named(row):
            plate = _plate_named(row)
        elif not fields:
            return None
        else:
            key = plate.lower(), row.at(fields["sample"]).lower()
            if key in amounts:
                raise sheet.wrong(f"{key[1]!r} stands in it twice", row.line)
            amounts[key] = _Line(sheet, row, row, fields, []).number("concentration")
    return Laid(amounts=amounts, facts=facts) if amounts else None
