"""What electrodes, light, a cuff and a strap make of beats that are known."""

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
from interbeat.body.sensors import (
    Artifact,
    Ectopy,
    Equipment,
    Sensors,
    Worn,
    wear,
    with_ectopy,
)
from interbeat.body.sensors.artifacts import Traced, traced
from interbeat.body.sensors.ecg import Ecg
from interbeat.body.sensors.ppg import Ppg, at_beats
from interbeat.body.sensors.pressure import Cuff
from interbeat.body.sensors.strap import TICKS, Strap, heard, sent
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.signal import Signal
from interbeat.kernels.rendering import add_bumps, add_track, pressure_waves
from interbeat.sources._heartbeats import beats_stamped

NONE = Sensors(ecg=None, respiration=None, eda=None)
STILL_ECG = Ecg(noise=0.0, wander=0.0, breath_on_baseline=0.0)
STILL_PPG = Ppg(noise=0.0, wander=0.0, breath_on_baseline=0.0, jitter=0.0)
STILL_CUFF = Cuff(noise=0.0, wander=0.0)
STILL_STRAP = Strap(jitter=0.0, drops=0.0, stalls=0.0)
PERSON = Person()


@cache
def resting(seconds: float = 300.0, seed: int = 5) -> PersonTruth:
    return live([PERSON], [Inputs.at_rest(seconds)], seed=seed)["a"]


def worn(
    sensors: Sensors, truth: PersonTruth, *, seed: int = 5, equipment: Equipment | None = None
) -> Worn:
    return wear(
        "a", truth, sensors, streams=Streams(seed, 0), equipment=equipment or Equipment()
    )


def signal(given: Worn, channel: str) -> Signal:
    data = given.recording.channels[channel]
    assert isinstance(data, Signal)
    return data


def nearest(found: FloatArray, true: FloatArray) -> FloatArray:
    """Return how far (s) the nearest of `found` is from each of `true`."""
    k = np.clip(np.searchsorted(found, true), 1, found.size - 1)
    return np.minimum(np.abs(found[k] - true), np.abs(found[k - 1] - true))


def highest(values: FloatArray, rate: float, times: FloatArray, reach: float) -> FloatArray:
    """Return when the signal is highest within `reach` (s) of each of `times`."""
    inside = times[(times > reach) & (times < values.size / rate - reach)]
    spans = [(int(np.ceil((t - reach) * rate)), int((t + reach) * rate) + 1) for t in inside]
    return np.array([(i + np.argmax(values[i:j])) / rate for i, j in spans]) - inside


@settings(max_examples=12, deadline=None)
@given(rate=st.floats(100, 2000), seed=st.integers(0, 50))
def test_every_r_wave_peaks_within_a_sample_of_its_beat(rate: float, seed: int) -> None:
    truth = resting(60.0, seed)
    made = worn(replace(NONE, ecg=rate), truth, equipment=Equipment(ecg=STILL_ECG))
    off = highest(signal(made, "ecg").values, rate, truth.beats.times, 0.05)
    assert off.size > 40
    assert np.abs(off).max() <= 1 / rate


def test_noise_does_not_move_an_r_wave_by_more_than_a_sample() -> None:
    truth = resting()
    made = worn(replace(NONE, ecg=250.0), truth)
    assert np.abs(highest(signal(made, "ecg").values, 250, truth.beats.times, 0.05)).max() <= (
        1 / 250
    )


def test_the_detector_finds_every_beat_and_no_other() -> None:
    for seed in range(3):
        truth = resting(300.0, seed)
        ecg = signal(worn(replace(NONE, ecg=250.0), truth, seed=seed), "ecg")
        found = ib.detect_beats(ecg.values, sampling_rate=250)
        assert abs(len(found) - len(truth.beats)) <= 1  # at an edge
        assert (nearest(found.times, truth.beats.times) < 0.004).mean() >= 0.995
        assert found.normal.mean() > 0.99


def test_qt_grows_with_the_cube_root_of_the_interval_before() -> None:
    times = np.array([1.0, 2.0, 2.6, 4.0, 5.0])  # after 1.0, 0.6, 1.4 and 1.0 s
    truth = replace(resting(60.0), beats=Beats.at(times, "a"))
    made = worn(
        replace(NONE, ecg=1000.0), truth,
        equipment=Equipment(ecg=replace(STILL_ECG, breath_on_r=0.0)),
    )  # fmt: skip
    values = signal(made, "ecg").values
    tops = [
        0.1 + np.argmax(values[int(t * 1000) + 100 : int(t * 1000) + 450]) / 1000 for t in times
    ]
    longer = np.cbrt(np.array([1.0, 1.0, 0.6, 1.4, 1.0]))
    expected = STILL_ECG.qt * longer - STILL_ECG.onset - 2 * STILL_ECG.t_width * longer
    np.testing.assert_allclose(tops, expected, atol=0.0015)


def test_r_waves_shrink_as_the_chest_fills() -> None:
    truth = resting()
    made = worn(replace(NONE, ecg=1000.0), truth, equipment=Equipment(ecg=STILL_ECG))
    values = signal(made, "ecg").values
    at = np.round(truth.beats.times * 1000).astype(int)
    liters = truth.volume.values[np.round(truth.beats.times * 50).astype(int)]
    slope = np.polyfit(liters, values[at], 1)[0] / np.mean(values[at])
    assert slope == pytest.approx(-STILL_ECG.breath_on_r, rel=0.15)


@pytest.mark.parametrize(("channel", "sign"), [("ecg", 1.0), ("ppg", -1.0)])
def test_breathing_in_lifts_the_baseline_of_an_ecg_and_lowers_that_of_a_pulse(
    channel: str, sign: float
) -> None:
    still = replace(resting(), beats=Beats.at(np.empty(0), "a"))
    equipment = Equipment(ecg=Ecg(noise=0.0, wander=0.0), ppg=Ppg(noise=0.0, wander=0.0))
    sensors = replace(NONE, **{channel: 50.0})  # type: ignore[arg-type]  # a rate
    values = signal(worn(sensors, still, equipment=equipment), channel).values
    gain = {"ecg": Ecg().breath_on_baseline, "ppg": Ppg().breath_on_baseline}[channel]
    np.testing.assert_allclose(values, gain * still.volume.values, atol=1e-9)
    assert np.sign(gain) == sign


def test_a_pulse_is_as_high_as_its_pulse_pressure_and_has_a_second_wave() -> None:
    times = np.array([1.0, 3.0, 5.0, 7.0])
    truth = replace(resting(60.0), beats=Beats.at(times, "a"))
    high, low = (np.full(600, v) for v in (120.0, 78.0))
    high[(truth.systolic.times >= 3) & (truth.systolic.times < 5)] = 99.0
    held = replace(
        truth, systolic=replace(truth.systolic, values=high),
        diastolic=replace(truth.diastolic, values=low),
        sympathetic=replace(truth.sympathetic, values=np.ones(600)),
    )  # fmt: skip
    made = worn(replace(NONE, ppg=200.0), held, equipment=Equipment(ppg=STILL_PPG))
    values, feet = signal(made, "ppg").values, made.feet["ppg"]
    longer = np.cbrt(2.0)

    def at(seconds: float) -> float:
        return float(values[round(seconds * 200)])

    for foot, size in zip(feet, (1.0, 0.5, 1.0, 1.0), strict=True):
        assert at(foot + 2 * STILL_PPG.width * longer) == pytest.approx(size, rel=0.03)
        second = at(foot + STILL_PPG.second_after * longer)
        assert second == pytest.approx(0.38 * size, rel=0.1)


def test_a_premature_beat_is_wide_has_no_p_wave_and_an_opposite_t_wave() -> None:
    times = np.array([1.0, 2.0, 2.6, 4.0, 5.0])
    normal = np.array([True, True, False, True, True])
    truth = replace(resting(60.0), beats=Beats(times, normal, "a"))
    made = worn(replace(NONE, ecg=1000.0), truth, equipment=Equipment(ecg=STILL_ECG))
    values = signal(made, "ecg").values

    def at(seconds: float) -> float:
        return float(values[round(seconds * 1000)])

    half = [
        np.sum(values[int(t * 1e3) - 60 : int(t * 1e3) + 60] > at(t) / 2) for t in (2.0, 2.6)
    ]
    assert half[1] > 2 * half[0]
    assert at(2.0 - STILL_ECG.p_before) > 0.08 > abs(at(2.6 - STILL_ECG.p_before))
    assert values[2750:3000].min() < -0.2 < values[2150:2350].min()


def test_premature_beats_are_early_marked_and_made_up_for() -> None:
    before = resting(600.0)
    after = with_ectopy(before, Ectopy(per_hour=300), streams=Streams(5, 0))
    early = np.flatnonzero(~after.beats.normal)
    assert 25 < early.size < 80
    assert np.diff(early).min() >= 3
    others = after.beats.normal
    np.testing.assert_array_equal(after.beats.times[others], before.beats.times[others])
    ratio = after.beats.rr_ms[early - 1] / before.beats.rr_ms[early - 1]
    assert 0.55 <= ratio.min() < ratio.max() <= 0.8
    foot = at_beats(after.diastolic, after.beats.times)[early]
    peak, usual = (at_beats(t, before.beats.times) for t in (before.systolic, before.diastolic))
    assert ((foot > usual[early]) & (foot < peak[early - 1])).all()  # it has not run off yet
    pulse = at_beats(after.systolic, after.beats.times) - at_beats(
        after.diastolic, after.beats.times
    )
    assert pulse[early].mean() < 0.75 * pulse[others].mean()
    assert pulse[early + 1].mean() > 1.15 * pulse[others].mean()


def test_the_detector_finds_premature_beats_and_the_marks_agree() -> None:
    truth = with_ectopy(resting(600.0), Ectopy(per_hour=120), streams=Streams(5, 0))
    ecg = signal(worn(replace(NONE, ecg=250.0), truth), "ecg")
    found = ib.detect_beats(ecg.values, sampling_rate=250)
    assert (nearest(found.times, truth.beats.times) < 0.03).mean() > 0.99
    early = truth.beats.times[~truth.beats.normal]
    taken = np.sort(np.concatenate(list(ib.correct_beats(found).found.values())))
    assert (nearest(taken, early) < 0.03).mean() > 0.9
    assert (nearest(early, taken) < 1.5).mean() > 0.9  # an early beat or the one after it


def test_a_pulse_arrives_200_to_250_ms_after_its_beat() -> None:
    truth = resting()
    made = worn(replace(NONE, ppg=100.0), truth)
    late = made.feet["ppg"] - truth.beats.times
    assert 0.2 < late.mean() < 0.25
    assert 0.002 < late.std() < 0.015


@settings(max_examples=20, deadline=None)
@given(more=st.floats(-30, 30))
def test_a_pulse_arrives_a_millisecond_sooner_for_each_mmhg(more: float) -> None:
    truth = resting(60.0)
    higher = replace(truth.systolic, values=truth.systolic.values + more)
    equipment = Equipment(ppg=STILL_PPG)
    sensors = replace(NONE, ppg=50.0)
    as_was = worn(sensors, truth, equipment=equipment).feet["ppg"]
    risen = worn(sensors, replace(truth, systolic=higher), equipment=equipment).feet["ppg"]
    np.testing.assert_allclose(risen - as_was, -0.001 * more, atol=1e-6)


def test_sympathetic_drive_shortens_ejection_and_shrinks_the_pulse() -> None:
    truth = resting(60.0)
    twice = replace(truth.sympathetic, values=np.full(len(truth.sympathetic), 2.0))
    once = replace(truth.sympathetic, values=np.ones(len(truth.sympathetic)))
    equipment = Equipment(ppg=STILL_PPG)
    sensors = replace(NONE, ppg=100.0)
    calm, driven = (
        worn(sensors, replace(truth, sympathetic=s, sympathetic_effect=s), equipment=equipment)
        for s in (once, twice)
    )
    np.testing.assert_allclose(driven.feet["ppg"] - calm.feet["ppg"], -0.015, atol=1e-6)
    ratio = np.ptp(signal(driven, "ppg").values) / np.ptp(signal(calm, "ppg").values)
    assert ratio == pytest.approx(np.exp(-0.5), rel=0.02)


def test_the_detector_finds_the_pulses() -> None:
    truth = resting()
    made = worn(replace(NONE, ppg=100.0), truth)
    found = ib.detect_pulses(signal(made, "ppg").values, sampling_rate=100)
    steepest = made.feet["ppg"] + Ppg().width * np.cbrt(np.diff(truth.beats.times).mean())
    assert abs(len(found) - len(truth.beats)) <= 1
    assert (nearest(found.times, steepest) < 0.02).mean() > 0.99
    spread = np.std(
        np.diff(found.times) * 1000 - np.diff(made.feet["ppg"])[: len(found) - 1] * 1e3
    )
    assert spread < 10 or len(found) != len(truth.beats)


def test_the_wrist_has_a_smaller_pulse_in_more_noise_that_is_still_found() -> None:
    truth = resting()
    finger = signal(worn(replace(NONE, ppg=64.0), truth), "ppg").values
    made = worn(replace(NONE, wrist_ppg=64.0), truth)
    wrist = signal(made, "ppg").values
    assert _jitter(wrist) > 2 * _jitter(finger)
    found = ib.detect_pulses(wrist, sampling_rate=64)
    steepest = made.feet["wrist_ppg"] + Ppg().width
    assert (nearest(found.times, steepest) < 0.04).mean() > 0.95


def test_a_cuff_goes_from_diastolic_to_systolic_pressure_at_every_beat() -> None:
    truth = resting(120.0)
    made = worn(
        replace(NONE, blood_pressure=200.0), truth,
        equipment=Equipment(blood_pressure=STILL_CUFF, ppg=STILL_PPG),
    )  # fmt: skip
    values, feet = signal(made, "blood_pressure").values, made.feet["blood_pressure"]
    high, low = (at_beats(t, truth.beats.times) for t in (truth.systolic, truth.diastolic))
    for k in range(2, len(truth.beats) - 2):
        wave = values[int(np.ceil(feet[k] * 200)) : int(np.ceil(feet[k + 1] * 200))]
        assert wave.max() == pytest.approx(high[k], abs=1.0)
        assert wave[0] == pytest.approx(low[k], abs=1.5)
        assert wave[-1] == pytest.approx(low[k + 1], abs=1.5)


def test_a_strap_sends_every_interval_once_rounded_to_a_1024th_of_a_second() -> None:
    truth = resting()
    made = worn(replace(NONE, strap=True), truth, equipment=Equipment(strap=STILL_STRAP))
    ticks = np.array([t for packet in made.packets for t in packet.rr])
    rr = np.diff(truth.beats.times) * TICKS
    assert rr.size - 2 <= ticks.size <= rr.size  # the last ones are still on their way
    assert np.abs(ticks - rr[: ticks.size]).max() <= 0.5 + 1e-6


def test_an_interval_is_heard_after_its_beat_and_packets_come_about_once_a_second() -> None:
    truth = resting()
    prompt = Equipment(strap=Strap(drops=0.0, stalls=0.0))
    packets = worn(replace(NONE, strap=True), truth, equipment=prompt).packets
    arrivals = np.array([p.arrival for p in packets])
    assert np.median(np.diff(arrivals)) == pytest.approx(1.0, abs=0.05)
    assert (np.diff(arrivals) >= 0).all()
    heard_of = np.cumsum([len(p.rr) for p in packets])
    ended = np.where(heard_of > 0, truth.beats.times[heard_of], -1.0)
    assert (arrivals - ended > Strap().processing - 0.01).all()
    assert all(40 < p.heart_rate < 120 for p in packets[5:])


def test_a_strap_shows_the_rate_of_the_last_four_intervals() -> None:
    times = np.concatenate((np.arange(1.0, 31.0), 30.0 + 0.5 * np.arange(1, 61)))
    truth = replace(resting(60.0), beats=Beats.at(times, "a"))
    packets = worn(
        replace(NONE, strap=True), truth, equipment=Equipment(strap=STILL_STRAP)
    ).packets
    shown = {round(p.arrival): p.heart_rate for p in packets}
    assert (shown[20], shown[50]) == (60, 120)


def test_packets_pile_up_while_the_receiver_does_not_listen() -> None:
    truth = resting(600.0)
    strap = Strap(stalls=0.05, stalled=2.0, drops=0.0)
    packets = worn(replace(NONE, strap=True), truth, equipment=Equipment(strap=strap)).packets
    gaps = np.diff([p.arrival for p in packets])
    assert gaps.max() > 2.0
    assert (gaps < 0.01).sum() >= 10


def test_rounding_adds_to_rmssd_what_arithmetic_says() -> None:
    truth = resting(1800.0)
    strap = replace(STILL_STRAP, jitter=0.002)
    packets = worn(replace(NONE, strap=True), truth, equipment=Equipment(strap=strap)).packets
    ticks = np.array([t for p in packets for t in p.rr])
    extra = np.diff(ticks / TICKS) - np.diff(np.diff(truth.beats.times))[: ticks.size - 1]
    expected = 6 * 0.002**2 + 2 / 12 / TICKS**2  # of each beat, and of each interval
    assert np.mean(extra**2) == pytest.approx(expected, rel=0.1)


def test_a_reader_lays_the_intervals_end_to_end() -> None:
    truth = resting()
    strap = STILL_STRAP
    made = worn(replace(NONE, strap=True), truth, equipment=Equipment(strap=strap))
    beats = made.recording.channels["beats"]
    assert isinstance(beats, Beats)
    late = beats.times - truth.beats.times[: len(beats)]
    assert beats.normal.all()
    assert np.ptp(late) < 0.02  # half a tick an interval, adding up
    assert 0.5 < late.mean() < 3.0  # packets say nothing of when the beat was


@pytest.mark.parametrize("seed", range(4))
def test_beats_are_those_that_interbeats_own_reader_makes_of_the_packets(seed: int) -> None:
    truth = resting(600.0, seed)
    strap = Strap(drops=0.02, stalls=0.03)
    packets = sent(
        strap, beats=_as_traced(truth), seconds=600.0, rng=np.random.default_rng(seed)
    )
    rr = np.array([t for p in packets for t in p.rr]) / TICKS
    stamps = np.repeat([p.arrival for p in packets], [len(p.rr) for p in packets])
    own = heard(packets, "a")
    read = beats_stamped(rr, stamps, subject="strap").beats
    np.testing.assert_allclose(own.times, read.times)
    np.testing.assert_array_equal(own.normal, read.normal)


def test_a_lost_packet_takes_its_intervals_with_it_and_long_losses_are_seen() -> None:
    truth = resting(300.0)
    lost = Artifact("a", "strap", "dropout", 100.0, 20.0)
    made = wear("a", truth, replace(NONE, strap=True), artifacts=[lost], streams=Streams(5, 0))
    assert not [p for p in made.packets if 101.0 < p.arrival < 120.0]
    beats = made.recording.channels["beats"]
    assert isinstance(beats, Beats)
    gap = int(np.argmax(np.diff(beats.times)))
    assert np.diff(beats.times)[gap] == pytest.approx(20.0, abs=2.0)
    assert not beats.normal[gap + 1]
    later = beats.times > 125.0
    off = nearest(truth.beats.times, beats.times[later] - np.median(_lateness(beats, truth)))
    assert np.median(off) < 0.3


def test_a_missed_beat_doubles_an_interval_and_an_extra_one_splits_it() -> None:
    truth = resting(120.0)
    equipment = Equipment(strap=STILL_STRAP)
    sensors = replace(NONE, strap=True)
    beats = truth.beats.times
    missed = Artifact("a", "strap", "missed", float(beats[50]) - 0.1, 0.2)
    extra = Artifact(
        "a", "strap", "extra", float(beats[80]) - 0.1, float(beats[81] - beats[80]) + 0.2
    )
    made = wear(
        "a", truth, sensors, artifacts=[missed, extra], streams=Streams(5, 0),
        equipment=equipment,
    )  # fmt: skip
    rr = np.array([t for p in made.packets for t in p.rr]) / TICKS
    true = np.diff(beats)
    assert rr[49] == pytest.approx(true[49] + true[50], abs=0.001)
    assert rr[78] + rr[79] - true[79] - true[80] < 0.002
    k = 79  # one beat was missed before
    assert rr[k] + rr[k + 1] == pytest.approx(true[80], abs=0.002)


def _as_traced(truth: PersonTruth) -> Traced:
    return traced(truth.beats, [], np.random.default_rng(0))


def _jitter(values: FloatArray) -> float:
    """Return how much noise, which is faster than any pulse, there is for a signal's size."""
    return float(np.std(np.diff(values, 6)) / np.std(values))


def _lateness(beats: Beats, truth: PersonTruth) -> FloatArray:
    return beats.times[:50] - truth.beats.times[:50]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000), rate=st.floats(1, 500), n=st.integers(1, 400),
    many=st.integers(0, 12),
)  # fmt: skip
def test_bumps_are_a_sum_of_gaussians(seed: int, rate: float, n: int, many: int) -> None:
    rng = np.random.default_rng(seed)
    centers = rng.uniform(-1, n / rate + 1, many)
    widths, heights = rng.uniform(0.001, 0.5, many), rng.normal(size=many)
    out = np.zeros(n)
    add_bumps(out, rate, centers, widths, heights)
    far = (np.arange(n)[:, None] / rate - centers) / widths
    plain = (heights * np.exp(-0.5 * far**2)).sum(axis=1)
    np.testing.assert_allclose(out, plain, atol=1e-5 * max(many, 1) * 4)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000), rate=st.floats(1, 500), first=st.integers(0, 300),
    long=st.integers(1, 60),
)  # fmt: skip
def test_a_track_is_met_at_its_samples_and_smooth_between(
    seed: int, rate: float, first: int, long: int
) -> None:
    track = np.random.default_rng(seed).normal(size=long)
    out = np.zeros(200)
    add_track(out, first, rate, track, 10.0, 2.0)
    at = (np.arange(200) + first) / rate * 10.0
    plain = np.array([_catmull_rom(track, x) for x in at])
    np.testing.assert_allclose(out, 2.0 * plain, atol=1e-9)


def _catmull_rom(track: FloatArray, x: float) -> float:
    k = int(x)
    if k >= track.size - 1:
        return float(track[-1])
    padded = np.concatenate((track[:1], track, track[-1:]))
    p = padded[k : k + 4]
    u = x - k
    basis = np.array(
        [-u + 2 * u**2 - u**3, 2 - 5 * u**2 + 3 * u**3, u + 4 * u**2 - 3 * u**3, u**3 - u**2]
    )
    return float(basis @ p / 2)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), rate=st.floats(20, 300))
def test_a_pressure_wave_stays_between_its_pressures_and_meets_the_next_foot(
    seed: int, rate: float
) -> None:
    rng = np.random.default_rng(seed)
    feet = 0.5 + np.cumsum(rng.uniform(0.4, 1.4, 12))
    low = rng.uniform(60, 90, 12)
    high = low + rng.uniform(20, 60, 12)
    out = np.zeros(int(14 * rate))
    pressure_waves(out, rate, feet, low, high, 0.12, 1.5, np.array((0.36, 0.05, 0.0)))
    times = np.arange(out.size) / rate
    plain = np.full(out.size, low[0])
    for k in range(11):
        here = (times >= feet[k]) & (times < feet[k + 1])
        since, length = times[here] - feet[k], feet[k + 1] - feet[k]
        up = low[k] + (high[k] - low[k]) * 0.5 * (1 - np.cos(np.pi * since / 0.12))
        gone = 1 - np.exp(-(since - 0.12) / 1.5)
        down = high[k] + (low[k + 1] - high[k]) * gone / (1 - np.exp(-(length - 0.12) / 1.5))
        plain[here] = np.where(since < 0.12, up, down)
    inside = times < feet[11]
    np.testing.assert_allclose(out[inside], plain[inside], atol=1e-9)


def test_a_session_too_short_for_a_packet_has_none() -> None:
    truth = resting(60.0)
    short = replace(truth, inputs=Inputs.at_rest(0.5))
    made = worn(replace(NONE, strap=True), short)
    assert made.packets == ()
    assert len(made.recording.channels["beats"]) == 0
    assert sent(STILL_STRAP, _as_traced(truth), 0.5, rng=np.random.default_rng(0)) == ()
