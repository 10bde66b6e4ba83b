"""What an assay gives as a tidy table: a row for each standard, sample and control."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interbeat.neurochemistry.plates.found import Assayed, Panel, Reading, Standard
from interbeat.neurochemistry.words import extraction

__all__ = ["SCHEMA", "assay_table", "write_assay_table"]

TEXTS = ("plate", "kind", "name", "person", "wells")
NUMBERS = ("time", "dilution", "spiked", "nominal", "response", "cv", "value", "se", "low",
           "high", "bootstrap", "spread", "lower", "upper")  # fmt: skip
SAID = ("censored", "unit", "analyte", "matrix", "extraction", "reason", "flags")
SCHEMA = pa.schema(
    [(name, pa.string()) for name in TEXTS]
    + [(name, pa.float64()) for name in NUMBERS]
    + [(name, pa.string()) for name in SAID]
)


def assay_table(assayed: Assayed) -> pa.Table:
    """Return a row for each standard, sample and control at each dilution on each plate.

    Parameters
    ----------
    assayed : Assayed
        Of one plate or more.

    Returns
    -------
    pyarrow.Table
        Columns as in :data:`SCHEMA`; null where there is no number. ``value`` is null for what
        is censored, and ``lower`` or ``upper`` is then what is known of it.
    """
    rows = [row for panel in assayed.panels for row in _rows(panel, assayed)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def write_assay_table(assayed: Assayed, path: Path | str) -> Path:
    """Write :func:`assay_table` to `path` as Parquet; return where."""
    path = Path(path)
    pq.write_table(assay_table(assayed), path, compression="zstd")
    return path


def _rows(panel: Panel, assayed: Assayed) -> Iterator[dict[str, Any]]:
    run = assayed.run
    about = {"plate": panel.plate, "unit": run.unit, "analyte": run.analyte,
             "matrix": run.matrix}  # fmt: skip
    prepared = {"extraction": extraction(run.extracted)}
    for one in panel.standards:
        yield {**about, **_standard(one)}
    for kind, readings in (("sample", panel.readings), ("control", panel.controls)):
        for read in readings:
            yield {**about, **prepared, "kind": kind, **_reading(read)}


def _standard(one: Standard) -> dict[str, Any]:
    back = one.back
    low, high = back.interval
    return {
        "kind": "standard",
        "name": one.name,
        "wells": " ".join(one.places),
        "flags": "; ".join(one.flags),
        "reason": back.reason,
        **_known(
            nominal=one.nominal, response=_mean(one.responses), cv=one.cv, value=back.value,
            se=back.se, low=low, high=high,
        ),
    }  # fmt: skip


def _reading(one: Reading) -> dict[str, Any]:
    e, (low, high) = one.concentration, one.interval
    there = not one.censored
    return {
        "name": one.name,
        "person": one.person,
        "wells": " ".join(one.places),
        "censored": one.censored,
        "reason": e.reason,
        "flags": "; ".join(one.flags),
        **_known(
            time=one.time, dilution=one.dilution, spiked=one.spiked, nominal=one.nominal,
            response=_mean(one.responses), cv=one.cv, value=e.value if there else math.nan,
            se=e.se if there else math.nan, low=low, high=high, bootstrap=one.bootstrap,
            spread=one.spread, lower=one.lower, upper=one.upper,
        ),
    }  # fmt: skip


def _known(**numbers: float) -> dict[str, float]:
    """Return the numbers that are finite."""
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


def _mean(responses: tuple[float, ...]) -> float:
    known = [y for y in responses if math.isfinite(y)]
    return sum(known) / len(known) if known else math.nan
