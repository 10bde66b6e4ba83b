"""The rMEA mode is rMEA: windows by lags, summaries, and sessions of therapy."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.indices.rmea import lead_means, rmea
from interbeat.dyad.modes.anchored import Windowed, windowed_correlation

HERE = Path(__file__).parent
RATES = {"A": 4, "N": 4, "I": 10}
SESSIONS = range(200, 205)

each_input = pytest.mark.parametrize("name", RATES)


def series(name: str) -> tuple[FloatArray, FloatArray]:
    table = np.loadtxt(HERE / f"input_{name}.csv", delimiter=",", skiprows=1)
    return table[:, 1], table[:, 2]


def columns(name: str) -> FloatArray:
    return np.genfromtxt(HERE / name, delimiter=",", skip_header=1)


def windows(name: str) -> Windowed:
    return windowed_correlation(
        *series(name), sampling_rate=RATES[name],
        window=30, hop=15, max_lag=5, anchor="earlier",
    )  # fmt: skip


@each_input
def test_each_window_and_lag_is_that_of_rmea(name: str) -> None:
    peer = columns(f"rmea_ccf_{name}.csv")
    rows = peer[:, 0].astype(int) - 1
    z = np.arctanh(windows(name).r)
    assert z.shape == (38, peer.shape[1] - 1)
    np.testing.assert_allclose(z[rows], peer[:, 1:], rtol=0, atol=1e-9)


@each_input
@pytest.mark.parametrize("absolute", [True, False])
def test_its_summary_of_each_window_is_that_of_rmea(name: str, *, absolute: bool) -> None:
    peer = columns(f"rmea_summary_{name}_abs{str(absolute).upper()}.csv")
    z = np.arctanh(windows(name).r)
    found = lead_means(np.abs(z) if absolute else z)
    np.testing.assert_allclose(np.transpose(found[:6]), peer[:, 1:7], rtol=0, atol=1e-9)
    np.testing.assert_array_equal(found.best / RATES[name], peer[:, 7])


@each_input
def test_its_grand_average_is_that_of_rmea(name: str) -> None:
    found = rmea(*series(name), sampling_rate=RATES[name], window=30, hop=15)
    size = columns(f"rmea_summary_{name}_absTRUE.csv")
    signed = columns(f"rmea_summary_{name}_absFALSE.csv")
    assert found.value.value == pytest.approx(size[0, 8], abs=1e-9)
    assert found.parts["z_signed"].value == pytest.approx(signed[0, 8], abs=1e-9)
    assert found.parts["lead_a"].value == pytest.approx(size[:, 2].mean(), abs=1e-9)
    assert found.parts["lead_b"].value == pytest.approx(size[:, 3].mean(), abs=1e-9)
    assert found.parts["at_zero"].value == pytest.approx(size[:, 4].mean(), abs=1e-9)


def smoothed(values: FloatArray) -> FloatArray:
    """Return what MEAsmooth makes at 25 Hz: means of half a second, of 0 beyond the ends."""
    return np.convolve(values, np.full(12, 1 / 12))[5 : 5 + values.size]


def mean_size(x: FloatArray, y: FloatArray) -> tuple[float, FloatArray]:
    found = windowed_correlation(
        x, y, sampling_rate=25, window=60, hop=30, max_lag=5, anchor="earlier"
    )
    size = np.abs(np.arctanh(found.r))
    return float(size.mean()), size


@pytest.fixture(scope="module")
def people(data: Callable[[str], Path]) -> dict[str, FloatArray]:
    """Return the movement of patient and therapist of each session that is at hand."""
    found = {}
    for session in SESSIONS:
        table = np.loadtxt(data(f"rmea_therapy/normal/{session}_01.txt"), skiprows=1)
        for column, who in enumerate(("Pat", "The")):
            found[f"normal_{session}_1_{who}"] = smoothed(table[:, column])
    return found


def test_real_sessions_are_as_synchronous_as_rmea_finds(people: dict[str, FloatArray]) -> None:
    """Five of the ten sessions are at hand."""
    with (HERE / "rmea_demo_normal.csv").open() as file:
        peer = {row["uid"]: row for row in csv.DictReader(file)}
    assert len(peer) == len(SESSIONS)
    for uid, row in peer.items():
        grand, size = mean_size(people[f"{uid}_Pat"], people[f"{uid}_The"])
        assert grand == pytest.approx(float(row["grandAver"]), abs=1e-9)
        assert size[:, 126:].mean() == pytest.approx(float(row["s1_lead"]), abs=1e-9)
        assert size[:, :125].mean() == pytest.approx(float(row["s2_lead"]), abs=1e-9)
        assert size[:, 125].mean() == pytest.approx(float(row["lag_zero"]), abs=1e-9)


def test_real_pairs_stand_out_from_pseudo_pairs_as_with_rmea(
    people: dict[str, FloatArray],
) -> None:
    """All 40 pairs of people of different sessions; of all ten sessions Cohen's d is 0.887."""
    with (HERE / "rmea_demo_normal_pseudodyads.csv").open() as file:
        peer = {row["uid"]: float(row["grandAver"]) for row in csv.DictReader(file)}
    strangers = [pair for pair in combinations(people, 2) if pair[0][:12] != pair[1][:12]]
    assert len(peer) == len(strangers) == 40
    found = []
    for one, other in strangers:
        key = f"{one}_|_{other}" if f"{one}_|_{other}" in peer else f"{other}_|_{one}"
        first, second = key.split("_|_")
        found.append(mean_size(people[first], people[second])[0])
        assert found[-1] == pytest.approx(peer[key], abs=1e-9)
    real = [
        mean_size(people[f"normal_{k}_1_Pat"], people[f"normal_{k}_1_The"])[0] for k in SESSIONS
    ]
    pooled = np.sqrt((np.var(real, ddof=1) + np.var(found, ddof=1)) / 2)
    assert (np.mean(real) - np.mean(found)) / pooled == pytest.approx(0.958, abs=5e-4)
