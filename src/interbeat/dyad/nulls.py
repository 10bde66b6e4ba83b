"""Nulls: what chance gives, by shifts in a circle, by random phases, by drawn values.

A null's first statistic is the observed one, so that the observed counts among what chance may
give, and no p is 0. Larger always means more tied.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["Null", "Statistic", "by_phases", "by_shifts", "drawn", "generator", "phases"]

Statistic = Callable[[FloatArray, FloatArray], float]


class Null(NamedTuple):
    """The statistic of the observed pair, first, and of each pair that chance made.

    Parameters
    ----------
    statistics : ndarray, shape (m,)
        Larger: more tied.
    floor : float
        The smallest p that there can be.
    kind : str
        For people: ``"circular shifts"``.
    """

    statistics: FloatArray
    floor: float
    kind: str

    @property
    def observed(self) -> float:
        """The statistic of the pair as it was recorded."""
        return float(self.statistics[0])

    @property
    def p(self) -> float:
        """Share of all pairs, the observed one among them, whose statistic reaches its."""
        return float(np.mean(self.statistics >= self.statistics[0]))

    @property
    def threshold(self) -> float:
        """What 5 % of the pairs exceed."""
        return float(np.quantile(self.statistics, 0.95))


def drawn(observed: float, statistics: FloatArray, kind: str) -> Null:
    """Return the null of an observed statistic and those of `statistics` drawn by chance."""
    every = np.concatenate(([observed], statistics))
    return Null(every, 1 / every.size, kind)


def by_shifts(
    statistic: Statistic, x: FloatArray, y: FloatArray, *, count: int, span: int
) -> Null:
    """Return the null of `count` circular shifts of y, spread over all of them.

    Shifts next to zero are drawn like any other, because leaving them out makes p too small.

    Parameters
    ----------
    statistic : callable
        Of two series.
    x, y : ndarray, shape (n,)
        NaN where a sample is missing.
    count : int
        How many, the observed one not among them.
    span : int
        How many neighboring shifts see the same peak: 1 for a statistic of one lag, and the
        number of lags for the best of several. The floor of p is `span` / n or more.

    Raises
    ------
    DataError
        If there are fewer than 2 samples, or no draws are asked for.
    """
    if x.size < 2 or count < 1:
        raise DataError(f"{count} shifts of {x.size} samples tell nothing of chance")
    rng = generator(x, y)
    offsets = ((np.arange(count) + rng.random(count)) / count * x.size).astype(np.int64)
    values = [statistic(x, y), *(statistic(x, np.roll(y, -k)) for k in offsets)]
    floor = max(1 / (count + 1), span / x.size)
    return Null(np.array(values), floor, "circular shifts")


def by_phases(statistic: Statistic, x: FloatArray, y: FloatArray, *, count: int) -> Null:
    """Return the null of `count` series with y's spectrum and random phases.

    Parameters
    ----------
    statistic : callable
        Of two series.
    x, y : ndarray, shape (n,)
        Around 0; NaN where a sample is missing, and missing in each surrogate as well.
    count : int
        How many, the observed one not among them.
    """
    values = [statistic(x, other) for other in phases(y, count, generator(x, y))]
    return drawn(statistic(x, y), np.array(values), "random phases")


def phases(values: FloatArray, count: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Give series with the spectrum of `values`, random phases, and the same samples missing.

    Theiler et al. (1992), doi:10.1016/0167-2789(92)90102-S. One at a time: memory does not
    grow with their number.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Around 0; NaN where a sample is missing.
    count : int
        How many.
    rng : numpy.random.Generator
        See :func:`generator`.
    """
    there = np.isfinite(values)
    size = np.abs(np.fft.rfft(np.where(there, values, 0.0)))
    for _ in range(count):
        turned = size * np.exp(2j * np.pi * rng.random(size.size))
        yield np.where(there, np.fft.irfft(turned, values.size), np.nan)


def generator(x: FloatArray, y: FloatArray) -> np.random.Generator:
    """Return a generator seeded by the data: the same recording, the same p."""
    return np.random.default_rng([zlib.crc32(series.tobytes()) for series in (x, y)])
