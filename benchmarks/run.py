"""What interbeat costs, as a user meets it: whole cold processes, beside bare Python.

``make bench`` runs this and writes ``benchmarks/RESULTS.md``. Every row is the median of a few
runs of a fresh process; ratios are taken within one run of this script, on one machine.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from edfio import Edf, EdfSignal

from interbeat.body import Sensors, scenario, simulate
from interbeat.body.staging.outfit import Outfit
from interbeat.body.staging.play import lived
from interbeat.body.staging.stage import stretched
from interbeat.core.recording import Recording
from interbeat.core.signal import Signal

RESULTS = Path(__file__).with_name("RESULTS.md")
CHANNELS = {"ecg": "ECG", "respiration": "Resp", "eda": "EDA"}
PEERS = ("neurokit2", "sleepecg")
HOUR = 3600.0
COUPLES = 1000
BESIDE = "# Beside peers"  # where the tables of beside_peers.py begin


class Cost(NamedTuple):
    """Wall and CPU seconds and peak memory (MB) of one process, medians over runs."""

    wall: float
    cpu: float
    peak: float


def cost(*words: str | Path, runs: int) -> Cost:
    """Run a command `runs` times; return the median of each figure."""
    seen = [_once([str(word) for word in words]) for _ in range(runs)]
    return Cost(*(statistics.median(column) for column in zip(*seen, strict=True)))


def _once(words: list[str]) -> Cost:
    started = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(f"{' '.join(words)} failed with status {status}")
    return Cost(wall, used.ru_utime + used.ru_stime, _megabytes(used))


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def write_couple(folder: Path, hours: float) -> None:
    """Write two people's ECG (250 Hz), respiration (25 Hz) and EDA (4 Hz), an EDF each."""
    session = simulate("calm evening", seed=11, seconds=hours * HOUR).session
    for recording in session.recordings:
        Edf([_trace(recording, name) for name in CHANNELS]).write(
            folder / f"{recording.person}.edf"
        )


def _trace(recording: Recording, name: str) -> EdfSignal:
    signal = recording.channels[name]
    if not isinstance(signal, Signal):
        raise SystemExit(f"{name} is not a signal")
    whole = int(len(signal) // signal.sampling_rate * signal.sampling_rate)
    values = np.nan_to_num(signal.values[:whole])
    unit = signal.unit.replace("µ", "u").replace("a.u.", "")
    return EdfSignal(
        values, signal.sampling_rate, label=CHANNELS[name], physical_dimension=unit
    )


def rows(folder: Path) -> list[str]:
    """Return the table, one line a figure."""
    python = sys.executable
    bare = cost(python, "-c", "pass", runs=9)
    imported = cost(python, "-c", "import interbeat", runs=9)
    helped = cost(python, "-m", "interbeat.app", "--help", runs=9)
    table = [
        f"| `import interbeat` over bare Python | {_over(imported, bare)} | 150 ms |",
        f"| `interbeat --help` over bare Python | {_over(helped, bare)} | 150 ms |",
    ]
    for hours, runs, bar in ((1, 3, "6 s"), (24, 1, "1500 MB")):
        couple = folder / f"couple{hours}"
        couple.mkdir()
        write_couple(couple, hours)
        page = couple / "page.html"
        spent = cost(
            python, "-m", "interbeat.app", "analyze", couple, "--html", page, runs=runs
        )
        table.append(
            f"| `interbeat analyze`, {hours} h of two people, with the page, cold | "
            f"{spent.wall:.1f} s wall, {spent.cpu:.1f} s CPU, {spent.peak:.0f} MB | {bar} |"
        )
    table += [*simulated(), many(folder)]
    table += [_peer(python, peer, bare) for peer in PEERS]
    return table


def simulated() -> list[str]:
    """Return how much faster than real time an hour of two people is simulated, on one core."""
    play = stretched(scenario("calm evening"), HOUR)
    people = {name: role.person() for name, role in play.roles.items()}
    hearts = Outfit(dict.fromkeys("ab", Sensors(respiration=None, eda=None)))
    bodies = _faster(lambda seed: lived(play, people, seed=seed))
    waves = _faster(lambda seed: simulate(replace(play, outfit=hearts), seed=seed))
    return [
        f"| two bodies for an hour, without waveforms | {bodies:,.0f} x real time | 10,000 x |",
        f"| ... with two ECGs at 250 Hz | {waves:,.0f} x real time | 300 x |",
    ]


def _faster(made: Callable[[int], object]) -> float:
    """Return seconds simulated in a second of CPU time, the median over five runs, warm."""
    made(0)
    spent = []
    for seed in range(1, 6):
        began = time.process_time()
        made(seed)
        spent.append(time.process_time() - began)
    return HOUR / statistics.median(spent)


def many(folder: Path) -> str:
    """Return what the table of many virtual couples costs, through Dask on this machine."""
    spent = cost(
        sys.executable, "-m", "interbeat.app", "simulate", "hour of talk", "--couples",
        str(COUPLES), "--minutes", "60", "-o", folder / "couples.parquet", runs=1,
    )  # fmt: skip
    return (
        f"| `interbeat simulate --couples {COUPLES}`, 60 min of each, cold | "
        f"{spent.wall / 60:.1f} min wall, {spent.cpu / 60:.1f} min CPU | 10 min on 2 cores |"
    )


def _peer(python: str, peer: str, bare: Cost) -> str:
    try:
        label = f"{peer} {version(peer)}"
    except PackageNotFoundError:
        return f"| `import {peer}` over bare Python | not installed (extra `bench`) | |"
    imported = cost(python, "-c", f"import {peer}", runs=3)
    return f"| `import` of {label} over bare Python | {_over(imported, bare)} | |"


def _over(one: Cost, bare: Cost) -> str:
    return f"{1000 * (one.wall - bare.wall):.0f} ms"


def main() -> None:
    """Measure, and write the results with the machine, the versions and the date."""
    with tempfile.TemporaryDirectory() as folder:
        table = rows(Path(folder))
    packages = ("interbeat", "numpy", "scipy", "numba")
    about = ", ".join(f"{name} {version(name)}" for name in packages)
    text = (
        "# What it costs\n\nWritten by `make bench`; whole processes, medians.\n\n"
        f"{dt.date.today().isoformat()}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {about}.\n\n"
        "| what | measured | bar |\n|---|---|---|\n" + "\n".join(table) + "\n"
    )
    RESULTS.write_text(text + _others(), encoding="utf-8")
    print(text)


def _others() -> str:
    """Return what other benchmarks wrote below, so that one run does not erase another."""
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    at = before.find(BESIDE)
    return "\n" + before[at:] if at >= 0 else ""


if __name__ == "__main__":
    main()
