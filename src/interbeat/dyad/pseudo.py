"""Pseudo-dyads: whether partners are tied beyond what any two in the same situation are.

Person a of one dyad and person b of another lived through the same situation, each with
somebody else. What ties them is the situation. Only partners who are tied more than that are
coupled beyond it; no test within one dyad can tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import SHORTEST, Pair, checked, too_little, why_not
from interbeat.dyad._spec import Index
from interbeat.dyad.nulls import Null, by_pairing

__all__ = ["PseudoDyads", "compared", "double_centered", "pseudo_dyads", "row"]

ORDERS = 4999  # in which partners are drawn for the group
LEVEL = 0.05  # a p that cannot get under this is not given
ROUNDS = 50  # for rows and columns to agree
ROUNDING = 1e-9  # of the largest score; what is nearer to a dyad's equals it
TIED = 1e-3  # of a pseudo-dyad must be its own, not its row's and column's


@dataclass(frozen=True, slots=True, eq=False)
class PseudoDyads:
    """Real dyads beside pseudo-dyads: each by itself, and all together.

    Parameters
    ----------
    index : str
        Which index the scores are of.
    scores : ndarray, shape (d, d)
        Statistic of a's person of dyad i with b's person of dyad j; NaN where there is none.
        Real dyads are on the diagonal.
    centered : ndarray, shape (d, d)
        The same without what each person has with everybody.
    p : ndarray, shape (d,)
        Of each dyad: share of pseudo-dyads that reach it, itself counted; NaN with a reason.
    floor : float
        The smallest p that a dyad could get.
    group : Null
        Mean score of real partners, and of partners drawn in other orders: ``group.p``.
    effect : Estimate
        Cohen's d of real dyads beside pseudo-dyads; its standard error by leaving out each
        dyad once (jackknife), because pseudo-dyads share people.
    real, pseudo : float
        Mean scores.
    quality : float
        Share of the pairs that have a score.
    reasons : tuple of str, length d
        Why a dyad has no p; ``""`` where it has one.
    """

    index: str
    scores: FloatArray
    centered: FloatArray
    p: FloatArray
    floor: float
    group: Null
    effect: Estimate
    real: float
    pseudo: float
    quality: float
    reasons: tuple[str, ...] = field(default=())


def pseudo_dyads(
    a: Sequence[ArrayLike], b: Sequence[ArrayLike], *, index: Index, sampling_rate: float
) -> PseudoDyads:
    """Return how real dyads stand among all that could be made of the same people.

    Each of a is compared with each of b by the index's statistic. From these scores the mean of
    each row and column is taken away, because some people go along with everybody: what is left
    is what these two have with each other (this doubles the power of the test of one dyad, and
    leaves the group's as it is). The means are those of pseudo-dyads alone. A dyad's p is its
    rank among all pseudo-dyads, ``(1 + b) / (1 + m)``; the group's is that of the mean score
    among 4,999 orders of partners.

    Parameters
    ----------
    a, b : sequence of array_like, each of shape (n,)
        Both people's series of each dyad: ``a[i]`` and ``b[i]`` were recorded together. All
        begin at the same moment of the situation; where two differ in length, what both have
        from the beginning on is compared. NaN where a sample is missing.
    index : Index
        Of :data:`~interbeat.dyad.INDICES`.
    sampling_rate : float
        In Hz, of all series.

    Returns
    -------
    PseudoDyads
        With fewer than 5 dyads there are fewer than 20 pseudo-dyads: p of one dyad could not
        get under 5 % and is missing. Under about 10 dyads floors are high: look at ``floor``
        and ``group.floor``. A pair with under 2 minutes in common, or one person twice, has no
        score.

    Raises
    ------
    DataError
        If the two are not equally many, are under 2, or a series breaks the laws of
        :func:`~interbeat.dyad.synchrony.synchrony`'s.

    Notes
    -----
    Bernieri (1988), doi:10.1007/BF00986930, set real interactions beside pseudo-interactions of
    the same two at different moments; here other people at the same moment are put together,
    so that the situation stays. Roles are kept: nobody of a meets another of a.
    Centering twice and the rank among all pseudo-dyads are ours.

    Examples
    --------
    >>> from interbeat.dyad import INDICES
    >>> rng = np.random.default_rng(1)
    >>> a = [np.convolve(rng.standard_normal(1200), np.ones(8), "same") for _ in range(8)]
    >>> b = [one + 2 * rng.standard_normal(1200) for one in a]
    >>> found = pseudo_dyads(a, b, index=INDICES["phase_locking"], sampling_rate=4)
    >>> print(found.group)
    p 0.0002 (smallest possible 0.0002) by 5000 orders of partners
    >>> (found.p <= 0.05).sum(), round(found.floor, 3)
    (np.int64(8), 0.018)
    """
    ones = [frozen_floats(series, "a series of a") for series in a]
    others = [frozen_floats(series, "a series of b") for series in b]
    if len(ones) != len(others):
        raise DataError(f"{len(ones)} people cannot be the partners of {len(others)}")
    for one in (*ones, *others):
        checked(one, one, sampling_rate=sampling_rate)
    columns, rate = _prepared(others, index, sampling_rate)
    scores = [
        row(one, columns, index=index, sampling_rate=rate)
        for one in _prepared(ones, index, sampling_rate)[0]
    ]
    reasons = [
        _why_not(one, other, sampling_rate) for one, other in zip(ones, others, strict=True)
    ]
    return compared(np.array(scores), index=index.name, reasons=reasons)


def row(
    x: FloatArray, ys: Sequence[FloatArray], *, index: Index, sampling_rate: float
) -> FloatArray:
    """Return the scores of one person of a with each of b: a task for one worker.

    Parameters
    ----------
    x : ndarray, shape (n,)
        As ``index.prepare`` gives it.
    ys : sequence of ndarray
        Likewise, of any lengths.
    index : Index
        Of :data:`~interbeat.dyad.INDICES`.
    sampling_rate : float
        In Hz, of the prepared series.

    Returns
    -------
    ndarray, shape (len(ys),)
        NaN where under 2 minutes are common, or both are one person.
    """
    scores = np.full(len(ys), np.nan)
    for j, y in enumerate(ys):
        n = min(x.size, y.size)
        pair = Pair(x[:n], y[:n], sampling_rate)
        if not why_not(pair, "series"):
            scores[j] = index.statistic(*pair)
    return scores


def compared(
    scores: FloatArray, *, index: str, reasons: Sequence[str] | None = None
) -> PseudoDyads:
    """Return how the diagonal of a matrix of scores stands beside the rest of it.

    Parameters
    ----------
    scores : ndarray, shape (d, d)
        The rows that :func:`row` gave; NaN where there is none.
    index : str
        What they are of.
    reasons : sequence of str, length d, optional
        Why a real dyad has no score, where that is known.

    Raises
    ------
    DataError
        If `scores` is no square of at least 2 by 2.

    Examples
    --------
    >>> scores = 0.1 * np.random.default_rng(1).standard_normal((6, 6))
    >>> scores += np.diag([1, 0, 0, 0, 1, 0])
    >>> compared(scores, index="phase_locking").p.round(2)
    array([0.03, 0.16, 0.68, 0.81, 0.03, 0.74])
    """
    if scores.ndim != 2 or scores.shape[0] != scores.shape[1] or len(scores) < 2:
        raise DataError(
            f"scores of all with all are a square of 2 by 2 or more, not {scores.shape}"
        )
    d = len(scores)
    centered = double_centered(scores)
    real = np.eye(d, dtype=np.bool_)
    others = centered[~real & np.isfinite(centered)]
    floor = 1 / (1 + others.size)
    why = _reasons(centered.diagonal(), others.size, reasons or [""] * d)
    least = centered.diagonal() - ROUNDING * np.abs(scores[np.isfinite(scores)]).max(initial=0)
    p = np.array([(1 + np.sum(others >= own)) * floor for own in least])
    p[[bool(reason) for reason in why]] = np.nan
    return PseudoDyads(
        index,
        scores,
        centered,
        p,
        floor,
        by_pairing(scores, count=ORDERS, rng=np.random.default_rng(0)),
        _effect(scores, real),
        _mean(scores[real]),
        _mean(scores[~real]),
        float(np.mean(np.isfinite(scores))),
        why,
    )


def double_centered(scores: FloatArray) -> FloatArray:
    """Return `scores` without what each person has with everybody, as pseudo-dyads tell it.

    The means of rows and columns are those of pseudo-dyads alone: a couple that is tied would
    else raise the means it is part of, and all others would stand out beside its row. A
    pseudo-dyad counts as if it had been left out of these means (its residual over 1 minus its
    leverage), because real dyads are left out of them, too.

    Examples
    --------
    >>> scores = np.array([[9.0, 2.0, 3.0], [2.0, 9.0, 4.0], [3.0, 4.0, 9.0]])
    >>> double_centered(scores).diagonal().round(2)
    array([8., 6., 4.])
    """
    pseudo = np.isfinite(scores) & ~np.eye(len(scores), dtype=np.bool_)
    rows, columns = pseudo.sum(axis=1, keepdims=True), pseudo.sum(axis=0, keepdims=True)
    rest = scores.copy()
    for _ in range(ROUNDS):
        for axis, count in ((0, columns), (1, rows)):
            total = np.where(pseudo, rest, 0.0).sum(axis=axis, keepdims=True)
            rest = rest - total / np.maximum(count, 1)
    free = 1 - (1 / np.maximum(rows, 1) + 1 / np.maximum(columns, 1) - 1 / max(pseudo.sum(), 1))
    return np.where(pseudo, rest / np.maximum(free, TIED), rest)


def _prepared(
    series: list[FloatArray], index: Index, sampling_rate: float
) -> tuple[list[FloatArray], float]:
    """Return each series once as the index takes it; one that cannot be used as missing."""
    rate = sampling_rate
    ready = []
    for values in series:
        if too_little(Pair(values, values, sampling_rate), "series"):
            ready.append(np.empty(0))
            continue
        out, rate = index.prepare(values, sampling_rate)
        ready.append(out)
    return ready, rate


def _why_not(x: FloatArray, y: FloatArray, sampling_rate: float) -> str:
    n = min(x.size, y.size)
    return why_not(Pair(x[:n], y[:n], sampling_rate), "series", least=SHORTEST)


def _reasons(own: FloatArray, m: int, known: Sequence[str]) -> tuple[str, ...]:
    """Return for each dyad why it has no p, or nothing."""
    few = f"{m} pseudo-dyads: no p under {1 / (1 + m):.2f} is possible"
    none = "too little of both is there"
    return tuple(
        (reason or none) if not math.isfinite(score) else few * (LEVEL * (1 + m) < 1)
        for score, reason in zip(own, known, strict=True)
    )


def _effect(scores: FloatArray, real: BoolArray) -> Estimate:
    """Return Cohen's d, its spread from leaving out each dyad once."""
    n = int(np.isfinite(scores[real]).sum())
    quality = float(np.mean(np.isfinite(scores)))
    whole = _cohen(scores, real)
    d = len(scores)
    left = [_cohen(np.delete(np.delete(scores, k, 0), k, 1), real[1:, 1:]) for k in range(d)]
    if d < 3 or not (math.isfinite(whole) and np.isfinite(left).all()):
        reason = f"{n} of 3 dyads" if n < 3 else "too few pseudo-dyads"
        return Estimate.missing("", reason, quality, n)
    return Estimate(whole, math.sqrt((d - 1) * float(np.var(left))), "", quality, n)


def _cohen(scores: FloatArray, real: BoolArray) -> float:
    """Return the difference of means over the spread within both groups."""
    one, other = (group[np.isfinite(group)] for group in (scores[real], scores[~real]))
    free = one.size + other.size - 2
    if one.size < 2 or other.size < 2:
        return math.nan
    within = (one.size - 1) * np.var(one, ddof=1) + (other.size - 1) * np.var(other, ddof=1)
    return float((one.mean() - other.mean()) / math.sqrt(within / free)) if within else math.nan


def _mean(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan
