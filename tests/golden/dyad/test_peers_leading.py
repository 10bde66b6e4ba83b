"""Granger and coupled oscillators beside what lmtest, statsmodels, bsync and rties print."""

from __future__ import annotations

import bz2
import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.indices.granger import granger_f
from interbeat.dyad.indices.oscillators import Oscillators, oscillators

HERE = Path(__file__).parent
RATES = {"A": 4, "N": 4, "I": 10}


def table(name: str) -> FloatArray:
    return np.loadtxt(HERE / name, delimiter=",", skiprows=1)


def pair(name: str) -> tuple[FloatArray, FloatArray]:
    rows = table(f"input_{name}.csv")
    return rows[:, 1], rows[:, 2]


@pytest.mark.parametrize("name", RATES)
def test_granger_is_that_of_lmtest(name: str) -> None:
    x, y = pair(name)
    made = np.loadtxt(HERE / f"lmtest_granger_{name}.csv", delimiter=",", dtype=str, skiprows=1)
    for row, (one, other) in zip(made, ((x, y), (y, x)), strict=True):
        found = granger_f(one, other, order=3)
        assert found.f == pytest.approx(float(row[1]), rel=1e-9)
        assert found.p == pytest.approx(float(row[2]), rel=1e-9)
        assert (-found.order, found.left) == (int(row[3]), int(row[4]))


@pytest.mark.parametrize("name", RATES)
def test_granger_is_that_of_statsmodels(name: str) -> None:
    x, y = pair(name)
    made = json.loads((HERE / "statsmodels_granger.json").read_text())[name]
    for way, (one, other) in {"x->y": (x, y), "y->x": (y, x)}.items():
        assert granger_f(one, other, order=3)[:2] == pytest.approx(made[way], rel=1e-9)


@pytest.mark.parametrize("name", RATES)
def test_granger_in_windows_is_that_of_bsync(name: str) -> None:
    """Windows of 60 s and one sample, 30 s apart; ``i`` counts samples from 1."""
    x, y = pair(name)
    for i, *made in table(f"bsync_wgranger_{name}.csv"):
        here = slice(int(i) - 1, int(i) + 60 * RATES[name])
        found = granger_f(x[here], y[here], order=3), granger_f(y[here], x[here], order=3)
        assert [n for one in found for n in one[:2]] == pytest.approx(made, rel=1e-9)


def columns(path: Path, names: tuple[str, ...]) -> Iterator[FloatArray]:
    """Give numeric columns of the data frame in an R data file (bzip2, XDR, version 2 or 3)."""
    raw = bz2.decompress(path.read_bytes())
    found: list[FloatArray] = []
    at = 0
    while len(found) < len(names):  # a vector: its type and flags, its length, its numbers
        kind, size = struct.unpack_from(">iI", raw, at)
        if size == 17884 and kind & 0xFF in {13, 14}:
            code, width = (">i4", 4) if kind & 0xFF == 13 else (">f8", 8)
            values = np.frombuffer(raw, code, size, at + 8).astype(np.float64)
            found.append(
                np.where(np.isfinite(values), values, np.nan)
            )  # R has a NaN of its own
            at += 8 + width * size
        else:
            at += 1
    yield from found


def without_line(values: FloatArray, at: FloatArray) -> FloatArray:
    there = np.isfinite(values)
    line = np.polyfit(at[there], values[there], 1)
    return np.asarray(values - np.polyval(line, at))


@pytest.fixture(scope="module")
def couples(data: Callable[[str], Path]) -> dict[int, tuple[FloatArray, FloatArray]]:
    """Return each couple's feelings by a dial, every 2 s: first the men's, then the women's."""
    path = data("rties_couples/rties_ExampleDataShort.rda")
    names = ("couple", "person", "dial", "time", "female")
    couple, _, dial, at, female = columns(path, names)
    made = {}
    for number in (2, 3, 5, 8, 10):
        sides = [(couple == number) & (female == sex) for sex in (0, 1)]
        made[number] = tuple(without_line(dial[side], at[side]) for side in sides)
    return made  # type: ignore[return-value]


def fitted(x: FloatArray, y: FloatArray) -> Oscillators:
    return oscillators(x, y, steps=(2, 3), points=(4, 5))


def test_coupled_oscillators_of_couples_are_those_of_rties(
    couples: dict[int, tuple[FloatArray, FloatArray]],
) -> None:
    """To the five digits that were kept; couple 3 lacks three moments, which rties drops."""
    fits, weights = table("rties_clo_fitTable.csv"), table("rties_clo_params.csv")
    for (number, *fit), weight in zip(fits, weights, strict=True):
        x, y = couples[int(number)]
        there = np.isfinite(x) & np.isfinite(y)
        found = fitted(x[there], y[there])
        assert [found.step, found.points] == fit[:2]
        assert found.explained == pytest.approx(fit[2], abs=0.0051)
        assert found.periods == pytest.approx(fit[3:], abs=0.0051)
        assert np.concatenate((found.a, found.b)) == pytest.approx(weight[:8], abs=0.6e-5)


def test_a_gap_is_a_gap_and_not_joined(
    couples: dict[int, tuple[FloatArray, FloatArray]],
) -> None:
    x, y = couples[3]
    there = np.isfinite(x) & np.isfinite(y)
    assert (~there).sum() == 3
    ours, joined = fitted(x, y), fitted(x[there], y[there])
    assert ours.a == pytest.approx(joined.a, abs=0.003)
    assert not np.allclose(ours.a, joined.a, atol=1e-4)
