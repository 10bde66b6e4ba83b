"""Skin conductance whose level and responses are known: error, time and memory.

Each method has a process of its own in each case, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from benchmarks.beside.common import Floats, cpu, matches, module, rows, table

SMALL = 0.05  # µS
COLUMNS = [
    "method", "what", "error of phasic", "r of tonic", "F1 of onsets", "CPU s", "peak MB",
]  # fmt: skip
ABOUT = f"""## Skin conductance

A level that wanders and four responses a minute (median 0.3 µS) whose time constants vary by 10
and 15 %. Root mean square error of the phasic part over the standard deviation of the true one;
correlation of the tonic parts; F1 (%) at 1 s of onsets, where true responses under {SMALL:g} µS
need not be found; memory over what the imports take. Sigmoid: rises that are no exponential.
"""


class Case(NamedTuple):
    """Sampling rate (Hz), hours, noise (µS), rise and decay (s), and whether it is sigmoid."""

    rate: int
    hours: int
    noise: float
    rise: float
    decay: float
    sigmoid: bool


CASES = {
    "palm, 4 Hz, 4 h": Case(4, 4, 0.01, 0.7, 2.0, sigmoid=False),
    "palm, 25 Hz, 4 h": Case(25, 4, 0.01, 0.7, 2.0, sigmoid=False),
    "wrist, 4 Hz, 1 h": Case(4, 1, 0.02, 0.75, 3.0, sigmoid=False),
    "sigmoid, 25 Hz, 1 h": Case(25, 1, 0.01, 0.75, 3.0, sigmoid=True),
}


class Sweat(NamedTuple):
    """What is measured (µS), its tonic and phasic parts, onsets (s) and sizes of responses."""

    measured: Floats
    tonic: Floats
    phasic: Floats
    onsets: Floats
    sizes: Floats


class Parts(NamedTuple):
    """What a method finds; onsets are None where it gives none."""

    tonic: Floats
    phasic: Floats
    onsets: Floats | None


Method = Callable[[Floats, int], Parts]


def wave(since: Floats, rise: float, decay: float, *, sigmoid: bool) -> Floats:
    """Return a response of height 1."""
    up = np.exp(-((since / (1.6 * rise)) ** 2)) if sigmoid else np.exp(-since / rise)
    shape = np.exp(-since / decay) * (1 - up) if sigmoid else np.exp(-since / decay) - up
    return np.asarray(shape / shape.max())


def sweat(case: Case, seed: int) -> Sweat:
    rng = np.random.default_rng(seed)
    seconds, n = case.hours * 3600, case.hours * 3600 * case.rate
    onsets = np.sort(rng.uniform(5, seconds - 60, 4 * case.hours * 60))
    onsets = onsets[np.diff(onsets, prepend=0.0) > 1]
    sizes = 0.3 * np.exp(0.6 * rng.standard_normal(onsets.size))
    phasic = np.zeros(n)
    for onset, size in zip(onsets.tolist(), sizes.tolist(), strict=True):
        vary = np.exp([0.1, 0.15] * rng.standard_normal(2))
        first = int(np.ceil(onset * case.rate))
        since = np.arange(first, min(first + 40 * case.rate, n)) / case.rate - onset
        rise, decay = case.rise * vary[0], case.decay * vary[1]
        phasic[first : first + since.size] += size * wave(
            since, rise, decay, sigmoid=case.sigmoid
        )
    walk = np.cumsum(0.02 * rng.standard_normal(seconds + 60))
    slow = np.convolve(walk, np.full(30, 1 / 30), "valid")
    at = np.arange(n) / case.rate
    tonic = 5 + 0.5 * np.sin(2 * np.pi * at / 700) + np.interp(at, np.arange(slow.size), slow)
    measured = tonic + phasic + case.noise * rng.standard_normal(n)
    return Sweat(measured, tonic, phasic, onsets, sizes)


def interbeat() -> Method:
    decompose = module("interbeat").decompose_eda

    def parts(values: Floats, hz: int) -> Parts:
        made = decompose(values, sampling_rate=hz)
        return Parts(made.tonic, made.phasic, made.responses.times)

    return parts


def live() -> Method:
    """Return the stage for streams; its phasic part is all but the level, noise included."""
    stage_of = module("interbeat.signals.eda").EdaStage
    signal = module("interbeat").Signal

    def parts(values: Floats, hz: int) -> Parts:
        stage = stage_of(hz, "a", "µS")
        made = stage.push(signal(values, hz, "µS", "a", 0.0)), stage.finish()
        level = made[0]["scl"].then(made[1]["scl"])
        tonic = np.interp(np.arange(values.size) / hz, level.times, level.values)
        found = made[0]["responses"].then(made[1]["responses"])
        return Parts(tonic, values - tonic, found.times)

    return parts


def cvxeda() -> Method:
    solve = module("cvxeda").cvxEDA

    def parts(values: Floats, hz: int) -> Parts:
        options = {"show_progress": False}
        size = values.std()
        found = list(solve((values - values.mean()) / size, 1 / hz, options=options))
        phasic, tonic = np.ravel(found[0]) * size, np.ravel(found[2]) * size + values.mean()
        return Parts(tonic, phasic, None)

    return parts


def neurokit2() -> Method:
    nk = module("neurokit2")

    def parts(values: Floats, hz: int) -> Parts:
        found = nk.eda_phasic(values, sampling_rate=hz)
        phasic = found["EDA_Phasic"].to_numpy()
        peaks = nk.eda_peaks(phasic, sampling_rate=hz)[1]["SCR_Onsets"]
        onsets = np.asarray(peaks, dtype=np.float64)
        return Parts(found["EDA_Tonic"].to_numpy(), phasic, onsets[~np.isnan(onsets)] / hz)

    return parts


METHODS: Mapping[str, Callable[[], Method]] = {
    "interbeat": interbeat,
    "interbeat live": live,
    "cvxeda": cvxeda,
    "neurokit2": neurokit2,
}


def peak() -> float:
    """Return the most memory (MB) that this process has taken so far."""
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def agreement(true: Sweat, found: Floats) -> float:
    """Return F1 (%) of onsets, within 1 s."""
    pairs = matches(true.onsets, found, 1.0)
    large = true.sizes >= SMALL
    recall = sum(bool(large[i]) for i, _ in pairs) / large.sum()
    precision = len(pairs) / max(found.size, 1)
    return float(200 * recall * precision / max(recall + precision, 1e-9))


def scores(name: str, what: str) -> list[str]:
    """Return what `name` reaches in the case `what`, in words."""
    case = CASES[what]
    find, true, rate = METHODS[name](), sweat(case, seed=1), case.rate
    find(true.measured[: 600 * rate], rate)  # warm
    before = peak()
    found, spent = cpu(lambda: find(true.measured, rate))
    seen = np.isfinite(found.phasic)
    error = np.sqrt(np.mean((found.phasic - true.phasic)[seen] ** 2)) / true.phasic.std()
    level = np.isfinite(found.tonic)
    tonic = np.corrcoef(found.tonic[level], true.tonic[level])[0, 1]
    onsets = "" if found.onsets is None else f"{agreement(true, found.onsets):.1f}"
    figures = [f"{error:.3f}", f"{tonic:.3f}", onsets, f"{spent:.2f}", f"{peak() - before:.0f}"]
    return [what, *figures]


def alone(name: str, what: str) -> list[str]:
    """Return the scores of `name` in the case `what`, from a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.beside.eda", name, what]
    child = subprocess.run(words, capture_output=True, text=True, check=False)
    if child.returncode:
        raise RuntimeError((child.stderr.strip().splitlines() or ["died in silence"])[-1])
    figures: list[str] = json.loads(child.stdout.splitlines()[-1])
    return figures


def main() -> None:
    if sys.argv[1:]:
        print(json.dumps(scores(sys.argv[1], sys.argv[2])))
        return
    body = [
        row
        for what in CASES
        for row in rows({name: partial(alone, name, what) for name in METHODS}, list)
    ]
    print(f"{ABOUT}\n{table(COLUMNS, body)}")


if __name__ == "__main__":
    main()
