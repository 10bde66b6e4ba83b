"""The simulated couple does what its truth says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.designed import (
    Artifact,
    Person,
    Sensors,
    Setting,
    Simulated,
    Task,
    demo_couple,
    scenarios,
    simulate,
    simulate_couple,
)

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal

STEADY = Person(reactivity=0, wander=0, mayer=0, resphrv=60)
ECG_ONLY = Sensors(ecg=250.0)


def signal(simulated: Simulated, person: str, channel: str) -> Signal:
    data = simulated.session[person].channels[channel]
    assert isinstance(data, Signal)
    return data


def quiet(person: Person, **task: float) -> Setting:
    return Setting((person, person), (Task("task", **task),), Sensors())  # type: ignore[arg-type]


def correlation(x: FloatArray, y: FloatArray) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, same, other = (demo_couple(seconds=120, seed=seed) for seed in (7, 7, 8))
    assert one.session == same.session
    assert one.truth["b"].beats == same.truth["b"].beats
    assert one.session != other.session


def test_a_sensor_changes_nothing_in_the_body_or_in_other_sensors() -> None:
    setting = Setting((STEADY, STEADY), (Task("rest"),), Sensors(ecg=250.0, eda=4.0))
    few = simulate_couple(seconds=60, seed=3, setting=setting)
    worn = Sensors(ecg=250.0, ppg=64.0, respiration=25.0, eda=4.0)
    many = simulate_couple(seconds=60, seed=3, setting=replace(setting, sensors=worn))
    assert few.truth["a"].beats == many.truth["a"].beats
    assert signal(few, "a", "eda") == signal(many, "a", "eda")


def test_coupling_leaves_the_leader_alone() -> None:
    apart = simulate_couple(seconds=300, seed=2, coupling=0, lag=2)
    tied = simulate_couple(seconds=300, seed=2, coupling=0.9, lag=2)
    assert apart.truth["a"].beats == tied.truth["a"].beats
    assert apart.truth["b"].beats != tied.truth["b"].beats


def test_the_ecg_peaks_within_a_sample_of_each_beat() -> None:
    simulated = demo_couple(seconds=300, seed=1)
    ecg, truth = signal(simulated, "a", "ecg"), simulated.truth["a"]
    clean = truth.beats.between(1, 90)
    reach = 20
    for time in clean.times:
        middle = round(time * 250)
        peak = middle - reach + int(np.argmax(ecg.values[middle - reach : middle + reach]))
        assert abs(peak / 250 - time) < 1.5 / 250


def test_the_rr_intervals_swing_with_breathing_by_the_set_amplitude() -> None:
    """A steady heart, regular breaths of known depth: fitted swing against the truth."""
    for breathing in (6.0, 12.0, 18.0):
        simulated = simulate_couple(
            seconds=1800, seed=4, coupling=0, setting=quiet(STEADY, breathing=breathing)
        )
        truth = simulated.truth["a"]
        middles = truth.beats.times[:-1] + np.diff(truth.beats.times) / 2
        phase = truth.breaths.phase(middles)
        known = np.isfinite(phase)
        angle = np.where(phase < 0.4, phase / 0.8, 0.5 + (phase - 0.4) / 1.2) * 2 * np.pi
        size = np.interp(middles, truth.resphrv.times, truth.resphrv.values)
        design = np.column_stack((np.ones(known.sum()), (size * np.cos(angle))[known]))
        fit = np.linalg.lstsq(design, truth.beats.rr_ms[known], rcond=None)[0]
        assert 2 * fit[1] == pytest.approx(1, abs=0.04)  # twice: from peak to trough


def test_resphrv_grows_as_breathing_slows() -> None:
    """Hirsch and Bishop 1981: flat below 7.2 breaths a minute, then -20 dB a decade."""
    sizes = [
        simulate_couple(
            seconds=600, seed=5, setting=quiet(STEADY, breathing=rate)
        ).truth["a"].resphrv.values.mean()
        for rate in (24.0, 12.0, 6.0)
    ]  # fmt: skip
    assert sizes[0] < sizes[1] < sizes[2] < 6 * sizes[0]


@pytest.mark.parametrize("breathing", [6.0, 15.0, 20.0])
def test_breaths_come_at_the_rate_of_the_task(breathing: float) -> None:
    simulated = simulate_couple(
        seconds=3600, seed=6, setting=quiet(Person(), breathing=breathing)
    )
    onsets = simulated.truth["b"].breaths.times
    rate = 60 * (onsets.size - 1) / (onsets[-1] - onsets[0])
    assert rate == pytest.approx(breathing, rel=0.03)
    assert 0.1 < np.std(np.log(np.diff(onsets))) < 0.2


def test_a_pacer_brings_both_breaths_together_and_says_so() -> None:
    tasks = (Task("apart", breathing=14), Task("paced", breathing=6, paced=True))
    setting = Setting((Person(), Person()), tasks, Sensors())
    truth = simulate_couple(seconds=600, seed=8, setting=setting).truth
    a, b = (truth[name].breaths.between(330, 590).times for name in "ab")
    assert np.abs(a[:, None] - b).min(axis=1).max() < 1.0
    assert [round(t) for t in (*truth.pacer.starts, *truth.pacer.ends)] == [300, 600]


def test_the_heart_rate_is_the_set_one() -> None:
    truth = simulate_couple(seconds=1800, seed=9, setting=quiet(Person(heart_rate=62))).truth
    beats = truth["a"].beats.times
    assert 60 * (beats.size - 1) / (beats[-1] - beats[0]) == pytest.approx(62, abs=1)


def test_the_followers_arousal_follows_by_the_lag_with_the_set_correlation() -> None:
    for lag, leader, follower in ((3.0, "a", "b"), (-3.0, "b", "a")):
        truth = simulate_couple(seconds=14400, seed=10, coupling=0.6, lag=lag).truth
        early = truth[leader].drive.values[:-12]
        late = truth[follower].drive.values[12:]
        assert correlation(early, late) == pytest.approx(0.6, abs=0.06)
        assert correlation(early, late) > correlation(late[:-12], early[12:]) + 0.1


def test_without_coupling_two_bodies_are_independent() -> None:
    """Correlations of 30 pairs scatter about 0 as those of unrelated series do."""
    found = []
    for seed in range(30):
        truth = simulate_couple(
            seconds=600, seed=seed, coupling=0, setting=quiet(Person())
        ).truth
        found.append(correlation(truth["a"].heart_rate.values, truth["b"].heart_rate.values))
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(30)
    assert np.std(found) < 0.35


def test_a_shared_stimulus_moves_both_at_once() -> None:
    truth = simulate_couple(seconds=7200, seed=11, coupling=0, stimulus=0.8).truth
    a, b = (truth[name].drive.values for name in "ab")
    assert correlation(a, b) == pytest.approx(0.64, abs=0.06)


def test_arousal_brings_more_skin_responses() -> None:
    def count(arousal: float) -> int:
        setting = quiet(Person(), arousal=arousal)
        truth = simulate_couple(seconds=3600, seed=12, setting=setting).truth
        return len(truth["a"].responses)

    assert 60 < count(0.0) < 250  # 1 to 4 a minute at rest
    assert count(0.8) > 3 * count(0.0)


def test_skin_conductance_is_its_level_and_its_responses() -> None:
    setting = Setting((Person(), Person()), (Task("rest"),), Sensors(eda=4.0))
    simulated = simulate_couple(seconds=900, seed=13, setting=setting)
    truth, eda = simulated.truth["a"], signal(simulated, "a", "eda").values
    rise = eda - truth.tonic.values
    assert rise.min() > -0.03
    onsets = (truth.responses.times * 4).astype(int)
    peaks = (truth.responses.peaks * 4).round().astype(int)
    seen = peaks < rise.size
    climbs = rise[peaks[seen]] - rise[onsets[seen]]
    assert np.mean(climbs > 0.4 * truth.responses.amplitude[seen]) > 0.8


def test_the_level_drifts_too_slowly_to_look_like_a_response() -> None:
    tonic = simulate_couple(seconds=1800, seed=17, setting=quiet(Person())).truth["a"].tonic
    assert np.abs(np.diff(tonic.values) * 4).max() < 0.02  # µS/s; a response rises by 0.2
    assert np.ptp(tonic.values) > 0.3


def test_premature_beats_are_early_and_marked() -> None:
    setting = quiet(replace(STEADY, ectopics=60))
    beats = simulate_couple(seconds=1800, seed=14, setting=setting).truth["a"].beats
    wrong = np.flatnonzero(~beats.normal)
    assert 15 < wrong.size < 50
    rr = beats.rr_ms
    assert (rr[wrong - 1] < 0.75 * np.median(rr)).all()
    assert (rr[wrong] > 1.25 * np.median(rr)).all()


def test_artifacts_touch_the_sensor_and_not_the_body() -> None:
    wrong = (
        Artifact("a", "ecg", "dropout", 10, 2),
        Artifact("a", "ecg", "flat", 20, 2),
        Artifact("a", "ecg", "motion", 30, 4),
        Artifact("b", "ecg", "missed", 40, 3),
    )
    setting = Setting((STEADY, STEADY), (Task("rest"),), ECG_ONLY)
    clean = simulate_couple(seconds=60, seed=15, setting=setting)
    spoiled = simulate_couple(seconds=60, seed=15, setting=replace(setting, artifacts=wrong))
    a = signal(spoiled, "a", "ecg")
    assert np.isnan(a.between(10, 12).values).all()
    assert (a.between(20, 22).values == 0).all()
    assert np.ptp(a.between(30, 34).values) > 1.3 * np.ptp(a.between(0, 4).values)
    assert signal(clean, "b", "ecg").between(40.3, 42.6).values.max() > 0.7
    assert signal(spoiled, "b", "ecg").between(40.3, 42.6).values.max() < 0.6
    assert a.between(44, 60) == signal(clean, "a", "ecg").between(44, 60)
    assert signal(spoiled, "b", "ecg").between(0, 39) == signal(clean, "b", "ecg").between(
        0, 39
    )
    assert clean.truth["a"].beats == spoiled.truth["a"].beats


@pytest.mark.parametrize("channel", ["ecg", "ppg"])
def test_a_missed_beat_takes_only_its_own_waves_away(channel: str) -> None:
    worn = replace(Sensors(), **{channel: 100.0})
    setting = Setting((STEADY, STEADY), (Task("rest"),), worn)
    missed = (Artifact("a", channel, "missed", 30, 4),)
    clean = simulate_couple(seconds=60, seed=15, setting=setting)
    spoiled = simulate_couple(seconds=60, seed=15, setting=replace(setting, artifacts=missed))
    before, after = signal(clean, "a", channel), signal(spoiled, "a", channel)
    where = np.flatnonzero(before.values != after.values) / 100
    assert 29.5 < where.min() < where.max() < 35


def test_an_artifact_that_began_before_the_session_is_cut_at_its_start() -> None:
    setting = Setting(
        (STEADY, STEADY), (Task("rest"),), ECG_ONLY,
        (Artifact("a", "ecg", "dropout", -2, 3),),
    )  # fmt: skip
    lost = np.isnan(
        signal(simulate_couple(seconds=60, seed=1, setting=setting), "a", "ecg").values
    )
    assert lost[:250].all()
    assert not lost[250:].any()


def test_a_racing_heart_beats_as_its_truth_says() -> None:
    setting = quiet(Person(heart_rate=180, resphrv=0), heart_rate=60)
    truth = simulate_couple(seconds=60, seed=1, setting=setting).truth["a"]
    assert 60 / np.diff(truth.beats.times).mean() == pytest.approx(
        truth.heart_rate.values.mean(), abs=1
    )


def test_pulses_follow_their_beats() -> None:
    setting = Setting((STEADY, STEADY), (Task("rest"),), Sensors(ppg=100.0))
    simulated = simulate_couple(seconds=60, seed=16, setting=setting)
    ppg = signal(simulated, "a", "ppg")
    for beat in simulated.truth["a"].beats.between(2, 57).times:
        pulse = ppg.between(beat, beat + 0.65).values
        assert 0.3 < np.argmax(pulse) / 100 < 0.46


def test_every_scenario_runs_and_says_what_it_is() -> None:
    for name, scenario in scenarios().items():
        made = simulate(name, seed=1, seconds=120)
        assert made.session.persons == ("a", "b")
        assert len(made.session.intervals) == len(scenario.setting.tasks)
        assert made.session.end == pytest.approx(120)


def test_the_demo_has_a_dropout_and_a_burst_of_motion() -> None:
    demo = demo_couple(seconds=900, seed=1)
    assert np.isnan(signal(demo, "b", "ecg").values).sum() == pytest.approx(9 * 250, abs=2)
    assert {x.kind for x in demo.truth.artifacts} == {"dropout", "motion"}


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(DataError, match="30 s or more, not 5 s"):
        simulate_couple(seconds=5, seed=1)
    with pytest.raises(DataError, match="coupling is a correlation"):
        simulate_couple(seconds=60, seed=1, coupling=1.5)
    with pytest.raises(DataError, match="lag of 90 s does not fit"):
        simulate_couple(seconds=60, seed=1, lag=90)
    with pytest.raises(DataError, match="possible: calm evening"):
        simulate("breakfast", seed=1)
    with pytest.raises(DataError, match="no person is called 'c'; possible: a, b"):
        Artifact("c", "ecg", "flat", 1, 1)
    with pytest.raises(DataError, match="no sensor is called 'beats'; possible: ecg"):
        Artifact("a", "beats", "flat", 1, 1)
    for seed in (-1, 1.5, None):
        with pytest.raises(DataError, match="a seed is a whole number from 0 up"):
            simulate("strangers", seed=seed, seconds=60)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="possible: dropout, flat, missed, motion"):
        Artifact("a", "ecg", "spilled coffee", 1, 1)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (Person, "heart_rate", 0.0), (Person, "heart_rate", np.nan), (Person, "ectopics", -1.0),
        (Person, "skin_recovery", 0.75), (Person, "resphrv", np.inf),
        (Sensors, "ecg", 0.0), (Sensors, "eda", np.nan),
    ],
)  # fmt: skip
def test_nobody_is_made_of_impossible_numbers(kind: type, name: str, value: float) -> None:
    with pytest.raises(DataError, match=f"{name} of a {kind.__name__} is"):
        kind(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("share", 0.0),
        ("share", -1.0),
        ("breathing", 0.0),
        ("breathing", -3.0),
        ("contact", 2.0),
    ],
)
def test_no_task_asks_the_impossible(name: str, value: float) -> None:
    with pytest.raises(DataError, match=f"{name} of a Task is"):
        Task("task", **{name: value})  # type: ignore[arg-type]
