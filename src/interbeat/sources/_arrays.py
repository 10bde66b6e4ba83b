"""NumPy files: one array, never a pickle, never larger than the file."""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._edge import reading

__all__ = ["array_of", "one_row"]


def array_of(path: Path) -> FloatArray:
    """Return the numbers in a ``.npy`` file.

    Raises
    ------
    FormatError
        If it holds objects, more than two dimensions, or claims more than its bytes.
    """
    with reading(path, "NumPy file"):
        with path.open("rb") as handle:
            version = np.lib.format.read_magic(handle)
            read = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, _, dtype = read(handle)
            held = path.stat().st_size - handle.tell()
        if dtype.kind not in "fiub" or len(shape) not in {1, 2} or 0 in shape:
            raise FormatError(path, f"holds {dtype} of shape {shape}, not one table of numbers")
        if prod(shape) * dtype.itemsize > held:
            raise FormatError(path, f"is cut short: {held} bytes for shape {shape} of {dtype}")
        table: FloatArray = np.load(path, allow_pickle=False).astype(np.float64)
    return table


def one_row(path: Path) -> FloatArray | None:
    """Return the numbers of a ``.npy`` file that holds a single row or column, else None."""
    try:
        table = array_of(path)
    except (FormatError, OSError):
        return None
    return table.ravel() if max(table.shape) == table.size else None
