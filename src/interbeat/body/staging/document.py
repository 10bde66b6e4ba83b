"""Document: a TOML file whose every value is asked for by name, and refused with its line."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interbeat.body.staging.lines import Place, line_of, lines_of
from interbeat.body.staging.quantities import PLAIN, quantity
from interbeat.core.errors import DataError, FormatError, SourceError

__all__ = ["SHORTEST", "Table", "opened"]

SHORTEST = 0.1  # s: what happens is told at 10 Hz


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a document: what it holds, and where.

    Parameters
    ----------
    held : mapping
        As tomllib gives it.
    place : tuple
        Where it is in the document.
    path : Path
        Of the document.
    lines : mapping of tuple to int
        Of all of the document.
    """

    held: Mapping[str, Any]
    place: Place
    path: Path
    lines: Mapping[Place, int]

    def __contains__(self, key: str) -> bool:
        return key in self.held

    def line(self, key: str = "") -> int:
        """Return the line of `key`, or of the table."""
        return line_of((*self.place, key) if key else self.place, self.lines)

    def refused(self, problem: str, key: str = "") -> FormatError:
        """Return the error that says what is wrong with `key`, to be raised."""
        return FormatError(self.path, problem, where=f"line {self.line(key)}")

    def only(self, known: Collection[str]) -> None:
        """Refuse a key that is not `known`."""
        for key in self.held:
            if key not in known:
                raise self.refused(f"no such key: {key!r}; possible: {', '.join(known)}", key)

    def word(self, key: str, default: str | None = None, *, among: Collection[str] = ()) -> str:
        """Return a text, which is one of `among` where that is given."""
        value = self._given(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.refused(f"{key} is a text, not {value!r}", key)
        if among and value not in among:
            raise self.refused(f"unknown {key}: {value!r}; possible: {', '.join(among)}", key)
        return value

    def words(self, key: str, *, among: Collection[str] = ()) -> tuple[str, ...]:
        """Return a list of texts; none where there is none."""
        value = self.held.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refused(f"{key} is a list of texts, not {value!r}", key)
        for one in value:
            if among and one not in among:
                raise self.refused(
                    f"unknown in {key}: {one!r}; possible: {', '.join(among)}", key
                )
        return tuple(value)

    def who(self, people: tuple[str, ...]) -> tuple[str, ...]:
        """Return to whom something happens: one of `people`, or all where nobody is named."""
        if "who" not in self:
            return people
        both = ("both",) if len(people) > 1 else ()
        named = self.word("who", among=(*people, *both))
        return people if named == "both" else (named,)

    def yes(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.held.get(key, default)
        if not isinstance(value, bool):
            raise self.refused(f"{key} is true or false, not {value!r}", key)
        return value

    def number(
        self, key: str, unit: str = PLAIN, *, least: float = 0.0, most: float = float("inf"),
        default: float | None = None,
    ) -> float:  # fmt: skip
        """Return a quantity in `unit`, from `least` to `most`."""
        if key not in self.held and default is not None:
            return default
        try:
            value = quantity(self._given(key, None), unit)
        except DataError as error:
            raise self.refused(f"{key}: {error}", key) from error
        if not least <= value <= most:
            spoken = "" if unit == PLAIN else f" {unit}"
            bounds = f"{least:g} to {most:g}{spoken}"
            if most == float("inf"):
                bounds = f"{least:g}{spoken} or more"
            raise self.refused(f"{key} is {bounds}, not {self.held[key]!r}", key)
        return value

    def span(self, seconds: float) -> tuple[float, float]:
        """Return ``start`` and ``length`` (s) of what happens within `seconds`."""
        start = self.number("start", "s", most=seconds, default=0.0)
        if start + SHORTEST > seconds + 1e-6:
            raise self.refused(f"it begins when all is over, at {start:g} s", "start")
        length = self.number("length", "s", least=SHORTEST, default=seconds - start)
        if length > seconds - start + 1e-6:
            raise self.refused(
                f"it lasts until {start + length:g} s, the scenario until {seconds:g} s",
                "length",
            )
        return start, length

    def table(self, key: str) -> Table:
        """Return the table called `key`; an empty one where there is none."""
        value = self.held.get(key, {})
        if not isinstance(value, dict):
            raise self.refused(f"{key} is a table, [{key}], not {value!r}", key)
        return self._of(value, key)

    def tables(self, key: str) -> Iterator[Table]:
        """Give each table of the list called `key`."""
        value = self.held.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.refused(f"{key} is a list of tables, [[{key}]]", key)
        for k, one in enumerate(value):
            yield self._of(one, key, k)

    def _of(self, held: Mapping[str, Any], *place: str | int) -> Table:
        return Table(held, (*self.place, *place), self.path, self.lines)

    def _given(self, key: str, default: object) -> object:
        if key not in self.held and default is None:
            raise self.refused(f"{key} is missing")
        return self.held.get(key, default)


def opened(path: Path) -> Table:
    """Return the whole document at `path`.

    Parameters
    ----------
    path : Path
        Of a TOML file.

    Raises
    ------
    SourceError
        If it cannot be read.
    FormatError
        If it is no TOML, with the line.
    """
    text = _text(path)
    try:
        return Table(tomllib.loads(text), (), path, lines_of(text))
    except tomllib.TOMLDecodeError as error:
        problem, _, at = str(error).partition(" (at ")
        where = at.removesuffix(")").partition(",")[0]
        raise FormatError(path, f"is no TOML: {problem}", where=where) from error
    except RecursionError as error:
        raise FormatError(path, "holds lists in lists, too many to be read") from error
    except ValueError as error:  # of thousands of digits
        raise FormatError(path, "holds a number that is too long to be read") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors begin with a mark
    except OSError as error:
        raise SourceError(path, f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FormatError(path, "is not in UTF-8", where=f"byte {error.start}") from error
    except ValueError as error:
        raise SourceError(path, f"cannot be read: {error}") from error
