"""The kernels of the further indices, each beside a plain one."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels.complexity import coarse_matches, words
from interbeat.kernels.distribution import extremes_of_blocks, histograms, quantiles
from interbeat.kernels.entropy import fuzzy_matches, matches
from interbeat.kernels.fractal import box_fluctuations
from interbeat.kernels.influence import covariances
from interbeat.kernels.recurrence import recurrences

FIRST = np.array([0, 40, 100, 0, 7, 250], dtype=np.int64)
LAST = np.array([300, 140, 100, 5, 9, 300], dtype=np.int64)


def series(seed: int) -> tuple[FloatArray, BoolArray]:
    rng = np.random.default_rng(seed)
    values = 800 + 30 * np.sin(np.arange(300) * 0.7) + rng.normal(0, 20, 300)
    return values, rng.random(300) > 0.05


def plain_covariances(
    items: FloatArray, reach: list[int], first: int, last: int
) -> tuple[FloatArray, FloatArray, FloatArray, int]:
    """Return counts, means, covariances and degrees of freedom of one window."""
    size, columns = items.shape
    away = np.full((size, columns), np.nan)
    for c, r in enumerate(reach):
        for t in range(first, last - r + 1):
            away[t + r // 2, c] = items[t, c]
    counts = (~np.isnan(away)).sum(axis=0)
    means = np.array([np.nanmean(a) if n else 0.0 for a, n in zip(away.T, counts, strict=True)])
    used = np.flatnonzero((~np.isnan(away)).any(axis=1))
    n = int(used[-1] - used[0] + 1) if used.size else 0
    if n < 2:
        return counts, means, np.zeros((columns, columns)), 0
    away = np.nan_to_num(away[used[0] : used[-1] + 1] - means)
    basis = min(max(3, min(int(n ** (2 / 3) / 8 + 0.5), 64)), n - 1)
    at = (np.arange(n) + 0.5) / n
    cosines = np.cos(np.pi * np.outer(np.arange(1, basis + 1), at))
    sums = cosines @ away / np.sqrt(np.maximum(counts * (counts - 1.0), 1.0))
    return counts, means, 2 * sums.T @ sums / basis, basis


def test_means_and_their_covariances() -> None:
    rng = np.random.default_rng(1)
    items = rng.normal(5, 1, (300, 3))
    items[rng.random((300, 3)) < 0.1] = np.nan
    reach = [1, 2, 7]
    found = covariances(items, np.array(reach), FIRST, LAST)
    for k in range(FIRST.size):
        counts, means, spread, df = plain_covariances(items, reach, FIRST[k], LAST[k])
        np.testing.assert_array_equal(found[0][k], counts)
        np.testing.assert_allclose(found[1][k], means)
        np.testing.assert_allclose(found[2][k], spread, rtol=1e-9, atol=1e-12)
        assert found[3][k] == df


def test_means_of_a_series_longer_than_the_cosines_at_hand() -> None:
    items = np.random.default_rng(2).normal(0, 1, (3000, 2))
    found = covariances(items, np.array([1, 2]), np.array([5]), np.array([2900]))
    plain = plain_covariances(items, [1, 2], 5, 2900)
    np.testing.assert_allclose(found[2][0], plain[2], rtol=1e-9)


def plain_fluctuation(values: FloatArray, here: BoolArray) -> float:
    """Return the mean square of a profile about its line; what is not here adds nothing."""
    profile = np.cumsum(np.where(here, values - values[here].mean(), 0.0))
    place = np.arange(values.size)
    line = np.polyval(np.polyfit(place, profile, 1), place)
    return float(((profile - line) ** 2).sum() / here.sum())


def test_fluctuations_in_boxes_with_gaps() -> None:
    values, here = series(3)
    sizes = np.array([4, 7, 16, 64])
    found = box_fluctuations(values * here, here.astype(np.float64), sizes, 0.75, 1e-9)
    for i in range(0, 300, 7):
        for j, size in enumerate(sizes):
            seen = here[i : i + size]
            if i + size > 300 or seen.sum() < 0.75 * size:
                assert np.isnan(found[i, j])
            else:
                expected = plain_fluctuation(values[i : i + size], seen)
                assert found[i, j] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_matches_of_two_and_three() -> None:
    values, good = series(4)
    found = matches(values, good, FIRST, LAST, 0.2, 0.0)
    window, seen = values[40:140], good[40:140]
    reach = 0.2 * window[seen].std(ddof=1)
    part = found[300:400]
    for i in range(100):
        has_three = i + 2 < 100 and seen[i : i + 3].all()
        assert np.isnan(part[i, 0]) != has_three
        if not has_three:
            continue
        others = [j for j in range(98) if j != i and seen[j : j + 3].all()]
        apart = [np.abs(window[j : j + 3] - window[i : i + 3]) for j in others]
        assert part[i, 0] == sum(a[:2].max() <= reach for a in apart)
        assert part[i, 1] == sum(a.max() <= reach for a in apart)
    pairs = [j for j in range(99) if seen[j : j + 2].all()]
    for i in pairs:
        alike = [np.abs(window[j : j + 2] - window[i : i + 2]).max() <= reach for j in pairs]
        assert part[i, 3] == sum(alike) - 1
    expected = ((window - window[seen].mean()) / window[seen].std(ddof=1)) ** 2
    np.testing.assert_allclose(part[seen, 2], expected[seen])


def test_matches_are_those_of_each_window_however_windows_follow_each_other() -> None:
    values, good = series(14)
    values = np.round(values / 5) * 5  # many alike
    for first, last in (
        (np.arange(0, 200, 10), np.arange(100, 300, 10)),  # sliding
        (np.array([0, 20, 20, 90, 10]), np.array([200, 120, 250, 91, 300])),  # nested, back
    ):
        together = matches(values, good, first, last, 0.2, 1e-6)
        alone = [
            matches(values, good, first[k : k + 1], last[k : k + 1], 0.2, 1e-6)
            for k in range(first.size)
        ]
        np.testing.assert_array_equal(together, np.concatenate(alone))


def test_fuzzy_matches() -> None:
    values, good = series(5)
    found = fuzzy_matches(values, good, FIRST[1:2], LAST[1:2], 0.2)
    window, seen = values[40:140], good[40:140]
    reach = 0.2 * window[seen].std(ddof=1)
    starts = [i for i in range(98) if seen[i : i + 3].all()]
    for column, m in ((0, 2), (1, 3)):
        runs = np.array([window[i : i + m] - window[i : i + m].mean() for i in starts])
        apart = np.abs(runs[:, None] - runs[None]).max(axis=2)
        sums = np.exp(-((apart / reach) ** 2)).sum(axis=1) - 1
        np.testing.assert_allclose(found[starts, column], sums, rtol=1e-9, atol=1e-12)


def test_matches_of_coarse_values() -> None:
    values, here = series(6)
    reach = np.full(1, 12.0)
    first, last = np.array([20]), np.array([220])
    found = coarse_matches(values, here, first, last, reach, 3)
    coarse = np.array(
        [values[i : i + 3].mean() if here[i : i + 3].all() else np.nan for i in range(20, 218)]
    )
    places = [i for i in range(192) if not np.isnan(coarse[[i, i + 3, i + 6]]).any()]
    for i in places:
        others = [j for j in places if j != i and (j - i) % 3 == 0]
        apart = [np.abs(coarse[[j, j + 3, j + 6]] - coarse[[i, i + 3, i + 6]]) for j in others]
        assert found[i, 0] == sum(a[:2].max() <= 12 for a in apart)
        assert found[i, 1] == sum(a.max() <= 12 for a in apart)
    assert np.flatnonzero(~np.isnan(found[:, 0])).tolist() == places


def plain_words(text: str) -> int:
    """Return how many words a text is made of, each the shortest that did not come before."""
    count = begin = 0
    while begin < len(text):
        end = begin + 1
        while end < len(text) and text[begin:end] in text[: end - 1]:
            end += 1
        count, begin = count + 1, end
    return count


def test_words_of_lempel_and_ziv() -> None:
    """0001101001000101 is 0.001.10.100.1000.101, the example of their paper: six words."""
    assert plain_words("0001101001000101") == 6
    rng = np.random.default_rng(7)
    for bits in (np.array([int(b) for b in "0001101001000101"]), rng.integers(0, 2, 200)):
        text, n = "".join(map(str, bits)), bits.size
        everything = np.zeros(1, dtype=np.int64), np.array([n])
        ones = np.ones(n, dtype=bool)
        found = words(bits.astype(np.float64), ones, *everything, np.array([0.5]))
        assert found[0] == pytest.approx(plain_words(text) * np.log2(n) / n)


def test_a_word_that_a_gap_cuts_off_is_not_counted() -> None:
    """0.1.0 0|: the second 0 came before, and the gap leaves open what it would have become."""
    bits, good = np.array([0.0, 1, 0, 9, 1, 1]), np.array([1, 1, 1, 0, 1, 1], dtype=bool)
    found = words(bits, good, np.zeros(1, dtype=np.int64), np.array([6]), np.array([0.5]))
    assert found[0] == pytest.approx(3 * np.log2(5) / 5)  # 0, 1, (0), 11


def test_quantiles_and_extremes() -> None:
    values, good = series(8)
    levels = np.array([0.0, 0.2, 0.5, 1.0])
    about = np.array([np.nan, 800.0, np.nan, np.nan, np.nan, 810.0])
    found = quantiles(values, good, FIRST, LAST, levels, about)
    for k in range(FIRST.size):
        held = values[FIRST[k] : LAST[k]][good[FIRST[k] : LAST[k]]]
        held = held if np.isnan(about[k]) else np.abs(held - about[k])
        expected = np.quantile(held, levels) if held.size else np.full(4, np.nan)
        np.testing.assert_allclose(found[k], expected)
    blocks = np.array_split(np.where(good[:300], values[:300], np.nan), 10)
    extremes = extremes_of_blocks(values, good, FIRST[:1], LAST[:1])[0]
    assert extremes[0] == pytest.approx(np.var([np.nanmin(b) for b in blocks], ddof=1))
    assert extremes[1] == pytest.approx(np.var([np.nanmax(b) for b in blocks], ddof=1))


def test_histograms_are_those_of_numpy() -> None:
    values, good = series(9)
    found = histograms(values, good, FIRST[:1], LAST[:1], 0.0)[0]
    heights = np.histogram(values[good], np.arange(0, 1500, 7.8125))[0]
    assert found[:3].tolist() == [good.sum(), np.argmax(heights), heights.max()]
    share = heights[heights > 0] / good.sum()
    assert found[4] == pytest.approx(-(share * np.log2(share)).sum())


def test_recurrences() -> None:
    """Against every pair of vectors, line by line."""
    values, good = series(10)
    good[60:] = True
    found = recurrences(
        values[:90], good[:90], np.zeros(1, dtype=np.int64), np.array([90]), 4, 2
    )
    x, there = values[:90], good[:90]
    starts = [i for i in range(87) if there[i : i + 4].all()]
    near = 2 * x[there].std(ddof=1)
    apart = {
        (i, j): np.linalg.norm(x[i : i + 4] - x[j : j + 4])
        for i in starts
        for j in starts
        if j > i
    }
    recurs = {pair for pair, d in apart.items() if d <= near}
    lines = []
    for i, j in sorted(recurs):
        if (i - 1, j - 1) not in recurs:
            size = 1
            while (i + size, j + size) in recurs:
                size += 1
            lines.append(size)
    long = np.array([size for size in lines if size >= 2])
    share = np.unique(long, return_counts=True)[1] / long.size
    expected = [
        len(starts),
        len(recurs) / len(apart),
        long.sum() / len(recurs),
        long.mean(),
        long.max(),
        -(share * np.log(share)).sum(),
    ]
    np.testing.assert_allclose(found[0, :6], expected)
    few, many = np.quantile(np.array(list(apart.values())), [0.01, 0.1])
    assert found[0, 6] == pytest.approx(np.log(10) / np.log(many / few), rel=0.03)
