"""Hormones of one volunteer, as findings on cortisol and on oxytocin measure them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from interbeat.body.appraisal import appraise
from interbeat.body.glands import Hormones, secrete
from interbeat.body.inputs import Inputs, Tie
from interbeat.body.noise import Streams
from interbeat.core.arrays import FloatArray
from interbeat.validation.population import Volunteer

__all__ = ["hormones_of", "minute", "paired"]

MINUTE = 60.0


def hormones_of(volunteer: Volunteer, inputs: Inputs, *, hour: float) -> Hormones:
    """Return the hormones of one volunteer alone: as `lives` has them, without a heart."""
    streams, person = Streams(volunteer.seed, 0), volunteer.person
    reach = np.ones(inputs.danger.size)
    (mind,) = appraise([person.mind], [inputs], ties=[Tie()], contact=reach, streams=[streams])
    glands = replace(person.glands, hour=hour)
    return secrete(glands, inputs, mind=mind, streams=streams)


def minute(values: FloatArray, start: float) -> float:
    """Return the mean of one minute."""
    return float(values[round(start) : round(start + MINUTE)].mean())


def paired(first: FloatArray, second: FloatArray) -> float:
    """Return by how many standard deviations between people two groups differ."""
    spread = np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    return float((first - second).mean() / spread)
