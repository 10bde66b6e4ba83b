"""RespHRV as a point process, and RSA for comparison, of hearts whose swing is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline
from scipy.signal import firwin, lfilter, savgol_filter

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Z95
from interbeat.core.span import Span
from interbeat.measures.resphrv import resphrv
from interbeat.measures.resphrv_comparison import rsa_peak_to_trough, rsa_porges_bohrer
from interbeat.measures.resphrv_point_process import follow_resphrv, resphrv_point_process

STEP = 0.02
DRAWN_IN = 0.35  # of a breath
Wave = Callable[[FloatArray], FloatArray]


def uneven(u: FloatArray) -> FloatArray:
    """Shortest at the end of inspiration."""
    fall, rise = u / DRAWN_IN, (u - DRAWN_IN) / (1 - DRAWN_IN)
    return np.asarray(0.5 * np.cos(np.pi * np.where(u < DRAWN_IN, fall, 1 + rise)))


def sine(u: FloatArray) -> FloatArray:
    return np.asarray(-0.5 * np.cos(2 * np.pi * (u - DRAWN_IN)))


def heart(
    swing: float | FloatArray,
    rate: float,
    *,
    wave: Wave = uneven,
    seconds: float = 1260.0,
    lost: float = 0.0,
    seed: int = 0,
) -> tuple[Beats, Breaths]:
    """Return a heart that integrates: breathing, a Mayer wave of 15 ms, a drift, and noise."""
    rng = np.random.default_rng([seed, int(1000 * rate)])
    times = np.arange(0, seconds, STEP)
    lengths = np.exp(rng.normal(0, 0.08, int(seconds * rate * 1.4) + 20)) / rate
    onsets = np.append(0.0, np.cumsum(lengths))
    turns = np.interp(times, onsets, np.arange(onsets.size))
    keep = np.exp(-STEP / 12)
    poles = [1.0, -2 * keep * np.cos(0.2 * np.pi * STEP), keep**2]
    mayer = lfilter([1.0], poles, rng.normal(0, 1, times.size + 5000))[5000:]
    drive = 900 + swing * wave(turns % 1) + 10.6 * mayer / mayer.std()
    drive += 30 * np.sin(2 * np.pi * (0.008 * times + rng.random()))
    beaten = np.append(0.0, np.cumsum(1000 / drive[:-1]) * STEP)
    at = np.interp(np.arange(1, np.floor(beaten[-1])), beaten, times)
    at += rng.normal(0, 0.002, at.size)
    inside = onsets[:-1] < seconds
    onsets, tops = onsets[:-1][inside], (onsets[:-1] + DRAWN_IN * lengths)[inside]
    ones = np.ones(onsets.size)
    beats = Beats(at, rng.random(at.size) >= lost, "a")
    return beats, Breaths(onsets, tops, ones, ones > 0, person="a")


@pytest.mark.parametrize("wave", [sine, uneven])
@pytest.mark.parametrize("rate", [0.12, 0.15, 0.2, 0.25, 0.3, 0.4])
def test_the_point_process_finds_a_known_swing(rate: float, wave: Wave) -> None:
    """Three times 20 minutes: within 4 % of 80 ms, but a wave of sharp rise at 0.4 Hz 6 %."""
    found = np.mean([
        resphrv_point_process(*heart(80.0, rate, wave=wave, seed=seed)).value
        for seed in range(3)
    ])  # fmt: skip
    assert found == pytest.approx(80, rel=0.06 if (rate, wave) == (0.4, uneven) else 0.04)


def minutes(of: Callable[..., object], swing: float, rate: float) -> FloatArray:
    """Return value and standard error of 60 separate minutes, shape (60, 2)."""
    rows = []
    for seed in range(3):
        beats, breaths = heart(swing, rate, seed=seed)
        for k in range(20):
            found = of(beats, breaths, Span(60.0 * k + 30, 60.0 * k + 90))
            rows.append((found.value, found.se))  # type: ignore[attr-defined]
    return np.array(rows)


@pytest.mark.parametrize(("swing", "rate"), [(80.0, 0.15), (20.0, 0.15), (20.0, 0.25)])
def test_beside_the_mayer_wave_it_is_nearer_than_the_regression(
    swing: float, rate: float
) -> None:
    off = {
        of: np.sqrt(np.mean((minutes(of, swing, rate)[:, 0] - swing) ** 2))
        for of in (resphrv, resphrv_point_process)
    }
    assert off[resphrv_point_process] < 0.95 * off[resphrv]


def test_its_intervals_hold_the_truth() -> None:
    held = []
    for swing in (80.0, 20.0):
        for rate in (0.1, 0.12, 0.18, 0.28, 0.36):
            value, se = minutes(resphrv_point_process, swing, rate).T
            held.append(np.mean(np.abs(value - swing) <= Z95 * se))
    assert 0.92 <= np.mean(held) <= 0.98
    assert min(held) >= 0.8


def test_it_is_followed_where_it_changes() -> None:
    """Twice as large after 5 minutes; within a minute, neither late nor early."""
    swing = np.where(np.arange(0, 600, STEP) < 300, 40.0, 80.0)
    rows = [
        follow_resphrv(*heart(swing, 0.25, seconds=600.0, seed=seed), memory=15.0)
        for seed in range(3)
    ]
    values = np.mean([row.values[20:575] for row in rows], axis=0)
    assert values[:230].mean() == pytest.approx(40, rel=0.05)
    assert values[330:].mean() == pytest.approx(80, rel=0.05)
    halfway = int(np.argmax(values > 60)) + 21  # the first is second 1
    assert abs(halfway - 300) <= 6


@pytest.mark.parametrize("memory", [20.0, 40.0])
def test_its_intervals_of_each_second_hold_the_truth(memory: float) -> None:
    """At least: neighboring seconds share most of their intervals, so that few are counted."""
    held = []
    for rate in (0.12, 0.2, 0.3):
        for swing in (80.0, 20.0):
            followed = follow_resphrv(*heart(swing, rate), memory=memory)
            inner = slice(60, 1200)
            off = np.abs(followed.values - swing)[inner]
            held.append(np.mean(off <= Z95 * followed.se[inner]))
    assert np.mean(held) >= 0.92


def test_rescaled_time_is_uniform_where_the_model_is_right_and_not_where_it_is_wrong() -> None:
    beats, breaths = heart(40.0, 0.25)
    right = follow_resphrv(beats, breaths, memory=40.0)
    assert right.ks_distance < right.ks_limit
    assert right.uniforms.mean() == pytest.approx(0.5, abs=0.02)
    at = beats.times.copy()
    at[20::25] += 0.15  # a beat in 25 comes late, and nobody marked it
    wrong = follow_resphrv(Beats.at(at, "a"), breaths, memory=40.0)
    assert wrong.ks_distance > 2 * wrong.ks_limit


def test_lost_beats_do_not_change_it_much() -> None:
    found = resphrv_point_process(*heart(80.0, 0.25, lost=0.05))
    assert found.value == pytest.approx(80, rel=0.04)


@pytest.mark.parametrize(
    ("rate", "reads"), [(0.1, 74.0), (0.2, 55.0), (0.3, 36.0), (0.4, 22.0)]
)
def test_peak_to_trough_reads_what_is_documented(rate: float, reads: float) -> None:
    found = np.mean([rsa_peak_to_trough(*heart(80.0, rate, seed=s)).value for s in range(2)])
    assert found == pytest.approx(reads, rel=0.08)


@pytest.mark.parametrize(("rate", "reads"), [(0.15, 5.8), (0.2, 6.9), (0.3, 6.1), (0.4, 4.8)])
def test_porges_and_bohrers_reads_what_is_documented(rate: float, reads: float) -> None:
    beats, _ = heart(80.0, rate, wave=sine)
    assert rsa_porges_bohrer(beats).value == pytest.approx(reads, abs=0.15)


def test_porges_and_bohrers_is_a_logarithm_of_squares() -> None:
    """Half the swing is ln 4 less: what a peer's does not show."""
    of = partial(heart, rate=0.25, wave=sine)
    high, low = (rsa_porges_bohrer(of(swing)[0]).value for swing in (80.0, 40.0))
    assert high - low == pytest.approx(np.log(4), abs=0.05)


def test_porges_and_bohrers_of_a_steady_heart_is_missing() -> None:
    found = rsa_porges_bohrer(Beats.from_rr([900.0] * 300, "a"))
    assert found.reason == "nothing varies"


def test_porges_and_bohrers_is_what_it_says() -> None:
    """Against SciPy's moving polynomial, filter and cubic."""
    beats, _ = heart(60.0, 0.25, seconds=600.0)
    at, rr = (beats.times[1:] + beats.times[:-1]) / 2, beats.rr_ms
    grid = np.arange(np.ceil(2 * at[0]), np.floor(2 * at[-1]) + 1) / 2
    period = CubicHermiteSpline(at, rr, np.gradient(rr, at))(grid)
    passing = firwin(41, [0.12, 0.40], pass_zero=False, fs=2.0, scale=False)
    steady = (period - savgol_filter(period, 21, 3))[10:-10]
    filtered = np.convolve(steady, passing, mode="valid")
    epochs = filtered[: filtered.size // 60 * 60].reshape(-1, 60)
    found = rsa_porges_bohrer(beats)
    assert found.n == epochs.shape[0]
    assert found.value == pytest.approx(np.log(epochs.var(axis=1, ddof=1)).mean(), rel=1e-9)


def test_peak_to_trough_is_what_it_says() -> None:
    """Against the definition, breath by breath."""
    beats, breaths = heart(60.0, 0.22, seconds=300.0, lost=0.02)
    middle = (beats.times[1:] + beats.times[:-1]) / 2
    values = []
    for k in range(len(breaths) - 1):
        start, top, end = breaths.times[k], breaths.peaks[k], breaths.times[k + 1]
        touching = (beats.times[1:] >= start) & (beats.times[:-1] < end)
        first, second = (middle >= start) & (middle < top), (middle >= top) & (middle < end)
        seen = beats.times[0] <= start and end <= beats.times[-1]
        if seen and beats.nn[touching].all() and first.any() and second.any():
            values.append(max(beats.rr_ms[second].max() - beats.rr_ms[first].min(), 0.0))
    found = rsa_peak_to_trough(beats, breaths)
    assert found.n == len(values)
    assert found.value == pytest.approx(np.mean(values))
