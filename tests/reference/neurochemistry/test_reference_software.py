"""Concentrations are those that the software of two plate readers gave of the same wells.

SoftMax Pro of the three plates of the ELISAtools package (450 less 620 nm, its masked wells
left out): its four-parameter curve goes through the means of the replicates, all weighing the
same.
Gen5 of a plate of protein: a straight line. Both exported what they read back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.designed.published_plates import dnase, softmax

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.plates.fitting import fit_curve
from interbeat.neurochemistry.plates.reading import read_back

ROUNDED = 0.0006  # of a printed concentration
GEN5 = (
    "allotropy_plate_formats/agilent_gen5/testdata/absorbance/endpoint_stdcurve_singleplate.txt"
)
MOCK = (
    "allotropy_plate_formats/moldev_softmax_pro/testdata/"
    "MD_SMP_absorbance_endpoint_example01.txt"
)

Data = Callable[[str], Path]


@pytest.mark.parametrize("name", ["Assay_2", "Assay_3_and_4"])
def test_softmax_pro_reads_the_same(name: str, data: Data) -> None:
    """193 standard and sample wells: to the last digit that it printed."""
    for plate in softmax(data(f"elisatools_plates/{name}.txt")):
        levels = np.unique(plate.x)
        means = [plate.y[plate.x == level].mean() for level in levels]
        curve = fit_curve(levels, means, shape="4PL", weighting="equal")
        assert plate.responses.size >= 40
        for responses, theirs in ((plate.y, plate.back), (plate.responses, plate.read)):
            ours = read_back(curve, responses, replicates=1).concentration
            known = np.isfinite(theirs)
            assert np.array_equal(known, np.isfinite(ours))
            np.testing.assert_allclose(ours[known], theirs[known], atol=ROUNDED, rtol=2e-6)


def test_each_well_weighing_the_same_agrees_within_two_percent(data: Data) -> None:
    """Median within 1 %, 5th to 95th percentile within 2 %, of wells in all three plates.

    Not of the plate some of whose replicates SoftMax Pro masks: there means of one to three
    wells do not weigh the same.
    """
    for plate in softmax(data("elisatools_plates/Assay_3_and_4.txt")):
        curve = fit_curve(plate.x, plate.y, shape="4PL", weighting="equal")
        ratio = read_back(curve, plate.responses, replicates=1).concentration / plate.read
        low, middle, high = np.quantile(ratio, (0.05, 0.5, 0.95))
        assert abs(middle - 1) < 0.01
        assert 0.98 < low < high < 1.02


def test_gen5_reads_the_same_from_a_line(data: Data) -> None:
    """Its concentrations have more digits than its responses: to what 0.001 is worth."""
    nominal, responses, theirs = _gen5(data(GEN5).read_text(encoding="ascii"))
    standards = np.isfinite(nominal)
    curve = fit_curve(nominal[standards], responses[standards], shape="line", weighting="equal")
    assert curve.parameters["slope"].value == pytest.approx(0.00168, rel=5e-3)
    assert curve.parameters["response at zero"].value == pytest.approx(-0.000723, abs=1e-4)
    ours = read_back(curve, responses, replicates=1).concentration
    worth = 0.0006 / curve.values[1]
    known = np.isfinite(ours)
    assert known.sum() >= 93
    np.testing.assert_allclose(ours[known], theirs[known], atol=worth, rtol=2e-4)
    ratio = (ours / theirs)[theirs > 100]
    assert np.abs(np.quantile(ratio, (0.05, 0.95)) - 1).max() < 0.01


def _gen5(text: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return nominal (NaN of samples), blanked response and Gen5's concentration, by well."""
    lines = [line.split("\t") for line in text.splitlines()]
    by_label = {
        label: np.array([line[-13:-1] for line in lines if line[-1] == label], dtype=np.float64)
        for label in ("Blank 630nmAbsRead:630", "[Concentration]")
    }
    layout = [line[1:13] for line in lines if line[-1] == "Conc/Dil"]
    nominal = np.full((8, 12), np.nan)
    nominal[:7, :3] = np.array([row[:3] for row in layout[:7]], dtype=np.float64)
    responses, theirs = by_label.values()
    return nominal.ravel(), responses.ravel(), theirs.ravel()


def test_a_mock_plate_of_softmax_pro_is_a_power_and_no_four_parameter_curve(data: Data) -> None:
    """Its standards double while its densities triple: no plateau, and its curve is log-log.

    Of such standards a four-parameter curve is not told, and its best is a power: what SoftMax
    Pro printed is the straight line through the logarithms instead, exactly.
    """
    lines = [line.split("\t") for line in data(MOCK).read_text(encoding="utf-16").splitlines()]
    rows = [line for line in lines if len(line) > 8 and line[8] in ("Plate01", "Plate02")]
    at = next(k for k, line in enumerate(lines) if line[0] == "Group: UnknownsNoDiln")
    standards = [line for line in rows if lines.index(line) < at]
    assert len(standards) == 42
    nominal = np.repeat([float(line[1]) for line in standards if line[1].strip()], 6)
    responses, back = (np.array([float(line[k]) for line in standards]) for k in (4, 2))
    slope, height = np.polyfit(np.log(nominal), np.log(np.maximum(responses, 1e-6)), 1)
    curve = fit_curve(nominal, responses, shape="4PL", weighting="equal")
    assert "one plateau is a guess" in " ".join(curve.notes)
    strong = responses > 0.1  # its densities are printed to 0.001 only
    line = np.exp((np.log(responses) - height) / slope)
    assert np.abs(line / back - 1)[strong].max() < 0.01
    ours = read_back(curve, responses, replicates=1).concentration
    assert 0.005 < np.abs(ours / back - 1)[strong].max() < 0.03


def test_r_reads_the_same_of_samples_as_its_own_curve(data: Data) -> None:
    """Leaving each run's duplicates out as samples: closed form of R's parameters."""
    runs = dnase(data("r_dnase_elisa/DNase.csv"))
    curve = fit_curve(*runs["DNase 5"], shape="4PL", weighting="equal")
    a, b, c, d = curve.values
    y = np.linspace(0.1, 1.8, 20)
    ours = read_back(curve, y, replicates=1).concentration
    np.testing.assert_allclose(ours, c * ((a - y) / (y - b)) ** (1 / d), rtol=1e-12)
