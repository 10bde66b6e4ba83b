"""Preparation: two series made fit to be compared, with what is missing left missing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from interbeat.core.arrays import BoolArray, ComplexArray, FloatArray

__all__ = ["HIGH_PASS", "decimated", "evened", "nothing_left", "prepared"]

HIGH_PASS = 0.01  # Hz; slower changes say what the day does, not what two people do
ROUNDING = 1e-10  # of a value; less than this is no variation
SMOOTH = 0.015  # Hz; standard deviation of the weights over which a spectrum is smoothed
TOP = 0.8  # of the highest frequency; above it a spectrum is taken as the sensor's noise
LEAST_POWER = 1e-4  # of the mean power; what is weaker is not raised further
HALF = np.sqrt(2 * np.log(2)) / (2 * np.pi)  # a Gaussian of this many periods halves its wave


def decimated(values: FloatArray, factor: int) -> FloatArray:
    """Return means of `factor` samples each, NaN where over half of those are missing.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing.
    factor : int
        How many samples make one.
    """
    if factor == 1:
        return values
    blocks = values[: values.size // factor * factor].reshape(-1, factor)
    there = np.isfinite(blocks)
    count = there.sum(axis=1)
    means = np.where(there, blocks, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(2 * count >= factor, means, np.nan)


def prepared(values: FloatArray, sampling_rate: float) -> FloatArray:
    """Return `values` without their line and what is slower than 0.01 Hz, at unit variance.

    A Gaussian-weighted local mean, over the samples that are there, is taken away; it lets half
    of the amplitude at 0.01 Hz through. Nothing is filled in. What does not vary becomes 0.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing; one at least is there.
    sampling_rate : float
        In Hz.
    """
    there = np.isfinite(values)
    straight = _without_line(values, there)
    rest = np.where(there, straight - _local_mean(straight, there, sampling_rate), np.nan)
    spread = float(np.std(rest[there])) if there.any() else 0.0
    if spread <= ROUNDING * float(np.abs(values[there]).max(initial=0.0)):
        return np.where(there, 0.0, np.nan)
    return np.asarray(rest / spread, dtype=np.float64)


def nothing_left(x: FloatArray, y: FloatArray, name: str) -> str:
    """Return which of two prepared series was a line and nothing else, or nothing.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        As :func:`prepared` returns them.
    name : str
        What they are of, for people: ``"heart rate"``.
    """
    for person, series in (("a", x), ("b", y)):
        if not series[np.isfinite(series)].any():
            return f"the {name} of {person} does not vary about its line"
    return ""


def _without_line(values: FloatArray, there: BoolArray) -> FloatArray:
    """Return `values` minus their least-squares line, 0 where they are missing."""
    t = np.arange(values.size, dtype=np.float64)
    level, middle = np.mean(values[there]), np.mean(t[there])
    t -= middle
    slope = np.sum(values[there] * t[there]) / max(np.sum(t[there] ** 2), 1.0)
    return np.where(there, values - level - slope * t, 0.0)


def _local_mean(values: FloatArray, there: BoolArray, sampling_rate: float) -> FloatArray:
    """Return the weighted mean of what is there about each sample."""
    width = HALF / HIGH_PASS * sampling_rate
    reach = min(int(4 * width), values.size)
    size = 1 << (values.size + 2 * reach).bit_length()
    kernel = _kernel(width, reach, size)

    def smooth(series: FloatArray) -> FloatArray:
        full = np.fft.irfft(np.fft.rfft(series, size) * kernel, size)
        return np.asarray(full[reach : reach + series.size], dtype=np.float64)

    return smooth(values) / np.maximum(smooth(there.astype(np.float64)), 1e-6)


@lru_cache(maxsize=2)
def _kernel(width: float, reach: int, size: int) -> ComplexArray:
    """Return the spectrum of a Gaussian, kept: the next series is mostly as long."""
    weight = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.asarray(np.fft.rfft(weight, size))


def evened(values: FloatArray, sampling_rate: float) -> FloatArray:
    """Return `values` with half of the differences between frequencies taken out.

    Slow changes are large and few: where they rule, a window holds little that two people could
    share or not. Each frequency is scaled by the fourth root of its power (the square root
    would make all alike, and raise what no partner answers to), and by how much of it stands
    out of the noise, taken as the median power in the highest fifth of the frequencies. The
    power is smoothed over 0.015 Hz. Over missing samples a line is drawn for this, and they are
    missing again afterwards.

    Parameters
    ----------
    values : ndarray, shape (n,)
        As :func:`prepared` returns them.
    sampling_rate : float
        In Hz.
    """
    there = np.isfinite(values)
    if not values[there].any():
        return values
    at = np.arange(values.size)
    bridged = np.interp(at, at[there], values[there], left=0.0, right=0.0)
    size = 1 << (2 * values.size).bit_length()
    spectrum = np.fft.rfft(bridged, size)
    gain = _gain(np.abs(spectrum) ** 2, size / sampling_rate)
    rest = np.fft.irfft(gain * spectrum, size)[: values.size]
    rest -= rest[there].mean()
    return np.where(there, rest / rest[there].std(), np.nan)


def _gain(power: FloatArray, seconds: float) -> FloatArray:
    """Return what to scale each frequency by; the spectrum is that of so many seconds."""
    after = np.arange(power.size) / (2 * (power.size - 1)) * seconds
    covariance = np.fft.irfft(power)
    weight = np.exp(-0.5 * (2 * np.pi * SMOOTH * after) ** 2)
    weight = np.concatenate((weight, weight[-2:0:-1]))
    smooth = np.maximum(np.fft.rfft(covariance * weight).real, 0.0)
    smooth += LEAST_POWER * smooth.mean()
    noise = np.median(smooth[int(TOP * smooth.size) :])
    return np.asarray(np.sqrt(np.maximum(1 - noise / smooth, 0.0)) * smooth**-0.25)
