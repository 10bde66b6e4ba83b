"""Whole records of skin conductance whose level, responses and time constants are known.

Settings were chosen on records of seeds 100 to 102; what is scored here has other seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals.eda import EdaStage, decompose_eda

SECONDS = 900.0
Wave = Callable[[FloatArray, float, float], FloatArray]


class Truth(NamedTuple):
    times: FloatArray
    onsets: FloatArray
    amplitude: FloatArray
    level: FloatArray
    phasic: FloatArray
    values: FloatArray


def bateman(t: FloatArray, rise: float, decay: float) -> FloatArray:
    top = np.log(decay / rise) * rise * decay / (decay - rise)
    height = np.exp(-top / decay) - np.exp(-top / rise)
    return np.asarray((np.exp(-t / decay) - np.exp(-t / rise)) / height)


def sigmoid(t: FloatArray, rise: float, decay: float) -> FloatArray:
    """Return a response that begins slowly: not the shape that is assumed."""

    def wave(at: FloatArray) -> FloatArray:
        return np.asarray((1 - np.exp(-((at / (1.6 * rise)) ** 2))) * np.exp(-at / decay))

    return np.asarray(wave(t) / wave(np.linspace(0, 30, 3001)).max())


def made(
    rate: float,
    noise: float,
    *,
    per_minute: float = 4.0,
    shape: tuple[Wave, float, float] = (bateman, 0.7, 2.0),
    seed: int = 1,
) -> Truth:
    """Return lognormal responses whose time constants vary by 10 and 15 %, on a drift."""
    rng = np.random.default_rng(seed)
    wave, rise, decay = shape
    t = np.arange(0, SECONDS, 1 / rate)
    onsets = np.sort(rng.uniform(5, SECONDS - 10, rng.poisson(per_minute * SECONDS / 60)))
    onsets = onsets[np.diff(onsets, prepend=0) > 1]
    amplitude = 0.3 * np.exp(0.6 * rng.standard_normal(onsets.size))
    phasic = np.zeros(t.size)
    for onset, height in zip(onsets, amplitude, strict=True):
        vary = np.exp(np.array([0.1, 0.15]) * rng.standard_normal(2))
        begin = int(np.ceil(onset * rate))
        here = slice(begin, begin + int(50 * rate))
        phasic[here] += height * wave(t[here] - onset, rise * vary[0], decay * vary[1])
    steps = 0.02 * rng.standard_normal(int(SECONDS) + 30).cumsum()
    steps = np.convolve(steps, np.ones(30) / 30, "valid")
    level = 5 + 0.5 * np.sin(2 * np.pi * t / 700) + np.interp(t, np.arange(steps.size), steps)
    values = level + phasic + noise * rng.standard_normal(t.size)
    return Truth(t, onsets, amplitude, level, phasic, values)


def live(values: FloatArray, rate: float) -> Responses:
    stage = EdaStage(rate, "a", "µS")
    out = joined([stage.push(Signal(values, rate, "µS", "a", 0.0)), stage.finish()])
    found = out["responses"]
    assert isinstance(found, Responses)
    return found


def pairs(truth: FloatArray, times: FloatArray) -> tuple[IntArray, IntArray]:
    """Return which are each other's nearest and within 1 s."""
    gaps = np.abs(truth[:, None] - times[None, :])
    near, back = gaps.argmin(axis=1), gaps.argmin(axis=0)
    i = np.flatnonzero((back[near] == np.arange(truth.size)) & (gaps.min(axis=1) <= 1))
    return i, np.asarray(near[i])


def f1(truth: FloatArray, times: FloatArray) -> float:
    return float(2 * pairs(truth, times)[0].size / (truth.size + times.size))


def gamma(t: FloatArray, _rise: float, decay: float) -> FloatArray:
    """Return a broad response, which begins with the square of time."""
    scale = decay / 1.7
    return np.asarray((t / (2 * scale)) ** 2 * np.exp(2 - t / scale))


def smoothed(t: FloatArray, rise: float, decay: float) -> FloatArray:
    """Return a response smoothed over 0.4 s (sd), since it reached 1 % of its height."""
    step = 0.02
    at = np.arange(0, 60, step)
    weights = np.exp(-((np.arange(-1.6, 1.6 + step, step) / 0.4) ** 2) / 2)
    wave = np.convolve(bateman(at, rise, decay), weights)
    wave = wave[np.argmax(wave > 0.01 * wave.max()) :] / wave.max()
    return np.asarray(np.interp(t, step * np.arange(wave.size), wave))


def tailed(t: FloatArray, rise: float, decay: float) -> FloatArray:
    """Return a response of which a part decays three times as slowly."""

    def wave(at: FloatArray) -> FloatArray:
        slow = 0.7 * np.exp(-at / decay) + 0.3 * np.exp(-at / (3 * decay))
        return np.asarray(slow - np.exp(-at / rise))

    return np.asarray(wave(t) / wave(np.linspace(0, 30, 3001)).max())


PALM, WRIST = (25, 0.01), (4, 0.02)
SHAPES: dict[str, tuple[Wave, float, float]] = {
    "quick": (bateman, 0.7, 2.0),
    "slow": (bateman, 0.75, 4.0),
    "not as assumed": (sigmoid, 0.75, 3.0),
}


@pytest.mark.parametrize("sensor", [PALM, WRIST], ids=["palm", "wrist"])
@pytest.mark.parametrize("per_minute", [4, 10])
@pytest.mark.parametrize("shape", SHAPES)
def test_responses_are_found_live_and_in_a_whole_record(
    sensor: tuple[float, float], per_minute: float, shape: str
) -> None:
    """Over two records; those of 0.03 µS and more, onsets within 1 s."""
    scores = []
    for seed in (11, 12):
        truth = made(*sensor, per_minute=per_minute, shape=SHAPES[shape], seed=seed)
        parts = decompose_eda(truth.values, sampling_rate=sensor[0])
        now = live(truth.values, sensor[0])
        scores.append((f1(truth.onsets, parts.responses.times), f1(truth.onsets, now.times)))
    least = 0.95 if shape != "not as assumed" or per_minute == 4 else 0.93
    assert (np.mean(scores, axis=0) >= least).all(), scores


@pytest.mark.parametrize("sensor", [PALM, WRIST], ids=["palm", "wrist"])
@pytest.mark.parametrize(
    ("shape", "most"), [("quick", 0.1), ("slow", 0.12), ("not as assumed", 0.2)]
)
def test_the_error_is_small_and_time_constants_are_learned(
    sensor: tuple[float, float], shape: str, most: float
) -> None:
    truth = made(*sensor, per_minute=6, shape=SHAPES[shape], seed=21)
    parts = decompose_eda(truth.values, sampling_rate=sensor[0])
    error = np.sqrt(np.mean((parts.phasic - truth.phasic) ** 2)) / truth.phasic.std()
    assert error < most
    assert np.sqrt(np.mean((parts.tonic - truth.level) ** 2)) < 0.03
    if shape != "not as assumed":
        _, rise, decay = SHAPES[shape]
        assert parts.rise.value == pytest.approx(rise, rel=0.1)
        assert parts.decay.value == pytest.approx(decay, rel=0.1)


@pytest.mark.parametrize("sensor", [PALM, WRIST], ids=["palm", "wrist"])
def test_posterior_deviations_cover(sensor: tuple[float, float]) -> None:
    """Of the assumed shape: level and phasic part over time, amplitudes over responses."""
    inside: list[list[float]] = []
    for seed in range(31, 35):
        truth = made(*sensor, per_minute=6, shape=SHAPES["quick"], seed=seed)
        parts = decompose_eda(truth.values, sampling_rate=sensor[0])
        i, j = pairs(truth.onsets, parts.responses.times)
        off = (
            (parts.phasic - truth.phasic) / parts.phasic_sd,
            (parts.tonic - truth.level) / parts.tonic_sd,
            (parts.responses.amplitude[j] - truth.amplitude[i]) / parts.amplitude_sd[j],
        )
        inside.append([float(np.mean(np.abs(z) < 1.96)) for z in off])
    assert (np.mean(inside, axis=0) > 0.87).all(), inside


UNLIKE: dict[str, tuple[tuple[Wave, float, float], float, float]] = {
    # shape; share of time and of onsets that intervals must cover
    "slow to begin": ((sigmoid, 0.75, 3.0), 0.92, 0.9),
    "gamma": ((gamma, 0.75, 2.5), 0.92, 0.7),
    "smoothed": ((smoothed, 0.6, 3.0), 0.9, 0.75),
    "with a slower tail": ((tailed, 0.75, 2.5), 0.8, 0.9),
}


@pytest.mark.parametrize("sensor", [PALM, WRIST, (25, 0.001)], ids=["palm", "wrist", "still"])
@pytest.mark.parametrize("kind", UNLIKE)
def test_deviations_cover_shapes_that_are_not_assumed(
    sensor: tuple[float, float], kind: str
) -> None:
    """Widened on the first and the last shape, with seeds 300 to 511; two are held out."""
    shape, over_time, over_onsets = UNLIKE[kind]
    inside: list[list[float]] = []
    for seed in (71, 72):
        truth = made(*sensor, per_minute=6, shape=shape, seed=seed)
        parts = decompose_eda(truth.values, sampling_rate=sensor[0])
        i, j = pairs(truth.onsets, parts.responses.times)
        off = (
            (parts.phasic - truth.phasic) / parts.phasic_sd,
            (parts.tonic - truth.level) / parts.tonic_sd,
            (parts.responses.times[j] - truth.onsets[i]) / parts.onset_sd[j],
        )
        inside.append([float(np.mean(np.abs(z) < 1.96)) for z in off])
    assert (np.mean(inside, axis=0) > (over_time, over_time, over_onsets)).all(), inside


@pytest.mark.parametrize("shape", ["quick", "slow"])
def test_intervals_of_time_constants_cover(shape: str) -> None:
    _, rise, decay = SHAPES[shape]
    hits = 0
    for seed in range(81, 91):
        truth = made(*WRIST, per_minute=6, shape=SHAPES[shape], seed=seed)
        parts = decompose_eda(truth.values, sampling_rate=4)
        for found, true in ((parts.rise, rise), (parts.decay, decay)):
            hits += found.interval[0] <= true <= found.interval[1]
    assert hits >= 18


def test_the_driver_holds_the_amplitudes() -> None:
    truth = made(*PALM, seed=41)
    parts = decompose_eda(truth.values, sampling_rate=25)
    assert parts.driver.min() == 0
    assert parts.driver.sum() / 25 == pytest.approx(truth.amplitude.sum(), rel=0.05)
    assert (parts.driver > 0).mean() < 0.05
    assert (parts.driver_sd > 0).all()


def test_lost_samples_are_lost_and_responses_beside_them_are_found() -> None:
    truth = made(*PALM, seed=51)
    values = truth.values.copy()
    for begin in range(500, values.size - 500, 1500):
        values[begin : begin + 120] = np.nan
    lost = np.isnan(values)
    parts = decompose_eda(values, sampling_rate=25)
    assert np.isnan(parts.tonic[lost]).all()
    assert np.isfinite(parts.tonic[~lost]).mean() > 0.99
    near = np.convolve(lost, np.ones(25), "same") > 0
    clear = truth.onsets[~near[(truth.onsets * 25).astype(int)]]
    assert f1(clear, parts.responses.times) > 0.95
    error = (parts.phasic - truth.phasic)[~lost]
    assert np.sqrt(np.nanmean(error**2)) / truth.phasic.std() < 0.15


@pytest.mark.parametrize("gap", [60, 600, 7200])
def test_a_gap_however_long_leaves_what_is_known_known(gap: int) -> None:
    """Deviations after it as at the begin of a record; before it, as without a gap."""
    truth = made(*WRIST, seed=52)
    n, lost = truth.values.size // 2, np.full(4 * gap, np.nan)
    parts = decompose_eda(
        np.concatenate((truth.values[:n], lost, truth.values[n:])), sampling_rate=4
    )
    alone = decompose_eda(truth.values, sampling_rate=4)
    after = n + lost.size
    assert np.isfinite(parts.tonic[:n]).all()
    assert np.isfinite(parts.tonic[after + 1 :]).all()
    for here, there in ((slice(None, n), slice(None, n)), (slice(after, None), slice(n, None))):
        ratio = parts.tonic_sd[here] / alone.tonic_sd[there]
        assert np.nanmedian(ratio) == pytest.approx(1, abs=0.1)
    assert np.nanmin(parts.phasic_sd[after : after + 8]) > 0.002
    assert np.nanmax(parts.tonic_sd) < 0.5
    shifted = np.where(truth.onsets < n / 4, truth.onsets, truth.onsets + gap)
    assert f1(shifted, parts.responses.times) > 0.95


def test_who_does_not_respond_is_named() -> None:
    t = np.arange(0, 600, 0.25)
    calm = 3 + 0.3 * np.sin(t / 90) + 0.005 * np.random.default_rng(6).standard_normal(t.size)
    parts = decompose_eda(calm, sampling_rate=4)
    assert len(parts.responses) == 0
    assert parts.remark.startswith("no response in 10.0 min")
    assert "does not tell arousal" in parts.remark
    assert parts.rise.reason == "0 of 5 responses"
    unseen = decompose_eda(np.where(t < 560, np.nan, calm), sampling_rate=4)
    assert "only" in unseen.remark
    assert decompose_eda(made(*WRIST).values, sampling_rate=4).remark == ""


def test_no_response_and_not_known_are_different_answers() -> None:
    t = np.arange(0, 240, 0.04)
    values = 4 + 0.005 * np.random.default_rng(7).standard_normal(t.size)
    values[t >= 32.5] += 0.4 * bateman(t[t >= 32.5] - 32.5, 0.75, 3)
    values[(t > 149) & (t < 155)] = np.nan
    parts = decompose_eda(values, sampling_rate=25)
    yes, no, unknown, after = parts.answers([30, 100, 150, 238])
    assert (yes.answered, no.answered, unknown.answered, after.answered) == (
        True,
        False,
        None,
        None,
    )
    assert yes.latency.value == pytest.approx(2.5, abs=0.1)
    assert yes.amplitude.value == pytest.approx(0.4, abs=0.03)
    assert yes.rise_time.value == pytest.approx(1.4, abs=0.3)
    assert no.amplitude.value == 0
    assert 0 < no.amplitude.se < 0.02
    assert "no response" in no.latency.reason
    assert "0 % of the window" in unknown.amplitude.reason
    on_its_tail = (
        parts.answers([31], window=(3.0, 5.0))[0],
        parts.answers([31], window=(3.0, 5.0), smallest=0.2)[0],
    )
    assert [a.answered for a in on_its_tail] == [None, False]


def test_a_window_must_be_one() -> None:
    parts = decompose_eda(np.full(100, 3.0), sampling_rate=4)
    for window in ((4.0, 1.0), (-1.0, 4.0), (1.0, np.inf)):
        with pytest.raises(DataError, match="window"):
            parts.answers([1.0], window=window)
    with pytest.raises(DataError, match="times"):
        parts.answers([np.nan])


@pytest.mark.parametrize("kind", ["steps", "spikes"])
def test_a_moved_electrode_is_hardly_taken_for_responses(kind: str) -> None:
    """Steps of 0.2 to 0.6 µS, too slow to be told by their rate; single samples far off."""
    truth = made(*PALM, seed=61)
    rng, values = np.random.default_rng(62), truth.values.copy()
    for at in np.arange(20, SECONDS - 30, 60) + rng.uniform(0, 20, 15):
        size = rng.choice([-1, 1]) * rng.uniform(0.2, 0.6)
        if kind == "steps":
            values[truth.times >= at] += size
        else:
            values[int(at * 25)] += 3 * size
    parts = decompose_eda(values, sampling_rate=25)
    assert f1(truth.onsets, parts.responses.times) > 0.95
    assert np.sqrt(np.mean((parts.phasic - truth.phasic) ** 2)) / truth.phasic.std() < 0.2
    assert f1(truth.onsets, live(values, 25).times) > 0.88
