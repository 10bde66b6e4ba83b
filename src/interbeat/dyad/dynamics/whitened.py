"""Whitened cross-correlation: at which lag two series agree, as sharply as their noise allows.

A slow signal resembles itself seconds later, and so its cross-correlation has a broad top. If
each frequency is weighted by how far the signal stands out of the noise there and divided by
its power, no frequency drowns another, and the top is as narrow as can be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, ComplexArray, FloatArray

__all__ = ["Whitened", "cross_correlation", "whitened"]

RESOLUTION = 30.0  # s; how long a series is held to resemble itself, for its spectrum
STANDS_OUT = 1.5  # times the noise: beyond what chance makes of a spectrum of 10 minutes
FAINT = 0.01  # of the strongest rhythm: what is weaker is held for noise
JERK = 6.0  # times the usual size: a cable moves, and not a body
LARGEST = 4.0  # the same once whitened, so that no moment decides
FINER = 8  # lags between two samples
ABOUT = 10.0  # s to either side of a lag, in which the shape of its top is sought
SPREADS = 1.7  # of chance; a rhythm that adds less to a top is held for chance


class Whitened(NamedTuple):
    """The whitened cross-correlation in units of the spread that shifts give.

    Parameters
    ----------
    lags : ndarray, shape (k,)
        In seconds, finer than the samples; positive: a leads.
    values : ndarray, shape (k,)
        At those lags.
    circle : ndarray, shape (s,)
        At every circular shift, the observed one first; shift s moves a to s samples later.
    reach : int
        Largest lag, in samples.
    bend : float
        Mean square slope (per s) of the correlation under chance.
    top : ndarray, shape (2 * k - 1,)
        What a tie at one lag, in all rhythms alike, makes of the curve around it; 1 at its
        middle.
    wide, alike : ndarray
        The curve to `ABOUT` seconds beyond `lags`; and what `top` is at each sample from its
        middle on, as far.
    """

    lags: FloatArray
    values: FloatArray
    circle: FloatArray
    reach: int
    bend: float
    top: FloatArray
    wide: FloatArray
    alike: FloatArray

    def farthest(self, span: int) -> FloatArray:
        """Return at every shift the largest distance from 0 over `span` lags from it on."""
        around = np.pad(np.abs(self.circle), (0, span - 1), mode="wrap")
        return np.asarray(np.lib.stride_tricks.sliding_window_view(around, span).max(axis=1))

    def rises(self, sign: float) -> FloatArray:
        """Return at every shift how high the curve, times `sign`, rises within its reach."""
        lowest = sign * self.circle
        rise = np.zeros(lowest.size)
        for k in range(1, self.reach + 1):
            here = sign * np.roll(self.circle, -k)
            np.minimum(lowest, here, out=lowest)
            np.maximum(rise, here - lowest, out=rise)
        return rise

    def sharpness(self, at: int) -> float:
        """Return how fast the tie falls away from its lag (per s²), whichever rhythms carry it.

        The curve's own bend would be too sharp: its highest place is where chance helps, and
        chance that is high there is bent there. So the bend is taken from the spectrum of the
        curve about the lag (both sides' mean), each rhythm shrunk by what chance gives it.
        """
        size = self.alike.size
        rate = 1 / (FINER * (self.lags[1] - self.lags[0]))
        offsets = FINER * np.arange(size)
        middle = at + offsets[-1]
        both = self.wide[middle + offsets] + self.wide[middle - offsets]
        weight = _parzen(size - 1)
        turns = np.linspace(0.0, np.pi, 4 * size)  # of each rhythm, per sample
        waves = np.cos(np.outer(turns, np.arange(size)))
        waves[:, 1:] *= 2
        sign = np.sign(self.values[at])
        power = sign * (waves @ (weight * both)) / 2
        chance = np.maximum(waves @ (weight * self.alike), 0) * (np.sum(weight**2) - 0.5)
        kept = power - SPREADS**2 * chance / np.maximum(power, 1e-300)
        return float(np.mean(turns**2 * np.where(power > 0, np.maximum(kept, 0), 0)) * rate**2)


def whitened(values: FloatArray, rate: float) -> FloatArray:
    """Return a series in which all that stands out of the noise is equally strong.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Prepared; NaN where a sample is missing, and 0 in what is returned.
    rate : float
        In Hz.

    Notes
    -----
    The filter is ``sqrt(S - N) / S`` (no phase), S the spectrum (Parzen's lag window of 30 s)
    and N the noise: the median of the upper half of all frequencies, or a hundredth of the
    strongest, if that is more. For series whose tie is weak this is the weight with the least
    error of the lag (Knapp & Carter 1976, doi:10.1109/TASSP.1976.1162830). What does not reach
    1.5 N is left out; where nothing does, every frequency counts alike.
    """
    there = np.isfinite(values)
    n, longest = values.size, min(int(RESOLUTION * rate), values.size - 1)
    size = 1 << (2 * n - 1).bit_length()
    wave = np.fft.rfft(_bounded(np.where(there, values, 0.0), there, JERK), size)
    spectrum = _smooth(np.abs(wave) ** 2, longest, size)
    noise = max(float(np.median(spectrum[spectrum.size // 2 :])), FAINT * spectrum.max())
    signal = np.where(spectrum > STANDS_OUT * noise, spectrum - noise, 0.0)
    if not signal.any():
        signal = spectrum
    made = np.fft.irfft(wave * np.sqrt(signal) / np.maximum(spectrum, 1e-300), size)[:n]
    return _bounded(np.where(there, made, 0.0), there, LARGEST)


def _bounded(values: FloatArray, there: BoolArray, largest: float) -> FloatArray:
    """Return a series in units of its spread, no value farther from 0 than `largest`."""
    spread = 1.4826 * float(np.median(np.abs(values[there]))) if there.any() else 0.0
    if not spread:
        spread = float(np.std(values)) or 1.0
    return np.asarray(np.clip(values / spread, -largest, largest), dtype=np.float64)


def cross_correlation(x: FloatArray, y: FloatArray, *, rate: float, max_lag: float) -> Whitened:
    """Return the whitened cross-correlation up to `max_lag` (s), and what shifts give.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Prepared; NaN where a sample is missing. Products are taken over the pairs that are
        there, and count by the root of their number.
    rate : float
        In Hz.
    max_lag : float
        In seconds.
    """
    reach = round(max_lag * rate)
    n = x.size + reach  # so that within reach of 0 the end does not meet the beginning
    spectra = [np.fft.rfft(whitened(series, rate), n) for series in (x, y)]
    masks = [np.fft.rfft(np.isfinite(series).astype(np.float64), n) for series in (x, y)]
    pairs = np.fft.irfft(np.conj(masks[0]) * masks[1], n)
    known = pairs > 0.05 * x.size
    root = np.sqrt(np.where(known, pairs, np.inf))
    together = np.fft.irfft(np.conj(spectra[0]) * spectra[1], n) / root
    spread = max(float(np.sqrt(np.sum(together**2) / known.sum())), 1e-300)
    fine = _finer(np.fft.rfft(together / spread).astype(np.complex128), n)
    powers = [_smooth(np.abs(wave) ** 2, int(RESOLUTION * rate), n) for wave in spectra]
    top = _finer((powers[0] * powers[1]).astype(np.complex128), n)
    top /= max(top[0], 1e-300)
    about = max(int(ABOUT * rate), 1) * FINER
    lags = np.arange(-reach * FINER, reach * FINER + 1)
    wide = np.arange(lags[0] - about, lags[-1] + about + 1)
    return Whitened(
        lags / (FINER * rate),
        fine[lags],
        together / spread,
        reach,
        float(np.mean((np.diff(fine) * FINER * rate) ** 2)),
        top[np.arange(2 * lags[0], 2 * lags[-1] + 1)],
        np.take(fine, wide, mode="wrap"),
        np.take(top, np.arange(0, about + 1, FINER), mode="wrap"),
    )


def _finer(wave: ComplexArray, n: int) -> FloatArray:
    """Return a series of `n` samples, given its spectrum, at `FINER` times as many places."""
    return np.fft.irfft(wave, n * FINER) * FINER


def _smooth(power: FloatArray, longest: int, size: int) -> FloatArray:
    """Return a spectrum through Parzen's lag window, which keeps it above 0."""
    alike = np.zeros(size)
    alike[: longest + 1] = np.fft.irfft(power, size)[: longest + 1] * _parzen(longest)
    alike[-longest:] = alike[longest:0:-1]
    return np.maximum(np.fft.rfft(alike).real, 0.0)


def _parzen(longest: int) -> FloatArray:
    """Return Parzen's lag window from 0 to `longest`."""
    k = np.arange(longest + 1) / max(longest, 1)
    return np.where(k <= 0.5, 1 - 6 * k**2 * (1 - k), 2 * (1 - k) ** 3)
