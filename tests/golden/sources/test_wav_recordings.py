"""WAV: the recordings of a low-cost amplifier, against the standard library."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from interbeat.core.signal import Signal
from interbeat.sources._reader import Wanted
from interbeat.sources.files.wav import accepts, read_wav

Data = Callable[[str], Path]


def test_every_recording_has_the_samples_in_the_file(data: Data) -> None:
    paths = sorted(data("electrophys_unam").rglob("*.wav"))
    assert len(paths) == 18  # in folders with accents and a space in their names
    for path in paths:
        assert accepts(path)
        ecg = read_wav(path, Wanted())["a"].channels["ecg"]
        assert isinstance(ecg, Signal)
        assert (ecg.sampling_rate, ecg.unit) == (10_000, "a.u.")
        with wave.open(str(path)) as file:
            assert file.getnchannels() == 1
            raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        np.testing.assert_array_equal(ecg.values, raw)


def test_why_it_is_an_ecg_is_reported(data: Data) -> None:
    path = data("electrophys_unam/ECGbasics/data/ECGexercise/S16_ECG_rest.wav")
    notes = [str(note) for note in read_wav(path, Wanted()).inferences]
    assert f"{path.name}: channel taken as ecg, because 'S16_ECG_rest' says so" in notes


def test_the_user_may_say_that_it_is_a_pulse(data: Data) -> None:
    path = data("electrophys_unam/ECGbasics/data/ECGexercise/S16_ECG_rest.wav")
    assert set(read_wav(path, Wanted(channels={"ppg": "0"}))["a"].channels) == {"ppg"}
