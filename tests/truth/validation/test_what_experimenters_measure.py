"""What simulated experimenters do with recordings, on data whose answer is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from interbeat.body.couple import live
from interbeat.body.inputs import Cue, Inputs
from interbeat.body.person import Person
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.validation import _history, breath, reactivity
from interbeat.validation._conditioning import answers, evoked, later, presented, sweats
from interbeat.validation._course import course
from interbeat.validation._history import burdened, recovered
from interbeat.validation._learners import ACCOUNTS, RATES, criteria
from interbeat.validation.population import heart_rate, lives, population


def test_a_course_is_the_change_of_the_rate_that_holds() -> None:
    """60 bpm until second 20, then 75: the beats of a heart that was told."""
    truth = live([Person()], [Inputs.at_rest(60.0)], seed=1)["a"]
    times = np.concatenate((np.arange(0.0, 20.0, 1.0), np.arange(20.0, 60.0, 0.8)))
    told = replace(truth, beats=Beats.at(times, "a"))
    assert course(told, 20.0, 10, before=5) == pytest.approx(np.full(10, 15.0))
    assert course(told, 17.5, 5, before=5) == pytest.approx([0, 0, 7.5, 15, 15])
    with pytest.raises(DataError, match="beats cover"):
        course(told, 3.0, 5, before=5)


@pytest.mark.parametrize(("late", "degrees"), [(1.0, 90.0), (-0.5, -45.0), (0.0, 0.0)])
def test_what_comes_later_lags(late: float, degrees: float) -> None:
    """Waves of 0.25 Hz: one second of four is a quarter of them."""
    times = np.arange(4200) / 10
    volume, rate = (np.sin(2 * np.pi * 0.25 * (times - by)) for by in (0.0, late))
    pace, cross, power = breath._spectra(volume, 3 * rate)
    near = np.abs(pace - 0.25) < 0.02
    assert breath._lag(cross[near]) == pytest.approx(degrees, abs=0.5)
    assert np.abs(cross[near]).sum() / power[near].sum() == pytest.approx(3.0, rel=1e-3)


def test_heart_rate_is_that_of_the_interval_around() -> None:
    truth = live([Person()], [Inputs.at_rest(60.0)], seed=1)["a"]
    times = np.concatenate((np.arange(0.0, 20.0, 1.0), np.arange(20.0, 60.0, 0.8)))
    rate = heart_rate(replace(truth, beats=Beats.at(times, "a")))
    assert rate.size == 600
    assert rate[100] == pytest.approx(60.0)
    assert rate[400] == pytest.approx(75.0)


def test_each_round_presents_each_sign_once_and_the_shocks_are_counted() -> None:
    cues = presented(3, ("CS+", "CS-"), times=10, followed=0.5)
    assert Counter(cue.name for cue in cues) == {"CS+": 10, "CS-": 10}
    assert all(
        {a.name, b.name} == {"CS+", "CS-"} for a, b in zip(cues[::2], cues[1::2], strict=True)
    )
    plus = [cue.outcome > 0 for cue in cues if cue.name == "CS+"]
    assert plus[0]
    assert sum(plus) == 5
    assert not any(cue.outcome for cue in cues if cue.name == "CS-")
    assert np.all(np.diff([cue.start for cue in cues]) > 10)
    assert not any(cue.outcome for cue in presented(3, ("CS+", "CS-"), times=10))


def test_a_response_belongs_to_the_cue_that_it_follows() -> None:
    onsets, heights = np.array([1.0, 11.5, 12.0, 16.0]), np.array([9.0, 0.2, 0.4, 9.0])
    assert evoked(onsets, heights, Cue("CS+", 10.0, 4.0)) == 0.4
    assert evoked(onsets, heights, Cue("CS+", 30.0, 4.0)) == 0


def test_skin_alone_is_the_skin_of_the_whole_body() -> None:
    (one,) = population(1, 4)
    inputs = Inputs.at_rest(120.0)
    _, sweat = sweats(one, inputs, session=2)
    assert np.array_equal(sweat.conductance, lives(one, inputs, session=2).conductance.values)


def test_what_was_learnt_is_taken_along() -> None:
    (one,) = population(1, 4)
    after = answers(one, presented(4, ("CS+",), times=5, followed=1.0), session=0).after
    assert after.person.memory["CS+"].harm > 0
    assert later(after, 86_400.0).person.memory["CS+"].harm == after.person.memory["CS+"].harm
    assert one.person.memory["CS+"].harm == 0


@pytest.mark.parametrize("account", ACCOUNTS)
def test_the_account_that_made_the_responses_is_found(account: str) -> None:
    """Responses made by each account, with a little noise, are best told by it."""
    rng = np.random.default_rng(5)
    signs = np.arange(120) % 2
    bad = (signs == 1) & (rng.uniform(size=120) < 0.5)
    counts, values = np.ones((2, 2)), np.full(2, 0.5)
    made = []
    for sign, harm in zip(signs, bad, strict=True):
        a, b = counts[sign]
        expected, doubt = a / (a + b), np.sqrt(a * b / (a + b + 1)) / (a + b)
        made.append({"nothing": 0.0, "delta rule": values[sign], "expectation": expected,
                     "expectation and uncertainty": expected + doubt}[account])  # fmt: skip
        counts[sign, 0 if harm else 1] += 1
        values[sign] += RATES[3] * (float(harm) - values[sign])
    found = criteria(signs, bad, np.array(made) + 0.01 * rng.standard_normal(120))
    assert min(found, key=lambda name: found[name]) == account


def test_both_groups_remember_and_only_one_is_sensitized() -> None:
    people = population(20, 6)
    assert all(burdened(one).person.memory.sensitization > 1 for one in people)
    assert all(recovered(one).person.memory.sensitization == 1 for one in people)
    assert all(recovered(one).person.memory["reminder"].harm > 0 for one in people)
    assert all(burdened(one).person.skin == one.person.skin for one in people)


@pytest.mark.parametrize("ask", ["_resting", "_startled"])
def test_memories_that_were_fitted_for_scripts_do_not_reach_rest_or_noises(
    ask: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the findings there are predicted, though they share their groups with the scripts."""
    (one,) = population(1, 7)
    asked = getattr(reactivity, ask)
    before = [asked(burdened(one)), asked(recovered(one))]
    scripted = reactivity._scripted(burdened(one))
    monkeypatch.setattr(_history, "BURDENED", (0.5, 1.0))
    monkeypatch.setattr(_history, "RECOVERED", (0.0, 0.2))
    assert [asked(burdened(one)), asked(recovered(one))] == before
    assert reactivity._scripted(burdened(one)) != scripted
