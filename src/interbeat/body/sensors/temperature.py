"""Temperature: how warm the skin is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from interbeat.body.inputs import RATE
from interbeat.body.noise import wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors._drawing import add_track_of
from interbeat.body.sensors.clock import Sampling
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray

__all__ = ["Temperature", "warmth"]


@dataclass(frozen=True, slots=True)
class Temperature(Organ):
    """Skin of the hand, cooler as its vessels constrict."""

    rest: float = parameter(32.5, "°C", "assumed", spread=0.03, least=20.0, most=37.0)
    constriction: float = parameter(
        1.2,
        "°C",
        "by which a doubled sympathetic drive cools it in the end; assumed",
        most=10.0,
    )
    slow: float = parameter(90.0, "s", "time constant of that; assumed", least=1.0)
    wander: float = parameter(0.15, "°C", "assumed", most=3.0)
    noise: float = parameter(0.01, "°C", "assumed", most=1.0)


def warmth(
    skin: Temperature, truth: PersonTruth, *, sampling: Sampling, rng: np.random.Generator
) -> FloatArray:
    """Return skin temperature in °C.

    Parameters
    ----------
    skin : Temperature
        How it answers.
    truth : PersonTruth
        The body; its cardiac sympathetic drive stands for that of the vessels.
    sampling : Sampling
        When samples are taken.
    rng : Generator
        Of the noise.

    Returns
    -------
    ndarray, shape (n,)
    """
    noise, slow = rng.spawn(2)
    out = noise.standard_normal(sampling.n)
    out *= skin.noise
    drift = wandering(slow, int(truth.inputs.seconds) + 4, 1.0, taus=(128.0, 512.0))
    add_track_of(out, sampling, drift, 1.0, gain=skin.wander)
    keep = math.exp(-1 / (skin.slow * RATE))
    cooled = lfilter([1 - keep], [1.0, -keep], truth.sympathetic.values - 1)
    add_track_of(out, sampling, skin.rest - skin.constriction * cooled, RATE)
    return out
