"""Quantities: numbers with their units, as people write them ("15 min", "6 /min", "0.5 L")."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from interbeat.core.errors import DataError

__all__ = ["PLAIN", "quantity", "units_like"]

PLAIN = "1"  # the unit of a number that has none
TOO_MUCH = 10**300  # whole numbers beyond are none that a float can hold

# Units that may stand for each other: how many of the first one make one.
_FAMILIES = (
    {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "d": 86400.0},
    {"Hz": 1.0, "/s": 1.0, "1/s": 1.0, "/min": 1 / 60, "1/min": 1 / 60, "bpm": 1 / 60,
     "/h": 1 / 3600, "1/h": 1 / 3600, "1/d": 1 / 86400},
    {"L": 1.0, "mL": 1e-3},
    {"µS": 1.0, "mS": 1e3},
    {"mmHg": 1.0, "kPa": 7.500616827},
    {"pg/mL": 1.0, "ng/mL": 1e3, "ng/L": 1.0},
    {"nmol/L": 1.0, "µmol/L": 1e3},
    {"V": 1.0, "mV": 1e-3, "µV": 1e-6},
    {"years": 1.0, "year": 1.0},
    {PLAIN: 1.0, "%": 0.01, "ppm": 1e-6},
)  # fmt: skip
_SPELLINGS = {
    "sec": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "hour": "h",
    "hours": "h", "day": "d", "days": "d", "l": "L", "ml": "mL", "uS": "µS", "μS": "µS",
    "umol/L": "µmol/L", "uV": "µV", "y": "years", "": PLAIN, "beats/min": "bpm",
    "breaths/min": "/min",
}  # fmt: skip
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


def quantity(given: object, unit: str) -> float:
    """Return what was written, in `unit`.

    Parameters
    ----------
    given : object
        ``"15 min"``; a bare number only where `unit` is ``"1"``.
    unit : str
        In which the value is wanted.

    Returns
    -------
    float
        Finite.

    Raises
    ------
    DataError
        If it is no number with a unit, or the unit measures something else.

    Examples
    --------
    >>> quantity("15 min", "s"), quantity("6 /min", "Hz"), quantity("66 bpm", "bpm")
    (900.0, 0.1, 66.0)
    >>> quantity("6 mL", "s")
    Traceback (most recent call last):
    interbeat.core.errors.DataError: '6 mL' is not in s; possible units: s, ms, min, h, d
    """
    number, written = _taken_apart(given, unit)
    if not math.isfinite(number):
        raise DataError(f"{given!r} is no finite number")
    if written == unit:
        return number
    for family in _FAMILIES:
        if unit in family and written in family:
            return number * family[written] / family[unit]
    raise DataError(f"{given!r} is not {_said(unit)}; possible units: {units_like(unit)}")


def units_like(unit: str) -> str:
    """Return the units in which something that is measured in `unit` may be written."""
    likes: Iterable[str] = next((family for family in _FAMILIES if unit in family), [unit])
    return ", ".join("none" if one == PLAIN else one for one in likes)


def _taken_apart(given: object, unit: str) -> tuple[float, str]:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return (float(given) if abs(given) < TOO_MUCH else math.inf), PLAIN
    found = _NUMBER.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise DataError(f"{given!r} is not a number {_with(unit)}")
    return float(found[1]), _SPELLINGS.get(found[2], found[2])


def _said(unit: str) -> str:
    return "a plain number" if unit == PLAIN else f"in {unit}"


def _with(unit: str) -> str:
    return "from 0 up" if unit == PLAIN else f'with its unit, as in "1 {unit}"'
