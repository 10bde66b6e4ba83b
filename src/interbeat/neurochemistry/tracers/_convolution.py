"""Convolution of exponentials with an input that is straight between its samples, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.signal import lfilter

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.tracers._spec import Frames

__all__ = ["Curve", "convolved", "frame_means", "integral", "sampled"]

SMALL = 1e-2  # below it the series of the kernels is exact to 1e-13, the formula no longer
SLOWEST = 1e-7  # 1/min; slower cannot be told from standing still


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Activity on an even grid from time 0 on, straight between its points.

    Parameters
    ----------
    step : float
        Of the grid, in min.
    values : ndarray, shape (m,)
        Activity.
    area : ndarray, shape (m,)
        Its integral from 0 to each point.
    """

    step: float
    values: FloatArray
    area: FloatArray

    @classmethod
    def on(cls, times: FloatArray, values: FloatArray) -> Curve:
        """Return the curve of an even grid.

        Raises
        ------
        DataError
            If the grid has fewer than 2 points, does not begin at 0 or is not even.
        """
        steps = np.diff(times)
        if steps.size == 0 or times[0] != 0 or np.ptp(steps) > 1e-6 * steps[0]:
            raise DataError("an input is given on an even grid of times from 0 on")
        step = float(times[-1] / steps.size)
        area = np.concatenate([[0.0], np.cumsum(values[1:] + values[:-1]) * (step / 2)])
        return cls(step, values, area)

    @property
    def end(self) -> float:
        """Time of the last point."""
        return self.step * (self.values.size - 1)


def frame_means(curve: Curve, rates: FloatArray, frames: Frames, delay: float) -> FloatArray:
    """Return the mean over each frame of exp(-rate t) convolved with `curve`.

    As the convolution y obeys y' = c - rate y, its integral over a frame is what came in less
    what stayed, over the rate: no sum over points is needed.

    Parameters
    ----------
    curve : Curve
        The input.
    rates : ndarray, shape (k,)
        In 1/min; above 0.
    frames : Frames
        Which, n of them.
    delay : float
        By how much `curve` was recorded too late, in min.

    Returns
    -------
    ndarray, shape (k, n)

    Examples
    --------
    >>> frames = Frames(np.array([0.0, 1.0]), np.array([1.0, 2.0]))
    >>> constant = Curve.on(np.arange(5) / 2, np.ones(5))
    >>> frame_means(constant, np.array([1.0]), frames, 0.0).round(4).tolist()
    [[0.3679, 0.7675]]
    """
    n = frames.starts.size
    at = _edges(curve, frames, delay)
    rates = np.maximum(rates, SLOWEST)
    level = _levels(curve, rates, at)
    gained = (at.came[n:] - at.came[:n]) - (level[:, n:] - level[:, :n])
    return np.asarray(gained / rates[:, None] / frames.durations, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Where times lie on the grid of a curve: what does not depend on a rate.

    Parameters
    ----------
    times : ndarray, shape (n,)
        In min.
    index : ndarray of int, shape (n,)
        The last point of the grid before each.
    rest : ndarray, shape (n,)
        How long ago that was.
    before, now, came : ndarray, shape (n,)
        The curve there, at the time itself, and its integral from 0.
    """

    times: FloatArray
    index: IntArray
    rest: FloatArray
    before: FloatArray
    now: FloatArray
    came: FloatArray


@lru_cache(maxsize=64)
def _edges(curve: Curve, frames: Frames, delay: float) -> _Edges:
    """Return the edges of frames, starts first: the same for all rates."""
    return _placed(curve, np.concatenate([frames.starts, frames.ends]) + delay)


def _placed(curve: Curve, at: FloatArray) -> _Edges:
    index = np.clip(np.floor(at / curve.step).astype(np.int64), 0, curve.values.size - 1)
    rest = at - index * curve.step
    before, now = curve.values[index], sampled(curve, at)
    area = np.where(at > 0, curve.area[index] + rest * (before + now) / 2, 0.0)
    return _Edges(at, index, rest, before, now, area)


def convolved(curve: Curve, rates: FloatArray, at: FloatArray) -> FloatArray:
    """Return exp(-rate t) convolved with `curve`, at given times; shape (rates, times)."""
    return _levels(curve, rates, _placed(curve, at))


def _levels(curve: Curve, rates: FloatArray, at: _Edges) -> FloatArray:
    level = np.stack([_filtered(curve, rate)[at.index] for rate in rates.tolist()])
    first, second = _kernels(rates[:, None] * at.rest)
    fresh = at.rest * ((first - second) * at.before + second * at.now)
    kept = level * np.exp(-rates[:, None] * at.rest) + fresh
    return np.asarray(np.where(at.times > 0, kept, 0.0), dtype=np.float64)


def sampled(curve: Curve, at: FloatArray) -> FloatArray:
    """Return the curve at given times: 0 before the first, the last value after the last."""
    grid = np.arange(curve.values.size) * curve.step
    return np.interp(at, grid, curve.values, left=0.0)


def integral(curve: Curve, at: FloatArray) -> FloatArray:
    """Return the integral from 0 to given times; 0 before."""
    return _placed(curve, at).came


def _filtered(curve: Curve, rate: float) -> FloatArray:
    """Return the convolution at each point of the grid, step by step."""
    first, second = _kernels(np.array(rate * curve.step))
    old, new = float(first - second) * curve.step, float(second) * curve.step
    start = [-new * curve.values[0]]  # so that it begins at 0
    stays = float(np.exp(-rate * curve.step))
    result, _ = lfilter([new, old], [1.0, -stays], curve.values, zi=start)
    return np.asarray(result, dtype=np.float64)


def _kernels(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (1 - e^-x) / x and (x - 1 + e^-x) / x², safe where x is small."""
    small = np.abs(x) < SMALL
    safe = np.where(small, 1.0, x)
    first = np.where(
        small, 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5))), -np.expm1(-safe) / safe
    )
    series = (1 - x / 3 * (1 - x / 4 * (1 - x / 5))) / 2
    second = np.where(small, series, (safe + np.expm1(-safe)) / safe**2)
    return first, second
