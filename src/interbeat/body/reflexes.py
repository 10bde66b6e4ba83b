"""Reflexes: what a cue does at once to the nerves of the heart.

The sign depends on how near the danger is, or is felt to be. Noticing something new, or a sign
of danger to come, slows the heart by a vagal burst (orienting, fear-conditioned bradycardia);
what is intense or upon the body sets off the defense reflex: two accelerations, each followed
by a deceleration, the first pair vagal, the second pair sympathetic as well [1]_.

References
----------
.. [1] Vila et al. (2007), International Journal of Psychophysiology 66:169.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from interbeat.body.cues import CUES
from interbeat.body.inputs import RATE, Cue
from interbeat.body.learning import Belief
from interbeat.body.mind import Mind
from interbeat.core.arrays import FloatArray

__all__ = ["Noticed", "reflexes"]

BURST = 12.0  # time constants after which a burst is over
WIDTHS = 4.0  # standard deviations after which a wave is over


class Noticed(NamedTuple):
    """A cue as one person met it.

    Parameters
    ----------
    cue : Cue
        What.
    belief : Belief
        What it meant then.
    heed : float
        Share of attention that what was learnt had, 0 to 1: the rest held to the present.
    """

    cue: Cue
    belief: Belief
    heed: float


def reflexes(
    mind: Mind, noticed: tuple[Noticed, ...], sensitization: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return phasic changes of the vagal and of the sympathetic drive, in units of rest.

    Parameters
    ----------
    mind : Mind
        Whose.
    noticed : tuple of Noticed
        Cues in any order; they add up.
    sensitization : ndarray, shape (n,)
        At 10 Hz.

    Returns
    -------
    two ndarrays, shape (n,)
    """
    vagal, sympathetic = np.zeros(sensitization.size), np.zeros(sensitization.size)
    burst, (withdrawal, drive) = _burst(mind), _defense(mind)
    for one in noticed:
        first = math.ceil(one.cue.start * RATE - 1e-9)
        sensitive = float(sensitization[min(int(one.cue.start * RATE), vagal.size - 1)])
        _add(vagal, first, _slowing(mind, one, sensitive) * burst)
        size = _alarm(mind, one) * sensitive
        if size > 0:
            _add(vagal, first, size * withdrawal)
            _add(sympathetic, first, size * drive)
    return vagal, sympathetic


def _slowing(mind: Mind, one: Noticed, sensitization: float) -> float:
    """Return the size of the vagal burst: newness, and danger that is still to come.

    What is feared enough to mobilize is no longer to come: it is as if it happened now.
    """
    kind, known = CUES[one.cue.name], one.belief
    feared = sensitization * one.cue.salience * known.danger * one.heed
    now = float(expit((feared - mind.threshold) / mind.steepness))
    new = mind.orienting * math.exp(-mind.habituating * known.familiarity) * (1 - kind.alarm)
    coming = mind.bradycardia * known.danger * one.heed * (1 - kind.contact) * (1 - now)
    return one.cue.salience * (new + coming)


def _alarm(mind: Mind, one: Noticed) -> float:
    """Return the size of the defense reflex: intensity, and danger that is upon the body."""
    kind, known = CUES[one.cue.name], one.belief
    loud = kind.alarm * math.exp(-mind.defense_habituating * known.familiarity)
    upon = kind.contact * known.danger * one.heed
    return mind.defense * one.cue.salience * (loud + upon)


def _burst(mind: Mind) -> FloatArray:
    times = np.arange(0.0, BURST * mind.burst_peak, 1 / RATE) / mind.burst_peak
    return np.asarray(times * np.exp(1 - times))


def _defense(mind: Mind) -> tuple[FloatArray, FloatArray]:
    last = max(mind.defense_fourth_at, mind.defense_release_at)
    times = np.arange(0.0, last * (1 + WIDTHS * mind.defense_width), 1 / RATE)

    def wave(at: float) -> FloatArray:
        return np.asarray(np.exp(-0.5 * ((times - at) / (mind.defense_width * at)) ** 2))

    vagal = (
        mind.defense_first * wave(mind.defense_first_at)
        + mind.defense_second * wave(mind.defense_second_at)
        + mind.defense_third * wave(mind.defense_third_at)
        + mind.defense_fourth * wave(mind.defense_fourth_at)
    )
    drive = mind.defense_drive * wave(mind.defense_drive_at)
    return vagal, drive - mind.defense_release * wave(mind.defense_release_at)


def _add(track: FloatArray, first: int, what: FloatArray) -> None:
    room = track[first : first + what.size]
    room += what[: room.size]
