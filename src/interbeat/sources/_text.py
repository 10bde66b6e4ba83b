"""Text files: bytes made readable, and their cells turned into numbers."""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import FormatError
from interbeat.sources._arrow import LARGE, floats, wholes
from interbeat.sources._layout import COMMENT, Layout, layout_of, seconds_of, split, value_of

__all__ = ["Text"]

LARGEST = 1_000_000_000  # bytes: a day of three channels at 250 Hz is half of it
HEAD = 65_536  # bytes that say how a file is laid out
_CONTROLS = [bytes([code]) for code in (*range(9), *range(14, 32), 127)]


class Text:
    """The text of one file, or of one member of an archive.

    Parameters
    ----------
    path : Path
        For messages.
    raw : bytes
        What it holds, or its first bytes.
    member : str
        Of an archive or folder, for messages.

    Raises
    ------
    FormatError
        If the bytes are no text.
    """

    def __init__(self, path: Path, raw: bytes, member: str = "") -> None:
        self.path, self._raw, self._member = path, raw, member
        if not raw or raw.isspace():
            raise self.wrong("is empty")
        encoding = _encoding(raw[:HEAD])
        if encoding is None:
            raise self.wrong("is no text: it holds bytes that no text has")
        self._encoding = encoding

    @classmethod
    def of(cls, path: Path) -> Text:
        """Return the whole text of `path`."""
        try:
            if path.stat().st_size > LARGEST:
                raise FormatError(
                    path, f"has over {LARGEST} bytes of text; split it, or use EDF"
                )
            return cls(path, path.read_bytes())
        except OSError as error:
            raise FormatError(path, f"cannot be read: {error.strerror}") from error

    @classmethod
    def head_of(cls, path: Path) -> Text | None:
        """Return the beginning of `path`, up to its last whole line; None if it is no text."""
        try:
            with path.open("rb") as handle:
                raw = handle.read(HEAD)
            text = cls(path, raw)
        except (OSError, FormatError):
            return None
        if len(raw) < HEAD:
            return text
        held = raw.decode(text._encoding, "ignore")
        return cls(path, (held[: held.rfind("\n") + 1] or held).encode())

    def wrong(self, problem: str, line: int = 0, column: str = "") -> FormatError:
        """Return the error that says what is wrong, and where."""
        where = (self._member, f"line {line}" if line else "", column)
        return FormatError(self.path, problem, ", ".join(part for part in where if part))

    def lines(self) -> Iterator[str]:
        """Give each line, without its end.

        Raises
        ------
        FormatError
            Where bytes do not follow the encoding.
        """
        count = 0
        try:
            for line in self._handle():
                count += 1
                yield line.rstrip("\n")
        except UnicodeError as error:
            raise self.wrong(f"is not {self._encoding} text: {error}", count + 1) from error

    def _handle(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self._raw), self._encoding)

    def first_lines(self, count: int) -> list[str]:
        """Return the first lines, `count` at most."""
        return [line for line, _ in zip(self.lines(), range(count), strict=False)]

    def layout(self) -> Layout:
        """Return how the rows are laid out, from the first lines.

        Raises
        ------
        FormatError
            If no row of numbers is found.
        """
        head = Text(self.path, self._raw[: 2 * HEAD], self._member)
        lines = _whole(head, cut=len(self._raw) > 2 * HEAD)
        found = layout_of(lines)
        if found is None:
            raise self.wrong("has no rows of numbers", min(len(lines), 1))
        return found

    def numbers(self, layout: Layout, columns: Sequence[int] | None = None) -> FloatArray:
        """Return the rows as numbers, shape (rows, columns); NaN where a cell is empty.

        Times of day and dates are in seconds (since 1970 where there is a date).

        Raises
        ------
        FormatError
            With the line and column where a cell is no number, or a row too short or long.
        """
        wanted = list(range(layout.columns)) if columns is None else list(columns)
        try:
            table = self._quickly(layout, wanted)
        except (ValueError, IndexError, OverflowError):
            return self._slowly(layout, wanted)
        return self._slowly(layout, wanted) if np.isinf(table).any() else table

    def integers(self, layout: Layout, column: int) -> IntArray:
        """Return one column as whole numbers, exact to 64 bits.

        Raises
        ------
        FormatError
            With the line where a cell is no whole number.
        """
        if self._suits_arrow(layout):
            with suppress(ValueError):
                width = self._width(layout)
                return wholes(self._raw, self._encoding, layout, column, width=width)
        try:
            column_only = np.loadtxt(
                self._handle(), dtype=np.int64, delimiter=layout.delimiter,
                skiprows=layout.skip, usecols=[column], quotechar='"', ndmin=1,
            )  # fmt: skip
        except (ValueError, IndexError, OverflowError):
            return self._integers_slowly(layout, column)
        return column_only

    def _integers_slowly(self, layout: Layout, column: int) -> IntArray:
        out = array("q")
        for line, cells in self.rows(layout):
            try:
                out.append(int(cells[column]))
            except (ValueError, OverflowError):
                raise self.wrong(
                    f"{cells[column][:40]!r} is no whole number", line, layout.named(column)
                ) from None
        return np.frombuffer(out, dtype=np.int64) if out else np.empty(0, dtype=np.int64)

    def rows(self, layout: Layout) -> Iterator[tuple[int, list[str]]]:
        """Give the line number and the cells of each row.

        Raises
        ------
        FormatError
            Where a row has too few or too many cells.
        """
        for k, line in enumerate(self.lines(), 1):
            if k <= layout.skip or not line.strip() or line.lstrip().startswith(COMMENT):
                continue
            cells = split(line, layout.delimiter)
            if len(cells) == layout.columns + 1 and not cells[-1]:
                cells.pop()
            if len(cells) != layout.columns:
                raise self.wrong(f"{len(cells)} cells instead of {layout.columns}", k)
            yield k, cells

    def line_of(self, layout: Layout, row: int) -> int:
        """Return the number of the line that holds `row`."""
        return next((line for k, (line, _) in enumerate(self.rows(layout)) if k == row), 0)

    def _suits_arrow(self, layout: Layout) -> bool:
        parted = layout.delimiter is not None or layout.columns == 1
        return parted and len(self._raw) > LARGE and not self._encoding.startswith("utf-16")

    def _width(self, layout: Layout) -> int:
        """Return how many cells a row has, counting an empty one after a last delimiter."""
        return layout.columns + self._trailing(layout)

    def _quickly(self, layout: Layout, columns: list[int]) -> FloatArray:
        if self._suits_arrow(layout):
            with suppress(ValueError):
                width = self._width(layout)
                return floats(self._raw, self._encoding, layout, columns, width=width)
        lines: Iterable[str] = self._handle()
        if layout.decimal_comma:
            lines = (line.replace(",", ".") for line in lines)
        single = layout.columns == 1
        all_of_them = columns == list(range(layout.columns)) and not self._trailing(layout)
        return np.loadtxt(
            lines,
            delimiter=layout.delimiter,
            skiprows=layout.skip,
            usecols=None if single or all_of_them else columns,
            converters={k: seconds_of for k in layout.clocks if k in columns} or None,
            quotechar='"',
            ndmin=2,
        )

    def _trailing(self, layout: Layout) -> bool:
        for k, line in enumerate(self.lines()):
            if k >= layout.skip and line.strip():
                return len(split(line, layout.delimiter)) > layout.columns
        return False

    def _slowly(self, layout: Layout, columns: list[int]) -> FloatArray:
        out = array("d")
        for line, cells in self.rows(layout):
            for column in columns:
                try:
                    out.append(value_of(cells[column], layout, clock=column in layout.clocks))
                except ValueError:
                    problem = f"{cells[column][:40]!r} is not a number"
                    raise self.wrong(problem, line, layout.named(column)) from None
        return np.array(out, dtype=np.float64).reshape(-1, len(columns))


def _encoding(raw: bytes) -> str | None:
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                       (b"\xfe\xff", "utf-16")):  # fmt: skip
        if raw.startswith(mark):
            return name
    if b"\0" in raw:
        return _wide(raw)
    odd = sum(raw.count(code) for code in _CONTROLS)
    if odd > len(raw) // 200:
        return None
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_short = error.start >= len(raw) - 3 and error.reason == "unexpected end of data"
        return "utf-8" if cut_short else "latin-1"
    return "utf-8"


def _wide(raw: bytes) -> str | None:
    """UTF-16 without its mark: nearly every other byte is zero."""
    pairs = len(raw) // 2
    if raw[1::2].count(0) > 0.9 * pairs and raw[::2].count(0) == 0:
        return "utf-16-le"
    if raw[::2].count(0) > 0.9 * pairs and raw[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _whole(text: Text, *, cut: bool) -> list[str]:
    lines: list[str] = []
    try:
        lines.extend(text.lines())
    except FormatError:
        if not cut:
            raise
    return lines[:-1] if cut else lines
