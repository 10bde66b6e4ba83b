"""The simulated people of the findings, and what is measured on them."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.body.inputs import Inputs
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.span import Span
from interbeat.validation._baroreflex import sensitivity
from interbeat.validation.population import (
    baroreflex_sensitivity,
    held,
    lives,
    measured,
    paced,
    population,
    rest,
    stressed,
    swing_bpm,
    tilted,
    window,
)


def test_no_two_seeds_share_a_person_or_a_noise() -> None:
    people = [*population(50, 0), *population(50, 1), *population(50, 1_000_000)]
    assert len({one.seed // 100 for one in people}) == 150
    assert len({one.person for one in people}) == 150
    assert population(3, 9) == population(3, 9)
    assert population(3, 9) == population(5, 9)[:3]


def test_ages_are_of_the_range_that_was_asked_for() -> None:
    ages = np.array([one.person.age for one in population(200, 4, ages=(30, 40))])
    assert np.all((ages >= 30) & (ages <= 40))
    assert np.ptp(ages) > 8


def test_a_session_is_the_same_twice_and_another_one_is_not() -> None:
    (one,) = population(1, 2)
    again = [rest(one, 60.0, session=k).beats.times for k in (0, 0, 1)]
    assert np.array_equal(again[0], again[1])
    assert not np.array_equal(again[0], again[2])
    with pytest.raises(DataError, match="sessions 0 to 99"):
        rest(one, 60.0, session=100)
    with pytest.raises(DataError, match="people"):
        population(0, 1)


def test_inputs_are_where_they_were_put() -> None:
    assert window(3.0, 1.0, 2.0, level=2.0).tolist() == [0.0] * 10 + [2.0] * 10 + [0.0] * 10
    slow = paced(20.0, 6.0, depth=1.0, start=10.0)
    assert np.isnan(slow.pace[:100]).all()
    assert (slow.pace[100:] == 6.0).all()
    assert (slow.depth[100:] == 1.0).all()
    assert stressed(3.0, 1.0, 2.0).danger.sum() == 10.0
    assert tilted(3.0, 1.0, posture=0.5).posture.sum() == 10.0
    assert (held(Inputs.at_rest(3.0), atropine=0.5).atropine == 0.5).all()


def test_what_is_measured_is_what_users_measure() -> None:
    (one,) = population(1, 3)
    truth = rest(one, 120.0)
    successive = np.diff(truth.beats.rr_ms)
    assert measured(truth, "rmssd") == pytest.approx(np.sqrt(np.mean(successive**2)), rel=0.02)
    assert 0 < swing_bpm(truth, Span(0, 120)) < 40
    with pytest.raises(DataError, match="possible: beats, breaths"):
        measured(truth, "scl")


@pytest.mark.parametrize("method", ["sequence", "alpha"])
@pytest.mark.parametrize("slope", [4.0, 20.0])
def test_a_heart_that_answers_its_pressure_is_measured_as_it_answers(
    method: str, slope: float
) -> None:
    scatter = np.random.default_rng(1).normal(0, 0.1, 400)
    pressure: FloatArray = 120 + 4 * np.sin(np.arange(400) * 0.55) + scatter
    rr = 0.9 + slope / 1000 * (pressure - 120)
    times = np.concatenate(([0.0], np.cumsum(rr[:-1])))
    assert sensitivity(times, pressure, method=method) == pytest.approx(slope, rel=0.08)


def test_sensitivity_says_when_it_cannot_be_told() -> None:
    times: FloatArray = np.arange(400.0) * 0.9
    assert np.isnan(sensitivity(times, np.full(400, 120.0), method="sequence"))
    assert np.isnan(sensitivity(times[:20], times[:20], method="alpha"))
    with pytest.raises(DataError, match="possible: sequence, alpha"):
        sensitivity(times, times, method="magic")


def test_each_beat_is_paired_with_the_pressure_that_it_brought() -> None:
    (one,) = population(1, 5)
    truth = lives(one, Inputs.at_rest(200.0))
    found = baroreflex_sensitivity(truth, Span(0, 200), method="alpha")
    assert 2.0 < found < 60.0
