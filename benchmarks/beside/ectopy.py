"""Real ectopic beats of whole days: how many are doubted, and how many normal beats are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from benchmarks.beside.common import BEATS, DATA, Floats, cpu, module, rows, table

Doubt = Callable[[Floats], Floats]  # times (s) to 1 for each beat that is not taken as normal
DAYS = ("14046", "14134", "14149", "14157")
COLUMNS = ["method", *DAYS, "all", "CPU s"]
ABOUT = f"""## Ectopic beats

{len(DAYS)} days of the MIT-BIH Long-Term ECG Database: ventricular beats that are doubted /
normal beats that are not, %. Some settings of ours were chosen on parts of it.
"""


def doubted() -> Doubt:
    mark = module("interbeat.signals.correction").mark_beats
    beats = module("interbeat").Beats
    return lambda times: ~mark(beats.at(times, "a")).normal


def doubted_by_kubios() -> Doubt:
    fix = module("neurokit2").signal_fixpeaks

    def doubt(times: Floats) -> Floats:
        peaks = np.round(times * 1000).astype(int)
        kinds, _ = fix(peaks, sampling_rate=1000, iterative=False, method="Kubios")
        bad = np.zeros(times.size)
        for kind in ("ectopic", "missed", "extra", "longshort"):
            bad[np.asarray(kinds[kind], dtype=np.int64)] = 1
        return bad

    return doubt


def doubted_by_malik() -> Doubt:
    theirs = module("hrvanalysis")

    def doubt(times: Floats) -> Floats:
        rr = (np.diff(times) * 1000).tolist()
        kept = theirs.remove_ectopic_beats(rr, method="malik", verbose=False)
        return np.isnan(np.concatenate(([1.0], kept))).astype(np.float64)

    return doubt


DOUBTS: Mapping[str, Callable[[], Doubt]] = {
    "interbeat": doubted,
    "neurokit2 Kubios": doubted_by_kubios,
    "hrv-analysis Malik": doubted_by_malik,
}


def found(doubt: Doubt) -> list[str]:
    """Return sensitivity and specificity in each day and in all, and the CPU seconds of all."""
    doubt(np.arange(100.0))  # warm
    counts, total = [], 0.0
    for day in DAYS:
        notes = module("wfdb").rdann(str(DATA / "ltdb_beats" / day), "atr")
        beat = np.isin(notes.symbol, BEATS)
        times, kinds = np.asarray(notes.sample)[beat] / 128, np.array(notes.symbol)[beat]
        bad, spent = cpu(lambda times=times: doubt(times) > 0)  # type: ignore[misc]
        total += spent
        ectopic, normal = kinds == "V", kinds == "N"
        counts.append([bad[ectopic].sum(), ectopic.sum(), (~bad[normal]).sum(), normal.sum()])
    words = [
        f"{100 * a / b:.1f} / {100 * c / d:.2f}"
        for a, b, c, d in [*counts, np.sum(counts, axis=0)]
    ]
    return [*words, f"{total:.2f}"]


if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(DOUBTS, found))}")
