"""The bsync mode is bsync: windows by lags, nearest peaks, and who leads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.indices.bsync import bsync, leading
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
def test_each_window_and_lag_is_that_of_bsync(name: str) -> None:
    """Its window holds one sample more than it is asked for."""
    rate = RATES[name]
    found = windowed_correlation(
        *series(name), sampling_rate=rate, window=8 + 1 / rate, hop=2, max_lag=4, anchor="a"
    )
    first, lag, peer = columns(f"bsync_wcc_{name}.csv").T
    rows = ((first - 1 - 4 * rate) / (2 * rate)).astype(int)
    assert peer.size > 300
    ours = found.r[rows, (lag + 4 * rate).astype(int)]
    np.testing.assert_allclose(ours, peer, rtol=0, atol=1e-9)


@each_input
def test_each_peak_and_the_asymmetry_around_it_are_those_of_bsync(name: str) -> None:
    rate = RATES[name]
    found = bsync(*series(name), sampling_rate=rate, window=8, hop=2, max_lag=4)
    _, lag, value = columns(f"bsync_optima_{name}.csv").T
    assert 0 < np.isnan(value).sum() < value.size
    np.testing.assert_allclose(found.curves["r"], value, rtol=0, atol=1e-9)
    np.testing.assert_allclose(rate * found.curves["peak_lags"], lag, rtol=0, atol=1e-9)
    _, a, b, asymmetry = columns(f"bsync_lai_{name}.csv").T
    np.testing.assert_allclose(found.curves["asymmetry"], asymmetry, rtol=0, atol=1e-9)
    made = leading(found.curves["peak_lags"], around=11)
    np.testing.assert_array_equal(made.a, a)
    np.testing.assert_array_equal(made.b, b)
