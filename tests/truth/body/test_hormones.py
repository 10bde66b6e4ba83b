"""Hormones rise and leave as their equations say; the clock and the globulin do their part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.body.appraisal import appraise
from interbeat.body.glands import Glands, Hormones, Spray, free_cortisol, oxytocin_left, secrete
from interbeat.body.inputs import Inputs, Tie
from interbeat.body.mind import Mind
from interbeat.body.noise import Streams
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

STEADY = Glands(oxytocin_pulses=0.0, touch_pulses=0.0, saliva_wander=0.0, cortisol_wander=0.0)
MINUTE = 60.0


def lived(
    glands: Glands,
    threat: FloatArray,
    *,
    seed: int = 1,
    safety: float = 0.0,
    **levels: float | FloatArray,
) -> Hormones:
    """Return hormones of a mind of which all that the glands look at is told."""
    (calm,) = appraise(
        [Mind()], [Inputs.at_rest(0.1)], ties=[Tie()], contact=np.ones(1),
        streams=[Streams(0, 0)],
    )  # fmt: skip
    seen = calm._replace(threat=threat, safety=np.zeros(threat.size) + safety)
    tracks = {name: np.zeros(threat.size) + level for name, level in levels.items()}
    inputs: Inputs = replace(Inputs.at_rest(threat.size / 10), **tracks)  # type: ignore[arg-type]
    return secrete(glands, inputs, mind=seen, streams=Streams(seed, 0))


def quiet(minutes: float) -> FloatArray:
    return np.zeros(round(minutes * 600))


def test_a_bolus_leaves_as_the_sum_of_its_two_phases() -> None:
    glands = Glands()
    bolus = np.zeros(3600)
    bolus[0] = 5.0
    minutes = np.arange(3600) / MINUTE
    fast = glands.oxytocin_share * 2 ** (-minutes / glands.oxytocin_fast)
    slow = (1 - glands.oxytocin_share) * 2 ** (-minutes / glands.oxytocin_slow)
    np.testing.assert_allclose(oxytocin_left(glands, bolus), 5.0 * (fast + slow), rtol=1e-9)


def test_without_pulses_plasma_is_what_it_always_is() -> None:
    np.testing.assert_array_equal(lived(STEADY, quiet(10)).oxytocin_plasma, STEADY.oxytocin)


def test_pulses_bring_on_average_what_their_rate_size_and_stay_say() -> None:
    glands = Glands(oxytocin_pulses=0.2, pulse_spread=0.0)
    means = [
        lived(glands, quiet(60), seed=seed).oxytocin_plasma.mean() - 2.0 for seed in range(120)
    ]
    stay = (
        glands.oxytocin_share * glands.oxytocin_fast
        + (1 - glands.oxytocin_share) * glands.oxytocin_slow
    ) / np.log(2)
    assert np.mean(means) == pytest.approx(0.2 * glands.pulse * stay, rel=0.1)


def test_touch_brings_pulses_only_where_it_is_safe() -> None:
    glands = Glands(oxytocin_pulses=0.0, touch_pulses=2.0)
    unsafe, safe = (
        lived(glands, quiet(10), safety=safety, touch=1.0).oxytocin_plasma
        for safety in (0.0, 1.0)
    )
    np.testing.assert_array_equal(unsafe, glands.oxytocin)
    assert safe[-1] > glands.oxytocin + 1


def test_ten_minutes_of_welcome_touch_usually_bring_no_pulse() -> None:
    glands = Glands(oxytocin_pulses=0.0)
    rises = [
        lived(glands, quiet(10), seed=seed, safety=1.0, touch=1.0).oxytocin_plasma.max()
        for seed in range(100)
    ]
    assert 0.1 < np.mean(np.array(rises) > glands.oxytocin) < 0.45


def test_saliva_takes_its_share_after_its_time() -> None:
    """What plasma gains once comes through smaller by the share, and later by the time."""
    glands = replace(STEADY, transfer=0.25, transfer_time=8.0, touch_pulses=20.0)
    touch = np.where(np.arange(300 * 600) < 6000, 1.0, 0.0)
    found = lived(glands, quiet(300), safety=1.0, touch=touch)
    plasma = found.oxytocin_plasma - glands.oxytocin
    saliva = found.oxytocin_saliva - glands.oxytocin_saliva
    assert saliva.sum() / plasma.sum() == pytest.approx(0.25, rel=0.01)
    minutes = np.arange(plasma.size) / MINUTE
    later = np.average(minutes, weights=saliva) - np.average(minutes, weights=plasma)
    assert later == pytest.approx(8.0, rel=0.02)


def test_cortisol_follows_a_step_of_threat_as_its_cascade_does() -> None:
    threat = np.where(np.arange(90 * 600) < 6000, 0.0, 0.9)
    found = lived(STEADY, threat).cortisol_plasma - lived(STEADY, 0 * threat).cortisol_plasma
    since = np.clip(np.arange(found.size) / MINUTE - 10 - STEADY.cortisol_delay, 0, None)
    drive = STEADY.cortisol_gain * (0.9 - STEADY.threshold)
    leave, rise = np.log(2) / STEADY.cortisol_half_life, 1 / STEADY.cortisol_rise
    expected = drive * (
        (1 - np.exp(-leave * since)) / leave
        - (np.exp(-leave * since) - np.exp(-rise * since)) / (rise - leave)
    )
    np.testing.assert_allclose(found, expected, rtol=0.01, atol=0.1)


def test_threat_under_the_threshold_releases_nothing() -> None:
    calm, uneasy = lived(STEADY, quiet(30)), lived(STEADY, quiet(30) + STEADY.threshold)
    np.testing.assert_array_equal(calm.cortisol_plasma, uneasy.cortisol_plasma)


def test_without_control_the_same_threat_releases_more() -> None:
    base = lived(STEADY, quiet(30)).cortisol_plasma
    able, helpless = (
        lived(STEADY, quiet(30) + 0.8, control=control).cortisol_plasma - base
        for control in (1.0, 0.0)
    )
    np.testing.assert_allclose(helpless, (1 + STEADY.helplessness) * able, rtol=1e-9)


def test_cortisol_is_highest_in_the_morning_and_lowest_at_night() -> None:
    at = {
        hour: lived(replace(STEADY, hour=hour), quiet(1)).cortisol_plasma[0]
        for hour in (0.3, 4.0, 8.5, 12.0, 20.0)
    }
    assert at[8.5] == pytest.approx(STEADY.cortisol_peak)
    assert at[0.3] == pytest.approx(STEADY.cortisol_trough)
    assert at[0.3] < at[20.0] < at[12.0] < at[8.5]
    assert at[0.3] < at[4.0] < at[8.5]


def test_midnight_is_no_step() -> None:
    over = lived(replace(STEADY, hour=23.9), quiet(30)).cortisol_plasma
    assert np.abs(np.diff(over)).max() < 0.02


@settings(max_examples=100, deadline=None)
@given(total=st.floats(0, 3000), binding=st.floats(100, 3000))
def test_free_cortisol_solves_its_quadratic_and_is_a_part_of_all(
    total: float, binding: float
) -> None:
    free = free_cortisol(np.array([total]), binding=binding)[0] / 1000
    half = 0.0167 + 0.182 * (binding - total) / 1000
    assert free**2 + 2 * half * free == pytest.approx(0.0122 * total / 1000, abs=1e-12)
    assert 0 <= free * 1000 <= total


def test_the_share_that_is_free_grows_with_the_total() -> None:
    total = np.linspace(20, 1000, 50)
    assert (np.diff(free_cortisol(total, binding=700.0) / total) > 0).all()


def test_saliva_lags_behind_free_cortisol() -> None:
    ramp = lived(replace(STEADY, hour=5.0), quiet(120))
    free = STEADY.saliva_share * free_cortisol(ramp.cortisol_plasma, binding=STEADY.binding)
    lag = round(STEADY.saliva_time * MINUTE)
    np.testing.assert_allclose(ramp.cortisol_saliva[3600:], free[3600 - lag : -lag], rtol=2e-3)


def test_there_is_one_value_a_second_and_a_last_part_of_one_counts() -> None:
    for samples in (1, 10, 11, 605):
        sizes = {track.size for track in lived(Glands(), np.zeros(samples))}
        assert sizes == {-(-samples // 10)}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, same, other = (lived(Glands(), quiet(30), seed=seed) for seed in (3, 3, 4))
    for k in range(4):
        assert one[k].tobytes() == same[k].tobytes()
        assert one[k].tobytes() != other[k].tobytes()


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6), threat=st.floats(0, 1), touch=st.floats(0, 1),
    hour=st.floats(0, 24),
)  # fmt: skip
def test_whoever_it_is_concentrations_are_positive_numbers(
    seed: int, threat: float, touch: float, hour: float
) -> None:
    glands = replace(Glands.drawn(np.random.default_rng(seed)), hour=hour)
    found = lived(glands, quiet(5) + threat, seed=seed, safety=1.0, touch=touch)
    for track in found:
        assert np.isfinite(track).all()
        assert (track > 0).all()
    assert (found.cortisol_saliva < found.cortisol_plasma).all()


def test_a_nose_spray_stays_in_the_mouth() -> None:
    added = Spray().saliva(np.array([0.0, 15.0, 60.0, 240.0]))
    assert (np.diff(added) < 0).all()
    assert added[-1] > 5.0  # not back at 4 h (Weisman 2012)


def test_cortisol_that_is_highest_and_lowest_at_once_is_refused() -> None:
    with pytest.raises(DataError, match="highest and lowest at 8 h"):
        Glands(peak_hour=8.0, trough_hour=8.0)


def test_the_clock_gives_what_was_published_in_other_units() -> None:
    """15.5 and 2 µg/dL (Debono 2009), a mole of cortisol being 362.46 g."""
    assert STEADY.cortisol_peak == pytest.approx(15.5e4 / 362.46, rel=2e-3)
    assert STEADY.cortisol_trough == pytest.approx(2e4 / 362.46, rel=5e-3)
