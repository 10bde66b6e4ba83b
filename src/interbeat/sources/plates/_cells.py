"""Cells: what readers write into wells, turned into numbers, and what was no number named."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.plate import Plate, place
from interbeat.sources.plates._sheet import Row, Sheet

__all__ = [
    "SHAPES",
    "Strip",
    "column_numbers",
    "grid_of",
    "number",
    "numbers",
    "plate_of",
    "plate_shape",
    "row_of_letter",
    "rows_missing",
    "strips_below",
    "wells_of",
]

SHAPES = ((2, 3), (3, 4), (4, 6), (6, 8), (8, 12), (16, 24), (32, 48))
OVER = re.compile(
    r"over|ovr?flw|over[ -]?flow|over ?range|out|#*sat(urated)?|\*{2,}|#{2,}|"
    r"\+?inf(inity)?|>.*",
    re.IGNORECASE,
)
UNDER = re.compile(r"under|underflow|under ?range|-inf(inity)?|<.*", re.IGNORECASE)
LEFT_OUT = re.compile(
    r"mask(ed)?|\*[^*]+\*|missed|empty|excluded|error|invalid|nonum|n/?a|nan|null|none|-+|\?+|"
    r"#(n/a|num!|value!|div/0!)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?(?:\d*,\d+)(?:[eE][+-]?\d+)?")
THOUSANDS = re.compile(r"[1-9]\d{1,2},\d{3}")  # no density; 12,345 light units?
LETTERS = re.compile(r"[A-Z]|A[A-F]", re.IGNORECASE)
HUGE = 1e100  # no reader writes such numbers, and their squares overflow
FEWEST = 3  # columns that make a header
NAMED = 12  # wells in one note
Wells = Mapping[tuple[int, int], tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of one grid: the wells of one row of the plate.

    Parameters
    ----------
    row : int
        Of the plate, from 0.
    line : int
        Of the file.
    label : str
        What stands behind the wells.
    cells : mapping of int to str
        By column of the plate, from 0.
    """

    row: int
    line: int
    label: str
    cells: Mapping[int, str]


def number(text: str) -> float | None:
    """Return a cell's number, infinite where the reader overflowed; None if it is none.

    Examples
    --------
    >>> number("0.25"), number("0,25"), number("OVRFLW"), number("Masked"), number("abc")
    (0.25, 0.25, inf, nan, None)
    """
    text = text.strip()
    if NUMBER.fullmatch(text) or COMMA.fullmatch(text):
        value = float(text.replace(",", "."))
        return value if abs(value) < HUGE else None
    if not text or LEFT_OUT.fullmatch(text):
        return math.nan
    if OVER.fullmatch(text):
        return math.inf
    return -math.inf if UNDER.fullmatch(text) else None


def numbers(
    sheet: Sheet, wells: Wells, shape: tuple[int, int], subject: str
) -> tuple[FloatArray, list[str]]:
    """Return the wells as numbers, and what was read where there was none.

    Raises
    ------
    FormatError
        With line and well, where a cell is neither a number nor a word that readers use.
    """
    out = np.full(shape, np.nan)
    words: dict[str, list[str]] = defaultdict(list)
    points = [w for w, (text, _) in wells.items() if "." in text and NUMBER.fullmatch(text)]
    commas = [where for where, (text, _) in wells.items() if COMMA.fullmatch(text)]
    doubtful = next((w for w in commas if THOUSANDS.fullmatch(wells[w][0])), None)
    if doubtful is not None:
        text, line = wells[doubtful]
        raise sheet.wrong(
            f"{place(*doubtful)} is {text!r}: does its comma mark decimals or thousands? Save "
            "the numbers without marks of thousands",
            line,
        )
    if points and commas:
        line = wells[commas[0]][1]
        raise sheet.wrong(
            f"{place(*commas[0])} is {wells[commas[0]][0]!r} and {place(*points[0])} is "
            f"{wells[points[0]][0]!r}; decimals are marked by points or by commas, not both",
            line,
        )
    for where, (text, line) in wells.items():
        value = number(text)
        if value is None:
            raise sheet.wrong(f"{place(*where)} is {text[:40]!r}, which is no number", line)
        out[where] = value
        if not math.isfinite(value) and text:
            words[text].append(place(*where))
    notes = [_said(subject, text, places) for text, places in words.items()]
    return out, notes + [f"{subject}: commas taken as decimal points"] * bool(commas)


def _said(subject: str, text: str, places: list[str]) -> str:
    value = number(text)
    meant = {math.inf: "beyond the reader: infinite", -math.inf: "below it: minus infinity"}
    more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
    wells = ", ".join(places[:NAMED]) + more
    return f"{subject}: {text!r} in {wells} taken as {meant.get(value or 0, 'no reading')}"


def plate_shape(wells: Iterable[tuple[int, int]], columns: int = 0) -> tuple[int, int] | None:
    """Return rows and columns of the smallest plate that has these wells; None if none has.

    Examples
    --------
    >>> plate_shape([(0, 0)], columns=12), plate_shape([(15, 3)]), plate_shape([(40, 0)])
    ((8, 12), (16, 24), None)
    """
    held = list(wells)
    rows = max((row for row, _ in held), default=0) + 1
    columns = max(columns, max((column for _, column in held), default=0) + 1)
    return next((s for s in SHAPES if s[0] >= rows and s[1] >= columns), None)


def column_numbers(sheet: Sheet, start: int) -> dict[int, int] | None:
    """Return which cell stands over which column of the plate (from 0); None if no header.

    A header may lack the cell over the letters, as tables written by R do.

    Raises
    ------
    FormatError
        Where the numbers are out of order, missing or twice: columns may be swapped.
    """
    row = sheet.rows[start]
    found = {k: int(cell) for k, cell in enumerate(row.cells) if re.fullmatch(r"\d{1,2}", cell)}
    filled = [k for k, cell in enumerate(row.cells) if cell]
    if len(found) < FEWEST or len(found) < len(filled):
        return None
    shift = 0
    if 0 in found:
        below = sheet.rows[start + 1] if start + 1 < len(sheet.rows) else Row(0, ())
        if row_of_letter(below.at(0)) is None:
            return None
        shift = 1
    given = list(found.values())
    if given != list(range(given[0], given[0] + len(given))) or not 1 <= given[0] <= 48:
        shown = ", ".join(map(str, given))
        raise sheet.wrong(
            f"the columns of the plate are numbered {shown}; possible: 1, 2, 3 ... in order",
            row.line,
        )
    return {k + shift: value - 1 for k, value in found.items()}


def row_of_letter(text: str, columns: int = 0) -> int | None:
    """Return which row of the plate (from 0) a letter names; of 1536 wells, ``a`` follows Z.

    Examples
    --------
    >>> row_of_letter("A"), row_of_letter("h"), row_of_letter("AF"), row_of_letter("f", 48)
    (0, 7, 31, 31)
    """
    if not LETTERS.fullmatch(text):
        return None
    if columns == 48 and text in "abcdef":
        return 26 + ord(text) - ord("a")
    upper = text.upper()
    return ord(upper[-1]) - ord("A") + 26 * (len(upper) - 1)


def strips_below(sheet: Sheet, start: int) -> tuple[list[Strip], int]:
    """Return the lines of wells under the header in row `start`, and the row after them.

    A row of wells may be followed by more without a letter: further reads of the same wells.

    Raises
    ------
    FormatError
        Where rows of the plate are out of order or twice.
    """
    columns = column_numbers(sheet, start)
    if columns is None:
        raise sheet.wrong("is no header of a plate", sheet.rows[start].line)
    width, last, at = max(columns.values()) + 1, max(columns), -1
    strips: list[Strip] = []
    for k in range(start + 1, len(sheet.rows)):
        row = sheet.rows[k]
        letter = row_of_letter(row.at(0), width)
        if letter is None and (row.at(0) or row.empty or at < 0):
            return strips, k
        if letter is not None and letter <= at:
            raise sheet.wrong(f"row {row.at(0)} of the plate stands out of order", row.line)
        at = at if letter is None else letter
        label = next((cell for cell in row.cells[last + 1 :] if cell), "")
        cells = {column: row.at(cell) for cell, column in columns.items()}
        strips.append(Strip(at, row.line, label, cells))
    return strips, len(sheet.rows)


def wells_of(strips: Iterable[Strip]) -> dict[tuple[int, int], tuple[str, int]]:
    """Return text and line by row and column of the plate."""
    return {(s.row, c): (text, s.line) for s in strips for c, text in s.cells.items()}


def grid_of(sheet: Sheet, strips: list[Strip], subject: str) -> tuple[FloatArray, list[str]]:
    """Return one grid as numbers, and what was odd about it.

    Raises
    ------
    FormatError
        With the line: no number in a well, a row twice, more wells than any plate has.
    """
    held = [strip.row for strip in strips]
    if len(set(held)) < len(held):
        line = next(s.line for k, s in enumerate(strips) if s.row in held[:k])
        raise sheet.wrong("a row of the plate has more than one line", line)
    wells = wells_of(strips)
    shape = plate_shape(wells, max(column for _, column in wells) + 1)
    if shape is None:
        raise sheet.wrong("has more wells than any plate", strips[0].line)
    values, notes = numbers(sheet, wells, shape, subject)
    notes += rows_missing(strips, shape, subject)
    if not sheet.whole and strips[-1].line == sheet.rows[-1].line:
        last = max(c for c, text in strips[-1].cells.items() if text or c == 0)
        notes.append(
            f"{subject}: the file ends in the middle of a line; {place(held[-1], last)} may be "
            "cut short"
        )
    return values, notes


def rows_missing(strips: Iterable[Strip], shape: tuple[int, int], subject: str) -> list[str]:
    """Return a note on the rows of the plate that the file has not; none where it has all."""
    held = {strip.row for strip in strips}
    missing = [place(row, 0)[:-1] for row in range(shape[0]) if row not in held]
    if not missing:
        return []
    return [f"{subject}: the file has no rows {', '.join(missing)}: taken as not read"]


def plate_of(sheet: Sheet, name: str, reads: Mapping[str, FloatArray], unit: str) -> Plate:
    """Return the plate.

    Raises
    ------
    FormatError
        If its reads are of different shape.
    """
    try:
        return Plate(name, reads, unit)
    except DataError as error:
        raise sheet.wrong(str(error)) from error
