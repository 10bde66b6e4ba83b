"""Public plates: against R's mixed models, and against sums that are done by hand."""

from __future__ import annotations

import csv
import math
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.plate import Plate, PlateRun, Role, Well, place
from interbeat.neurochemistry.plates._components import components
from interbeat.neurochemistry.plates._together import of_wells
from interbeat.neurochemistry.plates.assaying import assay
from interbeat.neurochemistry.plates.found import Assayed

Data = Callable[[str], Path]
GOLDEN = Path(__file__).parents[2] / "golden" / "neurochemistry" / "components.csv"


def _golden(of: str) -> list[float]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [float(row["variance"]) for row in csv.DictReader(file) if row["set"] == of]


def _gtools(data: Data, read: str = "1") -> list[tuple[str, str, float, float]]:
    """Return plate, description, concentration and signal of each well of one read."""
    from rdata import read_rda

    with warnings.catch_warnings():  # the file does not say how its text is written
        warnings.simplefilter("ignore")
        table = read_rda(data("gtools_elisa/ELISA.rda"))["ELISA"]
    table = table[table["Read"].astype(str) == read]
    columns = ("PlateDay", "Description", "Concentration", "Signal")
    rows = zip(*(table[name] for name in columns), strict=True)
    return [(str(p), str(d), float(c), float(s)) for p, d, c, s in rows]


def _run(rows: list[tuple[str, str, float, float]], keep: Callable[[float], bool]) -> PlateRun:
    plates, wells = [], []
    for name in sorted({row[0] for row in rows}):
        here = [row[1:] for row in rows if row[0] == name]
        grid = np.full((4, 12), np.nan)
        grid.ravel()[: len(here)] = [signal for _, _, signal in here]
        plates.append(Plate(name, {"450": grid}, "OD"))
        for k, (what, amount, _) in enumerate(here):
            where = place(*divmod(k, 12))
            if what in ("Standard", "BLANK"):
                wells.append(Well(where, Role.STANDARD, f"{amount:g}", amount, plate=name))
            elif what.startswith("Quality") and keep(amount):
                wells.append(Well(where, Role.CONTROL, f"QC {amount:g}", amount, plate=name))
    return PlateRun(tuple(plates), tuple(wells), unit="ng/mL")


def _codes(names: list[str]) -> IntArray:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def test_lots_of_an_assay_differ_by_what_lme_says(data: Data) -> None:
    with data("r_dnase_elisa/nlme_IGF.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    values = np.array([float(row["conc"]) for row in rows])
    lots = _codes([row["Lot"] for row in rows])
    found = components(values, np.zeros_like(lots), {"lot": lots})
    np.testing.assert_allclose(found.variances, _golden("igf"), rtol=1e-4)


def test_plates_levels_and_wells_differ_by_what_lme_says(data: Data) -> None:
    rows = [row for row in _gtools(data) if row[1].startswith("Quality")]
    levels, plates = _codes([f"{row[2]:g}" for row in rows]), _codes([row[0] for row in rows])
    logs = np.log([row[3] for row in rows])
    found = components(logs, levels, {"plate": plates, "cell": levels * 4 + plates})
    np.testing.assert_allclose(found.variances, _golden("gtools"), rtol=1e-4)


def _squares(found: Assayed) -> tuple[float, float, float]:
    """Return mean squares of plates, levels on plates and wells of a balanced run."""
    logs: FloatArray = np.log(
        [[of_wells(panel.curve, one) for one in panel.controls] for panel in found.panels]
    )
    plates, levels, wells = logs.shape
    cells = logs.mean(axis=2)
    grand, by_plate, by_level = cells.mean(), cells.mean(axis=1), cells.mean(axis=0)
    left = cells - by_plate[:, None] - by_level + grand
    return (
        wells * levels * float(np.sum((by_plate - grand) ** 2)) / (plates - 1),
        wells * float(np.sum(left**2)) / ((plates - 1) * (levels - 1)),
        float(np.sum((logs - cells[..., None]) ** 2)) / (plates * levels * (wells - 1)),
    )


def test_cvs_of_quality_controls_on_four_plates_are_those_of_the_analysis_of_variance(
    data: Data,
) -> None:
    found = assay(_run(_gtools(data), lambda amount: 39 <= amount <= 160))
    assert all(not c.concentration.reason for p in found.panels for c in p.controls)
    plate, level, well = _squares(found)
    assert found.precision["intra-assay CV"].value == pytest.approx(
        math.sqrt(math.expm1(well)), rel=1e-9
    )
    assert level < well  # so levels on plates are no component: they tell of wells
    well = (6 * level + 12 * well) / 18
    shared = (plate - well) / 6
    assert shared > 0
    inter, effect = shared + well / 2, shared
    assert found.precision["inter-assay CV"].value == pytest.approx(
        math.sqrt(math.expm1(inter)), rel=1e-4
    )
    assert found.precision["plate effect"].value == pytest.approx(
        math.sqrt(math.expm1(effect)), abs=1e-3
    )


def test_quality_controls_read_what_is_in_them(data: Data) -> None:
    found = assay(_run(_gtools(data), lambda amount: 39 <= amount <= 320))
    off = [c.concentration.value / c.nominal - 1 for p in found.panels for c in p.controls]
    assert abs(np.median(off)) < 0.1
    assert np.max(np.abs(off)) < 0.2


def test_three_reads_of_the_same_plates_agree(data: Data) -> None:
    reads = [assay(_run(_gtools(data, read), lambda amount: amount > 39)) for read in "123"]
    values = np.array(
        [[c.concentration.value for p in one.panels for c in p.controls] for one in reads]
    )
    assert np.max(np.abs(values / values.mean(axis=0) - 1)) < 0.02
