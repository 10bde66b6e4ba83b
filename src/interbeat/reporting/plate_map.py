"""The plate as a map: what was in each well, what was read there, and what is flagged."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.plate import Plate, PlateRun, Role, Well, place, position
from interbeat.neurochemistry.plates.found import Assay, Panel
from interbeat.reporting._format import tidy
from interbeat.reporting.plate_rows import own_flags, parts_of

__all__ = ["MapShown", "WellShown", "chosen_read", "plate_map", "wells_of"]

SHADES = 9
ROLES = {
    Role.STANDARD: "standard",
    Role.SAMPLE: "sample",
    Role.CONTROL: "control",
    Role.BLANK: "blank",
    Role.NONSPECIFIC: "nonspecific binding",
}


@dataclass(frozen=True, slots=True)
class WellShown:
    """One cell of the map: its text, the class of its shade, and whether it is flagged."""

    place: str
    name: str
    role: str
    read: str
    shade: int
    flagged: bool


@dataclass(frozen=True, slots=True)
class MapShown:
    """The map of one plate: names of rows and columns, wells row by row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[WellShown, ...]], ...]
    read: str
    unit: str
    roles: tuple[str, ...]
    flagged: int


def plate_map(run: PlateRun, plate: Plate, panel: Panel, assay: Assay) -> MapShown:
    """Return the map of `plate`.

    Parameters
    ----------
    run : PlateRun
        With the layout.
    plate : Plate
        One of its plates.
    panel : Panel
        What this plate gave: whose flags are shown.
    assay : Assay
        Which read was used.
    """
    label = chosen_read(plate, assay)
    grid = plate.reads[label]
    wells = wells_of(run, plate.name)
    flagged = _flagged(panel)
    shades = _shades(grid)
    rows, columns = plate.shape
    shown = tuple(
        (
            place(row, 0)[:-1],
            tuple(
                _well(
                    wells.get((row, column)), place(row, column),
                    read=float(grid[row, column]), shade=int(shades[row, column]),
                    flagged=place(row, column) in flagged,
                )
                for column in range(columns)
            ),
        )
        for row in range(rows)
    )  # fmt: skip
    used = dict.fromkeys(ROLES[well.role] for well in wells.values())
    marked = sum(cell.flagged for _, cells in shown for cell in cells)
    names = tuple(str(column + 1) for column in range(columns))
    return MapShown(names, shown, label, plate.unit, tuple(used), marked)


def chosen_read(plate: Plate, assay: Assay) -> str:
    """Return the label of the read that was used: the only one, or the first."""
    return assay.read if assay.read in plate.reads else next(iter(plate.reads))


def wells_of(run: PlateRun, plate: str) -> dict[tuple[int, int], Well]:
    """Return the wells of one plate by row and column."""
    mine = (well for well in run.wells if well.plate in {"", plate})
    return {position(well.place): well for well in mine}


def _flagged(panel: Panel) -> frozenset[str]:
    return frozenset(where for one in parts_of(panel) if own_flags(one) for where in one.places)


def _well(
    well: Well | None, where: str, *, read: float, shade: int, flagged: bool
) -> WellShown:
    name = "" if well is None else well.name or ROLES[well.role]
    role = "" if well is None else ROLES[well.role]
    return WellShown(where, name, role, _read(read), shade, flagged)


def _read(value: float) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "over" if value > 0 else "under"
    return tidy(f"{value:z.3f}" if abs(value) < 100 else f"{value:.0f}")


def _shades(grid: FloatArray) -> FloatArray:
    """Return 0 (lightest, or nothing read) to :data:`SHADES` (the highest response)."""
    finite = grid[np.isfinite(grid)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    share = (np.clip(grid, low, high) - low) / ((high - low) or 1.0)
    return np.asarray(np.where(np.isnan(grid), 0.0, np.rint(share * SHADES)))
