"""What is said of the findings that the model was asked for: on the page and in a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

from interbeat.core.estimate import number
from interbeat.reporting._format import HARD, tidy
from interbeat.validation import Examined, Origin, Part

__all__ = ["counts", "headline", "measured", "notes", "origins", "tolerance", "verdict"]

DIGITS = 3  # of a number in which nothing is random
ORIGINS: tuple[Origin, ...] = get_args(Origin)


def measured(part: Part) -> str:
    """Return what the model gave, with its standard error and unit; or that it gave nothing."""
    found, unit = part.measured, part.tolerance.unit
    if not math.isfinite(found.value):
        return "no number"
    if found.se > 0:
        said = f"{tidy(number(found.value, found.se))}{HARD}±{HARD}{number(found.se, found.se)}"
    else:
        said = tidy(f"{found.value:.{DIGITS}g}")
    return f"{said}{HARD}{unit}".rstrip(HARD)


def tolerance(part: Part) -> str:
    """Return between what the number must be, in words."""
    words = [tidy(word) for word in str(part.tolerance).split(" ")]
    return " ".join(words)


def verdict(row: Examined) -> str:
    """Return the verdict, and whether chance among the simulated people may have turned it."""
    return row.verdict if row.sure else f"{row.verdict}, not surely"


def notes(row: Examined) -> list[str]:
    """Return what else a reader should know of a row, most important first."""
    found = row.finding
    said = [f"Why it fails: {found.fails}"] if found.fails else []
    said += [
        f"{part.label}{': ' * bool(part.label)}{part.measured.note}"
        for part in row.parts
        if part.measured.note
    ]
    if found.ledger:
        said.append(f"{found.origin.capitalize()}: {found.ledger}")
    if found.second:
        said.append(f"Beside: {found.second}")
    return [_ended(one) for one in said]


def origins(rows: Sequence[Examined]) -> list[tuple[Origin, int, int]]:
    """Return how many rows there are of each origin, and how many of them hold."""
    of = {origin: [r for r in rows if r.finding.origin == origin] for origin in ORIGINS}
    return [(origin, len(those), sum(r.inside for r in those)) for origin, those in of.items()]


def counts(rows: Sequence[Examined]) -> dict[str, int]:
    """Return how many findings were examined, hold, hold though predicted, and so on."""
    predicted = [row for row in rows if row.finding.origin == "predicted"]
    return {
        "findings": len(rows),
        "hold": sum(row.inside for row in rows),
        "predicted": len(predicted),
        "predicted and hold": sum(row.inside for row in predicted),
        "fail as expected": sum(row.verdict == "fails as expected" for row in rows),
        "fail": sum(row.verdict == "fails" for row in rows),
        "hold against expectation": sum(
            row.verdict == "holds against expectation" for row in rows
        ),
        "unverified": sum(not row.finding.verified for row in rows),
        "not sure": sum(not row.sure for row in rows),
    }


def headline(rows: Sequence[Examined]) -> str:
    """Return in a sentence what came out."""
    n = counts(rows)
    return (
        f"{n['hold']} of {n['findings']} findings hold; of {n['predicted']} that were "
        f"predicted, {n['predicted and hold']} hold; chance could have turned {n['not sure']}"
    )


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
