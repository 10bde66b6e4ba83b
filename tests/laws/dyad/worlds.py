"""Worlds: pairs of series as life makes them, with and without a tie between the two people.

Each world is a function ``world(rng) -> (x, y)`` of 10 minutes at 4 Hz, NaN where a sample
is missing. In those of ``NULLS`` nothing ties the two; what a test finds there is by chance.
In ``shared_stimulus`` the two see the same film and not each other: a test within the dyad
cannot tell that from coupling, and pseudo-dyads can. In those of ``COUPLED`` they are tied.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.signal import lfilter

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats

__all__ = ["COUPLED", "NULLS", "RATE", "N", "Pair", "World", "film", "shared_stimulus"]

RATE, SECONDS = 4.0, 600
N = round(RATE * SECONDS)

Random = np.random.Generator
Pair = tuple[FloatArray, FloatArray]
World = Callable[[Random], Pair]


def noise(rng: Random, seconds: float, n: int = N, rate: float = RATE) -> FloatArray:
    """Return noise at unit variance that forgets itself within `seconds`."""
    keep = np.exp(-1 / (seconds * rate))
    past = round(10 * seconds * rate)
    series = lfilter([np.sqrt(1 - keep**2)], [1, -keep], rng.standard_normal(n + past))
    return np.array(series[past:], dtype=np.float64)


def two(one: Callable[[Random], FloatArray]) -> World:
    """Return the world of two people who each live by themselves."""
    return lambda rng: (one(rng), one(rng))


def trending(rng: Random) -> FloatArray:
    t = np.linspace(0, 1, N)
    slope, bend = 10 * rng.standard_normal(2)
    return np.asarray(noise(rng, 5) + slope * t + bend * t**2)


def gappy(rng: Random) -> FloatArray:
    series = noise(rng, 5)
    for start in rng.integers(0, N - 100, 6):
        series[start : start + rng.integers(4, 80)] = np.nan
    return series


def beating(rng: Random) -> Beats:
    """Return a heart of its own level, with its breathing and its slow wave in it."""
    n, rate = 16 * SECONDS, 16.0
    breath, slow = rng.uniform(0.18, 0.32), rng.uniform(0.08, 0.11)
    waves = [
        size * np.sin(2 * np.pi * np.cumsum(at + 0.02 * noise(rng, 10, n, rate)) / rate)
        for at, size in ((breath, rng.uniform(1, 5)), (slow, rng.uniform(1, 4)))
    ]
    bpm = rng.uniform(58, 85) + sum(waves) + 3 * noise(rng, 20, n, rate)
    phase = np.cumsum(bpm / 60 / rate)
    times = np.interp(np.arange(1, int(phase[-1])), phase, np.arange(n) / rate)
    return Beats.at(times + 0.002 * rng.standard_normal(times.size), "a")


def ailing(rng: Random) -> Beats:
    """Return a heart with premature beats, which are marked, and missed ones, which are not."""
    beats = beating(rng)
    times, normal = beats.times.copy(), beats.normal.copy()
    early = np.flatnonzero(rng.random(times.size - 2) < rng.uniform(0.005, 0.05)) + 1
    times[early] -= 0.3 * (times[early] - times[early - 1])
    normal[early] = False
    kept = rng.random(times.size) > 0.004
    return Beats(times[kept], normal[kept], "a")


def heart_rate(beats: Beats) -> FloatArray:
    """Return the rate of each normal interval while it lasts, NaN beside other beats."""
    k = np.searchsorted(beats.times, np.arange(N) / RATE, side="right") - 1
    bpm = np.where(beats.nn, 60000 / beats.rr_ms, np.nan)
    inside = (k >= 0) & (k < bpm.size)
    return np.where(inside, bpm[np.clip(k, 0, bpm.size - 1)], np.nan)


def different_rates(rng: Random) -> Pair:
    """Return a series of means at 10 Hz and one of 1 Hz, both brought to 4 Hz by lines."""
    at = np.arange(N) / RATE
    fast = noise(rng, 5, 10 * SECONDS, 10.0)
    coarse = noise(rng, 5, SECONDS, 1.0)
    return (
        np.interp(at, np.arange(fast.size) / 10, fast),
        np.interp(at, np.arange(coarse.size), coarse),
    )


def answers(rng: Random, arousal: FloatArray) -> FloatArray:
    """Return what the body makes of arousal, a gamma kernel (3, 1 s), with a sensor's noise."""
    t = np.arange(80) / RATE
    response = np.convolve(arousal, t**2 * np.exp(-t))[: arousal.size][-N:]
    return np.asarray(response / response.std() + 0.5 * rng.standard_normal(N))


def latent(rng: Random, coupling: float, lag: float = 2.0) -> Pair:
    """Return two answers to arousal that comes in impulses; b's follow a's by `lag` s."""
    k = round(abs(lag) * RATE)
    first, own = rng.standard_normal((2, N + 200 + k))
    first, then = first[k:], np.sqrt(1 - coupling**2) * own[k:] + coupling * first[: N + 200]
    x, y = answers(rng, first), answers(rng, then)
    return (x, y) if lag >= 0 else (y, x)


def bidirectional(rng: Random, coupling: float) -> Pair:
    """Return two who each follow the other by 2 s."""
    k = round(2 * RATE)
    one, other = rng.standard_normal((2, N + 200 + k))
    keep = np.sqrt(1 - coupling**2)
    a, b = keep * one[k:] + coupling * other[:-k], keep * other[k:] + coupling * one[:-k]
    return answers(rng, a), answers(rng, b)


def intermittent(rng: Random, coupling: float, share: float = 0.25) -> Pair:
    """Return two of whom b follows a by 2 s in a share of the minutes only."""
    k, minute = round(2 * RATE), round(60 * RATE)
    first, own = rng.standard_normal((2, N + 200 + k))
    tied = np.repeat(rng.random(N // minute + 1) < share, minute)[:N]
    weight = np.concatenate((np.zeros(200), coupling * tied))
    then = np.sqrt(1 - weight**2) * own[k:] + weight * first[:-k]
    return answers(rng, first[k:]), answers(rng, then)


def film(rng: Random) -> FloatArray:
    """Return what happens in a film: impulses that all who see it answer."""
    return rng.standard_normal(N + 200)


def watching(rng: Random, stimulus: FloatArray, share: float = 0.6) -> FloatArray:
    """Return one who sees a film and has a mind of their own."""
    own = rng.standard_normal(stimulus.size)
    return answers(rng, np.sqrt(1 - share**2) * own + share * stimulus)


def shared_stimulus(rng: Random) -> Pair:
    """Return two who see the same film, each alone."""
    seen = film(rng)
    return watching(rng, seen), watching(rng, seen)


NULLS: dict[str, World] = {
    "autocorrelated": two(lambda rng: noise(rng, 5)),
    "slow": two(lambda rng: noise(rng, 40)),
    "trending": two(trending),
    "gappy": two(gappy),
    "uneven beats": two(lambda rng: heart_rate(beating(rng))),
    "ectopic": two(lambda rng: heart_rate(ailing(rng))),
    "different rates": different_rates,
    "latent": partial(latent, coupling=0.0),
}

COUPLED: dict[str, World] = {
    "latent 0.3": partial(latent, coupling=0.3),
    "latent 0.5": partial(latent, coupling=0.5),
    "plain": partial(latent, coupling=0.9, lag=1.0),
    "b leads": partial(latent, coupling=0.5, lag=-1.5),
    "bidirectional": partial(bidirectional, coupling=0.3),
    "intermittent": partial(intermittent, coupling=0.8),
}
