"""What synchrony promises of its signs, its lags, its null and its refusals."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad import Synchrony, synchrony
from interbeat.dyad.all_shifts import null_means
from interbeat.dyad.preparation import decimated, prepared
from interbeat.dyad.windowed import Layout, cross_correlations

RATE = 4.0


def smooth(seed: int, n: int = 2400) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.convolve(rng.standard_normal(n + 7), np.ones(8), "valid")


def delayed(seconds: float, seed: int = 1, noise: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Return a series and a noisy copy of it that comes `seconds` later."""
    k = round(seconds * RATE)
    long = smooth(seed, 2440)
    rng = np.random.default_rng(seed + 100)
    return long[20:2420], long[20 - k : 2420 - k] + noise * rng.standard_normal(2400)


def run(x: FloatArray, y: FloatArray, **settings: float) -> Synchrony:
    return synchrony(x, y, sampling_rate=RATE, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [3.0, 1.0, 0.0, -1.0, -3.5])
def test_a_positive_lag_means_that_a_leads(seconds: float) -> None:
    x, y = delayed(seconds)
    found = run(x, y)
    assert found.lag.value == pytest.approx(seconds, abs=0.1)
    assert found.p == found.floor
    assert found.lags[np.argmax(found.curve)] == pytest.approx(seconds, abs=0.25)


def test_changing_places_changes_the_sign_of_the_lag_and_nothing_else_of_weight() -> None:
    x, y = delayed(2)
    one, other = run(x, y), run(y, x)
    assert one.lag.value == pytest.approx(-other.lag.value, abs=0.05)
    assert one.strength.value == pytest.approx(other.strength.value, abs=0.02)


def test_moving_against_each_other_is_synchrony_with_a_negative_sign() -> None:
    x, y = delayed(1)
    found = run(x, -y)
    assert found.strength.value < 0
    assert found.lag.value == pytest.approx(1, abs=0.1)
    assert found.p == found.floor


def test_scale_and_level_and_line_do_not_matter() -> None:
    x, y = delayed(2)
    t = np.arange(x.size)
    one, other = run(x, y), run(70 + 3 * x - 0.01 * t, 1000 * y + 5 * t)
    np.testing.assert_allclose(one.curve, other.curve, atol=1e-9)
    assert one.p == other.p


def test_every_shift_counts_as_if_computed_by_itself() -> None:
    """The matrix product against one windowed cross-correlation for each shift."""
    x, y = prepared(smooth(1, 600), RATE), prepared(smooth(2, 600), RATE)
    layout = Layout(window=40, hop=10, max_lag=8)
    x[100:130], y[300:312], y[480:] = np.nan, np.nan, np.nan
    null = null_means(x, y, layout)
    circle = np.concatenate((y, np.full(8, np.nan)))
    for shift in (0, 1, 57, 300, 590, 607):
        turned = np.roll(circle, -shift)[: y.size + 8]
        z = _plain(x, turned, layout)
        assert null.counts[shift] == np.isfinite(z).sum()
        assert null.sums[shift] == pytest.approx(np.nansum(z), abs=1e-4)


def _plain(x: FloatArray, y: FloatArray, layout: Layout) -> FloatArray:
    """Return Fisher z of each window at lag 0 on the circle of y, by the book."""
    found = []
    for start in range(0, x.size - layout.window + 1, layout.hop):
        at = np.arange(start, start + layout.window)
        a, b = x[at], y[at % y.size]
        both = np.isfinite(a) & np.isfinite(b)
        enough = both.sum() >= layout.window / 2
        r = np.corrcoef(a[both], b[both])[0, 1] if enough else np.nan
        found.append(np.arctanh(r))
    return np.array(found)


def test_each_window_is_pearsons_correlation_over_the_pairs_that_are_there() -> None:
    x, y = smooth(3, 400), smooth(4, 400)
    x[50:70], y[200:210] = np.nan, np.nan
    layout = Layout(window=60, hop=20, max_lag=5)
    z = cross_correlations(x, y, layout)
    for lag in (-5, 0, 3):
        for w in (1, 2, 8):
            a, b = x[20 * w : 20 * w + 60], y[20 * w + lag : 20 * w + 60 + lag]
            both = np.isfinite(a) & np.isfinite(b)
            r = np.corrcoef(a[both], b[both])[0, 1]
            assert np.tanh(z[w, lag + 5]) == pytest.approx(r, abs=1e-12)


def test_a_window_that_does_not_vary_has_no_correlation() -> None:
    x, y = smooth(3, 400), smooth(4, 400)
    x[100:200] = 0.1
    z = cross_correlations(x, y, Layout(window=60, hop=20, max_lag=5))
    assert np.isnan(z[5:8]).all()
    assert np.isfinite(z[9:15, 5]).all()


def test_the_smallest_p_is_the_span_of_lags_over_the_length() -> None:
    found = run(*delayed(0))
    assert found.floor == pytest.approx(41 / 2420)
    assert found.p == found.floor
    assert found.settings["shifts"] == 2420


def test_times_are_centers_of_windows_on_the_sessions_clock() -> None:
    x, y = delayed(0)
    found = run(x, y, start=100.0)
    assert found.times[0] == 115
    assert np.diff(found.times) == pytest.approx(5)
    assert found.times.size == found.z.size == found.null_low.size == found.null_high.size
    assert found.lags.size == found.curve.size == found.curve_low.size


def test_the_null_of_a_window_holds_95_percent_of_unrelated_windows() -> None:
    found = run(smooth(11, 9600), smooth(12, 9600))
    inside = (found.null_low <= found.z) & (found.z <= found.null_high)
    assert 0.85 < inside.mean() <= 1
    assert np.abs(found.curve).max() < found.threshold or found.p <= 0.05


def test_the_same_series_give_the_same_result() -> None:
    x, y = delayed(2)
    one, same = run(x, y), run(x, y)
    assert (one.p, one.strength, one.lag) == (same.p, same.strength, same.lag)


def test_a_long_record_is_shifted_within_stretches() -> None:
    hours = 2 * 3600 * int(RATE)
    long, own = smooth(5, hours + 8), smooth(6, hours)
    found = run(long[8:], long[:-8] + own)
    assert found.lag.value == pytest.approx(2, abs=0.1)
    assert found.settings["circle"] == pytest.approx(1805)
    assert found.p == found.floor == pytest.approx(41 / 7220)
    assert found.z.size == found.null_high.size == (7200 - 30) // 5 + 1
    assert np.isfinite(found.null_high).all()
    assert run(smooth(7, hours), smooth(8, hours)).p > 0.05


@pytest.mark.parametrize(
    ("window", "max_lag"), [(300.0, 120.0), (2500.0, 30.0), (1000.0, 170.0)]
)
def test_a_long_record_is_not_cut_too_short_for_its_windows_and_lags(
    window: float, max_lag: float
) -> None:
    x = smooth(9, 7210)
    found = synchrony(x[10:], x[:-10], sampling_rate=1, window=window, hop=60, max_lag=max_lag)
    assert found.p == found.floor < 0.05
    assert found.lag.value == pytest.approx(10, abs=0.1)


def test_fast_series_are_averaged_and_a_gap_stays_a_gap() -> None:
    assert decimated(np.array([1.0, 3, np.nan, 5, np.nan, np.nan, 7]), 2).tolist()[:2] == [2, 5]
    assert np.isnan(decimated(np.array([1.0, 3, np.nan, np.nan]), 2)[1])
    x, y = delayed(2)
    found = synchrony(np.repeat(x, 10), np.repeat(y, 10), sampling_rate=40)
    assert found.settings["sampling_rate"] == 10
    assert found.lag.value == pytest.approx(2, abs=0.15)


def test_preparation_lets_waves_pass_and_takes_drifts() -> None:
    t = np.arange(0, 3600, 0.25)
    for frequency, kept in ((0.1, 1.0), (0.01, 0.5), (0.001, 0.0)):
        wave, carrier = np.sin(2 * np.pi * frequency * t), np.sin(2 * np.pi * 0.5 * t)
        out = prepared(wave + carrier, RATE)
        middle = slice(1200, -1200)
        gain = np.dot(out[middle], wave[middle]) / np.dot(out[middle], carrier[middle])
        size = np.dot(wave[middle], wave[middle]) / np.dot(carrier[middle], carrier[middle])
        assert gain / size == pytest.approx(kept, abs=0.05)


def missing(x: FloatArray, y: FloatArray, **settings: float) -> str:
    found = run(x, y, **settings)
    assert np.isnan(found.p)
    assert np.isnan(found.floor)
    assert np.isnan(found.z).all()
    assert found.lag.reason == found.strength.reason
    return found.strength.reason


def test_says_why_there_is_no_answer() -> None:
    x, y = delayed(2)
    silent = y.copy()
    silent[:1300] = np.nan
    assert missing(x, silent) == "the series of b is there for 46 % of the time"
    assert missing(np.full(2400, 66.0), y) == "the series of a does not vary"
    assert missing(x[:600], y[:600]) == "150 of 205 s of common data"
    early, late = x.copy(), y.copy()
    early[1250:], late[:1150] = np.nan, np.nan
    assert missing(early, late) == "25 of 205 s of common data"
    line = np.linspace(66, 72, 2400, dtype=np.float64)
    holes = "no window in which both vary and half of the samples are there"
    assert missing(line, y) == holes
    sparse = x.copy()
    sparse[::2], y[1::10] = np.nan, np.nan
    assert missing(sparse, y) == holes
    nothing = np.full(2400, np.nan)
    assert missing(nothing, nothing) == "the series of a is there for 0 % of the time"
    assert missing(x[:0], y[:0]) == "the series of a is there for 0 % of the time"


def test_an_undecided_lag_is_missing_though_synchrony_is_not() -> None:
    unrelated = run(smooth(21), smooth(22))
    assert unrelated.lag.reason.startswith("not distinguishable from chance")
    assert not unrelated.strength.reason
    x, y = delayed(5)
    assert run(x, y, max_lag=3).p > 0.05 or run(x, y, max_lag=3).lag.reason
    assert run(x, y, max_lag=5).lag.reason == ("the best lag lies at the end of the range, 5 s")


def test_wrong_calls_are_refused() -> None:
    x, y = delayed(0)
    with pytest.raises(DataError, match="equally long, not 2400 and 2399"):
        run(x, y[:-1])
    with pytest.raises(DataError, match="positive number of Hz, not 0"):
        synchrony(x, y, sampling_rate=0)
    with pytest.raises(DataError, match="from -20 to 20 s span more than a window of 30 s"):
        run(x, y, max_lag=20)
    with pytest.raises(DataError, match="8 or more"):
        run(x, y, window=1.5, max_lag=0.5)
    with pytest.raises(DataError, match="seconds from 0 up"):
        run(x, y, hop=0)
    with pytest.raises(DataError, match="hop of 31 s leaves out what lies between windows"):
        run(x, y, hop=31)
    with pytest.raises(DataError, match="finite time in seconds, not nan"):
        run(x, y, start=np.nan)
    with pytest.raises(DataError, match="infinite"):
        run(np.full(2400, np.inf), y)
