"""RespHRV against hearts whose swing with each breath is known."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.span import Span
from interbeat.measures._swing import Swings, squared
from interbeat.measures.resphrv import resphrv

SECONDS, STEP = 1260.0, 0.02
MINUTES = 20


def wave(phase: FloatArray, second: float) -> FloatArray:
    """Return a waveform of peak-to-trough 1 over a cycle, with some of twice its rate."""
    circle = np.linspace(0, 2 * np.pi, 3600)
    shape = np.cos(circle) + second * np.cos(2 * circle + 1)
    return np.asarray((np.cos(phase) + second * np.cos(2 * phase + 1)) / np.ptp(shape))


def body(
    swing: float,
    rate: float,
    *,
    second: float = 0.0,
    mayer: float = 15.0,
    mean: float = 900.0,
    seed: int = 0,
) -> tuple[Beats, Breaths]:
    """Return a heart that integrates: breathing, a Mayer wave at 0.1 Hz, a drift, and noise.

    The Mayer wave is of amplitude `mayer` (ms) and wanders in phase as blood pressure's does;
    breaths vary by 8 % in length. Beats are seen to 2 ms.
    """
    rng = np.random.default_rng(seed)
    times = np.arange(0, SECONDS, STEP)
    lengths = np.exp(rng.normal(0, 0.08, int(SECONDS * rate * 1.3) + 20)) / rate
    onsets = np.concatenate(([0.0], np.cumsum(lengths)))
    phase = 2 * np.pi * np.interp(times, onsets, np.arange(onsets.size))
    wander = np.cumsum(rng.normal(0, np.sqrt(STEP / 10), times.size))
    drive = (
        mean
        + swing * wave(phase, second)
        + mayer * np.cos(2 * np.pi * 0.1 * times + wander)
        + 30 * np.sin(2 * np.pi * 0.008 * times)
    )
    count = np.concatenate(([0.0], np.cumsum(1000 / drive[:-1]) * STEP))
    beats = np.interp(np.arange(1, np.floor(count[-1])), count, times)
    beats = beats + rng.normal(0, 0.002, beats.size)
    onsets = onsets[onsets < SECONDS]
    ones = np.ones(onsets.size)
    return Beats.at(beats, "a"), Breaths(onsets, onsets + 0.1, ones, ones > 0, person="a")


def minutes(beats: Beats, breaths: Breaths) -> FloatArray:
    """Return the swing in each of 20 separate minutes."""
    spans = [Span(60.0 * k, 60.0 * (k + 1)) for k in range(MINUTES)]
    return np.array([resphrv(beats, breaths, span).value for span in spans])


@pytest.mark.parametrize("rate", [0.12, 0.15, 0.2, 0.25, 0.3, 0.4])
@pytest.mark.parametrize(("swing", "off"), [(80.0, 0.03), (20.0, 0.15)])
def test_a_known_swing_is_found_whatever_the_breathing_rate(
    swing: float, rate: float, off: float
) -> None:
    """Over 20 min and 3 bodies: 80 ms to 3 %, 20 ms under a Mayer wave of 30 ms to 15 %."""
    found = np.concatenate([minutes(*body(swing, rate, seed=seed)) for seed in range(3)])
    assert found.mean() == pytest.approx(swing, rel=off)


def test_single_minutes_are_near_too() -> None:
    """Root mean square error of a minute's value, away from the Mayer wave: 5 %."""
    found = minutes(*body(80.0, 0.25))
    assert np.sqrt(np.mean((found / 80 - 1) ** 2)) < 0.05


@pytest.mark.parametrize("rate", [0.15, 0.2, 0.25])
def test_a_breath_that_is_no_sine_is_found(rate: float) -> None:
    """A third of the wave at twice the rate; seen where the heart has 4 beats a breath."""
    found = minutes(*body(80.0, rate, second=0.3))
    assert found.mean() == pytest.approx(80, rel=0.04)


def test_at_six_breaths_a_minute_the_mayer_wave_is_counted_in() -> None:
    """What is documented: at 0.1 Hz the two cannot be told apart."""
    alone = minutes(*body(80.0, 0.1, mayer=0.0))
    with_mayer = minutes(*body(80.0, 0.1, mayer=15.0))
    assert alone.mean() == pytest.approx(80, rel=0.02)
    assert with_mayer.mean() == pytest.approx(80, rel=0.10)
    assert with_mayer.std() > 3 * alone.std()


def test_no_swing_is_near_zero() -> None:
    beats, breaths = body(0.0, 0.25)
    found = resphrv(beats, breaths, Span(0.0, 60.0))
    assert found.value < 5
    assert found.interval[0] < 0


def test_lost_beats_do_not_change_it_much() -> None:
    beats, breaths = body(80.0, 0.25)
    rng = np.random.default_rng(1)
    some = Beats(beats.times, rng.random(len(beats)) > 0.1, "a")
    assert minutes(some, breaths).mean() == pytest.approx(80, rel=0.03)


def test_breathing_that_the_heart_cannot_follow_is_missing() -> None:
    """At 40 beats a minute the heart cannot show 25 breaths a minute."""
    beats, breaths = body(80.0, 0.42, mean=1500.0)
    found = resphrv(beats, breaths, Span(0.0, 60.0))
    assert found.reason == "breathing too fast for this heart rate"


def test_squares_of_noisy_swings_average_to_the_square_of_the_swing() -> None:
    """What noise adds, to a swing and to its square, is taken off where pieces are averaged."""
    rng = np.random.default_rng(7)
    bias, spread, many = np.full(20000, 2.0), np.full(20000, 36.0), np.full(20000, 10**6)
    raw = 20 + bias + rng.normal(0, 6, 20000)
    ones = np.ones(20000)
    found = squared(
        Swings(raw, bias, spread, spread), many, unseen=ones, quality=ones, n=ones, unless=()
    )
    assert found.values.mean() == pytest.approx(400, rel=0.02)
