"""ECG: what electrodes on the chest see of the heart's beats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.body.noise import wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors._drawing import add_disturbed, add_track_of, lengthened
from interbeat.body.sensors.artifacts import Traced
from interbeat.body.sensors.clock import Sampling
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.kernels.rendering import add_bumps

__all__ = ["Ecg", "electrocardiogram"]

SHAPE = "shaped after the waves of McSharry et al. 2003, doi:10.1109/TBME.2003.808805; assumed"


@dataclass(frozen=True, slots=True)
class Ecg(Organ):
    """Waves of a beat in lead II, and what disturbs them."""

    p: float = parameter(0.12, "mV", SHAPE, least=-1.0, most=1.0)
    q: float = parameter(-0.10, "mV", SHAPE, least=-1.0, most=1.0)
    r: float = parameter(1.10, "mV", SHAPE, spread=0.25, least=-5.0, most=5.0)
    s: float = parameter(-0.20, "mV", SHAPE, least=-2.0, most=2.0)
    t: float = parameter(0.28, "mV", SHAPE, spread=0.25, least=-2.0, most=2.0)
    p_width: float = parameter(0.022, "s", SHAPE, least=0.005, most=0.1)
    q_width: float = parameter(0.009, "s", SHAPE, least=0.003, most=0.05)
    r_width: float = parameter(0.011, "s", SHAPE, least=0.003, most=0.05)
    s_width: float = parameter(0.010, "s", SHAPE, least=0.003, most=0.05)
    t_width: float = parameter(0.045, "s", SHAPE, least=0.01, most=0.2)
    p_before: float = parameter(0.165, "s", SHAPE, least=0.08, most=0.4)
    q_before: float = parameter(0.026, "s", SHAPE, least=0.01, most=0.1)
    s_after: float = parameter(0.028, "s", SHAPE, least=0.01, most=0.1)
    onset: float = parameter(
        0.045, "s", "start of the QRS before the R wave; assumed", least=0.0, most=0.1
    )
    qt: float = parameter(
        0.40, "s", "QT at an RR of 1 s, growing with its cube root (Fridericia 1920); "
        "assumed", spread=0.04, least=0.25, most=0.6,
    )  # fmt: skip
    premature_width: float = parameter(
        2.4, "1", "a ventricular beat's QRS lasts 120 ms and more; assumed", least=1.0, most=5.0
    )
    premature_size: float = parameter(1.3, "1", "assumed", least=0.1, most=5.0)
    breath_on_r: float = parameter(
        0.12, "1/L", "R waves shrink as the chest fills; assumed", least=-1.0, most=1.0
    )
    breath_on_baseline: float = parameter(0.06, "mV/L", "assumed", least=-1.0, most=1.0)
    wander: float = parameter(0.05, "mV", "assumed", spread=0.5, most=2.0)
    noise: float = parameter(0.010, "mV", "10 µV; assumed", spread=0.3, most=1.0)
    muscle: float = parameter(0.06, "mV", "of full movement; assumed", most=2.0)
    sway: float = parameter(0.35, "mV", "of full movement; assumed", most=5.0)


def electrocardiogram(
    ecg: Ecg, truth: PersonTruth, beats: Traced, *, sampling: Sampling,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return an ECG in mV: a sum of waves, each a Gaussian, and noise.

    The R wave peaks at the beat's own instant. T follows it by the QT interval, which grows
    with the cube root of the RR interval before. A premature beat has no P wave, a wide QRS
    and a T wave that points the other way.

    Parameters
    ----------
    ecg : Ecg
        Waves and noise.
    truth : PersonTruth
        The body: its breathing moves the R waves and the baseline, its movement disturbs.
    beats : Traced
        What looks like beats.
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
    out *= ecg.noise
    baseline = wandering(slow, int(truth.inputs.seconds) + 4, 1.0, taus=(4.0, 16.0, 64.0))
    add_track_of(out, sampling, baseline, 1.0, gain=ecg.wander)
    add_track_of(
        out, sampling, truth.volume.values, truth.volume.sampling_rate,
        gain=ecg.breath_on_baseline,
    )  # fmt: skip
    add_disturbed(
        out, sampling, truth.inputs.movement, fast=ecg.muscle, slow=ecg.sway, rng=moving
    )
    _add_waves(out, ecg, truth, beats=beats, rate=sampling.rate)
    return out


def _add_waves(
    out: FloatArray, ecg: Ecg, truth: PersonTruth, *, beats: Traced, rate: float
) -> None:
    times = beats.times
    if not times.size:
        return
    longer = lengthened(beats.interval)
    size = beats.size * _with_breath(ecg, truth, times)
    wide = np.where(beats.premature, ecg.premature_width, 1.0)
    tall = np.where(beats.premature, ecg.premature_size, 1.0) * size
    t_width = ecg.t_width * longer
    t_after = ecg.qt * longer - ecg.onset - 2 * t_width
    whole = size * ~beats.premature * ~beats.false
    t_sign = np.where(beats.premature, -ecg.premature_size, 1.0) * ~beats.false
    for centers, widths, heights in (
        (times - ecg.p_before, np.full(times.size, ecg.p_width), ecg.p * whole),
        (times - ecg.q_before * wide, ecg.q_width * wide, ecg.q * tall),
        (times, ecg.r_width * wide, ecg.r * tall),
        (times + ecg.s_after * wide, ecg.s_width * wide, ecg.s * tall),
        (times + t_after, t_width, ecg.t * t_sign * size),
    ):
        add_bumps(out, rate, centers, widths, heights)


def _with_breath(ecg: Ecg, truth: PersonTruth, times: FloatArray) -> FloatArray:
    volume = truth.volume
    liters = np.interp(times, np.arange(len(volume)) / volume.sampling_rate, volume.values)
    return np.asarray(np.clip(1 - ecg.breath_on_r * liters, 0.2, 2.0))
