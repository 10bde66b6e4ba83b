"""Pressure: the arterial pressure wave that a finger cuff follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.body.noise import wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors._drawing import add_disturbed, add_track_of
from interbeat.body.sensors.artifacts import Traced
from interbeat.body.sensors.clock import Sampling
from interbeat.body.sensors.ppg import at_beats
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.kernels.rendering import pressure_waves

__all__ = ["Cuff", "arterial"]


@dataclass(frozen=True, slots=True)
class Cuff(Organ):
    """A wave between the pressures of each beat, and what a cuff adds."""

    rise: float = parameter(0.12, "s", "from foot to peak; assumed", least=0.02, most=0.3)
    runoff: float = parameter(
        1.5, "s", "as the heart's own runoff; assumed", least=0.1, most=10.0
    )
    notch_after: float = parameter(0.36, "s", "assumed", most=1.0)
    notch_width: float = parameter(0.05, "s", "assumed", least=0.005, most=0.3)
    notch_size: float = parameter(0.05, "1", "of the pulse pressure; assumed", most=0.5)
    wander: float = parameter(1.0, "mmHg", "of the cuff's calibration; assumed", most=20.0)
    noise: float = parameter(0.3, "mmHg", "assumed", most=10.0)
    sway: float = parameter(8.0, "mmHg", "of full movement; assumed", most=100.0)


def arterial(
    cuff: Cuff, truth: PersonTruth, beats: Traced, *, feet: FloatArray, sampling: Sampling,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return arterial pressure in mmHg: from diastolic up to systolic at every beat.

    Parameters
    ----------
    cuff : Cuff
        The wave's shape and the noise.
    truth : PersonTruth
        The body.
    beats : Traced
        What looks like beats; one that leaves no trace has no wave.
    feet : ndarray, shape (m,)
        When each wave arrives (s).
    sampling : Sampling
        When samples are taken.
    rng : Generator
        Of the noise.

    Returns
    -------
    ndarray, shape (n,)
    """
    noise, slow, moving = rng.spawn(3)
    out = noise.standard_normal(sampling.n)
    out *= cuff.noise
    drift = wandering(slow, int(truth.inputs.seconds) + 4, 1.0, taus=(64.0, 256.0))
    add_track_of(out, sampling, drift, 1.0, gain=cuff.wander)
    add_disturbed(out, sampling, truth.inputs.movement, fast=0.0, slow=cuff.sway, rng=moving)
    seen = beats.size > 0
    if seen.any():
        times = beats.times[seen]
        notch = np.array((cuff.notch_after, cuff.notch_width, cuff.notch_size))
        pressure_waves(
            out, sampling.rate, feet[seen], at_beats(truth.diastolic, times),
            at_beats(truth.systolic, times), cuff.rise, cuff.runoff, notch,
        )  # fmt: skip
    return out
