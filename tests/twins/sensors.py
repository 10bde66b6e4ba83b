"""Sensors: what a strap, a belt and a palm would tell of a day; what goes wrong is ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d
from tests.twins.days import GRID, Day, Event, Life, slow, streams

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal

__all__ = ["Heard", "heard"]

BELT_RATE, HEIGHTS_RATE = 25.0, 4.0  # Hz
EARLY = 0.65  # of an interval: when an ectopic beat comes


@dataclass(frozen=True, eq=False)
class Heard:
    """What sensors tell of one person, and the truth at 1 Hz.

    Parameters
    ----------
    beats : Beats
        In whole milliseconds; ectopic beats are marked nine times out of ten.
    breathing : Signal
        Of a belt: arbitrary units, noise and drift.
    volume : Signal
        Of a spirometer: liters.
    heights : Signal
        What heights of R waves tell of the breath: one value a beat, as much noise as breath.
    responses : Responses
        Of the palm.
    vagal, sympathetic : ndarray, shape (n,)
        Natural logarithm of the central tone.
    vagal_effect, sympathetic_effect : ndarray, shape (n,)
        Natural logarithm of what reaches the node, averaged over ten seconds.
    """

    beats: Beats
    breathing: Signal
    volume: Signal
    heights: Signal
    responses: Responses
    vagal: FloatArray
    sympathetic: FloatArray
    vagal_effect: FloatArray
    sympathetic_effect: FloatArray


def heard(day: Day, lives: Sequence[Life], *, ectopic: float = 0.0) -> list[Heard]:
    """Return what is heard of each person.

    Parameters
    ----------
    day : Day
        What happened.
    lives : sequence of Life
        What each heart did.
    ectopic : float
        Chance of an ectopic beat per beat.
    """
    return [
        Heard(
            _ectopic(life.beats, ectopic, streams([seed], 31)[0]),
            _belt(day.volume[k], seed),
            Signal(_finer(day.volume[k]), BELT_RATE, "L", "a", 0.0),
            _heights(day.volume[k], life.beats, streams([seed], 34)[0]),
            _sweat(day.arousal[k], day.events[k], streams([seed], 33)[0]),
            np.log(day.vagal[k])[:: round(GRID)],
            np.log(day.sympathetic[k])[:: round(GRID)],
            _told(life.vagal),
            _told(life.sympathetic),
        )
        for k, (seed, life) in enumerate(zip(day.seeds, lives, strict=True))
    ]


def _told(reached: FloatArray) -> FloatArray:
    """Return the logarithm of its mean over ten seconds, at 1 Hz."""
    mean = uniform_filter1d(reached, round(10 * GRID))
    return np.asarray(np.log(np.maximum(mean, 1e-6))[:: round(GRID)])


def _ectopic(times: FloatArray, chance: float, rng: np.random.Generator) -> Beats:
    times = times.copy()
    normal = np.ones(times.size, dtype=np.bool_)
    rr = np.diff(times)
    for k in np.flatnonzero(rng.random(times.size) < chance):
        if 1 < k < times.size - 2 and normal[k - 2 : k + 2].all():
            times[k] = times[k - 1] + EARLY * rr[k - 1]
            normal[k] = rng.random() < 0.1
    return Beats(np.round(times, 3), normal, "a")


def _finer(volume: FloatArray) -> FloatArray:
    at = np.arange(round(volume.size / GRID * BELT_RATE)) / BELT_RATE
    return np.interp(at, np.arange(volume.size) / GRID, volume)


def _belt(volume: FloatArray, seed: int) -> Signal:
    rng = streams([seed], 32)[0]
    out = _finer(volume)
    gain = 40 * np.exp(0.4 * rng.standard_normal())
    drift = 0.15 * slow([rng], out.size, BELT_RATE, 60.0)[0]
    noise = 0.03 * rng.standard_normal(out.size)
    return Signal(500 + gain * (out + drift + noise), BELT_RATE, "a.u.", "a", 0.0)


def _heights(volume: FloatArray, beats: FloatArray, rng: np.random.Generator) -> Signal:
    at_beats = np.interp(beats, np.arange(volume.size) / GRID, volume)
    told = at_beats + at_beats.std() * rng.standard_normal(beats.size)
    at = np.arange(int(volume.size / GRID * HEIGHTS_RATE)) / HEIGHTS_RATE
    return Signal(np.interp(at, beats, told), HEIGHTS_RATE, "a.u.", "a", 0.0)


def _sweat(arousal: FloatArray, events: Sequence[Event], rng: np.random.Generator) -> Responses:
    """Return responses at random, more with arousal, and one to nine in ten stressors."""
    chance = 0.03 * np.exp(1.8 * arousal) / GRID
    onsets = np.flatnonzero(rng.random(arousal.size) < chance) / GRID + 1.8
    startled = [
        one.start + rng.uniform(1.5, 2.5)
        for one in events
        if one.kind == "both" and rng.random() < 0.9
    ]
    onsets = np.sort(np.concatenate((onsets, startled)))
    onsets = onsets[(onsets < arousal.size / GRID - 5) & (np.diff(onsets, prepend=-9) > 0.5)]
    heights = 0.3 * np.exp(0.6 * rng.standard_normal(onsets.size))
    return Responses(onsets, onsets + 1.5, heights, "a")
