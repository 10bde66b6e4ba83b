"""Censored values at their edges: the best fit is found, and what stays open has no number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.stats import norm

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.censored import (
    censored_mean,
    censored_spread,
    fit_censored,
    imputed,
)


def unlikely(location: float, scale: float, values: ArrayLike, limit: float) -> float:
    """Return minus the logarithm of the likelihood, with one value below `limit`."""
    known = norm.logpdf(np.log(values), location, scale).sum()
    return -float(known + norm.logcdf(math.log(limit), location, scale))


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ([1.0, 1.0002, 1.0005], 1e-9),  # alike, and a limit far below
        ([1.0, 1.0002, 1.0005], 0.5),
        ([1.0, 2.0, 3.0], 1e-6),
        ([4.0, 6.0, 8.0, 12.0], 3.0),
    ],
)
def test_the_best_fit_is_found(values: list[float], limit: float) -> None:
    found = fit_censored([0, *values], [limit, *values])

    def height(at: FloatArray) -> float:
        return unlikely(float(at[0]), math.exp(float(at[1])), values, limit)

    start = np.array([found.location + 0.1, math.log(found.scale) + 0.1])
    best = minimize(height, start, method="Nelder-Mead", tol=1e-10)
    assert unlikely(found.location, found.scale, values, limit) <= best.fun + 1e-8


def test_what_is_drawn_far_below_is_below() -> None:
    rows = imputed(
        [0, 1, 1.0002, 1.0005], [1e-9, 1, 1.0002, 1.0005], rng=np.random.default_rng(1), draws=9
    )
    assert np.all((rows[:, 0] >= 0) & (rows[:, 0] < 1e-9))


def test_a_mean_that_stays_open_is_no_number() -> None:
    low, high = [5, 6, 7, 100], [5, 6, 7, math.inf]
    for found in (censored_mean(low, high, unit="u"), censored_spread(low, high, unit="u")):
        assert found.reason.startswith("what is known leaves it open: ")


def test_values_alike_to_any_assay_are_the_same() -> None:
    found = fit_censored([0, 1, 1.00001, 1.00002], [0.5, 1, 1.00001, 1.00002])
    assert found.reason == "all values within the limits are the same"


def test_what_is_beyond_all_that_is_measured_is_refused() -> None:
    with pytest.raises(DataError, match="a value of 3e\\+200 is beyond all that is measured"):
        fit_censored([1e200, 2e200, 3e200], [1e200, 2e200, 3e200])
