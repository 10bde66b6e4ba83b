"""Recurrence of two series is what crqa 2.1.0 prints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.dynamics.recurrence_plot import cross_recurrence, diagonal_profile
from interbeat.dyad.preparation import decimated

HERE = Path(__file__).parent
INPUTS = {"A": 4, "N": 4, "I": 10}  # Hz

every_input = pytest.mark.parametrize("name", INPUTS)


def seconds(name: str) -> tuple[FloatArray, FloatArray]:
    """Return both series of an input as means over seconds."""
    table = np.loadtxt(HERE / f"input_{name}.csv", delimiter=",", skiprows=1)
    return decimated(table[:, 1], INPUTS[name]), decimated(table[:, 2], INPUTS[name])


@every_input
@pytest.mark.parametrize("radius", [0.3, 0.6])
def test_what_the_plot_holds_is_what_crqa_prints(name: str, radius: float) -> None:
    rows = np.loadtxt(HERE / f"crqa_{name}_r{radius}.csv", delimiter=",", dtype=str, skiprows=1)
    peer = {key.strip('"'): float(value) for key, value in rows if value != "NA"}
    found = cross_recurrence(*seconds(name), radius=radius, embedding=3, delay=2)
    ours = {
        "RR": 100 * found.rate,
        "DET": 100 * found.determinism,
        "L": found.mean_line,
        "maxL": found.longest_line,
        "ENTR": found.entropy,
        "LAM": 100 * found.laminarity,
        "TT": found.trapping_time,
        "NRLINE": float(found.lines),
    }
    for key, value in ours.items():
        assert value == pytest.approx(peer[key], rel=0, abs=1e-9), key


@every_input
def test_the_profile_of_lags_is_what_crqa_prints(name: str) -> None:
    """Its lags run as ours do: y later, and so x ahead, to the right."""
    peer = np.loadtxt(HERE / f"crqa_drp_{name}.csv", delimiter=",", skiprows=1)
    ours = diagonal_profile(*seconds(name), radius=0.6, max_lag=15, embedding=3, delay=2)
    np.testing.assert_allclose(ours, peer[:, 1], rtol=0, atol=1e-9)
    assert int(np.argmax(ours)) + 1 == peer[0, 3]
