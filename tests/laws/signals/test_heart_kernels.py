"""Each compiled loop against a plain twin that says the same more slowly."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.kernels.leads import empty_leads, fuse
from interbeat.kernels.peaks import FAINT, KNOWN, NEAR, choose, empty_state, locate, slide
from interbeat.kernels.seconds import faults, strengths
from interbeat.signals._qrs import SETTINGS

seeds = st.integers(0, 10_000)
RATE = 50.0


@given(seed=seeds, length=st.integers(0, 40), taps=st.integers(1, 9), step=st.integers(1, 5))
def test_slide_is_a_correlation(seed: int, length: int, taps: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    values, weights = rng.normal(size=length), rng.normal(size=taps)
    plain = np.correlate(values, weights, "valid")[::step] if length >= taps else np.empty(0)
    np.testing.assert_allclose(slide(values, weights, step), plain, atol=1e-12)


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
    side, mean, balances = 0.0, 0.0, []
    for at, height, usual, center in zip(*found, centers - 1000, strict=True):
        near = np.r_[center - 15 : center - 10, center + 11 : center + 16]
        window = smooth[center - 10 : center + 11] - values[near].mean()
        up, down = max(window.max(), 0), max(-window.min(), 0)
        balances.append((up - down) / (up + down))
        before, off = side, balances[-1] - mean
        mean += np.clip(off, -0.45, 0.45) / len(balances)
        if side == 0 or mean * side < -0.1:
            side = 1.0 if mean >= 0 else -1.0
        turn = side if abs(balances[-1]) <= 0.45 else np.sign(balances[-1])
        k = int(np.argmax(turn * window))
        assert abs(at - (1000 + center - 10 + k)) <= 0.5
        assert np.isclose(height, abs(window[k]))
        assert usual == (turn == side and before in {0, side})


@pytest.mark.parametrize(("turned", "side"), [(3, 1.0), (40, -1.0)])
def test_a_lead_turns_when_its_beats_do_and_not_for_a_few_in_noise(
    turned: int, side: float
) -> None:
    """Most of its beats are hardly higher than deep."""
    centers = 50 * np.arange(1, 101)
    values = np.zeros(5200)
    values[centers], values[centers + 4] = 1.0, -0.8
    values[centers[50 : 50 + turned]], values[centers[50 : 50 + turned] + 4] = 0.1, -3.0
    leaning = np.zeros(3)
    usual = locate(values, 0, centers[: 50 + turned], 10, 15, np.ones(1), leaning)[2]
    assert leaning[1] == side
    assert usual[:50].all()
    assert not usual[50:53].any()


class Kind:
    """What is known of one kind of beat."""

    def __init__(self) -> None:
        self.members = self.unseen = 0
        self.shape, self.gain = np.zeros(1), 0.0

    def learn(self, waves: FloatArray, strength: float, alike: float) -> None:
        self.members, self.unseen = min(self.members + 1, int(SETTINGS.memory)), 0
        size = float(np.linalg.norm(waves))
        rate = 1 / self.members
        shape = waves / size if self.members == 1 else self.shape
        shape = (1 - rate) * shape + rate * waves / size
        self.shape = shape / np.linalg.norm(shape)
        if self.members == 1:
            self.gain = strength / size
        else:
            self.gain *= (strength / (size * alike) / self.gain) ** rate


class Chooser:
    """Choose beats by trying every set of the candidates that wait."""

    def __init__(self, values: FloatArray, waves: FloatArray, *, width: int) -> None:
        self.raw, self.values = values, np.zeros(values.size)
        self.waves = np.pad(waves, ((0, 0), (width, 0)))
        self.width = width
        self.p = SETTINGS.in_samples(RATE)
        self.apart, self.lag = round(SETTINGS.apart * RATE), math.ceil(SETTINGS.lag * RATE)
        self.beats: list[int] = []
        self.kinds = [Kind(), Kind()] if len(waves) else []
        self.signal = self.noise = 0.0
        self.expected = 0.8 * RATE

    def run(self) -> list[int]:
        """Take strengths one by one; decide on each candidate a fixed time after it."""
        open_ones: list[int] = []
        for n in range(self.raw.size):
            self.values[n] = self.blended(n)
            if self.leads(n - self.apart):
                open_ones.append(n - self.apart)
            while open_ones and n >= max(open_ones[0] + self.lag, math.ceil(self.p[16])):
                self.decide(open_ones[0], n, open_ones + self.announced(open_ones[-1], n))
                open_ones.pop(0)
        return self.beats

    def leads(self, i: int) -> bool:
        if i < max(math.ceil(self.p[4]), self.apart):
            return False
        near = self.values[i - self.apart : i + self.apart + 1]
        return bool(self.values[i] == near.max() and self.values[i] > 0)

    def announced(self, last: int, n: int) -> list[int]:
        """Return what may yet become a candidate: the largest of what is not known to be."""
        begin = max(n - self.apart, last) + 1
        if begin > n:
            return []
        at = begin + int(np.argmax(self.values[begin : n + 1]))
        larger = self.values[at] > self.values[last] or at - last > self.apart
        return [at] if larger and self.values[at] > 0 else []

    def around(self, n: int) -> FloatArray:
        return self.waves[:, n + 1 : n + 1 + self.width].ravel()

    def blended(self, n: int) -> float:
        raw, p = float(self.raw[n]), self.p
        if not (self.beats and self.kinds and self.kinds[0].members >= KNOWN):
            return raw
        share = p[18] + p[17] * np.clip((p[19] - (self.signal - self.noise)) / p[20], 0, 1)
        known = [k for k in self.kinds if k.members >= KNOWN]
        like = max(0.0, *(k.gain * float(self.around(n) @ k.shape) for k in known))
        faint = raw <= math.exp(self.signal - FAINT)
        return float((1 - share) * raw + share * (0.0 if faint else like))

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
            self.remember(at)
        elif self.beats:
            self.noise += p[15] * min(max(log - self.noise, -1), 1)

    def learn(self, at: int, log: float) -> None:
        if not self.beats:
            return
        since = at - self.beats[-1]
        if self.p[12] < since < self.p[13]:
            self.expected *= min(max(since / self.expected, 0.7), 1.4) ** 0.2
        self.signal += self.p[14] * min(max(log - self.signal, -0.7), 0.7)

    def remember(self, at: int) -> None:
        if not self.kinds:
            return
        likely = [
            (float(self.around(n) @ k.shape / np.linalg.norm(self.around(n))), n, k)
            for k in self.kinds
            for n in range(at - NEAR, at + NEAR + 1)
            if k.members
        ]
        alike, place, kind = max(likely, key=lambda x: x[0], default=(-1.0, at, self.kinds[0]))
        if alike < self.p[21]:
            first, second = self.kinds
            older = second.unseen * first.members > first.unseen * second.members
            alike, place, kind = 0.0, at, second if older else first
            kind.members = 0
        for k in self.kinds:
            k.unseen += 1
        kind.learn(self.around(place), float(self.raw[at]), alike)

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


@pytest.mark.parametrize("leads", [0, 1, 2])
@given(seed=st.integers(0, 300))
@settings(max_examples=12, deadline=None)
def test_the_chosen_path_is_the_best_of_all(leads: int, seed: int) -> None:
    rng, width = np.random.default_rng(seed), 7
    values = 0.3 * rng.random(500) ** 2 + 1e-3
    beats = np.cumsum(rng.normal(40, 4, 11)).astype(np.int64)
    values[beats] += rng.uniform(0.5, 1.5, beats.size)
    waves = 0.2 * rng.normal(size=(leads, 500))
    for j in range(width):  # they are ahead of the strengths by half a shape
        waves[:, beats - j] += rng.normal(size=(leads, 1))
    state, queue = empty_state(0.8 * RATE)
    p = SETTINGS.in_samples(RATE)
    apart, lag = round(SETTINGS.apart * RATE), math.ceil(SETTINGS.lag * RATE)
    kept = 120
    rows = np.zeros((2, kept + 500))
    rows[0, kept:] = values
    padded = np.concatenate((np.zeros((leads, kept)), waves), axis=1)
    kinds = 2 if leads else 0
    found = choose(
        rows, padded, kept, -kept, apart, lag,
        np.zeros((kinds, leads, width)), np.zeros((kinds, 3)), state, queue, p,
    )  # fmt: skip
    assert found.size > 5
    assert found.tolist() == Chooser(values, waves, width=width).run()


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_leads_count_as_far_as_their_beats_stand_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.random((2, 300)) ** rng.uniform(1, 8, (2, 1)) * [[1.0], [50.0]]
    rows[1, 150:200] = 0.0
    waves = rng.normal(size=(2, 300))
    p = np.array([0.02, 0.02, 0.7, 0.3, 1.0, 0.1, 0.3, 2.0])
    scaled = waves.copy()
    out = fuse(rows, scaled, 0, 10, empty_leads(rows[:, :100]), p)
    floor = np.sqrt(rows[:, :100]).mean(axis=1)
    level = rows[:, :100].max(axis=1)
    stretches = [level] * 16
    for n in range(300):
        if n % 10 == 0:
            largest = rows[:, n - 10 : n].max(axis=1) if n else level
            stretches = [*stretches[1:], largest]
            recent = np.max(stretches, axis=0)
            change = np.clip(np.log(recent / level), -p[2], p[2])
            level = level * np.exp(p[1] * change)
            clear = (np.log(np.minimum(recent, level) / floor**2) - p[3]) / p[4]
            large = (recent / level - p[5]) / p[6]
            worth = np.clip(clear, 0, 1) ** 2 * np.clip(large, 0, 1)
        there = np.where(rows[:, n] > 1e-6 * level, worth, 0.0)
        weight = there / there.sum() if there.sum() else np.full(2, 0.5)
        fused = (weight * np.sqrt(np.minimum(rows[:, n] / level, p[7]))).sum() ** 2
        np.testing.assert_allclose(out[:, n], [fused, *there], atol=1e-9)
        np.testing.assert_allclose(scaled[:, n], waves[:, n] * weight / level, atol=1e-9)
        floor = floor + p[0] * (np.sqrt(rows[:, n]) - floor)
