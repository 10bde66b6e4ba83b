"""Magia (Turku): ``.mat`` of MATLAB with the curves, the frames and the names of regions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.activity import Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources.scans._mat5 import mat5
from interbeat.sources.scans._reader import Asked, scan_reader
from interbeat.sources.scans._scanned import Curves, named_once, regions_of

__all__: list[str] = []


def accepts(path: Path) -> bool:
    """Whether it is a file of MATLAB."""
    try:
        with path.open("rb") as handle:
            return handle.read(6) == b"MATLAB"
    except OSError:
        return False


@scan_reader(
    "magia_mat", (".mat",), title="Magia: MATLAB 5 with tacs, frames, roi_info", accepts=accepts
)
def read(path: Path, asked: Asked) -> Mapping[str, Regions]:
    """Return the scan: ``tacs`` by region and frame, ``frames`` as starts and ends in min.

    Names are the first field of ``roi_info``, or its field ``labels``.
    """
    held = mat5(path)
    tacs, frames = (_matrix(path, held, name) for name in ("tacs", "frames"))
    if frames.shape[1:] != (2,) or frames.shape[0] == 0:
        raise FormatError(
            path, f"shape {frames.shape} is not that of starts and ends", "frames"
        )
    names = _names(path, held)
    if tacs.shape != (len(names), frames.shape[0]):
        raise FormatError(
            path,
            f"shape {tacs.shape} is not that of {len(names)} regions by {len(frames)} frames",
            "tacs",
        )
    named_once(path, names, "roi_info")
    curves = Curves(
        path,
        frames[:, 0],
        frames[:, 1],
        dict(zip(names, tacs, strict=True)),
        time_unit="min",
        inferences=("times are in min, as Magia writes them",),
    )
    return {"": regions_of(curves, asked)}


def _matrix(path: Path, held: Mapping[str, Any], name: str) -> FloatArray:
    values = held.get(name)
    if not isinstance(values, np.ndarray) or values.ndim != 2:
        raise FormatError(path, f"has no table {name!r} of numbers; Magia's files have one")
    if np.any(np.isinf(values)):
        raise FormatError(path, "holds an infinite value", name)
    return values


def _names(path: Path, held: Mapping[str, Any]) -> list[str]:
    """Return the names of regions, out of a cell array in a field of a structure."""
    info = held.get("roi_info")
    if not isinstance(info, dict) or not info:
        raise FormatError(path, "has no structure roi_info with the names of regions")
    cells = info["labels"] if "labels" in info else next(iter(info.values()))
    if not isinstance(cells, list) or not all(isinstance(cell, str) for cell in cells):
        raise FormatError(path, "has no list of words, the names of regions", "roi_info")
    return [cell.strip() for cell in cells]
