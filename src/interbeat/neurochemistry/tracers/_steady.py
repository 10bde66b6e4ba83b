"""Steady: two compartments in which nothing happens, beside a displacement.

Where binding is not far quicker than the passage from blood, a region answers its reference by
two exponentials, not by one. One compartment then fits badly even though nothing happens, and
a displacement fits better only because it bends the curve.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.neurochemistry.tracers._frames import convolved, course
from interbeat.neurochemistry.tracers._spec import Problem

__all__ = ["steady_left"]

RATES = np.geomspace(5e-3, 2.0, 60)  # 1/min
RIDGE = 1e-12  # keeps equal columns solvable


def steady_left(problem: Problem, reference: FloatArray, white: FloatArray) -> float:
    """Return what two compartments leave, with nothing happening.

    ``C = R1 C_R + a exp(-s t) * C_R + b exp(-q t) * C_R``, the full reference tissue model
    (Lammertsma et al. 1996, doi:10.1097/00004647-199601000-00005), for every pair of a range
    of rates.

    Parameters
    ----------
    problem : Problem
        The region.
    reference : ndarray, shape (n,)
        Its reference.
    white : ndarray, shape (c, n)
        What makes noise even and independent.

    Returns
    -------
    float
        The least sum of squares; that of the activity itself where no pair is possible.
    """
    late = convolved(course(problem.frames, reference), RATES)
    rows = np.vstack([late, reference]) @ white.T
    size = np.linalg.norm(rows, axis=1)
    size = np.where(size > 0, size, 1.0)
    rows = rows / size[:, None]
    y = white @ problem.activity
    slow, quick = np.triu_indices(RATES.size, 1)
    sets = np.stack([np.full(slow.size, RATES.size), slow, quick], axis=1)
    normal = (rows @ rows.T)[sets[:, :, None], sets[:, None, :]] + RIDGE * np.eye(3)
    moment = (rows @ y)[sets]
    found = np.linalg.solve(normal, moment[:, :, None])[:, :, 0]
    possible = _possible(found / size[sets], RATES[slow], RATES[quick])
    explained = np.where(possible, np.sum(found * moment, axis=1), 0.0)
    return max(float(y @ y - np.max(explained)), 0.0)


def _possible(coefficients: FloatArray, slow: FloatArray, quick: FloatArray) -> BoolArray:
    """Return which can be two compartments beside a reference of one.

    Such a region answers plasma by ``R1 K1' (A exp(-s t) + B exp(-q t))``, A and B from 0 up
    and 1 together, so that with the washout k of the reference ``a = R1 A (k - s)`` and
    ``b = R1 B (k - q)``. A k for which A and B sum to 1 is there if b is not negative, or if
    the least of ``a / (k - s) - b / (q - k)`` between the rates is not above R1.
    """
    ratio, late, early = coefficients.T
    least = (np.sqrt(np.maximum(late, 0)) + np.sqrt(np.maximum(-early, 0))) ** 2
    fits = (early >= 0) | (least <= ratio * (quick - slow))
    return np.asarray((ratio > 0) & (late >= 0) & fits)
