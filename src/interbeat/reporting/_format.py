"""How numbers, times and shares are written on the page."""

from __future__ import annotations

import math
from datetime import datetime

from interbeat.core.estimate import Estimate, number

__all__ = [
    "HARD",
    "NINETY_FIVE",
    "THIN",
    "clock",
    "interval",
    "join",
    "length",
    "p_value",
    "plural",
    "quality",
    "share",
    "tidy",
    "value",
    "when",
]  # fmt: skip

NINETY_FIVE = "95\N{NARROW NO-BREAK SPACE}%"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip  # our own: strftime's follow the machine's language
MINUS, THIN = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"
HARD = "\N{NO-BREAK SPACE}"


def tidy(text: str) -> str:
    """Write the hyphen of a negative number as a minus sign."""
    return MINUS + text[1:] if text.startswith("-") else text


def value(estimate: Estimate) -> str:
    """Return value and standard error without the unit, in one piece.

    Examples
    --------
    >>> value(Estimate(38.2, 4.1, "ms", 1.0, 58)).replace(HARD, " ")
    '38 ± 4'
    """
    at, se = number(estimate.value, estimate.se), number(estimate.se, estimate.se)
    return f"{tidy(at)}{HARD}±{HARD}{se}"


def interval(estimate: Estimate) -> str:
    """Return the 95 % interval without the unit.

    Examples
    --------
    >>> interval(Estimate(38.2, 4.1, "ms", 1.0, 58)).replace(HARD, " ")
    '30 to 46'
    """
    low, high = (tidy(number(bound, estimate.se)) for bound in estimate.interval)
    return f"{low}{HARD}to{HARD}{high}"


def quality(estimate: Estimate) -> str:
    """Say how much good signal there was behind an estimate, in words.

    A signal that was good while it lasted is not called poor because it ended early.

    Examples
    --------
    >>> quality(Estimate(38.2, 4.1, "ms", 0.97, 58))
    'good signal'
    >>> quality(Estimate(38.2, 4.1, "ms", 0.28, 58)).replace(THIN, " ")
    'usable signal for 28 % of the time, to be read with care'
    """
    if estimate.quality >= 0.8:
        return "good signal"
    usable = f"usable signal for {share(estimate.quality)} of the time"
    return usable if estimate.quality >= 0.5 else f"{usable}, to be read with care"


def p_value(p: float) -> str:
    """Return p with two digits that matter.

    Examples
    --------
    >>> p_value(0.31234), p_value(0.0042), p_value(float("nan"))
    ('0.31', '0.0042', 'none')
    """
    if math.isnan(p):
        return "none"
    return f"{p:.2f}" if p >= 0.1 else f"{p:.2g}"


def share(part: float) -> str:
    """Return a share of one as a percentage that is 0 or 100 only when it is.

    Examples
    --------
    >>> [share(x).replace(THIN, " ") for x in (0, 0.001, 0.5, 0.999, 1)]
    ['0 %', 'under 1 %', '50 %', 'over 99 %', '100 %']
    """
    if 0 < part < 0.01:
        return f"under 1{THIN}%"
    if 0.99 < part < 1:
        return f"over 99{THIN}%"
    return f"{part * 100:.0f}{THIN}%"


def clock(seconds: float) -> str:
    """Return a time since the session began as on a clock.

    Examples
    --------
    >>> clock(75), clock(3725.4), clock(-5)
    ('0:01:15', '1:02:05', '−0:00:05')
    """
    whole = round(abs(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{MINUS * (seconds < 0 < whole)}{hours}:{minutes:02d}:{whole % 60:02d}"


def length(seconds: float) -> str:
    """Return how long something was, in words.

    Examples
    --------
    >>> length(3600), length(95), length(4.25), length(90061)
    ('1 h', '1 min 35 s', '4.2 s', '25 h 1 min 1 s')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n)


def when(start: datetime | None) -> str:
    """Return an instant in words.

    Examples
    --------
    >>> from datetime import timezone
    >>> when(datetime(2024, 3, 5, 14, 2, 10, tzinfo=timezone.utc))
    '5 March 2024, 14:02:10 UTC'
    """
    if start is None:
        return "not known: no file says"
    return f"{start.day} {MONTHS[start.month - 1]} {start.year}, {start:%H:%M:%S %Z}".rstrip()


def plural(n: int, noun: str) -> str:
    """Return `n` and the noun.

    Examples
    --------
    >>> plural(1, "beat"), plural(2, "stretch"), plural(0, "file")
    ('1 beat', '2 stretches', '0 files')
    """
    ending = "es" if noun.endswith("ch") else "s"
    return f"{n} {noun}{ending * (n != 1)}"


def join(words: list[str]) -> str:
    """Return a list as prose.

    Examples
    --------
    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
