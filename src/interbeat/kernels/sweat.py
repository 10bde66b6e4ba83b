"""The search for skin conductance responses, one sample after another."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["BLANK", "LAG", "LOOK_BACK", "RECENT", "running_median", "scan_sweat"]

FloatArray = NDArray[np.float64]

RATE = 4  # samples per second of what is scanned
RECENT = 60  # values of which the running median is one
APART = 3  # samples between which z is said to move
AGO = 5  # samples within which a burst rises: slower is drift, or a tail that ends
FORCED = 6  # samples after which the crest of a burst counts as seen
AGAIN = 12  # samples after which another burst may ride on one that does not end
WINDOW = 20  # samples after its onset within which a response peaks
SLOPE = 4  # samples before an onset that say how fast conductance was falling
CUT_OFF = 6  # samples before a gap in which an onset is not believed
FOOT = 0.4  # of a burst's height: where it is taken to begin
RISES = 6  # samples after an onset within which conductance must in fact rise
FALL = 0.3  # of a burst's height: what must be lost before there is another
LAG = 22  # samples behind the newest to which nothing can be added any more
LOOK_BACK = 60  # samples of the past that the scan may look at

# where in the state is what
WAY, LOW, HIGH_AT, UP_AT, DECIDED, SINCE, WAITING, ONSET, SLOW, FAST, SCANNED, RESTLESS = range(
    12
)
QUIET, BURST = 0.0, 1.0  # ways
BLANK = (
    QUIET,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
)  # before the first sample
# where in the settings
RISE, DECAY, SHAPE, LEAST, LEAST_BURST, SIGMAS, KEPT, MOVES = range(8)


@njit(cache=True)
def running_median(values: FloatArray, ring: FloatArray) -> FloatArray:
    """Return the median of the last values that are known, as many as `ring` holds.

    `ring` is carried, newest last; NaN where there was none yet.
    """
    out = np.empty_like(values)
    for i in range(values.size):
        if math.isfinite(values[i]):
            ring[:-1] = ring[1:].copy()
            ring[-1] = values[i]
        known = ring[np.isfinite(ring)]
        out[i] = np.median(known) if known.size else np.nan
    return out


@njit(cache=True)
def _settle(
    y: FloatArray,
    tail: FloatArray,
    first: int,
    span: tuple[float, int],
    state: FloatArray,
    settings: FloatArray,
    row: FloatArray,
) -> int:
    """Measure the waiting response up to sample ``span[0]``; return 1 if it counts.

    What it adds is put on `tail` from its onset to the newest sample, ``span[1]``. The
    conductance that it rises from goes on falling as it did, ever more slowly; where it only
    falls less and never rises, it was a tail that ends.
    """
    state[WAITING] = 0.0
    onset = state[ONSET]
    before = math.floor(onset)
    start = max(before - SLOPE, first)
    value = y[before - first]
    base = value + (onset - before) * (y[before + 1 - first] - value)
    fall = min((value - y[start - first]) / max(before - start, 1) * RATE, 0.0)
    best, peak, steepest = -np.inf, onset, -np.inf
    k = before + 1
    while k <= min(span[0], onset + WINDOW):
        if k <= onset + RISES:
            steepest = max(steepest, y[k + 1 - first] - y[k - 1 - first])
        gone = 1 - math.exp((onset - k) / RATE / settings[DECAY])
        rise = y[k - first] - base - fall * settings[DECAY] * gone
        if rise > best:
            best, peak = rise, float(k)
        k += 1
    size = best / settings[KEPT]
    if not size >= settings[LEAST] or not steepest > 0:
        return 0
    for k in range(before + 1, span[1] + 1):
        since = (k - onset) / RATE
        slow, fast = math.exp(-since / settings[DECAY]), math.exp(-since / settings[RISE])
        tail[k - first] += size * settings[SHAPE] * (slow - fast)
    since = (span[1] - onset) / RATE
    state[SLOW] += size * settings[SHAPE] * math.exp(-since / settings[DECAY])
    state[FAST] += size * settings[SHAPE] * math.exp(-since / settings[RISE])
    row[0], row[1], row[2] = onset, peak, size
    return 1


@njit(cache=True)
def _foot(z: FloatArray, first: int, low: int, high: int) -> float:
    """Return where the burst between samples `low` and `high` rises past its foot."""
    base = z[low - first]
    level = base + FOOT * (z[high - first] - base)
    k = high
    while k > low + 1 and z[k - 1 - first] > level:
        k -= 1
    a, b = z[k - 1 - first], z[k - first]
    return k - 1 + (level - a) / (b - a) if b > a and a <= level else float(k)


@njit(cache=True)
def _move(z: FloatArray, first: int, now: int) -> float:
    """Return how far z moves within APART samples, the median over the newest second."""
    moves = np.empty(RATE)
    count = 0
    for k in range(max(now - RATE + 1, first + APART), now + 1):
        move = abs(z[k - first] - z[k - APART - first])
        if math.isfinite(move):
            moves[count] = move
            count += 1
    return np.median(moves[:count]) if count else np.nan


@njit(cache=True)
def scan_sweat(
    y: FloatArray,
    z: FloatArray,
    tail: FloatArray,
    first: int,
    noise: FloatArray,
    settings: FloatArray,
    state: FloatArray,
    ring: FloatArray,
    rows: FloatArray,
) -> int:
    """Scan the bursts `z` of conductance `y` from where the last scan ended; return how many.

    All arrays begin at sample `first`, LOOK_BACK or more before the first new sample once
    there are as many; the last sample of `y` has no z yet. `noise` is the standard deviation
    of z's noise; `tail` gets what all responses add, final LAG behind the newest sample. A row
    is onset and peak (fractional indices) and size. `state` and `ring`, how far z moved in
    each of the last seconds, are carried.
    """
    found = 0
    for k in range(int(state[SCANNED]), first + z.size):
        state[SCANNED] = k + 1
        state[SLOW] *= math.exp(-1 / RATE / settings[DECAY])
        state[FAST] *= math.exp(-1 / RATE / settings[RISE])
        tail[k - first] = state[SLOW] - state[FAST]
        value = z[k - first]
        if (k + 1) % RATE == 0:
            known = running_median(np.array([_move(z, first, k)]), ring)[0]
            state[RESTLESS] = known if math.isfinite(known) else 0.0
        if not math.isfinite(value):
            if state[WAITING] > 0 and k - state[ONSET] >= CUT_OFF:
                span = (float(k - 1), k)
                found += _settle(y, tail, first, span, state, settings, rows[found])
            state[WAY], state[WAITING], state[SINCE] = QUIET, 0.0, k + 1
            continue
        if state[WAITING] > 0 and k > state[ONSET] + WINDOW:
            span = (float(k), k)
            found += _settle(y, tail, first, span, state, settings, rows[found])
        turn = max(settings[LEAST_BURST], settings[SIGMAS] * noise[k - first])
        turn = max(turn, settings[MOVES] * state[RESTLESS])
        if state[WAY] == QUIET:
            low = k
            for i in range(max(k - AGO, int(state[SINCE])), k):
                if z[i - first] < z[low - first]:
                    low = i
            if value - z[low - first] > turn:
                state[WAY], state[LOW], state[HIGH_AT] = BURST, low, k
                state[UP_AT], state[DECIDED] = k, 0.0
        if state[WAY] == BURST:
            if value > z[int(state[HIGH_AT]) - first]:
                state[HIGH_AT] = k
            low, high = int(state[LOW]), int(state[HIGH_AT])
            crest = z[high - first]
            fell = value < crest - max(turn, FALL * (crest - z[low - first]))
            held = k - state[UP_AT]
            if state[DECIDED] == 0 and (fell or held >= FORCED):
                onset = _foot(z, first, low, high)
                if state[WAITING] > 0:
                    span = (onset, k)
                    found += _settle(y, tail, first, span, state, settings, rows[found])
                state[WAITING], state[ONSET], state[DECIDED] = 1.0, onset, 1.0
            if fell or held >= AGAIN:
                state[WAY], state[SINCE] = QUIET, k
    return found
