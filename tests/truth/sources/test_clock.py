"""Two clocks whose difference is known: what the fit says of them, and how sure it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from interbeat.core.errors import DataError
from interbeat.sources.clock import ClockFit, fit_clock

OFFSET, DRIFT_PPM, JITTER = 12.345, 50.0, 0.005


def simulated(
    seed: int, *, n: int = 120, hours: float = 2.0, drift_ppm: float = DRIFT_PPM
) -> ClockFit:
    """Markers a minute apart, 5 ms of jitter, and one in five that is seconds wrong."""
    rng = np.random.default_rng(seed)
    theirs = np.sort(rng.uniform(0, hours * 3600, n))
    ours = OFFSET + theirs * (1 + drift_ppm / 1e6) + rng.normal(0, JITTER, n)
    wrong = rng.choice(n, n // 5, replace=False)
    ours[wrong] += rng.uniform(0.1, 5, wrong.size)  # late, always: the unkind way to be wrong
    return fit_clock(theirs, ours)


def test_recovers_offset_and_drift_among_outliers_within_its_stated_error() -> None:
    fits = [simulated(seed) for seed in range(100)]
    offset_z = np.array([(fit.offset - OFFSET) / fit.offset_se for fit in fits])
    drift_z = np.array([(fit.drift_ppm - DRIFT_PPM) / fit.drift_se_ppm for fit in fits])
    for z in (offset_z, drift_z):
        assert abs(z.mean()) < 0.4  # 4 standard errors of the mean of 100
        assert 0.75 < z.std() < 1.35
        assert (np.abs(z) < 1.96).mean() >= 0.88
    assert np.median([abs(fit.drift_ppm - DRIFT_PPM) for fit in fits]) < 0.3
    assert np.median([abs(fit.offset - OFFSET) for fit in fits]) < 0.002


def test_leaves_out_the_outliers_and_says_how_the_others_scatter() -> None:
    fits = [simulated(seed) for seed in range(30)]
    assert all(24 <= fit.outliers <= 29 and fit.n == 120 - fit.outliers for fit in fits)
    assert np.mean([fit.residual_ms for fit in fits]) == pytest.approx(5.0, rel=0.1)


@pytest.mark.parametrize(("n", "hours"), [(8, 0.05), (120, 2.0)])
def test_a_drift_that_cannot_be_told_from_none_is_none(n: int, hours: float) -> None:
    fits = [simulated(seed, n=n, hours=hours, drift_ppm=0.0) for seed in range(100)]
    assert np.mean([fit.drift_ppm == 0 for fit in fits]) >= 0.9
    assert sum(math.isfinite(fit.drift_se_ppm) for fit in fits) >= 50


def test_two_markers_give_an_offset_and_no_drift() -> None:
    fit = fit_clock([10.0, 600.0], [15.0, 605.01])
    assert fit.offset == pytest.approx(5.005)
    assert fit.drift_ppm == 0
    assert math.isnan(fit.drift_se_ppm)


def test_one_marker_gives_an_offset_without_an_error() -> None:
    fit = fit_clock([10.0], [15.0])
    assert (fit.offset, fit.n) == (5.0, 1)
    assert math.isnan(fit.residual_ms)
    assert math.isnan(fit.offset_se)


@pytest.mark.parametrize("epoch", [0.0, 1.7e9])
def test_clocks_that_count_from_1970_lose_no_precision(epoch: float) -> None:
    theirs = epoch + np.arange(0, 3600, 60.0)
    ours = theirs + 3.0 + 20e-6 * (theirs - epoch)
    fit = fit_clock(theirs, ours)
    assert fit.drift_ppm == pytest.approx(20.0, abs=1e-2)
    np.testing.assert_allclose(fit.ours(theirs), ours, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("theirs", "ours", "says"),
    [([], [], "at least one"), ([1.0], [1.0, 2.0], "1 and 2"), ([np.nan], [1.0], "finite")],
)
def test_what_cannot_be_fitted_is_an_error(
    theirs: list[float], ours: list[float], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        fit_clock(theirs, ours)
