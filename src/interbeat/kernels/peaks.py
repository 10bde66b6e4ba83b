"""Loops that find peaks: a sliding dot product, the choice of a path, the instants."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["NEAR", "NUMBERS", "choose", "empty_state", "locate", "slide"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

QUEUE = 64  # candidates that may wait for a decision; they are at least `apart` samples apart
NUMBERS = 12  # length of the state of choose()
KNOWN = 4.0  # beats after which the shape of their kind is used
NEAR = 4  # samples that a beat's shape is sought to either side
CLEAR = 0.45  # balance of a peak's two sides from which it is located on its own side
FAINT = 3.0  # logarithm: under the level of beats by more, a strength is compared with no shape

# places in the state of choose()
SIGNAL, NOISE, INTERVAL, LAST, LAST_LOG, STARTED, LARGEST, COUNT, HIGHER = range(9)
# places in what is known of a kind of beat
MEMBERS, GAIN, UNSEEN = range(3)


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
    if count == 0:
        return out
    if step == 1:
        for j in range(taps.size):
            tap = taps[j]
            for i in range(count):
                out[i] += tap * values[i + j]
        return out
    # every `step`-th value side by side first, as what is side by side is summed at once
    phases = np.empty((step, count + (taps.size - 1) // step))
    for k in range(min(step, taps.size)):
        for i in range(count + (taps.size - 1 - k) // step):
            phases[k, i] = values[i * step + k]
    for j in range(taps.size):
        tap, phase = taps[j], phases[j % step, j // step :]
        for i in range(count):
            out[i] += tap * phase[i]
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
def _wanted(
    now: float, threshold: float, waiting: int, state: Floats, queue: Floats, p: Floats
) -> bool:
    """Whether the best path through the waiting candidates takes the first of them."""
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
def _decide(now: float, waiting: int, state: Floats, queue: Floats, p: Floats) -> bool:
    """Decide on the oldest of `waiting` candidates at `now`, and learn from it."""
    at, log = queue[0, 0], queue[1, 0]
    if state[STARTED] == 0:
        state[SIGNAL] = math.log(state[LARGEST])
        state[NOISE] = state[SIGNAL] - 2.0
    signal, noise = state[SIGNAL], state[NOISE]
    since = at - state[LAST]
    if state[STARTED] > 0 and since > p[10]:
        # nothing for long: what counts as a beat may have shrunk
        fall = p[11] * (since - p[10])
        fall = min(fall, 1.6) + 0.04 * fall  # soon to a fifth, then hardly: noise is no heart
        signal = max(signal - fall, min(signal, noise + 1.0))
    threshold = max(signal + p[0], noise + p[1] * (signal - noise))
    threshold = min(threshold, signal - 0.4)
    taken = _wanted(now, threshold, waiting, state, queue, p)
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
def _along(waves: Floats, last: int, shape: Floats) -> float:
    """Return the dot product of `shape` and the waves that end with column `last`."""
    begin = last - shape.shape[1] + 1
    total = 0.0
    for lead in range(shape.shape[0]):
        for j in range(shape.shape[1]):
            total += waves[lead, begin + j] * shape[lead, j]
    return total


@njit(cache=True)
def _size(waves: Floats, last: int, width: int) -> float:
    """Return the root of the sum of squares of the `width` waves that end with `last`."""
    total = 0.0
    for lead in range(waves.shape[0]):
        for j in range(last - width + 1, last + 1):
            total += waves[lead, j] * waves[lead, j]
    return math.sqrt(total)


@njit(cache=True)
def _likeness(waves: Floats, last: int, shapes: Floats, kinds: Floats) -> float:
    """Return the strength of the kind of beat that the waves resemble most, 0 if none."""
    best = 0.0
    for k in range(shapes.shape[0]):
        if kinds[k, MEMBERS] >= KNOWN:
            best = max(best, kinds[k, GAIN] * _along(waves, last, shapes[k]))
    return best


@njit(cache=True)
def _nearest(waves: Floats, last: int, shapes: Floats, kinds: Floats) -> tuple[int, int, float]:
    """Return the kind that the waves near `last` resemble most, where, and how much."""
    kind, place, most = -1, last, -1.0
    for column in range(last - NEAR, last + NEAR + 1):
        size = _size(waves, column, shapes.shape[2])
        if size <= 0.0:
            continue
        for k in range(shapes.shape[0]):
            if kinds[k, MEMBERS] > 0.0:
                alike = _along(waves, column, shapes[k]) / size
                if alike > most:
                    kind, place, most = k, column, alike
    return kind, place, most


@njit(cache=True)
def _least_used(kinds: Floats) -> int:
    """Return the kind whose beats were seen longest ago, for how many of them there were."""
    kind = 0
    for k in range(1, kinds.shape[0]):
        if kinds[k, UNSEEN] * kinds[kind, MEMBERS] > kinds[kind, UNSEEN] * kinds[k, MEMBERS]:
            kind = k
    return kind


@njit(cache=True)
def _learn(
    waves: Floats, last: int, strength: float, shapes: Floats, kinds: Floats, p: Floats
) -> None:
    """Let a beat of `strength`, whose waves end near column `last`, change its kind."""
    kind, place, alike = _nearest(waves, last, shapes, kinds)
    if kind < 0 or alike < p[21]:
        kind, place, alike = _least_used(kinds), last, 0.0
        kinds[kind, MEMBERS] = 0.0
    size = _size(waves, place, shapes.shape[2])
    if size <= 0.0:
        return
    for k in range(kinds.shape[0]):
        kinds[k, UNSEEN] += 1.0
    kinds[kind, UNSEEN] = 0.0
    kinds[kind, MEMBERS] = min(kinds[kind, MEMBERS] + 1.0, p[22])
    rate = 1.0 / kinds[kind, MEMBERS]
    shape = shapes[kind]
    begin = place - shape.shape[1] + 1
    for lead in range(shape.shape[0]):
        for j in range(shape.shape[1]):
            shape[lead, j] += rate * (waves[lead, begin + j] / size - shape[lead, j])
    norm = _size(shape, shape.shape[1] - 1, shape.shape[1])
    for lead in range(shape.shape[0]):
        for j in range(shape.shape[1]):
            shape[lead, j] /= norm
    if alike <= 0.0:
        kinds[kind, GAIN] = strength / size
    else:
        kinds[kind, GAIN] *= (strength / (size * alike) / kinds[kind, GAIN]) ** rate


@njit(cache=True)
def _share(state: Floats, p: Floats) -> float:
    """Return how much likeness counts: more, the less beats stand out from noise."""
    noisy = (p[19] - (state[SIGNAL] - state[NOISE])) / p[20]
    share: float = p[18] + p[17] * min(max(noisy, 0.0), 1.0)
    return share


@njit(cache=True)
def _announced(strengths: Floats, begin: int, n: int, last: int, apart: int) -> int:
    """Return the largest of the columns `begin` to `n`, if it may yet be a candidate."""
    at = begin
    for j in range(begin + 1, n + 1):
        if strengths[1, j] > strengths[1, at]:
            at = j
    larger = strengths[1, at] > strengths[1, last] or at - last > apart
    return at if larger and strengths[1, at] > 0.0 else -1


@njit(cache=True)
def choose(
    strengths: Floats, waves: Floats, begin: int, first: int, apart: int, lag: int,
    shapes: Floats, kinds: Floats, state: Floats, queue: Floats, p: Floats,
) -> Ints:  # fmt: skip
    """Return the indices of the beats among the local maxima of a row of strengths.

    Parameters
    ----------
    strengths : shape (2, begin + n)
        In the first row strengths, in the second what likeness to earlier beats made of them;
        its columns from `begin` on are filled here.
    waves : shape (leads, begin + n)
        What the strengths were made of, each column as far ahead of that of the strengths as
        half a shape is wide. None, if there are no leads.
    begin : int
        The columns before were seen in the call before.
    first : int
        Index of column 0 since the stream began.
    apart : int
        A candidate is the largest value this many samples to either side.
    lag : int
        A candidate is decided on this many samples after it, knowing the strengths by then.
    shapes, kinds : shape (k, leads, width), (k, 3)
        Of the kinds of beats, the usual waves with a sum of squares of one, and number of
        beats, strength per wave, and beats since the last of them; changed.
    state, queue
        From :func:`empty_state`; changed.
    p : shape (23,)
        0 least log-strength under the level of beats, 1 where between noise and beats the
        threshold lies, 2 weight and 3 bound of the prior of intervals, 4 samples before the
        first beat, 5 refractory time, 6 T-wave time and 7 log-ratio, 8 most and 9 least
        score of a strength, 10 samples after which the level of beats falls and 11 by how
        much a sample, 12 shortest and 13 longest interval to learn from, 14 learning rates of
        the level of beats and 15 of noise, 16 samples to learn from before the first decision,
        17 more share of likeness in noise, 18 share of likeness, 19 log-ratio of beats to
        noise under which there is noise, 20 and by how much less there is nothing else, 21
        likeness of a beat to its kind, 22 beats that a kind remembers.
    """
    beats = np.empty(strengths.shape[1], np.int64)
    found = 0
    share, faint = 0.0, 0.0
    fresh = True
    for n in range(begin, strengths.shape[1]):
        i = n - apart
        now = first + n
        value = strengths[0, n]
        if state[STARTED] == 0.0:
            state[LARGEST] = max(state[LARGEST], value)
        elif shapes.shape[0] > 0:
            if fresh:
                share, faint = _share(state, p), math.exp(state[SIGNAL] - FAINT)
                fresh = False
            if share > 0.0 and kinds[0, MEMBERS] >= KNOWN:
                like = _likeness(waves, n, shapes, kinds) if value > faint else 0.0
                value = (1.0 - share) * value + share * like
        strengths[1, n] = value
        if strengths[1, i] > 0.0 and first + i >= p[4] and _leads(strengths[1], i, apart):
            count = int(state[COUNT])
            if count < QUEUE:
                queue[0, count] = first + i
                queue[1, count] = math.log(strengths[1, i])
                state[COUNT] = count + 1.0
        while now >= p[16] and state[COUNT] > 0 and now - queue[0, 0] >= lag:
            count = int(state[COUNT])
            last = int(queue[0, count - 1]) - first
            ahead = _announced(strengths, max(i, last) + 1, n, last, apart)
            if ahead >= 0 and count < QUEUE:
                queue[0, count] = first + ahead
                queue[1, count] = math.log(strengths[1, ahead])
            waiting = count + 1 if ahead >= 0 and count < QUEUE else count
            if _decide(float(now), waiting, state, queue, p):
                at = int(queue[0, 0])
                beats[found] = at
                found += 1
                if shapes.shape[0] > 0:
                    strength = strengths[0, at - first]
                    _learn(waves, at - first, strength, shapes, kinds, p)
            fresh = True
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
        Running balance of upward and downward peaks, -1 to 1, which no peak moves by more than
        one that is off by CLEAR; the side that it chose, and how many peaks it is the mean of;
        changed.

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
        # three beats in noise, each far to the other side, are no turn of the lead
        leaning[0] += min(max(balance - leaning[0], -CLEAR), CLEAR) / leaning[2]
        before = leaning[1]
        if before == 0.0 or leaning[0] * before < -0.1:
            leaning[1] = 1.0 if leaning[0] >= 0.0 else -1.0
        lean = balance if abs(balance) > CLEAR else leaning[1]
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
