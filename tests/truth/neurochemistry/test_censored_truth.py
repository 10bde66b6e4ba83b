"""Means of values of which some are below a limit: what is said of what is known."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.censored import (
    censored_mean,
    censored_spread,
    fit_censored,
    imputed,
    pooled,
)

LOCATION, SCALE = 1.0, 0.6
MEAN = math.exp(LOCATION + SCALE**2 / 2)
SPREAD = MEAN * math.sqrt(math.expm1(SCALE**2))


def _drawn(
    seed: int, n: int, share: float, above: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Return bounds of values; those of the lowest share, and of the highest, are censored."""
    values = np.exp(np.random.default_rng(seed).normal(LOCATION, SCALE, n))
    low, high = np.exp(norm.ppf([share, above], LOCATION, SCALE))
    lower = np.where(values < low, 0.0, np.minimum(values, high))
    return lower, np.where(values < low, low, np.where(values > high, np.inf, values))


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_the_mean_is_unbiased_where_zero_and_half_the_limit_are_not(share: float) -> None:
    off: dict[str, list[float]] = {"model": [], "draws": [], "zero": [], "half": []}
    for seed in range(300):
        complete, _ = _drawn(seed, 40, 0.0)
        lower, upper = _drawn(seed, 40, share)
        rows = imputed(lower, upper, rng=np.random.default_rng(seed))
        variances = rows.var(axis=1, ddof=1) / 40
        off["model"].append(censored_mean(lower, upper, unit="").value - complete.mean())
        drawn = pooled(rows.mean(axis=1), variances, unit="").value
        off["draws"].append(drawn - complete.mean())
        off["zero"].append(lower.mean() - complete.mean())
        half = np.where(lower == 0, upper / 2, lower)
        off["half"].append(half.mean() - complete.mean())
    bias = {name: float(np.mean(values)) / MEAN for name, values in off.items()}
    error = float(np.std(off["model"])) / math.sqrt(300) / MEAN
    assert error < 0.002
    assert abs(bias["model"]) < max(3 * error, 0.004)
    assert abs(bias["draws"]) < 0.004
    assert bias["zero"] < -0.06
    assert bias["half"] < -0.015


def test_intervals_of_mean_and_spread_hold_the_truth() -> None:
    means, spreads = [], []
    for seed in range(300):
        lower, upper = _drawn(seed + 900, 100, 0.3)
        mean, spread = (f(lower, upper, unit="") for f in (censored_mean, censored_spread))
        means.append(mean.interval[0] < MEAN < mean.interval[1])
        spreads.append(spread.interval[0] < SPREAD < spread.interval[1])
    assert 0.91 <= np.mean(means) <= 0.98
    assert 0.88 <= np.mean(spreads) <= 0.98


def test_the_fit_is_the_top_of_the_likelihood_with_both_ends_censored() -> None:
    lower, upper = _drawn(3, 60, 0.25, above=0.9)
    known = lower == upper
    below = np.log(np.maximum(lower[~known], 1e-300))
    above = np.log(upper[~known])

    def unlikely(at: FloatArray) -> float:
        location, scale = at[0], math.exp(at[1])
        exact = norm.logpdf(np.log(lower[known]), location, scale).sum()
        mass = norm.cdf(above, location, scale) - norm.cdf(below, location, scale)
        return -float(exact + np.log(mass).sum())

    best = minimize(
        unlikely, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
    )
    found = fit_censored(lower, upper)
    assert found.location == pytest.approx(best.x[0], abs=1e-6)
    assert found.scale == pytest.approx(math.exp(best.x[1]), abs=1e-6)
    step = 1e-4  # standard errors: the curvature, by differences
    turn = np.array([[unlikely(best.x + step * (a + b)) for b in np.eye(2)] for a in np.eye(2)])
    single = np.array([unlikely(best.x + step * a) for a in np.eye(2)])
    bend = (turn - single[:, None] - single[None] + best.fun) / step**2
    errors = np.sqrt(np.diag(np.linalg.inv(bend)))
    assert math.sqrt(found.covariance[0, 0]) == pytest.approx(errors[0], rel=1e-2)
    assert math.sqrt(found.covariance[1, 1]) == pytest.approx(errors[1] * found.scale, rel=1e-2)


def test_without_censoring_it_is_the_plain_mean() -> None:
    values = np.array([3.0, 5.0, 10.0])
    mean = censored_mean(values, values, unit="pg/mL")
    assert mean.value == 6.0
    assert mean.se == pytest.approx(values.std(ddof=1) / math.sqrt(3))
    assert censored_spread(values, values, unit="pg/mL").value == values.std(ddof=1)


def test_a_larger_unit_scales_mean_and_spread() -> None:
    lower, upper = _drawn(4, 30, 0.3)
    for function in (censored_mean, censored_spread):
        small, large = (function(lower * k, upper * k, unit="") for k in (1.0, 1000.0))
        assert large.value == pytest.approx(1000 * small.value)
        assert large.se == pytest.approx(1000 * small.se)


def test_draws_stay_within_their_bounds_and_what_is_known_stays() -> None:
    lower, upper = _drawn(5, 40, 0.3, above=0.85)
    rows = imputed(lower, upper, rng=np.random.default_rng(1), draws=50)
    assert rows.shape == (50, 40)
    assert np.all((rows >= lower) & (rows <= upper))
    assert np.all(np.isfinite(rows))
    known = lower == upper
    assert np.all(rows[:, known] == lower[known])
    assert np.all(rows[:, ~known].std(axis=0) > 0)


@pytest.mark.parametrize(
    ("lower", "upper", "reason"),
    [
        ([0, 0, 0], [1, 1, 1], "0 of 3 values are within the limits; 3 are needed"),
        ([0, 2, 3], [1, 2, 3], "2 of 3 values are within the limits; 3 are needed"),
        ([0] * 17 + [2, 3, 4], [1] * 17 + [2, 3, 4], "17 of 20 .* more than 80 %"),
        ([0, 2, 2, 2], [1, 2, 2, 2], "all values within the limits are the same"),
        ([0, 0, 2, 3, 4], [1, 0, 2, 3, 4], "a value of 0 has no logarithm"),
    ],
)
def test_too_little_is_missing_with_a_reason(
    lower: list[float], upper: list[float], reason: str
) -> None:
    mean, spread = (f(lower, upper, unit="") for f in (censored_mean, censored_spread))
    for one in (mean, spread):
        assert re.search(reason, one.reason)
    with pytest.raises(DataError, match="nothing to draw"):
        imputed(lower, upper, rng=np.random.default_rng(1))


@pytest.mark.parametrize(
    ("lower", "upper"), [([2.0], [1.0]), ([-1.0], [1.0]), ([math.nan], [1.0]), ([1.0], [1, 2])]
)
def test_bounds_that_cannot_be_are_errors(lower: list[float], upper: list[float]) -> None:
    with pytest.raises(DataError, match="bounds"):
        fit_censored(lower, upper)


def test_far_outliers_do_not_stop_the_fit() -> None:
    values = np.array([1e-6, 0.5, 1.0, 2.0, 1e6])
    lower = np.concatenate([values, [0.0, 1e9]])
    upper = np.concatenate([values, [1e-9, np.inf]])
    found = fit_censored(lower, upper)
    assert math.isfinite(found.location)
    assert np.all(np.linalg.eigvalsh(found.covariance) > 0)


def test_pooled_variance_is_that_within_and_that_between() -> None:
    found = pooled([5.0, 6.0, 7.0], [0.2, 0.3, 0.4], unit="pg/mL")
    assert found.value == 6.0
    assert found.se == pytest.approx(math.sqrt(0.3 + (1 + 1 / 3) * 1.0))
    for values, variances in (([1.0], [1.0]), ([1.0, math.nan], [1, 1]), ([1, 2], [1, -1])):
        with pytest.raises(DataError):
            pooled(values, variances, unit="")


def test_draws_carry_what_is_uncertain_of_the_distribution() -> None:
    lower, upper = _drawn(6, 30, 0.5)
    rows = imputed(lower, upper, rng=np.random.default_rng(2), draws=2000)
    logs = np.log(rows[:, lower == 0])
    alone = float(logs.var(axis=1, ddof=1).mean()) / logs.shape[1]  # were it known exactly
    assert float(logs.mean(axis=1).var()) > 1.5 * alone
