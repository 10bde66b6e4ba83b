"""Clocks that start late, drift and are set: what is stamped, and how to get back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import interbeat as ib
from interbeat.body.couple import live
from interbeat.body.inputs import Inputs
from interbeat.body.noise import Streams
from interbeat.body.person import Person
from interbeat.body.sensors import Clock, Equipment, Sensors, record, wear
from interbeat.body.sensors.ecg import Ecg
from interbeat.body.sensors.strap import TICKS, Strap
from interbeat.body.truth import PersonTruth
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.sources.clock import fit_clock, on_clock

ECG = Sensors(ecg=250.0, respiration=None, eda=None)
STILL = Equipment(ecg=Ecg(noise=0.0, wander=0.0, breath_on_baseline=0.0))

forward = st.lists(
    st.tuples(st.floats(1, 900), st.floats(0, 30)), max_size=4, unique_by=lambda row: row[0]
).map(lambda rows: tuple(sorted(rows)))


@cache
def resting(seconds: float = 600.0) -> PersonTruth:
    return live([Person()], [Inputs.at_rest(seconds)], seed=8)["a"]


def ecg(truth: PersonTruth, clock: Clock) -> Signal:
    made = record(
        "a", truth, ECG, streams=Streams(8, 0), clocks={"ecg": clock}, equipment=STILL
    )
    data = made.channels["ecg"]
    assert isinstance(data, Signal)
    return data


@given(
    offset=st.floats(-1e4, 1e4), drift=st.floats(-10_000, 10_000), jumps=forward,
    times=st.lists(st.floats(0, 1000), min_size=1, max_size=20),
)  # fmt: skip
def test_true_time_is_found_back_from_what_a_clock_reads(
    offset: float, drift: float, jumps: tuple[tuple[float, float], ...], times: list[float]
) -> None:
    clock = Clock(offset, drift, jumps)
    np.testing.assert_allclose(clock.true(clock.reads(times)), times, atol=1e-6)


@given(jumps=forward, readings=st.lists(st.floats(0, 1100), min_size=1, max_size=20))
def test_only_what_was_jumped_over_has_no_true_time(
    jumps: tuple[tuple[float, float], ...], readings: list[float]
) -> None:
    clock = Clock(jumps=jumps)
    true = clock.true(readings)
    known = np.isfinite(true)
    np.testing.assert_allclose(clock.reads(true[known]), np.array(readings)[known], atol=1e-6)
    for reading in np.array(readings)[~known]:
        over = [clock.reads(np.nextafter(t, 0)) <= reading <= clock.reads(t) for t, _ in jumps]
        assert any(over)


def test_a_clock_set_back_reads_a_time_twice_and_means_the_first() -> None:
    clock = Clock(jumps=((100.0, -10.0),))
    assert clock.true([95.0])[0] == 95.0
    assert clock.true([100.5])[0] == 110.5


@pytest.mark.parametrize("drift", [-200.0, 0.0, 35.0, 5000.0])
def test_r_waves_are_where_the_drifting_clock_reads_the_beats(drift: float) -> None:
    truth, clock = resting(), Clock(12.5, drift)
    made = ecg(truth, clock)
    assert made.sampling_rate == 250.0
    assert made.start == 12.5
    assert made.end == pytest.approx(clock.reads(600.0), abs=1 / 250)
    found = ib.detect_beats(made.values, sampling_rate=250).times + made.start
    stamped = clock.reads(truth.beats.times)
    off = found[:, None] - stamped
    assert np.abs(off).min(axis=0)[2:-2].max() < 1 / 250


def test_a_clock_set_forward_leaves_a_gap_of_that_length() -> None:
    truth, clock = resting(), Clock(jumps=((300.0, 2.0),))
    made, plain = ecg(truth, clock), ecg(truth, Clock())
    lost = np.isnan(made.values)
    assert lost.sum() == 500
    np.testing.assert_array_equal(np.flatnonzero(lost), 75_000 + np.arange(500))
    np.testing.assert_array_equal(made.values[~lost], plain.values)


def test_a_clock_set_back_loses_the_samples_whose_time_was_taken() -> None:
    truth, clock = resting(), Clock(jumps=((300.0, -2.0),))
    made, plain = ecg(truth, clock), ecg(truth, Clock())
    assert len(made) == len(plain) - 500
    np.testing.assert_array_equal(made.values[:75_000], plain.values[:75_000])
    np.testing.assert_array_equal(made.values[75_000:], plain.values[75_500:])


def test_two_devices_are_brought_together_by_markers_that_both_stamped() -> None:
    truth, clock = resting(), Clock(-3.0, 80.0)
    marks = np.arange(10.0, 600.0, 40.0)
    fit = fit_clock(clock.reads(marks), marks)
    made = record(
        "a", truth, ECG, streams=Streams(8, 0), clocks={"ecg": clock}, equipment=STILL
    )
    ours = on_clock(made, fit).channels["ecg"]
    assert isinstance(ours, Signal)
    assert ours.sampling_rate == pytest.approx(250 * (1 + 80e-6), rel=1e-9)
    found = ib.detect_beats(ours.values, sampling_rate=ours.sampling_rate).times + ours.start
    off = np.abs(found[:, None] - truth.beats.times).min(axis=0)[2:-2]
    assert off.max() < 1 / 250


def test_a_strap_measures_with_its_own_clock_and_is_stamped_by_the_phone() -> None:
    truth = resting()
    exact = Equipment(strap=Strap(jitter=0.0, drops=0.0, stalls=0.0))
    sensors = Sensors(ecg=None, respiration=None, eda=None, strap=True)
    fast, late = Clock(0.0, 10_000.0), Clock(100.0)

    def ticks(clocks: dict[str, Clock]) -> tuple[float, float]:
        made = wear("a", truth, sensors, streams=Streams(8, 0), clocks=clocks, equipment=exact)
        return sum(t for p in made.packets for t in p.rr) / TICKS, made.packets[0].arrival

    plain, first = ticks({})
    assert ticks({"strap": fast})[0] == pytest.approx(1.01 * plain, rel=1e-4)
    assert ticks({"phone": late})[1] == pytest.approx(first + 100.0)


def test_channels_of_one_device_share_its_clock_and_others_keep_theirs() -> None:
    truth, clock = resting(60.0), Clock(5.0, 50.0)
    sensors = Sensors(ecg=250.0, respiration=25.0, eda=4.0)
    made = record(
        "a", truth, sensors, streams=Streams(8, 0), clocks={"ecg": clock, "respiration": clock}
    )
    assert [made.channels[k].start for k in ("ecg", "respiration", "eda")] == [5.0, 5.0, 0.0]
    assert wear("a", truth, sensors, streams=Streams(8, 0), clocks={"ecg": clock}).clocks == {
        "ecg": clock
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": np.nan},
        {"drift_ppm": 20_000.0},
        {"jumps": ((5.0, np.inf),)},
        {"jumps": ((0.0, 1.0),)},
        {"jumps": ((-5.0, 1.0),)},
        {"jumps": ((np.nan, 1.0),)},
        {"jumps": ((5.0, 1.7e9),)},
        {"jumps": ((5.0, 1.0), (4.0, 1.0))},
    ],
)
def test_a_clock_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        replace(Clock(), **wrong)


def test_a_clock_of_nothing_worn_is_refused() -> None:
    with pytest.raises(DataError, match=r"no.*clock 'eda'; worn: ecg"):
        record("a", resting(60.0), ECG, streams=Streams(8, 0), clocks={"eda": Clock()})
