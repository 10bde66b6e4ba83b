"""Circulation: vagus, sympathetic nerve, pressure and sinus node of one body, at work."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interbeat.body.heart import Heart
from interbeat.body.inputs import RATE, STEP_RATE, Inputs
from interbeat.body.lungs import Breathing
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams, ornstein_uhlenbeck
from interbeat.body.outflow import contractions, outflows
from interbeat.core.arrays import FloatArray
from interbeat.kernels.circulation import Body, Drives, circulation_of

__all__ = ["Circulation", "circulate"]

FINE = round(STEP_RATE / RATE)
SETTLING = 60.0  # s: before second 0, with everything held as it is then
FASTEST = 0.28  # s: no interval is shorter, whatever drives the heart
LONGEST = 2.6  # s: no interval is longer


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

    Vagal outflow is multiplied by breath and baroreflex (Eckberg 2003: breath gates it), the
    sympathetic one by the baroreflex; beats come by integral pulse frequency modulation of the
    product of what both nerves do (Rosenblueth & Simeone 1934; Bailón et al. 2011). Pressure
    runs off through vessels that answer late (DeBoer et al. 1987; Seidel & Herzel 1998).
    Other than DeBoer's it is a model in time, not in beats; other than Seidel's, the vagus
    acts on the interval in a line, and its sensitivity does not depend on the phase of a beat.

    Threat and movement strengthen the beats, and the baroreflex is reset with them to work
    around the higher pressure (Raven et al. 2006; Dampney 2017). Here it is reset altogether:
    what stronger beats add multiplies pressure above its ground and moves no beat. (Where all
    that fills the vessels is multiplied, so is all that is left of it; the reflex hears the
    quotient.) In ms/mmHg the reflex is then weaker by that factor.

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

    Returns
    -------
    Circulation

    Examples
    --------
    >>> from interbeat.body.couple import live
    >>> from interbeat.body.person import Person
    >>> truth = live([Person(age=30)], [Inputs.at_rest(300)], seed=1)["a"]
    >>> 55 < 60 * len(truth.beats) / 300 < 75
    True
    """
    driven = outflows(heart, inputs, mind=mind, breathing=breathing, streams=streams)
    n, before = inputs.danger.size, round(SETTLING * RATE)
    drives = Drives(*(np.concatenate((np.full(before, one[0]), one)) for one in driven))
    still = np.zeros(before * FINE)
    volume = np.concatenate((still, breathing.centered))
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
    beats = times[first:last] - SETTLING
    high, low = (
        np.interp(beats, np.arange(n) / RATE, factor)
        for factor in contractions(heart, inputs, mind.threat)
    )
    return Circulation(
        beats,
        heart.ground + (systolic[first:last] - heart.ground) * high,
        heart.ground + (diastolic[first:last] - heart.ground) * low,
        driven.vagal,
        driven.sympathetic,
        slowed[before:],
        hastened[before:],
    )


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
    older = age - heart.reflex_age
    vagal_reflex = heart.vagal_reflex * math.exp(-heart.reflex_ageing * older)

    def steps(seconds: float) -> int:
        return round(seconds * STEP_RATE)

    return Body(
        60 / intrinsic, vagal_gain, heart.sympathetic_gain,
        LONGEST * intrinsic / 60 - 1, fastest / intrinsic - 1,
        vagal_reflex, heart.sympathetic_reflex, heart.vessel_reflex, heart.gate,
        mean, heart.reflex_range, heart.adaptation,
        steps(heart.vagal_delay), steps(heart.sympathetic_delay), steps(heart.vessel_delay),
        heart.vagal_lag, heart.nerve_lag, heart.release_lag, heart.vessel_lag,
        heart.resistance, runoff, heart.ground, heart.pulse_pressure, heart.filling,
        rest,
    )  # fmt: skip
