"""Inertia and coordination: how far one goes on as before, how far after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair, checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, missing
from interbeat.dyad.dynamics.foretelling import (
    RATE,
    Role,
    either_way,
    finished,
    least_squares,
    past,
    ready,
    spreads,
)

__all__ = ["inertia_coordination", "step_weights"]


def step_weights(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return by how much y goes on as before (inertia) and takes after x (coordination).

    Least squares of ``y[t] = inertia * y[t-1] + coordination * x[t-1] + level``.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        NaN where a sample is missing; only steps that are there count.
    """
    rows = np.vstack((past(y, 1), past(x, 1), np.ones(y.size), y))
    rows = rows[:, np.isfinite(rows).all(axis=0)]
    inertia, coordination, _ = least_squares(rows[3], rows[:3])
    return float(inertia), float(coordination)


def _cast(values: FloatArray) -> Role:
    before = past(values, 1)
    return Role(values, np.vstack((np.ones(values.size), before)), before)


def _statistic(x: FloatArray, y: FloatArray, rate: float) -> float:  # noqa: ARG001
    return either_way(x, y, _cast)


@index(
    label="Inertia-coordination",
    source="Butler & Barnard 2019, doi:10.1097/PSY.0000000000000703",
    prepare=ready,
    statistic=_statistic,
)
def inertia_coordination(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = ""
) -> Coupling:
    r"""Return how far each goes on as before, and how far each takes after the other.

    .. math:: b_t = \iota_b\, b_{t-1} + \kappa_b\, a_{t-1} + \epsilon_t

    (inertia, coordination, rest) and likewise for a, at 1 Hz, in series without their line and
    what is slower than 0.01 Hz.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series at the same times; NaN where one is missing. Steps
        that are not there do not count.
    sampling_rate : float
        In Hz. Above 1 Hz, means over a second are taken (over the whole number of samples that
        makes at least one).
    signal : str
        What of the two, for people: ``"heart rate"``.

    Returns
    -------
    Coupling
        ``value`` is how much better the past of both foretells one than its own past does (log
        ratio of variances, in the direction in which it is larger). ``parts`` hold it for each
        direction with its p (``a_foretells_b``, ``a_foretells_b_p`` ...) and the weights
        ``inertia_a``, ``inertia_b``, ``coordination_a`` (of b's past on a), ``coordination_b``
        (of a's past on b): positive where one moves to where the other was, negative where
        away from it. Missing, with a reason, where a series is constant, there for less than
        half the time, or both are there together for under 2 minutes.

    Raises
    ------
    DataError
        If the series differ in length or hold infinities, or the rate is no positive number.

    Notes
    -----
    The model is that of the R package rties (Butler & Barnard), which has no p, and others read
    its t test: that is wrong for series whose errors are not independent (15 % false positives
    at 5 % for autocorrelated series, 75 % with a trend). Here p are shares of all circular
    shifts of one series against the other. More coordination is not better.

    References
    ----------
    .. [1] Butler & Barnard (2019), Psychosomatic Medicine 81:749,
       doi:10.1097/PSY.0000000000000703.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 4) + rng.standard_normal(2400)  # b follows after 1 s
    >>> found = inertia_coordination(a, b, sampling_rate=4)
    >>> print(found.parts["a_foretells_b_p"].value < 0.02)
    True
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=RATE)
    reason = why_not(pair, signal or "series")
    if reason:
        return missing("inertia_coordination", signal, reason)
    pair = pair.prepared
    parts = {**_weights("a", Pair(pair.y, pair.x, pair.rate)), **_weights("b", pair)}
    return finished("inertia_coordination", signal, pair, _cast, parts=parts)


def _weights(follower: str, pair: Pair) -> dict[str, Estimate]:
    """Return the weights of the second of the pair, with their spread."""
    found = spreads(lambda x, y: np.array(step_weights(x, y)), pair)
    return {
        f"{name}_{follower}": one
        for name, one in zip(("inertia", "coordination"), found, strict=True)
    }
