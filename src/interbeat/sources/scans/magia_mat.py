"""Magia (Turku): ``.mat`` of MATLAB with the curves, the frames and the names of regions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.activity import Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._edge import reading
from interbeat.sources.scans._reader import Asked, scan_reader
from interbeat.sources.scans._scanned import Curves, named_once, regions_of

__all__: list[str] = []

LARGEST = 100_000_000  # bytes
_WANTED = ("tacs", "frames", "roi_info")


def accepts(path: Path) -> bool:
    """Whether it is a file of MATLAB."""
    try:
        with path.open("rb") as handle:
            return handle.read(6) == b"MATLAB"
    except OSError:
        return False


@scan_reader("magia_mat", (".mat",), title="Magia: curves of regions", accepts=accepts)
def read(path: Path, asked: Asked) -> Mapping[str, Regions]:
    """Return the scan: ``tacs`` by region and frame, ``frames`` as starts and ends in min.

    Names are the first field of ``roi_info``, or its field ``labels``.
    """
    held = _loaded(path)
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


def _loaded(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST:
        raise FormatError(path, f"has over {LARGEST} bytes: far too long for curves")
    with path.open("rb") as handle:
        if b"MATLAB 7.3" in handle.read(64):
            raise FormatError(path, "is of MATLAB 7.3; save it with save(..., '-v7')")
    with reading(path, "file of MATLAB"):
        from scipy.io import loadmat  # noqa: PLC0415 - slow to import, for few files

        return dict(loadmat(path, variable_names=list(_WANTED), squeeze_me=False))


def _matrix(path: Path, held: Mapping[str, Any], name: str) -> FloatArray:
    values = held.get(name)
    if not isinstance(values, np.ndarray) or values.ndim != 2 or values.dtype.kind not in "iuf":
        raise FormatError(path, f"has no table {name!r} of numbers; Magia's files have one")
    matrix: FloatArray = values.astype(np.float64)
    if np.any(np.isinf(matrix)):
        raise FormatError(path, "holds an infinite value", name)
    return matrix


def _names(path: Path, held: Mapping[str, Any]) -> list[str]:
    """Return the names of regions, out of a cell array in a field of a structure."""
    info = held.get("roi_info")
    fields = info.dtype.names if isinstance(info, np.ndarray) else None
    if info is None or not fields or info.size == 0:
        raise FormatError(path, "has no structure roi_info with the names of regions")
    field = "labels" if "labels" in fields else fields[0]
    cells = np.ravel(np.asarray(info.flat[0][field], dtype=object))
    names = ["".join(map(str, np.ravel(np.asarray(cell)))).strip() for cell in cells]
    if not names:
        raise FormatError(path, "names no region", "roi_info")
    return names
