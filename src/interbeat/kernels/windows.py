"""Means and variances in each of many windows, and how sure they are.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "COUNT",
    "COVERED",
    "DF",
    "INTERVALS",
    "MEAN",
    "MEAN_VARIANCE",
    "SWING",
    "SWING_DF",
    "SWING_VARIANCE",
    "VARIANCE",
    "VARIANCE_VARIANCE",
    "moments",
    "phase_fit",
]

COUNT, MEAN, MEAN_VARIANCE, VARIANCE, VARIANCE_VARIANCE, DF = range(6)
SWING, SWING_VARIANCE, SWING_DF, COVERED, INTERVALS = range(5)


MOST = 64  # cosines: past this many, Student's t is the normal distribution


@njit(cache=True)
def basis_size(n: int) -> int:
    """Return how many cosines to use for a series of `n`: n^(2/3) / 8, from 3 to 64.

    A third of what Lazarus et al. (2018) advise for economic series: the heart's rhythms wax
    and wane over tens of seconds, and more cosines would look past that.
    """
    wanted = max(3, min(int(n ** (2.0 / 3.0) / 8.0 + 0.5), MOST))
    return min(wanted, max(n - 1, 0))


@njit(cache=True)
def long_run_sum(influence: NDArray[np.float64], basis: int) -> float:
    """Return the variance of the sum of a series of mean zero, autocorrelated or not.

    The equal-weighted cosine estimator: the series is projected on the `basis` slowest
    cosines, and the mean square of the projections is its spectrum at zero. A value that is
    missing is 0 in the series and keeps its place, so that no gap is bridged.
    """
    n = influence.size
    if basis < 1:
        return 0.0
    sums = np.zeros(basis)
    for t in range(n):
        if influence[t] == 0.0:
            continue
        cosine = math.cos(math.pi * (t + 0.5) / n)
        before, now = 1.0, cosine
        for j in range(basis):
            sums[j] += influence[t] * now
            before, now = now, 2.0 * cosine * now - before
    total = 0.0
    for j in range(basis):
        total += sums[j] * sums[j]
    return 2.0 * total / basis


@njit(cache=True)
def trimmed(good: NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """Return the part of ``first:last`` from its first to its last good place."""
    while first < last and not good[first]:
        first += 1
    while first < last and not good[last - 1]:
        last -= 1
    return first, last


@njit(cache=True)
def moments(
    values: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return mean and variance of the good values of each window, and how sure they are.

    Window k holds ``values[first[k]:last[k]]``. The columns of the result, shape (windows, 6),
    are named by this module's constants: how many values were good, their mean, the squared
    standard error of that mean, their variance (over n - 1), the squared standard error of
    that variance, and the degrees of freedom of both squared standard errors.
    """
    out = np.zeros((first.size, 6))
    for k in range(first.size):
        i, end = trimmed(good, first[k], last[k])
        n = end - i
        count, total = 0, 0.0
        for t in range(n):
            if good[i + t]:
                count += 1
                total += values[i + t]
        out[k, 0] = count
        if count == 0:
            continue
        mean = total / count
        out[k, 1] = mean
        if count < 2:
            continue
        influence = np.zeros(n)
        squares = 0.0
        for t in range(n):
            if good[i + t]:
                influence[t] = values[i + t] - mean
                squares += influence[t] * influence[t]
        basis = basis_size(n)
        scale = 1.0 / (count * (count - 1.0))
        out[k, 2] = long_run_sum(influence, basis) * scale
        out[k, 3] = squares / (count - 1.0)
        for t in range(n):
            if good[i + t]:
                influence[t] = influence[t] * influence[t] - squares / count
        out[k, 4] = long_run_sum(influence, basis) * scale
        out[k, 5] = basis
    return out


STEPS = 128  # phases at which a breath's waveform is looked at
ANGLES = 2.0 * np.pi * np.arange(STEPS) / STEPS
WAVES = np.stack((np.cos(ANGLES), np.sin(ANGLES), np.cos(2 * ANGLES), np.sin(2 * ANGLES)))
TREND = 3  # level, slope and bend
TWICE = 0.24  # breaths per beat up to which twice the breathing rate can be told from aliases
DOUBT = 5.0  # times its noise that twice the phase must be; noise is in 5 % (F, 2 and 6 df)


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
    number). The intervals ``first[k]:last[k]`` of window k, in ms, are fitted by least squares
    with a level, a slope, a bend, and the cosine and sine of the phase and, where there are
    more than four intervals to a cycle, of twice the phase, each averaged over the interval:
    an interval is the mean of what drives it, so that its swing is smaller than the drive's,
    which is what is returned. Twice the phase is shrunk to nothing where it is lost in noise.

    The columns of the result, shape (windows, 5), are named by this module's constants:
    peak-to-trough of the fitted waveform (ms), its squared standard error, degrees of freedom
    of that (0 where there are too few intervals for a fit, in all or to a cycle), seconds of
    the intervals used, and how many they were.
    """
    out = np.zeros((first.size, 5))
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
        size = end - begin
        harmonics = 2 if turns < TWICE * n else 1
        terms = TREND + 2 * harmonics
        x, y = np.zeros((size, terms)), np.zeros(size)
        middle = 0.5 * (times[begin] + times[end])
        half = 0.5 * (times[end] - times[begin])
        for j in range(size):
            if not used[j]:
                continue
            i = begin + j
            z = (0.5 * (times[i] + times[i + 1]) - middle) / half
            x[j, 0], x[j, 1], x[j, 2] = 1.0, z, 1.5 * z * z - 0.5
            here = 2.0 * math.pi * phase[i]
            there = 2.0 * math.pi * (phase[i + 1] + (cycle[i + 1] - cycle[i]))
            for h in range(1, harmonics + 1):
                width = h * (there - here)
                x[j, 1 + 2 * h] = (math.sin(h * there) - math.sin(h * here)) / width
                x[j, 2 + 2 * h] = (math.cos(h * here) - math.cos(h * there)) / width
            y[j] = 1000.0 * (times[i + 1] - times[i])
        square = np.zeros((terms, terms))
        across = np.zeros(terms)
        for j in range(size):
            for a in range(terms):
                across[a] += x[j, a] * y[j]
                for b in range(a + 1):
                    square[a, b] += x[j, a] * x[j, b]
        if not factored(square):
            continue
        beta = solved(square, across)
        residual = y.copy()
        for j in range(size):
            for a in range(terms):
                residual[j] -= beta[a] * x[j, a]
        basis = basis_size(size)
        scale = n / (n - terms)
        # the second harmonic counts by how far it stands out of the noise about its rate
        keep = np.ones(4)
        if harmonics == 2:
            noise = 0.0
            for a in range(TREND + 2, terms):
                unit = np.zeros(terms)
                unit[a] = 1.0
                noise += scale * spread_along(x, residual, solved(square, unit), basis)
            strength = beta[TREND + 2] ** 2 + beta[TREND + 3] ** 2
            doubt = DOUBT * noise / strength if strength > 0.0 else 1.0
            keep[2:] = max(0.0, 1.0 - doubt * doubt)

        top, bottom = 0, 0
        high, low = -np.inf, np.inf
        for p in range(STEPS):
            wave = 0.0
            for a in range(2 * harmonics):
                wave += keep[a] * beta[TREND + a] * WAVES[a, p]
            if wave > high:
                high, top = wave, p
            if wave < low:
                low, bottom = wave, p
        contrast = np.zeros(terms)
        for a in range(2 * harmonics):
            contrast[TREND + a] = keep[a] * (WAVES[a, top] - WAVES[a, bottom])
        out[k, 0] = high - low
        out[k, 1] = scale * spread_along(x, residual, solved(square, contrast), basis)
        out[k, 2] = basis
    return out


@njit(cache=True)
def spread_along(
    x: NDArray[np.float64],
    residual: NDArray[np.float64],
    weights: NDArray[np.float64],
    basis: int,
) -> float:
    """Return the variance of a weighted sum of coefficients, residuals autocorrelated."""
    influence = np.zeros(residual.size)
    for j in range(residual.size):
        for a in range(weights.size):
            influence[j] += weights[a] * x[j, a]
        influence[j] *= residual[j]
    return long_run_sum(influence, basis)


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
