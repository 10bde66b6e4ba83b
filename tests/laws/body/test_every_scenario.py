"""What holds for every scenario that comes with interbeat, and for the stage of all."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hatchling.builders.wheel import WheelBuilder

from interbeat.body import Scenario, Simulated, scenario, scenarios, simulate
from interbeat.body.staging.play import drawn, lived
from interbeat.body.staging.scenario import SHIPPED
from interbeat.body.staging.stage import contact_of, inputs_of, stretched
from interbeat.body.staging.stirs import Stir, drawn_stirs
from interbeat.core.signal import Signal

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(scenarios())
SHORT = 120.0  # s
VERDICTS = (
    "ventral", "dorsal", "polyvagal", "neuroception", "diagnos", "disorder", "traumatized",
    "attachment style", "insecure", "healthy", "love", "compatible", "toxic", "balance",
)  # fmt: skip


@pytest.fixture(scope="module")
def played() -> dict[str, Simulated]:
    return {name: simulate(name, seed=7, seconds=SHORT) for name in NAMES}


def tracks(made: Simulated) -> dict[str, bytes]:
    found = {}
    for person, truth in made.truth.people.items():
        for one in fields(truth):
            held = getattr(truth, one.name)
            if isinstance(held, Signal):
                found[f"{person} {one.name}"] = held.values.tobytes()
        found[f"{person} beats"] = truth.beats.times.tobytes()
        found[f"{person} responses"] = truth.responses.times.tobytes()
    return found


def test_there_are_a_dozen_and_each_theme_has_one() -> None:
    assert len(NAMES) >= 12
    assert {
        "calm evening", "disagreement and repair", "something vulnerable", "unexpected touch",
        "unexpected touch with a history", "paced breathing together", "humming",
        "eye contact", "pause of twenty minutes", "one partner shut down",
        "therapist session", "strangers", "ordinary day",
    } <= set(NAMES)  # fmt: skip


def test_the_wheel_carries_all_of_them() -> None:
    builder = WheelBuilder(str(ROOT))
    carried = {one.distribution_path for one in builder.recurse_included_files()}
    there = {f"interbeat/body/scenarios/{path.name}" for path in SHIPPED.glob("*.toml")}
    assert len(there) == len(NAMES)
    assert there <= carried


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_shows_and_judges_nobody(name: str) -> None:
    play = scenario(name)
    assert len(play.shows) > 100
    said = f"{play.title} {play.shows}".lower()
    assert not [word for word in VERDICTS if word in said]


@pytest.mark.parametrize("name", NAMES)
def test_it_gives_a_session_and_the_truth_about_it(
    played: dict[str, Simulated], name: str
) -> None:
    made, play = played[name], scenario(name)
    assert made.session.persons == tuple(play.roles) == tuple(made.truth.people)
    assert len(made.session.intervals) >= 1
    assert made.session.intervals.ends.max() <= SHORT + 1e-6
    assert len(made.truth.events) >= len(made.session.intervals)
    assert len(made.session.samples) == len(play.fillings)
    for person, truth in made.truth.people.items():
        assert made.session[person].channels
        assert 60 < len(truth.beats) < 300
        assert truth.inputs.seconds == SHORT
        assert np.isfinite(truth.vagal.values).all()
        assert np.isfinite(truth.conductance.values).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seconds", [1.0, 7.3])
def test_it_can_be_played_in_hardly_any_time(name: str, seconds: float) -> None:
    made = simulate(name, seed=7, seconds=seconds)
    assert len(made.session.samples) == len(scenario(name).fillings)
    assert made.truth["a"].inputs.seconds == pytest.approx(seconds)


@pytest.mark.parametrize("name", NAMES)
def test_no_practice_brings_calm_or_danger_of_its_own(name: str) -> None:
    """What a practice does to anybody is the model's to say, and the scenario's to ask."""
    practices = [event for event in scenario(name).events if "practice" in event.labels]
    for practice in practices:
        around = [e for e in scenario(name).events if e.end == pytest.approx(practice.start)]
        before = max((e.levels.get("safety", 0.0) for e in around), default=0.0)
        assert practice.levels.get("safety", 0.0) <= before
        assert "danger" not in practice.levels


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    played: dict[str, Simulated], name: str
) -> None:
    again, other = (simulate(name, seed=seed, seconds=SHORT) for seed in (7, 8))
    assert tracks(again) == tracks(played[name])
    assert again.session == played[name].session
    assert tracks(other)["a volume"] != tracks(again)["a volume"]
    assert other.session != again.session


@pytest.mark.parametrize("name", NAMES)
def test_bodies_stay_within_what_bodies_do(name: str) -> None:
    """Whole, without sensors: from asleep to a brisk walk, and no farther."""
    play = scenario(name)
    truth = lived(play, {n: r.person() for n, r in play.roles.items()}, seed=2)
    for person in truth.people.values():
        minutes = play.seconds / 60
        assert 45 < len(person.beats) / minutes < 110
        assert 0.2 < len(person.responses) / minutes < 25
        assert 4 < len(person.breaths) / minutes < 22
        assert 10 < 1000 * np.diff(person.beats.times).std() < 250
        assert 80 < person.systolic.values.mean() < 150
        assert 25 < person.carbon_dioxide.values.mean() < 50
        assert person.threat.values.max() <= 1.5


def test_stirs_may_come_one_upon_the_other() -> None:
    for lasts in range(1, 200):
        stir = Stir(0.0, 600.0, ("a",), False, 1 / (1 / lasts), lasts, (("danger", 0.1),))
        assert len(drawn_stirs([stir], seed=1, people=("a",))) == -(-600 // lasts)


def test_people_drawn_for_a_role_differ_and_keep_what_the_role_is_about() -> None:
    play = scenario("unexpected touch with a history")
    one, other = drawn(play, seed=1), drawn(play, seed=2)
    assert one != other
    assert one == drawn(play, seed=1)
    assert one["a"].memory == other["a"].memory == play.roles["a"].memory
    calm = scenario("calm evening")
    plain = replace(calm, roles={"a": replace(calm.roles["a"], given={})})
    rates = [drawn(calm, seed=seed)["a"].heart.resting_rate for seed in range(50)]
    others = [drawn(plain, seed=seed)["a"].heart.resting_rate for seed in range(50)]
    assert np.array(rates) == pytest.approx(np.array(others) * 64 / 65)
    assert np.std(rates) > 3


def test_what_happens_is_where_the_scenario_says() -> None:
    play = scenario("paced breathing together")
    pace = inputs_of(play, "a", stirred=()).pace
    assert np.isnan(pace[:3000]).all()
    assert (pace[3000:6600] == 6.0).all()
    assert np.isnan(pace[6600:]).all()
    apart = scenario("pause of twenty minutes")
    contact = contact_of(apart)
    assert (contact[9000:21000] == 0).all()
    assert (contact[:9000] == 1).all()
    walking = inputs_of(apart, "a", stirred=()).movement
    assert (walking > 0).sum() == 8 * 600
    assert not inputs_of(apart, "b", stirred=()).movement.any()


def test_who_follow_one_pacer_breathe_and_swing_together_without_any_tie() -> None:
    play = scenario("paced breathing together")
    assert not any(tie.breath or tie.threat or tie.calm for tie in play.ties)
    likeness, off = [], []
    for seed in range(6):
        truth = lived(play, drawn(play, seed=seed), seed=seed)
        swings = []
        for person in truth.people.values():
            breaths = (person.breaths.between(330, 660).times - 300) / 10
            off += (10 * (breaths - np.round(breaths))).tolist()
            beats = person.beats.times
            swings.append(np.interp(np.arange(340, 650, 0.25), beats[1:], np.diff(beats)))
        likeness.append(np.corrcoef(swings)[0, 1])
    assert np.mean(likeness) > 0.4
    assert np.sqrt(np.mean(np.square(off))) < 0.6  # s


def test_touch_opens_the_way_of_those_who_do_not_see_each_other() -> None:
    contact = contact_of(scenario("unexpected touch"))
    assert contact[2999] == 0.5
    assert contact[3001] == 1.0


def test_nothing_of_one_stranger_reaches_the_other() -> None:
    play = stretched(scenario("strangers"), 300.0)
    people = {name: role.person() for name, role in play.roles.items()}
    both = lived(play, people, seed=3)["a"]
    frightened = replace(people["b"], memory=people["b"].memory, age=90.0)
    beside = lived(play, {"a": people["a"], "b": frightened}, seed=3)["a"]
    alone = replace(play, roles={"a": play.roles["a"]})
    single = lived(alone, {"a": people["a"]}, seed=3)["a"]
    for other in (beside, single):
        assert np.array_equal(other.beats.times, both.beats.times)
        assert np.array_equal(other.threat.values, both.threat.values)


def test_a_play_in_less_time_keeps_its_order_and_its_cues_inside() -> None:
    for name in NAMES:
        whole = scenario(name)
        for seconds in (whole.seconds / 9, whole.seconds * 2):
            less = stretched(whole, seconds)
            assert less.seconds == seconds
            for before, after in zip(whole.events, less.events, strict=True):
                assert after.start / seconds == pytest.approx(before.start / whole.seconds)
                assert len(after.cues) <= len(before.cues)
                assert all(c.start + c.seconds <= after.seconds + 1e-6 for c in after.cues)
    same = scenario("calm evening")
    assert stretched(same, same.seconds) is same


def test_what_comes_unforeseen_comes_as_often_as_it_should() -> None:
    stir = Stir(60.0, 36000.0, ("a", "b"), False, 100.0, 20.0, (("danger", 0.4),))
    events = drawn_stirs([stir], seed=1, people=("a", "b"))
    for person in "ab":
        mine = [event for event in events if event.who == (person,)]
        assert len(mine) == pytest.approx(360, rel=0.15)
        assert all(b.start >= a.end for a, b in pairwise(mine))
        assert mine[0].start >= 60
        assert mine[-1].end <= 36060
    apart = [{e.start for e in events if e.who == (p,)} for p in "ab"]
    assert not apart[0] & apart[1]
    together = drawn_stirs([replace(stir, shared=True)], seed=1, people=("a", "b"))
    assert all(event.who == ("a", "b") for event in together)


def test_what_comes_unforeseen_adds_to_what_is_there(talk: Scenario) -> None:
    uneasy = replace(talk.events[0], levels={"danger": 0.1})
    play = replace(talk, events=(uneasy,))
    stirred = drawn_stirs(play.stirs, seed=5, people=("a", "b"))
    first = next(event for event in stirred if event.who == ("a",))
    danger = inputs_of(play, "a", stirred=stirred).danger
    assert danger[round(first.start + 10) * 10] == pytest.approx(0.55)
    assert danger[round(first.start * 10) - 2] == 0.1
    people = {name: role.person() for name, role in play.roles.items()}
    truth = lived(play, people, seed=5)
    assert np.array_equal(truth["a"].inputs.danger, danger)
    assert sum("danger 0.45" in label for label in truth.events.labels) == len(stirred)


@pytest.fixture(scope="module")
def talk() -> Scenario:
    return stretched(scenario("hour of talk"), 1200.0)


def test_stronger_ties_bring_the_threat_of_two_closer(talk: Scenario) -> None:
    people = {name: role.person() for name, role in talk.roles.items()}
    likeness = []
    for threat in (0.0, 0.6):
        a, b = (replace(tie, threat=threat) for tie in talk.ties)
        truths = [lived(replace(talk, ties=(a, b)), people, seed=s) for s in range(6)]
        pairs = [(t["a"].threat.values, t["b"].threat.values) for t in truths]
        likeness.append(np.mean([np.corrcoef(x, y)[0, 1] for x, y in pairs]))
    assert abs(likeness[0]) < 0.2
    assert likeness[1] > 0.5


def test_a_history_makes_the_same_touch_another() -> None:
    means = {}
    for name in ("unexpected touch", "unexpected touch with a history"):
        play = scenario(name)
        people = {n: r.person() for n, r in play.roles.items()}
        a = [lived(play, people, seed=seed)["a"] for seed in range(5)]
        after = [one.threat.between(300, 330).values.max() for one in a]
        means[name] = float(np.mean(after))
        assert a[0].memory["touch"] != play.roles["a"].memory["touch"]  # something is learnt
    assert means["unexpected touch with a history"] > means["unexpected touch"] + 0.3


def test_a_heart_slows_to_rest_where_nothing_can_be_done_and_the_palm_tells_otherwise() -> None:
    play = scenario("one partner shut down")
    found = []
    for seed in range(8):
        b = lived(play, drawn(play, seed=seed), seed=seed)["b"]
        rate = [60 / np.diff(b.beats.between(*span).times).mean() for span in SHUT]
        palm = [b.conductance.between(*span).values.mean() for span in SHUT]
        found.append([*rate, *palm])
    rest, speaking, still, calm, _, sweating = np.mean(found, axis=0)
    assert speaking > still + 2
    assert abs(still - rest) < 3
    assert sweating > 1.5 * calm


SHUT = ((60.0, 300.0), (300.0, 420.0), (540.0, 720.0))  # s: rest, both speak, b is still
