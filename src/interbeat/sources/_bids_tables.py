"""BIDS tables: where they are, what describes them, and the numbers in them."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._edge import SMALL, reading

__all__ = [
    "EVENTS", "SERIES", "Table", "cells_of", "described", "entities_of", "number_in", "rows_of",
    "tables_in", "values_of",
]  # fmt: skip

SERIES, EVENTS = "_physio.tsv.gz", "_physioevents.tsv.gz"
UNFOLDS = 200  # numbers a byte of compressed table may stand for
HIGHEST = 5  # folders above a file that may hold what describes it


@dataclass(frozen=True, slots=True)
class Table:
    """One table and what describes it."""

    path: Path
    about: Mapping[str, Any]

    @property
    def entities(self) -> dict[str, str]:
        return entities_of(self.path.name)

    @property
    def run(self) -> tuple[str, ...]:
        """What tells apart recordings that share no clock."""
        return tuple(
            f"{key}-{self.entities[key]}"
            for key in ("ses", "task", "acq", "run")
            if key in self.entities
        )

    @property
    def columns(self) -> list[str]:
        """What the columns are called."""
        columns = self.about.get("Columns")
        if not isinstance(columns, list) or not columns or len(columns) > 1000:
            raise FormatError(self.path, "what describes it lists no Columns", "Columns")
        return [str(column) for column in columns]

    def told(self, label: str, field: str) -> str:
        """Return what is said of one column, ``""`` where nothing is."""
        column = self.about.get(label)
        return str(column.get(field, "")) if isinstance(column, dict) else ""


def tables_in(folder: Path) -> Iterator[Path]:
    """Give the tables of physiology in a dataset or a part of it."""
    for pattern in ("", "*/", "*/*/", "*/*/*/"):
        yield from (
            path
            for path in folder.glob(f"{pattern}*.tsv.gz")
            if path.name.endswith((SERIES, EVENTS))
            and not {"derivatives", "sourcedata"} & set(path.relative_to(folder).parts)
        )


def described(path: Path) -> Table:
    """Return a table with all that the files beside and above it say of it, nearest first."""
    suffix = "_" + path.name.split(".")[0].rsplit("_", 1)[-1] + ".json"
    own = entities_of(path.name)
    about: dict[str, Any] = {}
    for folder in reversed(_above(path)):
        fitting = [
            file
            for file in folder.glob(f"*{suffix}")
            if entities_of(file.name).items() <= own.items()
        ]
        bare = folder / suffix[1:]
        for file in sorted([*fitting, *([bare] if bare.is_file() else [])], key=_particular):
            about |= _json(file)
    if not about:
        raise FormatError(path, f"no {suffix[1:]} beside or above it says what its columns are")
    return Table(path, about)


def _above(path: Path) -> list[Path]:
    """Return the folders that may describe a table: up to the root of its dataset."""
    folders: list[Path] = []
    for folder in path.absolute().parents[:HIGHEST]:
        folders.append(folder)
        if (folder / "dataset_description.json").is_file():
            break
        if folder.name.startswith("sub-") and not _is_dataset(folder.parent):
            break
    return folders


def _is_dataset(folder: Path) -> bool:
    return (folder / "dataset_description.json").is_file()


def _particular(file: Path) -> int:
    return len(entities_of(file.name))


def entities_of(name: str) -> dict[str, str]:
    """Return what a file's name says: ``{"sub": "01", "task": "rest"}``."""
    return dict(re.findall(r"(?:^|_)([a-z]+)-([0-9A-Za-z+]+)", name))


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise FormatError(path, f"is not JSON: {error.msg}", f"line {error.lineno}") from None
    except (UnicodeDecodeError, RecursionError, OSError) as error:
        raise FormatError(path, f"is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise FormatError(path, "is not a JSON object")
    return content


def values_of(table: Table) -> list[FloatArray]:
    """Return the columns of a compressed table, NaN for n/a."""
    from pyarrow import ArrowInvalid, float64, input_stream  # noqa: PLC0415
    from pyarrow import csv as arrow  # noqa: PLC0415

    path, names = table.path, [str(k) for k in range(len(table.columns))]
    kinds = dict.fromkeys(names, float64())
    blocks: list[list[FloatArray]] = []
    rows = 0
    try:
        with reading(path, "BIDS table"), input_stream(path, compression="gzip") as packed:
            for batch in arrow.open_csv(
                packed,
                read_options=arrow.ReadOptions(column_names=names),
                parse_options=arrow.ParseOptions(
                    delimiter="\t", quote_char=False, ignore_empty_lines=False
                ),
                convert_options=arrow.ConvertOptions(column_types=kinds, null_values=["n/a"]),
            ):
                rows += batch.num_rows
                if rows * len(names) > _most(path):
                    raise FormatError(path, "unpacks to far more rows than is believable")
                blocks.append([c.to_numpy(zero_copy_only=False) for c in batch.columns])
    except FormatError as error:
        if isinstance(error.__cause__, ArrowInvalid):
            _find_bad_line(table)
        raise
    return [np.concatenate([block[k] for block in blocks]) for k in range(len(names))]


def cells_of(table: Table) -> Iterator[list[str]]:
    """Give the cells of a compressed table, row by row."""
    columns, most = len(table.columns), _most(table.path)
    with reading(table.path, "BIDS table"), gzip.open(table.path, "rt") as file:
        for line, row in enumerate(file, 1):
            cells = row.rstrip("\r\n").split("\t")
            if len(cells) != columns:
                said = f"has {len(cells)} columns, not {columns}"
                raise FormatError(table.path, said, f"line {line}")
            if line * columns > most:
                raise FormatError(table.path, "unpacks to far more rows than is believable")
            yield cells


def _find_bad_line(table: Table) -> None:
    """Say where a table is broken; slow, and only for tables that are."""
    for line, cells in enumerate(cells_of(table), 1):
        for cell in cells:
            if cell != "n/a":
                number_in(table.path, cell, line)
        if line > 1_000_000:
            return


def number_in(path: Path, cell: str, line: int) -> float:
    """Return the number in a cell."""
    try:
        value = float(cell)
    except ValueError:
        raise FormatError(path, f"{cell[:40]!r} is not a number", f"line {line}") from None
    return value


def _most(path: Path) -> int:
    return min(SMALL, UNFOLDS * path.stat().st_size)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return a table with a header, a dictionary a row."""
    if path.stat().st_size > SMALL:
        raise FormatError(path, "is far too long for a table of events")
    with reading(path, "BIDS table"), path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
