"""Acceleration: gravity, movement and breath in an accelerometer on the chest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from interbeat.body.inputs import RATE
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors._drawing import add_disturbed, add_track_of
from interbeat.body.sensors.clock import Sampling
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray

__all__ = ["Accelerometer", "accelerated"]


@dataclass(frozen=True, slots=True)
class Accelerometer(Organ):
    """An accelerometer on the chest; x along the body, z out of the chest."""

    tilt: float = parameter(70.0, "°", "of posture 1 (see Inputs)", most=90.0)
    lean: float = parameter(
        15.0, "°", "of the chest at posture 0; assumed", logarithmic=False, least=0.0, most=90.0
    )
    breath: float = parameter(0.02, "g/L", "assumed", spread=0.5, most=1.0)
    sway: float = parameter(0.25, "g", "of full movement, on each axis; assumed", most=5.0)
    tremble: float = parameter(0.05, "g", "of full movement; assumed", most=5.0)
    noise: float = parameter(0.004, "g", "assumed", most=1.0)


def accelerated(
    meter: Accelerometer, truth: PersonTruth, *, sampling: Sampling, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return acceleration along three axes, in g.

    Parameters
    ----------
    meter : Accelerometer
        How it is worn.
    truth : PersonTruth
        The body: posture, movement and breath.
    sampling : Sampling
        When samples are taken.
    rng : Generator
        Of the noise and of how movement goes.

    Returns
    -------
    tuple of three ndarray, shape (n,)
    """
    angle = np.radians(meter.lean + (meter.tilt - meter.lean) * truth.inputs.posture)
    volume = truth.volume
    axes = []
    parts = (np.sin(angle), np.zeros(angle.size), np.cos(angle))
    for gravity, own, out_of_chest in zip(parts, rng.spawn(3), (0.0, 0.0, 1.0), strict=True):
        noise, moving = own.spawn(2)
        out = noise.standard_normal(sampling.n)
        out *= meter.noise
        add_track_of(out, sampling, gravity, RATE)
        breath = out_of_chest * meter.breath
        add_track_of(out, sampling, volume.values, volume.sampling_rate, gain=breath)
        add_disturbed(
            out, sampling, truth.inputs.movement, fast=meter.tremble,
            slow=meter.sway / math.sqrt(3), rng=moving,
        )  # fmt: skip
        axes.append(out)
    return axes[0], axes[1], axes[2]
