"""Four methods beside each other, on series whose power is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import freqz, lfilter, lombscargle
from scipy.signal import welch as scipy_welch

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.kernels.autoregression import burg, power_below
from interbeat.measures._resampled import detrended, even_series
from interbeat.measures.hrv_bands import hf_fixed, total_power, vlf
from interbeat.measures.hrv_frequency import lf
from interbeat.measures.spectra import (
    KUBIOS,
    Spectrum,
    autoregressive,
    lomb,
    multitaper,
    welch,
)

LF, HF = 800.0, 500.0  # ms²
Method = Callable[[Beats], Spectrum]
LINE = {**KUBIOS, "smoothness": math.inf}

OWN_TIMES: dict[str, Method] = {
    "multitaper": lambda beats: multitaper(beats, segment=300.0),
    "lomb": lambda beats: lomb(beats, segment=300.0),
}
RESAMPLED: dict[str, Method] = {
    "welch": lambda beats: welch(
        beats, sampling_rate=4.0, segment=150.0, overlap=0.5, smoothness=math.inf
    ),
    "kubios": lambda beats: welch(beats, **KUBIOS),
    "autoregressive": lambda beats: autoregressive(
        beats, order=16, sampling_rate=4.0, smoothness=math.inf
    ),
}
METHODS = OWN_TIMES | RESAMPLED


def waves(breathing: float, seconds: float = 300.0) -> Beats:
    """Return a heart whose next interval is 900 ms and two waves at the last beat."""
    times = [0.0]
    while times[-1] < seconds:
        slow = math.sqrt(2 * LF) * math.cos(2 * math.pi * 0.1 * times[-1] + 1)
        fast = math.sqrt(2 * HF) * math.cos(2 * math.pi * breathing * times[-1])
        times.append(times[-1] + (900 + slow + fast) / 1000)
    return Beats.at(times, "a")


def noise(seconds: float, seed: int) -> Beats:
    """Return a heart whose intervals forget each other within some beats."""
    rng = np.random.default_rng(seed)
    rr = lfilter([1.0], [1.0, -0.6, 0.3], rng.normal(0, 25, int(seconds / 0.85)))
    return Beats.from_rr(850 + rr, "a")


@pytest.mark.parametrize("name", list(OWN_TIMES))
@pytest.mark.parametrize("breathing", [0.18, 0.25, 0.35])
def test_methods_at_the_beats_own_times_find_known_power_to_one_percent(
    name: str, breathing: float
) -> None:
    spectrum = METHODS[name](waves(breathing))
    assert spectrum.power(0.04, 0.15).value == pytest.approx(LF, rel=0.01)
    assert spectrum.power(0.15, 0.4).value == pytest.approx(HF, rel=0.01)
    assert spectrum.power(0.003, 0.04).value < 0.01 * LF


@pytest.mark.parametrize("name", list(RESAMPLED))
@pytest.mark.parametrize(("breathing", "lost"), [(0.18, 0.004), (0.25, 0.018), (0.3, 0.043)])
def test_resampling_finds_slow_power_and_loses_of_fast_what_a_spline_loses(
    name: str, breathing: float, lost: float
) -> None:
    spectrum = METHODS[name](waves(breathing))
    assert spectrum.power(0.04, 0.15).value == pytest.approx(LF, rel=0.015)
    assert spectrum.power(0.15, 0.4).value == pytest.approx((1 - lost) * HF, rel=0.012)


@pytest.mark.parametrize("name", list(METHODS))
def test_peaks_are_where_the_waves_are(name: str) -> None:
    spectrum = METHODS[name](waves(0.25))
    assert spectrum.peak(0.04, 0.15).value == pytest.approx(0.1, abs=0.001)
    assert spectrum.peak(0.15, 0.4).value == pytest.approx(0.25, abs=0.001)


def test_a_slope_is_no_peak() -> None:
    rr = 900 + np.cumsum(np.random.default_rng(0).normal(0, 5, 340))
    spectrum = multitaper(Beats.from_rr(rr, "a"), segment=300.0)
    assert spectrum.peak(0.01, 0.04).reason == "no peak in the band"


@pytest.mark.parametrize("name", list(METHODS))
def test_a_band_of_ones_own_holds_what_lies_in_it(name: str) -> None:
    spectrum = METHODS[name](waves(0.25))
    parts = [
        spectrum.power(a, b).value for a, b in ((0.0, 0.07), (0.07, 0.1731), (0.1731, 0.5))
    ]
    assert parts[1] == pytest.approx(LF, rel=0.015)
    assert sum(parts) == pytest.approx(spectrum.power(0.0, 0.5).value, rel=1e-9)


@pytest.mark.parametrize("name", list(METHODS))
def test_all_power_together_is_the_variance(name: str) -> None:
    """Parseval; of 20 min of noise, so that tapers weigh its parts alike."""
    beats = noise(1200, seed=1)
    spectrum = METHODS[name](beats)
    found = spectrum.power(0.0, spectrum.highest).value
    even = even_series(beats, 4.0, 500.0 if name == "kubios" else math.inf).stretches[0].var()
    expected = beats.rr_ms.var() if name in OWN_TIMES else even
    assert found == pytest.approx(expected, rel=0.04 if name in OWN_TIMES else 0.12)


@pytest.mark.parametrize("name", list(METHODS))
def test_noise_of_known_density_is_found_within_its_error(name: str) -> None:
    """An autoregressive series a beat; intervals come nearly evenly, 0.85 s apart."""
    beats = noise(3000, seed=2)
    f = np.linspace(0.04, 0.3, 500)
    _, gain = freqz([1.0], [1.0, -0.6, 0.3], 2 * np.pi * f * 0.85)
    density = 2 * 0.85 * 25**2 * np.abs(gain) ** 2
    spectrum = METHODS[name](beats)
    for low, high in ((0.04, 0.1), (0.1, 0.15), (0.15, 0.2)):
        truth = density[(f >= low) & (f < high)].mean() * (high - low)
        found = spectrum.power(low, high)
        assert found.value == pytest.approx(truth, rel=0.2)
        assert abs(found.value - truth) < 2.5 * found.se


def test_the_measures_are_powers_of_the_multitaper() -> None:
    beats = noise(300, seed=3)
    spectrum = multitaper(beats, segment=300.0)
    for measure, low, high in ((vlf, 0.003, 0.04), (lf, 0.04, 0.15), (hf_fixed, 0.15, 0.4)):
        here, there = measure(beats), spectrum.power(low, high)
        assert there.value == pytest.approx(here.value, rel=0.03)
        assert there.se == pytest.approx(here.se, rel=0.1)
    parts = [measure(beats).value for measure in (vlf, lf, hf_fixed)]
    assert total_power(beats).value == pytest.approx(sum(parts), rel=1e-12)


def test_lomb_is_what_the_best_wave_takes_away() -> None:
    beats = noise(120, seed=4)
    spectrum = lomb(beats, segment=300.0)
    at, rr = (beats.times[1:] + beats.times[:-1]) / 2, beats.rr_ms
    root = np.sqrt(rr / 1000)
    away = root * (rr - np.average(rr, weights=rr))
    for k in (3, 20, 77):
        angle = 2 * np.pi * spectrum.frequencies[k] * at
        waves = root[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1)
        left = np.linalg.lstsq(waves, away)[1]
        assert spectrum.density[k] == pytest.approx(float(away @ away - left[0]), rel=1e-9)


def test_lomb_is_scipys_in_ms2_per_hz() -> None:
    """To what weighing each interval by its length changes."""
    beats = noise(300, seed=4)
    spectrum = lomb(beats, segment=300.0)
    at = (beats.times[1:] + beats.times[:-1]) / 2
    away = beats.rr_ms - beats.rr_ms.mean()
    theirs = lombscargle(at, away, 2 * np.pi * spectrum.frequencies[1:])
    scale = 2 * beats.rr_ms.sum() / 1000 / at.size
    assert np.corrcoef(spectrum.density[1:], theirs)[0, 1] > 0.995
    assert spectrum.density[1:].mean() == pytest.approx(theirs.mean() * scale, rel=0.02)


def test_welch_is_scipys_of_the_resampled_series() -> None:
    beats = noise(900, seed=5)
    spectrum = welch(beats, **LINE)  # type: ignore[arg-type]
    even = even_series(beats, 4.0, math.inf).stretches[0]
    _, theirs = scipy_welch(even, 4.0, window="hann", nperseg=1200, noverlap=600)
    inner = slice(3, 130)
    np.testing.assert_allclose(spectrum.density[inner], theirs[inner], rtol=0.15)
    assert spectrum.density[inner].mean() == pytest.approx(theirs[inner].mean(), rel=0.003)


def plain_detrended(values: FloatArray, smoothness: float) -> FloatArray:
    n = values.size
    second = np.diff(np.eye(n), n=2, axis=0)
    return np.asarray(
        values - np.linalg.solve(np.eye(n) + smoothness**2 * second.T @ second, values)
    )


@pytest.mark.parametrize("smoothness", [1.0, 500.0])
def test_smoothness_priors_are_those_of_the_paper(smoothness: float) -> None:
    values = np.cumsum(np.random.default_rng(6).normal(0, 10, 400)) + 900
    plain = plain_detrended(values, smoothness)
    np.testing.assert_allclose(detrended(values, smoothness), plain, atol=1e-6)


def test_endless_smoothness_is_a_straight_line() -> None:
    values = np.cumsum(np.random.default_rng(6).normal(0, 10, 400)) + 900
    line = np.polyval(np.polyfit(np.arange(400), values, 1), np.arange(400))
    np.testing.assert_allclose(detrended(values, math.inf), values - line, atol=1e-9)
    np.testing.assert_allclose(detrended(values, 1e7), values - line, atol=0.05)


def test_burg_finds_the_process_that_made_a_series() -> None:
    """x[t] = 1.4857 x[t-1] - 0.81 x[t-2] + unit noise, in two pieces."""
    truth = np.array([1.0, -2 * 0.9 * math.cos(0.6), 0.81])
    rng = np.random.default_rng(7)
    pieces = [lfilter([1.0], truth, rng.normal(0, 1, 40_000)) for _ in range(2)]
    model, driving = burg(pieces, 2)
    np.testing.assert_allclose(model, truth, atol=0.01)
    assert driving == pytest.approx(1.0, rel=0.02)


def test_the_power_of_a_model_is_the_integral_of_its_density() -> None:
    model = np.convolve([1.0, -2 * 0.95 * math.cos(0.5), 0.95**2], [1.0, -0.3, 0.5])
    turns = np.linspace(0, 0.5, 40_001)
    _, gain = freqz([1.0], model, 2 * np.pi * turns)
    density = 2 * 3.0 * np.abs(gain) ** 2
    steps = (density[1:] + density[:-1]) / 2 * np.diff(turns)
    plain = np.concatenate(([0.0], np.cumsum(steps)))
    np.testing.assert_allclose(power_below(model, 3.0, turns), plain, atol=1e-5)


def lost_between(beats: Beats, start: float, end: float) -> Beats:
    return Beats(beats.times, (beats.times < start) | (beats.times > end), "a")


def test_resampling_bridges_no_gap_of_more_than_two_beats() -> None:
    whole = waves(0.25, seconds=620)
    gap = lost_between(whole, 200, 260)
    spectrum = welch(gap, **KUBIOS)
    assert "1 Hann segment of 300.0 s" in spectrum.settings
    assert spectrum.n < 0.92 * len(whole)
    assert spectrum.power(0.04, 0.15).value == pytest.approx(LF, rel=0.015)
    scattered = Beats(whole.times, np.arange(len(whole)) % 40 > 0, "a")
    assert "3 Hann segments" in welch(scattered, **KUBIOS).settings
    broken = Beats(whole.times, np.arange(len(whole)) % 60 > 5, "a")
    missing = welch(broken, **KUBIOS).power(0.04, 0.15)
    assert missing.reason.startswith("no unbroken stretch of 60 s: the longest has 4")
    model = autoregressive(gap, order=16, sampling_rate=4.0, smoothness=math.inf)
    assert model.power(0.04, 0.15).value == pytest.approx(LF, rel=0.02)


@pytest.mark.parametrize("name", list(OWN_TIMES))
def test_methods_at_the_beats_own_times_take_gaps(name: str) -> None:
    gap = lost_between(waves(0.25), 100, 130)
    spectrum = METHODS[name](gap)
    assert spectrum.power(0.04, 0.15).value == pytest.approx(LF, rel=0.06)
    assert spectrum.quality == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("name", list(METHODS))
def test_no_beats_are_no_spectrum(name: str) -> None:
    none = METHODS[name](Beats.at([], "a"))
    assert none.power(0.04, 0.15).reason == "no beats"
    assert none.peak(0.04, 0.15).reason == "no beats"
    few = METHODS[name](waves(0.25, seconds=40))
    assert "60" in few.power(0.04, 0.15).reason or "at most 4" in few.power(0.04, 0.15).reason


@pytest.mark.parametrize("name", list(METHODS))
def test_nothing_is_seen_above_half_the_heart_rate(name: str) -> None:
    spectrum = METHODS[name](waves(0.25))
    assert spectrum.highest == pytest.approx(0.5 / 0.9, rel=0.01)
    assert "nothing above 0.56 Hz" in spectrum.power(0.6, 0.8).reason
    whole = spectrum.power(0.0, spectrum.highest)
    assert spectrum.power(0.0, 5.0) == whole


def test_wrong_calls_are_refused() -> None:
    beats = waves(0.25)
    with pytest.raises(DataError, match="a band runs from 0 Hz or more upward"):
        multitaper(beats, segment=300.0).power(0.15, 0.04)
    with pytest.raises(DataError, match="segment lasts 60 s or more, not 0"):
        lomb(beats, segment=0.0)
    with pytest.raises(DataError, match="segment lasts 60 s or more, not nan"):
        multitaper(beats, segment=math.nan)
    with pytest.raises(DataError, match="at least 8 samples"):
        welch(beats, sampling_rate=4.0, segment=0.1, overlap=0.5, smoothness=500.0)
    with pytest.raises(DataError, match="finite number of Hz"):
        welch(beats, sampling_rate=math.inf, segment=100.0, overlap=0.5, smoothness=500.0)
    with pytest.raises(DataError, match=r"up to 1e\+06, or infinite"):
        welch(beats, sampling_rate=4.0, segment=100.0, overlap=0.5, smoothness=1e8)
    with pytest.raises(DataError, match="a whole number"):
        autoregressive(beats, order=16.5, sampling_rate=4.0, smoothness=500.0)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="look like seconds"):
        welch([0.8, 0.9] * 100, **KUBIOS)
    with pytest.raises(DataError, match="overlap by a share from 0 to less than 1, not 1"):
        welch(beats, sampling_rate=4.0, segment=100.0, overlap=1.0, smoothness=500.0)
    with pytest.raises(DataError, match="order is a positive number, not 0"):
        autoregressive(beats, order=0, sampling_rate=4.0, smoothness=500.0)


@pytest.mark.parametrize("name", list(METHODS))
def test_intervals_are_as_good_as_beats(name: str) -> None:
    beats = waves(0.25)
    as_list = [float(rr) for rr in beats.rr_ms]
    assert METHODS[name](as_list).power(0.04, 0.15).value == pytest.approx(  # type: ignore[arg-type]
        METHODS[name](beats).power(0.04, 0.15).value, rel=1e-6
    )


def test_nothing_is_seen_above_half_the_sampling_rate() -> None:
    slow = {"sampling_rate": 0.5, "smoothness": math.inf}
    for spectrum in (
        welch(waves(0.25), segment=300.0, overlap=0.5, **slow),
        autoregressive(waves(0.25), order=8, **slow),
    ):
        assert spectrum.highest == 0.25
        assert "nothing above 0.25 Hz" in spectrum.power(0.25, 0.4).reason


def test_a_band_that_bins_cannot_tell_is_missing() -> None:
    """Segments of 5 s have bins as wide as LF."""
    short = welch(waves(0.25), sampling_rate=4.0, segment=5.0, overlap=0.5, smoothness=500.0)
    assert "bins of 0.2 Hz tell too little" in short.power(0.04, 0.15).reason
    assert "longer segments" in short.peak(0.15, 0.4).reason
    ulf = multitaper(waves(0.25), segment=300.0)
    assert "from 0 to 0.003 Hz" in ulf.power(0.0, 0.003).reason


def test_overlapping_segments_tell_less_than_separate_ones() -> None:
    """Hann windows that overlap by half: a correlation of 1/6 (Harris 1978), squared."""
    for half in (2, 8):
        spectrum = welch(
            waves(0.25, seconds=600),
            sampling_rate=4.0,
            segment=1190 / (half + 1),
            overlap=0.5,
            smoothness=math.inf,
        )
        assert f" {half} Hann segments" in spectrum.settings
        alike = 2 / 36 * (1 - 1 / half)
        assert spectrum.freedom == pytest.approx(2 * half / (1 + alike), rel=1e-2)
    alone = welch(waves(0.25), sampling_rate=4.0, segment=95.0, overlap=0.0, smoothness=500.0)
    assert alone.freedom == 6


def test_an_infinite_segment_is_the_whole_recording() -> None:
    whole = welch(waves(0.25), sampling_rate=4.0, segment=math.inf, overlap=0.5, smoothness=500)
    assert "1 Hann segment of" in whole.settings
    assert whole.power(0.15, 0.4).value == pytest.approx(HF, rel=0.06)


@pytest.mark.parametrize("name", list(METHODS))
def test_a_steady_heart_has_no_power_and_no_peak(name: str) -> None:
    spectrum = METHODS[name](Beats.from_rr([801.0] * 400, "a"))
    assert spectrum.power(0.04, 0.15).value == pytest.approx(0, abs=1e-9)
    assert spectrum.peak(0.04, 0.15).reason == "nothing varies"


def test_real_intervals_agree_with_other_tools(data: Callable[[str], Path]) -> None:
    """The first 5 min of pyHRV's long sample series, in ms²: LF, HF.

    Made once with each package's own call; see "Frequency" in docs/definitions.md.
    """
    rr = np.load(data("pyhrv_nni/SampleNNISeriesLong.npy")).astype(float)
    beats = Beats.from_rr(rr[np.cumsum(rr) <= 300e3], "a")
    as_kubios = welch(beats, **KUBIOS)
    assert as_kubios.power(0.04, 0.15).value == pytest.approx(1701, rel=0.01)
    assert as_kubios.power(0.15, 0.4).value == pytest.approx(1405, rel=0.01)
    undetrended = welch(beats, **LINE)  # type: ignore[arg-type]
    for slow, fast in ((1856, 1404), (1862, 1476), (1926, 1484)):  # pyHRV, systole, physio
        assert undetrended.power(0.04, 0.15).value == pytest.approx(slow, rel=0.08)
        assert undetrended.power(0.15, 0.4).value == pytest.approx(fast, rel=0.06)
