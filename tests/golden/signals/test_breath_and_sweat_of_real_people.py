"""Breathing and skin conductance of real people, against what is known of the recordings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import welch

from interbeat.core.arrays import FloatArray
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.signals.eda import EdaStage, decompose_eda
from interbeat.signals.respiration import RespirationStage, detect_breaths

Find = Callable[[str], Path]


def mean_rate(values: FloatArray, sampling_rate: float) -> float:
    """Return breaths per minute over the trusted cycles."""
    breaths = detect_breaths(values, sampling_rate=sampling_rate)
    return float(60 / np.diff(breaths.times)[breaths.whole].mean())


def spectral_rate(values: FloatArray, sampling_rate: float) -> float:
    """Return the mean frequency, per minute, of the spectrum's peak of breathing.

    An independent answer: Welch's spectrum of the whole record, and the power around its
    highest point between 3 and 45 a minute.
    """
    size = int(20 * sampling_rate)
    level = np.convolve(values, np.ones(size) / size, "same")
    frequency, power = welch(values - level, sampling_rate, nperseg=int(60 * sampling_rate))
    band = (frequency > 0.05) & (frequency < 0.75)
    peak = frequency[band][power[band].argmax()]
    near = (frequency > 0.7 * peak) & (frequency < 1.3 * peak)
    return float(60 * (frequency[near] @ power[near]) / power[near].sum())


@pytest.mark.parametrize(
    ("file", "sampling_rate", "per_minute"),
    [("garcia_physio/resp1_airflow.npy", 1000, 6.1), ("peakdet/RESP.csv", 40, 13.7)],
)
def test_the_rate_is_the_one_on_record(
    data: Find, file: str, sampling_rate: float, per_minute: float
) -> None:
    path = data(file)
    values = np.load(path) if path.suffix == ".npy" else np.loadtxt(path)
    assert mean_rate(values, sampling_rate) == pytest.approx(per_minute, abs=0.5)


def test_a_belt_agrees_with_its_spectrum(data: Find) -> None:
    """Where breathing is regular enough for a spectrum to have one peak."""
    table = np.genfromtxt(
        data("neurokit_bio/bio_resting_5min_100hz.csv"), delimiter=",", names=True
    )
    assert mean_rate(table["RSP"], 100) == pytest.approx(
        spectral_rate(table["RSP"], 100), abs=0.8
    )


@pytest.mark.parametrize("person", [1, 2, 3, 4, 6, 7, 8])
def test_belts_in_the_scanner_agree_with_their_spectrum(data: Find, person: int) -> None:
    """All of the eight but person 5, who sighs.

    Deep slow breaths among many shallow ones put that spectrum's peak at 9 a minute, where
    one counts 15: there the spectrum is no answer.
    """
    folder = data(f"bids_ds210/sub-0{person}")
    values = np.genfromtxt(next(iter(sorted(folder.rglob("*physio.tsv*")))))[:, 1]
    assert mean_rate(values, 50) == pytest.approx(spectral_rate(values, 50), abs=0.8)


def biopac(path: Path, name: str) -> tuple[FloatArray, float, dict[str, float]]:
    bioread = pytest.importorskip("bioread")
    recording = bioread.read(str(path))
    channel = next(c for c in recording.channels if c.name.startswith(name))
    marks = {
        m.text: m.sample_index / recording.samples_per_second for m in recording.event_markers
    }
    return channel.data, channel.samples_per_second, marks


def test_a_slow_belt_meets_the_marks_set_by_hand(data: Find) -> None:
    """At 3.90625 Hz; the person at the recorder marked where a breath began and ended."""
    values, rate, marks = biopac(data("bioread_acq/physio-4.4.0.acq"), "RESP")
    breaths = detect_breaths(values, sampling_rate=rate)
    k = np.argmin(np.abs(breaths.times - marks["Breathe In"]))
    assert breaths.times[k] == pytest.approx(marks["Breathe In"], abs=0.6)
    assert breaths.peaks[k] == pytest.approx(marks["Breathe Out"], abs=0.4)


def test_sweat_meets_the_marks_set_by_hand(data: Find) -> None:
    """At 2000 Hz; a peak and the trough after it were marked.

    From there conductance rises by 0.42 µS, against a tail of 0.2 µS that falls by some 30 %
    meanwhile: the response adds 0.48.
    """
    values, rate, marks = biopac(data("bioread_acq/physio-4.4.0.acq"), "EDA - GSR")
    responses = decompose_eda(values, sampling_rate=rate).responses
    assert np.abs(responses.peaks - marks["EDA Peak"]).min() < 0.5
    assert np.abs(responses.times - marks["EDA Trough"]).min() < 0.7
    at = np.abs(responses.times - marks["EDA Trough"]).argmin()
    assert responses.amplitude[at] == pytest.approx(0.48, abs=0.05)


def test_the_first_stimulus_is_answered_within_four_seconds(data: Find) -> None:
    """The largest response comes 3.4 s after the light at 10.23 s."""
    path = data("neurokit_bio/bio_eventrelated_100hz.csv")
    values = np.genfromtxt(path, delimiter=",", names=True)["EDA"]
    responses = decompose_eda(values, sampling_rate=100).responses
    after = responses.times - 10.23
    answered = (after > 1) & (after < 4)
    assert answered.sum() == 1
    assert responses.amplitude[answered][0] == responses.amplitude.max()
    assert 8 <= len(responses) <= 20


def measured(path: Path) -> tuple[dict[str, Data], int]:
    rows = np.loadtxt(path)
    stage = EdaStage(4, "a", "µS")
    parts = stage.push(Signal(rows[2:], 4, "µS", "a", 0.0)), stage.finish()
    joined = {name: part.then(parts[1][name]) for name, part in parts[0].items()}  # type: ignore[arg-type]
    return joined, rows.size - 2


def test_a_dry_wrist_hardly_answers(data: Find) -> None:
    """0.09 µS on average, at the edge of what a wristband can see."""
    out, n = measured(data("flirt_wearables/empatica/EDA.csv"))
    level = out["scl"]
    assert isinstance(level, Signal)
    assert len(level) == pytest.approx(n, abs=2)
    assert 0.05 < np.nanmedian(level.values) < 0.12
    assert len(out["responses"]) < 10
    quality = out["eda_quality"]
    assert isinstance(quality, Signal)
    bad = np.repeat(quality.values < 0.5, 4)[: len(level)]
    assert bad.sum() >= 40
    assert np.isnan(level.values[bad]).all()


def test_a_wristband_on_the_table_measures_nothing(data: Find) -> None:
    out, _ = measured(data("devicely_formats/Empatica_test_data/test_data_read/EDA.csv"))
    quality = out["eda_quality"]
    assert isinstance(quality, Signal)
    assert (quality.values == 0).all()
    assert len(out["responses"]) == 0


def test_airflow_with_its_unit_is_integrated(data: Find) -> None:
    """The same breaths, each onset later by the time from strongest to ending expiration."""
    values = np.load(data("garcia_physio/resp1_airflow.npy"))
    stage = RespirationStage(1000, "a", "mL/s")
    parts = stage.push(Signal(values, 1000, "mL/s", "a", 0.0)), stage.finish()
    volume = parts[0]["breaths"].then(parts[1]["breaths"])  # type: ignore[arg-type]
    assert 28 <= len(volume) <= 34
    rest = float(np.median(values))
    inside = volume.between(20, 280)
    at = np.round(inside.times * 1000).astype(int)
    before = np.array([values[i - 500 : i].mean() for i in at]) - rest
    after = np.array([values[i : i + 500].mean() for i in at]) - rest
    assert np.mean(after > before) > 0.8


def test_slow_tails_are_taken_for_tails(data: Find) -> None:
    """Four stimuli, large responses with tails of 20 s: neither level nor further bursts.

    cvxEDA's level rises by 1 µS within 25 s after the first; that of a high-pass, by 2.
    """
    path = data("neurokit_bio/bio_eventrelated_100hz.csv")
    values = np.genfromtxt(path, delimiter=",", names=True)["EDA"]
    parts = decompose_eda(values, sampling_rate=100)
    assert (parts.tonic < values).mean() > 0.98
    assert np.abs(np.diff(parts.tonic[::100])).max() < 0.06
    bursts = (np.diff((parts.driver > 0).astype(int)) > 0).sum()
    assert bursts < len(parts.responses) + 6
    assert 0.32 < parts.rise.value < 1.2  # neither at its bounds, 0.3 to 2 and 1 to 10 s
    assert 3 < parts.decay.value < 9.5
    first, second, third, fourth = parts.answers([10.23, 49.57, 92.23, 129.83])
    assert first.latency.value == pytest.approx(3.2, abs=0.5)
    assert (first.answered, fourth.answered) == (True, True)
    assert third.answered is not True
    assert second.answered is not True
