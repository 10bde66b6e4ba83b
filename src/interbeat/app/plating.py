"""``interbeat plate``: exports of a plate reader become concentrations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from interbeat.core.errors import DataError
from interbeat.core.plate import PlateRun
from interbeat.neurochemistry.plates.assaying import assay
from interbeat.neurochemistry.plates.bootstrapped import bootstrapped
from interbeat.neurochemistry.plates.found import Assay, Assayed
from interbeat.neurochemistry.plates.units import concentration_unit
from interbeat.reporting import report, write_json
from interbeat.reporting.plate_table import write_assay_table
from interbeat.reporting.plate_words import lines
from interbeat.sources.plating import read_plates
from interbeat.sources.samples import write_samples

__all__ = ["assayed", "run"]

SAID = ("analyte", "unit", "matrix", "extracted")  # of the run: the files may say it
HOW = {
    "curve": "shape", "weighting": "weighting", "read": "read", "reference_read": "reference",
    "most_cv": "most_cv", "recovery": "recovery",
}  # fmt: skip  # of the calculation


def run(
    paths: tuple[Path, ...], layout: tuple[Path, ...], told: Mapping[str, Any],
    files: Mapping[str, Path | None],
) -> Iterator[str]:  # fmt: skip
    """Read, calculate and write; give what the terminal shows.

    Parameters
    ----------
    paths, layout : tuple of Path
        Exports, and what is in the wells.
    told : mapping
        Options, by name; those not given are None or empty.
    files : mapping of str to Path or None
        What to write: ``"html"``, ``"json"``, ``"table"``, ``"samples"``.
    """
    found = assayed(paths, layout, told)
    if files["samples"] is not None:
        _check_samples(found)
    writers = {"html": report, "json": write_json, "table": write_assay_table,
               "samples": _samples}  # fmt: skip
    for kind, path in files.items():
        if path is not None:
            writers[kind](found, path)
    yield from lines(found)
    if files["samples"] is not None and not found.samples:
        yield "no sample is in the table of samples: none was read that names person and time"
    yield from (f"wrote {path.resolve()}" for path in files.values() if path is not None)


def assayed(
    paths: tuple[Path, ...], layout: tuple[Path, ...], told: Mapping[str, Any]
) -> Assayed:
    """Return what the plates give, read as told.

    Parameters
    ----------
    paths, layout, told
        See :func:`run`.
    """
    run, overridden = _run(paths, layout, told)
    found = assay(run, _how(told))
    found = replace(found, flags=(*overridden, *found.flags))
    draws, seed = told["bootstrap"], told["seed"]
    if draws is None:
        return found
    said = f"standard errors by bootstrap are of {draws} draws, seed {seed}"
    again = bootstrapped(found, draws=draws, seed=seed)
    return replace(again, flags=(*again.flags, said))


def _run(
    paths: tuple[Path, ...], layout: tuple[Path, ...], told: Mapping[str, Any]
) -> tuple[PlateRun, list[str]]:
    """Return the run, and where options say something else than its files."""
    read = read_plates(*paths, layout=layout or None)
    given = {name: told[name] for name in SAID if told.get(name) not in {None, ""}}
    named = replace(read, **given)
    named = replace(named, unit=concentration_unit(named.unit))
    return named, [words for name in given if (words := _overridden(name, read, named))]


def _overridden(name: str, read: PlateRun, named: PlateRun) -> str:
    """Say that an option says something else than the files; ``""`` where it does not."""
    before, after = getattr(read, name), getattr(named, name)
    if before in {None, ""} or str(before).casefold() == str(after).casefold():
        return ""
    kept = "; no number was converted" if name == "unit" else ""
    return f"{name}: {after} as told, where the files say {before}{kept}"


def _how(told: Mapping[str, Any]) -> Assay:
    given = {HOW[name]: told[name] for name in HOW if told.get(name) not in {None, ""}}
    return Assay(**given)


def _check_samples(found: Assayed) -> None:
    """Refuse samples that no session would take."""
    for name in ("analyte", "unit", "matrix"):
        if not all(getattr(one, name) for one in found.samples):
            raise DataError(f"samples that join a session need their {name}: --{name} says it")


def _samples(found: Assayed, path: Path) -> None:
    write_samples(path, found.samples)
