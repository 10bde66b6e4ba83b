"""Each way to make chance: as many false positives as promised, and a floor that is true."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from scipy.stats import binom
from tests.laws.dyad.worlds import NULLS, RATE, N, latent

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad.nulls import (
    Null,
    Statistic,
    by_pairing,
    by_phases,
    by_phases_and_values,
    by_segments,
    by_shifts,
    drawn,
)
from interbeat.dyad.preparation import prepared
from interbeat.dyad.surrogates import (
    generator,
    phases,
    phases_and_values,
    segments,
    shifts,
)

Way = Callable[[Statistic, FloatArray, FloatArray], Null]
LAGS = 20  # samples to either side


def together(x: FloatArray, y: FloatArray) -> float:
    """Return the size of the correlation over the pairs that are there."""
    both = np.isfinite(x) & np.isfinite(y)
    one, other = x[both] - x[both].mean(), y[both] - y[both].mean()
    return float(abs(one @ other) / np.sqrt((one @ one) * (other @ other)))


def best_lag(x: FloatArray, y: FloatArray) -> float:
    """Return the size of the largest cross-correlation within the lags; gaps count as 0."""
    x, y = np.nan_to_num(x), np.nan_to_num(y)
    size = 1 << (x.size + LAGS).bit_length()
    curve = np.fft.irfft(np.fft.rfft(y, size) * np.conj(np.fft.rfft(x, size)), size)
    peak = max(np.abs(curve[: LAGS + 1]).max(), np.abs(curve[-LAGS:]).max())
    return float(peak / np.sqrt((x @ x) * (y @ y)))


WAYS: dict[str, tuple[Way, Statistic]] = {
    "shifts": (partial(by_shifts, count=39, span=1), together),
    "shifts, best lag": (partial(by_shifts, count=39, span=2 * LAGS + 1), best_lag),
    "phases": (partial(by_phases, count=39), together),
    "phases, best lag": (partial(by_phases, count=39), best_lag),
    "segments": (partial(by_segments, count=39, length=240), together),
}


def pair(world: str, seed: int) -> tuple[FloatArray, FloatArray]:
    x, y = NULLS[world](np.random.default_rng([seed, 2024]))
    return prepared(x, RATE), prepared(y, RATE)


@pytest.mark.parametrize("way", WAYS)
def test_p_is_uniform_where_nothing_ties_two_people(way: str) -> None:
    """Of 96 pairs of eight worlds, p is under 5, 25 and 50 % as often as chance allows."""
    make, statistic = WAYS[way]
    p = np.array([make(statistic, *pair(world, k)).p for world in NULLS for k in range(12)])
    for level in (0.05, 0.25, 0.5):
        low, high = np.asarray(binom.ppf((0.002, 0.998), p.size, level))
        assert low <= np.sum(p <= level) <= high, (level, np.mean(p <= level))


@pytest.mark.parametrize("way", WAYS)
def test_a_tie_is_found(way: str) -> None:
    make, statistic = WAYS[way]
    lag = 0.0 if statistic is together else 2.0
    x, y = latent(np.random.default_rng(5), 0.9, lag)
    null = make(statistic, prepared(x, RATE), prepared(y, RATE))
    assert null.observed == statistic(prepared(x, RATE), prepared(y, RATE))
    assert null.floor <= null.p <= 0.05


def bursts(rng: np.random.Generator) -> FloatArray:
    """Return what skin does: steep and skewed."""
    return prepared(np.exp(1.5 * latent(rng, 0.0)[0]), RATE)


@pytest.mark.skipif(os.environ.get("INTERBEAT_LONG") != "1", reason="INTERBEAT_LONG=1")
def test_bursts_ask_for_surrogates_of_the_same_values() -> None:
    """Normal surrogates miss that steep bursts meet by chance; refined ones do not."""
    plain = refined = 0
    for seed in range(150):
        rng = np.random.default_rng([seed, 3])
        x, y = bursts(rng), bursts(rng)
        plain += by_phases(best_lag, x, y, count=59).p <= 0.05
        refined += by_phases_and_values(best_lag, x, y, count=59).p <= 0.05
    low, high = np.asarray(binom.ppf((0.002, 0.998), 150, 0.05))
    assert low <= refined <= high < plain


def test_the_floor_of_shifts_is_the_span_of_lags_over_the_duration() -> None:
    """A copy at lag 0 has p at its floor: no other shift reaches it but those in the span."""
    x, _ = pair("autocorrelated", 1)
    for count in (99, 1199):
        null = by_shifts(best_lag, x, x, count=count, span=2 * LAGS + 1)
        assert null.floor == pytest.approx((2 * LAGS + 1) / N)
        assert null.p == pytest.approx(null.floor, abs=1 / count)
        assert null.p >= null.floor
    assert by_shifts(together, x, x, count=99, span=1).floor == 1 / 100


def test_the_floor_of_few_orders_is_one_over_their_number() -> None:
    x, y = np.random.default_rng(1).standard_normal((2, 100))
    assert by_segments(together, x, y, count=99, length=25).floor == 1 / math.factorial(4)
    assert by_segments(together, x, y, count=99, length=10).floor == 1 / 100
    null = by_pairing(np.eye(3), count=999, rng=np.random.default_rng(1))
    assert null.floor == 1 / 6
    assert null.p == pytest.approx(1 / 6, abs=0.04)


def test_what_chance_makes_keeps_what_it_promises_to_keep() -> None:
    rng = np.random.default_rng(3)
    x, _ = pair("autocorrelated", 2)
    x[100:160] = np.nan
    for other in shifts(x, 5, rng):
        k = np.flatnonzero(np.isnan(other))
        assert k.size == 60
        np.testing.assert_array_equal(np.sort(other), np.sort(x))
    for other in segments(x, 5, rng, length=200):
        np.testing.assert_array_equal(np.sort(other), np.sort(x))
        assert {tuple(row) for row in np.nan_to_num(other).reshape(-1, 200)} == {
            tuple(row) for row in np.nan_to_num(x).reshape(-1, 200)
        }
    full = np.nan_to_num(x)
    for other in phases(full, 5, rng):
        ours, theirs = np.abs(np.fft.rfft(other)), np.abs(np.fft.rfft(full))
        np.testing.assert_allclose(ours[:-1], theirs[:-1], atol=1e-9)
    for other in phases(x, 3, rng):
        np.testing.assert_array_equal(np.isnan(other), np.isnan(x))
    steep = bursts(rng)
    steep[100:160] = np.nan
    for other in phases_and_values(steep, 3, rng):
        np.testing.assert_array_equal(np.sort(other), np.sort(steep))
        np.testing.assert_array_equal(np.isnan(other), np.isnan(steep))
        ours, theirs = (np.abs(np.fft.rfft(np.nan_to_num(s))) for s in (other, steep))
        assert np.sum((ours - theirs) ** 2) < 0.05 * np.sum(theirs**2)


def test_the_same_recording_in_another_unit_has_the_same_chance() -> None:
    x, y = pair("gappy", 1)
    one, other = generator(x, y), generator(70 + 3 * x, -5 + y / 7)
    assert one.random(4).tolist() == other.random(4).tolist()
    assert generator(x, y).random() != generator(y, x).random()
    assert generator(x, np.full_like(y, np.nan)).random() < 1


def test_draws_without_a_value_are_no_chances() -> None:
    null = drawn(2.0, np.array([1.0, np.nan, 3.0, np.nan]), "random phases")
    assert (null.p, null.floor) == (2 / 3, 1 / 3)
    assert math.isnan(Null(np.array([np.nan, 1.0]), 0.5, "circular shifts").p)


def test_partners_beyond_chance_are_found_and_missing_scores_are_left_out() -> None:
    rng = np.random.default_rng(4)
    scores = rng.standard_normal((12, 12)) + 2 * np.eye(12)
    assert by_pairing(scores, count=999, rng=rng).p <= 0.01
    scores[3, :] = np.nan
    null = by_pairing(scores, count=999, rng=rng)
    assert null.p <= 0.01
    assert null.observed == pytest.approx(np.nanmean(np.diag(scores)))


def test_wrong_calls_are_refused() -> None:
    x, y = pair("latent", 1)
    with pytest.raises(DataError, match="0 draws of 2400 samples tell nothing of chance"):
        by_shifts(together, x, y, count=0, span=1)
    with pytest.raises(DataError, match="9 draws of 1 samples"):
        by_phases(together, x[:1], y[:1], count=9)
    with pytest.raises(DataError, match=r"3 segments of 800 samples .* 4 or more"):
        by_segments(together, x, y, count=9, length=800)
    with pytest.raises(DataError, match="0 samples"):
        by_segments(together, x, y, count=9, length=0)
    with pytest.raises(DataError, match="orders of"):
        by_pairing(np.ones((2, 3)), count=9, rng=np.random.default_rng(1))
