"""Synchrony finds what ties two series, and finds nothing where there is nothing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, lfilter, sosfiltfilt

from interbeat.body import Person, Sensors, Setting, Task, simulate_couple
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.dyad import Synchrony, synchrony

RATE, N = 4.0, 2400  # 10 minutes at 4 Hz

Random = np.random.Generator


def autoregressive(rng: Random, seconds: float) -> FloatArray:
    """Return noise that forgets itself within `seconds`."""
    keep = np.exp(-1 / (seconds * RATE))
    series = lfilter([1], [1, -keep], rng.standard_normal(N + 2000))
    return np.array(series[2000:], dtype=np.float64)


def trending(rng: Random) -> FloatArray:
    t = np.linspace(0, 1, N)
    slope, bend = 30 * rng.standard_normal(2)
    return np.asarray(autoregressive(rng, 5) + slope * t + bend * t**2, dtype=np.float64)


def gappy(rng: Random) -> FloatArray:
    series = autoregressive(rng, 5)
    for start in rng.integers(0, N - 100, 6):
        series[start : start + rng.integers(4, 80)] = np.nan
    return series


def latent(rng: Random, coupling: float) -> tuple[FloatArray, FloatArray]:
    """Return two responses to arousal that comes in impulses; b's follow a's by 2 s.

    Each answers with a gamma kernel (3, 1 s) and has sensor noise of its own, half as large.
    """
    a, own = rng.standard_normal((2, N + 208))
    b = np.sqrt(1 - coupling**2) * own[8:] + coupling * a[:-8]
    t = np.arange(80) / RATE
    kernel = t**2 * np.exp(-t)

    def answer(arousal: FloatArray) -> FloatArray:
        response = np.convolve(arousal, kernel)[: arousal.size][-N:]
        return np.asarray(response / response.std() + 0.5 * rng.standard_normal(N))

    return answer(a[8:]), answer(b)


def two(series: Callable[[Random], FloatArray]) -> Callable[[Random], list[FloatArray]]:
    return lambda rng: [series(rng), series(rng)]


def missing_apart(rng: Random) -> list[FloatArray]:
    """Return two series of which one lacks the beginning and the other the end."""
    x, y = autoregressive(rng, 3), autoregressive(rng, 3)
    x[: int(0.3 * N)] = np.nan
    y[int(0.7 * N) :] = np.nan
    return [x, y]


NULLS: dict[str, Callable[[Random], list[FloatArray]]] = {
    "autocorrelated": two(lambda rng: autoregressive(rng, 5)),
    "slow": two(lambda rng: autoregressive(rng, 40)),
    "trending": two(trending),
    "gappy": two(gappy),
    "missing apart": missing_apart,
}


def false_positives(kind: str, reps: int) -> int:
    found = 0
    for k in range(reps):
        x, y = NULLS[kind](np.random.default_rng([k, len(kind)]))
        found += synchrony(x, y, sampling_rate=RATE).p <= 0.05
    return found


def test_unrelated_series_come_out_significant_as_often_as_promised() -> None:
    """Of 600 pairs, 3 to 7 % at the 5 % level; of each kind, what chance allows for 120."""
    counts = {kind: false_positives(kind, 120) for kind in NULLS}
    assert 0.03 <= sum(counts.values()) / 600 <= 0.07, counts
    assert all(1 <= count <= 13 for count in counts.values()), counts


def test_a_latent_coupling_is_found_with_its_lag() -> None:
    """Ten minutes, latent coupling 0.3: power over 0.85, the lag within its interval."""
    found = [
        synchrony(*latent(np.random.default_rng([k, 9]), 0.3), sampling_rate=RATE)
        for k in range(120)
    ]
    assert np.mean([one.p <= 0.05 for one in found]) >= 0.85
    lags = [one.lag for one in found if not one.lag.reason]
    assert len(lags) > 90
    assert np.median([lag.value for lag in lags]) == pytest.approx(2, abs=0.15)
    covered = [low <= 2 <= high for low, high in (lag.interval for lag in lags)]
    assert np.mean(covered) >= 0.9


def test_the_standard_error_of_the_strength_is_its_spread() -> None:
    found = [
        synchrony(*latent(np.random.default_rng([k, 4]), 0.6), sampling_rate=RATE).strength
        for k in range(60)
    ]
    spread = np.std([one.value for one in found])
    assert np.mean([one.se for one in found]) == pytest.approx(spread, rel=0.3)


@pytest.mark.parametrize("seconds", [206, 300])
def test_intervals_of_short_records_hold_the_truth(seconds: int) -> None:
    """Of few blocks of windows the spread is uncertain; 95 of 100 intervals should hold."""
    n = round(seconds * RATE)
    found = []
    for k in range(200):
        x, y = latent(np.random.default_rng([k, 5]), 0.7)
        found.append(synchrony(x[:n], y[:n], sampling_rate=RATE))
    truth = np.mean([one.strength.value for one in found])
    held = [low <= truth <= high for low, high in (one.strength.interval for one in found)]
    assert 0.9 <= np.mean(held) <= 0.99
    lags = [one.lag.interval for one in found if not one.lag.reason]
    assert len(lags) > 150
    assert 0.9 <= np.mean([low <= 2 <= high for low, high in lags]) <= 0.995


def instantaneous(beats: Beats, seconds: float) -> FloatArray:
    at = np.arange(0, seconds, 1 / RATE)
    k = np.searchsorted(beats.times, at, side="right") - 1
    inside = (k >= 0) & (k < len(beats) - 1)
    return np.where(inside, 60000 / beats.rr_ms[np.clip(k, 0, len(beats) - 2)], np.nan)


def couple(coupling: float, lag: float, seed: int) -> Synchrony:
    people = (Person(reactivity=3.6), Person(reactivity=2.8))
    setting = Setting(people, (Task("talk"),), Sensors())
    truth = simulate_couple(
        seconds=900, seed=seed, coupling=coupling, lag=lag, setting=setting
    ).truth
    a, b = (instantaneous(truth[name].beats, 900) for name in "ab")
    return synchrony(a, b, sampling_rate=RATE, signal="heart rate")


@pytest.mark.parametrize("lag", [2.0, -1.5])
def test_two_simulated_hearts_show_who_leads(lag: float) -> None:
    found = [couple(0.7, lag, seed) for seed in range(10)]
    assert sum(one.p <= 0.05 for one in found) >= 9
    lags = [one.lag.value for one in found if not one.lag.reason]
    assert np.sign(lags).tolist().count(np.sign(lag)) >= 8
    assert np.median(lags) == pytest.approx(lag, abs=0.6)


def test_two_simulated_hearts_without_a_tie_show_none() -> None:
    assert sum(couple(0.0, 0.0, seed).p <= 0.05 for seed in range(20)) <= 3


def test_two_people_recorded_together_get_an_answer(data: Callable[[str], Path]) -> None:
    """Intervals between the heartbeats of two people: it runs, and p is one that can be."""
    openpyxl = pytest.importorskip("openpyxl")
    series = []
    for name in "ab":
        book = openpyxl.load_workbook(data(f"wunderwald_ibi_dyad/HRV_{name}.xlsx"))
        cells = (row[0] for row in book["IBI Series"].iter_rows(values_only=True))
        rr = [cell for cell in cells if isinstance(cell, int | float)]
        series.append(instantaneous(Beats.from_rr(rr, name), 483))
    found = synchrony(*series, sampling_rate=RATE, signal="heart rate")
    assert found.floor <= found.p <= 1
    assert found.strength.quality > 0.98
    assert found.times[-1] == pytest.approx(465, abs=5)


def pulse_rate(path: Path) -> FloatArray:
    """Return the heart rate at 4 Hz from a finger's pulse at 50 Hz, plainly."""
    with gzip.open(path, "rt") as file:
        pulse = np.loadtxt(file, usecols=0)
    sos = butter(2, (0.7, 4), "bandpass", fs=50, output="sos")
    peaks = find_peaks(sosfiltfilt(sos, pulse), distance=20)[0]
    return instantaneous(Beats.at(peaks / 50, "a"), pulse.size / 50)


def test_two_people_recorded_apart_are_not_in_synchrony(data: Callable[[str], Path]) -> None:
    rates = [
        pulse_rate(data(f"bids_ds210/{sub}/func/{sub}_task-rest_run-01_physio.tsv.gz"))
        for sub in ("sub-01", "sub-02")
    ]
    n = min(rate.size for rate in rates)
    found = synchrony(rates[0][:n], rates[1][:n], sampling_rate=RATE, signal="heart rate")
    assert found.p > 0.05
    assert found.lag.reason.startswith("not distinguishable from chance")
