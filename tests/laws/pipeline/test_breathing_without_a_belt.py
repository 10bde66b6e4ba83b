"""Where breathing was not recorded: what the heart tells of it, and what it may not."""

from __future__ import annotations

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.pipeline.analyze import analyze


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
