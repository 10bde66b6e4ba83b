"""Belt: what stretches around a chest that breathes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.body.inputs import RATE
from interbeat.body.noise import wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors._drawing import add_disturbed, add_track_of
from interbeat.body.sensors.clock import Sampling
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray

__all__ = ["Belt", "stretched"]


@dataclass(frozen=True, slots=True)
class Belt(Organ):
    """How a belt answers to liters of breath."""

    gain: float = parameter(
        1.0, "1/L", "arbitrary: a belt has no unit", spread=0.4, least=0.01, most=100.0
    )
    wander: float = parameter(0.05, "1", "in units of a liter; assumed", spread=0.5, most=2.0)
    noise: float = parameter(0.01, "1", "in units of a liter; assumed", spread=0.3, most=1.0)
    upright_gain: float = parameter(
        0.75, "1", "the chest moves less for a liter when upright; assumed", most=2.0
    )
    upright_shift: float = parameter(
        0.4, "1", "in units of a liter; assumed", logarithmic=False, least=-5.0, most=5.0
    )
    sway: float = parameter(0.3, "1", "of full movement, as a liter; assumed", most=5.0)


def stretched(
    belt: Belt, truth: PersonTruth, *, sampling: Sampling, rng: np.random.Generator
) -> FloatArray:
    """Return how far a belt is stretched, in arbitrary units: up is breathing in.

    Parameters
    ----------
    belt : Belt
        Its gain, drift and noise.
    truth : PersonTruth
        The body: volume, posture and movement.
    sampling : Sampling
        When samples are taken.
    rng : Generator
        Of the noise and the drift.

    Returns
    -------
    ndarray, shape (n,)
    """
    noise, slow, moving = rng.spawn(3)
    out = noise.standard_normal(sampling.n)
    out *= belt.noise
    drift = wandering(slow, int(truth.inputs.seconds) + 4, 1.0, taus=(32.0, 128.0, 512.0))
    add_track_of(out, sampling, drift, 1.0, gain=belt.wander)
    _add_breath(out, belt, truth, sampling=sampling)
    add_disturbed(out, sampling, truth.inputs.movement, fast=0.0, slow=belt.sway, rng=moving)
    out *= belt.gain
    return out


def _add_breath(out: FloatArray, belt: Belt, truth: PersonTruth, *, sampling: Sampling) -> None:
    volume, posture = truth.volume, truth.inputs.posture
    if not posture.any():
        add_track_of(out, sampling, volume.values, volume.sampling_rate)
        return
    times = np.arange(len(volume)) / volume.sampling_rate
    upright = np.interp(times, np.arange(posture.size) / RATE, posture)
    heard = volume.values * (1 + (belt.upright_gain - 1) * upright)
    add_track_of(out, sampling, heard + belt.upright_shift * upright, volume.sampling_rate)
