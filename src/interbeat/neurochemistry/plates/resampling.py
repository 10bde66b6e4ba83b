"""Resampling: what concentrations would have been, had the plate been run again."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.neurochemistry.plates._noise import size_of
from interbeat.neurochemistry.plates._squares import ROUNDS as SETTLED
from interbeat.neurochemistry.plates._squares import settle
from interbeat.neurochemistry.plates.found import Curve
from interbeat.neurochemistry.standards._spec import SHAPES, Shape

__all__ = ["bootstrap"]

FEWEST = 20
ROUNDS = 4  # of weights that follow the curve: more change nothing that is seen
ONE_SIGMA = (0.15865525393145707, 0.8413447460685429)  # shares of a normal within one SD


def bootstrap(
    curve: Curve, responses: ArrayLike, *, replicates: ArrayLike, standards: ArrayLike,
    draws: int, seed: int,
) -> FloatArray:  # fmt: skip
    """Return standard errors of concentrations by parametric bootstrap.

    Each draw makes the standards' wells anew from the fitted curve and its noise, fits the
    curve to them, and reads the samples back, whose responses are noisy anew too [1]_.

    Parameters
    ----------
    curve : Curve
        One that has no reason.
    responses : array_like, shape (n,)
        Of samples: each the mean of its replicates.
    replicates : array_like of int, shape (n,) or ()
        How many wells each is the mean of.
    standards : array_like, shape (k,)
        Concentration of each standard's well that the curve was fitted to.
    draws : int
        How many times; 300 give a standard error to some 5 %.
    seed : int
        Of the noise.

    Returns
    -------
    ndarray, shape (n,)
        Half of what the middle 68.3 % of the draws span. NaN where the response is not on the
        curve, or so near to its end that this span reaches beyond it.

    Raises
    ------
    DataError
        If there is no curve, or draws are fewer than 20.

    References
    ----------
    .. [1] Efron and Tibshirani (1993). An Introduction to the Bootstrap. Chapman and Hall.
       Departure: the span of the middle 68.3 % instead of the standard deviation, which single
       draws that fall off the curve would make infinite.

    Examples
    --------
    >>> from interbeat.neurochemistry.plates.fitting import fit_curve
    >>> from interbeat.neurochemistry.plates.reading import read_back
    >>> there = np.repeat([0, 1, 3, 10, 30, 100, 300], 2)
    >>> color = 2.0 - 1.9 / (1 + (there / 20) ** 1.2)
    >>> color *= 1 + 0.02 * np.cos(np.arange(14))
    >>> curve = fit_curve(there, color, shape="4PL", weighting="1/y2")
    >>> delta = read_back(curve, [1.05], replicates=2).se
    >>> again = bootstrap(curve, [1.05], replicates=2, standards=there, draws=300, seed=1)
    >>> bool(abs(again[0] / delta[0] - 1) < 0.15)
    True
    """
    if curve.reason:
        raise DataError(f"there is no curve to draw from: {curve.reason}")
    if draws < FEWEST:
        raise DataError(f"{draws} draws tell no standard error; take {FEWEST} at least")
    y, x = frozen_floats(responses, "responses"), frozen_floats(standards, "standards")
    shape, rng = SHAPES[curve.shape], np.random.default_rng(seed)
    there = np.isfinite(shape.concentration(curve.values, np.where(np.isfinite(y), y, np.nan)))
    y = np.where(there, y, 0.0)
    again = _refitted(curve, shape, x, rng.standard_normal((draws, x.size)))
    spread = _spread(curve, y) / np.sqrt(np.asarray(replicates, dtype=np.float64))
    read = y + spread * rng.standard_normal((draws, y.size))
    found = shape.concentration(again.T[..., None], read)
    return np.where(there, _span(found), np.nan)


def _spread(curve: Curve, responses: FloatArray) -> FloatArray:
    return np.asarray(curve.sigma * size_of(responses, curve.floor) ** curve.power)


def _refitted(curve: Curve, shape: Shape, x: FloatArray, noise: FloatArray) -> FloatArray:
    """Return the parameters of curves fitted to standards that are drawn anew."""
    mean = shape.response(curve.values, x)
    drawn = mean + _spread(curve, mean) * noise
    values = np.tile(curve.values, (len(noise), 1))
    for _ in range(ROUNDS if curve.power else 1):
        size = size_of(shape.response(values.T[..., None], x), curve.floor)
        weights = size ** (-2 * curve.power)
        found = settle(shape, values, x, responses=drawn, weights=weights, rounds=SETTLED)
        values = found.values
    return values


def _span(found: FloatArray) -> FloatArray:
    """Return half of what the middle of the draws spans, those off the curve at either end."""
    off = np.isnan(found).mean(axis=0)
    low, high = np.nanquantile(np.where(off == 1, 0.0, found), ONE_SIGMA, axis=0)
    return np.where(off < ONE_SIGMA[0], (high - low) / 2, np.nan)
