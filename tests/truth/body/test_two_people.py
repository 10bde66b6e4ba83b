"""What passes between two bodies: one way or both, late, when they are in contact, or not."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from interbeat.body.couple import live
from interbeat.body.inputs import RATE, Inputs, Tie
from interbeat.body.mind import Mind
from interbeat.body.person import Person
from interbeat.body.truth import CoupleTruth, PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.dyad.grid import heart_rate
from interbeat.dyad.leading import leading
from interbeat.dyad.synchrony import synchrony
from interbeat.validation._couples import series, stirred

APART = Tie()
FULL = Tie(threat=0.9, calm=0.7, reassurance=0.4, breath=0.1, delay=1.0)
EVEN = Person(mind=Mind(moodiness=0.0))  # nothing comes from within
QUIET = Inputs.at_rest(120.0)


def alarmed(start: float, end: float, *, seconds: float = 120.0) -> Inputs:
    times = np.arange(round(seconds * RATE)) / RATE
    danger = np.where((times >= start) & (times < end), 1.0, 0.0)
    return replace(Inputs.at_rest(seconds), danger=danger)


def told(one: PersonTruth) -> dict[str, FloatArray]:
    """Return all that a body did, as arrays."""
    values = {f.name: getattr(one, f.name) for f in fields(one)}
    signals = {k: v.values for k, v in values.items() if isinstance(v, Signal)}
    return {
        **signals,
        "beats": one.beats.times,
        "onsets": one.breaths.times,
        "depths": one.breaths.depth,
        "bursts": one.responses.times,
    }


def assert_same(one: PersonTruth, other: PersonTruth) -> None:
    mine, theirs = told(one), told(other)
    assert len(mine) > 15
    for name, values in mine.items():
        assert np.array_equal(values, theirs[name]), name


@lru_cache(maxsize=1)
def apart() -> CoupleTruth:
    return live([Person(30), Person(40)], [alarmed(30, 60), QUIET], seed=5)


def test_who_leads_is_left_as_they_are_by_who_follows() -> None:
    led = live([Person(30), Person(40)], [alarmed(30, 60), QUIET], seed=5, ties=(APART, FULL))
    assert_same(led["a"], apart()["a"])
    for name in ("threat", "safety", "beats", "volume", "tonic", "systolic"):
        reached, left = told(led["b"])[name], told(apart()["b"])[name]
        assert not np.array_equal(reached, left), f"{name} is reached"


def test_without_a_tie_each_is_as_if_alone() -> None:
    alone = live([Person(30)], [alarmed(30, 60)], seed=5)
    assert_same(apart()["a"], alone["a"])


def test_where_they_are_not_in_contact_no_tie_gets_through() -> None:
    nothing = np.zeros(QUIET.danger.size)
    tied = live(
        [Person(30), Person(40)], [alarmed(30, 60), QUIET], seed=5, ties=(FULL, FULL),
        contact=nothing,
    )  # fmt: skip
    for name in "ab":
        assert_same(tied[name], apart()[name])


def test_contact_that_comes_later_brings_what_is_shown_later() -> None:
    late = (np.arange(1200) >= 450).astype(np.float64)
    found = live(
        [EVEN, EVEN], [alarmed(30, 60), QUIET], seed=1, ties=(APART, Tie(threat=0.9)),
        contact=late,
    )  # fmt: skip
    reached = found["b"].threat.values
    assert not reached[:450].any()
    assert reached[450:470].max() > 0.2


@pytest.mark.parametrize("delay", [0.5, 2.0, 5.0])
def test_what_one_shows_arrives_after_its_delay(delay: float) -> None:
    found = live(
        [EVEN, EVEN], [alarmed(30, 60), QUIET], seed=1,
        ties=(APART, Tie(threat=0.9, delay=delay)),
    )  # fmt: skip
    starts = [float(np.argmax(found[name].threat.values > 0)) / RATE for name in "ab"]
    assert starts[0] == pytest.approx(30.0, abs=0.1)
    assert starts[1] - starts[0] == pytest.approx(delay, abs=0.2)


def test_a_shared_stimulus_moves_two_who_are_not_tied() -> None:
    both = live([EVEN, EVEN], [alarmed(30, 60), alarmed(30, 60)], seed=3)
    for name in "ab":
        threat = both[name].threat.values
        assert not threat[:300].any()
        assert threat[300:600].max() > 0.8
        before, during = (
            heart_rate(both[name].beats, np.arange(*s)) for s in ((5.0, 30.0), (40.0, 60.0))
        )
        assert np.nanmean(during) > np.nanmean(before) + 2
    alone = live([EVEN], [alarmed(30, 60)], seed=3)
    assert_same(both["a"], alone["a"])


def test_one_who_answers_alarm_the_other_way_round_is_less_alarmed() -> None:
    scared = replace(QUIET, danger=0.45 * alarmed(30, 60).danger)
    levels = [
        live([EVEN, EVEN], [scared, scared], seed=1, ties=(APART, Tie(threat=gain)))["b"]
        .threat.values[300:400].mean()
        for gain in (-0.5, 0.0)
    ]  # fmt: skip
    assert levels[0] < levels[1] - 0.1


@pytest.mark.parametrize("gain", [0.6, 1.0])
def test_two_who_kindle_each_other_come_down_again(gain: float) -> None:
    both = (Tie(threat=gain), Tie(threat=gain))
    quiet = Inputs.at_rest(900.0)
    found = live([EVEN, EVEN], [alarmed(30, 60, seconds=900), quiet], seed=1, ties=both)
    for name in "ab":
        assert found[name].threat.values[300:800].max() > 0.8
        assert found[name].threat.values[6000:].max() < 0.05


def test_one_gets_used_to_an_alarm_that_stays() -> None:
    found = live(
        [EVEN, EVEN], [alarmed(30, 900, seconds=900), Inputs.at_rest(900.0)], seed=1,
        ties=(APART, Tie(threat=0.8)),
    )  # fmt: skip
    assert found["a"].threat.values[6000:].min() > 0.9
    assert found["b"].threat.values[350:500].min() > 0.5
    assert found["b"].threat.values[6000:].max() < 0.1


@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_two_who_calm_each_other_do_not_grow_calmer_without_end(gain: float) -> None:
    ties = (Tie(calm=gain), Tie(calm=gain))
    found = live([Person(), Person()], [Inputs.at_rest(600.0)] * 2, seed=3, ties=ties)
    for name in "ab":
        assert found[name].safety.values.max() <= gain + 1
        assert np.all(np.isfinite(found[name].vagal.values))


@pytest.mark.parametrize("place", [0, 1])
def test_a_whole_number_is_as_good_as_a_float(place: int) -> None:
    given: Any = Tie(threat=1, calm=0, delay=2)
    ties = (given, APART) if place == 0 else (APART, given)
    twin = tuple(Tie(threat=1.0, calm=0.0, delay=2.0) if one is given else one for one in ties)
    whole: Any = Person(35, mind=Mind(comfort=1, fall=20))
    plain = Person(35.0, mind=Mind(comfort=1.0, fall=20.0))
    one = live([whole, Person()], [alarmed(30, 60), QUIET], seed=2, ties=ties)
    other = live([plain, Person()], [alarmed(30, 60), QUIET], seed=2, ties=twin)
    for name in "ab":
        assert_same(one[name], other[name])


def test_a_pull_on_breathing_draws_two_breaths_together() -> None:
    slow, fast = (
        replace(Person(), lungs=replace(Person().lungs, rate=r)) for r in (0.24, 0.28)
    )
    rest = Inputs.at_rest(600.0)

    def apartness(pull: float) -> float:
        ties = (Tie(breath=pull), Tie(breath=pull))
        found = live([slow, fast], [rest, rest], seed=4, ties=ties)
        counts = [len(found[name].breaths) for name in "ab"]
        return abs(counts[0] - counts[1])

    assert apartness(0.0) > 15
    assert apartness(0.1) < 3


@pytest.mark.parametrize(("leader", "sign"), [("a", 1), ("b", -1)])
def test_a_positive_lag_says_that_a_leads(leader: str, sign: int) -> None:
    """One is alarmed at moments of their own; what they feel reaches the other 3 s later."""
    moved = stirred(np.random.default_rng(8), 1200.0, rate=1.0, lasts=10, danger=1.0)
    still, tie = Inputs.at_rest(1200.0), Tie(threat=1.0, delay=3.0)
    first = leader == "a"
    found = live(
        [EVEN, EVEN], [moved, still] if first else [still, moved], seed=2,
        ties=(APART, tie) if first else (tie, APART),
    )  # fmt: skip
    a, b = series(found, "conductance", Span(5.0, 1195.0))
    led = leading(a, b, sampling_rate=4, sensor_error=0, max_lag=10.0)
    assert led.leader == leader
    assert sign * led.lag.value == pytest.approx(4.0, abs=1.5)  # and a second to rise
    tied = synchrony(a, b, sampling_rate=4, max_lag=10.0)
    assert tied.p <= 0.05
    assert sign * tied.lag.value > 1.5


def test_contact_beyond_its_range_is_refused() -> None:
    with pytest.raises(DataError, match="contact is 0 to 1"):
        live([EVEN, EVEN], [QUIET, QUIET], seed=1, contact=np.full(1200, 1.5))
    with pytest.raises(DataError, match="equally long"):
        live([EVEN, EVEN], [QUIET, Inputs.at_rest(60.0)], seed=1)
