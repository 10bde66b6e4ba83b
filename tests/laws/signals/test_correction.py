"""Marks: nothing moves, no cut shows, and what is wrong is marked."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.signals.correction import (
    CorrectedBeats,
    CorrectionStage,
    correct_beats,
    irregular_stretches,
    mark_beats,
)

intervals = st.lists(
    st.one_of(st.floats(0.5, 1.1), st.sampled_from([0.05, 0.3, 0.4, 1.6, 2.4, 2.6, 9.0])),
    max_size=60,
)


def beats(rr: list[float] | FloatArray) -> Beats:
    return Beats.from_rr(np.asarray(rr) * 1000, "a", start=3.0)


def sinus(n: int, seed: int, swing: float = 0.04) -> FloatArray:
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.cumsum(np.full(n, 0.8)) / 5
    return np.asarray(0.8 + swing * np.sin(phase) + rng.normal(0, 0.012, n))


def streamed(parts: list[Beats], *, told: bool) -> Beats:
    stage, out = CorrectionStage("a"), Beats.at([], "a")
    for part in parts:
        before = stage.until
        known = part.end + 3.0 if told and len(part) else -np.inf
        made = stage.push(part, until=known)["beats"]
        assert isinstance(made, Beats)
        assert len(made) == 0 or made.start >= before
        assert stage.until >= before
        if len(part):
            assert stage.until >= part.end - stage.latency
        out = out.then(made)
    rest = stage.finish()["beats"]
    assert isinstance(rest, Beats)
    return out.then(rest)


@given(
    rr=intervals, cuts=st.lists(st.integers(0, 60), max_size=9), given_bad=st.integers(0, 60)
)
@settings(max_examples=200, deadline=None)
def test_marks_do_not_depend_on_cuts_and_nothing_moves(
    rr: list[float], cuts: list[int], given_bad: int
) -> None:
    whole = beats(rr)
    normal = np.arange(len(whole)) != given_bad
    whole = Beats(whole.times, normal, "a")
    marked = mark_beats(whole)
    np.testing.assert_array_equal(marked.times, whole.times)
    assert not marked.normal[~whole.normal].any()
    times = [whole.times[min(c, len(whole) - 1)] for c in sorted(cuts)]
    edges = [-np.inf, *times, np.inf]
    parts = [whole.between(a, b) for a, b in pairwise(edges)]
    assert streamed(parts, told=False) == marked
    since = np.diff(whole.times)
    assert not marked.normal[1:][(since > 2.5) | (since < 0.27)].any()


def test_knowing_of_a_silence_changes_no_mark() -> None:
    rr = np.concatenate(
        (sinus(40, 1), [4.0], sinus(5, 2), [5.0], [0.5, 0.8], [3.9], sinus(9, 3))
    )
    whole = beats(rr)
    marked = mark_beats(whole)
    breaks = whole.times[np.flatnonzero(np.diff(whole.times) > 2.5) + 1]
    edges = [-np.inf, *breaks, np.inf]
    parts = [whole.between(a, b) for a, b in pairwise(edges)]
    told = []
    stage = CorrectionStage("a")
    for part in parts:
        made = stage.push(part, until=part.end + 2.6)["beats"]
        assert len(made) == len(part)
        assert stage.until == part.end + 2.6
        told.append(made)
    np.testing.assert_array_equal(
        np.concatenate([b.normal for b in told if isinstance(b, Beats)]), marked.normal
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_clean_heart_is_not_marked(seed: int) -> None:
    assert mark_beats(beats(sinus(600, seed))).normal.mean() > 0.995


@pytest.mark.parametrize("seed", range(3))
def test_deep_breathing_is_not_marked(seed: int) -> None:
    assert mark_beats(beats(sinus(600, seed, swing=0.15))).normal.mean() > 0.99


def breathed(seed: int) -> FloatArray:
    """Five to seven deep breaths a minute: intervals (s) swing by 0.2 to 0.45 s in each."""
    rng = np.random.default_rng(seed)
    mean, swing = rng.uniform(0.75, 1.05), rng.uniform(0.1, 0.225)
    breath, sharp = 60 / rng.uniform(5, 7), rng.choice([0, 0.6, 0.9])
    rr, now = [], 0.0
    for noise in rng.normal(0, 0.015, 300):
        phase = 2 * np.pi * now / breath
        rr.append(mean + swing * np.sin(phase + sharp * np.sin(phase)) + noise)
        now += rr[-1]
    return np.array(rr)


def panted(seed: int) -> FloatArray:
    """Hard breathing of three to eight beats: up by 0.2 to 0.45 s at once, and down slowly."""
    rng = np.random.default_rng(seed)
    low, swing = rng.uniform(0.52, 0.8), rng.uniform(0.2, 0.45)
    rate, rise = rng.uniform(5, 14) / 60, rng.uniform(0.1, 0.3)
    rr, phase = [], 0.0
    for noise in rng.normal(0, 0.02, 200):
        up = min(phase % 1 / rise, (1 - phase % 1) / (1 - rise))
        rr.append(low + swing * up + noise)
        phase += rate * rr[-1]
    return np.array(rr)


@pytest.mark.parametrize("seed", range(10))
def test_slow_deep_breaths_are_normal(seed: int) -> None:
    assert mark_beats(beats(breathed(seed))).normal.all()


def test_hard_breathing_is_hardly_marked() -> None:
    kept = np.array([mark_beats(beats(panted(seed))).normal.mean() for seed in range(30)])
    assert kept.mean() > 0.995
    assert kept.min() > 0.96


@pytest.mark.parametrize(("spread", "lost"), [(0.04, 0.02), (0.06, 0.025), (0.08, 0.03)])
def test_intervals_that_are_noise_keep_their_size(spread: float, lost: float) -> None:
    """What short and long intervals in a row give is taken for an early beat now and then."""
    kept, size = [], []
    for seed in range(20):
        noise = beats(np.random.default_rng(seed).normal(0.8, spread, 400))
        marked = mark_beats(noise)
        kept.append(marked.normal.mean())
        size.append(rmssd(marked) / rmssd(noise))
    assert np.mean(kept) > 0.994
    assert np.mean(size) > 1 - lost


def with_beat(rr: FloatArray, change: str) -> tuple[Beats, int]:
    """Return beats with something wrong half way, and which of them should be marked."""
    times, k = beats(rr).times.copy(), rr.size // 2
    if change == "missed":
        return Beats.at(np.delete(times, k), "a"), k
    if change == "extra":
        return Beats.at(
            np.insert(times, k, times[k - 1] + 0.4 * (times[k] - times[k - 1])), "a"
        ), k
    times[k] += {"early": -0.25, "late": 0.25, "ectopic": -0.3}[change]
    return Beats.at(times, "a"), k


@pytest.mark.parametrize("change", ["missed", "extra", "early", "late", "ectopic"])
@pytest.mark.parametrize("seed", range(4))
def test_the_wrong_beat_is_marked_and_no_other(change: str, seed: int) -> None:
    wrong, k = with_beat(sinus(120, seed), change)
    np.testing.assert_array_equal(np.flatnonzero(~mark_beats(wrong).normal), [k])


def test_every_second_beat_may_be_ectopic() -> None:
    rr = sinus(60, 4)
    rr[20:40:2], rr[21:40:2] = rr[20:40:2] - 0.25, rr[21:40:2] + 0.25
    np.testing.assert_array_equal(
        np.flatnonzero(~mark_beats(beats(rr)).normal), np.arange(21, 41, 2)
    )


def test_artifacts_add_little_to_rmssd() -> None:
    """Six in a hundred, equal parts missed, extra and misplaced by 12 to 30 %.

    In one of these forty, a missed beat beside a misplaced one gives 858, 1394, 968 and 750 ms,
    as a deep breath would; it adds 45 %.
    """
    errors = []
    for seed in range(40):
        clean = beats(sinus(600, seed)).times
        dirty = mark_beats(Beats.at(spoiled(clean, seed), "a"))
        errors.append(abs(rmssd(dirty) / rmssd(Beats.at(clean, "a")) - 1))
    assert np.median(errors) < 0.03
    assert np.percentile(errors, 90) < 0.07
    assert np.sum(np.array(errors) > 0.12) <= 1


def spoiled(clean: FloatArray, seed: int) -> FloatArray:
    rng, times = np.random.default_rng(seed), clean.copy()
    chosen = rng.choice(np.arange(3, clean.size - 3), clean.size * 6 // 100, replace=False)
    missed, misplaced, extra = np.array_split(chosen, 3)
    side = rng.choice([-1, 1], misplaced.size)
    times[misplaced] += side * rng.uniform(0.12, 0.3, misplaced.size) * 0.8
    added = clean[extra] + rng.uniform(0.3, 0.7, extra.size) * 0.8
    return np.unique(np.concatenate((np.delete(times, missed), added)))


def rmssd(b: Beats) -> float:
    pairs = b.nn[1:] & b.nn[:-1]
    return float(np.sqrt(np.mean(np.diff(b.rr_ms)[pairs] ** 2)))


@given(rr=intervals, given_bad=st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_corrected_copy_says_of_each_beat_what_became_of_it(
    rr: list[float], given_bad: int
) -> None:
    whole = beats(rr)
    whole = Beats(whole.times, np.arange(len(whole)) != given_bad, "a")
    copy = correct_beats(whole)
    assert (np.diff(copy.times) > 0).all()
    assert not (copy.moved & copy.inserted).any()
    kept = copy.times[~(copy.moved | copy.inserted)]
    assert np.isin(kept, whole.times).all()
    assert np.isin(copy.removed, whole.times).all()
    assert not np.isin(copy.removed, kept).any()
    assert kept.size + copy.moved.sum() + copy.removed.size == len(whole)
    assert (copy.moved | copy.inserted).mean() == copy.changed
    assert copy.follows[copy.moved | copy.inserted].all()
    assert not copy.follows[0]


@given(rr=intervals)
@settings(max_examples=200, deadline=None)
def test_no_gap_is_bridged(rr: list[float]) -> None:
    whole = beats(rr)
    copy = correct_beats(whole)
    for start, end in pairwise(whole.times.tolist()):
        if end - start > 2.5:
            inside = (copy.times > start) & (copy.times < end)
            assert not inside.any()
            after = np.searchsorted(copy.times, end)
            assert after == len(copy) or not copy.follows[after]
    nn = copy.nn_ms
    np.testing.assert_array_equal(np.isfinite(nn), copy.follows[1:])


def test_an_empty_heart_has_an_empty_copy() -> None:
    copy = correct_beats(Beats.at([], "a"))
    assert len(copy) == len(copy.taken_as_normal()) == copy.changed == 0
    assert correct_beats(Beats.at([1.0], "a")).times.tolist() == [1.0]


@pytest.mark.parametrize("change", ["missed", "extra", "early", "late", "ectopic"])
@pytest.mark.parametrize("seed", range(4))
def test_a_copy_comes_near_the_beats_before_they_were_spoiled(change: str, seed: int) -> None:
    clean = beats(sinus(120, seed)).times
    wrong, k = with_beat(sinus(120, seed), change)
    copy = correct_beats(wrong)
    assert copy.times == pytest.approx(clean, abs=0.06)
    assert copy.inserted.sum() == (change == "missed")
    assert copy.moved.sum() == (change in {"early", "late", "ectopic"})
    assert copy.removed.tolist() == ([wrong.times[k]] if change == "extra" else [])
    kinds = {"missed": "missed", "extra": "extra", "late": "misplaced"}
    assert copy.found[kinds.get(change, "ectopic")].tolist() == [wrong.times[k]]
    assert copy.taken_as_normal().nn.all()


def test_where_the_sinus_node_begins_anew_a_copy_has_a_hole() -> None:
    rr = sinus(120, 5)
    rr[60], rr[61] = 0.45, 0.95  # what lies between is 1.75 intervals
    copy = correct_beats(beats(rr))
    assert np.isnan(copy.nn_ms).sum() == 1
    assert copy.removed.size == 1
    assert not (copy.moved | copy.inserted).any()


def test_three_missed_beats_in_a_row_are_put_in() -> None:
    clean = beats(sinus(120, 6) - 0.2).times
    copy = correct_beats(Beats.at(np.delete(clean, [60, 61, 62]), "a"))
    assert copy.inserted.sum() == 3
    assert copy.times == pytest.approx(clean, abs=0.1)


def test_marks_and_a_copy_both_keep_the_spread_of_a_spoiled_heart() -> None:
    lost, kept = [], []
    for seed in range(12):
        clean = beats(sinus(600, seed)).times
        dirty = Beats.at(spoiled(clean, seed), "a")
        true = np.diff(clean).std()
        marked = mark_beats(dirty)
        lost.append(abs(marked.rr_ms[marked.nn].std() / 1000 / true - 1))
        kept.append(abs(np.nanstd(correct_beats(dirty).nn_ms) / 1000 / true - 1))
    assert np.median(kept) < 0.02
    assert np.median(lost) < 0.02


def test_no_measure_takes_a_corrected_copy_for_beats() -> None:
    assert not issubclass(CorrectedBeats, Beats)


def test_deep_breathing_is_no_lack_of_rhythm() -> None:
    assert len(irregular_stretches(beats(sinus(600, 1, swing=0.15)))) == 0


def test_a_stretch_without_rhythm_is_found_where_it_is() -> None:
    wild = np.random.default_rng(1).uniform(0.45, 1.0, 300)
    whole = mark_beats(beats(np.concatenate((sinus(300, 1), wild, sinus(300, 2)))))
    found = irregular_stretches(whole)
    assert set(found.labels) == {"irregular"}
    assert found.starts[0] == pytest.approx(whole.times[300], abs=60)
    assert found.ends[-1] == pytest.approx(whole.times[600], abs=30)
    assert found.seconds == pytest.approx(wild.sum(), rel=0.3)
    assert len(irregular_stretches(whole.between(0, 20))) == 0


def test_too_little_between_two_stretches_without_rhythm_is_part_of_them() -> None:
    rng = np.random.default_rng(2)
    wild, other = rng.uniform(0.45, 1.0, (2, 200))
    for between, count in ((40, 1), (300, 2)):
        rr = np.concatenate((wild, sinus(between, 3), other))
        assert len(irregular_stretches(mark_beats(beats(rr)))) == count


@pytest.mark.parametrize("given", [[800.0, 810.0], np.full(5, 800.0), None])
@pytest.mark.parametrize("ask", [mark_beats, correct_beats, irregular_stretches])
def test_intervals_are_no_beats(ask: Callable[[Beats], object], given: object) -> None:
    with pytest.raises(DataError, match=r"beats are wanted, not .*Beats\.from_rr"):
        ask(given)  # type: ignore[arg-type]


def test_what_does_not_fit_is_refused() -> None:
    stage = CorrectionStage("a")
    stage.push(Beats.at([1, 2], "a"))
    with pytest.raises(DataError, match=r"a beat at 1\.500 s does not come after"):
        stage.push(Beats.at([1.5], "a"))
    with pytest.raises(DataError, match="beats of 'b' in a stream of 'a'"):
        stage.push(Beats.at([3], "b"))
    with pytest.raises(DataError, match="marking takes Beats, not Signal"):
        stage.push(Signal([1.0], 4.0, "mV", "a", 0.0))
