"""How far standard deviations must reach where responses are not shaped as is assumed.

The smoother's deviations hold for responses of the assumed shape. Skin begins to respond more
gently, and its tails are longer: the level takes up what is left of a tail, and an onset is
found late. Shares were chosen on simulated responses that begin slowly and on such with a
second, slower tail; gamma-shaped and smoothed ones were held out.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import lfilter

from interbeat.core.arrays import FloatArray
from interbeat.kernels import sweat
from interbeat.signals._sweat import AROUND, Found, Learned, Model

__all__ = ["of_another_shape", "onset_sd", "time_constant_sd"]

LONGER = 3.0  # times the decay: how long a response may be felt after all
SHARE = 0.05  # of its amplitude, by which the level may be mistaken for it
VARIED = 0.06  # of the rise: responses of one person differ
ROUND = 1.5  # s in which a response that begins with the square of time reaches its height
FOOT, WORTH = 0.03, 2.0  # what is expected of it, and how many responses that counts for
DIFFER = (0.10, 0.15)  # of rise and decay, from one response of a person to the next
MISTAKEN = 0.06  # of both, learned from responses of another shape
FOOT_END = 0.1  # s after the onset found, up to which what is left over is looked at


def of_another_shape(found: Found, model: Model) -> FloatArray:
    """Return the variance (µS²) of level and phasic part in each step, for want of shape."""
    n = found.out.shape[0]
    if not n:
        return np.empty(0)
    bursts = np.zeros(n)
    np.add.at(
        bursts, found.rows[:, sweat.POSITION].astype(np.int64), found.rows[:, sweat.AMPLITUDE]
    )
    left = math.exp(-1 / (LONGER * model.settings[sweat.DECAY]))
    before = math.ceil(AROUND * model.rate)  # a gentle beginning comes earlier
    felt = lfilter([1.0], [1.0, -left], np.append(bursts, np.zeros(before)))[before:]
    return np.asarray((SHARE * felt) ** 2)


def onset_sd(rows: FloatArray, y: FloatArray, found: Found, model: Model) -> FloatArray:
    """Return the standard deviation (s) of the onsets of `rows`, their shape unknown.

    What is left over about the onsets found, as a share of the amplitudes, tells how far the
    responses had grown by then: a gentle beginning, with the square of time, began earlier by
    the square root of that share.
    """
    fit = rows[:, sweat.SHIFT_VARIANCE] / model.rate**2
    rise = VARIED * model.settings[sweat.RISE] / model.rate
    return np.asarray(np.sqrt(fit + rise**2 + ROUND**2 * _foot(rows, y, found, model.rate)))


def time_constant_sd(constants: Learned, which: int, n: int) -> float:
    """Return the standard deviation of the logarithm of the rise (0) or decay (1)."""
    differ = DIFFER[which] ** 2 / max(n, 1)
    return math.sqrt(constants[which + 2] + differ + MISTAKEN**2)


def _foot(rows: FloatArray, y: FloatArray, found: Found, rate: float) -> float:
    """Return the share of their amplitude that responses have reached where they are found."""
    left = y - (found.out[:, sweat.SLOW] - found.out[:, sweat.FAST] + found.out[:, sweat.LEVEL])
    seen = np.isfinite(left)
    sums = np.concatenate(([0.0], np.cumsum(np.where(seen, left, 0.0))))
    counts = np.concatenate(([0.0], np.cumsum(seen)))
    at, size = rows[:, sweat.POSITION], rows[:, sweat.AMPLITUDE]
    first = np.clip(np.ceil(at - AROUND * rate), 0, y.size).astype(np.int64)
    end = np.clip(np.floor(at + FOOT_END * rate) + 1, 0, y.size).astype(np.int64)
    mean = (sums[end] - sums[first]) / np.maximum(counts[end] - counts[first], 1)
    squares = float((size**2).sum())
    if not squares:
        return FOOT
    guess = WORTH * squares / size.size
    return max(float((mean * size).sum()) + FOOT * guess, 0.0) / (squares + guess)
