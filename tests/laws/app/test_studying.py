"""The command that runs a study, as a user meets it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interbeat.app.studying import _Lines, stoppable
from interbeat.pipeline.study.outcome import Progress


def interbeat(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "interbeat.app", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["study", "none", "--out", "r.parquet"], 1, "is no folder"),
        (["study", "empty", "--out", "r.parquet"], 1, "holds no session"),
        (["study", "empty", "--out", "r.parquet", "--index", "love"], 1, "possible: "),
        (["study", "empty", "--out", "no/r.parquet"], 2, "there is no folder no"),
        (["study", "empty"], 2, "Missing option '--out'"),
        (
            ["study", "empty", "--out", "r.parquet", "--workers", "0"],
            2,
            "0 is not in the range",
        ),
    ],
)
def test_a_wrong_call_is_one_clear_line(
    tmp_path: Path, *, words: list[str], status: int, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    done = interbeat(*words, cwd=tmp_path)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_a_page_is_not_written_over_a_recording(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "x.txt").write_text("800\n" * 50)
    words = ["study", "f", "--out", "r.parquet", "--html", "f/x.txt"]
    done = interbeat(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert "is no page" in done.stderr
    assert (tmp_path / "f" / "x.txt").read_text() == "800\n" * 50


def test_a_batch_system_stops_a_study_as_a_person_does() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_log_gets_few_lines_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A thousand tasks of a second each: a line each half minute, and what is left."""
    now = 0.0
    monkeypatch.setattr("interbeat.app.studying.time.monotonic", lambda: now)
    tell = _Lines()
    for done in range(1001):
        now = float(done)
        tell(Progress("indices", done, 1000, 0))
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "indices: 0 of 1000"
    assert said[1] == "indices: 31 of 1000, about 16 min 9 s left"
    assert said[-1] == "indices: 1000 of 1000 in 16 min 40 s"
    assert 30 <= len(said) <= 35
    tell(Progress("pseudo-dyads", 4, 4, 4))
    assert capsys.readouterr().err == "pseudo-dyads: 4 of 4, 4 done before\n"
