"""Wavelet coherence finds the coherence and the lag that two series were given."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.dyad.worlds import COUPLED

from interbeat.dyad._series import Pair
from interbeat.dyad.indices.coherence import BANDS, _lags, _local, _values
from interbeat.dyad.waves.bands import found_in, setting_of
from interbeat.dyad.waves.coherency import weights_of
from interbeat.dyad.waves.wavelets import WAVES, scales_of

RATE, N = 4.0, 4800  # 20 minutes
COHERENCE, LAG = 0.6, 1.0
PAIRS = 60


def pair(seed: int) -> Pair:
    """Return white noise, and a coherence of 0.6 with it a second later."""
    rng = np.random.default_rng([seed, 4711])
    k = round(LAG * RATE)
    a, own = rng.standard_normal((2, N + k))
    y = COHERENCE * a[:-k] + np.sqrt(1 - COHERENCE**2) * own[:-k]
    return Pair(a[k:], y, RATE)


def expected(which: str) -> float:
    """Return the coherence of a band: a delay of a wavelet against itself takes some away."""
    setting = setting_of(N, RATE, BANDS, 5.0)
    left = np.exp(-((LAG / (2 * scales_of(setting.rows))) ** 2))
    sums = found_in(pair(0), setting).sums.whole
    turned = left * np.exp(2j * np.pi * setting.rows * LAG * WAVES / ratio())
    weights = weights_of(sums, setting.rows)[:, 0]
    mask = setting.bands[which]
    delays = setting.delays.turns[:, mask] @ (weights * turned)[mask] / weights[mask].sum()
    return float(COHERENCE * np.abs(delays).max())


def ratio() -> float:
    """Return what the wavelet's frequency would be were its row's the one it lies about."""
    return float(2 * np.pi * scales_of(np.ones(1))[0])


def test_the_interval_of_each_bands_coherence_and_lag_holds_the_truth() -> None:
    setting = setting_of(N, RATE, BANDS, 5.0)
    found = [found_in(pair(seed), setting) for seed in range(PAIRS)]
    no_chance = dict.fromkeys(setting.bands, 0.01)
    for band in ("all", "hf", "lf"):
        values = [_values(one, setting, 1.0)[band] for one in found]
        truth = expected(band)
        held = [low <= truth <= high for low, high in (one.interval for one in values)]
        assert np.mean(held) >= 0.88, band
        assert np.mean([one.value for one in values]) == pytest.approx(truth, abs=0.02)
        lags = [_lags(one, setting, 1.0, no_chance)[band] for one in found]
        assert not [one.reason for one in lags if one.reason]
        held = [low <= LAG <= high for low, high in (one.interval for one in lags)]
        assert np.mean(held) >= 0.88, band
        assert np.median([one.value for one in lags]) == pytest.approx(LAG, abs=0.1)


def test_two_who_answer_each_other_have_no_leader() -> None:
    """Another delay fits as well: of 100 others 8 were given a lag, without this rule 60."""
    setting = setting_of(2400, RATE, BANDS, 5.0)
    named = 0
    for seed in range(PAIRS):
        x, y = COUPLED["bidirectional"](np.random.default_rng([seed, 4712]))
        found = found_in(Pair(x, y, RATE).prepared, setting)
        named += not _lags(found, setting, 1.0, dict.fromkeys(setting.bands, 0.01))[
            "all"
        ].reason
    assert named <= 0.2 * PAIRS


def test_standard_errors_are_as_large_as_the_scatter() -> None:
    """Where tenths share waves, as in the slow band, fifths are left out instead."""
    setting = setting_of(N, RATE, BANDS, 5.0)
    found = [found_in(pair(seed), setting) for seed in range(PAIRS)]
    for make in (_values, _local):
        for band in BANDS:
            every = [make(one, setting, 1.0)[band] for one in found]
            scatter = np.std([one.value for one in every])
            typical = np.sqrt(np.mean([one.se**2 for one in every]))
            assert 0.85 < typical / scatter < 1.6, (make.__name__, band)
