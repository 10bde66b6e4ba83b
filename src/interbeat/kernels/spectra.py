"""Power in a band of an unevenly sampled series with gaps, in each of many windows."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["COVERED", "INTERVALS", "POWER", "SQUARED", "band_power"]

POWER, SQUARED, COVERED, INTERVALS = range(4)
TAPERS = 4  # sine tapers: a resolution of 5 / 2 cycles per window, and 8 degrees of freedom
SHORT = 5.0  # s: a gap up to this long is taken for scattered beats, a longer one for a break


@njit(cache=True)
def band_power(
    times: NDArray[np.float64],
    good: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the power of the intervals between events in the band of each window.

    Interval i, from ``times[i]`` to ``times[i + 1]`` (s), stands at its middle for its own
    length in time; those that are not ``good[i]`` are not used and not replaced. Window k
    holds the intervals ``first[k]:last[k]`` within ``starts[k]`` to ``ends[k]`` (s), and its
    band runs from ``low[k]`` to ``high[k]`` (Hz).

    Each window's series, less its straight line, is Fourier transformed where its intervals
    are, under four sine tapers (a sine taper is the difference of two transforms half a cycle
    per window to either side). Intervals lost here and there leave a floor of noise and take
    the same from the rest; as each is lost with the same chance, what is lost is known and put
    back (Horvitz and Thompson's estimator of a squared sum).

    The columns of the result, shape (windows, 4), are named by this module's constants: power
    (ms²), the integral of the squared spectral density over the band times the resolution of
    the window (ms⁴, the variance of that power were all of it noise), seconds covered by good
    intervals, and how many there were.
    """
    out = np.zeros((starts.size, 4))
    for k in range(starts.size):
        size = last[k] - first[k]
        seconds = ends[k] - starts[k]
        # the good intervals: where in the window (0 to 1), for how long (s), how long (ms)
        at, lasting, value = np.empty(size), np.empty(size), np.empty(size)
        n, covered, lost, before = 0, 0.0, 0.0, 0.0
        for i in range(first[k], last[k]):
            if not good[i]:
                continue
            length = times[i + 1] - times[i]
            gap = times[i] - before
            if n > 0 and 0.0 < gap <= SHORT:
                lost += gap
            before = times[i + 1]
            at[n] = (0.5 * (times[i] + times[i + 1]) - starts[k]) / seconds
            lasting[n] = length
            value[n] = 1000.0 * length
            covered += length
            n += 1
        out[k, 2], out[k, 3] = covered, n
        if n < 8 or high[k] <= low[k]:
            continue
        kept = covered / (covered + lost)

        mean_at = mean_value = 0.0
        for i in range(n):
            mean_at += lasting[i] * at[i]
            mean_value += lasting[i] * value[i]
        mean_at /= covered
        mean_value /= covered
        across = along = 0.0
        for i in range(n):
            along += lasting[i] * (at[i] - mean_at) ** 2
            across += lasting[i] * (at[i] - mean_at) * (value[i] - mean_value)
        slope = across / along
        for i in range(n):
            value[i] -= mean_value + slope * (at[i] - mean_at)

        norm, floor = np.zeros(TAPERS), np.zeros(TAPERS)
        for i in range(n):
            part = (lasting[i] * value[i]) ** 2
            for j in range(TAPERS):
                taper = 2.0 * math.sin(math.pi * (j + 1) * at[i]) ** 2
                norm[j] += lasting[i] * taper
                floor[j] += part * taper

        step = 0.5 / seconds
        cells = math.ceil((high[k] - low[k]) / step - 1e-9)
        total = cells + 2 * TAPERS
        real, imag = np.zeros(total), np.zeros(total)
        lowest = low[k] + (0.5 - TAPERS) * step
        # four intervals at once: each turn waits for the one before, and four wait together
        c, s = np.zeros(size + 4), np.zeros(size + 4)
        turn_c, turn_s = np.zeros(size + 4), np.zeros(size + 4)
        for i in range(n):
            angle = 2.0 * math.pi * at[i] * seconds
            weight = lasting[i] * value[i]
            c[i], s[i] = weight * math.cos(angle * lowest), weight * math.sin(angle * lowest)
            turn_c[i], turn_s[i] = math.cos(angle * step), math.sin(angle * step)
        for i in range(0, n, 4):
            c0, c1, c2, c3 = c[i], c[i + 1], c[i + 2], c[i + 3]
            s0, s1, s2, s3 = s[i], s[i + 1], s[i + 2], s[i + 3]
            p0, p1, p2, p3 = turn_c[i], turn_c[i + 1], turn_c[i + 2], turn_c[i + 3]
            q0, q1, q2, q3 = turn_s[i], turn_s[i + 1], turn_s[i + 2], turn_s[i + 3]
            for f in range(total):
                real[f] += (c0 + c1) + (c2 + c3)
                imag[f] += (s0 + s1) + (s2 + s3)
                c0, s0 = c0 * p0 - s0 * q0, c0 * q0 + s0 * p0
                c1, s1 = c1 * p1 - s1 * q1, c1 * q1 + s1 * p1
                c2, s2 = c2 * p2 - s2 * q2, c2 * q2 + s2 * p2
                c3, s3 = c3 * p3 - s3 * q3, c3 * q3 + s3 * p3

        power = squared = 0.0
        for f in range(cells):
            raw = clean = 0.0
            for j in range(TAPERS):
                below, above = f + TAPERS - (j + 1), f + TAPERS + (j + 1)
                height = 0.5 * (
                    (real[below] - real[above]) ** 2 + (imag[below] - imag[above]) ** 2
                )
                raw += 2.0 * height / norm[j]
                clean += 2.0 * (height - (1.0 - kept) * floor[j]) / norm[j]
            width = min(step, high[k] - low[k] - f * step)
            power += clean / (TAPERS * kept) * width
            squared += (raw / TAPERS) ** 2 * width
        out[k, 0] = max(power, 0.0)
        out[k, 1] = squared / (covered * (1.0 + 1.0 / TAPERS))
    return out
