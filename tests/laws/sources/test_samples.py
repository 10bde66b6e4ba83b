"""Lists of tubes come back as they were written, and join the session they belong to."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError, SourceError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.sample import Sample
from interbeat.core.session import Session
from interbeat.sources import read, write_bids
from interbeat.sources.samples import (
    joined,
    read_listed,
    read_samples,
    read_wide,
    write_samples,
)
from interbeat.sources.sampling_times import SamplingClock, reconciled

NAME = st.sampled_from(["oxytocin", "cortisol", "alpha-amylase"])
FINITE = st.floats(0, 1e6)
SAMPLES = st.builds(
    Sample,
    analyte=NAME,
    value=FINITE,
    unit=st.sampled_from(["pg/mL", "nmol/L"]),
    time=st.floats(-1e5, 1e5),
    matrix=st.sampled_from(["saliva", "plasma"]),
    person=st.sampled_from(["a", "b"]),
    spread=FINITE | st.just(math.nan),
    lower=st.floats(0, 10),
    upper=st.floats(11, 1e6) | st.just(math.inf),
    se=FINITE | st.just(math.nan),
    extracted=st.none() | st.booleans(),
    flags=st.lists(st.sampled_from(["hemolyzed", "CV of 30 %"])).map(tuple),
)
HEAD = "person\tanalyte\tmatrix\ttime\tvalue\tunit"


def couple(start: datetime | None = None) -> Session:
    beats = {"a": [800] * 3000, "b": [820] * 3000}
    recordings = tuple(
        Recording(who, {"beats": Beats.from_rr(rr, person=who)}) for who, rr in beats.items()
    )
    marks = Intervals([600, 1500], [900, 1600], ["speech", "rest"])
    return Session(recordings, intervals=marks, start=start)


def tube(time: float, person: str = "a", value: float = 6.0) -> Sample:
    return Sample("cortisol", value, "nmol/L", time, "saliva", person)


def table(folder: Path, *rows: str, head: str = HEAD, name: str = "tubes.tsv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


@given(samples=st.lists(SAMPLES, max_size=6))
def test_samples_come_back_as_they_were_written(
    samples: list[Sample], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tubes") / "samples.tsv"
    write_samples(path, samples)
    assert repr(read_samples(path)) == repr(tuple(samples))  # NaN is not equal to itself


def test_a_folder_brings_its_samples_along(tmp_path: Path) -> None:
    session = couple()
    write_bids(session, tmp_path / "bids")
    tubes = [tube(60), tube(60, "b"), tube(9000, "b")]
    write_samples(tmp_path / "bids" / "samples.tsv", tubes)
    found = read(tmp_path / "bids")
    assert list(found.samples) == tubes
    notes = [note for note in found.inferences if note.subject == "cortisol of b"]
    assert [note.value for note in notes] == ["9000 s, outside what was recorded"]


def test_plain_files_with_a_list_of_tubes_beside_them(tmp_path: Path) -> None:
    for who, ms in ("a", 800), ("b", 900):
        (tmp_path / f"ibi_{who}.txt").write_text(f"{ms}\n" * 300, encoding="utf-8")
    write_samples(tmp_path / "samples.tsv", [tube(60, "b")])
    found = read(tmp_path)
    assert [one.person for one in found.samples] == ["b"]
    one = read(tmp_path, person={"a": "ibi_b.txt"})
    assert not one.samples
    assert any("samples.tsv" in note.subject for note in one.inferences)


def test_the_samples_that_bids_means_are_no_tubes(tmp_path: Path) -> None:
    write_bids(couple(), tmp_path / "bids")
    table(
        tmp_path / "bids",
        "sample-1\tsub-1\ttissue",
        head="sample_id\tparticipant_id\tsample_type",
        name="samples.tsv",
    )
    assert not read(tmp_path / "bids").samples


def test_a_list_that_is_damaged_is_named(tmp_path: Path) -> None:
    write_bids(couple(), tmp_path / "bids")
    table(tmp_path / "bids", "a\tcortisol\tsaliva\t0\tmuch\tnmol/L", name="samples.tsv")
    with pytest.raises(SourceError, match=r"samples\.tsv, line 2: 'much' is no number"):
        read(tmp_path / "bids")
    write_samples(tmp_path / "bids" / "samples.tsv", [tube(0, "z")])
    with pytest.raises(SourceError, match="'z', who is not in this session"):
        read(tmp_path / "bids")


def test_joining_twice_adds_nothing() -> None:
    once = joined(couple(), [tube(60), tube(30, "b")])
    assert [one.time for one in once.samples] == [30.0, 60.0]
    assert joined(once, [tube(60)]).samples == once.samples


def test_people_by_the_names_of_the_list() -> None:
    samples = [tube(60, "Vp01"), tube(60, "Vp02"), tube(60, "Vp03")]
    found = joined(couple(), samples, who={"Vp02": "a", "Vp03": "b"})
    assert [one.person for one in found.samples] == ["a", "b"]
    with pytest.raises(DataError, match="'Vp01', who is not in this session; possible: a, b"):
        joined(couple(), samples)
    with pytest.raises(DataError, match="no person is called 'c'"):
        joined(couple(), samples, who={"Vp01": "c"})


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        ("+10 min", 1200.0),
        ("-5min", 300.0),
        ("1 h", 4200.0),
        ("S1", 1800.0),
        ("14:05", 300.0),
        ("2026-03-01T14:10:30", 630.0),
        ("2026-03-01T13:10:00+00:00", 600.0),
    ],
)
def test_sampling_times_in_all_their_words(said: str, seconds: float, tmp_path: Path) -> None:
    start = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=1)))
    clock = SamplingClock(couple(start), "speech", {"S0": -600, "S1": 1200})
    path = table(tmp_path, f"a\tcortisol\tsaliva\t{said}\t6.1\tnmol/L")
    assert read_samples(path, clock)[0].time == seconds


def test_an_afternoon_before_a_session_of_the_night_is_the_day_before() -> None:
    clock = SamplingClock(couple(datetime(2024, 4, 2, 1, 30, tzinfo=UTC)))
    assert clock.seconds("14:05") == -(11 * 60 + 25) * 60


def test_a_sign_without_a_unit_may_mean_two_things() -> None:
    with pytest.raises(
        DataError, match=r"'\+10' may count from an event or from the beginning"
    ):
        SamplingClock(couple()).seconds("+10", "min")
    assert SamplingClock().seconds("-10", "min") == -600.0


def test_a_time_of_day_after_midnight() -> None:
    clock = SamplingClock(couple(datetime(2026, 3, 1, 23, 50, tzinfo=UTC)))
    assert clock.seconds("00:10") == 1200.0
    assert clock.seconds("23:40") == -600.0


def test_somebody_who_gave_no_sample_is_named() -> None:
    with pytest.raises(DataError, match="no sample is of 'Vp9'; possible: a"):
        joined(couple(), [tube(60.0)], who={"Vp9": "a"})


def test_one_thing_spelled_in_two_ways_is_not_two_courses(tmp_path: Path) -> None:
    rows = ("a\tcortisol\tsaliva\t0\t5\tnmol/L", "a\tCortisol\tsaliva\t60\t5\tnmol/L")
    head = "person\tanalyte\tmatrix\ttime\tvalue\tunit"
    with pytest.raises(SourceError, match="the analyte is spelled 'cortisol' and 'Cortisol'"):
        read_samples(table(tmp_path, *rows, head=head))


def test_minutes_are_minutes(tmp_path: Path) -> None:
    path = table(
        tmp_path, "a\tcortisol\tsaliva\t12\t6\tnmol/L", head=HEAD.replace("time", "time_min")
    )
    assert read_samples(path)[0].time == 720.0


def test_below_and_above_a_limit_are_censored_and_keep_it(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "a\toxytocin\tsaliva\t0\t<2.5\tpg/mL",
        "a\toxytocin\tsaliva\t60\t>100\tpg/mL",
    )
    low, high = read_samples(path)
    assert [low.censored, high.censored] == [True, True]
    assert low.bounds == (0.0, 2.5)
    assert high.bounds == (100.0, math.inf)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a\tcortisol\tsaliva\tsoon\t6\tnmol/L", "line 2: 'soon' is no sampling time"),
        ("a\tcortisol\tsaliva\t+10 min\t6\tnmol/L", "counts from an event"),
        ("a\tcortisol\tsaliva\t14:05\t6\tnmol/L", "when the session began is unknown"),
        ("a\tcortisol\tsaliva\t0\tmuch\tnmol/L", "'much' is no number"),
        ("a\tcortisol\tsaliva\t0\t-3\tnmol/L", "from 0 up"),
        ("a\tcortisol\tsaliva\t0\t\tnmol/L", "a sample needs its value"),
        ("\tcortisol\tsaliva\t0\t3\tnmol/L", "a sample needs its person"),
    ],
)
def test_a_row_that_is_no_sample_is_named_by_its_line(
    row: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="line 2") as failed:
        read_samples(table(tmp_path, row))
    assert why in str(failed.value)


def test_a_table_without_a_column_says_which(tmp_path: Path) -> None:
    path = table(tmp_path, "a\t6", head="person\tvalue")
    with pytest.raises(
        SourceError, match="analyte, matrix, unit, time; this has person, value"
    ):
        read_samples(path)
    with pytest.raises(SourceError, match="no such file"):
        read_samples(tmp_path / "nothing.tsv")


def test_nominal_times_move_by_the_onset_of_their_event() -> None:
    found = reconciled([tube(-60), tube(1200)], couple(), event="speech")
    assert [one.time for one in found.samples] == [540.0, 1800.0]
    assert found.inferences[0].value == "600 s later"


def test_recorded_times_are_held_against_what_was_due() -> None:
    samples = [tube(550), tube(2600), tube(540, "b"), tube(1790, "b")]
    found = reconciled(samples, couple(), event="speech", schedule=[-60, 1200], tolerance=300)
    assert [one.time for one in found.samples] == [540.0, 550.0, 1790.0, 2600.0]
    assert [one.flags for one in found.samples][-1] == ("taken 13.3 min later than due",)
    assert len(found.inferences) == 1
    with pytest.raises(DataError, match="b gave 2 samples of cortisol in saliva, and 3"):
        reconciled(samples, couple(), event="speech", schedule=[-60, 0, 1200])


def test_an_event_that_is_not_marked_once_is_refused() -> None:
    with pytest.raises(DataError, match="no event is called 'talk'; possible: speech, rest"):
        reconciled([tube(0)], couple(), event="talk")
    twice = Session(couple().recordings, intervals=Intervals([1, 5], [2, 6], ["x", "x"]))
    with pytest.raises(DataError, match="marked 2 times"):
        reconciled([tube(0)], twice, event="x")


def test_a_wide_table_skips_empty_cells(tmp_path: Path) -> None:
    path = table(tmp_path, "p1,x,5,<0.5", "p2,y,,7", head="who,group,0,1", name="wide.csv")
    about = {"analyte": "cortisol", "unit": "nmol/L", "matrix": "saliva"}
    found = read_wide(path, times={"0": -60, "1": 600}, **about)
    assert [(s.person, s.time, s.censored) for s in found] == [
        ("p1", -60.0, False),
        ("p1", 600.0, True),
        ("p2", 600.0, False),
    ]
    with pytest.raises(SourceError, match="has no column 7; it has who, group, 0, 1"):
        read_wide(path, times={"7": 0}, **about)


def test_a_list_of_names_and_values(tmp_path: Path) -> None:
    path = table(
        tmp_path, "P 1 S0,5", "P 1 S1,6", "P 2 S0,", head="run of May\nid,ng", name="l.csv"
    )
    about = {"analyte": "cortisol", "unit": "nmol/L", "matrix": "saliva"}
    read_it: Callable[..., tuple[Sample, ...]] = read_listed
    found = read_it(path, names="ID", values="ng", times={"S0": 0.0, "S1": 60.0}, **about)
    assert [(s.person, s.time, s.value) for s in found] == [("P 1", 0, 5), ("P 1", 60, 6)]
    with pytest.raises(SourceError, match="line 4: 'P 1 S1' is not a person and one of S0"):
        read_it(path, names="ID", values="ng", times={"S0": 0.0}, **about)
