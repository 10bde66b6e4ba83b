"""Columns of a table of curves: which hold times of frames, which weights, which regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.sources.scans._frames import ends_from_middles
from interbeat.sources.scans._scanned import Curves, named_once
from interbeat.sources.scans._sheet import WHICH, Sheet, plain_label, rows_of, scan_names
from interbeat.sources.scans._units import (
    like_activity,
    same_time,
    same_unit,
    time_in_name,
    unit_in_name,
)

__all__ = ["Columns", "columns_of", "curves_of", "kind_of", "scans_of"]

# What labels are called, in lower case, without what parts words.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "start": ("start", "starts", "starttime", "framestart", "frametimesstart", "begin"),
    "end": ("end", "ends", "endtime", "frameend", "frametimesend", "stop"),
    "duration": ("duration", "durations", "frameduration", "framedurations", "length"),
    "middle": ("time", "times", "mid", "midtime", "middle", "framemid", "frametime"),
    "weight": ("weight", "weights"),
    **WHICH,
}
_TIMED = ("start", "end", "duration", "middle")
_IGNORED = {"frame", "framenumber", "index", "unnamed0", ""}
_NEEDED = "frame_start with frame_end or duration (s or min)"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns are what, and the units that their labels name."""

    of: Mapping[str, int]
    regions: Mapping[str, int]
    time_unit: str
    unit: str


def columns_of(sheet: Sheet) -> Columns:
    """Return what the columns of a sheet are.

    Raises
    ------
    FormatError
        If frames have no starts or ends, a kind is there twice, or units differ.
    """
    kinds = [kind_of(label) for label in sheet.labels]
    of = {kind: kinds.index(kind) for kind in _KINDS if kind in kinds}
    for kind in of:
        both = [repr(label) for label, k in zip(sheet.labels, kinds, strict=True) if k == kind]
        if len(both) > 1:
            said = f"{' and '.join(both)} both look like the {kind} of frames"
            raise sheet.text.wrong(said, 1)
    places = [k for k, kind in enumerate(kinds) if not kind and not _ignored(sheet.labels[k])]
    named = [_region(sheet.labels[k]) for k in places]
    named_once(sheet.text.path, [name for name, _ in named], "labels")
    times = [time_in_name(sheet.labels[of[k]])[1] for k in _TIMED if k in of]
    ends = [unit for unit in times if like_activity(unit)]  # as PMOD has it: end[kBq/cc]
    return Columns(
        of,
        {name: k for (name, _), k in zip(named, places, strict=True)},
        _one_unit(
            sheet,
            [unit for unit in times if unit and unit not in ends],
            same_time,
            what="times",
        ),
        _one_unit(sheet, _of_activity(named, ends), same_unit, what="activity"),
    )


def _of_activity(named: Sequence[tuple[str, str]], ends: Sequence[str]) -> list[str]:
    """Return the units of all regions; that of the ends stands for regions without one."""
    units = [unit for _, unit in named]
    return [*ends, *(unit for unit in units if unit)] if ends else units


def _region(label: str) -> tuple[str, str]:
    """Return the name of a region and its unit; a side in brackets belongs to the name."""
    name, unit = unit_in_name(label)
    return (name, unit) if like_activity(unit) else (label.strip(), "")


def scans_of(sheet: Sheet, columns: Columns) -> dict[str, IntArray]:
    """Return the rows of each scan, by name; ``""`` where no column tells them apart."""
    words = scan_names(sheet, columns.of)
    names = np.array(words or [""] * len(sheet.rows))
    return {name: np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())}


def kind_of(label: str) -> str:
    """Return what a column is by its label: ``"start"``; ``""`` for a region."""
    timed = plain_label(time_in_name(label)[0])
    name, unit = unit_in_name(label)
    plain = plain_label(name)
    found = next(
        (
            kind
            for kind, words in _KINDS.items()
            if plain in words or (kind in _TIMED and timed in words)
        ),
        "",
    )
    # A region may be called mid; only the ends carry a unit of activity, in files of PMOD.
    return "" if found in {"duration", "middle"} and like_activity(unit) else found


def _ignored(label: str) -> bool:
    return plain_label(label) in _IGNORED


def _one_unit(
    sheet: Sheet, units: Sequence[str], same: Callable[[str, str], bool], *, what: str
) -> str:
    if units and not all(same(unit, units[0]) for unit in units):
        several = ", ".join(dict.fromkeys(unit or "none" for unit in units))
        raise sheet.text.wrong(f"its labels give {what} in several units: {several}", 1)
    return units[0] if units else ""


def curves_of(sheet: Sheet, columns: Columns, rows: IntArray) -> Curves:
    """Return the curves in some rows of a sheet."""
    chosen = rows_of(sheet, rows)
    starts, ends, told = _framed(chosen, columns.of)
    weight, person = columns.of.get("weight"), columns.of.get("person")
    return Curves(
        sheet.text.path,
        starts,
        ends,
        {name: chosen.column(place) for name, place in columns.regions.items()},
        time_unit=columns.time_unit,
        unit=columns.unit,
        weights=None if weight is None else {"": chosen.column(weight)},
        person="" if person is None else chosen.words(person)[0],
        inferences=told,
    )


def _framed(
    sheet: Sheet, of: Mapping[str, int]
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return when frames begin and end, by whichever columns say it."""
    held = {kind: sheet.column(of[kind]) for kind in _TIMED if kind in of}
    _check_agreed(sheet, of, held)
    if {"start", "end"} <= set(held):
        return held["start"], held["end"], ()
    if {"start", "duration"} <= set(held):
        return held["start"], held["start"] + held["duration"], ()
    if {"middle", "duration"} <= set(held):
        half = held["duration"] / 2
        told = "starts of frames are their middles less half their durations"
        return held["middle"] - half, held["middle"] + half, (told,)
    if set(held) == {"middle"}:
        starts, ends = ends_from_middles(sheet.text.path, held["middle"])
        return starts, ends, ("frames follow each other from 0: only middles are given",)
    raise sheet.text.wrong(f"its labels name no {_NEEDED}", 1)


def _check_agreed(sheet: Sheet, of: Mapping[str, int], held: Mapping[str, FloatArray]) -> None:
    """Refuse middles outside of their frames: a region called so, or another unit of time."""
    if not {"start", "middle"} < set(held):
        return
    starts, middles = held["start"], held["middle"]
    ends = held["end"] if "end" in held else starts + held["duration"]
    slack = 0.01 * np.abs(ends - starts) + 0.01
    # Ends may be durations or durations ends, which is found out later: the later is the end.
    latest = np.maximum(ends, starts + ends)
    out = np.flatnonzero((middles < starts - slack) | (middles > latest + slack))
    if out.size:
        k, label = int(out[0]), sheet.labels[of["middle"]]
        raise sheet.text.wrong(
            f"{label!r} looks like the middle of frames, and {middles[k]:g} is outside of its "
            f"frame, from {starts[k]:g}: in another unit, or a region to be called otherwise",
            sheet.lines[k],
        )
