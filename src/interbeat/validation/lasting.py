"""Lasting: how the hearts and palms of those who still carry what happened differ at rest."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.validation._effects import apart, correlated
from interbeat.validation._history import burdened, recovered
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import measured, population, rest

__all__ = ["resting_arousal", "resting_variability"]

PEOPLE = 60
SECONDS = 300.0
ASSUMED = "that the resting rate is 4 % higher is assumed; nothing was adjusted to this row"


@lru_cache(maxsize=1)
def _at_rest(seed: int) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return what each gives who carries it, and who recovered; the same people otherwise."""
    people = population(PEOPLE, seed)
    groups = [
        [rest(history(one), SECONDS) for one in people] for history in (burdened, recovered)
    ]
    ways = {
        "rmssd": lambda truth: measured(truth, "rmssd"),
        "sdnn": lambda truth: measured(truth, "sdnn"),
        "rate": lambda truth: measured(truth, "mean_hr"),
        "conductance": _conductance,
    }
    return {
        name: (
            np.array([way(one) for one in groups[0]]),
            np.array([way(one) for one in groups[1]]),
        )
        for name, way in ways.items()
    }


def _conductance(truth: PersonTruth) -> float:
    return float(truth.conductance.values.mean())


@finding(
    number=36,
    title="Less heart-rate variability at rest in post-traumatic stress disorder",
    source="Schneider & Schwerdtfeger (2020), Psychol Med 50:1937",
    doi="10.1017/S003329172000207X",
    published="RMSSD and HF lower, SDNN lower by a medium effect, heart rate higher",
    mark="S",
    parts={
        "RMSSD": Tolerance(-0.8, -0.2, "SD"),
        "SDNN": Tolerance(most=0.0, unit="SD", rule="lower"),
        "heart rate": Tolerance(least=0.0, unit="SD", rule="higher"),
    },
    origin="predicted",
    ledger=ASSUMED,
)
def resting_variability(seed: int) -> dict[str, Measured]:
    """Return Cohen's d of 5 min at rest, over the spread between people."""
    found = _at_rest(seed)
    return {
        "RMSSD": apart(*found["rmssd"]),
        "SDNN": apart(*found["sdnn"]),
        "heart rate": apart(*found["rate"]),
    }


@finding(
    number=37,
    title="Heart rate and skin conductance at rest in post-traumatic stress disorder",
    source="Pole (2007), Psychol Bull 133:725; 58 studies of rest",
    doi="10.1037/0033-2909.133.5.725",
    published="r = 0.18 of heart rate, 0.08 of skin conductance",
    mark="S",
    parts={
        "heart rate": Tolerance(0.08, 0.28, "r"),
        "skin conductance": Tolerance(-0.02, 0.18, "r"),
    },
    origin="imposed",
    ledger=ASSUMED,
)
def resting_arousal(seed: int) -> dict[str, Measured]:
    """Return the correlation with the group, 0.1 either way."""
    found = _at_rest(seed)
    return {
        "heart rate": correlated(*found["rate"]),
        "skin conductance": correlated(*found["conductance"]),
    }
