"""Skin conductance: what electrodes read at a palm, and at a wrist."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from interbeat.body.inputs import RATE
from interbeat.body.noise import wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors._drawing import add_disturbed, add_track_of
from interbeat.body.sensors.clock import Sampling
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.kernels.rendering import add_track

__all__ = ["Palm", "Wrist", "palm", "wrist"]


@dataclass(frozen=True, slots=True)
class Palm(Organ):
    """Gelled electrodes at the palm."""

    noise: float = parameter(0.004, "µS", "assumed", spread=0.3, most=1.0)
    sway: float = parameter(0.15, "µS", "of full movement; assumed", most=10.0)


@dataclass(frozen=True, slots=True)
class Wrist(Organ):
    """Dry electrodes at the wrist: few sweat glands, and other reasons to sweat."""

    share: float = parameter(
        0.05, "1", "of the palm's responses that is seen at the wrist; fitted to the "
        "correlations of van der Mee et al. 2021, doi:10.1016/j.ijpsycho.2021.08.003",
        spread=0.8, most=1.0,
    )  # fmt: skip
    slow: float = parameter(
        1.5, "s", "of the low-pass that they go through; assumed", most=30.0
    )
    level: float = parameter(0.6, "µS", "assumed", spread=0.8, most=40.0)
    warming: float = parameter(
        600.0, "s", "in which sweat gathers under dry electrodes; assumed", least=1.0
    )
    wander: float = parameter(
        0.33, "1", "sd of the logarithm of the level, by temperature and contact; fitted to "
        "van der Mee et al. 2021", most=2.0,
    )  # fmt: skip
    own_rate: float = parameter(
        0.015, "1/s", "of responses that the palm does not have; assumed", spread=0.5, most=1.0
    )
    own_size: float = parameter(0.03, "µS", "of those; assumed", spread=0.5, most=5.0)
    noise: float = parameter(0.004, "µS", "assumed", spread=0.5, most=1.0)
    sway: float = parameter(0.4, "µS", "of full movement; assumed", most=10.0)


DRIFTS = (64.0, 256.0, 1024.0)  # s, over which the level at a wrist wanders
DRIFT_RATE = 0.05  # Hz: smooth over 20 s, since a step would look like a response
RISE, FALL = 0.75, 4.0  # s: of the wrist's own responses, as the palm's


def palm(
    electrode: Palm, truth: PersonTruth, *, sampling: Sampling, rng: np.random.Generator
) -> FloatArray:
    """Return skin conductance in µS as electrodes at the palm read it; never below 0.

    Parameters
    ----------
    electrode : Palm
        Its noise.
    truth : PersonTruth
        The body.
    sampling : Sampling
        When samples are taken.
    rng : Generator
        Of the noise.

    Returns
    -------
    ndarray, shape (n,)
    """
    return _read(electrode, truth, truth.conductance.values, sampling=sampling, rng=rng)


def wrist(
    electrode: Wrist, truth: PersonTruth, *, sampling: Sampling, rng: np.random.Generator
) -> FloatArray:
    """Return skin conductance in µS as a wristband reads it; never below 0.

    A small, slow copy of the palm's responses, on a level that gathers and wanders by itself,
    among responses of its own: often it is hardly related to the palm.

    Parameters
    ----------
    electrode : Wrist
        What it sees and what is its own.
    truth : PersonTruth
        The body.
    sampling : Sampling
        When samples are taken.
    rng : Generator
        Of the level, of its own responses and of the noise.

    Returns
    -------
    ndarray, shape (n,)
    """
    level, own, noise = rng.spawn(3)
    n = len(truth.conductance)
    times = np.arange(n) / RATE
    slow = np.zeros(n)
    drift = wandering(level, int(n / RATE * DRIFT_RATE) + 4, DRIFT_RATE, taus=DRIFTS)
    add_track(slow, 0, RATE, drift, DRIFT_RATE, 1.0)
    base = electrode.level * np.exp(electrode.wander * slow)
    base *= 1 - 0.5 * np.exp(-times / electrode.warming)
    phasic = truth.conductance.values - truth.tonic.values
    keep = math.exp(-1 / (electrode.slow * RATE)) if electrode.slow > 0 else 0.0
    seen = electrode.share * lfilter([1 - keep], [1.0, -keep], phasic)
    whole = base + seen + _own_responses(electrode, n, own)
    return _read(electrode, truth, whole, sampling=sampling, rng=noise)


def _own_responses(electrode: Wrist, n: int, rng: np.random.Generator) -> FloatArray:
    bursts = np.zeros(n)
    count = rng.poisson(electrode.own_rate * n / RATE)
    sizes = electrode.own_size * np.exp(0.6 * rng.standard_normal(count))
    np.add.at(bursts, rng.integers(0, n, count), sizes)
    out = bursts
    for tau in (RISE, FALL):
        keep = math.exp(-1 / (tau * RATE))
        out = lfilter([1.0], [1.0, -keep], out)
    top = math.log(FALL / RISE) / (1 / RISE - 1 / FALL)
    unit = (math.exp(-top / FALL) - math.exp(-top / RISE)) / (
        math.exp(-1 / (FALL * RATE)) - math.exp(-1 / (RISE * RATE))
    )
    return np.asarray(out / unit, dtype=np.float64)


def _read(
    electrode: Palm | Wrist, truth: PersonTruth, conductance: FloatArray, *,
    sampling: Sampling, rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    white, moving = rng.spawn(2)
    out = white.standard_normal(sampling.n)
    out *= electrode.noise
    add_track_of(out, sampling, conductance, RATE)
    add_disturbed(
        out, sampling, truth.inputs.movement, fast=0.0, slow=electrode.sway, rng=moving
    )
    return np.maximum(out, 0.0, out=out)
