"""Real text files against what their authors say of them, or counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import FormatError
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.sources._reader import READERS, Wanted

Find = Callable[[str], Path]


def read(name: str, path: Path, **wanted: object) -> Session:
    assert READERS[name].accepts(path)
    return READERS[name].read(path, Wanted(**wanted))  # type: ignore[arg-type]


def signal(session: Session, channel: str, person: str = "a") -> Signal:
    found = session[person].channels[channel]
    assert isinstance(found, Signal)
    return found


def beats(session: Session) -> Beats:
    found = session["a"].channels["beats"]
    assert isinstance(found, Beats)
    return found


def said(session: Session, quantity: str) -> list[str]:
    return [note.value for note in session.inferences if note.quantity == quantity]


# ---- intervals


@pytest.mark.parametrize(("file", "count", "median"), [("a", 811, 596), ("b", 897, 528)])
def test_the_dyad_has_its_published_intervals(
    data: Find, file: str, count: int, median: int
) -> None:
    session = read("rr_text", data(f"wunderwald_ibi_dyad/HRV_{file}.xlsx"))
    rr = beats(session).rr_ms
    assert rr.size == count
    assert np.median(rr) == pytest.approx(median)
    assert rr.sum() / 1000 == pytest.approx(484, abs=0.5)
    assert said(session, "unit") == ["ms"]


@pytest.mark.parametrize(("file", "count"), [("Long", 4684), ("Short", 337)])
def test_arrays_of_intervals_are_beats(data: Find, file: str, count: int) -> None:
    path = data(f"pyhrv_nni/SampleNNISeries{file}.npy")
    session = read("rr_text", path)
    np.testing.assert_allclose(beats(session).rr_ms, np.load(path), atol=1e-6)
    assert len(beats(session)) == count + 1
    assert not READERS["table"].accepts(path)


def test_beat_times_are_told_from_intervals(data: Find) -> None:
    for file, count, last in (
        ("rhrv_cran/example.beats", 17_360, 7398.264),
        ("rhrvbook_rr/Chapter3/beat_ascii.txt", 7_182, 4800.472),
        ("rhrvbook_rr/Chapter6/a01.beats.txt", 29_938, 29_564.45),
    ):
        session = read("rr_text", data(file))
        assert (len(beats(session)), beats(session).times[-1]) == (count, last)
        assert said(session, "unit") == ["s"]


@pytest.mark.parametrize("person", ["001", "003", "004"])
def test_a_day_that_opens_with_an_offset_begins_there(data: Find, person: str) -> None:
    """SOURCE.md: the first value of these files is an offset and no interval."""
    path = data(f"rhrvbook_rr/Chapter8/normal/nsr{person}_rr_secs.txt")
    values = np.loadtxt(path)
    session = read("rr_text", path)
    assert beats(session).start == values[0]
    assert beats(session).start > 200
    np.testing.assert_allclose(beats(session).rr_ms, values[1:] * 1000, atol=1e-6)
    assert said(session, "first value") == ["the time of the first beat"]


def test_a_pause_of_over_3_s_is_a_gap(data: Find) -> None:
    session = read("rr_text", data("rhrvbook_rr/Chapter8/chf/chf202_rr_secs.txt"))
    pauses = beats(session).rr_ms > 3000
    assert pauses.sum() == 35
    assert pauses.sum() == len(session.intervals.labelled("gap"))
    np.testing.assert_array_equal(beats(session).normal[1:], ~pauses)


@pytest.mark.parametrize(
    "file",
    [
        "heartpy_ppg/data.csv", "heartpy_ppg/data2.csv", "heartpy_ppg/data3.csv",
        "peakdet/PPG.csv",
        "biopeaks_formats/ecg_snippet.tsv", "biopeaks_formats/breathing_snippet.tsv",
        "garcia_physio/ecg1.npy", "garcia_physio/resp3_belt.npy", "peakdet/header.csv",
        "neurokit_bio/ecg_1000hz.csv", "rhrvbook_rr/Chapter6/a01.tags.txt",
        "biopsykit/hr_result_Vp01.xlsx", "biopsykit/cortisol_sample_plate.xlsx",
        "mpath_ema/example_basic.csv", "rmea_therapy/normal/200_01.txt",
    ],
)  # fmt: skip
def test_what_is_no_heart_is_not_taken_for_one(data: Find, file: str) -> None:
    """Pulse waves of raw counts lie where intervals in milliseconds do."""
    assert not READERS["rr_text"].accepts(data(file))


# ---- tables


def test_the_rate_in_the_name_of_a_file_is_taken_and_told(data: Find) -> None:
    session = read("table", data("neurokit_bio/bio_eventrelated_100hz.csv"))
    held = session["a"].channels
    assert set(held) == {"ecg", "eda", "respiration"}
    assert signal(session, "ecg").end == 150.0
    assert signal(session, "ecg").values[0] == -0.015869140625
    assert (signal(session, "eda").unit, signal(session, "ecg").unit) == ("µS", "a.u.")
    assert said(session, "sampling rate") == ["100 Hz"]


def test_a_timer_in_milliseconds_gives_the_rate(data: Find) -> None:
    path = data("heartpy_ppg/data2.csv")
    session = read("table", path, channels={"ppg": "hr"})
    assert signal(session, "ppg").sampling_rate == pytest.approx(1000 / 8.54790319355, rel=1e-6)
    assert len(signal(session, "ppg")) == 15_000
    assert signal(session, "ppg").values[1] == 514


def test_jittery_dates_give_the_mean_rate(data: Find) -> None:
    session = read("table", data("heartpy_ppg/data3.csv"), channels={"ppg": "hr"})
    ppg = signal(session, "ppg")
    assert ppg.sampling_rate == pytest.approx(68_475 / 681.898, rel=1e-4)
    assert len(ppg) == 68_476
    assert session.start == datetime(2016, 11, 24, 13, 58, 58, 81_000, UTC)


def test_what_calls_itself_heart_rate_at_117_hz_is_not_believed(data: Find) -> None:
    with pytest.raises(FormatError, match="no heart rate comes at 117 Hz"):
        read("table", data("heartpy_ppg/data2.csv"))


@pytest.mark.parametrize(
    ("file", "channel", "facts"),
    [
        ("garcia_physio/ecg1.npy", "ecg", (1000, 300_000, 0.01914102)),
        ("garcia_physio/resp1_airflow.npy", "respiration", (1000, 300_000, -1634.82068)),
        ("garcia_physio/resp3_belt.npy", "respiration", (1000, 300_000, 38.30879974)),
        ("peakdet/ECG.csv", "ecg", (1000, 44_611, 1.66656)),
        ("peakdet/PPG.csv", "ppg", (40, 24_000, -280)),
        ("peakdet/RESP.csv", "respiration", (40, 24_000, -2900)),
        ("biopeaks_formats/ecg_snippet.tsv", "ecg", (1000, 570, 471)),
        ("biopeaks_formats/breathing_snippet.tsv", "respiration", (1000, 100_092, 641)),
    ],
)
def test_a_lone_column_is_what_its_file_is_called(
    data: Find, file: str, channel: str, facts: tuple[float, int, float]
) -> None:
    rate, count, first = facts
    session = read("table", data(file), sampling_rate=rate)
    found = signal(session, channel)
    assert (len(found), found.sampling_rate) == (count, rate)
    assert found.values[0] == pytest.approx(first, rel=1e-6)
    assert not np.isnan(found.values).any()


def test_a_table_without_a_rate_says_how_to_give_it(data: Find) -> None:
    for file in ("peakdet/ECG.csv", "garcia_physio/ecg1.npy"):
        with pytest.raises(FormatError, match=r"sampling_rate=\.\.\."):
            read("table", data(file))


def test_a_shimmer_has_conductance_and_not_its_range(data: Find) -> None:
    """The second column of EDA is the amplifier's range, the third the resistance."""
    session = read("table", data("devicely_formats/Shimmer_test_data/read_test_data.csv"))
    eda = signal(session, "eda")
    assert (eda.unit, eda.values[0]) == ("µS", 2.493040293040293)
    gravity = signal(session, "acceleration_y")
    assert (gravity.unit, gravity.values[0]) == ("g", pytest.approx(10 / 9.80665))
    assert session.start == datetime(2020, 7, 28, 10, 56, 50, 34_000, UTC)


# ---- Empatica E4


def test_an_e4_has_channels_of_unequal_length(data: Find) -> None:
    session = read("empatica_e4", data("flirt_wearables/empatica"))
    spans = {
        name: (signal(session, name).sampling_rate, len(signal(session, name)))
        for name in session["a"].channels
        if name != "beats"
    }
    assert spans == {
        "acceleration_x": (32, 9998), "acceleration_y": (32, 9998),
        "acceleration_z": (32, 9998), "ppg": (64, 9998), "eda": (4, 9998),
        "heart_rate": (1, 4998), "temperature": (4, 4998),
    }  # fmt: skip
    assert signal(session, "acceleration_x").values[0] == -61 / 64
    assert signal(session, "heart_rate").start == 10.0
    assert session.start == datetime.fromtimestamp(1_560_279_825, UTC)
    assert len(session.intervals.labelled("tag")) == 0


def test_an_e4s_intervals_cover_61_percent_and_the_rest_is_gaps(data: Find) -> None:
    """4999 intervals sum to 5393.3 s; 202 times one does not begin where the last ended."""
    session = read("empatica_e4", data("flirt_wearables/empatica"))
    found, gaps = beats(session), session.intervals.labelled("gap")
    assert (len(gaps), (~found.normal).sum()) == (202, 202)
    inside = ~np.isin(found.times[:-1], gaps.starts)
    assert inside.sum() == 4999
    assert found.rr_ms[inside].sum() / 1000 == pytest.approx(5393.309, abs=0.01)
    assert found.rr_ms[inside].max() == pytest.approx(1531.32, abs=0.01)
    covered = 1 - gaps.seconds / (found.end - found.start)
    assert covered == pytest.approx(0.61, abs=0.005)


def test_presses_of_an_e4s_button_are_tags(data: Find) -> None:
    session = read("empatica_e4", data("devicely_formats/Empatica_test_data/test_data_read"))
    tags = session.intervals.labelled("tag")
    np.testing.assert_allclose(tags.starts, [10.68, 17.17, 18.49, 27.04], atol=1e-4)
    np.testing.assert_allclose(tags.ends - tags.starts, 1.0)


# ---- OpenSignals


def test_text_and_hdf5_of_one_recording_agree(data: Find) -> None:
    """A count of 46888 of 16 bits is 46888 / 65536 * 3 / 0.12 = 17.886 µS."""
    text = read("opensignals", data("biosignalsnotebooks/eda_slow_signal.txt"))
    hdf5 = read("opensignals", data("biosignalsnotebooks/eda_slow_signal.h5"))
    eda = signal(text, "eda")
    assert eda == signal(hdf5, "eda")
    assert (len(eda), eda.sampling_rate, eda.unit) == (2820, 100, "µS")
    assert eda.values[0] == pytest.approx(17.886, abs=1e-3)
    assert text.start == hdf5.start == datetime(2017, 1, 23, 13, 28, 43, 110_000, UTC)


@pytest.mark.parametrize("file", ["1A", "1J", "2A", "2J"])
def test_the_ecg_of_a_bitalino_is_found_by_its_sensor(data: Find, file: str) -> None:
    """Its counter runs from 0 to 15 and anew, and loses nothing."""
    path = data(f"biopeaks_formats/OSmontage{file}.txt")
    session = read("opensignals", path)
    ecg = signal(session, "ecg")
    assert set(session["a"].channels) == {"ecg"}
    raw = np.loadtxt(path)[:, 6]
    np.testing.assert_allclose(ecg.values, (raw / 1024 - 0.5) * 3.3 / 1.1)
    assert (ecg.sampling_rate, ecg.unit) == (100, "mV")


def test_a_column_that_is_only_raw_can_be_named(data: Find) -> None:
    path = data("biosignalsnotebooks/signal_sample_single_hub_RAW_2018_7_4.txt")
    with pytest.raises(FormatError, match=r"possible: CH1 \(RAW\), CH2 \(RAW\), CH3 \(RAW\)"):
        read("opensignals", path)
    session = read("opensignals", path, channels={"ecg": "CH2"})
    assert signal(session, "ecg").values[0] == 33_144
    assert signal(session, "ecg").unit == "a.u."


def test_a_counter_that_fills_up_is_told(data: Find) -> None:
    session = read("opensignals", data("biosignalsnotebooks/ecg_5_min.h5"))
    assert (len(signal(session, "ecg")), signal(session, "ecg").sampling_rate) == (
        300_000,
        1000,
    )
    assert "full" in said(session, "counter nSeq")


FACTS: Mapping[str, tuple[str, int, float]] = {
    "biosignalsnotebooks/bvp_rest.h5": ("ppg", 105_750, 1000),
    "biosignalsnotebooks/ecg_20_sec_100_Hz.h5": ("ecg", 1965, 100),
    "biosignalsnotebooks/signal_sample_single_hub_hSpO2_2018_7_6.h5": ("ppg", 61_200, 1000),
    "biosignalsnotebooks/signal_sample_single_hub_RESPIRATION_2018_7_5.txt": (
        "respiration", 60_000, 1000,
    ),
    "pyhrv_nni/SampleECG.txt": ("ecg", 22_350, 1000),
}  # fmt: skip


@pytest.mark.parametrize("file", sorted(FACTS))
def test_opensignals_files_have_their_samples(data: Find, file: str) -> None:
    channel, count, rate = FACTS[file]
    found = signal(read("opensignals", data(file)), channel)
    assert (len(found), found.sampling_rate) == (count, rate)
