"""The search for breaths against a plain twin that has the whole record before it.

The twin first finds every turning point, stretch by stretch between gaps, and then makes
breaths of them; the kernel does all at once, a sample at a time, and carries a state.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.kernels import breaths as b

ROW = tuple[float, float, float, float]


def thresholds(x: FloatArray) -> FloatArray:
    """Return the least turn after each sample; 0 while no swing is known."""
    out, swings, now = np.zeros(x.size), [], 0.0
    for k in range(x.size):
        if k >= 63 and k % 32 == 31:
            span = x[k - 63 : k + 1][np.isfinite(x[k - 63 : k + 1])]
            swing = np.ptp(span) if span.size else 0.0
            if span.size >= 48 and swing > 1e-9 * np.abs(span).max():
                swings.append(swing)
                now = max(0.25 * min(swings[-5:]), 0.12 * float(np.median(swings[-75:])))
        out[k] = now
    return out


@dataclass
class Rise:
    """A rise that was confirmed, and what became of it."""

    trough: int
    floor: float
    waits: bool  # for its end: the trough was seen to be one
    fell: bool  # a fall was seen before
    high: int
    given: int = 0
    seen: bool = True


def rises(x: FloatArray, turn: FloatArray, first: int, end: int) -> Iterator[Rise]:
    """Give the breaths of one stretch, in which sample `end` ends it if it is in `x`."""
    known = [k for k in range(first, end) if np.isfinite(x[k])]
    low = high = known[0]
    rising: Rise | None = None
    way, fell = "either", False
    for k in known[1:]:
        if way != "rising" and x[k] < x[low]:
            low = k
        if way != "falling" and x[k] > x[high]:
            high = k
        if way != "rising" and x[k] > x[low] + turn[k]:
            way, high = "rising", k
            rising = Rise(low, max(low - 0.49, k - 40), low > known[0], fell, k)
        elif way != "falling" and x[k] < x[high] - turn[k]:
            if rising is not None and rising.waits:
                rising.high, rising.given, rising.waits = high, k, False
                yield rising
            way, fell, low = "falling", True, k
        if rising is not None and rising.waits and k >= rising.floor + 80:
            rising.high, rising.given, rising.waits = high, k, False
            rising.seen = k - high >= 8
            yield rising
    if rising is not None and rising.waits and end < x.size:
        rising.high, rising.given, rising.seen = high, end, end - high >= 8
        yield rising


def stretches(x: FloatArray, first: int) -> Iterator[tuple[int, int]]:
    """Give first sample and end of what lies between gaps: four samples lost in a row."""
    begin, lost = None, 0
    for k in range(first, x.size):
        lost = 0 if np.isfinite(x[k]) else lost + 1
        if lost == 0 and begin is None:
            begin = k
        if lost == 4 and begin is not None:
            yield begin, k
            begin = None
    if begin is not None:
        yield begin, x.size


def crossing(x: FloatArray, k: int, level: float) -> float:
    return k + (level - x[k]) / (x[k + 1] - x[k]) if x[k + 1] > x[k] else float(k)


def vertex(x: FloatArray, k: int) -> float:
    near = x[k - 1 : k + 2]
    if k < 1 or near.size < 3 or not np.isfinite(near).all():
        return float(k)
    bend = near[0] - 2 * near[1] + near[2]
    away = (near[0] - near[2]) / (2 * bend) if bend else 0.0
    return k + float(np.clip(away, -0.49, 0.49))


def onset(x: FloatArray, rise: Rise) -> float:
    low, base = math.ceil(rise.floor), x[rise.trough]
    step = x[rise.high] - base

    def last(end: int, part: float) -> float:
        under = [k for k in range(low, end) if x[k] < base + part * step]
        return crossing(x, max(under, default=low), base + part * step)

    at_60 = last(rise.high, 0.6)
    at_30 = last(max(math.ceil(at_60), low + 1), 0.3)
    u_30, u_60 = math.acos(1 - 2 * 0.3), math.acos(1 - 2 * 0.6)
    foot = at_30 - u_30 * (at_60 - at_30) / (u_60 - u_30)
    return max(vertex(x, low), foot, rise.floor)


def end_of(x: FloatArray, rise: Rise) -> float:
    low, base = math.ceil(rise.floor), x[rise.trough]
    step = x[rise.high] - base

    def first(begin: int, part: float) -> float:
        over = [k - 1 for k in range(begin + 1, rise.high) if x[k] >= base + part * step]
        return crossing(x, min(over, default=rise.high - 1), base + part * step)

    at_40 = first(low, 0.4)
    at_70 = first(min(math.floor(at_40), rise.high - 1), 0.7)
    u_30, u_60 = math.acos(1 - 2 * 0.3), math.acos(1 - 2 * 0.6)
    return min(vertex(x, rise.high), at_70 + u_30 * (at_70 - at_40) / (u_60 - u_30))


def twin(x: FloatArray, noise: FloatArray) -> list[ROW]:
    least = thresholds(x)
    if not least.any():
        return []
    start = int(np.argmax(least > 0))
    first = max(start - 64, 0)
    least[:start] = least[start]
    rows: list[ROW] = []
    before = -math.inf
    for begin, end in stretches(x, first):
        broken = begin >= first + 4
        for rise in rises(x, np.maximum(least, 4 * noise), begin, end):
            at, depth = onset(x, rise), x[rise.high] - x[rise.trough]
            if at - before < b.SHORTEST:
                broken = True
                continue
            held = math.isfinite(before) and at - before > 160
            quiet = noise[rise.given] <= 0.2 * depth
            trusted = rise.seen and rise.fell and quiet and not (broken or held)
            peak = max(end_of(x, rise), at) if rise.seen else math.nan
            rows.append((at, peak, depth if rise.seen else math.nan, float(trusted)))
            before, broken = at, False
    return rows


def kernel(x: FloatArray, noise: FloatArray, cuts: list[int]) -> FloatArray:
    """Return the rows of the kernel fed piece by piece, with no more of the past than due."""
    state, swings = b.blank_state(), np.zeros(b.SWINGS)
    edges = [0, *sorted(c % (x.size + 1) for c in cuts), x.size]
    found = []
    for begin, end in pairwise(edges):
        first = max(begin - b.LOOK_BACK, 0)
        rows = np.empty((math.ceil((end - first) / b.SHORTEST) + 2, 4))
        piece, shaken = x[first:end].copy(), noise[first:end].copy()
        n = b.scan_breaths(piece, first, begin, shaken, state, swings, rows)
        found.append(rows[:n].copy())
    return np.concatenate(found)


def body(seed: int) -> tuple[FloatArray, FloatArray]:
    """Return breathing at 8 Hz with sighs, pauses, slow rises, gaps and noise."""
    rng = np.random.default_rng(seed)
    n = 8 * 300
    slow, fast = np.sort(rng.uniform(0.05, 1.3, 2))
    phase = np.cumsum(rng.choice(np.linspace(slow, fast, 9), n // 80 + 1).repeat(80)[:n]) / 8
    depth = np.exp(0.6 * rng.standard_normal(n // 40 + 1)).repeat(40)[:n]
    x = depth * np.cos(2 * np.pi * phase) + rng.choice([0.01, 0.1]) * rng.standard_normal(n)
    for _ in range(rng.integers(0, 4)):  # held breaths
        k = rng.integers(0, n - 1)
        x[k : k + rng.integers(20, 250)] = x[k]
    for _ in range(rng.integers(0, 4)):
        k = rng.integers(0, n - 150)
        x[k : k + 150] = x[k] + np.linspace(0, rng.uniform(0.5, 4), 150)
    for _ in range(rng.integers(0, 6)):
        k = rng.integers(0, n - 1)
        x[k : k + rng.choice([1, 3, 4, 90])] = np.nan
    return x, rng.choice([0.0, 0.05, 0.4]) * rng.random(n)


@given(seed=st.integers(0, 2**32 - 1), cuts=st.lists(st.integers(0, 10**6), max_size=12))
@settings(max_examples=120, deadline=None)
def test_breaths_are_those_of_a_plain_twin(seed: int, cuts: list[int]) -> None:
    x, noise = body(seed)
    expected = np.array(twin(x, noise)).reshape(-1, 4)
    got = kernel(x, noise, cuts)
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-6)


def test_the_bodies_that_are_compared_hold_breaths_of_every_kind() -> None:
    rows = np.concatenate([np.array(twin(*body(k))).reshape(-1, 4) for k in range(30)])
    assert len(rows) > 1000
    assert 0.4 < rows[:, 3].mean() < 0.97
    assert np.isnan(rows[:, 1]).sum() > 10


@pytest.mark.parametrize("x", [np.zeros(500), np.full(500, np.nan), np.ones(1), np.empty(0)])
def test_where_nothing_swings_neither_finds_a_breath(x: FloatArray) -> None:
    noise = np.zeros(x.size)
    assert twin(x, noise) == []
    assert not len(kernel(x, noise, []))
