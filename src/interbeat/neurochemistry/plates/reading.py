"""Reading: from responses back to concentrations, with what is uncertain about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from interbeat.core.arrays import BoolArray, FloatArray, IntArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.neurochemistry.plates._noise import size_of
from interbeat.neurochemistry.plates.found import Curve
from interbeat.neurochemistry.standards._spec import SHAPES

__all__ = ["Back", "freedom_at", "noise_of", "read_back", "responses_of"]

HALVES = 14  # of a cell of the grid, to find where an interval ends
CONFIDENCE = 0.95
FAR = 1e4  # times beyond the standards: farther is 0 or infinity
CELLS = 240
SMALLEST = 1e-150  # stands for no noise at all
HUGE = 1e100  # no reader sees it: taken as infinite, before its square overflows


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """What a curve reads back from responses.

    Parameters
    ----------
    concentration : ndarray, shape (n,)
        NaN where the response is beyond the ends of the curve.
    se : ndarray, shape (n,)
        By the delta method; NaN where the concentration is, or where the curve is flat.
    lower, upper : ndarray, shape (n,)
        95 % interval, 0 or infinite where it is open; NaN where no concentration can have given
        the response, or it is not a number or infinite.
    beyond : ndarray of int, shape (n,)
        -1 where the response is beyond that of concentration zero, 1 where it is beyond the
        plateau at infinity, 0 on the curve.
    """

    concentration: FloatArray
    se: FloatArray
    lower: FloatArray
    upper: FloatArray
    beyond: IntArray


def read_back(curve: Curve, responses: ArrayLike, *, replicates: ArrayLike) -> Back:
    """Return the concentrations that have these responses.

    Parameters
    ----------
    curve : Curve
        One that has no reason.
    responses : array_like, shape (n,)
        Each the mean of its replicates. NaN gives NaN; an infinite one is beyond the curve.
    replicates : array_like of int, shape (n,) or ()
        How many wells each is the mean of.

    Returns
    -------
    Back

    Raises
    ------
    DataError
        If there is no curve, or replicates are fewer than 1.

    Notes
    -----
    The variance of a concentration has two parts, that of the reading and that of the curve:
    ``(sigma^2 y^(2 power) / m + g' V g) / slope^2`` with the gradient `g` of the response by
    the parameters and their covariance `V`. The interval is not made of it: it holds all
    concentrations whose response differs from the observed by no more than the noise of both,
    times Student's t: the inversion of the prediction band [1]_, [2]_. It is wider to the side
    where the curve is flatter, and open where the curve's end is within the noise.

    References
    ----------
    .. [1] O'Connell, Belanger and Haaland (1993). Chemometrics and Intelligent Laboratory
       Systems 20:97, doi:10.1016/0169-7439(93)80008-6.
    .. [2] Hubaux and Vos (1970). Decision and detection limits for linear calibration curves.
       Analytical Chemistry 42:849, doi:10.1021/ac60290a013.

    Examples
    --------
    >>> from interbeat.neurochemistry.plates.fitting import fit_curve
    >>> there = np.repeat([0, 1, 3, 10, 30, 100, 300], 2)
    >>> color = 0.1 + 0.01 * there + 0.002 * np.cos(np.arange(14))
    >>> curve = fit_curve(there, color, shape="line", weighting="equal")
    >>> back = read_back(curve, [0.6, 0.05], replicates=2)
    >>> print(f"{back.concentration[0]:.1f} ({back.lower[0]:.1f} to {back.upper[0]:.1f})")
    50.0 (49.7 to 50.2)
    >>> back.beyond
    array([ 0, -1])
    """
    y, m = _given(curve, responses, replicates)
    shape = SHAPES[curve.shape]
    found = shape.concentration(curve.values, np.where(np.isfinite(y), y, np.nan))
    at = np.where(np.isfinite(found), found, curve.highest)
    slope = np.abs(shape.slope(curve.values, at))
    error = noise_of(curve, at, replicates=m)
    usable = np.isfinite(found) & np.isfinite(slope) & (slope > 0)
    se = np.where(usable, error / np.where(usable, slope, 1.0), np.nan)
    beyond = _beyond(curve, y, found)
    lower, upper = _interval(curve, y, m, found=found, beyond=beyond)
    # without noise, an interval is narrower than the halving that finds its ends
    lower, upper = np.fmin(lower, found), np.fmax(upper, found)
    return Back(found, se, lower, upper, beyond)


def responses_of(curve: Curve, concentrations: FloatArray) -> FloatArray:
    """Return what the curve says that concentrations read."""
    return SHAPES[curve.shape].response(curve.values, concentrations)


def noise_of(curve: Curve, concentrations: FloatArray, *, replicates: FloatArray) -> FloatArray:
    """Return the standard error of a reading against the curve, in the unit of the response.

    Parameters
    ----------
    curve : Curve
        With its covariance.
    concentrations : ndarray, shape (n,)
        Where.
    replicates : ndarray, shape (n,) or ()
        Wells of the reading; infinite for that of the curve alone.

    Returns
    -------
    ndarray, shape (n,)
    """
    mean = SHAPES[curve.shape].response(curve.values, concentrations)
    wells = _of_wells(curve, mean) / replicates
    return np.asarray(np.sqrt(_of_curve(curve, concentrations) + wells))


def freedom_at(curve: Curve, responses: FloatArray) -> FloatArray:
    """Return the degrees of freedom of the noise of responses of this strength.

    Where the power was estimated, the noise is less well known the farther a response is from
    those that told it: the variance of the logarithm of a variance with `n` degrees of freedom
    is ``2 / n``, and that of the line that the power draws through such logarithms is
    ``2 / n + 2 * leverage * distance ** 2`` (the approximation of Satterthwaite 1946,
    doi:10.2307/3002019). Where the power is given it is the curve's own everywhere.

    Parameters
    ----------
    curve : Curve
        With its noise.
    responses : ndarray
        Of any shape.

    Returns
    -------
    ndarray
        Of that shape.
    """
    center, leverage = curve.known
    away = np.log(np.maximum(size_of(responses, curve.floor), SMALLEST)) - center
    return np.asarray(1 / (1 / curve.freedom + leverage * away**2))


def _of_curve(curve: Curve, concentrations: FloatArray) -> FloatArray:
    """Return the variance of the curve itself at concentrations."""
    gradient = SHAPES[curve.shape].gradient(curve.values, concentrations)
    variance = np.sum((gradient @ curve.covariance) * gradient, axis=-1)
    return np.asarray(np.maximum(variance, 0.0))


def _of_wells(curve: Curve, responses: FloatArray) -> FloatArray:
    """Return the variance of single wells of these responses."""
    return np.asarray((curve.sigma * size_of(responses, curve.floor) ** curve.power) ** 2)


def _given(
    curve: Curve, responses: ArrayLike, replicates: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    if curve.reason:
        raise DataError(f"there is no curve to read back from: {curve.reason}")
    y = frozen_floats(responses, "responses")
    y = np.where(np.abs(y) > HUGE, np.copysign(np.inf, y), y)
    m = np.asarray(replicates, dtype=np.float64)
    if m.ndim and m.shape != y.shape:
        raise DataError(f"{y.size} responses, but {m.size} numbers of replicates")
    if not np.all(m >= 1):
        raise DataError("a response is the mean of one or more replicates")
    return y, np.broadcast_to(m, y.shape)


def _beyond(curve: Curve, y: FloatArray, found: FloatArray) -> IntArray:
    """Return beyond which end of the curve responses are."""
    some = SHAPES[curve.shape].response(curve.values, np.array([curve.highest]))[0]
    far = (y < some) if curve.competitive else (y > some)
    off = np.isnan(found) & ~np.isnan(y)
    return np.where(off, np.where(far, 1, -1), 0).astype(np.int64)


def _interval(
    curve: Curve, y: FloatArray, m: FloatArray, *, found: FloatArray, beyond: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return where the response at a concentration agrees with the observed."""
    grid = np.concatenate([[0.0], np.geomspace(curve.lowest / FAR, curve.highest * FAR, CELLS)])
    known = np.where(np.isfinite(y), y, 0.0)

    def further(x: FloatArray) -> FloatArray:
        """Return by how much the observed is further along the curve than x: 1 is too much."""
        return _further(curve, x, known, m)

    z = _further(curve, grid, known[:, None], m[:, None])
    # only as far as it hangs together: where noise grows faster than the curve, concentrations
    # far beyond the standards agree with any response
    at = np.where(np.isfinite(found), found, np.where(beyond > 0, np.inf, 0.0))[:, None]
    short, past = (z > 1) & (grid < at), (z < -1) & (grid > at)
    first = CELLS - np.argmax(short[:, ::-1], axis=1)
    last = np.argmax(past, axis=1)
    lower = _ends(grid, np.minimum(first, CELLS - 1), lambda x: further(x) > 1)
    upper = _ends(grid, np.maximum(last - 1, 0), lambda x: further(x) >= -1)
    lower = np.where(short.any(axis=1), lower, 0.0)
    upper = np.where(past.any(axis=1), upper, np.inf)
    none = np.all(z > 1, axis=1) | np.all(z < -1, axis=1) | ~np.isfinite(y)
    return np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def _further(curve: Curve, x: FloatArray, y: FloatArray, m: FloatArray) -> FloatArray:
    shape = SHAPES[curve.shape]
    mean = shape.response(curve.values, x)
    apart = mean - y if curve.competitive else y - mean
    error = np.sqrt(_of_curve(curve, x) + _of_wells(curve, mean) / m)
    most = stdtrit(freedom_at(curve, mean), (1 + CONFIDENCE) / 2)
    return np.asarray(apart / np.maximum(most * error, SMALLEST))


def _ends(
    grid: FloatArray, cells: IntArray, before: Callable[[FloatArray], BoolArray]
) -> FloatArray:
    """Return where, in a cell of the grid each, what was true ends to be so, by halving."""
    low, high = grid[cells], grid[cells + 1]
    for _ in range(HALVES):
        middle = (low + high) / 2
        yes = before(middle)
        low, high = np.where(yes, middle, low), np.where(yes, high, middle)
    return (low + high) / 2
