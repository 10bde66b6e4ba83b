"""Local likelihood of a heart whose intervals remember and breathe, in each of many windows.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "BIAS",
    "COVERED",
    "EXPECTED",
    "INTERVALS",
    "OPEN",
    "ORDER",
    "PULL",
    "SHAPE",
    "SWING",
    "VARIANCE",
    "WORTH",
    "local_likelihood",
]

SWING, VARIANCE, BIAS, OPEN, WORTH, COVERED, INTERVALS, SHAPE, EXPECTED, PULL = range(10)

ORDER = 4  # intervals that the heart remembers
TREND = 3  # level, slope and bend
HARMONICS = 3
REGRESSORS = TREND + 2 * HARMONICS
FEWEST = 20  # intervals with a history
STEPS = 128  # phases at which a breath's waveform is looked at
ROUNDS = 4
TWICE = 0.6  # of the first harmonic: how large the second is expected to be
LEAST = 0.04  # of the first harmonic: how far the third may always be from what is expected
FLATTEST = 0.15  # of the swing: how little a waveform may bend at its top
FIRM = 1e-4  # of its square, that keeps one regressor apart from another
TINY = 1e-9
LOWEST = 0.3  # of the mean interval, that a mean can be
ANGLES = 2.0 * np.pi * np.arange(STEPS) / STEPS
TURNS = np.repeat(np.arange(1.0, HARMONICS + 1), 2)[:, None]
QUARTER = np.tile((0.0, np.pi / 2), HARMONICS)[:, None]
WAVES = np.cos(TURNS * ANGLES - QUARTER)
SLOPES = -TURNS * np.sin(TURNS * ANGLES - QUARTER)
BENDS = -(TURNS**2) * WAVES


@njit(cache=True)
def local_likelihood(
    times: NDArray[np.float64],
    good: NDArray[np.bool_],
    phase: NDArray[np.float64],
    cycle: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    centers: NDArray[np.float64],
    asked: NDArray[np.int64],
    memory: float,
) -> NDArray[np.float64]:
    """Return the swing of the intervals between events over a cycle, in each of many windows.

    Interval i runs from ``times[i]`` to ``times[i + 1]`` (s); it is used where it is
    ``good[i]`` and both its ends have a ``phase`` (0 to 1 through the ``cycle`` of that
    number). Given what was before, it is inverse Gaussian, its mean a trend, plus three
    harmonics of the phase, plus `ORDER` terms of what the intervals before it were besides
    their own trend and harmonics. Harmonics are averaged over where the interval is expected
    to lie: over the mean interval from where it begins. The likelihood of the intervals
    ``first[k]:last[k]`` that have such a history, weighted by
    ``exp(-|time - centers[k]| / memory)`` (s), is maximized by Fisher's scoring.

    The columns of the result, shape (windows, 10), are named by this module's constants:
    peak-to-trough of the harmonics (ms), its squared standard error, what noise has added to
    it (ms), the variance that expectations leave to it (see
    :func:`~interbeat.kernels.phase.phase_fit`), the intervals that the weights are worth (0
    where there was no fit, be it for two intervals or fewer to a cycle), seconds of the
    intervals used, how many had a history, the shape of the inverse Gaussian (ms), and, of the
    interval ``asked[k]``, its mean given its history (ms; NaN where that is not known) and the
    share of its own that it has in that mean.
    """
    out = np.zeros((first.size, 10))
    for k in range(first.size):
        out[k, 8] = np.nan
        begin, size = first[k], last[k] - first[k]
        x, y = np.zeros((size, REGRESSORS)), np.zeros(size)
        used = np.zeros(size, dtype=np.bool_)
        advance = np.zeros(size)
        mean, turns, some = 0.0, 0.0, 0
        for j in range(size):
            i = begin + j
            advance[j] = phase[i + 1] - phase[i] + (cycle[i + 1] - cycle[i])
            used[j] = good[i] and advance[j] > 0.0
            if used[j]:
                mean += times[i + 1] - times[i]
                turns += advance[j]
                some += 1
        if some <= FEWEST:
            continue
        mean /= some
        whole = np.zeros(size, dtype=np.bool_)
        weight = np.zeros(size)
        run = 0
        for j in range(size):
            i = begin + j
            run = run + 1 if used[j] else 0
            if not used[j]:
                continue
            whole[j] = run > ORDER
            lasting = times[i + 1] - times[i]
            away = times[i] - centers[k]
            weight[j] = math.exp(-abs(away) / memory)
            out[k, 5] += lasting
            if whole[j]:
                out[k, 6] += 1.0
            here = 2.0 * math.pi * phase[i]
            describe(x[j], away / 30.0, here, 2.0 * math.pi * advance[j] * mean / lasting)
            y[j] = 1000.0 * lasting
        if out[k, 6] > FEWEST and turns < 0.5 * some:
            climb(x, y, used, whole, weight, asked[k] - begin, out[k])
    return out


@njit(cache=True)
def describe(x: NDArray[np.float64], away: float, here: float, advance: float) -> None:
    """Write what an interval is regressed on: a trend, and harmonics averaged over it."""
    x[0], x[1], x[2] = 1.0, away, away * away
    there = here + advance
    for h in range(HARMONICS):
        width = (h + 1) * advance
        x[TREND + 2 * h] = (math.sin((h + 1) * there) - math.sin((h + 1) * here)) / width
        x[TREND + 2 * h + 1] = (math.cos((h + 1) * here) - math.cos((h + 1) * there)) / width


@njit(cache=True)
def climb(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    used: NDArray[np.bool_],
    whole: NDArray[np.bool_],
    weight: NDArray[np.float64],
    asked: int,
    out: NDArray[np.float64],
) -> None:
    """Write the most likely parameters of one window, and what follows from them."""
    terms = REGRESSORS
    history = np.zeros(ORDER)
    hold, expected, open_to = np.zeros(terms), np.zeros(terms), np.zeros(terms)
    beta, factor = np.zeros(terms), np.zeros((terms, terms))
    white, target = x.copy(), y.copy()
    worth = mean = variance = expected_at = 0.0
    fits = np.ones(y.size)  # of variance: each interval's own, over that of the mean one
    for turn in range(ROUNDS):
        square, across = weighted(white, target, weight / fits, whole if turn > 0 else used)
        if turn == 0:
            for a in range(terms):
                hold[a] = FIRM * square[a, a]
            for a in range(TREND + 2, terms):
                hold[a] = square[TREND, TREND] / TINY  # not there, in the first round
        factor, right = square.copy(), across.copy()
        for a in range(terms):
            factor[a, a] += hold[a]
            right[a] += hold[a] * expected[a]
        if not factored(factor):
            return
        beta = solved(factor, right)
        history = remembered(x, y, beta, weight / fits, whole)
        spread, mean, total = 0.0, 0.0, 0.0
        for j in range(y.size):
            if whole[j]:
                mean += weight[j] * y[j]
                total += weight[j]
        mean /= total
        for j in range(y.size):
            if not whole[j]:
                continue
            target[j] = y[j]
            white[j] = x[j]
            for p in range(ORDER):
                target[j] -= history[p] * y[j - 1 - p]
                white[j] -= history[p] * x[j - 1 - p]
            off = target[j]
            for a in range(terms):
                off -= beta[a] * white[j, a]
            fits[j] = max((y[j] - off) / mean, LOWEST) ** 3
            spread += weight[j] * off * off / fits[j]
            if j == asked:
                expected_at = y[j] - off
        worth = 0.0
        for j in range(y.size):
            if whole[j]:
                worth += weight[j] * weight[j]
        worth = total * total / worth
        free = max(worth - ORDER - TREND - 2.0, 1.0)  # higher harmonics are held
        variance = spread / total * worth / free + TINY
        if turn < ROUNDS - 1:
            expect(beta[TREND:], variance, square, hold, expected, open_to, turn)

    out[4] = worth
    out[7] = mean**3 / variance
    if 0 <= asked < y.size and whole[asked]:
        out[8] = expected_at
        pull = float(np.dot(white[asked], solved(factor, white[asked])))
        pull *= weight[asked] / fits[asked]
        out[9] = min(pull + ORDER * weight[asked] / total, 1.0)
    across_weights, _ = weighted(white, target, weight * weight / fits, whole)
    wave = np.zeros(STEPS)
    for q in range(STEPS):
        for a in range(2 * HARMONICS):
            wave[q] += beta[TREND + a] * WAVES[a, q]
    top, bottom = int(np.argmax(wave)), int(np.argmin(wave))
    contrast = np.zeros(terms)
    contrast[TREND:] = WAVES[:, top] - WAVES[:, bottom]
    weights = solved(factor, contrast)
    out[0] = wave[top] - wave[bottom]
    out[1] = variance * along(across_weights, weights)
    for a in range(TREND + 2, terms):
        out[3] += (hold[a] * weights[a]) ** 2 * open_to[a]
    for q in (top, bottom):
        # noise moves the top along the waveform to where noise is higher
        contrast[TREND:] = SLOPES[:, q]
        bend = 0.0
        for a in range(2 * HARMONICS):
            bend += beta[TREND + a] * BENDS[a, q]
        moved = variance * along(across_weights, solved(factor, contrast))
        out[2] += 0.5 * moved / max(abs(bend), FLATTEST * out[0] + TINY)


@njit(cache=True)
def weighted(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    used: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the matrix and the right-hand side of weighted least squares."""
    terms = x.shape[1]
    square, across = np.zeros((terms, terms)), np.zeros(terms)
    for j in range(x.shape[0]):
        if not used[j]:
            continue
        for a in range(terms):
            part = weight[j] * x[j, a]
            across[a] += part * y[j]
            for b in range(a + 1):
                square[a, b] += part * x[j, b]
    for a in range(terms):
        for b in range(a):
            square[b, a] = square[a, b]
    return square, across


@njit(cache=True)
def remembered(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    beta: NDArray[np.float64],
    weight: NDArray[np.float64],
    whole: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the autoregression of what trend and waves leave of the intervals."""
    size = y.size
    left = y.copy()
    for j in range(size):
        for a in range(beta.size):
            left[j] -= beta[a] * x[j, a]
    before = np.zeros((size, ORDER))
    for j in range(size):
        if whole[j]:
            for p in range(ORDER):
                before[j, p] = left[j - 1 - p]
    square, across = weighted(before, left, weight, whole)
    for p in range(ORDER):
        square[p, p] *= 1.0 + FIRM
        square[p, p] += TINY
    if not factored(square):
        return np.zeros(ORDER)
    return solved(square, across)


@njit(cache=True)
def along(square: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the quadratic form of `square` and `weights`."""
    total = 0.0
    for a in range(weights.size):
        for b in range(weights.size):
            total += weights[a] * weights[b] * square[a, b]
    return total


@njit(cache=True)
def expect(
    beta: NDArray[np.float64],
    variance: float,
    square: NDArray[np.float64],
    hold: NDArray[np.float64],
    expected: NDArray[np.float64],
    open_to: NDArray[np.float64],
    turn: int,
) -> None:
    """Write what is expected of the second and third harmonic, and how firmly to hold them."""
    second = TREND + 2
    third = second + 2
    base = beta[0] ** 2 + beta[1] ** 2 + TINY
    size = beta[2] ** 2 + beta[3] ** 2
    here = variance / (
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
        hold[a] = hold[a + 1] = max(variance / open_to[a], FIRM * square[a, a])


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
