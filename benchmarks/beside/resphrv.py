"""RespHRV (RSA) of hearts whose swing with each breath is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, rows, table

SECONDS, STEP, HZ = 300.0, 0.02, 250
RATES = (0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4)  # breaths/s
SWINGS = (80.0, 20.0)  # ms
MAYER = 15.0  # ms
COLUMNS = ["method", *(f"{rate:g} Hz" for rate in RATES), "mean error", "CPU s per hour"]
ABOUT = f"""## RespHRV (RSA)

Hearts that integrate, {SECONDS / 60:g} min each: breaths that vary by 8 % in length, a Mayer
wave of {MAYER:g} ms at 0.1 Hz, a drift of 30 ms, beats seen to 2 ms. What is found (ms) of a
swing of {SWINGS[0]:g} / {SWINGS[1]:g} ms from peak to trough, mean over a sine and a wave with
a quick rise; all get the same beats, onsets and ends of inspiration. Mean error over all.
"""


class Body(NamedTuple):
    """Times (s) of beats, of the onsets of breaths and of their ends of inspiration."""

    beats: Floats
    onsets: Floats
    tops: Floats


Method = Callable[[Body], float]


def wave(phase: Floats, quick: bool) -> Floats:
    """Return a sine, or a wave that rises in a third of the cycle; from -0.5 to 0.5."""
    if not quick:
        return np.asarray(-0.5 * np.cos(2 * np.pi * phase))
    part = phase % 1.0
    turn = np.where(part < 1 / 3, 1.5 * part, 0.5 + 0.75 * (part - 1 / 3))
    return np.asarray(-0.5 * np.cos(2 * np.pi * turn))


def body(swing: float, rate: float, quick: bool) -> Body:
    rng = np.random.default_rng([int(swing), int(1000 * rate), int(quick)])
    times = np.arange(0, SECONDS, STEP)
    lengths = np.exp(rng.normal(0, 0.08, int(SECONDS * rate * 1.4) + 20)) / rate
    onsets = np.concatenate(([0.0], np.cumsum(lengths)))
    phase = np.interp(times, onsets, np.arange(onsets.size))
    wander = np.cumsum(rng.normal(0, np.sqrt(STEP / 10), times.size))
    slow = MAYER * np.cos(2 * np.pi * 0.1 * times + wander)
    drift = 30 * np.sin(2 * np.pi * 0.008 * times)
    drive = 900 - swing * wave(phase, quick) + slow + drift  # quicker while breathing in
    count = np.concatenate(([0.0], np.cumsum(1000 / drive[:-1]) * STEP))
    beats = np.interp(np.arange(1, np.floor(count[-1])), count, times)
    beats += rng.normal(0, 0.002, beats.size)
    tops = onsets[:-1] + 0.4 * lengths
    inside = onsets[1:] < SECONDS
    return Body(beats, onsets[: inside.sum() + 1], tops[inside])


def interbeat(name: str) -> Method:
    beats_of, measure = module("interbeat").Beats, module("interbeat.measures").MEASURES[name]
    breaths_of = module("interbeat.core.breaths").Breaths

    def swing(one: Body) -> float:
        ones = np.ones(one.tops.size)
        breaths = breaths_of(one.onsets[:-1], one.tops, ones, ones > 0, person="a")
        return float(measure.function(beats_of.at(one.beats, "a"), breaths).value)

    return swing


def peak_to_trough() -> Method:
    nk, frame = module("neurokit2"), module("pandas").DataFrame

    def swing(one: Body) -> float:
        n = int(one.onsets[-1] * HZ)
        peaks, tops, troughs = (
            np.unique(np.round(times[times * HZ < n - 1] * HZ).astype(int))
            for times in (one.beats, one.tops, one.onsets)
        )
        heart = frame(
            {
                "ECG_Rate": nk.signal_rate(peaks, sampling_rate=HZ, desired_length=n),
                "ECG_R_Peaks": np.isin(np.arange(n), peaks).astype(int),
            }
        )
        breathing = nk.rsp_phase(tops, troughs, desired_length=n)
        breathing["RSP_Peaks"] = np.isin(np.arange(n), tops).astype(int)
        breathing["RSP_Troughs"] = np.isin(np.arange(n), troughs).astype(int)
        found = nk.hrv_rsa(heart, breathing, {"ECG_R_Peaks": peaks}, sampling_rate=HZ)
        return float(found["RSA_P2T_Mean"])

    return swing


def cycles() -> Method:
    """Return physio's mean over cycles, made ms at the mean rate: it gives beats a minute."""
    physio, frame = module("physio"), module("pandas").DataFrame

    def swing(one: Body) -> float:
        breaths = frame({
            "inspi_time": one.onsets[:-1], "expi_time": one.tops,
            "next_inspi_time": one.onsets[1:],
        })  # fmt: skip
        inside = (one.onsets[:-1] > one.beats[2]) & (one.onsets[1:] < one.beats[-3])
        found = physio.compute_resphrv(
            breaths[inside].reset_index(drop=True), frame({"peak_time": one.beats}),
            return_cyclic_cardiac_rate=False,
        )  # fmt: skip
        mean = 60_000 / np.mean(np.diff(one.beats) * 1000)
        return float(found["decay_amplitude"].abs().mean()) * 60_000 / float(mean) ** 2

    return swing


METHODS: Mapping[str, Callable[[], Method]] = {
    "interbeat regression": partial(interbeat, "resphrv"),
    "interbeat point process": partial(interbeat, "resphrv_point_process"),
    "interbeat peak to trough": partial(interbeat, "rsa_peak_to_trough"),
    "neurokit2 P2T": peak_to_trough,
    "physio RespHRV": cycles,
}


def scored(find: Method) -> list[str]:
    words, errors, spent = [], list[float](), 0.0
    find(body(50.0, 0.2, quick=False))  # warm
    for rate in RATES:
        means = []
        for swing in SWINGS:
            bodies = [body(swing, rate, quick) for quick in (False, True)]
            found, cost = cpu(lambda bodies=bodies: [find(one) for one in bodies])  # type: ignore[misc]
            spent += cost
            means.append(float(np.mean(found)))
            errors += [100 * abs(x / swing - 1) for x in found]
        words.append(" / ".join(f"{x:.1f}" for x in means))
    hours = 2 * len(RATES) * len(SWINGS) * SECONDS / 3600
    return [*words, f"{np.mean(errors):.1f} %", f"{spent / hours:.3f}"]


if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(METHODS, scored))}")
