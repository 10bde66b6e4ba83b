"""A sheet: a file of text with one line of labels, and rows of cells below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import FormatError
from interbeat.sources._layout import split
from interbeat.sources._text import Text

__all__ = [
    "WHICH", "Sheet", "number_in", "parted_by", "plain_label", "rows_of", "scan_names",
    "sheet_of",
]  # fmt: skip

MISSING = {"", ".", "nan", "na", "n/a", "null", "none", "-", "--"}
# How the labels of columns that tell scans apart are called, as `plain_label` gives them.
WHICH = MappingProxyType(
    {
        "scan": ("pet", "scan", "scanid", "petid", "measurement"),
        "person": (
            "subject",
            "subjectid",
            "subjname",
            "participant",
            "participantid",
            "person",
        ),
        "session": ("session", "ses", "visit"),
    }
)
MOST = 20_000_000  # cells; a scan has thousands


@dataclass(frozen=True, slots=True)
class Sheet:
    """The labels and rows of one file."""

    text: Text
    labels: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    comma: bool  # whether 0,75 may be three quarters: where commas do not part the cells

    def column(self, place: int) -> FloatArray:
        """Return the numbers of one column, NaN where a cell says that it has none."""
        label = repr(self.labels[place][:40])
        cells = (row[place] for row in self.rows)
        return np.array(
            [
                number_in(self.text, cell, line, label, comma=self.comma)
                for line, cell in zip(self.lines, cells, strict=True)
            ],
            dtype=np.float64,
        )

    def words(self, place: int) -> list[str]:
        """Return the cells of one column."""
        return [row[place] for row in self.rows]


def sheet_of(path: Path) -> Sheet:
    """Return the sheet that a file holds; lines that begin with # are comments.

    Raises
    ------
    FormatError
        If it has no rows, or a row has more or fewer cells than there are labels.
    """
    text = Text.of(path)
    held = [
        (k, line)
        for k, line in enumerate(text.lines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if len(held) < 2:
        raise text.wrong(
            "has labels at most, and no rows below them", held[0][0] if held else 1
        )
    delimiter = parted_by(held[0][1])
    labels = split(held[0][1], delimiter)
    while labels and not labels[-1]:
        labels.pop()
    if len(labels) * len(held) > MOST:
        raise text.wrong("is far too long for the curves of a scan")
    rows = tuple(_row(text, split(line, delimiter), len(labels), k) for k, line in held[1:])
    lines = tuple(k for k, _ in held[1:])
    return Sheet(text, tuple(labels), lines, rows, comma=delimiter != ",")


def rows_of(sheet: Sheet, rows: IntArray) -> Sheet:
    """Return some rows of a sheet, under its labels."""
    return Sheet(
        sheet.text,
        sheet.labels,
        tuple(sheet.lines[k] for k in rows),
        tuple(sheet.rows[k] for k in rows),
        comma=sheet.comma,
    )


def scan_names(sheet: Sheet, of: Mapping[str, int]) -> list[str]:
    """Return of which scan each row is, as the columns for it tell; empty where none does."""
    by = ["scan"] if "scan" in of else ["person", "session"]
    words = [sheet.words(of[kind]) for kind in by if kind in of]
    return ["_".join(cells) for cells in zip(*words, strict=True)]


def plain_label(label: str) -> str:
    """Return a label in lower case, letters and digits only."""
    return "".join(mark for mark in label.lower() if mark.isalnum())


def parted_by(line: str) -> str | None:
    """Return what parts the cells of a line of labels; None for blanks."""
    return next((mark for mark in ("\t", ";", ",") if mark in line), None)


def _row(text: Text, cells: Sequence[str], width: int, line: int) -> tuple[str, ...]:
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != width:
        raise text.wrong(f"{len(cells)} cells under {width} labels", line)
    return tuple(cells)


def number_in(text: Text, cell: str, line: int, column: str, *, comma: bool = True) -> float:
    """Return the number in a cell, NaN where it says that there is none.

    Raises
    ------
    FormatError
        If it is no finite number.
    """
    plain = cell.strip().lower()
    if plain in MISSING:
        return np.nan
    plain = plain.replace(",", ".") if comma else plain
    try:
        value = float(plain) if "_" not in plain else np.inf
    except ValueError:
        value = np.inf
    if not np.isfinite(value):
        raise _no_number(text, cell, line, column)
    return value


def _no_number(text: Text, cell: str, line: int, column: str) -> FormatError:
    return text.wrong(f"{cell.strip()[:40]!r} is not a number", line, column)
