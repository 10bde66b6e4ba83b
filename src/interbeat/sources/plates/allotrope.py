"""Exports of other makers, read by allotropy where it is installed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError, FormatError, MissingExtraError, UnknownFormatError
from interbeat.core.plate import Plate, PlateRun, Well, place, position
from interbeat.sources._edge import quietly, reading
from interbeat.sources.plates._cells import OVER, plate_shape
from interbeat.sources.plates._naming import role_called, role_of_name
from interbeat.sources.plates._reader import PLATE_READERS, plate_reader

__all__: list[str] = []

_KINDS = {"absorbance": "OD", "fluorescence": "RFU", "luminescence": "RLU"}
_SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xml", ".json", ".asr", ".zip")


def _accepts(path: Path) -> bool:
    """Take whatever no other reader takes: the door asks this one last."""
    return path.is_file()


@plate_reader(
    "allotrope", _SUFFIXES, title="other makers' exports, by allotropy", accepts=_accepts
)
def read(path: Path) -> PlateRun:
    """Return the plates of an export that allotropy knows.

    Optical densities, which allotropy labels "mAU", are called what they are: OD.

    Raises
    ------
    MissingExtraError
        If allotropy is not installed.
    UnknownFormatError
        If allotropy cannot read it.
    FormatError
        If there are no endpoint reads of wells in it, or of more than one kind.
    """
    if find_spec("allotropy") is None:
        raise MissingExtraError(
            f"{path.name} is of a maker that interbeat does not read itself: such files",
            "plates",
        )
    with reading(path, "export that allotropy knows"):
        return _run(path, _converted(path))


def _converted(path: Path) -> Mapping[str, Any]:
    try:
        with quietly():
            from allotropy.to_allotrope import allotrope_from_file  # noqa: PLC0415 - 4 s

            return allotrope_from_file(str(path))
    except Exception as error:  # it guesses the maker, and fails in the ways of each
        own = ", ".join(r.title for name, r in PLATE_READERS.items() if name != "allotrope")
        said = " ".join(str(error).split())[:120]
        raise UnknownFormatError(
            path,
            f"no reader of plates takes it; possible: {own}, or what allotropy reads, which "
            f"says of it: {said}",
        ) from error


def _run(path: Path, document: Mapping[str, Any]) -> PlateRun:
    found = list(_measured(document))
    kinds = sorted({kind for _, _, kind, _ in found})
    if len(kinds) != 1:
        held = " and ".join(kinds) or "no absorbance, fluorescence or luminescence of wells"
        raise FormatError(path, f"holds {held}; one kind is taken")
    plates: dict[str, dict[str, dict[tuple[int, int], float]]] = {}
    wells: dict[tuple[str, str], Well] = {}
    for plate, label, _, entry in found:
        where = position(entry["sample document"]["location identifier"])
        read = plates.setdefault(plate or path.stem, {}).setdefault(label, {})
        if where in read:
            raise FormatError(path, f"well {place(*where)} was read more than once; kinetics "
                              "are not taken")  # fmt: skip
        read[where] = _value(entry, kinds[0])
        well = _well(entry["sample document"], plate or path.stem)
        if well is not None:
            wells[well.plate, well.place] = well
    unit = _KINDS[kinds[0]]
    notes = [f"{path.name}: read by allotropy"]
    said = sorted({str(e[k].get("unit")) for _, _, k, e in found if isinstance(e[k], dict)})
    if said != [unit]:
        notes.append(
            f"{path.name}: unit taken as {unit}, where allotropy says {', '.join(said)}"
        )
    return PlateRun(
        tuple(Plate(name, _grids(path, reads), unit) for name, reads in plates.items()),
        tuple(wells.values()),
        source=path.name,
        inferences=tuple(notes),
    )


def _measured(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Give plate, label and kind of each measurement of a well, and the measurement."""
    held = document.get("plate reader aggregate document", {})
    for group in held.get("plate reader document", []):
        for entry in group["measurement aggregate document"]["measurement document"]:
            kind = next((kind for kind in _KINDS if kind in entry), "")
            sample = entry.get("sample document", {})
            if kind and sample.get("location identifier"):
                plate = str(sample.get("well plate identifier", ""))
                yield plate, _label(entry), kind, entry


def _label(entry: Mapping[str, Any]) -> str:
    control = entry.get("device control aggregate document", {})
    settings = (control.get("device control document") or [{}])[0]
    waves = [
        f"{settings[name]['value']:g}"
        for name in ("excitation wavelength setting", "detector wavelength setting")
        if name in settings
    ]
    return "/".join(waves) or "read"


def _value(entry: Mapping[str, Any], kind: str) -> float:
    """Return what was read; where it was no number, allotropy writes minus zero and a word."""
    held = entry[kind]
    value = float(held["value"] if isinstance(held, dict) else held)
    if value == 0 and math.copysign(1, value) < 0:
        errors = entry.get("error aggregate document", {}).get("error document", [])
        over = any(OVER.fullmatch(str(error.get("error", ""))) for error in errors)
        return math.inf if over else math.nan
    return value


def _well(sample: Mapping[str, Any], plate: str) -> Well | None:
    name = str(sample.get("sample identifier", ""))
    told = role_called(str(sample.get("sample role type", "")).removesuffix(" role"))
    role, sure = role_of_name(name)
    if told is None and not sure:
        return None
    with suppress(DataError):
        where = place(*position(sample["location identifier"]))
        return Well(where, told or role, name, plate=plate)
    return None


def _grids(
    path: Path, reads: Mapping[str, Mapping[tuple[int, int], float]]
) -> dict[str, FloatArray]:
    shape = plate_shape(where for wells in reads.values() for where in wells)
    if shape is None:
        raise FormatError(path, "has wells of no plate")
    grids = {}
    for label, wells in reads.items():
        grids[label] = np.full(shape, np.nan)
        rows, columns = np.transpose(list(wells))
        grids[label][rows, columns] = list(wells.values())
    return grids
