"""Censored values: means and draws where some are known only to be below or above a limit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtr, ndtri

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate

__all__ = ["LogNormal", "censored_mean", "censored_spread", "fit_censored", "imputed", "pooled"]

LEAST_KNOWN = 3  # values within the limits: two would give a spread that says nothing
MOST_CENSORED = 0.8  # of the values: beyond, the rest is the model's word
DRAWS = 20  # imputations: so few make the variance 4 % too large at most (Rubin 1987, p. 114)
STEPS, CLOSE = 60, 1e-10
SAME = 1e-4  # values that differ by less, as a share, are the same to any assay
MOST = 1e100  # of a concentration in any unit; its square is a number, too
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True, slots=True, eq=False)
class LogNormal:
    """A log-normal distribution, fitted to values of which some are censored.

    Parameters
    ----------
    location, scale : float
        Mean and standard deviation of the natural logarithms.
    covariance : ndarray, shape (2, 2)
        Of the two.
    n, censored : int
        How many values, and how many of them are outside the limits.
    reason : str
        Why there is no fit; ``""`` where there is one.
    """

    location: float
    scale: float
    covariance: FloatArray
    n: int
    censored: int
    reason: str = ""


def fit_censored(lower: ArrayLike, upper: ArrayLike) -> LogNormal:
    """Fit a log-normal distribution to values that are known or lie between bounds.

    Maximum likelihood: a known value counts with the density there, a censored one with the
    probability between its bounds [1]_. In one over the scale and the location over the scale
    the likelihood has one hill [2]_, which Newton's steps climb.

    Parameters
    ----------
    lower, upper : array_like, shape (n,)
        What is known of each: ``(v, v)`` of a value, ``(0, limit)`` of one below a limit,
        ``(limit, inf)`` of one above: as :attr:`interbeat.core.sample.Sample.bounds` says it.

    Returns
    -------
    LogNormal
        With a reason and no numbers where fewer than 3 values are known, more than 80 % are
        censored, all known ones are the same, or one is not above 0.

    Raises
    ------
    DataError
        If the bounds differ in number, are NaN, negative or the wrong way round.

    References
    ----------
    .. [1] Tobin (1958), Econometrica 26:24-36, doi:10.2307/1907382; Helsel (2005), Nondetects
       and data analysis: statistics for censored environmental data, Wiley.
    .. [2] Olsen (1978), Econometrica 46:1211-1215, doi:10.2307/1911445.

    Examples
    --------
    >>> found = fit_censored([0, 0, 4, 6, 8, 12], [3, 3, 4, 6, 8, 12])
    >>> found.censored, round(math.exp(found.location), 1)
    (2, 4.5)
    """
    low, high = _bounds(lower, upper)
    known = low == high
    reason = _too_little(low[known], low.size)
    if reason:
        return _unfitted(known, reason)
    logs = np.log(low[known])
    edges = _edges(low[~known], high[~known])
    best, information = _climb(_start(logs, edges), logs, edges)
    if np.linalg.eigvalsh(information).min() <= 0:
        return _unfitted(known, "no distribution fits best")
    inverse, shift = best
    turn = np.array([[-shift / inverse**2, 1 / inverse], [-1 / inverse**2, 0.0]])
    covariance = turn @ np.linalg.inv(information) @ turn.T
    return LogNormal(
        float(shift / inverse), float(1 / inverse), covariance, low.size, int(np.sum(~known))
    )


def censored_mean(lower: ArrayLike, upper: ArrayLike, *, unit: str) -> Estimate:
    """Return the arithmetic mean of values of which some are censored.

    Where none is censored this is the plain mean. Otherwise it is that of the log-normal
    distribution that fits best, ``exp(location + scale**2 / 2)``; a zero or half the limit in
    the place of what is below the limit would be biased.

    Parameters
    ----------
    lower, upper : array_like, shape (n,)
        As :func:`fit_censored` takes them.
    unit : str
        Of the values.

    Returns
    -------
    Estimate
        Its quality is the share that is not censored; missing where :func:`fit_censored` is,
        and where its standard error would be above it.

    Raises
    ------
    DataError
        As :func:`fit_censored`.

    Examples
    --------
    >>> print(censored_mean([0, 0, 4, 6, 8, 12], [3, 3, 4, 6, 8, 12], unit="pg/mL"))
    5.9 ± 1.9 pg/mL
    """
    low, high = _bounds(lower, upper)
    if low.size > 1 and np.array_equal(low, high):
        error = float(low.std(ddof=1)) / math.sqrt(low.size)
        return Estimate(float(low.mean()), error, unit, 1.0, low.size)
    fit = fit_censored(low, high)
    if fit.reason:
        return Estimate.missing(unit, fit.reason, n=fit.n)
    mean = math.exp(fit.location + fit.scale**2 / 2)
    return _by_delta(mean, mean * np.array([1.0, fit.scale]), fit, unit)


def censored_spread(lower: ArrayLike, upper: ArrayLike, *, unit: str) -> Estimate:
    """Return the standard deviation of values of which some are censored.

    Where none is censored this is the plain standard deviation; otherwise that of the
    log-normal distribution that fits best.

    Parameters
    ----------
    lower, upper : array_like, shape (n,)
        As :func:`fit_censored` takes them.
    unit : str
        Of the values.

    Returns
    -------
    Estimate
        Missing where :func:`fit_censored` is, and where its standard error would be above it.

    Raises
    ------
    DataError
        As :func:`fit_censored`.

    Examples
    --------
    >>> print(censored_spread([0, 0, 4, 6, 8, 12], [3, 3, 4, 6, 8, 12], unit="pg/mL"))
    5 ± 3 pg/mL
    """
    low, high = _bounds(lower, upper)
    if low.size > 1 and np.array_equal(low, high):
        spread = float(low.std(ddof=1))
        return Estimate(spread, spread / math.sqrt(2 * (low.size - 1)), unit, 1.0, low.size)
    fit = fit_censored(low, high)
    if fit.reason:
        return Estimate.missing(unit, fit.reason, n=fit.n)
    square = fit.scale**2
    excess = math.sqrt(math.expm1(square))
    mean = math.exp(fit.location + square / 2)
    by_scale = fit.scale * excess + fit.scale * math.exp(square) / excess
    return _by_delta(mean * excess, mean * np.array([excess, by_scale]), fit, unit)


def imputed(
    lower: ArrayLike, upper: ArrayLike, *, rng: np.random.Generator, draws: int = DRAWS
) -> FloatArray:
    """Return values in the place of those that are censored, several times over.

    Each time the distribution itself is drawn anew from what is uncertain of it, then each
    censored value from that distribution between its bounds: proper multiple imputation [1]_.
    Do with each row what you would do with complete data, then :func:`pooled`.

    Parameters
    ----------
    lower, upper : array_like, shape (n,)
        As :func:`fit_censored` takes them.
    rng : Generator
        Random numbers.
    draws : int
        How many times.

    Returns
    -------
    ndarray, shape (draws, n)
        What is known is the same in each row.

    Raises
    ------
    DataError
        As :func:`fit_censored`; or, if something is censored, where that gives a reason.

    References
    ----------
    .. [1] Rubin (1987), Multiple imputation for nonresponse in surveys, Wiley,
       doi:10.1002/9780470316696.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = imputed([0, 4, 6, 8], [3, 4, 6, 8], rng=rng, draws=5)
    >>> rows.shape, bool(np.all(rows[:, 0] < 3)), rows[0, 1:].tolist()
    ((5, 4), True, [4.0, 6.0, 8.0])
    """
    low, high = _bounds(lower, upper)
    rows = np.tile(low, (draws, 1))
    hidden = low != high
    if not hidden.any():
        return rows
    fit = fit_censored(low, high)
    if fit.reason:
        raise DataError(f"nothing to draw censored values from: {fit.reason}")
    location, scale = _redrawn(fit, rng, draws)
    below, above = _edges(low[hidden], high[hidden])
    first = ndtr((below - location) / scale)
    last = ndtr((above - location) / scale)
    share = first + rng.uniform(size=(draws, below.size)) * (last - first)
    share = np.clip(share, 1e-300, 1 - 1e-16)
    values = np.exp(location + scale * ndtri(share))
    rows[:, hidden] = np.clip(values, low[hidden], high[hidden])
    return rows


def pooled(values: ArrayLike, variances: ArrayLike, *, unit: str) -> Estimate:
    """Return one estimate of what several imputations gave (Rubin's rules).

    Parameters
    ----------
    values, variances : array_like, shape (m,)
        The estimate from each completed set of data, and the square of its standard error.
    unit : str
        Of the estimate.

    Returns
    -------
    Estimate
        The mean; its variance is the mean variance within, plus ``1 + 1/m`` times that between.

    Raises
    ------
    DataError
        If there are fewer than 2, or a number is not finite.

    Examples
    --------
    >>> print(pooled([5.0, 6.0, 5.5], [0.25, 0.25, 0.25], unit="pg/mL"))
    5.5 ± 0.8 pg/mL
    """
    found, within = np.asarray(values, float), np.asarray(variances, float)
    if found.size < 2 or found.shape != within.shape:
        raise DataError("pooling needs two or more estimates, each with its variance")
    if not (np.isfinite(found).all() and np.isfinite(within).all() and (within >= 0).all()):
        raise DataError("estimates and variances that are pooled are finite numbers")
    total = within.mean() + (1 + 1 / found.size) * found.var(ddof=1)
    return Estimate(float(found.mean()), math.sqrt(total), unit, 1.0, found.size)


def _unfitted(known: BoolArray, reason: str) -> LogNormal:
    none = np.full((2, 2), np.nan)
    return LogNormal(math.nan, math.nan, none, known.size, int(np.sum(~known)), reason)


def _start(logs: FloatArray, edges: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return a distribution as wide as values and limits are: a first guess."""
    limits = np.concatenate(edges)
    held = np.concatenate([logs, limits[np.isfinite(limits)]])
    return np.asarray(np.array([1.0, held.mean()]) / held.std())


def _bounds(lower: ArrayLike, upper: ArrayLike) -> tuple[FloatArray, FloatArray]:
    low, high = np.atleast_1d(np.asarray(lower, float)), np.atleast_1d(np.asarray(upper, float))
    if low.shape != high.shape or low.ndim != 1:
        raise DataError(f"each value has two bounds: given {low.shape} and {high.shape}")
    if not (np.all(low >= 0) and np.all(low <= high) and np.all(low < math.inf)):
        raise DataError("bounds of a value are numbers from 0 up, the lower one first")
    if low.max(initial=0) > MOST:
        raise DataError(f"a value of {low.max():g} is beyond all that is measured")
    return low, high


def _too_little(known: FloatArray, n: int) -> str:
    """Return why nothing can be fitted, or nothing."""
    if known.size < LEAST_KNOWN:
        return f"{known.size} of {n} values are within the limits; {LEAST_KNOWN} are needed"
    if known.size < (1 - MOST_CENSORED) * n:
        return f"{n - known.size} of {n} values are outside the limits: more than 80 %"
    if known.min() <= 0:
        return "a value of 0 has no logarithm"
    if np.ptp(np.log(known)) < SAME:
        return "all values within the limits are the same"
    return ""


def _edges(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the logarithms of bounds; minus infinity of 0."""
    below = np.full(low.shape, -np.inf)
    np.log(low, out=below, where=low > 0)
    return below, np.log(high)


def _climb(
    start: FloatArray, logs: FloatArray, edges: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return the top of the likelihood (1/scale, location/scale), and the information there."""
    at = start
    height, slope, bend = _likelihood(at, logs, edges)
    for _ in range(STEPS):
        step = np.linalg.solve(-bend, slope)
        if float(slope @ step) < CLOSE:
            break
        size = 1.0
        while size > CLOSE:
            new = at + size * step
            if new[0] > 0 and _likelihood(new, logs, edges)[0] >= height:
                break
            size /= 2
        at = at + size * step
        height, slope, bend = _likelihood(at, logs, edges)
    return at, -bend


def _likelihood(
    at: FloatArray, logs: FloatArray, edges: tuple[FloatArray, FloatArray]
) -> tuple[float, FloatArray, FloatArray]:
    """Return the logarithm of the likelihood, its slope and how it bends."""
    inverse, shift = at
    z = inverse * logs - shift
    slope = np.array([logs.size / inverse - np.sum(z * logs), np.sum(z)])
    bend = np.array(
        [
            [-logs.size / inverse**2 - np.sum(logs**2), np.sum(logs)],
            [np.sum(logs), -float(logs.size)],
        ]
    )
    height = logs.size * math.log(inverse) - 0.5 * float(np.sum(z**2))
    if not edges[0].size:
        return height, slope, bend
    (a, by_a), (b, by_b) = (_edge(edge, inverse, shift) for edge in edges)
    mass = _log_mass(a, b)
    ratio_a, ratio_b = (_ratio(x, mass) for x in (a, b))
    each = by_b * ratio_b - by_a * ratio_a
    outer_a, outer_b = by_a[:, None] * by_a[None], by_b[:, None] * by_b[None]
    safe_a, safe_b = np.where(np.isfinite(a), a, 0), np.where(np.isfinite(b), b, 0)
    bent = outer_a * (safe_a * ratio_a) - outer_b * (safe_b * ratio_b)
    bent -= each[:, None] * each[None]
    return height + float(mass.sum()), slope + each.sum(axis=-1), bend + bent.sum(axis=-1)


def _edge(edge: FloatArray, inverse: float, shift: float) -> tuple[FloatArray, FloatArray]:
    """Return where edges are in standard deviations, and how that hangs on the two."""
    finite = np.isfinite(edge)
    by = np.array([np.where(finite, edge, 0.0), np.where(finite, -1.0, 0.0)])
    return inverse * edge - shift, by


def _log_mass(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the logarithm of the probability between, in whichever tail is exact."""
    flip = a > 0  # in the right tail, by its mirror image
    left, right = np.where(flip, -b, a), np.where(flip, -a, b)
    high, low = log_ndtr(right), log_ndtr(left)
    return np.asarray(high + np.log1p(-np.exp(np.minimum(low - high, -1e-15))))


def _ratio(x: FloatArray, mass: FloatArray) -> FloatArray:
    """Return density over probability; 0 at infinity."""
    return np.asarray(np.exp(-0.5 * x**2 - HALF_LOG_2PI - mass))


def _by_delta(value: float, slope: FloatArray, fit: LogNormal, unit: str) -> Estimate:
    error = math.sqrt(max(float(slope @ fit.covariance @ slope), 0.0))
    if error > value:
        reason = (
            f"what is known leaves it open: {value:.2g} with a standard error of {error:.2g}"
        )
        return Estimate.missing(unit, reason, n=fit.n)
    return Estimate(value, error, unit, 1 - fit.censored / fit.n, fit.n)


def _redrawn(
    fit: LogNormal, rng: np.random.Generator, draws: int
) -> tuple[FloatArray, FloatArray]:
    """Return locations and scales that could as well have been: normal, scale by its log."""
    turn = np.diag([1.0, 1 / fit.scale])
    root = np.linalg.cholesky(turn @ fit.covariance @ turn.T)
    moved = rng.standard_normal((draws, 2)) @ root.T
    return fit.location + moved[:, :1], fit.scale * np.exp(moved[:, 1:])
