"""A heart without rhythm: nothing is said of its variability, and it is said why."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import interbeat as ib
from interbeat.core.arrays import FloatArray
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.measures.hrv_time import rmssd
from interbeat.pipeline.analysis import PersonAnalysis

REASON = "no regular rhythm: ectopic beats cannot be told from normal ones"
LABEL = f"heart: {REASON}; left out of summaries, not of tracks"


def sinus(n: int) -> FloatArray:
    rng = np.random.default_rng(n)
    return np.asarray(800 + 40 * np.sin(np.arange(n)) + rng.normal(0, 12, n))


def wild(n: int) -> FloatArray:
    return np.random.default_rng(n).uniform(450, 1000, n)


def analyzed(beats: ib.Beats, tasks: Intervals | None = None) -> PersonAnalysis:
    heart = Recording("a", {"beats": beats})
    return ib.analyze(Session((heart,), intervals=tasks or Intervals.none()))["a"]


@pytest.fixture(scope="module")
def mixed() -> PersonAnalysis:
    rr = np.concatenate((sinus(600), wild(300), sinus(599)))
    end = float(rr.sum() / 1000)
    tasks = Intervals([0, 480, 720], [470, 690, end], ["before", "within", "after"])
    return analyzed(ib.Beats.from_rr(rr, "a"), tasks)


def test_a_stretch_without_rhythm_is_named(mixed: PersonAnalysis) -> None:
    found = mixed.excluded.labelled(LABEL)
    assert len(found) == 1
    assert found.starts[0] == pytest.approx(480, abs=40)
    assert found.ends[0] == pytest.approx(697, abs=40)


def test_a_summary_rests_on_the_rest(mixed: PersonAnalysis) -> None:
    steady = rmssd(ib.Beats.from_rr(sinus(600), "a"))
    assert mixed.summary["rmssd"].value == pytest.approx(steady.value, rel=0.1)
    assert mixed.summary["rmssd"].quality < 0.85
    assert rmssd(mixed.beats).value > 2 * steady.value


def test_a_task_without_rhythm_has_no_variability(mixed: PersonAnalysis) -> None:
    assert mixed.by_interval["within"]["rmssd"].reason == REASON
    assert mixed.by_interval["within"]["lf"].reason == REASON
    assert not mixed.by_interval["within"]["mean_hr"].reason
    assert mixed.by_interval["within"]["scl"].reason == "no skin conductance was recorded"
    for task in ("before", "after"):
        assert mixed.by_interval[task]["rmssd"].reason == ""


def test_a_heart_with_a_rhythm_is_not_named() -> None:
    person = analyzed(ib.Beats.from_rr(sinus(900), "a"))
    assert not len(person.excluded)
    assert person.summary["rmssd"].value == rmssd(person.beats).value


def test_two_hours_of_a_real_heart_without_rhythm_say_nothing(
    data: Callable[[str], Path],
) -> None:
    """Record 14149 of ltdb, in which early beats cannot be told by their intervals."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what wfdb says of pandas is not about us
        import wfdb

        notes = wfdb.rdann(str(data("ltdb_beats/14149.atr").with_suffix("")), "atr")
    times = notes.sample[np.isin(notes.symbol, list("NVFSJ"))] / notes.fs
    person = analyzed(ib.Beats.at(times[times < 7200], "a"))
    assert person.excluded.labelled(LABEL).seconds > 0.97 * 7200
    for name in ("rmssd", "sdnn", "hf", "sampen", "resphrv"):
        assert person.summary[name].reason == REASON
    assert 60 < person.summary["mean_hr"].value < 120
    assert np.isfinite(person.tracks["mean_hr"].values).mean() > 0.95
