"""What windowed cross-correlation promises in each convention, and the modes built on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
from tests.laws.dyad.worlds import NULLS

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad import INDICES, Coupling, detectable
from interbeat.dyad._series import Pair
from interbeat.dyad.indices.boker import boker
from interbeat.dyad.indices.bsync import bsync
from interbeat.dyad.indices.concordance import concordance
from interbeat.dyad.indices.rmea import rmea
from interbeat.dyad.indices.susy import susy
from interbeat.dyad.modes.anchored import (
    Anchor,
    Grid,
    correlations,
    standardized,
    windowed_correlation,
)
from interbeat.dyad.modes.peaks import outward_peaks
from interbeat.dyad.modes.segmented import could_be_seen, segmented
from interbeat.dyad.nulls import Null
from interbeat.kernels.lagged import lagged, moments, over_blocks, to_correlations

ANCHORS: tuple[Anchor, ...] = get_args(Anchor)
GRIDS = [(40, 10, 12), (41, 10, 12), (33, 8, 0), (24, 40, 24), (16, 1, 5), (40, 40, 7)]

every_anchor = pytest.mark.parametrize("anchor", ANCHORS)


def smooth(seed: int, n: int = 600) -> FloatArray:
    rng = np.random.default_rng(seed)
    return standardized(np.convolve(rng.standard_normal(n + 7), np.ones(8), "valid"))


def delayed(samples: int, n: int = 2400) -> tuple[FloatArray, FloatArray]:
    """Return a series and a noisy copy of it that comes so many samples later."""
    long = smooth(1, n + 40)
    noise = np.random.default_rng(2).standard_normal(n)
    return long[20 : 20 + n], long[20 - samples : 20 - samples + n] + 0.3 * noise


def starts(anchor: Anchor, lag: int, most: int) -> tuple[int, int]:
    """Return how far after the grid's point the windows of a and b begin."""
    return {
        "a": (most, most + lag),
        "earlier": (max(-lag, 0), max(lag, 0)),
        "later": (most - max(lag, 0), most - max(-lag, 0)),
    }[anchor]


def one_by_one(x: FloatArray, y: FloatArray, grid: Grid) -> FloatArray:
    """Return the same as `correlations`, of each window and lag by itself."""
    out = np.full((grid.windows(x.size), grid.lags.size), np.nan)
    for w in range(out.shape[0]):
        for k, lag in enumerate(grid.lags.tolist()):
            i, j = (w * grid.hop + at for at in starts(grid.anchor, lag, grid.max_lag))
            one, other = x[i : i + grid.window], y[j : j + grid.window]
            both = np.isfinite(one) & np.isfinite(other)
            if both.sum() >= 0.5 * grid.window:
                out[w, k] = np.corrcoef(one[both], other[both])[0, 1]
    return out


@pytest.mark.parametrize("shape", GRIDS)
@pytest.mark.parametrize("anchor", ["a", "earlier", "later"])
@pytest.mark.parametrize("gaps", [False, True])
def test_sums_over_blocks_give_what_windows_one_by_one_give(
    anchor: Anchor, shape: tuple[int, int, int], *, gaps: bool
) -> None:
    x, y = smooth(3), smooth(4)
    if gaps:
        x[100:130] = y[115:150] = x[300:303] = np.nan
    grid = Grid(*shape, anchor)
    ours, plain = correlations(x, y, grid), one_by_one(x, y, grid)
    assert ours.shape == plain.shape
    assert ours.shape[0] > 3
    np.testing.assert_allclose(ours, plain, rtol=0, atol=1e-10)
    if gaps:
        assert np.isfinite(ours).any()


def test_segments_are_correlated_as_a_plain_sum_says() -> None:
    x, y = smooth(3), smooth(4)
    r = correlations(x, y, Grid(60, 60, 9, "segment"))
    assert r.shape == (10, 19)
    for w in range(10):
        one, other = (s[60 * w : 60 * w + 60] for s in (x, y))
        one, other = one - one.mean(), other - other.mean()
        for lag in range(-9, 10):
            pairs = [(t, t + lag) for t in range(60) if 0 <= t + lag < 60]
            total = sum(one[t] * other[u] for t, u in pairs)
            plain = total / np.sqrt(np.sum(one**2) * np.sum(other**2))
            assert r[w, lag + 9] == pytest.approx(plain, abs=1e-12)


@every_anchor
@pytest.mark.parametrize("samples", [6, -9])
def test_a_positive_lag_means_that_a_leads(anchor: Anchor, samples: int) -> None:
    x, y = delayed(samples)
    found = windowed_correlation(
        x, y, sampling_rate=4, window=30, hop=10, max_lag=5, anchor=anchor
    )
    assert found.lags[np.argmax(found.r.mean(axis=0))] == samples / 4


@pytest.mark.parametrize("anchor", ["earlier", "later", "segment"])
def test_changing_places_turns_the_lags_around(anchor: Anchor) -> None:
    x, y = smooth(3), smooth(4)
    grid = Grid(40, 10, 12, anchor)
    np.testing.assert_allclose(
        correlations(x, y, grid), correlations(y, x, grid)[:, ::-1], rtol=0, atol=1e-12
    )


@every_anchor
def test_what_does_not_vary_has_no_correlation(anchor: Anchor) -> None:
    x, y = smooth(3), smooth(4)
    x[200:400] = x[200]
    r = correlations(x, y, Grid(40, 20, 5, anchor))
    still = np.isnan(r).all(axis=1)
    assert 5 <= still.sum() <= 9
    assert np.isfinite(r[~still]).any(axis=1).all()


def test_a_level_far_away_does_not_blur_the_windows() -> None:
    x, y = delayed(4)
    drift = np.linspace(0, 300, x.size)
    found, plain = (
        windowed_correlation(
            one, y, sampling_rate=4, window=10, hop=5, max_lag=3, anchor="earlier"
        ).r
        for one in (1e4 + drift + x, drift + x)
    )
    np.testing.assert_allclose(found, plain, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"anchor": "centre"}, "an anchor is one of"),
        ({"max_lag": 31.0}, "longer than a window"),
        ({"hop": 0.0}, "seconds from 0 up"),
        ({"window": 1.0, "max_lag": 0.5}, "8 or more are needed"),
        ({"sampling_rate": -4.0}, "positive number of Hz"),
    ],
)
def test_wrong_calls_are_refused(wrong: dict[str, float], words: str) -> None:
    settings = {"sampling_rate": 4.0, "window": 30.0, "hop": 5.0, "max_lag": 5.0}
    with pytest.raises(DataError, match=words):
        windowed_correlation(*delayed(1), **{**settings, "anchor": "a", **wrong})  # type: ignore[arg-type]


def test_the_kernels_are_their_plain_twins() -> None:
    rng = np.random.default_rng(5)
    still, moving = rng.standard_normal((6, 11)), rng.standard_normal(6 * 13 + 11 + 9)
    sums = np.empty((6, 9))
    lagged(still, moving, 13, sums)
    plain = [
        [still[b] @ moving[13 * b + k : 13 * b + k + 11] for k in range(9)] for b in range(6)
    ]
    np.testing.assert_allclose(sums, plain, rtol=0, atol=1e-12)
    out = np.empty((4, 9))
    over_blocks(sums.copy(), 3, out)
    three = [np.sum(plain[w : w + 3], axis=0) for w in range(4)]
    np.testing.assert_allclose(out, three, rtol=0, atol=1e-12)
    over_blocks(sums.copy(), 0, out)
    assert not out.any()
    x, y = rng.standard_normal((2, 60))
    (mean, scale), (means, scales) = np.empty((2, 2, 50))
    moments(x, 11, 1e-9, mean, scale)
    moments(y, 11, 1e-9, means, scales)
    views = np.lib.stride_tricks.sliding_window_view(x, 11)
    np.testing.assert_allclose(mean, views.mean(axis=1), rtol=0, atol=1e-12)
    np.testing.assert_allclose(scale, 1 / views.std(axis=1), rtol=0, atol=1e-12)
    r = np.array([[x[w : w + 11] @ y[w + k : w + k + 11] for k in range(5)] for w in (0, 7)])
    to_correlations(r, mean, scale, means, scales, 7, 11)
    plain = [
        [np.corrcoef(x[w : w + 11], y[w + k : w + k + 11])[0, 1] for k in range(5)]
        for w in (0, 7)
    ]
    np.testing.assert_allclose(r, plain, rtol=0, atol=1e-12)


def test_too_few_lags_have_no_peak() -> None:
    x, y = delayed(1)
    assert "11 of 17 lags" in boker(x, y, sampling_rate=1).value.reason
    for wrong in ((np.zeros((3, 11)), 8), (np.zeros((3, 41)), 0)):
        with pytest.raises(DataError, match="peaks need 17 lags"):
            outward_peaks(wrong[0], least=wrong[1])


@pytest.mark.parametrize("mode", [rmea, bsync, susy])
def test_without_lags_nobody_leads(mode: Callable[..., Coupling]) -> None:
    x, y = delayed(0)
    found = mode(x, y, sampling_rate=4, max_lag=0.0)
    assert found.value.value > 0.5
    assert found.p < 0.01
    for part in ("lead_a", "lead_b", "effect_size", "lag", "r"):
        if part in found.parts:
            assert found.parts[part].reason


def test_pseudo_synchrony_leaves_out_the_pairs_that_were_together() -> None:
    x, y = (standardized(s) for s in delayed(3))
    made = segmented(x, y, segment=120, max_lag=12)
    table = made.scores
    k = table.shape[0]
    others = table[~np.eye(k, dtype=bool)]
    assert made.pseudo.mean() == pytest.approx(others.mean(), abs=1e-12)
    assert np.diagonal(table).mean() == pytest.approx(np.abs(made.z).mean(), abs=1e-12)


def test_what_could_be_seen_is_what_calling_the_statistic_again_finds() -> None:
    x, y = NULLS["latent"](np.random.default_rng([3, 12]))
    pair = Pair(standardized(x), standardized(y), 4.0)
    made = segmented(pair.x, pair.y, segment=120, max_lag=12)
    null = Null(np.concatenate(([made.scores.trace() / 20], made.scores.ravel())), 0.01, "")

    def statistic(one: FloatArray, other: FloatArray) -> float:
        return INDICES["susy"].statistic(one, other, 4.0)

    slow = detectable.could_be_seen(statistic, pair, null).detectable
    quick = could_be_seen(pair, threshold=null.threshold, segment=120, max_lag=12)
    assert quick is not None
    assert quick.detectable.value == pytest.approx(slow.value, abs=0.03)
    pair.x[5] = np.nan
    assert could_be_seen(pair, threshold=null.threshold, segment=120, max_lag=12) is None


def test_susys_effect_size_is_no_test() -> None:
    """Of strangers with autocorrelated series, far more than 5 % exceed 1.96."""
    found = [
        susy(*NULLS["autocorrelated"](np.random.default_rng([k, 9])), sampling_rate=4)
        for k in range(40)
    ]
    exceeding = np.mean([one.parts["effect_size"].value > 1.96 for one in found])
    assert exceeding > 0.1
    assert np.mean([one.p <= 0.05 for one in found]) < 0.15


def test_gaps_that_both_share_make_no_synchrony() -> None:
    """Partners miss the same halves of segments, pseudo-pairs other ones."""
    count = 0
    for k in range(40):
        x, y = NULLS["autocorrelated"](np.random.default_rng([k, 10]))
        rng = np.random.default_rng(k)
        for start in rng.integers(0, x.size - 60, 14):
            x[start : start + 50] = y[start : start + 50] = np.nan
        count += susy(x, y, sampling_rate=4).p <= 0.05
    assert count <= 6


def rising_together(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the correlations of two series of slopes in windows of 15 s, plainly."""
    views = (np.lib.stride_tricks.sliding_window_view(s, 15) for s in (one, other))
    x, y = (view - view.mean(axis=1, keepdims=True) for view in views)
    squares = np.sum(x**2, axis=1) * np.sum(y**2, axis=1)
    return np.asarray(np.sum(x * y, axis=1) / np.sqrt(squares))


def test_concordance_is_what_slopes_and_windows_one_by_one_give() -> None:
    """Marci's: slopes over 5 s, their correlations in 15 s, each a second after the last."""
    x, y = (np.cumsum(smooth(seed, 300)) for seed in (5, 6))
    one, other = (
        np.array([np.polyfit(np.arange(5.0), s[k : k + 5], 1)[0] for k in range(296)])
        for s in (x, y)
    )
    found = concordance(x, y, sampling_rate=1)
    r = rising_together(one, other)
    assert r[7] == pytest.approx(np.corrcoef(one[7:22], other[7:22])[0, 1])
    np.testing.assert_allclose(found.curves["r"], r, rtol=0, atol=1e-9)
    assert found.curves["times"][0] == 9.5
    chance = []
    for k in range(296):
        r = rising_together(one, np.roll(other, -k))
        chance.append(np.log(r[r > 0].sum() / np.abs(r[r < 0].sum())))
    assert found.value.value == pytest.approx(chance[0], abs=1e-9)
    assert found.p == pytest.approx(np.mean(np.array(chance) >= chance[0] - 1e-9))


def test_series_that_rise_and_fall_together_are_wholly_concordant() -> None:
    x = np.cumsum(smooth(7, 1200))
    slow = 20 * np.sin(np.arange(1200) / 150)
    same = concordance(x, x + slow, sampling_rate=1)
    against = concordance(x, slow - x, sampling_rate=1)
    assert same.value.value == 10
    assert against.value.value == -10
    assert same.p < 0.01
    assert against.p > 0.99
    assert same.parts["together"].value == 1
    assert 1 < same.value.se < 10
    assert 0.001 < same.parts["together"].se < 0.1


@pytest.mark.parametrize("samples", [6, -6])
def test_who_leads_has_the_larger_part(samples: int) -> None:
    """A positive lag and asymmetry, and a larger mean in `lead_a`: a leads."""
    x, y = delayed(samples)
    size, nearest, segment = (mode(x, y, sampling_rate=4) for mode in (rmea, bsync, susy))
    sign = np.sign(samples)
    for found in (size, segment):
        apart = found.parts["lead_a"].value - found.parts["lead_b"].value
        assert sign * apart > 0.1
    assert sign * nearest.parts["asymmetry"].value > 0.5
    for found in (size, nearest, boker(x, y, sampling_rate=4)):
        assert found.parts["lag"].value == pytest.approx(samples / 4, abs=0.6)
        assert found.parts["lag"].se >= 0.5 / 4 / np.sqrt(12) or found is size


def test_parts_that_are_all_alike_are_not_sure() -> None:
    """Each window has its peak at one lag: a share of 1 and a lag still have an error."""
    long = smooth(9, 2440)
    x, y = long[3:2403], long[:2400] + 0.1 * smooth(8, 2400)
    for mode, step in ((boker, 0.125), (bsync, 0.25)):
        found = mode(x, y, sampling_rate=4)
        assert found.parts["peaks"].value == 1
        assert 0.01 < found.parts["peaks"].se < 0.1
        assert found.parts["lag"].se >= step / np.sqrt(12)
    assert found.parts["asymmetry"].value == 1
    assert 0.01 < found.parts["asymmetry"].se < 0.2


@pytest.mark.parametrize("mode", [rmea, bsync, boker])
def test_a_number_of_which_no_two_parts_differ_is_missing(
    mode: Callable[..., Coupling],
) -> None:
    """All windows in which a's series varies lie within one tenth of the record."""
    x, y = (series.copy() for series in delayed(2))
    x[:2200] = 60.0
    found = mode(x, y, sampling_rate=4, max_lag=4.0)
    assert found.value.reason == "no two parts of it differ"
    assert np.isnan(found.p)


@pytest.mark.parametrize("mode", [rmea, bsync])
def test_the_lag_of_strangers_is_not_told(mode: Callable[..., Coupling]) -> None:
    x, y = NULLS["autocorrelated"](np.random.default_rng([1, 11]))
    found = mode(x, y, sampling_rate=4)
    assert found.p > 0.05
    assert "not distinguishable from chance" in found.parts["lag"].reason


def test_a_lag_range_longer_than_the_record_is_a_reason() -> None:
    x, y = delayed(1, n=800)
    found = rmea(x, y, sampling_rate=4, window=90, hop=30, max_lag=60)
    assert "s of common data" in found.value.reason
