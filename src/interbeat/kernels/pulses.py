"""Loops over pulse waves: which way is up, and how like the waves before it each wave is."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["alike", "upward"]

Floats = NDArray[np.float64]
MOST = 4.0  # times its usual size: beyond that a slope counts no more


@njit(cache=True)
def alike(
    values: Floats, first: int, at: Floats, before: int, shapes: Floats, seen: Floats, rank: int
) -> Floats:
    """Return how like the waves before it each wave is, -1 to 1, shape of `at`.

    It is the `rank`-th largest correlation with the waves that are remembered: with all of
    them where they are fewer, and 1 for the first wave of all.

    Parameters
    ----------
    values
        Samples; those within ``shapes.shape[1]`` of each wave are there.
    first : int
        Index of ``values[0]`` since the stream began.
    at
        Of each wave since the stream began, with a fraction.
    before : int
        A shape begins this many samples before its wave's instant.
    shapes : shape (m, n)
        The latest `m` waves, each of mean 0 and length 1; changed.
    seen : shape (1,)
        How many waves there were; changed.
    rank : int
        From 1.
    """
    out = np.ones(at.size)
    most, width = shapes.shape
    shape = np.empty(width)
    for n in range(at.size):
        whole = math.floor(at[n])
        part = at[n] - whole
        begin = int(whole) - before - first
        mean = 0.0
        for i in range(width):
            shape[i] = (1.0 - part) * values[begin + i] + part * values[begin + i + 1]
            mean += shape[i]
        mean /= width
        square = 0.0
        for i in range(width):
            shape[i] -= mean
            square += shape[i] * shape[i]
        scale = 1.0 / math.sqrt(square) if square > 0.0 else 0.0
        for i in range(width):
            shape[i] *= scale
        known = int(min(seen[0], most))
        if known > 0:
            best = np.empty(known)
            for k in range(known):
                total = 0.0
                for i in range(width):
                    total += shape[i] * shapes[k, i]
                best[k] = total
            best.sort()
            out[n] = best[known - min(rank, known)]
        shapes[int(seen[0]) % most] = shape
        seen[0] += 1.0
    return out


@njit(cache=True)
def upward(slopes: Floats, state: Floats, memory: float) -> Floats:
    """Return the slopes in the direction in which they are steepest, zero for the others.

    Parameters
    ----------
    slopes
        Of a signal that rises faster than it falls, or the other way round.
    state : shape (5,)
        Running means of the slope's size, of its cube (over the usual size, bounded) and of
        the cube's size; direction so far, 1 or -1; and how many slopes there were; changed.
    memory : float
        Slopes that the running means reach back.
    """
    out = np.zeros(slopes.size)
    for i in range(slopes.size):
        size = abs(slopes[i])
        begun = state[4] >= memory
        state[4] += 1.0
        rate = 1.0 / min(state[4], memory)
        state[0] += rate * ((min(size, MOST * state[0]) if begun else size) - state[0])
        ratio = slopes[i] / state[0] if state[0] > 0.0 else 0.0
        cube = min(max(ratio, -MOST), MOST) ** 3
        state[1] += rate * (cube - state[1])
        state[2] += rate * (abs(cube) - state[2])
        if state[1] * state[3] < -0.2 * state[2]:
            state[3] = -state[3]
        out[i] = max(slopes[i] * state[3], 0.0)
    return out
