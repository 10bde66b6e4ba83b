"""Each compiled loop against a plain twin that says the same more slowly."""

from __future__ import annotations

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels.marking import empty_paths, mark, settle
from interbeat.kernels.peaks import choose, empty_state, locate, rise, slide
from interbeat.kernels.seconds import faults, strengths
from interbeat.signals._qrs import SETTINGS
from interbeat.signals.correction import COSTS, LOOK_AHEAD

seeds = st.integers(0, 10_000)


@given(seed=seeds, length=st.integers(0, 40), taps=st.integers(1, 9), step=st.integers(1, 5))
def test_slide_is_a_correlation(seed: int, length: int, taps: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    values, weights = rng.normal(size=length), rng.normal(size=taps)
    plain = np.correlate(values, weights, "valid")[::step] if length >= taps else np.empty(0)
    np.testing.assert_allclose(slide(values, weights, step), plain, atol=1e-12)


@given(seed=seeds)
def test_rise_keeps_the_steeper_side(seed: int) -> None:
    slopes = np.random.default_rng(seed).normal(size=200) ** 3
    state = np.array([0.0, 0.0, 1.0, 0.02])
    mean, size, side, out = 0.0, 0.0, 1.0, []
    for slope in slopes.tolist():
        mean += 0.02 * (slope**3 - mean)
        size += 0.02 * (abs(slope**3) - size)
        side = -side if mean * side < -0.2 * size else side
        out.append(max(slope * side, 0.0))
    np.testing.assert_allclose(rise(slopes, state), out, atol=1e-12)


@given(seed=seeds)
def test_seconds_are_summed_as_by_hand(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 3, 60).astype(np.float64)
    values[rng.random(60) < 0.2] = np.nan
    edges = np.array([7, 30, 30, 51])
    rows = np.searchsorted(edges, np.arange(60), side="right")
    table = np.zeros((5, 4))
    faults(values, edges, table, np.array([np.nan, 0.0, np.inf, -np.inf]), 2, 1)
    plain = np.zeros((5, 4))
    good: list[float] = []
    for row, value in zip(rows, values.tolist(), strict=True):
        plain[row, 0] += 1
        if math.isnan(value):
            plain[row, 1] += 1
            continue
        good.append(value)
        plain[row, 2] += len(good) > 2 and len(set(good[-3:])) == 1
        extreme = value in {min(good), max(good)}
        plain[row, 3] += len(good) > 1 and good[-2] == value and extreme
    np.testing.assert_array_equal(table, plain)
    amounts, sums = rng.random(60), np.zeros((5, 3))
    strengths(amounts, edges, sums)
    for k in range(5):
        mine = amounts[rows == k]
        whole = [mine.size, np.sqrt(mine).sum(), mine.max(initial=0.0)]
        np.testing.assert_allclose(sums[k], whole)


@given(seed=seeds)
def test_a_peak_is_where_the_smoothed_signal_swings_most(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, centers = rng.normal(size=120), np.array([1030, 1055, 1080])
    taps = np.array([0.25, 0.5, 0.25])
    found = locate(values, 1000, centers, 10, 15, taps, np.zeros(3))
    smooth = np.convolve(values, taps, "same")
    side, balances = 0.0, []
    for at, height, usual, center in zip(*found, centers - 1000, strict=True):
        near = np.r_[center - 15 : center - 10, center + 11 : center + 16]
        window = smooth[center - 10 : center + 11] - values[near].mean()
        up, down = max(window.max(), 0), max(-window.min(), 0)
        balances.append((up - down) / (up + down))
        before, mean = side, np.mean(balances)
        if side == 0 or mean * side < -0.1:
            side = 1.0 if mean >= 0 else -1.0
        turn = side if abs(balances[-1]) <= 0.45 else np.sign(balances[-1])
        k = int(np.argmax(turn * window))
        assert abs(at - (1000 + center - 10 + k)) <= 0.5
        assert np.isclose(height, abs(window[k]))
        assert usual == (turn == side and before in {0, side})


class Chooser:
    """Choose beats by trying every set of the candidates that wait."""

    def __init__(self, values: FloatArray, rate: float) -> None:
        self.values, self.p = values, SETTINGS.in_samples(rate)
        self.apart, self.lag = round(SETTINGS.apart * rate), math.ceil(SETTINGS.lag * rate)
        self.beats: list[int] = []
        self.signal = self.noise = 0.0
        self.expected = 0.8 * rate

    def candidates(self) -> list[int]:
        reach, size = self.apart, self.values.size
        first = max(math.ceil(self.p[4]), reach)
        return [
            i
            for i in range(first, size - reach)
            if self.values[i] == self.values[i - reach : i + reach + 1].max()
        ]

    def run(self) -> list[int]:
        candidates = self.candidates()
        for k, at in enumerate(candidates):
            now = max(at + self.lag, math.ceil(self.p[16]))
            if now >= self.values.size:
                break
            self.decide(at, now, [c for c in candidates[k:] if c + self.apart <= now])
        return self.beats

    def decide(self, at: int, now: int, waiting: list[int]) -> None:
        p, log = self.p, math.log(self.values[at])
        if not self.beats:
            self.signal = math.log(self.values[: now + 1].max())
            self.noise = self.signal - 2
        low = max(self.signal + p[0], self.noise + p[1] * (self.signal - self.noise))
        threshold = min(low, self.signal - 0.4)
        paths = [c for n in range(len(waiting) + 1) for c in combinations(waiting, n)]
        best = max(paths, key=lambda path: self.score(path, threshold, now))
        if at in best:
            self.learn(at, log)
            self.beats.append(at)
        elif self.beats:
            self.noise += p[15] * min(max(log - self.noise, -1), 1)

    def learn(self, at: int, log: float) -> None:
        if not self.beats:
            return
        since = at - self.beats[-1]
        if self.p[12] < since < self.p[13]:
            self.expected *= min(max(since / self.expected, 0.7), 1.4) ** 0.2
        self.signal += self.p[14] * min(max(log - self.signal, -0.7), 0.7)

    def score(self, path: tuple[int, ...], threshold: float, now: int) -> float:
        p, total = self.p, 0.0
        before = self.beats[-1] if self.beats else None
        for c in path:
            if before is not None:
                total += self.step(before, c)
            total += min(max(math.log(self.values[c]) - threshold, -p[9]), p[8])
            before = c
        ratio = 0.0 if before is None else max(now - before, 1) / self.expected
        return total + (max(-p[2] * math.log(ratio) ** 2, -p[3]) if ratio > 1 else 0.0)

    def step(self, before: int, at: int) -> float:
        p, interval = self.p, at - before
        if interval < p[5]:
            return -math.inf
        ratio = self.values[at] / self.values[before]
        echo = interval < p[6] and math.log(ratio) < p[7]
        return float(max(-p[2] * math.log(interval / self.expected) ** 2, -p[3]) - 3 * echo)


@given(seed=st.integers(0, 300))
@settings(max_examples=25, deadline=None)
def test_the_chosen_path_is_the_best_of_all(seed: int) -> None:
    rng, rate = np.random.default_rng(seed), 50.0
    values = 0.3 * rng.random(500) ** 2 + 1e-3
    beats = np.cumsum(rng.normal(40, 4, 11)).astype(np.int64)
    values[beats] += rng.uniform(0.5, 1.5, beats.size)
    state, queue = empty_state(0.8 * rate)
    p = SETTINGS.in_samples(rate)
    apart, lag = round(SETTINGS.apart * rate), math.ceil(SETTINGS.lag * rate)
    padded = np.concatenate((np.zeros(2 * apart), values))
    found = choose(padded, -2 * apart, apart, lag, state, queue, p)
    assert found.size > 5
    assert found.tolist() == Chooser(values, rate).run()


class Survivor(NamedTuple):
    cost: float
    level: float
    spread: float
    marked: frozenset[int]


def marked_plainly(times: FloatArray) -> BoolArray:
    """Follow every survivor by its last beat, with the set of beats that it marks."""
    p = COSTS
    ends: dict[int, Survivor] = {0: Survivor(0.0, math.nan, math.nan, frozenset())}
    answers: dict[int, bool] = {}

    def cheapest(latest: int) -> Survivor:
        last = min(ends, key=lambda e: (ends[e].cost + (latest - e) * p[0], latest - e))
        skipped = frozenset(range(last + 1, latest + 1))
        return ends[last]._replace(marked=ends[last].marked | skipped)

    for n in range(1, times.size):
        grown = [_grow(ends[e], e, n, times) for e in range(max(n - 4, 0), n) if e in ends]
        if grown:
            ends[n] = min(grown, key=lambda s: s.cost)
        ends = {e: s for e, s in ends.items() if e > n - 4}
        if n >= LOOK_AHEAD:
            k = n - LOOK_AHEAD
            answers[k] = k in cheapest(n).marked
            ends = {e: s for e, s in ends.items() if (k in s.marked) == answers[k]}
    rest = cheapest(times.size - 1).marked
    return np.array([answers.get(k, k in rest) for k in range(times.size)])


def _grow(path: Survivor, begin: int, end: int, times: FloatArray) -> Survivor:
    p, skipped, span = COSTS, end - begin - 1, times[end] - times[begin]
    marked = path.marked | set(range(begin + 1, end))
    cost = path.cost + skipped * p[0] + (50 if span < p[6] else 0)
    if math.isnan(path.level):
        level = span / (skipped + 1)
        return Survivor(cost, level, p[11] * level, marked)
    level, spread = path.level, path.spread
    if skipped:
        early = level - (times[begin + 1] - times[begin])
        cost += p[8] if early < max(p[9] * spread, p[10] * level) else 0

    def strange(n: float) -> float:
        z = (span - n * level) / (spread * math.sqrt(n))
        return float(0.5 * (p[2] + 1) * math.log(1 + z * z / p[2]))

    whole = max(math.floor(span / level + 0.5), 1)
    n, price = min(whole, skipped + 1), strange(min(whole, skipped + 1))
    if whole > n and p[1] + strange(whole) < price:
        n, price, marked = whole, p[1] + strange(whole), marked | {end}
    off = span / n - level
    bound = 3 * spread
    level += p[3] * min(max(off, -bound), bound)
    spread += p[4] * (1.25 * min(abs(off), bound) - spread)
    spread = min(max(spread, p[5] * level), p[7] * level)
    return Survivor(cost + price, level, spread, marked)


@given(seed=seeds, wild=st.floats(0, 0.5))
@settings(max_examples=60, deadline=None)
def test_marking_follows_the_cheapest_path(seed: int, wild: float) -> None:
    rng = np.random.default_rng(seed)
    rr = 0.8 + 0.03 * rng.normal(size=50)
    rr[rng.random(50) < wild] *= rng.choice([0.3, 0.6, 1.4, 2.0])
    times = np.cumsum(rr)
    paths = empty_paths()
    first = mark(times, 0, LOOK_AHEAD, paths, COSTS)
    whole = np.concatenate((first, settle(paths, LOOK_AHEAD, COSTS)))
    np.testing.assert_array_equal(whole, marked_plainly(times))
