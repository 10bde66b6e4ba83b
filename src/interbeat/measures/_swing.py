"""What measures of the swing of intervals over a breath share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Z95
from interbeat.kernels.windows import COUNT, MEAN
from interbeat.measures._spec import Columns
from interbeat.measures._windows import Unless, columns, moments_of, none_in, rows

__all__ = [
    "Breathing",
    "Swings",
    "breathing",
    "nothing_known",
    "phased",
    "rooted",
    "squared",
    "within_breaths",
]

FEWEST_BREATHS = 3
MAYER, NEAR = 0.1, 0.025  # Hz: the blood pressure's own rhythm, and how near to it is near


class Breathing(NamedTuple):
    """How many trusted breaths each window holds, and how near to 0.1 Hz they are (0 to 1)."""

    n: FloatArray
    near_mayer: FloatArray


class Swings(NamedTuple):
    """Fitted swings (ms), what noise added to them, their variance as sampled and in all."""

    raw: FloatArray
    bias: FloatArray
    variance: FloatArray
    whole_variance: FloatArray


def phased(
    beats: Beats, breaths: Breaths
) -> tuple[FloatArray, BoolArray, FloatArray, IntArray]:
    """Return each beat's time, whether its interval is normal, its phase and its breath."""
    cycle = np.searchsorted(breaths.times, beats.times, side="right").astype(np.int64)
    return np.array(beats.times), beats.nn, breaths.phase(beats.times), cycle


def within_breaths(
    beats: Beats, breaths: Breaths, starts: FloatArray, ends: FloatArray
) -> tuple[IntArray, IntArray]:
    """Which intervals lie between the first and the last onset of breath in each window."""
    if not len(breaths):
        none = np.zeros(starts.size, dtype=np.int64)
        return none, none
    first, last = rows(breaths.times, starts, ends, joined=2)
    onset = np.minimum(first, len(breaths) - 1)
    last_onset = np.minimum(np.maximum(last, onset), len(breaths) - 1)
    return rows(beats.times, breaths.times[onset], breaths.times[last_onset], joined=2)


def breathing(breaths: Breaths, starts: FloatArray, ends: FloatArray) -> Breathing:
    """Return what there is of breathing in each window."""
    lasting = moments_of(
        np.diff(breaths.times), breaths.whole, rows(breaths.times, starts, ends, joined=2)
    )
    n = lasting[:, COUNT]
    away = 1 / np.where(n > 0, lasting[:, MEAN], np.inf) - MAYER
    return Breathing(n, np.exp(-((away / NEAR) ** 2)))


def nothing_known(
    beats: Beats, breaths: Breaths, windows: tuple[FloatArray, FloatArray], n: FloatArray
) -> tuple[Unless, ...]:
    """Return why there may be no swing at all, `n` being the number of trusted breaths."""
    return (
        (none_in(beats, *windows), "no beats", n),
        (none_in(breaths, *windows), "breathing not known", n),
        (n < FEWEST_BREATHS, f"{{n}} of {FEWEST_BREATHS} breaths", n),
    )


def squared(
    swings: Swings,
    pieces: IntArray,
    *,
    unseen: FloatArray,
    quality: FloatArray,
    n: FloatArray,
    unless: tuple[Unless, ...],
) -> Columns:
    """Squared swing in each piece: squares of noise average out, swings of noise do not.

    Noise adds to a swing, and twice that and its variance to the square of a swing. In a
    single piece only the former is taken off. `unseen` is by how much the noise is larger than
    it looks.
    """
    raw, bias, variance, whole_variance = swings
    swing = np.maximum(raw - unseen * bias, 0.0)
    noise = unseen * (2 * raw * bias + variance)
    se = unseen * np.sqrt(whole_variance)
    return columns(
        swing**2 / pieces + (1 - 1 / pieces) * (raw**2 - noise),
        (2 * swing + Z95 * se) * se,
        quality=quality,
        n=n,
        unless=unless,
    )


def rooted(found: Columns) -> Columns:
    """Return swings of which `found` are the squares."""
    square = np.maximum(found.values, 0.0)
    swing = np.sqrt(square)
    highest = np.sqrt(square + Z95 * found.se)
    return found._replace(values=swing, se=(highest - swing) / Z95)
