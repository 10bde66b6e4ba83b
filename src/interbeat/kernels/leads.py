"""A loop that makes one strength of those of several leads, each as far as it is good."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["empty_leads", "fuse"]

Floats = NDArray[np.float64]

STILL = 1e-6  # of a beat: a lead with less strength is held, not heard
RING = 16  # stretches of which the largest strengths are known
STATE = 5 + RING  # numbers known of a lead

# places in what is known of a lead: mean root of its strengths, level of its beats, largest
# strength of this stretch, weight, one over the level, and the ring from there on
FLOOR, LEVEL, LARGEST, WEIGHT, SCALE, FIRST = range(6)


def empty_leads(strengths: Floats) -> Floats:
    """Return what the first `strengths` (leads, n), of a few beats, tell of each lead."""
    leads = np.zeros((strengths.shape[0], STATE))
    leads[:, FLOOR] = np.sqrt(strengths).mean(axis=1)
    leads[:, FIRST:] = strengths.max(axis=1, keepdims=True)
    leads[:, LARGEST] = leads[:, LEVEL] = leads[:, FIRST]
    return leads


@njit(cache=True)
def _weigh(lead: Floats, stretch: int, p: Floats) -> None:
    """At the end of a stretch, learn how large the beats of a lead are, and how clear."""
    lead[FIRST + stretch % RING] = lead[LARGEST]
    lead[LARGEST] = 0.0
    recent = lead[FIRST:].max()
    if lead[LEVEL] == 0.0:
        lead[LEVEL] = recent
    elif recent > 0.0:
        change = min(max(math.log(recent / lead[LEVEL]), -p[2]), p[2])
        lead[LEVEL] *= math.exp(p[1] * change)
    floor = lead[FLOOR] * lead[FLOOR]
    if lead[LEVEL] <= 0.0 or recent <= 0.0 or floor <= 0.0:
        lead[WEIGHT] = 0.0
        return
    lead[SCALE] = 1.0 / lead[LEVEL]
    clear = (math.log(min(recent, lead[LEVEL]) / floor) - p[3]) / p[4]
    there = (recent / lead[LEVEL] - p[5]) / p[6]
    lead[WEIGHT] = min(max(clear, 0.0), 1.0) ** 2 * min(max(there, 0.0), 1.0)


@njit(cache=True)
def fuse(
    strengths: Floats, waves: Floats, taken: int, stretch: int, leads: Floats, p: Floats
) -> Floats:
    """Return the strength of all leads together, and what each lead is worth.

    Parameters
    ----------
    strengths : shape (leads, n)
        The next of each lead.
    waves : shape (leads, n)
        What the strengths were made of; scaled here as the strengths are.
    taken : int
        Strengths before these.
    stretch : int
        Strengths after which the weights change.
    leads : shape (leads, STATE)
        What is known of each, by the places above; changed.
    p : shape (8,)
        0 learning rate of the mean of strengths, 1 of the level of beats, 2 most that this
        changes by, 3 logarithm of beats over the mean at which a lead is worth nothing, 4 and
        how much more makes it good, 5 share of the level of beats at which it is lost, 6 and
        how much more makes it there, 7 largest strength, in beats.

    Returns
    -------
    array, shape (1 + leads, n)
        Weighted mean of the strengths, each over its level of beats; the weights, 0 to 1.
    """
    count = strengths.shape[0]
    out = np.empty((1 + count, strengths.shape[1]))
    for n in range(strengths.shape[1]):
        if (taken + n) % stretch == 0:
            for k in range(count):
                _weigh(leads[k], (taken + n) // stretch, p)
        total = 0.0
        for k in range(count):
            strength = strengths[k, n]
            leads[k, LARGEST] = max(leads[k, LARGEST], strength)
            leads[k, FLOOR] += p[0] * (math.sqrt(strength) - leads[k, FLOOR])
            there = strength * leads[k, SCALE] > STILL
            out[1 + k, n] = leads[k, WEIGHT] if there else 0.0
            total += out[1 + k, n]
        fused = 0.0
        for k in range(count):
            weight = out[1 + k, n] / total if total > 0.0 else 1.0 / count
            strength = min(strengths[k, n] * leads[k, SCALE], p[7])
            fused += weight * math.sqrt(strength)
            waves[k, n] *= weight * leads[k, SCALE]
        out[0, n] = fused * fused
    return out
