"""Sheets: the rows and cells of a plate reader's export, whatever file they come in."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from interbeat.core.errors import FormatError
from interbeat.sources._edge import reading
from interbeat.sources._text import Text

__all__ = ["Row", "Sheet", "sheet_of", "text_of", "workbook_of"]

LARGEST = 50_000_000  # bytes: a plate of 1536 wells with ten reads is a tenth of a megabyte
WIDEST, EMPTY = 128, 300  # columns of a workbook; empty rows after which nothing is expected
DELIMITERS = ("\t", ";", ",")
SEPARATOR = re.compile(r'"?sep=(\\t|.)"?')


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands in the file, and its cells without blanks around them."""

    line: int
    cells: tuple[str, ...]

    def at(self, column: int) -> str:
        """Return a cell, ``""`` beyond the last."""
        return self.cells[column] if 0 <= column < len(self.cells) else ""

    @property
    def empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file.

    Parameters
    ----------
    path : Path
        For messages.
    rows : tuple of Row
        Empty ones too.
    whole : bool
        Whether the last line has its end; where it has not, the file may have been cut.
    """

    path: Path
    rows: tuple[Row, ...]
    whole: bool = True

    def wrong(self, problem: str, line: int = 0) -> FormatError:
        """Return the error that says what is wrong, and where."""
        return FormatError(self.path, problem, f"line {line}" if line else "")


def sheet_of(path: Path) -> Sheet:
    """Return the rows of a text file or of a workbook's first sheet.

    Raises
    ------
    FormatError
        If the file is neither.
    """
    return workbook_of(path) if path.suffix.lower() in {".xlsx", ".xlsm"} else text_of(path)


def text_of(path: Path, delimiter: str = "") -> Sheet:
    """Return the rows of a text file; a quoted cell may hold line breaks.

    Parameters
    ----------
    path : Path
        Text in any of the encodings that people save.
    delimiter : str
        Between cells; by default tab, ``;`` or ``,``, whichever the file has, or white space
        where it has none of them.

    Raises
    ------
    FormatError
        If it is no text, or far larger than an export is.
    """
    _check_size(path)
    text = Text.of(path)
    lines = list(text.lines())
    told = SEPARATOR.fullmatch(lines[0].strip()) if lines else None
    part = told[1].replace("\\t", "\t") if told else delimiter or _delimiter(lines)
    return Sheet(path, tuple(_rows(text, lines, part, 1 if told else 0)), _ends(path))


def _delimiter(lines: list[str]) -> str:
    """Return the first of tab, ``;`` and ``,`` that half as many lines have as have any."""
    counts = {d: sum(d in line for line in lines) for d in DELIMITERS}
    most = max(counts.values())
    return next(d for d, k in counts.items() if k >= most / 2) if most else " "


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FormatError(path, f"cannot be read: {error.strerror}") from error
    if size > LARGEST:
        raise FormatError(path, f"has {size} bytes; an export of plates has under {LARGEST}")


def _rows(text: Text, lines: list[str], part: str, skip: int) -> Iterator[Row]:
    if part == " ":
        yield from (Row(k, tuple(line.split())) for k, line in enumerate(lines, 1))
        return
    reader = csv.reader((f"{line}\n" for line in lines[skip:]), delimiter=part)
    line = skip + 1
    try:
        for cells in reader:
            yield Row(line, tuple(_plain(cell) for cell in cells))
            line = skip + reader.line_num + 1
    except csv.Error as error:
        raise text.wrong(f"has cells that cannot be told apart: {error}", line) from error


def _plain(cell: str) -> str:
    """Return a cell on one line: heads of columns are broken where a page was narrow."""
    return " ".join(cell.split())


def _ends(path: Path) -> bool:
    """Whether the last line has its end, in one byte a letter or two."""
    return path.read_bytes()[-2:].strip(b"\0")[-1:] in {b"\n", b"\r"}


def workbook_of(path: Path) -> Sheet:
    """Return the rows of a workbook's first sheet.

    Raises
    ------
    FormatError
        If it is no workbook, or unfolds to far more than an export holds.
    """
    _check_size(path)
    with reading(path, "workbook"):
        held = io.BytesIO(path.read_bytes())  # openpyxl leaves a damaged file open
        with zipfile.ZipFile(held) as archive:
            unfolded = sum(member.file_size for member in archive.infolist())
        if unfolded > 4 * LARGEST:
            raise FormatError(path, f"unfolds to {unfolded} bytes; an export has far fewer")
        import openpyxl  # noqa: PLC0415 - a fifth of a second, for few files

        book = openpyxl.load_workbook(held, read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_col=WIDEST, values_only=True)
        return Sheet(path, tuple(_until_empty(rows)))


def _until_empty(rows: Iterator[tuple[object, ...]]) -> Iterator[Row]:
    held: list[Row] = []
    for line, values in zip(count(1), rows, strict=False):
        cells = tuple("" if value is None else _plain(str(value)) for value in values)
        held.append(Row(line, cells))
        if any(cells):
            yield from chain(held)
            held = []
        elif len(held) > EMPTY:
            return
