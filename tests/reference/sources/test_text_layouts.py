"""Text layouts as their makers document them; see formats.md, section 5.1, for the sources."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import FormatError
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.sources._reader import READERS, Wanted


def read(name: str, path: Path, **wanted: object) -> Session:
    assert READERS[name].accepts(path)
    return READERS[name].read(path, Wanted(**wanted))  # type: ignore[arg-type]


def rr_of(session: Session) -> list[float]:
    beats = session["a"].channels["beats"]
    assert isinstance(beats, Beats)
    return np.round(beats.rr_ms, 3).tolist()  # type: ignore[no-any-return]


def signal(session: Session, channel: str, person: str = "a") -> Signal:
    found = session[person].channels[channel]
    assert isinstance(found, Signal)
    return found


RR = [759, 690, 812, 798, 805, 776, 781, 823]


def lines(*rows: object) -> str:
    return "\n".join(str(row) for row in rows) + "\n"


# ---- intervals: every spelling of the same eight


@pytest.mark.parametrize(
    "content",
    [
        lines(*RR),
        lines(*(f"{rr / 1000}" for rr in RR)),
        lines(*(f"{rr / 1000:.3f}".replace(".", ",") for rr in RR)),
        lines(*(f"{rr}.0" for rr in RR)),
        lines("RR", *RR),
        lines("RR [ms]", *RR),
        lines("# exported by an app", "# on a Monday", "", *RR, ""),
        lines("Elite HRV export", "person 7", "", *RR),
        lines("ibi_ms;quality", *(f"{rr};1" for rr in RR)),
        lines("n,rr", *(f"{k},{rr}" for k, rr in enumerate(RR))),
        lines(*(f"{k}\t{rr}" for k, rr in enumerate(RR))),
        lines(*(f"{np.sum(RR[: k + 1]) / 1000:.3f} {rr / 1000}" for k, rr in enumerate(RR))),
        lines(
            *(
                f"{np.sum(RR[: k + 1]) / 1000:.3f} {rr / 1000}".replace(".", ",")
                for k, rr in enumerate(RR)
            )
        ),
        lines(
            "Time (s),IBI (ms)", *(f"{np.sum(RR[:k]) / 1000},{rr}" for k, rr in enumerate(RR))
        ),
        lines(*(f'"{rr}"' for rr in RR)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_intervals_are_the_same_in_every_spelling(
    tmp_path: Path, content: str, encoding: str
) -> None:
    path = tmp_path / "person.txt"
    path.write_bytes(content.replace("\n", "\r\n").encode(encoding))
    assert rr_of(read("rr_text", path)) == RR


def test_hrv_logger_has_dates_and_intervals_in_packets(tmp_path: Path) -> None:
    path = tmp_path / "2025-03-15_RR_7.csv"
    rows = [f"2025-03-15 09:00:{15 + k:02d}.123,{rr},{k}" for k, rr in enumerate(RR)]
    path.write_text(lines("date,rr,since start", *rows))
    session = read("rr_text", path)
    assert rr_of(session) == RR
    assert session.start == datetime(2025, 3, 15, 9, 0, 14, 364_000, UTC)


def test_packets_that_come_together_do_not_squeeze_the_beats(tmp_path: Path) -> None:
    """NeuroKit #39: over Bluetooth, 3506 ms of intervals came across 1950 ms of stamps."""
    stamps = [1000.0, 1000.0, 1975.0, 2950.0, 2950.0]
    rr = [700.0, 705.0, 699.0, 702.0, 700.0]
    path = tmp_path / "packets.csv"
    path.write_text(
        lines("timestamp,rr", *(f"{t / 1000},{v}" for t, v in zip(stamps, rr, strict=True)))
    )
    session = read("rr_text", path)
    assert rr_of(session) == rr
    assert len(session.intervals) == 0


def test_a_zero_or_missing_interval_is_a_gap_and_told(tmp_path: Path) -> None:
    path = tmp_path / "ibi.txt"
    path.write_text(lines(800, 810, 0, 790, "NaN", 805, 795, 800, 805))
    session = read("rr_text", path)
    beats = session["a"].channels["beats"]
    assert isinstance(beats, Beats)
    assert beats.normal.tolist() == [True, True, True, False, True, False, *[True] * 4]
    assert rr_of(session)[2] == 800  # the median of the others
    assert session.intervals.labels == ("gap", "gap")
    assert any("zero or missing" in note.why for note in session.inferences)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (lines(800, 810, "abc", 790, 800, 805, 810), "line 3"),
        (lines(800, 810, 820, 790, 800, -805, 810), "line 6"),
        (lines(*RR, "9e7"), "line 9"),
        (lines("rr", *RR, "8;00"), "line 10"),
        (lines(0.1, 0.9, 1.7, 2.4, 3.1, 3.9, 3.2, 4.5, 5.3), "line 7"),
    ],
)
def test_a_wrong_interval_is_named_by_its_line(
    tmp_path: Path, content: str, where: str
) -> None:
    path = tmp_path / "person.beats"
    path.write_text(content)
    with pytest.raises(FormatError) as caught:
        READERS["rr_text"].read(path, Wanted())
    assert where in str(caught.value)


def test_a_unit_that_the_user_gives_outranks_the_median_but_not_reason(tmp_path: Path) -> None:
    path = tmp_path / "rr.txt"
    path.write_text(lines(*RR))
    assert rr_of(read("rr_text", path, unit="ms")) == RR
    assert not read("rr_text", path, unit="ms").inferences
    with pytest.raises(FormatError, match=r"median interval would be 78\d\.?\d* s"):
        read("rr_text", path, unit="s")


def test_resampled_intervals_are_refused(tmp_path: Path) -> None:
    """A tachogram at 4 Hz holds each interval several times."""
    path = tmp_path / "rr_4hz.csv"
    path.write_text(lines("time,rr", *(f"{k / 4},{RR[k // 3 % 8]}" for k in range(200))))
    with pytest.raises(FormatError, match="if the intervals were resampled"):
        read("rr_text", path)


# ---- Polar Sensor Logger

PHONE = [f"2024-05-01T10:00:{k // 10:02d}.{k % 10}00" for k in range(100)]
NS = 838_432_586_543_515_816  # a real H10 stamp: float64 is good to 128 ns there


def polar(path: Path, header: str, rows: Sequence[str]) -> Path:
    path.write_text(lines(header, *rows))
    return path


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Phone timestamp;sensor timestamp [ns];HR [bpm];PP-interval [ms];"
            "error estimate [ms];blocker;skin contact;skin contact supported",
            "{stamp};0;0;{rr};30;{blocked};1;1",
        ),
        (
            "Phone Data RX timestamp;PP-interval [ms];error estimate [ms];blocker;contact;"
            "contact;hr [bpm]",
            "{stamp};{rr};30;{blocked};1;1;0",
        ),
    ],
    ids=["sensor stamp first", "interval first"],
)
def test_both_layouts_of_pp_intervals_are_read_by_name(
    tmp_path: Path, header: str, row: str
) -> None:
    stamps = [f"2024-05-01T10:00:{k:02d}.000" for k in range(8)]
    rows = [
        row.format(stamp=stamp, rr=rr, blocked=int(k == 4))
        for k, (stamp, rr) in enumerate(zip(stamps, RR, strict=True))
    ]
    session = read("polar_sensor_logger", polar(tmp_path / "x_PPI.txt", header, rows))
    assert rr_of(session) == RR
    beats = session["a"].channels["beats"]
    assert isinstance(beats, Beats)
    assert np.flatnonzero(~beats.normal).tolist() == [5]  # the beat that the blocked one ends
    assert [note.value for note in session.inferences if note.quantity == "clock"] == ["UTC"]


def test_the_sensors_nanoseconds_are_read_exactly(tmp_path: Path) -> None:
    """Stamps 7,692,308 ns apart; 3 samples are lost in the middle."""
    places = [*range(50), *range(53, 100)]
    rows = [f"{PHONE[0]};{NS + 7_692_308 * k};{k * 7.692308:.6f};{k * 10}" for k in places]
    header = "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]"
    session = read("polar_sensor_logger", polar(tmp_path / "x_ECG.txt", header, rows))
    ecg = signal(session, "ecg")
    assert ecg.sampling_rate == pytest.approx(130, abs=1e-5)
    assert (len(ecg), ecg.unit) == (100, "mV")
    assert np.flatnonzero(np.isnan(ecg.values)).tolist() == [50, 51, 52]
    assert ecg.values[99] == pytest.approx(0.99)
    assert [label for _, _, label in session.intervals.rows()] == ["gap"]
    assert session.intervals.seconds == pytest.approx(3 / 130, rel=1e-4)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    header = "Phone timestamp;Z [mg];X [mg];sensor timestamp [ns];Y [mg]"
    rows = [f"{PHONE[k]};{1000 + k};{k};{NS + k * 20_000_000};-{k}" for k in range(100)]
    session = read("polar_sensor_logger", polar(tmp_path / "x_ACC.txt", header, rows))
    assert signal(session, "acceleration_x").values[7] == pytest.approx(0.007)
    assert signal(session, "acceleration_z").values[7] == pytest.approx(1.007)
    assert signal(session, "acceleration_y").sampling_rate == 50


def test_heart_rate_rows_end_with_a_delimiter(tmp_path: Path) -> None:
    header = "Phone timestamp;HR [bpm];HRV [ms];Breathing interval [rpm];"
    rows = [f"2024-05-01T10:00:{k:02d}.0{k % 7}0;{60 + k};;;" for k in range(50)]
    session = read("polar_sensor_logger", polar(tmp_path / "x_HR.txt", header, rows))
    rate = signal(session, "heart_rate")
    assert (len(rate), rate.unit) == (50, "bpm")
    assert rate.sampling_rate == pytest.approx(1, rel=0.01)


def test_packets_in_the_wrong_order_do_no_harm(tmp_path: Path) -> None:
    stamps = [
        f"2024-05-01T10:00:{s}"
        for s in ["01.0", "02.0", "02.9", "02.8", "04.0", "05.0", "05.9", "06.0"]
    ]
    rows = [f"{stamp};{rr}" for stamp, rr in zip(stamps, RR, strict=True)]
    path = polar(tmp_path / "x_RR.txt", "Phone timestamp;RR-interval [ms]", rows)
    assert rr_of(read("polar_sensor_logger", path)) == RR


@pytest.mark.parametrize(
    ("header", "rows", "where"),
    [
        ("Phone timestamp;X [dps];Y [dps]", [f"{p};1;2" for p in PHONE], "possible: ecg [uv]"),
        ("Phone timestamp;ecg [uV]", [f"{p};1" for p in PHONE[::-1]], "runs backwards"),
        (
            "Phone timestamp;ecg [uV]",
            [*(f"{p};1" for p in PHONE[:9]), f"{PHONE[9]};x"],
            "line 11",
        ),
        ("Phone timestamp;RR-interval [ms]", [f"{p};-8" for p in PHONE], "no sound interval"),
    ],
)
def test_a_bad_stream_says_what_is_wrong(
    tmp_path: Path, header: str, rows: list[str], where: str
) -> None:
    with pytest.raises(FormatError) as caught:
        read("polar_sensor_logger", polar(tmp_path / "x.txt", header, rows))
    assert where in str(caught.value)


# ---- OpenSignals


def opensignals(
    path: Path, devices: dict[str, dict[str, object]], rows: Sequence[object]
) -> Path:
    path.write_text(
        lines(
            "# OpenSignals Text File Format", f"# {json.dumps(devices)}", "# EndOfHeader", *rows
        )
    )
    return path


def device(**more: object) -> dict[str, object]:
    return {
        "sensor": ["ECG"], "column": ["nSeq", "DI", "CH1"], "label": ["CH1"],
        "resolution": [16], "device": "biosignalsplux", "sampling rate": 100,
        "date": "2024-5-1", "time": "10:0:7.29", **more,
    }  # fmt: skip


def test_two_devices_are_two_people(tmp_path: Path) -> None:
    devices = {"00:07:80:00:00:01": device(), "00:07:80:00:00:02": device()}
    rows = [f"{k}\t0\t{32768 + k}\t{k}\t0\t{32768 - k}\t" for k in range(200)]
    session = read("opensignals", opensignals(tmp_path / "two.txt", devices, rows))
    assert session.persons == ("a", "b")
    scale = 3 / 1.019 / 65536
    np.testing.assert_allclose(signal(session, "ecg", "a").values, np.arange(200) * scale)
    np.testing.assert_allclose(signal(session, "ecg", "b").values, -np.arange(200) * scale)
    told = [note.value for note in session.inferences if note.quantity == "person"]
    assert told == ["a", "b"]
    assert session.start == datetime(2024, 5, 1, 10, 0, 7, 29_000, UTC)


def test_sensors_follow_the_labels_and_not_the_order_of_columns(tmp_path: Path) -> None:
    """NeuroKit #376: channels were swapped where the header lists them in another order."""
    swapped = device(
        sensor=["EDA", "ECG"], label=["CH2", "CH1"], column=["nSeq", "DI", "CH1", "CH2"],
        resolution=[16, 16],
    )  # fmt: skip
    rows = [f"{k}\t0\t32768\t{6554 + k}\t" for k in range(200)]
    session = read(
        "opensignals", opensignals(tmp_path / "x.txt", {"00:07:80:00:00:01": swapped}, rows)
    )
    np.testing.assert_allclose(signal(session, "ecg").values, 0)
    assert signal(session, "eda").values[0] == pytest.approx(6554 / 65536 * 25)


@pytest.mark.parametrize(("kept", "lost"), [([0, 1, 2, 5, 6], 2), ([0, 1, 2, 40, 41], 37)])
def test_a_counter_that_jumps_leaves_holes(tmp_path: Path, kept: list[int], lost: int) -> None:
    """The counter of a biosignalsplux is long: it tells how many were lost."""
    places = [*kept, *range(kept[-1] + 1, kept[-1] + 50)]
    path = opensignals(tmp_path / "x.txt", {"m": device()}, [f"{k}\t0\t{k}" for k in places])
    session = read("opensignals", path)
    ecg = signal(session, "ecg")
    assert len(ecg) == places[-1] + 1
    assert np.isnan(ecg.values).sum() == lost
    assert session.intervals.labels == ("gap",)
    assert session.intervals.seconds == pytest.approx(lost / 100)


def test_the_counter_of_a_bitalino_wraps_at_16(tmp_path: Path) -> None:
    bitalino = device(device="bitalino_rev", resolution=[4, 1, 10], sensor=["EDABIT"])
    places = [*range(20), *range(23, 60)]
    rows = [f"{k % 16}\t0\t{k}" for k in places]
    session = read("opensignals", opensignals(tmp_path / "x.txt", {"m": bitalino}, rows))
    eda = signal(session, "eda")
    assert np.flatnonzero(np.isnan(eda.values)).tolist() == [20, 21, 22]
    assert eda.values[59] == pytest.approx(59 / 1024 * 3.3 / 0.132)


@pytest.mark.parametrize(
    ("change", "rows", "where"),
    [
        ({"sampling rate": 0}, ["0\t0\t1"], "sampling rate"),
        ({"column": None}, ["0\t0\t1"], "no list 'column'"),
        ({}, ["0\t0\t1", "1\t0"], "line 5"),
        ({}, ["0\t0\t1", "1\t0\tx"], "line 5"),
        ({}, ["5\t0\t1", "6\t0\t2", "3\t0\t3"], "line 6"),
        ({}, [], "no samples"),
    ],
)
def test_a_bad_file_of_opensignals_says_where(
    tmp_path: Path, change: dict[str, object], rows: list[str], where: str
) -> None:
    path = opensignals(tmp_path / "x.txt", {"m": device(**change)}, rows)
    with pytest.raises(FormatError) as caught:
        READERS["opensignals"].read(path, Wanted())
    assert where in str(caught.value)


# ---- Empatica E4


def e4(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return folder


def test_an_e4_with_empty_tags_and_intervals_is_read(tmp_path: Path) -> None:
    folder = e4(
        tmp_path / "e4",
        EDA=lines("1700000010.00", "4.000000", *[0.5] * 40),
        BVP=lines("1700000000.00", "64.000000", *range(640)),
        IBI=lines("1700000000.00, IBI"),
        tags="",
    )
    session = read("empatica_e4", folder)
    assert signal(session, "eda").start == 10.0
    assert signal(session, "ppg").start == 0.0
    assert len(session["a"].channels["beats"]) == 0
    assert session.start == datetime.fromtimestamp(1_700_000_000, UTC)


def test_the_first_beat_after_a_gap_is_not_normal(tmp_path: Path) -> None:
    """Four intervals, then 20 s of nothing, then three."""
    ends = [10.8, 11.6, 12.5, 13.3, 34.1, 34.9, 35.8]
    rr = [0.8, 0.8, 0.9, 0.8, 0.8, 0.8, 0.9]
    rows = [f"{end},{value}" for end, value in zip(ends, rr, strict=True)]
    folder = e4(
        tmp_path / "e4", IBI=lines("1700000000.00, IBI", *rows),
        EDA=lines("1700000000.00", "4.00", *[1.0] * 9),
    )  # fmt: skip
    session = read("empatica_e4", folder)
    beats = session["a"].channels["beats"]
    assert isinstance(beats, Beats)
    np.testing.assert_allclose(
        beats.times, [10.0, 10.8, 11.6, 12.5, 13.3, 33.3, 34.1, 34.9, 35.8]
    )
    assert np.flatnonzero(~beats.normal).tolist() == [5]
    np.testing.assert_allclose(
        [session.intervals.starts[0], session.intervals.ends[0]], [13.3, 33.3]
    )


def test_a_zip_is_read_like_its_folder(tmp_path: Path) -> None:
    eda = lines("1700000010.00", "4.000000", *[0.5] * 40)
    temp = lines("1700000010.00", "4.000000", *[33.1] * 40)
    folder = e4(tmp_path / "e4", EDA=eda, TEMP=temp)
    with zipfile.ZipFile(tmp_path / "e4.zip", "w") as archive:
        archive.writestr("watch/EDA.csv", eda)
        archive.writestr("watch/TEMP.csv", temp)
        archive.writestr("__MACOSX/watch/EDA.csv", "nonsense")
    assert read("empatica_e4", tmp_path / "e4.zip")["a"] == read("empatica_e4", folder)["a"]


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    path = tmp_path / "e4.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("EDA.csv", "1700000000.00\n4.0\n" + "0.000000\n" * 8_000_000)
        archive.writestr("TEMP.csv", "1700000000.00\n4.0\n33.1\n")
    with pytest.raises(FormatError, match="would unfold to"):
        read("empatica_e4", path)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (lines("yesterday", "4.0", 1.0), "EDA.csv, line 1"),
        (lines("17.0", "4.0", 1.0), "EDA.csv, line 1"),
        (lines("1700000000.0", "-4", 1.0), "EDA.csv, line 2"),
        (lines("1700000000.0", "4.0", 1.0, "x", 2.0), "EDA.csv, line 4"),
        (lines("1700000000.0"), "EDA.csv, line 2"),
    ],
)
def test_a_bad_file_of_an_e4_says_which_and_where(
    tmp_path: Path, content: str, where: str
) -> None:
    folder = e4(tmp_path / "e4", EDA=content, TEMP=lines("1700000000.0", "4.0", 33.0))
    with pytest.raises(FormatError) as caught:
        read("empatica_e4", folder)
    assert where in str(caught.value)
