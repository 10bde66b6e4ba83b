"""Words that flags of plates are written in: one place, so that reports and tests agree."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "ABOVE",
    "BELOW",
    "EXTRACTION",
    "FAINT",
    "NOT_READ",
    "SATURATED",
    "TORN",
    "above_limit",
    "below_limit",
    "differ",
    "extraction",
    "recovered",
    "some",
    "unique",
]

SATURATED = "saturated: more than the reader can read"
FAINT = "fainter than the reader can read"
TORN = "some of its wells are beyond the reader and some are not: repeat"
NOT_READ = "not read"
BELOW, ABOVE = "below", "above"
EXTRACTION = {True: "extracted", False: "unextracted", None: "extraction not stated"}


def extraction(extracted: bool | None) -> str:
    """Return how a sample's extraction is spoken of.

    Examples
    --------
    >>> extraction(True), extraction(None)
    ('extracted', 'extraction not stated')
    """
    return EXTRACTION[extracted]


def below_limit(limit: float, unit: str) -> str:
    """Say that a concentration is below what can be quantified.

    Examples
    --------
    >>> below_limit(15.6, "pg/mL")
    'below the limit of quantification: under 15.6 pg/mL, not zero'
    """
    return (
        f"below the limit of quantification: under {limit:.4g} {unit}".rstrip() + ", not zero"
    )


def above_limit(limit: float, unit: str) -> str:
    """Say that a concentration is above what can be quantified.

    Examples
    --------
    >>> above_limit(1000, "pg/mL")
    'above the limit of quantification: over 1000 pg/mL, dilute and repeat'
    """
    over = f"over {limit:.4g} {unit}".rstrip()
    return f"above the limit of quantification: {over}, dilute and repeat"


def differ(what: str, cv: float, most: float) -> str:
    """Say that what should be the same differs.

    Examples
    --------
    >>> differ("responses of replicates", 0.31, 0.2)
    'responses of replicates differ: CV 31 %, above 20 %; kept'
    """
    return f"{what} differ: CV {100 * cv:.0f} %, above {100 * most:.0f} %; kept"


def recovered(share: float) -> str:
    """Say that values were divided by what extraction kept.

    Examples
    --------
    >>> recovered(0.8)
    'divided by the recovery of extraction, 0.8'
    """
    return f"divided by the recovery of extraction, {share:g}"


def some(count: int, of: int, what: str) -> str:
    """Say of how many wells something is true.

    Examples
    --------
    >>> some(1, 2, NOT_READ)
    '1 of 2 wells not read'
    """
    return f"{count} of {of} wells {what}"


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """Return words, each once and in order, empty ones left out.

    Examples
    --------
    >>> unique(["a", "", "b", "a"])
    ('a', 'b')
    """
    return tuple(dict.fromkeys(word for word in words if word))
