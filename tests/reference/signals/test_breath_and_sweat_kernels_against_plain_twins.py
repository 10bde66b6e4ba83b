"""The compiled loops of breathing and sweat against plain ones that take the whole at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.kernels import breaths as b
from interbeat.kernels.grid import COLUMNS, on_grid, seconds, thin
from interbeat.kernels.running import running_median

lost = st.one_of(st.floats(-50, 50), st.just(math.nan))
rows = st.lists(lost, min_size=1, max_size=120).map(np.array)
out_of_range = st.sampled_from([math.inf, -math.inf])
ranging = st.lists(st.one_of(lost, out_of_range), min_size=1, max_size=120).map(np.array)


@given(values=ranging, every=st.integers(1, 9))
@settings(max_examples=50, deadline=None)
def test_thin_is_the_mean_of_what_there_is(values: FloatArray, every: int) -> None:
    n = values.size // every
    expected = []
    for block in values[: n * every].reshape(n, every):
        known = block[np.isfinite(block)]
        beyond = int(np.sum(block == np.inf)) - int(np.sum(block == -np.inf))
        rest = math.copysign(np.inf, beyond) if 2 * abs(beyond) > every - known.size else np.nan
        expected.append(known.mean() if 2 * known.size >= every else rest)
    np.testing.assert_allclose(thin(values, every), expected, atol=1e-12)


@given(
    values=rows,
    rate=st.sampled_from([3.0, 3.90625, 4.0, 25.0]),
    origin=st.floats(-3, 3),
    half=st.sampled_from([0.75, 1.0, 4.0]),
)
@settings(max_examples=50, deadline=None)
def test_on_grid_is_a_weighted_mean(
    values: FloatArray, rate: float, origin: float, half: float
) -> None:
    """With a triangle for a window, which the kernel's table holds without error."""
    out = np.empty(12)
    window = np.array([1.0, 0.5, 0.0])
    span, clock = np.array([-4.0, half, 0.4]), np.array([origin, rate, 4.0])
    on_grid(values, 0, clock, window, span, out)
    index = np.arange(-200, 400)
    row = np.full(index.size, np.nan)
    row[200 : 200 + values.size] = values
    for k, got in enumerate(out):
        away = np.abs(index - ((k - 4) / 4 - origin) * rate) / (half * rate)
        weight = np.clip(1 - away, 0, None)
        known = np.isfinite(row)
        share = weight[known].sum() / weight.sum()
        if abs(share - 0.4) < 1e-9:  # on the edge, rounding decides
            continue
        expected = weight[known] @ row[known] / weight[known].sum() if share > 0.4 else np.nan
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)


@given(values=ranging, rate=st.sampled_from([4.0, 8.0, 25.0]), origin=st.floats(0, 0.9))
@settings(max_examples=50, deadline=None)
def test_seconds_say_what_samples_look_like(
    values: FloatArray, rate: float, origin: float
) -> None:
    out = np.empty((3, COLUMNS))
    seconds(values, 0, np.array([origin, rate]), 0, out)
    before = 50  # places before the first sample: a second may begin there
    times = origin + np.arange(-before, 400) / rate
    whole = np.full(times.size, np.nan)
    whole[before : before + values.size] = values
    row = np.where(np.isfinite(whole), whole, np.nan)
    quarter, apart = max(1, round(rate / 4)), max(1, round(rate / 8))
    for second in range(3):
        here = np.flatnonzero((times >= second - 1e-9) & (times < second + 1 - 1e-9))
        known = row[here][np.isfinite(row[here])]
        assert out[second, 0] == pytest.approx(known.size / max(here.size, 1))
        beyond = np.sum(whole[here] == np.inf) - 1.0 * np.sum(whole[here] == -np.inf)
        assert out[second, 7] == pytest.approx(beyond / max(here.size, 1))
        if known.size == 0:
            assert out[second, 1] == np.inf
            assert out[second, 2] == -np.inf
            continue
        assert (out[second, 1], out[second, 2]) == (known.min(), known.max())
        assert out[second, 3] == pytest.approx(np.mean(known == known.min()))
        assert out[second, 4] == pytest.approx(np.mean(known == known.max()))
        late = here[here >= before + 2 * apart]
        bend = row[late - apart] - (row[late] + row[late - 2 * apart]) / 2
        bend = bend[np.isfinite(bend) & np.isfinite(row[late])]
        np.testing.assert_allclose(
            out[second, 5], np.mean(bend**2) if bend.size else np.nan, atol=1e-12
        )
        moves = [
            abs(row[i] - row[i - back]) * rate / back
            for i in here[np.isfinite(row[here])]
            for back in range(quarter, int(rate) + 1)
            if np.isfinite(row[i - back : i - quarter + 1]).tolist()
            == [True] + [False] * (back - quarter)
        ]
        assert out[second, 6] == pytest.approx(max(moves, default=0.0))


@given(values=rows, size=st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_the_running_median_is_of_the_last_known(values: FloatArray, size: int) -> None:
    got = running_median(values, np.full(size, np.nan))
    for i, median in enumerate(got):
        known = values[: i + 1][np.isfinite(values[: i + 1])][-size:]
        np.testing.assert_allclose(median, np.median(known) if known.size else np.nan)


@given(values=rows)
@settings(max_examples=30, deadline=None)
def test_the_leaky_integral_is_a_sum_of_what_is_left(values: FloatArray) -> None:
    """On fewer values than the mean looks back, it is the mean of all so far."""
    got = b.leaky_integral(values, 0.9, 0.5, np.zeros(3))
    known = np.flatnonzero(np.isfinite(values))
    past = values[known]
    rest = past - past.cumsum() / np.arange(1, past.size + 1)
    for count, i in enumerate(known):
        left = 0.9 ** np.arange(count, -1, -1)
        assert got[i] == pytest.approx(0.5 * (rest[: count + 1] @ left), abs=1e-9)
    assert np.isnan(got[~np.isfinite(values)]).all()


def plain_breaths(x: FloatArray, threshold: float) -> list[tuple[float, float]]:
    """Return trough and following peak (values) of swings over `threshold`, none lost.

    Split at each sample where the running extreme is undone by `threshold`: the textbook
    definition of a turning point with hysteresis.
    """
    found, low, high, rising = [], x[0], x[0], False
    fell = False
    for value in x[1:]:
        if rising:
            high = max(high, value)
            if value < high - threshold:
                if fell:
                    found.append((float(low), float(high)))
                rising, fell, low = False, True, value
        else:
            low = min(low, value)
            if value > low + threshold:
                rising, high = True, value
            elif not fell:
                high = max(high, value)
                if value < high - threshold:
                    fell, low = True, value
    return found


@pytest.mark.parametrize("seed", range(4))
def test_breaths_are_the_turning_points(seed: int) -> None:
    """At a constant depth the threshold is constant too, and both must see the same swings."""
    rng = np.random.default_rng(seed)
    n = 8 * 200
    x = np.sin(np.cumsum(rng.uniform(0.12, 0.3, n))) + 0.02 * rng.standard_normal(n)
    rows = np.empty((n, 4))
    state, swings = b.blank_state(), np.zeros(b.SWINGS)
    count = b.scan_breaths(x, 0, 0, np.zeros(n), state, swings, rows)
    expected = plain_breaths(x, 0.5)
    trusted = rows[:count][rows[:count, 3] > 0]
    depths = np.array([high - low for low, high in expected])
    assert len(trusted) >= len(expected) - 1
    np.testing.assert_allclose(trusted[: depths.size, 2], depths[: len(trusted)])
