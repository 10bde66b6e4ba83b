"""Blood of several files as one: drawn by hand, and by an automatic sampler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from interbeat.core.activity import UNITS, Blood
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError, FormatError
from interbeat.sources.scans._drawn import Drawn

__all__ = ["merged"]

APART = 0.2  # of the smaller: more says that two counters were not calibrated together


def merged(files: Sequence[Drawn]) -> Blood:
    """Return the blood of one scan.

    What two files measured is taken from the one with more samples of it over the time that it
    covers (an automatic sampler, as a rule), and from the other outside.

    Raises
    ------
    FormatError
        If units cannot be turned into one.
    """
    told = ["blood is taken as corrected for decay to the injection: no file says it"]
    first = next((file for file in files if _counted(file)), files[0])
    files = [_in_unit(file, first) for file in files]
    pieces: dict[str, tuple[FloatArray, FloatArray]] = {}
    flags = [flag for file in files for flag in file.flags]
    for name in ("plasma", "parent", "whole"):
        holding = [file for file in files if name in file.measured]
        pieces[name], notes, doubts = _joined(holding, name)
        told, flags = [*told, *notes], [*flags, *doubts]
    times = np.unique(np.concatenate([held[0] for held in pieces.values()]))
    values = {name: _placed(times, held) for name, held in pieces.items()}
    flags += _absent(values)
    sources = " + ".join(file.path.name for file in files)
    notes_of_files = [note for file in files for note in file.inferences]
    try:
        return Blood(
            times,
            values["plasma"],
            values["parent"],
            values["whole"],
            next((file.unit for file in files if file.unit), ""),
            source=sources,
            inferences=tuple(dict.fromkeys([*notes_of_files, *told])),
            flags=tuple(dict.fromkeys(flags)),
        )
    except DataError as error:
        raise FormatError(files[0].path, str(error)) from error


def _counted(file: Drawn) -> set[str]:
    return {"plasma", "whole"} & set(file.measured)


def _in_unit(file: Drawn, first: Drawn) -> Drawn:
    """Return a file's blood in the unit of the first that counted any."""
    counted = _counted(file)
    if file.unit == first.unit or not counted:
        return file
    if file.unit not in UNITS or first.unit not in UNITS:
        raise FormatError(
            file.path,
            f"is in {file.unit or 'no unit'}, and {first.path.name} in "
            f"{first.unit or 'no unit'}: which?",
        )
    factor = UNITS[file.unit] / UNITS[first.unit]
    told = f"{file.path.name} turned from {file.unit} into {first.unit}"
    return replace(
        file,
        measured={k: v * factor if k in counted else v for k, v in file.measured.items()},
        unit=first.unit,
        inferences=(*file.inferences, told),
    )


def _joined(
    holding: Sequence[Drawn], name: str
) -> tuple[tuple[FloatArray, FloatArray], list[str], list[str]]:
    """Return times and values of one quantity, what was done, and what is doubtful."""
    told: list[str] = []
    flags: list[str] = []
    times, values = np.empty(0), np.empty(0)
    for file in sorted(holding, key=lambda f: -np.isfinite(f.measured[name]).sum()):
        good = np.isfinite(file.measured[name])
        more, theirs = file.times[good], file.measured[name][good]
        if times.size and more.size:
            flags += _apart(name, (times, values), (more, theirs))
            outside = (more < times[0]) | (more > times[-1])
            told.append(
                f"{name} of {file.path.name} used where the other files end: "
                f"{outside.sum()} of {outside.size} samples"
            )
            more, theirs = more[outside], theirs[outside]
        times, values = np.append(times, more), np.append(values, theirs)
        order = np.argsort(times, kind="stable")
        times, values = times[order], values[order]
    return (times, values), told, flags


def _apart(
    name: str, ours: tuple[FloatArray, FloatArray], theirs: tuple[FloatArray, FloatArray]
) -> list[str]:
    """Flag counters that differ where both measured well above 0."""
    inside = (theirs[0] >= ours[0][0]) & (theirs[0] <= ours[0][-1])
    inside &= theirs[1] > 0.1 * np.max(theirs[1], initial=0.0)
    if name == "parent" or not np.any(inside):
        return []
    there = np.interp(theirs[0][inside], *ours)
    with np.errstate(all="ignore"):
        ratio = float(np.median(theirs[1][inside] / there))
    if 1 / (1 + APART) <= ratio <= 1 + APART:
        return []
    return [f"{name} of two files differs where both were counted: ratio {ratio:.2f} (median)"]


def _placed(times: FloatArray, held: tuple[FloatArray, FloatArray]) -> FloatArray:
    values = np.full(times.size, np.nan)
    values[np.searchsorted(times, held[0])] = held[1]
    return values


def _absent(values: dict[str, FloatArray]) -> list[str]:
    there = {name: bool(np.any(np.isfinite(held))) for name, held in values.items()}
    flags = []
    if not there["plasma"]:
        flags.append("no activity of plasma: whole blood is no input function by itself")
    if there["plasma"] and not there["parent"]:
        flags.append("no share of the parent compound: plasma holds its metabolites too")
    return flags
