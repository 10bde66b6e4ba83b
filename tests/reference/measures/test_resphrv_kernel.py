"""The fast regression on the phase of breathing beside a plain one."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.kernels.phase import (
    APART,
    COSINES,
    FIRM,
    FLATTEST,
    LEAST,
    ROUNDS,
    SLOW,
    SWING_BIAS,
    SWING_DF,
    TINY,
    TWICE,
    phase_fit,
)

HARMONICS = np.array([1.0, 2.0, 3.0])


def regressors(
    times: FloatArray, turns: FloatArray, used: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return slow cosines and the harmonics' means over each interval, and the intervals."""
    seconds, n = times[-1] - times[0], int(used.sum())
    covered, round_ = np.diff(times)[used].sum(), np.diff(turns)[used].sum()
    slow = max(2, min(int(2 * (round_ - APART * covered / seconds)), SLOW, n // 4))
    middle = (times[1:] + times[:-1]) / 2 - times[0]
    trend = np.cos(np.pi * np.outer(middle / seconds, np.arange(slow + 1)))
    angle = 2j * np.pi * HARMONICS * turns[:, None]
    mean = np.diff(np.exp(angle), axis=0) / np.diff(angle, axis=0)
    pairs = np.stack((mean.real, mean.imag), axis=2).reshape(mean.shape[0], -1)
    x = np.where(used[:, None], np.hstack((trend, pairs)), 0.0)
    return x, np.where(used, 1000 * np.diff(times), 0.0)


def plain_phase_fit(
    times: FloatArray, good: BoolArray, phase: FloatArray, cycle: IntArray
) -> list[float]:
    places = np.flatnonzero(good)
    part = slice(int(places[0]), int(places[-1]) + 2)
    times, turns, used = times[part], (phase + cycle)[part], good[places[0] : places[-1] + 1]
    x, y = regressors(times, turns, used)
    terms, n = x.shape[1], int(used.sum())
    first = terms - 6
    basis = max(3, min(COSINES, used.size // 8))
    at = (np.arange(used.size) + 0.5) / used.size
    cosines = np.cos(np.pi * np.outer(np.arange(1, basis + 1), at))
    square = x.T @ x

    def variance(weights: FloatArray, residual: FloatArray) -> float:
        return float(2 * np.mean((cosines @ ((x @ weights) * residual)) ** 2))

    hold, expected, open_to = np.zeros(terms), np.zeros(terms), np.zeros(terms)
    hold[1:first] = FIRM * np.diag(square)[1:first]
    hold[first + 2 :] = square[first, first] / TINY
    for turn in range(ROUNDS):
        inverse = np.linalg.inv(square + np.diag(hold))
        beta = inverse @ (x.T @ y + hold * expected)
        residual = y - x @ beta
        if turn == ROUNDS - 1:
            break
        one, two, _ = beta[first:][::2] - 1j * beta[first:][1::2]
        base = abs(one) ** 2 + TINY
        pairs = [[first + 2, first + 3], [first + 4, first + 5]]
        rows = np.eye(terms)
        noise = [
            sum(variance(rows[a], residual) for a in pair) / np.diag(square)[pair].sum()
            for pair in pairs
        ]
        here = noise[0] / (np.diag(square)[pairs[0]].mean() + hold[first + 2])
        seen = max(abs(two) ** 2 - 2 * here, 0.0) if turn else 0.0
        third = seen / (abs(two) ** 2 + TINY) * two**2 * np.conj(one) / base
        expected[pairs[1]] = third.real, -third.imag
        open_to[pairs[0]] = TWICE**2 * base / 2
        open_to[pairs[1]] = (seen**2 / base + LEAST**2 * base) / 2
        for pair, doubt in zip(pairs, noise, strict=True):
            hold[pair] = np.maximum(doubt / open_to[pair], FIRM * np.diag(square)[pair])

    scale = n / (n - 6 + (hold * np.diag(inverse))[first + 2 :].sum())
    circle = np.exp(2j * np.pi * np.outer(np.arange(128) / 128, HARMONICS))
    waves, slopes, bends = (circle * (1j * HARMONICS) ** k for k in range(3))
    wave = (waves @ (beta[first::2] - 1j * beta[first + 1 :: 2])).real
    top, bottom = wave.argmax(), wave.argmin()

    def weighted(row: FloatArray) -> FloatArray:
        contrast = np.zeros(terms)
        contrast[first::2], contrast[first + 1 :: 2] = row.real, row.imag
        return np.asarray(inverse @ contrast)

    weights = weighted(waves[top] - waves[bottom])
    height = float(np.ptp(wave))
    bend = np.abs((bends @ (beta[first::2] - 1j * beta[first + 1 :: 2])).real)
    bias = sum(
        scale * variance(weighted(slopes[p]), residual) / max(bend[p], FLATTEST * height) / 2
        for p in (top, bottom)
    )
    return [
        height,
        scale * variance(weights, residual),
        basis,
        float(np.diff(times)[used].sum()),
        n,
        bias,
        float((hold * weights)[first + 2 :] ** 2 @ open_to[first + 2 :]),
    ]


@pytest.mark.parametrize(
    ("breath", "swell"), [(6.0, 0.0), (6.0, 0.1), (3.1, 0.0), (2.4, 0.05), (9.0, 0.05)]
)
def test_it_agrees_with_a_plain_one(breath: float, swell: float) -> None:
    rng = np.random.default_rng(2)
    at = 2 * np.pi * np.arange(80) * 0.85 / breath
    swings = 0.08 * np.cos(at) + swell * np.cos(2 * at)
    times = np.cumsum(0.85 + rng.normal(0, 0.01, 80) + swings)
    turns = times / breath
    phase, cycle = turns % 1, np.floor(turns).astype(np.int64)
    good = rng.random(79) > 0.1
    fast = phase_fit(times, good, phase, cycle, np.array([0, 20]), np.array([79, 70]))
    np.testing.assert_allclose(fast[0], plain_phase_fit(times, good, phase, cycle), rtol=1e-6)
    part = plain_phase_fit(times[20:71], good[20:70], phase[20:71], cycle[20:71])
    np.testing.assert_allclose(fast[1], part, rtol=1e-6)


def test_harmonics_that_beats_cannot_tell_apart_are_held() -> None:
    """Five beats a breath, each time at the same places: the second looks like the third."""
    times = np.arange(0.0, 64.0, 0.8)
    turns: FloatArray = times / 4 + 1e-9
    phase, cycle = turns % 1, np.floor(turns).astype(np.int64)
    good = np.ones(79, dtype=bool)
    found = phase_fit(times, good, phase, cycle, np.array([0]), np.array([79]))[0]
    assert found[SWING_DF] > 0
    assert found[0] < 1e-6
    assert found[SWING_BIAS] < 1e-6
