"""How bodies breathe: pace, depth, shape, carbon dioxide, sighs, and two together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from interbeat.body.inputs import Inputs
from interbeat.body.lungs import Breathing, Lungs, breathe
from interbeat.body.noise import Streams

STEADY = Lungs(
    duration_scatter=0.0, depth_scatter=0.0, paced_duration_scatter=0.0,
    paced_depth_scatter=0.0, sighs=0.0,
)  # fmt: skip


def held(seconds: float, **levels: float) -> Inputs:
    plain = Inputs.at_rest(seconds)
    tracks: dict[str, Any] = {
        name: np.full(plain.danger.size, level) for name, level in levels.items()
    }
    return replace(plain, **tracks)


def alone(lungs: Lungs, inputs: Inputs, *, threat: float = 0.0, seed: int = 3) -> Breathing:
    n = inputs.danger.size
    (one,) = breathe(
        [lungs], [inputs], [np.full(n, threat)], pulls=[np.zeros(n)], streams=[Streams(seed, 0)]
    )
    return one


def together(lungs: Sequence[Lungs], inputs: Inputs, pull: float) -> tuple[Breathing, ...]:
    n = inputs.danger.size
    return breathe(
        lungs, [inputs] * 2, [np.zeros(n)] * 2,
        pulls=[np.full(n, pull)] * 2, streams=[Streams(3, 0), Streams(3, 1)],
    )  # fmt: skip


def pace(breathing: Breathing) -> float:
    """Return breaths a minute."""
    return float(60 / np.diff(breathing.onsets).mean())


def share(breathing: Breathing) -> float:
    """Return the share of inspiration."""
    lasting = np.diff(breathing.onsets)
    return float(((breathing.peaks - breathing.onsets)[:-1] / lasting).mean())


def locked(one: Breathing, other: Breathing) -> float:
    """Return how steady the phase of one is at the onsets of the other, 0 to 1."""
    ticks = np.arange(one.onsets.size, dtype=np.float64)
    phase = np.interp(other.onsets[other.onsets > 60], one.onsets, ticks)
    return float(np.abs(np.exp(2j * np.pi * phase).mean()))


def test_a_pacer_is_kept() -> None:
    for rate in (4.0, 6.0, 15.0):
        breathing = alone(Lungs(), held(600, pace=rate))
        assert pace(breathing) == pytest.approx(rate, rel=0.02)
        lasting = np.diff(breathing.onsets)
        assert lasting.std() / lasting.mean() < 0.04


def test_a_change_of_the_pacer_is_followed() -> None:
    """At once in pace; what a breath is off its pacer is made up over the next few."""
    inputs = replace(Inputs.at_rest(400), pace=np.repeat([15.0, 6.0], 2000))
    breathing = alone(STEADY, inputs)
    lasting, begun = np.diff(breathing.onsets), breathing.onsets[:-1]
    np.testing.assert_allclose(lasting[(begun > 60) & (begun < 195)], 4.0, atol=1e-3)
    assert lasting[begun > 200].min() > 7
    np.testing.assert_allclose(lasting[begun > 300], 10.0, atol=0.02)


def test_a_depth_that_is_asked_for_is_breathed() -> None:
    breathing = alone(STEADY, held(120, pace=10.0, depth=1.3))
    np.testing.assert_allclose(breathing.depths, 1.3)
    assert breathing.volume.max() == pytest.approx(1.3, rel=1e-3)
    assert breathing.volume.min() == pytest.approx(0.0, abs=1e-3)


def test_at_rest_breaths_scatter_as_the_parameters_say() -> None:
    breathing = alone(Lungs(sighs=0.0), Inputs.at_rest(7200))
    lasting, deep = np.log(np.diff(breathing.onsets)), np.log(breathing.depths)
    assert lasting.std() == pytest.approx(0.15, rel=0.1)
    assert np.corrcoef(lasting[1:], lasting[:-1])[0, 1] == pytest.approx(0.5, abs=0.06)
    assert deep.std() == pytest.approx(0.20, rel=0.15)
    assert pace(breathing) == pytest.approx(60 * Lungs().rate, rel=0.03)


def test_sighs_come_as_often_as_they_should() -> None:
    breathing = alone(replace(STEADY, sighs=0.5), Inputs.at_rest(20_000), seed=5)
    sighed = breathing.depths > 1.5 * np.median(breathing.depths)
    assert sighed.sum() == pytest.approx(0.5 * 20_000 / 60, rel=0.2)


def test_nobody_sighs_with_a_pacer() -> None:
    breathing = alone(replace(STEADY, sighs=3.0), held(600, pace=10.0))
    assert np.ptp(breathing.depths) < 1e-9


def test_threat_quickens_breathing() -> None:
    calm, alarmed = (alone(STEADY, Inputs.at_rest(300), threat=level) for level in (0.0, 1.0))
    assert pace(alarmed) / pace(calm) == pytest.approx(1 + Lungs().threat_rate, rel=0.01)


def test_who_speaks_breathes_in_quickly_and_out_slowly() -> None:
    quiet, speaking = (alone(STEADY, held(300, speech=level)) for level in (0.0, 1.0))
    assert share(speaking) < 0.2 < share(quiet)
    assert pace(speaking) < pace(quiet)


def test_a_hum_is_long_and_nearly_all_of_it_goes_out() -> None:
    humming = alone(STEADY, held(300, hum=1.0))
    assert 4 < pace(humming) < 6.5
    assert share(humming) == pytest.approx(Lungs().hum_inspired, abs=0.01)


def test_carbon_dioxide_stays_where_ventilation_keeps_it() -> None:
    breathing = alone(STEADY, Inputs.at_rest(900))
    np.testing.assert_allclose(breathing.carbon_dioxide, Lungs().set_point, rtol=1e-3)


def test_twice_the_ventilation_halves_carbon_dioxide_in_the_end() -> None:
    lungs = STEADY
    doubled = 2 * (lungs.depth - lungs.dead_space) + lungs.dead_space
    inputs = held(1800, pace=60 * lungs.rate, depth=doubled)
    fallen = alone(lungs, inputs).carbon_dioxide
    assert fallen[-1] == pytest.approx(lungs.set_point / 2, rel=0.01)
    assert fallen[600] > 1.1 * fallen[-1]  # not within the first minute


def test_slow_shallow_breaths_keep_carbon_dioxide_in() -> None:
    assert alone(STEADY, held(300, pace=6.0, depth=0.5)).carbon_dioxide[-1] > 45


def test_who_has_breathed_too_much_breathes_less_afterwards() -> None:
    inputs = replace(
        Inputs.at_rest(600),
        pace=np.repeat([20.0, np.nan], 3000),
        depth=np.repeat([1.2, np.nan], 3000),
    )
    breathing = alone(STEADY, inputs)
    after = breathing.depths[(breathing.onsets > 310) & (breathing.onsets < 340)]
    assert after.mean() < 0.8 * STEADY.depth
    assert breathing.carbon_dioxide[-1] > breathing.carbon_dioxide[2999] + 5


def test_who_moves_breathes_faster_and_deeper() -> None:
    moving = alone(STEADY, held(300, movement=0.5))
    assert pace(moving) == pytest.approx(
        60 * STEADY.rate * (1 + STEADY.movement_rate / 2), rel=0.02
    )
    assert moving.depths[0] == pytest.approx(STEADY.depth * (1 + STEADY.movement_depth / 2))


def test_slower_breaths_are_deeper_and_a_hum_keeps_all_of_ventilation() -> None:
    led = STEADY.depth * STEADY.overbreathing
    slow = alone(STEADY, held(120, pace=6.0)).depths[0]
    assert slow == pytest.approx(led * (STEADY.rate / 0.1) ** STEADY.ventilation_kept)
    first, second = (alone(STEADY, held(120, pace=p, hum=1.0)).depths[0] for p in (6.0, 4.0))
    assert second == pytest.approx(first * 1.5**STEADY.hum_kept)


def test_two_of_unequal_pace_lock_when_they_pull_on_each_other() -> None:
    lungs = [replace(STEADY, rate=0.22), replace(STEADY, rate=0.25)]
    apart, tied = (together(lungs, Inputs.at_rest(600), pull) for pull in (0.0, 0.05))
    assert locked(*apart) < 0.3
    assert locked(*tied) > 0.95
    assert pace(tied[0]) == pytest.approx(pace(tied[1]), rel=0.01)
    assert pace(apart[0]) < pace(tied[0]) < pace(apart[1])


def test_without_a_pull_the_other_changes_nothing() -> None:
    inputs = Inputs.at_rest(120)
    one = alone(Lungs(), inputs)
    two, _ = together([Lungs(), Lungs(rate=0.4)], inputs, 0.0)
    np.testing.assert_array_equal(one.volume, two.volume)


def test_volume_and_breaths_tell_the_same() -> None:
    breathing = alone(Lungs(), Inputs.at_rest(120))
    inside = (breathing.peaks > 0) & (breathing.peaks < 119)
    tops = breathing.volume[np.round(breathing.peaks[inside] * 50).astype(int)]
    np.testing.assert_allclose(tops, breathing.depths[inside], rtol=0.01)
    assert abs(breathing.centered.mean()) < 0.02
