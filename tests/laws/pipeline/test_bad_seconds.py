"""A bad second never enters an estimate unseen: whatever spoils whichever channel.

Each channel is spoiled for half a minute, in every way; what the graders then call bad holds no
beat, breath, response or level that a measure would take, and is named with its reason.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.designed import simulate

import interbeat as ib
from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.events import Events
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.pipeline.analysis import PersonAnalysis
from interbeat.reporting.machine import to_json
from interbeat.signals.quality import REASONS

SECONDS = 150
BEGIN, END = 63.3, 98.6  # s
CHANNELS = ("ecg", "ppg", "respiration", "eda")


WAYS = ("flat", "clipped", "noise", "lost", "holes", "steps", "mains", "zero", "high")


def _spoil(x: FloatArray, way: str, rate: float, size: float) -> FloatArray:
    """Return a stretch `x` of a channel, whose standard deviation is `size`, spoiled."""
    rng = np.random.default_rng(1)
    noise, shares = rng.normal(0, 3 * size, x.size), rng.random(x.size)
    second = np.arange(x.size) // round(rate)
    mains = 3 * size * np.sin(2 * np.pi * 50.3 * np.arange(x.size) / rate)
    ways: dict[str, FloatArray] = {
        "flat": np.full(x.size, x[0]),
        "clipped": np.clip(x, *np.quantile(x, [0.4, 0.6])),
        "noise": x + noise,
        "lost": np.full(x.size, np.nan),
        "holes": np.where(shares < 0.6, np.nan, x),
        "steps": x + 4 * size * rng.integers(-4, 5, second[-1] + 1)[second],
        "mains": x + mains,
        "zero": np.zeros(x.size),
        "high": x + 1e4 * size,
    }
    return ways[way]


SAID = {  # reasons that must be among those given
    ("ecg", "flat"): "flat",
    ("ecg", "lost"): "no data",
    ("ecg", "holes"): "no data",
    ("ecg", "noise"): "noise",
    ("ppg", "flat"): "flat",
    ("ppg", "lost"): "no data",
    ("ppg", "noise"): "noise",
    ("ppg", "steps"): "waves unlike each other",
    ("respiration", "flat"): "flat",
    ("respiration", "clipped"): "clipped",
    ("respiration", "noise"): "noise",
    ("respiration", "lost"): "no data",
    ("respiration", "holes"): "no data",
    ("eda", "flat"): "flat",
    ("eda", "lost"): "no data",
    ("eda", "holes"): "no data",
    ("eda", "steps"): "a jump",
    ("eda", "zero"): "under 0.05 µS",
    ("eda", "high"): "over 100 µS",
}
SEEN_IN_ECG = {"flat": "too few beats", "lost": "too few beats", "noise": "no breathing rhythm"}


@cache
def clean() -> dict[str, Signal]:
    recording = simulate("calm evening", seed=5).session["a"].between(0, SECONDS)
    signals = {n: s for n, s in recording.channels.items() if isinstance(s, Signal)}
    return {**{n: signals[n] for n in CHANNELS if n in signals}, "ppg": _pulse()}


def _pulse() -> Signal:
    t = np.arange(0, SECONDS, 1 / 64)
    phase = np.cumsum(1.15 + 0.06 * np.sin(2 * np.pi * t / 4.2)) / 64 % 1
    wave = np.exp(-(((phase - 0.3) / 0.1) ** 2)) + 0.3 * np.exp(-(((phase - 0.6) / 0.15) ** 2))
    noise = np.random.default_rng(0).normal(0, 0.01, t.size)
    return Signal(wave + noise, 64, "a.u.", "a", 0.0)


@cache
def spoiled(channel: str, way: str) -> PersonAnalysis:
    signal = clean()[channel]
    rate, values = signal.sampling_rate, signal.values.copy()
    here = slice(round(BEGIN * rate), round(END * rate))
    values[here] = _spoil(values[here], way, rate, float(values.std()))
    bad = Signal(values, rate, signal.unit, "a", signal.start)
    return ib.analyze(Session((Recording("a", {channel: bad}),)))["a"]


def _signal(person: PersonAnalysis, name: str) -> Signal:
    signal = person.derived.channels[name]
    assert isinstance(signal, Signal)
    return signal


def _bad(person: PersonAnalysis, of: str) -> FloatArray:
    """Return the seconds that are bad."""
    quality = _signal(person, f"{of}_quality")
    return quality.times[quality.values < 0.5]


def _reasons(person: PersonAnalysis, of: str) -> list[str]:
    """Return why, of the same seconds."""
    bad = _signal(person, f"{of}_quality").values < 0.5
    return [REASONS[int(k)] for k in _signal(person, f"{of}_reason").values[bad]]


def _assert_named(person: PersonAnalysis, of: str, word: str) -> None:
    for second, why in zip(_bad(person, of), _reasons(person, of), strict=True):
        assert why
        rows = person.excluded.labelled(f"{word}: poor signal ({why})").rows()
        assert any(a <= second and second + 1 <= b for a, b, _ in rows), (second, why)


def _assert_none_across(events: Events, trusted: BoolArray, bad: FloatArray) -> None:
    """No stretch that is trusted from one event to the next holds any of a bad second."""
    starts, ends = events.times[:-1][trusted], events.times[1:][trusted]
    across = (bad[:, None] < ends) & (bad[:, None] + 1 > starts)
    assert not across.any()
    assert trusted.sum() > 10


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("channel", ["ecg", "ppg"])
def test_no_beat_of_a_bad_second_counts(channel: str, way: str) -> None:
    person = spoiled(channel, way)
    bad = _bad(person, "cardiac")
    inside = np.isin(np.floor(person.beats.times), bad)
    assert not person.beats.normal[inside].any()
    _assert_none_across(person.beats, person.beats.nn, bad)
    _assert_named(person, "cardiac", "heart")
    assert SAID.get((channel, way), "") in ["", *_reasons(person, "cardiac")]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("channel", ["respiration", "ecg"])
def test_no_breath_of_a_bad_second_counts(channel: str, way: str) -> None:
    person = spoiled(channel, way)
    bad, breaths = _bad(person, "breathing"), person.breaths
    assert not breaths.normal[np.isin(np.floor(breaths.times), bad)].any()
    breathing = _signal(person, "breathing")
    assert np.isnan(breathing.values[np.isin(np.floor(breathing.times), bad)]).all()
    _assert_none_across(breaths, breaths.whole, bad)
    _assert_named(person, "breathing", "breath")
    said = SAID.get((channel, way), "") if channel == "respiration" else SEEN_IN_ECG.get(way)
    assert (said or "") in ["", *_reasons(person, "breathing")]


@pytest.mark.parametrize("way", WAYS)
def test_no_sweat_of_a_bad_second_counts(way: str) -> None:
    person = spoiled("eda", way)
    bad, level = _bad(person, "eda"), _signal(person, "scl")
    assert not np.isin(np.floor(person.responses.times), bad).any()
    assert np.isnan(level.values[np.isin(np.floor(level.times), bad)]).all()
    assert np.isfinite(level.values).sum() > 100
    _assert_named(person, "eda", "sweat")
    assert SAID.get(("eda", way), "") in ["", *_reasons(person, "eda")]


def test_no_level_is_one_that_skin_cannot_have() -> None:
    """Between jumps of noise a second may look good, and the level run off to anywhere."""
    signal = clean()["eda"]
    rate, values = signal.sampling_rate, signal.values.copy()
    here = slice(round(BEGIN * rate), round(END * rate))
    jumping = np.arange(values[here].size) % round(4 * rate) == 0
    values[here] = np.where(jumping, 12.0, np.linspace(values[here][0], 0.06, jumping.size))
    broken = Signal(values, rate, signal.unit, "a", signal.start)
    level = _signal(ib.analyze(Session((Recording("a", {"eda": broken}),)))["a"], "scl").values
    assert np.nanmin(level) >= 0.05


@pytest.mark.parametrize(
    ("channel", "of"),
    [("ecg", "cardiac"), ("ppg", "cardiac"), ("respiration", "breathing"), ("eda", "eda")],
)
@pytest.mark.parametrize("way", WAYS)
def test_a_second_has_a_reason_where_it_is_bad_and_only_there(
    channel: str, of: str, way: str
) -> None:
    person = spoiled(channel, way)
    quality, reason = _signal(person, f"{of}_quality"), _signal(person, f"{of}_reason")
    assert (quality.start, len(quality)) == (reason.start, len(reason))
    np.testing.assert_array_equal(reason.values > 0, quality.values < 0.5)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_not_spoiled_is_not_called_bad(channel: str) -> None:
    person = spoiled(channel, "lost")
    of = {"ecg": "cardiac", "ppg": "cardiac", "respiration": "breathing", "eda": "eda"}[channel]
    bad = _bad(person, of)
    assert np.isin(np.arange(np.ceil(BEGIN), np.floor(END)), bad).all()
    assert np.sum((bad < BEGIN - 1) | (bad > END + 6)) == 0


def test_reasons_are_words_in_the_result_for_machines_and_no_second_row_of_numbers() -> None:
    signal = clean()["eda"]
    values = np.where(np.arange(len(signal)) > len(signal) / 2, 0.0, signal.values)
    broken = Signal(values, signal.sampling_rate, signal.unit, "a", 0.0)
    text = to_json(ib.analyze(Session((Recording("a", {"eda": broken}),))))
    assert "sweat: poor signal (under 0.05 µS)" in text
    assert "eda_reason" not in text
