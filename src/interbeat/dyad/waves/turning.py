"""Turning: the phase of a series within a band of frequencies, as a number on the circle."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import ComplexArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad.preparation import decimated, prepared

__all__ = ["BREATHING", "RATE", "SLOW_WAVE", "around_circle", "check_band", "ready", "turning"]

RATE = 4.0  # Hz; enough for any band up to 2 Hz
SLOW_WAVE = (0.07, 0.14)  # Hz: the slow wave of heart rate and blood pressure
BREATHING = (0.15, 0.40)  # Hz
FAINT = 1e-3  # of a series at unit variance: a wave under this is what preparation left


def ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    """Return one person's series at 4 Hz or less, without its line and slow changes."""
    factor = max(int(np.ceil(sampling_rate / RATE - 1e-9)), 1)
    rate = sampling_rate / factor
    return prepared(decimated(values, factor), rate), rate


def turning(values: FloatArray, rate: float, band: tuple[float, float]) -> ComplexArray:
    """Return the phase of `values` within `band` as a number on the unit circle.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Around 0; NaN where a sample is missing. Such a sample counts as 0 when the band is cut
        out of the spectrum, and its own phase is 0: no number on the circle.
    rate : float
        In Hz.
    band : tuple of float
        In Hz; edges are within.
    """
    there = np.isfinite(values)
    spectrum = np.fft.fft(np.where(there, values, 0.0))
    frequency = np.fft.fftfreq(values.size, 1 / rate)
    spectrum[(frequency < band[0]) | (frequency > band[1])] = 0
    wave = np.fft.ifft(spectrum)
    size = np.abs(wave)
    seen = there & (size > FAINT)
    return np.where(seen, wave / np.where(seen, size, 1.0), 0)


def around_circle(one: ComplexArray, other: ComplexArray) -> ComplexArray:
    """Return, for each k, the sum over t of ``one[t] * conj(other[t + k])`` in a circle."""
    product = np.conj(np.fft.fft(one)) * np.fft.fft(other)
    return np.conj(np.fft.ifft(product))


def check_band(band: tuple[float, float], rate: float) -> None:
    """Refuse a band that there is not at `rate` (Hz).

    Raises
    ------
    DataError
        If the band is empty or does not lie between 0 and half of the rate.
    """
    low, high = band
    if not 0 < low < high <= rate / 2:
        raise DataError(
            f"a band lies between 0 and {rate / 2:g} Hz, half of the rate, its lower edge "
            f"first: not from {low} to {high} Hz"
        )
