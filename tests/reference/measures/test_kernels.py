"""Each fast loop beside a plain one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels.spectra import SHORT, TAPERS, band_power
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


def plain_band_power(
    times: FloatArray, good: BoolArray, window: tuple[float, float], band: tuple[float, float]
) -> list[float]:
    start, seconds = window[0], window[1] - window[0]
    begin, end = times[:-1][good], times[1:][good]
    at, lasting = (begin + end) / 2 - start, end - begin
    gaps = begin[1:] - end[:-1]
    lost = gaps[(gaps > 0) & (gaps <= SHORT)].sum()
    kept = lasting.sum() / (lasting.sum() + lost)
    rr = 1000 * lasting
    rr = rr - np.polyval(np.polyfit(at, rr, 1, w=np.sqrt(lasting)), at)
    step = 0.5 / seconds
    lows = np.arange(band[0], band[1] - 1e-9 * step, step)
    width = np.minimum(step, band[1] - lows)
    raw, clean = np.zeros(lows.size), np.zeros(lows.size)
    for j in range(1, TAPERS + 1):
        taper = np.sqrt(2) * np.sin(np.pi * j * at / seconds)
        turns = np.exp(-2j * np.pi * np.outer(lows + step / 2, at))
        height = np.abs(turns @ (lasting * taper * rr)) ** 2
        norm = (lasting * taper**2).sum()
        floor = ((lasting * taper * rr) ** 2).sum()
        raw += 2 * height / norm / TAPERS
        clean += 2 * (height - (1 - kept) * floor) / norm / TAPERS / kept
    squared = (raw**2 * width).sum() / (lasting.sum() * (1 + 1 / TAPERS))
    return [(clean * width).sum(), squared, lasting.sum(), good.sum()]


@pytest.mark.parametrize("band", [(0.04, 0.15), (0.2, 0.303)])
def test_band_power_agrees_with_plain_fourier_sums(band: tuple[float, float]) -> None:
    rng = np.random.default_rng(1)
    times = np.cumsum(0.85 + rng.normal(0, 0.05, 500))
    good = rng.random(499) > 0.05
    good[200:215] = False
    window = (30.0, 330.0)
    first = np.searchsorted(times, window[0])
    last = np.searchsorted(times, window[1]) - 1
    fast = band_power(
        times,
        good,
        np.array([first]),
        np.array([last]),
        *(np.array([edge]) for edge in window),
        *(np.array([edge]) for edge in band),
    )
    plain = plain_band_power(times[first : last + 1], good[first:last], window, band)
    np.testing.assert_allclose(fast[0], plain, rtol=1e-8)
