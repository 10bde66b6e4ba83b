"""Outflow: what the brain sends to heart and vessels, before breath and baroreflex gate it."""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import lfilter

from interbeat.body.heart import Heart
from interbeat.body.inputs import RATE, Inputs
from interbeat.body.lungs import Breathing
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams, wandering
from interbeat.core.arrays import FloatArray
from interbeat.kernels.circulation import Drives

__all__ = ["contractions", "outflows"]

SLOW = (15.0, 60.0, 240.0, 960.0)  # s: time constants of slow variability, about 1/f together


def outflows(
    heart: Heart, inputs: Inputs, *, mind: Appraisal, breathing: Breathing, streams: Streams
) -> Drives:
    """Return what drives heart and vessels, at 10 Hz.

    Each influence takes or adds a share of what is there, so that none makes another's effect
    negative; reflexes at cues come on top, as they are measured in units of rest.

    Parameters
    ----------
    heart : Heart
        Parameters.
    inputs : Inputs
        What the world does.
    mind : Appraisal
        What is made of it.
    breathing : Breathing
        How the body breathes.
    streams : Streams
        Of this body.
    """
    upright = inputs.posture
    return Drives(
        np.maximum(_vagal(heart, inputs, mind, streams) + mind.reflex, 0),
        np.maximum(_sympathetic(heart, inputs, mind, streams) + mind.startle, 0),
        _vessels(heart, inputs, mind, breathing),
        1 - inputs.atropine,
        1 - inputs.propranolol,
        heart.column * upright - heart.reset_deepening * np.maximum(breathing.deepening, 0),
        1 - heart.preload_posture * upright,
        heart.suction * (1 + heart.suction_posture * upright),
    )


def contractions(
    heart: Heart, inputs: Inputs, threat: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return by what factors stronger beats raise systolic and diastolic pressure, at 10 Hz.

    Factors of what is above the pressure to which vessels run off. The nerve that strengthens
    the beats is blocked with the beta receptors. Movement opens the vessels of the muscles, so
    that diastolic pressure stays.

    Parameters
    ----------
    heart : Heart
        Parameters.
    inputs : Inputs
        What the world does, n samples.
    threat : ndarray, shape (n,)
        As :class:`~interbeat.body.mind.Appraisal` has it.
    """
    free = 1 - inputs.propranolol
    alarmed = 1 + _late(heart.contraction_threat * threat * free, heart.contraction_lag)
    moved = 1 + _late(
        heart.contraction_movement * inputs.movement * free, heart.contraction_lag
    )
    return alarmed * moved, alarmed


def _late(track: FloatArray, lag: float) -> FloatArray:
    """Return a track through a lag of first order that has settled on its first value."""
    keep = math.exp(-1 / (lag * RATE))
    late, _ = lfilter([1 - keep], [1.0, -keep], track, zi=[keep * track[0]])
    return np.asarray(late, dtype=np.float64)


def _vagal(heart: Heart, inputs: Inputs, mind: Appraisal, streams: Streams) -> FloatArray:
    slow = wandering(streams.of("vagal"), inputs.danger.size, RATE, taus=SLOW)
    out = np.exp(heart.vagal_wander * slow)
    out *= np.maximum(1 - heart.vagal_threat * mind.threat, 0)
    out *= 1 + heart.vagal_safety * mind.safety + heart.vagal_immobility * mind.immobility
    out *= 1 + heart.vagal_cold * inputs.cold_face
    out *= 1 - heart.vagal_movement * inputs.movement
    out *= 1 - heart.vagal_posture * inputs.posture
    return np.asarray(out)


def _sympathetic(heart: Heart, inputs: Inputs, mind: Appraisal, streams: Streams) -> FloatArray:
    slow = wandering(streams.of("sympathetic"), inputs.danger.size, RATE, taus=SLOW)
    out = np.exp(heart.sympathetic_wander * slow)
    out *= 1 + heart.sympathetic_threat * mind.threat
    out *= np.maximum(1 - heart.sympathetic_safety * mind.safety, 0)
    out *= 1 + heart.sympathetic_movement * inputs.movement
    out *= 1 + heart.sympathetic_posture * inputs.posture
    return np.asarray(out)


def _vessels(heart: Heart, inputs: Inputs, mind: Appraisal, breathing: Breathing) -> FloatArray:
    out = 1 + heart.vessel_threat * mind.threat
    out *= np.maximum(1 - heart.vessel_safety * mind.safety, 0)
    out *= 1 + heart.vessel_cold * inputs.cold_face
    out *= 1 + heart.vessel_posture * inputs.posture
    # Deep breaths silence the nerves of the vessels, carbon dioxide wakes them.
    out *= np.maximum(1 - heart.vessel_deepening * np.maximum(breathing.deepening, 0), 0)
    out *= 1 + heart.vessel_chemo * np.maximum(breathing.retained, -heart.chemo_silence)
    return np.asarray(np.maximum(out, 0))
