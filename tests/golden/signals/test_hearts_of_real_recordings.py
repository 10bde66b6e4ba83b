"""What the detectors reach on real recordings. Changes must not lead to worse results.

Settings were chosen on simulated hearts, on the 1xx records of the MIT-BIH Arrhythmia Database
and on 14046 and 14149 of the Long-Term Database; bounds on the others are reports, not fits.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals.cardiac import EcgStage, detect_beats
from interbeat.signals.correction import irregular_stretches, mark_beats
from interbeat.signals.pulse import detect_pulses

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what wfdb says of pandas is not about us
    import wfdb

Loader = Callable[[str], Path]

BEATS = frozenset("NLRBAaJSVrFejnE/fQ?")
CHOSEN = ["101", "106", "108", "109", "112", "114", "115", "116", "118", "119", "122", "124"]
REPORTED = ["201", "203", "205", "207", "208", "209", "215", "220", "223", "230"]


def annotated(path: Path) -> tuple[FloatArray, np.ndarray, list[tuple[float, float]]]:
    """Return times (s) and types of beats, and the spans of ventricular flutter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notes = wfdb.rdann(str(path.with_suffix("")), "atr")
    times, types = np.asarray(notes.sample) / notes.fs, np.array(notes.symbol)
    flutter = list(zip(times[types == "["], times[types == "]"], strict=True))
    beat = np.isin(types, list(BEATS))
    return times[beat], types[beat], flutter


def outside(times: FloatArray, spans: list[tuple[float, float]]) -> FloatArray:
    inside = np.zeros(times.size, dtype=np.bool_)
    for begin, end in spans:
        inside |= (times >= begin - 0.2) & (times <= end + 0.2)
    return np.asarray(times[~inside])


def matches(true: FloatArray, found: FloatArray, tolerance: float) -> int:
    """Return how many beats agree one to one, in order."""
    i = j = count = 0
    while i < true.size and j < found.size:
        if abs(true[i] - found[j]) <= tolerance:
            nearer = j + 1 < found.size and abs(found[j + 1] - true[i]) < abs(
                found[j] - true[i]
            )
            count, i = (count, i) if nearer else (count + 1, i + 1)
            j += 1
        elif found[j] < true[i]:
            j += 1
        else:
            i += 1
    return count


def f1(scores: list[tuple[int, int, int]]) -> float:
    agreed, true, found = np.sum(scores, axis=0)
    return float(200 * agreed / (true + found))


def scored(data: Loader, record: str, tolerances: list[float]) -> list[tuple[int, int, int]]:
    path = data(f"mitdb/{record}.dat")
    signals, fields = wfdb.rdsamp(str(path.with_suffix("")), channels=[0])
    times, _, flutter = annotated(path)
    true = outside(times, flutter)
    found = outside(detect_beats(signals[:, 0], sampling_rate=fields["fs"]).times, flutter)
    return [(matches(true, found, t), true.size, found.size) for t in tolerances]


@pytest.mark.parametrize(
    ("records", "at_150_ms", "at_50_ms"), [(CHOSEN, 99.9, 99.5), (REPORTED, 99.75, 99.5)]
)
def test_r_peaks_of_arrhythmic_hearts_agree_with_experts(
    data: Loader, records: list[str], at_150_ms: float, at_50_ms: float
) -> None:
    scores = [scored(data, record, [0.150, 0.050]) for record in records]
    assert f1([s[0] for s in scores]) >= at_150_ms
    assert f1([s[1] for s in scores]) >= at_50_ms
    assert min(f1([s[0]]) for s in scores) >= 98.7


def muscle_and_movement(n: int, rng: np.random.Generator) -> FloatArray:
    """Return noise of unit power at 360 Hz: half 1/f, half bursts at 20 to 100 Hz."""
    hertz = np.fft.rfftfreq(n, 1 / 360)

    def shaped(weight: FloatArray) -> FloatArray:
        return np.asarray(np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * weight, n))

    move = shaped(np.where(hertz > 0.1, np.maximum(hertz, 0.1) ** -0.5, 0.0))
    muscle = shaped(((hertz >= 20) & (hertz <= 100)).astype(np.float64))
    muscle *= np.repeat(rng.random(n // 180 + 1) < 0.5, 180)[:n]
    return np.asarray((move / move.std() + muscle / muscle.std()) / np.sqrt(2))


def test_r_peaks_are_found_in_noise_as_strong_as_the_heart(data: Loader) -> None:
    """Two of four minutes after the fifth are noisy, at 0 dB; scored are those."""
    scores = []
    for record in ("101", "112", "122", "220", "230"):
        path = data(f"mitdb/{record}.dat")
        signals, _ = wfdb.rdsamp(str(path.with_suffix("")), channels=[0], sampto=324_000)
        power = np.median(signals.reshape(-1, 3600).var(axis=1))
        noise = muscle_and_movement(324_000, np.random.default_rng(int(record)))
        seconds = np.arange(324_000) / 360
        noisy = (seconds >= 300) & ((seconds - 300) % 240 < 120)
        values = signals[:, 0] + noisy * noise * np.sqrt(power)
        true, _, _ = annotated(path)
        found = detect_beats(values, sampling_rate=360).times
        for begin in (300, 540, 780):
            here = true[(true >= begin) & (true < begin + 120)]
            there = found[(found >= begin) & (found < begin + 120)]
            scores.append((matches(here, there, 0.150), here.size, there.size))
    assert f1(scores) >= 99.5


def test_a_second_lead_finds_the_beats_that_the_first_lost(data: Loader) -> None:
    """The first lead of 116 fades out for six seconds, twice."""
    path = data("mitdb/116.dat")
    signals, fields = wfdb.rdsamp(str(path.with_suffix("")))
    true, _, _ = annotated(path)
    found = detect_beats(signals.T, sampling_rate=fields["fs"]).times
    assert true.size + found.size - 2 * matches(true, found, 0.150) <= 7


@pytest.mark.parametrize(
    ("record", "sensitivity"), [("14046", 77.0), ("14134", 74.0), ("14157", 99.4)]
)
def test_ectopic_beats_of_a_day_are_marked_and_normal_ones_are_not(
    data: Loader, record: str, sensitivity: float
) -> None:
    """What is held here is what is reached; 97 % were wanted of all V beats together.

    Many of the first two come so late that no rule on intervals tells them: of those within a
    tenth of their time under six in ten are found. Four in a hundred more were found by marks
    that also took the deep breaths of a person after exercise.

    Boosted trees that saw the labels of every other ten minutes of the same person find 94.5,
    96.5 and 99.9 % at a specificity of 99.8 %; trained on others, 82, 85 and 99.2 %.
    """
    times, types, _ = annotated(data(f"ltdb_beats/{record}.atr"))
    marked = ~mark_beats(Beats.at(times, "a")).normal
    assert 100 * marked[types == "V"].mean() >= sensitivity
    assert 100 * (~marked[types == "N"]).mean() >= 99.6


def test_two_normal_beats_of_a_thousand_are_lost_to_ectopic_ones(data: Loader) -> None:
    kept = []
    for record in ("14046", "14134", "14157"):
        times, types, _ = annotated(data(f"ltdb_beats/{record}.atr"))
        kept.append(mark_beats(Beats.at(times, "a")).normal[types == "N"])
    assert 100 * np.concatenate(kept).mean() >= 99.8


def test_a_heart_without_rhythm_is_said_to_have_none_and_its_beats_are_not_marked(
    data: Loader,
) -> None:
    """Record 14149: no rhythm is annotated, and two in three intervals bend by over 12 %."""
    times, types, _ = annotated(data("ltdb_beats/14149.atr"))
    beats = mark_beats(Beats.at(times, "a"))
    assert 100 * beats.normal[types == "N"].mean() >= 99.5
    assert irregular_stretches(beats).seconds > 0.99 * (times[-1] - times[0])


@pytest.mark.parametrize("person", ["nsr001", "nsr002", "nsr003", "nsr004"])
def test_a_healthy_day_has_a_rhythm(data: Loader, person: str) -> None:
    rr = np.loadtxt(data(f"rhrvbook_rr/Chapter8/normal/{person}_rr_secs.txt"))[1:]
    beats = mark_beats(Beats.from_rr(1000 * rr, "a"))
    assert beats.normal.mean() > 0.99
    assert len(irregular_stretches(beats)) == 0


def bio(data: Loader, name: str) -> FloatArray:
    table = np.genfromtxt(
        data("neurokit_bio/bio_resting_5min_100hz.csv"), delimiter=",", names=True
    )
    return np.asarray(table[name])


def test_pulse_waves_follow_r_peaks(data: Loader) -> None:
    peaks = detect_beats(bio(data, "ECG"), sampling_rate=100).times
    waves = detect_pulses(bio(data, "PPG"), sampling_rate=100).times
    later = waves[1:] - peaks[np.searchsorted(peaks, waves[1:]) - 1]
    agreed = matches(peaks + np.median(later), waves, 0.1)
    assert f1([(agreed, peaks.size, waves.size)]) >= 98.9


def test_movement_does_not_turn_a_lead(data: Loader) -> None:
    """R and S are nearly as large; three beats in movement have an S that is far larger."""
    values, stage = bio(data, "ECG"), EcgStage(100.0, "a")
    sides = []
    for k in range(0, values.size, 100):
        stage.push(Signal(values[k : k + 100], 100.0, "mV", "a", k / 100))
        sides.append(stage.polarity)
    assert set(sides[10:]) == {1}


def test_an_upside_down_pulse_has_the_same_waves(data: Loader) -> None:
    ppg = bio(data, "PPG")
    assert detect_pulses(-ppg, sampling_rate=100) == detect_pulses(ppg, sampling_rate=100)


def test_deep_slow_breathing_is_not_marked(data: Loader) -> None:
    """RMSSD is 104 ms: intervals swing by half with each of six breaths a minute."""
    beats = detect_beats(np.load(data("garcia_physio/ecg1.npy")), sampling_rate=1000)
    marked = mark_beats(beats)
    rr = marked.rr_ms
    assert len(beats) == 408
    assert marked.normal.all()
    assert np.sqrt(np.mean(np.diff(rr) ** 2)) == pytest.approx(104, abs=3)


def test_the_height_of_beats_shows_each_breath(data: Loader) -> None:
    ecg = np.load(data("garcia_physio/ecg1.npy"))
    airflow = np.load(data("garcia_physio/resp1_airflow.npy"))
    stage = EcgStage(1000.0, "a")
    made = joined([stage.push(Signal(ecg, 1000.0, "a.u.", "a", 0.0)), stage.finish()])
    edr = made["edr"]
    assert isinstance(edr, Signal)
    there = np.isfinite(edr.values)
    assert there.mean() > 0.98
    assert strongest(edr.values[there], 4.0) == pytest.approx(
        strongest(airflow[::250], 4.0), abs=0.01
    )


def strongest(values: FloatArray, rate: float) -> float:
    """Return the frequency (Hz) at which a breath is most visible."""
    steady = values - np.polynomial.Polynomial.fit(np.arange(values.size), values, 1)(
        np.arange(values.size)
    )
    frequency = np.fft.rfftfreq(values.size, 1 / rate)
    band = (frequency > 0.06) & (frequency < 0.5)
    return float(frequency[band][np.argmax(np.abs(np.fft.rfft(steady))[band])])


@pytest.mark.parametrize(
    ("record", "marked"), [("S16_ECG_rest", 0), ("S19_ECG_rest", 0), ("S16_ECG_exercise", 1)]
)
def test_beats_are_found_at_ten_thousand_samples_a_second(
    data: Loader, record: str, marked: int
) -> None:
    """After exercise deep breaths lengthen single intervals by up to 1.8 times.

    One beat there comes 651 ms after the last and 1111 ms before the next, where intervals are
    of 880 ms: an ectopic beat with its pause looks the same to a tenth of a percent.
    """
    from scipy.io import wavfile

    folder = data("electrophys_unam/ECGbasics/data/ECGexercise")
    rate, samples = wavfile.read(folder / f"{record}.wav")
    beats = detect_beats(samples, sampling_rate=rate)
    assert (~mark_beats(beats).normal).sum() <= marked
    assert len(irregular_stretches(mark_beats(beats))) == 0
    assert 500 < beats.rr_ms.min() < beats.rr_ms.max() < 1250
