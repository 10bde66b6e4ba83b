"""BIOPAC, sound and WFDB files: segments, layouts and broken copies."""

from __future__ import annotations

import shutil
import struct
import wave
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import FormatError, MissingExtraError, SourceError
from interbeat.core.signal import Signal
from interbeat.sources._edge import laid_out
from interbeat.sources._reader import Wanted
from interbeat.sources.files import acq, wfdb_record
from interbeat.sources.files.acq import read_acq
from interbeat.sources.files.wav import read_wav
from interbeat.sources.files.wfdb_record import read_wfdb

Data = Callable[[str], Path]


def copied(data: Data, folder: Path, *names: str) -> Path:
    for name in names:
        shutil.copyfile(data(name), folder / Path(name).name)
    return folder / Path(names[0]).name


# ---- BIOPAC


@dataclass
class Mark:
    """A stand-in for bioread's event marker."""

    sample_index: int
    date_created_utc: datetime | None
    text: str = "Segment"
    type_code: str | None = "apnd"


def test_a_recording_that_was_resumed_has_a_gap_as_long_as_its_dates_say() -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    marks = [Mark(0, began), Mark(1000, began + timedelta(seconds=30))]
    clock = acq._Clock(marks, 100.0, (2000, 2000))
    assert clock.at(999) == 9.99
    assert clock.at(1000) == 30
    assert clock.at(1100) == 31
    for divider in (1, 2, 8):
        pieces = clock.pieces(np.arange(2000 // divider, dtype=np.float64), divider)
        values = laid_out(pieces, 100 / divider, slack=divider / 100)
        assert values.size == round(40 * 100 / divider)
        assert int(np.isnan(values).sum()) == round(20 * 100 / divider)


def test_a_clock_that_lags_behind_the_samples_takes_nothing_back() -> None:
    """The second segment opens 30 s in, the third 9.9 s later: it had 10 s of samples."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    opened = [began, began + timedelta(seconds=30), began + timedelta(seconds=39.9)]
    clock = acq._Clock([Mark(1000 * k, at) for k, at in enumerate(opened)], 100.0, (3000, 3000))
    assert [start for start, _ in clock.pieces(np.zeros(3000), 1)] == [0, 30, 40]
    assert laid_out(clock.pieces(np.zeros(3000), 1), 100, slack=0.01).size == 5000


def test_segments_without_dates_follow_on() -> None:
    clock = acq._Clock([Mark(0, None), Mark(1000, None)], 100.0, (2000, 2000))
    assert clock.at(1500) == 15
    assert [start for start, _ in clock.pieces(np.zeros(2000), 1)] == [0, 10]
    told = [str(note) for note in acq._about_clock(Path("x.acq"), clock)]
    assert "gap taken as 0 s" in told[0]


@pytest.mark.parametrize("kept", [0.001, 0.01, 0.3, 0.9])
def test_a_cut_biopac_file_is_refused(data: Data, tmp_path: Path, kept: float) -> None:
    path = copied(data, tmp_path, "bioread_acq/physio-5.0.1.acq")
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * kept)])
    with pytest.raises(FormatError, match=r"cut short|no sound headers"):
        read_acq(path, Wanted())


def test_samples_that_were_packed_are_counted_without_unpacking_a_bomb() -> None:
    bomb = zlib.compress(bytes(30_000_000), 9)
    assert acq._unpacked_length(bomb, 1000) < 3_000_000
    assert acq._unpacked_length(zlib.compress(bytes(5000)), 5000) == 5000


def test_a_library_that_is_not_there_is_named(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bioread", None)
    with pytest.raises(MissingExtraError, match=r"interbeat\[acq\]"):
        read_acq(data("bioread_acq/physio-3.8.1.acq"), Wanted())
    monkeypatch.setitem(__import__("sys").modules, "wfdb", None)
    with pytest.raises(MissingExtraError, match=r"interbeat\[wfdb\]"):
        read_wfdb(data("wfdb_samples/100.hea"), Wanted())


# ---- sound


def sound(path: Path, *, channels: int = 1, rate: int = 1000, width: int = 2) -> Path:
    samples = (np.arange(rate * channels * 2) % 100).astype(f"<i{width}")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def test_a_sound_that_does_not_say_what_it_is_has_to_be_told(tmp_path: Path) -> None:
    path = sound(tmp_path / "monday.wav")
    with pytest.raises(SourceError, match="--channel ecg=0"):
        read_wav(path, Wanted())
    assert set(read_wav(path, Wanted(channels={"eda": "0"}))["a"].channels) == {"eda"}


def test_two_channels_are_not_guessed(tmp_path: Path) -> None:
    path = sound(tmp_path / "ecg.wav", channels=2)
    with pytest.raises(SourceError, match="what its 2 channels hold"):
        read_wav(path, Wanted())
    found = read_wav(path, Wanted(channels={"ecg": "1", "respiration": "0"}))["a"].channels
    ecg, belt = found["ecg"], found["respiration"]
    assert isinstance(ecg, Signal)
    assert isinstance(belt, Signal)
    np.testing.assert_array_equal(ecg.values, np.arange(1, 4000, 2) % 100)
    np.testing.assert_array_equal(belt.values, np.arange(0, 4000, 2) % 100)


def test_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="96000 Hz"):
        read_wav(sound(tmp_path / "ecg.wav", rate=96_000), Wanted())


def test_a_cut_sound_is_refused_with_the_byte(tmp_path: Path) -> None:
    path = sound(tmp_path / "ecg.wav")
    raw = path.read_bytes()
    for length in (12, 30, 44, 1000, len(raw) - 1):
        path.write_bytes(raw[:length])
        with pytest.raises(FormatError, match="cut short") as told:
            read_wav(path, Wanted())
        assert "byte" in told.value.where


def test_a_sound_whose_length_stands_in_64_bits(tmp_path: Path) -> None:
    path = sound(tmp_path / "ecg.wav")
    raw = path.read_bytes()
    sizes = b"ds64" + struct.pack("<IQQQI", 28, len(raw) + 28, 4000, 2000, 0)
    unknown = b"\xff" * 4
    path.write_bytes(b"RF64" + unknown + b"WAVE" + sizes + raw[12:40] + unknown + raw[44:])
    ecg = read_wav(path, Wanted())["a"].channels["ecg"]
    assert isinstance(ecg, Signal)
    np.testing.assert_array_equal(ecg.values, np.arange(2000) % 100)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FormatError, match="cut short"):
        read_wav(path, Wanted())


def test_a_sound_of_a_terabyte_is_refused(tmp_path: Path) -> None:
    path = sound(tmp_path / "ecg.wav")
    raw = bytearray(path.read_bytes())
    raw[40:44] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(raw)
    with pytest.raises(FormatError, match="4294967324 bytes"):
        read_wav(path, Wanted())


# ---- WFDB


def annotate(path: Path, rows: list[tuple[int, int]]) -> None:
    """Write (samples since the last, code) in the format of MIT annotation files."""
    words = [code << 10 | step for step, code in rows]
    path.write_bytes(np.array([*words, 0], dtype="<u2").tobytes())


def beats_of(path: Path) -> Beats:
    beats = read_wfdb(path, Wanted(sampling_rate=100.0))["a"].channels["beats"]
    assert isinstance(beats, Beats)
    return beats


N, V, LEFT_BRANCH, NOISE, VF_ON, VF_OFF, ARTIFACT = 1, 5, 2, 14, 32, 33, 16


@pytest.mark.parametrize(
    ("rows", "times", "normal"),
    [
        ([(100, N), (80, N), (50, V), (120, N)], [1, 1.8, 2.3, 3.5], [1, 1, 0, 1]),
        ([(100, LEFT_BRANCH), (80, LEFT_BRANCH)], [1, 1.8], [1, 1]),
        ([(100, N), (10, ARTIFACT), (80, N)], [1, 1.9], [1, 1]),
        ([(100, N), (10, VF_ON), (900, VF_OFF), (80, N), (80, N)], [1, 10.9, 11.7], [1, 0, 1]),
        ([(100, N), (10, NOISE), (80, N)], [1, 1.9], [1, 1]),
        ([(100, N), (0, V), (80, N)], [1, 1.8], [0, 1]),
    ],
)
def test_codes_of_beats_are_marked_and_nothing_is_moved(
    tmp_path: Path, rows: list[tuple[int, int]], times: list[float], normal: list[int]
) -> None:
    path = tmp_path / "x.atr"
    annotate(path, rows)
    beats = beats_of(path)
    np.testing.assert_allclose(beats.times, times)
    np.testing.assert_array_equal(beats.normal, np.asarray(normal, dtype=bool))


def test_annotations_without_a_rate_ask_for_one(tmp_path: Path) -> None:
    path = tmp_path / "x.atr"
    annotate(path, [(100, N), (80, N)])
    with pytest.raises(SourceError, match=r"x\.hea is not beside it .* --sampling-rate"):
        read_wfdb(path, Wanted())


def test_annotations_that_are_cut_short_are_refused(data: Data, tmp_path: Path) -> None:
    path = copied(data, tmp_path, "wfdb_samples/100.atr", "wfdb_samples/100.hea")
    raw = path.read_bytes()
    for length in (1, 101, 2000, len(raw) - 2):
        path.write_bytes(raw[:length])
        with pytest.raises(FormatError, match="cut short"):
            read_wfdb(path, Wanted())


def test_a_record_whose_signals_are_cut_short_is_refused(data: Data, tmp_path: Path) -> None:
    names = ("wfdb_samples/test01_00s.hea", "wfdb_samples/test01_00s.dat")
    path = copied(data, tmp_path, *names)
    (tmp_path / "test01_00s.dat").write_bytes(data(names[1]).read_bytes()[:-1])
    with pytest.raises(FormatError, match=r"\.dat, byte 31999: is cut short.*32000 bytes"):
        read_wfdb(path, Wanted())


def test_a_record_without_its_signals_says_so(data: Data, tmp_path: Path) -> None:
    path = copied(data, tmp_path, "wfdb_samples/test01_00s.hea")
    with pytest.raises(FormatError, match=r"the header has no test01_00s\.dat"):
        read_wfdb(path, Wanted())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("test01_00s 4 0 4000", "a sampling rate of 0 Hz cannot be"),
        ("test01_00s 9 500 4000", "9 signals"),
        ("test01_00s 4 500 4000000000000", "cannot hold"),
        ("test01_00s/2 4 500 4000", "joins several records|not a sound"),
    ],
)
def test_a_broken_header_is_refused(data: Data, tmp_path: Path, line: str, said: str) -> None:
    names = ("wfdb_samples/test01_00s.hea", "wfdb_samples/test01_00s.dat")
    path = copied(data, tmp_path, *names)
    rest = path.read_text().splitlines()[1:]
    path.write_text("\n".join([line, *rest]))
    with pytest.raises(FormatError, match=said):
        read_wfdb(path, Wanted())


def test_nothing_is_fetched_or_printed(
    data: Data, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a reader looked for a network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    read_wfdb(data("wfdb_samples/100.hea"), Wanted())
    read_wfdb(data("wfdb_samples/100.atr"), Wanted())
    assert capfd.readouterr() == ("", "")
    assert wfdb_record.accepts(data("wfdb_samples/100.dat"))
