"""Laws of blood: what becomes the input, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.activity import Blood
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.scans.blood import arterial
from interbeat.neurochemistry.scans.parents import closest, exponential, hill, monotone
from interbeat.neurochemistry.tracers._convolution import Curve, convolved, frame_means
from interbeat.neurochemistry.tracers._spec import Frames

SECONDS = np.concatenate(
    [np.arange(0.0, 180.0, 5), [240, 300, 480, 720, 1200, 1800, 2700, 3600]]
)


def plasma_at(minutes: FloatArray) -> FloatArray:
    """Return a bolus in plasma, kBq/mL."""
    since = np.clip(minutes - 0.5, 0, None)
    fall = 21.8 * np.exp(-0.12 * since) + 20.8 * np.exp(-0.0105 * since)
    return np.asarray(np.where(since > 0, (850 * since - 42) * np.exp(-4.1 * since) + fall, 0))


def drawn(**changed: object) -> Blood:
    """Return blood of one hour, with what is changed."""
    plasma = plasma_at(SECONDS / 60)
    given = {
        "times": SECONDS, "plasma": plasma, "parent": np.ones(SECONDS.size),
        "whole": 0.7 * plasma, "unit": "kBq/mL",
    } | changed  # fmt: skip
    return Blood(**given)  # type: ignore[arg-type]


def test_between_sparse_samples_the_input_falls_as_exponentials_not_as_straight_lines() -> None:
    given = arterial(drawn(), until=60.0, unit="kBq/mL")
    late = given.times > 10
    truth = plasma_at(given.times)
    straight = np.interp(given.times, SECONDS / 60, plasma_at(SECONDS / 60))
    error = np.abs(given.parent / np.maximum(truth, 1e-9) - 1)[late & (given.times < 60)]
    coarse = np.abs(straight / np.maximum(truth, 1e-9) - 1)[late & (given.times < 60)]
    assert np.max(error) < 0.005
    assert np.max(coarse) > 0.015


def test_units_are_converted_and_unknown_ones_refused() -> None:
    in_kbq = arterial(drawn(), until=60.0, unit="kBq/mL")
    in_bq = arterial(drawn(), until=60.0, unit="Bq/mL")
    assert np.allclose(in_bq.parent, 1000 * in_kbq.parent)
    assert np.allclose(in_bq.whole, 1000 * in_kbq.whole)
    in_nci = arterial(drawn(unit="nCi/mL"), until=60.0, unit="kBq/mL")
    assert np.allclose(in_nci.parent, 0.037 * in_kbq.parent)
    with pytest.raises(DataError, match="of blood in kBq/mL and of regions in SUV: possible"):
        arterial(drawn(), until=60.0, unit="SUV")


def test_blood_in_minutes_called_seconds_is_refused() -> None:
    with pytest.raises(DataError, match="in s"):
        arterial(drawn(times=SECONDS / 60), until=60.0, unit="kBq/mL")
    with pytest.raises(DataError, match="in s"):
        arterial(drawn(times=SECONDS * 60), until=60.0, unit="kBq/mL")


def test_blood_that_ends_before_the_scan_is_extrapolated_and_flagged() -> None:
    given = arterial(drawn(), until=90.0, unit="kBq/mL")
    assert any("extrapolated from 60 to 90 min" in flag for flag in given.flags)
    error = given.parent / np.maximum(plasma_at(given.times), 1e-9) - 1
    assert np.max(np.abs(error[given.times > 60])) < 0.05
    with pytest.raises(DataError, match="ends at 60 min"):
        arterial(drawn(), until=130.0, unit="kBq/mL")


def test_a_share_of_the_parent_that_was_never_measured_is_an_error_not_a_one() -> None:
    with pytest.raises(DataError, match="share of the parent"):
        arterial(drawn(parent=np.full(SECONDS.size, np.nan)), until=60.0, unit="kBq/mL")


def test_few_shares_are_modelled_and_what_lies_after_the_last_is_flagged() -> None:
    minutes = SECONDS / 60
    truth = 1 - 0.9 * minutes**1.5 / (minutes**1.5 + 30)
    few = np.where(np.isin(SECONDS, [0, 240, 480, 1200, 1800]), truth, np.nan)
    given = arterial(drawn(parent=few), until=60.0, unit="kBq/mL", share=hill)
    assert any("share of the parent extrapolated from 30" in flag for flag in given.flags)
    at = np.searchsorted(given.times, 20.0)
    assert given.parent[at] == pytest.approx(
        plasma_at(np.array([20.0]))[0] * truth[-4], rel=0.01
    )


def test_plasma_that_was_not_counted_is_taken_from_whole_blood_by_their_ratio() -> None:
    plasma = plasma_at(SECONDS / 60)
    holes = np.where((SECONDS > 40) & (SECONDS < 170), np.nan, plasma)
    given = arterial(drawn(plasma=holes), until=60.0, unit="kBq/mL")
    whole = arterial(drawn(), until=60.0, unit="kBq/mL")
    assert np.allclose(given.parent, whole.parent, rtol=0.02, atol=0.05)
    assert any("ratio of whole blood to plasma" in flag for flag in given.flags)


def test_whole_blood_that_was_never_counted_stays_missing() -> None:
    given = arterial(drawn(whole=np.full(SECONDS.size, np.nan)), until=60.0, unit="kBq/mL")
    assert np.all(np.isnan(given.whole))
    assert "no whole blood counted" in given.flags


def test_negative_counts_are_kept_and_said() -> None:
    plasma = plasma_at(SECONDS / 60)
    plasma[:5] = [-0.3, 0.2, -0.1, 0.3, -0.2]
    given = arterial(drawn(plasma=plasma), until=60.0, unit="kBq/mL")
    assert "3 plasma samples below 0, kept" in given.flags


@pytest.mark.parametrize("level", [0.0, -1.0])
def test_an_empty_input_is_refused(level: float) -> None:
    with pytest.raises(DataError, match="no activity above 0"):
        arterial(drawn(plasma=np.full(SECONDS.size, level)), until=60.0, unit="kBq/mL")


def test_plasma_never_counted_is_refused() -> None:
    with pytest.raises(DataError, match="no activity was counted"):
        arterial(drawn(plasma=np.full(SECONDS.size, np.nan)), until=60.0, unit="kBq/mL")


@pytest.mark.parametrize("model", [hill, exponential, monotone, closest])
def test_shares_stay_shares_and_never_rise(model: object) -> None:
    minutes = np.array([1.0, 3, 6, 12, 25, 40, 60])
    shares = np.array([0.98, 0.93, 0.8, 0.5, 0.3, 0.22, 0.18])
    share = model(minutes, shares)  # type: ignore[operator]
    found = share(np.linspace(0, 120, 241))
    assert np.all((found >= 0) & (found <= 1))
    assert np.all(np.diff(found) <= 1e-12)
    assert np.max(np.abs(share(minutes) - shares)) < 0.1


def test_shape_models_refuse_three_samples() -> None:
    with pytest.raises(DataError, match="needs 4"):
        hill(np.array([1.0, 2, 3]), np.array([0.9, 0.8, 0.7]))


def test_the_convolution_is_exact_for_straight_inputs_at_any_rate_and_any_frame() -> None:
    minutes = np.arange(0, 601) / 10
    ramp = Curve.on(minutes, minutes)
    at = np.array([0.0, 0.33, 7.77, 60.0])
    for rate in (1e-5, 0.003, 0.2, 3.0):
        # of a ramp: t / rate - (1 - exp(-rate t)) / rate^2, its series where that is rounding
        x = rate * at
        exact = np.where(
            x < 1e-2, at**2 * (1 / 2 - x / 6 + x**2 / 24), (x + np.expm1(-x)) / rate**2
        )
        assert np.allclose(
            convolved(ramp, np.array([rate]), at)[0], exact, rtol=1e-7, atol=1e-9
        )


def test_a_delay_moves_the_input_earlier() -> None:
    minutes = np.arange(0, 3601) / 60
    curve = Curve.on(minutes, np.asarray(plasma_at(minutes)))
    late = Curve.on(minutes, np.asarray(plasma_at(minutes - 0.5)))
    frames = Frames(np.arange(0.0, 50, 0.5), np.arange(0.5, 50.5, 0.5))
    rate = np.array([0.1])
    assert np.allclose(
        frame_means(late, rate, frames, 0.5), frame_means(curve, rate, frames, 0.0), atol=0.05
    )


def test_an_uneven_grid_is_refused() -> None:
    with pytest.raises(DataError, match="even grid"):
        Curve.on(np.array([0.0, 1, 3]), np.ones(3))
