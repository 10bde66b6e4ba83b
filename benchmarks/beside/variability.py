"""Variability of a series whose power is known, and of a real one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from benchmarks.beside.common import DATA, Floats, module, rows, table

Numbers = Mapping[str, float]
OnRR = Callable[[Floats], Numbers]
LF, HF = 800.0, 500.0  # ms²
COLUMNS = [
    "library", "LF", "HF", "RMSSD, ms", "SDNN, ms", "real: LF", "real: HF", "real: SampEn",
    "real: DFA α1",
]  # fmt: skip
ABOUT = f"""## Values of heart rate variability

Five minutes of 900 ms with a sine of {LF:g} ms² at 0.1 Hz and one of {HF:g} ms² at 0.25 Hz:
power in ms² from 0.04 to 0.15 and from 0.15 to 0.4 Hz; and five minutes of a real series.
"""


def known() -> Floats:
    """Return RR intervals (ms), each as long as the truth at its end says."""
    rr: list[float] = []
    while sum(rr) < 300_000:
        at = 2 * np.pi * sum(rr) / 1000
        wave = np.sqrt(2 * LF) * np.sin(0.1 * at) + np.sqrt(2 * HF) * np.sin(0.25 * at)
        rr.append(900 + float(wave))
    return np.array(rr)


def real() -> Floats:
    rr = np.load(DATA / "pyhrv_nni" / "SampleNNISeriesLong.npy").ravel().astype(np.float64)
    return np.asarray(rr[np.cumsum(rr) <= 300_000])


def interbeat() -> OnRR:
    measures, beats = module("interbeat.measures").MEASURES, module("interbeat").Beats
    names = {
        "LF": "lf", "HF": "hf_fixed", "RMSSD": "rmssd", "SDNN": "sdnn", "SampEn": "sampen",
        "DFA": "dfa_a1",
    }  # fmt: skip

    def numbers(rr: Floats) -> Numbers:
        series = beats.from_rr(rr, person="a")
        return {name: measures[ours].function(series).value for name, ours in names.items()}

    return numbers


def neurokit(**given: object) -> Callable[[], OnRR]:
    def maker() -> OnRR:
        nk = module("neurokit2")

        def numbers(rr: Floats) -> Numbers:
            held = {"RRI": rr, "RRI_Time": np.cumsum(rr) / 1000}
            time, power = nk.hrv_time(held), nk.hrv_frequency(held, **given)
            made = {"RMSSD": time["HRV_RMSSD"], "SDNN": time["HRV_SDNN"]}
            made |= {"LF": power["HRV_LF"], "HF": power["HRV_HF"]}
            more = nk.hrv_nonlinear(held)
            made |= {"SampEn": more["HRV_SampEn"], "DFA": more["HRV_DFA_alpha1"]}
            return {name: float(column.iloc[0]) for name, column in made.items()}

        return numbers

    return maker


def hrvanalysis() -> OnRR:
    theirs = module("hrvanalysis")

    def numbers(rr: Floats) -> Numbers:
        time = theirs.get_time_domain_features(rr.tolist())
        power = theirs.get_frequency_domain_features(rr.tolist())
        return {
            "RMSSD": time["rmssd"], "SDNN": time["sdnn"], "LF": power["lf"], "HF": power["hf"],
            "SampEn": theirs.get_sampen(rr.tolist())["sampen"], "DFA": np.nan,
        }  # fmt: skip

    return numbers


LIBRARIES: Mapping[str, Callable[[], OnRR]] = {
    "interbeat": interbeat,
    "neurokit2": neurokit(),
    "neurokit2 normalize=False": neurokit(normalize=False),
    "hrv-analysis": hrvanalysis,
}


def scored(numbers: OnRR) -> list[str]:
    first, second = numbers(known()), numbers(real())
    shown = [first[n] for n in ("LF", "HF", "RMSSD", "SDNN")]
    shown += [second[n] for n in ("LF", "HF", "SampEn", "DFA")]
    return ["" if np.isnan(x) else f"{x:.4g}" for x in shown]


if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(LIBRARIES, scored))}")
