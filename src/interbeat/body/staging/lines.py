"""Lines: where in a TOML file each table and each key stands, which tomllib does not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

__all__ = ["Place", "line_of", "lines_of"]

Place = tuple[str | int, ...]  # ("events", 2, "pace"): as one would index what tomllib returns

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_STRING = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')


def lines_of(text: str) -> Mapping[Place, int]:
    r"""Return the line, from 1, of each table and key of a TOML document that is sound.

    What stands inside of an inline table or an array has the line of the key that it belongs
    to.

    Parameters
    ----------
    text : str
        The document.

    Returns
    -------
    mapping of tuple to int

    Examples
    --------
    >>> lines_of('title = "x"\n[[events]]\npace = "6 /min"\n[a.history]\n"a voice" = 1')
    {('title',): 1, ('events',): 2, ('events', 0): 2, ('events', 0, 'pace'): 3, ('a',): 4,
    ('a', 'history'): 4, ('a', 'history', 'a voice'): 5}
    """
    found: dict[Place, int] = {}
    seen: Counter[Place] = Counter()
    table: Place = ()
    inside = _Inside()
    for k, line in enumerate(text.split("\n"), start=1):  # TOML knows no other end
        if inside.begins_in(line):
            continue
        if header := _HEADER.match(line):
            table = place = _numbered(_parts(header[2]), seen, many=header[1] == "[[")
        elif key := _KEY.match(line):
            place = table + _parts(key[1])
            inside.opened_by(line[key.end() :])
        else:
            continue
        for depth in range(1, len(place) + 1):
            found.setdefault(place[:depth], k)
    return found


def line_of(place: Place, lines: Mapping[Place, int]) -> int:
    """Return the line of `place`, or of the nearest thing around it; 1 for the file."""
    for depth in range(len(place), 0, -1):
        if place[:depth] in lines:
            return lines[place[:depth]]
    return 1


def _parts(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _numbered(parts: Place, seen: Counter[Place], *, many: bool) -> Place:
    """Return the place of a header: what is an array of tables is followed by a number."""
    place: Place = ()
    for depth, part in enumerate(parts, start=1):
        place = (*place, part)
        if many and depth == len(parts):
            seen[place] += 1
        if place in seen:
            place = (*place, seen[place] - 1)
    return place


class _Inside:
    """Whether a line lies inside of an array or of a string that began on an earlier one."""

    def __init__(self) -> None:
        self._depth, self._quotes = 0, ""

    def begins_in(self, line: str) -> bool:
        """Whether `line` begins inside; it may end outside."""
        if not (self._depth or self._quotes):
            return False
        self.opened_by(line)
        return True

    def opened_by(self, rest: str) -> None:
        """Go on to the end of `rest`, of one line."""
        while rest:
            if self._quotes:
                _, closed, rest = rest.partition(self._quotes)
                self._quotes = "" if closed else self._quotes
                continue
            mark = _STRING.search(rest)
            plain = rest[: mark.start()] if mark else rest
            self._depth += sum(map(plain.count, "[{")) - sum(map(plain.count, "]}"))
            if mark is None:
                return
            rest = rest[mark.end() :]
            if mark[0] in {'"""', "'''"}:
                self._quotes = mark[0]
