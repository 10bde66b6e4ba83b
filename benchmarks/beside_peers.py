"""Our heartbeats and heart rate variability beside peers', on the same recordings in one run.

``make bench`` puts the tables at the end of ``RESULTS.md``; a peer not installed is named so.
All of them: ``make bench PEERS=python`` of an environment with the extra ``bench`` and wfdb.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import process_time
from timeit import repeat, timeit
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
OnRR = Callable[[Floats], Any]

RESULTS = Path(__file__).with_name("RESULTS.md")
DATA = Path(os.environ.get("INTERBEAT_DATA", RESULTS.parents[2] / "shared" / "data"))
HEADERS = sorted((DATA / "mitdb").glob("*.hea"))
BEATS = list("NLRBAaJSVrFejnE/fQ?")
HEADING = "# Beside peers"
TOLERANCES = (0.150, 0.050, 0.020)  # s
WINDOW = 300  # s
SERIES = ("interbeat", "neurokit2")  # have HRV over an array of intervals
PEERS = ("interbeat", "neurokit2", "sleepecg", "wfdb xqrs")


def detector(peer: str) -> Callable[[Floats, int], Floats]:
    """Return `peer`'s R-peak detector as it comes: samples and rate (Hz) to times (s)."""
    it: Any = importlib.import_module("wfdb.processing" if peer == "wfdb xqrs" else peer)
    found: dict[str, Callable[[Floats, int], Any]] = {
        "interbeat": lambda x, hz: it.detect_beats(x, sampling_rate=hz).times * hz,
        "neurokit2": lambda x, hz: it.ecg_peaks(it.ecg_clean(x, hz), hz)[1]["ECG_R_Peaks"],
        "sleepecg": lambda *given: it.detect_heartbeats(*given),  # noqa: PLW0108 - `it` has one
        "wfdb xqrs": lambda x, hz: it.xqrs_detect(x, hz, verbose=False),
    }
    return lambda x, rate: np.asarray(found[peer](x, rate), dtype=np.float64) / rate


def variability(peer: str) -> tuple[OnRR, OnRR]:
    """Return RMSSD and SDNN (ms) of one series of RR (ms), and a slide over an hour of it."""
    it: Any = importlib.import_module(peer)

    def theirs(rr: Floats) -> list[float]:
        table = it.hrv_time({"RRI": rr, "RRI_Time": np.cumsum(rr) / 1000})
        return [float(table[name].iloc[0]) for name in ("HRV_RMSSD", "HRV_SDNN")]

    def slide(rr: Floats) -> object:
        measures = importlib.import_module("interbeat.measures").MEASURES
        beats = it.Beats.from_rr(rr, person="a")
        starts = np.arange(0.0, int(rr.sum() / 1000) - WINDOW + 1)
        four = (measures[name] for name in ("mean_hr", "rmssd", "sdnn", "pnn50"))
        return [one.many(starts, starts + WINDOW, beats=beats) for one in four]

    if peer == "neurokit2":
        return theirs, lambda rr: [theirs(part) for part in windows(rr)]
    names = ("rmssd", "sdnn")
    return lambda rr: [x.value for n, x in it.hrv(rr).items() if n in names], slide


def windows(rr: Floats) -> list[Floats]:
    ends = np.cumsum(rr) / 1000
    starts = np.arange(int(ends[-1]) - WINDOW + 1)
    return [rr[i:j] for i, j in np.searchsorted(ends, [starts, starts + WINDOW]).T]


def matches(true: Floats, found: Floats, tolerance: float) -> int:
    """Return how many of two rising series of times (s) can be paired one to one."""
    i = j = count = 0
    while i < true.size and j < found.size:
        apart = found[j] - true[i]
        near = abs(apart) <= tolerance
        count += int(near)
        i, j = i + int(near or apart > 0), j + int(near or apart < 0)
    return count


def record(path: Path) -> tuple[Floats, int, Callable[[Floats], Floats], Floats]:
    """Return the first lead, its rate, what leaves flutter out, and the experts' beats (s)."""
    wfdb: Any = importlib.import_module("wfdb")
    lead = wfdb.rdrecord(str(path), channels=[0])
    notes = wfdb.rdann(str(path), "atr")
    times, kinds = np.asarray(notes.sample) / lead.fs, np.array(notes.symbol)
    flutter = list(zip(times[kinds == "["], times[kinds == "]"], strict=True))

    def outside(at: Floats) -> Floats:
        inside = [(at >= begin - 0.2) & (at <= end + 0.2) for begin, end in flutter]
        return at[~np.any(inside, axis=0)] if inside else at

    return lead.p_signal[:, 0], int(lead.fs), outside, times[np.isin(kinds, BEATS)]


def measured(peer: str) -> dict[str, Any]:
    """Return what `peer` finds in each record, and what it costs (CPU s per hour)."""
    find, costs, counts = detector(peer), [], dict[str, list[list[int]]]()
    for header in HEADERS:
        samples, rate, outside, experts = record(header.with_suffix(""))
        if not counts:
            find(samples, rate)
        before = process_time()
        times = find(samples, rate)
        costs.append((process_time() - before) * 3600 * rate / samples.size)
        true, found = outside(experts), outside(times)
        agreed = [matches(true, found, t) for t in TOLERANCES]
        counts[header.stem] = [[n, true.size, found.size] for n in agreed]
    report: dict[str, Any] = {"counts": counts, "cpu": median(costs)}
    return report | (series(peer) if peer in SERIES else {})


def series(peer: str) -> dict[str, Any]:
    """Return the HRV of five minutes as `peer` has it, and CPU seconds: once, and sliding."""
    one, slide = variability(peer)
    rr = np.load(DATA / "pyhrv_nni" / "SampleNNISeriesLong.npy").ravel().astype(np.float64)
    short, hour = windows(rr)[0], rr[np.cumsum(rr) <= 3_600_000]
    slide(rr[:600])
    once = median(repeat(lambda: one(short), timer=process_time, number=1, repeat=25))
    sliding = timeit(lambda: slide(hour), timer=process_time, number=1)
    return {"values": one(short), "one": once, "slide": sliding}


def asked(peer: str) -> dict[str, Any] | str:
    """Return the report of `peer` from a process of its own, or why there is none."""
    if find_spec(peer.split(maxsplit=1)[0]) is None:
        return "not installed (extra `bench`)"
    if not HEADERS:
        return f"no records in {DATA.name}/mitdb"
    words = [sys.executable, "-W", "ignore", __file__, peer]
    child = subprocess.run(words, capture_output=True, text=True, check=False)
    if child.returncode:
        return f"failed: {(child.stderr.strip().splitlines() or ['in silence'])[-1][:120]}"
    return json.loads(child.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def f1(counts: NDArray[np.int64]) -> Floats:
    return np.asarray(200 * counts[:, 0] / counts[:, 1:].sum(axis=1))


def rows(peer: str, report: dict[str, Any] | str) -> tuple[str, str]:
    if isinstance(report, str):
        return f"| {peer} | {report} | | | | |\n", ""
    name = f"{peer} {version(peer.split(maxsplit=1)[0])}"
    counts = np.array(list(report["counts"].values()))
    scores = " | ".join(f"{x:.2f}" for x in f1(counts.sum(axis=0)))
    low, worst = min(zip(f1(counts[:, 0]), report["counts"], strict=True))
    beats = f"| {name} | {scores} | {low:.2f} ({worst}) | {report['cpu']:.3f} |\n"
    if peer not in SERIES:
        return beats, ""
    values = " | ".join(f"{value:.3f}" for value in report["values"])
    costs = f"{1000 * report['one']:.2f} ms | {report['slide']:.3f} s"
    return beats, f"| {name} | {values} | {costs} |\n"


def section() -> str:
    beats, hearts = map("".join, zip(*(rows(p, asked(p)) for p in PEERS), strict=True))
    return f"""{HEADING}

{dt.date.today()}, {platform.machine()}, {os.cpu_count()} cores, Python
{platform.python_version()}, numpy {np.__version__}; defaults of each, each warm.

R peaks, first lead of {len(HEADERS)} records of the MIT-BIH Arrhythmia Database: F1 (%) of
all beats, one-to-one matching, flutter left out; worst record at 150 ms; the median record's
CPU time. Some settings of ours were chosen on its 1xx records.

| detector | 150 ms | 50 ms | 20 ms | worst record | CPU s per hour |
|---|---|---|---|---|---|
{beats}
Time-domain HRV of {WINDOW} s of RR intervals, once and sliding by a second over an hour (ours:
four measures with standard errors; neurokit2: all of its `hrv_time`).

| library | RMSSD, ms | SDNN, ms | CPU, once | CPU, sliding |
|---|---|---|---|---|
{hearts}"""


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measured(sys.argv[1])))
        return
    before, text = RESULTS.read_text(encoding="utf-8").split(HEADING)[0], section()
    RESULTS.write_text(f"{before.rstrip()}\n\n{text}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
