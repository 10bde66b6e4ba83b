"""Bad signals: a reason in place of a number, an exclusion that says so, never a crash."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom
from tests.designed import simulate

from interbeat.core.errors import DataError
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.pipeline._pair import pair
from interbeat.pipeline.analysis import PersonAnalysis
from interbeat.pipeline.analyze import analyze, replay
from interbeat.pipeline.engine import Engine
from interbeat.sources import read


@pytest.fixture(scope="module")
def ecg() -> Signal:
    signal = simulate("strangers", seed=2).session["a"].channels["ecg"]
    assert isinstance(signal, Signal)
    return signal.between(0, 200)


def _of(ecg: Signal, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> PersonAnalysis:
    signal = Signal(values, ecg.sampling_rate, ecg.unit, "a", ecg.start)
    return analyze(Session((Recording("a", {"ecg": signal}),)))["a"]


def test_an_upside_down_ecg_gives_the_same_beats(ecg: Signal) -> None:
    here, there = _of(ecg, ecg.values), _of(ecg, -ecg.values)
    assert len(here.beats) > 100
    assert here.beats == there.beats


def test_an_upside_down_ecg_is_reported_and_an_upright_one_is_not(ecg: Signal) -> None:
    turned = Signal(-ecg.values, ecg.sampling_rate, ecg.unit, "a", ecg.start)
    for signal, said in ((ecg, []), (turned, ["upside down"])):
        found = analyze(Session((Recording("a", {"ecg": signal}),))).inferences
        assert [i.value for i in found if i.quantity == "polarity"] == said


@pytest.mark.parametrize(
    "spoil",
    [
        np.zeros_like,
        lambda x: np.full_like(x, np.nan),
        lambda x: np.full_like(x, 3.3),
        lambda x: np.where(np.arange(x.size) % 2, 5.0, -5.0),
    ],
    ids=["zero", "lost", "saturated", "mains"],
)
def test_a_dead_ecg_gives_no_number_and_says_so(
    ecg: Signal, spoil: Callable[..., np.ndarray[tuple[int], np.dtype[np.float64]]]
) -> None:
    person = _of(ecg, spoil(ecg.values))
    assert all(estimate.reason for estimate in person.summary.values())
    assert person.excluded.seconds > 0.9 * 200
    assert all(np.isnan(track.values).all() for track in person.tracks.values())


def test_a_clipped_ecg_still_has_its_beats(ecg: Signal) -> None:
    top = np.quantile(ecg.values, 0.98)
    person = _of(ecg, np.clip(ecg.values, -top, top))
    whole = _of(ecg, ecg.values)
    counts = [len(p.beats) for p in (person, whole)]
    assert abs(counts[0] - counts[1]) <= 0.05 * counts[1]


def test_a_gap_is_named_and_nothing_is_bridged(ecg: Signal) -> None:
    values = ecg.values.copy()
    rate = ecg.sampling_rate
    values[int(80 * rate) : int(110 * rate)] = np.nan
    person = _of(ecg, values)
    beats = person.beats
    rr = np.diff(beats.times)
    assert rr.max() > 29
    assert not beats.nn[int(np.argmax(rr))]
    assert any(label == "ecg: no data" for label in person.excluded.labels)
    assert person.summary["mean_hr"].quality < 0.9


def test_an_ecg_at_10_hz_is_refused_with_the_reason() -> None:
    slow = Signal(np.sin(np.arange(3000)), 10, "mV", "a", 0)
    person = analyze(Session((Recording("a", {"ecg": slow}),)))["a"]
    assert all(estimate.reason for estimate in person.summary.values())
    assert any("10 Hz" in label for label in person.excluded.labels)


@pytest.mark.parametrize("times", [4, 10])
def test_a_wrong_sampling_rate_gives_no_heart_rate(ecg: Signal, times: int) -> None:
    """The same samples said to be quicker: complexes too narrow to be a heart's."""
    wrong = Signal(ecg.values, times * ecg.sampling_rate, ecg.unit, "a", 0)
    person = analyze(Session((Recording("a", {"ecg": wrong}),)))["a"]
    assert person.summary["mean_hr"].reason
    assert person.summary["rmssd"].reason
    assert any(label.startswith("heart: poor signal (") for label in person.excluded.labels)


def test_a_bad_second_enters_no_estimate(ecg: Signal) -> None:
    """Noise over 20 s: what was left out is what the measures did not see."""
    rate = ecg.sampling_rate
    values = ecg.values.copy()
    noisy = slice(int(80 * rate), int(100 * rate))
    rng = np.random.default_rng(5)
    values[noisy] = rng.normal(scale=2 * np.abs(ecg.values).max(), size=values[noisy].size)
    person = _of(ecg, values)
    inside = person.beats.between(81, 99)
    assert not inside.normal.any()
    assert not person.breaths.between(83, 97).normal.any()  # breathing is seen in the ECG
    clean = _of(ecg, ecg.values)
    assert person.summary["rmssd"].value == pytest.approx(clean.summary["rmssd"].value, rel=0.1)
    assert person.summary["rmssd"].quality < clean.summary["rmssd"].quality - 0.08


def test_skin_conductance_in_raw_units_gives_no_microsiemens() -> None:
    raw = Signal(np.linspace(300, 400, 800), 4, "a.u.", "a", 0)
    person = analyze(Session((Recording("a", {"eda": raw}),)))["a"]
    assert not len(person.responses) + len(person.beats) + len(person.breaths)
    assert person.summary["scl"].reason
    assert any("µS" in label for label in person.excluded.labels)


def test_a_very_short_recording_has_reasons_and_no_tracks() -> None:
    short = simulate("strangers", seed=2).session.between(0, 3)
    analysis = analyze(short)
    known = {name for name, estimate in analysis["a"].summary.items() if not estimate.reason}
    assert known == {"scl"}  # three seconds of skin conductance have a level, and nothing else
    assert not analysis["a"].tracks
    assert all(found.strength.reason for found in (analysis.dyad or {}).values())


def test_nothing_waits_for_a_heart_that_is_silent(ecg: Signal) -> None:
    values = ecg.values.copy()
    values[int(80 * ecg.sampling_rate) : int(140 * ecg.sampling_rate)] = 0.0
    flat = Signal(values, ecg.sampling_rate, ecg.unit, "a", ecg.start)
    session = Session((Recording("a", {"ecg": flat}),))
    engine, known = Engine.for_session(session), 60.0
    for chunk in replay(session, 1.0):
        track = engine.push(chunk).tracks.get("rmssd")
        known = known if track is None else float(track.times[-1])
        assert chunk.end - known <= 8 or chunk.end < 70


def test_a_chunk_that_was_not_announced_is_an_error(ecg: Signal) -> None:
    engine = Engine.for_session(Session((Recording("a", {"ecg": ecg}),)))
    with pytest.raises(DataError, match="'eda' of 'a' was not announced; possible: ecg"):
        engine.push(Recording("a", {"eda": Signal([1.0], 4, "µS", "a", 0)}))
    with pytest.raises(DataError, match="no person is called 'b'; possible: a"):
        engine.push(Recording("b", {"ecg": ecg.renamed("b")}))


def test_two_people_recorded_apart_are_in_sync_as_seldom_as_chance_has_it(
    data: Callable[[str], Path],
) -> None:
    """bids_ds210: eight strangers, each alone in a scanner. Whatever is found is chance.

    Of any one pair p may be under 0.05, and of the first two it is. Of all 56 (28 pairs, heart
    rate and breathing) no more may be than chance gives in 997 of 1000 cases.
    """
    file = "bids_ds210/sub-0{0}/func/sub-0{0}_task-rest_run-01_physio.tsv.gz"
    people = [analyze(read(data(file.format(k)))) for k in range(1, 9)]
    channels = [next(iter(one.people.values())).derived.channels for one in people]
    found = [pair(a, b, people[0].span) for a, b in combinations(channels, 2)]
    p = np.array([[one["heart rate"].p, one["breathing"].p] for one in found])
    assert p.shape == (28, 2)
    assert (p <= 0.05).sum() <= binom.ppf(0.997, p.size, 0.05)
    assert 0.4 < p.mean() < 0.65
    assert (p[:, 0] > 0.05).sum() >= 24
