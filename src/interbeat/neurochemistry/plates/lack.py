"""Lack of fit: whether a curve misses its standards by more than replicates differ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import f as fisher

from interbeat.core.arrays import frozen_floats
from interbeat.core.errors import DataError
from interbeat.neurochemistry.plates._noise import size_of
from interbeat.neurochemistry.plates.found import Curve
from interbeat.neurochemistry.standards._spec import SHAPES, has_place

__all__ = ["Lack", "lack_of_fit"]


class Lack(NamedTuple):
    """A test of lack of fit.

    Parameters
    ----------
    ratio : float
        Of the mean square of what the curve misses to that of what replicates differ; NaN where
        it cannot be told.
    p : float
        How often chance alone gives as much; NaN with the ratio.
    between, within : int
        Degrees of freedom of both.
    """

    ratio: float
    p: float
    between: int
    within: int


def lack_of_fit(curve: Curve, concentrations: ArrayLike, responses: ArrayLike) -> Lack:
    """Return whether a curve misses its standards by more than replicates differ.

    Parameters
    ----------
    curve : Curve
        One that has no reason.
    concentrations, responses : array_like, shape (n,)
        Of the standard wells that it was fitted to.

    Returns
    -------
    Lack
        With NaN where no standard has replicates, or concentrations are no more than
        parameters.

    Raises
    ------
    DataError
        If there is no curve or lengths differ.

    Notes
    -----
    Squares are divided by the variance that the curve's weighting says [1]_. Replicates that
    were pipetted one from the other differ by less than their concentrations are off, and then
    the test finds lack of fit in a curve that is right: read it with the residuals.

    References
    ----------
    .. [1] Draper and Smith (1998). Applied Regression Analysis, section 2.1,
       doi:10.1002/9781118625590.

    Examples
    --------
    >>> from interbeat.neurochemistry.plates.fitting import fit_curve
    >>> there = np.repeat([0.0, 1, 2, 3, 4], 2)
    >>> bent = there + 0.02 * there**2 + 0.01 * np.resize([1, -1], 10)
    >>> curve = fit_curve(there, bent, shape="line", weighting="equal")
    >>> lack_of_fit(curve, there, bent).p < 0.05
    True
    """
    if curve.reason:
        raise DataError(f"there is no curve to test: {curve.reason}")
    x, y = (
        frozen_floats(concentrations, "concentrations"),
        frozen_floats(responses, "responses"),
    )
    if x.size != y.size:
        raise DataError(f"{x.size} concentrations, but {y.size} responses")
    used = np.isfinite(y) & has_place(SHAPES[curve.shape], x)
    x, y = x[used], y[used]
    mean = SHAPES[curve.shape].response(curve.values, x)
    weights = size_of(mean, curve.floor) ** (-2 * curve.power)
    levels, which = np.unique(x, return_inverse=True)
    own = (np.bincount(which, y) / np.bincount(which))[which]
    between, within = levels.size - curve.values.size, y.size - levels.size
    if min(between, within) < 1:
        return Lack(np.nan, np.nan, between, within)
    missed = float(np.sum(weights * (own - mean) ** 2)) / between
    pure = float(np.sum(weights * (y - own) ** 2)) / within
    if pure == 0:
        return Lack(np.nan, np.nan, between, within)
    return Lack(
        missed / pure, float(fisher.sf(missed / pure, between, within)), between, within
    )
