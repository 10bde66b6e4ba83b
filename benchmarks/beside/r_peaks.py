"""R peaks of arrhythmic hearts, against experts."""

from __future__ import annotations

from statistics import median

from benchmarks.beside.common import DATA, arrhythmia, cpu, f1, matches, rows, table
from benchmarks.beside.detectors import DETECTORS, Detector, interbeat_all

HEADERS = sorted((DATA / "mitdb").glob("*.hea"))
TOLERANCES = (0.150, 0.050, 0.020)  # s
COLUMNS = ["detector", "150 ms", "50 ms", "20 ms", "worst record", "CPU s per hour"]
BOTH = {"interbeat": DETECTORS["interbeat"], "interbeat both leads": interbeat_all}
ALL = BOTH | dict(DETECTORS)
ABOUT = f"""## R peaks

{len(HEADERS)} records of the MIT-BIH Arrhythmia Database, the first lead unless said: F1 (%) of
all beats, one-to-one matching, flutter left out; worst record at 150 ms; the median record's
CPU time. Some settings of ours were chosen on its 1xx records.
"""


def scored(find: Detector) -> list[str]:
    """Return F1 at each tolerance, the worst record and the median CPU time, in words."""
    counts: dict[str, list[tuple[int, int, int]]] = {}
    costs = []
    for header in HEADERS:
        leads, rate, outside, experts = arrhythmia(header.with_suffix(""))
        if not counts:
            find(leads, rate)  # warm
        times, spent = cpu(lambda leads=leads, rate=rate: find(leads, rate))  # type: ignore[misc]
        costs.append(spent * 3600 * rate / leads.shape[1])
        true, found = outside(experts), outside(times)
        counts[header.stem] = [
            (len(matches(true, found, t)), true.size, found.size) for t in TOLERANCES
        ]
    low, worst = min((f1([c[0]]), record) for record, c in counts.items())
    scores = [f1([c[k] for c in counts.values()]) for k in range(len(TOLERANCES))]
    return [*(f"{x:.2f}" for x in scores), f"{low:.2f} ({worst})", f"{median(costs):.3f}"]


if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(ALL, scored))}")
