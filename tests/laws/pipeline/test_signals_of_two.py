"""What two people are compared in, where it is made of more than one channel."""

from __future__ import annotations

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.recording import Data
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.pipeline._pair import RESPONSES, pair

SECONDS = 900


def person(name: str, onsets: np.ndarray[tuple[int], np.dtype[np.float64]]) -> dict[str, Data]:
    """Return one who answers at `onsets` and breathes at a pace of their own."""
    rng = np.random.default_rng(ord(name))
    at = np.arange(4 * SECONDS) / 4
    breath = np.sin(2 * np.pi * np.cumsum(0.25 + 0.03 * rng.standard_normal(at.size)) / 4)
    turns = np.cumsum((1.1 + 0.05 * breath) / 4)
    beats = np.interp(np.arange(1, int(turns[-1])), turns, at)
    level = np.where((at > 300) & (at < 330), np.nan, 4.0 + np.sin(at / 100))
    return {
        "beats": Beats.at(beats, name),
        "breathing": Signal(breath, 4.0, "a.u.", name, 0.0),
        "scl": Signal(level, 4.0, "µS", name, 0.0),
        "responses": Responses(onsets, onsets + 1.5, 0.3 + 0 * onsets, name),
    }


def test_responses_that_come_together_are_found_at_their_lag() -> None:
    onsets = np.cumsum(np.random.default_rng(2).uniform(6, 30, 45))
    onsets = onsets[onsets < SECONDS - 30]
    later = onsets + np.random.default_rng(3).normal(1, 0.4, onsets.size)
    found = pair(person("a", onsets), person("b", later), Span(0.0, float(SECONDS)))
    responses = found[RESPONSES]
    assert responses.p <= 0.05
    assert abs(responses.lag.value - 1) < 0.3
    assert responses.settings["window"] == 15
    assert responses.settings["max_lag"] == 4
    assert 0.9 < responses.strength.quality < 0.98
    assert found["RespHRV"].settings["resolution"] == 20
    assert not found["RespHRV"].strength.reason


def test_one_channel_alone_makes_no_signal_of_several() -> None:
    onsets = np.arange(10.0, 800.0, 17.0)
    one, other = person("a", onsets), person("b", onsets)
    del one["breathing"], other["scl"]
    found = pair(one, other, Span(0.0, float(SECONDS)))
    assert set(found) == {"heart rate"}
