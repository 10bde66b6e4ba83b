"""The search for responses in skin conductance, written out plainly.

Given the smoother, which is tested against the joint Gaussian by itself.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels import sweat
from interbeat.signals._sweat import Model

RATE = 5.0


class Bare(NamedTuple):
    """A response while it is searched for."""

    at: float
    size: float
    moved: float = 0.0


def shape(ago: FloatArray, rise: float, decay: float) -> FloatArray:
    """Return a response of height 1 (Bateman's function)."""
    top = math.log(decay / rise) / (1 / rise - 1 / decay)
    height = math.exp(-top / decay) - math.exp(-top / rise)
    ago = np.maximum(ago, 0)
    return np.asarray((np.exp(-ago / decay) - np.exp(-ago / rise)) / height)


class Plain:
    """`find_responses` with lists, one thing after the other."""

    def __init__(self, y: FloatArray, variance: FloatArray, loose: BoolArray) -> None:
        self.y, self.variance, self.loose = y, variance.copy(), loose.copy()
        self.model = Model(RATE)
        self.s = self.model.settings
        self.start = self.model.start(y)
        self.store = np.empty((y.size, sweat.STORE))
        self.out = np.empty((y.size, sweat.OUT))
        self.phasic = np.zeros(y.size)

    def smooth(
        self, rows: list[Bare], spread: FloatArray, wander: FloatArray | None = None
    ) -> FloatArray:
        table = np.zeros((len(rows), sweat.ROWS))
        for row, one in zip(table, rows, strict=True):
            row[sweat.POSITION], row[sweat.AMPLITUDE] = one.at, one.size
        wander = np.zeros(self.y.size) if wander is None else wander
        found = sweat.take_apart(
            self.y, spread, wander, self.loose, table, self.s, self.start, self.store, self.out
        )
        self.phasic = np.maximum(self.out[:, sweat.SLOW] - self.out[:, sweat.FAST], 0)
        return found

    def spread(self, misfit: float) -> FloatArray:
        reach, n = math.floor(self.s[sweat.AROUND] + 0.5), self.y.size
        most = [self.phasic[max(k - reach, 0) : k + reach + 1].max() for k in range(n)]
        return np.asarray(self.variance + (misfit * np.array(most)) ** 2)

    def kept(self, rows: list[Bare], found: FloatArray) -> list[Bare]:
        sure = found[:, 0] / np.sqrt(found[:, 1])
        weak = (sure <= self.s[sweat.SIGMAS]) | (found[:, 0] < 0.8 * self.s[sweat.LEAST])
        at = np.array([row.at for row in rows])
        out = []
        for i, row in enumerate(rows):
            near = np.flatnonzero(np.abs(at - row.at) <= 1.3 * self.s[sweat.APART])
            if weak[i] and i == min(near, key=lambda j: (sure[j], -j)):
                continue
            move = np.clip(found[i, 2] / max(row.size, 0.005), -1.25, 1.25)
            place = np.clip(row.at + move, self.s[sweat.EARLIEST], self.y.size - 1 - 1e-6)
            out.append(Bare(float(place), max(found[i, 0], 0.005), abs(float(move))))
        return merged(out, self.s[sweat.NEAR])

    def more(self, rows: list[Bare]) -> list[Bare]:
        score, known = self.out[:, sweat.SCORE], self.out[:, sweat.INFORMATION]
        size = score / np.maximum(known, 1e-300)
        sure = np.where(
            (known > 0) & (size >= self.s[sweat.LEAST]), size * np.sqrt(np.maximum(known, 0)), 0
        )
        reach, new = math.floor(self.s[sweat.APART] + 0.5), []
        for k in range(self.y.size):
            around = sure[max(k - reach, 0) : k + reach + 1]
            if sure[k] <= self.s[sweat.SIGMAS] or sure[k] < around.max():
                continue
            if all(abs(row.at - (k + 0.5)) >= self.s[sweat.NEAR] for row in rows):
                new.append(Bare(k + 0.5, float(size[k])))
        return sorted([*rows, *new])

    def faults(self) -> bool:
        spread = self.variance + (self.s[sweat.MISFIT] * self.phasic) ** 2
        smooth = self.out[:, sweat.SLOW] - self.out[:, sweat.FAST]
        rest = self.y - (smooth + self.out[:, sweat.LEVEL])
        some = False
        for k in range(1, self.y.size - 1):
            beside = max(abs(rest[k - 1]), abs(rest[k + 1]))
            bend = abs(self.y[k] - (self.y[k - 1] + self.y[k + 1]) / 2)
            far = abs(rest[k]) > 6 * math.sqrt(spread[k]) and abs(rest[k]) > 2 * beside
            if far and bend > 0.7 * abs(rest[k]):
                self.variance[k] += 10 * rest[k] ** 2
                some = True
        for k in range(1, self.y.size - 2):
            if self.stepped(k, smooth[k], spread[k]):
                self.loose[k] = some = True
        return some

    def stepped(self, k: int, phasic: float, spread: float) -> bool:
        """Return whether the level jumps after step `k`."""
        step, score, known = self.y[k + 1] - self.y[k], *self.out[k, 7:9]
        if self.loose[k] or known <= 0 or not abs(step) > 4 * math.sqrt(2 * spread):
            return False
        jump, sure = score / known, abs(score) / math.sqrt(known)
        if sure < 8 or abs(jump) < max(0.1, 0.3 * phasic) or step / jump < 0.6:
            return False
        near = self.out[k - 1 : k + 2]
        near = near[near[:, sweat.INFORMATION] > 0]
        rival = near[:, sweat.SCORE] / np.sqrt(near[:, sweat.INFORMATION])
        return bool(jump < 0 or sure > 1.1 * max(rival.max(initial=0), 0))

    def search(self) -> FloatArray:
        rows: list[Bare] = []
        for turn in range(12):
            found = self.smooth(rows, self.spread(self.s[sweat.MISFIT]))
            kept = self.kept(rows, found)
            steady = len(kept) == len(rows) and all(row.moved < 0.02 for row in kept)
            rows = self.more(kept) if turn < 9 else kept
            steady = steady and len(rows) == len(kept)
            if turn < 9 and (steady or turn >= 3) and self.faults():
                steady = False
            if steady:
                break
        return self.finished(rows)

    def finished(self, rows: list[Bare]) -> FloatArray:
        for _ in range(2):
            wander = self.s[sweat.SHAPE] * self.driven(rows) ** 2
            found = self.smooth(rows, self.spread(self.s[sweat.MISFIT_LAST]), wander)
            rows = [
                row._replace(size=max(f[0], 0.0)) for row, f in zip(rows, found, strict=True)
            ]
        left = self.out[:, sweat.SLOW] - self.out[:, sweat.FAST] - self.driven(rows)
        table = np.zeros((len(rows), sweat.ROWS))
        for i, row in enumerate(rows):
            until = row.at + self.s[sweat.SEARCH]
            if i + 1 < len(rows):
                until = min(until, max(rows[i + 1].at, row.at + 1))
            k = np.arange(math.floor(row.at) + 1, min(math.floor(until), self.y.size - 1) + 1)
            heights = row.size * self.one(k - row.at) + left[k]
            best = int(heights.argmax())
            time = found[i, 3] / max(row.size, 0.005) ** 2
            table[i] = row.at, row.size, found[i, 1], time, k[best], heights[best], 0
            table[i, sweat.RISE_SEEN] = self.rise(row.at)
        return table

    def one(self, ago: FloatArray) -> FloatArray:
        return shape(ago, self.s[sweat.RISE], self.s[sweat.DECAY])

    def driven(self, rows: list[Bare]) -> FloatArray:
        """Return what responses add; of what was before the first step there is nothing."""
        k = np.arange(float(self.y.size))
        return np.asarray(sum((r.size * self.one(k - r.at) for r in rows), np.zeros(k.size)))

    def rise(self, onset: float) -> float:
        first, span = math.floor(onset), round(self.s[sweat.SPAN])
        last = math.floor(onset + self.s[sweat.RISES])
        padded = np.append(self.y, np.full(span + 20, np.nan))
        rises = padded[first + span : last + span + 1] - padded[first : last + 1]
        return float(np.max(rises[np.isfinite(rises)], initial=-np.inf))


def merged(rows: list[Bare], near: float) -> list[Bare]:
    out: list[Bare] = []
    for row in sorted(rows):
        if out and row.at - out[-1].at < near:
            size = out[-1].size + row.size
            place = (out[-1].size * out[-1].at + row.size * row.at) / size
            out[-1] = Bare(place, size, out[-1].moved)
            continue
        out.append(row)
    return out


def case(seed: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return two minutes with responses near each other, a gap, a step and a spike."""
    rng = np.random.default_rng(seed)
    k, n = np.arange(600.0), 600
    y = 5 + 0.3 * np.sin(k / 200) + 0.004 * rng.standard_normal(n)
    for onset in (*rng.uniform(20, 560, 10), 300.3, 305.9):
        stretched = np.exp(0.15 * rng.standard_normal(2)) * (3.75, 15)
        y += rng.uniform(0.04, 0.6) * shape(k - onset, *stretched)
    y[400:] += rng.choice([-0.5, 0.5])
    y[150] += 0.7
    y[480:520] = np.nan
    loose = np.zeros(n, dtype=np.bool_)
    loose[505:520] = True
    return y, np.full(n, 0.004**2 + 2e-7), loose


@pytest.mark.parametrize("seed", range(8))
def test_the_search_finds_what_the_plain_one_finds(seed: int) -> None:
    y, variance, loose = case(seed)
    plain = Plain(y, variance, loose)
    expected = plain.search()
    model, n = Model(RATE), y.size
    out, store = np.empty((n, sweat.OUT)), np.empty((n, sweat.STORE))
    got = sweat.find_responses(
        y,
        variance,
        loose,
        np.empty((0, sweat.ROWS)),
        model.settings,
        model.start(y),
        store,
        out,
    )
    assert got.shape[0] >= 6
    assert plain.loose.sum() > loose.sum()
    assert plain.variance[150] > 0.01
    np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-9)
    # a level of which nothing was known leaves variances some 9 digits
    np.testing.assert_allclose(out[:, :7], plain.out[:, :7], rtol=1e-7, atol=1e-6)
