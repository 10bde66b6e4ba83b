"""A pulse that moves is marked, not guessed; and every bad second says why it is bad."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.core.stage import Stage
from interbeat.signals._join import joined
from interbeat.signals._trust import GOOD_ENOUGH
from interbeat.signals._wave import WaveFinder
from interbeat.signals.cardiac import EcgStage
from interbeat.signals.pulse import PulseStage
from interbeat.signals.quality import REASONS

RATE = 64.0
SECONDS = 120


def finger(beats: FloatArray) -> FloatArray:
    """Return a pulse with a dicrotic wave, on a level that drifts."""
    time = np.arange(0, SECONDS, 1 / RATE)
    values = 0.5 * np.sin(time / 9)
    for after, width, height in ((0.16, 0.055, 1.0), (0.38, 0.085, 0.42)):
        for beat in beats.tolist():
            values += height * np.exp(-(((time - beat - after) / width) ** 2) / 2)
    return values


def feet(seed: int) -> FloatArray:
    times = np.cumsum(np.random.default_rng(seed).normal(0.85, 0.04, 200))
    return np.asarray(times[times < SECONDS - 1])


def movement(n: int, seed: int) -> FloatArray:
    """Return noise of 0.5 to 6 Hz, where pulses lie too, of unit variance."""
    rng = np.random.default_rng(seed)
    hertz = np.fft.rfftfreq(n, 1 / RATE)
    weight = np.where((hertz > 0.5) & (hertz < 6), 1 / np.maximum(hertz, 0.5), 0.0)
    values = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * weight, n)
    return np.asarray(values / values.std())


def made(stage: Stage, values: FloatArray, rate: float) -> dict[str, Data]:
    return joined([stage.push(Signal(values, rate, "a.u.", "a", 0.0)), stage.finish()])


def seconds(out: dict[str, Data]) -> tuple[FloatArray, FloatArray]:
    quality, reason = out["cardiac_quality"], out["cardiac_reason"]
    assert isinstance(quality, Signal)
    assert isinstance(reason, Signal)
    assert np.array_equal(quality.times, reason.times)
    return quality.values, reason.values


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_finger_that_moves_is_marked_and_its_still_minutes_are_not(
    seed: int, sign: int
) -> None:
    beats = feet(seed)
    values = finger(beats)
    moving = slice(round(50 * RATE), round(70 * RATE))
    values[moving] += 2 * values.std() * movement(round(20 * RATE), seed)
    out = made(PulseStage(RATE, "a"), sign * values, RATE)
    quality, reason = seconds(out)
    assert (quality[51:69] < GOOD_ENOUGH).mean() > 0.8
    assert (quality[1:49] >= GOOD_ENOUGH).all()
    assert (quality[76:] >= GOOD_ENOUGH).all()
    assert set(reason[51:69]) & {REASONS.index("waves unlike each other")}
    found = out["beats"]
    assert isinstance(found, Beats)
    still = found.between(0, 49), found.between(76, SECONDS)
    for part in still:  # movement has not turned the pulse around
        nearest = np.abs(part.times[:, None] - beats - 0.105).min(axis=1)
        assert nearest.max() < 0.03


@pytest.mark.parametrize("rate", [20.0, 33.3, 49.9, 64.0, 99.0, 125.0, 256.0])
def test_chunks_give_the_same_at_any_rate(rate: float) -> None:
    time = np.arange(0, SECONDS, 1 / RATE)
    moving = finger(feet(7)) + 0.5 * movement(time.size, 7)
    values = np.interp(np.arange(0, SECONDS - 1, 1 / rate), time, moving)
    whole = made(PulseStage(rate, "a"), values, rate)
    signal = Signal(values, rate, "a.u.", "a", 0.0)
    for step in (0.13, 7.3):
        stage = PulseStage(rate, "a")
        edges = np.arange(0, SECONDS, step)
        cut = joined(
            [
                *(stage.push(signal.between(t, t + step)) for t in edges.tolist()),
                stage.finish(),
            ]
        )
        assert cut.keys() == whole.keys()
        assert all(cut[name] == data for name, data in whole.items())


@pytest.mark.parametrize("rate", np.geomspace(20, 4000, 30).tolist())
def test_a_wave_is_compared_only_when_all_of_it_was_seen(rate: float) -> None:
    finder = WaveFinder(rate)
    seen = finder._path.lag + finder._pool.half
    assert finder._reach + finder._shapes.shape[1] - finder._before + 1 <= seen


@pytest.mark.parametrize("seed", range(3))
def test_movement_alone_is_no_pulse(seed: int) -> None:
    values = movement(round(SECONDS * RATE), seed)
    quality, _ = seconds(made(PulseStage(RATE, "a"), values, RATE))
    assert (quality[5:] < GOOD_ENOUGH).mean() > 0.9


@pytest.mark.parametrize(
    ("words", "spoil"),
    [
        ("no data", np.full(640, np.nan)),
        ("flat", np.zeros(640)),
        ("a jump", np.r_[np.zeros(320), np.full(320, 60.0)]),
    ],
)
def test_a_bad_second_says_why(words: str, spoil: FloatArray) -> None:
    values = finger(feet(5))
    at = round(60 * RATE)
    values[at : at + 640] = spoil if words != "a jump" else values[at : at + 640] + spoil
    quality, reason = seconds(made(PulseStage(RATE, "a"), values, RATE))
    assert REASONS.index(words) in reason[60:70]
    assert (quality[:59] >= GOOD_ENOUGH).all()


def steps(seconds: int, seed: int) -> FloatArray:
    """Return what walking at 1.9 steps a second adds, of unit variance."""
    rng = np.random.default_rng(seed)
    lengths = np.exp(rng.normal(0, 0.03, 3 * seconds)) / 1.9
    phase = np.interp(
        np.arange(seconds * RATE) / RATE, np.cumsum(lengths), np.arange(lengths.size)
    )
    values = np.sin(2 * np.pi * phase) + 0.5 * np.sin(4 * np.pi * phase + 1)
    return np.asarray(values / values.std())


@pytest.mark.parametrize("seed", range(3))
def test_steps_are_no_heart_though_they_are_alike_and_even(seed: int) -> None:
    values = finger(feet(seed))
    walk = slice(round(50 * RATE), round(90 * RATE))
    values[walk] += 3 * values.std() * steps(40, seed)
    quality, reason = seconds(made(PulseStage(RATE, "a"), values, RATE))
    assert (quality[52:89] < GOOD_ENOUGH).mean() > 0.9
    assert (reason[52:89] == REASONS.index("a leap of the rate")).mean() > 0.5
    assert (quality[100:] >= GOOD_ENOUGH).all()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_heart_that_quickens_with_effort_is_followed(sign: int) -> None:
    """From 70 to 105 beats a minute, or back, within half a minute."""
    rate = 70 + 35 * np.clip((np.arange(0, SECONDS, 0.01)[::sign] - 45) / 30, 0, 1)
    beats = np.interp(np.arange(1, 200), np.cumsum(rate / 6000), np.arange(0, SECONDS, 0.01))
    values = finger(beats[beats < SECONDS - 1])
    quality, _ = seconds(made(PulseStage(RATE, "a"), values, RATE))
    assert (quality[1:] >= GOOD_ENOUGH).all()


@pytest.mark.parametrize("seed", range(3))
def test_no_beat_of_a_bad_second_is_normal(seed: int) -> None:
    values = finger(feet(seed)) + 0.6 * movement(round(SECONDS * RATE), seed)
    out = made(PulseStage(RATE, "a"), values, RATE)
    quality, _ = seconds(out)
    found = out["beats"]
    assert isinstance(found, Beats)
    bad = quality[found.times.astype(int)] < GOOD_ENOUGH
    assert 20 < bad.sum() < len(found)
    assert not found.normal[bad].any()


@pytest.mark.parametrize("stage", [PulseStage(RATE, "a"), EcgStage(250.0, "a")])
def test_every_bad_second_has_a_reason_and_no_good_one_has(stage: Stage) -> None:
    rng = np.random.default_rng(6)
    values = np.repeat(rng.normal(size=400), 40) * np.repeat(rng.choice([0.0, 1, 30], 40), 400)
    values[rng.integers(0, values.size, 3000)] = np.nan
    rate = 250.0 if isinstance(stage, EcgStage) else RATE
    quality, reason = seconds(made(stage, np.clip(values, -20, 20), rate))
    np.testing.assert_array_equal(reason > 0, quality < GOOD_ENOUGH)
    assert set(reason) <= set(range(len(REASONS)))
