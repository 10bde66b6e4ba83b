"""Who leads: time, false leaders and lag of ours beside peers on pairs whose truth is known."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, rows, table

RATE, N, REPS = 4.0, 2400, 40
COLUMNS = [
    "method", "right / named, a leads by 2 s", "named, each follows the other",
    "named, both at once", "named, strangers", "median error of the lag (s)", "CPU s, 1 h",
]  # fmt: skip
ABOUT = f"""## Who leads

Ten minutes at 4 Hz, {REPS} pairs of each kind: two bodies answer arousal by a gamma kernel,
each with a sensor's noise of its own; coupling 0.3. Who leads is named where a method finds it
at 5 % (statsmodels: the smaller p of Granger's F at 1 Hz, order 5); the lag where there is one.
rties and bsync need R: not at hand here.
"""

Answer = tuple[str, float]  # "a", "b" or "", and the lag in seconds
Method = Callable[[Floats, Floats], Answer]
Random = np.random.Generator


def bodies(rng: Random, to_b: float, to_a: float, lag: int) -> tuple[Floats, Floats]:
    """Return two answers to arousal, each with a share of the other's from `lag` before."""
    one, other = rng.standard_normal((2, N + 200 + lag))
    now, then = slice(lag, None), slice(0, N + 200)
    t = np.arange(80) / RATE

    def answer(arousal: Floats) -> Floats:
        made = np.convolve(arousal, t**2 * np.exp(-t))[: arousal.size][-N:]
        return np.asarray(made / made.std() + 0.5 * rng.standard_normal(N))

    return (
        answer(np.sqrt(1 - to_a**2) * one[now] + to_a * other[then]),
        answer(np.sqrt(1 - to_b**2) * other[now] + to_b * one[then]),
    )


WORLDS: Mapping[str, tuple[float, float, int]] = {
    "leads": (0.3, 0.0, 8),
    "each": (0.3, 0.3, 8),
    "at once": (0.3, 0.0, 0),
    "strangers": (0.0, 0.0, 8),
}


def interbeat() -> Method:
    leading = module("interbeat.dyad.leading").leading

    def named(x: Floats, y: Floats) -> Answer:
        found = leading(x, y, sampling_rate=RATE, sensor_error=0.0)
        return found.leader if found.leader in {"a", "b"} else "", found.lag.value

    return named


def interbeat_windowed() -> Method:
    synchrony = module("interbeat").synchrony

    def named(x: Floats, y: Floats) -> Answer:
        lag = synchrony(x, y, sampling_rate=RATE).lag
        low, high = lag.interval
        return "a" if low > 0 else "b" if high < 0 else "", lag.value

    return named


def interbeat_granger() -> Method:
    granger = module("interbeat.dyad.indices.granger").granger

    def named(x: Floats, y: Floats) -> Answer:
        parts = granger(x, y, sampling_rate=RATE).parts
        p = parts["a_foretells_b_p"].value, parts["b_foretells_a_p"].value
        return ("ab"[int(p[1] < p[0])] if min(p) <= 0.05 else ""), np.nan

    return named


def statsmodels() -> Method:
    tests = module("statsmodels.tsa.stattools").grangercausalitytests

    def p_of(leader: Floats, follower: Floats) -> float:
        slow = [v[: v.size // 4 * 4].reshape(-1, 4).mean(axis=1) for v in (follower, leader)]
        with contextlib.redirect_stdout(io.StringIO()):
            return float(tests(np.column_stack(slow), [5])[5][0]["ssr_ftest"][1])

    def named(x: Floats, y: Floats) -> Answer:
        p = p_of(x, y), p_of(y, x)
        return ("ab"[int(p[1] < p[0])] if min(p) <= 0.05 else ""), np.nan

    return named


METHODS: Mapping[str, Callable[[], Method]] = {
    "interbeat leading": interbeat,
    "interbeat synchrony": interbeat_windowed,
    "interbeat granger": interbeat_granger,
    "statsmodels": statsmodels,
}


def scores(named: Method) -> list[str]:
    """Return what a method names in each world, how far its lags are off, and its time."""
    found = {
        what: [named(*bodies(np.random.default_rng([k, 61]), *world)) for k in range(REPS)]
        for what, world in WORLDS.items()
    }
    who = {what: [one[0] for one in answers if one[0]] for what, answers in found.items()}
    shares = [f"{len(who[what]) / REPS:.2f}" for what in ("each", "at once", "strangers")]
    off = [abs(lag - 2) for _, lag in found["leads"] if np.isfinite(lag)]
    x, y = (np.cumsum(v) for v in np.random.default_rng(0).standard_normal((2, 14400)))
    _, spent = cpu(partial(named, x, y))
    leads = f"{who['leads'].count('a')} / {len(who['leads'])} of {REPS}"
    return [leads, *shares, f"{np.median(off):.2f}" if off else "", f"{spent:.3f}"]


def main() -> None:
    print(f"{ABOUT}\n{table(COLUMNS, rows(METHODS, scores))}")


if __name__ == "__main__":
    main()
