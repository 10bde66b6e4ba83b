"""Areas of the papers and of the package that others use, on the same numbers.

BioPsyKit: Richer et al. (2021), Journal of Open Source Software 6:3702,
doi:10.21105/joss.03702; its test of Pruessner's examples, and the means and standard errors
that its documentation prints for its cortisol example.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.sample import Sample
from interbeat.neurochemistry.courses.assay_error import AssayError
from interbeat.neurochemistry.courses.course import CourseSettings, course, courses
from interbeat.sources.samples import read_listed, read_wide

HOW = CourseSettings(error=AssayError(cv=0.07))
MINUTES = (-30, -1, 30, 40, 50, 60, 70)  # BioPsyKit's example: since the stress test began


def of(levels: tuple[float, ...], minutes: tuple[float, ...]) -> list[Sample]:
    return [
        Sample("cortisol", v, "nmol/L", 60.0 * t, "saliva", "a")
        for v, t in zip(levels, minutes, strict=True)
    ]


@pytest.mark.parametrize(
    ("minutes", "ground", "increase"),
    [((1, 2, 3, 4, 5), 34.75, 20.75), ((0, 10, 15, 30, 45), 390.0, 232.5)],
)
def test_the_examples_of_pruessner(
    minutes: tuple[float, ...], ground: float, increase: float
) -> None:
    found = course(of((3.5, 7, 14, 7, 10), minutes), HOW).numbers
    assert found["AUCg"].value == pytest.approx(ground)
    assert found["AUCi"].value == pytest.approx(increase)


@pytest.mark.parametrize(
    ("levels", "ground", "increase", "rise"),
    [
        ((1, 1, 1, 1, 1), 40, 0, 0),
        ((5, 4, 3, 2, 1), 120, -80, -1),
        ((10, 2, 4, 4, 6), 180, -220, -4),
        ((2, 3, 8, 4, 6), 190, 110, 6),
    ],
)
def test_areas_and_greatest_increases_as_biopsykit_has_them(
    levels: tuple[float, ...], ground: float, increase: float, rise: float
) -> None:
    """The first three are cases of its tests; the last is by hand."""
    found = course(of(levels, (-10, 0, 10, 20, 30)), HOW).numbers
    assert found["AUCg"].value == pytest.approx(ground)
    assert found["AUCi"].value == pytest.approx(increase)
    assert found["reactivity"].value == pytest.approx(rise)


def example(data: Callable[[str], Path]) -> tuple[Sample, ...]:
    times = {str(k): 60.0 * minute for k, minute in enumerate(MINUTES)}
    path = data("biopsykit/cortisol_sample.csv")
    return read_wide(path, times=times, analyte="cortisol", unit="nmol/L", matrix="saliva")


def conditions(data: Callable[[str], Path]) -> dict[str, str]:
    with data("biopsykit/cortisol_sample.csv").open(encoding="utf-8") as handle:
        return {row["subject"]: row["condition"] for row in csv.DictReader(handle)}


def test_the_table_of_biopsykit_is_read_as_its_documentation_prints_it(
    data: Callable[[str], Path],
) -> None:
    group = conditions(data)
    found = courses(example(data), HOW)
    levels = {
        name: np.array(
            [[s.value for s in one.samples] for one in found if group[one.person] == name]
        )
        for name in ("Control", "Intervention")
    }
    want = {
        "Control": (
            [4.569485, 5.367404, 5.805423, 7.669331, 7.737588, 6.964650, 5.916773],
            [0.708467, 0.956169, 1.005129, 1.353230, 1.479832, 1.396808, 1.128819],
        ),
        "Intervention": (
            [6.041300, 5.934754, 4.971362, 5.071823, 5.105092],
            [0.788725, 0.867792, 0.696804, 0.752146, 0.917503],
        ),
    }
    for name, (means, errors) in want.items():
        own = levels[name]
        error = own.std(axis=0, ddof=1) / np.sqrt(len(own))
        np.testing.assert_allclose(own.mean(axis=0)[: len(means)], means, atol=6e-7)
        np.testing.assert_allclose(error[: len(errors)], errors, atol=6e-7)


def test_areas_of_twenty_six_people_are_numpys_trapezoids(
    data: Callable[[str], Path],
) -> None:
    found = courses(example(data), HOW)
    assert len(found) == 26
    for one in found:
        levels = np.array([sample.value for sample in one.samples])
        ground = np.trapezoid(levels, MINUTES)
        assert one.numbers["AUCg"].value == pytest.approx(ground)
        assert one.numbers["AUCi"].value == pytest.approx(ground - levels[0] * 100)


def test_the_laboratorys_list_and_the_table_say_the_same(data: Callable[[str], Path]) -> None:
    """The list has two people more, who are not in the table."""
    wide = {(s.person, s.time): s.value for s in example(data)}
    listed = read_listed(
        data("biopsykit/cortisol_sample_plate.xlsx"),
        names="sample ID",
        values="cortisol (nmol/l)",
        times={f"S{k}": 60.0 * minute for k, minute in enumerate(MINUTES)},
        analyte="cortisol",
        unit="nmol/L",
        matrix="saliva",
    )
    held = {(s.person, s.time): s.value for s in listed}
    assert len(held) == 28 * 7
    assert {key: held[key] for key in wide} == pytest.approx(wide)
