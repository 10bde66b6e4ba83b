"""Granger in windows is that of bsync, which gives an F and a p of each, not corrected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interbeat.dyad.indices.granger import granger_f

HERE = Path(__file__).parent
RATES = {"A": 4, "N": 4, "I": 10}


@pytest.mark.parametrize("name", RATES)
def test_granger_in_windows_is_that_of_bsync(name: str) -> None:
    """Windows of 60 s and one sample, every 30 s; three samples of the past."""
    series = np.loadtxt(HERE / f"input_{name}.csv", delimiter=",", skiprows=1)
    x, y = series[:, 1], series[:, 2]
    peer = np.loadtxt(HERE / f"bsync_wgranger_{name}.csv", delimiter=",", skiprows=1)
    for first, f_xy, p_xy, f_yx, p_yx in peer:
        window = slice(int(first) - 1, int(first) + 60 * RATES[name])
        there = granger_f(x[window], y[window], order=3)
        back = granger_f(y[window], x[window], order=3)
        assert (there.f, back.f) == pytest.approx((f_xy, f_yx), abs=1e-9)
        assert (there.p, back.p) == pytest.approx((p_xy, p_yx), abs=1e-9)
