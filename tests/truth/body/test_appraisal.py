"""What a mind makes of what happens: time constants, two axes, ties, reflexes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from interbeat.body.appraisal import appraise
from interbeat.body.inputs import Cue, Inputs, Tie
from interbeat.body.memory import Memory
from interbeat.body.mind import Appraisal, Mind
from interbeat.body.noise import Streams
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

EVEN = Mind(moodiness=0.0, sweat_noise=0.0)  # nothing comes from within
APART = Tie()
QUIET = Inputs.at_rest(120.0)


def alone(
    mind: Mind, inputs: Inputs, *, memory: Memory | None = None, seed: int = 1
) -> Appraisal:
    (one,) = appraise(
        [mind], [inputs], ties=(APART, APART), contact=np.ones(inputs.danger.size),
        streams=[Streams(seed, 0)], memories=[memory or Memory()],
    )  # fmt: skip
    return one


def both(
    inputs: Sequence[Inputs],
    tie: Tie,
    *,
    contact: float = 1.0,
    minds: Sequence[Mind] = (EVEN, EVEN),
) -> tuple[Appraisal, ...]:
    """Return what two people make of it, where only b is reached."""
    return appraise(
        minds, inputs, ties=(APART, tie), contact=np.full(inputs[0].danger.size, contact),
        streams=[Streams(1, 0), Streams(1, 1)],
    )  # fmt: skip


def span(start: float, end: float, level: float = 1.0) -> FloatArray:
    times = np.arange(1200) / 10
    return np.where((times >= start) & (times < end), level, 0.0)


def given(**tracks: Any) -> Inputs:  # noqa: ANN401 - tracks, and cues
    return replace(QUIET, **tracks)


def test_where_nothing_happens_nothing_is_felt() -> None:
    mind = alone(EVEN, QUIET)
    assert not mind.threat.any()
    assert not mind.safety.any()
    assert not mind.immobility.any()
    assert mind.bursts.size == 0


def test_threat_rises_within_a_second_or_two_and_falls_within_a_quarter_minute() -> None:
    threat = alone(EVEN, given(danger=span(20, 60, 2.0))).threat
    top = threat[599]
    assert np.argmax(threat > (1 - math.exp(-1)) * top) == pytest.approx(200 + 10, abs=1)
    fallen = 600 + np.argmax(threat[600:] < math.exp(-1) * top)
    assert fallen == pytest.approx(600 + 150, abs=2)


def test_danger_and_safety_can_both_be_felt() -> None:
    mind = alone(EVEN, given(danger=span(0, 120, 0.5), safety=span(0, 120, 0.3)))
    assert mind.threat[-1] > 0.2
    assert mind.safety[-1] > 0.1


def test_safety_lessens_threat_and_threat_lessens_safety() -> None:
    danger, safety = span(0, 120, 0.5), span(0, 120, 0.5)
    neither, held = (alone(EVEN, given(danger=danger, safety=s)) for s in (0 * safety, safety))
    assert held.threat[-1] < neither.threat[-1] - 0.3
    calm = alone(EVEN, given(safety=safety))
    assert held.safety[-1] < calm.safety[-1]


def test_moods_come_from_within_and_last() -> None:
    threat = alone(Mind(), Inputs.at_rest(3600.0)).threat
    centered = threat - threat.mean()
    assert 0.02 < threat.std() < 0.2
    assert np.dot(centered[:-100], centered[100:]) > 0.5 * np.dot(centered, centered)


def test_threat_arrives_after_the_delay_of_the_tie() -> None:
    a, b = both([given(danger=span(20, 60, 2.0)), QUIET], Tie(threat=1.0, delay=3.0))
    begun = int(np.argmax(a.threat > 0))
    assert int(np.argmax(b.threat > 0)) == begun + 30


def test_ties_are_unequal_and_one_way() -> None:
    a, b = both([QUIET, given(danger=span(20, 60, 2.0))], Tie(threat=1.0))
    assert not a.threat.any()
    assert b.threat.max() > 0.9
    weak, strong = (
        both([given(danger=span(20, 60, 2.0)), QUIET], Tie(threat=gain))[1].threat.max()
        for gain in (0.3, 0.8)
    )
    assert 0 < weak < strong


def test_nothing_passes_where_they_cannot_see_or_hear_each_other() -> None:
    tie = Tie(threat=1.0, calm=1.0, reassurance=1.0)
    _, b = both([given(danger=span(20, 60), safety=span(60, 120)), QUIET], tie, contact=0.0)
    assert not b.threat.any()
    assert not b.safety.any()


def test_a_stimulus_that_both_perceive_is_not_a_tie() -> None:
    """Without ties each mind is what it is alone, bit for bit, whatever the other feels."""
    shared = given(danger=span(20, 60, 0.6))
    minds = (Mind(), Mind())
    with_it = both([shared, shared], APART, minds=minds)
    without = both([QUIET, shared], APART, minds=minds)
    assert np.array_equal(with_it[1].threat, without[1].threat)
    assert np.array_equal(with_it[0].threat, alone(Mind(), shared).threat)


def test_calm_and_threat_are_caught_separately() -> None:
    eased, alarmed = given(safety=span(20, 100)), given(danger=span(20, 100))
    catches_calm, catches_threat = Tie(calm=0.8), Tie(threat=0.8)
    assert both([eased, QUIET], catches_calm)[1].safety.max() > 0.5
    assert not both([alarmed, QUIET], catches_calm)[1].threat.any()
    assert both([alarmed, QUIET], catches_threat)[1].threat.max() > 0.5
    assert not both([eased, QUIET], catches_threat)[1].safety.any()


def test_one_may_grow_calmer_as_the_other_is_alarmed() -> None:
    _, b = both([given(danger=span(20, 100)), QUIET], Tie(reassurance=0.8))
    assert b.safety.max() > 0.5
    assert not b.threat.any()


@pytest.mark.parametrize("control", [0.0, 1.0])
@pytest.mark.parametrize("danger", [0.4, 1.2])
def test_one_grows_still_only_where_danger_is_great_and_nothing_can_be_done(
    control: float, danger: float
) -> None:
    still = alone(EVEN, given(danger=span(20, 80, danger), control=np.full(1200, control)))
    assert (still.immobility.max() > 0) == (control == 0 and danger > EVEN.overwhelm)


def test_grounding_takes_from_what_was_learnt_and_not_from_what_is_there() -> None:
    grounded = np.full(1200, 0.9)
    memory = Memory.of({"silence": 0.9}, sensitization=1.5)
    silent = given(cues=(Cue("silence", 30.0, 60.0),))
    adrift, held = (
        alone(EVEN, inputs, memory=memory)
        for inputs in (silent, replace(silent, grounding=grounded))
    )
    assert adrift.threat.max() > 0.9
    assert held.threat.max() < 0.1
    there = given(danger=span(30, 90, 0.8))
    same = replace(there, grounding=grounded)
    assert np.array_equal(alone(EVEN, there).threat, alone(EVEN, same).threat)


def test_touch_is_felt_as_what_it_has_come_to_mean() -> None:
    touched = given(touch=span(30, 90))
    liked = alone(EVEN, touched)
    feared = alone(EVEN, touched, memory=Memory.of({"touch": 0.9}))
    assert liked.safety.max() == pytest.approx(EVEN.pleasantness, rel=0.01)
    assert not liked.threat.any()
    assert feared.threat.max() > 0.8
    assert feared.safety.max() < 0.05


def test_what_was_lived_through_sensitizes_and_wears_off_over_weeks() -> None:
    inputs = replace(Inputs.at_rest(3600.0), danger=np.full(36_000, 2.0))
    after = alone(EVEN, inputs).memory
    assert 1.2 < after.sensitization < EVEN.most_sensitive
    mild = alone(EVEN, replace(inputs, danger=np.full(36_000, 0.35))).memory
    assert mild.sensitization == 1


def test_danger_to_come_slows_the_heart_and_danger_upon_the_body_speeds_it() -> None:
    """The same learnt danger, once heard from afar and once on the skin."""
    memory = Memory.of({"footsteps": 0.4, "touch": 0.4})
    far, near = (
        alone(EVEN, given(cues=(Cue(name, 30.0, 5.0),)), memory=memory).reflex
        for name in ("footsteps", "touch")
    )
    assert far[300:340].max() > EVEN.orienting
    assert far.min() == 0
    assert near[300:330].min() < 0


def test_danger_upon_the_body_is_not_to_come() -> None:
    """Without a defense reflex a feared touch is only noticed, as anything new is."""
    cues = given(cues=(Cue("touch", 30.0, 5.0),))
    calm = alone(replace(EVEN, defense=0.0), cues, memory=Memory.of({"touch": 0.4}))
    assert calm.reflex.max() == pytest.approx(EVEN.orienting, rel=0.01)


def test_what_is_feared_most_is_no_longer_to_come() -> None:
    bursts = [
        alone(
            EVEN, given(cues=(Cue("CS+", 30.0, 5.0),)), memory=Memory.of({"CS+": p})
        ).reflex.max()
        for p in (0.0, 0.4, 1.0)
    ]
    assert bursts[0] < bursts[2] < bursts[1]


def test_a_loud_noise_moves_both_nerves_and_wears_off() -> None:
    noises = tuple(Cue("loud noise", start, 0.5) for start in (5.0, 95.0))
    mind = alone(EVEN, given(cues=noises))
    assert mind.reflex[60:80].min() < -0.3
    assert mind.startle[200:300].max() > 0.5
    assert mind.reflex[960:1000].min() > 0.6 * mind.reflex[60:80].min()
    assert mind.strengths[1] < mind.strengths[0]


def test_sweat_answers_expectation_and_doubt() -> None:
    """The strength of the burst is the formula, where it has no noise."""
    mind = alone(EVEN, given(cues=(Cue("tone of voice", 30.0, 5.0, salience=0.5),)))
    a, b = EVEN.prior * EVEN.wariness, EVEN.prior * (1 - EVEN.wariness)
    expected, spread = a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)
    strength = EVEN.sweat + EVEN.sweat_danger * expected + EVEN.sweat_doubt * 2 * spread
    assert mind.bursts.tolist() == [30.0]
    assert mind.strengths[0] == pytest.approx(0.5 * strength)


def test_a_loud_cue_brings_more_sweat_and_a_repeated_one_less() -> None:
    voices = tuple(Cue("raised voice", start, 5.0) for start in (10.0, 70.0))
    mind = alone(replace(EVEN, quickness=0.0), given(cues=voices))
    soft = alone(EVEN, given(cues=(Cue("tone of voice", 10.0, 5.0),)))
    assert mind.strengths[0] == pytest.approx(soft.strengths[0] + 0.4 * EVEN.sweat_alarm)
    familiar = math.exp(-60 / (60 * EVEN.dishabituation))
    assert mind.strengths[1] / mind.strengths[0] == pytest.approx(
        math.exp(-EVEN.habituating * familiar)
    )


def test_a_bad_end_is_felt_and_remembered() -> None:
    mind = alone(EVEN, given(cues=(Cue("CS+", 30.0, 4.0, outcome=1.0),)))
    assert mind.threat[:340].max() == 0
    assert mind.threat[340:360].max() > 0.3
    assert mind.bursts.tolist() == [30.0, 34.0]
    assert mind.memory["CS+"].harm == 1


def test_a_cue_that_is_cut_off_teaches_nothing() -> None:
    mind = alone(EVEN, given(cues=(Cue("CS+", 118.0, 4.0, outcome=1.0),)))
    assert mind.memory["CS+"].harm == 0
    assert mind.reflex.shape == (1200,)


@pytest.mark.parametrize(("start", "seconds"), [(119.97, 1.0), (50.03, 0.02), (0.0, 500.0)])
def test_a_cue_may_fall_between_samples_or_outlast_the_session(
    start: float, seconds: float
) -> None:
    mind = alone(EVEN, given(cues=(Cue("loud noise", start, seconds),)))
    assert mind.bursts.tolist() == [start]
    assert np.isfinite(mind.reflex).all()


def test_the_same_seed_gives_the_same_mind_and_another_another() -> None:
    one, again, other = (alone(Mind(), QUIET, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.threat, again.threat)
    assert not np.array_equal(one.threat, other.threat)


def test_a_cue_that_no_one_knows_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"no cue is called 'thunder'; possible: tone of voice,"
    ):
        alone(EVEN, given(cues=(Cue("thunder", 1.0, 1.0),)))


def test_a_cue_that_began_before_the_session_is_not_met() -> None:
    mind = alone(EVEN, given(cues=(Cue("CS+", -2.0, 4.0, outcome=1.0),)))
    assert mind.memory["CS+"].harm == 0
    assert mind.bursts.size == 0


@pytest.mark.parametrize("seconds", [0.9, 1.7, 3.3])
def test_a_cue_just_before_the_end_is_met(seconds: float) -> None:
    """Its time may round to the sample after the last."""
    start = float(np.nextafter(seconds, 0))
    inputs = replace(Inputs.at_rest(seconds), cues=(Cue("silence", start, 1.0),))
    assert alone(EVEN, inputs).bursts.tolist() == [start]


def test_a_mind_that_hardly_anything_threatens_meets_a_cue() -> None:
    mind = Mind(threshold=10.0, steepness=0.01, moodiness=0.0)
    assert not alone(mind, given(cues=(Cue("silence", 30.0, 5.0),))).threat.any()


@pytest.mark.parametrize(("start", "seconds"), [(np.nan, 1.0), (np.inf, 1.0), (1.0, np.inf)])
def test_a_cue_without_a_time_is_refused(start: float, seconds: float) -> None:
    with pytest.raises(DataError, match="begins at"):
        Cue("silence", start, seconds)


@pytest.mark.parametrize("seconds", [np.nan, np.inf, 0.0, 0.04, -1.0])
def test_a_session_without_a_length_is_refused(seconds: float) -> None:
    with pytest.raises(DataError, match=r"lasts 0\.1 s or longer"):
        Inputs.at_rest(seconds)


def test_lists_and_whole_numbers_are_tracks_as_well() -> None:
    as_list = replace(QUIET, danger=[1] * 1200, control=np.zeros(1200, dtype=np.int64))  # type: ignore[arg-type]
    as_floats = given(danger=np.ones(1200), control=np.zeros(1200))
    assert as_list.danger.dtype == np.float64
    assert np.array_equal(alone(EVEN, as_list).threat, alone(EVEN, as_floats).threat)


@pytest.mark.parametrize("wrong", ["0.3", None])
def test_a_trait_that_is_no_number_is_refused(wrong: Any) -> None:  # noqa: ANN401
    with pytest.raises(DataError, match="threshold of the mind is a number"):
        Mind(threshold=wrong)
