"""PMOD: ``.voistat``, a row for each region and frame, with the middles of frames only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from interbeat.core.activity import Regions
from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import FormatError
from interbeat.sources._text import Text
from interbeat.sources.scans._acquired import frames_of_middles
from interbeat.sources.scans._reader import Asked, scan_reader
from interbeat.sources.scans._scanned import Curves, named_once, regions_of
from interbeat.sources.scans._sheet import Sheet, rows_of, sheet_of
from interbeat.sources.scans._units import same_unit, seconds_in, unit_in_name

__all__: list[str] = []

_REGION, _TIME, _MEAN, _PVC, _VOLUME = (
    "VoiName(Region)", "Time", "Averaged", "PVC", "Volume",
)  # fmt: skip
_TELLING = (
    "PatientName", "PatientID", "SeriesDescription", "StudyDate", "File", "// Component",
)  # fmt: skip
CORRECTED = "_C"  # what PMOD's .tac puts after a region corrected for partial volume


def accepts(path: Path) -> bool:
    """Whether the first line is that of PMOD."""
    text = Text.head_of(path)
    try:
        first = "" if text is None else next(iter(text.lines()), "")
    except FormatError:
        return False
    return "PMOD_VOI_STATISTICS" in first


@scan_reader(
    "pmod_voistat", (".voistat",), title="PMOD: # PMOD_VOI_STATISTICS", accepts=accepts
)
def read(path: Path, asked: Asked) -> Mapping[str, Regions]:
    """Return the scans; regions corrected for partial volume end in ``_C``.

    Starts and ends of frames are those of the ``.acqtimes`` or ``.tac`` beside the file;
    without one, frames are taken to follow each other, where their middles can be such.
    """
    sheet = sheet_of(path)
    places = {unit_in_name(label)[0]: k for k, label in enumerate(sheet.labels)}
    lacking = [name for name in (_REGION, _TIME, _MEAN) if name not in places]
    if lacking:
        raise sheet.text.wrong(f"its labels lack {', '.join(lacking)}", sheet.lines[0] - 1)
    scans = _by_scan(sheet, places)
    chosen = {name: rows for name, rows in scans.items() if asked.scan in {"", name}}
    return {
        name: regions_of(_curves(rows_of(sheet, rows), places, asked), asked)
        for name, rows in chosen.items()
    }


def _by_scan(sheet: Sheet, places: Mapping[str, int]) -> dict[str, IntArray]:
    """Return the rows of each scan, called after what tells them apart; ``""`` where one."""
    telling = [places[name] for name in _TELLING if name in places]
    columns = [sheet.words(k) for k in telling]
    differing = [words for words in columns if len(set(words)) > 1]
    if not differing:
        return {"": np.arange(len(sheet.rows))}
    keys = list(zip(*differing[:2], strict=True))
    return {
        " / ".join(key): np.array([k for k, other in enumerate(keys) if other == key])
        for key in dict.fromkeys(keys)
    }


def _curves(sheet: Sheet, places: Mapping[str, int], asked: Asked) -> Curves:
    path = sheet.text.path
    names, grid = _grid(sheet, places)
    time_unit = unit_in_name(sheet.labels[places[_TIME]])[1] or asked.time_unit or "s"
    middles = sheet.column(places[_TIME])[grid[0]]
    middles = middles * (seconds_in(time_unit, path, _TIME) or 1.0)
    (starts, ends), told = frames_of_middles(path, middles)
    activity: dict[str, FloatArray] = {}
    for label, after in ((_MEAN, ""), (_PVC, CORRECTED)):
        if label in places:
            values = sheet.column(places[label])
            activity |= {
                name + after: values[row] for name, row in zip(names, grid, strict=True)
            }
    named_once(path, list(activity), "regions")
    return Curves(
        path,
        starts,
        ends,
        activity,
        time_unit="s",
        unit=_unit(sheet, places),
        volumes=_volumes(sheet, places, list(zip(names, grid, strict=True))),
        person=_person(sheet, places),
        inferences=told,
    )


def _grid(sheet: Sheet, places: Mapping[str, int]) -> tuple[list[str], list[IntArray]]:
    """Return the regions, and the rows of each by frame; all have the same frames."""
    words = [word.strip() for word in sheet.words(places[_REGION])]
    rows: dict[str, list[int]] = {}
    for k, word in enumerate(words):
        rows.setdefault(word, []).append(k)
    times = sheet.column(places[_TIME])
    names = list(rows)
    named_once(sheet.text.path, names, "VoiName(Region)")
    grid: list[IntArray] = [np.array(rows[name]) for name in names]
    for name, row in zip(names, grid, strict=True):
        held = times[row]
        if np.unique(held).size < held.size:
            raise FormatError(sheet.text.path, f"region {name[:40]!r} is there twice", _REGION)
        if not np.array_equal(held, times[grid[0]]):
            raise FormatError(
                sheet.text.path,
                f"region {name[:40]!r} has other frames than {names[0]!r}",
                _TIME,
            )
    return names, grid


def _unit(sheet: Sheet, places: Mapping[str, int]) -> str:
    units = [unit_in_name(sheet.labels[places[k]])[1] for k in (_MEAN, _PVC) if k in places]
    if any(not same_unit(unit, units[0]) for unit in units):
        raise FormatError(sheet.text.path, f"gives activity in {' and '.join(units)}", "labels")
    if units[0] == "1/1":
        raise FormatError(
            sheet.text.path, "holds ratios (unit 1/1), results of a model rather than curves"
        )
    return units[0]


def _volumes(
    sheet: Sheet, places: Mapping[str, int], grid: Sequence[tuple[str, IntArray]]
) -> dict[str, float]:
    """Return volumes in mL; PMOD gives ccm."""
    if _VOLUME not in places:
        return {}
    held = sheet.column(places[_VOLUME])
    plain = {name: float(held[row[0]]) for name, row in grid if held[row[0]] > 0}
    if _PVC not in places:
        return plain
    return plain | {name + CORRECTED: volume for name, volume in plain.items()}


def _person(sheet: Sheet, places: Mapping[str, int]) -> str:
    for label in ("PatientID", "PatientName"):
        words = set(sheet.words(places[label])) if label in places else set()
        if len(words) == 1:
            return words.pop().strip()[:80]
    return ""
