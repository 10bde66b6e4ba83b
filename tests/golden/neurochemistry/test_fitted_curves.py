"""Standard curves are those that R fits to the same public plates (curves.R, curves.csv)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.designed.published_plates import Standards, assumed_elisatools, dnase, gtools

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.plates.fitting import fit_curve
from interbeat.neurochemistry.plates.reading import responses_of

HERE = Path(__file__).parent
DIGITS = 5e-5  # four significant digits
# Its highest standard is still on a straight line in the logarithms: the best curve has its
# plateau at infinity, and R stops on the way there with a larger sum of squares than ours.
ENDLESS = "gtools Plate 3"

Plates = Mapping[str, Standards]
Fits = dict[tuple[str, str, str], dict[str, tuple[float, float]]]


@pytest.fixture(scope="module")
def plates(data: Callable[[str], Path]) -> Plates:
    found = dnase(data("r_dnase_elisa/DNase.csv")) | gtools(data("gtools_elisa/ELISA.rda"))
    for name in ("Assay_2", "Assay_3_and_4"):
        found |= assumed_elisatools(data(f"elisatools_plates/{name}.txt"))
    return found


def _fits() -> Fits:
    fits: Fits = defaultdict(dict)
    with (HERE / "curves.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = row["set"], row["shape"], row["weighting"]
            se = float("nan") if row["se"] == "NA" else float(row["se"])
            fits[key][row["parameter"]] = float(row["value"]), se
    return fits


FITS = _fits()
FOUR = [key for key in FITS if key[1] == "4PL" and not key[0].startswith(ENDLESS)]
UNWEIGHTED = [key for key in FITS if key[1:] == ("4PL", "equal")]


def _four(fit: dict[str, tuple[float, float]]) -> tuple[FloatArray, FloatArray]:
    """Return SSfpl's parameters and standard errors as ours."""
    (a, ea), (b, eb), (middle, em), (scale, es) = (fit[k] for k in ("A", "B", "xmid", "scal"))
    values = np.array([a, b, np.exp(middle), 1 / scale])
    return values, np.array([ea, eb, np.exp(middle) * em, es / scale**2])


def test_all_plates_are_there() -> None:
    assert len(UNWEIGHTED) == 11 + 12 + 3
    assert len({key[0] for key in FITS}) == 26
    assert sum(key[1] == "5PL" for key in FITS) == 21


@pytest.mark.parametrize("key", FOUR, ids=" ".join)
def test_four_parameters_are_those_of_r(key: tuple[str, str, str], plates: Plates) -> None:
    """With its standard errors, to four digits; with varPower, the power too."""
    values, errors = _four(FITS[key])
    curve = fit_curve(*plates[key[0]], shape="4PL", weighting=key[2])
    if key[2] != "power":
        np.testing.assert_allclose(curve.values, values, rtol=DIGITS)
        np.testing.assert_allclose(np.sqrt(np.diag(curve.covariance)), errors, rtol=DIGITS)
        assert curve.sigma == pytest.approx(FITS[key]["sigma"][0], rel=DIGITS)
        return
    if FITS[key]["faintest"][0] < 0.01:  # where our responses weigh no more, gnls' do
        return
    np.testing.assert_allclose(curve.values, values, atol=1e-3 * float(errors.min()), rtol=2e-4)
    assert curve.power == pytest.approx(FITS[key]["power"][0], abs=2e-4)


@pytest.mark.parametrize("key", [k for k in FITS if k[1] == "5PL"], ids=" ".join)
def test_five_parameters_are_those_of_r(key: tuple[str, str, str], plates: Plates) -> None:
    """To four digits, or to a thousandth of their standard error where they are not told.

    An asymmetry of 15 with a standard error of 2200 moves it by some 0.3 %.
    """
    fit = FITS[key]
    (a, ea), (b, eb), (c, _), (slope, es), (bend, eg) = (
        fit[k] for k in ("A", "B", "lc", "lb", "lg")
    )
    slope, bend = np.exp(slope), np.exp(bend)
    middle = np.exp(c) * np.expm1(np.log(2) / bend) ** (1 / slope)
    curve = fit_curve(*plates[key[0]], shape="5PL", weighting=key[2])
    errors = np.sqrt(np.diag(curve.covariance))
    off = np.abs(curve.values - [a, b, middle, slope, bend])
    assert np.all(off <= np.maximum(DIGITS * np.abs(curve.values), 1e-3 * errors))
    theirs = np.array([ea, eb, slope * es, bend * eg])
    np.testing.assert_allclose(errors[[0, 1, 3, 4]], theirs, rtol=5e-3)
    assert curve.sigma == pytest.approx(fit["sigma"][0], rel=1e-6)


@pytest.mark.parametrize(
    "key", [k for k in UNWEIGHTED if k[0].startswith(ENDLESS)], ids=" ".join
)
def test_without_a_plateau_the_curve_is_no_worse_than_that_of_r(
    key: tuple[str, str, str], plates: Plates
) -> None:
    curve = fit_curve(*plates[key[0]], shape="4PL", weighting="equal")
    assert curve.sigma <= FITS[key]["sigma"][0]
    assert "one plateau is a guess" in " ".join(curve.notes)
    values, _ = _four(FITS[key])
    x = np.geomspace(2, 500, 50)
    theirs = values[1] + (values[0] - values[1]) / (1 + (x / values[2]) ** values[3])
    np.testing.assert_allclose(responses_of(curve, x), theirs, rtol=2e-3)
