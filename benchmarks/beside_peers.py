"""Ours beside peers', on the same recordings, each part in a fresh process.

``make bench`` puts the tables at the end of ``RESULTS.md``; a peer not installed is named so.
All of them: ``make bench PEERS=python`` of an environment with the extra ``bench`` and wfdb.
With names of parts, only these are run, and printed: ``beside_peers.py pulse eda``.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADING = "# Beside peers"
PARTS = (
    "r_peaks", "noise", "pulse", "correction", "ectopy", "variability", "sliding", "resphrv",
    "eda", "synchrony", "windowed", "wavelet", "recurrence", "leading", "study", "plates",
    "tracers",
)  # fmt: skip


def section(part: str) -> str:
    """Return what `part` prints, or why it prints nothing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    words = [sys.executable, "-W", "ignore", "-m", f"benchmarks.beside.{part}"]
    child = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=RESULTS.parents[1]
    )
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    print(f"{part}: {spent:.0f} s of CPU", file=sys.stderr)
    if child.returncode:
        why = (child.stderr.strip().splitlines() or ["in silence"])[-1]
        return f"## {part}\n\nFailed: {why[:200]}\n"
    return child.stdout


def about() -> str:
    python = f"Python {platform.python_version()}, numpy {np.__version__}"
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    return (
        f"{HEADING}\n\n{dt.date.today()}, {machine}, {python}.\n"
        "Each as it comes, with its defaults unless its row says otherwise, warm; CPU time.\n"
    )


def main() -> None:
    if sys.argv[1:]:
        print("\n".join(map(section, sys.argv[1:])))
        return
    before = RESULTS.read_text(encoding="utf-8").split(HEADING)[0]
    text = "\n".join([about(), *map(section, PARTS)])
    RESULTS.write_text(f"{before.rstrip()}\n\n{text}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
