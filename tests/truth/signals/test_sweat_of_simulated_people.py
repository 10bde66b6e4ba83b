"""Skin conductance whose level and responses are known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.recording import Data
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals.eda import EdaStage, decompose_eda

SECONDS = 1200.0


class Truth(NamedTuple):
    times: FloatArray
    onsets: FloatArray
    amplitude: FloatArray
    level: FloatArray
    responses: FloatArray


def bateman(t: FloatArray, rise: float, decay: float) -> FloatArray:
    """Return a response of height 1 that begins at 0."""
    top = np.log(decay / rise) * rise * decay / (decay - rise)
    height = np.exp(-top / decay) - np.exp(-top / rise)
    t = np.maximum(t, 0)
    return np.asarray((np.exp(-t / decay) - np.exp(-t / rise)) / height)


def sweat(rate: float, decay: float, *, per_minute: float = 4.0, seed: int = 0) -> Truth:
    """Return lognormal responses at random times on a drifting level; shapes vary by 10 %."""
    rng = np.random.default_rng(seed)
    t = np.arange(0, SECONDS, 1 / rate)
    onsets = np.sort(rng.uniform(5, SECONDS - 10, rng.poisson(per_minute * SECONDS / 60)))
    onsets = onsets[np.diff(onsets, prepend=0) > 1]
    amplitude = 0.3 * np.exp(0.6 * rng.standard_normal(onsets.size))
    responses = np.zeros(t.size)
    for onset, height in zip(onsets, amplitude, strict=True):
        shape = np.exp(0.1 * rng.standard_normal(2)) * (0.75, decay)
        begin = int(np.ceil(onset * rate))
        here = slice(begin, begin + int(40 * rate))
        responses[here] += height * bateman(t[here] - onset, *shape)
    steps = np.convolve(0.02 * rng.standard_normal(int(SECONDS)).cumsum(), np.ones(30) / 30)
    level = 5 + 0.5 * np.sin(2 * np.pi * t / 700) + np.interp(t, np.arange(steps.size), steps)
    return Truth(t, onsets, amplitude, level, responses)


def measured(truth: Truth, noise: float, seed: int = 9) -> dict[str, Data]:
    rate = 1 / (truth.times[1] - truth.times[0])
    rng = np.random.default_rng(seed)
    values = truth.level + truth.responses + noise * rng.standard_normal(truth.times.size)
    return whole(values, rate)


def whole(values: FloatArray, rate: float) -> dict[str, Data]:
    stage = EdaStage(rate, "a", "µS")
    return joined([stage.push(Signal(values, rate, "µS", "a", 0.0)), stage.finish()])


def pairs(truth: FloatArray, times: FloatArray, tolerance: float) -> list[tuple[int, int]]:
    """Return which are each other's nearest, and near enough."""
    gaps = np.abs(truth[:, None] - times[None, :])
    back = gaps.argmin(axis=0)
    return [
        (i, int(j))
        for i, j in enumerate(gaps.argmin(axis=1))
        if back[j] == i and gaps[i, j] <= tolerance
    ]


@pytest.mark.parametrize(
    ("sensor", "least_f1", "most_spread"),
    [
        ((4, 0.01), 0.93, 0.2),
        ((4, 0.02), 0.87, 0.3),
        ((25, 0.01), 0.95, 0.16),
        ((25, 0.02), 0.95, 0.2),
    ],
)
@pytest.mark.parametrize("decay", [2.0, 3.0, 4.0])
def test_responses_are_found_sized_and_taken_off(
    sensor: tuple[float, float], least_f1: float, most_spread: float, decay: float
) -> None:
    rate, noise = sensor
    truth = sweat(rate, decay, seed=int(decay))
    out = measured(truth, noise)
    responses, level = out["responses"], out["scl"]
    assert isinstance(responses, Responses)
    assert isinstance(level, Signal)
    both = pairs(truth.onsets, responses.times, 1.0)
    i, j = (np.array(side) for side in zip(*both, strict=True))
    assert 2 * len(both) / (truth.onsets.size + len(responses)) >= least_f1
    assert np.abs(np.median(responses.times[j] - truth.onsets[i])) < 0.05
    ratio = responses.amplitude[j] / truth.amplitude[i]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.05)
    assert np.subtract(*np.percentile(ratio, [75, 25])) < most_spread
    true_level = np.interp(level.times, truth.times, truth.level)
    assert np.sqrt(np.mean((level.values - true_level) ** 2)) < 0.09
    assert np.abs(np.mean(level.values - true_level)) < 0.05


@pytest.mark.parametrize(("rate", "noise"), [(4, 0.01), (4, 0.02), (25, 0.01), (25, 0.02)])
def test_still_skin_answers_less_than_once_in_five_minutes(rate: float, noise: float) -> None:
    t = np.arange(0, 1800, 1 / rate)
    values = (
        5 + 0.5 * np.sin(t / 100) + noise * np.random.default_rng(5).standard_normal(t.size)
    )
    assert len(decompose_eda(values, sampling_rate=rate).responses) < 6


def test_a_response_on_the_tail_of_another_is_told_apart() -> None:
    t = np.arange(0, 90, 0.04)
    values = 4 + 1e-4 * t + bateman(t - 30, 0.75, 3) + 0.5 * bateman(t - 34, 0.75, 3)
    responses = decompose_eda(values, sampling_rate=25).responses
    np.testing.assert_allclose(responses.times, [30, 34], atol=0.1)
    np.testing.assert_allclose(responses.amplitude, [1, 0.5], rtol=0.15)


def test_a_tail_that_ends_sooner_than_expected_is_no_response() -> None:
    t = np.arange(0, 90, 0.04)
    values = 4 + 1e-4 * t + 3 * bateman(t - 30, 0.75, 1.5) + bateman(t - 30, 0.75, 12)
    assert len(decompose_eda(values, sampling_rate=25).responses) == 1


def test_a_jump_of_the_electrode_is_no_response_and_has_no_quality() -> None:
    truth = sweat(4, 3.0, per_minute=0)
    values = truth.level + 0.005 * np.random.default_rng(6).standard_normal(truth.times.size)
    values[2400:] += 4
    out = whole(values, 4)
    assert len(out["responses"].between(590, 612)) == 0
    quality, level = out["eda_quality"], out["scl"]
    assert isinstance(quality, Signal)
    assert isinstance(level, Signal)
    assert (quality.between(600, 602).values == 0).all()
    assert (quality.between(20, 599).values == 1).all()
    assert np.isnan(level.between(600, 602).values).all()


@pytest.mark.parametrize("rate", [4, 25])
@pytest.mark.parametrize("lost", [0.0, 0.25, 0.5])
def test_a_jump_reaches_neither_the_level_around_it_nor_the_responses(
    rate: float, lost: float
) -> None:
    """Also where the samples of the jump itself are lost."""
    t = np.arange(0, 200, 1 / rate)
    values = 5 + 0.005 * np.random.default_rng(6).standard_normal(t.size)
    values[t >= 100] += 10
    values[(t >= 100) & (t < 100 + lost)] = np.nan
    out = whole(values, rate)
    level, quality = out["scl"], out["eda_quality"]
    assert isinstance(level, Signal)
    assert isinstance(quality, Signal)
    assert quality.values[100] == 0
    assert len(out["responses"]) == 0
    off = np.abs(level.values - np.where(level.times < 100.5, 5, 15))
    assert np.nanmax(off) < 0.06 * 10  # the level averages 8 s, and may look past the jump


def test_a_bad_second_enters_no_level_and_has_no_responses() -> None:
    truth = sweat(25, 3.0, seed=3)
    rng = np.random.default_rng(8)
    values = truth.level + truth.responses
    values[rng.random(values.size) < 0.4] = np.nan  # so that some seconds lack over half
    values[5000:5500] = 7.0  # and for 20 s nothing changes
    out = whole(values, 25)
    level, quality = out["scl"], out["eda_quality"]
    assert isinstance(level, Signal)
    assert isinstance(quality, Signal)
    bad = quality.values < 0.5
    assert 20 < bad.sum() < 600
    assert len(level) == 4 * len(quality)
    assert np.isnan(level.values[np.repeat(bad, 4)]).all()
    assert np.isfinite(level.values[np.repeat(~bad, 4)]).mean() > 0.9
    assert not bad[out["responses"].times.astype(int)].any()
    assert len(out["responses"]) > 5


def test_a_steady_voltage_is_no_skin() -> None:
    out = whole(np.full(400, 1.5), 4)
    assert isinstance(out["scl"], Signal)
    assert np.isnan(out["scl"].values).all()


def test_lost_contact_has_no_level_and_no_quality() -> None:
    values = 5 + 0.01 * np.random.default_rng(7).standard_normal(1200)
    values[400:480] = 0.01
    stage = EdaStage(4, "a", "µS")
    out = stage.push(Signal(values, 4, "µS", "a", 0.0))
    level, quality = out["scl"], out["eda_quality"]
    assert isinstance(level, Signal)
    assert isinstance(quality, Signal)
    assert np.isnan(level.between(101, 119).values).all()
    assert (quality.between(100, 120).values == 0).all()
    assert len(out["responses"]) == 0


def test_the_parts_add_up_to_all_but_the_noise() -> None:
    truth = sweat(4, 3.0)
    values = (
        truth.level + truth.responses + 0.01 * np.random.default_rng(2).standard_normal(4800)
    )
    values[100:140] = np.nan
    parts = decompose_eda(values, sampling_rate=4)
    rest = values - parts.tonic - parts.phasic
    np.testing.assert_array_equal(np.isnan(rest), np.isnan(values))
    assert np.nanstd(rest) == pytest.approx(0.01, rel=0.15)
    assert abs(np.nanmean(rest)) < 0.001


@pytest.mark.parametrize("n", [0, 1, 10])
def test_a_record_too_short_for_a_level_has_parts_as_long(n: int) -> None:
    parts = decompose_eda(np.full(n, 5.0), sampling_rate=1000)
    assert np.isnan(parts.tonic).all()
    assert parts.tonic.shape == parts.phasic.shape == (n,)
    assert len(parts.responses) == 0
