"""Detectable: how much coupling a recording could have shown, and how long one must be.

*Coupling* here is a share of a's series in b's, noise and all: b is made of
``sqrt(1 - c**2)`` of a series that has nothing to do with a, and of ``c`` of a's own, so that
the two correlate by c, after the preparation that the index asks for. Both shares come at the
same time; only where an index asks what the past of one says of the other (Granger, coupled
oscillators, inertia-coordination), a's comes a second later. Where two noisy sensors each see a
part of what is shared, the coupling behind them must be larger, by the inverse of the share of
their variance that is no noise.

An index of windows looks at each window for itself, and where b rests, the smallest share of
a's is all that there is: skin responses would seem to show a coupling of 0.02. The default
method therefore takes c for the correlation *within* windows, a's share at b's spread in each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair
from interbeat.dyad.nulls import Null, Statistic
from interbeat.dyad.windows.windowed import CLOSEST, LEAST_SHARE, STILL, Layout, stretch_sums

__all__ = [
    "MANY_DRAWS", "WANTED", "Seen", "could_be_seen", "far_shifts", "in_windows",
    "least_passing", "passed_by", "seen_at", "tied", "unseen",
]  # fmt: skip

NOTHING = "too little of both is there"
LEVEL = 0.05  # p at which something counts as found
POWER = 0.8  # of recordings in which it would be found
WANTED = 0.3  # a coupling that one would not like to miss
MOST = 0.95  # a coupling above this is one person twice
DRAWS = 10  # unrelated pairs made of the same two people
TRIES = 4  # couplings that are tried on each
MANY_DRAWS = 24  # where a try costs next to nothing
HALVINGS = 8
WIDTH = 1.43  # standard error of a normal sample's 80 % point, in spreads over root n


class Seen(NamedTuple):
    """What could have been seen.

    Parameters
    ----------
    detectable : Estimate
        The smallest coupling that would have been found in 8 of 10 recordings like this one.
    needed : Estimate
        How long (s) a recording like this one must be for a coupling of 0.3.
    """

    detectable: Estimate
    needed: Estimate


def could_be_seen(statistic: Statistic, pair: Pair, null: Null, *, later: int = 0) -> Seen:
    """Return what a statistic could have shown, by tying two people who are not tied.

    b's series, shifted far away so that whatever ties the two is lost, is given shares of a's.
    The share at which the statistic passes what p = 0.05 takes is found for each of ten shifts;
    8 of 10 lie below the coupling that is returned.

    Parameters
    ----------
    statistic : callable
        Of two series; larger: more tied.
    pair : Pair
        As `statistic` takes it.
    null : Null
        The statistic under chance.
    later : int
        How many samples a's share in b's comes after it was in a's.

    Returns
    -------
    Seen
        Missing, with a reason, where the null has no value, or where even a coupling of 0.95
        would not have been found in 8 of 10.
    """
    if not np.isfinite(null.statistics).any():
        return unseen(NOTHING, pair.quality)
    if null.floor >= LEVEL:
        return unseen(f"no p under {LEVEL:g} is possible in it", pair.quality)
    threshold = passed_by(null.statistics, null.floor)
    share = np.roll(_shares(pair), later)
    found, guess = [], WANTED
    for far in far_shifts(pair.y, DRAWS):

        def excess(c: float, far: FloatArray = far) -> float:
            tied = math.sqrt(1 - c**2) * far + c * share
            return statistic(pair.x, tied) - threshold

        found.append(_crossing(excess, guess))
        guess = min(max(found[-1], 0.05), MOST)
    return seen_at(np.array(found), seconds=pair.x.size / pair.rate, quality=pair.quality)


def passed_by(statistics: FloatArray, floor: float) -> float:
    """Return what a statistic must exceed for a p under 0.05 where two are tied.

    Then shifts next to the observed one reach it as well, a share `floor` of all, and only the
    rest of the 5 % may do so by chance.

    Parameters
    ----------
    statistics : ndarray, shape (m,)
        Of pairs that are not tied; NaN where there is none.
    floor : float
        The smallest p that there can be; under 0.05.
    """
    return float(np.nanquantile(statistics, 1 - (LEVEL - floor) / (1 - floor)))


def _shares(pair: Pair) -> FloatArray:
    """Return a's series at the spread of b's, 0 where it is missing."""
    here, there = pair.x[np.isfinite(pair.x)], pair.y[np.isfinite(pair.y)]
    if not (here.size and there.size and np.ptp(here) > 0):
        return np.zeros(pair.x.size)
    shares = (pair.x - here.mean()) * (there.std() / here.std())
    return np.where(np.isfinite(shares), shares, 0.0)


def _crossing(excess: Callable[[float], float], guess: float) -> float:
    """Return the coupling at which `excess` passes 0, infinite where it does not."""
    low, high, at = (0.0, math.nan), (1.0, math.nan), guess
    for _ in range(TRIES):
        value = excess(at)
        if value > 0:
            high = at, value
        else:  # or not a number: nothing is found
            low = at, value
        at = _between(low, high)
    return math.inf if low[0] >= MOST else at


def _between(low: tuple[float, float], high: tuple[float, float]) -> float:
    """Return where to look next: on the line between two values, not at its very ends."""
    (left, below), (right, above) = low, high
    part = -below / (above - below) if math.isfinite(above - below) else 0.5
    if not math.isfinite(above):
        return min(2 * left, MOST) if left else MOST
    return left + min(max(part, 0.1), 0.9) * (right - left)


def in_windows(
    x: FloatArray, y: FloatArray, layout: Layout, *, threshold: float, windows: float
) -> FloatArray:
    """Return the coupling at which the mean z of windows passes `threshold`, for 24 far shifts.

    Like :func:`could_be_seen` of the windowed correlation at one lag, without computing it
    anew: what a share of a's series, at b's spread in a window, does to the correlation in it
    follows from the correlation that there was. Windows in which either rests do not count.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Prepared; NaN where a sample is missing.
    layout : Layout
        Window, hop and largest lag, in samples.
    threshold : float
        Of the mean z, scaled to `windows` windows.
    windows : float
        How many windows the observed mean has.
    """
    found = []
    for y_far in far_shifts(y, MANY_DRAWS):
        alone = _correlations(x, y_far, layout)
        least = threshold * math.sqrt(windows * alone.size)
        found.append(least_passing(partial(_reaches, alone, least)))
    return np.array(found)


def far_shifts(values: FloatArray, count: int) -> Iterator[FloatArray]:
    """Give `values` shifted in a circle, `count` times, as far apart as can be."""
    for k in np.arange(1, count + 1) * values.size // (count + 1):
        yield np.roll(values, k)


def _reaches(alone: FloatArray, least: float, coupling: float) -> bool:
    return float(np.arctanh(tied(alone, coupling)).sum()) > least


def _correlations(x: FloatArray, y: FloatArray, layout: Layout) -> FloatArray:
    """Return the correlation of each window in which both vary and enough of both is there."""
    still_x, still_y = ((STILL * np.nanstd(series)) ** 2 for series in (x, y))
    both = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)

    def sums(values: FloatArray) -> FloatArray:
        return stretch_sums(values, layout.window)[:: layout.hop]

    count = sums(both.astype(np.float64))
    of_x, of_y, few = sums(x), sums(y), np.maximum(count, 1)
    var_x, var_y = sums(x**2) - of_x**2 / few, sums(y**2) - of_y**2 / few
    moving = (var_x > few * still_x) & (var_y > few * still_y)
    known = moving & (count >= LEAST_SHARE * layout.window)
    together = sums(x * y) - of_x * of_y / few
    return np.asarray(together[known] / np.sqrt(var_x[known] * var_y[known]))


def tied(alone: FloatArray, coupling: float) -> FloatArray:
    """Return the correlation of each window once b's series holds a share of a's in it.

    Parameters
    ----------
    alone : ndarray, shape (w,)
        The correlation of each window without.
    coupling : float
        c in ``sqrt(1 - c**2)`` of b's own and ``c`` of a's, both at b's spread in the window.
    """
    own = math.sqrt(1 - coupling**2) * alone
    spread = np.maximum(1 + 2 * coupling * own, 1e-12)
    return np.asarray(np.clip((own + coupling) / np.sqrt(spread), -CLOSEST, CLOSEST))


def least_passing(passes: Callable[[float], bool]) -> float:
    """Return the smallest coupling that passes, infinite where one of 0.95 does not.

    Parameters
    ----------
    passes : callable
        Whether a coupling does; true of all above the smallest.
    """
    low, high = 0.0, MOST
    if not passes(high):
        return math.inf
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return (low + high) / 2


def seen_at(
    couplings: FloatArray, *, seconds: float, quality: float, least: float = 0.0
) -> Seen:
    """Return what could be seen, from the coupling at which each of some pairs is found.

    Parameters
    ----------
    couplings : ndarray, shape (k,)
        Of unrelated pairs like the observed one; infinite where it is not found at any.
    seconds : float
        How long the recording is.
    quality : float
        What to pass on, 0 to 1.
    least : float
        How long (s) a recording must be in any case.
    """
    n = couplings.size
    at = float(np.quantile(couplings, POWER, method="higher")) if n else math.nan
    if not at <= MOST:
        none = f"not even a coupling of {MOST:g} would have been found in 8 of 10"
        return unseen(none if n else NOTHING, quality, n)
    found = np.minimum(couplings, 1.0)
    at = float(np.quantile(found, POWER, method="median_unbiased"))
    se = WIDTH * float(np.std(found)) / math.sqrt(n)
    longer = (at / WANTED) ** 2  # the noise of a mean goes with the root of its length
    needed = max(seconds * longer, least)
    return Seen(
        Estimate(at, se, "", quality, n),
        Estimate(needed, 2 * seconds * at * se / WANTED**2, "s", quality, n),
    )


def unseen(reason: str, quality: float = 0.0, n: int = 0) -> Seen:
    """Return that it is not known, and why."""
    return Seen(*(Estimate.missing(unit, reason, quality, n) for unit in ("", "s")))
