"""Each fast loop beside a plain one."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri, stdtrit

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels.student import student
from interbeat.kernels.windows import moments


def long_run_variance_of_sum(influence: FloatArray, basis: int) -> float:
    n = influence.size
    at = (np.arange(n) + 0.5) / n
    cosines = np.cos(np.pi * np.outer(np.arange(1, basis + 1), at))
    return float(2 * np.mean((cosines @ influence) ** 2)) if basis else 0.0


def test_students_quantile_is_near_the_exact_one() -> None:
    df = np.arange(3.0, 100)
    np.testing.assert_allclose(student(df), stdtrit(df, 0.975) / ndtri(0.975), rtol=0.01)


def basis_of(n: int) -> int:
    return max(0, min(max(3, min(int(n ** (2 / 3) / 8 + 0.5), 64)), n - 1))


def trimmed(good: BoolArray) -> slice:
    """Return the part from the first to the last good place."""
    places = np.flatnonzero(good)
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)


def plain_moments(values: FloatArray, good: BoolArray) -> list[float]:
    values, good = values[trimmed(good)], good[trimmed(good)]
    seen = values[good]
    m = seen.size
    if m < 2:
        return [m, seen.mean() if m else 0.0, 0.0, 0.0, 0.0, 0.0]
    basis = basis_of(values.size)
    away = np.where(good, values - seen.mean(), 0.0)
    squares = np.where(good, away**2 - np.mean(away[good] ** 2), 0.0)
    return [
        m,
        seen.mean(),
        long_run_variance_of_sum(away, basis) / (m * (m - 1)),
        seen.var(ddof=1),
        long_run_variance_of_sum(squares, basis) / (m * (m - 1)),
        basis,
    ]


def test_moments_agree_with_numpy() -> None:
    rng = np.random.default_rng(0)
    values, good = rng.normal(800, 50, 900), rng.random(900) > 0.2
    first = np.array([0, 10, 10, 10, 100, 0, 300], dtype=np.int64)
    last = np.array([0, 11, 12, 13, 170, 900, 330], dtype=np.int64)
    good[300:330] = False
    fast = moments(values, good, first, last)
    for k in range(first.size):
        rows = slice(first[k], last[k])
        np.testing.assert_allclose(fast[k], plain_moments(values[rows], good[rows]), rtol=1e-9)
