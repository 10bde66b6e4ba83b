"""What a study finds, keeps, survives and says; its tasks run one after the other here."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import interbeat as ib
from interbeat.core.errors import (
    DataError,
    FormatError,
    InterbeatError,
    MissingExtraError,
    SourceError,
)
from interbeat.core.intervals import Intervals
from interbeat.dyad.pseudo import compared
from interbeat.dyad.verdict import CHANCE, COUPLED, COVARYING
from interbeat.pipeline.study import cluster, keys, stages, strangers
from interbeat.pipeline.study.compared import together
from interbeat.pipeline.study.finding import Place, find
from interbeat.pipeline.study.groups import groups_of
from interbeat.pipeline.study.multiple import false_discovery_rate
from interbeat.pipeline.study.outcome import Progress, Study
from interbeat.pipeline.study.series import is_series, read_series
from interbeat.pipeline.study.sessions import SessionDone, session_task
from interbeat.pipeline.study.store import Store
from interbeat.reporting._format import p_value
from interbeat.reporting.study_page import render_study
from interbeat.reporting.study_words import statements

QUICK = "phase_locking"
SECONDS = 400


def wave(rng: np.random.Generator, n: int = 4 * SECONDS) -> np.ndarray[Any, Any]:
    return np.convolve(rng.standard_normal(n + 7), np.ones(8), "valid")


def couples(count: int, *, tie: float, seed: int = 1) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    made = {}
    for k in range(count):
        a = wave(rng)
        made[f"couple{k + 1:02d}"] = (a, tie * a + wave(rng), 4.0)
    return made


def hearts(folder: Path, name: str, seed: int, *, seconds: int = SECONDS) -> None:
    rng = np.random.default_rng(seed)
    rr = 800 + 40 * rng.standard_normal(round(seconds / 0.8)) + 5 * seed
    (folder / name).write_text("\n".join(f"{x:.0f}" for x in rr))


def rows(study: Study, **wanted: str) -> list[dict[str, Any]]:
    table = pq.read_table(study.table).to_pylist()
    return [row for row in table if all(row[k] == v for k, v in wanted.items())]


def places(folder: Path, rate: float | None = None) -> list[tuple[str, str, list[str]]]:
    found = find(folder, rate=rate, skip=())
    return [(p.dyad, p.session, [Path(x).name for x in p.paths]) for p in found]


# What is found


def test_folders_pairs_of_files_single_files_and_series_are_found(tmp_path: Path) -> None:
    (tmp_path / "c1").mkdir()
    (tmp_path / "c2" / "ses-1").mkdir(parents=True)
    (tmp_path / "c2" / "ses-2").mkdir()
    for name in ("c3_a.txt", "c3_b.txt", "c4-partner1.txt", "c4-partner2.txt", "c5.txt"):
        (tmp_path / name).write_text("800\n" * 50)
    (tmp_path / "dial.csv").write_text("t,a,b\n0,1,2\n0.5,2,3\n1,1,1\n")
    (tmp_path / "README.md").write_text("what this is")
    (tmp_path / ".hidden").write_text("x")
    assert places(tmp_path) == [
        ("c1", "", ["c1"]),
        ("c2", "ses-1", ["ses-1"]),
        ("c2", "ses-2", ["ses-2"]),
        ("c3", "", ["c3_a.txt", "c3_b.txt"]),
        ("c4", "", ["c4-partner1.txt", "c4-partner2.txt"]),
        ("c5.txt", "", ["c5.txt"]),
        ("dial", "", ["dial.csv"]),
    ]


def test_subjects_of_a_bids_dataset_are_paired_by_its_participants_file(tmp_path: Path) -> None:
    (tmp_path / "dataset_description.json").write_text("{}")
    for subject in ("sub-01", "sub-02", "sub-03"):
        for visit in ("ses-1", "ses-2"):
            (tmp_path / subject / visit).mkdir(parents=True)
    said = "participant_id\tdyad_id\nsub-01\tD1\nsub-03\tD1\nsub-02\tn/a\n"
    (tmp_path / "participants.tsv").write_text(said)
    found = [(p.dyad, p.session, p.paths) for p in find(tmp_path, rate=None, skip=())]
    assert [(dyad, session, len(paths)) for dyad, session, paths in found] == [
        ("D1", "ses-1", 2), ("D1", "ses-2", 2), ("sub-02", "ses-1", 1), ("sub-02", "ses-2", 1),
    ]  # fmt: skip
    assert all("ses-1" in path for path in found[0][2])


def test_what_a_study_writes_is_not_read_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "c1").mkdir()
    out, work = tmp_path / "r.parquet", tmp_path / "r.parquet.work"
    out.write_bytes(b"PAR1")
    work.mkdir()
    assert [p.dyad for p in find(tmp_path, rate=None, skip={out, work})] == ["c1"]


@pytest.mark.parametrize("empty", [True, False])
def test_no_folder_and_an_empty_one_are_refused(tmp_path: Path, *, empty: bool) -> None:
    with pytest.raises(SourceError, match="session"):
        find(tmp_path if empty else tmp_path / "none", rate=None, skip=())


@pytest.mark.parametrize(
    ("text", "rate", "is_one"),
    [
        ("t,a,b\n0,1,2\n1,2,3\n2,3,4\n", None, True),
        ("t,hr_a,hr_b,eda level_a,eda level_b\n0,1,2,3,4\n1,2,3,4,5\n", None, True),
        ("a,b\n1,2\n2,3\n3,4\n", None, False),
        ('"pat" "th"\n46 3879\n14 2952\n3 4\n', 25.0, True),
        ("t,ecg_a,ecg_b\n0,1,2\n1,2,3\n2,3,4\n", None, False),
        ("t,a,c\n0,1,2\n1,2,3\n2,3,4\n", None, False),
        ("some words\n", None, False),
    ],
)
def test_a_table_of_series_is_told_by_its_columns(
    tmp_path: Path, *, text: str, rate: float | None, is_one: bool
) -> None:
    (tmp_path / "x.csv").write_text(text)
    assert is_series(tmp_path / "x.csv", rate) is is_one


def test_series_are_read_from_text_and_parquet_alike(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("t,a,b\n2,1,\n2.25,2,5\n2.5,3,6\n")
    from_text = read_series(tmp_path / "x.csv", None)
    table = pa.table({"t": [2, 2.25, 2.5], "a": [1, 2, 3], "b": [None, 5, 6]})
    pq.write_table(table, tmp_path / "x.parquet")
    from_arrow = read_series(tmp_path / "x.parquet", None)
    for found in (from_text, from_arrow):
        assert (found.rate, found.start, list(found.pairs)) == (4.0, 2.0, ["series"])
        np.testing.assert_array_equal(found.pairs["series"][1], [np.nan, 5, 6])


def test_uneven_times_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("t,a,b\n0,1,2\n1,2,3\n2.5,3,4\n3,4,5\n")
    with pytest.raises(FormatError, match=r"row 3.*uneven"):
        read_series(tmp_path / "x.csv", None)


@pytest.mark.parametrize("word", ["session", "visit", "day", "run"])
def test_two_sessions_of_one_name_are_not_two_people(tmp_path: Path, word: str) -> None:
    for k in "12":
        (tmp_path / f"anna_{word}_{k}.txt").write_text("800\n" * 50)
    names = [f"anna_{word}_{k}.txt" for k in "12"]
    assert places(tmp_path) == [(name, "", [name]) for name in names]


@pytest.mark.usefixtures("here")
def test_what_other_studies_wrote_is_no_session(tmp_path: Path) -> None:
    for k in range(2):
        hearts(tmp_path, f"c_{'ab'[k]}.txt", k)
    for name in ("first.parquet", "second.parquet"):
        found = ib.study(tmp_path, tmp_path / name, indices=[QUICK])
        assert [done.dyad for done in found.sessions] == ["c"]


# What is kept


def test_what_is_stored_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "w"))
    assert store.get("ab12") is None
    store.put("ab12", {"p": float("nan"), "n": 3}, {"a/heart rate": np.array([1.0, np.nan])})
    held = store.get("ab12")
    assert held is not None
    assert "ab12" in store
    assert held.said == {"p": None, "n": 3}
    np.testing.assert_array_equal(held.arrays["a/heart rate"], [1.0, np.nan])
    file = tmp_path / "w" / "ab" / "ab12.npz"
    file.write_bytes(file.read_bytes()[:-40])
    assert store.get("ab12") is None
    assert "ab12" not in store
    assert not list(tmp_path.rglob("*.part"))


def test_what_failed_is_kept_to_be_told_and_is_not_done(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    store.put("cd34", {"reason": "x"}, {}, sound=False)
    assert "cd34" not in store
    assert store.said("cd34") == {"reason": "x"}
    store.put("cd34", {"reason": ""}, {})
    assert store.said("cd34") == {"reason": ""}


def test_a_key_follows_names_and_bytes_of_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("800")
    first = keys.of_files([tmp_path / "a"])
    (tmp_path / "a" / "x.txt").write_text("801")
    second = keys.of_files([tmp_path / "a"])
    (tmp_path / "a" / "x.txt").rename(tmp_path / "a" / "y.txt")
    assert len({first, second, keys.of_files([tmp_path / "a"])}) == 3


@pytest.mark.usefixtures("here")
def test_nothing_is_done_twice_and_a_new_dyad_costs_itself(tmp_path: Path) -> None:
    steps: list[Progress] = []
    given = couples(4, tie=0.0)
    call: dict[str, Any] = {"out": tmp_path / "r.parquet", "indices": [QUICK]}
    ib.study(given, **call)
    before = (tmp_path / "r.parquet").read_bytes()
    ib.study(given, **call, progress=steps.append)
    assert (tmp_path / "r.parquet").read_bytes() == before
    assert {step.stage for step in steps} == {"sessions", "indices", "pseudo-dyads"}
    assert all(step.reused == step.total for step in steps)
    steps.clear()
    ib.study(given | {"new": couples(1, tie=0.0, seed=9)["couple01"]}, **call,
             progress=steps.append)  # fmt: skip
    last = {step.stage: step for step in steps}
    assert (last["indices"].total, last["indices"].reused) == (5, 4)


@pytest.mark.usefixtures("here")
def test_the_same_values_at_another_rate_are_another_dyad(tmp_path: Path) -> None:
    x, y, _ = couples(1, tie=0.0)["couple01"]
    steps: list[Progress] = []
    for rate in (4.0, 5.0):
        given = {"c": (x, y, rate)}
        ib.study(given, tmp_path / "r.parquet", indices=[QUICK], progress=steps.append)
    assert all(step.reused == 0 for step in steps)


@pytest.mark.usefixtures("here")
def test_a_worker_with_other_code_is_refused(tmp_path: Path) -> None:
    hearts(tmp_path, "x.txt", 1)
    done = session_task(
        Place("x", "", (str(tmp_path / "x.txt"),)), None, Store(str(tmp_path / "w")), "other"
    )
    assert "another version" in done.reason


# What is said


@pytest.mark.usefixtures("here")
def test_a_folder_becomes_one_tidy_table(tmp_path: Path) -> None:
    folder = tmp_path / "couples"
    folder.mkdir()
    for k in range(3):
        hearts(folder, f"c{k}_a.txt", 2 * k)
        hearts(folder, f"c{k}_b.txt", 2 * k + 1)
    hearts(folder, "alone.txt", 99)
    (folder / "broken.edf").write_bytes(b"0       no such thing" * 30)
    (folder / "copy").mkdir()
    for who in "ab":
        (folder / "copy" / f"c1_{who}.txt").write_bytes((folder / f"c1_{who}.txt").read_bytes())
    found = ib.study(folder, tmp_path / "r.parquet", indices=[QUICK])
    whole = rows(found, person="ab", kind="summary", index=QUICK, part="")
    assert [row["dyad"] for row in whole] == ["c0", "c1", "c2"]
    assert all(0 < row["p"] <= 1 and row["p"] <= row["q"] <= 1 for row in whole)
    assert all(row["verdict"] for row in whole)
    measures = rows(found, dyad="c0", person="a", kind="summary", index="mean_hr")
    truth = ib.analyze(ib.read(folder / "c0_a.txt", folder / "c0_b.txt"))
    assert measures[0]["value"] == truth["a"].summary["mean_hr"].value
    assert [row["dyad"] for row in rows(found, kind="alone")] == ["alone.txt"]
    failed = {row["dyad"]: row["reason"] for row in rows(found, kind="failure")}
    assert set(failed) == {"broken.edf", "copy"}
    assert "byte" in failed["broken.edf"]
    assert failed["copy"] == "holds the series of c1: one recording twice"
    (group,) = rows(found, kind="group")
    assert (group["index"], group["signal"], group["n"]) == (QUICK, "heart rate", 3)
    about = json.loads(pq.read_schema(found.table).metadata[b"interbeat"])
    assert about["settings"][f"{QUICK}, heart rate"]
    assert about["versions"]["interbeat"]


@pytest.mark.usefixtures("here")
def test_sensors_that_were_silent_are_not_one_recording_twice(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    for name, (a, b, _) in couples(3, tie=0.0).items():
        t = np.arange(a.size) / 4
        flat = np.full(a.size, 7.0)
        rounded = 75 + 1e-13 * np.arange(a.size)
        table = np.column_stack((t, a, b, flat, flat, rounded, b))
        head = "t,x_a,x_b,flat_a,flat_b,rounded_a,rounded_b"
        np.savetxt(folder / f"{name}.csv", table, "%.17g", ",", header=head, comments="")
    found = ib.study(folder, tmp_path / "r.parquet", indices=[QUICK])
    assert not found.failures
    still = [
        row
        for signal in ("flat", "rounded")
        for row in rows(found, signal=signal, kind="summary", part="")
    ]
    assert len(still) == 6
    assert all("does not vary" in row["reason"] and row["pseudo_p"] is None for row in still)


@pytest.mark.usefixtures("here")
def test_real_dyads_stand_out_from_pseudo_dyads_only_if_they_are_tied(tmp_path: Path) -> None:
    tied = ib.study(couples(8, tie=1.0), tmp_path / "t.parquet", indices=[QUICK])
    apart = ib.study(couples(8, tie=0.0), tmp_path / "a.parquet", indices=[QUICK])
    (one,), (other,) = tied.groups, apart.groups
    assert one.compared is not None
    assert other.compared is not None
    assert one.compared.p <= 0.01 < other.compared.p
    assert {m.verdict for m in one.members} == {COUPLED}
    assert COUPLED not in {m.verdict for m in other.members}


@pytest.mark.usefixtures("here")
def test_pseudo_dyads_are_the_same_in_blocks_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for size in (16, 3):
        monkeypatch.setattr(strangers, "BLOCK", size)
        out = tmp_path / f"{size}.parquet"
        found.append(ib.study(couples(7, tie=0.5), out, indices=[QUICK]))
    assert found[0].table.read_bytes() == found[1].table.read_bytes()
    assert found[1].groups[0].compared is not None
    assert found[1].groups[0].compared.pseudo.size == 42


@pytest.mark.usefixtures("here")
def test_windows_have_the_times_of_the_record_and_groups_a_q_of_all(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    for name, (a, b, _) in couples(4, tie=0.0).items():
        table = np.column_stack((100 + np.arange(a.size) / 4, a, b))
        np.savetxt(folder / f"{name}.csv", table, "%.17g", ",", header="t,a,b", comments="")
    wanted = ["windowed_correlation", QUICK]
    found = ib.study(folder, tmp_path / "r.parquet", indices=wanted)
    windows = rows(found, kind="window", dyad="couple01")
    assert [row["start"] for row in windows[:2]] == [100.0, 105.0]
    assert all(row["end"] - row["start"] == 30.0 for row in windows)
    assert windows[-1]["end"] <= 100 + SECONDS
    (whole, _) = rows(found, kind="summary", dyad="couple01", part="")
    assert (whole["start"], whole["end"]) == (100.0, 100.0 + SECONDS)
    p, q = np.array([(r["pseudo_p"], r["pseudo_q"]) for r in rows(found, kind="group")]).T
    np.testing.assert_allclose(q, false_discovery_rate(p))
    assert (q > p).any()


@pytest.mark.usefixtures("here")
def test_more_dyads_than_are_compared_all_with_all_are_compared_in_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "LARGEST", 5)
    for tie in (1.0, 0.0):
        (group,) = ib.study(
            couples(10, tie=tie), tmp_path / "s.parquet", indices=[QUICK]
        ).groups
        assert group.compared is not None
        assert (group.compared.real.size, group.compared.pseudo.size) == (10, 2 * 5 * 4)
        assert group.compared.floor == 1 / 5000
        assert (group.compared.p <= 0.01) == (tie > 0)


def test_sessions_are_compared_with_those_of_the_same_name() -> None:
    """Else strangers saw another film, and one's own partner would be among them."""
    done = [SessionDone(f"c{k}", f"ses-{s}") for k in range(3) for s in (1, 2)]
    parted = [{(d.dyad, d.session) for d in own} for own in stages._sets(done)]
    assert parted == [{(f"c{k}", f"ses-{s}") for k in range(3)} for s in (1, 2)]


def test_two_sessions_of_one_couple_are_not_two_couples() -> None:
    """The same scores twice say no more than once; two other couples' would."""
    scores = np.random.default_rng(2).standard_normal((8, 8)) + np.eye(8)
    one = compared(scores, index=QUICK)
    sets = [([(f"{c}{k}", s) for k in range(8)], one) for c, s in ("a1", "a2", "b1")]
    alike, other = together(sets[:2]), together([sets[0], sets[2]])
    assert 0.01 < one.group.p < 0.03
    assert alike.p == pytest.approx(one.group.p, abs=0.005)
    assert alike.effect.se == pytest.approx(one.effect.se)
    assert other.p < 0.7 * one.group.p
    assert other.effect.se == pytest.approx(one.effect.se / math.sqrt(2))


def test_a_dyad_is_called_coupled_by_what_is_left_of_p_over_all_dyads() -> None:
    row = {"signal": "x", "label": "", "reason": "", "se": 0.1, "unit": "", "quality": 1.0}
    names = [(f"c{k}", "") for k in range(3)]
    found = [(*name, QUICK, {**row, "value": 0.3, "n": 9, "p": 0.001}) for name in names]
    whole = together([(names, compared(np.eye(3), index=QUICK))])
    for least, said in ((0.04, COVARYING), (0.01, COUPLED)):
        p_of = dict(zip(names, (least, 0.9, 0.9), strict=True))
        against = {(QUICK, "x", ""): replace(whole, p_of=p_of)}
        (group,) = groups_of(found, against)
        assert [m.verdict for m in group.members] == [said, COVARYING, COVARYING]


def test_each_dyad_counts_alike_in_the_mean_of_a_group() -> None:
    row = {"signal": "x", "label": "", "reason": "", "se": 0.1, "unit": "", "quality": 1.0}
    found = [
        (dyad, session, QUICK, {**row, "value": value, "n": 9})
        for dyad, session, value in (("a", "1", 1.0), ("a", "2", 3.0), ("b", "1", 4.0))
    ]
    (group,) = groups_of(found, {})
    assert (group.mean.value, group.mean.se, group.mean.n) == (3.0, 1.0, 2)


def test_the_p_of_one_set_is_that_of_its_orders_of_partners() -> None:
    scores = np.random.default_rng(3).standard_normal((6, 6))
    scores[2, 4] = scores[3] = np.nan
    for made in (scores, np.ones((4, 4)), np.full((3, 3), np.nan)):
        found = compared(made, index=QUICK)
        names = [(str(k), "") for k in range(len(made))]
        np.testing.assert_equal(together([(names, found)]).p, found.group.p)


@pytest.mark.usefixtures("here")
def test_dyads_of_other_rates_are_listed_as_not_compared(tmp_path: Path) -> None:
    given = couples(3, tie=0.0)
    given["couple02"] = (*given["couple02"][:2], 5.0)
    found = ib.study(given, tmp_path / "r.parquet", indices=[QUICK])
    (failure,) = found.failures
    assert (failure.what, failure.signal) == ("pseudo-dyads: series", "series")
    assert "from 4 to 5 Hz" in failure.reason


@pytest.mark.usefixtures("here")
def test_a_film_that_all_saw_is_no_tie(tmp_path: Path) -> None:
    """All move with the film: within the dyad they co-vary, and no couple stands out."""
    rng = np.random.default_rng(5)
    film = 2 * wave(rng)
    given = {f"c{k}": (film + wave(rng), film + wave(rng), 4.0) for k in range(8)}
    (group,) = ib.study(given, tmp_path / "f.parquet", indices=[QUICK]).groups
    assert group.compared is not None
    assert sum(m.p <= 0.05 for m in group.members) >= 6
    assert group.compared.p > 0.05
    assert COUPLED not in {m.verdict for m in group.members}


@pytest.mark.usefixtures("here")
def test_real_therapy_dyads_stand_out_as_they_do_with_rmea(
    tmp_path: Path, data: Callable[[str], Path]
) -> None:
    """Ten intakes, motion energy at 25 Hz: rMEA finds Cohen's d of 0.89 on its own ten."""
    folder = tmp_path / "therapy"
    folder.mkdir()
    for group in ("normal", "dropout"):
        for file in data(f"rmea_therapy/{group}").glob("*.txt"):
            (folder / file.name).symlink_to(file)
    wanted = ["windowed_correlation", "rmea"]
    found = ib.study(folder, tmp_path / "r.parquet", indices=wanted, sampling_rate=25)
    assert len(found.groups) == 2
    for group_found in found.groups:
        assert group_found.compared is not None
        assert group_found.compared.p <= 0.05
        assert 0.5 < group_found.compared.effect.value < 1.3


@pytest.mark.usefixtures("here")
def test_marked_tasks_have_rows_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interbeat.pipeline.study import recordings

    folder = tmp_path / "couples"
    folder.mkdir()
    for who, seed in (("a", 1), ("b", 2)):
        hearts(folder, f"c_{who}.txt", seed, seconds=700)
    talk = Intervals([130.0], [650.0], ("talk",))
    monkeypatch.setattr(
        recordings, "read", lambda *paths: replace(ib.read(*paths), intervals=talk)
    )
    found = ib.study(folder, tmp_path / "r.parquet", indices=[QUICK])
    (talked,) = rows(found, person="ab", kind="interval", index=QUICK, part="")
    assert (talked["label"], talked["start"], talked["end"]) == ("talk", 130.0, 650.0)
    assert talked["n"] <= 4 * 520
    assert rows(found, person="a", kind="interval", label="talk", index="mean_hr")
    assert "<td>heart rate</td>" in render_study(found)


@pytest.mark.usefixtures("here")
def test_an_index_that_breaks_is_a_reason_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interbeat.dyad import INDICES
    from interbeat.pipeline.study import coupled

    def broken(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError("of all things")

    whole = INDICES[QUICK]
    broken.__module__ = whole.function.__module__  # its results are kept under one key
    with monkeypatch.context() as patch:
        patch.setattr(coupled, "INDICES", {QUICK: replace(whole, function=broken)})
        found = ib.study(couples(3, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])
    assert [f.reason for f in found.failures] == ["ZeroDivisionError: of all things"] * 3
    told = [(row["index"], row["signal"]) for row in rows(found, kind="failure")]
    assert told == [(QUICK, "series")] * 3
    again = ib.study(couples(3, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])
    assert not again.failures


@pytest.mark.usefixtures("here")
def test_results_that_were_lost_meanwhile_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interbeat.pipeline.study import coupled

    def lost(self: Store, key: str, *_: object, **__: object) -> None:
        """Store nothing, as where somebody clears the work folder."""

    def only(*call: Any) -> int:  # noqa: ANN401 - whatever the task takes
        with monkeypatch.context() as patch:
            patch.setattr(Store, "put", lost)
            return whole(*call)

    whole = coupled.coupled_task
    monkeypatch.setattr(coupled, "coupled_task", only)
    found = ib.study(couples(1, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])
    assert [(f.dyad, f.index) for f in found.failures] == [("couple01", QUICK)]
    assert "work folder does not hold" in found.failures[0].reason


def test_the_rate_of_false_discoveries_is_benjamini_and_hochbergs() -> None:
    """Their own example, table 1: at 5 % the first four of fifteen are discoveries."""
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    q = false_discovery_rate(p)
    assert (q <= 0.05).sum() == 4
    np.testing.assert_allclose(q[:4], [0.0015, 0.003, 0.0095, 0.035625])
    assert np.isnan(false_discovery_rate([np.nan, 0.2])[0])
    assert false_discovery_rate([]).size == 0


# What is refused


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"indices": ["love"]}, DataError),
        ({"workers": 0}, DataError),
        ({"sampling_rate": 0.0}, DataError),
        ({"out": "no/such/r.parquet"}, SourceError),
        ({"out": "."}, SourceError),
        ({"source": {}}, DataError),
        ({"source": {"c": ([1.0, 2.0], [1.0], 4.0)}}, DataError),
        ({"source": {"c": ([1.0, 2.0], [1.0, 2.0])}}, DataError),
        ({"source": {1: ([1.0, 2.0], [1.0, 2.0], 4.0)}}, DataError),
        ({"source": {"c": ([1.0, 2.0], [1.0, 2.0], None)}}, DataError),
        ({"scheduler": "nonsense"}, DataError),
        ({"scheduler": "tcp://127.0.0.1:1"}, InterbeatError),
    ],
)
def test_a_wrong_call_is_refused_before_any_work(
    tmp_path: Path, call: dict[str, Any], error: type[InterbeatError]
) -> None:
    call = {"source": couples(1, tie=0.0), "out": "r.parquet", "indices": [QUICK], **call}
    with pytest.raises(error):
        ib.study(**{**call, "out": tmp_path / str(call["out"])})
    assert not (tmp_path / "r.parquet").exists()


@pytest.mark.usefixtures("here")
def test_a_recording_is_never_written_over(tmp_path: Path) -> None:
    table = pa.table({"t": [0.0, 0.25, 0.5], "a": [1.0, 2, 3], "b": [3.0, 2, 2]})
    pq.write_table(table, tmp_path / "dial.parquet")
    hearts(tmp_path, "x.txt", 1)
    for name in ("dial.parquet", "x.txt"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(SourceError, match="no table of a study"):
            ib.study(couples(1, tie=0.0), tmp_path / name, indices=[QUICK])
        assert (tmp_path / name).read_bytes() == before
    (tmp_path / "new.parquet").touch()
    ib.study(couples(1, tie=0.0), tmp_path / "new.parquet", indices=[QUICK])


@pytest.mark.usefixtures("here")
def test_where_nothing_can_be_written_is_known_at_once(tmp_path: Path) -> None:
    (tmp_path / "r.parquet.work").write_text("no folder")
    with pytest.raises(SourceError, match=r"cannot be written: .*exists"):
        ib.study(couples(1, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])


@pytest.mark.usefixtures("here")
def test_a_rate_told_from_rounded_times_is_that_of_the_others(tmp_path: Path) -> None:
    """Steps of 1/3 s in milliseconds: 900 and 1000 of them end at other roundings."""
    for k, n in enumerate((900, 1000, 1001)):
        rng = np.random.default_rng(k)
        table = np.column_stack((np.arange(n) / 3, wave(rng, n), wave(rng, n)))
        file = tmp_path / f"c{k}.csv"
        np.savetxt(file, table, "%.3f", ",", header="t,a,b", comments="")
    found = ib.study(tmp_path, tmp_path / "r.parquet", indices=[QUICK])
    assert len({done.rate for done in found.sessions}) > 1
    (group,) = found.groups
    assert group.compared is not None
    assert group.compared.pseudo.size == 6


def test_without_dask_it_says_which_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"interbeat\[dask\]"):
        ib.study(couples(1, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])


# The page


@pytest.mark.usefixtures("here")
def test_the_page_says_no_more_than_was_shown_and_ranks_nobody(tmp_path: Path) -> None:
    found = ib.study(couples(8, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])
    page = ib.report(found, tmp_path / "p.html").read_text(encoding="utf-8")
    assert page == render_study(found)
    assert "were not shown to differ from pseudo-dyads" in page
    assert "not the same as not being in sync" in page
    assert "<script" not in page
    at = [page.index(f'<th scope="row">{m.dyad}</th>') for m in found.groups[0].members]
    assert at == sorted(at)
    body = page[page.index("</style>") :]
    for word in ("best", "worst", "score of", ">nan<", "None"):
        assert word not in body


@pytest.mark.usefixtures("here")
def test_the_page_says_what_so_few_dyads_cannot_show(tmp_path: Path) -> None:
    """One of eight is tied: its p is the least there is, and still no q of eight."""
    given = couples(7, tie=0.0) | {"tied": couples(1, tie=9.0, seed=8)["couple01"]}
    (group,) = ib.study(given, tmp_path / "r.parquet", indices=[QUICK]).groups
    tied = group.members[-1]
    assert tied.p == tied.floor < 0.05 < tied.q
    assert group.compared is not None
    assert tied.pseudo_p == pytest.approx(1 / 57)
    assert tied.pseudo_q > 0.05
    assert tied.verdict == CHANCE
    said = " ".join(statements(group))
    least = math.ceil(8 * tied.floor / 0.05)
    assert f"is {p_value(tied.floor)}: among 8, fewer than {least} that" in said
    assert "is 0.018: among 8, fewer than 3 that" in said
    two = ib.study(couples(2, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])
    assert "for want of dyads" in " ".join(statements(two.groups[0]))
    one = ib.study(couples(1, tie=0.0), tmp_path / "r.parquet", indices=[QUICK])
    assert "Pseudo-dyads pair" in render_study(two)
    assert "Pseudo-dyads pair" not in render_study(one)


@pytest.mark.usefixtures("here")
def test_hostile_names_are_shown_as_text(tmp_path: Path) -> None:
    (data,) = couples(1, tie=0.0).values()
    found = ib.study({"<script>x": data}, tmp_path / "r.parquet", indices=[QUICK])
    page = render_study(found)
    assert "<script" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.usefixtures("here")
def test_a_study_without_any_two_people_has_a_page(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    hearts(folder, "x.txt", 1)
    found = ib.study(folder, tmp_path / "r.parquet", indices=[QUICK])
    assert "No two people could be compared" in render_study(found)
