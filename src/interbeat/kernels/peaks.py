"""Loops that find peaks: a sliding dot product, the choice of a path, the instants."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["NUMBERS", "choose", "empty_state", "locate", "rise", "slide"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

QUEUE = 64  # candidates that may wait for a decision; they are at least `apart` samples apart
NUMBERS = 12  # length of the state of choose()

# places in the state of choose()
SIGNAL, NOISE, INTERVAL, LAST, LAST_LOG, STARTED, LARGEST, COUNT, SEEN, HIGHER = range(10)


def empty_state(interval: float) -> tuple[Floats, Floats]:
    """Return the state with which :func:`choose` starts, and its queue of candidates."""
    state = np.zeros(NUMBERS)
    state[INTERVAL] = interval
    state[LAST] = -1e18
    return state, np.zeros((2, QUEUE))


@njit(cache=True)
def slide(values: Floats, taps: Floats, step: int) -> Floats:
    """Return the dot product of `taps` with every `step`-th stretch of `values`.

    The sums run over the taps in their order whatever the length of `values`, so that a
    signal cut elsewhere gives the same numbers to the last bit.
    """
    count = (values.size - taps.size) // step + 1 if values.size >= taps.size else 0
    out = np.zeros(count)
    for j in range(taps.size):
        tap = taps[j]
        if step == 1:
            for i in range(count):
                out[i] += tap * values[i + j]
        else:
            for i in range(count):
                out[i] += tap * values[i * step + j]
    return out


@njit(cache=True)
def _prior(ratio: float, weight: float, most: float) -> float:
    """Log-prior of an interval that is `ratio` times the expected one."""
    log = math.log(ratio)
    return max(-weight * log * log, -most)


@njit(cache=True)
def _late(ratio: float, weight: float, most: float) -> float:
    """Log-prior of an interval that has lasted `ratio` times the expected one, and goes on."""
    return _prior(ratio, weight, most) if ratio > 1.0 else 0.0


@njit(cache=True)
def _step(interval: float, expected: float, log: float, before: float, p: Floats) -> float:
    """Log-score of going from a beat of log-strength `before` to one of `log`."""
    if interval < p[5]:
        return -1e18
    score = _prior(interval / expected, p[2], p[3])
    if interval < p[6] and log < before + p[7]:
        score -= 3.0  # a T wave: soon after a beat, and weaker
    return score


@njit(cache=True)
def _wanted(now: float, threshold: float, state: Floats, queue: Floats, p: Floats) -> bool:
    """Whether the best path through the waiting candidates takes the first of them."""
    waiting = int(state[COUNT])
    expected = state[INTERVAL]
    started = state[STARTED] > 0
    scores = np.empty(QUEUE)
    takes = np.empty(QUEUE, np.bool_)
    best, answer = 0.0, False
    if started:
        best = _late(max(now - state[LAST], 1.0) / expected, p[2], p[3])
    for k in range(waiting):
        at, log = queue[0, k], queue[1, k]
        value, first = 0.0, k == 0
        if started:
            value = _step(at - state[LAST], expected, log, state[LAST_LOG], p)
        for i in range(k):
            other = scores[i] + _step(at - queue[0, i], expected, log, queue[1, i], p)
            if other > value:
                value, first = other, takes[i]
        scores[k] = value + min(max(log - threshold, -p[9]), p[8])
        takes[k] = first
        total = scores[k] + _late(max(now - at, 1.0) / expected, p[2], p[3])
        if total > best:
            best, answer = total, first
    return answer


@njit(cache=True)
def _decide(now: float, state: Floats, queue: Floats, p: Floats) -> bool:
    """Decide on the oldest waiting candidate at `now`, and learn from it."""
    at, log = queue[0, 0], queue[1, 0]
    if state[STARTED] == 0:
        state[SIGNAL] = state[LARGEST]
        state[NOISE] = state[LARGEST] - 2.0
    signal, noise = state[SIGNAL], state[NOISE]
    since = at - state[LAST]
    if state[STARTED] > 0 and since > p[10]:
        # nothing for long: what counts as a beat may have shrunk
        fall = p[11] * (since - p[10])
        fall = min(fall, 1.6) + 0.04 * fall  # soon to a fifth, then hardly: noise is no heart
        signal = max(signal - fall, min(signal, noise + 1.0))
    threshold = max(signal + p[0], noise + p[1] * (signal - noise))
    threshold = min(threshold, signal - 0.4)
    taken = _wanted(now, threshold, state, queue, p)
    if taken and state[STARTED] > 0:
        if p[12] < since < p[13]:
            ratio = min(max(since / state[INTERVAL], 0.7), 1.4)
            state[INTERVAL] *= ratio**0.2
        state[HIGHER] = state[HIGHER] + 1.0 if log > signal + 0.8 else 0.0
        step = p[14] * min(max(log - signal, -0.7), 0.7)
        if state[HIGHER] >= 3.0:
            step = 0.5 * (log - signal)  # no artifact: the beats themselves have grown
        state[SIGNAL] = signal + step
    if taken:
        state[STARTED] = 1.0
        state[LAST], state[LAST_LOG] = at, log
    elif state[STARTED] > 0:
        state[NOISE] = noise + p[15] * min(max(log - noise, -1.0), 1.0)
    return taken


@njit(cache=True)
def _leads(values: Floats, i: int, apart: int) -> bool:
    """Whether ``values[i]`` is the first largest value within `apart` samples of it."""
    if values[i] <= values[i - 1] or values[i] < values[i + 1]:
        return False
    for j in range(i - apart, i + apart + 1):
        if values[j] > values[i] or (values[j] == values[i] and j < i):
            return False
    return True


@njit(cache=True)
def choose(
    values: Floats, first: int, apart: int, lag: int, state: Floats, queue: Floats, p: Floats
) -> Ints:
    """Return the indices of the beats among the local maxima of `values`.

    Parameters
    ----------
    values : shape (2 * apart + n,)
        Strengths, of which the first ``2 * apart`` were seen in the call before.
    first : int
        Index of ``values[0]`` since the stream began.
    apart : int
        A candidate is the largest value this many samples to either side.
    lag : int
        A candidate is decided on this many samples after it, knowing those confirmed by then.
    state, queue
        From :func:`empty_state`; changed.
    p : shape (17,)
        0 least log-strength under the level of beats, 1 where between noise and beats the
        threshold lies, 2 weight and 3 bound of the prior of intervals, 4 samples before the
        first beat, 5 refractory time, 6 T-wave time and 7 log-ratio, 8 most and 9 least
        score of a strength, 10 samples after which the level of beats falls and 11 by how
        much a sample, 12 shortest and 13 longest interval to learn from, 14 learning rates of
        the level of beats and 15 of noise, 16 samples to learn from before the first decision.
    """
    beats = np.empty(values.size, np.int64)
    found = 0
    for n in range(2 * apart, values.size):
        i = n - apart
        now = first + n
        if values[n] > 0.0:
            state[LARGEST] = (
                max(state[LARGEST], math.log(values[n]))
                if state[SEEN] > 0
                else math.log(values[n])
            )
            state[SEEN] = 1.0
        if values[i] > 0.0 and first + i >= p[4] and _leads(values, i, apart):
            count = int(state[COUNT])
            if count < QUEUE:
                queue[0, count] = first + i
                queue[1, count] = math.log(values[i])
                state[COUNT] = count + 1.0
        while now >= p[16] and state[COUNT] > 0 and now - queue[0, 0] >= lag:
            if _decide(float(now), state, queue, p):
                beats[found] = int(queue[0, 0])
                found += 1
            count = int(state[COUNT])
            for k in range(1, count):
                queue[0, k - 1] = queue[0, k]
                queue[1, k - 1] = queue[1, k]
            state[COUNT] = count - 1.0
    return beats[:found]


@njit(cache=True)
def locate(
    values: Floats,
    first: int,
    centers: Ints,
    reach: int,
    base: int,
    taps: Floats,
    leaning: Floats,
) -> Floats:
    """Return instant, height, and whether it is usual, of the peak near each center.

    Parameters
    ----------
    values
        Samples; those within `base` and ``reach + taps.size // 2`` of each center are there.
    first, centers : int, array
        Indices of ``values[0]`` and of the centers since the stream began.
    reach, base : int
        The peak is sought `reach` samples to either side; its height is over the mean of the
        samples from there to `base`.
    taps
        Of the smoothing, odd in number.
    leaning : shape (3,)
        Running balance of upward and downward peaks, -1 to 1, the side that it chose, and how
        many peaks it is the mean of; changed.

    Returns
    -------
    array, shape (3, n)
        Usual (1) is a peak on the chosen side, if that is the side chosen before.
    """
    out = np.empty((3, centers.size))
    half = taps.size // 2
    width = 2 * reach + 1
    smooth = np.empty(width)
    for n in range(centers.size):
        center = centers[n] - first
        begin = center - reach
        level = 0.0
        for k in range(reach + 1, base + 1):
            level += values[center - k] + values[center + k]
        level /= 2.0 * (base - reach)
        high, low = 0, 0
        for i in range(width):
            total = 0.0
            for j in range(taps.size):
                total += taps[j] * values[begin + i + j - half]
            smooth[i] = total - level
            if smooth[i] > smooth[high]:
                high = i
            if smooth[i] < smooth[low]:
                low = i
        up, down = max(smooth[high], 0.0), max(-smooth[low], 0.0)
        balance = (up - down) / (up + down) if up + down > 0.0 else 0.0
        leaning[2] = min(leaning[2] + 1.0, 10.0)
        leaning[0] += (balance - leaning[0]) / leaning[2]
        before = leaning[1]
        if before == 0.0 or leaning[0] * before < -0.1:
            leaning[1] = 1.0 if leaning[0] >= 0.0 else -1.0
        lean = balance if abs(balance) > 0.45 else leaning[1]
        k = high if lean >= 0.0 else low
        shift = 0.0
        if 0 < k < width - 1:
            bend = smooth[k - 1] - 2.0 * smooth[k] + smooth[k + 1]
            if bend != 0.0:
                shift = min(max(0.5 * (smooth[k - 1] - smooth[k + 1]) / bend, -0.5), 0.5)
        out[0, n] = float(first + begin + k) + shift  # the same wherever the buffer begins
        out[1, n] = abs(smooth[k])
        same = lean * leaning[1] >= 0.0 and (before == 0.0 or before == leaning[1])
        out[2, n] = 1.0 if same else 0.0
    return out


@njit(cache=True)
def rise(slopes: Floats, state: Floats) -> Floats:
    """Return the slopes in the direction in which they are steepest, zero for the others.

    Parameters
    ----------
    slopes
        Of a signal that rises faster than it falls, or the other way round.
    state : shape (4,)
        Running means of the cubed slope and of its magnitude, direction so far, and the
        learning rate of the means; changed.
    """
    out = np.zeros(slopes.size)
    for i in range(slopes.size):
        cube = slopes[i] ** 3
        state[0] += state[3] * (cube - state[0])
        state[1] += state[3] * (abs(cube) - state[1])
        if state[0] * state[2] < -0.2 * state[1]:
            state[2] = -state[2]
        out[i] = max(slopes[i] * state[2], 0.0)
    return out
