"""However the channels are cut, the same seconds come out; and nothing is made up."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.body import Inputs, Person, live
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.state import PATTERNS, CheckIn, Drives, Drug, Follower, drives

NAMES = ("vagal", "sympathetic", "arousal")


def lived() -> tuple[Beats, Signal, Responses]:
    """Return ten minutes, with a minute of danger, a premature beat and a lost belt."""
    calm = Inputs.at_rest(600.0)
    danger = np.zeros(calm.danger.size)
    danger[4000:4600] = 1.0
    truth = live([Person()], [replace(calm, danger=danger)], seed=3)["a"]
    normal = np.ones(len(truth.beats), dtype=bool)
    normal[350:352] = False
    breath = truth.volume.values[::5].copy()
    breath[4200:4300] = np.nan
    return (
        Beats(truth.beats.times, normal, "a"), Signal(breath, 10.0, "L", "a", 0.0),
        truth.responses,
    )  # fmt: skip


BEATS, BREATH, RESPONSES = lived()
SAID = (CheckIn(300.0, 0.1, "toward"), CheckIn(430.0, 0.8, "away"))
REST = Span(0.0, 240.0)
GIVEN = (Drug("atropine", 500.0, 590.0),)


def joined(parts: list[Drives]) -> tuple[np.ndarray, ...]:
    full = [p for p in parts if len(p)]
    columns = [
        np.concatenate([getattr(getattr(p, name), column) for p in full])
        for name in NAMES
        for column in ("values", "se", "quality", "n")
    ]
    return (
        *columns, np.concatenate([p.times for p in full]),
        np.concatenate([p.within for p in full]), np.concatenate([p.patterns for p in full]),
    )  # fmt: skip


def followed(cuts: list[float], baseline: Span | None) -> list[Drives]:
    follower = Follower("a", breathing=True, sweat=True, baseline=baseline, drugs=GIVEN)
    edges = [0.0, *sorted(cuts), 600.0]
    out = []
    for a, b in pairwise(edges):
        out.append(
            follower.push(
                b,
                beats=BEATS.between(a, b),
                breathing=BREATH.between(a, b),
                responses=RESPONSES.between(a, b),
                check_ins=[c for c in SAID if a <= c.time < b],
            )
        )
    return [*out, follower.finish()]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(0.0, 600.0), max_size=40), st.sampled_from([REST, None]))
def test_however_it_is_cut_the_seconds_are_the_same_bit_for_bit(
    cuts: list[float], baseline: Span | None
) -> None:
    whole = joined(followed([], baseline))
    for one, other in zip(joined(followed(cuts, baseline)), whole, strict=True):
        np.testing.assert_array_equal(one, other)


def test_pushed_second_by_second_it_is_what_the_whole_recording_followed_is() -> None:
    live_ = joined(followed([float(s) for s in range(1, 600)], REST))
    whole = drives(
        BEATS, breathing=BREATH, responses=RESPONSES, baseline=REST, check_ins=SAID, drugs=GIVEN
    ).followed
    assert whole is not None
    for one, other in zip(live_, joined([whole]), strict=True):
        np.testing.assert_array_equal(one[: len(other)], other[: len(one)])


def test_each_second_comes_a_second_late_and_the_first_ones_when_the_baseline_is_over() -> None:
    parts = followed([240.0, 241.5, 250.0, 251.0], REST)
    assert [len(p) for p in parts[:4]] == [0, 240, 9, 1]
    assert parts[2].times[-1] == 249.0


def test_what_was_felt_later_does_not_reach_back_when_followed() -> None:
    without = drives(BEATS, breathing=BREATH, responses=RESPONSES, baseline=REST).followed
    with_it = drives(
        BEATS, breathing=BREATH, responses=RESPONSES, baseline=REST, check_ins=SAID
    ).followed
    assert without is not None
    assert with_it is not None
    before = without.times < 300
    for name in NAMES:
        one, other = getattr(without, name), getattr(with_it, name)
        np.testing.assert_array_equal(one.values[before], other.values[before])
        assert not np.array_equal(one.values, other.values)


def test_a_drug_changes_nothing_before_it_acts_and_leaves_patterns_unknown_while_it_does() -> (
    None
):
    without = drives(BEATS, breathing=BREATH, baseline=REST).followed
    with_it = drives(
        BEATS, breathing=BREATH, baseline=REST, drugs=[Drug("propranolol", 300.0, 500.0)]
    ).followed
    assert without is not None
    assert with_it is not None
    before, acting = without.times <= 300, (without.times > 300) & (without.times < 500)
    for name in NAMES:
        one, other = getattr(without, name), getattr(with_it, name)
        np.testing.assert_array_equal(one.values[before], other.values[before])
    assert (with_it.patterns[acting, PATTERNS.index("unknown")] == 1).all()
    assert with_it.sympathetic.values[np.searchsorted(with_it.times, 420)] < np.log(0.1)
    assert with_it.sympathetic.se[-1] < 0.5  # it is over, and forgotten


def test_a_drug_in_the_only_quiet_minutes_leaves_no_rest() -> None:
    found = drives(BEATS, drugs=[Drug("atropine", 0.0)])
    assert "atropine acts in the first quiet stretch" in found.vagal.reasons[0]


def test_a_palm_that_was_not_seen_for_a_while_tells_nothing_there() -> None:
    off = Intervals([0.0, 450.0], [300.0, 600.0], ["watched"] * 2)
    quiet = drives(BEATS, responses=RESPONSES, baseline=REST)
    bare = drives(BEATS, responses=RESPONSES, baseline=REST, watched=off)
    r = RESPONSES
    kept = (r.times < 300) | (r.times > 450)
    lost = Responses(r.times[kept], r.peaks[kept], r.amplitude[kept], "a")
    other = drives(BEATS, responses=lost, baseline=REST, watched=off)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(bare, name).values, getattr(other, name).values)
    inside = (quiet.times > 320) & (quiet.times < 430)
    assert bare.arousal.se[inside].mean() > 1.1 * quiet.arousal.se[inside].mean()


def test_a_span_watched_is_one_stretch_and_none_at_all_is_never() -> None:
    one, other = (
        drives(BEATS, responses=RESPONSES, baseline=REST, watched=seen)
        for seen in (Span(0.0, 400.0), Intervals([0.0, 200.0], [250.0, 400.0], ["", ""]))
    )
    np.testing.assert_array_equal(one.arousal.values, other.arousal.values)
    never = drives(BEATS, responses=RESPONSES, baseline=REST, watched=Intervals.none())
    bare = drives(BEATS, baseline=REST)
    np.testing.assert_array_equal(never.arousal.values, bare.arousal.values)
    assert "not seen there" in " ".join(never.costs)


def test_a_gap_widens_the_intervals_and_they_close_again() -> None:
    keep = (BEATS.times < 350) | (BEATS.times > 450)
    normal = BEATS.normal[keep].copy()
    normal[np.searchsorted(BEATS.times[keep], 450)] = False
    gap = drives(Beats(BEATS.times[keep], normal, "a"), breathing=BREATH, baseline=REST)
    at = np.searchsorted(gap.times, [340, 400, 520])
    before, inside, after = gap.vagal.se[at]
    assert inside > 1.5 * max(before, after)
    assert gap.vagal[at[1]].quality == 0
    assert gap.vagal[at[1]].n == 0
    assert gap.patterns[at[1], PATTERNS.index("unknown")] > 0.9


def test_what_a_later_second_adds_never_makes_an_interval_wider() -> None:
    found = drives(BEATS, breathing=BREATH, responses=RESPONSES, baseline=REST)
    assert found.followed is not None
    assert np.all(np.linalg.eigvalsh(_unwidened(found.followed) - _unwidened(found)) > -1e-9)


def _unwidened(found: Drives) -> np.ndarray:
    from interbeat.state._numbers import WIDTHS

    widths = np.array(
        WIDTHS["breathed", str(found.settings["pass"]), str(found.settings["sweat"])]
    )
    return np.asarray(found.within / widths[:, None] / widths[None, :])


@pytest.mark.parametrize("unit", [1e-3, 250.0])
def test_the_unit_of_the_belt_does_not_matter(unit: float) -> None:
    one = drives(BEATS, breathing=BREATH, baseline=REST)
    belt = Signal(7 + unit * BREATH.values, 10.0, "a.u.", "a", 0.0)
    other = drives(BEATS, breathing=belt, baseline=REST)
    np.testing.assert_allclose(one.vagal.values, other.vagal.values, atol=1e-6)


def test_later_by_an_hour_is_the_same_an_hour_later() -> None:
    one = drives(BEATS, breathing=BREATH, responses=RESPONSES, baseline=REST)
    other = drives(
        BEATS.moved(3600.0), breathing=BREATH.moved(3600.0), responses=RESPONSES.moved(3600.0),
        baseline=Span(3600.0, 3840.0),
    )  # fmt: skip
    np.testing.assert_array_equal(other.times, one.times + 3600)
    np.testing.assert_allclose(one.vagal.values, other.vagal.values, atol=1e-6)


def test_no_beats_give_no_seconds() -> None:
    assert len(drives(Beats.at([], "a"))) == 0


@pytest.mark.parametrize("times", [[5.0], [5.0, 5.9], np.arange(0, 100, 0.9)])
def test_too_few_beats_are_missing_with_a_reason(times: list[float]) -> None:
    found = drives(Beats.at(times, "a"), breathing=BREATH)
    assert found.baseline is None
    assert all(found.vagal.reasons)
    assert np.isnan(found.vagal.values).all()
    assert (found.patterns[:, PATTERNS.index("unknown")] == 1).all()


def test_a_given_baseline_without_beats_is_missing_with_a_reason() -> None:
    found = drives(BEATS, baseline=Span(1000.0, 1100.0))
    assert "beats cover 0 s of the 100 s" in found.vagal.reasons[0]


@pytest.mark.parametrize(
    "breath",
    [np.full(6000, 2.0), np.full(6000, np.nan), BREATH.values[:500]],
    ids=["constant", "lost", "short"],
)
def test_a_belt_that_shows_no_breath_at_rest_counts_as_none_and_says_so(
    breath: np.ndarray,
) -> None:
    found = drives(BEATS, breathing=Signal(breath, 10.0, "L", "a", 0.0), baseline=REST)
    bare = drives(BEATS, baseline=REST)
    np.testing.assert_array_equal(found.vagal.values, bare.vagal.values)
    assert "promised but not seen" in found.costs[0]
    assert "not measured" in bare.costs[0]


def test_a_belt_that_ends_early_leaves_wider_intervals_from_there() -> None:
    found = drives(BEATS, breathing=BREATH.between(0, 300), baseline=REST)
    whole = drives(BEATS, breathing=BREATH, baseline=REST)
    late = found.times > 320
    assert np.mean(found.vagal.se[late]) > np.mean(whole.vagal.se[late])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: drives(BEATS, baseline=Span(0, 20)), "60 s or more"),
        (lambda: drives(BEATS, baseline=Span(0, math.nan)), "60 s or more"),
        (lambda: drives(BEATS, breathing=BREATH.renamed("b")), "'b'"),
        (lambda: drives(BEATS, responses=RESPONSES.renamed("b")), "'b'"),
        (lambda: drives(BEATS).interval("balance"), "vagal, sympathetic, arousal"),
        (lambda: drives(BEATS, baseline=REST, drugs=[Drug("atropine", 100.0)]), "acts in the"),
        (lambda: Drug("caffeine", 100.0), "atropine, propranolol"),
        (lambda: Drug("atropine", 100.0, 90.0), "from 100.0 to 90.0 s"),
        (lambda: Drug("atropine", math.nan), "from nan"),
        (lambda: CheckIn(0.0, 2.0), "0 to 1"),
        (lambda: CheckIn(0.0, 0.5, "sideways"), "toward, away, unsure"),
        (lambda: CheckIn(math.nan), "time"),
        (lambda: CheckIn(0.0, 0.5, se=0.0), "standard error"),
    ],
)
def test_a_wrong_call_is_refused_with_what_is_possible(
    wrong: Callable[[], object], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        wrong()


def test_what_comes_too_late_is_refused() -> None:
    follower = Follower("a", breathing=False, sweat=False, baseline=Span(0, 120))
    follower.push(200.0, beats=BEATS.between(0, 200))
    with pytest.raises(DataError, match="too late"):
        follower.push(210.0, beats=BEATS.between(150, 210))
    with pytest.raises(DataError, match="complete up to"):
        follower.push(100.0)
