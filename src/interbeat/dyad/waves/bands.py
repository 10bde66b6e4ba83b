"""Bands: how two people's waves keep step in each band of frequencies, and what chance gives.

Two numbers for a band. Its steady coherence (:mod:`~interbeat.dyad.waves.coherency`) asks
whether waves keep one distance through the record; its R2 is the mean over time of Grinsted's
local coherence, which is high wherever waves keep some distance for a few periods, and so is
high by chance as well.

Chance is made by circular shifts, which keep each wave as it is. Random phases do not suit
either number. Breath is a smooth wave that wanders, and the same spectrum with random phases is
a rough one, so that R2 finds a third of those tied who only breathe (32 % of false positives at
5 %, in 60 pairs of heart rates). And a missed beat is one steep dip in each record, which
random phases spread over all of it: steadiness then finds 11 % of strangers tied (of 400).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.dyad._series import Pair
from interbeat.dyad.surrogates import generator, shifts
from interbeat.dyad.waves.coherency import (
    Delays,
    Tally,
    delays_of,
    kept,
    means,
    steady,
    tally,
    tally_again,
)
from interbeat.dyad.waves.octaves import (
    Grid,
    Rows,
    Waves,
    centers,
    grid_of,
    inside,
    own,
    own_waves_of,
    powers,
    squared,
    waves_of,
)

__all__ = [
    "TENTHS",
    "WHOLE",
    "Chance",
    "Found",
    "Setting",
    "chance_of",
    "corrected",
    "enough",
    "found_in",
    "r2_by_band",
    "r2_of",
    "setting_of",
    "steady_by_band",
]

Number = TypeVar("Number", np.float64, np.complex128)

TENTHS = 10  # of the record; each is left out once
FEWEST = 3.0  # waves of trusted time, in the mean over rows
ROUNDING = 1e-9
WHOLE = np.zeros(1)  # the record in one part, which begins at 0 s
STILL = 1e-12  # a spread below which a column is the same throughout
NOTHING = 1e-300


class Setting(NamedTuple):
    """What is looked at.

    Parameters
    ----------
    grid : Grid
        Of the rows.
    rows : ndarray, shape (k,)
        Frequencies in Hz, falling.
    bands : mapping of str to ndarray of bool, shape (k,)
        Which rows are in each band; ``"all"`` of them, first.
    delays : Delays
        Those that are tried.
    """

    grid: Grid
    rows: FloatArray
    bands: Mapping[str, BoolArray]
    delays: Delays


class Found(NamedTuple):
    """What the pair shows as it was recorded, by tenths of the record.

    Parameters
    ----------
    one : tuple of ndarray
        The first person's waves, which stay while the other's change.
    power : tuple of ndarray
        Their smoothed power.
    free : tuple of ndarray of bool
        Outside the cones of influence.
    sums : Tally
        Of rows and tenths.
    r2, seconds : ndarray, shape (k, 10)
        Sum of local R2 times seconds, and the seconds.
    centers : ndarray, shape (k,)
        Where the waves of each row really lie, in Hz.
    """

    one: Waves
    power: Rows
    free: tuple[BoolArray, ...]
    sums: Tally
    r2: FloatArray
    seconds: FloatArray
    centers: FloatArray

    @property
    def by_fifths(self) -> Found:
        """The same by fifths of the record."""
        cross, *real = self.sums
        sums = Tally(_two_by_two(cross), *(_two_by_two(part) for part in real))
        r2, seconds = _two_by_two(self.r2), _two_by_two(self.seconds)
        return self._replace(sums=sums, r2=r2, seconds=seconds)


class Chance(NamedTuple):
    """What chance gives; the observed pair first; a column for each band, ``"all"`` first.

    Parameters
    ----------
    steady : ndarray, shape (m, b)
        Steady coherence under circular shifts.
    r2 : ndarray, shape (s, b)
        Mean local R2 under fewer of them.
    high : ndarray, shape (k,)
        95 % point of each row's coherency.
    usual : ndarray, shape (k,)
        Mean over shifts of each row's R2.
    """

    steady: FloatArray
    r2: FloatArray
    high: FloatArray
    usual: FloatArray


def setting_of(
    n: int, rate: float, bands: Mapping[str, tuple[float, float]], max_lag: float
) -> Setting:
    """Return where rows lie for records of `n` samples at `rate` Hz.

    Parameters
    ----------
    n : int
        Samples.
    rate : float
        In Hz.
    bands : mapping of str to (low, high)
        In Hz; one at least.
    max_lag : float
        Longest delay in seconds.
    """
    low, high = min(b[0] for b in bands.values()), max(b[1] for b in bands.values())
    grid = grid_of(n, rate, low, high)
    rows = grid.rows
    masks = {
        name: (rows >= first - ROUNDING) & (rows <= last + ROUNDING)
        for name, (first, last) in bands.items()
    }
    every = np.any(list(masks.values()), axis=0)
    return Setting(grid, rows, {"all": every, **masks}, delays_of(rows, max_lag))


def found_in(pair: Pair, setting: Setting) -> Found:
    """Return what the pair shows.

    Parameters
    ----------
    pair : Pair
        Prepared; NaN where missing.
    setting : Setting
        For its length and rate.
    """
    one, other = (waves_of(side, setting.grid) for side in (pair.x, pair.y))
    free = inside(pair.x, pair.y, setting.grid)
    edges = np.linspace(0, pair.x.size / pair.rate, TENTHS + 1)[:-1]
    mine, theirs = own(one, setting.grid), own(other, setting.grid)
    sums = tally(mine, theirs, free, setting.grid, edges=edges)
    power = powers(one, setting.grid)
    local = squared(one, power, other, setting.grid)
    r2, seconds = means(local, free, setting.grid, edges=edges)
    return Found(one, power, free, sums, r2, seconds, centers(pair.x, pair.y, setting.grid))


def enough(seconds: FloatArray, which: BoolArray, rows: FloatArray) -> bool:
    """Return whether `which` rows see enough waves, in the mean, of `seconds` (k, t)."""
    waves = seconds.sum(axis=1) * rows
    return bool(which.any() and waves[which].mean() >= FEWEST)


def steady_by_band(sums: Tally, setting: Setting) -> FloatArray:
    """Return the steady coherence of each band (row) for each part of a tally (column)."""
    return np.array(
        [steady(sums, w, setting.rows, setting.delays) for w in setting.bands.values()]
    )


def r2_by_band(r2: FloatArray, seconds: FloatArray, setting: Setting) -> FloatArray:
    """Return the mean R2 of each band (row) for each part (column)."""
    return np.array([r2_of(r2, seconds, which) for which in setting.bands.values()])


def r2_of(r2: FloatArray, seconds: FloatArray, which: BoolArray) -> FloatArray:
    """Return the mean R2 of the rows `which` for each part; rows count alike."""
    known = seconds[which] > 0
    rows = np.where(known, r2[which] / np.maximum(seconds[which], NOTHING), 0.0)
    return np.asarray(rows.sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _two_by_two(parts: NDArray[Number]) -> NDArray[Number]:
    return np.asarray(parts[:, ::2] + parts[:, 1::2])


def chance_of(pair: Pair, found: Found, setting: Setting, *, draws: int, turns: int) -> Chance:
    """Return what circular shifts of y give: `draws` of them, and `turns` for local R2.

    What is missing of y is missing in each of them; what a shift brings there is set to 0.

    Parameters
    ----------
    pair : Pair
        Prepared.
    found : Found
        What it shows.
    setting : Setting
        That of both.
    draws, turns : int
        How many.
    """
    rng = generator(pair.x, pair.y)
    whole = found.sums.whole
    steadies = [steady_by_band(whole, setting)[:, 0]]
    moduli = [np.abs(whole.coherency[:, 0])]
    still = kept(own(found.one, setting.grid), found.free, whole)
    there = np.isfinite(pair.y)
    filled = np.where(there, pair.y, 0.0)
    for other in shifts(filled, draws, rng):
        waves = own_waves_of(other * there, setting.grid)
        sums = tally_again(still, waves, setting.grid)
        steadies.append(steady_by_band(sums, setting)[:, 0])
        moduli.append(np.abs(sums.coherency[:, 0]))
    seconds = found.seconds.sum(axis=1)
    r2 = [found.r2.sum(axis=1)]
    for other in shifts(filled, turns, rng):
        waves = waves_of(other * there, setting.grid)
        local = squared(found.one, found.power, waves, setting.grid)
        r2.append(means(local, found.free, setting.grid, edges=WHOLE)[0][:, 0])
    rows = np.array(r2).T
    by_band = r2_by_band(rows, np.broadcast_to(seconds[:, None], rows.shape), setting)
    usual = rows[:, 1:].mean(axis=1) / np.maximum(seconds, NOTHING)
    return Chance(np.array(steadies), by_band.T, np.quantile(moduli, 0.95, axis=0), usual)


def corrected(statistics: FloatArray) -> FloatArray:
    """Return p of each column's first value, corrected for looking at several columns.

    Each column is set on one scale by its mean and spread under chance; p is the share of
    rows whose highest column reaches the first row's value.

    Parameters
    ----------
    statistics : ndarray, shape (m, b)
        The observed ones first.
    """
    spread = statistics.std(axis=0)
    away = statistics - statistics.mean(axis=0)
    scaled = np.where(spread > STILL, away / np.maximum(spread, STILL), 0.0)
    return np.asarray((scaled.max(axis=1)[:, None] >= scaled[0]).mean(axis=0))
