"""RMSSD of sinus rhythm into which missed, extra and misplaced beats were put."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from benchmarks.beside.common import DATA, Floats, cpu, module, rows, table

OnBeats = Callable[[Floats], float]  # times (s) to RMSSD (ms)
SINUS = ("101", "109", "112", "115", "118", "122", "205", "220", "230")
LONGEST = 900  # beats
SHARES = (0.01, 0.03, 0.06)
SEEDS = 3
DAY = 100_000  # beats
COLUMNS = [
    "method",
    "none put in",
    *(f"{100 * s:.0f} %" for s in SHARES),
    "CPU s, 100 000 beats",
]
ABOUT = f"""## Beats that are none

{len(SINUS)} runs of up to {LONGEST} beats of sinus rhythm by the experts of the MIT-BIH
Arrhythmia Database, {SEEDS} times: error of RMSSD (%), median / 90th percentile, when a share
of the beats was taken away, doubled or moved by 12 to 30 % of an interval, a third each.
"""


def sinus(record: str) -> Floats:
    """Return the longest run of normal beats of `record`, in s."""
    notes = module("wfdb").rdann(str(DATA / "mitdb" / record), "atr")
    times, kinds = np.asarray(notes.sample) / notes.fs, np.array(notes.symbol)
    normal = np.isin(kinds, list("NLR")).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], normal, [0]))))
    longest = int(np.argmax(edges[1::2] - edges[::2]))
    return np.asarray(times[edges[2 * longest] : edges[2 * longest + 1]][:LONGEST])


def spoiled(times: Floats, share: float, seed: int) -> Floats:
    """Return `times` with `share` of them missed, extra or misplaced."""
    rng = np.random.default_rng(seed)
    count = round(share * times.size / 3)
    places = rng.choice(np.arange(2, times.size - 2, 2), 3 * count, replace=False)
    missed, extra, moved = places.reshape(3, count)
    rr, out = np.diff(times), times.copy()
    out[moved] += rng.choice([-1, 1], count) * rng.uniform(0.12, 0.3, count) * rr[moved]
    more = times[extra] + rng.uniform(0.25, 0.75, count) * rr[extra]
    return np.sort(np.concatenate((np.delete(out, missed), more)))


def rmssd(rr: Floats) -> float:
    return float(np.sqrt(np.mean(np.diff(rr) ** 2)))


def nothing() -> OnBeats:
    return lambda times: rmssd(np.diff(times) * 1000)


def interbeat() -> OnBeats:
    mark = module("interbeat.signals.correction").mark_beats
    beats = module("interbeat").Beats

    def one(times: Floats) -> float:
        marked = mark(beats.at(times, "a"))
        pairs = marked.nn[1:] & marked.nn[:-1]
        return float(np.sqrt(np.mean(np.diff(marked.rr_ms)[pairs] ** 2)))

    return one


def kubios() -> OnBeats:
    fix = module("neurokit2").signal_fixpeaks

    def one(times: Floats) -> float:
        _, peaks = fix(np.round(times * 1000).astype(int), sampling_rate=1000, method="Kubios")
        return rmssd(np.diff(peaks))

    return one


def malik() -> OnBeats:
    theirs = module("hrvanalysis")

    def one(times: Floats) -> float:
        rr = (np.diff(times) * 1000).tolist()
        kept = theirs.remove_ectopic_beats(rr, method="malik", verbose=False)
        return rmssd(np.array(theirs.interpolate_nan_values(kept, limit_direction="both")))

    return one


METHODS: Mapping[str, Callable[[], OnBeats]] = {
    "interbeat marked": interbeat,
    "neurokit2 Kubios": kubios,
    "hrv-analysis Malik, interpolated": malik,
    "numpy nothing": nothing,
}


def scored(find: OnBeats) -> list[str]:
    runs = [sinus(record) for record in SINUS]
    words = []
    for share in (0.0, *SHARES):
        errors = [
            100
            * abs(find(spoiled(run, share, 100 * seed + k)) / rmssd(np.diff(run) * 1000) - 1)
            for k, run in enumerate(runs)
            for seed in range(SEEDS if share else 1)
        ]
        words.append(f"{np.median(errors):.1f} / {np.percentile(errors, 90):.1f}")
    _, spent = cpu(lambda: [find(run) for run in runs])
    return [*words, f"{spent * DAY / sum(run.size for run in runs):.2f}"]


if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(METHODS, scored))}")
