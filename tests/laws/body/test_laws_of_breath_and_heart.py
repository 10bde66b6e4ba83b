"""Whatever happens to whatever body: breaths and beats go on, and nothing is absurd."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.body.circulation import circulate
from interbeat.body.couple import live
from interbeat.body.heart import Heart
from interbeat.body.inputs import Inputs, Tie
from interbeat.body.lungs import Lungs, breathe
from interbeat.body.memory import Memory
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams
from interbeat.body.person import Person

SECONDS = 40.0
N = round(SECONDS * 10)
SHARES = (
    "posture", "movement", "speech", "cold_face", "hum", "touch", "atropine", "propranolol",
    "grounding",
)  # fmt: skip
shares = st.floats(0, 1)
levels = st.fixed_dictionaries(dict.fromkeys(SHARES, shares))
paces = st.one_of(st.just(float("nan")), st.floats(1, 60))
depths = st.one_of(st.just(float("nan")), st.floats(0, 5))
seeds = st.integers(0, 10**6)
some = settings(max_examples=60, deadline=None)


def stepping(low: float, high: float) -> Any:  # noqa: ANN401 - an array
    """Return a track that changes at once, halfway."""
    return np.where(np.arange(N) < N // 2, low, high)


@some
@given(levels, st.tuples(paces, depths), st.floats(0, 3), seeds)
def test_anybody_breathes_and_beats_whatever_happens(
    found: dict[str, float], asked: tuple[float, float], danger: float, seed: int
) -> None:
    tracks = {name: stepping(0.0, level) for name, level in found.items()}
    inputs = replace(
        Inputs.at_rest(SECONDS),
        **tracks,
        danger=stepping(0.0, danger),
        control=stepping(1.0, 0.0),
        pace=np.full(N, asked[0]),
        depth=np.full(N, asked[1]),
    )
    rng = np.random.default_rng(seed)
    person = Person.drawn(rng, age=float(rng.uniform(18, 100)))
    truth = live([person], [inputs], seed=seed)["a"]
    intervals = np.diff(truth.beats.times)
    assert intervals.min() > 0.25
    assert intervals.max() < 2.7
    assert np.all(truth.diastolic.values > 20)
    assert np.all(truth.systolic.values < 350)
    assert np.all(truth.systolic.values > truth.diastolic.values)
    for one in (truth.vagal, truth.sympathetic, truth.vagal_effect, truth.sympathetic_effect):
        assert np.all(one.values >= 0)
        assert np.all(np.isfinite(one.values))
    assert np.all(truth.volume.values >= -1e-9)
    assert np.all(np.isfinite(truth.carbon_dioxide.values))
    assert np.all(truth.carbon_dioxide.values > 0)


@some
@given(st.floats(-2, 20), st.floats(0, 60), st.floats(0, 1), seeds)
def test_no_reflex_stops_the_heart_or_makes_it_race_beyond_what_a_heart_can(
    reflex: float, startle: float, threat: float, seed: int
) -> None:
    rest, flat = Inputs.at_rest(SECONDS), np.zeros(N)
    mind = Appraisal(
        stepping(0, threat), flat, flat, stepping(0, reflex), stepping(0, startle),
        np.zeros(0), np.zeros(0), Memory(),
    )  # fmt: skip
    heart = Heart.drawn(np.random.default_rng(seed))
    (breathing,) = breathe(
        [Lungs()], [rest], [mind.threat], pulls=[flat], streams=[Streams(seed, 0)]
    )
    found = circulate(
        heart, 40.0, rest, mind=mind, breathing=breathing, streams=Streams(seed, 0)
    )
    intervals = np.diff(found.beats)
    fastest = 60 / (heart.fastest_rate - heart.fastest_slope * 40)
    assert intervals.min() > 0.98 * fastest
    assert intervals.max() < 2.7


@some
@given(st.floats(0, 1), st.floats(1, 60), st.floats(0, 1), seeds)
def test_breaths_of_two_never_run_backwards(
    pull: float, pace: float, speech: float, seed: int
) -> None:
    rest = Inputs.at_rest(SECONDS)
    one = replace(rest, pace=np.full(N, pace))
    other = replace(rest, speech=np.full(N, speech))
    rng = np.random.default_rng(seed)
    found = breathe(
        [Lungs.drawn(rng), Lungs.drawn(rng)], [one, other], [np.zeros(N)] * 2,
        pulls=[np.full(N, pull)] * 2, streams=[Streams(seed, 0), Streams(seed, 1)],
    )  # fmt: skip
    for breathing in found:
        assert np.all(np.diff(breathing.onsets) > 0)
        assert np.all(breathing.peaks > breathing.onsets)
        assert np.all(breathing.peaks[:-1] < breathing.onsets[1:])
        assert np.all(breathing.depths > 0)
        assert np.all(np.diff(breathing.volume) < 1.0)


@given(st.integers(1, 30), seeds)
@settings(max_examples=20, deadline=None)
def test_even_the_shortest_session_is_lived(tenths: int, seed: int) -> None:
    rest = Inputs.at_rest(tenths / 10)
    truth = live([Person()] * 2, [rest] * 2, seed=seed, ties=(Tie(breath=1.0),) * 2)
    assert truth["a"].systolic.values.size == tenths
    assert np.all(np.isfinite(truth["b"].systolic.values))


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    inputs = [Inputs.at_rest(SECONDS)] * 2
    one, again = (live([Person()] * 2, inputs, seed=seed) for _ in range(2))
    for name in "ab":
        assert one[name].beats.times.tobytes() == again[name].beats.times.tobytes()
        assert one[name].volume.values.tobytes() == again[name].volume.values.tobytes()
