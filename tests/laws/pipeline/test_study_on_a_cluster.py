"""A study on real processes: the same bytes on any number of them, whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interbeat as ib
from interbeat.pipeline.study.outcome import Progress

psutil: Any = import_module("psutil")  # comes with Dask, without types

DYADS = 24
INDEX = "phase_locking"
# What runs in the background of a script ignores Ctrl-C, and so does what it starts.
FROM_A_TERMINAL = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from interbeat.app.cli import main; main()"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return tables of series, some of them tied."""
    made = tmp_path_factory.mktemp("series")
    rng = np.random.default_rng(4)
    t = np.arange(0, 400, 0.25)
    for k in range(DYADS):
        a, b = (np.convolve(rng.standard_normal(t.size + 7), np.ones(8), "valid") for _ in "ab")
        table = np.column_stack((t, a, b + (k % 3) * a))
        head = "t,a,b"
        np.savetxt(made / f"d{k:02d}.csv", table, "%.6g", ",", header=head, comments="")
    return made


@pytest.fixture(scope="module")
def digest(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the digest of what one worker makes of it when nothing goes wrong."""
    return digest_of(folder, tmp_path_factory.mktemp("calm"), workers=1)


def digest_of(
    folder: Path, to: Path, *, workers: int, progress: Callable[[Progress], None] | None = None
) -> str:
    out = to / "r.parquet"
    found = ib.study(folder, out, indices=[INDEX], workers=workers, progress=progress)
    assert not found.failures
    return sha256(out.read_bytes()).hexdigest()


def workers_of(process: int) -> list[Any]:
    everyone: list[Any] = psutil.Process(process).children(recursive=True)
    return [child for child in everyone if "spawn_main" in " ".join(child.cmdline())]


def test_one_worker_and_eight_give_the_same_bytes_and_leave_nothing_behind(
    folder: Path, digest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert digest_of(folder, tmp_path, workers=8) == digest
    assert not list(scratch.iterdir())
    assert "OMP_NUM_THREADS" not in os.environ
    assert not workers_of(os.getpid())
    assert {path.name for path in tmp_path.iterdir()} == {
        "scratch", "r.parquet", "r.parquet.work",
    }  # fmt: skip


def test_one_of_two_workers_killed_costs_nothing_but_time(
    folder: Path, digest: str, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill_one(step: Progress) -> None:
        if step.stage == "indices" and 0 < step.done < step.total and not killed:
            victim = workers_of(os.getpid())[0]
            victim.kill()
            killed.append(victim.pid)

    assert digest_of(folder, tmp_path, workers=2, progress=kill_one) == digest
    assert killed


@pytest.fixture
def started(folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the command in a session of its own, and wait until it is in the middle."""
    command = [
        sys.executable, "-c", FROM_A_TERMINAL, "study", str(folder), "--index", INDEX,
        "--workers", "1", "--out", str(tmp_path / "r.parquet"),
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 120
    while done_in(tmp_path) < DYADS + 2 and time.monotonic() < until:
        time.sleep(0.005)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def done_in(folder: Path) -> int:
    return len(list(folder.glob("r.parquet.work/*/*.npz")))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_what_was_stopped_goes_on_where_it_was(
    folder: Path,
    digest: str,
    started: subprocess.Popen[str],
    tmp_path: Path,
    *,
    how: signal.Signals,
) -> None:
    left = workers_of(started.pid)
    if how == signal.SIGINT:
        os.killpg(started.pid, how)  # as a terminal does
    else:
        os.kill(started.pid, how)
    _, said = started.communicate(timeout=60)
    assert started.returncode == (130 if how == signal.SIGINT else -how)
    assert "Traceback" not in said
    assert ("what is done is kept" in said) == (how == signal.SIGINT)
    assert not psutil.wait_procs(left, timeout=30)[1]
    assert not (tmp_path / "r.parquet").exists()
    done = done_in(tmp_path)
    steps: list[Progress] = []
    assert digest_of(folder, tmp_path, workers=1, progress=steps.append) == digest
    last = {step.stage: step for step in steps}
    assert last["sessions"].reused == DYADS
    assert 0 < last["indices"].reused <= done - DYADS
    assert last["indices"].reused < DYADS
