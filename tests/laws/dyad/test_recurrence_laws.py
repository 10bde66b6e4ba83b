"""What recurrence plots promise: the counts of a plot that is held, whoever comes first."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.dyad.dynamics.recurrence_plot import (
    cross_recurrence,
    diagonal_profile,
    embedded,
    group_recurrence,
)
from interbeat.dyad.indices.recurrence import recurrence
from interbeat.dyad.preparation import decimated, prepared
from interbeat.kernels.cross_recurrence import diagonals, lines


def smooth(seed: int, n: int, width: int = 5) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.convolve(rng.standard_normal(n + width - 1), np.ones(width), "valid")


def plot(x: FloatArray, y: FloatArray, near: float) -> BoolArray:
    """Return the whole plot, a row a state of x."""
    squares = np.sum((x[:, :, None] - y[:, None, :]) ** 2, axis=0)
    return np.asarray(squares <= near)


def reached(rows: list[BoolArray], size: int) -> IntArray:
    """Return how many runs in rows are of each length or longer, and how many cells are on."""
    out = np.zeros(size, dtype=np.int64)
    for row in rows:
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row, [0]))))
        for length in edges[1::2] - edges[::2]:
            out[1 : length + 1] += 1
    out[0] = sum(int(row.sum()) for row in rows)
    return out


@pytest.mark.parametrize(("n", "m"), [(150, 150), (1100, 40), (37, 60)])
def test_lines_counted_row_by_row_are_those_of_the_whole_plot(n: int, m: int) -> None:
    x, y = embedded(smooth(1, n + 4), 3, 2), embedded(smooth(2, m + 4), 3, 2)
    x[:, 20:25], y[1, 30] = np.nan, np.nan
    whole = plot(x, y, 3.0)
    along, over_y, over_x = lines(x, y, 3.0)
    assert along[0] == whole.sum() > 100
    diagonal = [np.diagonal(whole, k) for k in range(1 - n, m)]
    np.testing.assert_array_equal(along, reached(diagonal, along.size))
    np.testing.assert_array_equal(over_y, reached(list(whole), along.size))
    np.testing.assert_array_equal(over_x, reached(list(whole.T), along.size))
    hits = [row.sum() for row in diagonal]
    np.testing.assert_array_equal(diagonals(x, y, 3.0), hits)


def test_changing_places_turns_the_plot_over() -> None:
    x, y = smooth(3, 300), smooth(4, 300)
    there, back = cross_recurrence(x, y, radius=0.5), cross_recurrence(y, x, radius=0.5)
    assert there[:5] == pytest.approx(back[:5], rel=1e-12)
    assert there.laminarity != back.laminarity
    one = diagonal_profile(x, y, radius=0.5, max_lag=9)
    np.testing.assert_array_equal(one, diagonal_profile(y, x, radius=0.5, max_lag=9)[::-1])


def test_unit_and_level_do_not_matter() -> None:
    x, y = smooth(3, 300), smooth(4, 300)
    one = cross_recurrence(x, y, radius=0.5)
    assert cross_recurrence(70 + 3 * x, 1000 * y - 2, radius=0.5) == one


def test_a_gap_takes_its_states_and_no_others() -> None:
    x, y = smooth(3, 300), smooth(4, 300)
    x[100:120] = np.nan
    profile = diagonal_profile(x, y, radius=0.5, max_lag=5, embedding=1, delay=1)
    a, b = (x - np.nanmean(x)) / np.nanstd(x, ddof=1), (y - y.mean()) / y.std(ddof=1)
    apart = np.abs(a[:-3] - b[3:])
    near = np.mean(apart[np.isfinite(apart)] <= 0.5)
    assert profile[5 + 3] == pytest.approx(near, abs=1e-12)


def test_a_group_of_one_signal_in_two_copies_recurs_as_the_one_does() -> None:
    x = smooth(5, 200)
    one = group_recurrence([x], radius=0.3)
    two = group_recurrence([x, x], radius=0.3 * np.sqrt(2))
    assert two[:5] == pytest.approx(one[:5], rel=1e-9)
    x[50:60] = np.nan
    values = x[np.isfinite(x)]
    scaled = (values - values.mean()) / values.std()
    near = np.abs(scaled[:, None] - scaled) <= 0.3
    share = (near.sum() - values.size) / (values.size * (values.size - 1))
    assert group_recurrence([x], radius=0.3).rate == pytest.approx(share)


def test_that_states_are_near_themselves_is_no_line() -> None:
    x = smooth(6, 201)
    x[100] = np.nan
    assert 2 <= group_recurrence([x], radius=0.3).longest_line < 50


def test_what_never_meets_has_no_lines() -> None:
    found = cross_recurrence(np.arange(60.0) ** 3, -(np.arange(60.0) ** 3), radius=1e-9)
    assert found.rate == found.lines == 0
    assert np.isnan([found.determinism, found.mean_line, found.entropy]).all()


def test_every_shift_counts_as_if_computed_by_itself() -> None:
    """The plot's diagonals, joined two by two, against one profile for each shift."""
    x, y = (np.repeat(smooth(seed, 300, 3), 1) for seed in (7, 8))
    x[50:70], y[200:215] = np.nan, np.nan
    found = recurrence(x, y, sampling_rate=1)
    one, other = (embedded(prepared(s, 1.0), 3, 2) for s in (x, y))
    few = [s[:, np.isfinite(s).all(axis=0)] for s in (one, other)]
    squares = np.sum((few[0][:, :, None] - few[1][:, None]) ** 2, axis=0)
    near = np.quantile(squares, 0.5)
    gap = np.full((3, 5), np.nan)
    a, b = np.hstack((one, gap)), np.hstack((other, gap))
    statistics = []
    for shift in range(b.shape[1]):
        best = -np.inf
        for lag in range(-5, 6):
            apart = np.sum((a - np.roll(b, -shift - lag, axis=1)) ** 2, axis=0)
            apart = apart[np.isfinite(apart)]
            excess = (np.mean(apart <= near) - 0.5) * np.sqrt(apart.size / one.shape[1])
            best = max(best, float(excess))
        statistics.append(best)
    null = np.array(statistics)
    assert found.settings["draws"] == null.size
    assert found.p == pytest.approx(np.mean(null >= null[0]), abs=1e-12)
    assert found.null_high == pytest.approx(np.quantile(null, 0.975), abs=1e-12)


@pytest.mark.parametrize("lag", [3, 0, -2])
def test_a_positive_lag_means_that_a_leads(lag: int) -> None:
    x, y = smooth(9, 640), smooth(10, 600)
    found = recurrence(x[20:620], x[20 - lag : 620 - lag] + 0.5 * y, sampling_rate=1)
    assert found.parts["lag"].value == pytest.approx(lag, abs=0.2)
    assert found.curves["lags"][np.argmax(found.curves["profile"])] == lag


def test_where_all_states_are_near_at_several_lags_none_is_named() -> None:
    t = np.arange(600)
    found = recurrence(np.sin(t / 3), np.sin(t / 3 - 0.15), sampling_rate=1)
    assert "all states are near" in found.parts["lag"].reason


def test_a_line_comes_back_to_no_state() -> None:
    found = recurrence(np.arange(600), smooth(1, 600), sampling_rate=1)
    assert found.value.reason == "the series of a does not vary about its line"


def test_parts_of_long_records_are_asked_for_by_window() -> None:
    found = recurrence(smooth(1, 6000), smooth(2, 6000), sampling_rate=1)
    assert np.isfinite(found.p)
    assert "by window only" in found.parts["determinism"].reason


def test_gaps_that_leave_no_state_are_a_reason() -> None:
    x, y = smooth(1, 1200), smooth(2, 1200)
    x[::3] = np.nan
    found = recurrence(x, y, sampling_rate=1)
    assert "too few states" in found.value.reason


def test_means_over_seconds_are_taken() -> None:
    x, y = smooth(1, 1000, 30), smooth(2, 1000, 30)
    found = recurrence(x, y, sampling_rate=4)
    same = recurrence(decimated(x, 4), decimated(y, 4), sampling_rate=1)
    assert found.value == same.value


def test_wrong_calls_are_refused() -> None:
    x, y = smooth(1, 300), smooth(2, 300)
    with pytest.raises(DataError, match="radius is a positive number, not 0"):
        cross_recurrence(x, y, radius=0)
    with pytest.raises(DataError, match="embedding and delay are from 1 up, not 0 and 2"):
        cross_recurrence(x, y, radius=1, embedding=0)
    with pytest.raises(DataError, match="4 samples make no state of 3"):
        cross_recurrence(x[:4], y, radius=1)
    with pytest.raises(DataError, match="does not vary"):
        cross_recurrence(np.ones(50), y, radius=1)
    with pytest.raises(DataError, match="infinite"):
        cross_recurrence(np.append(x, np.inf), y, radius=1)
    with pytest.raises(DataError, match="lags of up to 400 samples do not fit"):
        diagonal_profile(x, y, radius=1, max_lag=400)
    with pytest.raises(DataError, match="between 0 and 1, not 1"):
        recurrence(x, y, sampling_rate=1, share=1.0)
    with pytest.raises(DataError, match="seconds from 0 up, not -1"):
        recurrence(x, y, sampling_rate=1, max_lag=-1.0)
