"""What is said of the last minutes: numbers as by the book, and no more than chance."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.dyad.worlds import COUPLED, NULLS

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad import INDICES
from interbeat.dyad._series import Pair
from interbeat.dyad.preparation import evened, prepared
from interbeat.dyad.trailing import TrailingIndex, TrailingSynchrony, _along
from interbeat.dyad.windows.windowed import Layout, cross_correlations

RATE = 4.0
FOLLOWER = TrailingSynchrony(5.0)


def _at(x: FloatArray, y: FloatArray) -> tuple[Estimate, ...]:
    return FOLLOWER.at(Pair(x, y, RATE), 0, "heart rate")


def _world(name: str, seed: int) -> tuple[FloatArray, FloatArray]:
    return {**NULLS, **COUPLED}[name](np.random.default_rng([31, seed]))


def test_z_is_that_of_the_whole_recordings_method() -> None:
    """The last window but for the lags, prepared alike, correlated window by window."""
    x, y = _world("plain", 1)
    z, lag, _ = _at(x, y)
    a, b = (evened(prepared(series, RATE), RATE) for series in (x, y))
    curve = cross_correlations(a[-160:], b[-160:], Layout(120, 1, 20))[20]
    best = int(np.argmax(np.abs(curve)))
    assert z.value == pytest.approx(curve[best], abs=1e-9)
    assert lag.value == (best - 20) / RATE == pytest.approx(1, abs=0.5)


def test_every_earlier_window_is_correlated_over_the_pairs_that_are_there() -> None:
    x, y = _world("gappy", 4)
    x[2390:], window = np.nan, x[2270:2390].copy()
    window[5:20] = np.nan
    y = prepared(y, RATE)
    z = _along(window, y)
    assert z.size == y.size - window.size + 1
    for start in range(0, z.size, 97):
        piece = y[start : start + window.size]
        both = np.isfinite(piece) & np.isfinite(window)
        if both.sum() < window.size / 2:
            assert np.isnan(z[start])
        else:
            r = np.corrcoef(window[both], piece[both])[0, 1]
            assert np.tanh(z[start]) == pytest.approx(r, abs=1e-9)


def test_a_positive_lag_means_that_a_leads() -> None:
    lags = [_at(*_world("plain", seed))[1].value for seed in range(20)]
    turned = [_at(*_world("plain", seed)[::-1])[1].value for seed in range(20)]
    assert np.nanmedian(lags) == pytest.approx(1, abs=0.3)
    assert np.nanmedian(turned) == pytest.approx(-1, abs=0.3)


@pytest.mark.parametrize("name", NULLS)
def test_chance_is_exceeded_about_as_often_as_it_says(name: str) -> None:
    found = [_at(*_world(name, seed)) for seed in range(100)]
    over = [abs(z.value) > chance.value for z, _, chance in found if not z.reason]
    assert len(over) > 80
    assert np.mean(over) <= 0.13  # 5 %, and what 100 pairs leave open


def test_a_tie_is_seen() -> None:
    found = [_at(*_world("plain", seed)) for seed in range(30)]
    assert np.mean([abs(z.value) > chance.value for z, _, chance in found]) > 0.6


def test_there_is_no_number_where_there_is_no_chance_to_hold_it_against() -> None:
    x, y = _world("plain", 1)
    assert {e.reason for e in _at(x[:800], y[:800])} == {
        "under 205 s of both to tell chance by"
    }
    assert _at(x, np.where(np.arange(x.size) > 2270, np.nan, y))[0].reason == (
        "under half of the last window is there, or it does not vary"
    )
    assert "does not vary" in _at(x, np.full(x.size, 66.0))[0].reason
    assert "one person twice" in _at(x, x)[0].reason


def test_lags_over_half_the_window_are_refused() -> None:
    with pytest.raises(DataError, match=r"lags up to 20 s: more than 0 and at most half of 30"):
        TrailingSynchrony(20.0)


def test_an_index_is_its_statistic_over_what_is_given() -> None:
    """And its chance lies under a tie, once a minute of it was seen."""
    x, y = _world("plain", 2)
    spec, follower = INDICES["phase_locking"], TrailingIndex(INDICES["phase_locking"])
    rows = [
        follower.at(Pair(x[4 * k :][:1200], y[4 * k :][:1200], RATE), k, "") for k in range(80)
    ]
    a, rate = spec.prepare(x[316:1516], RATE)
    b, _ = spec.prepare(y[316:1516], RATE)
    assert rows[79][0].value == spec.statistic(a, b, rate)
    assert rows[8][0].reason == "under 10 seconds to tell its error by"
    assert rows[9][0].se > 0
    assert rows[58][1].reason == "under 60 seconds to tell chance by"
    assert rows[79][1].value < rows[79][0].value


def test_the_error_of_an_index_is_that_of_a_jackknife() -> None:
    """Where nothing changes from second to second, it is the very same."""
    x, y = (series[:1200] for series in _world("plain", 3))
    spec, follower = INDICES["phase_locking"], TrailingIndex(INDICES["phase_locking"])
    found = [follower.at(Pair(x, y, RATE), k, "")[0] for k in range(10)][-1]
    (a, rate), (b, _) = spec.prepare(x, RATE), spec.prepare(y, RATE)
    others = []
    for k in range(10):
        hole = (np.arange(1200) >= 120 * k) & (np.arange(1200) < 120 * (k + 1))
        one, other = np.where(hole, np.nan, a), np.where(hole, np.nan, b)
        others.append(spec.statistic(one, other, rate))
    assert found.se == pytest.approx(np.sqrt(9 * np.var(others)), rel=1e-9)
