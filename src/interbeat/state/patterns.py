"""Patterns: six names for where the drives are, as probabilities, "unknown" being one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from interbeat.core.arrays import FloatArray
from interbeat.state.checking import CheckIn

__all__ = ["PATTERNS", "patterns"]

PATTERNS = (
    "settled", "alert", "mobilized", "co-activated", "low-arousal (uncertain)", "unknown",
)  # fmt: skip

# Beyond this a drive is outside of what the same person does at rest: 80 % of the seconds of
# simulated people to whom nothing happens lie within (against their own first three minutes).
VAGAL_RANGE, SYMPATHETIC_RANGE = 0.28, 0.38
# How far off each drive is when nothing is seen: evidence is what is known beyond that.
VAGAL_PRIOR, SYMPATHETIC_PRIOR = 0.40, 0.37
UNBREATHED = 0.5  # of the evidence is left where breathing was not measured
SAID = 300.0  # s: time constant with which what someone said of themselves grows old
# Gauss and Hermite's nodes and weights: vagal drive is stepped through, the rest is exact.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def patterns(
    times: FloatArray, drives: FloatArray, within: FloatArray, *, quality: FloatArray,
    breathed: bool, check_ins: Sequence[CheckIn],
) -> FloatArray:  # fmt: skip
    """Return the probability of each pattern, second by second.

    A drive is up or down where it leaves the person's own resting range. Sympathetic up with
    vagal down is *mobilized*, both up *co-activated*, one of the two moved in the direction of
    effort *alert*. What is left is quiet, and quiet is not called safe: no sensor tells a
    settled body from a withdrawn one, so that it is *low-arousal (uncertain)* until the person
    says "toward", which makes it *settled*. What they said grows old in some minutes.
    Whatever the drives seem to be, it is *unknown* to the degree that they are hardly better
    known than before anything was seen, or the signal was poor.

    Parameters
    ----------
    times : ndarray, shape (n,)
        In s.
    drives, within : ndarray, shapes (n, 3) and (n, 3, 3)
        Vagal drive, sympathetic drive and arousal against rest, and their covariance.
    quality : ndarray, shape (n,)
        0 to 1.
    breathed : bool
        Whether breathing was measured.
    check_ins : sequence of CheckIn
        What the person said; never used before it was said.

    Returns
    -------
    ndarray, shape (n, 6)
        In the order of ``PATTERNS``.

    Examples
    --------
    >>> at_rest = patterns(np.array([0.0]), np.zeros((1, 3)), 0.01 * np.eye(3)[None],
    ...                    quality=np.ones(1), breathed=True, check_ins=())
    >>> PATTERNS[int(at_rest[0].argmax())]
    'low-arousal (uncertain)'
    """
    mobilized, both, alert = _moved(drives, within)
    quiet = np.clip(1 - mobilized - both - alert, 0, 1)
    toward = _toward(times, check_ins)
    sure = _evidence(within, quality) * (1.0 if breathed else UNBREATHED)
    seen = np.stack([quiet * toward, alert, mobilized, both, quiet * (1 - toward)], axis=1)
    out = np.empty((times.size, len(PATTERNS)))
    out[:, :-1] = sure[:, None] * seen / np.maximum(seen.sum(axis=1, keepdims=True), 1e-300)
    out[:, -1] = 1 - out[:, :-1].sum(axis=1)
    return np.clip(out, 0, 1)


def _moved(drives: FloatArray, within: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the probabilities of mobilized, co-activated and alert."""
    sd = np.sqrt(np.maximum(np.diagonal(within, axis1=1, axis2=2), 1e-12))
    shared = within[:, 0, 1] / sd[:, 0]
    rest = np.sqrt(np.maximum(sd[:, 1] ** 2 - shared**2, 1e-12))
    vagal = drives[:, :1] + sd[:, :1] * NODES
    middle = drives[:, 1:2] + shared[:, None] * NODES
    up = ndtr((middle - SYMPATHETIC_RANGE) / rest[:, None])
    down, high = vagal < -VAGAL_RANGE, vagal > VAGAL_RANGE
    return _over(up * down), _over(up * high), _over(up * ~(down | high) + (1 - up) * down)


def _over(shares: FloatArray) -> FloatArray:
    """Return the mean over nodes, row by row: no row feels how many there are."""
    return np.asarray((shares * WEIGHTS).sum(axis=1))


def _toward(times: FloatArray, check_ins: Sequence[CheckIn]) -> FloatArray:
    """Return how far the last check-in says that quiet is welcome, growing old; 0 without."""
    toward = np.zeros(times.size)
    for said in sorted(check_ins, key=lambda c: c.time):
        later = times >= said.time
        fresh = np.exp(-(times[later] - said.time) / SAID)
        toward[later] = fresh if said.direction == "toward" else 0.0
    return toward


def _evidence(within: FloatArray, quality: FloatArray) -> FloatArray:
    """Return 0 (nothing is known beyond what is known of anybody) to 1."""
    vagal = 1 - within[:, 0, 0] / VAGAL_PRIOR**2
    sympathetic = 1 - within[:, 1, 1] / SYMPATHETIC_PRIOR**2
    return np.asarray(quality * np.sqrt(np.clip(vagal, 0, 1) * np.clip(sympathetic, 0, 1)))
