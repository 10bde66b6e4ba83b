"""Columns of a table of curves: which hold times of frames, which weights, which regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.sources.scans._frames import ends_from_middles
from interbeat.sources.scans._scanned import Curves, named_once
from interbeat.sources.scans._sheet import Sheet, plain_label, rows_of
from interbeat.sources.scans._units import same_unit, time_in_name, unit_in_name

__all__ = ["Columns", "columns_of", "curves_of", "kind_of", "scans_of"]

# What labels are called, in lower case, without what parts words.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "start": ("start", "starts", "starttime", "framestart", "frametimesstart", "begin"),
    "end": ("end", "ends", "endtime", "frameend", "frametimesend", "stop"),
    "duration": ("duration", "durations", "frameduration", "framedurations", "length"),
    "middle": ("time", "times", "mid", "midtime", "middle", "framemid", "frametime"),
    "weight": ("weight", "weights"),
    "scan": ("pet", "scan", "scanid", "petid", "measurement"),
    "person": ("subject", "subjectid", "subjname", "participant", "participantid", "person"),
    "session": ("session", "ses", "visit"),
}
_TIMED = ("start", "end", "duration", "middle")
_IGNORED = {"frame", "framenumber", "index", ""}
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
    named = [unit_in_name(label) for label in sheet.labels]
    kinds = [kind_of(label) for label in sheet.labels]
    of = {kind: kinds.index(kind) for kind in _KINDS if kind in kinds}
    for kind, place in of.items():
        if kinds.count(kind) > 1:
            both = " and ".join(
                repr(sheet.labels[k]) for k, other in enumerate(kinds) if other == kind
            )
            raise sheet.text.wrong(f"{both} both look like the {kind} of frames", 1)
        del place
    regions = {
        name: k for k, (name, _) in enumerate(named) if kinds[k] == "" and not _ignored(name)
    }
    rest = [n for k, (n, _) in enumerate(named) if kinds[k] == "" and not _ignored(n)]
    named_once(sheet.text.path, rest, "labels")
    times = [time_in_name(sheet.labels[of[k]])[1] for k in _TIMED if k in of]
    return Columns(
        of,
        regions,
        _one_unit(sheet, [unit for unit in times if unit], "times"),
        _one_unit(sheet, [named[k][1] for k in regions.values()], "activity"),
    )


def scans_of(sheet: Sheet, columns: Columns) -> dict[str, IntArray]:
    """Return the rows of each scan, by name; ``""`` where no column tells them apart."""
    by = ["scan"] if "scan" in columns.of else ["person", "session"]
    words = [sheet.words(columns.of[kind]) for kind in by if kind in columns.of]
    if not words:
        return {"": np.arange(len(sheet.rows))}
    names = np.array(["_".join(cells) for cells in zip(*words, strict=True)])
    return {name: np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())}


def kind_of(label: str) -> str:
    """Return what a column is by its label: ``"start"``; ``""`` for a region."""
    timed = plain_label(time_in_name(label)[0])
    plain = plain_label(unit_in_name(label)[0])
    return next(
        (
            kind
            for kind, words in _KINDS.items()
            if plain in words or (kind in _TIMED and timed in words)
        ),
        "",
    )


def _ignored(label: str) -> bool:
    return plain_label(label) in _IGNORED


def _one_unit(sheet: Sheet, units: Sequence[str], what: str) -> str:
    if units and any(not same_unit(unit, units[0]) for unit in units):
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
