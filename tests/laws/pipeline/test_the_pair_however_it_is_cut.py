"""The law of the engine for two: however they are cut, what is followed is the same.

Bit for bit, whoever speaks first, wherever one falls silent, ends early or comes late.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.designed import simulate

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.core.track import Track
from interbeat.pipeline._pair import SIGNALS
from interbeat.pipeline.analyze import analyze, replay
from interbeat.pipeline.engine import Engine, Update

FOLLOW = ("synchrony", "phase_locking")
Tracks = Mapping[str, Track]


def _followed(session: Session, chunks: list[Recording]) -> Tracks:
    engine = Engine.for_session(session, follow=FOLLOW)
    for chunk in chunks:
        engine.push(chunk)
    engine.finish()
    return engine.together.tracks()


def _assert_same(one: Tracks, other: Tracks) -> None:
    assert one.keys() == other.keys()
    assert not [name for name, track in one.items() if track != other[name]]


def _hearts(seconds: float, *, silent: tuple[float, float] = (0, 0)) -> Session:
    """Return two hearts with something in common; b's says nothing for a while."""
    rng = np.random.default_rng(3)
    wave = np.convolve(rng.standard_normal(2000), np.hanning(20), "same")

    def heart(person: str, seed: int) -> Beats:
        own = np.random.default_rng(seed).standard_normal(2000)
        times = np.cumsum(0.85 + 0.03 * wave + 0.02 * own)
        return Beats.at(times[times < seconds], person)

    a, b = heart("a", 1), heart("b", 2)
    spoke = (b.times < silent[0]) | (b.times >= silent[1])
    rest = Beats(b.times[spoke], b.normal[spoke], "b")
    return Session((Recording("a", {"beats": a}), Recording("b", {"beats": rest})))


@pytest.fixture(scope="module")
def couple() -> tuple[Session, Tracks]:
    session = simulate("calm evening", seed=5).session.between(0, 330)
    return session, analyze(session, follow=FOLLOW).together


@pytest.mark.parametrize("seconds", [1.7, 23])
def test_a_file_and_a_live_session_say_the_same(
    couple: tuple[Session, Tracks], seconds: float
) -> None:
    session, whole = couple
    _assert_same(_followed(session, list(replay(session, seconds))), whole)


def test_every_signal_of_both_is_followed(couple: tuple[Session, Tracks]) -> None:
    session, whole = couple
    for signal in ("heart rate", "skin conductance", "breathing"):
        for what in ("trailing synchrony", "trailing lag", "trailing phase_locking"):
            track = whole[f"{signal} {what}"]
            assert track.person == "ab"
            assert track.times[-1] == np.floor(session.end)
            assert track.start == np.ceil(session.begin + track.window)
        assert np.isfinite(whole[f"{signal} trailing synchrony"].values).any()
        assert np.isfinite(whole[f"{signal} trailing phase_locking"].values).any()
    assert set(SIGNALS) >= {"heart rate", "skin conductance", "breathing"}


def test_updates_joined_are_the_whole() -> None:
    session = _hearts(420)
    whole = _followed(session, list(session.recordings))
    engine = Engine.for_session(session, follow=FOLLOW)
    updates: list[Update] = [engine.push(chunk) for chunk in replay(session, 11.0)]
    updates += engine.finish()
    for name, track in whole.items():
        pieces = [u.together[name] for u in updates if name in u.together]
        assert len(pieces) > 5
        assert reduce(lambda one, later: one.then(later), pieces) == track


@given(edges=st.lists(st.floats(0.5, 420), max_size=12), late=st.floats(0, 300))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_one_person_may_come_late(edges: list[float], late: float) -> None:
    """B's chunks arrive after all of a's that began up to `late` seconds later."""
    session = _hearts(420, silent=(100, 310))
    bounds = [-np.inf, *sorted(edges), np.inf]
    chunks = [
        (start + (late if recording.person == "b" else 0), recording.between(start, end))
        for start, end in pairwise(bounds)
        for recording in session.recordings
    ]
    in_order = [chunk for _, chunk in sorted(chunks, key=lambda pair: pair[0])]
    _assert_same(_followed(session, in_order), _followed(session, list(session.recordings)))


def test_a_sensor_that_is_silent_half_the_time_is_said_to_be() -> None:
    session = _hearts(700, silent=(260, 630))
    tracks = _followed(session, list(replay(session, 3.0)))
    z = tracks["heart rate trailing synchrony"]
    assert np.isfinite(z.between(220, 260).values).all()
    silent = z.between(300, 630)
    assert np.isnan(silent.values).all()
    assert any("under half of the last window" in reason for reason in silent.reasons)
    assert z.reasons[-1] == "the heart rate of b is there for 22 % of the time"


def test_who_stops_early_leaves_reasons_until_the_other_ends() -> None:
    session = _hearts(500, silent=(300, 500))
    tracks = _followed(session, list(replay(session, 3.0)))
    z = tracks["heart rate trailing synchrony"]
    assert z.times[-1] == np.floor(session.end)
    assert np.isfinite(z.between(250, 300).values).all()
    assert np.isnan(z.between(345, 500).values).all()


def test_what_is_said_of_a_second_depends_on_nothing_after_it() -> None:
    whole, early = _hearts(420), _hearts(300)
    later = _followed(whole, list(replay(whole, 60.0)))
    sooner = _followed(early, list(replay(early, 60.0)))
    for name, track in sooner.items():
        assert later[name].between(0, 299) == track.between(0, 299), name


def test_nothing_is_followed_unless_asked_for_or_where_one_is_alone() -> None:
    session = _hearts(200)
    assert Engine.for_session(session).together.tracks() == {}
    assert analyze(session).together == {}
    alone = Session(session.recordings[:1])
    assert analyze(alone, follow=FOLLOW).together == {}
    mixed = Session((session["a"], Recording("b", {"eda": _sweat(200)})))
    assert analyze(mixed, follow=FOLLOW).together == {}


def _sweat(seconds: int) -> Signal:
    return Signal(2 + 0.1 * np.sin(np.arange(4 * seconds) / 50), 4, "µS", "b", 0)


def test_only_what_exists_can_be_followed() -> None:
    with pytest.raises(DataError, match="nothing called 'harmony' can be followed; possible:"):
        Engine.for_session(_hearts(60), follow=("harmony",))
