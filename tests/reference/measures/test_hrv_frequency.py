"""Power in the bands against series whose power is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.span import Span
from interbeat.measures.hrv_bands import hf_fixed
from interbeat.measures.hrv_frequency import hf, lf

LF, HF = 800.0, 500.0  # ms²
SPAN = Span(0.0, 300.0)


def drive(times: FloatArray, lf: float = LF, hf: float = HF, *, breathing: float) -> FloatArray:
    """Return 900 ms, a wave of power `lf` at 0.1 Hz and one of `hf` at the breathing rate."""
    slow = np.sqrt(2 * lf) * np.cos(2 * np.pi * 0.1 * times + 1)
    return np.asarray(900 + slow + np.sqrt(2 * hf) * np.cos(2 * np.pi * breathing * times))


def sampled(breathing: float, lf: float = LF, hf: float = HF) -> Beats:
    """Return a heart whose next interval is the drive at the last beat."""
    times = [0.0]
    while times[-1] < SPAN.end:
        now = np.array([times[-1]])
        times.append(times[-1] + float(drive(now, lf, hf, breathing=breathing)[0]) / 1000)
    return Beats.at(times, "a")


def integrated(breathing: float) -> Beats:
    """Return a heart that beats each time the integral of 1 / drive reaches a whole number."""
    fine = np.arange(0, SPAN.end + 1, 0.001)
    rate = 1000 / drive(fine, breathing=breathing)
    count = np.concatenate(([0.0], np.cumsum((rate[1:] + rate[:-1]) / 2) * 0.001))
    return Beats.at(np.interp(np.arange(0, np.floor(count[-1])), count, fine), "a")


def breaths_at(rate: float) -> Breaths:
    """Return even breaths at `rate` (Hz)."""
    at = np.arange(0.0, SPAN.end, 1 / rate)
    return Breaths(at, at + 0.4 / rate, np.ones(at.size), np.ones(at.size, bool), person="a")


def lose(beats: Beats, share: float, seed: int) -> Beats:
    rng = np.random.default_rng(seed)
    return Beats(beats.times, rng.random(len(beats)) >= share, "a")


@pytest.mark.parametrize("breathing", [0.18, 0.25, 0.35, 0.45])
def test_known_power_is_found_to_one_percent(breathing: float) -> None:
    beats = sampled(breathing)
    assert lf(beats, SPAN).value == pytest.approx(LF, rel=0.01)
    assert hf(beats, breaths_at(breathing), SPAN).value == pytest.approx(HF, rel=0.01)


def test_breathing_in_the_lf_band_is_followed() -> None:
    beats = sampled(0.12, lf=0.0)
    assert hf(beats, breaths_at(0.12), SPAN).value == pytest.approx(HF, rel=0.01)


@pytest.mark.parametrize("breathing", [0.2, 0.25, 0.35])
def test_a_heart_that_integrates_shows_the_power_of_its_intervals(breathing: float) -> None:
    """An interval is the mean of the drive: its power is sinc² (f RR) of the drive's."""
    beats = integrated(breathing)
    assert lf(beats, SPAN).value == pytest.approx(LF * np.sinc(0.1 * 0.9) ** 2, rel=0.02)
    shown = HF * np.sinc(breathing * 0.9) ** 2
    assert hf(beats, breaths_at(breathing), SPAN).value == pytest.approx(shown, rel=0.02)


@pytest.mark.parametrize("lost", [0.02, 0.05, 0.1])
def test_beats_lost_here_and_there_do_not_bias_power(lost: float) -> None:
    """The mean of 40 draws; a single one is off by 3 to 5 % at 5 % lost."""
    whole, breaths = sampled(0.25), breaths_at(0.25)
    draws = [lose(whole, lost, seed) for seed in range(40)]
    slow = np.array([lf(beats, SPAN).value for beats in draws])
    fast = np.array([hf(beats, breaths, SPAN).value for beats in draws])
    assert slow.mean() == pytest.approx(LF, rel=0.025)
    assert fast.mean() == pytest.approx(HF, rel=0.025)
    assert slow.std() < 0.06 * LF
    assert fast.std() < 0.08 * HF


def test_a_long_gap_is_neither_bridged_nor_counted() -> None:
    whole, breaths = sampled(0.25), breaths_at(0.25)
    normal = (whole.times < 100) | (whole.times > 160)
    gap = Beats(whole.times, normal, "a")
    assert lf(gap, SPAN).value == pytest.approx(LF, rel=0.05)
    assert hf(gap, breaths, SPAN).value == pytest.approx(HF, rel=0.05)
    assert lf(gap, SPAN).quality == pytest.approx(0.8, abs=0.02)


def test_too_little_heart_is_missing() -> None:
    whole = sampled(0.25)
    assert lf(whole, Span(0.0, 100.0)).reason == "99 of 120 s of normal intervals"
    half = Beats(whole.times, whole.times < 150, "a")
    assert lf(half, SPAN).reason == "normal intervals for 49 % of the time; 70 % needed"


def test_breathing_decides_whether_there_is_a_band() -> None:
    whole = sampled(0.25)
    few = breaths_at(0.25).between(0, 100)
    assert hf(whole, few, SPAN).reason == "breathing known for 32 % of the time"
    fast, slow = breaths_at(0.7), breaths_at(0.03)
    assert hf(whole, fast, SPAN).reason == "breathing faster than half the heart rate"
    assert hf(whole, slow, SPAN).reason == "breathing slower than 0.04 Hz"


def test_an_hour_is_the_mean_of_its_five_minutes() -> None:
    rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * np.arange(0, 3700, 0.9)[:4100])
    beats = Beats.from_rr(rr, "a")
    hour = lf(beats, Span(0.0, 3600.0))
    parts = [lf(beats, Span(300.0 * k, 300.0 * (k + 1))).value for k in range(12)]
    assert hour.value == pytest.approx(np.mean(parts), rel=1e-9)
    assert hour.se < lf(beats, Span(0.0, 300.0)).se


def test_pieces_without_a_value_are_neither_counted_nor_heard() -> None:
    rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * np.arange(0, 1300, 0.9)[:1400])
    late = Beats.from_rr(rr, "a", start=300.0)
    half = Beats(late.times, (late.times < 900) | (late.times % 20 < 10), "a")
    silent, seen, poor = Span(0.0, 300.0), Span(300.0, 900.0), Span(900.0, 1200.0)
    assert lf(half, silent).reason == "no beats"
    whole = lf(half, Span(0.0, 1200.0))
    assert whole.value == lf(half, seen).value
    assert whole.n == lf(half, seen).n
    both = lf(half.between(900, np.inf), Span(600.0, 1200.0))
    assert both.reason == lf(half, poor).reason != "no beats"


def test_real_intervals_agree_with_pyhrv(data: Callable[[str], Path]) -> None:
    """Compare with pyHRV 0.5.0's exported Welch powers of its own 5-min series.

    It weighs the middle of the series by a Hamming window and resamples by a cubic spline, so
    that agreement is to a few percent; its 0.15 to 0.4 Hz band is set by hand here.
    """
    rr = np.load(data("pyhrv_nni/SampleNNISeriesShort.npy")).astype(float)
    theirs = json.loads(data("pyhrv_nni/SampleExport.json").read_text())["fft_abs"]
    beats = Beats.from_rr(rr, "a")
    found = lf(beats)
    assert found.value == pytest.approx(theirs[1], rel=0.1)
    assert abs(found.value - theirs[1]) < found.se
    assert hf_fixed(beats).value == pytest.approx(theirs[2], rel=0.03)
