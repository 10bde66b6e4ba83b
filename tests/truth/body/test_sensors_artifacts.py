"""What goes wrong with sensors goes wrong where it is said, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import interbeat as ib
from interbeat.body.couple import live
from interbeat.body.inputs import Inputs
from interbeat.body.noise import Streams
from interbeat.body.person import Person
from interbeat.body.sensors import Artifact, Equipment, Sensors, record, wear
from interbeat.body.sensors.artifacts import KINDS, SHAKING_RATE, shaking
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Recording
from interbeat.core.signal import Signal

EVERYTHING = Sensors(
    ecg=250.0, ppg=100.0, respiration=25.0, eda=4.0, blood_pressure=100.0, acceleration=25.0,
    temperature=4.0, strap=True,
)  # fmt: skip
RATES = {"ecg": 250.0, "ppg": 100.0, "respiration": 25.0, "eda": 4.0, "blood_pressure": 100.0}


@cache
def resting(seconds: float = 180.0) -> PersonTruth:
    return live([Person()], [Inputs.at_rest(seconds)], seed=4)["a"]


def told(*artifacts: Artifact, sensors: Sensors = EVERYTHING, seed: int = 4) -> Recording:
    return record("a", resting(), sensors, artifacts=artifacts, streams=Streams(seed, 0))


def values(recording: Recording, channel: str) -> FloatArray:
    data = recording.channels[channel]
    assert isinstance(data, Signal)
    return data.values


def same(one: Recording, other: Recording, channel: str) -> bool:
    return one.channels[channel] == other.channels[channel]


@settings(max_examples=25, deadline=None)
@example(channel="blood_pressure", kind="dropout", start=0.0, seconds=1.1)
@given(
    channel=st.sampled_from(sorted(RATES)),
    kind=st.sampled_from(("dropout", "flat", "motion", "clipping", "pop")),
    start=st.floats(0, 170), seconds=st.floats(0.5, 30),
)  # fmt: skip
def test_an_artifact_changes_its_own_channel_in_its_own_time_only(
    channel: str, kind: str, start: float, seconds: float
) -> None:
    if channel not in KINDS[kind]:
        return
    rates: dict[str, Any] = {"ecg": 125.0, "respiration": None, "eda": 4.0}
    sensors = Sensors(**(rates | {channel: RATES[channel]}))
    clean = told(sensors=sensors)
    spoiled = told(Artifact("a", channel, kind, start, seconds), sensors=sensors)
    changed = {name for name in clean.channels if not same(clean, spoiled, name)}
    assert changed <= {channel}
    rate = RATES[channel]
    before, after = values(clean, channel), values(spoiled, channel)
    where = np.flatnonzero(~((before == after) | (np.isnan(before) & np.isnan(after)))) / rate
    assert ((where >= start - 1e-9) & (where < start + seconds)).all()


def test_each_kind_does_what_it_says() -> None:
    clean = values(told(), "ecg")
    here = slice(250 * 50, 250 * 60)

    def spoiled(kind: str) -> FloatArray:
        return values(told(Artifact("a", "ecg", kind, 50.0, 10.0)), "ecg")[here]

    assert np.isnan(spoiled("dropout")).all()
    assert not spoiled("flat").any()
    assert np.ptp(spoiled("motion")) > 1.5 * np.ptp(clean[here])
    assert np.ptp(spoiled("clipping")) == pytest.approx(0.35 * np.ptp(clean), rel=0.3)
    popped = spoiled("pop") - clean[here]
    assert abs(popped[0]) > 0.3 * np.ptp(np.percentile(clean, (0.5, 99.5)))


def test_missed_beats_leave_no_wave_and_extra_ones_leave_one_more() -> None:
    beats = resting().beats.times
    inside = beats[(beats >= 50) & (beats < 60)]
    missed = told(Artifact("a", "ecg", "missed", 50.0, 10.0))
    extra = told(Artifact("a", "ecg", "extra", 50.0, 10.0))
    none = ib.detect_beats(values(missed, "ecg"), sampling_rate=250).times
    more = ib.detect_beats(values(extra, "ecg"), sampling_rate=250).times
    assert not ((none > 50.1) & (none < 59.9)).any()
    assert ((more > 50) & (more < 60)).sum() >= 2 * inside.size - 4
    assert same(told(), missed, "ppg")


def test_a_false_beat_leaves_the_waves_of_the_true_ones_as_they_were() -> None:
    extra = Artifact("a", "ecg", "extra", 50.0, 10.0)
    change = np.abs(values(told(extra), "ecg") - values(told(), "ecg"))
    beats = resting().beats.times
    where = np.flatnonzero(change > 1e-3) / 250
    assert where.size > 50
    assert np.abs(where[:, None] - beats).min(axis=1).min() > 0.15  # neither T nor QRS
    pulse = Artifact("a", "ppg", "extra", 50.0, 10.0)
    assert (values(told(pulse), "ppg") - values(told(), "ppg")).min() > -1e-9  # only added to


@pytest.mark.parametrize("kind", ["pop", "motion"])
@pytest.mark.parametrize("sensor", ["eda", "wrist_eda"])
def test_no_electrode_conducts_less_than_not_at_all(kind: str, sensor: str) -> None:
    worn = Sensors(ecg=None, respiration=None, eda=None)
    wrong = Artifact("a", sensor, kind, 20.0, 150.0)
    rates: dict[str, Any] = {sensor: 16.0}
    read = values(told(wrong, sensors=replace(worn, **rates)), "eda")
    assert read.min() >= 0
    assert np.ptp(read) > 1.5 * np.ptp(read[:300])


def test_detectors_do_not_trust_what_is_spoiled_and_trust_the_rest() -> None:
    recording = told(Artifact("a", "ecg", "motion", 60.0, 20.0))
    found = ib.detect_beats(values(recording, "ecg"), sampling_rate=250)
    spoiled = (found.times > 62) & (found.times < 78)
    clean = (found.times > 5) & (found.times < 55)
    assert found.normal[clean].all()
    beats = resting().beats.times
    true = np.abs(found.times[:, None] - beats).min(axis=1) < 0.02
    assert (found.normal & ~true & spoiled).sum() <= 2
    assert found.normal[spoiled].mean() < 0.8


def test_one_more_artifact_leaves_the_others_as_they_were() -> None:
    one = Artifact("a", "ecg", "motion", 30.0, 10.0)
    two = told(one, Artifact("a", "ecg", "pop", 100.0, 10.0))
    np.testing.assert_array_equal(
        values(two, "ecg")[:25_000], values(told(one), "ecg")[:25_000]
    )


def test_artifacts_of_the_partner_are_passed_over() -> None:
    partner = Artifact("b", "ecg", "flat", 30.0, 10.0)
    assert told(partner) == told()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, again, other = told(), told(), told(seed=5)
    assert one == again
    for name, data in one.channels.items():
        assert data != other.channels[name], name


def test_adding_or_changing_a_sensor_changes_no_other() -> None:
    everything = told()
    alone = told(sensors=Sensors(ecg=None, respiration=None, eda=4.0))
    assert set(alone.channels) == {"eda"}
    assert same(everything, alone, "eda")
    faster = told(sensors=replace(EVERYTHING, ecg=500.0, ppg=None, wrist_ppg=64.0))
    for name in set(everything.channels) - {"ecg", "ppg"}:
        assert same(everything, faster, name), name


def test_no_two_sensors_share_a_stream() -> None:
    truth = resting()
    flat = Signal(np.full(len(truth.conductance), 4.0), 10.0, "1", "a", 0.0)
    still = replace(
        truth, beats=Beats.at(np.empty(0), "a"), conductance=flat, tonic=flat, sympathetic=flat,
        volume=Signal(np.zeros(len(truth.volume)), 50.0, "L", "a", 0.0),
    )  # fmt: skip
    rates = dict.fromkeys((*Sensors().worn, "ppg", "blood_pressure", "temperature"), 25.0)
    at_once = Sensors(**rates, acceleration=25.0)  # type: ignore[arg-type]
    at_wrist = Sensors(None, respiration=None, eda=None, wrist_ppg=25.0, wrist_eda=25.0)
    made = [record("a", still, one, streams=Streams(4, 0)) for one in (at_once, at_wrist)]
    noise = np.array([np.diff(values(one, name), 2) for one in made for name in one.channels])
    alike = np.corrcoef(noise) - np.eye(len(noise))
    assert len(noise) == 11
    assert np.abs(alike).max() < 0.1


def test_finger_and_wrist_are_two_recordings_of_one_body() -> None:
    truth = resting()
    streams = Streams(4, 0)
    finger = wear("a", truth, Sensors(ppg=64.0), streams=streams)
    wrist = wear("a", truth, Sensors(ppg=None, wrist_ppg=64.0), streams=streams)
    assert finger.recording.channels["ecg"] == wrist.recording.channels["ecg"]
    assert finger.recording.channels["ppg"] != wrist.recording.channels["ppg"]
    with pytest.raises(DataError, match="record twice"):
        Sensors(eda=4.0, wrist_eda=4.0)


def test_what_is_recorded_is_what_is_worn() -> None:
    made = wear("a", resting(), EVERYTHING, streams=Streams(4, 0))
    assert made.recording == told()
    assert set(made.feet) == {"ppg", "blood_pressure"}
    assert isinstance(made.recording.channels["beats"], Beats)
    assert {k: v.unit for k, v in made.recording.channels.items() if isinstance(v, Signal)} == {
        "ecg": "mV", "ppg": "a.u.", "respiration": "a.u.", "eda": "µS",
        "blood_pressure": "mmHg", "acceleration_x": "g", "acceleration_y": "g",
        "acceleration_z": "g", "temperature": "°C",
    }  # fmt: skip


def test_wearers_differ_and_every_number_has_a_source() -> None:
    rng = np.random.default_rng(1)
    one, other = Equipment.drawn(rng), Equipment.drawn(rng)
    assert one.ecg.r != other.ecg.r
    assert one.wrist_ppg.transit != other.wrist_ppg.transit
    rows = list(Equipment.parameters())
    assert len(rows) > 90
    assert all(row.parameter.source and row.parameter.unit for row in rows)


def test_a_body_without_beats_still_has_sensors() -> None:
    truth = replace(resting(), beats=Beats.at(np.empty(0), "a"))
    made = wear("a", truth, EVERYTHING, streams=Streams(4, 0))
    assert len(made.recording.channels["beats"]) == 0
    assert np.isfinite(values(made.recording, "ppg")).all()


def test_shaking_is_of_unit_size_and_slow() -> None:
    shaken = shaking(np.random.default_rng(0), 20_000)
    assert shaken.std() == pytest.approx(1.0, rel=0.05)
    power = np.abs(np.fft.rfft(shaken)) ** 2
    at = np.fft.rfftfreq(shaken.size, 1 / SHAKING_RATE)
    assert power[at < 4].sum() > 0.8 * power.sum()


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (("a", "ecg", "gremlin", 0.0, 1.0), "no artifact is called 'gremlin'"),
        (("a", "nose", "flat", 0.0, 1.0), "no sensor is called 'nose'"),
        (("c", "ecg", "flat", 0.0, 1.0), "no person is called 'c'"),
        (("a", "respiration", "pop", 0.0, 1.0), "possible: dropout, flat, motion, clipping"),
        (("a", "strap", "flat", 0.0, 1.0), "possible: dropout, missed, extra"),
        (("a", "ecg", "flat", -1.0, 1.0), "begins at 0 s or later"),
        (("a", "ecg", "flat", 0.0, 0.0), "lasts longer than 0 s"),
        (("a", "ecg", "flat", 0.0, np.inf), "lasts longer than 0 s"),
    ],
)
def test_an_artifact_that_cannot_be_is_refused(
    given_: tuple[str, str, str, float, float], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        Artifact(*given_)


@pytest.mark.parametrize(
    ("channel", "start", "said"),
    [("wrist_eda", 5.0, "a wears no 'wrist_eda'"), ("ecg", 500.0, "comes after the end")],
)
def test_an_artifact_that_cannot_happen_is_refused(
    channel: str, start: float, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        told(Artifact("a", channel, "flat", start, 5.0))


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.0, 2.0])
def test_a_session_that_is_hardly_a_beat_long_has_every_sensor(seconds: float) -> None:
    for seed in range(4):
        truth = live([Person()], [Inputs.at_rest(seconds)], seed=seed)["a"]
        recording = record("a", truth, EVERYTHING, streams=Streams(seed, 0))
        assert np.isfinite(values(recording, "blood_pressure")).all()
        assert truth.systolic.values.min() > truth.diastolic.values.max() > 40


def test_a_whole_number_is_a_rate_and_yes_is_none() -> None:
    assert Sensors(ecg=np.int64(250)).ecg == 250.0  # type: ignore[arg-type]
    with pytest.raises(DataError, match="strap is worn"):
        Sensors(strap="no")  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0.5, 0.0, -4.0, np.nan, np.inf, 30_000.0, "fast", True])
def test_a_sampling_rate_that_no_sensor_has_is_refused(rate: float) -> None:
    with pytest.raises(DataError, match="is sampled at 1 to 20000 Hz"):
        Sensors(ecg=rate)
