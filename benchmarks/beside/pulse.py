"""Pulse waves against the ECG beside them, and what is trusted when the hand moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from benchmarks.beside.common import DATA, Floats, cpu, f1, matches, module, rows, table
from scipy.signal import butter, resample_poly, sosfiltfilt

Waves = tuple[Floats, Floats]  # times (s), and 1 for each interval that is trusted
Finder = Callable[[Floats, float], Waves]
STILL = ("05", "06", "07", "08")  # people; settings of ours were chosen on 01 to 04
STRENGTH = 3.0  # of movement, over the pulse's
WRONG = 0.05  # s
COLUMNS = [
    "detector", "F1 at 100 ms", "interval error, median / p95", "RMSSD, ms (ECG's)",
    "moving: intervals trusted", "of them wrong", "CPU s per hour",
]  # fmt: skip
ABOUT = f"""## Pulse

A finger's pulse at rest for 5 min beside its ECG, less the median delay (the few disagreements
are artifacts of the ECG); and {len(STILL)} fingers for 10 min each, to which stretches of
what a moving wrist gave were added, {STRENGTH:g} times as strong as the pulse, against what the
same detector found without them: wrong is {1000 * WRONG:g} ms. neurokit2 trusts every interval.
"""


def interbeat() -> Finder:
    detect, mark = (
        module("interbeat").detect_pulses,
        module("interbeat.signals.correction").mark_beats,
    )

    def find(ppg: Floats, hz: float) -> Waves:
        beats = mark(detect(ppg, sampling_rate=hz))
        return beats.times, beats.nn

    return find


def neurokit2() -> Finder:
    nk = module("neurokit2")

    def find(ppg: Floats, hz: float) -> Waves:
        clean = nk.ppg_clean(ppg, sampling_rate=hz)
        peaks = nk.ppg_findpeaks(clean, sampling_rate=hz)["PPG_Peaks"]
        return np.asarray(peaks) / hz, np.ones(max(len(peaks) - 1, 0))

    return find


def heartpy() -> Finder:
    process = module("heartpy").process

    def find(ppg: Floats, hz: float) -> Waves:
        found, _ = process(ppg, hz)
        return np.asarray(found["peaklist"]) / hz, 1.0 - np.asarray(found["RR_masklist"])

    return find


FINDERS: Mapping[str, Callable[[], Finder]] = {
    "interbeat": interbeat,
    "neurokit2": neurokit2,
    "heartpy": heartpy,
}


def beside_ecg(find: Finder) -> list[str]:
    """Return how a finger's waves agree with R peaks, both trusted, in 5 min at rest."""
    path = DATA / "neurokit_bio" / "bio_resting_5min_100hz.csv"
    ecg, ppg = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 1)).T
    mark = module("interbeat.signals.correction").mark_beats
    beats = mark(module("interbeat").detect_beats(ecg, sampling_rate=100))
    (times, trusted), spent = cpu(lambda: find(ppg, 100.0))
    shift = np.median(times[1:] - beats.times[np.searchsorted(beats.times, times[1:]) - 1])
    pairs = np.array(matches(beats.times + shift, times, 0.1))
    score = f1([(len(pairs), beats.times.size, times.size)])
    i, j = pairs[:-1][np.all(np.diff(pairs, axis=0) == 1, axis=1)].T
    both = beats.nn[i] & (trusted[j] > 0)
    error = np.abs(np.diff(times)[j] * 1000 - beats.rr_ms[i])[both]
    return [
        f"{score:.2f}",
        f"{np.median(error):.1f} / {np.percentile(error, 95):.1f} ms",
        f"{rmssd(np.diff(times) * 1000, trusted):.1f} ({rmssd(beats.rr_ms, beats.nn):.1f})",
        f"{spent * 12:.3f}",
    ]


def rmssd(rr: Floats, trusted: Floats) -> float:
    pairs = (trusted[1:] > 0) & (trusted[:-1] > 0)
    return float(np.sqrt(np.mean(np.diff(rr)[pairs] ** 2)))


def moving(ppg: Floats, hz: float, seed: int) -> Floats:
    """Return a finger's pulse with stretches of 4 to 20 s of what a moving wrist gave."""
    rng = np.random.default_rng(seed)
    wrist = np.loadtxt(DATA / "flirt_wearables" / "empatica" / "BVP.csv", skiprows=2)
    wrist = resample_poly(wrist - wrist.mean(), round(hz), 64)
    pulse = sosfiltfilt(butter(2, 0.5, "high", fs=hz, output="sos"), ppg)
    values, at = ppg.copy(), rng.uniform(12, 17)
    while at < ppg.size / hz - 25:
        n, first = int(rng.uniform(4, 20) * hz), int(at * hz)
        begin = rng.integers(wrist.size - n)
        piece = wrist[begin : begin + n]
        edge = np.minimum(1.0, np.minimum(np.arange(n), np.arange(n)[::-1]) / (0.3 * hz))
        level = STRENGTH * pulse[max(first - int(10 * hz), 0) : first].std() / piece.std()
        values[first : first + n] += rng.choice([-1, 1]) * level * edge * piece
        at += n / hz + rng.uniform(12, 25)
    return values


def while_moving(find: Finder) -> list[str]:
    """Return the share of intervals that is trusted, and of these that of wrong ones."""
    kept = wrong = there = 0
    for seed, person in enumerate(STILL):
        name = f"sub-{person}_task-rest_run-01_physio.tsv.gz"
        ppg = np.loadtxt(DATA / "bids_ds210" / f"sub-{person}" / "func" / name)[:, 0]
        true, _ = find(ppg, 50.0)
        times, trusted = find(moving(ppg, 50.0, seed), 50.0)
        pairs = np.array(matches(true, times, 0.15))
        i, j = pairs[:-1][np.all(np.diff(pairs, axis=0) == 1, axis=1)].T
        right = np.zeros(times.size - 1, dtype=np.bool_)
        right[j] = np.abs(np.diff(times)[j] - np.diff(true)[i]) < WRONG
        kept += int(np.sum(trusted > 0))
        wrong += int(np.sum((trusted > 0) & ~right))
        there += true.size - 1
    return [f"{100 * kept / there:.0f} %", f"{100 * wrong / kept:.1f} %"]


def scored(find: Finder) -> list[str]:
    beside_ecg(find)  # warm
    *agreement, cost = beside_ecg(find)
    return [*agreement, *while_moving(find), cost]


if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(FINDERS, scored))}")
