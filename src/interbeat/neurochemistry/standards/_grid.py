"""Where a fit may begin: the one of many curves that is best with its best ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray

__all__ = ["Begin", "begin", "logs", "middles"]

FAINTEST = 1e-300  # stands for a concentration of zero where its logarithm is needed
MIDDLES = 25
BELOW, ABOVE = 3.0, 100.0  # how far beyond the standards a curve's middle is looked for


class Begin(NamedTuple):
    """The best of many curves: which, and the responses at both of its ends."""

    which: int
    zero: float
    infinity: float


def logs(concentrations: FloatArray) -> FloatArray:
    """Return natural logarithms; that of zero is some -690, which no curve tells from it."""
    return np.asarray(np.log(np.maximum(concentrations, FAINTEST)))


def middles(concentrations: FloatArray) -> FloatArray:
    """Return where the middle of a curve may be, evenly in the logarithm."""
    some = concentrations[concentrations > 0]
    return np.asarray(np.geomspace(some.min() / BELOW, some.max() * ABOVE, MIDDLES))


def begin(shares: FloatArray, responses: FloatArray) -> Begin:
    """Return the best of many curves for these responses.

    A response is ``infinity + (zero - infinity) * share``: linear in its two ends, so that each
    curve's best ends are found by a straight line (Golub and Pereyra 1973).

    Parameters
    ----------
    shares : ndarray, shape (k, n)
        Of each curve: 1 at concentration zero, 0 at infinity.
    responses : ndarray, shape (n,)
        As measured.
    """
    centered = shares - shares.mean(axis=1, keepdims=True)
    spread = np.maximum(np.sum(centered**2, axis=1), 1e-12)
    height = centered @ (responses - responses.mean()) / spread
    which = int(np.argmax(height**2 * spread))
    infinity = float(responses.mean() - height[which] * shares[which].mean())
    return Begin(which, infinity + float(height[which]), infinity)
