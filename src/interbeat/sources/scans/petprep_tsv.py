"""BIDS, as PETPrep writes it: ``_timeseries.tsv`` or ``_tacs.tsv``, and ``_pet.json``."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.activity import Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._bids_tables import entities_of
from interbeat.sources._text import Text
from interbeat.sources.scans._bids import (
    about_scan,
    number_of,
    numbers_of,
    sidecar_of,
    word_of,
)
from interbeat.sources.scans._columns import columns_of, curves_of, kind_of
from interbeat.sources.scans._reader import Asked, scan_reader
from interbeat.sources.scans._scanned import Curves, named_once, regions_of
from interbeat.sources.scans._sheet import Sheet, sheet_of

__all__: list[str] = []

_SUFFIXES = ("_timeseries.tsv", "_tacs.tsv")
CUBIC = 1000.0  # mm³ in a mL


def accepts(path: Path) -> bool:
    """Whether its name is that of curves, and its labels are not those of confounds."""
    text = Text.head_of(path)
    return text is not None and entities_of(path.name).get("desc") != "confounds"


@scan_reader(
    "petprep_tsv", _SUFFIXES, title="BIDS, PETPrep: curves of regions", accepts=accepts
)
def read(path: Path, asked: Asked) -> Mapping[str, Regions]:
    """Return the scan, with what its ``_pet.json`` says of injection, decay and units.

    Regions of the file ``_ref-`` beside it, which PETPrep writes for a reference region, are
    read too; volumes are those of ``_morph.tsv``.
    """
    about = about_scan(path) | sidecar_of(path)
    sheet = sheet_of(path)
    curves = _with_times(sheet, about)
    curves = _with_reference(curves)
    curves = replace(
        curves,
        unit=curves.unit or word_of(about, "Units"),
        volumes=_volumes(path),
        person=entities_of(path.name).get("sub", ""),
        nuclide=word_of(about, "TracerRadionuclide"),
        tracer=word_of(about, "TracerName") or entities_of(path.name).get("trc", ""),
        corrected=_corrected(about),
        corrected_to=number_of(about, "ImageDecayCorrectionTime", path),
        injected=number_of(about, "InjectionStart", path) or 0.0,
        factors=_factors(about, path),
        inferences=(*curves.inferences, *_unsaid(about)),
    )
    return {"": regions_of(curves, asked)}


def _with_times(sheet: Sheet, about: Mapping[str, Any]) -> Curves:
    """Return curves with the frames of the table, or those of the JSON where it has none."""
    path = sheet.text.path
    if any(kind_of(label) in {"start", "end"} for label in sheet.labels):
        curves = curves_of(sheet, columns_of(sheet), np.arange(len(sheet.rows)))
        return replace(curves, time_unit=curves.time_unit or "s")
    starts = numbers_of(about, "FrameTimesStart", path)
    durations = numbers_of(about, "FrameDuration", path)
    if starts is None or durations is None:
        raise FormatError(
            path, "neither it nor a _pet.json gives FrameTimesStart and FrameDuration"
        )
    if not starts.size == durations.size == len(sheet.rows):
        raise FormatError(
            path,
            f"{len(sheet.rows)} frames, and its JSON gives {starts.size} starts and "
            f"{durations.size} durations",
        )
    names = [label.strip() for label in sheet.labels]
    named_once(path, names, "labels")
    activity = {name: sheet.column(k) for k, name in enumerate(names)}
    told = ("frames are those of the JSON: the table gives none",)
    return Curves(path, starts, starts + durations, activity, time_unit="s", inferences=told)


def _with_reference(curves: Curves) -> Curves:
    """Add the regions of the file of the reference region, where there is one."""
    own = entities_of(curves.path.name)
    suffix = next(s for s in _SUFFIXES if curves.path.name.lower().endswith(s))
    for beside in sorted(curves.path.parent.glob(f"*_ref-*{suffix}")):
        theirs = entities_of(beside.name)
        name = f"ref-{theirs.pop('ref', '')}"
        if "ref" in own or theirs != own:
            continue
        sheet = sheet_of(beside)
        if any(kind_of(label) == "start" for label in sheet.labels):
            more = _fitting(curves, sheet, name)
            told = f"{', '.join(more)} read from {beside.name}"
            curves = replace(
                curves,
                activity={**curves.activity, **more},
                inferences=(*curves.inferences, told),
            )
    return curves


def _fitting(curves: Curves, sheet: Sheet, name: str) -> dict[str, FloatArray]:
    other = curves_of(sheet, columns_of(sheet), np.arange(len(sheet.rows)))
    if not np.array_equal(other.starts, curves.starts):
        raise FormatError(sheet.text.path, f"has other frames than {curves.path.name}")
    return {
        (name if len(other.activity) == 1 else f"{name} {key}"): values
        for key, values in other.activity.items()
    }


def _corrected(about: Mapping[str, Any]) -> bool | None:
    held = about.get("ImageDecayCorrected")
    return held if isinstance(held, bool) else None


def _factors(about: Mapping[str, Any], path: Path) -> FloatArray | None:
    """Return the factors of decay, which only check others: nothing where they are odd."""
    with suppress(FormatError):
        return numbers_of(about, "DecayCorrectionFactor", path)
    return None


def _unsaid(about: Mapping[str, Any]) -> list[str]:
    if "InjectionStart" in about:
        return []
    return ["no _pet.json says when the injection was: taken to be at time 0 of the frames"]


def _volumes(path: Path) -> dict[str, float]:
    """Return volumes of regions in mL, from ``_morph.tsv`` of the same person and atlas."""
    own = entities_of(path.name)
    for folder in (path.absolute().parent.parent, path.absolute().parent.parent.parent):
        for file in sorted(folder.glob("anat/*_morph.tsv")):
            theirs = entities_of(file.name)
            if all(theirs.get(k, own.get(k)) == own.get(k) for k in ("sub", "ses", "seg")):
                return _morph(file)
    return {}


def _morph(path: Path) -> dict[str, float]:
    sheet = sheet_of(path)
    if not {"name", "volume-mm3"} <= set(sheet.labels):
        return {}
    names = sheet.words(sheet.labels.index("name"))
    volumes = sheet.column(sheet.labels.index("volume-mm3")) / CUBIC
    return {n.strip(): float(v) for n, v in zip(names, volumes, strict=True) if v > 0}
