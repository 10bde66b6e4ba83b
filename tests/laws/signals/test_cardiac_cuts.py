"""However an ECG is cut, its beats, breathing and quality are the same, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.core.stage import Stage
from interbeat.signals.cardiac import EcgStage
from interbeat.signals.pulse import PulseStage

CHUNKS = (0.05, 0.37, 1.0, 7.3, 61.0, 500.0)


def run(stage: Stage, chunks: Iterable[Signal]) -> dict[str, Data]:
    """Push chunks; check that the latency holds and that nothing comes late; join."""
    out: dict[str, Data] = {}
    for chunk in [*chunks, None]:
        before = stage.until
        made = stage.finish() if chunk is None else stage.push(chunk)
        for name, data in made.items():
            assert len(data) == 0 or data.start >= before
            out[name] = out[name].then(data) if name in out else data  # type: ignore[arg-type]
        if chunk is not None and len(chunk):
            assert stage.until >= chunk.end - stage.latency - 1e-9
        assert stage.until >= before
    return out


def cut(signal: Signal, seconds: float) -> list[Signal]:
    edges = np.arange(signal.start, signal.end, seconds)
    return [signal.between(a, a + seconds) for a in edges]


def cut_at(signal: Signal, times: list[float]) -> list[Signal]:
    edges = [signal.start, *sorted(times), signal.end + 1]
    return [signal.between(a, b) for a, b in pairwise(edges)]


def with_gaps(signal: Signal) -> Signal:
    rng = np.random.default_rng(7)
    values = signal.values.copy()
    for begin in rng.integers(0, values.size, 12):
        values[begin : begin + int(signal.sampling_rate * 10 ** rng.uniform(-2, 1))] = np.nan
    return Signal(values, signal.sampling_rate, signal.unit, signal.person, signal.start)


Loader = Callable[[str], Path]


def mitdb(data: Loader, record: str, seconds: float) -> Signal:
    values = np.fromfile(data(f"mitdb/{record}.dat"), dtype=np.uint8)
    return Signal(format_212(values)[: round(360 * seconds)], 360.0, "mV", "a", 12.345)


def format_212(raw: np.ndarray) -> FloatArray:
    """Return the first of two channels of WFDB format 212, in mV (200 units each)."""
    triples = raw[: raw.size // 3 * 3].reshape(-1, 3).astype(np.int64)
    units = triples[:, 0] + ((triples[:, 1] & 0x0F) << 8)
    return (np.where(units > 2047, units - 4096, units) - 1024) / 200


def ecg(data: Loader, name: str) -> Signal:
    if name == "garcia":
        values = np.load(data("garcia_physio/ecg1.npy"))[:120_000]
        return Signal(values, 1000.0, "a.u.", "a", 0.5)
    if name == "simulated":
        return simulated(250.0)
    return mitdb(data, name, 600.0 if name == "101" else 240.0)


def simulated(rate: float) -> Signal:
    rng = np.random.default_rng(3)
    time = np.arange(0, 180, 1 / rate)
    beats = np.cumsum(rng.normal(0.8, 0.05, 250))
    near = beats[np.clip(np.searchsorted(beats, time), 1, 249)]
    values = np.exp(-(((time - near + 0.3) / 0.015) ** 2)) + 0.05 * rng.normal(size=time.size)
    return Signal(values, rate, "mV", "a", -3.2)


def same(one: dict[str, Data], other: dict[str, Data]) -> None:
    assert one.keys() == other.keys()
    for name, data in one.items():
        assert data == other[name], name


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("name", ["101", "106", "garcia", "simulated"])
def test_chunks_of_any_length_give_the_same(data: Loader, name: str, gaps: bool) -> None:
    signal = with_gaps(ecg(data, name)) if gaps else ecg(data, name)
    whole = run(EcgStage(signal.sampling_rate, "a"), [signal])
    assert len(whole["beats"]) > 100
    for seconds in CHUNKS:
        same(run(EcgStage(signal.sampling_rate, "a"), cut(signal, seconds)), whole)


@given(cuts=st.lists(st.floats(-3.2, 177), max_size=12), rate=st.sampled_from([81.3, 130, 512]))
@settings(max_examples=25, deadline=None)
def test_random_cuts_give_the_same(cuts: list[float], rate: float) -> None:
    signal = with_gaps(simulated(rate))
    whole = run(EcgStage(rate, "a"), [signal])
    same(run(EcgStage(rate, "a"), cut_at(signal, cuts)), whole)


def test_samples_left_out_are_samples_lost(data: Loader) -> None:
    signal = mitdb(data, "101", 120.0)
    start, end = signal.start, signal.end
    values = signal.values.copy()
    values[(40 * 360) : (43 * 360)] = np.nan
    holed = Signal(values, 360.0, "mV", "a", start)
    parts = [signal.between(start, start + 40), signal.between(start + 43, end)]
    same(run(EcgStage(360.0, "a"), parts), run(EcgStage(360.0, "a"), [holed]))


@pytest.mark.parametrize("gaps", [False, True])
def test_chunks_of_a_pulse_of_any_length_give_the_same(data: Loader, gaps: bool) -> None:
    path = data("neurokit_bio/bio_resting_5min_100hz.csv")
    table = np.genfromtxt(path, delimiter=",", names=True)
    signal = Signal(table["PPG"], 100.0, "V", "a", 1.07)
    signal = with_gaps(signal) if gaps else signal
    whole = run(PulseStage(100.0, "a"), [signal])
    assert len(whole["beats"]) > 200
    for seconds in CHUNKS:
        same(run(PulseStage(100.0, "a"), cut(signal, seconds)), whole)
