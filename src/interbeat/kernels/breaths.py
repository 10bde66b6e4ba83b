"""The search for breaths: turning points of the breathing, one sample after another."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "DEADLINE",
    "GAP",
    "LOOK_BACK",
    "SHORTEST",
    "SWINGS",
    "blank_state",
    "leaky_integral",
    "scan_breaths",
]

FloatArray = NDArray[np.float64]

RATE = 8  # samples per second of what is scanned
SPAN = 64  # samples in which one swing is seen: half of the slowest breath
STEP = 32  # a new swing is measured so often
RECENT = 5  # swings that say how deep breathing is now
SWINGS = 75  # swings that say how deep it has been: five minutes
SHARE = 0.25  # of the recent swing that a turn must reach
LONG_SHARE = 0.12  # of the lasting swing: heartbeats shake a held breath
NOISE = 4.0  # standard deviations of noise that a turn must exceed
GAP = 4  # lost samples that end a stretch
SLOW_RISE = 40  # samples from onset to confirmation at most
DEADLINE = 80  # samples after its onset a breath is given out, peak or no peak
SHORTEST = 0.9 * RATE  # samples from one onset to the next
LONGEST = 20.0 * RATE
TOO_NOISY = 0.2  # noise over depth from which a breath is not trusted
MEAN = 240  # samples: how far back the offset of a flow is looked for
LOOK_BACK = 200  # samples of the past that the scan may look at

# angles at which a raised cosine, (1 - cos) / 2, has risen by 30 % and by 60 %
AT_30, AT_60 = math.acos(0.4), math.acos(-0.2)

# where in the state is what
THRESHOLD, SCANNED, WAY, BEGAN, LOW, LOW_AT, HIGH, HIGH_AT = 0, 1, 2, 3, 4, 5, 6, 7
FELL, WAITING, FLOOR, LAST, LOST, MEASURED, BROKEN = 8, 9, 10, 11, 12, 13, 14
UNKNOWN, EITHER, RISING, FALLING = 0.0, 1.0, 2.0, 3.0  # ways


def blank_state() -> FloatArray:
    """Return the state before the first sample."""
    state = np.zeros(15)
    state[LAST] = -np.inf
    return state


@njit(cache=True)
def leaky_integral(
    values: FloatArray, keep: float, step: float, state: FloatArray
) -> FloatArray:
    """Return the integral of `values`, less their mean, that keeps `keep` of itself a sample.

    The mean is of all values so far or, later, of the last MEAN or so. `state` is carried: the
    integral, the mean, and of how many values that is.
    """
    out = np.empty_like(values)
    for i in range(values.size):
        if not math.isfinite(values[i]):
            out[i] = np.nan
            continue
        state[2] = min(state[2] + 1, MEAN)
        state[1] += (values[i] - state[1]) / state[2]
        state[0] = keep * state[0] + step * (values[i] - state[1])
        out[i] = state[0]
    return out


@njit(cache=True)
def _swing(x: FloatArray, first: int, now: int) -> float:
    low, high, count = np.inf, -np.inf, 0
    for k in range(max(now - SPAN + 1, first), now + 1):
        value = x[k - first]
        if math.isfinite(value):
            low, high, count = min(low, value), max(high, value), count + 1
    enough = 4 * count >= 3 * SPAN and high - low > 1e-9 * max(abs(low), abs(high))
    return high - low if enough else 0.0


@njit(cache=True)
def _crossing(x: FloatArray, first: int, k: int, level: float) -> float:
    """Return where between samples k and k + 1 the line through them meets `level`."""
    a, b = x[k - first], x[k + 1 - first]
    return k + (level - a) / (b - a) if b > a else float(k)


@njit(cache=True)
def _vertex(x: FloatArray, first: int, k: int) -> float:
    """Return the place of the turning point of the parabola through samples k - 1 to k + 1."""
    at = k - first
    if at < 1 or at + 1 >= x.size:
        return float(k)
    a, b, c = x[at - 1], x[at], x[at + 1]
    bend = a - 2 * b + c
    if not math.isfinite(bend) or bend == 0:
        return float(k)
    return float(k + min(max((a - c) / (2 * bend), -0.49), 0.49))


@njit(cache=True)
def _last_below(x: FloatArray, first: int, low: int, high: int, level: float) -> float:
    k = high - 1
    while k > low and not x[k - first] < level:
        k -= 1
    return _crossing(x, first, k, level)


@njit(cache=True)
def _first_above(x: FloatArray, first: int, low: int, high: int, level: float) -> float:
    k = low
    while k < high - 1 and not x[k + 1 - first] >= level:
        k += 1
    return _crossing(x, first, k, level)


@njit(cache=True)
def _onset(x: FloatArray, first: int, low: int, high: int, base: float) -> float:
    """Return where the rise begins: the trough or, after a pause, the foot of the rise.

    The foot is where a raised cosine through 30 % and 60 % of the rise leaves `base`.
    """
    rise = x[high - first] - base
    at_60 = _last_below(x, first, low, high, base + 0.6 * rise)
    at_30 = _last_below(x, first, low, max(math.ceil(at_60), low + 1), base + 0.3 * rise)
    foot = at_30 - AT_30 * (at_60 - at_30) / (AT_60 - AT_30)
    return max(_vertex(x, first, low), foot)


@njit(cache=True)
def _end(x: FloatArray, first: int, low: int, high: int, base: float) -> float:
    """Return where the rise ends: the peak or, before a held breath, the rise's shoulder."""
    rise = x[high - first] - base
    at_40 = _first_above(x, first, low, high, base + 0.4 * rise)
    at_70 = _first_above(x, first, min(math.floor(at_40), high - 1), high, base + 0.7 * rise)
    shoulder = at_70 + AT_30 * (at_70 - at_40) / (AT_60 - AT_30)
    return min(_vertex(x, first, high), shoulder)


@njit(cache=True)
def _give(
    x: FloatArray, first: int, state: FloatArray, noise: float, seen: bool, row: FloatArray
) -> int:
    """Write the waiting breath into `row`; return 1, or 0 where it is no breath."""
    state[WAITING] = 0.0
    low, high = math.ceil(state[FLOOR]), int(state[HIGH_AT])
    onset = max(_onset(x, first, low, high, state[LOW]), state[FLOOR])
    depth = state[HIGH] - state[LOW]
    cycle = onset - state[LAST]
    if cycle < SHORTEST:
        state[BROKEN] = 1.0  # two onsets in one: the cycle that holds them is not trusted
        return 0
    state[LAST] = onset
    row[0] = onset
    row[1] = max(_end(x, first, low, high, state[LOW]), onset) if seen else np.nan
    row[2] = depth if seen else np.nan
    known = seen and state[FELL] > 0 and state[BROKEN] == 0
    held = math.isfinite(cycle) and cycle > LONGEST
    row[3] = 1.0 if known and not held and noise <= TOO_NOISY * depth else 0.0
    state[BROKEN] = 0.0
    return 1


@njit(cache=True)
def scan_breaths(
    x: FloatArray,
    first: int,
    begin: int,
    noise: FloatArray,
    state: FloatArray,
    swings: FloatArray,
    rows: FloatArray,
) -> int:
    """Scan `x` from sample `begin` to its end; write breaths into `rows`; return how many.

    `x` begins at sample `first`, LOOK_BACK or more before `begin` once there are as many;
    `noise` is the standard deviation of its noise, of the same shape. A row is onset, end of
    inspiration (both as fractional indices), depth and whether it is to be trusted. `state`
    and `swings` (the last SWINGS of them, newest last) are carried. There must be a row for
    every SHORTEST samples of `x`, and two.
    """
    found = 0
    for now in range(begin, first + x.size):
        if (now + 1) % STEP == 0 and now + 1 >= SPAN:
            swing = _swing(x, first, now)
            if swing > 0:
                swings[:-1] = swings[1:].copy()
                swings[-1] = swing
                state[MEASURED] = min(state[MEASURED] + 1, SWINGS)
                known = int(state[MEASURED])
                recent = np.min(swings[SWINGS - min(known, RECENT) :])  # no sigh's
                state[THRESHOLD] = max(
                    SHARE * recent, LONG_SHARE * np.median(swings[SWINGS - known :])
                )
        if state[THRESHOLD] == 0.0:
            if now - state[SCANNED] >= SPAN:
                state[SCANNED] += 1
            continue
        while state[SCANNED] <= now:
            k = int(state[SCANNED])
            state[SCANNED] += 1
            value = x[k - first]
            if not math.isfinite(value):
                state[LOST] += 1
                if state[LOST] == GAP:
                    if state[WAITING] > 0:
                        seen = k - state[HIGH_AT] >= RATE
                        found += _give(x, first, state, noise[k - first], seen, rows[found])
                    state[WAY], state[BROKEN] = UNKNOWN, 1.0
                continue
            state[LOST] = 0.0
            way = state[WAY]
            turn = max(state[THRESHOLD], NOISE * noise[k - first])
            if way == UNKNOWN:
                state[WAY], state[BEGAN], state[FELL] = EITHER, k, 0.0
                state[LOW], state[LOW_AT], state[HIGH], state[HIGH_AT] = value, k, value, k
                continue
            if way in (EITHER, FALLING) and value < state[LOW]:
                state[LOW], state[LOW_AT] = value, k
            if way in (EITHER, RISING) and value > state[HIGH]:
                state[HIGH], state[HIGH_AT] = value, k
            if way in (EITHER, FALLING) and value > state[LOW] + turn:
                state[WAY] = RISING
                state[HIGH], state[HIGH_AT] = value, k
                state[WAITING] = 1.0 if state[LOW_AT] > state[BEGAN] else 0.0
                state[FLOOR] = max(state[LOW_AT] - 0.49, k - SLOW_RISE)
            elif way in (EITHER, RISING) and value < state[HIGH] - turn:
                if state[WAITING] > 0:
                    found += _give(x, first, state, noise[k - first], True, rows[found])
                state[WAY], state[FELL] = FALLING, 1.0
                state[LOW], state[LOW_AT] = value, k
            if state[WAITING] > 0 and k >= state[FLOOR] + DEADLINE:
                seen = k - state[HIGH_AT] >= RATE
                found += _give(x, first, state, noise[k - first], seen, rows[found])
    return found
