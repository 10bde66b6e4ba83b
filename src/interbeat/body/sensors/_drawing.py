"""What several sensors draw with: slow tracks, and what movement does to them."""

from __future__ import annotations

import math

import numpy as np

from interbeat.body.inputs import RATE
from interbeat.body.sensors.artifacts import SHAKING_RATE, shaking
from interbeat.body.sensors.clock import Sampling
from interbeat.core.arrays import FloatArray
from interbeat.kernels.rendering import add_track

__all__ = ["add_disturbed", "add_track_of", "lengthened"]

SHORTEST_RR, LONGEST_RR = 0.3, 2.0  # s, between which waves follow the interval
AT_ONCE = 1_000_000  # samples: a day that moves all along would fill the memory thrice


def add_track_of(
    out: FloatArray, sampling: Sampling, track: FloatArray, track_rate: float, *,
    gain: float = 1.0,
) -> None:  # fmt: skip
    """Add `gain` times a track that begins at second 0."""
    add_track(out, 0, sampling.rate, track, track_rate, gain)


def add_disturbed(
    out: FloatArray, sampling: Sampling, movement: FloatArray, *, fast: float, slow: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Add what `movement` (0 to 1, at 10 Hz) does: white noise and shaking near 1.5 Hz."""
    if not movement.any():
        return
    first, last = (int(k) for k in np.flatnonzero(movement)[[0, -1]])
    i = max(math.floor((first - 1) / RATE * sampling.rate), 0)
    j = min(math.ceil((last + 2) / RATE * sampling.rate), sampling.n)
    (shaken_by,) = rng.spawn(1)
    few = math.ceil(j / sampling.rate * SHAKING_RATE) + 3
    shaken = shaking(shaken_by, few)
    for k in range(i, j, AT_ONCE):
        part = out[k : min(k + AT_ONCE, j)]
        noise = fast * rng.standard_normal(part.size)
        add_track(noise, k, sampling.rate, shaken, SHAKING_RATE, slow)
        share = np.zeros(part.size)
        add_track(share, k, sampling.rate, movement, RATE, 1.0)
        part += np.maximum(share, 0.0) * noise


def lengthened(intervals: FloatArray) -> FloatArray:
    """Return by how much the waves of beats are longer than after an RR interval of 1 s.

    The cube root of the interval before (s), as Fridericia (1920) has it for the QT.
    """
    return np.cbrt(np.clip(intervals, SHORTEST_RR, LONGEST_RR))
