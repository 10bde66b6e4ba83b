"""Breathing in numbers, worked by hand; the heart's telling of it against an obvious twin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.measures import MEASURES
from interbeat.measures._together import estimates
from interbeat.measures.breathing import breathing_rate, depth_variability, inspiration_share
from interbeat.measures.heart_breathing import heart_breathing_rate

ONSETS = np.array([0.0, 4.0, 9.0, 13.0, 18.0, 22.0, 27.0, 31.0])
INWARD = np.array([1.6, 2.5, 1.2, 2.0, np.nan, 2.0, 1.0, 1.0])
DEPTH = np.array([1.0, 2.0, 1.0, 2.0, np.nan, 1.0, 2.0, 9.0])
NORMAL = np.array([True] * 7 + [False])
BREATHS = Breaths(ONSETS, ONSETS + INWARD, DEPTH, NORMAL, "a")


def test_time_spent_breathing_in_is_the_mean_over_whole_breaths() -> None:
    """40, 50, 30, 40 and 40 %; one end was not seen, and the last two are not whole."""
    found = inspiration_share(BREATHS, Span(0, 40))
    assert found.value == pytest.approx(40.0)
    assert found.n == 5
    assert found.quality == pytest.approx(27 / 40)
    few = inspiration_share(BREATHS, Span(0, 10))
    assert few.reason == "2 of 3 breaths seen to their peak"


def test_variability_of_depth_is_that_of_its_logarithm() -> None:
    """1, 2, 1, 2, 1 times a sensor's unit."""
    found = depth_variability(BREATHS, Span(0, 40))
    variance = np.var(np.log([1, 2, 1, 2, 1]), ddof=1)
    assert found.value == pytest.approx(100 * math.sqrt(math.exp(variance) - 1))
    assert found.n == 5


@pytest.mark.parametrize("gain", [1e-6, 40.0])
def test_no_sensor_changes_how_much_depth_varies(gain: float) -> None:
    other = Breaths(ONSETS, ONSETS + INWARD, gain * DEPTH, NORMAL, "a")
    one, two = depth_variability(BREATHS), depth_variability(other)
    assert two.value == pytest.approx(one.value)
    assert two.se == pytest.approx(one.se)


def test_breaths_seen_only_in_the_heart_have_a_rate_with_a_wider_interval_and_no_shape() -> (
    None
):
    unknown = np.full(8, np.nan)
    seen_in_heart = Breaths(ONSETS, unknown, unknown, NORMAL, "a")
    by_belt = Breaths(ONSETS, ONSETS + 1, np.ones(8), NORMAL, "a")
    rate, measured = breathing_rate(seen_in_heart), breathing_rate(by_belt)
    assert rate.value == measured.value
    assert rate.se == pytest.approx(math.hypot(measured.se, 0.08 * rate.value))
    assert inspiration_share(seen_in_heart).reason == "0 of 3 breaths seen to their peak"
    assert depth_variability(seen_in_heart).reason == "0 of 5 breaths whose depth was seen"


def swinging(rate: float, *, depth: float, seconds: float = 63.0, seed: int = 0) -> Beats:
    """Return beats whose intervals swing with breaths, over slow wander and noise."""
    rng = np.random.default_rng(seed)
    times, rr = [0.0], []
    slow = 0.0
    while times[-1] < seconds:
        slow = 0.95 * slow + rng.normal(0, 6)
        wave = depth * math.cos(2 * math.pi * rate / 60 * times[-1])
        rr.append(880 + wave + slow + rng.normal(0, 4))
        times.append(times[-1] + rr[-1] / 1000)
    return Beats.at(times, "a")


STEP = 4 / 768
RATES = STEP * np.arange(math.ceil(4 / 60 / STEP), math.floor(40 / 60 / STEP) + 1)


def density(x: FloatArray, frequency: float) -> float:
    """Return the power density of a minute at 4 Hz under a sine taper, by its sum."""
    n = np.arange(240)
    taper = math.sqrt(2 / 241) * np.sin(np.pi * (n + 1) / 241)
    return float(abs(np.sum(x * taper * np.exp(-2j * np.pi * frequency * n / 4))) ** 2 / 2)


def straightened(x: FloatArray) -> FloatArray:
    """Return a minute less its line, 0 where it is lost."""
    n = np.arange(x.size)
    there = np.isfinite(x)
    line = np.polyval(np.polyfit(n[there], x[there], 1), n)
    return np.where(there, x - line, 0.0)


def parts(x: FloatArray, tilt: int, noise: float, fastest: float) -> list[float]:
    """Return the share of the power in one cell at each rate."""
    tilted = [density(x, f) * f**tilt for f in RATES]
    total = sum(t + noise * f**tilt for t, f in zip(tilted, RATES, strict=True) if f <= fastest)
    return [t * 1.5 / 60 / (total * STEP) for t in tilted]


@pytest.mark.parametrize("rate", [6.5, 9.0, 14.0, 19.0])
@pytest.mark.parametrize("seen", [False, True])
def test_belief_is_that_of_an_obvious_twin(rate: float, seen: bool) -> None:
    beats = swinging(rate, depth=25.0)
    rng = np.random.default_rng(1)
    t = np.arange(0, 64, 0.25)
    height = 1 + 0.1 * np.cos(2 * np.pi * rate / 60 * t) + 0.05 * rng.standard_normal(t.size)
    edr = Signal(height, 4, "a.u.", "a", 0.0) if seen else None
    first, last = np.searchsorted(beats.times, [1.0, 61.0])
    k = np.searchsorted(beats.times, np.arange(4, 244) / 4 + 1e-7, side="right") - 1
    held = straightened(np.where((k >= first) & (k < last - 1), beats.rr_ms[k], np.nan))
    rr = float(beats.between(1.0, 61.0).rr_ms.mean() / 1000)
    part = parts(held, 2, 18 * rr, 0.5 / rr)
    slow = sum(density(held, f) for f in STEP * np.arange(13, 26)) * STEP
    log = np.zeros(RATES.size)
    for i, f in enumerate(RATES):
        twice = [j for j, g in enumerate(RATES) if abs(g - 2 * f) < STEP / 4 and g <= 0.5 / rr]
        double = min(part[twice[0]], 0.5 * part[i]) if twice else 0.0
        found = -12 * math.log(1 - min(part[i] + double, 0.95))
        feigned = math.exp(-0.5 * ((f - 0.1) / 0.02) ** 2) / (1 + (slow / 4000) ** 4)
        log[i] = found - feigned * min(found, 12)
        log[i] += -0.5 * (math.log(60 * f / 14) / 0.4) ** 2 - math.log(f)
    if seen:
        share = parts(straightened(height[4:244]), 1, 0.0, 9.0)
        log += [-15 * math.log(1 - min(s, 0.95)) for s in share]
    belief = np.where(0.5 / rr >= RATES, np.exp(log - log.max()), 0.0)
    belief /= belief.sum()
    value = float(belief @ RATES * 60)
    spread = math.sqrt(float(belief @ (60 * RATES - value) ** 2))
    told = heart_breathing_rate(beats, edr, Span(1.0, 61.0))
    if spread > 2.5:
        assert told.reason == "no one rhythm of breathing in the heartbeats"
        return
    assert told.value == pytest.approx(value, rel=1e-9)
    assert told.se == pytest.approx(math.hypot(spread, 0.05 * value), rel=1e-9)


@pytest.mark.parametrize("rate", [10.0, 13.0, 18.0, 22.0])
def test_a_clear_rhythm_is_told_from_the_intervals_alone(rate: float) -> None:
    found = heart_breathing_rate(swinging(rate, depth=40.0, seconds=200.0))
    assert found.value == pytest.approx(rate, abs=0.4)
    assert found.se < 1.5


def test_blood_pressures_rhythm_is_not_taken_for_breath() -> None:
    """A swing at 0.1 Hz such as anyone's: breathing may be that slow, or not be seen."""
    found = heart_breathing_rate(swinging(6.0, depth=25.0))
    assert found.reason == "no one rhythm of breathing in the heartbeats"


def test_a_swing_that_only_breathing_makes_is_told_at_that_rate_too() -> None:
    found = heart_breathing_rate(swinging(6.0, depth=120.0))
    assert found.value == pytest.approx(6.0, abs=0.3)


def test_heights_tell_which_it_was() -> None:
    t = np.arange(0, 64, 0.25)
    rng = np.random.default_rng(1)
    for rate in (6.0, 15.0):
        wave = np.cos(2 * np.pi * rate / 60 * t) + 0.3 * rng.standard_normal(t.size)
        edr = Signal(wave, 4, "a.u.", "a", 0.0)
        found = heart_breathing_rate(swinging(6.0, depth=25.0), edr)
        assert found.value == pytest.approx(rate, abs=0.7)


def test_noise_tells_no_rate() -> None:
    rng = np.random.default_rng(3)
    told = [
        heart_breathing_rate(Beats.from_rr(rng.normal(900, 40, 70), "a")).reason == ""
        for _ in range(200)
    ]
    assert np.mean(told) < 0.06


def test_a_long_stretch_of_noise_tells_none_for_the_few_minutes_that_seemed_to() -> None:
    noise = np.random.default_rng(4).normal(900, 40, 4000)
    found = heart_breathing_rate(Beats.from_rr(noise, "a"))
    assert np.isnan(found.value)
    assert found.reason.startswith(("no one rhythm", "a rhythm of breathing"))


def test_half_a_minute_is_too_little() -> None:
    found = heart_breathing_rate(swinging(15.0, depth=40.0, seconds=28.0))
    assert found.reason == "28 of 30 s of normal intervals"


def test_noise_in_the_height_of_beats_makes_no_rate_of_an_hour() -> None:
    """Four breaths in a row, as noise makes them: a sixth of two minutes, a third of one."""
    onsets = np.array([10.0, 15.0, 20.0, 25.0, 30.0])
    unknown, normal = np.full(5, np.nan), np.ones(5, dtype=bool)
    heights = Breaths(onsets, unknown, unknown, normal, "a")
    belt = Breaths(onsets, onsets + 2, np.ones(5), normal, "a")
    why = "breaths seen in the heart for 16 % of the time; 25 % needed"
    assert breathing_rate(heights, Span(0, 120)).reason == why
    assert breathing_rate(heights, Span(0, 60)).value == pytest.approx(12)
    assert breathing_rate(belt, Span(0, 120)).value == pytest.approx(12)


def test_what_told_no_rate_is_no_good_part_of_a_long_stretch() -> None:
    told, noise = swinging(15.0, depth=40.0, seconds=180.0), np.random.default_rng(5)
    rest = 900 + noise.normal(0, 40, 200)
    rr = np.concatenate((told.rr_ms, rest))
    found = heart_breathing_rate(Beats.from_rr(rr, "a"), span=Span(0, 360))
    assert found.value == pytest.approx(15, abs=0.5)
    assert 0.4 < found.quality < 0.7


def test_heights_at_another_rate_are_refused() -> None:
    beats = swinging(15.0, depth=40.0)
    with pytest.raises(DataError, match="at 4 Hz, not at 10 Hz"):
        heart_breathing_rate(beats, Signal(np.ones(600), 10, "a.u.", "a", 0.0))


def test_heights_help_a_measure_that_can_do_without_them() -> None:
    spec = MEASURES["heart_breathing_rate"]
    assert (spec.needs, spec.helped_by) == (("beats",), ("edr",))
    t = np.arange(0, 64, 0.25)
    edr = Signal(np.cos(2 * np.pi * t / 4), 4, "a.u.", "a", 0.0)
    channels: dict[str, Data] = {"beats": swinging(6.0, depth=25.0), "edr": edr}
    told = estimates([spec], Span(0, 60), channels)[spec.name]
    assert told.value == pytest.approx(15, abs=0.7)
    without = estimates([spec], Span(0, 60), {"beats": channels["beats"]})[spec.name]
    assert without.reason == "no one rhythm of breathing in the heartbeats"
