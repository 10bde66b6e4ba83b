"""Breathing and skin conductance, however the record is cut, with what is lost in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.core.stage import Stage
from interbeat.signals.eda import EdaStage
from interbeat.signals.respiration import RespirationStage

Channels = Mapping[str, Data]
CHUNKS = (0.05, 0.37, 1.0, 7.3, 61.0, 500.0)  # s


def breathing(rate: float, seconds: float, seed: int = 0) -> FloatArray:
    """Return breaths of uneven length and depth with noise, sampled at `rate`."""
    rng = np.random.default_rng(seed)
    t = np.arange(0, seconds, 1 / rate)
    pace = 0.22 + 0.05 * np.sin(t / 41) + 0.02 * np.sin(t / 7)
    depth = 1 + 0.4 * np.sin(t / 29)
    wave = np.sin(2 * np.pi * np.cumsum(pace) / rate)
    return np.asarray(depth * wave + 0.3 * np.sin(t / 60) + 0.05 * rng.standard_normal(t.size))


def sweating(rate: float, seconds: float, seed: int = 0) -> FloatArray:
    """Return a level with responses of all sizes on it, in µS, sampled at `rate`."""
    rng = np.random.default_rng(seed)
    t = np.arange(0, seconds, 1 / rate)
    level = 6 + np.sin(t / 200)
    for onset in np.cumsum(rng.uniform(3, 20, int(seconds / 11))):
        since = np.maximum(t - onset, 0)
        level += rng.lognormal(-0.5, 0.6) * (np.exp(-since / 3) - np.exp(-since / 0.75))
    return np.asarray(level + 0.01 * rng.standard_normal(t.size))


def holed(values: FloatArray, rate: float, seed: int = 1) -> FloatArray:
    """Return `values` with gaps from one sample to ten seconds, and a second of rails."""
    rng = np.random.default_rng(seed)
    values = values.copy()
    for _ in range(6):
        begin = int(rng.integers(0, values.size))
        values[begin : begin + int(rng.integers(1, max(2, int(10 * rate))))] = np.nan
    middle = values.size // 2
    values[middle : middle + int(rate)] = 0.0
    return values


def make_breathing(rate: float, unit: str = "a.u.") -> Stage:
    return RespirationStage(rate, "a", unit)


def make_sweat(rate: float, unit: str = "µS") -> Stage:
    return EdaStage(rate, "a", unit)


def joined(parts: Sequence[Channels]) -> dict[str, Data]:
    """Return what a stage gave, one piece after the other."""
    out: dict[str, Data] = {}
    for part in parts:
        for name, data in part.items():
            out[name] = out[name].then(data) if name in out else data  # type: ignore[arg-type]
    return out


def fed(stage: Stage, signal: Signal, cuts: Sequence[int]) -> dict[str, Data]:
    """Return what `stage` makes of `signal` cut before each of the samples `cuts`.

    Checks on the way that nothing comes later than the latency that is declared, and that
    ``until`` never goes back.
    """
    edges = [0, *cuts, len(signal)]
    parts, until = [], -np.inf
    for begin, end in pairwise(edges):
        start = signal.start + begin / signal.sampling_rate
        chunk = Signal(signal.values[begin:end], signal.sampling_rate, signal.unit, "a", start)
        parts.append(stage.push(chunk))
        assert stage.until >= until
        until = stage.until
        if end > 0:
            now = signal.start + end / signal.sampling_rate
            assert until >= now - stage.latency - 1e-9
    return joined([*parts, stage.finish()])


def whole(make: Callable[[float], Stage], signal: Signal) -> dict[str, Data]:
    return fed(make(signal.sampling_rate), signal, ())


def steps(signal: Signal, seconds: float) -> range:
    size = max(1, round(seconds * signal.sampling_rate))
    return range(size, len(signal), size)


CASES: dict[str, tuple[Callable[[float], Stage], Signal]] = {
    "belt": (make_breathing, Signal(breathing(25, 200), 25, "a.u.", "a", 0.0)),
    "belt with holes": (
        make_breathing,
        Signal(holed(breathing(25, 300), 25), 25, "a.u.", "a", 7.77),
    ),
    "slow belt": (
        make_breathing,
        Signal(holed(breathing(3.90625, 300), 3.90625), 3.90625, "a.u.", "a", 0.13),
    ),
    "quick belt": (
        make_breathing,
        Signal(holed(breathing(500, 60), 500), 500, "a.u.", "a", 1e6),
    ),
    "flow": (
        lambda rate: make_breathing(rate, "L/s"),
        Signal(holed(np.gradient(breathing(25, 200)) * 25, 25), 25, "L/s", "a", 3.3),
    ),
    "sweat": (make_sweat, Signal(sweating(4, 300), 4, "µS", "a", 0.0)),
    "sweat with holes": (
        make_sweat,
        Signal(holed(sweating(4, 400), 4), 4, "µS", "a", 0.13),
    ),
    "resistance": (
        lambda rate: make_sweat(rate, "kOhm"),
        Signal(1e3 / sweating(25, 200), 25, "kOhm", "a", 5.0),
    ),
    "quick sweat": (make_sweat, Signal(holed(sweating(1000, 60), 1000), 1000, "µS", "a", 9.1)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seconds", CHUNKS)
def test_chunks_of_any_length_give_the_same(name: str, seconds: float) -> None:
    make, signal = CASES[name]
    assert fed(make(signal.sampling_rate), signal, steps(signal, seconds)) == whole(
        make, signal
    )


@given(data=st.data(), name=st.sampled_from(list(CASES)))
@settings(max_examples=20, deadline=None)
def test_cuts_anywhere_give_the_same(data: st.DataObject, name: str) -> None:
    make, signal = CASES[name]
    cuts = data.draw(st.lists(st.integers(0, len(signal)), max_size=12).map(sorted))
    assert fed(make(signal.sampling_rate), signal, cuts) == whole(make, signal)


@pytest.mark.parametrize("name", CASES)
def test_a_chunk_that_never_came_is_a_chunk_of_nan(name: str) -> None:
    make, signal = CASES[name]
    rate, start, n = signal.sampling_rate, signal.start, len(signal)
    a, b = n // 3, n // 3 + round(9 * rate)
    values = signal.values.copy()
    values[a:b] = np.nan
    stage = make(rate)
    parts = [
        stage.push(Signal(values[:a], rate, signal.unit, "a", start)),
        stage.push(Signal(values[b:], rate, signal.unit, "a", start + b / rate)),
        stage.finish(),
    ]
    assert joined(parts) == whole(make, Signal(values, rate, signal.unit, "a", start))


@pytest.mark.parametrize("column", ["RSP", "EDA"])
@pytest.mark.parametrize("seconds", [0.05, 1.0, 7.3])
def test_real_people_cut_give_the_same(
    data: Callable[[str], Path], column: str, seconds: float
) -> None:
    path = data("neurokit_bio/bio_eventrelated_100hz.csv")
    values = np.genfromtxt(path, delimiter=",", names=True)[column]
    make = make_sweat if column == "EDA" else make_breathing
    unit = "µS" if column == "EDA" else "a.u."
    signal = Signal(values, 100, unit, "a", 2.5)
    found = whole(make, signal)
    assert fed(make(100), signal, steps(signal, seconds)) == found
    assert len(found["responses" if column == "EDA" else "breaths"]) > 10


NOTHING = {
    "flat": np.full(2000, 3.3),
    "zero": np.zeros(2000),
    "lost": np.full(2000, np.nan),
    "infinite": np.full(2000, np.inf),
    "one sample": np.ones(1),
    "saturated": np.full(2000, 100.0),
}


@pytest.mark.parametrize("name", NOTHING)
def test_where_there_is_nothing_nothing_is_found(name: str) -> None:
    values = NOTHING[name]
    breath = whole(make_breathing, Signal(values, 25, "a.u.", "a", 0.0))
    sweat = whole(make_sweat, Signal(values, 4, "µS", "a", 0.0))
    assert len(breath["breaths"]) == len(sweat["responses"]) == 0
    if name != "one sample":
        for channel in (breath["breathing_quality"], sweat["eda_quality"]):
            assert isinstance(channel, Signal)
            assert len(channel) > 0
            assert (channel.values == 0).all()


@pytest.mark.parametrize("make", [make_breathing, make_sweat])
def test_an_input_that_never_begins_gives_empty_channels(
    make: Callable[[float], Stage],
) -> None:
    stage = make(25)
    unit = "µS" if make is make_sweat else "a.u."
    nothing = stage.push(Signal(np.empty(0), 25, unit, "a", 4.0))
    assert all(len(data) == 0 for data in nothing.values())
    assert all(len(data) == 0 for data in stage.finish().values())


def test_breathing_scaled_or_moved_has_the_same_breaths() -> None:
    values = breathing(25, 200)
    was = whole(make_breathing, Signal(values, 25, "a.u.", "a", 0.0))["breaths"]
    for factor, level in ((1e-6, 0.0), (1e6, 0.0), (1.0, 1e4)):
        signal = Signal(values * factor + level, 25, "a.u.", "a", 0.0)
        now = whole(make_breathing, signal)["breaths"]
        assert len(now) == len(was)
        np.testing.assert_allclose(now.times, was.times, atol=1e-8)
        np.testing.assert_allclose(now.depth, was.depth * factor, rtol=1e-8)  # type: ignore[union-attr]


def test_a_later_clock_moves_events_by_as_much() -> None:
    values = sweating(4, 200)
    was = whole(make_sweat, Signal(values, 4, "µS", "a", 0.0))["responses"]
    now = whole(make_sweat, Signal(values, 4, "µS", "a", 512.0))["responses"]
    np.testing.assert_allclose(now.times, was.times + 512, rtol=0, atol=1e-9)
    np.testing.assert_allclose(now.amplitude, was.amplitude, rtol=1e-9)  # type: ignore[union-attr]


def test_a_unit_of_conductance_or_resistance_is_converted() -> None:
    values = sweating(4, 200)
    was = whole(make_sweat, Signal(values, 4, "µS", "a", 0.0))["scl"]
    for unit, given_in in (
        ("nS", values * 1e3),
        ("S", values / 1e6),
        ("μS", values),
        ("kΩ", 1e3 / values),
        ("MOhm", 1 / values),
        ("Ohm", 1e6 / values),
    ):
        signal = Signal(given_in, 4, unit, "a", 0.0)
        now = fed(EdaStage(4, "a", unit), signal, ())["scl"]
        np.testing.assert_allclose(now.values, was.values, rtol=1e-6)  # type: ignore[union-attr]
        assert now.unit == "µS"  # type: ignore[union-attr]


@pytest.mark.parametrize("unit", ["a.u.", "", "V", "adc", "ms"])
def test_raw_counts_are_no_skin_conductance(unit: str) -> None:
    with pytest.raises(DataError, match="skin conductance must be in µS"):
        EdaStage(4, "a", unit)


@pytest.mark.parametrize("rate", [1.0, 0.0, float("nan"), -4.0])
def test_too_slow_is_refused(rate: float) -> None:
    with pytest.raises(DataError):
        RespirationStage(rate, "a", "V")
    with pytest.raises(DataError):
        EdaStage(rate, "a", "µS")


def test_another_person_or_unit_is_refused() -> None:
    stage = RespirationStage(25, "a", "V")
    with pytest.raises(DataError):
        stage.push(Signal(np.ones(1), 25, "V", "b", 0.0))
    stage.push(Signal(np.ones(1), 25, "V", "a", 0.0))
    with pytest.raises(DataError):
        stage.push(Signal(np.ones(1), 25, "V", "a", -5.0))
    with pytest.raises(DataError, match="in 'nS' in a stream in 'µS'"):
        EdaStage(25, "a", "µS").push(Signal(np.ones(1), 25, "nS", "a", 0.0))
