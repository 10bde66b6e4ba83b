"""Foretelling: what one adds to what the other's own past says, at every circular shift."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, ComplexArray, FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair
from interbeat.dyad.coupling import TENTHS, Coupling, judged
from interbeat.dyad.nulls import Null
from interbeat.dyad.preparation import decimated, prepared
from interbeat.dyad.windows.windowed import product

__all__ = [
    "RATE",
    "RIDGE",
    "Role",
    "against_shifts",
    "directions",
    "either_way",
    "finished",
    "gain",
    "gains",
    "past",
    "ready",
    "weights",
]

RATE = 1.0  # Hz; faster, the past says what the last sample was and little else
LATER = 1.0  # s; a tie at the very same time is no foretelling
RIDGE = 1e-10  # of a regressor's sum of squares: what says the same twice stays solvable
SPARE = 10  # samples that must be there beyond one for each regressor


class Role(NamedTuple):
    """One person's series in both parts: as who is foretold, and as who foretells.

    Parameters
    ----------
    target : ndarray, shape (n,)
        What is foretold; around 0, NaN where missing.
    own : ndarray, shape (q, n)
        What foretells it without the partner. A sample counts where target and `own` are there.
    adds : ndarray, shape (m, n)
        What this person may add for the other; where one row is missing, all count as 0.
    """

    target: FloatArray
    own: FloatArray
    adds: FloatArray


Cast = Callable[[FloatArray], Role]  # of a prepared series


def ready(
    values: FloatArray, sampling_rate: float, *, fastest: float = RATE
) -> tuple[FloatArray, float]:
    """Return a series at `fastest` Hz or less, without line and what is under 0.01 Hz."""
    factor = max(math.ceil(sampling_rate / fastest - 1e-9), 1)
    rate = sampling_rate / factor
    return prepared(decimated(values, factor), rate), rate


def either_way(x: FloatArray, y: FloatArray, cast: Cast) -> float:
    """Return the gain of the direction in which it is larger, or NaN."""
    a, b = cast(x), cast(y)
    return float(np.max([gain(a, b), gain(b, a)]))


def finished(
    index: str, signal: str, pair: Pair, cast: Cast, *,
    parts: Mapping[str, Estimate] | None = None,
    settings: Mapping[str, float | str] | None = None,
) -> Coupling:  # fmt: skip
    """Return the answer of an index that asks what one person adds to the other's own past.

    Parameters
    ----------
    index, signal : str
        Names.
    pair : Pair
        Prepared.
    cast : callable
        Of a prepared series: its :class:`Role`.
    parts, settings : mapping, optional
        What else to say.

    Returns
    -------
    Coupling
        ``value`` is the larger gain; its null, the larger gain at every circular shift.
        ``parts`` hold each direction's (``a_foretells_b``) and its p (``a_foretells_b_p``).
    """
    a, b = cast(pair.x), cast(pair.y)
    # b against a by s samples is a against b by -s
    forth, back = np.roll(gains(a, b)[::-1], 1), gains(b, a)
    return judged(
        index,
        signal,
        pair,
        statistic=lambda x, y: either_way(x, y, cast),
        null=against_shifts(np.maximum(forth, back), a),
        parts={**_directions(pair, cast, forth, back), **(parts or {})},
        settings=settings,
        later=max(round(LATER * pair.rate), 1),
    )


def against_shifts(every: FloatArray, leader: Role) -> Null:
    """Return the null of a statistic at every shift of what `leader` adds, 0 first.

    As many neighboring shifts as rows on either side see the same tie.
    """
    floor = (2 * leader.adds.shape[0] + 1) / leader.adds.shape[1]
    return Null(every, floor, "circular shifts")


def directions(pair: Pair, cast: Cast) -> dict[str, Estimate]:
    """Return each direction's gain (``a_foretells_b``) and its p (``a_foretells_b_p``)."""
    a, b = cast(pair.x), cast(pair.y)
    return _directions(pair, cast, gains(a, b), gains(b, a))


def _directions(
    pair: Pair, cast: Cast, forth: FloatArray, back: FloatArray
) -> dict[str, Estimate]:
    def both(x: FloatArray, y: FloatArray) -> FloatArray:
        a, b = cast(x), cast(y)
        return np.array([gain(a, b), gain(b, a)])

    made, leader = {}, cast(pair.x)
    names = ("a_foretells_b", "b_foretells_a")
    for name, found, every in zip(names, spreads(both, pair), (forth, back), strict=True):
        p = against_shifts(every, leader).p
        made[name] = found
        made[f"{name}_p"] = Estimate(p, 0.0, "", found.quality, found.n)
    return made


def spreads(
    several: Callable[[FloatArray, FloatArray], FloatArray], pair: Pair
) -> list[Estimate]:
    """Return several numbers of a pair, with what leaving out each tenth does to them."""
    values, n = several(pair.x, pair.y), pair.x.size
    edges = np.linspace(0, n, TENTHS + 1).astype(int)
    without = []
    for first, last in pairwise(edges):
        x, y = pair.x.copy(), pair.y.copy()
        x[first:last] = y[first:last] = np.nan
        without.append(several(x, y))
    se = np.sqrt((TENTHS - 1) * np.var(without, axis=0))
    known = pair.quality, int(pair.quality * n)
    return [Estimate(float(v), float(e), "", *known) for v, e in zip(values, se, strict=True)]


def least_squares(target: FloatArray, rows: FloatArray) -> FloatArray:
    """Return the weights of `rows` that come closest to `target`, on one core."""
    sizes = product(rows, rows)
    sizes[np.diag_indices_from(sizes)] *= 1 + RIDGE
    sizes += np.finfo(np.float64).tiny * np.eye(rows.shape[0])
    return np.asarray(np.linalg.solve(sizes, rows @ target), dtype=np.float64)


def past(values: FloatArray, order: int) -> FloatArray:
    """Return the `order` samples before each sample as rows, the nearest first.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where a sample is missing.
    order : int
        How many.

    Returns
    -------
    ndarray, shape (order, n)
        NaN before the record began.
    """
    before = np.concatenate((np.full(order, np.nan), values))
    return np.stack([before[order - k : order - k + values.size] for k in range(1, order + 1)])


def gain(leader: Role, follower: Role) -> float:
    """Return the log of what the follower's own leaves over what both together leave.

    Geweke (1982), doi:10.1080/01621459.1982.10477803: 0 where the leader adds nothing; NaN
    where there are too few samples, or nothing is left to foretell.
    """
    counted = _counted(follower)
    if _too_little(counted & np.isfinite(leader.adds).all(axis=0), leader, follower):
        return math.nan
    rest, basis = _without_own(follower, counted)
    rows = np.where(counted, _filled(leader.adds), 0.0)
    cross = product(basis, rows)
    sizes = product(rows, rows) - product(cross.T, cross.T)
    return float(_log_ratio(rest, (rows @ rest)[None], sizes[None])[0])


def gains(leader: Role, follower: Role) -> FloatArray:
    """Return :func:`gain` at each circular shift of the leader, the observed one first.

    Returns
    -------
    ndarray, shape (n,)
        At place s, what the leader adds comes s samples later than it was.
    """
    if _too_little(_counted(follower), leader, follower):
        return np.full(follower.target.size, np.nan)
    return _log_ratio(*_at_every_shift(leader, follower))


def weights(leader: Role, follower: Role) -> FloatArray:
    """Return the least-squares weight of each row that the leader adds, at each circular shift.

    Returns
    -------
    ndarray, shape (m, n)
        As for :func:`gains`.
    """
    if _too_little(_counted(follower), leader, follower):
        return np.full(leader.adds.shape, np.nan)
    _, tied, sizes = _at_every_shift(leader, follower)
    return np.ascontiguousarray(_solved(tied, sizes).T)


def _at_every_shift(leader: Role, follower: Role) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what is left, its products with what the leader adds, and the products of that.

    The last two at each shift, (n, m) and (n, m, m), without what the follower's own explains:
    all that least squares needs, exactly. From one shift to the next only these change, and the
    Fourier transform gives them for all shifts at once.
    """
    counted = _counted(follower)
    rest, basis = _without_own(follower, counted)
    rows = _filled(leader.adds)
    m, n = rows.shape
    moving = np.conj(np.fft.rfft(rows))
    tied = _turned(np.fft.rfft(rest), moving, n).T
    own = np.fft.rfft(basis)
    leaning = [_turned(own, row, n) for row in moving]
    weight = np.fft.rfft(counted.astype(np.float64))
    sizes = np.empty((n, m, m))
    for i in range(m):
        squares = _turned(weight, np.conj(np.fft.rfft(rows[i] * rows[i:])), n)
        for j in range(i, m):
            shared = np.einsum("qn,qn->n", leaning[i], leaning[j])
            sizes[:, i, j] = sizes[:, j, i] = squares[j - i] - shared
    return rest, tied, sizes


def _without_own(role: Role, counted: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return what the own leaves of the target, and an orthonormal basis (rows) of the own."""
    own, rest = np.where(counted, role.own, 0.0), np.where(counted, role.target, 0.0)
    sizes = product(own, own)
    sizes[np.diag_indices_from(sizes)] *= 1 + RIDGE
    sizes += np.finfo(np.float64).tiny * np.eye(own.shape[0])
    basis = product(np.linalg.inv(np.linalg.cholesky(sizes)), np.ascontiguousarray(own.T))
    return rest - (basis @ rest) @ basis, basis


def _turned(still: ComplexArray, moving: ComplexArray, n: int) -> FloatArray:
    """Return the sum of products at every shift, from spectra, of which one is conjugate."""
    return np.fft.irfft(still * moving, n)


def _counted(role: Role) -> BoolArray:
    there = np.isfinite(role.target) & np.isfinite(role.own).all(axis=0)
    return np.asarray(there, dtype=np.bool_)


def _filled(adds: FloatArray) -> FloatArray:
    return np.where(np.isfinite(adds).all(axis=0), adds, 0.0)


def _too_little(counted: BoolArray, leader: Role, follower: Role) -> bool:
    return bool(counted.sum() < follower.own.shape[0] + leader.adds.shape[0] + SPARE)


def _log_ratio(rest: FloatArray, tied: FloatArray, sizes: FloatArray) -> FloatArray:
    """Return the gain at each shift; see :func:`_at_every_shift`."""
    total = float(rest @ rest)
    if not total:
        return np.full(tied.shape[0], np.nan)
    explained = np.einsum("nm,nm->n", tied, _solved(tied, sizes)) / total
    return np.asarray(-np.log1p(-np.clip(explained, 0.0, 1 - 1e-12)), dtype=np.float64)


def _solved(tied: FloatArray, sizes: FloatArray) -> FloatArray:
    """Return the least-squares weights at each shift, shape (n, m)."""
    firm = sizes.copy()
    diagonal = np.einsum("nii->ni", firm)
    diagonal += RIDGE * diagonal.max(axis=1, keepdims=True) + np.finfo(np.float64).tiny
    return np.asarray(np.linalg.solve(firm, tied[:, :, None])[:, :, 0], dtype=np.float64)
