"""Outflow: what the brain sends to heart and vessels, before breath and baroreflex gate it."""

from __future__ import annotations

import numpy as np

from interbeat.body.heart import Heart
from interbeat.body.inputs import RATE, Inputs
from interbeat.body.lungs import Breathing
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams, wandering
from interbeat.core.arrays import FloatArray
from interbeat.kernels.circulation import Drives

__all__ = ["outflows"]

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
