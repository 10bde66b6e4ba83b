"""Grid: two people's beats or samples, however they were recorded, at the same times."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal

__all__ = ["Aligned", "aligned", "answering", "heart_rate", "sampled"]

RECOVERY = 4.0  # s; in which a skin conductance response falls to 1 / e
FORGOTTEN = 30.0  # s after a peak, from which on nothing of it is left
FINER = 2.0  # samples a second for each one of the grid, from which on means are taken


class Aligned(NamedTuple):
    """Two people's series at the same times.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Of a and of b; NaN where missing.
    start : float
        Time of the first sample, in seconds since the session began.
    """

    x: FloatArray
    y: FloatArray
    start: float


def aligned(a: Beats | Signal, b: Beats | Signal, *, sampling_rate: float) -> Aligned:
    """Return two people's recordings at the same times, where both were recorded.

    Parameters
    ----------
    a, b : Beats or Signal
        On one clock (seconds since the session began); of any rates and lengths. Beats become
        heart rate in bpm, which holds over each normal interval.
    sampling_rate : float
        Of the grid, in Hz; 4 is enough for heart rate, skin conductance and breathing.

    Returns
    -------
    Aligned
        From the later beginning to the earlier end. Nothing is filled in: a sample is missing
        outside normal-to-normal intervals and beside a lost sample. A signal of twice the
        grid's rate or more is averaged about each time; a slower one is joined by lines.

    Raises
    ------
    DataError
        If there is nothing in which both were recorded, or the sampling rate is no positive
        number.

    Examples
    --------
    >>> beats = Beats.from_rr([1000, 750, 800, 1000], "a", start=0.2)
    >>> breath = Signal([0.0, 1.0, 2.0, 3.0], sampling_rate=1, unit="a.u.", person="b", start=1)
    >>> aligned(beats, breath, sampling_rate=2)
    Aligned(x=array([60., 80., 75., 75., 60., 60.]),
            y=array([0. , 0.5, 1. , 1.5, 2. , 2.5]), start=1.0)
    """
    if not (math.isfinite(sampling_rate) and sampling_rate > 0):
        raise DataError(f"a sampling rate is a positive number of Hz, not {sampling_rate}")
    (first, last), (begins, ends) = _reach(a), _reach(b)
    start, end = max(first, begins), min(last, ends)
    count = math.floor((end - start) * sampling_rate + 1e-9) + 1 if end > start else 0
    if count < 2:
        raise DataError(
            f"a from {first:g} to {last:g} s and b from {begins:g} to {ends:g} s "
            "have no time in common"
        )
    times = start + np.arange(count) / sampling_rate
    return Aligned(_at(a, times, sampling_rate), _at(b, times, sampling_rate), start)


def heart_rate(beats: object, times: FloatArray) -> FloatArray:
    """Return the heart rate in bpm at each of `times`: constant over each normal interval.

    NaN outside normal-to-normal intervals, and where there are no beats: nothing is
    interpolated across a gap.

    Parameters
    ----------
    beats : Beats
        Of one person.
    times : ndarray, shape (n,)
        In seconds since the session began.
    """
    if not isinstance(beats, Beats) or len(beats) < 2:
        return np.full(times.shape, np.nan)
    rate = np.where(beats.nn, 60000 / beats.rr_ms, np.nan)
    k = np.searchsorted(beats.times, times, side="right") - 1
    inside = (k >= 0) & (k < rate.size)
    return np.where(inside, rate[np.clip(k, 0, rate.size - 1)], np.nan)


def sampled(signal: object, times: FloatArray) -> FloatArray:
    """Return `signal` at `times`, linear between its samples; NaN beside a lost one.

    Parameters
    ----------
    signal : Signal
        Of one person.
    times : ndarray, shape (n,)
        In seconds since the session began; missing outside the signal.
    """
    if not isinstance(signal, Signal) or len(signal) < 2:
        return np.full(times.shape, np.nan)
    at: FloatArray = np.interp(times, signal.times, signal.values, left=np.nan, right=np.nan)
    return at


def answering(responses: object, times: FloatArray) -> FloatArray:
    """Return what skin conductance responses add up to at each of `times`, in µS.

    Each rises from its onset to its peak as half a cosine and falls by 1 / e in 4 s, so that
    people can be compared by when and how much they answer, whatever their level does.

    Parameters
    ----------
    responses : Responses
        Of one person.
    times : ndarray, shape (n,)
        In seconds since the session began, increasing. 0 where nothing is answered: where the
        sensor was off must be known from elsewhere.

    Examples
    --------
    >>> one = Responses([1.0], [3.0], [0.4], person="a")
    >>> answering(one, np.array([0.5, 1.0, 2.0, 3.0, 7.0])).round(3)
    array([0.   , 0.   , 0.2  , 0.4  , 0.147])
    """
    out = np.zeros(times.shape)
    if not isinstance(responses, Responses):
        return np.full(times.shape, np.nan)
    for onset, peak, height in zip(
        responses.times, responses.peaks, responses.amplitude, strict=True
    ):
        first, last = np.searchsorted(times, (onset, peak + FORGOTTEN))
        at = times[first:last]
        part = np.clip((at - onset) / max(peak - onset, 1e-9), 0.0, 1.0)
        fall = np.exp(-np.maximum(at - peak, 0.0) / RECOVERY)
        out[first:last] += height * (1 - np.cos(np.pi * part)) / 2 * fall
    return out


def _reach(data: Beats | Signal) -> tuple[float, float]:
    """Return the times of the first and the last value."""
    if len(data) < 2:
        raise DataError(f"{len(data)} beats or samples cannot be put on a grid")
    times = data.times
    return float(times[0]), float(times[-1])


def _at(data: Beats | Signal, times: FloatArray, sampling_rate: float) -> FloatArray:
    if isinstance(data, Beats):
        inside = np.minimum(times, np.nextafter(data.times[-1], -np.inf))  # its last interval
        return heart_rate(data, inside)
    if data.sampling_rate < FINER * sampling_rate:
        return sampled(data, times)
    return _means(data, times, sampling_rate)


def _means(signal: Signal, times: FloatArray, sampling_rate: float) -> FloatArray:
    """Return the mean of the samples nearest to each time, NaN where over half are lost."""
    bins = np.round((signal.times - times[0]) * sampling_rate).astype(np.int64)
    there = np.isfinite(signal.values)
    inside = (bins >= 0) & (bins < times.size)
    known = inside & there
    count = np.bincount(bins[known], minlength=times.size)
    possible = np.bincount(bins[inside], minlength=times.size)
    sums = np.bincount(bins[known], weights=signal.values[known], minlength=times.size)
    enough = (count > 0) & (2 * count >= possible)
    return np.where(enough, sums / np.maximum(count, 1), np.nan)
