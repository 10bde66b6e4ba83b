"""First lines by which a text file says in whose format it is."""

from __future__ import annotations

import re
from pathlib import Path

from interbeat.sources._text import Text

__all__ = ["E4", "OPENSIGNALS", "POLAR", "begins", "is_taken"]

POLAR = re.compile(r"phone (?:data rx )?timestamp *;", re.IGNORECASE)
OPENSIGNALS = re.compile("# OpenSignals")
E4 = re.compile(r"\d{10}\.\d+(?:, ?(?:IBI|\d{10}\.\d+, ?\d{10}\.\d+))?\s*$")


def begins(path: Path, *patterns: re.Pattern[str]) -> bool:
    """Whether `path` is text whose first line begins with one of `patterns`."""
    text = Text.head_of(path)
    first = "".join(text.first_lines(1)) if text is not None else ""
    return any(pattern.match(first) for pattern in patterns)


def is_taken(path: Path) -> bool:
    """Whether `path` is text in a format that has its own reader."""
    return begins(path, POLAR, OPENSIGNALS, E4)
