"""Concordance: whether skin conductance rises and falls together, after Marci."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair, checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.detectable import (
    MANY_DRAWS,
    Seen,
    far_shifts,
    least_passing,
    passed_by,
    seen_at,
    tied,
)
from interbeat.dyad.modes._tenths import by_tenths, estimate, share
from interbeat.dyad.modes.anchored import LEAST_SHARE, STILL, Grid, correlations, standardized
from interbeat.dyad.nulls import Null
from interbeat.dyad.preparation import decimated

__all__ = ["concordance"]

RATE = 1.0  # Hz
SLOPE = 5  # s over which a slope is fitted
WINDOW = 15  # s in which slopes are correlated
MOST = 10.0  # size of the index
TINY = 1e-12  # a sum of correlations of this size is none
SHIFTS = 1000  # in a circle at most; every one of those of a quarter of an hour
FIRST, SECOND = [0, 1, 0, 2, 0, 1], [0, 0, 1, 0, 2, 1]  # powers of x and y whose products count
MIDDLE = (SLOPE + WINDOW - 1) / 2  # of a window of slopes, after its first sample
GRID = Grid(WINDOW, 1, 0, "a")


def _ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    factor = max(math.ceil(sampling_rate / RATE - 1e-9), 1)
    return standardized(decimated(values, factor)), sampling_rate / factor


def _slopes(values: FloatArray) -> FloatArray:
    """Return the least-squares slope of every 5 samples, NaN where one is missing."""
    weight = np.arange(SLOPE) - (SLOPE - 1) / 2
    return np.asarray(np.convolve(values, weight[::-1] / np.sum(weight**2), "valid"))


def _in_windows(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the correlation of each window of slopes."""
    return correlations(standardized(x), standardized(y), GRID)[:, 0]


def _statistic(x: FloatArray, y: FloatArray, rate: float) -> float:
    del rate  # 1 Hz or less: windows are counted in samples
    if x.size < SLOPE + WINDOW:
        return math.nan
    r = _in_windows(_slopes(x), _slopes(y))
    r = r[np.isfinite(r)]
    return float(_index(r[r > 0].sum(), -r[r < 0].sum())) if r.size else math.nan


def _index(together: ArrayLike, against: ArrayLike) -> FloatArray:
    """Return the logarithm of what goes together over what goes against each other."""
    one, other = (
        np.maximum(np.asarray(part, dtype=float), TINY) for part in (together, against)
    )
    return np.asarray(np.clip(np.log(one / other), -MOST, MOST))


@index(
    label="Concordance (Marci)",
    source="Marci et al. 2007, doi:10.1097/01.nmd.0000253731.71025.fc",
    prepare=_ready,
    statistic=_statistic,
)
def concordance(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = ""
) -> Coupling:
    r"""Return how far two series rise and fall together, second by second, with a p.

    At 1 Hz, a slope is fitted to every 5 seconds of each series, and slopes are correlated in
    windows of 15 s that move on by 1 s. The index is

    .. math:: \ln \frac{\sum r^+}{\left| \sum r^- \right|}

    over the windows whose correlation is above and below 0, from -10 to 10.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series, skin conductance above all; NaN where one is missing.
        Brought to 1 Hz or less by means over several samples. A slope needs all of its 5
        seconds, a window half of its slopes.
    sampling_rate : float
        In Hz.
    signal : str
        What of the two, for people.

    Returns
    -------
    Coupling
        ``value`` is above 0 where the two rise and fall together more than against each
        other. Parts: ``r``, the mean correlation of windows, and ``together``, the share of
        windows in which it is above 0. Curves: ``times`` and ``r`` by window. Standard errors
        come from leaving out tenths of the windows. ``p`` is the share of all circular shifts
        of b's slopes (of 1,000 of them, in a longer record) whose index is as high: moving
        against each other is not looked for.

    Raises
    ------
    DataError
        If the series or the rate make no sense.

    Notes
    -----
    It looks at lag 0 and at single seconds, and has little power: where b answers a little
    later, or where the two are tied for a part of the time, :func:`~interbeat.dyad.synchrony`
    finds more. Of papers that use it, only summaries of the original text were at hand for the
    length of slopes and windows; these are the usual ones.

    References
    ----------
    .. [1] Marci, Ham, Moran & Orr (2007), J. Nervous and Mental Disease 195:103,
       doi:10.1097/01.nmd.0000253731.71025.fc.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, own = np.cumsum(rng.standard_normal((2, 2400)), axis=1)
    >>> found = concordance(a, a + own, sampling_rate=4, signal="skin conductance")
    >>> print(found.value, "p", round(found.p, 3))
    3.8 ± 0.6 p 0.002
    """
    recorded = checked(x, y, sampling_rate=sampling_rate, fastest=RATE)
    settings: dict[str, float | str] = {
        "slope": SLOPE / recorded.rate, "window": WINDOW / recorded.rate
    }  # fmt: skip
    reason = why_not(recorded, signal or "series")
    if reason:
        return missing("concordance", signal, reason, settings)
    pair = Pair(standardized(recorded.x), standardized(recorded.y), recorded.rate)
    one, other = _slopes(pair.x), _slopes(pair.y)
    r = _in_windows(one, other)
    if not np.isfinite(r).any():
        reason = "no window in which both vary and half of the slopes are there"
        return missing("concordance", signal, reason, settings)
    parts = _parts(r, pair.quality)
    null = _shifted(one, other)
    return judged(
        "concordance",
        signal,
        pair,
        statistic=lambda a, b: _statistic(a, b, pair.rate),
        null=null,
        value=parts.pop("index"),
        parts=parts,
        curves={"times": np.asarray(np.arange(r.size) + MIDDLE) / pair.rate, "r": r},
        settings=settings,
        seen=_seen(one, other, null, pair),
    )


def _seen(x: FloatArray, y: FloatArray, null: Null, pair: Pair) -> Seen:
    """Return what the index could have shown, were the slopes tied within each window."""
    threshold, found = passed_by(null.statistics, null.floor), []
    for far in far_shifts(y, MANY_DRAWS):
        alone = _in_windows(x, far)
        alone = alone[np.isfinite(alone)]
        found.append(least_passing(partial(_reaches, alone, threshold)))
    return seen_at(np.array(found), seconds=pair.x.size / pair.rate, quality=pair.quality)


def _reaches(alone: FloatArray, threshold: float, coupling: float) -> bool:
    r = tied(alone, coupling)
    reached = _index(np.maximum(r, 0).sum(), np.maximum(-r, 0).sum()) > threshold
    return bool(r.size and reached)


def _parts(r: FloatArray, quality: float) -> dict[str, Estimate]:
    known = np.where(np.isfinite(r), 1.0, np.nan)
    together, against, mean, of_all = by_tenths(
        np.stack([np.maximum(r, 0), np.maximum(-r, 0), r, (r > 0) * known], axis=1)
    ).T
    n, blocks = int(np.isfinite(r).sum()), r.size / (SLOPE + WINDOW - 1)
    found = estimate(
        _index(together, against), unit="", quality=quality, n=n, reason="no window"
    )
    edge = _index(together[0], against[0])
    if abs(edge) >= MOST:
        found = Estimate(float(edge), _least_error(blocks), "", quality, n)
    return {
        "index": found,
        "r": estimate(mean, unit="", quality=quality, n=n, reason="no window"),
        "together": share(of_all, blocks=blocks, quality=quality, n=n, reason="no window"),
    }


def _least_error(blocks: float) -> float:
    """Return the error of an index at its end, where all windows go one way.

    One half of a window on the other side, which nobody can exclude, would bring the index to
    ``log(2 * blocks + 1)``; the logarithm of such odds has an error of the root of 2 itself.
    """
    return max(MOST - math.log(2 * max(blocks, 1.0) + 1), math.sqrt(2))


def _shifted(x: FloatArray, y: FloatArray) -> Null:
    """Return the index at circular shifts of b's slopes, the observed one first."""
    n = x.size
    offsets = np.arange(n) if n <= SHIFTS else np.arange(SHIFTS) * n // SHIFTS
    one, other = _powers(standardized(x)), _powers(standardized(y))
    one, other = one[FIRST], np.concatenate((other, other[:, :-1]), axis=1)[SECOND]
    running = np.zeros((one.shape[0], n + 1))
    statistics = np.empty(offsets.size)
    for k, offset in enumerate(offsets.tolist()):
        np.cumsum(one * other[:, offset : offset + n], axis=1, out=running[:, 1:])
        r = _of_sums(running[:, WINDOW:] - running[:, :-WINDOW])
        size, rest = float(np.abs(r).sum()), float(r.sum())
        statistics[k] = _index(size + rest, size - rest)
    return Null(statistics, 1 / offsets.size, "circular shifts")


def _powers(values: FloatArray) -> FloatArray:
    """Return what is there, its value and its square; 0 where it is missing."""
    there = np.isfinite(values)
    values = np.where(there, values, 0.0)
    return np.stack([there.astype(np.float64), values, values**2])


def _of_sums(sums: FloatArray) -> FloatArray:
    """Return the correlation of windows from their sums over pairs, 0 where there is none."""
    count, sum_x, sum_y, square_x, square_y, both = sums
    few = np.maximum(count, 1)
    var_x, var_y = square_x - sum_x**2 / few, square_y - sum_y**2 / few
    least = STILL * few
    known = (count >= LEAST_SHARE * WINDOW) & (var_x > least) & (var_y > least)
    scale = np.sqrt(np.where(known, var_x * var_y, 1.0))
    return np.where(known, (both - sum_x * sum_y / few) / scale, 0.0)
