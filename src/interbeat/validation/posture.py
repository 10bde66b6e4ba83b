"""Posture: what being tilted up does to the heart."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from interbeat.body.inputs import Inputs
from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import held, lives, measured, population, rest, tilted

__all__ = ["graded_tilt", "tilt_powers", "tilt_rate"]

SETTLED = 120.0  # s after the tilt
SECONDS = 300.0
UPRIGHT = 70.0  # degrees at which posture is 1
SHARMA = "Sharma et al. (2009), Kathmandu Univ Med J 7(3); n = 30 men of 25 years"
NAMES = ("mean_hr", "sdnn", "rmssd", "lf_nu", "lf", "hf_fixed")


@lru_cache(maxsize=1)
def _tilted(seed: int) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return what 120 people give supine, and at 70° after two minutes."""
    people = population(120, seed, ages=(20, 31))
    supine = [rest(one, SECONDS) for one in people]
    whole = Span(SETTLED, SETTLED + SECONDS)
    inputs = tilted(whole.end, 0.0)
    upright = [lives(one, inputs, session=1) for one in people]
    return {
        name: (
            np.array([measured(truth, name) for truth in supine]),
            np.array([measured(truth, name, whole) for truth in upright]),
        )
        for name in NAMES
    }


def _change(before: FloatArray, after: FloatArray) -> float:
    return float((after - before).mean())


def _share(before: FloatArray, after: FloatArray) -> float:
    return float(after.mean() / before.mean())


@finding(
    number=24,
    title="Tilted to 70°, the heart goes faster and varies less",
    source=SHARMA,
    published="heart rate 70.2 to 88.5 bpm; SDNN 38.1 to 31.1 ms; RMSSD 36.2 to 20.1 ms",
    mark="S",
    parts={
        "heart rate": Tolerance(12.8, 23.8, "bpm", "rises by"),
        "SDNN": Tolerance(0.57, 1.0, "", "falls to a share of"),
        "RMSSD": Tolerance(0.39, 0.72, "", "falls to a share of"),
    },
    origin="fitted",
    ledger="offset, preload, vasomotor and both outflows: 16 settings of the prototype",
)
def tilt_rate(seed: int) -> dict[str, Measured]:
    """Return the change from supine; 30 % either way of the published change."""
    found = _tilted(seed)
    return {
        "heart rate": Measured.statistic(_change, *found["mean_hr"]),
        "SDNN": Measured.statistic(_share, *found["sdnn"]),
        "RMSSD": Measured.statistic(_share, *found["rmssd"]),
    }


@finding(
    number=24,
    title="Tilted to 70°, power moves from HF to LF",
    source=SHARMA,
    published="LF 52.3 to 75.7 n.u.; LF/HF 1.69 to 4.96",
    mark="S",
    parts={
        "LF": Tolerance(53.0, 98.4, "n.u.", "upright"),
        "LF/HF": Tolerance(2.05, 3.81, "", "grows by a factor of"),
    },
    origin="fitted",
    ledger="offset, preload, vasomotor and both outflows: 16 settings of the prototype",
)
def tilt_powers(seed: int) -> dict[str, Measured]:
    """Return LF in normal units upright, and by what factor the mean ratio grows."""
    found = _tilted(seed)
    ratios = [found["lf"][k] / found["hf_fixed"][k] for k in (0, 1)]
    return {
        "LF": Measured.of(found["lf_nu"][1]),
        "LF/HF": Measured.statistic(_share, *ratios),
    }


@finding(
    number=25,
    title="LF in normal units follows the angle of the tilt",
    source="Montano et al. (1994), Circulation 90:1826; n = 22, 0° to 90°",
    doi="10.1161/01.CIR.90.4.1826",
    published="r = 0.78 of LF in normal units with the angle",
    mark="S",
    least=0.6,
    rule="correlation",
    origin="predicted",
    fails="the share of LF has risen to nearly all that it will by 30°, and people differ in "
    "it at rest as much as those of Sharma et al. did (standard deviation near 20 n.u.)",
)
def graded_tilt(seed: int) -> Measured:
    """Return the correlation over people and angles; an angle acts by its sine."""
    angles = (0.0, 15.0, 30.0, 45.0, 60.0, 90.0)
    people = population(22, seed, ages=(30, 60))
    whole = Span(60.0, 240.0)
    found = np.array([
        [measured(lives(one, _at(angle, whole.end), session=k), "lf_nu", whole)
         for k, angle in enumerate(angles)]
        for one in people
    ])  # fmt: skip
    alone = np.mean([np.corrcoef(angles, one)[0, 1] for one in found])
    return Measured.statistic(
        lambda *by_angle: float(
            np.corrcoef(np.repeat(angles, by_angle[0].size), np.concatenate(by_angle))[0, 1]
        ),
        *found.T,
        note=f"within a person it is {alone:.2f} in the mean",
    )


def _at(angle: float, seconds: float) -> Inputs:
    share = math.sin(math.radians(angle)) / math.sin(math.radians(UPRIGHT))
    return held(Inputs.at_rest(seconds), posture=min(share, 1.0))
