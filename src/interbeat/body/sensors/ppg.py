"""PPG: the pulse as light sees it arrive at a finger or at a wrist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.body.inputs import RATE
from interbeat.body.noise import wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors._drawing import add_disturbed, add_track_of, lengthened
from interbeat.body.sensors.artifacts import Traced
from interbeat.body.sensors.clock import Sampling
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.signal import Signal
from interbeat.kernels.rendering import add_bumps

__all__ = ["Ppg", "WristPpg", "arrivals", "at_beats", "photoplethysmogram"]

EJECTION = 0.02, 0.15  # s: as short and as long as a pre-ejection period can be
TRANSIT = 0.02, 0.4  # s
LONGEST_UPSTROKE = 2.0  # widths of the first wave: where its steepest tangent meets the base


@dataclass(frozen=True, slots=True)
class Ppg(Organ):
    """How the pulse arrives at one place of the skin, and what it looks like there."""

    ejection: float = parameter(
        0.0585, "s", "pre-ejection period from the R wave on: Kortekaas et al. 2018, "
        "doi:10.1371/journal.pone.0204105, under 50 years: 58.5 ± 13.0 ms", spread=0.22,
        least=EJECTION[0],
        most=EJECTION[1],
    )  # fmt: skip
    ejection_by_drive: float = parameter(
        0.015, "s", "by which a sympathetic drive of twice the resting one shortens it; "
        "assumed", most=0.05,
    )  # fmt: skip
    transit: float = parameter(
        0.165, "s", "from the aortic valve to the finger; so that the foot arrives 200 to "
        "250 ms after the R wave; assumed", spread=0.1, least=TRANSIT[0],
        most=TRANSIT[1],
    )  # fmt: skip
    transit_by_pressure: float = parameter(
        0.001, "s/mmHg", "by which a higher systolic pressure shortens it (1 ms/mmHg); "
        "assumed", spread=0.2, most=0.005,
    )  # fmt: skip
    pressure: float = parameter(
        120.0, "mmHg", "systolic, at which `transit` holds; assumed", least=60.0, most=200.0
    )
    jitter: float = parameter(
        0.002, "s", "of the arrival; the least that Kortekaas et al. 2018 saw of the "
        "pre-ejection period within a person: 2.0 to 5.9 ms", spread=0.3, most=0.05,
    )  # fmt: skip
    size: float = parameter(1.0, "1", "at the pulse pressure below; arbitrary", most=100.0)
    pulse_pressure: float = parameter(
        42.0, "mmHg", "pulse pressure at rest, as in the heart; assumed", least=10.0, most=120.0
    )
    constriction: float = parameter(
        0.5, "1", "how much a doubled sympathetic drive shrinks the pulse, as a logarithm; "
        "assumed", most=5.0,
    )  # fmt: skip
    width: float = parameter(0.070, "s", "of the first wave at an RR of 1 s; assumed", most=0.3)
    second_after: float = parameter(0.40, "s", "of the second wave; assumed", most=1.0)
    second_width: float = parameter(0.095, "s", "assumed", most=0.3)
    second_size: float = parameter(0.38, "1", "assumed", most=1.0)
    breath_on_baseline: float = parameter(
        -0.15, "1/L", "assumed", logarithmic=False, least=-5.0, most=5.0
    )
    wander: float = parameter(0.15, "1", "assumed", spread=0.5, most=5.0)
    noise: float = parameter(0.008, "1", "assumed", spread=0.3, most=5.0)
    tremble: float = parameter(0.1, "1", "of full movement; assumed", most=10.0)
    sway: float = parameter(1.5, "1", "of full movement; assumed", most=20.0)


@dataclass(frozen=True, slots=True)
class WristPpg(Ppg):
    """At the wrist: nearer to the heart, a smaller pulse, more noise, a sensor that slides."""

    transit: float = parameter(
        0.150, "s", "assumed", spread=0.1, least=TRANSIT[0], most=TRANSIT[1]
    )
    jitter: float = parameter(0.004, "s", "assumed", spread=0.3, most=0.05)
    size: float = parameter(0.35, "1", "assumed", spread=0.4, most=100.0)
    constriction: float = parameter(0.25, "1", "assumed", most=5.0)
    wander: float = parameter(0.2, "1", "assumed", spread=0.5, most=5.0)
    noise: float = parameter(0.02, "1", "assumed", spread=0.3, most=5.0)
    sway: float = parameter(3.0, "1", "of full movement; assumed", most=20.0)


def at_beats(track: Signal, times: FloatArray) -> FloatArray:
    """Return what a track that is held from beat to beat says of each beat.

    Parameters
    ----------
    track : Signal
        At 10 Hz, from second 0 on.
    times : ndarray, shape (m,)
        Beats (s).

    Returns
    -------
    ndarray, shape (m,)
    """
    place = np.ceil(times * RATE - 1e-9).astype(np.int64)
    return np.asarray(track.values[np.clip(place, 0, len(track) - 1)], dtype=np.float64)


def arrivals(
    ppg: Ppg, truth: PersonTruth, times: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return when the feet of the pulses of beats at `times` (s) arrive, in s.

    The pre-ejection period, shorter under sympathetic drive, and the transit, shorter at a
    higher systolic pressure.

    Parameters
    ----------
    ppg : Ppg
        Of the place.
    truth : PersonTruth
        The body.
    times : ndarray, shape (m,)
        R waves (s).
    rng : Generator
        Of the jitter.

    Returns
    -------
    ndarray, shape (m,)
        Rising.
    """
    drive = at_beats(truth.sympathetic_effect, times) - 1
    ejection = np.clip(ppg.ejection - ppg.ejection_by_drive * drive, *EJECTION)
    above = at_beats(truth.systolic, times) - ppg.pressure
    transit = np.clip(ppg.transit - ppg.transit_by_pressure * above, *TRANSIT)
    late = ejection + transit + ppg.jitter * rng.standard_normal(times.size)
    return np.asarray(np.maximum.accumulate(times + late) + 1e-9 * np.arange(times.size))


def photoplethysmogram(
    ppg: Ppg, truth: PersonTruth, beats: Traced, *, feet: FloatArray, sampling: Sampling,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return a photoplethysmogram in arbitrary units: blood lets it rise.

    Each pulse is two waves; the tangent at the steepest point of the first one meets the
    baseline at the pulse's foot. Its height follows the beat's pulse pressure and falls as
    the sympathetic drive (the cardiac one stands for that of the vessels) constricts.

    Parameters
    ----------
    ppg : Ppg
        Of the place.
    truth : PersonTruth
        The body.
    beats : Traced
        What looks like beats.
    feet : ndarray, shape (m,)
        When the pulse of each arrives (s).
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
    out *= ppg.noise
    baseline = wandering(slow, int(truth.inputs.seconds) + 4, 1.0, taus=(8.0, 32.0, 128.0))
    add_track_of(out, sampling, baseline, 1.0, gain=ppg.wander)
    add_track_of(
        out, sampling, truth.volume.values, truth.volume.sampling_rate,
        gain=ppg.breath_on_baseline,
    )  # fmt: skip
    add_disturbed(
        out, sampling, truth.inputs.movement, fast=ppg.tremble, slow=ppg.sway, rng=moving
    )
    height = ppg.size * beats.size * _height(ppg, truth, beats.times)
    longer = lengthened(beats.interval)
    for after, width, share in (
        (LONGEST_UPSTROKE * ppg.width, ppg.width, 1.0),
        (ppg.second_after, ppg.second_width, ppg.second_size),
    ):
        add_bumps(out, sampling.rate, feet + after * longer, width * longer, share * height)
    return out


def _height(ppg: Ppg, truth: PersonTruth, times: FloatArray) -> FloatArray:
    pulse = at_beats(truth.systolic, times) - at_beats(truth.diastolic, times)
    drive = at_beats(truth.sympathetic, times)
    narrow = np.exp(-ppg.constriction * np.maximum(drive - 1, -1.0))
    return np.asarray(np.maximum(pulse, 0.0) / ppg.pulse_pressure * narrow)
