"""Breathing: phases of one or two people who pull on each other, volume and carbon dioxide."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Breath", "Chest", "Drawn", "Wanted", "breaths_of"]

SLOWEST = 0.2  # a partner slows a breath to a fifth of its speed at most: phases never run back


class Chest(NamedTuple):
    """What stays the same in one body.

    Parameters
    ----------
    dead_space : float
        Liters of each breath that exchange nothing.
    produced : float
        Carbon dioxide that is made at rest: ventilation times tension, in mmHg L/s.
    stored : float
        Liters that hold carbon dioxide as the alveoli do.
    set_point : float
        End-tidal tension at rest, in mmHg.
    drive : float
        By what share a breath deepens with each mmHg above it.
    lag : float
        Time constant with which breathing heeds carbon dioxide, in s.
    sigh : float
        How many times deeper than others a sigh is.
    deepest : float
        Liters that a breath can have.
    following : float
        Share of what a breath is off the pacer that its duration makes up.
    """

    dead_space: float
    produced: float
    stored: float
    set_point: float
    drive: float
    lag: float
    sigh: float
    deepest: float
    following: float


class Wanted(NamedTuple):
    """What a breath that begins now would be; each of shape (people, n).

    Parameters
    ----------
    rate, depth, inspired : ndarray
        Breaths a second, liters, and the share of a breath that is inspiration.
    hasty, uneven : ndarray
        Standard deviation of the logarithm of duration and depth.
    heeded : ndarray
        0 where carbon dioxide does not change the depth, to 1.
    sighing : ndarray
        Sighs a second.
    load : ndarray
        Metabolism, 1 at rest.
    pull : ndarray
        How strongly the other's phase pulls, in Hz.
    pacer : ndarray
        Breaths that a pacer has asked for since it began; NaN where there is none.
    """

    rate: NDArray[np.float64]
    depth: NDArray[np.float64]
    inspired: NDArray[np.float64]
    hasty: NDArray[np.float64]
    uneven: NDArray[np.float64]
    heeded: NDArray[np.float64]
    sighing: NDArray[np.float64]
    load: NDArray[np.float64]
    pull: NDArray[np.float64]
    pacer: NDArray[np.float64]


class Drawn(NamedTuple):
    """Randomness, one number a breath; each of shape (people, breaths) unless said.

    Parameters
    ----------
    durations, depths : ndarray
        Normal numbers of unit variance.
    sighs : ndarray
        Uniform numbers.
    phases : ndarray, shape (people,)
        Where in a breath each is at the start, 0 to 1.
    """

    durations: NDArray[np.float64]
    depths: NDArray[np.float64]
    sighs: NDArray[np.float64]
    phases: NDArray[np.float64]


class Breath(NamedTuple):
    """What is filled in.

    Parameters
    ----------
    volume : ndarray, shape (people, fine * n)
        Liters above rest.
    tension : ndarray, shape (people, n)
        End-tidal carbon dioxide, in mmHg.
    onsets, peaks, depths : ndarray, shape (people, breaths)
        Seconds, seconds and liters, up to `counts`.
    counts : ndarray, shape (people,)
        Breaths of each.
    """

    volume: NDArray[np.float64]
    tension: NDArray[np.float64]
    onsets: NDArray[np.float64]
    peaks: NDArray[np.float64]
    depths: NDArray[np.float64]
    counts: NDArray[np.int64]


@njit(cache=True)
def breaths_of(
    chests: tuple[Chest, ...], wanted: Wanted, drawn: Drawn, step: float, out: Breath
) -> None:
    """Fill in breaths, volume and carbon dioxide of one or two people, step by step.

    A breath takes its duration, depth and shape at its onset and keeps them.

    Parameters
    ----------
    chests : tuple of Chest
        One a person.
    wanted : Wanted
        What each would do.
    drawn : Drawn
        Randomness; the first breath of each takes the first number.
    step : float
        Seconds a step of the volume.
    out : Breath
        Filled.
    """
    people, n = wanted.rate.shape
    fine = out.volume.shape[1] // n
    phase = drawn.phases.copy()
    speed, deep, share = np.empty(people), np.empty(people), np.empty(people)
    carbon, felt = np.empty(people), np.zeros(people)
    for p in range(people):
        out.counts[p] = 0
        carbon[p] = chests[p].set_point
        _begin(p, 0, chests[p], wanted, drawn, 0.0, speed, deep, share, out.counts)
        out.onsets[p, 0] = -phase[p] / speed[p]
        out.peaks[p, 0] = out.onsets[p, 0] + share[p] / speed[p]
        out.depths[p, 0] = deep[p]
    before = np.empty(people)
    for i in range(n):
        for p in range(people):
            chest = chests[p]
            fresh = max(deep[p] - chest.dead_space, 0.0) * speed[p]
            made = wanted.load[p, i] * chest.produced
            carbon[p] += (made - fresh * carbon[p]) / chest.stored * step * fine
            felt[p] += (carbon[p] - chest.set_point - felt[p]) * (step * fine / chest.lag)
            out.tension[p, i] = carbon[p]
        for j in range(fine):
            k = i * fine + j
            before[:] = phase
            for p in range(people):
                out.volume[p, k] = deep[p] * _filled(phase[p], share[p])
                fast = speed[p]
                if people == 2 and wanted.pull[p, i] != 0:
                    apart = before[1 - p] - before[p]
                    fast += wanted.pull[p, i] * math.sin(2 * math.pi * apart)
                    fast = max(fast, SLOWEST * speed[p])
                now = phase[p] + fast * step
                if before[p] < share[p] <= now:
                    at = (k + (share[p] - phase[p]) / (fast * step)) * step
                    out.peaks[p, out.counts[p] - 1] = at
                if now >= 1:
                    left = (now - 1) / fast
                    at = (k + 1) * step - left
                    _begin(
                        p, i, chests[p], wanted, drawn, felt[p], speed, deep, share, out.counts
                    )
                    c = out.counts[p] - 1
                    out.onsets[p, c], out.depths[p, c] = at, deep[p]
                    out.peaks[p, c] = at + share[p] / speed[p]
                    now = left * speed[p]
                phase[p] = now


@njit(cache=True)
def _begin(
    p: int, i: int, chest: Chest, wanted: Wanted, drawn: Drawn, felt: float,
    speed: NDArray[np.float64], deep: NDArray[np.float64], share: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """Let person p begin a breath."""
    k = counts[p]
    speed[p] = wanted.rate[p, i] * math.exp(-wanted.hasty[p, i] * drawn.durations[p, k])
    late = wanted.pacer[p, i]
    if not math.isnan(late):
        late -= math.floor(late + 0.5)
        speed[p] /= 1 - chest.following * late
    much = wanted.depth[p, i] * math.exp(wanted.uneven[p, i] * drawn.depths[p, k])
    much *= max(1 + wanted.heeded[p, i] * chest.drive * felt, 0.1)
    if drawn.sighs[p, k] * speed[p] < wanted.sighing[p, i]:
        much *= chest.sigh
    deep[p] = min(much, chest.deepest)
    share[p] = wanted.inspired[p, i]
    counts[p] = k + 1


@njit(cache=True)
def _filled(phase: float, share: float) -> float:
    """Return how full the lungs are: 0 at onset, 1 at the end of inspiration."""
    if phase < share:
        return 0.5 * (1 - math.cos(math.pi * phase / share))
    return 0.5 * (1 + math.cos(math.pi * (phase - share) / (1 - share)))
