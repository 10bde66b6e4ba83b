"""Intervals as even series, for methods that ask for them, without bridging a gap."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats

__all__ = ["Series", "detrended", "even_series"]

BRIDGED = 3.5  # median intervals: one or two lost beats in a row leave two or three
FEWEST = 8  # intervals of a stretch; a spline through fewer says nothing


class Series(NamedTuple):
    """Unbroken stretches of intervals (ms), evenly resampled; and what they were made of.

    Half the sampling rate (Hz) is the fastest that they can show.
    """

    stretches: list[FloatArray]
    intervals: int
    seconds: float
    fastest: float


def even_series(beats: Beats, sampling_rate: float, smoothness: float) -> Series:
    """Return the normal intervals at `sampling_rate` (Hz), detrended, stretch by stretch.

    An interval stands at the beat that ends it, and a cubic spline runs through them, as most
    tools have it. A stretch ends where more than two beats in a row are not.
    """
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 - for those who ask for it

    stretches, intervals, seconds = [], 0, 0.0
    for times, rr in _unbroken(beats):
        count = math.floor((times[-1] - times[0]) * sampling_rate + 1e-9) + 1
        at = times[0] + np.arange(count) / sampling_rate
        if times.size < FEWEST or count < FEWEST:
            continue
        stretches.append(detrended(CubicSpline(times, rr)(at), smoothness))
        intervals += times.size
        seconds += times[-1] - times[0]
    return Series(stretches, intervals, seconds, sampling_rate / 2)


def _unbroken(beats: Beats) -> list[tuple[FloatArray, FloatArray]]:
    ends, rr = beats.times[1:][beats.nn], beats.rr_ms[beats.nn]
    if not rr.size:
        return []
    begins = ends - rr / 1000
    gaps = begins[1:] - ends[:-1]
    breaks = np.flatnonzero(gaps > BRIDGED * float(np.median(rr)) / 1000 * (1 + 1e-9)) + 1
    return list(zip(np.split(ends, breaks), np.split(rr, breaks), strict=True))


def detrended(values: FloatArray, smoothness: float) -> FloatArray:
    """Return `values` less their trend, by smoothness priors (Tarvainen et al. 2002).

    The trend minimizes the squares of what it leaves, plus `smoothness` squared times those of
    its own second differences: a banded system. With an infinite smoothness it is a straight
    line.
    """
    if math.isinf(smoothness):
        at = np.arange(values.size) - (values.size - 1) / 2
        away = values - values.mean()
        return np.asarray(away - at * (at @ away) / (at @ at))
    from scipy.linalg import solveh_banded  # noqa: PLC0415 - for those who ask for it

    away = values - values.mean()
    return np.asarray(away - solveh_banded(_bands(values.size, smoothness), away, lower=True))


def _bands(size: int, smoothness: float) -> FloatArray:
    """Return the diagonals of I + smoothness² D'D, D the second differences; size from 4 up."""
    middle = np.full(size, 6.0)
    middle[[0, -1]], middle[[1, -2]] = 1.0, 5.0
    beside = np.full(size, -4.0)
    beside[[0, -2]] = -2.0
    bands = smoothness**2 * np.stack((middle, beside, np.ones(size)))
    bands[0] += 1.0
    return np.asarray(bands)
