"""Posture: what being tilted up does to the heart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.signal import detrend, welch

from interbeat.body.inputs import RATE, Inputs
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import (
    baroreflex_sensitivity,
    held,
    lives,
    measured,
    population,
    rest,
    tilted,
)

__all__ = ["graded_tilt", "tilt_powers", "tilt_rate", "tilt_reflex", "tilt_waves"]

SLOW, SEGMENT = (0.05, 0.15), 64.0  # Hz of slow waves; s of spectra
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
    } | _of_pressure(supine, upright, whole)


def _of_pressure(
    supine: Sequence[PersonTruth], upright: Sequence[PersonTruth], whole: Span
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return the reflex (ms/mmHg) and the power of slow waves of systolic pressure."""

    def reflex(truth: PersonTruth, span: Span) -> float:
        return baroreflex_sensitivity(truth, span, method="sequence")

    rested = Span(0.0, SECONDS)
    return {
        name: (
            np.array([given(truth, rested) for truth in supine]),
            np.array([given(truth, whole) for truth in upright]),
        )
        for name, given in (("reflex", reflex), ("waves", _waves))
    }


def _waves(truth: PersonTruth, span: Span) -> float:
    values = truth.systolic.between(span.start, span.end).values
    pace, power = welch(detrend(values), fs=RATE, nperseg=round(SEGMENT * RATE))
    return float(power[(pace >= SLOW[0]) & (pace < SLOW[1])].sum())


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
    ledger="offset, preload, vasomotor and both outflows: 16 settings of an earlier model",
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
    ledger="offset, preload, vasomotor and both outflows: 16 settings of an earlier model",
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
    number=24,
    title="Tilted up, the heart answers pressure less",
    source="Active standing and passive tilting similarly reduce the slope of spontaneous "
    "baroreflex in healthy subjects (1998), Physiol Res 47:227; 60°",
    published="14.6 ± 2 to 7.8 ± 1.2 ms/mmHg on standing, tilt alike: a ratio of 0.53",
    mark="S",
    least=0.35,
    most=0.72,
    rule="falls to a share of",
    origin="predicted",
    ledger="tilt was fitted to heart rate and its variability; the reflex was not looked at",
)
def tilt_reflex(seed: int) -> Measured:
    """Return sequences at 70° over those lying; 35 % either way, as in row 17."""
    return Measured.statistic(_share, *_tilted(seed)["reflex"])


@finding(
    number=26,
    title="Slow waves of pressure grow in who is tilted up",
    source="Cooke et al. (1999), J Physiol 517:617; n = 9, 20° to 80°",
    doi="10.1111/j.1469-7793.1999.0617t.x",
    published="power of systolic pressure from 0.05 to 0.15 Hz rises with the angle",
    mark="S",
    least=1.2,
    rule="grows by a factor of",
    origin="predicted",
    ledger="tilt was fitted to heart rate and its variability; waves of pressure were not "
    "looked at",
)
def tilt_waves(seed: int) -> Measured:
    """Return the mean power at 70° over that lying, breathing as they like."""
    return Measured.statistic(_share, *_tilted(seed)["waves"])


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
