"""The SUSY mode is SUSY: summary, curves over lags, and segments, to 1e-9."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.indices.susy import susy
from interbeat.dyad.modes.anchored import standardized, windowed_correlation
from interbeat.dyad.modes.segmented import segmented

HERE = Path(__file__).parent
RATES = {"A": 4, "N": 4, "I": 10}
close = partial(np.testing.assert_allclose, rtol=0, atol=1e-9)

each_input = pytest.mark.parametrize("name", RATES)


def series(name: str) -> tuple[FloatArray, FloatArray]:
    table = np.loadtxt(HERE / f"input_{name}.csv", delimiter=",", skiprows=1)
    return table[:, 1], table[:, 2]


def columns(name: str) -> FloatArray:
    return np.genfromtxt(HERE / name, delimiter=",", skip_header=1)


@each_input
def test_its_summary_is_that_of_susy(name: str) -> None:
    """SUSY's lead1 is where the first column leads, as our lead_a."""
    with (HERE / f"susy_summary_{name}.csv").open() as file:
        peer = {row["stat"]: row["value"] for row in csv.DictReader(file)}
    found = susy(*series(name), sampling_rate=RATES[name])
    assert found.value.value == pytest.approx(float(peer["Z"]), abs=1e-9)
    names = {
        "z_pseudo": "Z-Pseudo",
        "z_signed": "Z(noAbs)",
        "lead_a": "Z(lead1)",
        "lead_b": "Z(lead2)",
        "in_phase": "meanZ(in-phase)",
        "anti_phase": "meanZ(anti-phase)",
        "effect_size": "ES",
        "effect_size_signed": "ES(noAbs)",
    }
    for ours, theirs in names.items():
        expected = float(peer[theirs])
        assert found.parts[ours].value == pytest.approx(expected, abs=1e-9, nan_ok=True), ours
    size, pseudo = found.curves["mean_abs_z"], found.curves["pseudo_mean_abs_z"]
    signed, pseudo_signed = found.curves["mean_z"], found.curves["pseudo_mean_z"]
    assert np.std(size, ddof=1) == pytest.approx(float(peer["SD(Z)"]), abs=1e-9)
    assert np.std(pseudo, ddof=1) == pytest.approx(float(peer["SD(Z-Pseudo)"]), abs=1e-9)
    assert 100 * np.mean(size > pseudo) == pytest.approx(float(peer["%>Pseudo"]))
    above = 100 * np.mean(signed > pseudo_signed)
    assert above == pytest.approx(float(peer["%>Pseudo(noAbs)"]))
    assert np.sum(signed > 0) == int(peer["Anzahl(in-phase)"])
    assert np.sum(signed < 0) == int(peer["Anzahl(anti-phase)"])


@each_input
def test_its_curves_and_segments_are_those_of_susy(name: str) -> None:
    """SUSY's lags run the other way round: its negative lags are our positive ones."""
    rate = RATES[name]
    x, y = (standardized(values) for values in series(name))
    made = segmented(x, y, segment=30 * rate, max_lag=3 * rate)
    lags, r, pseudo_r, size, signed, pseudo, pseudo_signed = columns(f"susy_lags_{name}.csv").T
    turned = slice(None, None, -1)
    np.testing.assert_array_equal(made.lags[turned], -lags)
    mean_z = np.abs(made.z).mean(axis=0)
    close(np.abs(np.tanh(made.z)).mean(axis=0)[turned], r)
    close(mean_z[turned], size)
    close(made.z.mean(axis=0)[turned], signed)
    close(made.pseudo_r[turned], pseudo_r)
    close(made.pseudo[turned], pseudo)
    close(made.pseudo_signed[turned], pseudo_signed)
    _, real, others = columns(f"susy_segments_{name}.csv").T
    close(made.segment_r, real)
    close(made.segment_pseudo_r, others)


@each_input
def test_anchored_at_segments_the_windows_are_those_of_susy(name: str) -> None:
    x, y = series(name)
    found = windowed_correlation(
        x, y, sampling_rate=RATES[name], window=30, hop=30, max_lag=3, anchor="segment"
    )
    peer = columns(f"susy_lags_{name}.csv")[::-1, 4]
    close(np.arctanh(found.r).mean(axis=0), peer)
