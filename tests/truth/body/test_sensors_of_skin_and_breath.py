"""What belts, electrodes, an accelerometer and a thermometer make of a body that is known."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import interbeat as ib
from interbeat.body.couple import live
from interbeat.body.inputs import Inputs
from interbeat.body.noise import Streams
from interbeat.body.person import Person
from interbeat.body.sensors import Equipment, Sensors, record
from interbeat.body.sensors.acceleration import Accelerometer
from interbeat.body.sensors.belt import Belt
from interbeat.body.sensors.skin_conductance import Palm, Wrist
from interbeat.body.sensors.temperature import Temperature
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.signal import Signal

NONE = Sensors(ecg=None, respiration=None, eda=None)
STILL_PALM = Palm(noise=0.0)


@cache
def resting(seconds: float = 600.0, seed: int = 5) -> PersonTruth:
    return live([Person()], [Inputs.at_rest(seconds)], seed=seed)["a"]


def told(
    channel: str, sensors: Sensors, truth: PersonTruth, *, equipment: Equipment | None = None
) -> FloatArray:
    recording = record(
        "a", truth, sensors, streams=Streams(5, 0), equipment=equipment or Equipment()
    )
    data = recording.channels[channel]
    assert isinstance(data, Signal)
    return data.values


def nearest(found: FloatArray, true: FloatArray) -> FloatArray:
    k = np.clip(np.searchsorted(found, true), 1, found.size - 1)
    return np.minimum(np.abs(found[k] - true), np.abs(found[k - 1] - true))


def test_a_belt_follows_the_volume_of_the_lungs() -> None:
    truth = resting()
    belt = told("respiration", replace(NONE, respiration=25.0), truth)
    assert np.corrcoef(belt, truth.volume.values[::2])[0, 1] > 0.9


def test_the_detector_finds_every_breath() -> None:
    for seed in range(3):
        truth = resting(600.0, seed)
        belt = told("respiration", replace(NONE, respiration=25.0), truth)
        found = ib.detect_breaths(belt, sampling_rate=25)
        assert abs(len(found) - len(truth.breaths)) <= 2
        assert (nearest(found.times, truth.breaths.times[1:-1]) < 0.4).mean() > 0.97


def test_standing_up_shifts_a_belt_and_makes_it_answer_less() -> None:
    lying = Inputs.at_rest(240)
    upright = np.where(np.arange(2400) < 1200, 0.0, 1.0)
    truth = live([Person()], [replace(lying, posture=upright)], seed=3)["a"]
    belt = Belt(noise=0.0, wander=0.0)
    heard = told(
        "respiration", replace(NONE, respiration=50.0), truth,
        equipment=Equipment(respiration=belt),
    )  # fmt: skip
    volume = truth.volume.values
    low, high = (slice(100, 5900), slice(6100, 11900))
    np.testing.assert_allclose(heard[low], volume[low], atol=1e-9)
    expected = belt.upright_gain * volume[high] + belt.upright_shift
    np.testing.assert_allclose(heard[high], expected, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(rate=st.sampled_from((1.0, 4.0, 10.0, 25.0, 128.0, 1000.0)))
def test_a_palm_reads_the_same_skin_at_every_sampling_rate(rate: float) -> None:
    truth = resting(60.0)
    read = told("eda", replace(NONE, eda=rate), truth, equipment=Equipment(eda=STILL_PALM))
    times = np.arange(read.size) / rate
    between = np.interp(times, np.arange(len(truth.conductance)) / 10, truth.conductance.values)
    assert read.size == round(60 * rate)
    assert np.abs(read - between).max() < 0.05
    common = np.abs(times * 10 - np.round(times * 10)) < 1e-9
    at = np.round(times[common] * 10).astype(int)
    np.testing.assert_allclose(read[common], truth.conductance.values[at], atol=1e-12)


def test_the_noise_of_a_palm_is_a_few_nanosiemens() -> None:
    truth = resting()
    noisy = told("eda", replace(NONE, eda=10.0), truth)
    assert np.std(noisy - truth.conductance.values) == pytest.approx(0.004, rel=0.05)


def test_responses_on_a_smooth_level_are_found_and_few_others() -> None:
    hits, wrong, true = 0, 0, 0
    for seed in range(3):
        truth = resting(600.0, seed)
        phasic = truth.conductance.values - truth.tonic.values
        level = 4 + 0.5 * np.sin(2 * np.pi * np.arange(phasic.size) / 3000)
        smooth = replace(truth.conductance, values=level + phasic)
        read = told("eda", replace(NONE, eda=10.0), replace(truth, conductance=smooth))
        found = ib.decompose_eda(read, sampling_rate=10).responses
        large = truth.responses.times[truth.responses.amplitude > 0.05]
        hits += int((nearest(found.times, large) < 1.0).sum())
        true += large.size
        clear = found.times[found.amplitude > 0.05]
        wrong += int((nearest(truth.responses.times, clear) > 1.0).sum())
    assert hits / true > 0.9
    assert wrong <= 0.1 * true


def test_a_wrist_sees_little_of_the_palm_and_much_of_its_own() -> None:
    palm_changes, wrist_changes, alike = [], [], []
    for seed in range(6):
        truth = resting(600.0, seed)
        palm = told("eda", replace(NONE, eda=4.0), truth)
        wrist = told("eda", replace(NONE, wrist_eda=4.0), truth)
        palm_changes.append(np.std(palm))
        wrist_changes.append(np.std(wrist))
        alike.append(np.corrcoef(palm, wrist)[0, 1])
        assert wrist.min() >= 0
    assert np.median(wrist_changes) < np.median(palm_changes)
    assert -0.3 < np.median(alike) < 0.8


def test_a_wrist_with_nothing_of_its_own_is_a_slow_small_copy() -> None:
    truth = resting()
    quiet = Wrist(wander=0.0, own_rate=0.0, noise=0.0, warming=1.0)
    wrist = told(
        "eda", replace(NONE, wrist_eda=10.0), truth, equipment=Equipment(wrist_eda=quiet)
    )
    phasic = truth.conductance.values - truth.tonic.values
    seen = wrist[200:] - quiet.level
    assert seen.sum() == pytest.approx(quiet.share * phasic[200:].sum(), rel=0.05)
    lags = [np.corrcoef(seen[k:], phasic[200 : phasic.size - k])[0, 1] for k in range(40)]
    assert 5 <= int(np.argmax(lags)) <= 25  # of a tenth of a second


def test_sweat_gathers_under_dry_electrodes() -> None:
    truth = resting()
    dry = replace(truth, conductance=truth.tonic)
    quiet = Equipment(wrist_eda=Wrist(wander=0.0, own_rate=0.0, noise=0.0))
    wrist = told("eda", replace(NONE, wrist_eda=10.0), dry, equipment=quiet)
    assert wrist[0] == pytest.approx(0.5 * Wrist().level)
    assert wrist[-1] == pytest.approx(Wrist().level * (1 - 0.5 * np.exp(-1)), rel=1e-3)


def test_a_chest_moves_outwards_as_it_fills() -> None:
    truth = resting()
    meter = Accelerometer(noise=0.0)
    z = told(
        "acceleration_z", replace(NONE, acceleration=50.0), truth,
        equipment=Equipment(acceleration=meter),
    )  # fmt: skip
    assert np.polyfit(truth.volume.values, z, 1)[0] == pytest.approx(meter.breath)


def test_an_accelerometer_feels_gravity_whatever_the_posture() -> None:
    rest = Inputs.at_rest(120)
    posture = np.linspace(0, 1, 1200)
    truth = live([Person()], [replace(rest, posture=posture)], seed=3)["a"]
    still = Equipment(acceleration=Accelerometer(noise=0.0, breath=0.0))
    sensors = replace(NONE, acceleration=50.0)
    axes = [told(f"acceleration_{k}", sensors, truth, equipment=still) for k in "xyz"]
    np.testing.assert_allclose(np.sqrt(sum(a**2 for a in axes)), 1.0, atol=1e-6)
    assert axes[0][-1] == pytest.approx(np.sin(np.radians(70)), abs=1e-3)


def test_movement_shakes_every_sensor_while_it_lasts_and_only_then() -> None:
    rest = Inputs.at_rest(180)
    moving = np.zeros(1800)
    moving[600:1200] = 0.8
    still = live([Person()], [rest], seed=3)["a"]
    truth = replace(still, inputs=replace(rest, movement=moving))
    sensors = Sensors(
        ecg=100.0, ppg=100.0, respiration=100.0, eda=100.0, blood_pressure=100.0,
        acceleration=100.0,
    )  # fmt: skip
    quiet = record("a", still, sensors, streams=Streams(5, 0)).channels
    shaken = record("a", truth, sensors, streams=Streams(5, 0)).channels
    for name, data in quiet.items():
        assert isinstance(data, Signal)
        change = np.abs(shaken[name].values - data.values)  # type: ignore[union-attr]
        assert change[:5980].max() == 0.0, name
        assert change[12_020:].max() == 0.0, name
        assert change[6100:11_900].std() > 0.02 * data.values.std(), name


def test_skin_cools_slowly_as_the_drive_rises() -> None:
    truth = resting(900.0)
    step = replace(truth.sympathetic, values=np.where(np.arange(9000) < 3000, 1.0, 2.0))
    still = Equipment(temperature=Temperature(noise=0.0, wander=0.0))
    read = told(
        "temperature", replace(NONE, temperature=4.0), replace(truth, sympathetic=step),
        equipment=still,
    )  # fmt: skip
    assert read[1199] == pytest.approx(32.5, abs=1e-6)
    assert read[1200 + 360] == pytest.approx(32.5 - 1.2 * (1 - np.exp(-1)), abs=0.01)
    assert read[-1] == pytest.approx(31.3, abs=0.01)
