"""The peaks of windows over lags are those that a search step by step meets."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.modes.peaks import nearest_peaks, outward_peaks, smoothing


@pytest.mark.parametrize("lags", [17, 41, 101])
def test_smoothing_leaves_a_parabola_alone(lags: int) -> None:
    """Local quadratics and a cubic spline both pass what is one parabola."""
    at = np.arange(lags) - lags // 2
    halves = np.arange(2 * lags - 1) / 2 - lags // 2
    values = smoothing(lags) @ (0.3 - 0.02 * at + 0.001 * at**2)
    np.testing.assert_allclose(values, 0.3 - 0.02 * halves + 0.001 * halves**2, atol=1e-10)


def outward(curve: FloatArray, least: int) -> float:
    """Return the position of Boker's peak, step by step."""
    far = curve.size // 2
    highest, at = curve[far], 0
    for distance in range(1, far + 1):
        for place in (distance, -distance):
            if curve[far + place] > highest:
                highest, at = curve[far + place], place
        if distance - abs(at) >= (least if at else least + 1):
            return at / 2
    return np.nan


def nearest(curve: FloatArray, half: int) -> float:
    far = curve.size // 2
    for distance in range(far - half + 1):
        for place in (-distance, distance):
            k = far + place
            if curve[k] == curve[k - half : k + half + 1].max():
                return place
    return np.nan


@pytest.mark.parametrize(("lags", "width"), [(41, 4), (17, 2), (61, 9)])
def test_peaks_are_what_a_search_step_by_step_finds(lags: int, width: int) -> None:
    rng = np.random.default_rng(lags)
    r = np.array([np.convolve(rng.standard_normal(lags + 8), np.ones(9) / 9, "valid")
                  for _ in range(300)])  # fmt: skip
    curves = r @ smoothing(lags).T
    far = [outward(curve, 2 * width) for curve in curves]
    found = outward_peaks(r, least=2 * width)
    np.testing.assert_array_equal(found.lag, far)
    assert 10 < np.isfinite(found.lag).sum() < 300
    near = [nearest(curve, width) for curve in r]
    found = nearest_peaks(r, width=2 * width + 1)
    np.testing.assert_array_equal(found.lag, near)


def test_a_window_that_misses_a_lag_has_no_peak() -> None:
    r = np.cos((np.arange(-20, 21) - 3) / 4)[None, :].repeat(2, axis=0)
    r[1, 5] = np.nan
    for found in (outward_peaks(r, least=8), nearest_peaks(r, width=9)):
        assert found.lag[0] == pytest.approx(3, abs=0.6)
        assert np.isnan(found.lag[1])
        assert np.isnan(found.r[1])
