"""WFDB: real records, against a decoder of their bytes written for this test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interbeat.core.beats import Beats
from interbeat.core.errors import FormatError
from interbeat.core.signal import Signal
from interbeat.sources._reader import READERS, Wanted
from interbeat.sources.files.wfdb_record import accepts, read_wfdb

Data = Callable[[str], Path]


def unpacked_212(path: Path) -> NDArray[np.int16]:
    """Two 12-bit samples in three bytes, as the format's documentation has them."""
    triples = np.fromfile(path, dtype=np.uint8).reshape(-1, 3).astype(np.int16)
    first = triples[:, 0] | ((triples[:, 1] & 0x0F) << 8)
    second = triples[:, 2] | ((triples[:, 1] & 0xF0) << 4)
    both = np.stack((first, second), axis=1)
    return np.where(both > 2047, both - 4096, both).astype(np.int16)


def annotated(path: Path) -> list[tuple[int, int]]:
    """(sample, code) of each annotation: 6 bits of code, 10 of time since the last."""
    words = np.fromfile(path, dtype="<u2")
    found, sample, k = [], 0, 0
    while k < words.size:
        code, step = int(words[k]) >> 10, int(words[k]) & 0x3FF
        k += 1
        if code == 59:
            sample += (int(words[k]) << 16) + int(words[k + 1])
            k += 2
        elif code == 63:
            k += (step + 1) // 2
        elif code not in {60, 61, 62} and (code or step):
            sample += step
            found.append((sample, code))
    return found


@pytest.mark.parametrize("name", ["mitdb/101", "mitdb/106", "wfdb_samples/100"])
def test_two_leads_have_the_samples_in_the_file(data: Data, name: str) -> None:
    session = read_wfdb(data(f"{name}.hea"), Wanted())
    raw = unpacked_212(data(f"{name}.dat"))
    for k, channel in enumerate(("ecg", "ecg2")):
        signal = session["a"].channels[channel]
        assert isinstance(signal, Signal)
        assert (signal.sampling_rate, signal.unit, len(signal)) == (360, "mV", 650_000)
        np.testing.assert_allclose(signal.values, (raw[:, k] - 1024) / 200, atol=1e-12)


def test_rates_differ_within_a_record(data: Data) -> None:
    session = read_wfdb(data("wfdb_samples/03700181.hea"), Wanted())
    found = {
        name: (signal.sampling_rate, len(signal), signal.unit)
        for name, signal in session["a"].channels.items()
        if isinstance(signal, Signal)
    }
    assert found == {
        "ecg": (500, 300_000, "mV"),
        "blood_pressure": (125, 75_000, "mmHg"),
        "respiration": (125, 75_000, "mV"),
    }
    assert session.start is not None
    assert session.start.isoformat() == "1994-08-15T17:27:45+00:00"
    assert any(note.quantity == "clock" for note in session.inferences)


@pytest.mark.parametrize(
    ("name", "counts"),
    [  # as the directory of the MIT-BIH Arrhythmia Database has them
        ("wfdb_samples/100", {"N": 2239, "A": 33, "V": 1}),
        ("mitdb/101", {"N": 1860, "A": 3, "Q": 2}),
        ("mitdb/106", {"N": 1507, "V": 520}),
    ],
)
def test_annotated_beats_are_those_of_the_database(
    data: Data, name: str, counts: dict[str, int]
) -> None:
    beats = read_wfdb(data(f"{name}.atr"), Wanted())["a"].channels["beats"]
    assert isinstance(beats, Beats)
    assert len(beats) == sum(counts.values())
    unmarked = counts["N"] - int(beats.normal.sum())
    assert unmarked == (1 if name == "mitdb/101" else 0)  # one follows an unreadable stretch
    codes = {1: "N", 5: "V", 8: "A", 13: "Q"}
    raw = [
        (sample, codes[code])
        for sample, code in annotated(data(f"{name}.atr"))
        if code in codes
    ]
    assert Counter(code for _, code in raw) == counts
    np.testing.assert_allclose(beats.times, [sample / 360 for sample, _ in raw], rtol=1e-12)


def test_annotations_without_a_signal_are_beats_for_a_day(data: Data) -> None:
    session = read_wfdb(data("ltdb_beats/14046.hea"), Wanted())
    beats = session["a"].channels["beats"]
    assert isinstance(beats, Beats)
    assert len(beats) == 115_278
    assert int(beats.normal.sum()) == 105_414
    assert beats.start == 76 / 128
    assert beats.end == pytest.approx(23.5 * 3600, rel=0.01)
    assert any(note.quantity == "channel" for note in session.inferences)


def test_an_annotation_file_may_name_a_rate_of_its_own(data: Data) -> None:
    beats = read_wfdb(data("wfdb_samples/03700181.sqrs"), Wanted())["a"].channels["beats"]
    assert len(beats) == 1195
    assert beats.start == 3699 / 250
    assert beats.end < 600


def test_annotated_beats_come_beside_the_signal_when_asked_for(data: Data) -> None:
    path = data("mitdb/101.hea")
    session = read_wfdb(path, Wanted(channels={"beats": "atr", "ecg": "V1"}))
    assert set(session["a"].channels) == {"ecg", "ecg2", "beats"}
    unasked = read_wfdb(path, Wanted())
    assert "beats" not in unasked["a"].channels
    assert any("--channel beats=atr" in note.why for note in unasked.inferences)
    v1 = unasked["a"].channels["ecg2"]
    assert session["a"].channels["ecg"] == v1


def test_a_record_of_nothing_that_we_know_names_what_it_has(data: Data) -> None:
    with pytest.raises(FormatError, match=r"no signal is one of ours: FECG, UC"):
        read_wfdb(data("wfdb_samples/p10143.hea"), Wanted())


def test_each_file_of_a_record_has_this_reader_alone(data: Data) -> None:
    for name in ("100.hea", "100.dat", "100.atr", "03700181.sqrs"):
        path = data(f"wfdb_samples/{name}")
        assert accepts(path)
        fitting = [r for r in READERS.values() if path.suffix in r.suffixes and r.accepts(path)]
        assert [r.name for r in fitting] == ["wfdb"]
