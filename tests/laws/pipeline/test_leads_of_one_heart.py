"""The engine reads the leads of one ECG together, however their chunks come."""

from __future__ import annotations

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.pipeline.engine import Engine

RATE = 250.0


def leads(second_rate: float) -> Recording:
    beats = 0.5 + 0.8 * np.arange(140)

    def signal(rate: float, size: float) -> Signal:
        time = np.arange(0, 110, 1 / rate)
        near = beats[np.clip(np.searchsorted(beats, time - 0.4), 0, 139)]
        values = size * np.exp(-(((time - near) / 0.012) ** 2))
        noise = 0.02 * np.random.default_rng(1).normal(size=time.size)
        return Signal(values + noise, rate, "mV", "a", 0.0)

    second = signal(second_rate, -0.5)
    first = signal(RATE, 1.0)
    values = first.values.copy()
    values[10_000:15_000] = np.nan
    holed = Signal(values, RATE, "mV", "a", 0.0)
    return Recording("a", {"ecg": holed, "ecg2": second})


def part(whole: Recording, name: str, begin: float, end: float) -> Recording:
    return Recording("a", {name: whole.channels[name].between(begin, end)})


def test_chunks_of_the_leads_may_come_apart() -> None:
    whole = leads(RATE)
    one, other = (Engine.for_session(Session((whole,))) for _ in range(2))
    one.push(whole)
    for begin in range(0, 120, 30):
        for shorter in range(begin, begin + 30, 10):
            other.push(part(whole, "ecg2", shorter, shorter + 10))
        other.push(part(whole, "ecg", begin, begin + 30))
    one.finish()
    other.finish()
    channels, expected = other.people["a"].channels(), one.people["a"].channels()
    assert channels == expected
    assert one.people["a"].tracks().keys() == other.people["a"].tracks().keys()
    beats = expected["beats"]
    assert isinstance(beats, Beats)
    times = beats.times
    assert ((times > 41) & (times < 59)).sum() == 23  # while the first lead was lost


def test_a_lead_at_another_rate_is_left_out_and_that_is_said() -> None:
    engine = Engine.for_session(Session((leads(125.0),)))
    plan = engine.people["a"].plan
    assert [link.takes for link in plan.links].count("ecg2") == 0
    assert plan.refused["ecg2"] == "a lead at 125 Hz beside one at 250 Hz is left out"
