"""The swing of intervals over a cycle whose phase is known, in each of many windows.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "COVERED",
    "INTERVALS",
    "SWING",
    "SWING_BIAS",
    "SWING_DF",
    "SWING_OPEN",
    "SWING_VARIANCE",
    "phase_fit",
]

SWING, SWING_VARIANCE, SWING_DF, COVERED, INTERVALS, SWING_BIAS, SWING_OPEN = range(7)

STEPS = 128  # phases at which a breath's waveform is looked at
HARMONICS = 3
ANGLES = 2.0 * np.pi * np.arange(STEPS) / STEPS
TURNS = np.repeat(np.arange(1.0, HARMONICS + 1), 2)[:, None]
WAVES = np.cos(TURNS * ANGLES - np.tile((0.0, np.pi / 2), HARMONICS)[:, None])
SLOPES = -TURNS * np.sin(TURNS * ANGLES - np.tile((0.0, np.pi / 2), HARMONICS)[:, None])
BENDS = -(TURNS**2) * WAVES
SLOW = 16  # cosines at most, for rhythms slower than the cycles
APART = 2.5  # cycles per window between the fastest of those and the cycles themselves
COSINES = 8  # for the noise about the cycles' own rate
FIRM = 1e-4  # of its square, that keeps a slow cosine apart from its neighbors across a gap
ROUNDS = 3
TWICE = 0.6  # of the first harmonic: how large the second is expected to be
LEAST = 0.04  # of the first harmonic: how far the third may always be from what is expected
FLATTEST = 0.15  # of the swing: how little a waveform may bend at its top
TINY = 1e-9


@njit(cache=True)
def phase_fit(
    times: NDArray[np.float64],
    good: NDArray[np.bool_],
    phase: NDArray[np.float64],
    cycle: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the swing of the intervals between events over a cycle, in each of many windows.

    Interval i runs from ``times[i]`` to ``times[i + 1]`` (s); it is used where it is
    ``good[i]`` and both its ends have a ``phase`` (0 to 1 through the ``cycle`` of that
    number). The intervals ``first[k]:last[k]`` of window k, in ms, are fitted with slow cosines
    and three harmonics of the phase, each averaged over the interval: an interval is the mean
    of what drives it, so that its swing is smaller than the drive's, which is what is returned.

    The more a harmonic is lost between the intervals, the more it is held to what is expected
    of it: the second to 0 give or take `TWICE` of the first; the third to the square of the
    second over the first, as in a waveform whose harmonics fall off evenly, give or take as
    much again. The noise about a harmonic's own rate says how far it is lost.

    The columns of the result, shape (windows, 7), are named by this module's constants:
    peak-to-trough of the fitted waveform (ms), its squared standard error, degrees of freedom
    of that (0 where there are too few intervals for a fit, in all or to a cycle), seconds of
    the intervals used, how many they were, what noise has added to the peak-to-trough (ms),
    and the variance (ms²) that the expectations leave to it.
    """
    out = np.zeros((first.size, 7))
    for k in range(first.size):
        begin, end = first[k], last[k]
        used = np.zeros(end - begin, dtype=np.bool_)
        n, covered, turns = 0, 0.0, 0.0
        for j in range(used.size):
            i = begin + j
            # a phase that is not known is NaN, and so is the advance
            advance = phase[i + 1] - phase[i] + (cycle[i + 1] - cycle[i])
            if good[i] and advance > 0.0:
                used[j] = True
                n += 1
                covered += times[i + 1] - times[i]
                turns += advance
        out[k, 3], out[k, 4] = covered, n
        if n < 10 or turns >= 0.5 * n:
            continue
        start, stop = trimmed(used, 0, used.size)
        used, begin, end = used[start:stop], begin + start, begin + stop
        seconds = times[end] - times[begin]
        slow = int(2.0 * (turns - APART * covered / seconds))
        slow = max(2, min(slow, SLOW, n // 4))
        x, y = regressors(times, phase, cycle, used, begin, slow)
        out[k, 0], out[k, 1], out[k, 2], out[k, 5], out[k, 6] = swing_of(x, y, n, slow + 1)
    return out


@njit(cache=True)
def regressors(
    times: NDArray[np.float64],
    phase: NDArray[np.float64],
    cycle: NDArray[np.int64],
    used: NDArray[np.bool_],
    begin: int,
    slow: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the used intervals are fitted with, and the intervals (ms); 0 elsewhere."""
    size, trend = used.size, slow + 1
    x, y = np.zeros((size, trend + 2 * HARMONICS)), np.zeros(size)
    seconds = times[begin + size] - times[begin]
    for j in range(size):
        if not used[j]:
            continue
        i = begin + j
        middle = 0.5 * (times[i] + times[i + 1]) - times[begin]
        cosine = math.cos(math.pi * middle / seconds)
        x[j, 0], x[j, 1] = 1.0, cosine
        for a in range(2, trend):
            x[j, a] = 2.0 * cosine * x[j, a - 1] - x[j, a - 2]
        here = 2.0 * math.pi * phase[i]
        there = 2.0 * math.pi * (phase[i + 1] + (cycle[i + 1] - cycle[i]))
        for h in range(HARMONICS):
            width = (h + 1) * (there - here)
            x[j, trend + 2 * h] = (math.sin((h + 1) * there) - math.sin((h + 1) * here)) / width
            x[j, trend + 2 * h + 1] = (
                math.cos((h + 1) * here) - math.cos((h + 1) * there)
            ) / width
        y[j] = 1000.0 * (times[i + 1] - times[i])
    return x, y


@njit(cache=True)
def swing_of(
    x: NDArray[np.float64], y: NDArray[np.float64], n: int, trend: int
) -> tuple[float, float, int, float, float]:
    """Return what is known of the waveform of the `n` intervals `y` that `x` fits.

    Its peak-to-trough, the variance of that and the variance's degrees of freedom, its bias,
    and the variance that what is expected leaves open.
    """
    size, terms = x.shape
    basis = max(3, min(COSINES, size // 8))
    square, across = normal_equations(x, y)
    hold, expected, open_to = np.zeros(terms), np.zeros(terms), np.zeros(terms)
    for a in range(1, trend):
        hold[a] = FIRM * square[a, a]
    for a in range(trend + 2, terms):
        hold[a] = square[trend, trend] / TINY  # not there, in the first round
    factor, beta, residual = square, across, y
    for turn in range(ROUNDS):
        factor, right = square.copy(), across.copy()
        for a in range(terms):
            factor[a, a] += hold[a]
            right[a] += hold[a] * expected[a]
        if not factored(factor):
            return 0.0, 0.0, 0, 0.0, 0.0
        beta = solved(factor, right)
        residual = y.copy()
        for j in range(size):
            for a in range(terms):
                residual[j] -= beta[a] * x[j, a]
        if turn < ROUNDS - 1:
            noise = np.zeros(HARMONICS)
            for h in range(1, HARMONICS):
                noise[h] = noise_about(x, residual, square, trend + 2 * h, basis)
            expect(beta[trend:], noise, square, hold, expected, open_to, turn)

    # the slow cosines take their noise from elsewhere
    free = n - 2.0 * HARMONICS
    for a in range(trend + 2, terms):
        free += hold[a] * solved(factor, one_of(a, terms))[a]
    scale = n / free
    wave = np.zeros(STEPS)
    for p in range(STEPS):
        for a in range(2 * HARMONICS):
            wave[p] += beta[trend + a] * WAVES[a, p]
    top, bottom = int(np.argmax(wave)), int(np.argmin(wave))
    height = wave[top] - wave[bottom]
    contrast = np.zeros(terms)
    contrast[trend:] = WAVES[:, top] - WAVES[:, bottom]
    weights = solved(factor, contrast)
    variance = scale * spread_along(x, residual, weights, basis)
    left_open = 0.0
    for a in range(trend + 2, terms):
        left_open += (hold[a] * weights[a]) ** 2 * open_to[a]
    bias = 0.0
    for p in (top, bottom):
        # noise moves the top along the waveform to where noise is higher
        contrast[trend:] = SLOPES[:, p]
        bend = 0.0
        for a in range(2 * HARMONICS):
            bend += beta[trend + a] * BENDS[a, p]
        moved = scale * spread_along(x, residual, solved(factor, contrast), basis)
        bias += 0.5 * moved / max(abs(bend), FLATTEST * height + TINY)
    return height, variance, basis, bias, left_open


@njit(cache=True)
def normal_equations(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower half of the matrix, and the right-hand side, of least squares."""
    terms = x.shape[1]
    square, across = np.zeros((terms, terms)), np.zeros(terms)
    for j in range(x.shape[0]):
        if y[j] == 0.0:
            continue
        for a in range(terms):
            across[a] += x[j, a] * y[j]
            for b in range(a + 1):
                square[a, b] += x[j, a] * x[j, b]
    return square, across


@njit(cache=True)
def one_of(a: int, terms: int) -> NDArray[np.float64]:
    """Return the unit vector `a` of `terms` dimensions."""
    unit = np.zeros(terms)
    unit[a] = 1.0
    return unit


@njit(cache=True)
def noise_about(
    x: NDArray[np.float64],
    residual: NDArray[np.float64],
    square: NDArray[np.float64],
    a: int,
    basis: int,
) -> float:
    """Return the variance of an interval's noise about the rate of the harmonic at `a`."""
    terms = x.shape[1]
    total = 0.0
    for b in (a, a + 1):
        total += spread_along(x, residual, one_of(b, terms), basis)
    return float(total / (square[a, a] + square[a + 1, a + 1]))


@njit(cache=True)
def expect(
    beta: NDArray[np.float64],
    noise: NDArray[np.float64],
    square: NDArray[np.float64],
    hold: NDArray[np.float64],
    expected: NDArray[np.float64],
    open_to: NDArray[np.float64],
    turn: int,
) -> None:
    """Write what is expected of the second and third harmonic, and how firmly to hold them."""
    second = square.shape[0] - 4
    third = second + 2
    base = beta[0] ** 2 + beta[1] ** 2 + TINY
    size = beta[2] ** 2 + beta[3] ** 2
    here = noise[1] / (
        0.5 * (square[second, second] + square[second + 1, second + 1]) + hold[second]
    )
    seen = max(size - 2.0 * here, 0.0) if turn > 0 else 0.0  # not yet fitted in turn 0
    # a wave is the real part of (cosine - i sine) exp(i h phase): second² / first
    real = beta[2] ** 2 - beta[3] ** 2
    imag = -2.0 * beta[2] * beta[3]
    part = seen / (size + TINY) / base
    expected[third] = part * (real * beta[0] - imag * beta[1])
    expected[third + 1] = -part * (real * beta[1] + imag * beta[0])
    open_to[second] = 0.5 * TWICE**2 * base
    open_to[third] = 0.5 * (seen**2 / base + LEAST**2 * base)
    for a in (second, third):
        open_to[a + 1] = open_to[a]
        doubt = noise[1] if a == second else noise[2]
        hold[a] = hold[a + 1] = max(doubt / open_to[a], FIRM * square[a, a])


@njit(cache=True)
def spread_along(
    x: NDArray[np.float64],
    residual: NDArray[np.float64],
    weights: NDArray[np.float64],
    basis: int,
) -> float:
    """Return the variance of a weighted sum of coefficients, residuals autocorrelated.

    The sum's influence values, projected on the slowest cosines: see
    :func:`~interbeat.kernels.windows.long_run_sum`.
    """
    size = residual.size
    sums = np.zeros(basis)
    for t in range(size):
        if residual[t] == 0.0:
            continue
        influence = 0.0
        for a in range(weights.size):
            influence += weights[a] * x[t, a]
        influence *= residual[t]
        cosine = math.cos(math.pi * (t + 0.5) / size)
        before, now = 1.0, cosine
        for j in range(basis):
            sums[j] += influence * now
            before, now = now, 2.0 * cosine * now - before
    return 2.0 * float(np.sum(sums * sums)) / basis


@njit(cache=True)
def trimmed(good: NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """Return the part of ``first:last`` from its first to its last good place."""
    while first < last and not good[first]:
        first += 1
    while first < last and not good[last - 1]:
        last -= 1
    return first, last


@njit(cache=True)
def factored(square: NDArray[np.float64]) -> bool:
    """Replace a matrix's lower half by its Cholesky factor; return false if singular."""
    n = square.shape[0]
    for a in range(n):
        size = square[a, a]
        for b in range(a + 1):
            total = square[a, b]
            for c in range(b):
                total -= square[a, c] * square[b, c]
            if a == b:
                if total <= 1e-6 * size:
                    return False
                square[a, a] = math.sqrt(total)
            else:
                square[a, b] = total / square[b, b]
    return True


@njit(cache=True)
def solved(factor: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the solution of the equations whose matrix has this Cholesky factor."""
    n = right.size
    x = right.copy()
    for a in range(n):
        for b in range(a):
            x[a] -= factor[a, b] * x[b]
        x[a] /= factor[a, a]
    for a in range(n - 1, -1, -1):
        for b in range(a + 1, n):
            x[a] -= factor[b, a] * x[b]
        x[a] /= factor[a, a]
    return x
