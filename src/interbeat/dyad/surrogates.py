"""Surrogates: series as chance may make them of one that was recorded, one at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["generator", "phases", "phases_and_values", "segments", "shifts"]

TINY = 1e-300  # instead of no amplitude at all
REFINED = 20  # times that spectrum and values are brought together
FEWEST_SEGMENTS = 4  # three can lie in six orders only: no p under 0.16


def shifts(values: FloatArray, count: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Give `values` shifted in a circle, `count` times, one at random in each equal stretch.

    Raises
    ------
    DataError
        If there are fewer than 2 samples, or no draws are asked for.
    """
    n = _enough(values, count)
    offsets = ((np.arange(count) + rng.random(count)) / count * n).astype(np.int64)
    return (np.roll(values, -offset) for offset in offsets)


def phases(values: FloatArray, count: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Give series with the spectrum of `values`, random phases, and the same samples missing.

    Theiler et al. (1992), doi:10.1016/0167-2789(92)90102-S. One at a time: memory does not
    grow with their number. Missing samples count as 0 for the spectrum. In series without line
    and slow changes, neither ends that do not meet nor gaps of a tenth of the record matter
    (4 to 6 % of false positives at 5 %; bridging gaps, tapering or mirroring ends changed
    nothing). Values become normal ones, whatever they were, which matters where they come in
    steep bursts (13 % of false positives): see :func:`phases_and_values`.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Around 0; NaN where a sample is missing.
    count : int
        How many.
    rng : numpy.random.Generator
        See :func:`generator`.

    Raises
    ------
    DataError
        If there are fewer than 2 samples, or no draws are asked for.
    """
    n = _enough(values, count)
    there = np.isfinite(values)
    size = np.abs(np.fft.rfft(np.where(there, values, 0.0)))
    for _ in range(count):
        turned = size * np.exp(2j * np.pi * rng.random(size.size))
        turned[0] = size[0]
        yield np.where(there, np.fft.irfft(turned, n), np.nan)


def phases_and_values(
    values: FloatArray, count: int, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Give series with the values of `values` and about its spectrum, in random phases.

    Iteratively refined surrogates: Schreiber & Schmitz (1996),
    doi:10.1103/PhysRevLett.77.635, in 20 rounds that end on the values.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Around 0; NaN where a sample is missing.
    count : int
        How many.
    rng : numpy.random.Generator
        See :func:`generator`.

    Raises
    ------
    DataError
        If there are fewer than 2 samples, or no draws are asked for.
    """
    there = np.isfinite(values)
    size = np.abs(np.fft.rfft(np.where(there, values, 0.0)))
    ranked = np.sort(values[there])
    for start in phases(np.where(there, values, 0.0), count, rng):
        series = start
        for _ in range(REFINED):
            spectrum = np.fft.rfft(series)
            turned = spectrum * (size / np.maximum(np.abs(spectrum), TINY))
            order = np.argsort(np.fft.irfft(turned, values.size)[there])
            series = np.zeros(values.size)
            series[np.flatnonzero(there)[order]] = ranked
        yield np.where(there, series, np.nan)


def segments(
    values: FloatArray, count: int, rng: np.random.Generator, *, length: int
) -> Iterator[FloatArray]:
    """Give `values` with its segments of `length` samples in another order, `count` times.

    Raises
    ------
    DataError
        If fewer than 4 segments fit, or no draws are asked for.
    """
    n = _enough(values, count)
    k = n // max(length, 1)
    if length < 1 or k < FEWEST_SEGMENTS:
        raise DataError(
            f"{k} segments of {length} samples tell nothing of chance: "
            f"{FEWEST_SEGMENTS} or more are needed"
        )
    pieces, rest = values[: k * length].reshape(k, length), values[k * length :]
    for _ in range(count):
        yield np.concatenate((pieces[rng.permutation(k)].ravel(), rest))


def generator(x: FloatArray, y: FloatArray) -> np.random.Generator:
    """Return a generator seeded by the data: the same recording, the same p, in any unit."""
    return np.random.default_rng([_fingerprint(series) for series in (x, y)])


def _fingerprint(series: FloatArray) -> int:
    """Return a number that only the shape of `series` decides, not its unit or rounding."""
    there = series[np.isfinite(series)]
    if not there.size:
        return 0
    spread = float(np.std(there)) or 1.0
    plain = np.round((series - there.mean()) / spread, 6) + 0.0  # -0.0 + 0.0 is 0.0
    return zlib.crc32(plain.tobytes())


def _enough(values: FloatArray, count: int) -> int:
    if values.size < 2 or count < 1:
        raise DataError(f"{count} draws of {values.size} samples tell nothing of chance")
    return int(values.size)
