"""What phase locking promises of its null, its phase and its refusals."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad.indices.phase_locking import phase_locking
from interbeat.dyad.preparation import prepared
from interbeat.dyad.waves.turning import BREATHING, SLOW_WAVE, around_circle, turning

RATE, N = 4.0, 2400


def noise(seed: int, n: int = N) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.convolve(rng.standard_normal(n + 7), np.ones(8), "valid")


def delayed(seconds: float, seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Return a series and a noisy copy of it that comes `seconds` later."""
    k, long = round(seconds * RATE), noise(seed, N + 80)
    return long[40:-40], long[40 - k : N + 40 - k] + noise(seed + 50)


def test_every_shift_counts_as_if_computed_by_itself() -> None:
    x, y = noise(1, 1400), noise(2, 1400)
    x[100:200], y[700:710] = np.nan, np.nan
    found = phase_locking(x, y, sampling_rate=RATE)
    one, other = (turning(prepared(s, RATE), RATE, SLOW_WAVE) for s in (x, y))
    locking = np.empty(1400)
    for k in range(1400):
        product = one * np.conj(np.roll(other, -k))
        locking[k] = np.abs(product.sum()) / np.sqrt(np.count_nonzero(product) * 1400)
    best = np.max([np.roll(locking, -k) for k in range(-8, 9)], axis=0)
    assert found.p == pytest.approx(np.mean(best >= best[0] - 1e-12), abs=1e-12)
    assert found.null_high == pytest.approx(np.quantile(best, 0.975), abs=1e-9)


def test_the_product_around_a_circle_is_a_sum_at_each_shift() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, 50)) + 1j * rng.standard_normal((2, 50))
    plain = [np.sum(a * np.conj(np.roll(b, -k))) for k in range(50)]
    np.testing.assert_allclose(around_circle(a, b), plain, atol=1e-9)


@pytest.mark.parametrize("seconds", [1.5, 0.0, -2.5])
def test_a_positive_lag_means_that_a_leads(seconds: float) -> None:
    parts = phase_locking(*delayed(seconds), sampling_rate=RATE).parts
    assert parts["lag"].value == pytest.approx(seconds, abs=0.4)
    assert np.sign(parts["phase"].value) == np.sign(parts["lag"].value)


def test_two_rhythms_at_a_steady_distance_are_locked_and_two_rates_are_not() -> None:
    t = np.arange(N) / RATE
    drift = np.cumsum(noise(5)) / 80
    wave = np.sin(2 * np.pi * 0.1 * t + drift)
    follows = np.sin(2 * np.pi * 0.1 * t + drift - 1.0)
    found = phase_locking(wave, follows + 0.1 * noise(8), sampling_rate=RATE)
    assert found.value.value > 0.95
    assert found.parts["phase"].value == pytest.approx(1.0, abs=0.1)
    other = np.sin(2 * np.pi * 0.13 * t + np.cumsum(noise(6)) / 80)
    assert phase_locking(wave, other, sampling_rate=RATE).p > 0.05


def test_what_is_missing_counts_nowhere() -> None:
    x, y = delayed(1.0)
    x[:400], y[2000:] = np.nan, np.nan
    found = phase_locking(x, y, sampling_rate=RATE)
    assert found.value.n == 1600
    assert found.value.quality == pytest.approx(1600 / 2400)
    assert found.parts["lag"].value == pytest.approx(1.0, abs=0.4)
    assert np.all(turning(prepared(x, RATE), RATE, SLOW_WAVE)[:400] == 0)


def test_the_smallest_p_is_the_span_of_delays_over_the_length() -> None:
    found = phase_locking(*delayed(0.0), sampling_rate=RATE)
    assert found.floor == pytest.approx(17 / N)
    assert found.p >= found.floor
    assert 25 < float(found.settings["independent_shifts"]) < 90


def test_breathing_is_another_band() -> None:
    x, y = delayed(0.5)
    found = phase_locking(x, y, sampling_rate=RATE, band=BREATHING)
    assert (found.settings["low"], found.settings["high"]) == BREATHING
    assert found.parts["lag"].value == pytest.approx(0.5, abs=0.15)


def test_half_a_period_apart_either_may_be_ahead() -> None:
    x, _ = delayed(0.0)
    found = phase_locking(x, -x + 0.3 * noise(9), sampling_rate=RATE)
    assert found.p <= 0.05
    assert "half a period" in found.parts["lag"].reason


def test_says_why_there_is_no_answer() -> None:
    x, y = noise(1), noise(2)
    short = phase_locking(x[:1000], y[:1000], sampling_rate=RATE)
    assert short.value.reason == "250 of 286 s of common data"
    above = phase_locking(x, np.tile([1.0, -1.0], N // 2), sampling_rate=RATE)
    assert above.value.reason == "too little of the band in both at the same time"
    unrelated = phase_locking(x, y, sampling_rate=RATE)
    assert "not distinguishable from chance" in unrelated.parts["lag"].reason


def test_wrong_calls_are_refused() -> None:
    x, y = noise(1), noise(2)
    for band in ((0.14, 0.07), (0.0, 0.1), (1.0, 2.5)):
        with pytest.raises(DataError, match="a band lies between 0 and 2 Hz"):
            phase_locking(x, y, sampling_rate=RATE, band=band)
    with pytest.raises(DataError, match="seconds from 0 up, not -1"):
        phase_locking(x, y, sampling_rate=RATE, max_lag=-1.0)
