"""EDF: what is written comes back, and broken copies are refused with the byte."""

from __future__ import annotations

import datetime
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.errors import FormatError
from interbeat.core.signal import Signal
from interbeat.sources._reader import Wanted
from interbeat.sources.files.edf import read_edf

RATES = (4, 25, 128, 250, 1000)


def wave(
    rate: float, seconds: float, seed: int = 0
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(size=round(rate * seconds)).clip(-4, 4)


def write(
    path: Path,
    rates: dict[str, int],
    *,
    seconds: int = 10,
    annotations: list[edfio.EdfAnnotation] | None = None,
) -> None:
    edfio.Edf(
        [
            edfio.EdfSignal(wave(rate, seconds), rate, label=label, physical_dimension="mV",
                            physical_range=(-5, 5))
            for label, rate in rates.items()
        ],
        recording=edfio.Recording(startdate=datetime.date(2024, 5, 6)),
        starttime=datetime.time(10, 2, 3, 500_000 if annotations else 0),
        annotations=annotations,
    ).write(path)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rates=st.permutations(RATES), seconds=st.integers(1, 30))
def test_each_signal_comes_back_at_its_own_rate(
    tmp_path_factory: pytest.TempPathFactory, rates: list[int], seconds: int
) -> None:
    path = tmp_path_factory.mktemp("edf") / "x.edf"
    labels = dict(zip(("ECG", "Resp", "Pleth"), rates, strict=False))
    write(path, labels, seconds=seconds)
    channels = read_edf(path, Wanted())["a"].channels
    for name, rate in zip(("ecg", "respiration", "ppg"), rates, strict=False):
        signal = channels[name]
        assert isinstance(signal, Signal)
        assert (signal.sampling_rate, signal.unit, signal.start) == (rate, "mV", 0)
        step = 10 / 65_535  # of the 16-bit converter
        np.testing.assert_allclose(signal.values, wave(rate, seconds), atol=step)


def test_annotations_become_intervals(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    notes = [
        edfio.EdfAnnotation(1, None, "talk start"),
        edfio.EdfAnnotation(3.5, None, "talk end"),
        edfio.EdfAnnotation(5, 2.5, "rest"),
        edfio.EdfAnnotation(8, None, "cough"),
    ]
    write(path, {"ECG": 250}, annotations=notes)
    session = read_edf(path, Wanted())
    assert list(session.intervals.rows()) == [
        (1, 3.5, "talk"),
        (5, 7.5, "rest"),
        (8, 9, "cough"),
    ]
    assert session.start is not None
    assert session.start.isoformat() == "2024-05-06T10:02:03.500000+00:00"


def test_bdf_keeps_24_bits(tmp_path: Path) -> None:
    path = tmp_path / "x.bdf"
    values = wave(256, 4)
    edfio.Bdf(
        [
            edfio.BdfSignal(
                values, 256, label="EDA", physical_dimension="uS", physical_range=(-5, 5)
            )
        ]
    ).write(path)
    eda = read_edf(path, Wanted())["a"].channels["eda"]
    assert isinstance(eda, Signal)
    assert eda.unit == "µS"
    np.testing.assert_allclose(eda.values, values, atol=10 / (1 << 24))


def test_records_that_do_not_follow_on_leave_a_gap(tmp_path: Path) -> None:
    """The last five of ten 1-s records begin 30 s late: EDF+D."""
    path = tmp_path / "x.edf"
    write(path, {"ECG": 250, "EDA": 4}, annotations=[edfio.EdfAnnotation(8.5, None, "cough")])
    raw = path.read_bytes()
    for k in range(5, 10):
        stamp = f"+{k}.5\x14\x14\x00".encode()
        assert raw.count(stamp) == 1
        late = f"+{k + 30}.5\x14\x14".encode()  # a digit more, for the padding's zero
        raw = raw.replace(stamp, late)
    raw = raw.replace(b"+9\x14cough", b"+39\x14cough"[: len(b"+9\x14cough")])
    path.write_bytes(raw.replace(b"EDF+C", b"EDF+D"))
    session = read_edf(path, Wanted())
    for name, rate in (("ecg", 250), ("eda", 4)):
        signal = session["a"].channels[name]
        assert isinstance(signal, Signal)
        assert len(signal) == 40 * rate
        assert np.isnan(signal.values[5 * rate : 35 * rate]).all()
        step = 10 / 65_535
        both = signal.values[np.isfinite(signal.values)]
        np.testing.assert_allclose(both, wave(rate, 10), atol=step)
    assert (5, 35, "gap") in session.intervals.rows()


def test_records_that_run_backwards_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    write(path, {"ECG": 250}, annotations=[])
    raw = path.read_bytes()
    raw = raw.replace(b"+5\x14\x14", b"+1\x14\x14").replace(b"EDF+C", b"EDF+D")
    path.write_bytes(raw)
    with pytest.raises(FormatError, match="time runs backwards"):
        read_edf(path, Wanted())


def test_a_missing_date_is_no_start(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    edfio.Edf([edfio.EdfSignal(wave(250, 2), 250, label="ECG")]).write(path)
    assert read_edf(path, Wanted()).start is None


def test_an_uncalibrated_signal_has_no_unit(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    write(path, {"ECG": 250})
    raw = path.read_bytes()
    at = 256 + (16 + 80 + 8) * 1  # where the physical minimum of one signal stands
    assert raw[at : at + 8] == b"-5      "
    path.write_bytes(raw[:at] + b"5       " + raw[at + 8 :])
    signal = read_edf(path, Wanted())["a"].channels["ecg"]
    assert isinstance(signal, Signal)
    assert signal.unit == "a.u."


@pytest.mark.parametrize(
    ("at", "text", "said"),
    [
        (236, b"99999999", "is cut short: 99999999 records"),
        (236, b"ten     ", "number of records is 'ten', which is no number"),
        (244, b"-1      ", "a record lasts -1 s"),
        (244, b"0       ", "a record lasts 0 s"),
        (252, b"9999", "9999 signals do not fit"),
        (184, b"512000  ", "the header should have 512 bytes"),
        (256 + 216, b"99999999", "is cut short"),
        (256 + 216, b"none    ", "'none' is no number of samples"),
    ],
)
def test_a_broken_header_is_refused_with_its_byte(
    tmp_path: Path, at: int, text: bytes, said: str
) -> None:
    path = tmp_path / "x.edf"
    write(path, {"ECG": 250})
    raw = path.read_bytes()
    path.write_bytes(raw[:at] + text + raw[at + len(text) :])
    with pytest.raises(FormatError, match=said) as told:
        read_edf(path, Wanted())
    assert "byte" in told.value.where


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    write(path, {"ECG": 250})
    raw = path.read_bytes()
    for length in (0, 100, 256, 500, 512, 4000, len(raw) - 1):
        path.write_bytes(raw[:length])
        with pytest.raises(FormatError, match=f"byte {length}|header"):
            read_edf(path, Wanted())


def test_more_bytes_than_records_are_not_called_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    write(path, {"ECG": 250})
    path.write_bytes(path.read_bytes() + b"xy")
    with pytest.raises(FormatError, match="declares 10 records and holds 10 and a piece"):
        read_edf(path, Wanted())


def test_a_recorder_that_was_cut_off_leaves_what_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    write(path, {"ECG": 250})
    raw = path.read_bytes()
    path.write_bytes(raw[:236] + b"-1      " + raw[244:-700])
    session = read_edf(path, Wanted())
    signal = session["a"].channels["ecg"]
    assert isinstance(signal, Signal)
    assert len(signal) == 8 * 250
    assert any(note.quantity == "records" and note.value == "8" for note in session.inferences)
