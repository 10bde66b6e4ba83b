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


def test_what_was_simulated_can_be_read_again(tmp_path: Path) -> None:
    done = interbeat("simulate", "strangers", "-o", tmp_path / "s", "--seed", "3")
    assert done.returncode == 0, done.stderr
    session = ib.read(tmp_path / "s")
    assert session.persons == ("a", "b")
    truth = json.loads((tmp_path / "s" / "truth.json").read_text())
    assert truth
    assert (
        interbeat("simulate", "strangers", "-o", tmp_path / "t", "--seed", "3").returncode == 0
    )
    first, second = (sorted((tmp_path / x).rglob("*_physio.tsv.gz")) for x in "st")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second] != []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["analyze", "nowhere.edf"], "nowhere.edf"),
        (["analyze", "notes.docx"], "notes.docx"),
        (["analyze", "empty"], "empty"),
        (["analyze", "ibi.txt", "--channel", "EKG=x"], "no channel is called 'ekg'; possible"),
        (["analyze", "ibi.txt", "ibi.txt"], "one person twice"),
        (["simulate", "heaven", "-o", "x"], "possible"),
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
