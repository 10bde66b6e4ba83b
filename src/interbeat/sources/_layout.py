"""Layouts: how the rows of a text file are laid out, told from its first lines."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

__all__ = ["COMMENT", "MISSING", "Layout", "layout_of", "seconds_of", "split", "value_of"]

COMMENT = "#"
MISSING = {"", "nan", "na", "n/a", "null", "none", "-", "--", "?"}
_EPOCH = datetime(1970, 1, 1)  # for stamps without a zone
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
SOME = 200  # lines that say how the rest is laid out
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
_CLOCK = re.compile(
    r"(?:\d{4}[-/]\d\d?[-/]\d\d?[T ])?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
)
_ONE_COMMA = re.compile(r"[+-]?\d+,\d+")
_UNIT_ROW = re.compile(
    r"[\[(]?(?:m?s|sec|seconds|[mµu]?v|bpm|[µu]s|m?g|m/\(?s\^2\)?|kohms?|mmhg|°?c|degc|%|n/a"
    r"|a\.u\.|no_units)[\])]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a text file are laid out.

    Parameters
    ----------
    delimiter : str or None
        None where white space parts the cells.
    decimal_comma : bool
        Whether ``0,75`` is three quarters.
    labels, units : tuple of str
        Of the columns; empty where the file has no header or names no units.
    skip : int
        Lines before the first row of data.
    columns : int
        Cells in a row.
    clocks : frozenset of int
        Columns whose cells are times of day or dates rather than numbers.
    words : frozenset of int
        Columns whose cells are neither; only under a header.
    """

    delimiter: str | None
    decimal_comma: bool
    labels: tuple[str, ...]
    units: tuple[str, ...]
    skip: int
    columns: int
    clocks: frozenset[int]
    words: frozenset[int] = frozenset()

    def named(self, column: int) -> str:
        """Return what to call `column` in a message."""
        label = self.labels[column] if column < len(self.labels) else ""
        return repr(label) if label else f"column {column + 1}"


def layout_of(lines: list[str]) -> Layout | None:
    """Return the layout under which most of `lines` are rows of numbers, or None."""
    told = next((line for line in lines[:3] if re.fullmatch(r'"?sep=.+', line.strip())), "")
    named = told.strip().strip('"')[4:]
    options = [named.replace("\\t", "\t")] if told else ["\t", ";", ",", None]
    found = [layout for option in options if (layout := _under(lines, option)) is not None]
    if not found:
        return None
    best = max(found, key=lambda layout: (_rows(lines, layout), layout.columns))
    plain = next((layout for layout in found if layout.columns == 1), None)
    comma = best.delimiter == "," and plain is not None and _decimal_commas(lines, best)
    return plain if comma else best


def split(line: str, delimiter: str | None) -> list[str]:
    """Return the cells of `line`, without blanks and quotes around them."""
    if delimiter is None:
        return [cell.strip('"') for cell in line.split()]
    if '"' in line:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        except (csv.Error, StopIteration):
            pass
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def is_clock(cell: str) -> bool:
    """Whether `cell` is a time of day, with or without a date."""
    return _CLOCK.fullmatch(cell.strip()) is not None


def seconds_of(cell: str) -> float:
    """Return a time of day, or a date and time, in seconds; since 1970 where it has a date.

    A stamp without a time zone counts as UTC.

    Examples
    --------
    >>> seconds_of("00:01:30.5"), seconds_of("1970-01-01T00:01:00+00:00")
    (90.5, 60.0)
    """
    if cell[4:5] == "-":  # the common case, at a third of the time
        try:
            return _since_1970(datetime.fromisoformat(cell))
        except ValueError:
            pass
    plain = cell.strip().replace(",", ".").replace("/", "-")
    if not is_clock(plain):
        raise ValueError(f"{cell!r} is no time")
    if plain[4] != "-":
        hours, minutes, rest = re.split(r"[Z+-]", plain)[0].split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(rest)
    padded = re.sub(r"(?<!\d)\d(?=[-T :])", r"0\g<0>", plain)  # 2024-5-1 9:00:00
    return _since_1970(datetime.fromisoformat(padded))


def _since_1970(stamp: datetime) -> float:
    epoch = _EPOCH_UTC if stamp.tzinfo else _EPOCH
    return (stamp - epoch).total_seconds()


def value_of(cell: str, layout: Layout, *, clock: bool) -> float:
    """Return the number in `cell`, NaN where it is empty.

    Raises
    ------
    ValueError
        If it is no finite number, or no time where `clock`.
    """
    if cell.lower() in MISSING:
        return np.nan
    if clock:
        return seconds_of(cell)
    plain = cell.replace(",", ".") if layout.decimal_comma else cell
    if not _NUMBER.fullmatch(plain):
        raise ValueError(cell)
    value = float(plain)
    if not np.isfinite(value):
        raise ValueError(cell)
    return value


def _rows(lines: list[str], layout: Layout) -> int:
    some = lines[layout.skip : layout.skip + SOME]
    rows = (split(line, layout.delimiter) for line in some)
    kept = ([cell for k, cell in enumerate(row) if k not in layout.words] for row in rows)
    return sum(_is_row(row, layout.delimiter) for row in kept)


def _decimal_commas(lines: list[str], layout: Layout) -> bool:
    """Whether ``0,75`` is one number: the whole part is small and does not count up."""
    rows = [line.strip() for line in lines[layout.skip :] if line.strip()]
    if not rows or not all(_ONE_COMMA.fullmatch(row) for row in rows):
        return False
    if len(layout.labels) == 2:
        return False
    whole = [int(row.split(",")[0]) for row in rows]
    counts_up = len(whole) > 2 and all(b > a for a, b in itertools.pairwise(whole))
    return not counts_up


def _is_cell(cell: str, delimiter: str | None) -> bool:
    number = _NUMBER if delimiter == "," else _COMMA_NUMBER
    return number.fullmatch(cell) is not None or cell.lower() in MISSING or is_clock(cell)


def _is_row(cells: list[str], delimiter: str | None) -> bool:
    some = any(cell.lower() not in MISSING for cell in cells)
    return some and all(_is_cell(cell, delimiter) for cell in cells)


_Content = list[tuple[int, list[str]]]  # number and cells of each line that holds something


def _under(lines: list[str], delimiter: str | None) -> Layout | None:
    content = [
        (k, split(line, delimiter))
        for k, line in enumerate(lines)
        if line.strip() and not line.lstrip().startswith(COMMENT)
    ]
    place = _first_row(content, delimiter)
    if place is None:
        return _under_header(content, delimiter)
    k, first = content[place]
    body = [cells for _, cells in content[place : place + SOME] if len(cells) == len(first)]
    above = [cells for _, cells in content[max(0, place - 2) : place]]
    told = [split(line.lstrip(" #"), delimiter) for line in lines[:k] if line[:1] == COMMENT]
    return _laid_out(k, delimiter, body=body, above=above or told[-1:])


def _under_header(content: _Content, delimiter: str | None) -> Layout | None:
    """Lay out rows that hold words beside numbers, where a header says what is what."""
    if len(content) < 3 or delimiter is None:
        return None
    header, body = content[0][1], [cells for _, cells in content[1:SOME]]
    width = len(header)
    if any(_is_told(cell, delimiter) for cell in header) or {len(r) for r in body} != {width}:
        return None
    numbers = [k for k in range(width) if all(_is_cell(row[k], delimiter) for row in body)]
    told = [k for k in numbers if any(_is_told(row[k], delimiter) for row in body)]
    if not told:
        return None
    flat = [[row[k] if k in told else "" for k in range(width)] for row in body]
    found = _laid_out(content[1][0], delimiter, body=[[*row, "0"] for row in flat], above=[])
    return replace(
        found,
        labels=tuple(header),
        columns=width,
        words=frozenset(range(width)) - frozenset(told),
    )


def _is_told(cell: str, delimiter: str | None) -> bool:
    return cell.lower() not in MISSING and _is_cell(cell, delimiter)


def _first_row(content: _Content, delimiter: str | None) -> int | None:
    """Return the place of the first row of data, or None.

    Four rows alike are data; so is one like them further up, past a line that is none (which
    is then a mistake in the data rather than a heading).
    """
    for place, (_, cells) in enumerate(content[:SOME]):
        after = [row for _, row in content[place : place + 4]]
        if all(len(row) == len(cells) and _is_row(row, delimiter) for row in after):
            return next(
                k
                for k, (_, row) in enumerate(content)
                if len(row) == len(cells) and _is_row(row, delimiter)
            )
    return None


def _laid_out(
    skip: int, delimiter: str | None, *, body: list[list[str]], above: list[list[str]]
) -> Layout:
    width = len(body[0])
    if width > 1 and all(not row[-1] for row in body):
        width -= 1  # each row ends with its delimiter
    heads = [row[:width] for row in above if len(row) in {width, width + 1}]
    if len(heads) == 2 and not any(_UNIT_ROW.fullmatch(cell) for cell in heads[1]):
        heads = heads[1:]  # a title stood above the labels
    if heads and not any(cell for cell in heads[-1]):
        heads = heads[:-1]
    flat = [cell for row in body for cell in row]
    clocks = frozenset(
        k for k in range(width) if any(is_clock(row[k]) for row in body) and ":" in body[0][k]
    )
    return Layout(
        delimiter=delimiter,
        decimal_comma=delimiter != ","
        and any("," in cell for cell in flat if not is_clock(cell))
        and not any("." in cell for cell in flat if not is_clock(cell)),
        labels=tuple(heads[0]) if heads else (),
        units=tuple(heads[1]) if len(heads) == 2 else (),
        skip=skip,
        columns=width,
        clocks=clocks,
    )
