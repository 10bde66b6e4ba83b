"""Where recordings begin and end: late, early, never, far from second 0."""

from __future__ import annotations

import numpy as np
import pytest
from tests.designed import simulate

import interbeat as ib
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.pipeline.engine import Engine
from interbeat.pipeline.tasks import tasks


@pytest.fixture(scope="module")
def couple() -> Session:
    return simulate("calm evening", seed=5).session.between(0, 200)


@pytest.mark.parametrize("channels", [{}, {"ecg": Signal([], 250, "mV", "a", 0)}])
def test_a_session_without_a_sample_is_refused(channels: dict[str, Signal]) -> None:
    with pytest.raises(DataError, match="no sample and no event was recorded"):
        ib.analyze(Session((Recording("a", channels),)))


def test_the_last_beat_counts() -> None:
    """Intervals from a file and the same intervals as an array give the same numbers."""
    rr = np.random.default_rng(5).normal(800, 40, 300)  # no beat is marked in it
    heart = Recording("a", {"beats": ib.Beats.from_rr(rr, "a")})
    whole = ib.analyze(Session((heart,)))["a"].summary
    for name, estimate in ib.hrv(rr).items():
        assert whole[name].n == estimate.n
        assert whole[name].value == pytest.approx(estimate.value, nan_ok=True)
        assert whole[name].reason == estimate.reason


def test_an_engine_that_was_ended_takes_no_more(couple: Session) -> None:
    engine = Engine.for_session(couple)
    engine.push(couple["a"].between(0, 50))
    engine.finish()
    with pytest.raises(DataError, match="was ended"):
        engine.push(couple["a"].between(50, 100))


def test_no_task_takes_the_name_of_another() -> None:
    found = tasks(Intervals([0, 100, 200, 300], [50, 150, 250, 350], ["t", "t (2)", "t", "t"]))
    assert [span.start for span in found.values()] == [0, 100, 200, 300]
    assert list(found) == ["t", "t (2)", "t (3)", "t (4)"]


@pytest.mark.parametrize("shift", [-100_000.0, 1_048_576.0])
def test_second_0_may_be_far_away(couple: Session, shift: float) -> None:
    heart = Session((couple["a"].between(0, 150),))
    here, there = ib.analyze(heart)["a"], ib.analyze(Session((heart["a"].moved(shift),)))["a"]
    assert len(here.beats) == len(there.beats) > 100
    assert there.tracks["rmssd"].start == here.tracks["rmssd"].start + shift
    for name, estimate in here.summary.items():
        assert str(there.summary[name]) == str(estimate)


def test_what_began_late_or_ended_early_is_named(couple: Session) -> None:
    a, b = couple.recordings
    eda = a.channels["eda"].between(50, 120)
    session = Session((Recording("a", {**a.channels, "eda": eda}), b.between(30, 200)))
    analysis = ib.analyze(session)
    named = analysis["a"].excluded.labelled("eda: not recorded")
    assert list(zip(named.starts, named.ends, strict=True)) == [(0, 50), (120, 200)]
    assert "ecg: not recorded" not in analysis["a"].excluded.labels
    assert analysis["b"].excluded.labelled("ecg: not recorded").seconds == 30


def test_what_is_left_out_is_what_no_measure_sees(couple: Session) -> None:
    """A belt that stands still: the stretches named are the breaths that do not count."""
    belt = couple["a"].channels["respiration"]
    assert isinstance(belt, Signal)
    values, rate = belt.values.copy(), round(belt.sampling_rate)
    values[60 * rate : 120 * rate] = values[60 * rate]
    still = Signal(values, belt.sampling_rate, belt.unit, "a", belt.start)
    person = ib.analyze(Session((Recording("a", {"respiration": still}),)))["a"]
    breaths = person.breaths
    middles = (breaths.times[1:] + breaths.times[:-1]) / 2
    label = "breaths: too long or quick, shallow or noisy, or beside a gap"
    out = person.excluded.labelled(label).contains(middles)
    np.testing.assert_array_equal(out, ~breaths.whole)
    assert out.any()


def test_a_channel_that_no_estimate_is_made_from_is_not_left_out(couple: Session) -> None:
    lost = Signal(np.full(200, np.nan), 1, "°C", "a", 0)
    recording = Recording("a", {**couple["a"].channels, "temperature": lost})
    labels = ib.analyze(Session((recording,)))["a"].excluded.labels
    assert not [label for label in labels if label.startswith("temperature")]


def test_what_was_recorded_and_refused_is_not_called_unrecorded() -> None:
    raw = Signal(np.linspace(300, 400, 800), 4, "a.u.", "a", 0)
    slow = Signal(np.sin(np.arange(2000)), 10, "mV", "a", 0)
    beats = ib.Beats.from_rr([800] * 200, "a")
    refused = ib.analyze(Session((Recording("a", {"eda": raw, "ecg": slow}),)))["a"].summary
    assert "µS" in refused["scl"].reason
    assert "10 Hz" in refused["rmssd"].reason
    given = ib.analyze(Session((Recording("a", {"ecg": slow, "beats": beats}),)))
    assert not given["a"].summary["mean_hr"].reason
    assert not [i for i in given.inferences if i.quantity == "source of heartbeats"]
