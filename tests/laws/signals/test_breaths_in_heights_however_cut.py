"""Breaths from the height of beats: the law of stages, and what heights cannot tell."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals.edr import HeightGrid
from interbeat.signals.edr_breaths import HeightBreathing

SECONDS = 240.0
NAMES = {"breaths", "breathing", "breathing_quality", "breathing_reason"}


def heights(
    period: float, noise: float, *, wave: float = 0.1, start: float = 0.0, seed: int = 0
) -> Signal:
    """Return what the height grid gives of 240 s at 70 beats a minute, the middle lost."""
    rng = np.random.default_rng(seed)
    times = start + np.cumsum(rng.normal(0.86, 0.03, 270))
    tall = 1 + wave * np.sin(2 * np.pi * times / period) + noise * rng.standard_normal(270)
    grid = HeightGrid("a")
    grid.begin(start)
    out = grid.push(times, tall, [True] * 270, float(times[-1]))
    values = out.values.copy()
    values[400:440] = np.nan
    return Signal(values, 4, "a.u.", "a", out.start)


def run(signal: Signal, edges: list[float]) -> dict[str, Any]:
    stage = HeightBreathing("a")
    parts = []
    for a, b in zip([-math.inf, *sorted(edges)], [*sorted(edges), math.inf], strict=True):
        chunk = signal.between(a, b)
        if len(chunk):
            parts.append(stage.push(chunk))
    return joined([*parts, stage.finish()])


@given(edges=st.lists(st.floats(0, SECONDS), max_size=30), start=st.sampled_from([0.0, 7.25]))
@settings(max_examples=25, deadline=None)
def test_however_it_is_cut(edges: list[float], start: float) -> None:
    signal = heights(4.0, 0.03, start=start)
    assert run(signal, edges) == run(signal, [])


@pytest.mark.parametrize("chunk", [0.25, 1.0, 13.0])
def test_everything_is_out_within_the_latency_and_none_before_its_time(chunk: float) -> None:
    signal = heights(4.0, 0.03)
    stage = HeightBreathing("a")
    given_out = []
    for k in range(int(SECONDS / chunk)):
        piece = signal.between(k * chunk, (k + 1) * chunk)
        if not len(piece):
            continue
        before = stage.until
        out = stage.push(piece)
        given_out.append(out)
        assert stage.until >= piece.end - stage.latency
        for data in out.values():
            assert not len(data) or data.start >= before - 1e-9
    whole = joined([*given_out, stage.finish()])
    assert whole == run(signal, [])
    assert set(whole) == NAMES


def test_lost_chunks_are_lost_samples() -> None:
    signal = heights(4.0, 0.03)
    values = signal.values.copy()
    values[500:560] = np.nan
    filled = Signal(values, 4, "a.u.", "a", 0.0)
    stage = HeightBreathing("a")
    parts = stage.push(signal.between(0, 125)), stage.push(signal.between(140, math.inf))
    assert joined([*parts, stage.finish()]) == run(filled, [])


@pytest.mark.parametrize("period", [3.5, 5.0, 10.0])
def test_a_rhythm_in_the_height_is_breathing(period: float) -> None:
    out = run(heights(period, 0.01), [])
    breaths: Breaths = out["breaths"]
    assert np.diff(breaths.times)[breaths.whole].mean() == pytest.approx(period, rel=0.03)
    assert breaths.whole.mean() > 0.7
    assert np.isnan(breaths.depth).all()
    assert np.isnan(breaths.peaks).all()


def test_noise_in_the_height_is_none() -> None:
    out = [run(heights(4.0, 0.08, wave=0.0, seed=k), []) for k in range(6)]
    quality = np.concatenate([o["breathing_quality"].values for o in out])
    assert np.mean(quality >= 0.5) < 0.1
    assert np.mean(np.concatenate([o["breaths"].whole for o in out])) < 0.1


def test_what_is_lost_has_no_quality_and_no_breathing() -> None:
    signal = heights(4.0, 0.01)
    out = run(signal, [])
    quality, breathing = out["breathing_quality"], out["breathing"]
    bad = np.repeat(quality.values < 0.5, 4)[: len(breathing)]
    assert bad[404:436].all()
    assert np.isnan(breathing.values[bad]).all()


def test_nothing_in_is_nothing_out() -> None:
    stage = HeightBreathing("a")
    assert stage.until == -math.inf
    out = stage.finish()
    assert all(not len(data) for data in out.values())


@pytest.mark.parametrize("values", [np.full(400, 3.0), np.full(400, np.nan)])
def test_heights_that_are_all_alike_do_not_breathe(values: FloatArray) -> None:
    out = run(Signal(values, 4, "a.u.", "a", 0.0), [])
    assert (out["breathing_quality"].values == 0).all()
    assert not len(out["breaths"])


def test_another_rate_or_person_is_refused() -> None:
    with pytest.raises(DataError):
        HeightBreathing("a").push(Signal(np.ones(9), 8, "a.u.", "a", 0.0))
    with pytest.raises(DataError):
        HeightBreathing("a").push(Signal(np.ones(9), 4, "a.u.", "b", 0.0))
