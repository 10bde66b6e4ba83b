"""Groups: whether two people or more keep step, and how far each of them does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, ComplexArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import SHORTEST, Pair, checked, why_not
from interbeat.dyad.coupling import TENTHS, Coupling, judged, missing
from interbeat.dyad.detectable import Seen, seen_at
from interbeat.dyad.nulls import Null
from interbeat.dyad.surrogates import generator
from interbeat.dyad.waves.turning import RATE, SLOW_WAVE, check_band, ready, turning

__all__ = ["cluster_phase", "cluster_rho", "kuramoto", "order_parameter"]

DRAWS = 999  # of shifts
PER_WAVE = 8  # samples of the fastest wave in the band: more tell no more
FEWEST_WAVES = 20.0  # stretches that differ, as for two
LEAST_SHARE = 0.1  # of the instants at which all must have a phase
TRIES, HALVINGS = 10, 6  # groups that are tied to see what would be found

Statistic = Callable[[ComplexArray], float]


def kuramoto(
    series: Mapping[str, ArrayLike], *, sampling_rate: float, signal: str = "",
    band: tuple[float, float] = SLOW_WAVE,
) -> Coupling:  # fmt: skip
    """Return how far a group is at one phase at each instant: Kuramoto's order parameter.

    The length of the mean of all members' phases, as numbers on the circle, in one band, and
    its mean over time: 1 where all are always at the same phase, about ``0.9 / sqrt(k)`` for k
    people who have nothing to do with each other. Members who keep step at a distance are not
    seen: :func:`cluster_phase` sees them.

    Parameters
    ----------
    series : mapping of str to array_like, shape (n,)
        The name of each member and what was recorded at the same times; NaN where missing. An
        instant counts where all are there.
    sampling_rate : float
        In Hz. Above 4 Hz, means over several samples are taken.
    signal : str
        What of them, for people: ``"heart rate"``.
    band : tuple of float
        In Hz.

    Returns
    -------
    Coupling
        Missing, with a reason, where a member's series does not vary or is there for under
        half of the time, where all are there together for too little, or where two of them are
        one.

    Raises
    ------
    DataError
        If there are fewer than two members, their series differ in length or hold infinities,
        or the rate or the band make no sense.

    Notes
    -----
    The null is 999 circular shifts of each member against the first, at random and apart from
    each other. Means over few instants scatter more, so that each draw's distance from their
    median counts by the root of how many instants it rests on. The t-test of Frank and
    Richardson (2010) takes independent phases for granted and is not offered: rhythms of the
    same band are alike for many seconds without any tie. What could have been seen is found
    by giving each member, shifted far away, a share of the first.

    What all members live through at once ties them as well as they tie each other: the test
    tells both from chance, not from each other.

    References
    ----------
    .. [1] Frank & Richardson (2010), Physica D 239:2084, doi:10.1016/j.physd.2010.07.015.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> common, *own = rng.standard_normal((4, 2400))
    >>> group = {name: common + x for name, x in zip("abc", own)}
    >>> found = kuramoto(group, sampling_rate=4)
    >>> print(found.value, "p", found.p, "chance", round(found.null_median, 2))
    0.813 ± 0.019 p 0.001 chance 0.53
    """
    return _judged("kuramoto", series, order_parameter, (sampling_rate, signal, band))


def cluster_phase(
    series: Mapping[str, ArrayLike], *, sampling_rate: float, signal: str = "",
    band: tuple[float, float] = SLOW_WAVE,
) -> Coupling:  # fmt: skip
    """Return how far members keep their distances from the group's common phase, each and all.

    The group's phase at an instant is that of the mean of all members'; each member's distance
    from it, in the mean over time, is taken away, and what is left is how far the group keeps
    together: 1 where no distance ever changes.

    Parameters
    ----------
    series : mapping of str to array_like, shape (n,)
        See :func:`kuramoto`.
    sampling_rate : float
        In Hz. Above 4 Hz, means over several samples are taken.
    signal : str
        What of them, for people: ``"heart rate"``.
    band : tuple of float
        In Hz.

    Returns
    -------
    Coupling
        The value is the group's rho; ``parts`` hold that of each member, ``"rho a"``: how
        steady their distance from the group is. Parts have no p: a member is part of the
        group that they are compared with, which lifts rho above 0 by itself, most in small
        groups (chance gives two members 0.64). Missing as in :func:`kuramoto`.

    Raises
    ------
    DataError
        See :func:`kuramoto`.

    Notes
    -----
    Null and standard errors as in :func:`kuramoto`. Of two people :func:`~interbeat.dyad.
    indices.phase_locking.phase_locking` tells more.

    References
    ----------
    .. [1] Richardson, Garcia, Frank, Gergor & Marsh (2012), Frontiers in Physiology 3:405,
       doi:10.3389/fphys.2012.00405.
    .. [2] Frank & Richardson (2010), Physica D 239:2084, doi:10.1016/j.physd.2010.07.015.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> common, *own = rng.standard_normal((4, 2400))
    >>> group = {name: common + x for name, x in zip("abc", own)}
    >>> found = cluster_phase(group, sampling_rate=4)
    >>> print(found.value, "p", found.p, "a:", found.parts["rho a"])
    0.820 ± 0.018 p 0.001 a: 0.84 ± 0.03
    """
    return _judged("cluster_phase", series, _rho_of_group, (sampling_rate, signal, band))


def order_parameter(turning: ComplexArray) -> float:
    """Return Kuramoto's order parameter, the mean over time.

    Parameters
    ----------
    turning : ndarray, shape (k, n)
        Phases as numbers on the circle, a row a member; instants at which one is 0 are left
        out.

    Returns
    -------
    float
        0 to 1; NaN where no instant has all.

    Examples
    --------
    >>> print(order_parameter(np.exp(1j * np.array([[0.0, 1.0], [0.0, 1.0 + np.pi]]))))
    0.5
    """
    together = turning[:, _all_there(turning)]
    return float(np.abs(together.mean(axis=0)).mean()) if together.size else math.nan


def cluster_rho(turning: ComplexArray) -> tuple[float, FloatArray]:
    """Return the cluster phase's rho of a group, and that of each member.

    On phases of :func:`~interbeat.dyad.group_numbers.phases_of` the first is multiSyncPy's
    ``rho``.

    Parameters
    ----------
    turning : ndarray, shape (k, n)
        Phases as numbers on the circle, a row a member; instants at which one is 0 are left
        out.

    Returns
    -------
    group : float
        0 to 1; NaN where no instant has all.
    members : ndarray, shape (k,)

    Examples
    --------
    >>> steps = np.exp(1j * np.linspace(0, 9, 50))
    >>> group, members = cluster_rho(np.array([steps, 1j * steps]))
    >>> print(round(group, 3), members.round(3))
    1.0 [1. 1.]
    """
    together = turning[:, _all_there(turning)]
    if not together.size:
        return math.nan, np.full(turning.shape[0], math.nan)
    apart = together * np.conj(_on_circle(together.mean(axis=0)))
    mean = apart.mean(axis=1)
    kept = apart * np.conj(_on_circle(mean))[:, None]
    return float(np.abs(kept.mean(axis=0)).mean()), np.abs(mean)


def _rho_of_group(turning: ComplexArray) -> float:
    return cluster_rho(turning)[0]


def _all_there(turning: ComplexArray) -> BoolArray:
    return np.asarray((turning != 0).all(axis=0))


def _on_circle(values: ComplexArray) -> ComplexArray:
    size = np.abs(values)
    return np.where(size > 0, values / np.where(size > 0, size, 1.0), 1.0)


def _judged(
    index: str, series: Mapping[str, ArrayLike], statistic: Statistic,
    how: tuple[float, str, tuple[float, float]],
) -> Coupling:  # fmt: skip
    sampling_rate, signal, band = how
    rows, rate = _grid(series, sampling_rate)
    check_band(band, rate)
    settings: dict[str, float | str] = {
        "low": band[0], "high": band[1], "members": float(len(series)),
    }  # fmt: skip
    least = max(SHORTEST, FEWEST_WAVES / (band[1] - band[0]))
    reason = _why_not(rows, rate, signal or "series", least)
    if reason:
        return missing(index, signal, reason, settings)
    values = np.stack([ready(row, rate)[0] for row in rows.values()])
    turned = _turned(values, rate, band)
    there = _all_there(turned)
    if there.mean() < LEAST_SHARE:
        return missing(index, signal, "one of them has nothing in the band", settings)
    null = _shifted(turned, statistic, generator(values[0], values[1:].ravel()))
    quality, n = float(there.mean()), int(there.sum())
    spread = _left_out(turned, lambda part: np.array([statistic(part)]))[0]
    return judged(
        index,
        signal,
        Pair(values[0], values[1], rate),
        statistic=lambda _x, _y: math.nan,  # of two: what could be seen is of the group
        null=null,
        value=Estimate(statistic(turned), float(spread), "", quality, n),
        parts=_members(turned, list(rows), quality, n) if index == "cluster_phase" else {},
        settings=settings,
        seen=_could_be_seen(
            values, rate, lambda tied: statistic(_turned(tied, rate, band)) > null.threshold
        ),
    )


def _grid(
    series: Mapping[str, ArrayLike], sampling_rate: float
) -> tuple[dict[str, FloatArray], float]:
    """Return every member's series on one grid of at most 4 Hz."""
    if len(series) < 2:
        raise DataError(f"a group has two members or more, not {len(series)}")
    first = next(iter(series.values()))
    pairs = {
        name: checked(first, values, sampling_rate=sampling_rate, fastest=RATE)
        for name, values in series.items()
    }
    return {name: pair.y for name, pair in pairs.items()}, next(iter(pairs.values())).rate


def _why_not(rows: dict[str, FloatArray], rate: float, what: str, least: float) -> str:
    """Return why a group cannot be compared, or nothing."""
    for (one, x), (other, y) in combinations(rows.items(), 2):
        reason = why_not(Pair(x, y, rate), what, least=least)
        if reason:
            return f"of {one} (a) and {other} (b): {reason}"
    there = np.isfinite(np.stack(list(rows.values()))).all(axis=0)
    common = float(there.sum()) / rate
    return "" if common >= least else f"{common:.0f} of {least:.0f} s of common data of all"


def _turned(values: FloatArray, rate: float, band: tuple[float, float]) -> ComplexArray:
    """Return the phases of each row, as often as the band asks for: means over that long."""
    step = max(int(rate / (PER_WAVE * band[1])), 1)
    n = values.shape[1] // step
    turned = np.stack([turning(row, rate, band)[: n * step] for row in values])
    sums = turned.reshape(-1, n, step).sum(axis=2)
    size = np.abs(sums)
    return np.where(size > 0, sums / np.where(size > 0, size, 1.0), 0)


def _shifted(turned: ComplexArray, statistic: Statistic, rng: np.random.Generator) -> Null:
    """Return the null of shifts in a circle of each member, apart from each other."""
    k, n = turned.shape
    found, counts = [statistic(turned)], [_all_there(turned).sum()]
    for _ in range(DRAWS):
        offsets = rng.integers(0, n, k - 1)
        rolled = [np.roll(row, o) for row, o in zip(turned[1:], offsets, strict=True)]
        surrogate = np.stack([turned[0], *rolled])
        found.append(statistic(surrogate))
        counts.append(_all_there(surrogate).sum())
    values, weights = np.array(found), np.sqrt(np.array(counts) / max(counts[0], 1))
    values, weights = values[np.isfinite(values)], weights[np.isfinite(values)]
    # a mean over few instants scatters more than one over many
    middle = float(np.median(values))
    even = middle + (values - middle) * weights
    return Null(even, 1 / even.size, "circular shifts")


def _left_out(turned: ComplexArray, values: Callable[[ComplexArray], FloatArray]) -> FloatArray:
    """Return standard errors from leaving out each tenth of the record once."""
    tenths = np.array_split(np.arange(turned.shape[1]), TENTHS)
    every = np.array([values(np.delete(turned, tenth, axis=1)) for tenth in tenths])
    return np.asarray(np.sqrt((TENTHS - 1) * np.var(every, axis=0)))


def _members(
    turned: ComplexArray, names: list[str], quality: float, n: int
) -> dict[str, Estimate]:
    rho = cluster_rho(turned)[1]
    spread = _left_out(turned, lambda part: cluster_rho(part)[1])
    return {
        f"rho {name}": Estimate(float(value), float(se), "", quality, n)
        for name, value, se in zip(names, rho, spread, strict=True)
    }


def _could_be_seen(
    values: FloatArray, rate: float, is_seen: Callable[[FloatArray], bool]
) -> Seen:
    """Return what share of the first in each other, shifted far away, would have been found."""
    k, n = values.shape
    share = np.where(np.isfinite(values[0]), values[0], 0.0)
    found = []
    for t in range(1, TRIES + 1):
        far = [np.roll(values[i], (t * k + i) * n // (k * (TRIES + 1))) for i in range(1, k)]
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            c = (low + high) / 2
            tied = [values[0], *(math.sqrt(1 - c**2) * row + c * share for row in far)]
            low, high = (low, c) if is_seen(np.stack(tied)) else (c, high)
        found.append(high if high < 1 else math.inf)
    quality = float(np.isfinite(values).all(axis=0).mean())
    return seen_at(np.array(found), seconds=n / rate, quality=quality)
