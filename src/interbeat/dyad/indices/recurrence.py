"""Recurrence: whether two people are near the same states at one lag more than at others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import SHORTEST, Pair, checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import TENTHS, Coupling, judged, left_out, missing
from interbeat.dyad.dynamics.recurrence_plot import embedded, quantified
from interbeat.dyad.nulls import Null
from interbeat.dyad.preparation import decimated, nothing_left, prepared
from interbeat.dyad.windows.spread import LEVEL, lag_of
from interbeat.dyad.windows.windowed import product
from interbeat.kernels.cross_recurrence import diagonals
from interbeat.kernels.student import student

__all__ = ["recurrence"]

RATE = 1.0  # Hz
EMBEDDING, DELAY = 3, 2  # values that make a state, and seconds between two of them
MAX_LAG = 5.0  # s
SHARE = 0.5  # of all pairs of states that count as near, for the profile
LINE_SHARE = 0.05  # the same for lines, which are all there is where half of the plot is full
LEAST_SHARE = 0.1  # of the record that both must have at a shift
LAG_SPANS = 20  # times the span of lags: in less, no p under 0.05 is possible
FEW = 400  # states of each that the radius is taken from
LONGEST = 5400  # states: lines of more are for `cross_recurrence`, window by window
BLOCK = 30  # states that are resampled together
DRAWS = 300
ROUNDING = 1e-9  # of a share


def _ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    factor = max(int(np.ceil(sampling_rate / RATE - 1e-9)), 1)
    rate = sampling_rate / factor
    return prepared(decimated(values, factor), rate), rate


def _statistic(
    x: FloatArray, y: FloatArray, rate: float,
    *, max_lag: float = MAX_LAG, share: float = SHARE,
) -> float:  # fmt: skip
    one, other, lags = _states(x, rate), _states(y, rate), _lags(rate, max_lag)
    return _best(one, other, _radius(one, other, share), lags=lags, share=share)[1]


def _highest(
    x: FloatArray, y: FloatArray, rate: float,
    *, max_lag: float = MAX_LAG, share: float = SHARE,
) -> float:  # fmt: skip
    one, other, lags = _states(x, rate), _states(y, rate), _lags(rate, max_lag)
    return _best(one, other, _radius(one, other, share), lags=lags, share=share)[0]


@index(
    label="Recurrence",
    source="Coco & Dale 2014, doi:10.3389/fpsyg.2014.00510",
    prepare=_ready,
    statistic=_statistic,
)
def recurrence(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    max_lag: float = MAX_LAG, share: float = SHARE,
) -> Coupling:  # fmt: skip
    """Return how far two people are near the same states at one lag more than at others.

    A state is a value with those 2 and 4 s later. Two states are near where their distance is
    under the radius at which `share` of *all* pairs of states are. The profile is the share of
    near pairs at each lag, and the value is its largest: `share` where nothing ties the two,
    1 where one always repeats the other.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series, sample by sample at the same times; NaN where one is
        missing. Means over seconds are taken; their line and what is slower than 0.01 Hz are
        taken away. A state that holds a missing value counts nowhere.
    sampling_rate : float
        In Hz.
    signal : str
        What of the two, for people: ``"heart rate"``.
    max_lag : float
        In seconds.
    share : float
        Over 0 and under 1.

    Returns
    -------
    Coupling
        ``parts["lag"]`` is where the profile is highest; positive: a leads; missing where p is
        above 0.05, at the end of the range, or undecided. The other parts say what the plot of
        all pairs holds at the radius at which 5 % are near (:class:`Recurrence`): ``rate``,
        ``determinism``, ``laminarity``, ``mean_line`` (s) and ``entropy``. They have no p,
        since they grow with the memory of each person alone, and are missing for records
        of over 1.5 h. Standard errors come from leaving out each tenth of the record once;
        that of the lag from resampling blocks of half a minute.

        All is missing, with a reason, where a series is constant or there for under half of
        the time, where both are there together for under 2 minutes or 20 times the span of
        lags, or where both are one person's.

    Raises
    ------
    DataError
        If the series differ in length, hold infinities, or the rate, the lag or the share make
        no sense.

    Notes
    -----
    The null is the profile's best at *every* circular shift of b's states, exactly: all
    diagonals of the plot are counted once, with b's states followed by a gap as long as the
    longest lag, so that no lag joins the beginning to the end. Where gaps leave a diagonal
    fewer pairs, its excess over `share` counts by the root of their number. The smallest p is
    the span of lags over the length. Raw series with trends give 53 % of false positives,
    which is why what is slow is taken away first.

    The usual radius, at which 2 to 5 % of pairs are near, leaves much unseen: with a latent
    coupling of 0.3 in ten minutes it found 27 %, and half of all pairs 70 % (of 60 simulated
    pairs, by which it was chosen; 80 % of 200 others). Nearness is of the same states: two who
    move against each other are not found. A situation that both share brings the same states
    at the same time as well as a partner does.

    References
    ----------
    .. [1] Coco & Dale (2014), Frontiers in Psychology 5:510, doi:10.3389/fpsyg.2014.00510.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2408), np.ones(12), "same")
    >>> b = np.roll(a, 8) + 6 * rng.standard_normal(a.size)  # b follows after 2 s
    >>> found = recurrence(a, b, sampling_rate=4)
    >>> print(found.value, "lag", found.parts["lag"], "p", round(found.p, 3))
    0.95 ± 0.02 lag 2.04 ± 0.05 s p 0.018
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=RATE)
    if not 0 <= max_lag < math.inf:
        raise DataError(f"max_lag is seconds from 0 up, not {max_lag}")
    if not 0 < share < 1:
        raise DataError(f"a share of near pairs lies between 0 and 1, not {share}")
    settings: dict[str, float | str] = {
        "embedding": EMBEDDING, "delay": DELAY, "max_lag": max_lag, "share": share,
        "line_share": LINE_SHARE,
    }  # fmt: skip
    lags = _lags(pair.rate, max_lag)
    least = max(SHORTEST, LAG_SPANS * lags.size / pair.rate)
    reason = why_not(pair, signal or "series", least=least)
    if reason:
        return missing("recurrence", signal, reason, settings)
    pair = pair.prepared
    reason = nothing_left(pair.x, pair.y, signal or "series")
    if reason:
        return missing("recurrence", signal, reason, settings)
    one, other = _states(pair.x, pair.rate), _states(pair.y, pair.rate)
    near = _radius(one, other, share)
    hits, pairs = _by_lag(one, other, near, lags)
    rate, excess = _best(one, other, near, lags=lags, share=share)
    if math.isnan(excess):
        reason = "gaps leave too few states of the two at the same time"
        return missing("recurrence", signal, reason, settings)
    null = _all_shifts(one, other, near, lags=lags, share=share)
    highest = partial(_highest, rate=pair.rate, max_lag=max_lag, share=share)
    profile = hits.sum(axis=1) / np.maximum(pairs.sum(axis=1), 1)
    return judged(
        "recurrence",
        signal,
        pair,
        statistic=partial(_statistic, rate=pair.rate, max_lag=max_lag, share=share),
        null=null,
        value=left_out(highest, pair, rate),
        parts={"lag": _lag(hits, pairs, pair, share=share, p=null.p), **_lines(pair)},
        curves={"lags": lags / pair.rate, "profile": profile},
        settings=settings,
    )


def _lags(rate: float, max_lag: float) -> IntArray:
    """Return how many samples later b is tried."""
    most = round(max_lag * rate)
    return np.arange(-most, most + 1)


def _states(values: FloatArray, rate: float) -> FloatArray:
    return embedded(values, EMBEDDING, max(round(DELAY * rate), 1))


def _radius(one: FloatArray, other: FloatArray, share: float) -> float:
    """Return the squared distance under which a share of the pairs of states lie.

    Of the pairs of some hundred states of each, evenly spread: which state is met by which
    does not matter here, and all would take longer than the rest.
    """
    few = []
    for states in (one, other):
        there = np.flatnonzero(np.isfinite(states).all(axis=0))
        some = np.linspace(0, there.size - 1, min(FEW, there.size)).round().astype(np.int64)
        few.append(states[:, there[some]])
    squares = np.zeros((few[0].shape[1], few[1].shape[1]))
    apart = np.empty_like(squares)
    for a, b in zip(*few, strict=True):
        np.subtract(a[:, None], b, out=apart)
        np.square(apart, out=apart)
        squares += apart
    if not squares.size:
        return math.nan
    last = int(share * (squares.size - 1))
    flat = squares.ravel()
    flat.partition(last)
    return float(flat[last])


def _by_lag(
    one: FloatArray, other: FloatArray, near: float, lags: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return how many pairs are near and how many there are, by lag and by block.

    Rows are lags; columns are blocks of a's states.
    """
    n = one.shape[1]
    firsts = np.arange(0, n, BLOCK)
    hits, pairs = np.zeros((2, lags.size, firsts.size))
    for row, k in enumerate(lags.tolist()):
        here, then = slice(max(0, -k), n - max(0, k)), slice(max(0, k), n - max(0, -k))
        squares = np.full(n, np.nan)
        squares[here] = np.square(one[:, here] - other[:, then]).sum(axis=0)
        hits[row] = np.add.reduceat((squares <= near).astype(np.float64), firsts)
        pairs[row] = np.add.reduceat(np.isfinite(squares).astype(np.float64), firsts)
    return hits, pairs


def _best(
    one: FloatArray, other: FloatArray, near: float, *, lags: IntArray, share: float
) -> tuple[float, float]:
    """Return the rate at the lag of the largest excess, and that excess; or NaN twice."""
    hits, pairs = (cells.sum(axis=1) for cells in _by_lag(one, other, near, lags))
    excess = _excess(hits, pairs, share, one.shape[1])
    if not np.isfinite(excess).any():
        return math.nan, math.nan
    best = int(np.nanargmax(excess))
    return float(hits[best] / pairs[best]), float(excess[best])


def _excess(hits: FloatArray, pairs: FloatArray, share: float, n: int) -> FloatArray:
    """Return how far rates exceed `share`, by the root of how many pairs they rest on."""
    enough = pairs >= LEAST_SHARE * n
    excess = (hits / np.maximum(pairs, 1) - share) * np.sqrt(pairs / n)
    return np.where(enough, excess, np.nan)


def _all_shifts(
    one: FloatArray, other: FloatArray, near: float, *, lags: IntArray, share: float
) -> Null:
    """Return the null of every circular shift, from the plot's diagonals joined two by two."""
    n, most = one.shape[1], int(lags[-1])
    circle = n + most
    here, there = (np.isfinite(states).all(axis=0) for states in (one, other))
    at = np.arange(1 - n, n) % circle
    met = np.correlate(there * 1.0, here * 1.0, "full")
    hits, pairs = np.zeros((2, circle))
    np.add.at(hits, at, diagonals(one, other, near))
    np.add.at(pairs, at, met)
    excess = _excess(hits, pairs, share, n)
    best = np.fmax.reduce([np.roll(excess, -k) for k in lags])
    return Null(best[np.isfinite(best)], lags.size / circle, "circular shifts")


def _lag(
    hits: FloatArray, pairs: FloatArray, pair: Pair, *, share: float, p: float
) -> Estimate:
    """Return the lag of the highest rate, its spread from blocks drawn with replacement."""
    blocks = hits.shape[1]
    rng = np.random.default_rng(0)
    weights = rng.multinomial(blocks, np.full(blocks, 1 / blocks), DRAWS).astype(np.float64)
    drawn = product(weights, hits) / np.maximum(product(weights, pairs), 1)
    few = math.sqrt(blocks / (blocks - 1)) * float(student(blocks - 1))
    middle = drawn.mean(axis=0)
    curve = hits.sum(axis=1) / np.maximum(pairs.sum(axis=1), 1)
    full = np.flatnonzero(curve >= 1 - ROUNDING)
    if full.size > 1 and p <= LEVEL:
        first, last = ((full[[0, -1]] - curve.size // 2) / pair.rate).tolist()
        reason = f"undecided: at {first:g} s and at {last:g} s all states are near"
        return Estimate.missing("s", reason, pair.quality, int(pairs.max(axis=0).sum()))
    return lag_of(
        np.maximum(curve - share, 0.0),
        middle + few * (drawn - middle) - share,
        pair.rate,
        p=p,
        quality=pair.quality,
        n=int(pairs[hits.shape[0] // 2].sum()),
    )


def _lines(pair: Pair) -> dict[str, Estimate]:
    """Return what the whole plot holds at a radius at which few states are near."""
    units = dict.fromkeys(("rate", "determinism", "laminarity", "entropy"), "")
    units["mean_line"] = "s"
    quality, n = pair.quality, pair.x.size
    if n > LONGEST:
        reason = f"lines of over {LONGEST / pair.rate / 3600:.1f} h are counted by window only"
        return {key: Estimate.missing(unit, reason, quality, n) for key, unit in units.items()}
    near = _radius(_states(pair.x, pair.rate), _states(pair.y, pair.rate), LINE_SHARE)
    whole = _line_values(pair, near)
    parts = np.array([_line_values(rest, near) for rest in _without_tenths(pair)])
    spread = np.sqrt((TENTHS - 1) * np.var(parts, axis=0))
    return {
        key: Estimate(value, se, unit, quality, n)
        if np.isfinite(value + se)
        else Estimate.missing(unit, "no line of 2 states or more", quality, n)
        for (key, unit), value, se in zip(units.items(), whole, spread, strict=True)
    }


def _line_values(pair: Pair, near: float) -> tuple[float, ...]:
    one, other = _states(pair.x, pair.rate), _states(pair.y, pair.rate)
    found = quantified(one, other, near)
    lengths = found.mean_line / pair.rate
    return found.rate, found.determinism, found.laminarity, found.entropy, lengths


def _without_tenths(pair: Pair) -> Iterator[Pair]:
    """Give the pair with each tenth missing in turn."""
    edges = np.linspace(0, pair.x.size, TENTHS + 1).astype(int)
    for first, last in pairwise(edges):
        x, y = pair.x.copy(), pair.y.copy()
        x[first:last] = y[first:last] = np.nan
        yield Pair(x, y, pair.rate)
