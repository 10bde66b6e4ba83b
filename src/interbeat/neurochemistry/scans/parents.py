"""How much of the activity in plasma is still the injected compound, between few samples.

Tonietto et al. 2016 (doi:10.1177/0271678X15610585) compare the curves in use.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import least_squares

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["Share", "ShareModel", "closest", "exponential", "hill", "monotone"]

Share = Callable[[FloatArray], FloatArray]
ShareModel = Callable[[FloatArray, FloatArray], Share]

FEWEST = 4  # samples that a curve of 3 parameters needs to have a residual


def hill(times: FloatArray, shares: FloatArray) -> Share:
    """Return 1 - a t^b / (t^b + c): a sigmoid from 1 down.

    Parameters
    ----------
    times : ndarray, shape (m,)
        In min since the injection.
    shares : ndarray, shape (m,)
        Of the parent compound, 0 to 1.

    Returns
    -------
    callable
        Share at any times, 0 to 1.

    Raises
    ------
    DataError
        If there are fewer than 4 samples.

    Examples
    --------
    >>> minutes = np.array([2.0, 5, 10, 20, 40, 60])
    >>> truth = 1 - 0.9 * minutes**1.5 / (minutes**1.5 + 30)
    >>> share = hill(minutes, truth)
    >>> bool(abs(share(np.array([30.0]))[0] - (1 - 0.9 * 30**1.5 / (30**1.5 + 30))) < 1e-6)
    True
    """
    return _fitted(_hill, _hill_starts(), times, shares)


def exponential(times: FloatArray, shares: FloatArray) -> Share:
    """Return a e^(-b t) + (1 - a) e^(-c t): from 1 down, with two rates.

    Parameters
    ----------
    times : ndarray, shape (m,)
        In min since the injection.
    shares : ndarray, shape (m,)
        Of the parent compound, 0 to 1.

    Returns
    -------
    callable
        Share at any times, 0 to 1.

    Raises
    ------
    DataError
        If there are fewer than 4 samples.

    Examples
    --------
    >>> minutes = np.array([2.0, 5, 10, 20, 40, 60])
    >>> truth = 0.7 * np.exp(-0.1 * minutes) + 0.3 * np.exp(-0.01 * minutes)
    >>> share = exponential(minutes, truth)
    >>> share(np.array([0.0, 30.0])).round(4).tolist()
    [1.0, 0.2571]
    """
    return _fitted(_exponential, _exponential_starts(), times, shares)


def monotone(times: FloatArray, shares: FloatArray) -> Share:
    """Return a curve through the samples that never overshoots them, from 1 at time 0.

    The piecewise cubic of Fritsch and Carlson; after the last sample the share stays.

    Parameters
    ----------
    times : ndarray, shape (m,)
        In min since the injection.
    shares : ndarray, shape (m,)
        Of the parent compound, 0 to 1.

    Returns
    -------
    callable
        Share at any times, 0 to 1.

    Examples
    --------
    >>> share = monotone(np.array([10.0, 30.0]), np.array([0.5, 0.2]))
    >>> share(np.array([0.0, 10.0, 30.0, 90.0])).tolist()
    [1.0, 0.5, 0.2, 0.2]
    """
    later = times > 0
    known = np.concatenate([[0.0], times[later]])
    values = np.concatenate([[1.0 if later.all() else shares[0]], shares[later]])
    if known.size == 1:
        return lambda at: np.full(at.shape, values[0])
    curve = PchipInterpolator(known, values)
    return lambda at: np.asarray(curve(np.clip(at, 0, known[-1])), dtype=np.float64)


def closest(times: FloatArray, shares: FloatArray) -> Share:
    """Return the Hill or the exponential curve, whichever is closer; monotone if few samples.

    Both have three parameters, so that what they leave compares them (none serves all
    tracers: Tonietto et al. 2016).

    Parameters
    ----------
    times : ndarray, shape (m,)
        In min since the injection.
    shares : ndarray, shape (m,)
        Of the parent compound, 0 to 1.

    Returns
    -------
    callable
        Share at any times, 0 to 1.

    Examples
    --------
    >>> share = closest(np.array([10.0, 30.0]), np.array([0.5, 0.2]))
    >>> share(np.array([20.0])).round(2).tolist()
    [0.29]
    """
    if times.size < FEWEST or np.ptp(shares) == 0:
        return monotone(times, shares)
    curves = [hill(times, shares), exponential(times, shares)]
    left = [float(np.sum((curve(times) - shares) ** 2)) for curve in curves]
    return curves[int(np.argmin(left))]


def _hill(p: FloatArray, at: FloatArray) -> FloatArray:
    power = np.clip(at, 0, None) ** np.exp(p[1])
    return np.asarray(1 - p[0] * power / (power + np.exp(p[2])), dtype=np.float64)


def _exponential(p: FloatArray, at: FloatArray) -> FloatArray:
    quick, slow = np.exp(-np.exp(p[1:3])[:, None] * np.clip(at, 0, None))
    return np.asarray(p[0] * quick + (1 - p[0]) * slow, dtype=np.float64)


def _hill_starts() -> list[tuple[float, float, float]]:
    return [(0.9, np.log(b), np.log(c)) for b in (1.0, 2.0) for c in (10.0, 100.0, 1000.0)]


def _exponential_starts() -> list[tuple[float, float, float]]:
    return [(0.7, np.log(b), np.log(c)) for b in (0.05, 0.2) for c in (1e-3, 0.02)]


def _fitted(
    model: Callable[[FloatArray, FloatArray], FloatArray],
    starts: list[tuple[float, float, float]],
    times: FloatArray,
    shares: FloatArray,
) -> Share:
    """Return the best of several least-squares fits, its first parameter a share."""
    if times.size < FEWEST:
        raise DataError(
            f"a curve of 3 parameters needs {FEWEST} samples of the parent share; given "
            f"{times.size}"
        )
    low, high = [0.0, -12.0, -12.0], [1.0, 6.0, 16.0]

    def off(p: FloatArray) -> FloatArray:
        return model(p, times) - shares

    fits = [least_squares(off, start, bounds=(low, high)) for start in starts]
    best = min(fits, key=lambda fit: float(fit.cost)).x
    return lambda at: np.clip(model(best, at), 0, 1)
