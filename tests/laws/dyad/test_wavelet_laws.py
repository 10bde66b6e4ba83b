"""What wavelet coherence promises of its rates, cones, gaps, lags, bands and memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.signal import lfilter
from scipy.stats import binom

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad._series import Pair
from interbeat.dyad.indices.coherence import BANDS, coherence
from interbeat.dyad.surrogates import generator, shifts
from interbeat.dyad.waves.bands import (
    chance_of,
    corrected,
    found_in,
    r2_by_band,
    setting_of,
    steady_by_band,
)
from interbeat.dyad.waves.coherency import kept, tally, tally_again
from interbeat.dyad.waves.octaves import (
    Grid,
    grid_of,
    inside,
    own,
    own_waves_of,
    powers,
    squared,
    waves_of,
)
from interbeat.dyad.waves.wavelets import scales_of, trusted, wavelet_coherence

RATE = 4.0


def noise(seed: int, n: int = 4800, rate: float = RATE) -> FloatArray:
    """Return noise that forgets itself within 5 s."""
    rng = np.random.default_rng(seed)
    series = lfilter([1], [1, -np.exp(-1 / (5 * rate))], rng.standard_normal(n + 800))[800:]
    return np.asarray(series - series.mean())


def tied(seed: int, seconds: float = 1.0, n: int = 4800) -> tuple[FloatArray, FloatArray]:
    """Return noise, and as much of it as of other noise `seconds` later."""
    k = round(seconds * RATE)
    long = noise(seed, n + 80)
    return long[40 : 40 + n], long[40 - k : 40 - k + n] + noise(seed + 500, n)


def grid(n: int, rate: float = RATE) -> Grid:
    return grid_of(n, rate, 1 / 128, 0.4)


def errors(x: FloatArray, y: FloatArray, rate: float, zeros: int) -> FloatArray:
    """Return how far R2 at the octaves' rates is from that at full rate, where trusted.

    With `zeros` on either side of the series the transform at full rate reaches beyond its
    ends as that of the octaves does; without them it is cut there, as peers cut it.
    """
    octaves, n = grid(x.size, rate), x.size + 2 * zeros
    beyond = 0.4 * 2 ** (np.arange(-4, octaves.rows.size + 4) / -12)
    wide = np.pad(x, zeros), np.pad(y, zeros)
    full = wavelet_coherence(*wide, sampling_rate=rate, frequencies=beyond)
    one, other = waves_of(x, octaves), waves_of(y, octaves)
    found = squared(one, powers(one, octaves), other, octaves)
    rows, out = iter(full.r2[4:-4]), []
    for octave, values, free in zip(octaves.octaves, found, inside(x, y, octaves), strict=True):
        for row, here in zip(values, free, strict=True):
            exact = CubicSpline((np.arange(n) - zeros) / rate, next(rows))
            out.append(np.abs(exact(octave.times[here]) - row[here]))
    return np.concatenate(out)


@pytest.mark.parametrize(("rate", "seconds"), [(4.0, 1000), (10.0, 500)])
def test_at_the_rate_of_each_octave_it_is_what_it_is_at_full_rate(
    rate: float, seconds: int
) -> None:
    n = round(seconds * rate)
    x, y = noise(1, n, rate), noise(1, n, rate) + noise(2, n, rate)
    found = errors(x - x.mean(), y - y.mean(), rate, round(500 * rate))
    assert found.size > 5_000
    assert found.mean() < 2e-5
    assert np.quantile(found, 0.99) < 2e-4


def test_that_peers_cut_the_transform_at_the_ends_changes_little_in_an_hour() -> None:
    x, y = noise(1, 14400), noise(1, 14400) + noise(2, 14400)
    found = errors(x - x.mean(), y - y.mean(), RATE, 0)
    assert found.mean() < 8e-5
    assert np.quantile(found, 0.99) < 5e-4


def at_times(mask: BoolArray, times: FloatArray) -> BoolArray:
    return np.asarray(mask[np.minimum(np.round(times * RATE).astype(int), mask.size - 1)])


def test_what_is_trusted_is_the_same_at_both_rates() -> None:
    x, y = noise(1), noise(2)
    x[1000:1040], x[3000:3002], y[2000:2400] = np.nan, np.nan, np.nan
    octaves = grid(x.size)
    there = np.isfinite(x), np.isfinite(y)
    full = iter(trusted(there, RATE, octaves.rows))
    differ = [
        np.mean(mask[now] != at_times(next(full), octave.times[now]))
        for octave, free in zip(octaves.octaves, inside(x, y, octaves), strict=True)
        for mask in free
        for now in [octave.times < 1200]
    ]
    assert np.mean(differ) < 0.01


def test_the_cones_are_as_wide_as_said() -> None:
    """1.41 scales from the ends; 0.9 from a long gap; a gap of under 0.18 scales has none."""
    n, rows = 9600, np.array([0.1, 0.05])
    there = np.ones(n, dtype=np.bool_)
    there[4000:5600] = False
    free = trusted((there, np.ones(n, dtype=np.bool_)), RATE, rows)
    for mask, scale in zip(free, scales_of(rows) * RATE, strict=True):
        known = np.flatnonzero(mask)
        assert known[0] == pytest.approx(1.414 * scale, abs=1)
        assert known[-1] == pytest.approx(n - 1.414 * scale, abs=1)
        assert known[known < 4800][-1] == pytest.approx(4000 - 0.906 * scale, abs=2)
    short = np.ones(n, dtype=np.bool_)
    short[4000 : 4000 + int(0.17 * scales_of(rows)[0] * RATE)] = False
    assert trusted((short, short), RATE, rows)[0][1000:8000].all()


def test_a_gap_leaves_alone_what_is_far_from_it() -> None:
    x, y = tied(3)
    rows = 0.4 * 2 ** (-np.arange(12) / 12)
    whole = wavelet_coherence(x, y, sampling_rate=RATE, frequencies=rows)
    holey = y.copy()
    holey[2000:2100] = np.nan
    found = wavelet_coherence(x, holey, sampling_rate=RATE, frequencies=rows)
    assert not found.trusted[:, 2010:2090].any()
    far = np.r_[200:1800, 2300:4600]
    np.testing.assert_allclose(found.r2[:, far], whole.r2[:, far], atol=2e-3)


@pytest.mark.parametrize("seconds", [2.0, -1.0])
def test_a_positive_lag_means_that_a_leads(seconds: float) -> None:
    x, y = tied(4, seconds)
    found = coherence(x, y, sampling_rate=RATE, draws=39, turns=2)
    for part, off in (("lag", 0.06), ("hf_lag", 0.06), ("lf_lag", 0.25)):
        assert found.parts[part].value == pytest.approx(seconds, abs=off), part
    rows = wavelet_coherence(x, y, sampling_rate=RATE, frequencies=[0.1])
    middle = rows.lag[0, 1000:3800]
    assert np.median(middle) == pytest.approx(seconds, abs=0.5)
    other = coherence(y, x, sampling_rate=RATE, draws=39, turns=2)
    assert other.parts["hf_lag"].value == pytest.approx(-found.parts["hf_lag"].value, abs=1e-6)
    assert other.value.value == pytest.approx(found.value.value, abs=1e-9)


def test_what_is_kept_of_one_person_gives_the_same_sums() -> None:
    x, y = tied(14)
    x[700:900] = np.nan
    octaves = grid(x.size)
    one, other = own_waves_of(x, octaves), own(waves_of(y, octaves), octaves)
    free = inside(x, y, octaves)
    whole = tally(one, other, free, octaves, edges=np.zeros(1))
    again = tally_again(kept(one, free, whole), other, octaves)
    for plain, fast in zip(whole, again, strict=True):
        np.testing.assert_allclose(fast, plain, rtol=1e-9, atol=1e-9)
    tenths = tally(one, other, free, octaves, edges=np.arange(0, 1200, 120.0))
    for plain, parts in zip(whole, tenths.whole, strict=True):
        np.testing.assert_allclose(parts, plain, rtol=1e-9, atol=1e-9)


def test_moving_against_each_other_is_coherence_too() -> None:
    x, y = tied(5, 1.0)
    one, other = (coherence(x, s * y, sampling_rate=RATE, draws=39, turns=2) for s in (1, -1))
    assert one.value == other.value
    assert one.parts["lag"].value == pytest.approx(other.parts["lag"].value, abs=1e-9)


def test_what_ties_two_in_one_band_is_found_in_that_band() -> None:
    rng = np.random.default_rng(6)
    t = np.arange(4800) / RATE
    wander = np.cumsum(rng.standard_normal(4800)) / 8
    wave = np.sin(2 * np.pi * 0.08 * t + wander)
    x, y = noise(7) / 3 + wave, noise(8) / 3 + wave
    found = coherence(x, y, sampling_rate=RATE, draws=99, turns=19).parts
    assert found["lf_p"].value <= 0.03
    assert found["lf"].value > 1.5 * max(found["hf"].value, found["slow"].value)
    assert found["hf_p"].value > 0.05


def test_p_is_corrected_for_looking_at_several_bands() -> None:
    rng = np.random.default_rng(9)
    draws = rng.standard_normal((400, 3)) * (1, 10, 100)
    plain = (draws >= draws[0]).mean(axis=0)
    np.testing.assert_allclose(corrected(draws[:, :1]), plain[:1])
    assert (corrected(draws) >= plain - 0.02).all()
    draws[0] = (9, 0, 0)
    assert corrected(draws)[0] == 1 / 400
    still = np.column_stack((draws[:, 0], np.full(400, 0.3)))
    assert np.isfinite(corrected(still)).all()


def test_a_band_that_cannot_be_seen_is_missing_and_says_why() -> None:
    x, y = tied(10, 0.0, 1200)
    slow = coherence(x[::4], y[::4], sampling_rate=0.5, draws=19, turns=2)
    assert slow.parts["hf"].reason == "the band reaches above half the sampling rate"
    assert not slow.parts["lf"].reason
    short = coherence(x[:600], y[:600], sampling_rate=RATE, draws=19, turns=2)
    for part in ("slow", "slow_p", "slow_lag", "slow_r2"):
        assert "too few waves" in short.parts[part].reason


@pytest.mark.parametrize(
    "wrong",
    [
        {"bands": {}},
        {"bands": {"hf": (0.4, 0.15)}},
        {"bands": {"all": (0.1, 0.2)}},
        {"draws": 0},
        {"turns": 0},
        {"max_lag": 0.0},
    ],
)
def test_a_setting_that_makes_no_sense_is_an_error(wrong: dict[str, object]) -> None:
    x, y = tied(11)
    with pytest.raises(DataError):
        coherence(x, y, sampling_rate=RATE, **wrong)  # type: ignore[arg-type]


def test_frequencies_that_the_series_cannot_hold_are_an_error() -> None:
    x, y = tied(12)
    with pytest.raises(DataError, match="up to 2 Hz"):
        wavelet_coherence(x, y, sampling_rate=RATE, frequencies=[0.1, 2.5])


def test_what_is_nothing_but_a_line_has_no_waves() -> None:
    found = coherence(np.arange(4800), noise(15), sampling_rate=RATE, signal="heart rate")
    assert found.value.reason == "the heart rate of a does not vary about its line"


def test_the_smallest_p_is_the_span_of_lags_over_the_length() -> None:
    found = coherence(*tied(16, 1.0), sampling_rate=RATE, draws=399, turns=9)
    assert found.floor == pytest.approx(41 / 4800)
    assert found.floor <= found.p <= 0.02
    assert found.parts["lf_p"].value >= found.floor
    assert found.parts["lf_p"].se > 0


def test_chance_is_what_each_shift_gives_with_the_same_samples_missing() -> None:
    x, y = tied(17, 1.0, 2400)
    y[300:420] = np.nan
    pair, setting = Pair(x, y, RATE), setting_of(2400, RATE, BANDS, 5.0)
    found = found_in(pair, setting)
    chance = chance_of(pair, found, setting, draws=5, turns=3)
    rng = generator(x, y)
    pairs = [
        found_in(Pair(x, np.where(np.isnan(y), np.nan, other), RATE), setting)
        for count in (5, 3)
        for other in shifts(np.nan_to_num(y), count, rng)
    ]
    sums = [found.sums.whole, *(one.sums.whole for one in pairs)]
    steady = [steady_by_band(one, setting)[:, 0] for one in sums]
    np.testing.assert_allclose(chance.steady, steady[:6], rtol=1e-6)
    moduli = [np.abs(one.coherency[:, 0]) for one in sums[:6]]
    np.testing.assert_allclose(chance.high, np.quantile(moduli, 0.95, axis=0), rtol=1e-6)
    r2 = [
        r2_by_band(one.r2.sum(axis=1)[:, None], one.seconds.sum(axis=1)[:, None], setting)
        for one in pairs[5:]
    ]
    np.testing.assert_allclose(chance.r2[1:], np.array(r2)[:, :, 0], rtol=1e-6)


def dipping(rng: np.random.Generator) -> FloatArray:
    """Return noise with three steep dips, as beats that were missed leave in a heart rate."""
    series = rng.standard_normal(2400)
    for at in rng.integers(0, 2392, 3):
        series[at : at + 8] -= 40
    return series


def test_strangers_with_steep_dips_are_found_tied_as_often_as_promised() -> None:
    """Random phases, which spread the dips over the record, find 9 of these 60."""
    setting, found = setting_of(2400, RATE, BANDS, 5.0), 0
    for seed in range(60):
        rng = np.random.default_rng([seed, 3])
        pair = Pair(dipping(rng), dipping(rng), RATE).prepared
        chance = chance_of(pair, found_in(pair, setting), setting, draws=19, turns=1)
        found += np.mean(chance.steady[:, 0] >= chance.steady[0, 0]) <= 0.05
    assert found <= binom.ppf(0.997, 60, 0.05)


def test_memory_does_not_grow_with_the_number_of_surrogates() -> None:
    x, y = tied(13)
    setting = setting_of(x.size, RATE, BANDS, 5.0)
    pair = Pair(x, y, RATE)
    found = found_in(pair, setting)
    peaks = []
    for draws in (3, 3, 30):
        tracemalloc.start()
        chance_of(pair, found, setting, draws=draws, turns=3)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.05 * peaks[1]
