"""Variability sliding over a day: what each window costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from benchmarks.beside.common import DATA, Floats, cpu, module, rows, table

Sliding = Callable[
    [Floats, Floats], tuple[int, int]
]  # to how many numbers, of how many windows
WINDOW, STEP = 300.0, 60.0  # s
FEW = 4  # windows of a peer, from which the day is extrapolated
CORE = (
    "mean_hr", "sdnn", "rmssd", "sdsd", "pnn50", "sd1", "sd2", "sampen", "dfa_a1", "dfa_a2",
    "vlf", "lf", "hf_fixed", "total_power", "lf_nu", "hf_nu",
)  # fmt: skip
COLUMNS = ["library", "numbers a window", "CPU s", "how"]


def day() -> Floats:
    """Return the RR intervals (ms) of 24 h of a healthy heart, those that can be one."""
    path = DATA / "rhrvbook_rr" / "Chapter8" / "normal" / "nsr001_rr_secs.txt"
    rr = np.loadtxt(path)[1:] * 1000
    rr = rr[(rr > 300) & (rr < 2000)]
    return np.asarray(rr[np.cumsum(rr) <= 86_400_000])


def ours(core: bool) -> Callable[[], Sliding]:
    def maker() -> Sliding:
        together = module("interbeat.measures._together").together
        beats = module("interbeat").Beats
        known = module("interbeat.measures").MEASURES
        specs = [
            m for n, m in known.items() if m.needs == ("beats",) and (n in CORE or not core)
        ]

        def slide(rr: Floats, starts: Floats) -> tuple[int, int]:
            series = beats.from_rr(rr, person="a")
            together(specs, starts, starts + WINDOW, {"beats": series})
            return len(specs), starts.size

        return slide

    return maker


def few(one: Callable[[Floats], int]) -> Sliding:
    """Return a slide that computes every so manieth window only."""

    def slide(rr: Floats, starts: Floats) -> tuple[int, int]:
        ends = np.cumsum(rr) / 1000
        some = starts[:: -(-starts.size // FEW)]
        edges = np.searchsorted(ends, [some, some + WINDOW]).T
        return [one(rr[i:j]) for i, j in edges][-1], some.size

    return slide


def neurokit2() -> Sliding:
    nk = module("neurokit2")
    return few(
        lambda rr: nk.hrv({"RRI": rr, "RRI_Time": np.cumsum(rr) / 1000}).notna().sum(axis=1)[0]
    )


def hrvanalysis() -> Sliding:
    theirs = module("hrvanalysis")
    families = (
        theirs.get_time_domain_features, theirs.get_poincare_plot_features,
        theirs.get_geometrical_features, theirs.get_sampen,
    )  # fmt: skip
    return few(lambda rr: sum(len(family(rr.tolist())) for family in families))


LIBRARIES: Mapping[str, Callable[[], Sliding]] = {
    "interbeat core": ours(core=True),
    "interbeat all on beats": ours(core=False),
    "neurokit2 hrv": neurokit2,
    "hrv-analysis without frequency": hrvanalysis,
}


def scored(slide: Sliding) -> list[str]:
    rr = day()
    starts = np.arange(0.0, rr.sum() / 1000 - WINDOW + 1, STEP)
    slide(rr[:2000], starts[:5])  # warm
    (numbers, windows), spent = cpu(lambda: slide(rr, starts))
    how = "every window" if windows == starts.size else f"from {windows} windows"
    return [f"{numbers}", f"{spent * starts.size / windows:.3g}", how]


ABOUT = f"""## Variability, sliding over a day

24 h of RR intervals of a healthy heart, windows of {WINDOW:g} s every {STEP:g} s; ours with
standard errors. The core is {", ".join(CORE[:8])},
{", ".join(CORE[8:])}.
"""

if __name__ == "__main__":
    print(f"{ABOUT}\n{table(COLUMNS, rows(LIBRARIES, scored))}")
