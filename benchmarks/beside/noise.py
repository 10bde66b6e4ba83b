"""R peaks in synthetic noise: movement and muscle, at three ratios of signal to noise."""

from __future__ import annotations

import numpy as np
from benchmarks.beside.common import DATA, Floats, arrhythmia, f1, matches, rows, table
from benchmarks.beside.detectors import DETECTORS, Detector

CLEAN = ("101", "109", "112", "115", "118", "122", "209", "220", "230")
SECONDS = 900
SPANS = [(300, 420), (540, 660), (780, 900)]  # s: noisy
DECIBELS = (12, 6, 0)
ABOUT = f"""## R peaks in noise

First lead of {len(CLEAN)} clean records of the same database, 15 min each, with 1/f movement
and bursts of muscle added for 2 min in 4: F1 (%) of beats in the noisy minutes at 150 / 50 ms.
"""


def noise(n: int, rate: float, seed: int) -> Floats:
    """Return noise of unit power: half 1/f movement, half bursts of muscle at 20 to 100 Hz."""
    rng = np.random.default_rng(seed)
    hertz = np.fft.rfftfreq(n, 1 / rate)

    def shaped(weight: Floats) -> Floats:
        return np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * weight, n)

    move = shaped(np.where(hertz > 0.1, 1 / np.maximum(hertz, 0.1), 0.0))
    muscle = shaped(((hertz >= 20) & (hertz <= 100)).astype(np.float64))
    halves = np.arange(0, n / rate + 1, 0.5)
    on = (rng.random(halves.size) < 0.5).astype(np.float64)
    muscle *= np.interp(np.arange(n) / rate, halves, on)
    return np.asarray((move / move.std() + muscle / muscle.std()) / np.sqrt(2))


def spoiled(lead: Floats, rate: int, decibels: float, seed: int) -> Floats:
    """Return `lead` with noise in the noisy spans, relative to the median variance of 10 s."""
    power = np.median(lead[: SECONDS * rate].reshape(-1, 10 * rate).var(axis=1))
    values = lead[: SECONDS * rate].copy()
    added = noise(values.size, rate, seed) * np.sqrt(power / 10 ** (decibels / 10))
    for begin, end in SPANS:
        values[begin * rate : end * rate] += added[begin * rate : end * rate]
    return values


def counts(find: Detector, record: str, decibels: float) -> list[tuple[int, int, int]]:
    """Return what agreed within 150 and 50 ms, was there and was found in noisy spans."""
    leads, rate, _, experts = arrhythmia(DATA / "mitdb" / record)
    found = find(spoiled(leads[0], rate, decibels, int(record))[np.newaxis], rate)
    out = []
    for tolerance in (0.150, 0.050):
        parts = [
            (experts[(experts >= a) & (experts < b)], found[(found >= a) & (found < b)])
            for a, b in SPANS
        ]
        agreed = sum(len(matches(true, times, tolerance)) for true, times in parts)
        out.append((agreed, sum(t.size for t, _ in parts), sum(f.size for _, f in parts)))
    return out


def scored(find: Detector) -> list[str]:
    words = []
    for decibels in DECIBELS:
        every = [counts(find, record, decibels) for record in CLEAN]
        words.append(" / ".join(f"{f1([one[k] for one in every]):.2f}" for k in (0, 1)))
    return words


if __name__ == "__main__":
    columns = ["detector", *(f"{x} dB" for x in DECIBELS)]
    print(f"{ABOUT}\n{table(columns, rows(DETECTORS, scored))}")
