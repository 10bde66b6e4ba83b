"""The law of the engine: however a recording is cut into chunks, the results are the same.

Every detector and every registered measure is in here without being asked: whatever a session
makes the engine produce is compared, bit for bit, on simulated and on real recordings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.designed import simulate

from interbeat.core.recording import Data, Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.core.track import Track
from interbeat.measures import MEASURES
from interbeat.pipeline.analyze import replay
from interbeat.pipeline.engine import Engine
from interbeat.sources import read

Result = dict[tuple[str, str], Data | Track]


def _results(session: Session, chunks: list[Recording]) -> Result:
    """Push `chunks`; return all that the engine holds at the end."""
    engine = Engine.for_session(session)
    for chunk in chunks:
        engine.push(chunk)
    engine.finish()
    return {
        (person.name, name): thing
        for person in engine.people.values()
        for name, thing in (*person.channels().items(), *person.tracks().items())
    }


def _whole(session: Session) -> Result:
    return _results(session, list(session.recordings))


def _assert_same(one: Result, other: Result) -> None:
    assert one.keys() == other.keys()
    different = [key for key, thing in one.items() if thing != other[key]]
    assert not different


@pytest.fixture(scope="module")
def couple() -> tuple[Session, Result]:
    session = simulate("calm evening", seed=5).session.between(0, 330)
    return session, _whole(session)


@pytest.mark.parametrize("seconds", [0.05, 0.37, 1, 7.3, 61, 500])
def test_chunks_of_any_length_give_the_same(
    couple: tuple[Session, Result], seconds: float
) -> None:
    session, whole = couple
    _assert_same(_results(session, list(replay(session, seconds))), whole)


@given(edges=st.lists(st.floats(0.01, 329), max_size=25))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_chunks_of_uneven_length_give_the_same(
    couple: tuple[Session, Result], edges: list[float]
) -> None:
    session, whole = couple
    bounds = [-np.inf, *sorted(edges), np.inf]
    chunks = [
        recording.between(a, b) for a, b in pairwise(bounds) for recording in session.recordings
    ]
    held = [
        Recording(c.person, {n: d for n, d in c.channels.items() if len(d)}) for c in chunks
    ]
    _assert_same(_results(session, held), whole)


def test_a_simulated_couple_exercises_every_detector_and_every_measure(
    couple: tuple[Session, Result],
) -> None:
    _, whole = couple
    for name in ("beats", "breaths", "breathing", "scl", "responses", "cardiac_quality"):
        assert len(whole["a", name]), name
    for name, measure in MEASURES.items():
        if measure.window is None:
            continue
        track = whole["a", name]
        assert isinstance(track, Track)
        assert len(track) == 331 - measure.window
        assert np.isfinite(track.values).any(), name


def test_updates_joined_are_the_whole(couple: tuple[Session, Result]) -> None:
    session, whole = couple
    engine = Engine.for_session(session)
    updates = [engine.push(chunk) for chunk in replay(session, 11.0)]
    updates += engine.finish()
    for name, measure in MEASURES.items():
        if measure.window is None:
            continue
        pieces = [u.tracks[name] for u in updates if u.person == "a" and name in u.tracks]
        assert reduce(lambda one, later: one.then(later), pieces) == whole["a", name]


def test_lost_samples_are_the_same_however_they_are_lost(
    couple: tuple[Session, Result],
) -> None:
    """A hole of NaN and a hole between chunks are one and the same."""
    session, _ = couple
    ecg = session["a"].channels["ecg"]
    assert isinstance(ecg, Signal)
    before, after = ecg.between(0, 100), ecg.between(112.5, 330)
    with_nan = Session((Recording("a", {"ecg": before.then(after)}),))
    chunks = [Recording("a", {"ecg": part}) for part in (before, after)]
    _assert_same(_results(with_nan, chunks), _whole(with_nan))


REAL: dict[str, str] = {
    "ECG and belt": "wfdb_samples/03700181.hea",
    "arrhythmia": "mitdb/106.hea",
    "wristband": "flirt_wearables/empatica",
    "pulse and belt": "bids_ds210/sub-01/func/sub-01_task-rest_run-01_physio.tsv.gz",
    "three rates": "bioread_acq/physio-5.0.1.acq",
    "intervals": "wunderwald_ibi_dyad",
}


@pytest.mark.parametrize("which", REAL)
def test_real_recordings_give_the_same(data: Callable[[str], Path], which: str) -> None:
    session = read(data(REAL[which]))
    session = session.between(session.begin, session.begin + 400)
    whole = _whole(session)
    assert whole
    for seconds in (0.21, 13.0):
        _assert_same(_results(session, list(replay(session, seconds))), whole)
