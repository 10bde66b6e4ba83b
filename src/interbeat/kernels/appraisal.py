"""Appraisal: threat, safety and immobility of two people, each reached by the other."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Traits", "appraise_pair"]

FloatArray = NDArray[np.float64]

MOST_CALM = 1.0  # nobody shows more: two who calm each other would else grow calmer without end


class Traits(NamedTuple):
    """Numbers of one person and of what reaches them, times in steps.

    Parameters
    ----------
    threshold, steepness, comfort : float
        Of the step from danger to threat.
    rise, fall, settling, stilling : float
        Share of the way that threat (up, down), safety and immobility go in one step.
    overwhelm : float
        Danger beyond which immobility grows.
    sensitizing, strong, most : float
        Rise of sensitization per step and unit of threat, from which threat on, up to what.
    fading : float
        Share of sensitization that is lost in one step.
    threat, calm, reassurance : float
        Gains of what the other shows.
    accustoming : float
        Share of the way that one gets used to the other's threat in one step.
    delay : int
        Steps that it takes to arrive, at least 1.
    """

    threshold: float
    steepness: float
    comfort: float
    rise: float
    fall: float
    settling: float
    stilling: float
    overwhelm: float
    sensitizing: float
    strong: float
    most: float
    fading: float
    threat: float
    calm: float
    reassurance: float
    accustoming: float
    delay: int


@njit(cache=True)
def appraise_pair(
    traits: tuple[Traits, Traits],
    learnt: FloatArray,
    danger: FloatArray,
    safety: FloatArray,
    control: FloatArray,
    contact: FloatArray,
    out: FloatArray,
) -> None:
    """Fill in threat, safety, immobility and sensitization of two people over time.

    Parameters
    ----------
    traits : two Traits
        Of a and of b.
    learnt, danger, safety, control : ndarray, shape (2, n), contiguous
        Danger that was learnt (which sensitization multiplies) and that was not, safety, and
        0 (nothing can be done) to 1.
    contact : ndarray, shape (n,), contiguous
        How far what one shows reaches the other.
    out : ndarray, shape (2, 4, n), contiguous
        Filled. ``out[:, 3, 0]`` is the sensitization before the first step.
    """
    n = contact.size
    state = np.zeros((2, 3))
    state[0, 2], state[1, 2] = out[0, 3, 0], out[1, 3, 0]
    still, used = np.zeros(2), np.zeros(2)
    for t in range(n):
        for i in range(2):
            own = traits[i]
            seen = t - own.delay
            shown = contact[t] * out[1 - i, 0, seen] if seen >= 0 else 0.0
            shown_calm = contact[t] * min(out[1 - i, 1, seen], MOST_CALM) if seen >= 0 else 0.0
            threat, calm, sensitization = state[i]

            news = max(shown - used[i], 0.0)
            used[i] += own.accustoming * (shown - used[i])
            perceived = sensitization * learnt[i, t] + danger[i, t] + own.threat * news
            soothing = max(safety[i, t] + own.calm * shown_calm + own.reassurance * shown, 0.0)
            weighed = perceived - own.comfort * soothing - own.threshold
            nothing = 1 / (1 + math.exp(own.threshold / own.steepness))
            target = max(1 / (1 + math.exp(-weighed / own.steepness)) - nothing, 0.0)

            share = own.rise if target > threat else own.fall
            after = threat + share * (target - threat)
            state[i, 0] = after
            state[i, 1] = calm + own.settling * (soothing * (1 - threat) - calm)
            helpless = max(perceived - own.overwhelm, 0.0) * (1 - control[i, t])
            still[i] += own.stilling * (helpless - still[i])
            lived = own.sensitizing * max(threat - own.strong, 0.0)
            state[i, 2] = (
                sensitization
                + lived * (own.most - sensitization)
                - own.fading * (sensitization - 1)
            )
        for i in range(2):
            out[i, 0, t] = state[i, 0]
            out[i, 1, t] = state[i, 1]
            out[i, 2, t] = still[i]
            out[i, 3, t] = state[i, 2]
