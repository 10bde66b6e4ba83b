"""What no detector of beats may depend on, and what it says where there is no heart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals.cardiac import EcgStage, detect_beats
from interbeat.signals.pulse import PulseStage, detect_pulses

RATE = 250.0


def beats_at(seconds: float, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    times = 0.5 + np.cumsum(rng.normal(0.85, 0.05, int(2 * seconds)))
    return np.asarray(times[times < seconds - 0.5])


def shape(seconds: float, rate: float, beats: FloatArray) -> FloatArray:
    """Return an ECG with P, QRS and T waves and a little noise."""
    time = np.arange(0, seconds, 1 / rate)
    values = 0.02 * np.random.default_rng(1).normal(size=time.size)
    for at, height, width in ((-0.16, 0.12, 0.025), (0, 1, 0.012), (0.03, -0.25, 0.012)):
        values += _waves(time, beats + at, height, width)
    return values + _waves(time, beats + 0.28, 0.25, 0.05)


def _waves(time: FloatArray, centers: FloatArray, height: float, width: float) -> FloatArray:
    near = centers[np.clip(np.searchsorted(centers, time), 1, centers.size - 1)]
    before = centers[np.clip(np.searchsorted(centers, time) - 1, 0, centers.size - 1)]
    nearest = np.where(np.abs(near - time) < np.abs(before - time), near, before)
    return np.asarray(height * np.exp(-(((time - nearest) / width) ** 2)))


def ecg_run(values: FloatArray, rate: float = RATE, start: float = 0.0) -> dict[str, Data]:
    stage = EcgStage(rate, "a")
    first = stage.push(Signal(values, rate, "mV", "a", start))
    return joined([first, stage.finish()])


def quality(made: dict[str, Data]) -> FloatArray:
    data = made["cardiac_quality"]
    assert isinstance(data, Signal)
    return data.values


def beats_of(made: dict[str, Data]) -> Beats:
    data = made["beats"]
    assert isinstance(data, Beats)
    return data


@pytest.mark.parametrize("rate", [80.0, 130.0, 250.0, 360.0, 512.0, 1000.0, 4000.0])
def test_each_beat_is_found_once_and_to_a_few_milliseconds(rate: float) -> None:
    true = beats_at(60, seed=2)
    found = detect_beats(shape(60, rate, true), sampling_rate=rate)
    assert len(found) == true.size
    assert np.abs(found.times - true).max() < 0.008
    assert np.std(found.times - true) < 0.003


@given(power=st.floats(-4, 4), offset=st.floats(-1e3, 1e3))
@settings(max_examples=15, deadline=None)
def test_beats_do_not_depend_on_unit_offset_or_polarity(power: float, offset: float) -> None:
    values = shape(30, RATE, beats_at(30, seed=3))
    plain = detect_beats(values, sampling_rate=RATE)
    for sign in (1, -1):
        other = detect_beats(sign * (values + offset) * 10**power, sampling_rate=RATE)
        np.testing.assert_allclose(other.times, plain.times, atol=1e-6)
        np.testing.assert_array_equal(other.normal, plain.normal)


def test_polarity_is_found_by_itself() -> None:
    values = shape(30, RATE, beats_at(30, seed=3))
    for sign in (1, -1):
        stage = EcgStage(RATE, "a")
        assert stage.polarity == 0
        stage.push(Signal(sign * values, RATE, "mV", "a", 0.0))
        assert stage.polarity == sign


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(5000),
        np.full(5000, 3.25),
        np.full(5000, np.nan),
        np.full(5000, np.inf),
        np.zeros(1),
        np.full(3, np.nan),
    ],
    ids=["zero", "flat", "lost", "infinite", "one", "three lost"],
)
def test_where_there_is_no_heart_there_are_no_beats_and_no_quality(values: FloatArray) -> None:
    for stage in (EcgStage(RATE, "a"), PulseStage(RATE, "a")):
        made = joined([stage.push(Signal(values, RATE, "mV", "a", 5.5)), stage.finish()])
        assert len(beats_of(made)) == 0
        assert quality(made).max() == 0
        edr = made.get("edr")
        assert edr is None or (isinstance(edr, Signal) and np.isnan(edr.values).all())


def test_a_saturated_channel_has_no_quality() -> None:
    values = np.clip(shape(60, RATE, beats_at(60, seed=4)) * 50, -1, 1)
    values[5000:] = 1.0
    made = ecg_run(values)
    assert quality(made)[22:].max() == 0
    assert beats_of(made).times.max() < 20.3


def test_no_samples_give_nothing() -> None:
    stage = EcgStage(RATE, "a")
    assert stage.push(Signal([], RATE, "mV", "a", 0.0)) == {}
    assert stage.finish() == {}
    assert len(detect_beats([], sampling_rate=RATE)) == 0
    assert len(detect_pulses([], sampling_rate=RATE)) == 0


@pytest.mark.parametrize("rate", [10.0, 50.0, 79.9])
def test_an_ecg_too_slow_for_r_peaks_is_refused(rate: float) -> None:
    with pytest.raises(DataError, match=r"is too slow to find R peaks \(at least 80 Hz\)"):
        EcgStage(rate, "a")


def test_a_pulse_too_slow_is_refused() -> None:
    with pytest.raises(DataError, match="10 Hz is too slow to find pulse waves"):
        PulseStage(10.0, "a")


def test_a_gap_holds_no_beats_and_the_first_beat_after_it_is_not_normal() -> None:
    values = shape(60, RATE, beats_at(60, seed=5))
    values[round(20 * RATE) : round(25 * RATE)] = np.nan
    made = ecg_run(values)
    beats, edr = beats_of(made), made["edr"]
    assert not ((beats.times >= 20) & (beats.times < 25)).any()
    np.testing.assert_array_equal(np.flatnonzero(~beats.normal), [(beats.times < 20).sum()])
    assert isinstance(edr, Signal)
    assert np.isnan(edr.between(20, 25).values).all()
    assert np.isfinite(edr.between(30, 50).values).all()
    assert quality(made)[20:25].max() == 0
    assert quality(made)[5:18].min() > 0.9


def test_the_noise_of_a_heart_that_is_silent_is_no_beat() -> None:
    true = beats_at(60, seed=5)
    made = ecg_run(shape(60, RATE, true[true < 30]))
    assert beats_of(made).times.max() < 30
    assert quality(made)[33:].max() == 0


def test_a_few_lost_samples_lose_no_beat() -> None:
    true = beats_at(60, seed=6)
    values = shape(60, RATE, true)
    values[np.random.default_rng(6).random(values.size) < 0.05] = np.nan
    found = beats_of(ecg_run(values))
    assert len(found) == true.size
    assert found.normal.all()


def test_noise_lowers_quality_where_it_is() -> None:
    rng = np.random.default_rng(8)
    values = shape(90, RATE, beats_at(90, seed=8))
    noisy = slice(round(40 * RATE), round(60 * RATE))
    values[noisy] += rng.normal(0, 1.0, values[noisy].size)
    scores = quality(ecg_run(values))
    assert scores[5:38].mean() > 0.95
    assert scores[42:58].mean() < 0.5


@pytest.mark.parametrize("rate", [64.0, 100.0])
def test_noise_is_no_pulse(rate: float) -> None:
    values = np.random.default_rng(12).normal(size=round(300 * rate))
    stage = PulseStage(rate, "a")
    made = joined([stage.push(Signal(values, rate, "a.u.", "a", 0.0)), stage.finish()])
    assert quality(made)[10:].mean() < 0.25


def test_two_beats_are_enough_to_be_found() -> None:
    values = shape(1.5, RATE, np.array([0.4, 1.1]))
    np.testing.assert_allclose(
        detect_beats(values, sampling_rate=RATE).times, [0.4, 1.1], atol=0.01
    )


def test_derived_channels_lie_on_the_clock_of_the_session() -> None:
    made = ecg_run(shape(30, RATE, beats_at(30, seed=9)), start=7.3)
    score, edr = made["cardiac_quality"], made["edr"]
    assert isinstance(score, Signal)
    assert isinstance(edr, Signal)
    assert (score.start, len(score)) == (7.0, 31)
    assert (edr.start, len(edr)) == (7.5, 120)


@pytest.mark.parametrize("swing", [0.05, 0.2])
def test_breathing_in_the_height_of_beats_is_seen(swing: float) -> None:
    true = beats_at(120, seed=10)
    time = np.arange(0, 120, 1 / RATE)
    values = shape(120, RATE, true) * (1 + swing * np.sin(2 * np.pi * 0.25 * time))
    edr = ecg_run(values)["edr"]
    assert isinstance(edr, Signal)
    there = np.isfinite(edr.values)
    breath = np.sin(2 * np.pi * 0.25 * edr.times)
    assert np.corrcoef(edr.values[there], breath[there])[0, 1] > 0.75


@pytest.mark.parametrize("rate", [25.0, 50.0, 64.0, 100.0, 1000.0])
def test_each_pulse_wave_is_found_once(rate: float) -> None:
    true = beats_at(120, seed=11)
    time = np.arange(0, 120, 1 / rate)
    since = time - true[np.clip(np.searchsorted(true, time, side="right") - 1, 0, None)]
    since = np.clip(since, 0, None)
    second = np.clip(since - 0.32, 0, None)
    values = since**2 * np.exp(-since / 0.09) + 0.3 * second**2 * np.exp(-second / 0.09)
    values += 0.05 * np.sin(2 * np.pi * 0.2 * time) * values.max()
    found = detect_pulses(values, sampling_rate=rate)
    times = found.times[found.times > true[0]]
    later = times - true[np.searchsorted(true, times) - 1]
    assert abs(len(found) - true.size) <= 1
    assert np.std(later) < 0.012
