"""Real folders through the door: who is in them, and what is asked where that is not clear."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import SourceError
from interbeat.core.signal import Signal
from interbeat.sources import read

Data = Callable[[str], Path]
PHYSIO = "bids_ds210/sub-{0}/func/sub-{0}_task-rest_run-01_physio.tsv.gz"


def test_intervals_of_an_adult_and_a_child_are_two_people(data: Data) -> None:
    session = read(data("wunderwald_ibi_dyad"))
    assert session.persons == ("a", "b")
    assert session.title == "wunderwald_ibi_dyad"
    for who, count in ("a", 811), ("b", 897):
        beats = session[who].channels["beats"]
        assert isinstance(beats, Beats)
        assert len(beats) == count + 1
        assert beats.end - beats.start == pytest.approx(484, abs=1)
    said = [note for note in session.inferences if note.quantity == "person"]
    assert [note.value for note in said] == ["a = HRV_a.xlsx, b = HRV_b.xlsx"]


def test_two_bids_subjects_given_as_files_or_chosen_in_the_dataset(data: Data) -> None:
    files = read(data(PHYSIO.format("01")), data(PHYSIO.format("02")))
    chosen = read(data("bids_ds210"), person={"a": "sub-01", "b": "sub-02"})
    assert files.recordings == chosen.recordings
    assert set(files["b"].channels) == {"ppg", "respiration"}
    assert any("same second 0" in note.value for note in files.inferences)


def test_a_dataset_of_eight_subjects_asks_whom(data: Data) -> None:
    with pytest.raises(SourceError, match=r"8 subjects: sub-01, .*--person a=sub-01"):
        read(data("bids_ds210"))


def test_an_e4_folder_is_one_person_with_utc_stamps(data: Data) -> None:
    session = read(data("flirt_wearables/empatica"))
    assert session.persons == ("a",)
    assert session.start is not None
    assert session.start.utcoffset() is not None
    assert {"eda", "ppg", "beats", "temperature"} <= set(session["a"].channels)


def test_one_e4_for_each_person_is_two_people(data: Data, tmp_path: Path) -> None:
    """The second E4 is the first one a second later, and a little warmer."""
    first = data("devicely_formats/Empatica_test_data/test_data_read")
    for who, later in ("anna", 0), ("ben", 1):
        (tmp_path / "couple" / who).mkdir(parents=True)
        for name in ("EDA.csv", "TEMP.csv"):
            start, rate, *rows = (first / name).read_text().split()
            rows[-1] = f"{float(rows[-1]) + later / 100}"
            lines = "\n".join([f"{float(start) + later:f}", rate, *rows])
            (tmp_path / "couple" / who / name).write_text(lines)
    session = read(tmp_path / "couple")
    assert session.persons == ("a", "b")
    assert session["b"].start - session["a"].start == 1
    packed = tmp_path / "couple.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((tmp_path / "couple").rglob("*.csv")):
            archive.write(path, path.relative_to(tmp_path))
    assert read(packed).recordings == session.recordings


def test_notes_and_pictures_beside_two_recordings_do_no_harm(tmp_path: Path) -> None:
    for who, rr in ("a", 800), ("b", 900):
        (tmp_path / f"ibi_{who}.txt").write_text(f"{rr}\n" * 60)
    (tmp_path / "notes.txt").write_text("Anna was late.\nBen laughed a lot.\n")
    (tmp_path / "page.html").write_text("<html></html>")
    session = read(tmp_path)
    assert session.persons == ("a", "b")
    assert any("notes.txt: file taken as no recording" in str(n) for n in session.inferences)


def test_person_chooses_one_of_two_devices_in_a_file(tmp_path: Path) -> None:
    about = {"sensor": ["ECG"], "column": ["nSeq", "DI", "CH1"], "label": ["CH1"],
             "resolution": [16], "device": "biosignalsplux", "sampling rate": 100,
             "date": "2024-5-1", "time": "10:0:7.29"}  # fmt: skip
    devices = json.dumps({"00:07:80:00:00:01": about, "00:07:80:00:00:02": about})
    rows = (f"{k}\t0\t{32768 + k}\t{k}\t0\t{32768 - k}\t" for k in range(200))
    head = ("# OpenSignals Text File Format", f"# {devices}", "# EndOfHeader")
    path = tmp_path / "both.txt"
    path.write_text("\n".join([*head, *rows]))
    both = read(path)
    assert both.persons == ("a", "b")
    second = read(path, person={"a": "00:07:80:00:00:02"})
    assert second.persons == ("a",)
    assert second["a"] == both["b"].renamed("a")
    with pytest.raises(SourceError, match=r"no one '99' for person a; possible: a \(both.txt"):
        read(path, person={"a": "99"})


def test_three_recordings_of_one_person_ask_which(data: Data) -> None:
    folder = data("electrophys_unam/ECGrespiration/data/control")
    with pytest.raises(SourceError, match=r"ecg twice, in BYB_.*18\.05\.04\.wav and in BYB_"):
        read(folder)
    session = read(folder, person={"a": "18.07.34"})
    assert session.sources == ("BYB_Recording_2018-06-07_18.07.34.wav",)


def test_arrays_need_a_rate_and_share_it(data: Data) -> None:
    folder = data("garcia_physio")
    with pytest.raises(SourceError, match="sampling"):
        read(folder / "ecg1.npy")
    alone = read(folder / "ecg1.npy", sampling_rate=1000)["a"].channels["ecg"]
    assert isinstance(alone, Signal)
    assert alone.end == 300
    session = read(folder, sampling_rate=1000, person={"a": "ecg1", "b": "resp3_belt"})
    assert [set(r.channels) for r in session.recordings] == [{"ecg"}, {"respiration"}]


def test_a_folder_of_many_people_lists_them(data: Data) -> None:
    with pytest.raises(SourceError, match=r"22 recordings.*101\.hea, 106\.hea.*and 14 more"):
        read(data("mitdb"))
    session = read(data("mitdb"), person={"a": "101", "b": "106"})
    assert session.sources == ("101.hea", "106.hea")


def test_a_path_with_accents_and_spaces(data: Data) -> None:
    folder = data("electrophys_unam/ECGrespiration/data/respiraciónOla")
    file = min(folder.glob("*.wav"))
    assert set(read(file)["a"].channels) == {"ecg"}
