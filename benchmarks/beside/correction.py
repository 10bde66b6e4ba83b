"""RMSSD of sinus rhythm into which missed, extra and misplaced beats were put."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from benchmarks.beside.common import BEATS, DATA, Floats, cpu, module, rows, table

OnBeats = Callable[[Floats], Floats]  # times (s) to RR intervals (ms), NaN where left out
FEWEST, LONGEST = 200, 900  # beats
SHARES = (0.01, 0.03, 0.06, 0.10)
SEEDS = 3
DAY = 100_000  # beats
COLUMNS = ["method", "none", *(f"{100 * s:.0f} %" for s in SHARES), "CPU s, 100 000 beats"]
ABOUT = f"""## Beats that are none

The longest run of normal beats of each record of the MIT-BIH Arrhythmia Database that has
{FEWEST} of them and no fibrillation, up to {LONGEST}, {SEEDS} times: error of RMSSD (%), median
and 90th percentile, when a share of the beats was missed, doubled, or moved by 12 to 30 % of
the interval, a third each.
"""


def sinus() -> Iterator[Floats]:
    """Give the runs, in s."""
    for header in sorted((DATA / "mitdb").glob("*.hea")):
        notes = module("wfdb").rdann(str(header.with_suffix("")), "atr")
        rhythm, wild = "", []
        for kind, note in zip(notes.symbol, notes.aux_note, strict=True):
            rhythm = note.strip("\x00") if kind == "+" else rhythm
            wild.append(rhythm in {"(AFIB", "(AFL"})
        beat = np.isin(notes.symbol, BEATS)
        normal = ((np.array(notes.symbol) == "N") & ~np.array(wild))[beat].astype(np.int8)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], normal, [0]))))
        first, end = edges[::2], edges[1::2]
        k = int(np.argmax(end - first)) if first.size else 0
        if first.size and end[k] - first[k] >= FEWEST:
            yield (np.asarray(notes.sample)[beat] / notes.fs)[first[k] : end[k]][:LONGEST]


def spoiled(times: Floats, share: float, seed: int) -> Floats:
    """Return `times` with `share` of them missed, misplaced or doubled."""
    rng = np.random.default_rng(seed)
    places = rng.choice(np.arange(3, times.size - 3), int(share * times.size), replace=False)
    missed, moved, extra = np.array_split(places, 3)
    side = rng.choice([-1, 1], moved.size)
    out = times.copy()
    out[moved] += rng.uniform(0.12, 0.3, moved.size) * (times[moved + side] - times[moved])
    gaps = times[extra + 1] - times[extra]
    more = times[extra] + rng.uniform(0.3, 0.7, extra.size) * gaps
    return np.unique(np.concatenate((np.delete(out, missed), more)))


def rmssd(rr: Floats) -> float:
    return float(np.sqrt(np.nanmean(np.diff(rr) ** 2)))


def nothing() -> OnBeats:
    return lambda times: np.diff(times) * 1000


def marked() -> OnBeats:
    mark = module("interbeat.signals.correction").mark_beats
    beats = module("interbeat").Beats

    def intervals(times: Floats) -> Floats:
        made = mark(beats.at(times, "a"))
        return np.where(made.nn, made.rr_ms, np.nan)

    return intervals


def corrected() -> OnBeats:
    correct = module("interbeat.signals.correction").correct_beats
    beats = module("interbeat").Beats
    return lambda times: np.asarray(correct(beats.at(times, "a")).nn_ms)


def kubios() -> OnBeats:
    fix = module("neurokit2").signal_fixpeaks

    def intervals(times: Floats) -> Floats:
        _, peaks = fix(np.round(times * 1000).astype(int), sampling_rate=1000, method="Kubios")
        return np.diff(np.asarray(peaks, dtype=np.float64))

    return intervals


def malik() -> OnBeats:
    theirs = module("hrvanalysis")

    def intervals(times: Floats) -> Floats:
        rr = (np.diff(times) * 1000).tolist()
        kept = theirs.remove_ectopic_beats(rr, method="malik", verbose=False)
        return np.array(theirs.interpolate_nan_values(kept, limit_direction="both"))

    return intervals


METHODS: Mapping[str, Callable[[], OnBeats]] = {
    "interbeat marked": marked,
    "interbeat corrected copy": corrected,
    "neurokit2 Kubios": kubios,
    "hrv-analysis Malik, interpolated": malik,
    "numpy nothing": nothing,
}


def scored(find: OnBeats) -> list[str]:
    runs, words = list(sinus()), []
    find(runs[0])  # warm
    for share in (0.0, *SHARES):
        errors = [
            100 * abs(rmssd(find(spoiled(run, share, seed))) / rmssd(np.diff(run) * 1000) - 1)
            for run in runs
            for seed in range(SEEDS if share else 1)
        ]
        words.append(f"{np.median(errors):.1f} / {np.percentile(errors, 90):.1f}")
    _, spent = cpu(lambda: [find(run) for run in runs])
    return [*words, f"{spent * DAY / sum(run.size for run in runs):.2f}"]


if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(METHODS, scored))}")
