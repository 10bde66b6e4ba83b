"""What synchrony promises of its signs, its lags, its null and its refusals."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad import Synchrony, synchrony
from interbeat.dyad._series import Pair
from interbeat.dyad.coupling import judged, left_out
from interbeat.dyad.coupling import missing as missing_index
from interbeat.dyad.nulls import Null
from interbeat.dyad.preparation import decimated, evened, prepared
from interbeat.dyad.windows.all_shifts import null_means
from interbeat.dyad.windows.episodes import episodes_of, scores_of
from interbeat.dyad.windows.windowed import Layout, cross_correlations

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
    x, own = smooth(9, 7210), smooth(10, 7200)
    found = synchrony(
        x[10:], x[:-10] + 0.3 * own, sampling_rate=1, window=window, hop=60, max_lag=max_lag
    )
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
    assert found.lag.reason == found.strength.reason == found.episodes.share.reason
    assert found.detectable.reason == found.needed.reason == found.strength.reason
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


@pytest.mark.parametrize(
    ("seconds", "when"), [(0, ""), (4, ", 4 s earlier"), (-4.75, ", 4.75 s later")]
)
def test_one_person_twice_is_said_in_other_units_and_on_another_clock(
    seconds: float, when: str
) -> None:
    x, y = delayed(seconds, noise=0.0)
    x[300:340], y[900:960] = np.nan, np.nan
    y[1500:1504] += 40  # one of the devices was knocked
    said = f"the series of a is that of b{when}: one person twice"
    assert missing(x, 1000 * y + 70) == said
    assert missing(x, np.round(y, 3)) == said


def test_one_pacer_or_one_trend_does_not_make_two_people_one() -> None:
    t, rng = np.arange(2400) / RATE, np.random.default_rng(8)
    both = rng.standard_normal((2, 2400))
    for own in (0.3, 0.03, 0.01):
        breath, late = np.sin(2 * np.pi * t / 4), np.sin(2 * np.pi * t / 4 - 0.5)
        assert run(breath + own * both[0], late + own * both[1]).p <= 0.05
        assert np.isfinite(run(t + own * both[0], 3 * t + own * both[1]).p)
    jump = np.where(t > 300, 1000.0, 0.0)
    assert np.isfinite(run(both[0] + jump, both[1] + np.roll(jump, 5)).p)


def test_evening_takes_out_half_of_what_rules_and_keeps_what_is_missing() -> None:
    """Power that falls with the square of frequency falls with its first power afterwards."""
    rng = np.random.default_rng(3)
    slow = np.cumsum(rng.standard_normal(40_000))
    slow[5000:5200] = np.nan
    even = evened(prepared(slow, RATE), RATE)
    np.testing.assert_array_equal(np.isnan(even), np.isnan(slow))
    assert np.nanstd(even) == pytest.approx(1)
    size = np.abs(np.fft.rfft(even[6000:])) ** 2
    at = np.fft.rfftfreq(34_000, 1 / RATE)
    low, high = (size[(at > f) & (at < 1.3 * f)].mean() for f in (0.05, 0.2))
    assert low / high == pytest.approx(4, rel=0.35)
    flat = np.zeros(2400)
    np.testing.assert_array_equal(evened(flat, RATE), flat)
    assert np.isnan(evened(np.full(2400, np.nan), RATE)).all()


def test_the_worst_window_of_every_shift_is_as_if_computed_by_itself() -> None:
    x, y = prepared(smooth(1, 600), RATE), prepared(smooth(2, 600), RATE)
    layout = Layout(window=40, hop=8, max_lag=8)
    x[100:130], y[300:312], y[480:] = np.nan, np.nan, np.nan
    null = null_means(x, y, layout)
    circle = np.concatenate((y, np.full(8, np.nan)))
    for shift in (0, 57, 300, 607):
        score = scores_of(_plain(x, np.roll(circle, -shift), layout), layout)
        assert null.highest[shift] == pytest.approx(np.nanmax(score), abs=1e-4)
        assert null.lowest[shift] == pytest.approx(np.nanmin(score), abs=1e-4)


@pytest.mark.parametrize("sizes", [(40, 40, 3), (41, 7, 5), (101, 50, 0), (64, 24, 10)])
def test_windows_of_any_length_are_put_together_from_blocks(sizes: tuple[int, ...]) -> None:
    layout = Layout(*sizes)
    x, y = prepared(smooth(1, 500), RATE), prepared(smooth(2, 500), RATE)
    y[200:220] = np.nan
    null = null_means(x, y, layout)
    circle = np.concatenate((y, np.full(layout.max_lag, np.nan)))
    for shift in (0, 3, 250):
        z = _plain(x, np.roll(circle, -shift), layout)
        assert null.sums[shift] == pytest.approx(np.nansum(z), abs=1e-4)
    at_zero = cross_correlations(x, y, layout)[:, layout.max_lag]
    np.testing.assert_allclose(at_zero, _plain(x, circle, layout), atol=1e-9)


def test_episodes_are_runs_of_windows_above_the_threshold() -> None:
    layout = Layout(window=120, hop=20, max_lag=20)
    score = np.array([1, 5, 5, 1, np.nan, 5, np.nan, 1, 1, 5.0])
    times = np.arange(15.0, 65.0, 5.0)
    found = episodes_of(score, times, threshold=2.0, layout=layout, rate=RATE)
    assert found.starts.tolist() == [17.5, 37.5, 57.5]
    assert found.ends.tolist() == [27.5, 42.5, 62.5]
    assert found.share.value == pytest.approx(4 / 8)
    assert found.rate.value == pytest.approx(3 / (40 / 3600))
    assert found.length.value == pytest.approx((10 + 5 + 5) / 3)
    assert found.exits.value == pytest.approx(2 / (20 / 3600))
    none = episodes_of(np.ones(10), times, threshold=2.0, layout=layout, rate=RATE)
    assert (none.share.value, none.rate.value, none.starts.size) == (0, 0, 0)
    assert none.share.se > 0 < none.rate.se
    assert none.length.reason == "0 of 2 episodes"
    assert none.exits.reason == "no such time"
    always = episodes_of(5 * np.ones(10), times, threshold=2.0, layout=layout, rate=RATE)
    assert (always.share.value, always.entries.reason) == (1, "no such time")
    nothing = episodes_of(score * np.nan, times, threshold=2.0, layout=layout, rate=RATE)
    assert nothing.share.reason == nothing.exits.reason != ""


def test_a_null_without_values_gives_reasons_and_no_numbers() -> None:
    x, y = smooth(1), smooth(2)
    pair = Pair(x, y, RATE)

    def never(_x: FloatArray, _y: FloatArray) -> float:
        return np.nan

    def seldom(x: FloatArray, _y: FloatArray) -> float:
        return 1.0 if np.isfinite(x[:700]).all() else np.nan

    null = Null(np.full(100, np.nan), 0.01, "circular shifts")
    none = judged("index", "", pair, statistic=never, null=null)
    assert none.value.reason == none.detectable.reason == none.needed.reason != ""
    assert np.isnan(none.p)
    missed = missing_index("index", "", "why")
    assert missed.value.reason == missed.detectable.reason == missed.needed.reason == "why"
    few = Null(np.array([1.0, *[np.nan] * 98, 0.5]), 0.01, "circular shifts")
    found = judged("index", "", pair, statistic=seldom, null=few)
    assert found.value.value == 1
    assert (found.null_low, found.null_high) == pytest.approx((0.5, 1.0), abs=0.02)
    tied = judged("index", "", pair, statistic=lambda *_: 0.7, null=few)
    assert tied.value.se == 0
    assert "not even a coupling of 0.95" in tied.detectable.reason
    part = left_out(lambda x, _: 1.0 if np.isfinite(x).all() else np.nan, pair, 1.0)
    assert part.reason == "it hangs on one part of the record"


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
