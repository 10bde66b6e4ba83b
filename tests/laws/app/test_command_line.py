"""The command line as a user meets it: real processes, real files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import interbeat as ib
from interbeat.app import simulating
from interbeat.body import scenarios, simulate
from interbeat.core.errors import SourceError
from interbeat.sources import write_bids


def interbeat(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "interbeat.app", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {"numpy", "scipy", "numba", "pyarrow", "pandas", "jinja2", "rich", "h5py", "pydantic"}


def test_importing_interbeat_loads_nothing_heavy() -> None:
    assert not loaded_by("import interbeat") & HEAVY


def test_help_loads_nothing_heavy() -> None:
    help_ = "from interbeat.app.cli import main\nmain(['--help'], standalone_mode=False)"
    assert not loaded_by(help_) & HEAVY


def test_reading_and_naming_what_is_offered_needs_no_scipy() -> None:
    assert "scipy" not in loaded_by("import interbeat as ib\nib.Signal, ib.Beats, ib.Estimate")


def test_a_couple_is_analyzed_into_page_json_and_table(tmp_path: Path) -> None:
    for person, shift in (("a", 0), ("b", 30)):
        rr = [800 + shift + 40 * ((k * (7 + shift)) % 11) / 10 for k in range(600)]
        (tmp_path / f"ibi_{person}.txt").write_text("\n".join(f"{x:.0f}" for x in rr))
    done = interbeat(
        "analyze", "ibi_a.txt", "ibi_b.txt", "--html", "c.html", "--json", "c.json",
        "--table", "c.parquet", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "unit taken as ms" in done.stdout
    said = json.loads((tmp_path / "c.json").read_text())
    truth = ib.analyze(ib.read(tmp_path / "ibi_a.txt", tmp_path / "ibi_b.txt"))
    rmssd = said["people"]["a"]["summary"]["rmssd"]
    assert rmssd["value"] == pytest.approx(truth["a"].summary["rmssd"].value)
    assert (tmp_path / "c.html").read_text().startswith("<!doctype html>")
    table = pq.read_table(tmp_path / "c.parquet")
    assert set(table["person"].to_pylist()) >= {"a", "b"}


def test_a_marked_task_can_be_the_baseline_of_drives(tmp_path: Path) -> None:
    write_bids(simulate("eye contact", seed=1).session, tmp_path / "s")
    label = "side by side"
    done = interbeat(
        "analyze", tmp_path / "s", "--baseline", label, "--json", tmp_path / "s.json"
    )
    assert done.returncode == 0, done.stderr
    said = json.loads((tmp_path / "s.json").read_text())
    span = next(row for row in said["intervals"] if row["label"] == label)
    assert said["people"]["a"]["drives"]["baseline"] == {
        "start": span["start"], "end": span["end"],
    }  # fmt: skip
    done = interbeat("analyze", tmp_path / "s", "--baseline", "sleep")
    assert done.returncode == 1
    assert "no task is called 'sleep'" in done.stderr


def test_what_was_simulated_can_be_read_again(tmp_path: Path) -> None:
    done = interbeat("simulate", "strangers", "-o", tmp_path / "s", "--seed", "3")
    assert done.returncode == 0, done.stderr
    session = ib.read(tmp_path / "s")
    assert session.persons == ("a", "b")
    assert (
        interbeat("simulate", "strangers", "-o", tmp_path / "t", "--seed", "3").returncode == 0
    )
    first, second = (
        sorted(path for path in (tmp_path / x).rglob("*") if path.is_file()) for x in "st"
    )
    assert len(first) > 12
    assert [p.relative_to(tmp_path / "s") for p in first] == [
        p.relative_to(tmp_path / "t") for p in second
    ]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_the_truth_lies_beside_what_was_simulated(tmp_path: Path) -> None:
    words = ("disagreement-and-repair", "-o", tmp_path / "s", "--seed", "3", "--minutes", "4")
    done = interbeat("simulate", *words)
    assert done.returncode == 0, done.stderr
    made = simulate("disagreement and repair", seed=3, seconds=240)
    said = json.loads((tmp_path / "s" / "truth.json").read_text())
    assert said["scenario"] == "disagreement and repair"
    assert said["seed"] == 3
    assert said["people"]["a"]["parameters"]["heart"]["resting_rate"] == 65.0
    assert said["people"]["b"]["learnt before"]["of cues"]["silence"]["harm"] == 6.0
    assert said["what reaches"]["a"]["threat"] == 0.6
    assert said["seconds"] == 240
    assert said["artifacts"][0]["start"] == pytest.approx(22 / 35 * 240)  # as it was played
    contact = pq.read_table(tmp_path / "s" / "truth" / "both_10hz.parquet")["contact"]
    assert made.truth.contact is not None
    assert contact.to_pylist() == made.truth.contact.values.tolist()
    assert {
        "start": 34.285714285714285,
        "end": 89.14285714285714,
        "what": "danger 0.3",
    } in said["events"]
    truth = tmp_path / "s" / "truth"
    for person in "ab":
        tracks = pq.read_table(truth / f"{person}_10hz.parquet")
        assert tracks["vagal"].to_numpy() == pytest.approx(made.truth[person].vagal.values)
        assert tracks.schema.field("systolic").metadata == {b"unit": b"mmHg"}
        assert tracks["input_danger"].to_numpy().max() == 0.3
        assert len(pq.read_table(truth / f"{person}_50hz.parquet")) == 5 * len(tracks)
        assert pq.read_table(truth / f"{person}_1hz.parquet").column_names[0] == "time"
        instants = pq.read_table(truth / f"{person}_instants.parquet").to_pylist()
        beats = [row["time"] for row in instants if row["what"] in {"beat", "early"}]
        assert beats == made.truth[person].beats.times.tolist()
        assert {row["what"] for row in instants} >= {"beat", "breath", "response"}
    tubes = (tmp_path / "s" / "samples.tsv").read_text().splitlines()
    assert tubes[0].split("\t")[:4] == ["analyte", "value", "unit", "time"]
    assert len(tubes) == 1 + len(made.session.samples)
    labels = [label for label in ib.read(tmp_path / "s").intervals.labels if label != "gap"]
    assert labels == list(made.session.intervals.labels)


def test_a_simulation_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def written(folder: Path) -> None:
        simulating.write_scenario("strangers", folder, seed=1, minutes=[0.1])

    (tmp_path / "empty").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(simulating, "_tables", full)
        for name in ("empty", "new"):
            with pytest.raises(OSError, match="No space"):
                written(tmp_path / name)
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]
    for name in ("empty", "new"):
        written(tmp_path / name)
        assert ib.read(tmp_path / name).persons == ("a", "b")
        with pytest.raises(SourceError, match="is there already"):
            written(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "new"}


def test_the_validator_passes_the_truth_by(tmp_path: Path) -> None:
    validator = Path(sys.executable).with_name("bids-validator-deno")
    if not validator.exists():
        pytest.skip("the BIDS validator is not installed: pip install bids-validator-deno")
    interbeat("simulate", "eye contact", "-o", tmp_path / "s", "--minutes", "1")
    command = [str(validator), "--json", str(tmp_path / "s")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert not [issue for issue in issues if issue["severity"] == "error"]


def test_scenarios_are_listed_with_what_they_are() -> None:
    done = interbeat("simulate", "--list")
    assert done.returncode == 0
    for name, play in scenarios().items():
        assert f"{name} " in done.stdout
        assert play.title in done.stdout


def test_many_couples_become_a_table(tmp_path: Path) -> None:
    out = tmp_path / "couples.parquet"
    done = interbeat(
        "simulate", "hour of talk", "--couples", "3", "--minutes", "3", "--tie", "threat=0.6",
        "--workers", "1", "-o", out,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "couples: 3 of 3" in done.stderr
    table = pq.read_table(out)
    assert table.num_rows == 6
    assert set(table["reached_by_threat"].to_pylist()) == {0.6}


def test_a_bad_scenario_is_one_line_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "x"\nlength = "1 min"\n[a]\n[[events]]\npace = "-6 /min"\n')
    done = interbeat("simulate", path, "-o", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr == f"Error: {path}, line 5: pace is 1 to 60 /min, not '-6 /min'\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["analyze", "nowhere.edf"], "nowhere.edf"),
        (["analyze", "notes.docx"], "notes.docx"),
        (["analyze", "empty"], "empty"),
        (["analyze", "ibi.txt", "--channel", "EKG=x"], "no channel is called 'ekg'; possible"),
        (["analyze", "ibi.txt", "ibi.txt"], "one person twice"),
        (["simulate", "heaven", "-o", "x"], "possible: calm evening"),
        (["simulate", "none.toml", "-o", "x"], "none.toml: cannot be read"),
        (
            ["simulate", "strangers", "-o", "ibi.txt", "--couples", "2"],
            "is no table of couples",
        ),
        (
            ["simulate", "strangers", "-o", "x", "--couples", "2", "--tie", "love=1"],
            "no tie is",
        ),
        (["simulate", "strangers", "-o", "x", "--couples", "2", "--tie", "calm=x"], "number"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04 no such thing")
    (tmp_path / "ibi.txt").write_text("800\n810\n" * 50)
    (tmp_path / "empty").mkdir()
    done = interbeat(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["analyze"], "Missing argument"),
        (["analyze", "ibi.txt", "--html", "no/such/c.html"], "there is no folder no/such"),
        (["analyze", "ibi.txt", "--html", "."], "is a directory"),
        (["analyze", "ibi.txt", "--html", "./ibi.txt"], "is a recording to analyze"),
        (["analyze", "ibi.txt", "--html", "x", "--json", "x"], "is where --html is written"),
        (["simulate", "strangers", "-o", "x", "--seed", "-1"], "-1 is not in the range"),
        (["simulate", "strangers", "-o", "x", "--couples", "0"], "0 is not in the range"),
        (["simulate", "strangers", "-o", "x", "--workers", "2"], "go with --couples"),
        (["simulate", "strangers"], "give a SCENARIO of these and where to write it"),
        (["demo", "--seed", "-1"], "-1 is not in the range"),
    ],
)
def test_a_wrong_call_is_refused_before_any_work(
    tmp_path: Path, words: list[str], said: str
) -> None:
    intervals = "800\n810\n" * 50
    (tmp_path / "ibi.txt").write_text(intervals)
    done = interbeat(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["ibi.txt"]
    assert (tmp_path / "ibi.txt").read_text() == intervals


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    command = [sys.executable, "-u", "-m", "interbeat.app", "formats"]
    listing = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.close()
    assert listing.stderr.read() == b""
    listing.stderr.close()
    listing.wait()


def test_doctor_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import PackageNotFoundError

    from interbeat.app import doctor

    def missing(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(doctor, "version", missing)
    said = list(doctor.examine(warm_up=False))
    assert "h5py is not installed: pip install 'interbeat'" in said
    assert "pandas is not installed: pip install 'interbeat[frame]'" in said


def test_names_may_hold_spaces_and_letters_of_any_language(tmp_path: Path) -> None:
    folder = tmp_path / "Ödön és Åsa"
    folder.mkdir()
    (folder / "ibi ä.txt").write_text("800\n810\n" * 50)
    done = interbeat("analyze", folder / "ibi ä.txt", "--html", folder / "lap ő.html")
    assert done.returncode == 0, done.stderr
    assert (folder / "lap ő.html").exists()
    assert not done.stderr  # a progress bar is for terminals


def test_every_command_has_help() -> None:
    for command in ("analyze", "demo", "simulate", "formats", "doctor", "cite"):
        done = interbeat(command, "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout


def test_formats_lists_every_reader_and_cite_prints_bibtex() -> None:
    from interbeat.sources._reader import READERS

    listed = interbeat("formats").stdout
    assert all(name in listed for name in READERS)
    assert "@" in interbeat("cite").stdout


def test_real_recordings_of_two_people_become_a_page(
    data: Callable[[str], Path], tmp_path: Path
) -> None:
    done = interbeat("analyze", data("wunderwald_ibi_dyad"), "--html", tmp_path / "w.html")
    assert done.returncode == 0, done.stderr
    assert "person b" in done.stdout
    assert (tmp_path / "w.html").stat().st_size > 10_000
