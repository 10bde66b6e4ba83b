"""Exports that carry their own concentrations: ours are those, within what they round to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from interbeat.neurochemistry.plates.assaying import assay
from interbeat.neurochemistry.plates.found import Assay, Panel
from interbeat.neurochemistry.plates.reading import read_back
from interbeat.sources.plating import read_plates

Data = Callable[[str], Path]
GEN5 = (
    "allotropy_plate_formats/agilent_gen5/testdata/absorbance/endpoint_stdcurve_singleplate.txt"
)
SOFTMAX = (
    "allotropy_plate_formats/moldev_softmax_pro/testdata/"
    "MD_SMP_absorbance_endpoint_example01.txt"
)


def _gen5(path: Path) -> dict[str, float]:
    """Return what the export says is in each well."""
    found: dict[str, float] = {}
    row = ""
    for line in path.read_text(encoding="latin-1").splitlines():
        cells = line.split("\t")
        if re.fullmatch("[A-H]", cells[0]):
            row = cells[0]
        if cells[-1] == "[Concentration]":
            found |= {f"{row}{k}": float(cell) for k, cell in enumerate(cells[1:13], 1)}
    return found


def _softmax(path: Path) -> dict[tuple[str, str], float]:
    """Return what the export says is in each well of samples."""
    text = path.read_bytes().decode("utf-16")
    rows = (line.split("\t") for line in text[text.index("Group: Unknowns") :].splitlines())
    return {
        (cells[8].strip(), cells[1]): float(cells[4])
        for cells in rows
        if len(cells) > 8 and re.fullmatch(r"[A-H]\d+", cells[1])
    }


def test_gen5_line_and_ours_are_one(data: Data) -> None:
    theirs = _gen5(data(GEN5))
    found = assay(read_plates(data(GEN5)), Assay(shape="line", weighting="equal"))
    (panel,) = found.panels
    assert panel.curve.values[1] == pytest.approx(0.00168, abs=0.000005)
    assert len(panel.readings) == 24
    for one in panel.readings:
        in_the_well = one.concentration.value / one.dilution
        mean = np.mean([theirs[place] for place in one.places])
        # densities are exported to 0.001, one part in some 600 of the faintest sample's
        assert in_the_well == pytest.approx(mean, rel=0.002)


def test_gen5_dilutions_are_linear_and_parallel(data: Data) -> None:
    found = assay(read_plates(data(GEN5)), Assay(shape="line", weighting="equal"))
    assert len(found.dilution) == 18
    assert all(abs(one.value - 1) < 0.003 for one in found.dilution.values())
    assert all(abs(one.value - 1) < 0.002 for one in found.parallelism.values())


def test_softmax_samples_with_one_curve_for_both_plates_are_within_two_percent(
    data: Data,
) -> None:
    # Its own curve is a straight line of logarithms, which the file does not say; the default
    # is a four-parameter logistic through the same standards.
    theirs = _softmax(data(SOFTMAX))
    found = assay(read_plates(data(SOFTMAX)))
    off = [
        one.concentration.value / np.mean([theirs[panel.plate, place] for place in one.places])
        for panel in found.panels
        for one in panel.readings
    ]
    assert len(off) == 48
    assert np.all(np.abs(np.array(off) - 1) < 0.02)


def test_softmax_wells_by_a_log_log_line_are_what_it_printed(data: Data) -> None:
    """Standards and samples, 186 wells: its line goes through the logarithms."""
    text = data(SOFTMAX).read_bytes().decode("utf-16")
    theirs = _softmax(data(SOFTMAX)) | _softmax_standards(text)
    run = replace(read_plates(data(SOFTMAX)), shared=True)
    found = assay(run, Assay(shape="log-log", weighting="1/y2"))
    ours = {
        (panel.plate, place): read_back(panel.curve, [response], replicates=1).concentration[0]
        for panel in found.panels
        for places, responses in _wells(panel)
        for place, response in zip(places, responses, strict=True)
    }
    assert ours.keys() == theirs.keys()
    for wells, many in ((_softmax_standards(text), 42), (_softmax(data(SOFTMAX)), 144)):
        off = np.array([ours[well] / wells[well] - 1 for well in wells])
        low, middle, high = np.quantile(off, (0.05, 0.5, 0.95))
        assert off.size == many
        assert abs(middle) < 5e-4  # bars: 1 % of the median, 2 % of the 5th to 95th percentile
        assert -1e-3 < low < high < 1e-3


def _wells(panel: Panel) -> list[tuple[tuple[str, ...], tuple[float, ...]]]:
    standards = [(one.places, one.responses) for one in panel.standards]
    return standards + [(one.places, one.responses) for one in panel.readings]


def _softmax_standards(text: str) -> dict[tuple[str, str], float]:
    """Return what the export reads back from each well of standards."""
    groups = text[text.index("Group: Standards") : text.index("Group: Unknowns")]
    rows = (line.split("\t") for line in groups.splitlines())
    return {
        (cells[8].strip(), cells[3]): float(cells[2])
        for cells in rows
        if len(cells) > 8 and re.fullmatch(r"[A-H]\d+", cells[3])
    }
