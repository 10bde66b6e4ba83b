"""Octaves: wavelet coherence at no more samples than each octave needs.

A wavelet of frequency f lets through about f/6 on either side. So its wave, moved down to 0 Hz,
is whole at a rate near f: an octave of rows shares a grid as coarse as its fastest row allows,
and all octaves together cost about twice the first one, whatever the rate of the record. What
concerns one person only is computed once and kept while the other changes.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.fft import next_fast_len

from interbeat.core.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from interbeat.dyad.waves.wavelets import (
    CENTERED,
    CONE,
    MOST_MISSING,
    PERIOD,
    WAVES,
    heard,
    scales_of,
)

__all__ = [
    "Grid",
    "Octave",
    "Rows",
    "Waves",
    "centers",
    "crossed",
    "grid_of",
    "inside",
    "own",
    "own_waves_of",
    "powers",
    "squared",
    "waves_of",
]

Waves = tuple[ComplexArray, ...]  # an octave each
Rows = tuple[FloatArray, ...]


ROWS = 12  # an octave
FINE = 1.1  # samples a wave of the fastest row: errors of R2 are 4e-6 in the mean
COARSEST = 15.0  # s between two samples of a grid
PAD = 4.0  # scales of zeros behind the record, so that its end does not meet its beginning
MARGIN = -CENTERED.first  # rows that the boxcar needs on either side
NOTHING = 1e-300


class Octave(NamedTuple):
    """Up to 12 rows with what the boxcar needs beside them, on a grid of their own.

    Parameters
    ----------
    rows : ndarray, shape (k,)
        Frequencies (Hz), falling.
    times : ndarray, shape (m,)
        Of the grid, in seconds from the first sample on.
    own : slice
        Where `rows` are among the k + 8 rows that are computed.
    bins : ndarray of int, shape (k + 8, m)
        Which part of the record's spectrum each row needs.
    filters : ndarray, shape (k + 8, m)
        The wavelet there.
    blur : ndarray, shape (k + 8, m)
        The Gaussian that smooths in time, in the frequencies of the grid, over the scale.
    cone : ndarray of bool, shape (k, m)
        Outside the cones of influence of the record's ends.
    """

    rows: FloatArray
    times: FloatArray
    own: slice
    bins: IntArray
    filters: FloatArray
    blur: FloatArray
    cone: BoolArray

    @property
    def step(self) -> float:
        """Seconds between two samples of the grid."""
        return float(self.times[1])


class Grid(NamedTuple):
    """All octaves from a highest to a lowest frequency, for records of one length.

    Parameters
    ----------
    size : int
        Samples of the record with the zeros behind it.
    rate : float
        Of the record, in Hz.
    octaves : tuple of Octave
        From the fastest on.
    """

    size: int
    rate: float
    octaves: tuple[Octave, ...]

    @property
    def rows(self) -> FloatArray:
        """All frequencies (Hz), falling."""
        return np.concatenate([octave.rows for octave in self.octaves])


@lru_cache(maxsize=4)
def grid_of(n: int, rate: float, low: float, high: float) -> Grid:
    """Return the octaves for records of `n` samples.

    Parameters
    ----------
    n : int
        Samples.
    rate : float
        In Hz.
    low, high : float
        Lowest and highest frequency in Hz; rows lie 1/12 octave apart, from `high` down.
    """
    count = math.floor(ROWS * math.log2(high / low) + 1e-9) + 1
    every = high * 2.0 ** (-np.arange(-MARGIN, count + MARGIN) / ROWS)
    size = next_fast_len(math.ceil(n + PAD * rate / (PERIOD * low)), real=True)
    octaves = [
        _octave(every[first : first + ROWS + 2 * MARGIN], n / rate, rate, size)
        for first in range(0, count, ROWS)
    ]
    return Grid(size, rate, tuple(octaves))


def _octave(rows: FloatArray, seconds: float, rate: float, size: int) -> Octave:
    own = slice(MARGIN, rows.size - MARGIN)
    scales, step = scales_of(rows)[:, None], rate / size  # Hz between two bins
    m = next_fast_len(math.ceil(max(FINE * rows[0], 1 / COARSEST) / step))
    first = np.maximum(np.round(rows / step - m / 2), 0).astype(np.int64)
    bins = first[:, None] + np.arange(m)
    turn = 2 * np.pi * step * bins
    wavelet = np.sqrt(scales) * np.exp(-0.5 * (scales * turn - WAVES) ** 2)
    slow = 2 * np.pi * step * np.fft.fftfreq(m, 1 / m)
    times = np.arange(m) / (m * step)
    near = CONE * scales[own]
    return Octave(
        rows[own],
        times,
        own,
        np.minimum(bins, size // 2),
        np.where(bins <= size // 2, wavelet, 0.0),
        np.exp(-0.5 * (scales * slow) ** 2) / scales,
        (times >= near) & (times <= seconds - near),
    )


def waves_of(values: FloatArray, grid: Grid) -> Waves:
    """Return the transform of a series in each octave, shape (k + 8, m), moved down to 0 Hz.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Around 0; NaN where missing, which counts as 0.
    grid : Grid
        For `n` samples.
    """
    spectrum = np.fft.rfft(np.where(np.isfinite(values), values, 0.0), grid.size)
    return tuple(np.fft.ifft(spectrum[o.bins] * o.filters, axis=1) for o in grid.octaves)


def own_waves_of(values: FloatArray, grid: Grid) -> Waves:
    """Return the transform without the rows beside each octave's own, shape (k, m)."""
    spectrum = np.fft.rfft(np.where(np.isfinite(values), values, 0.0), grid.size)
    return tuple(
        np.fft.ifft(spectrum[o.bins[o.own]] * o.filters[o.own], axis=1) for o in grid.octaves
    )


def own(waves: Waves, grid: Grid) -> Waves:
    """Return the rows of each octave that are its own."""
    return tuple(wave[o.own] for wave, o in zip(waves, grid.octaves, strict=True))


def centers(x: FloatArray, y: FloatArray, grid: Grid) -> FloatArray:
    """Return the frequency (Hz) about which each row's waves really lie, shape (k,).

    A wavelet is broad: of a spectrum that falls, its row holds more of the slow side. A phase
    is a delay at the frequency that is there, not at the row's.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        NaN where missing.
    grid : Grid
        For `n` samples.
    """
    one, other = (
        np.abs(np.fft.rfft(np.where(np.isfinite(side), side, 0.0), grid.size))
        for side in (x, y)
    )
    both, step = one * other, grid.rate / grid.size
    found = []
    for octave in grid.octaves:
        bins = octave.bins[octave.own]
        weight = octave.filters[octave.own] ** 2 * both[bins]
        total = weight.sum(axis=1)
        mean = (weight * bins).sum(axis=1) * step / np.maximum(total, NOTHING)
        found.append(np.where(total > NOTHING, mean, octave.rows))
    return np.concatenate(found)


def powers(waves: Waves, grid: Grid) -> Rows:
    """Return the smoothed power in each octave, shape (k, m)."""
    return tuple(_power(wave, o) for wave, o in zip(waves, grid.octaves, strict=True))


def _power(wave: ComplexArray, octave: Octave) -> FloatArray:
    m = wave.shape[1]
    turned = np.fft.rfft(wave.real**2 + wave.imag**2, axis=1)
    turned *= octave.blur[:, : m // 2 + 1]
    return heard(np.fft.irfft(_boxed(turned), m, axis=1))


def crossed(one: Waves, other: Waves, grid: Grid) -> Waves:
    """Return the smoothed cross-spectrum in each octave, shape (k, m).

    Its phase is positive where `one` leads.
    """
    return tuple(_cross(a, b, o) for a, b, o in zip(one, other, grid.octaves, strict=True))


def _cross(one: ComplexArray, other: ComplexArray, octave: Octave) -> ComplexArray:
    turned = np.fft.fft(one * other.conj(), axis=1)
    turned *= octave.blur
    return np.asarray(np.fft.ifft(_boxed(turned), axis=1))


def _boxed(rows: ComplexArray) -> ComplexArray:
    """Smooth over scales; what is left are the rows that have all neighbors."""
    count = rows.shape[0] - 2 * MARGIN
    out = np.zeros((count, rows.shape[1]), dtype=np.complex128)
    for step, weight in enumerate(CENTERED.weights):
        out += weight * rows[step : step + count]
    return out


def squared(one: Waves, power: Rows, other: Waves, grid: Grid) -> Rows:
    """Return the squared coherence in each octave, shape (k, m).

    Parameters
    ----------
    one : tuple of ndarray
        See :func:`waves_of`.
    power : tuple of ndarray
        That of `one`, see :func:`powers`: it stays while the other changes.
    other : tuple of ndarray
        See :func:`waves_of`.
    grid : Grid
        That of both.
    """
    crosses, others = crossed(one, other, grid), powers(other, grid)
    return tuple(
        (cross.real**2 + cross.imag**2) / np.maximum(p * q, NOTHING)
        for cross, p, q in zip(crosses, power, others, strict=True)
    )


def inside(x: FloatArray, y: FloatArray, grid: Grid) -> tuple[BoolArray, ...]:
    """Return what lies outside the cones of the ends and of both people's gaps, shape (k, m).

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        NaN where missing.
    grid : Grid
        For `n` samples.
    """
    holes = [~np.isfinite(side) for side in (x, y)]
    spectra = [np.fft.rfft(hole, grid.size) for hole in holes if hole.any()]
    return tuple(_inside(spectra, o, grid) for o in grid.octaves)


def _inside(spectra: list[ComplexArray], octave: Octave, grid: Grid) -> BoolArray:
    """Return where too little of the wavelet's energy is missing: see `trusted` of wavelets."""
    m = octave.times.size
    half = min(m // 2 + 1, grid.size // 2 + 1)
    turn = 2 * np.pi * grid.rate / grid.size * np.arange(half)
    energy = np.exp(-0.25 * (scales_of(octave.rows)[:, None] * turn) ** 2) * m / grid.size
    free = octave.cone
    for spectrum in spectra:
        free = free & (np.fft.irfft(spectrum[:half] * energy, m, axis=1) <= MOST_MISSING)
    return free
