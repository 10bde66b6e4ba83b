"""BIDS: what is written is valid, and comes back up to the rounding that is promised."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.beats import Beats
from interbeat.core.errors import FormatError, SourceError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.sources import read
from interbeat.sources._reader import Wanted
from interbeat.sources.bids_out import write_bids
from interbeat.sources.files.bids import read_bids

VALIDATOR = Path(sys.executable).with_name("bids-validator-deno")


def recording(person: str, seed: int) -> Recording:
    rng = np.random.default_rng(seed)
    ecg = rng.normal(size=2500)
    ecg[500:1000] = np.nan
    beats = np.cumsum(rng.uniform(0.5, 1.2, 12))
    return Recording(
        person,
        {
            "ecg": Signal(ecg, 250, "mV", person, 0.0),
            "eda": Signal(rng.uniform(2, 9, 41), 4, "µS", person, 0.25),
            "respiration": Signal(rng.normal(size=250) * 1e4, 25, "a.u.", person, -1.5),
            "acceleration_x": Signal(rng.normal(size=320), 32, "g", person, 0.0),
            "beats": Beats(beats, rng.random(12) > 0.2, person),
        },
    )


# What is fainter than 1e-200 is written as 0: no unit makes a signal so faint.
SAMPLES = st.sampled_from([0.0, float("nan")]) | st.floats(1e-99, 1e9) | st.floats(-1e9, -1e-99)


@pytest.fixture
def session() -> Session:
    return Session(
        [recording("a", 1), recording("b", 2)],  # type: ignore[arg-type]
        Intervals(np.array([2.0, 3, 5]), np.array([4.0, 4, 9]), ("gap", "cough", "talk")),
        start=datetime(2024, 5, 6, 10, 2, 3, 500_000, tzinfo=UTC),
        title="couple 01",
    )


def close(there: Session, here: Session) -> None:
    """Check that `there` is `here` up to seven digits, and a microsecond for events."""
    assert there.persons == here.persons
    assert there.start == here.start
    for one, other in zip(there.recordings, here.recordings, strict=True):
        assert set(one.channels) == set(other.channels)
        for name, data in other.channels.items():
            back = one.channels[name]
            if isinstance(data, Signal):
                assert isinstance(back, Signal)
                assert (back.sampling_rate, back.unit) == (data.sampling_rate, data.unit)
                assert back.start == pytest.approx(data.start, abs=1e-6)
                largest = np.nanmax(np.abs(data.values), initial=0)
                np.testing.assert_allclose(back.values, data.values, atol=largest * 1e-6)
            else:
                assert isinstance(back, Beats)
                assert isinstance(data, Beats)
                np.testing.assert_allclose(back.times, data.times, atol=1e-6)
                np.testing.assert_array_equal(back.normal, data.normal)


def test_a_session_comes_back(session: Session, tmp_path: Path) -> None:
    write_bids(session, tmp_path / "out")
    back = read(tmp_path / "out")
    close(back, session)
    assert back.intervals == session.intervals


def test_what_has_been_rounded_comes_back_bit_for_bit(session: Session, tmp_path: Path) -> None:
    write_bids(session, tmp_path / "one")
    once = read_bids(tmp_path / "one", Wanted())
    write_bids(once, tmp_path / "two")
    twice = read_bids(tmp_path / "two", Wanted())
    assert twice.recordings == once.recordings
    assert twice.intervals == once.intervals


def test_one_person_alone_comes_back(session: Session, tmp_path: Path) -> None:
    alone = Session(session.recordings[:1], title="alone")
    write_bids(alone, tmp_path / "out")
    back = read_bids(tmp_path / "out" / "sub-alonea", Wanted())
    close(back, alone)


@settings(max_examples=15, deadline=None)
@given(
    values=st.lists(SAMPLES, min_size=1, max_size=40),
    rate=st.floats(0.1, 5000),
    start=st.floats(-1e5, 1e5),
)
def test_any_signal_comes_back(
    values: list[float], rate: float, start: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bids") / "out"
    signal = Signal(np.array(values), rate, "mmHg", "a", start)
    here = Session((Recording("a", {"blood_pressure": signal}),))
    write_bids(here, folder)
    close(read_bids(folder, Wanted()), here)


def issues(folder: Path) -> Iterator[tuple[str, str, str]]:
    if not VALIDATOR.exists():
        pytest.skip("the BIDS validator is not installed: pip install bids-validator-deno")
    ran = subprocess.run(
        [VALIDATOR, folder, "--json"], capture_output=True, text=True, check=False, timeout=60
    )
    for issue in json.loads(ran.stdout)["issues"]["issues"]:
        yield issue["severity"], issue["code"], issue.get("location", "")


def test_the_validator_finds_no_error(session: Session, tmp_path: Path) -> None:
    write_bids(session, tmp_path / "out")
    found = list(issues(tmp_path / "out"))
    assert found  # it says something, if only what else could be told
    assert [row for row in found if row[0] == "error"] == []
    assert not [code for _, code, _ in found if code.startswith("GZIP")]


def test_the_validator_would_find_one(session: Session, tmp_path: Path) -> None:
    write_bids(session, tmp_path / "out")
    next((tmp_path / "out").rglob("*ecg_physio.json")).unlink()
    assert [row for row in issues(tmp_path / "out") if row[0] == "error"]


def test_packed_tables_say_neither_when_nor_where_they_were_made(
    session: Session, tmp_path: Path
) -> None:
    write_bids(session, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.tsv.gz"):
        head = path.read_bytes()[:10]
        assert head[3] == 0  # no name
        assert head[4:8] == bytes(4)  # no time


def test_participants_say_who_belongs_together(session: Session, tmp_path: Path) -> None:
    write_bids(session, tmp_path / "out")
    rows = (tmp_path / "out" / "participants.tsv").read_text().splitlines()
    assert rows == [
        "participant_id\tdyad_id\tpartner",
        "sub-couple01a\tcouple01\ta",
        "sub-couple01b\tcouple01\tb",
    ]


def test_a_folder_with_something_in_it_is_left_alone(session: Session, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(SourceError, match="is not empty"):
        write_bids(session, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


# ---- datasets as others write them


def dataset(
    folder: Path, about: dict[str, object], rows: str, name: str = "sub-1_task-x_physio"
) -> Path:
    place = folder / "sub-1" / "func"
    place.mkdir(parents=True, exist_ok=True)
    (folder / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.9.0"}')
    (place / f"{name}.json").write_text(json.dumps(about))
    with gzip.open(place / f"{name}.tsv.gz", "wt") as file:
        file.write(rows)
    return place / f"{name}.tsv.gz"


ABOUT = {"SamplingFrequency": 50, "StartTime": -2.5, "Columns": ["respiratory"]}


def test_recordings_of_a_subject_share_a_clock(tmp_path: Path) -> None:
    dataset(tmp_path, {**ABOUT, "Columns": ["skin", "respiratory"]}, "1\t2\n3\tn/a\n")
    eda = {
        "SamplingFrequency": 4,
        "StartTime": 1.25,
        "Columns": ["EDA"],
        "EDA": {"Units": "uS"},
    }
    dataset(tmp_path, eda, "5\n6\n", "sub-1_task-x_recording-skin_physio")
    channels = read_bids(tmp_path / "sub-1", Wanted())["a"].channels
    assert {name: data.start for name, data in channels.items()} == {
        "respiration": -2.5,
        "eda": 1.25,
    }
    belt = channels["respiration"]
    assert isinstance(belt, Signal)
    np.testing.assert_array_equal(belt.values, [2, np.nan])


def test_the_nearest_description_wins(tmp_path: Path) -> None:
    path = dataset(tmp_path, {"StartTime": 7}, "1\n2\n")
    (tmp_path / "task-x_physio.json").write_text(json.dumps(ABOUT))
    (tmp_path / "task-y_physio.json").write_text('{"SamplingFrequency": 1}')
    (tmp_path / "sub-1" / "sub-1_physio.json").write_text('{"SamplingFrequency": 20}')
    belt = read_bids(path, Wanted())["a"].channels["respiration"]
    assert isinstance(belt, Signal)
    assert (belt.sampling_rate, belt.start) == (20, 7)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"Manufacturer": "x", "cardiac": {"Description": "finger pulse"}}, "ppg"),
        ({"cardiac": {"Description": "ECG, lead II"}}, "ecg"),
    ],
)
def test_a_cardiac_column_is_what_its_description_says(
    tmp_path: Path, said: dict[str, object], name: str
) -> None:
    path = dataset(tmp_path, {**ABOUT, "Columns": ["cardiac"], **said}, "1\n2\n" * 50)
    assert set(read_bids(path, Wanted())["a"].channels) == {name}


def test_a_cardiac_column_without_a_word_is_seen_to_be_an_ecg(tmp_path: Path) -> None:
    t = np.arange(0, 30, 1 / 200)
    ecg = np.exp(-(((t % 0.8 - 0.4) / 0.015) ** 2)) + 0.2 * np.exp(
        -(((t % 0.8 - 0.65) / 0.05) ** 2)
    )
    about = {"SamplingFrequency": 200, "StartTime": 0, "Columns": ["cardiac"]}
    path = dataset(tmp_path, about, "".join(f"{v:.4f}\n" for v in ecg))
    session = read_bids(path, Wanted())
    assert set(session["a"].channels) == {"ecg"}
    assert any("--channel ppg=cardiac" in note.why for note in session.inferences)
    said = read_bids(path, Wanted(channels={"ppg": "cardiac"}))
    assert set(said["a"].channels) == {"ppg"}


def test_events_without_a_duration_are_instants(tmp_path: Path) -> None:
    path = dataset(tmp_path, ABOUT, "1\n2\n" * 500)
    events = "onset\tduration\ttrial_type\n1\t0\tbeep\n2\tn/a\tn/a\n3\t2.5\ttalk\n"
    (path.parent / "sub-1_task-x_events.tsv").write_text(events)
    rows = list(read_bids(path, Wanted()).intervals.rows())
    assert rows == [(1, 2, "beep"), (2, 3, "event"), (3, 5.5, "talk")]


@pytest.mark.parametrize(
    ("about", "rows", "said"),
    [
        (
            {**ABOUT, "SamplingFrequency": 0},
            "1\n",
            "SamplingFrequency: a sampling rate of 0 Hz",
        ),
        ({**ABOUT, "SamplingFrequency": "50 Hz"}, "1\n", "'50 Hz', which is no number"),
        ({**ABOUT, "StartTime": "n/a"}, "1\n", "StartTime is 'n/a'"),
        ({"SamplingFrequency": 50}, "1\n", "lists no Columns"),
        (ABOUT, "1\n2\n1\t2\n", "line 3: has 2 columns, not 1"),
        (ABOUT, "1\nx\n", "line 2: 'x' is not a number"),
        (ABOUT, "1\n\n3\n", "line 2: '' is not a number"),
        ({**ABOUT, "Columns": ["trigger"]}, "1\n", "no column is one of ours: trigger"),
    ],
)
def test_a_broken_table_is_refused_with_its_line_or_field(
    tmp_path: Path, about: dict[str, object], rows: str, said: str
) -> None:
    with pytest.raises(FormatError, match=said):
        read_bids(dataset(tmp_path, about, rows), Wanted())


def test_a_table_that_nothing_describes_is_refused(tmp_path: Path) -> None:
    path = dataset(tmp_path, ABOUT, "1\n")
    path.with_name("sub-1_task-x_physio.json").unlink()
    with pytest.raises(FormatError, match=r"no physio\.json beside or above it"):
        read_bids(path, Wanted())


def test_two_runs_share_no_clock(tmp_path: Path) -> None:
    dataset(tmp_path, ABOUT, "1\n2\n", "sub-1_task-x_run-1_physio")
    dataset(tmp_path, ABOUT, "1\n2\n", "sub-1_task-x_run-2_physio")
    with pytest.raises(SourceError, match="several runs: task-x_run-1, task-x_run-2"):
        read_bids(tmp_path, Wanted())


def test_two_subjects_are_two_people_and_the_table_says_which(tmp_path: Path) -> None:
    dataset(tmp_path, ABOUT, "1\n1\n")
    for path in (tmp_path / "sub-1").rglob("*physio*"):
        there = Path(str(path).replace("sub-1", "sub-2"))
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, there)
    with gzip.open(there.parent / "sub-2_task-x_physio.tsv.gz", "wt") as file:
        file.write("2\n2\n")
    table = "participant_id\tpartner\nsub-1\tb\nsub-2\ta\n"
    (tmp_path / "participants.tsv").write_text(table)
    session = read_bids(tmp_path, Wanted())
    belts = [session[person].channels["respiration"] for person in "ab"]
    assert [belt.values[0] for belt in belts if isinstance(belt, Signal)] == [2, 1]


def two_subjects(folder: Path) -> None:
    dataset(folder, ABOUT, "1\n1\n" * 2000)
    shutil.copytree(folder / "sub-1", folder / "sub-2")
    for path in (folder / "sub-2" / "func").iterdir():
        path.rename(path.with_name(path.name.replace("sub-1", "sub-2")))
    with gzip.open(folder / "sub-2" / "func" / "sub-2_task-x_physio.tsv.gz", "wt") as file:
        file.write("2\n2\n" * 2000)


def test_two_subjects_share_a_clock_by_when_they_were_recorded(tmp_path: Path) -> None:
    two_subjects(tmp_path)
    for name, second in ("sub-1", 10), ("sub-2", 40):
        (tmp_path / name / f"{name}_scans.tsv").write_text(
            f"filename\tacq_time\nfunc/{name}_task-x_physio.tsv.gz\t2024-05-01T10:00:{second}Z\n"
        )
    session = read_bids(tmp_path, Wanted())
    assert [recording.start for recording in session.recordings] == [-2.5, 27.5]
    assert session.start == datetime(2024, 5, 1, 10, 0, 12, 500_000, tzinfo=UTC)


def test_two_subjects_whose_clocks_are_not_known_are_said_to_share_one(tmp_path: Path) -> None:
    two_subjects(tmp_path)
    session = read_bids(tmp_path, Wanted())
    assert [recording.start for recording in session.recordings] == [-2.5, -2.5]
    assert any(note.value == "the same second 0" for note in session.inferences)


def test_what_is_kept_as_source_data_is_not_read_twice(tmp_path: Path) -> None:
    dataset(tmp_path, ABOUT, "1\n1\n")
    dataset(tmp_path / "sourcedata", ABOUT, "1\n1\n", "sub-1_task-x_run-2_physio")
    assert read_bids(tmp_path, Wanted()).sources == ("sub-1_task-x_physio.tsv.gz",)


def test_an_infinite_sample_is_a_lost_one(tmp_path: Path) -> None:
    ecg = Signal([1.0, float("inf"), -2.0], 250, "mV", "a", 0.0)
    write_bids(Session([Recording("a", {"ecg": ecg})]), tmp_path / "out")  # type: ignore[arg-type]
    back = read(tmp_path / "out")["a"].channels["ecg"]
    assert isinstance(back, Signal)
    np.testing.assert_array_equal(back.values, [1, np.nan, -2])


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = dataset(tmp_path, ABOUT, "0\n" * 20_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(FormatError, match="far more rows than is believable"):
        read_bids(path, Wanted())
