"""Scans that the R package kinfitr comes with, as arrays: simulated ones, and [11C]PBR28."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rdata import read_rda
from rdata.conversion import DEFAULT_CLASS_MAP

from interbeat.core.arrays import FloatArray

__all__ = ["Curves", "Drawn", "pbr28", "pbr28_blood", "simref"]

_CLASSES = {**DEFAULT_CLASS_MAP, "tbl_df": DEFAULT_CLASS_MAP["data.frame"]}


class Curves(NamedTuple):
    """One scan, with its first frame, which lasts no time, left in; each array one a frame.

    Times are in min, from the start of the scan; `start` and `duration` of the frames,
    `times` their middles; `reference` is empty for [11C]PBR28.
    """

    name: str
    times: FloatArray
    reference: FloatArray
    rois: Mapping[str, FloatArray]
    weights: FloatArray
    start: FloatArray
    duration: FloatArray


class Drawn(NamedTuple):
    """Blood of one scan: times in min, whole blood, and the parent compound in plasma."""

    name: str
    times: FloatArray
    whole: FloatArray
    parent_in_plasma: FloatArray


def simref(path: Path) -> list[Curves]:
    """Return the twenty simulated scans of simref.RData."""
    frame = read_rda(path, constructor_dict=_CLASSES)["simref"]
    return [_simulated(str(row.PET), row.tacs) for row in frame.itertuples()]


def _simulated(name: str, tacs: object) -> Curves:
    held = {str(k): np.asarray(tacs[k], dtype=np.float64) for k in tacs}  # type: ignore[index, attr-defined]
    return Curves(
        name,
        held["Times"],
        held["Reference"],
        {k: v for k, v in held.items() if k.startswith("ROI")},
        held["Weights"],
        held["StartTime"],
        held["Duration"],
    )


def pbr28(path: Path) -> dict[str, Curves]:
    """Return the scans of pbr28_tacdata.csv, by name; its seconds turned into min."""
    given: dict[str, Curves] = {}
    for name, held in _tables(path).items():
        times, start, duration = (held[k] / 60 for k in ("Times", "StartTime", "Duration"))
        known = {"Times", "Weights", "StartTime", "Duration"}
        rois = {k: v for k, v in held.items() if k not in known}
        given[name] = Curves(name, times, np.empty(0), rois, held["Weights"], start, duration)
    return given


def pbr28_blood(path: Path) -> dict[str, Drawn]:
    """Return the blood of pbr28_blooddata.csv, by name of the scan."""
    return {
        name: Drawn(name, held["Time"] / 60, held["Cbl_dispcorr"], held["Cpl_metabcorr"])
        for name, held in _tables(path).items()
    }


def _tables(path: Path) -> dict[str, dict[str, FloatArray]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = dict.fromkeys(row["PET"] for row in rows)
    columns = [key for key in rows[0] if key != "PET"]
    return {
        name: {
            key: np.array([float(row[key]) for row in rows if row["PET"] == name])
            for key in columns
        }
        for name in names
    }
