"""Blood of one file: when each sample was drawn, and what was counted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError, FormatError, SourceError
from interbeat.sources.scans._bids import about_scan, number_of, sidecar_of
from interbeat.sources.scans._doubts import doubts_on
from interbeat.sources.scans._reader import Asked
from interbeat.sources.scans._shares import shares
from interbeat.sources.scans._sheet import (
    WHICH,
    Sheet,
    plain_label,
    rows_of,
    scan_names,
    sheet_of,
)
from interbeat.sources.scans._units import (
    TIMES,
    activity_in,
    seconds_in,
    time_in_name,
    unit_in_name,
)

__all__ = ["Drawn", "drawn_in"]

_KINDS: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "times", "sampletime", "timeofsample", "t"),
    "whole": (
        "wholebloodradioactivity", "wholeblood", "wholebloodactivity", "whole", "blood",
        "bloodradioactivity", "cbldispcorr", "cbl", "wb",
    ),
    "plasma": ("plasmaradioactivity", "plasma", "plasmaactivity", "cpl"),
    "corrected": (
        "cplmetabcorr", "aif", "parentplasma", "plasmaparent", "parentinplasma",
        "metabolitecorrectedplasma", "inputfunction", "input",
    ),
    "parent": ("metaboliteparentfraction", "parentfraction", "parent", "ppf", "parentshare"),
    **WHICH,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """Samples of one file, in order; NaN where one was not measured.

    `measured` holds ``"plasma"``, ``"parent"`` and ``"whole"``, those of them there are.
    """

    path: Path
    times: FloatArray
    measured: Mapping[str, FloatArray]
    unit: str
    inferences: tuple[str, ...]
    flags: tuple[str, ...]


def drawn_in(path: Path, asked: Asked) -> Drawn:
    """Return the blood of one file.

    Raises
    ------
    FormatError
        If it has no times, or nothing that was counted; if a unit is not known; if a share of
        the parent compound cannot be one.
    SourceError
        If it holds several scans, and none was chosen.
    """
    sheet = sheet_of(path)
    of = _columns(sheet)
    sheet = _of_one_scan(sheet, scan_names(sheet, of), asked.scan)
    beside = sidecar_of(path) if _is_bids(path) else {}
    with np.errstate(all="ignore"):
        times, told, flags = _times(sheet, of["time"], beside, asked=asked)
        told += _unused(sheet, of)
        measured, unit, notes = _counted(sheet, of, beside, asked=asked)
        if "parent" in of:
            measured["parent"], said = shares(
                sheet, of["parent"], _unit_beside(beside, sheet, of)
            )
            notes += said
        measured, notes, doubts = _without_metabolites(sheet, of, measured, notes=notes)
        times, measured, mended = _in_order(path, times, measured)
    flags = [*flags, *doubts, *doubts_on(measured, unit)]
    return Drawn(path, times, measured, unit, (*told, *notes, *mended), tuple(flags))


def _columns(sheet: Sheet) -> dict[str, int]:
    kinds = [_kind(label) for label in sheet.labels]
    of = {kind: kinds.index(kind) for kind in _KINDS if kind in kinds}
    for kind, place in of.items():
        if kinds.count(kind) > 1:
            other = sheet.labels[len(kinds) - 1 - kinds[::-1].index(kind)]
            both = f"{sheet.labels[place]!r} and {other!r}"
            raise sheet.text.wrong(f"{both} both look like one quantity, {kind}", 1)
    if "time" not in of or not {"whole", "plasma", "corrected", "parent"} & set(of):
        held = ", ".join(sheet.labels)[:200]
        raise sheet.text.wrong(
            "its labels name no blood: wanted are time and at least one of "
            "whole_blood_radioactivity, plasma_radioactivity, metabolite_parent_fraction; "
            f"there are {held}",
            1,
        )
    return of


def _unused(sheet: Sheet, of: Mapping[str, int]) -> list[str]:
    """Say which columns were not read: a name that is not known may have been meant."""
    unread = [x for k, x in enumerate(sheet.labels) if x.strip() and k not in of.values()]
    return [f"columns that were not read: {', '.join(unread)[:200]}"] if unread else []


def _kind(label: str) -> str:
    if plain_label(time_in_name(label)[0]) in _KINDS["time"]:
        return "time"
    plain = plain_label(unit_in_name(label)[0])
    return next((kind for kind, words in _KINDS.items() if plain in words), "")


def _of_one_scan(sheet: Sheet, words: list[str], scan: str) -> Sheet:
    names = list(dict.fromkeys(words))
    if not names:
        return sheet
    if scan and scan not in names:
        raise SourceError(sheet.text.path, f"holds no scan {scan!r}: {', '.join(names[:12])}")
    if not scan and len(names) > 1:
        raise SourceError(
            sheet.text.path,
            f"holds blood of {len(names)} scans; say which with scan= or --scan: "
            f"{', '.join(names[:12])}",
        )
    return rows_of(sheet, np.flatnonzero(np.array(words) == (scan or names[0])))


def _told(beside: Mapping[str, Any], label: str) -> str:
    """Return the unit of a column that the JSON gives, ``""`` where it gives none."""
    column = beside.get(label)
    unit = column.get("Units", "") if isinstance(column, dict) else ""
    return unit if isinstance(unit, str) else ""


def _unit_beside(beside: Mapping[str, Any], sheet: Sheet, of: Mapping[str, int]) -> str:
    label = sheet.labels[of["parent"]]
    return _told(beside, label) or unit_in_name(label)[1]


def _times(
    sheet: Sheet, place: int, beside: Mapping[str, Any], *, asked: Asked
) -> tuple[FloatArray, list[str], list[str]]:
    """Return times in s since the injection, what was concluded, and what is doubtful."""
    path, label = sheet.text.path, sheet.labels[place]
    times = sheet.column(place)
    if np.any(np.isnan(times)):
        line = sheet.lines[int(np.flatnonzero(np.isnan(times))[0])]
        raise sheet.text.wrong("a sample has no time", line, repr(label))
    unit = _told(beside, label) or time_in_name(label)[1]
    factor, told, flags = _time_factor(path, times, unit, asked=asked.time_unit)
    times = times * factor
    injected = number_of(about_scan(path), "InjectionStart", path) if _is_bids(path) else None
    if injected:
        told.append(f"times of blood count from the injection, {injected:g} s on its clock")
        times = times - injected
    if times.max() > 43_200:
        flags.append(
            f"the last blood was drawn at {times.max() / 3600:g} h: a wrong unit of time?"
        )
    return times, told, flags


def _is_bids(path: Path) -> bool:
    return path.name.lower().endswith(("_blood.tsv", "_inputfunction.tsv"))


def _time_factor(
    path: Path, times: FloatArray, unit: str, *, asked: str
) -> tuple[float, list[str], list[str]]:
    stated = seconds_in(unit, path, "unit of time")
    if asked and asked not in TIMES:
        raise DataError(f"{asked!r} is no unit of time; possible: s, min, h, ms")
    if stated:
        told = f"times of blood are in {unit}, as the file gives them, not in {asked}"
        return stated, [told] * bool(asked and TIMES[asked] != stated), []
    if asked and not _is_bids(path):
        return TIMES[asked], [f"times of blood are in {asked}, as was said"], []
    if _is_bids(path):
        return 1.0, ["times of blood taken as s, as BIDS has them: no unit is named"], []
    last = float(times.max())
    likely, why = ("s", "over 10 h") if last > 600 else ("min", "short if it were s")
    told = (
        f"times of blood taken as {likely}: no unit is named, and {last:g} min would be {why}"
    )
    return TIMES[likely], [told], [] if last > 600 else [told]


def _counted(
    sheet: Sheet, of: Mapping[str, int], beside: Mapping[str, Any], *, asked: Asked
) -> tuple[dict[str, FloatArray], str, list[str]]:
    """Return what was counted, in one unit, that unit, and what was done."""
    path, told = sheet.text.path, []
    measured: dict[str, FloatArray] = {}
    ours = ""
    for kind in ("plasma", "corrected", "whole"):
        if kind not in of:
            continue
        label = sheet.labels[of[kind]]
        spelled = _told(beside, label) or unit_in_name(label)[1] or asked.unit
        unit, factor = activity_in(spelled, path, repr(label))
        values = sheet.column(of[kind]) * factor
        if factor != 1:
            told.append(f"{label} turned from {spelled} into {unit}")
        ours = ours or unit
        if unit != ours:
            values, note = _matched(path, values, (label, unit), ours=ours)
            told.append(note)
        measured[kind] = values
    return measured, ours, told


def _matched(
    path: Path, values: FloatArray, column: tuple[str, str], *, ours: str
) -> tuple[FloatArray, str]:
    factors = {("Bq/mL", "kBq/mL"): 1e-3, ("kBq/mL", "Bq/mL"): 1e3}
    label, unit = column
    if (unit, ours) not in factors:
        raise FormatError(path, f"is in {unit or 'no unit'}, and others in {ours}", repr(label))
    factor = factors[unit, ours]
    return values * factor, f"{label} turned from {unit} into {ours}"


def _without_metabolites(
    sheet: Sheet,
    of: Mapping[str, int],
    measured: dict[str, FloatArray],
    *,
    notes: list[str],
) -> tuple[dict[str, FloatArray], list[str], list[str]]:
    """Use plasma that was corrected for metabolites where it is all there is."""
    corrected = measured.pop("corrected", None)
    if corrected is not None and {"plasma", "parent"} <= set(measured):
        label = sheet.labels[of["corrected"]]
        return measured, [*notes, f"{label} not used: plasma and parent share are given"], []
    if corrected is not None:
        label = sheet.labels[of["corrected"]]
        told = f"plasma is {label}, of the parent compound alone: its share is 1"
        rest = {"plasma": corrected, "parent": np.ones(corrected.size)}
        return measured | rest, [*notes, told], []
    return measured, notes, []


def _in_order(
    path: Path, times: FloatArray, measured: Mapping[str, FloatArray]
) -> tuple[FloatArray, dict[str, FloatArray], list[str]]:
    """Put samples in the order of time, and make one of those drawn at one time."""
    told = []
    some = np.any([np.isfinite(values) for values in measured.values()], axis=0)
    if not np.any(some):
        raise FormatError(path, "no sample has a value")
    if not np.all(some):
        told.append(f"samples without a value were left out: {np.count_nonzero(~some)}")
    times = times[some]
    if np.any(np.diff(times) < 0):
        told.append("samples of blood were not in the order of time, and were put in it")
    unique, group = np.unique(times, return_inverse=True)
    if unique.size < times.size:
        told.append(f"samples drawn at one time were averaged: {times.size - unique.size}")
    held = {k: _means(values[some], group, unique.size) for k, values in measured.items()}
    return unique, held, told


def _means(values: FloatArray, group: IntArray, count: int) -> FloatArray:
    good = np.isfinite(values)
    sums = np.bincount(group[good], values[good], minlength=count)
    counts = np.bincount(group[good], minlength=count)
    means: FloatArray = np.where(counts > 0, sums / counts, np.nan)
    return means
