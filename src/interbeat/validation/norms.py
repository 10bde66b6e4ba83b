"""Norms: what adults at rest give, and what breathing slowly does at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from interbeat.body.inputs import Inputs
from interbeat.core.arrays import FloatArray
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import lives, measured, paced, population, rest

__all__ = [
    "norms_of_intervals", "norms_of_power", "ratio_of_powers", "slow_breathing_pressure",
    "slow_breathing_rmssd", "slow_breathing_sdnn", "variability_again",
]  # fmt: skip

PEOPLE, AGAIN = 200, 60
SECONDS = 300.0
SLOW = 6.0  # breaths a minute
NUNAN = (
    "Nunan, Sandercock & Brodie (2010), Pacing Clin Electrophysiol 33:1407; 44 studies, "
    "n = 21,438"
)
NUNAN_DOI = "10.1111/j.1540-8159.2010.02841.x"
SHAO = "Shao, Man & Lee (2024), Mindfulness 15:1; 31 studies, n = 1,133"
SHAO_DOI = "10.1007/s12671-023-02294-2"


@lru_cache(maxsize=1)
def _at_rest(seed: int) -> dict[str, FloatArray]:
    """Return what adults give in 5 min of rest, one number a person; asked for three times."""
    truths = [rest(one, SECONDS) for one in population(PEOPLE, seed)]
    names = ("mean_nn", "sdnn", "rmssd", "lf", "hf_fixed")
    return {name: np.array([measured(truth, name) for truth in truths]) for name in names}


@finding(
    number=9,
    title="Intervals of adults at rest, 5 min",
    source=NUNAN,
    doi=NUNAN_DOI,
    published="RR 926 ± 90 ms; SDNN 50 ± 16 ms; RMSSD 42 ± 15 ms",
    mark="M",
    second="others quote SDNN 50 ± 16 and RMSSD 42 ± 15 ms from it",
    parts={
        "RR": Tolerance(881, 971, "ms"),
        "SDNN": Tolerance(42, 58, "ms"),
        "RMSSD": Tolerance(34.5, 49.5, "ms"),
    },
    origin="fitted",
    ledger="the resting rate is that mean; noise and baroreflex gains were chosen against it",
)
def norms_of_intervals(seed: int) -> dict[str, Measured]:
    """Mean RR, SDNN and RMSSD of adults at rest; half a standard deviation either way."""
    found = _at_rest(seed)
    return {
        "RR": Measured.of(found["mean_nn"]),
        "SDNN": Measured.of(found["sdnn"]),
        "RMSSD": Measured.of(found["rmssd"]),
    }


@finding(
    number=9,
    title="Power of adults at rest, 5 min",
    source=NUNAN,
    doi=NUNAN_DOI,
    published="LF 519 ± 291 ms²; HF 657 ± 777 ms²",
    mark="M",
    parts={
        "LF": Tolerance(373.5, 664.5, "ms²"),
        "HF": Tolerance(268.5, 1045.5, "ms²"),
    },
    origin="fitted",
    ledger="noise and baroreflex gains were chosen against these means",
)
def norms_of_power(seed: int) -> dict[str, Measured]:
    """LF and HF (0.15 to 0.4 Hz) of adults at rest; half a standard deviation either way."""
    found = _at_rest(seed)
    return {"LF": Measured.of(found["lf"]), "HF": Measured.of(found["hf_fixed"])}


@finding(
    number=9,
    title="LF over HF of adults at rest, a mean of ratios",
    source=NUNAN,
    doi=NUNAN_DOI,
    published="2.8 ± 2.6",
    mark="M",
    least=1.5,
    most=4.1,
    origin="fitted",
    ledger="never looked at alone, but its two parts were chosen against the same table",
)
def ratio_of_powers(seed: int) -> Measured:
    """Return the mean of people's ratios, which is above the ratio of their means."""
    found = _at_rest(seed)
    return Measured.of(found["lf"] / found["hf_fixed"])


@finding(
    number=9,
    title="Who varies much does so again a week later",
    source="Guijt, Sluiter & Frings-Dresen (2007), Arch Med Res 38:113; n = 26, lying, cycling "
    "and asleep, 7 days apart",
    published="intraclass correlation of SDNN 0.74 to 0.85, of RMSSD 0.75 to 0.98",
    mark="S",
    parts={"SDNN": Tolerance(0.6, 0.95, "r"), "RMSSD": Tolerance(0.6, 0.98, "r")},
    origin="predicted",
    ledger="people's spread was fitted to the norms, and what changes from day to day is only "
    "the noise; how far they go together was not looked at",
)
def variability_again(seed: int) -> dict[str, Measured]:
    """Return correlations of logarithms, two sessions of 5 min; their range, and n = 26."""
    people = population(AGAIN, seed, ages=(20, 46))

    def logs(name: str, session: int) -> FloatArray:
        return np.log([measured(truth, name) for truth in truths[session]])

    truths = [[rest(one, SECONDS, session=k) for one in people] for k in (0, 1)]
    return {
        said: Measured.statistic(_correlated, logs(name, 0), logs(name, 1))
        for said, name in (("SDNN", "sdnn"), ("RMSSD", "rmssd"))
    }


def _correlated(one: FloatArray, other: FloatArray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@lru_cache(maxsize=1)
def _slowly(seed: int) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return what people give before and while they breathe at 6/min, as deep as they like."""
    people = population(PEOPLE, seed)
    both = [
        [lives(one, inputs, session=k) for one in people]
        for k, inputs in enumerate((Inputs.at_rest(SECONDS), paced(SECONDS, SLOW)))
    ]
    found = {
        name: tuple(np.array([measured(truth, name) for truth in truths]) for truths in both)
        for name in ("sdnn", "rmssd", "mean_hr")
    }
    found["systolic"] = tuple(
        np.array([truth.systolic.values.mean() for truth in truths]) for truths in both
    )
    return {name: (before, during) for name, (before, during) in found.items()}


def _standardized(before: FloatArray, during: FloatArray) -> float:
    """Return the difference of means over the root mean of the variances."""
    spread = np.sqrt((before.var(ddof=1) + during.var(ddof=1)) / 2)
    return float((during.mean() - before.mean()) / spread)


@finding(
    number=19,
    title="Breathing slowly raises heart-rate variability (SDNN)",
    source=SHAO,
    doi=SHAO_DOI,
    published="standardized mean difference of SDNN 0.77 [0.26, 1.28]",
    mark="S",
    least=0.26,
    most=1.28,
    unit="SD",
    origin="predicted",
    ledger="how far deeper breaths reset pressure was fitted to the heart rate of this paper; "
    "nothing was adjusted to variability",
)
def slow_breathing_sdnn(seed: int) -> Measured:
    """Return SDNN of 5 min at 6 breaths/min against 5 min of rest; the published interval."""
    return Measured.statistic(_standardized, *_slowly(seed)["sdnn"])


@finding(
    number=19,
    title="Breathing slowly raises RMSSD, less than SDNN",
    source=SHAO,
    doi=SHAO_DOI,
    published="standardized mean difference of RMSSD 0.37 [0.16, 0.58]",
    mark="S",
    least=0.16,
    most=0.58,
    unit="SD",
    origin="predicted",
    ledger="how far deeper breaths reset pressure was fitted to the heart rate of this paper; "
    "nothing was adjusted to variability",
    fails="a little above (0.62 over 800 people): at 6 breaths a minute the model keeps its "
    "ventilation, with breaths twice as deep, and follows the pacer without fail",
)
def slow_breathing_rmssd(seed: int) -> Measured:
    """Return RMSSD of 5 min at 6 breaths/min against 5 min of rest; the published interval."""
    return Measured.statistic(_standardized, *_slowly(seed)["rmssd"])


@finding(
    number=19,
    title="Breathing slowly lowers systolic pressure, and heart rate hardly",
    source=SHAO,
    doi=SHAO_DOI,
    published="standardized mean differences: systolic pressure -0.45 [-0.86, -0.04], heart "
    "rate -0.10 [-0.19, -0.01]",
    mark="S",
    parts={
        "systolic pressure": Tolerance(-0.86, -0.04, "SD", "falls"),
        "heart rate": Tolerance(-0.3, 0.0, "SD", "falls a little"),
    },
    origin="fitted",
    ledger="how far deeper breaths reset the pressure that is kept was fitted to Joseph 2005 "
    "with a heart rate that stays",
)
def slow_breathing_pressure(seed: int) -> dict[str, Measured]:
    """Return both against rest; of heart rate the sign is asked, and that it is small."""
    found = _slowly(seed)
    return {
        "systolic pressure": Measured.statistic(_standardized, *found["systolic"]),
        "heart rate": Measured.statistic(_standardized, *found["mean_hr"]),
    }
