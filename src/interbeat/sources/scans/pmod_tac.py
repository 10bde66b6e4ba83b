"""PMOD: ``.tac``, starts and ends of frames and a column for each region."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from interbeat.core.activity import Regions
from interbeat.core.errors import FormatError
from interbeat.sources._text import Text
from interbeat.sources.scans._reader import Asked, scan_reader
from interbeat.sources.scans._scanned import Curves, named_once, regions_of
from interbeat.sources.scans._sheet import sheet_of
from interbeat.sources.scans._units import TIMES, unit_in_name

__all__: list[str] = []


def accepts(path: Path) -> bool:
    """Whether the first label is that of PMOD: ``start[seconds]``."""
    text = Text.head_of(path)
    if text is None:
        return False
    try:
        first = next((line for line in text.lines() if line.strip()), "")
    except FormatError:
        return False
    return first.strip().strip('"').lower().startswith("start[")


@scan_reader(
    "pmod_tac",
    (".tac", ".crv", ".txt"),
    title="PMOD: start[seconds], end[kBq/cc], regions",
    accepts=accepts,
)
def read(path: Path, asked: Asked) -> Mapping[str, Regions]:
    """Return the scan; the label of the ends holds the unit of activity.

    The layout is that of PMOD's manual, File-based Data Import.
    """
    sheet = sheet_of(path)
    (start, time_unit), (end, unit) = (unit_in_name(label) for label in (*sheet.labels, "")[:2])
    if (start.lower(), end.lower()) != ("start", "end"):
        raise sheet.text.wrong(
            f"its labels are {start[:40]!r} and {end[:40]!r}, not start[seconds] and "
            "end[kBq/cc]: starts and ends of frames come first",
            1,
        )
    if unit.strip().lower() in TIMES:  # some tools put the unit of time into both
        unit = ""
    names = [label.strip() for label in sheet.labels[2:]]
    named_once(path, names, "labels")
    curves = Curves(
        path,
        sheet.column(0),
        sheet.column(1),
        {name: sheet.column(k) for k, name in enumerate(names, 2)},
        time_unit=time_unit,
        unit=unit,
    )
    return {"": regions_of(curves, asked)}
