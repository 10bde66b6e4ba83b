"""Windowed cross-correlation and its named modes: time and memory for one dyad of an hour.

Each method has a process of its own in each case, so that its peak of memory is its own.
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

RATE, SECONDS = 10, 3600
WINDOW, HOP, LAG, SEGMENT, SEGMENT_LAG = 30, 5, 5, 30, 3  # s
TIMES = 5  # of which the quickest counts
COLUMNS = ["method", "what", "CPU s", "peak MB", "away from the plain loop"]
ABOUT = f"""## Windowed cross-correlation, one dyad of an hour at {RATE} Hz

Windows of {WINDOW} s every {HOP} s, lags to {LAG} s; SUSY with segments of {SEGMENT} s and
lags to {SEGMENT_LAG} s, all 14,280 pseudo-pairs. "With p": the whole answer, its null (1,000
orders of segments, 199 circular shifts, 1,000 of the slopes) and what could have been seen.
Memory over what the imports take. The packages of the field are in R, which Python's registry
does not have; on one core of a machine like this one they took, for the same: rMEA 0.99 s a
pair (892 s for 1,000 surrogates), bsync 0.072 s (14.3 s for 200 surrogates), Behrens' and
Boker's code with peaks 3.1 s, SUSY 13.9 s (without a p). NeuroKit2 knows lag 0 only.
"""

Pair = tuple[Floats, Floats]
Method = Callable[[Pair], Floats]


def pair(seconds: int = SECONDS) -> Pair:
    """Return two series that remember some seconds, the second after the first by 2 s."""
    rng = np.random.default_rng(1)
    first, own = (
        np.convolve(rng.standard_normal(seconds * RATE + 79), np.ones(40), "valid")
        for _ in range(2)
    )
    n = seconds * RATE
    return first[20 : 20 + n], 0.5 * first[:n] + own[:n]


def interbeat_matrix() -> Method:
    find = module("interbeat.dyad.modes.anchored").windowed_correlation
    settings = {"sampling_rate": RATE, "window": WINDOW, "hop": HOP, "max_lag": LAG}
    return lambda two: np.asarray(find(*two, **settings, anchor="earlier").r)


def loop_matrix() -> Method:
    """Return rMEA's windows one by one: the earlier one stands."""

    def find(two: Pair) -> Floats:
        x, y = two
        m, reach = WINDOW * RATE, LAG * RATE
        starts = range(0, x.size - m - reach + 1, HOP * RATE)
        out = np.empty((len(starts), 2 * reach + 1))
        for w, start in enumerate(starts):
            for lag in range(-reach, reach + 1):
                i, j = start + max(-lag, 0), start + max(lag, 0)
                out[w, lag + reach] = np.corrcoef(x[i : i + m], y[j : j + m])[0, 1]
        return out

    return find


def pandas_matrix() -> Method:
    """Return windows on the first series at each lag, by rolling correlations."""
    series = module("pandas").Series

    def find(two: Pair) -> Floats:
        x, y = (series(values) for values in two)
        m, reach = WINDOW * RATE, LAG * RATE
        columns = [
            x.rolling(m).corr(y.shift(-lag)).to_numpy()[m - 1 :: HOP * RATE]
            for lag in range(-reach, reach + 1)
        ]
        return np.stack(columns, axis=1)

    return find


def neurokit_rolling() -> Method:
    find = module("neurokit2").signal_synchrony
    return lambda two: np.asarray(find(*two, method="correlation", window_size=WINDOW * RATE))


def interbeat_susy() -> Method:
    anchored, segments = (
        module("interbeat.dyad.modes.anchored"),
        module("interbeat.dyad.modes.segmented"),
    )

    def find(two: Pair) -> Floats:
        x, y = (anchored.standardized(values) for values in two)
        made = segments.segmented(x, y, segment=SEGMENT * RATE, max_lag=SEGMENT_LAG * RATE)
        return np.asarray(made.pseudo[::-1])

    return find


def loop_susy() -> Method:
    """Return SUSY's mean size of z of pseudo-pairs at each lag, pair by pair."""

    def find(two: Pair) -> Floats:
        m, reach = SEGMENT * RATE, SEGMENT_LAG * RATE
        cut = [values[: values.size // m * m].reshape(-1, m) for values in two]
        x, y = (rows - rows.mean(axis=1, keepdims=True) for rows in cut)
        x, y = (rows / np.sqrt((rows**2).sum(axis=1, keepdims=True)) for rows in (x, y))
        total = np.zeros(2 * reach + 1)
        for i, one in enumerate(x):
            for j, other in enumerate(y):
                if i != j:
                    r = np.correlate(one, other, "full")[m - 1 - reach : m + reach]
                    total += np.abs(np.arctanh(r))
        return total / (len(x) * (len(y) - 1))

    return find


def mode(name: str) -> Callable[[], Method]:
    def make() -> Method:
        find = getattr(module(f"interbeat.dyad.indices.{name}"), name)
        return lambda two: np.array([find(*two, sampling_rate=RATE).value.value])

    return make


MATRIX = (
    f"matrix of {(SECONDS - WINDOW - LAG) // HOP + 1} windows and {2 * LAG * RATE + 1} lags"
)
SEGMENTS = "SUSY, all pairs of segments"
CASES: Mapping[str, Mapping[str, Callable[[], Method]]] = {
    MATRIX: {
        "interbeat": interbeat_matrix,
        "numpy loop": loop_matrix,
        "pandas rolling": pandas_matrix,
        "neurokit2 rolling": neurokit_rolling,
    },
    SEGMENTS: {"interbeat": interbeat_susy, "numpy loop": loop_susy},
    **{
        f"{name}, with p": {"interbeat": mode(name)}
        for name in ("susy", "rmea", "boker", "bsync", "concordance")
    },
}


def away(found: Floats, name: str, what: str, two: Pair) -> str:
    """Return how far from the plain loop a result is, where the two mean the same."""
    if name != "interbeat" or what not in {MATRIX, SEGMENTS}:
        return ""
    return f"{np.abs(found - CASES[what]['numpy loop']()(two)).max():.0e}"


def scores(name: str, what: str) -> list[str]:
    """Return what `name` takes in the case `what`, in words."""
    find, two = CASES[what][name](), pair()
    find(pair(400))  # warm
    before = peak()
    found, spent = cpu(lambda: find(two))
    high = peak() - before
    for _ in range(TIMES if spent < 1 else 0):
        spent = min(spent, cpu(lambda: find(two))[1])
    return [what, f"{spent:.4f}", f"{high:.0f}", away(found, name, what, two)]


def alone(name: str, what: str) -> list[str]:
    """Return the scores of `name` in the case `what`, from a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.beside.windowed", name, what]
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
        for what, methods in CASES.items()
        for row in rows({name: partial(alone, name, what) for name in methods}, list)
    ]
    print(f"{ABOUT}\n{table(COLUMNS, body)}")


if __name__ == "__main__":
    main()
