"""Heart: vagus, sympathetic nerve, pressure and sinus node of one body."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.body.inputs import RATE, STEP_RATE, Inputs
from interbeat.body.lungs import Breathing
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams, ornstein_uhlenbeck, wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray
from interbeat.kernels.circulation import Body, Drives, circulation_of

__all__ = ["Circulation", "Heart", "circulate"]

FINE = round(STEP_RATE / RATE)
SETTLING = 60.0  # s: before second 0, with everything held as it is then
SLOW = (8.0, 32.0, 128.0, 512.0)  # s: time constants of slow variability, about 1/f together
FASTEST = 0.28  # s: no interval is shorter, whatever drives the heart
LONGEST = 2.6  # s: no interval is longer


@dataclass(frozen=True, slots=True)
class Heart(Organ):
    """Parameters of the heart, its nerves and the vessels."""

    # The sinus node.
    intrinsic_rate: float = parameter(
        118.1, "bpm", "at age 0: Jose & Collison 1970", spread=0.08, least=70.0, most=180.0
    )
    intrinsic_slope: float = parameter(
        0.57, "bpm/year", "Jose & Collison 1970", least=0.0, most=1.0
    )
    resting_rate: float = parameter(
        65.0, "bpm", "Nunan 2010: 926 ms", spread=0.10, least=38.0, most=110.0
    )
    sympathetic_gain: float = parameter(
        0.12, "1", "101 over 111 bpm: Nyberg 1981 gives 25 % of displacement; assumed",
        spread=0.3, most=0.6,
    )  # fmt: skip
    least_vagal_gain: float = parameter(
        0.05, "1", "what the vagus at rest adds to the interval at least; assumed", least=0.01
    )
    fastest_rate: float = parameter(
        208.0, "bpm", "at age 0: Tanaka 2001", spread=0.04, least=150.0, most=240.0
    )
    fastest_slope: float = parameter(0.7, "bpm/year", "Tanaka 2001", most=1.0)
    # The vagus.
    vagal_delay: float = parameter(
        0.25,
        "s",
        "Eckberg 1976: 0.24; Borst & Karemaker 1983: 0.5 to 0.6",
        least=0.05,
        most=1.0,
    )
    vagal_lag: float = parameter(
        1.33, "s", "Hirsch & Bishop 1981: corner at 7.2/min", spread=0.15, least=0.3, most=4.0
    )
    gate: float = parameter(
        0.9, "1/L", "share of vagal outflow; multiplies it: Eckberg 2003", spread=0.35, most=3.0
    )
    vagal_reflex: float = parameter(0.034, "1/mmHg", "Kotani 2005: 0.036", spread=0.3, most=0.2)
    vagal_wander: float = parameter(
        0.16, "1", "sd of log of slow variability: fitted to Nunan 2010", spread=0.3,
        most=0.6,
    )  # fmt: skip
    # The cardiac sympathetic nerve.
    sympathetic_delay: float = parameter(1.7, "s", "Berger 1989", least=0.3, most=5.0)
    nerve_lag: float = parameter(
        2.0, "s", "Mokrane & Nadeau 1998: 1 to 2", least=0.3, most=10.0
    )
    release_lag: float = parameter(
        9.0, "s", "noradrenaline at the node: Mokrane & Nadeau 1998", least=1.0, most=30.0
    )
    sympathetic_reflex: float = parameter(0.02, "1/mmHg", "assumed", spread=0.3, most=0.1)
    sympathetic_wander: float = parameter(0.20, "1", "as vagal_wander", spread=0.3, most=0.6)
    # Pressure and vessels.
    systolic: float = parameter(
        116.0, "mmHg", "at rest; textbook", spread=0.08, least=80.0, most=220.0
    )
    pulse_pressure: float = parameter(
        42.0, "mmHg", "at rest; textbook", spread=0.12, least=20.0, most=75.0
    )
    ground: float = parameter(25.0, "mmHg", "to which pressure runs off; assumed", most=40.0)
    filling: float = parameter(16.0, "mmHg/s", "DeBoer 1987: restitution", most=60.0)
    suction: float = parameter(
        3.0, "mmHg s/L", "pulse pressure falls with -dV/dt: Saul 1991; size assumed", most=30.0
    )
    reflex_range: float = parameter(
        18.0, "mmHg", "DeBoer 1987; Heldt 2004", least=5.0, most=50.0
    )
    adaptation: float = parameter(
        0.4, "s", "of the baroreceptors; assumed", least=0.05, most=3.0
    )
    vessel_delay: float = parameter(
        2.5, "s", "Borst & Karemaker 1983: 2 to 3", least=1.0, most=5.0
    )
    vessel_lag: float = parameter(2.0, "s", "Kotani 2005: uptake", least=0.5, most=10.0)
    vessel_reflex: float = parameter(
        0.0625, "1/mmHg", "fitted to Nunan 2010", spread=0.2, most=0.3
    )
    resistance: float = parameter(0.4, "1", "how far vessels follow; assumed", most=1.0)
    vessel_noise: float = parameter(
        0.20, "1", "of the outflow to the vessels: fitted to Nunan 2010", spread=0.3, most=0.6
    )
    vessel_noise_lag: float = parameter(1.0, "s", "assumed", least=0.1, most=10.0)
    # What moves the outflows.
    vagal_threat: float = parameter(
        0.30, "1", "share of vagal outflow that threat 1 takes: +7 bpm with the next",
        spread=0.3, most=0.95,
    )  # fmt: skip
    sympathetic_threat: float = parameter(
        0.73, "1", "share that threat 1 adds: +7 bpm of a stressor in the laboratory",
        spread=0.3, most=20.0,
    )  # fmt: skip
    vagal_safety: float = parameter(0.15, "1", "share that safety 1 adds; assumed", most=1.0)
    sympathetic_safety: float = parameter(
        0.15, "1", "share taken by safety 1; assumed", most=1.0
    )
    vagal_immobility: float = parameter(
        0.6, "1", "share that immobility 1 adds: fear bradycardia; size assumed", most=3.0
    )
    vagal_movement: float = parameter(
        0.6, "1", "share that movement 1 takes; assumed", most=1.0
    )
    sympathetic_movement: float = parameter(
        2.0, "1", "share added by movement 1; assumed", most=20.0
    )
    vagal_posture: float = parameter(
        0.30, "1", "share that standing takes: fitted to Sharma 2010", spread=0.2, most=0.95
    )
    sympathetic_posture: float = parameter(
        0.80, "1", "share that standing adds: fitted to Sharma 2010", spread=0.3, most=10.0
    )
    vessel_posture: float = parameter(
        0.35, "1", "share that standing adds: fitted to Sharma 2010", most=5.0
    )
    preload_posture: float = parameter(
        0.26,
        "1",
        "share of pulse pressure that standing takes: fitted to Sharma 2010",
        most=0.8,
    )
    column: float = parameter(
        10.0, "mmHg", "from heart to carotid sinus, standing: fitted to Sharma 2010", most=25.0
    )


class Circulation(NamedTuple):
    """Beats, their pressures, and what drove them.

    Parameters
    ----------
    beats, systolic, diastolic : ndarray, shape (m,)
        R waves (s), and mmHg of each beat.
    vagal, sympathetic : ndarray, shape (n,)
        Central drives at 10 Hz, before breath and baroreflex gate them; 1 is rest.
    vagal_effect, sympathetic_effect : ndarray, shape (n,)
        What arrives at the sinus node, at 10 Hz.
    """

    beats: FloatArray
    systolic: FloatArray
    diastolic: FloatArray
    vagal: FloatArray
    sympathetic: FloatArray
    vagal_effect: FloatArray
    sympathetic_effect: FloatArray


def circulate(
    heart: Heart, age: float, inputs: Inputs, *, mind: Appraisal, breathing: Breathing,
    streams: Streams,
) -> Circulation:  # fmt: skip
    """Return what the heart and the vessels of one body do.

    Parameters
    ----------
    heart : Heart
        Parameters.
    age : float
        In years.
    inputs : Inputs
        Of n samples.
    mind : Appraisal
        What is made of them.
    breathing : Breathing
        How the body breathes.
    streams : Streams
        Of this body.
    """
    vagal, sympathetic = _outflows(heart, inputs, mind, streams)
    n, before = vagal.size, round(SETTLING * RATE)
    drives = Drives(
        *(
            np.concatenate((np.full(before, track[0]), track))
            for track in (
                vagal,
                sympathetic,
                1 + heart.vessel_posture * inputs.posture,
                1 - inputs.atropine,
                1 - inputs.propranolol,
                heart.column * inputs.posture,
                1 - heart.preload_posture * inputs.posture,
            )
        )
    )
    still = np.zeros(before * FINE)
    volume = np.concatenate((still, _centered(breathing)))
    flow = np.concatenate((still, np.gradient(breathing.volume, 1 / STEP_RATE)))
    noise = heart.vessel_noise * ornstein_uhlenbeck(
        streams.of("vasomotor"), volume.size, STEP_RATE, tau=heart.vessel_noise_lag
    )
    slowed, hastened = np.empty((2, before + n))
    most = int((before + n) / RATE / FASTEST) + 1
    times, systolic, diastolic = np.empty((3, most))
    count = circulation_of(
        _body(heart, age), drives, volume, flow, noise, 1 / STEP_RATE, slowed, hastened,
        times, systolic, diastolic,
    )  # fmt: skip
    first, last = np.searchsorted(times[:count], [SETTLING, SETTLING + n / RATE])
    return Circulation(
        times[first:last] - SETTLING,
        systolic[first:last],
        diastolic[first:last],
        vagal,
        sympathetic,
        slowed[before:],
        hastened[before:],
    )


def _outflows(
    heart: Heart, inputs: Inputs, mind: Appraisal, streams: Streams
) -> tuple[FloatArray, FloatArray]:
    """Return the central vagal and cardiac sympathetic drive."""
    n = inputs.danger.size
    vagal = np.exp(heart.vagal_wander * wandering(streams.of("vagal"), n, RATE, taus=SLOW))
    sympathetic = np.exp(
        heart.sympathetic_wander * wandering(streams.of("sympathetic"), n, RATE, taus=SLOW)
    )
    vagal *= 1 - np.minimum(heart.vagal_threat * mind.threat, 1)
    vagal *= 1 + heart.vagal_safety * mind.safety + heart.vagal_immobility * mind.immobility
    vagal *= 1 - heart.vagal_movement * inputs.movement
    vagal *= 1 - heart.vagal_posture * inputs.posture
    sympathetic *= 1 + heart.sympathetic_threat * mind.threat
    sympathetic *= 1 - np.minimum(heart.sympathetic_safety * mind.safety, 1)
    sympathetic *= 1 + heart.sympathetic_movement * inputs.movement
    sympathetic *= 1 + heart.sympathetic_posture * inputs.posture
    return np.maximum(vagal + mind.reflex, 0), np.maximum(sympathetic + mind.startle, 0)


def _centered(breathing: Breathing) -> FloatArray:
    """Return liters above the mean of each breath: that gates, and leaves the mean alone."""
    starts, depths = breathing.onsets, breathing.depths
    ends = np.append(starts[1:], 2 * starts[-1] - starts[-2] if starts.size > 1 else np.inf)
    middles = (starts + np.minimum(ends, starts + 60)) / 2
    times = np.arange(breathing.volume.size) / STEP_RATE
    return np.asarray(breathing.volume - np.interp(times, middles, depths / 2))


def _body(heart: Heart, age: float) -> Body:
    """Return the numbers of one body at rest, which hang together."""
    intrinsic = heart.intrinsic_rate - heart.intrinsic_slope * age
    fastest = heart.fastest_rate - heart.fastest_slope * age
    driven = intrinsic * (1 + heart.sympathetic_gain)
    vagal_gain = max(driven / heart.resting_rate - 1, heart.least_vagal_gain)
    rest = 60 * (1 + vagal_gain) / driven
    # Pressure runs off so that it is the same at rest, however fast the heart.
    over = heart.systolic - heart.ground
    runoff = rest / math.log(over / (over - heart.pulse_pressure))
    mean = heart.ground + heart.pulse_pressure * runoff / rest

    def steps(seconds: float) -> int:
        return round(seconds * STEP_RATE)

    return Body(
        60 / intrinsic, vagal_gain, heart.sympathetic_gain,
        LONGEST * intrinsic / 60 - 1, fastest / intrinsic - 1,
        heart.vagal_reflex, heart.sympathetic_reflex, heart.vessel_reflex, heart.gate,
        mean, heart.reflex_range, heart.adaptation,
        steps(heart.vagal_delay), steps(heart.sympathetic_delay), steps(heart.vessel_delay),
        heart.vagal_lag, heart.nerve_lag, heart.release_lag, heart.vessel_lag,
        heart.resistance, runoff, heart.ground, heart.pulse_pressure, heart.filling,
        heart.suction, rest,
    )  # fmt: skip
