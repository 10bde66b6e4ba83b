"""What `read` makes of files and folders, with a toy format in place of the real ones."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError, FormatError, SourceError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources import finding, read
from interbeat.sources._reader import Reader, Wanted

Write = Callable[..., Path]


def toy(path: Path, wanted: Wanted) -> Session:
    """Lines such as ``ecg 250 0 60``: channel, rate, start, end (s); ``mark talk 10 20``."""
    people: dict[str, dict[str, Data]] = {"a": {}}
    start, marks, notes = None, [], []
    labels = {label: name for name, label in wanted.channels.items()}
    lines = [line.split() for line in path.read_text().splitlines()]
    missing = set(labels) - {words[0] for words in lines}
    if missing:
        raise DataError(f"no {missing.pop()!r}")
    for words in lines:
        if words[0] == "start":
            start = datetime.fromisoformat(words[1])
        elif words[0] == "person":
            people["b"] = dict(people["a"])
            notes = [
                Inference(f"{path.name}, device {device}", "person", who, "of their order")
                for who, device in zip("ab", words[1:3], strict=True)
            ]
        elif words[0] == "mark":
            marks.append((float(words[2]), float(words[3]), words[1]))
        elif words[0] == "beats":
            people["a"]["beats"] = Beats.at(np.arange(float(words[2]), float(words[3])), "a")
        else:
            rate, begin, end = map(float, words[1:4])
            values = np.arange(round((end - begin) * rate), dtype=np.float64) + len(path.name)
            name = labels.get(words[0], words[0])
            people["a"][name] = Signal(values, rate, "mV", "a", begin)
    recordings = []
    for who, channels in people.items():
        recordings.append(Recording("a", channels).renamed(who))
    bounds = np.array([m[:2] for m in marks]).reshape(-1, 2)
    intervals = Intervals(bounds[:, 0], bounds[:, 1], tuple(m[2] for m in marks))
    return Session(tuple(recordings), intervals, start=start, inferences=tuple(notes))


TOY = Reader("toy", (".toy",), "Toy files.", lambda path: path.is_file(), toy)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return ``write(name, *lines) -> Path`` below an empty folder; toys are all there is."""
    readers: Mapping[str, Reader] = {"toy": TOY}
    monkeypatch.setattr(finding, "READERS", readers)

    def put(name: str, *lines: str) -> Path:
        path = tmp_path / "couple" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines))
        return path

    return put


ECG, EDA = "ecg 250 0 60", "eda 4 0 60"
FOLDERS = {
    "letters": (["HRV_a.toy", "HRV_b.toy"], ["HRV_a.toy"], ["HRV_b.toy"]),
    "capitals": (["couple-A.toy", "couple-B.toy"], ["couple-A.toy"], ["couple-B.toy"]),
    "partners": (["partner2.toy", "partner1.toy"], ["partner1.toy"], ["partner2.toy"]),
    "p1 and p2": (["x_p1.toy", "y_p2.toy"], ["x_p1.toy"], ["y_p2.toy"]),
    "ten after two": (["p10.toy", "p2.toy"], ["p2.toy"], ["p10.toy"]),
    "subjects": (
        ["sub-07/physio/sub-07_physio.toy", "sub-03/physio/sub-03_physio.toy"],
        ["sub-03/physio/sub-03_physio.toy"],
        ["sub-07/physio/sub-07_physio.toy"],
    ),
    "two folders": (["anna/x.toy", "ben/y.toy"], ["anna/x.toy"], ["ben/y.toy"]),
    "one folder down": (
        ["c01/anna/x.toy", "c01/ben/y.toy"],
        ["c01/anna/x.toy"],
        ["c01/ben/y.toy"],
    ),
    "just two": (["monday.toy", "tuesday.toy"], ["monday.toy"], ["tuesday.toy"]),
    "two times of day": (
        ["rec_2018-06-07_18.05.04.toy", "rec_2018-06-07_18.07.34.toy"],
        ["rec_2018-06-07_18.05.04.toy"],
        ["rec_2018-06-07_18.07.34.toy"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FOLDERS)
def test_names_tell_who_is_who(case: str, write: Write, tmp_path: Path) -> None:
    names, a, b = FOLDERS[case]
    for k, name in enumerate(names):
        write(name, f"ecg 250 0 {60 + k}")
    session = read(tmp_path / "couple")
    seconds = {name: 60 + k for k, name in enumerate(names)}
    assert session.persons == ("a", "b")
    assert (session["a"].end, session["b"].end) == (seconds[a[0]], seconds[b[0]])
    said = next(note for note in session.inferences if note.quantity == "person")
    assert f"a = {a[0]}" in said.value
    assert f"b = {b[0]}" in said.value


def test_files_of_one_person_become_one_recording(write: Write, tmp_path: Path) -> None:
    write("ecg.toy", ECG)
    write("eda.toy", EDA)
    session = read(tmp_path / "couple")
    assert session.persons == ("a",)
    assert set(session["a"].channels) == {"ecg", "eda"}
    assert session.title == "couple"
    assert session.sources == ("ecg.toy", "eda.toy")


@pytest.mark.parametrize(
    "names",
    [
        ("anna_ecg.toy", "anna_eda.toy", "ben_ecg.toy", "ben_eda.toy"),
        ("anna/chest_ecg.toy", "anna/wrist_eda.toy", "ben/chest_ecg.toy", "ben/wrist_eda.toy"),
        ("ecg/anna.toy", "eda/anna.toy", "ecg/ben.toy", "eda/ben.toy"),
        (
            "Polar_H10_8B4C1E2F_20240501_100000_ECG.toy",
            "Polar_H10_8B4C1E2F_20240501_100001_EDA.toy",
            "Polar_H10_A0B1C2D3_20240501_100003_ECG.toy",
            "Polar_H10_A0B1C2D3_20240501_100004_EDA.toy",
        ),
        ("chest_ecg_p1.toy", "wrist_eda_p1.toy", "chest_ecg_p2.toy", "wrist_eda_p2.toy"),
    ],
)
def test_two_people_of_two_files_each(
    names: tuple[str, ...], write: Write, tmp_path: Path
) -> None:
    for k, name in enumerate(names):
        write(name, f"{'ecg 250' if 'ecg' in name.lower() else 'eda 4'} 0 {60 + k}")
    session = read(tmp_path / "couple")
    assert [set(r.channels) for r in session.recordings] == [{"ecg", "eda"}] * 2
    assert session["a"].end < session["b"].end


def test_parts_are_put_on_one_clock_by_their_start_stamps(write: Write, tmp_path: Path) -> None:
    write("ecg.toy", "start 2024-05-01T10:00:10+02:00", ECG, "mark talk 5 9")
    write("eda.toy", "start 2024-05-01T08:00:00+00:00", EDA)
    session = read(tmp_path / "couple")
    assert session.start == datetime.fromisoformat("2024-05-01T08:00:00+00:00")
    channels = session["a"].channels
    assert (channels["ecg"].start, channels["eda"].start) == (10.0, 0.0)
    assert list(session.intervals.rows()) == [(15.0, 19.0, "talk")]


def test_parts_without_stamps_share_second_0_and_that_is_said(
    write: Write, tmp_path: Path
) -> None:
    write("ecg.toy", "start 2024-05-01T10:00:10+02:00", ECG)
    write("eda.toy", EDA)
    session = read(tmp_path / "couple")
    assert session["a"].channels["eda"].start == 0
    assert any(note.value == "the same second 0" for note in session.inferences)


@pytest.mark.parametrize("bare", ["x_beats.toy", "zz_beats.toy"])
def test_a_part_without_a_stamp_does_not_part_those_that_have_one(
    bare: str, write: Write, tmp_path: Path
) -> None:
    write("y_ecg.toy", "start 2024-05-01T10:00:10+00:00", ECG)
    write("z_eda.toy", "start 2024-05-01T10:00:00+00:00", EDA)
    write(bare, "beats 1 0 60")
    session = read(tmp_path / "couple", person={"a": "toy"})
    starts = {name: data.start for name, data in session["a"].channels.items()}
    assert starts == {"ecg": 10, "eda": 0, "beats": 0}
    assert session.start == datetime.fromisoformat("2024-05-01T10:00:00+00:00")
    clocks = [note for note in session.inferences if note.quantity.startswith("clock")]
    assert [note.subject for note in clocks] == [bare]


def test_two_paths_are_a_and_b_on_the_clock_of_the_earlier(write: Write) -> None:
    late = write("x.toy", "start 2024-05-01T10:00:30+00:00", ECG)
    early = write("y.toy", "start 2024-05-01T10:00:00+00:00", "ecg 250 0 70")
    session = read(late, early)
    assert (session["a"].start, session["b"].start) == (30.0, 0.0)
    assert session.start == datetime.fromisoformat("2024-05-01T10:00:00+00:00")
    assert session.title == "x.toy and y.toy"
    assert session.between(40, 50)["b"].start == 40


def test_files_of_one_name_in_two_folders_are_told_apart(write: Write) -> None:
    anna, ben = write("anna/x.toy", ECG), write("ben/x.toy", "ecg 250 0 61")
    for session in (read(anna, ben), read(anna.parent, ben.parent)):
        assert session.sources == ("anna/x.toy", "ben/x.toy")
        clock = [n for n in session.inferences if n.quantity.startswith("clock")]
        assert [str(n)[:34] for n in clock] == ["ben/x.toy: clock against anna/x.toy"[:34]]
    assert read(anna, ben).title == "anna/x.toy and ben/x.toy"


def test_a_task_that_both_recorders_marked_is_told_once(write: Write) -> None:
    a = write("x.toy", ECG, "mark talk 10 20", "mark gap 30 31")
    b = write("y.toy", "ecg 250 0 61", "mark talk 5 15", "mark gap 25.1 26.5")
    rows = [(start, label) for start, _, label in read(a, b).intervals.rows()]
    assert rows == [(10.0, "talk"), (30.0, "gap"), (30.1, "gap")]


def test_common_markers_mend_offset_and_drift(write: Write) -> None:
    times = np.arange(0, 600, 60.0)
    ours = [f"mark m{k} {t + 10} {t + 11}" for k, t in enumerate(times)]
    theirs = [f"mark m{k} {t * 1.0001} {t * 1.0001 + 1}" for k, t in enumerate(times)]
    a = write("x.toy", "ecg 250 0 700", "beats 1 0 700", *ours)
    b = write("y.toy", "ecg 250 0 600", "beats 1 0 600", *theirs)
    session = read(a, b)
    ecg, beats = session["b"].channels["ecg"], session["b"].channels["beats"]
    assert isinstance(ecg, Signal)
    assert isinstance(beats, Beats)
    assert ecg.start == pytest.approx(10, abs=1e-3)
    assert ecg.sampling_rate == pytest.approx(250 * 1.0001, rel=1e-7)
    assert beats.times[-1] == pytest.approx(10 + 599 / 1.0001, abs=1e-3)
    clock = next(note for note in session.inferences if note.quantity.startswith("clock"))
    assert "ppm" in clock.value
    assert "residual" in clock.value


def test_a_stamp_of_one_alone_stays_right_when_markers_move_its_clock(write: Write) -> None:
    a = write("x.toy", ECG, "mark talk 10 20")
    b = write("y.toy", "start 2024-05-01T10:00:05+00:00", "ecg 250 0 61", "mark talk 5 15")
    session = read(a, b)
    assert session["b"].start == 5
    assert session.start == datetime.fromisoformat("2024-05-01T10:00:00+00:00")


def test_a_recording_of_a_thousand_years_is_an_error(write: Write) -> None:
    with pytest.raises(FormatError, match=r"possible: a year.*sampling rate"):
        read(write("x.toy", "ecg 1e-9 0 5e10"))


def test_markers_that_do_not_agree_leave_the_start_stamps(write: Write) -> None:
    stamp = "start 2024-05-01T10:00:00+00:00"
    rng = np.random.default_rng(1)
    a = [f"mark m{k} {t} {t + 1}" for k, t in enumerate(rng.uniform(0, 500, 8))]
    b = [f"mark m{k} {t} {t + 1}" for k, t in enumerate(rng.uniform(0, 500, 8))]
    session = read(write("x.toy", stamp, ECG, *a), write("y.toy", stamp, "ecg 250 0 61", *b))
    assert session["b"].start == 0
    assert any(note.value == "the start stamps" for note in session.inferences)


def test_clocks_with_nothing_in_common_start_together_and_that_is_said(write: Write) -> None:
    session = read(write("x.toy", ECG), write("y.toy", "ecg 250 5000 5060"))
    assert session["b"].start == session["a"].start == 0
    assert any(note.value == "the same first sample" for note in session.inferences)


@pytest.mark.parametrize(
    ("person", "seconds"),
    [
        ({"a": "carla", "b": "anna"}, (62, 60)),
        ({"b": "ben.toy"}, (61,)),
        ({"A": "sub-1"}, (63,)),
    ],
)
def test_person_chooses(
    person: dict[str, str], seconds: tuple[int, ...], write: Write, tmp_path: Path
) -> None:
    for k, name in enumerate(["anna.toy", "ben.toy", "carla.toy", "sub-1/rec.toy"]):
        write(name, f"ecg 250 0 {60 + k}")
    session = read(tmp_path / "couple", person=person)
    assert session.persons == tuple(name.lower() for name in person)
    assert tuple(recording.end for recording in session.recordings) == seconds


def test_person_may_be_a_path_below_the_folder(write: Write, tmp_path: Path) -> None:
    write("ben/rec.toy", ECG)
    write("anna/rec.toy", "ecg 250 0 61")
    chosen = {"a": tmp_path / "couple" / "ben", "b": tmp_path / "couple" / "anna"}
    session = read(tmp_path / "couple", person=chosen)
    assert (session["a"].end, session["b"].end) == (60, 61)


def test_person_chooses_a_device_in_a_file(write: Write) -> None:
    both = write("lab.toy", "ecg 250 0 60", "person left right", "ecg 250 0 99")
    assert read(both).persons == ("a", "b")
    assert read(both, person={"a": "right"})["a"].end == 60
    swapped = read(both, person={"a": "right", "b": "left"})
    assert (swapped["a"].end, swapped["b"].end) == (60, 99)


def test_a_device_of_a_file_of_two_may_be_one_of_two_paths(write: Write) -> None:
    both = write("lab.toy", "ecg 250 0 60", "person left right", "ecg 250 0 99")
    one = write("one.toy", "ecg 250 0 61")
    session = read(both, one, person={"a": "left"})
    assert (session["a"].end, session["b"].end) == (99, 61)


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ({"a": "dora"}, r"no 'dora' for person a; possible: anna.toy, ben.toy"),
        ({"a": "anna", "b": "anna.toy"}, "anna.toy fits both"),
    ],
)
def test_a_choice_that_cannot_be_says_what_can(
    person: dict[str, str], says: str, write: Write, tmp_path: Path
) -> None:
    write("anna.toy", ECG)
    write("ben.toy", "ecg 250 0 61")
    with pytest.raises(SourceError, match=says):
        read(tmp_path / "couple", person=person)


def test_the_channel_map_may_speak_of_one_of_several_files(
    write: Write, tmp_path: Path
) -> None:
    write("x_ecg.toy", "ECG1 250 0 60")
    write("x_eda.toy", EDA)
    session = read(tmp_path / "couple", channels={"ECG": "ECG1"})
    assert set(session["a"].channels) == {"ecg", "eda"}


def test_a_label_that_no_file_has_is_an_error(write: Write, tmp_path: Path) -> None:
    write("x_ecg.toy", ECG)
    write("x_eda.toy", EDA)
    with pytest.raises(SourceError, match=r"no 'EKG' for ecg in any of x_ecg.toy, x_eda.toy"):
        read(tmp_path / "couple", channels={"ecg": "EKG"})


def test_what_no_reader_takes_is_reported_and_companions_are_not(
    write: Write, tmp_path: Path
) -> None:
    for name in (
        "x.toy",
        "notes.docx",
        "README.md",
        ".hidden",
        "x.json",
        "SOURCE.md",
        "LICENSE",
    ):
        write(name, ECG)
    notes = [str(note) for note in read(tmp_path / "couple").inferences]
    assert notes == [
        "couple/notes.docx: file taken as no recording, because no reader takes it"
    ]


def test_a_zip_is_read_as_the_folder_in_it(write: Write, tmp_path: Path) -> None:
    folder = write("HRV_a.toy", ECG).parent
    write("HRV_b.toy", "ecg 250 0 61")
    packed = tmp_path / "couple01.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"couple01/{path.name}")
    session = read(packed)
    plain = replace(read(folder), title="couple01.zip")
    assert session.recordings == plain.recordings
    assert (session.title, session.persons) == ("couple01.zip", ("a", "b"))
    assert "interbeat-" not in " ".join(map(str, session.inferences))


def test_three_recordings_of_one_person_are_a_question(write: Write, tmp_path: Path) -> None:
    for k in range(3):
        write(f"rec_2018-06-07_18.0{k}.04.toy", ECG)
    with pytest.raises(SourceError, match=r"ecg twice.*18\.00\.04.*18\.01\.04.*--person a="):
        read(tmp_path / "couple")


def test_files_of_one_person_days_apart_are_a_question(write: Write, tmp_path: Path) -> None:
    write("x_ecg.toy", "start 2024-05-01T10:00:00+00:00", ECG)
    write("x_eda.toy", "start 2024-05-04T10:01:00+00:00", EDA)
    with pytest.raises(SourceError, match=r"x_ecg.toy ends 3.0 days before x_eda.toy begins"):
        read(tmp_path / "couple")


def test_names_that_do_not_tell_are_a_question(write: Write, tmp_path: Path) -> None:
    for name in ("anna", "ben", "carla"):
        write(f"{name}.toy", ECG)
    with pytest.raises(SourceError, match=r"3 recordings.*whose: anna.toy, ben.toy.*--person"):
        read(tmp_path / "couple")


def test_a_second_path_beside_a_file_of_two_people_is_an_error(write: Write) -> None:
    both = write("lab.toy", ECG, "person left right")
    with pytest.raises(SourceError, match="two people, and another path"):
        read(both, write("one.toy", EDA))


def test_one_person_twice_is_an_error(write: Write, tmp_path: Path) -> None:
    one = write("x.toy", ECG)
    with pytest.raises(SourceError, match="one person twice"):
        read(one, tmp_path / "couple" / ".." / "couple" / "x.toy")
    copy = write("y.toy", ECG)
    with pytest.raises(SourceError, match=r"one person twice: x.toy and y.toy"):
        read(one, copy)


def test_two_recordings_of_different_days_are_an_error(write: Write) -> None:
    a = write("x.toy", "start 2024-05-01T10:00:00+00:00", ECG)
    b = write("yy.toy", "start 2024-05-02T10:00:00+00:00", ECG)
    says = r"no second: x.toy runs from 2024-05-01 10:00:00 .* yy.toy from 2024-05-02 10:00:00"
    with pytest.raises(SourceError, match=says):
        read(a, b)


@pytest.mark.parametrize("count", [0, 3])
def test_no_path_or_three_is_an_error(count: int, write: Write) -> None:
    with pytest.raises(DataError, match=f"not {count}"):
        read(*[write("x.toy", ECG)] * count)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"channels": {"heart": "x"}}, "no channel is called 'heart'"),
        ({"channels": {"scl": "x"}}, "worked out from other channels; possible: ecg, .*eda"),
        ({"channels": {"ecg": "x", "ppg": "x"}}, "'x' cannot be ecg and ppg at once"),
        ({"sampling_rate": 0.0}, "positive number of Hz, not 0.0"),
        ({"sampling_rate": float("nan")}, "not nan"),
        ({"person": {"c": "x"}}, "possible: a=NAME"),
    ],
)
def test_a_wrong_call_is_an_error(said: dict[str, object], says: str, write: Write) -> None:
    with pytest.raises(DataError, match=says):
        read(write("x.toy", ECG), **said)  # type: ignore[arg-type]
