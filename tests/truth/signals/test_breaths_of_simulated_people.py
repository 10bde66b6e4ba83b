"""Breaths whose onsets, ends and depths are known are found, and when they were."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.breaths import Breaths
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals.respiration import RespirationStage, detect_breaths

SECONDS = 400.0
EDGE = 5.0  # s at both ends in which a breath need not be found


class Truth(NamedTuple):
    times: FloatArray
    onsets: FloatArray
    ends: FloatArray
    depth: FloatArray
    belt: FloatArray  # without noise


def breathe(
    per_minute: float, rate: float, *, pause: float = 0.0, uneven: float = 0.15, seed: int = 0
) -> Truth:
    """Return raised-cosine breaths, 40 % of each (less its pause) drawn in."""
    rng = np.random.default_rng(seed)
    n = int(SECONDS * per_minute / 60 * 2) + 10
    cycles = 60 / per_minute * np.exp(uneven * rng.standard_normal(n))
    onsets = np.cumsum(cycles) - cycles[0] * (1 + rng.uniform())
    depth = np.exp(0.2 * rng.standard_normal(n))
    t = np.arange(0, SECONDS, 1 / rate)
    k = np.searchsorted(onsets, t, side="right") - 1
    active = 1 - pause
    phase = (t - onsets[k]) / cycles[np.minimum(k + 1, n - 1)]
    rise = np.minimum(phase / (0.4 * active), 1)
    fall = np.clip((phase - 0.4 * active) / (0.6 * active), 0, 1)
    belt = depth[k] * 0.5 * (np.cos(np.pi * fall) - np.cos(np.pi * rise))
    ends = onsets[:-1] + 0.4 * active * cycles[1:]
    inside = (onsets[:-1] > EDGE) & (ends < SECONDS - EDGE)
    return Truth(t, onsets[:-1][inside], ends[inside], depth[:-1][inside], belt)


def found(truth: Truth, values: FloatArray, unit: str = "a.u.") -> Breaths:
    rate = 1 / (truth.times[1] - truth.times[0])
    stage = RespirationStage(rate, "a", unit)
    first = stage.push(Signal(values, rate, unit, "a", 0.0))["breaths"]
    breaths = first.then(stage.finish()["breaths"])  # type: ignore[arg-type]
    assert isinstance(breaths, Breaths)
    return breaths.between(EDGE, SECONDS - EDGE)


def f1(truth: FloatArray, times: FloatArray, tolerance: float) -> float:
    """Return the harmonic mean of the shares of each that have a partner in the other."""
    gaps = np.abs(truth[:, None] - times[None, :])
    mutual = (gaps.argmin(axis=1)[gaps.argmin(axis=0)] == np.arange(times.size)) & (
        gaps.min(axis=0) <= tolerance
    )
    return float(2 * mutual.sum() / (truth.size + times.size))


def nearest(truth: FloatArray, times: FloatArray) -> FloatArray:
    """Return how far from each of `truth` the nearest of the known `times` is."""
    times = times[np.isfinite(times)]
    return np.array([times[np.argmin(np.abs(times - t))] - t for t in truth])


@pytest.mark.parametrize("rate", [3.90625, 25.0, 250.0])
@pytest.mark.parametrize("per_minute", [4, 6, 10, 15, 22, 30])
def test_paced_breathing_is_counted_and_timed(per_minute: float, rate: float) -> None:
    truth = breathe(per_minute, rate, seed=int(per_minute))
    rng = np.random.default_rng(1)
    drift = 0.3 * np.sin(2 * np.pi * truth.times / 97)
    noise = 0.03 * rng.standard_normal(truth.times.size)
    breaths = found(truth, truth.belt + drift + noise)
    cycle = 60 / per_minute
    assert f1(truth.onsets, breaths.times, 0.25 * cycle) >= 0.97
    assert np.sqrt(np.mean(nearest(truth.onsets, breaths.times) ** 2)) < 0.06 * cycle
    assert np.median(np.abs(nearest(truth.ends, breaths.peaks))) < 0.05 * cycle
    assert np.isfinite(breaths.peaks).mean() > 0.9
    whole = np.diff(breaths.times)[breaths.whole]
    assert 60 / whole.mean() == pytest.approx(60 / np.diff(truth.onsets).mean(), abs=0.5)
    assert np.nanmedian(breaths.depth) == pytest.approx(np.median(truth.depth), rel=0.12)


@pytest.mark.parametrize("per_minute", [44, 52, 60])
def test_quick_breathing_is_counted(per_minute: float) -> None:
    truth = breathe(per_minute, 25, uneven=0.05)
    noise = 0.03 * np.random.default_rng(1).standard_normal(truth.times.size)
    breaths = found(truth, truth.belt + noise)
    whole = np.diff(breaths.times)[breaths.whole]
    assert 60 / whole.mean() == pytest.approx(60 / np.diff(truth.onsets).mean(), abs=0.5)


@pytest.mark.parametrize("per_minute", [72, 80, 100])
def test_breathing_too_quick_to_be_counted_is_not_counted_as_half_of_it(
    per_minute: float,
) -> None:
    t = np.arange(0, SECONDS, 0.04)
    breaths = detect_breaths(np.sin(2 * np.pi * per_minute / 60 * t), sampling_rate=25)
    assert breaths.whole.sum() < 3


def test_after_a_pause_the_onset_is_where_the_rise_begins() -> None:
    truth = breathe(12, 25, pause=0.3)
    rng = np.random.default_rng(2)
    heart = 0.02 * np.sin(2 * np.pi * 1.1 * truth.times)
    breaths = found(truth, truth.belt + heart + 0.02 * rng.standard_normal(truth.times.size))
    assert f1(truth.onsets, breaths.times, 0.5) >= 0.98
    assert np.abs(np.median(nearest(truth.onsets, breaths.times))) < 0.12


def test_a_held_breath_is_no_breath_and_its_cycle_is_not_trusted() -> None:
    truth = breathe(14, 25, uneven=0.0)
    rng = np.random.default_rng(3)
    held = (truth.times > 150) & (truth.times < 185)
    belt = truth.belt.copy()
    belt[held] = belt[np.argmax(held)]
    belt += 0.02 * np.sin(2 * np.pi * 1.2 * truth.times)
    breaths = found(truth, belt + 0.01 * rng.standard_normal(belt.size))
    inside = breaths.between(153, 182)
    assert len(inside) == 0
    k = int(np.searchsorted(breaths.times, 170))
    assert breaths.times[k] - breaths.times[k - 1] > 20
    assert not breaths.whole[k - 1]
    assert breaths.normal[: k - 2].all()


def test_no_shallow_breath_is_lost_beside_a_sigh() -> None:
    """One breath in 14 is four times as deep as the others, and twice as long."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        cycles = 60 / 14 * np.exp(0.15 * rng.standard_normal(120))
        depth = np.exp(0.4 * rng.standard_normal(120))
        sigh = rng.random(120) < 1 / 14
        depth[sigh], cycles[sigh] = 4 * depth[sigh], 2 * cycles[sigh]
        onsets = np.cumsum(cycles) - cycles[0]
        t = np.arange(0, SECONDS, 0.04)
        k = np.searchsorted(onsets, t, side="right") - 1
        phase = (t - onsets[k]) / cycles[k + 1]
        rise, fall = np.minimum(phase / 0.35, 1), np.clip((phase - 0.35) / 0.45, 0, 1)
        belt = 0.5 * depth[k] * (np.cos(np.pi * fall) - np.cos(np.pi * rise))
        heart = 0.03 * np.sin(2 * np.pi * 1.1 * t)
        breaths = detect_breaths(
            belt + heart + 0.02 * rng.standard_normal(t.size), sampling_rate=25
        ).between(EDGE, SECONDS - EDGE)
        inside = onsets[(onsets > EDGE) & (onsets < SECONDS - EDGE)]
        assert f1(inside, breaths.times, 1.0) >= 0.99


@pytest.mark.parametrize(("start", "seconds"), [(0.0, 60.3), (0.6, 60.0), (0.75, 45.5)])
def test_a_second_that_was_recorded_in_part_is_judged_by_that_part(
    start: float, seconds: float
) -> None:
    t = start + np.arange(0, seconds, 0.04)
    stage = RespirationStage(25, "a", "a.u.")
    signal = Signal(np.sin(2 * np.pi * t / 4), 25, "a.u.", "a", start)
    quality = joined([stage.push(signal), stage.finish()])["breathing_quality"]
    assert isinstance(quality, Signal)
    assert (quality.values > 0.85).all()


def test_a_flow_gives_the_breaths_of_its_volume() -> None:
    truth = breathe(12, 25)
    flow = np.gradient(truth.belt, truth.times) + 0.05
    breaths = found(truth, flow, "L/s")
    assert f1(truth.onsets, breaths.times, 0.5) >= 0.98
    assert np.abs(np.median(nearest(truth.onsets, breaths.times))) < 0.15
    assert np.nanmedian(breaths.depth) == pytest.approx(np.median(truth.depth), rel=0.05)
    per_minute = found(truth, flow * 60, "L/min")
    np.testing.assert_allclose(per_minute.depth, breaths.depth, rtol=1e-9)


def test_the_first_breath_after_a_gap_is_not_trusted() -> None:
    truth = breathe(12, 25)
    belt = truth.belt.copy()
    gap = (truth.times > 200) & (truth.times < 215)
    belt[gap] = np.nan
    breaths = found(truth, belt)
    assert len(breaths.between(200.5, 214.5)) == 0
    k = int(np.searchsorted(breaths.times, 210))
    assert not breaths.normal[k]
    assert breaths.normal[k + 1 : -1].all()


def test_noise_is_not_breathing_to_be_trusted() -> None:
    noise = np.random.default_rng(4).standard_normal(25 * 600)
    assert detect_breaths(noise, sampling_rate=25).normal.sum() < 30
    stage = RespirationStage(25, "a", "a.u.")
    quality = stage.push(Signal(noise, 25, "a.u.", "a", 0.0))["breathing_quality"]
    assert isinstance(quality, Signal)
    assert quality.values.mean() < 0.1


def test_a_bad_second_has_no_breathing_and_no_breath_to_be_trusted() -> None:
    truth = breathe(12, 25)
    values = truth.belt.copy()
    values[2500:3000] += 2 * np.random.default_rng(4).standard_normal(500)
    stage = RespirationStage(25, "a", "a.u.")
    out = joined([stage.push(Signal(values, 25, "a.u.", "a", 0.0)), stage.finish()])
    quality, breathing, breaths = (
        out[name] for name in ("breathing_quality", "breathing", "breaths")
    )
    assert isinstance(quality, Signal)
    assert isinstance(breathing, Signal)
    assert isinstance(breaths, Breaths)
    bad = quality.values < 0.5
    assert 15 <= bad.sum() <= 25
    assert len(breathing) == 4 * len(quality)
    np.testing.assert_array_equal(np.isnan(breathing.values), np.repeat(bad, 4))
    there = bad[breaths.times.astype(int)]
    assert there.any()
    assert not breaths.normal[there].any()


def test_a_clipped_belt_has_a_low_quality() -> None:
    truth = breathe(8, 25)
    stage = RespirationStage(25, "a", "a.u.")
    clipped = np.clip(truth.belt, 0.25, 0.6)
    quality = stage.push(Signal(clipped, 25, "a.u.", "a", 0.0))["breathing_quality"]
    assert isinstance(quality, Signal)
    assert quality.values.mean() < 0.5


@pytest.mark.parametrize("per_minute", [4, 6, 12, 24])
def test_breathing_keeps_the_wave_and_drops_the_drift(per_minute: float) -> None:
    t = np.arange(0, 300, 0.04)
    wave = np.sin(2 * np.pi * per_minute / 60 * t)
    stage = RespirationStage(25, "a", "a.u.")
    drift = 5 + t / 60 + np.sin(2 * np.pi * t / 200)
    out = stage.push(Signal(wave + drift, 25, "a.u.", "a", 0.0))["breathing"]
    assert isinstance(out, Signal)
    inside = out.between(20, 270)
    truth = np.sin(2 * np.pi * per_minute / 60 * inside.times)
    gain = float(inside.values @ truth / (truth @ truth))
    assert gain == pytest.approx(1.0, abs=0.09)
    assert np.std(inside.values - gain * truth) < 0.1
