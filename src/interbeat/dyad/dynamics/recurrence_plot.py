"""Recurrence plots of two people, or of a group: how often, and how long, states come back.

A state is a value with those that follow it: ``x[t], x[t + delay], ...`` (an embedding). Two
states are near where their distance is at most a radius. The plot of n by m states is counted
row by row and never held: memory grows with n + m.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray, IntArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.kernels.cross_recurrence import diagonals, lines

__all__ = [
    "Recurrence", "cross_recurrence", "diagonal_profile", "embedded", "group_recurrence",
    "quantified",
]  # fmt: skip

SHORTEST_LINE = 2  # cells


class Recurrence(NamedTuple):
    """What a recurrence plot holds.

    Shares run from 0 to 1 and lengths are in samples; NaN where there is nothing to count.

    Parameters
    ----------
    rate : float
        Share of pairs of states that are near (RR).
    determinism : float
        Share of those that lie in diagonal lines of 2 cells or more (DET): both went the same
        way for a while.
    mean_line, longest_line : float
        Of diagonal lines (L, maxL).
    entropy : float
        Of the lengths of diagonal lines, in nats (ENTR).
    laminarity : float
        Share of near pairs in stretches of 2 cells or more along one state of the first
        person: the second stays near it for a while (LAM).
    trapping_time : float
        Mean length of those stretches (TT).
    lines : int
        How many diagonal lines there are.
    """

    rate: float
    determinism: float
    mean_line: float
    longest_line: float
    entropy: float
    laminarity: float
    trapping_time: float
    lines: int


def cross_recurrence(
    x: ArrayLike, y: ArrayLike, *, radius: float, embedding: int = 3, delay: int = 2
) -> Recurrence:
    """Return the recurrence quantification of two series (Coco & Dale 2014).

    Both are scaled to mean 0 and standard deviation 1 (n - 1), whatever is missing left out.
    Euclidean distance; no cells about the main diagonal are left out. On complete series the
    numbers are those of the R package crqa (2.1) with ``side = "both"``, ``tw = 0``, which
    gives rates in percent.

    Parameters
    ----------
    x, y : array_like, shapes (n,) and (m,)
        At one rate; NaN where a sample is missing. A state that holds one is near to none and
        does not count.
    radius : float
        In standard deviations, of the distance in `embedding` dimensions.
    embedding : int
        How many values make a state.
    delay : int
        Samples between two of them.

    Returns
    -------
    Recurrence
        ``laminarity`` is of stretches along y while x stays, as in crqa.

    Raises
    ------
    DataError
        If radius, embedding or delay make no sense, a series does not vary, or is shorter than
        one state.

    Notes
    -----
    These numbers have no test of their own: they grow with the memory of each series alone.
    :func:`~interbeat.dyad.indices.recurrence.recurrence` has one.

    References
    ----------
    .. [1] Coco & Dale (2014), Frontiers in Psychology 5:510, doi:10.3389/fpsyg.2014.00510.

    Examples
    --------
    >>> t = np.arange(300)
    >>> found = cross_recurrence(np.sin(t / 8), np.sin(t / 8 - 1), radius=0.3)
    >>> print(f"{found.rate:.3f} {found.determinism:.3f} {found.longest_line:.0f}")
    0.077 0.992 288
    """
    one, other = (_states(series, embedding, delay) for series in (x, y))
    return quantified(one, other, _squared(radius))


def group_recurrence(
    series: ArrayLike, *, radius: float, embedding: int = 1, delay: int = 1
) -> Recurrence:
    """Return the recurrence quantification of a group's common state (Wallot et al. 2016).

    A state is what all members do at one instant; the plot is of the group against itself,
    each pair of instants once, without the instants themselves. Series are scaled to mean 0
    and standard deviation 1 (n). The numbers are those of multiSyncPy 0.1.2 (``rqa_metrics``),
    but for the mean length of lines, which there counts single cells as lines of 1.

    Parameters
    ----------
    series : array_like, shape (k, n)
        A row a member; NaN where a sample is missing, and the instant then does not count.
    radius : float
        In standard deviations, of the distance in ``k * embedding`` dimensions.
    embedding, delay : int
        See :func:`cross_recurrence`.

    Returns
    -------
    Recurrence
        ``laminarity`` and ``trapping_time`` are NaN: they are of two, not of one.

    Raises
    ------
    DataError
        See :func:`cross_recurrence`.

    References
    ----------
    .. [1] Wallot, Roepstorff & Mønster (2016), Frontiers in Psychology 7:1835,
       doi:10.3389/fpsyg.2016.01835.

    Examples
    --------
    >>> t = np.arange(300)
    >>> found = group_recurrence([np.sin(t / 8), np.cos(t / 8)], radius=0.3)
    >>> print(f"{found.rate:.3f} {found.determinism:.3f}")
    0.062 1.000
    """
    rows = np.atleast_2d(np.asarray(series, dtype=np.float64))
    states = np.concatenate([_states(row, embedding, delay, ddof=0) for row in rows])
    along, _, _ = lines(states, states, _squared(radius))
    n = int(_complete(states).sum())
    whole = _runs(along)
    # The plot is the same on both sides of its main diagonal, which is one line, or, where
    # states are missing, a line for each stretch of states that are there.
    for length in _stretches(_complete(states)):
        whole[length] -= 1
    half = (int(along[0]) - n) // 2
    found = _of_lines(whole // 2, half, n * (n - 1) / 2)
    return found._replace(laminarity=math.nan, trapping_time=math.nan)


def diagonal_profile(
    x: ArrayLike, y: ArrayLike, *,
    radius: float, max_lag: int, embedding: int = 3, delay: int = 2,
) -> FloatArray:  # fmt: skip
    """Return how often two series are near each other at each lag (Coco & Dale 2014).

    Parameters
    ----------
    x, y : array_like, shape (n,)
        See :func:`cross_recurrence`.
    radius : float
        In standard deviations.
    max_lag : int
        In samples.
    embedding, delay : int
        See :func:`cross_recurrence`.

    Returns
    -------
    ndarray, shape (2 * max_lag + 1,)
        Share of the pairs of states that are near, for lags from ``-max_lag`` to ``max_lag``;
        positive: x leads. NaN where there is no pair. crqa's ``drpfromts`` gives the same.

    Raises
    ------
    DataError
        See :func:`cross_recurrence`; or if the lag is negative or not shorter than the series.

    References
    ----------
    .. [1] Coco & Dale (2014), Frontiers in Psychology 5:510, doi:10.3389/fpsyg.2014.00510.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(400), np.ones(4), "same")
    >>> profile = diagonal_profile(a[2:], a[:-2], radius=0.3, max_lag=5)  # y follows by 2
    >>> int(profile.argmax()) - 5
    2
    """
    one, other = (_states(series, embedding, delay) for series in (x, y))
    n = one.shape[1]
    if not 0 <= max_lag < min(n, other.shape[1]):
        raise DataError(f"lags of up to {max_lag} samples do not fit {n} states")
    middle = slice(n - 1 - max_lag, n + max_lag)
    hits = diagonals(one, other, _squared(radius))[middle]
    here, there = (np.where(_complete(states), 0.0, np.nan)[None] for states in (one, other))
    pairs = diagonals(here, there, 0.0)[middle]
    return np.where(pairs > 0, hits / np.maximum(pairs, 1), np.nan)


def quantified(x: FloatArray, y: FloatArray, near: float) -> Recurrence:
    """Return what the plot of states against states holds.

    Parameters
    ----------
    x, y : ndarray, shapes (k, n) and (k, m)
        A column a state; NaN where it is missing.
    near : float
        The largest squared distance of two states that are near.
    """
    along, over_y, _ = lines(x, y, near)
    pairs = int(_complete(x).sum()) * int(_complete(y).sum())
    found = _of_lines(_runs(along), int(along[0]), pairs)
    laminar = _runs(over_y)
    laminar[:SHORTEST_LINE] = 0
    cells, count = int(laminar @ np.arange(laminar.size)), int(laminar.sum())
    return found._replace(
        laminarity=_share(cells, int(along[0])), trapping_time=_share(cells, count)
    )


def embedded(values: FloatArray, embedding: int, delay: int) -> FloatArray:
    """Return states as columns, shape (embedding, n - (embedding - 1) * delay)."""
    n = values.size - (embedding - 1) * delay
    return np.stack([values[k * delay : k * delay + n] for k in range(embedding)])


def _states(series: ArrayLike, embedding: int, delay: int, *, ddof: int = 1) -> FloatArray:
    values = frozen_floats(series, "a series")
    if embedding < 1 or delay < 1:
        raise DataError(f"embedding and delay are from 1 up, not {embedding} and {delay}")
    if np.isinf(values).any():
        raise DataError("a series holds infinite values; what is missing is NaN")
    there = values[np.isfinite(values)]
    if there.size <= max((embedding - 1) * delay, 1):
        raise DataError(f"{there.size} samples make no state of {embedding}, {delay} apart")
    spread = float(np.std(there, ddof=ddof))
    if spread == 0:
        raise DataError("a series does not vary")
    return embedded((values - there.mean()) / spread, embedding, delay)


def _squared(radius: float) -> float:
    if not 0 < radius < math.inf:
        raise DataError(f"a radius is a positive number, not {radius}")
    return radius**2


def _complete(states: FloatArray) -> BoolArray:
    return np.asarray(np.isfinite(states).all(axis=0))


def _stretches(there: BoolArray) -> list[int]:
    """Return how long the stretches are of states that are there."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], there, [0]))))
    return [int(length) for length in edges[1::2] - edges[::2]]


def _runs(reached: IntArray) -> IntArray:
    """Return how many lines there are of each length, from how many reach it."""
    exactly: IntArray = reached - np.append(reached[1:], 0)
    exactly[0] = 0
    return exactly


def _of_lines(runs: IntArray, hits: int, pairs: float) -> Recurrence:
    """Return what diagonal lines of `runs[length]` times each length say."""
    long = runs.copy()
    long[:SHORTEST_LINE] = 0
    count, cells = int(long.sum()), int(long @ np.arange(long.size))
    kinds = long[long > 0] / max(count, 1)
    return Recurrence(
        rate=_share(hits, pairs),
        determinism=_share(cells, hits),
        mean_line=_share(cells, count),
        longest_line=float(np.flatnonzero(long)[-1]) if count else math.nan,
        entropy=float(-(kinds @ np.log(kinds))) + 0.0 if count else math.nan,
        laminarity=math.nan,
        trapping_time=math.nan,
        lines=count,
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
