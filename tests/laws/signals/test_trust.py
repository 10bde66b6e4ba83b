"""What a bad second holds enters no estimate, and a good second loses nothing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals._trust import GOOD_ENOUGH, Trust
from interbeat.signals.cardiac import EcgStage, detect_beats

RATE = 250.0


def heart(bpm: float, seconds: float, *, spread: float = 0.02) -> FloatArray:
    """Return an ECG without drift, its T waves as far from the beat as its rate allows."""
    rng = np.random.default_rng(4)
    intervals = 60 / bpm * (1 + spread * rng.normal(size=int(2 * seconds * bpm / 60)))
    beats = np.cumsum(intervals)
    time = np.arange(0, seconds, 1 / RATE)
    near = beats[np.searchsorted((beats[1:] + beats[:-1]) / 2, time)]
    since, scale = time - near, math.sqrt(min(60 / bpm / 0.85, 1))
    values = 0.02 * rng.normal(size=time.size) + np.exp(-((since / 0.012) ** 2))
    values -= 0.25 * np.exp(-(((since - 0.03) / 0.012) ** 2))
    return np.asarray(values + 0.2 * np.exp(-(((since - 0.2 * scale) / 0.04) ** 2)))


def found(values: FloatArray, *, start: float) -> tuple[Beats, Signal]:
    stage = EcgStage(RATE, "a")
    made = joined([stage.push(Signal(values, RATE, "mV", "a", start)), stage.finish()])
    beats, quality = made["beats"], made["cardiac_quality"]
    assert isinstance(beats, Beats)
    assert isinstance(quality, Signal)
    return beats, quality


@given(
    times=st.lists(st.floats(0, 40.99), max_size=40),
    grades=st.lists(st.floats(0, 1), min_size=41, max_size=41),
    first=st.sampled_from([-1_000_000, -7, 0, 1_700_000_000]),
    cuts=st.lists(st.tuples(st.integers(0, 41), st.floats(0, 60)), max_size=8).map(sorted),
)
def test_a_beat_is_as_good_as_the_seconds_since_the_one_before_however_the_grades_come(
    times: list[float],
    grades: list[float],
    first: int,
    cuts: list[tuple[int, float]],
) -> None:
    """A beat may come long before its grade, or with it; never after."""
    beats = Beats.at(np.unique(first + np.array(times)), "a")
    trust, out = Trust(), Beats.at([], "a")
    begin, told = 0, -math.inf
    for end, ahead in [*cuts, (41, 60.0)]:
        until = max(told, first + end + ahead)
        quality = Signal(grades[begin:end], 1, "", "a", first + begin)
        made = trust.mark(beats.between(told, until), quality)
        assert len(made) == 0 or made.end < first + end
        out, begin, told = out.then(made), end, until
    np.testing.assert_array_equal(out.times, beats.times)
    seconds = [math.floor(t) - first for t in beats.times.tolist()]
    good = [grades[s] >= GOOD_ENOUGH for s in seconds]
    across = [
        here and min(grades[a : b + 1]) < GOOD_ENOUGH
        for here, (a, b) in zip(good, pairwise(seconds), strict=False)
    ]
    plain = [here and not over for here, over in zip(good, [False, *across], strict=False)]
    assert out.normal.tolist() == plain
    for a, b, whole in zip(seconds, seconds[1:], out.nn.tolist(), strict=False):
        assert not whole or min(grades[a : b + 1]) >= GOOD_ENOUGH


@pytest.mark.parametrize("bpm", [45, 75, 110, 140, 160, 180, 200])
def test_a_quick_heart_is_no_noise(bpm: float) -> None:
    beats, quality = found(heart(bpm, 120), start=0.0)
    assert abs(len(beats) - 2 * bpm) <= 3
    assert beats.between(5, 120).normal.mean() > 0.98
    assert quality.values[5:].mean() > 0.95


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_no_quick_heart(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(size=round(300 * RATE))
    beats, quality = found(noise, start=0.0)
    assert quality.values.mean() < 0.15
    assert beats.normal.mean() < 0.15


@pytest.mark.parametrize("start", [0.0, 0.3, 0.62, 0.95, -0.35, -1000.1])
def test_a_record_may_begin_and_end_within_a_second(start: float) -> None:
    """What was never recorded is not lost: the part of a second that there is can be good."""
    values = heart(75, 30)[: round(29.25 * RATE)]
    beats, quality = found(values, start=start)
    assert beats.normal.all()
    assert quality.values[-1] > GOOD_ENOUGH
    assert len(beats) == len(detect_beats(values, sampling_rate=RATE))


@pytest.mark.parametrize("shift", [-1_000_000, -40, 86_400, 1_700_000_000])
def test_marks_do_not_depend_on_what_the_clock_says(shift: int) -> None:
    values = heart(75, 60)
    rng = np.random.default_rng(6)
    values[5000:8000] += rng.normal(0, 1.5, 3000)
    values[10_000:10_900] = np.nan
    beats, quality = found(values, start=0.25)
    later, same = found(values, start=shift + 0.25)
    np.testing.assert_allclose(later.times - shift, beats.times, atol=1e-6)
    np.testing.assert_array_equal(later.normal, beats.normal)
    np.testing.assert_allclose(same.values, quality.values, atol=1e-4)
    assert not beats.between(21, 31).normal.any()
