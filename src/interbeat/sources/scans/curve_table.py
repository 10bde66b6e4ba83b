"""A plain table of curves: a row for each frame, and a column for each region."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from interbeat.core.activity import Regions
from interbeat.core.errors import FormatError
from interbeat.sources._text import Text
from interbeat.sources.scans._columns import columns_of, curves_of, kind_of, scans_of
from interbeat.sources.scans._reader import Asked, scan_reader
from interbeat.sources.scans._scanned import regions_of
from interbeat.sources.scans._sheet import parted_by, sheet_of

__all__: list[str] = []


def accepts(path: Path) -> bool:
    """Whether the labels name the starts of frames."""
    text = Text.head_of(path)
    if text is None:
        return False
    try:
        lines = (x for x in text.lines() if x.strip() and not x.lstrip().startswith("#"))
        first = next(lines, "")
    except FormatError:
        return False
    kinds = {kind_of(label) for label in first.split(parted_by(first))}
    return "start" in kinds or {"middle", "duration"} <= kinds


@scan_reader(
    "curve_table",
    (".csv", ".tsv", ".txt"),
    title="A table of curves: frame_start, frame_end or duration, and a region a column",
    accepts=accepts,
)
def read(path: Path, asked: Asked) -> Mapping[str, Regions]:
    """Return scans as a column ``PET`` or ``scan``, or ``subject`` and ``session`` tell."""
    sheet = sheet_of(path)
    columns = columns_of(sheet)
    return {
        name: regions_of(curves_of(sheet, columns, rows), asked)
        for name, rows in scans_of(sheet, columns).items()
        if asked.scan in {"", name}
    }
