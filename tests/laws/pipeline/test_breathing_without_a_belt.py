"""Where breathing was not recorded: what the heart tells of it, and what it may not."""

from __future__ import annotations

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.measures import MEASURES
from interbeat.pipeline.analyze import analyze
from interbeat.pipeline.engine import Engine


def test_beats_alone_tell_a_rate_and_no_swing_with_a_breath_that_they_themselves_dated() -> (
    None
):
    seconds = np.cumsum(np.full(400, 0.9))
    noise = np.random.default_rng(0).normal(0, 5, 400)
    rr = 900 + 30 * np.cos(2 * np.pi * 0.2 * seconds) + noise
    strap = Recording("a", {"beats": Beats.from_rr(rr, "a")})
    found = analyze(Session((strap,)))["a"].summary
    assert abs(found["heart_breathing_rate"].value - 12) < 0.4
    assert found["breathing_rate"].reason == "no breathing was recorded"
    for name in ("resphrv", "hf"):
        why = "no breathing was recorded but in the intervals themselves"
        assert found[name].reason == why


def heights_that_breathe() -> Recording:
    """Return an ECG whose R peaks, but not whose intervals, swing 15 times a minute."""
    rng = np.random.default_rng(1)
    beats = np.cumsum(rng.normal(0.85, 0.02, 210))
    t = np.arange(0, 180, 0.004)
    ecg = 0.01 * rng.standard_normal(t.size)
    for beat in beats:
        near = slice(*np.searchsorted(t, (beat - 0.1, beat + 0.1)))
        height = 1 + 0.15 * np.sin(2 * np.pi * beat / 4)
        ecg[near] += height * np.exp(-(((t[near] - beat) / 0.012) ** 2))
    return Recording("a", {"ecg": Signal(ecg, 250, "mV", "a", 0.0)})


def test_heights_help_to_tell_the_rate_however_the_recording_is_cut() -> None:
    recording = heights_that_breathe()
    session = Session((recording,))
    whole = analyze(session)["a"]
    track = whole.tracks["heart_breathing_rate"]
    assert np.abs(track.values - 15).max() < 1
    engine = Engine.for_session(session)
    for k in range(26):
        engine.push(recording.between(7.0 * k, 7.0 * (k + 1)))
    engine.finish()
    cut = engine.people["a"].tracks()["heart_breathing_rate"]
    for one, other in ((cut.values, track.values), (cut.se, track.se)):
        np.testing.assert_array_equal(one, other)
    many, beats = MEASURES["heart_breathing_rate"].many, whole.beats
    assert many is not None
    alone = many(track.times - 60, track.times, beats=beats)
    assert not np.isfinite(alone.values).any()
