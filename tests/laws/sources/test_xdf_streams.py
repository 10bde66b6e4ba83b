"""XDF: files written here, so that the truth about clocks, people and gaps is known."""

from __future__ import annotations

import gzip
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from interbeat.core.errors import FormatError
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.sources._reader import Wanted
from interbeat.sources.files.xdf import accepts, read_xdf

Floats = NDArray[np.float64]
ECG_RATE, EDA_RATE, SECONDS = 250.0, 4.0, 60.0
BOUNDARY = bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4")


@dataclass
class Stream:
    """A stream on a computer whose clock reads `offset` s less than the recorder's."""

    name: str
    kind: str
    rate: float
    stamps: Floats  # on the recorder's clock
    rows: list[list[float]] | list[list[str]]
    host: str = "lab"
    source: str = ""
    offset: float = 0.0
    drift: float = 0.0  # s a second
    labels: list[tuple[str, str]] = field(default_factory=list)


def number(value: int) -> bytes:
    return b"\x04" + struct.pack("<I", value) if value > 255 else bytes((1, value))


def chunk(tag: int, content: bytes) -> bytes:
    return number(len(content) + 2) + struct.pack("<H", tag) + content


def header(stream: Stream, text: bool) -> str:
    channels = "".join(
        f"<channel><label>{label}</label><unit>{unit}</unit></channel>"
        for label, unit in stream.labels
    )
    kind = "string" if text else "double64"
    return (
        f"<?xml version='1.0'?><info><name>{stream.name}</name><type>{stream.kind}</type>"
        f"<channel_count>{len(stream.rows[0])}</channel_count>"
        f"<nominal_srate>{stream.rate}</nominal_srate><channel_format>{kind}</channel_format>"
        f"<source_id>{stream.source}</source_id><hostname>{stream.host}</hostname>"
        f"<desc><channels>{channels}</channels></desc></info>"
    )


def samples(stream: Stream, local: Floats, first: int, last: int) -> bytes:
    out = number(last - first)
    for k in range(first, last):
        out += b"\x08" + struct.pack("<d", local[k])
        for cell in stream.rows[k]:
            if isinstance(cell, str):
                raw = cell.encode()
                out += number(len(raw)) + raw
            else:
                out += struct.pack("<d", cell)
    return out


def write_xdf(
    path: Path, streams: list[Stream], said: str = "2026-01-02T03:04:05+0100"
) -> None:
    """Write streams in turn, a second at a time, with a clock offset every 5 s."""
    out = b"XDF:" + chunk(
        1, f"<info><version>1.0</version><datetime>{said}</datetime></info>".encode()
    )
    for k, stream in enumerate(streams, 1):
        sid = struct.pack("<I", k)
        text = isinstance(stream.rows[0][0], str)
        out += chunk(2, sid + header(stream, text).encode())
        local = stream.stamps - stream.offset - stream.drift * stream.stamps
        step = max(1, int(stream.rate))
        for first in range(0, local.size, step):
            out += chunk(3, sid + samples(stream, local, first, min(first + step, local.size)))
        out += chunk(5, BOUNDARY)
        for at in np.arange(0, SECONDS + 1, 5):
            here = at - stream.offset - stream.drift * at
            out += chunk(4, sid + struct.pack("<dd", here, at - here))
        out += chunk(6, sid + b"<info></info>")
    path.write_bytes(out)


def beeps(
    rate: float, at: ArrayLike, *, seconds: float = SECONDS
) -> tuple[Floats, list[list[float]]]:
    """Return samples on the common clock that are 1 at the instants `at`, else 0."""
    stamps = np.arange(0, seconds, 1 / rate)
    values = np.zeros(stamps.size)
    values[np.round(np.asarray(at) * rate).astype(int)] = 1
    return stamps, [[v] for v in values]


def stream(name: str, kind: str, rate: float, **about: object) -> Stream:
    stamps, rows = beeps(rate, [10, 30])
    return Stream(name, kind, rate, stamps, rows, **about)  # type: ignore[arg-type]


def ups(session: Session, person: str, channel: str) -> Floats:
    signal = session[person].channels[channel]
    assert isinstance(signal, Signal)
    found: Floats = signal.times[signal.values == 1]
    return found


def couple(path: Path) -> Session:
    a = {"host": "left", "offset": 100.0, "drift": 2e-5}
    b = {"host": "right", "offset": -40.0}
    write_xdf(
        path,
        [
            stream("Heart", "ECG", ECG_RATE, labels=[("ECG", "mV")], **a),
            stream("Skin", "EDA", EDA_RATE, labels=[("EDA", "uS")], **a),
            stream("Heart", "ECG", ECG_RATE, labels=[("ECG", "uV")], **b),
            stream("Skin", "EDA", EDA_RATE, labels=[("EDA", "uS")], **b),
            Stream("Marks", "Markers", 0, np.array([5.0, 12, 25]),
                   [["talk start"], ["cough"], ["talk end"]]),
        ],
    )  # fmt: skip
    return read_xdf(path, Wanted())


def test_two_people_are_told_apart_by_their_computers(tmp_path: Path) -> None:
    session = couple(tmp_path / "couple.xdf")
    assert session.persons == ("a", "b")
    assert [set(r.channels) for r in session.recordings] == [{"ecg", "eda"}] * 2
    assert any(
        note.quantity == "person" and "'left' and 'right'" in note.value
        for note in session.inferences
    )


def test_clocks_with_offset_and_drift_become_one(tmp_path: Path) -> None:
    session = couple(tmp_path / "couple.xdf")
    for person in ("a", "b"):
        np.testing.assert_allclose(ups(session, person, "eda"), [10, 30], atol=2e-3)
    np.testing.assert_allclose(ups(session, "a", "ecg"), [10, 30], atol=2e-3)
    assert ups(session, "b", "ecg").size == 0  # in µV: 1 µV is 0.001 mV
    signal = session["b"].channels["ecg"]
    assert isinstance(signal, Signal)
    assert signal.unit == "mV"
    np.testing.assert_allclose(signal.times[signal.values == 1e-3], [10, 30], atol=2e-3)


def test_the_nominal_rate_stays_where_the_clock_bears_it_out(tmp_path: Path) -> None:
    session = couple(tmp_path / "couple.xdf")
    for recording in session.recordings:
        assert recording.channels["ecg"].sampling_rate == ECG_RATE  # type: ignore[union-attr]


def test_a_device_that_runs_slow_has_its_measured_rate(tmp_path: Path) -> None:
    path = tmp_path / "slow.xdf"
    slow = stream("Heart", "ECG", ECG_RATE)
    slow.stamps = slow.stamps * 1.002
    write_xdf(path, [slow])
    session = read_xdf(path, Wanted())
    signal = session["a"].channels["ecg"]
    assert isinstance(signal, Signal)
    assert signal.sampling_rate == pytest.approx(ECG_RATE / 1.002, rel=1e-6)
    np.testing.assert_allclose(ups(session, "a", "ecg"), [10.02, 30.06], atol=2e-3)
    assert any(note.quantity == "sampling rate" for note in session.inferences)


def test_markers_become_intervals_on_the_same_clock(tmp_path: Path) -> None:
    rows = list(couple(tmp_path / "couple.xdf").intervals.rows())
    assert [(round(a, 3), round(b, 3), label) for a, b, label in rows] == [
        (5, 25, "talk"),
        (12, 13, "cough"),
    ]


def test_the_recorder_tells_the_start(tmp_path: Path) -> None:
    start = couple(tmp_path / "couple.xdf").start
    assert start is not None
    assert start.isoformat() == "2026-01-02T03:04:05+01:00"


@pytest.mark.parametrize("rate", [ECG_RATE, EDA_RATE])
def test_a_pause_is_a_gap_and_shifts_nothing(tmp_path: Path, rate: float) -> None:
    path = tmp_path / "paused.xdf"
    paused = stream("Chest", "ECG", rate)
    paused.stamps = np.where(paused.stamps >= 20, paused.stamps + 7, paused.stamps)
    write_xdf(path, [paused])
    session = read_xdf(path, Wanted())
    np.testing.assert_allclose(ups(session, "a", "ecg"), [10, 37], atol=0.5 / rate)
    signal = session["a"].channels["ecg"]
    assert isinstance(signal, Signal)
    assert int(np.isnan(signal.values).sum()) == round(7 * rate)
    assert session.intervals.labels == ("gap",)
    np.testing.assert_allclose(session.intervals.starts, [20], atol=0.3)
    np.testing.assert_allclose(session.intervals.ends, [27], atol=0.3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "ECG_a"}, {"name": "ECG_b"}),
        ({"name": "Polar H10 7A", "source": "x"}, {"name": "Polar H10 9C", "source": "y"}),
        ({"name": "Heart", "source": "dev1"}, {"name": "Heart", "source": "dev2"}),
    ],
)
def test_names_and_devices_tell_people_apart_too(
    tmp_path: Path, one: dict[str, str], other: dict[str, str]
) -> None:
    path = tmp_path / "two.xdf"
    write_xdf(path, [stream(kind="ECG", rate=ECG_RATE, **x) for x in (one, other)])
    session = read_xdf(path, Wanted())
    assert session.persons == ("a", "b")
    assert any(note.quantity == "person" for note in session.inferences)


def test_streams_that_cannot_be_told_apart_are_refused_unless_one_is_chosen(
    tmp_path: Path,
) -> None:
    path = tmp_path / "three.xdf"
    three = [stream(f"Heart {word}", "ECG", ECG_RATE) for word in ("red", "green", "blue")]
    write_xdf(path, three)
    with pytest.raises(FormatError, match=r"cannot be told whose it is: 'Heart red' \(ECG"):
        read_xdf(path, Wanted())
    chosen = read_xdf(path, Wanted(channels={"ecg": "Heart green"}))
    assert chosen.persons == ("a",)


@pytest.mark.parametrize("skins", [(), ("left", "right")])
def test_a_channel_map_speaks_of_both_people_where_both_have_the_label(
    tmp_path: Path, skins: tuple[str, ...]
) -> None:
    path = tmp_path / "couple.xdf"
    amps = [
        stream("Amp", "Misc", ECG_RATE, host=host, labels=[("CH1", "mV")])
        for host in ("right", "left")
    ]
    write_xdf(path, amps + [stream("Skin", "EDA", EDA_RATE, host=host) for host in skins])
    session = read_xdf(path, Wanted(channels={"ecg": "CH1"}))
    kinds = {"ecg", "eda"} if skins else {"ecg"}
    assert [set(r.channels) for r in session.recordings] == [kinds, kinds]
    assert any("'left' and 'right'" in note.value for note in session.inferences)


def test_a_channel_map_may_choose_one_of_two_people(tmp_path: Path) -> None:
    path = tmp_path / "couple.xdf"
    streams = []
    for word in ("red", "blue"):
        streams.append(stream(f"Chest {word}", "ECG", ECG_RATE, host=word))
        streams.append(stream("Skin", "EDA", EDA_RATE, host=word))
    write_xdf(path, streams)
    assert read_xdf(path, Wanted()).persons == ("a", "b")
    session = read_xdf(path, Wanted(channels={"ecg": "Chest blue"}))
    assert session.persons == ("a",)


def test_one_person_may_have_many_streams(tmp_path: Path) -> None:
    path = tmp_path / "one.xdf"
    ecg, eda = stream("BIOPAC", "ECG", ECG_RATE), stream("Shimmer", "EDA", EDA_RATE)
    write_xdf(path, [ecg, eda])
    session = read_xdf(path, Wanted())
    assert session.persons == ("a",)
    assert set(session["a"].channels) == {"ecg", "eda"}


def test_a_packed_file_reads_the_same(tmp_path: Path) -> None:
    plain, packed = tmp_path / "couple.xdf", tmp_path / "couple.xdfz"
    session = couple(plain)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert accepts(packed)
    assert read_xdf(packed, Wanted()).recordings == session.recordings


def test_a_file_that_is_cut_anywhere_is_refused_with_the_byte(tmp_path: Path) -> None:
    whole = tmp_path / "couple.xdf"
    couple(whole)
    raw = whole.read_bytes()
    cut = tmp_path / "cut.xdf"
    for length in np.random.default_rng(1).integers(5, len(raw) - 1, 20).tolist():
        cut.write_bytes(raw[:length])
        with pytest.raises(FormatError, match=r"byte \d+|no stream"):
            read_xdf(cut, Wanted())


def test_a_chunk_that_promises_a_terabyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.xdf"
    write_xdf(path, [stream("Heart", "ECG", ECG_RATE)])
    raw = bytearray(path.read_bytes())
    at = raw.index(b"\x01\xfa\x08")  # 250 samples, the first with its stamp
    raw[at : at + 2] = b"\x08" + (1 << 37).to_bytes(8, "little")
    path.write_bytes(raw)
    with pytest.raises(FormatError, match=r"byte \d+: "):
        read_xdf(path, Wanted())
