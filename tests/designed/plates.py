"""Plates whose contents are known: the same tubes on each of some plates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interbeat.body.assay import Plate as Simulated
from interbeat.core.arrays import FloatArray
from interbeat.core.plate import Plate, PlateRun, Role, Well, place

__all__ = ["COMPETITIVE", "SANDWICH", "STANDARDS", "Kit", "Tube", "designed_run", "run_of_body"]

STANDARDS = (0.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)
COLUMNS = 12


@dataclass(frozen=True)
class Kit:
    """Four-parameter logistic color."""

    zero: float = 0.08
    infinity: float = 2.8
    middle: float = 90.0
    slope: float = 1.2

    def color(self, amounts: FloatArray) -> FloatArray:
        share = 1 / (1 + (amounts / self.middle) ** self.slope)
        return np.asarray(self.infinity + (self.zero - self.infinity) * share)


SANDWICH, COMPETITIVE = Kit(), Kit(zero=2.2, infinity=0.12, middle=60.0)


@dataclass(frozen=True)
class Tube:
    """What is in a tube, and in which wells it is."""

    name: str
    amount: float
    role: Role = Role.SAMPLE
    dilution: float = 1.0
    spiked: float = 0.0
    person: str = ""
    time: float = math.nan
    nominal: float = math.nan


def designed_run(
    tubes: Sequence[Tube], rng: np.random.Generator, *,
    plates: int = 1, replicates: int = 2, kit: Kit = SANDWICH,
    standards: Sequence[float] = STANDARDS,
    reading: float = 0.03, pipetting: float = 0.0, tube_cv: float = 0.0, plate_cv: float = 0.0,
    analyte: str = "oxytocin", extracted: bool | None = True,
) -> PlateRun:  # fmt: skip
    """Return plates with standards in duplicate, then each tube in replicates."""
    wells: list[Well] = []
    made: list[Plate] = []
    for k in range(plates):
        name = f"Plate {k + 1}"
        content = [
            (Well("A1", Role.STANDARD, f"S{x:g}", x), x) for x in standards for _ in "12"
        ]
        off = math.exp(plate_cv * rng.standard_normal())
        for tube in tubes:
            here = off * math.exp(tube_cv * rng.standard_normal())
            amount = (tube.amount * here + tube.spiked) / tube.dilution
            noise = np.exp(pipetting * rng.standard_normal(replicates))
            content += [(_well(tube), amount * float(one)) for one in noise]
        amounts = np.array([amount for _, amount in content])
        color = kit.color(amounts) * (1 + reading * rng.standard_normal(amounts.size))
        grid = np.full((-(-amounts.size // COLUMNS), COLUMNS), np.nan)
        grid.ravel()[: amounts.size] = color
        made.append(Plate(name, {"450": grid}, "OD"))
        wells += [_at(well, i, name) for i, (well, _) in enumerate(content)]
    return PlateRun(tuple(made), tuple(wells), analyte, "pg/mL", "saliva", extracted)


def _well(tube: Tube) -> Well:
    return Well(
        "A1", tube.role, tube.name, tube.nominal, tube.dilution, tube.spiked, tube.person,
        tube.time,
    )  # fmt: skip


def _at(well: Well, index: int, plate: str) -> Well:
    return Well(
        place(*divmod(index, COLUMNS)), well.role, well.name, well.concentration,
        well.dilution, well.spiked, well.person, well.time, plate,
    )  # fmt: skip


def run_of_body(plates: Sequence[Simulated]) -> PlateRun:
    """Return plates of the simulated laboratory as a run that a reader would hand over."""
    wells: list[Well] = []
    made: list[Plate] = []
    for k, plate in enumerate(plates):
        name = f"Plate {k + 1}"
        made.append(Plate(name, {"450": plate.density}, "OD"))
        for row, line in enumerate(plate.layout):
            for column, what in enumerate(line):
                kind, _, number = what.partition(" ")
                where = place(row, column)
                if kind == "blank":
                    wells.append(Well(where, Role.BLANK, plate=name))
                if kind == "standard":
                    amount = float(plate.standards[int(number)])
                    wells.append(Well(where, Role.STANDARD, what, amount, plate=name))
                if kind == "sample":
                    tube = plate.tubes[int(number) - 1]
                    wells.append(
                        Well(
                            where,
                            Role.SAMPLE,
                            what,
                            person=tube.person,
                            time=tube.time,
                            plate=name,
                        )
                    )
    tube = plates[0].tubes[0]
    return PlateRun(tuple(made), tuple(wells), tube.analyte, tube.unit, tube.matrix)
