"""All circular shifts of one hour beside a plain loop over shifts: time and memory.

Each method has a process of its own in each case, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, table

HOURS, WINDOW, HOP, LAG = 1, 30, 5, 5  # h, then s
SOME = 20  # shifts of the plain loop
COLUMNS = ["method", "what", "shifts timed", "CPU s", "CPU s, all shifts", "peak MB"]
ABOUT = f"""## Synchrony against chance

Windowed cross-correlation of {HOURS} h (windows of {WINDOW} s every {HOP} s, lags to {LAG} s)
against circular shifts. The loop is NumPy: Pearson's correlation of all windows at once, lag by
lag, shift by shift; its time for all shifts is extrapolated from {SOME}. Memory is over what
the imports take. bsync and rMEA are R packages that PyPI does not have; their times were
measured apart, at rest, one thread, and extrapolated from as many surrogates as are named.
"""
APART = [  # 1 h; times of so many shifts or surrogates, and of as many as there are shifts
    ["bsync 0.0.0.9000 (R)", "10 Hz", "200", "14.3", "extrapolated: 2,600"],
    ["bsync 0.0.0.9000 (R)", "4 Hz", "1,000", "12.8", "extrapolated: 184"],
    ["rMEA 1.3.0 (R)", "10 Hz", "20", "17.8", "extrapolated: 32,000"],
    ["rMEA 1.3.0 (R)", "4 Hz", "20", "7.5", "extrapolated: 5,400"],
]


def series(rate: int, *, gaps: bool) -> tuple[Floats, Floats]:
    """Return two series that know nothing of each other and forget within 5 s."""
    rng = np.random.default_rng(1)
    n = HOURS * 3600 * rate
    keep = np.exp(-1 / (5 * rate))
    both = rng.standard_normal((2, n))
    for k in range(1, n):
        both[:, k] += keep * both[:, k - 1]
    for side in both if gaps else ():
        for start in rng.integers(0, n - 100 * rate, 30).tolist():
            side[start : start + int(rng.integers(1, 40)) * rate] = np.nan
    return both[0], both[1]


def ours(x: Floats, y: Floats, rate: int) -> int:
    """Find everything: lag, p, bands of chance, episodes and what could have been seen."""
    found = module("interbeat").synchrony(x, y, sampling_rate=rate)
    return int(found.settings["shifts"])


def loop(x: Floats, y: Floats, rate: int) -> int:
    views = np.lib.stride_tricks.sliding_window_view
    here = views(x, WINDOW * rate)[:: HOP * rate]
    here = here - here.mean(axis=1, keepdims=True)
    here /= np.linalg.norm(here, axis=1, keepdims=True)
    for shift in range(SOME):
        for lag in range(-LAG * rate, LAG * rate + 1):
            there = views(np.roll(y, -shift - lag), WINDOW * rate)[:: HOP * rate]
            there = there - there.mean(axis=1, keepdims=True)
            there /= np.linalg.norm(there, axis=1, keepdims=True)
            np.arctanh(np.einsum("wm,wm->w", here, there)).mean()
    return SOME


METHODS: Mapping[str, Callable[[Floats, Floats, int], int]] = {"interbeat": ours, "loop": loop}
CASES = {"4 Hz": (4, False), "4 Hz, gaps": (4, True), "10 Hz": (10, False)}
CASES["10 Hz, gaps"] = (10, True)


def peak() -> float:
    """Return the most memory (MB) that this process has taken so far."""
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def scores(name: str, what: str) -> list[str]:
    """Return what `name` takes in the case `what`, in words."""
    rate, gaps = CASES[what]
    x, y = series(rate, gaps=gaps)
    if name == "interbeat":
        ours(x[: 600 * rate], y[: 600 * rate], rate)  # warm
    before = peak()
    shifts, spent = cpu(lambda: METHODS[name](x, y, rate))
    every = spent * x.size / shifts
    text = f"{every:.2f}" if shifts >= x.size else f"extrapolated: {every:,.0f}"
    return [what, f"{shifts:,}", f"{spent:.2f}", text, f"{peak() - before:.0f}"]


def alone(name: str, what: str) -> list[str]:
    """Return the scores of `name` in the case `what`, from a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.beside.synchrony", name, what]
    child = subprocess.run(words, capture_output=True, text=True, check=False)
    if child.returncode:
        raise RuntimeError((child.stderr.strip().splitlines() or ["died in silence"])[-1])
    figures: list[str] = json.loads(child.stdout.splitlines()[-1])
    return figures


def body() -> Iterator[list[str]]:
    for what in CASES:
        yield ["interbeat synchrony", *alone("interbeat", what)]
    for what in ("4 Hz", "10 Hz"):
        yield ["NumPy, a loop", *alone("loop", what)]
    yield from APART


def main() -> None:
    if sys.argv[1:]:
        print(json.dumps(scores(sys.argv[1], sys.argv[2])))
        return
    print(f"{ABOUT}\n{table(COLUMNS, body())}")


if __name__ == "__main__":
    main()
