"""The Boker mode is Behrens' and Boker's R code: windows by lags, and each window's peak."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.indices.boker import boker
from interbeat.dyad.modes.anchored import windowed_correlation

HERE = Path(__file__).parent
RATES = {"A": 4, "N": 4, "I": 10}

each_input = pytest.mark.parametrize("name", RATES)


def series(name: str) -> tuple[FloatArray, FloatArray]:
    table = np.loadtxt(HERE / f"input_{name}.csv", delimiter=",", skiprows=1)
    return table[:, 1], table[:, 2]


def columns(name: str) -> FloatArray:
    return np.genfromtxt(HERE / name, delimiter=",", skip_header=1)


@each_input
def test_each_window_and_lag_is_that_of_the_peer(name: str) -> None:
    """The peer's last window is missing: it stops one too early."""
    found = windowed_correlation(
        *series(name), sampling_rate=RATES[name], window=8, hop=2, max_lag=4, anchor="later"
    )
    peer = columns(f"boker_wcc_{name}.csv")
    rows = peer[:, 0].astype(int) - 1
    assert found.r.shape == (295, peer.shape[1] - 1)
    np.testing.assert_allclose(found.r[rows], peer[:, 1:], rtol=0, atol=1e-9)


@each_input
def test_each_peak_is_that_of_the_peer(name: str) -> None:
    """Positions are in half samples; where the peer finds none (NA), there is none."""
    found = boker(*series(name), sampling_rate=RATES[name], window=8, hop=2, max_lag=4)
    _, position, value = columns(f"boker_peaks_{name}.csv").T
    n = value.size
    assert n == 294
    assert 0 < np.isnan(value).sum() < n
    lags = found.curves["peak_lags"][:n]
    np.testing.assert_allclose(2 * RATES[name] * lags, position, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.curves["r"][:n], value, rtol=0, atol=1e-9)
    assert np.nanmean(found.curves["r"]) == pytest.approx(found.value.value)
