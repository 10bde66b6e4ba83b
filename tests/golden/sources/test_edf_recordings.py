"""EDF: real files, against their bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.signal import Signal
from interbeat.sources._reader import Wanted
from interbeat.sources.files.edf import accepts, read_edf

Data = Callable[[str], Path]


def test_a_faros_recording_has_the_samples_in_the_file(data: Data) -> None:
    path = data("devicely_formats/Faros_test_data/testfile_read.EDF")
    assert accepts(path)
    session = read_edf(path, Wanted())
    channels = session["a"].channels
    found = {
        name: (s.sampling_rate, len(s), s.unit)
        for name, s in channels.items()
        if isinstance(s, Signal)
    }
    assert found == {
        "ecg": (500, 39_000, "mV"),
        "acceleration_x": (25, 1_950, "g"),
        "acceleration_y": (25, 1_950, "g"),
        "acceleration_z": (25, 1_950, "g"),
    }
    samples = [500, 25, 25, 25, 1, 5]  # a record, of the six signals in the file
    raw = np.fromfile(path, dtype="<i2", offset=256 * 7).reshape(78, sum(samples))
    ecg = channels["ecg"]
    assert isinstance(ecg, Signal)
    np.testing.assert_allclose(ecg.values, raw[:, :500].ravel() / 1000, atol=1e-9)
    assert session.start is not None
    assert session.start.isoformat() == "2018-10-12T16:54:12+00:00"


def test_what_the_file_left_open_is_reported(data: Data) -> None:
    path = data("devicely_formats/Faros_test_data/testfile_read.EDF")
    notes = {str(note) for note in read_edf(path, Wanted()).inferences}
    assert f"{path.name}: clock taken as UTC, because EDF names no time zone" in notes
    assert f"{path.name}, 'ECG': channel taken as ecg, because of its label" in notes


def test_skin_conductance_keeps_its_unit(data: Data) -> None:
    eda = read_edf(data("biosignalsnotebooks/eda_slow_signal.edf"), Wanted())["a"].channels[
        "eda"
    ]
    assert isinstance(eda, Signal)
    assert (eda.sampling_rate, len(eda), eda.unit) == (100, 2900, "µS")
    assert eda.values[0] == pytest.approx(1.5)


def test_the_user_outranks_the_label(data: Data) -> None:
    path = data("devicely_formats/Faros_test_data/testfile_read.EDF")
    session = read_edf(path, Wanted(channels={"movement": "Accelerometer_X"}))
    assert "movement" in session["a"].channels
    assert "acceleration_x" not in session["a"].channels
