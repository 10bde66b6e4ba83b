"""Cross-recurrence of two people, and recurrence of a group: what it costs."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, rows, table

RADIUS = 0.6  # standard deviations, in three dimensions
SECONDS = 3600
CASES = {"2 people, 10 Hz": 36_000, "2 people, 4 Hz": 14_400, "group of 2, 1 Hz": 3_600}
COLUMNS = ["library", "case", "CPU s", "memory MB", "of which imports", "near %", "lines %"]
CRQA = "crqa 2.1.0 (R; not run here): 22.4 s, 2121 MB at 10 Hz and 3.5 s, 584 MB at 4 Hz"

Found = tuple[float, float]  # shares of pairs that are near, and of these that lie in lines
Method = Callable[[Floats, Floats], Found]


def ours(group: bool) -> Callable[[], Method]:
    def maker() -> Method:
        plot = module("interbeat.dyad.dynamics.recurrence_plot")

        def find(x: Floats, y: Floats) -> Found:
            if group:
                made = plot.group_recurrence(np.stack((x, y)), radius=RADIUS)
            else:
                made = plot.cross_recurrence(x, y, radius=RADIUS, embedding=3, delay=2)
            return made.rate, made.determinism

        return find

    return maker


def multisyncpy() -> Method:
    theirs = module("multiSyncPy.synchrony_metrics")

    def find(x: Floats, y: Floats) -> Found:
        plot = theirs.recurrence_matrix(np.stack((x, y)), RADIUS)
        near, lines, *_ = theirs.rqa_metrics(plot)
        return float(near), float(lines)

    return find


METHODS: Mapping[str, tuple[str, Callable[[], Method]]] = {
    "interbeat cross-recurrence, 10 Hz": ("2 people, 10 Hz", ours(group=False)),
    "interbeat cross-recurrence, 4 Hz": ("2 people, 4 Hz", ours(group=False)),
    "interbeat group recurrence": ("group of 2, 1 Hz", ours(group=True)),
    "multiSyncPy rqa": ("group of 2, 1 Hz", multisyncpy),
}


def two(n: int) -> tuple[Floats, Floats]:
    """Return an hour of two series that forget themselves within 5 s, tied by a share."""
    rng = np.random.default_rng(1)
    width = max(round(5 * n / SECONDS), 2)
    shared, one, other = (
        np.convolve(rng.standard_normal(n + width - 1), np.hanning(width + 2)[1:-1], "valid")
        for _ in range(3)
    )
    return shared + one, shared + other


def peak() -> float:
    """Return the most memory (MB) that this process has taken so far."""
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def scores(name: str) -> list[str]:
    """Return what `name` takes, in words."""
    case, make = METHODS[name]
    find = make()
    x, y = two(CASES[case])
    find(x[:100], y[:100])  # warm
    before = peak()
    (near, lines), spent = cpu(lambda: find(x, y))
    figures = [f"{spent:.2f}", f"{peak():.0f}", f"{before:.0f}"]
    return [case, *figures, f"{100 * near:.2f}", f"{100 * lines:.1f}"]


def alone(name: str) -> list[str]:
    """Return the scores of `name`, from a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.beside.recurrence", name]
    child = subprocess.run(words, capture_output=True, text=True, check=False)
    if child.returncode:
        raise RuntimeError((child.stderr.strip().splitlines() or ["died in silence"])[-1])
    figures: list[str] = json.loads(child.stdout.splitlines()[-1])
    return figures


ABOUT = f"""## Cross-recurrence

An hour of two series; radius {RADIUS} standard deviations; two people in 3 dimensions,
2 samples apart. {CRQA}.
"""


def main() -> None:
    if sys.argv[1:]:
        print(json.dumps(scores(sys.argv[1])))
        return
    body = list(rows({name: partial(alone, name) for name in METHODS}, list))
    print(f"{ABOUT}\n{table(COLUMNS, body)}")


if __name__ == "__main__":
    main()
