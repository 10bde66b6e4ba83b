"""BIOPAC .acq: one recording as three versions of AcqKnowledge saved it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.signal import Signal
from interbeat.sources._reader import Wanted
from interbeat.sources.files.acq import accepts, read_acq

Data = Callable[[str], Path]
VERSIONS = ("3.8.1", "4.4.0", "5.0.1")


@pytest.mark.parametrize("version", VERSIONS)
def test_three_rates_stay_apart(data: Data, version: str) -> None:
    path = data(f"bioread_acq/physio-{version}.acq")
    assert accepts(path)
    channels = read_acq(path, Wanted())["a"].channels
    found = {
        name: (s.sampling_rate, len(s), s.unit)
        for name, s in channels.items()
        if isinstance(s, Signal)
    }
    cut = version == "3.8.1"  # where the respiration ends, see below
    assert found == {
        "ecg": (1000, 61_696 if cut else 61_893, "mV"),
        "respiration": (3.90625, 241, "V"),
        "eda": (2000, 123_392 if cut else 123_787, "µS"),
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_markers_are_where_the_recording_says(data: Data, version: str) -> None:
    intervals = read_acq(data(f"bioread_acq/physio-{version}.acq"), Wanted()).intervals
    found = {label: round(start, 2) for start, _, label in intervals.rows()}
    assert found == {
        "Breathe In": 4.31,
        "Breathe Out": 6.10,
        "Deep Breath 1": 6.16,
        "EDA Peak": 9.57,
        "Deep Breath 2": 16.68,
        "EDA Trough": 17.40,
        "Deep Breath 3": 36.77,
    }


def test_versions_hold_the_same_samples(data: Data) -> None:
    """The last 0.2 s of version 3.8.1, which bioread misreads, are left out and reported."""
    sessions = [read_acq(data(f"bioread_acq/physio-{v}.acq"), Wanted()) for v in VERSIONS]
    for name in ("ecg", "eda", "respiration"):
        oldest, old, new = (s["a"].channels[name] for s in sessions)
        assert isinstance(oldest, Signal)
        assert isinstance(old, Signal)
        assert isinstance(new, Signal)
        np.testing.assert_array_equal(old.values, new.values)
        np.testing.assert_allclose(oldest.values, old.values[: len(oldest)], atol=1e-9)
    notes = [str(note) for note in sessions[0].inferences]
    assert any("end taken as 61.696 s" in note for note in notes)
    assert not any(note.quantity == "end" for s in sessions[1:] for note in s.inferences)


def test_the_first_samples_are_those_in_the_file(data: Data) -> None:
    """One round of the interleaved layout: a derivative in 64 bits, then three of 16."""
    path = data("bioread_acq/physio-5.0.1.acq")
    row = np.dtype([("derivative", ">f8"), ("ekg", ">i2"), ("resp", ">i2"), ("eda", ">i2")])
    first = np.frombuffer(path.read_bytes()[9790 : 9790 + row.itemsize], dtype=row)[0]
    channels = read_acq(path, Wanted())["a"].channels
    found = [channels[name] for name in ("ecg", "respiration", "eda")]
    scales = ((6.103515625e-05, 0), (0.00030517578125, 0), (0.00152587890625, 0.0106813153))
    counts = (first["ekg"], first["resp"], first["eda"])
    for signal, count, (step, offset) in zip(found, counts, scales, strict=True):
        assert isinstance(signal, Signal)
        assert signal.values[0] == pytest.approx(float(count) * step + offset, abs=1e-9)


def test_newer_versions_date_the_start_in_utc(data: Data) -> None:
    starts = [read_acq(data(f"bioread_acq/physio-{v}.acq"), Wanted()).start for v in VERSIONS]
    assert starts[0] is None
    assert {s.isoformat() for s in starts[1:] if s} == {"2016-02-02T16:30:56.276000+00:00"}


def test_a_derivative_is_not_taken_for_skin_conductance(data: Data) -> None:
    path = data("bioread_acq/physio-3.8.1.acq")
    session = read_acq(path, Wanted())
    eda = session["a"].channels["eda"]
    assert isinstance(eda, Signal)
    assert eda.values.min() > 3  # the derivative goes below 0
    label = "EDA filtered, differentiated"
    asked = read_acq(path, Wanted(channels={"eda": label}))["a"].channels["eda"]
    assert isinstance(asked, Signal)
    assert asked.values[0] == pytest.approx(-100.896, abs=1e-3)
