"""Learning against closed forms: counting, a second memory for what is harmless, forgetting."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.body.cues import CUES
from interbeat.body.inputs import Cue
from interbeat.body.learning import belief, learnt, met, rested
from interbeat.body.memory import Memory, Trace
from interbeat.body.mind import Mind
from interbeat.body.person import Person
from interbeat.core.errors import DataError

MIND = Mind(retention=1.0)
DAY = 86_400.0


def cue(outcome: float, *, context: str = "clinic", name: str = "CS+") -> Cue:
    return Cue(name, 0.0, 4.0, outcome=outcome, context=context)


def taught(memory: Memory, outcomes: list[float], *, context: str = "clinic") -> Memory:
    return reduce(
        lambda known, end: learnt(known, MIND, cue(end, context=context)), outcomes, memory
    )


def expected(memory: Memory, context: str = "clinic") -> float:
    return belief(MIND, memory["CS+"], context).expected


@given(outcomes=st.lists(st.sampled_from([0.0, 1.0]), max_size=30))
def test_where_all_was_learnt_danger_is_counted_as_of_a_coin(outcomes: list[float]) -> None:
    """Beta-Bernoulli: (a + bad) / (a + b + all), in the place of learning."""
    a = MIND.prior * MIND.wariness
    by_hand = (a + sum(outcomes)) / (MIND.prior + len(outcomes))
    assert expected(taught(Memory(), outcomes)) == pytest.approx(by_hand)


def test_what_never_harmed_is_harmless_everywhere() -> None:
    memory = taught(Memory(), [0.0] * 12)
    assert expected(memory, "home") < 0.6 * MIND.wariness


def test_what_was_extinguished_returns_elsewhere() -> None:
    memory = taught(taught(Memory(), [1.0] * 8, context="home"), [0.0] * 16)
    assert expected(memory, "clinic") < 0.4
    assert expected(memory, "home") > 0.7


def test_what_was_extinguished_returns_with_time() -> None:
    memory = taught(taught(Memory(), [1.0] * 8), [0.0] * 16)
    days = [expected(rested(memory, MIND, k * DAY)) for k in (0, 1, 3, 30)]
    assert days == sorted(days)
    assert days[1] > days[0] + 0.05
    assert days[3] > 0.7


def test_extinction_fades_at_its_own_rate_and_harm_does_not() -> None:
    memory = taught(taught(Memory(), [1.0] * 8), [0.0] * 16)
    later = rested(memory, MIND, MIND.recovery * DAY)
    before = memory["CS+"].extinction["clinic"]
    assert later["CS+"].extinction["clinic"] == pytest.approx(before / math.e)
    assert later["CS+"].harm == memory["CS+"].harm


def test_no_context_is_special() -> None:
    """Whatever a place is called, what is learnt there is learnt alike."""
    clinic, unnamed = (
        taught(taught(Memory(), [1.0] * 8, context=place), [0.0] * 16, context=place)
        for place in ("clinic", "")
    )
    assert expected(clinic, "clinic") == expected(unnamed, "")


def test_unsigned_harm_undoes_extinction_where_it_came() -> None:
    memory = taught(taught(Memory(), [1.0] * 8), [0.0] * 16)
    here, there = (
        learnt(memory, MIND, cue(1.0, context=place, name="harm"))
        for place in ("clinic", "home")
    )
    assert expected(here) > expected(memory) + 0.05
    assert expected(there) == expected(memory)
    assert "harm" not in here.traces


def test_who_extinguishes_less_stays_afraid() -> None:
    slow = replace(MIND, extinguishing=0.5)
    quick_end, slow_end = (
        belief(mind, reduce(lambda m, end: learnt(m, mind, cue(end)), [1.0] * 6 + [0.0] * 12,
                            Memory())["CS+"], "clinic").expected
        for mind in (MIND, slow)
    )  # fmt: skip
    assert slow_end > quick_end + 0.05


def test_doubt_is_greatest_for_what_is_new_and_falls_with_knowledge() -> None:
    doubts = [
        belief(MIND, taught(Memory(), [1.0, 0.0] * n)["CS+"], "clinic").doubt
        for n in (1, 4, 16)
    ]
    assert doubts == sorted(doubts, reverse=True)


def test_what_ends_well_becomes_a_sign_of_safety() -> None:
    memory = taught(Memory(), [-1.0] * 8)
    means = belief(MIND, memory["CS+"], "clinic")
    assert means.safety > 0.7
    assert means.danger == 0


def test_what_is_new_means_nothing_yet() -> None:
    means = belief(MIND, Trace(), "clinic")
    assert means.danger == 0
    assert means.safety == 0
    assert means.expected == pytest.approx(MIND.wariness)


def test_what_is_met_often_grows_familiar_unless_it_matters() -> None:
    dull = reduce(lambda m, _: learnt(met(m, cue(0.0)), MIND, cue(0.0)), range(5), Memory())
    sharp = reduce(lambda m, _: learnt(met(m, cue(1.0)), MIND, cue(1.0)), range(5), Memory())
    assert dull["CS+"].familiarity == 5
    assert sharp["CS+"].familiarity < 1
    assert rested(dull, MIND, 3600.0)["CS+"].familiarity < 0.3


def test_earlier_events_fade_where_memory_is_short() -> None:
    short = replace(MIND, retention=0.8)
    memory = reduce(lambda m, _: learnt(m, short, cue(1.0)), range(50), Memory())
    assert memory["CS+"].harm == pytest.approx(1 / (1 - 0.8), rel=1e-3)


@given(first=st.floats(0, 1e6), second=st.floats(0, 1e6))
def test_resting_twice_is_resting_once(first: float, second: float) -> None:
    memory = replace(taught(Memory(), [1.0, 0.0, 0.0, 0.0]), sensitization=1.8)
    twice = rested(rested(memory, MIND, first), MIND, second)
    once = rested(memory, MIND, first + second)
    assert twice.sensitization == pytest.approx(once.sensitization)
    assert twice["CS+"].extinction == pytest.approx(once["CS+"].extinction)


def test_a_person_lives_on_with_what_was_learnt() -> None:
    person = replace(Person(), memory=taught(Memory(), [1.0] * 4 + [0.0] * 8))
    tomorrow = person.later(DAY)
    assert expected(tomorrow.memory) > expected(person.memory)
    assert pickle.loads(pickle.dumps(tomorrow)) == tomorrow


def test_every_cue_says_what_it_is_in_one_line() -> None:
    for name, kind in CUES.items():
        assert kind.what, name
        assert "\n" not in kind.what
        assert 0 <= kind.alarm <= 1
        assert 0 <= kind.contact <= 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Memory.of({"touch": 1.2}), "the danger of 'touch' is 0 to 1, not 1.2"),
        (lambda: Memory(sensitization=0.5), "sensitization is 1 or more, not 0.5"),
        (lambda: Trace(harm=-1.0), "counted from 0 up"),
        (lambda: Memory.of({"thunder": 0.5}), "no cue is called 'thunder'"),
        (lambda: rested(Memory(), MIND, -1.0), "0 s and more, not -1 s"),
    ],
)
def test_what_cannot_be_remembered_is_refused(wrong: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        wrong()  # type: ignore[operator]
