"""Plate: what a reader saw in the wells of one plate, and what was in them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["Plate", "PlateRun", "Role", "Well", "place", "position"]

PLACE = re.compile(r"([A-Za-z]{1,2})0*([1-9]\d?)")


class Role(StrEnum):
    """What a well is for."""

    STANDARD = "standard"
    SAMPLE = "sample"
    CONTROL = "control"  # quality control: a sample whose concentration is known
    BLANK = "blank"  # nothing but the reagent that gives the color
    NONSPECIFIC = "nonspecific"  # what binds where no antibody is: NSB


@dataclass(frozen=True, slots=True)
class Well:
    """What was pipetted into one well.

    Parameters
    ----------
    place : str
        ``"A1"`` to ``"H12"``, or to ``"P24"`` of 384.
    role : Role
        What it is for.
    name : str
        Of the standard, sample or control; wells of the same name, dilution and spike are
        replicates of each other.
    concentration : float
        Nominal, of a standard or control, in the unit of the run; NaN where unknown.
    dilution : float
        By how much the sample was diluted: 4 where one part is in four. Below 1 where
        extraction brought it into a smaller volume.
    spiked : float
        What was added to the sample before dilution, in the unit of the run.
    person : str
        Who gave it.
    time : float
        When it was taken, in seconds since the session began; NaN where not said.
    plate : str
        Of which plate; ``""`` for each plate of the run.

    Raises
    ------
    DataError
        If the place is none, or a number is none that it can be.
    """

    place: str
    role: Role
    name: str = ""
    concentration: float = math.nan
    dilution: float = 1.0
    spiked: float = 0.0
    person: str = ""
    time: float = math.nan
    plate: str = ""

    def __post_init__(self) -> None:
        position(self.place)
        if self.concentration < 0 or math.isinf(self.concentration):
            raise DataError(
                f"well {self.place}: a concentration is a number from 0 up, "
                f"not {self.concentration}"
            )
        if not (math.isfinite(self.dilution) and self.dilution > 0):
            raise DataError(
                f"well {self.place}: a dilution is a number above 0, not {self.dilution}"
            )
        if not (math.isfinite(self.spiked) and self.spiked >= 0):
            raise DataError(
                f"well {self.place}: what was added is a number from 0 up, not {self.spiked}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """What a reader saw in the wells of one plate.

    Parameters
    ----------
    name : str
        E.g. ``"Plate 1"``.
    reads : mapping of str to ndarray, shape (rows, columns)
        What was read, by label, e.g. ``{"450": ...}``. A well that was not read is NaN, one
        too dark or bright for the reader is infinite.
    unit : str
        ``"OD"``, ``"RLU"``, ``"RFU"`` ...

    Raises
    ------
    DataError
        If nothing was read, or reads are of different shape.
    """

    name: str
    reads: Mapping[str, FloatArray]
    unit: str

    def __post_init__(self) -> None:
        reads = {label: np.array(grid, dtype=np.float64) for label, grid in self.reads.items()}
        shapes = {grid.shape for grid in reads.values()}
        if len(shapes) != 1 or len(next(iter(shapes))) != 2:
            raise DataError(
                f"plate {self.name!r} needs one or more grids of wells, all of one shape; "
                f"given {sorted(shapes)}"
            )
        for grid in reads.values():
            grid.setflags(write=False)
        object.__setattr__(self, "reads", MappingProxyType(reads))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = next(iter(self.reads.values())).shape
        return rows, columns


@dataclass(frozen=True, slots=True, eq=False)
class PlateRun:
    """The plates that were run together, and what was in their wells.

    Parameters
    ----------
    plates : tuple of Plate
        At least one.
    wells : tuple of Well
        The layout; wells that nobody used are not in it.
    analyte, unit, matrix : str
        ``"oxytocin"``, ``"pg/mL"``, ``"saliva"``; ``""`` where the files do not say.
    extracted : bool or None
        Whether samples were extracted before the assay; None where the files do not say.
    source : str
        Name of the file.
    inferences : tuple of str
        What was concluded, not read: units, labels, which read is which.
    shared : bool
        Whether the standards of all plates make one curve for all, as some files say in so
        many words. Otherwise each plate has its own.

    Raises
    ------
    DataError
        If there is no plate, or two are called the same.
    """

    plates: tuple[Plate, ...]
    wells: tuple[Well, ...] = ()
    analyte: str = ""
    unit: str = ""
    matrix: str = ""
    extracted: bool | None = None
    source: str = ""
    inferences: tuple[str, ...] = field(default=())
    shared: bool = False

    def __post_init__(self) -> None:
        names = [plate.name for plate in self.plates]
        if not names or len(set(names)) != len(names):
            raise DataError(f"a run has one or more plates, each with its name; given {names}")


def position(where: str) -> tuple[int, int]:
    """Return row and column, from 0, of a well.

    Raises
    ------
    DataError
        If `where` names no well.

    Examples
    --------
    >>> position("A1"), position("h12"), position("B03"), position("AF48")
    ((0, 0), (7, 11), (1, 2), (31, 47))
    """
    found = PLACE.fullmatch(where.strip())
    if found is None:
        raise DataError(f"{where!r} is no well; wells are called A1 to H12, or to P24 of 384")
    row = 0
    for letter in found[1].upper():
        row = row * 26 + ord(letter) - ord("A") + 1
    return row - 1, int(found[2]) - 1


def place(row: int, column: int) -> str:
    """Return the name of a well; row and column from 0.

    Examples
    --------
    >>> place(0, 0), place(7, 11), place(31, 47)
    ('A1', 'H12', 'AF48')
    """
    first, last = divmod(row, 26)
    letters = (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)
    return f"{letters}{column + 1}"
