"""Coupled oscillators: whether one person's level or movement pushes the other's swing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import product as every
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair, checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, missing
from interbeat.dyad.dynamics.foretelling import (
    Role,
    against_shifts,
    either_way,
    finished,
    least_squares,
    ready,
    spreads,
    weights,
)

__all__ = ["Oscillators", "coupled_oscillator", "derivatives", "oscillators"]

RATE = 4.0  # Hz
STEP = 0.5  # s between two points of an embedding
POINTS = 5  # of an embedding


class Oscillators(NamedTuple):
    """Two coupled oscillators, each pushed by its own level and movement and by the other's.

    Parameters
    ----------
    step, points : int
        Of the embedding, in samples.
    a, b : ndarray, shape (4,)
        What pushes each: its own level and movement, and the partner's level and movement.
    explained : float
        Share of the variance of both accelerations, about 0, adjusted for the 8 weights.
    """

    step: int
    points: int
    a: FloatArray
    b: FloatArray
    explained: float

    @property
    def periods(self) -> tuple[float, float]:
        """How long a swing of each would take alone, in samples; NaN where there is none."""
        own = np.array([self.a[0], self.b[0]])
        a, b = 2 * np.pi / np.sqrt(np.where(own < 0, -own, np.nan))
        return float(a), float(b)


def derivatives(values: FloatArray, *, step: int, points: int) -> FloatArray:
    """Return level, movement and acceleration (per sample) of a series, by local parabolas.

    Boker, Deboeck, Edler & Keel (2010), generalized local linear approximation.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where a sample is missing: then what rests on it is missing.
    step, points : int
        A parabola goes through `points` samples, `step` apart.

    Returns
    -------
    ndarray, shape (3, n - (points - 1) * step)
        The first is that of the first `points` samples.
    """
    at = step * (np.arange(points) - (points - 1) / 2)
    weight = np.linalg.pinv(np.stack((np.ones(points), at, at**2 / 2), axis=1))
    size = values.size - (points - 1) * step
    made = np.zeros((3, size))
    for k in range(points):
        made += weight[:, k, None] * values[k * step : k * step + size]
    return made


def oscillators(
    x: ArrayLike, y: ArrayLike, *,
    steps: Iterable[int],
    points: Iterable[int],
) -> Oscillators:  # fmt: skip
    """Return two coupled oscillators, with the embedding that explains most of both.

    As rties fits them (``estDerivs``, ``indivClo``): each acceleration by the own level and
    movement and the partner's, without a constant, where all of them are there. rties first
    drops the moments at which either is missing and joins what is left; here what a missing
    sample touches is missing.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Around 0 (rties takes each person's line away), NaN where missing.
    steps, points : iterable of int
        Embeddings to try; see :func:`derivatives`.

    Raises
    ------
    DataError
        If the series differ in length, or are too short for 8 weights.

    References
    ----------
    .. [1] Butler & Barnard (2019), Psychosomatic Medicine 81:749,
       doi:10.1097/PSY.0000000000000703.
    """
    a, b = frozen_floats(x, "x"), frozen_floats(y, "y")
    if a.size != b.size:
        raise DataError(f"two series must be equally long, not {a.size} and {b.size} samples")
    fits = [_fitted(a, b, step=step, points=count) for step, count in every(steps, points)]
    return max(fits, key=lambda fit: fit.explained)


def _fitted(x: FloatArray, y: FloatArray, *, step: int, points: int) -> Oscillators:
    if x.size <= (points - 1) * step:
        raise DataError(f"{x.size} samples are too few for {points} points, {step} apart")
    a, b = (derivatives(series, step=step, points=points) for series in (x, y))
    there = np.isfinite(a).all(axis=0) & np.isfinite(b).all(axis=0)
    a, b = a[:, there], b[:, there]
    n = 2 * a.shape[1]
    if n <= 8:
        raise DataError(f"{n // 2} moments are too few for two coupled oscillators")
    found, rest = [], 0.0
    for own, other in ((a, b), (b, a)):
        rows = np.concatenate((own[:2], other[:2]))
        found.append(least_squares(own[2], rows))
        rest += float(np.sum((own[2] - found[-1] @ rows) ** 2))
    total = max(float(np.sum(a[2] ** 2) + np.sum(b[2] ** 2)), 1e-300)
    return Oscillators(step, points, found[0], found[1], 1 - rest / total * n / (n - 8))


def _cast(values: FloatArray, *, step: int, points: int) -> Role:
    level, movement, acceleration = derivatives(values, step=step, points=points)
    both = np.stack((level, movement))
    return Role(acceleration, both, both)


def _step(rate: float) -> int:
    return max(round(STEP * rate), 1)


def _statistic(x: FloatArray, y: FloatArray, rate: float) -> float:
    return either_way(x, y, partial(_cast, step=_step(rate), points=POINTS))


@index(
    label="Coupled oscillators",
    source="Butler & Barnard 2019, doi:10.1097/PSY.0000000000000703",
    prepare=partial(ready, fastest=RATE),
    statistic=_statistic,
)
def coupled_oscillator(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = ""
) -> Coupling:
    r"""Return whether one person's level or movement pushes the other's swing.

    .. math:: \ddot a = \eta_a a + \zeta_a \dot a + \eta_{ab} b + \zeta_{ab} \dot b

    and likewise for b, at 4 Hz, in series without their line and what is slower than 0.01 Hz;
    level, movement and acceleration are those of parabolas through 5 points over 2 s.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series at the same times; NaN where one is missing. Moments
        that a missing sample touches do not count; where only the partner's is touched, the
        partner counts as resting at the mean.
    sampling_rate : float
        In Hz. Above 4 Hz, means over several samples are taken; under 2 Hz, the 5 points are
        neighbors.
    signal : str
        What of the two, for people: ``"heart rate"``.

    Returns
    -------
    Coupling
        ``value`` is how much the partner's level and movement add to what one's own say of
        one's acceleration (log ratio of variances, for the one to whom more is added).
        ``parts`` hold it for each direction with its p (``a_foretells_b``,
        ``a_foretells_b_p`` ...), each one's own and the partner's weights (``own_level_a``,
        ``own_movement_a``, ``level_on_a`` of b's level on a, ``movement_on_a`` ..., in units of
        each series' spread and seconds) and the p of the partner's (``movement_on_a_p``).
        Missing, with a reason, where a series is constant, there for less than half the time,
        or both are there together for under 2 minutes.

    Raises
    ------
    DataError
        If the series differ in length or hold infinities, or the rate is no positive number.

    Notes
    -----
    Where ``movement_on_a`` is negative, b's movement brakes a's while they move together, and
    drives it while they move against each other; where it is positive, the other way round.
    With braking on both sides swings that the two share die down, with driving they grow:
    Reed, Barnard & Butler call that co-regulation and co-dysregulation. Neither is better or
    worse: excitement that grows may be joy. And this method seldom sees either: where swings
    are kept alive from outside, as those of heart, sweat and breath are, a movement and an
    acceleration that are both taken about the same moment are unrelated, so that the weights
    of movements come out near 0 whatever they are (0.00 for a true 0.08 per s, 40 simulated
    pairs of 10 minutes); they are right for swings that run on by themselves. Only a weight
    whose p is small says anything.

    The p are shares of all circular shifts of one series against the other. rties takes the
    embedding that explains most (:func:`oscillators` does), which is the longest that is tried;
    but what makes the fit smooth hides the partner: of 100 pairs of 10 minutes in which one
    answers 1 s after the other (coupling 0.3; 0.5), 5 points 3 s apart find 4; 5, which is what
    strangers give, 5 points 1 s apart 44; 97, and the embedding here 84; 100. It was chosen so,
    on other pairs; noise in the series makes swings look faster than they are.

    References
    ----------
    .. [1] Boker & Nesselroade (2002), Multivariate Behavioral Research 37:127,
       doi:10.1207/S15327906MBR3701_06.
    .. [2] Reed, Barnard & Butler (2015), Emotion 15:45, doi:10.1037/a0038561.
    .. [3] Butler & Barnard (2019), Psychosomatic Medicine 81:749,
       doi:10.1097/PSY.0000000000000703.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.hanning(24), "same")
    >>> b = np.roll(a, 4) + rng.standard_normal(2400)  # b follows after 1 s
    >>> coupled_oscillator(a, b, sampling_rate=4).p <= 0.05
    True
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=RATE)
    reason = why_not(pair, signal or "series")
    if reason:
        return missing("coupled_oscillator", signal, reason)
    pair, step = pair.prepared, _step(pair.rate)
    parts = {
        **_weights("a", Pair(pair.y, pair.x, pair.rate), step),
        **_weights("b", pair, step),
    }
    return finished(
        "coupled_oscillator",
        signal,
        pair,
        partial(_cast, step=step, points=POINTS),
        parts=parts,
        settings={"step": step / pair.rate, "points": float(POINTS)},
    )


def _weights(follower: str, pair: Pair, step: int) -> dict[str, Estimate]:
    """Return what pushes the second of a pair, per second, with p for what the first does."""
    scale = np.tile([pair.rate**2, pair.rate], 2)  # from samples to seconds

    def pushes(x: FloatArray, y: FloatArray) -> FloatArray:
        leads, follows = (derivatives(one, step=step, points=POINTS) for one in (x, y))
        rows = np.concatenate((follows, leads[:2]))
        rows = rows[:, np.isfinite(rows).all(axis=0)]
        return scale * least_squares(rows[2], rows[[0, 1, 3, 4]])

    leads, follows = (_cast(one, step=step, points=POINTS) for one in (pair.x, pair.y))
    chance = np.abs(weights(leads, follows))
    p = [against_shifts(row, leads).p for row in chance]
    found = spreads(pushes, pair)
    names = ("own_level", "own_movement", "level_on", "movement_on")
    made = {f"{name}_{follower}": one for name, one in zip(names, found, strict=True)}
    for name, share in zip(names[2:], p, strict=True):
        known = found[0].quality, found[0].n
        made[f"{name}_{follower}_p"] = Estimate(share, 0.0, "", *known)
    return made
