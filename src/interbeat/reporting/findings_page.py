"""The page of the findings: what was published, and what the model gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from interbeat.reporting import findings_words as words
from interbeat.reporting.page import template
from interbeat.validation import Examined, Part

__all__ = ["render_findings", "report_findings"]

WIDE, TALL = 240, 26  # of a picture, in its own units
MARGIN = 0.12  # of what a picture shows, left free at either side
REACH = 2.0  # standard errors: about 95 %


@dataclass(frozen=True, slots=True)
class Picture:
    """Where things are in the picture of one number: units from the left edge of it."""

    left: float
    right: float
    low: float
    high: float
    at: float
    closed_left: bool
    closed_right: bool


@dataclass(frozen=True, slots=True)
class PartShown:
    """One number of a row, as the page shows it."""

    label: str
    measured: str
    tolerance: str
    holds: bool
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of the table, as the page shows it."""

    row: Examined
    verdict: str
    parts: list[PartShown]
    notes: list[str]
    people: int


def report_findings(rows: Sequence[Examined], path: Path | str, *, repeats: int) -> Path:
    """Write the page of the findings to `path`; return where.

    The file needs nothing else: no script, no network, no fonts. The same rows give the same
    bytes.

    Parameters
    ----------
    rows : sequence of Examined
        All of one seed.
    path : Path or str
        The HTML file to write, in UTF-8; what was there before is replaced.
    repeats : int
        How many groups of people each rests on.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If `path` cannot be written.
    """
    path = Path(path)
    page = render_findings(rows, repeats=repeats)
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def render_findings(rows: Sequence[Examined], *, repeats: int) -> str:
    """Return the page of the findings as text.

    Parameters
    ----------
    rows, repeats
        See :func:`report_findings`.
    """
    shown = [_row(row) for row in rows]
    return template("findings.html").render(
        headline=words.headline(rows),
        counts=words.counts(rows),
        origins=words.origins(rows),
        rows=shown,
        failing=[one for one in shown if one.row.verdict != "holds"],
        seed=rows[0].seed if rows else None,
        repeats=repeats,
        version=version("interbeat"),
        wide=WIDE,
        tall=TALL,
    )


def _row(row: Examined) -> RowShown:
    return RowShown(
        row,
        words.verdict(row),
        [_part(part) for part in row.parts],
        words.notes(row),
        max(part.measured.n for part in row.parts),
    )


def _part(part: Part) -> PartShown:
    return PartShown(
        part.label, words.measured(part), words.tolerance(part), part.holds, picture(part)
    )


def picture(part: Part) -> Picture | None:
    """Return where tolerance and interval are drawn; None where there is no number.

    Parameters
    ----------
    part : Part
        A number and its tolerance. A side on which there is no end is drawn to the edge.
    """
    value, band = part.measured.value, part.tolerance
    if not math.isfinite(value):
        return None
    low, high = value - REACH * part.measured.se, value + REACH * part.measured.se
    ends = [end for end in (band.least, band.most) if math.isfinite(end)]
    first, last = min(low, *ends), max(high, *ends)
    room = (last - first) * MARGIN or abs(value) or 1.0
    first, last = first - room, last + room

    def across(x: float) -> float:
        share = (x - first) / (last - first)
        return float(round(min(max(share, 0.0), 1.0) * WIDE, 1))

    return Picture(
        left=across(band.least),
        right=across(band.most),
        low=across(low),
        high=across(high),
        at=across(value),
        closed_left=math.isfinite(band.least),
        closed_right=math.isfinite(band.most),
    )
