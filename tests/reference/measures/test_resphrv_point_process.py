"""The fast local likelihood beside a plain one, and the function that follows it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import invgauss

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.kernels.point_process import (
    FIRM,
    FLATTEST,
    LEAST,
    LOWEST,
    ORDER,
    ROUNDS,
    TINY,
    TREND,
    TWICE,
    local_likelihood,
)
from interbeat.measures.resphrv_point_process import (
    follow_resphrv,
    inverse_gaussian,
    resphrv_point_process,
)

HARMONICS = np.array([1.0, 2.0, 3.0])
EYE = np.eye(TREND + 6)
SECOND, THIRD = [TREND + 2, TREND + 3], [TREND + 4, TREND + 5]


def regressors(
    times: FloatArray, turns: FloatArray, used: BoolArray, center: float
) -> FloatArray:
    away = (times[:-1] - center) / 30
    advance = np.diff(turns) * np.diff(times)[used].mean() / np.diff(times)
    here = 2j * np.pi * np.outer(turns[:-1], HARMONICS)
    there = here + 2j * np.pi * np.outer(advance, HARMONICS)
    mean = (np.exp(there) - np.exp(here)) / (there - here)
    pairs = np.stack((mean.real, mean.imag), axis=2).reshape(mean.shape[0], -1)
    x = np.column_stack((np.ones(away.size), away, away**2, pairs))
    return np.where(used[:, None], x, 0.0)


def plain_likelihood(  # noqa: PLR0915 - a recipe, step by step
    times: FloatArray, turns: FloatArray, used: BoolArray, *, center: float, memory: float,
    asked: int,
) -> list[float]:  # fmt: skip
    x, y = regressors(times, turns, used, center), 1000 * np.diff(times)
    whole = np.flatnonzero(used)
    whole = np.array([j for j in whole if j >= ORDER and used[j - ORDER : j].all()])
    lags = whole[:, None] - 1 - np.arange(ORDER)
    weight = np.exp(-np.abs(times[:-1] - center) / memory)
    w = weight[whole]
    worth = w.sum() ** 2 / (w**2).sum()
    mean = np.average(y[whole], weights=w)
    white, target, fits, own = x[used], y[used], np.ones(used.sum()), weight[used]
    hold, expected, open_to = np.zeros(9), np.zeros(9), np.zeros(9)
    for turn in range(ROUNDS):
        square = (white * (own / fits)[:, None]).T @ white
        if turn == 0:
            hold = FIRM * np.diag(square)
            hold[TREND + 2 :] = square[TREND, TREND] / TINY
        inverse = np.linalg.inv(square + np.diag(hold))
        beta = inverse @ (white.T @ (own / fits * target) + hold * expected)
        left = y - x @ beta
        before = left[lags]
        # the fits of this round, by all intervals; those without a history count once
        past = w / (fits if turn else np.ones(whole.size))
        cross = (before * past[:, None]).T @ before
        cross += np.diag(FIRM * np.diag(cross) + TINY)
        history = np.linalg.solve(cross, (before * past[:, None]).T @ left[whole])
        white = x[whole] - np.einsum("p,jpa->ja", history, x[lags])
        target, own = y[whole] - y[lags] @ history, w
        off = target - white @ beta
        fits = np.maximum((y[whole] - off) / mean, LOWEST) ** 3
        free = max(worth - ORDER - TREND - 2, 1.0)
        variance = np.average(off**2 / fits, weights=w) * worth / free + TINY
        if turn == ROUNDS - 1:
            break
        one, two, _ = beta[TREND::2] - 1j * beta[TREND + 1 :: 2]
        base = abs(one) ** 2 + TINY
        here = variance / (np.diag(square)[SECOND].mean() + hold[SECOND[0]])
        seen = max(abs(two) ** 2 - 2 * here, 0.0) if turn else 0.0
        third = seen / (abs(two) ** 2 + TINY) * two**2 * np.conj(one) / base
        expected[THIRD] = third.real, -third.imag
        open_to[SECOND] = TWICE**2 * base / 2
        open_to[THIRD] = (seen**2 / base + LEAST**2 * base) / 2
        for pair in (SECOND, THIRD):
            hold[pair] = np.maximum(variance / open_to[pair], FIRM * np.diag(square)[pair])

    meat = (white * (w**2 / fits)[:, None]).T @ white
    circle = np.exp(2j * np.pi * np.outer(np.arange(128) / 128, HARMONICS))
    waves, slopes, bends = (circle * (1j * HARMONICS) ** k for k in range(3))
    harmonics = beta[TREND::2] - 1j * beta[TREND + 1 :: 2]
    wave, bend = (waves @ harmonics).real, np.abs((bends @ harmonics).real)
    top, bottom, height = wave.argmax(), wave.argmin(), float(np.ptp(wave))

    def weighted(row: FloatArray) -> FloatArray:
        contrast = np.zeros(9)
        contrast[TREND::2], contrast[TREND + 1 :: 2] = row.real, row.imag
        return np.asarray(inverse @ contrast)

    weights = weighted(waves[top] - waves[bottom])
    bias = sum(
        variance * (v @ meat @ v) / max(bend[p], FLATTEST * height) / 2
        for p in (top, bottom)
        for v in (weighted(slopes[p]),)
    )
    k = int(np.flatnonzero(whole == asked)[0])
    pull = white[k] @ inverse @ white[k] * w[k] / fits[k]
    return [
        height,
        variance * (weights @ meat @ weights),
        bias,
        float((hold * weights)[TREND + 2 :] ** 2 @ open_to[TREND + 2 :]),
        worth,
        np.diff(times)[used].sum(),
        whole.size,
        mean**3 / variance,
        (y[whole] - off)[k],
        pull + ORDER * w[k] / w.sum(),
    ]


@pytest.mark.parametrize("memory", [20.0, math.inf])
@pytest.mark.parametrize(("breath", "lost"), [(6.0, 0.0), (3.1, 0.02), (2.4, 0.0)])
def test_it_agrees_with_a_plain_one(breath: float, lost: float, memory: float) -> None:
    rng = np.random.default_rng(2)
    at = 2 * np.pi * np.arange(120) * 0.85 / breath
    swings = 0.05 * np.cos(at) + 0.01 * np.cos(2 * at + 1)
    times = np.cumsum(0.85 + rng.normal(0, 0.01, 120) + swings)
    turns = times / breath
    good = rng.random(119) >= lost
    window, center = slice(10, 100), 40.0
    asked = int(np.searchsorted(times, center))
    fast = local_likelihood(
        times,
        good,
        turns % 1,
        np.floor(turns).astype(np.int64),
        np.array([window.start]),
        np.array([window.stop]),
        np.array([center]),
        np.array([asked]),
        memory,
    )
    plain = plain_likelihood(
        times[window.start : window.stop + 1],
        turns[window.start : window.stop + 1],
        good[window],
        center=center,
        memory=memory,
        asked=asked - window.start,
    )
    np.testing.assert_allclose(fast[0], plain, rtol=1e-5)


def test_a_memory_that_is_no_time_is_refused() -> None:
    none = np.zeros(0)
    beats = Beats.at(none, "a")
    breaths = Breaths(none, none, none, none.astype(bool), person="a")
    for memory in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(DataError, match="memory is a positive number of seconds"):
            follow_resphrv(beats, breaths, memory=memory)
    followed = follow_resphrv(beats, breaths, memory=20.0)
    assert followed.times.size == followed.uniforms.size == 0
    assert math.isnan(followed.ks_distance)


def test_without_breathing_nothing_is_made_up() -> None:
    beats = Beats.at(np.arange(100) * 0.9, "a")
    none = np.zeros(0)
    breaths = Breaths(none, none, none, none.astype(bool), person="a")
    followed = follow_resphrv(beats, breaths, memory=20.0)
    assert np.isnan(followed.values).all()
    assert np.isnan(followed.se).all()
    assert math.isnan(followed.ks_limit)


def paced(seconds: float, breath: float) -> tuple[Beats, Breaths]:
    """Return a heart that swings by 60 ms, and its breaths of equal length."""
    at = np.cumsum(np.full(int(seconds / 0.85), 0.85))
    noise = np.random.default_rng(4).normal(0, 10, at.size)
    beats = Beats.from_rr(850 + 30 * np.cos(2 * np.pi * at / breath) + noise, "a")
    onsets = np.arange(0, seconds, breath)
    ones = np.ones(onsets.size)
    return beats, Breaths(onsets, onsets + 0.1, ones, ones > 0, "a")


def test_where_a_belt_drops_out_nothing_is_followed() -> None:
    """Farther than the memory from the last interval within known breaths."""
    beats, breaths = paced(300.0, 5.0)
    known = (breaths.times <= 80) | (breaths.times >= 220)
    times = breaths.times[known]
    ones = np.ones(times.size)
    dropped = Breaths(times, times + 0.1, ones, times != 220, person="a")  # the first after it
    followed = follow_resphrv(beats, dropped, memory=20.0)
    seen = followed.times[np.isfinite(followed.values)]
    assert set(np.arange(10.0, 99.0)) < set(seen)
    assert not np.any((seen > 100) & (seen < 204))
    assert np.isfinite(followed.values[-20:]).all()
    assert np.array_equal(np.isnan(followed.values), np.isnan(followed.se))


def test_breathing_of_two_beats_and_fewer_has_no_swing() -> None:
    beats, breaths = paced(300.0, 1.5)
    found = resphrv_point_process(beats, breaths)
    assert found.reason == "breathing too fast for this heart rate"
    assert np.isnan(follow_resphrv(beats, breaths, memory=20.0).values).all()


@pytest.mark.parametrize("shape", [500.0, 5e3, 3e6])
def test_the_distribution_is_the_inverse_gaussian(shape: float) -> None:
    """Broad, where its skew counts, and as narrow as a heart's."""
    mean = 850.0
    length = mean + np.linspace(-2, 3, 21) * min(math.sqrt(mean**3 / shape), 300.0)
    found = inverse_gaussian(length, np.full(21, mean), np.full(21, shape))
    np.testing.assert_allclose(
        found, invgauss.cdf(length, mean / shape, scale=shape), atol=1e-9
    )
