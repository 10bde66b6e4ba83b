"""Large tables of text: parsed by Arrow, at ten times the pace of NumPy."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.sources._layout import MISSING, Layout

__all__ = ["LARGE", "floats", "wholes"]

LARGE = 1_000_000  # bytes: below, loading Arrow costs more than it saves
_NO_DELIMITER = "\x1f"  # what no text holds: a line is one cell
_NULLS = sorted(MISSING | {word.upper() for word in MISSING} | {"NaN", "Null", "None"})


def floats(
    raw: bytes, encoding: str, layout: Layout, columns: Sequence[int], *, width: int
) -> FloatArray:
    """Return `columns` as numbers, shape (rows, columns); times in seconds since 1970.

    Parameters
    ----------
    raw : bytes
        The text.
    encoding : str
        Of the text.
    layout : Layout
        Of its rows.
    columns : sequence of int
        Which to return.
    width : int
        Cells of a row, counting an empty one after a last delimiter.

    Raises
    ------
    ValueError
        Where Arrow does not understand a cell or a row; someone slower must say why.
    """
    import pyarrow as pa  # noqa: PLC0415 - a tenth of a second, for large files

    kinds = {
        str(k): pa.timestamp("us") if k in layout.clocks else pa.float64() for k in columns
    }
    table = _table(raw, encoding, layout, width=width, kinds=kinds)
    out = np.empty((table.num_rows, len(columns)))
    for place, column in enumerate(columns):
        held = table.column(str(column))
        if column in layout.clocks:
            held = held.cast(pa.int64()).cast(pa.float64())
            out[:, place] = held.to_numpy() / 1e6
        else:
            out[:, place] = held.to_numpy()
    return out


def wholes(raw: bytes, encoding: str, layout: Layout, column: int, *, width: int) -> IntArray:
    """Return one column as whole numbers, exact to 64 bits.

    Raises
    ------
    ValueError
        Where a cell is no whole number, or missing.
    """
    import pyarrow as pa  # noqa: PLC0415 - a tenth of a second, for large files

    kinds = {str(column): pa.int64()}
    held = _table(raw, encoding, layout, width=width, kinds=kinds).column(0)
    if held.null_count:
        raise ValueError("a cell is empty")
    return np.asarray(held.to_numpy(), dtype=np.int64)


def _table(
    raw: bytes, encoding: str, layout: Layout, *, width: int, kinds: dict[str, Any]
) -> Any:  # noqa: ANN401 - of Arrow
    from pyarrow import csv  # noqa: PLC0415 - a tenth of a second, for large files

    return csv.read_csv(
        io.BytesIO(raw),
        read_options=csv.ReadOptions(
            skip_rows=layout.skip,
            column_names=[str(k) for k in range(width)],
            encoding=encoding.removesuffix("-sig"),
        ),
        parse_options=csv.ParseOptions(delimiter=layout.delimiter or _NO_DELIMITER),
        convert_options=csv.ConvertOptions(
            column_types=kinds,
            include_columns=list(kinds),
            null_values=_NULLS,
            decimal_point="," if layout.decimal_comma else ".",
        ),
    )
