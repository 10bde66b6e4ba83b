"""Wavelet coherence of an hour: CPU time of one pair, of a surrogate, and memory.

Each method has a process of its own at each rate, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, rows, table
from benchmarks.beside.eda import peak

LOW, HIGH, ROWS = 1 / 128, 0.4, 69  # Hz, and how many rows: 1/12 octave apart
RATES = (4, 10)  # Hz
AGAIN = 2  # surrogates that are timed
COLUMNS = ["method", "rate", "one pair, s", "a surrogate, s", "300 of them, s", "peak MB"]
ABOUT = """## Wavelet coherence

An hour of two people, y following x by 2 s; 69 rows from 0.4 Hz to 1/128 Hz. A surrogate: local
R2 of x with a series that has y's spectrum; what concerns x is kept where a method can keep it.
pycwt and HyPyP compute each pair anew; pycwt's own significance test (`wct_significance`) draws
two new series each time, at more rows. `interbeat coherence` is the whole index: 300 shifts,
100 with local R2, errors, and what could have been seen. Memory over what the
imports take. biwavelet is in R, which PyPI does not have: 0.5 s a draw at 1 Hz, measured apart.
"""

Once = Callable[[Floats], object]  # of b's series


def pair(rate: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(1)
    n, k = 3600 * rate, 2 * rate
    kernel = np.exp(-np.arange(40 * rate) / (5 * rate))
    waves = [
        np.convolve(series, kernel)[40 * rate : 40 * rate + n + k]
        for series in rng.standard_normal((2, n + k + 40 * rate))
    ]
    return waves[0][k:], 0.5 * waves[0][:-k] + 0.85 * waves[1][:-k]


def interbeat(x: Floats, rate: int) -> Once:
    """Return local R2 at the rate that each octave needs; x is transformed once."""
    octaves = module("interbeat.dyad.waves.octaves")
    grid = octaves.grid_of(x.size, float(rate), LOW, HIGH)
    one = octaves.waves_of(x - x.mean(), grid)
    power = octaves.powers(one, grid)
    return lambda y: octaves.squared(one, power, octaves.waves_of(y - y.mean(), grid), grid)


def interbeat_full(x: Floats, rate: int) -> Once:
    coherent = module("interbeat.dyad.waves.wavelets").wavelet_coherence
    given = HIGH * 2.0 ** (-np.arange(ROWS) / 12)
    return lambda y: coherent(x, y, sampling_rate=rate, frequencies=given)


def interbeat_index(x: Floats, rate: int) -> Once:
    coherence = module("interbeat.dyad.indices.coherence").coherence
    return lambda y: coherence(x, y, sampling_rate=rate)


def pycwt(x: Floats, rate: int) -> Once:
    peer = module("pycwt")
    smallest = 1 / (HIGH * peer.Morlet(6).flambda())
    settings = {"dj": 1 / 12, "s0": smallest, "J": ROWS - 1, "sig": False}
    return lambda y: peer.wct(x, y, 1 / rate, **settings)


def hypyp(x: Floats, rate: int) -> Once:
    peer = module("hypyp.wavelet")
    wavelet = peer.ComplexMorletWavelet(period_range=(1 / HIGH, 1 / LOW), disable_caching=True)
    times = np.arange(x.size) / rate
    return lambda y: wavelet.wtc(peer.PairSignals(times, x, y))


METHODS: Mapping[str, Callable[[Floats, int], Once]] = {
    "interbeat": interbeat,
    "interbeat full rate": interbeat_full,
    "interbeat coherence": interbeat_index,
    "pycwt": pycwt,
    "hypyp": hypyp,
}


def scores(name: str, rate: int) -> list[str]:
    """Return what `name` takes of an hour at `rate` Hz, in words."""
    x, y = pair(rate)
    METHODS[name](x[: 600 * rate], rate)(y[: 600 * rate])  # warm
    before = peak()
    once, first = cpu(lambda: METHODS[name](x, rate))
    first += cpu(lambda: once(y))[1]
    if name == "interbeat coherence":
        return [f"{rate} Hz", "", "", f"{first:.2f}", f"{peak() - before:.0f}"]
    others = [np.roll(y, k) for k in range(1, 1 + AGAIN)]
    spent = min(cpu(partial(once, other))[1] for other in others)
    figures = [f"{first:.3f}", f"{spent:.4f}", f"{300 * spent:.1f}"]
    return [f"{rate} Hz", *figures, f"{peak() - before:.0f}"]


def alone(name: str, rate: int) -> list[str]:
    """Return the scores of `name` at `rate` Hz, from a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.beside.wavelet", name, str(rate)]
    child = subprocess.run(words, capture_output=True, text=True, check=False)
    if child.returncode:
        raise RuntimeError((child.stderr.strip().splitlines() or ["died in silence"])[-1])
    figures: list[str] = json.loads(child.stdout.splitlines()[-1])
    return figures


def main() -> None:
    if sys.argv[1:]:
        print(json.dumps(scores(sys.argv[1], int(sys.argv[2]))))
        return
    body = [
        row
        for rate in RATES
        for row in rows({name: partial(alone, name, rate) for name in METHODS}, list)
    ]
    print(f"{ABOUT}\n{table(COLUMNS, body)}")


if __name__ == "__main__":
    main()
