"""Series: two people's values on one grid, checked, and why they cannot be compared."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.dyad.preparation import decimated, prepared

__all__ = [
    "FASTEST",
    "LEAST_SHARE",
    "SHORTEST",
    "Pair",
    "checked",
    "too_little",
    "twice",
    "varies",
    "why_not",
]

FASTEST = 10.0  # Hz; more samples a second tell no more of heart, sweat or breath
SHORTEST = 120.0  # s of common data
LEAST_SHARE = 0.5  # of the time each person's series must be there
SAME = 0.999  # correlation of changes from which on two series are one, recorded twice
LARGEST = 0.01  # of the changes; jumps are among them
HUGE = 1e100  # no measurement; its square can still be summed
REACH = 10.0  # s; how far apart two clocks may have put the same series
ROUNDING = 1e-24  # of the squared size of values; less than this is no change
STILL = 1e-10  # of the size of values; beats 0.8 s apart all day round off to 2e-11 of it


class Pair(NamedTuple):
    """Two people's series on one grid.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Person a's and person b's; NaN where a sample is missing.
    rate : float
        In Hz.
    """

    x: FloatArray
    y: FloatArray
    rate: float

    @property
    def quality(self) -> float:
        """Share of the samples that both have."""
        if not self.x.size:
            return 0.0
        return float(np.mean(np.isfinite(self.x) & np.isfinite(self.y)))

    @property
    def prepared(self) -> Pair:
        """Both without their line and what is slower than 0.01 Hz, at unit variance."""
        return Pair(prepared(self.x, self.rate), prepared(self.y, self.rate), self.rate)


def checked(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, fastest: float = FASTEST
) -> Pair:
    """Return two series of equal length on a grid of at most `fastest` Hz.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        NaN where missing.
    sampling_rate : float
        In Hz. Above `fastest`, means over several samples are taken.
    fastest : float
        In Hz.

    Raises
    ------
    DataError
        If the series differ in length, hold infinities or values beyond 1e100, or the rate is
        no positive number.
    """
    a, b = frozen_floats(x, "x"), frozen_floats(y, "y")
    if a.size != b.size:
        raise DataError(f"two series must be equally long, not {a.size} and {b.size} samples")
    if not (math.isfinite(sampling_rate) and sampling_rate > 0):
        raise DataError(f"a sampling rate is a positive number of Hz, not {sampling_rate}")
    if np.isinf(a).any() or np.isinf(b).any():
        raise DataError("a series holds infinite values; what is missing is NaN")
    if (np.abs(a) > HUGE).any() or (np.abs(b) > HUGE).any():
        raise DataError(f"a series holds values beyond {HUGE:g}; what is missing is NaN")
    factor = max(math.ceil(sampling_rate / fastest - 1e-9), 1)
    return Pair(decimated(a, factor), decimated(b, factor), sampling_rate / factor)


def why_not(pair: Pair, name: str, *, least: float = SHORTEST) -> str:
    """Return why two series cannot be compared, or nothing.

    One person twice is found where b's series is a's in other units, or up to 10 s earlier or
    later by a whole number of samples; by a fraction of one, the two need not look the same.

    Parameters
    ----------
    pair : Pair
        As it was recorded.
    name : str
        What it is of, for people: ``"heart rate"``.
    least : float
        How many seconds both must be there together.
    """
    return too_little(pair, name, least=least) or twice(pair, name)


def too_little(pair: Pair, name: str, *, least: float = SHORTEST) -> str:
    """Return why there is too little of two series to compare them, or nothing."""
    for person, series in (("a", pair.x), ("b", pair.y)):
        there = np.isfinite(series)
        share = float(there.mean()) if series.size else 0.0
        if share < LEAST_SHARE:
            return f"the {name} of {person} is there for {100 * share:.0f} % of the time"
        if not varies(series):
            return f"the {name} of {person} does not vary"
    both = np.isfinite(pair.x) & np.isfinite(pair.y)
    common = float(both.sum()) / pair.rate
    if common < least:
        return f"{common:.0f} of {least:.0f} s of common data"
    return ""


def varies(values: FloatArray) -> bool:
    """Return whether what is there of a series changes by more than numbers round off.

    Examples
    --------
    >>> varies(75 + 1e-13 * np.arange(4.0)), varies(np.array([75.0, np.nan, 75.1]))
    (False, True)
    """
    there = values[np.isfinite(values)]
    return bool(there.size) and float(np.ptp(there)) > STILL * float(np.abs(there).max())


def twice(pair: Pair, name: str) -> str:
    """Return whether two series are of one person, and how far apart, or nothing."""
    apart = _twice(pair)
    if apart is None:
        return ""
    when = f", {abs(apart):g} s {'earlier' if apart > 0 else 'later'}" if apart else ""
    return f"the {name} of a is that of b{when}: one person twice"


def _twice(pair: Pair) -> float | None:
    """Return how many seconds after a's series b's is the same, if it is.

    From sample to sample the two then change alike, whatever their units. Two people who
    breathe to one pacer, or whose level rises, change alike in the large, and not to a
    thousandth; the largest changes are left out, as both sensors may have jumped at once.
    """
    x, y = _small(np.diff(pair.x)), _small(np.diff(pair.y))
    k = _nearest(x, y, round(REACH * pair.rate))
    x, y = (x[: x.size - k], y[k:]) if k >= 0 else (x[-k:], y[:k])
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < LEAST_SHARE * both.size / 2:
        return None
    x, y = x[both] - x[both].mean(), y[both] - y[both].mean()
    length = math.sqrt(float(x @ x) * float(y @ y))
    still = ROUNDING * both.sum() * np.nanmax(np.abs(pair.x)) * np.nanmax(np.abs(pair.y))
    return k / pair.rate if length > still and float(x @ y) > SAME * length else None


def _small(changes: FloatArray) -> FloatArray:
    """Return the changes without the largest hundredth, NaN instead."""
    size = np.abs(changes)
    most = np.quantile(size[np.isfinite(size)], 1 - LARGEST) if np.isfinite(size).any() else 0.0
    return np.where(size <= most, changes, np.nan)


def _nearest(x: FloatArray, y: FloatArray, reach: int) -> int:
    """Return by how many samples y must be moved back to be most like x."""
    size = 1 << (x.size + reach).bit_length()
    one, other = (np.fft.rfft(_about_mean(series), size) for series in (x, y))
    along = np.fft.irfft(np.conj(one) * other, size)
    reach = min(reach, x.size - 2)
    return int(np.argmax(along[np.arange(-reach, reach + 1)])) - reach


def _about_mean(values: FloatArray) -> FloatArray:
    there = np.isfinite(values)
    return np.where(there, values - np.sum(values[there]) / max(there.sum(), 1), 0.0)
