"""A study: what a dyad-hour costs, index by index, and what a second worker brings."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, table

HZ, SECONDS = 4.0, 3600
DYADS = 7  # simulated; what many cost is worked out from these
TIMES = 5
MANY, CLUSTER = 500, 100_000
INDICES = (
    "windowed_correlation", "susy", "coherence", "recurrence", "granger", "coupled_oscillator",
)  # fmt: skip
BY_INDEX = ["index", "CPU s a dyad-hour", "its surrogates", f"min for {MANY}, 2 cores",
            "ms a pseudo-dyad", f"min for all pairs of {MANY}, 2 cores"]  # fmt: skip
BY_WORKERS = ["workers", "s a dyad-hour", "dyad-hours an hour", f"min for {MANY}",
              f"days for {CLUSTER:,} dyad-hours"]  # fmt: skip
ABOUT = f"""## A study

{DYADS} simulated dyads of one hour at {HZ:g} Hz, none of them tied, through six indices with
all their nulls, standard errors and what could have been seen. First each index by itself, then
all of them as `interbeat study` runs them on processes of one machine, without the start of
these; more dyads are multiplied, not run. No peer runs a study. R packages and pycwt, timed
once on a like machine and not here, take 10 s (SUSY), 13 s (bsync, 1,000 surrogates) and 200 s
(wavelet coherence, 300 surrogates) for one index of one such dyad.
"""


def series(rng: np.random.Generator) -> Floats:
    """Return an hour that wanders within 2 s, as a heart rate does."""
    noise = rng.standard_normal(int(HZ * SECONDS) + 7)
    return np.convolve(noise, np.ones(8), "valid")


def dyads(seed: int) -> dict[str, tuple[Floats, Floats, float]]:
    rng = np.random.default_rng(seed)
    return {f"dyad{k:02d}": (series(rng), series(rng), HZ) for k in range(DYADS)}


def by_index(a: Floats, b: Floats) -> list[list[str]]:
    """Return a row for each index: one dyad in full, and its statistic alone."""
    known = module("interbeat.dyad").INDICES
    rows = []
    for name in INDICES:
        spec = known[name]
        spec.function(a[:2400], b[:2400], sampling_rate=HZ)  # warm
        found, seconds = cpu(partial(spec.function, a, b, sampling_rate=HZ))
        x, rate = spec.prepare(a, HZ)
        y, _ = spec.prepare(b, HZ)
        alone = sum(cpu(partial(spec.statistic, x, y, rate))[1] for _ in range(TIMES)) / TIMES
        pairs = MANY * MANY * alone
        rows.append([
            name, f"{seconds:.2f}", f"{found.settings['draws']:.0f}",
            f"{MANY * seconds / 120:.1f}", f"{1000 * alone:.2f}", f"{pairs / 120:.0f}",
        ])  # fmt: skip
    total = sum(float(row[1]) for row in rows)
    rows.append(["all six", f"{total:.2f}", "", f"{MANY * total / 120:.1f}"])
    return rows


def by_workers(given: Mapping[str, tuple[Floats, Floats, float]]) -> list[list[str]]:
    """Return a row for one worker and for two, and by what factor the second is faster."""
    seconds = [running(given, workers) for workers in (1, 2)]
    rows = [
        [
            str(workers), f"{each:.2f}", f"{3600 / each:.0f}", f"{MANY * each / 60:.1f}",
            f"{CLUSTER * each / 86_400:.1f}",
        ]
        for workers, each in zip((1, 2), seconds, strict=True)
    ]  # fmt: skip
    rows.append(["second worker", f"{seconds[0] / seconds[1]:.2f} times as fast"])
    return rows


def running(given: Mapping[str, tuple[Floats, Floats, float]], workers: int) -> float:
    """Return seconds a dyad through all indices, once each worker has begun."""
    ended: list[float] = []

    def note(step: tuple[str, int, int, int]) -> None:
        if step[0] == "indices":
            ended.append(perf_counter())

    with TemporaryDirectory() as folder:
        out = Path(folder, "results.parquet")
        module("interbeat").study(given, out, indices=INDICES, workers=workers, progress=note)
    return seconds_a_dyad(ended, workers)


def seconds_a_dyad(ended: Sequence[float], workers: int) -> float:
    """Return how long a dyad takes while all workers have work.

    That is after the first dyad of each, which also loads what it needs, and until the first of
    the last tasks has ended, from when on some have none.
    """
    first, last = len(INDICES) * workers, len(ended) - workers
    return (ended[last] - ended[first]) / (last - first) * len(INDICES)


def main() -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    a, b, _ = dyads(0)["dyad00"]
    print(ABOUT)
    print(table(BY_INDEX, by_index(a, b)))
    print()
    print(table(BY_WORKERS, by_workers(dyads(1))))


if __name__ == "__main__":
    main()
