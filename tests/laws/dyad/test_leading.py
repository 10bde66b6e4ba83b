"""What naming a leader promises: signs, sensors' errors, gaps, reasons and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.dyad.worlds import NULLS, RATE, bidirectional, latent

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad.dynamics.whitened import cross_correlation, whitened
from interbeat.dyad.leading import Leading, leading


def tied(seed: int = 1, lag: float = 2.0) -> tuple[FloatArray, FloatArray]:
    return latent(np.random.default_rng(seed), 0.6, lag)


def run(x: FloatArray, y: FloatArray, error: float = 0.0) -> Leading:
    return leading(x, y, sampling_rate=RATE, sensor_error=error, signal="heart rate")


def test_a_positive_lag_means_that_a_leads() -> None:
    found = run(*tied())
    assert found.leader == "a"
    assert found.low <= 2 <= found.high
    assert found.lags[np.argmax(found.curve)] == pytest.approx(found.lag.value, abs=0.05)
    assert found.curve.max() > found.threshold


def test_changing_places_changes_who_leads_and_the_sign_of_the_lag() -> None:
    x, y = tied()
    one, other = run(x, y), run(y, x)
    assert (one.leader, other.leader) == ("a", "b")
    assert one.lag.value == pytest.approx(-other.lag.value, abs=0.02)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=0.04)
    assert one.p == pytest.approx(other.p, abs=0.003)


def test_moving_against_each_other_has_a_leader_as_well() -> None:
    x, y = tied()
    one, other = run(x, y), run(x, -y)
    assert (one.leader, other.leader) == ("a", "a")
    assert one.lag.value == pytest.approx(other.lag.value)


def test_scale_and_level_and_line_do_not_matter() -> None:
    x, y = tied()
    one, other = run(x, y), run(70 + 5 * x, 0.01 * y + np.linspace(0, 3, y.size))
    assert one.lag.value == pytest.approx(other.lag.value, abs=0.02)
    assert one.p == pytest.approx(other.p, abs=0.005)


def test_a_lag_within_the_sensors_error_names_nobody() -> None:
    x, y = tied()
    found = run(x, y, error=2.5)
    assert found.leader == "undecided"
    assert found.reasons[0].endswith("not clear of the sensors' error of 2.5 s")
    assert found.lag.value == pytest.approx(2, abs=0.4)
    assert found.settings["sensor_error"] == 2.5


def test_the_error_of_the_sensors_has_no_default() -> None:
    x, y = tied()
    with pytest.raises(TypeError, match="sensor_error"):
        leading(x, y, sampling_rate=RATE)  # type: ignore[call-arg]


@pytest.mark.parametrize("error", [-0.1, 5.5, np.nan])
def test_an_error_that_makes_no_sense_is_refused(error: float) -> None:
    with pytest.raises(DataError, match="a sensor's error is from 0 to 5 s"):
        run(*tied(), error=error)


@pytest.mark.parametrize("longest", [0.0, -1.0, np.inf, np.nan])
def test_a_range_of_lags_that_makes_no_sense_is_refused(longest: float) -> None:
    with pytest.raises(DataError, match="the largest lag is at least a sample"):
        leading(*tied(), sampling_rate=RATE, sensor_error=0, max_lag=longest)


def test_two_lags_name_both() -> None:
    found = run(*bidirectional(np.random.default_rng(2), 0.6))
    assert found.leader == "both"
    assert "one on each side of 0" in found.reasons[0]
    assert found.lag.reason == found.reasons[0]
    assert np.isnan(found.low)


def test_strangers_have_no_lag() -> None:
    found = run(*NULLS["latent"](np.random.default_rng(3)))
    assert found.leader == "undecided"
    assert found.lag.reason.startswith("not distinguishable from chance")
    assert found.floor <= found.p <= 1


def test_a_lag_at_the_end_of_the_range_is_none() -> None:
    x, y = tied(lag=2.25)
    found = leading(x, y, sampling_rate=RATE, sensor_error=0, max_lag=2.0)
    assert found.leader == "undecided"
    assert "range" in found.reasons[0]


def test_gaps_are_left_out_and_not_filled_in() -> None:
    x, y = tied()
    rng = np.random.default_rng(5)
    for start in rng.integers(0, x.size - 60, 12):
        x[start : start + 40] = np.nan
    found = run(x, y)
    assert found.leader == "a"
    assert found.lag.quality < 0.9
    assert found.low <= 2 <= found.high


def test_one_jerk_of_both_cables_decides_nothing() -> None:
    """A movement that both sensors see at once, far larger than all else."""
    x, y = tied()
    for series in (x, y):
        series[1000:1004] += 40
    found = run(x, y)
    assert found.leader != "b"
    assert found.lag.reason or found.lag.value == pytest.approx(2, abs=0.5)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda x: np.full_like(x, 3.0), "does not vary"),
        (lambda x: np.where(np.arange(x.size) < 0.6 * x.size, np.nan, x), "is there for 40 %"),
    ],
)
def test_what_cannot_be_compared_is_missing_with_a_reason(change: object, reason: str) -> None:
    assert callable(change)
    x, y = tied()
    found = run(change(x), y)
    assert found.leader == "undecided"
    assert reason in found.lag.reason
    assert np.isnan(found.p)
    assert not found.past


def test_one_person_twice_is_said_to_be_so() -> None:
    x, _ = tied()
    assert "one person twice" in run(x, 2 * x + 1).lag.reason


def test_a_whitened_series_keeps_its_gaps_and_its_time() -> None:
    x, _ = tied()
    x = (x - x.mean()) / x.std()
    x[100:120] = np.nan
    made = whitened(x, RATE)
    assert not made[100:120].any()
    assert np.abs(made).max() <= 4
    mirrored = whitened(np.ascontiguousarray(x[::-1]), RATE)
    assert mirrored[::-1] == pytest.approx(made, abs=1e-9)


def test_the_whitened_correlation_of_noise_is_as_wide_as_it_says() -> None:
    rng = np.random.default_rng(9)
    x, y = rng.standard_normal((2, 4000))
    curve = cross_correlation(x, y, rate=RATE, max_lag=5.0)
    assert np.std(curve.circle) == pytest.approx(1, abs=0.02)
    assert curve.top[curve.top.size // 2] == pytest.approx(1)
    assert curve.top.max() == pytest.approx(1)
