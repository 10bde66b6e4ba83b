"""The tidy table of a study: a row a dyad, index, window and signal, in one Parquet file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from interbeat.core.arrays import FloatArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COLUMNS", "Row", "is_study", "windows", "write"]

Row = Mapping[str, Any]

TEXT, NUMBER, COUNT = "string", "float64", "int64"
COLUMNS: Mapping[str, str] = {
    "dyad": TEXT, "session": TEXT, "kind": TEXT, "person": TEXT, "signal": TEXT, "index": TEXT,
    "part": TEXT, "label": TEXT, "start": NUMBER, "end": NUMBER, "value": NUMBER, "se": NUMBER,
    "low": NUMBER, "high": NUMBER, "unit": TEXT, "quality": NUMBER, "n": COUNT, "p": NUMBER,
    "floor": NUMBER, "q": NUMBER, "null": TEXT, "null_low": NUMBER, "null_median": NUMBER,
    "null_high": NUMBER, "detectable": NUMBER, "pseudo_p": NUMBER, "pseudo_q": NUMBER,
    "verdict": TEXT, "reason": TEXT,
}  # fmt: skip
ALWAYS = ("dyad", "session", "kind", "person", "signal", "index", "part", "label", "reason")
ABOUT = b"interbeat"  # under which the file's metadata say what it is
AT_ONCE = 1 << 17  # rows held before they are written


def is_study(path: Path) -> bool:
    """Return whether a file is a table that :func:`write` wrote."""
    import pyarrow as pa  # noqa: PLC0415 - as below
    import pyarrow.parquet as pq  # noqa: PLC0415 - as below

    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowInvalid):
        return False
    return ABOUT in (schema.metadata or {}) and set(ALWAYS) <= set(schema.names)


def write(
    path: Path,
    pieces: Iterable[list[Row] | pa.Table],
    about: Mapping[str, Any],
    *,
    beside: Path,
) -> None:
    """Write rows, in their order, to a Parquet file that is there whole or not at all.

    The same rows give the same bytes.

    Parameters
    ----------
    path : Path
        What was there before is replaced.
    pieces : iterable of list of Row or pyarrow.Table
        Rows with the columns of :data:`COLUMNS`; what a row does not name is null, or empty
        where it is one of the words that tell rows apart.
    about : mapping
        Goes to the file's metadata, as JSON under ``interbeat``.
    beside : Path
        A folder on the same disk where it is written first.
    """
    import pyarrow as pa  # noqa: PLC0415 - 0.1 s that only tables need
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    schema = _schema(pa).with_metadata({ABOUT: json.dumps(about, sort_keys=True)})
    part = beside / f"{uuid4().hex}.part"
    try:
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for table in _gathered(pa, pieces, schema):
                writer.write_table(table, row_group_size=table.num_rows)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def windows(words: Row, starts: FloatArray, ends: FloatArray, values: FloatArray) -> pa.Table:
    """Return a row for each window, all with the same `words`.

    Parameters
    ----------
    words : Row
        What they share.
    starts, ends, values : ndarray, shape (n,)
        Times in seconds; NaN where a window has no value.
    """
    import pyarrow as pa  # noqa: PLC0415 - as above

    numbers = {"start": starts, "end": ends, "value": values}
    columns = {}
    for field in _schema(pa):
        if field.name in numbers:
            made = numbers[field.name]
            columns[field.name] = pa.array(made, field.type, mask=~np.isfinite(made))
        else:
            empty = "" if field.name in ALWAYS else None
            one = pa.scalar(words.get(field.name, empty), field.type)
            columns[field.name] = pa.repeat(one, values.size)
    return pa.table(columns, schema=_schema(pa))


def _gathered(
    pa: Any,  # noqa: ANN401 - pyarrow has no types
    pieces: Iterable[list[Row] | pa.Table],
    schema: Any,  # noqa: ANN401 - as above
) -> Iterator[Any]:
    held: list[Any] = []
    count = 0
    for piece in pieces:
        made = _table(pa, piece) if isinstance(piece, list) else piece
        held.append(made.replace_schema_metadata(schema.metadata))
        count += made.num_rows
        if count >= AT_ONCE:
            yield pa.concat_tables(held).combine_chunks()
            held, count = [], 0
    if count:
        yield pa.concat_tables(held).combine_chunks()


def _table(pa: Any, rows: list[Row]) -> Any:  # noqa: ANN401 - pyarrow has no types
    blank = dict.fromkeys(ALWAYS, "")
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=_schema(pa))


def _schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    return pa.schema([(name, getattr(pa, kind)()) for name, kind in COLUMNS.items()])
