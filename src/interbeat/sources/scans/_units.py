"""Units of time and of activity, as files of scans spell them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from interbeat.core.errors import FormatError

__all__ = [
    "ACTIVITY", "TIMES", "activity_in", "like_activity", "same_time", "same_unit", "seconds_in",
    "time_in_name", "unit_in_name",
]  # fmt: skip

TIMES: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0)
    | dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0)
    | dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0)
    | dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3)
)

# What we call it, and by what to multiply.
ACTIVITY: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "kbq/ml": ("kBq/mL", 1.0),
        "bq/ml": ("Bq/mL", 1.0),
        "mbq/ml": ("kBq/mL", 1e3),
        "nci/ml": ("kBq/mL", 0.037),
        "uci/ml": ("kBq/mL", 37.0),
        "suv": ("SUV", 1.0),
        "g/ml": ("SUV", 1.0),
    }
)
POSSIBLE = "kBq/mL, Bq/mL, MBq/mL, nCi/mL, µCi/mL (or per cc) and SUV"
_UNSAID = {"", "n/a", "na", "unknown", "none", "arbitrary", "a.u.", "au", "."}
_BRACKETED = re.compile(r"^(.*?)\s*[\[(]\s*([^\])]*?)\s*[\])]\s*$")


def seconds_in(word: str, path: Path, where: str) -> float:
    """Return how many s the unit of time is; 0 where the file names none.

    Raises
    ------
    FormatError
        If it is no unit of time.
    """
    plain = word.strip().lower().rstrip(".")
    if plain in _UNSAID:
        return 0.0
    if plain not in TIMES:
        raise FormatError(
            path, f"{word.strip()[:40]!r} is no unit of time; possible: s, min, h, ms", where
        )
    return TIMES[plain]


def activity_in(word: str, path: Path, where: str) -> tuple[str, float]:
    """Return what we call a unit of activity, and what to multiply by; ``""`` where unsaid.

    Raises
    ------
    FormatError
        If it is not known.
    """
    plain = _plain(word)
    if plain in _UNSAID:
        return "", 1.0
    if plain not in ACTIVITY:
        raise FormatError(
            path,
            f"{word.strip()[:40]!r} is no unit of activity known here; possible: {POSSIBLE}",
            where,
        )
    return ACTIVITY[plain]


def _plain(word: str) -> str:
    plain = "".join(word.lower().split()).replace("µ", "u").replace("μ", "u")
    plain = re.sub(r"ccm|cc|cm\^?3|cm³|ml\^?-1", "ml", plain)
    plain = plain.replace("*ml", "/ml").replace("·ml", "/ml")
    return re.sub(r"(?<=bq|ci)ml", "/ml", plain)


def time_in_name(label: str) -> tuple[str, str]:
    """Return the label of a time without its unit, in brackets or after a ``_``, and the unit.

    Examples
    --------
    >>> time_in_name("frame_start_s"), time_in_name("time (min)"), time_in_name("start")
    (('frame_start', 's'), ('time', 'min'), ('start', ''))
    """
    name, unit = unit_in_name(label)
    if unit:
        return name, unit
    found = re.match(r"^(.+)[_ .-]([a-zA-Z]+)$", name)
    if found and found[2].lower() in TIMES:
        return found[1], found[2]
    return name, ""


def like_activity(word: str) -> bool:
    """Whether a word in brackets is meant as a unit of activity, and not as a side."""
    return "/" in word or _plain(word) in ACTIVITY


def same_time(one: str, other: str) -> bool:
    """Whether two spellings are of one unit of time."""
    names = [word.strip().lower().rstrip(".") for word in (one, other)]
    return names[0] == names[1] or TIMES.get(names[0], 0.0) == TIMES.get(names[1], 1.0)


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings are of one unit of activity."""
    return _plain(one) == _plain(other)


def unit_in_name(label: str) -> tuple[str, str]:
    """Return a label without the unit in brackets at its end, and the unit.

    Examples
    --------
    >>> unit_in_name("start[seconds]"), unit_in_name("frame_end (min)"), unit_in_name("FC")
    (('start', 'seconds'), ('frame_end', 'min'), ('FC', ''))
    """
    found = _BRACKETED.match(label)
    return (found[1].strip(), found[2]) if found else (label.strip(), "")
