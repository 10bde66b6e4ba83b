"""Skin conductance taken apart: a state-space smoother, and the bursts that it lacks.

All that calls each other is in one file: a cached kernel does not see that a kernel it calls in
another file has changed. Times are counted in steps here, and rates per step.

The state is the slower and the quicker exponential of all responses, the level and its slope.
Conductance is the slower less the quicker plus the level. A response is one shock to the first
two.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "AMPLITUDE",
    "AMPLITUDE_VARIANCE",
    "FAST",
    "HEIGHT",
    "INFORMATION",
    "LEVEL",
    "LEVEL_VARIANCE",
    "OUT",
    "PEAK",
    "PHASIC_VARIANCE",
    "POSITION",
    "RISE_SEEN",
    "ROWS",
    "SCORE",
    "SETTINGS",
    "SHIFT_VARIANCE",
    "SLOW",
    "STATE",
    "STIRRED",
    "STORE",
    "burst",
    "find_responses",
    "learn",
    "take_apart",
]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

TURNS, LAST_TURNS = 12, 3  # passes over the record, and those that add no response any more
WIDE = 4.0  # µS², how far amplitudes may lie from 0 before anything is seen
FREE = 100.0  # µS², the same of a level, about what is expected at the start
FREE_SLOPE = 0.01  # (µS/s)², of its slope, times the square of a step
STIRRED = 0.25  # µS², of the tail of what came while nothing was seen
SMALLEST = 0.005  # µS, by which a time may still be moved
DROP_AT = 0.8  # of the least amplitude: under it a response is dropped while searching
FARTHEST = 1.25  # steps that an onset may move in one pass
SETTLED = 3  # passes after which faults of the electrode are looked for
SPIKE = 6.0  # standard deviations by which a single sample is off
STEP_SIGMAS, JUMP_SIGMAS = 4.0, 8.0  # of a step between samples, and of the level
JUMP_LEAST, JUMP_SHARE = 0.1, 0.3  # µS; of what responses add at the time
ABRUPT = 0.6  # of a step of the level, that lies between two samples
BETTER = 1.1  # times as sure as a burst
TRIES = 40  # of pairs of time constants
FIRST_STRIDE, LAST_STRIDE = 0.2, 0.02  # of their logarithms

# settings
(
    RISE,  # steps, time constants
    DECAY,
    DRIFT,  # variance that the level's slope gains in a step
    MISFIT,  # of the responses' size: what the shape may be off by, while searching
    SIGMAS,  # what a response must reach
    LEAST,  # µS
    NEAR,  # steps that onsets must be apart
    APART,  # steps within which one onset is added in a pass
    SHIFT,  # steps, standard deviation of an onset's time
    SHAPE,  # variance of the decay's rate, in the end
    MISFIT_LAST,  # as MISFIT, in the end
    EARLIEST,  # steps, before which no onset can be
    SEARCH,  # steps after an onset within which its response peaks
    SLOPE_FREE,  # FREE_SLOPE per step
    RISES,  # steps after an onset within which a rise must begin
    SPAN,  # steps over which it is measured
    AROUND,  # steps, how far around a response its shape makes samples less sure
) = range(17)
SETTINGS = 17
# a response
POSITION, AMPLITUDE, AMPLITUDE_VARIANCE, SHIFT_VARIANCE, PEAK, HEIGHT, RISE_SEEN = range(7)
ROWS = 7
# a step, smoothed; score and information tell of a burst in the step that follows
SLOW, FAST, LEVEL, PHASIC_VARIANCE, LEVEL_VARIANCE, SCORE, INFORMATION, JUMP, CERTAIN = range(9)
OUT = 9
# a step, predicted: mean (4), covariance (10); in the store also innovation and precision
STATE, STORE = 14, 16
# a shock: step, slow and quick, their slopes by time, variances of amplitude and of time
SHOCK = 7


@njit(cache=True)
def burst(ago: float, rise: float, decay: float) -> tuple[float, float]:
    """Return slow and quick part, `ago` steps after its onset, of a response of height 1."""
    top = math.log(decay / rise) * rise * decay / (decay - rise)
    height = math.exp(-top / decay) - math.exp(-top / rise)
    return math.exp(-ago / decay) / height, math.exp(-ago / rise) / height


@njit(cache=True)
def _shocks(rows: FloatArray, rise: float, decay: float, shift: float) -> FloatArray:
    """Return the shocks that the responses `rows` are, their sizes and times still free."""
    shocks = np.empty((rows.shape[0], SHOCK))
    for i in range(rows.shape[0]):
        step = math.floor(rows[i, POSITION])
        slow, fast = burst(step + 1 - rows[i, POSITION], rise, decay)
        size = max(rows[i, AMPLITUDE], SMALLEST)
        shocks[i, 0], shocks[i, 1], shocks[i, 2] = step, slow, fast
        shocks[i, 3], shocks[i, 4] = slow / decay, fast / rise
        shocks[i, 5], shocks[i, 6] = WIDE, (shift * size) ** 2
    return shocks


@njit(cache=True)
def _forward(
    y: FloatArray,
    variance: FloatArray,
    wander: FloatArray,
    loose: BoolArray,
    model: FloatArray,
    shocks: FloatArray,
    start: FloatArray,
    store: FloatArray,
) -> float:
    """Filter `y`; put each step's prediction in `store` and return the log likelihood.

    `model` is what is left of the quick and the slow part after a step, the variance that the
    level's slope gains in one, and that of a slope of which nothing is known.
    """
    a, b, q, free_slope = model[0], model[1], model[2], model[3]
    m1, m2, m3, m4 = start[0], start[1], start[2], start[3]
    p11, p12, p13, p14 = start[4], start[5], start[6], start[7]
    p22, p23, p24 = start[8], start[9], start[10]
    p33, p34, p44 = start[11], start[12], start[13]
    likelihood, e = 0.0, 0
    for k in range(y.size):
        row = store[k]
        row[0], row[1], row[2], row[3] = m1, m2, m3, m4
        row[4], row[5], row[6], row[7] = p11, p12, p13, p14
        row[8], row[9], row[10] = p22, p23, p24
        row[11], row[12], row[13] = p33, p34, p44
        row[14], row[15] = 0.0, 0.0
        if math.isfinite(y[k]):
            g1, g2 = p11 - p12 + p13, p12 - p22 + p23
            g3, g4 = p13 - p23 + p33, p14 - p24 + p34
            spread = g1 - g2 + g3 + variance[k]
            gap = y[k] - (m1 - m2 + m3)
            i = 1.0 / spread
            v = gap * i
            m1, m2, m3, m4 = m1 + g1 * v, m2 + g2 * v, m3 + g3 * v, m4 + g4 * v
            p11 -= g1 * g1 * i
            p12 -= g1 * g2 * i
            p13 -= g1 * g3 * i
            p14 -= g1 * g4 * i
            p22 -= g2 * g2 * i
            p23 -= g2 * g3 * i
            p24 -= g2 * g4 * i
            p33 -= g3 * g3 * i
            p34 -= g3 * g4 * i
            p44 -= g4 * g4 * i
            likelihood -= 0.5 * (math.log(spread) + gap * v)
            row[14], row[15] = v, i
        m1, m2, m3 = m1 * b, m2 * a, m3 + m4
        p11 = p11 * b * b + wander[k]
        p12 *= a * b
        p13, p14 = b * (p13 + p14), b * p14
        p22 *= a * a
        p23, p24 = a * (p23 + p24), a * p24
        p33 += 2 * p34 + p44 + q / 3
        p34 += p44 + q / 2
        p44 += q
        if loose[
            k
        ]:  # anew, not in addition: a long gap would leave no digits for what is known
            m3, m4 = start[2], 0.0
            p13 = p14 = p23 = p24 = p34 = 0.0
            p33, p44 = FREE, free_slope
            if k + 1 < y.size and math.isfinite(y[k + 1]) and not math.isfinite(y[k]):
                p11 += STIRRED
        while e < shocks.shape[0] and shocks[e, 0] == k:
            s, f, ds, df = shocks[e, 1], shocks[e, 2], shocks[e, 3], shocks[e, 4]
            size, time = shocks[e, 5], shocks[e, 6]
            p11 += size * s * s + time * ds * ds
            p12 += size * s * f + time * ds * df
            p22 += size * f * f + time * df * df
            e += 1
    return likelihood


@njit(cache=True)
def _spread(p: tuple[float, float, float, float], n: tuple[float, ...], before: float) -> float:
    """Return `before` less what the later samples tell of it."""
    c1, c2, c3, c4 = p
    n11, n12, n13, n14, n22, n23, n24, n33, n34, n44 = n
    told = c1 * (n11 * c1 + 2 * (n12 * c2 + n13 * c3 + n14 * c4))
    told += c2 * (n22 * c2 + 2 * (n23 * c3 + n24 * c4))
    told += c3 * (n33 * c3 + 2 * n34 * c4) + n44 * c4 * c4
    return max(before - told, 0.0)


@njit(cache=True)
def _backward(
    model: FloatArray,
    half: tuple[float, float],
    loose: BoolArray,
    shocks: FloatArray,
    store: FloatArray,
    out: FloatArray,
    found: FloatArray,
) -> None:
    """Smooth what `_forward` stored (Durbin & Koopman's disturbance smoother).

    `half` is what a burst of height 1 in the middle of a step leaves at its end. `found` gets
    each shock's amplitude, variance, time times amplitude, and the variance of that.
    """
    a, b = model[0], model[1]
    js, jf = half
    r1 = r2 = r3 = r4 = 0.0
    n11 = n12 = n13 = n14 = n22 = n23 = n24 = n33 = n34 = n44 = 0.0
    e = shocks.shape[0] - 1
    for k in range(out.shape[0] - 1, -1, -1):
        out[k, SCORE] = js * r1 + jf * r2
        out[k, JUMP], out[k, CERTAIN] = r3, n33
        out[k, INFORMATION] = js * js * n11 + 2 * js * jf * n12 + jf * jf * n22
        while e >= 0 and shocks[e, 0] == k:
            s, f, ds, df = shocks[e, 1], shocks[e, 2], shocks[e, 3], shocks[e, 4]
            size, time = shocks[e, 5], shocks[e, 6]
            told = s * s * n11 + 2 * s * f * n12 + f * f * n22
            found[e, 0] = size * (s * r1 + f * r2)
            found[e, 1] = max(size - size * size * told, 0.0)
            told = ds * ds * n11 + 2 * ds * df * n12 + df * df * n22
            found[e, 2] = time * (ds * r1 + df * r2)
            found[e, 3] = max(time - time * time * told, 0.0)
            e -= 1
        if loose[k]:
            r3 = r4 = 0.0
            n13 = n14 = n23 = n24 = n33 = n34 = n44 = 0.0
        row = store[k]
        p11, p12, p13, p14 = row[4], row[5], row[6], row[7]
        p22, p23, p24 = row[8], row[9], row[10]
        p33, p34 = row[11], row[12]
        v, i = row[14], row[15]
        r1, r2, r4 = r1 * b, r2 * a, r4 + r3
        n11 *= b * b
        n12 *= a * b
        n13, n14 = b * n13, b * (n14 + n13)
        n22 *= a * a
        n23, n24 = a * n23, a * (n24 + n23)
        n44 += 2 * n34 + n33
        n34 += n33
        if i > 0:
            g1, g2 = (p11 - p12 + p13) * i, (p12 - p22 + p23) * i
            g3, g4 = (p13 - p23 + p33) * i, (p14 - p24 + p34) * i
            d = v - (g1 * r1 + g2 * r2 + g3 * r3 + g4 * r4)
            r1, r2, r3 = r1 + d, r2 - d, r3 + d
            u1 = n11 * g1 + n12 * g2 + n13 * g3 + n14 * g4
            u2 = n12 * g1 + n22 * g2 + n23 * g3 + n24 * g4
            u3 = n13 * g1 + n23 * g2 + n33 * g3 + n34 * g4
            u4 = n14 * g1 + n24 * g2 + n34 * g3 + n44 * g4
            w = g1 * u1 + g2 * u2 + g3 * u3 + g4 * u4 + i
            n11 += w - 2 * u1
            n12 += u1 - u2 - w
            n13 += w - u1 - u3
            n14 -= u4
            n22 += w + 2 * u2
            n23 += u3 - u2 - w
            n24 += u4
            n33 += w - 2 * u3
            n34 -= u4
        out[k, SLOW] = row[0] + p11 * r1 + p12 * r2 + p13 * r3 + p14 * r4
        out[k, FAST] = row[1] + p12 * r1 + p22 * r2 + p23 * r3 + p24 * r4
        out[k, LEVEL] = row[2] + p13 * r1 + p23 * r2 + p33 * r3 + p34 * r4
        n = (n11, n12, n13, n14, n22, n23, n24, n33, n34, n44)
        way = (p11 - p12, p12 - p22, p13 - p23, p14 - p24)
        out[k, PHASIC_VARIANCE] = _spread(way, n, way[0] - way[1])
        out[k, LEVEL_VARIANCE] = _spread((p13, p23, p33, p34), n, p33)


@njit(cache=True)
def _model(settings: FloatArray, rise: float, decay: float) -> FloatArray:
    quick, slow = math.exp(-1 / rise), math.exp(-1 / decay)
    return np.array([quick, slow, settings[DRIFT], settings[SLOPE_FREE]])


@njit(cache=True)
def take_apart(
    y: FloatArray,
    variance: FloatArray,
    wander: FloatArray,
    loose: BoolArray,
    rows: FloatArray,
    settings: FloatArray,
    start: FloatArray,
    store: FloatArray,
    out: FloatArray,
) -> FloatArray:
    """Smooth `y` given when its responses began; return what is known of each of them."""
    rise, decay = settings[RISE], settings[DECAY]
    model = _model(settings, rise, decay)
    shocks = _shocks(rows, rise, decay, settings[SHIFT])
    found = np.empty((rows.shape[0], 4))
    _forward(y, variance, wander, loose, model, shocks, start, store)
    _backward(model, burst(0.5, rise, decay), loose, shocks, store, out, found)
    return found


@njit(cache=True)
def _kept(rows: FloatArray, found: FloatArray, settings: FloatArray, last: float) -> FloatArray:
    """Return the responses with their times moved, less those that are too small.

    Of those near each other only the least sure one goes at a time: it may have stood in the
    others' light. Two that come too near become one.
    """
    n = rows.shape[0]
    sure = found[:, 0] / np.sqrt(np.maximum(found[:, 1], 1e-12))
    kept = np.empty((n, ROWS))
    count = 0
    for i in range(n):
        small = not (sure[i] > settings[SIGMAS] and found[i, 0] >= DROP_AT * settings[LEAST])
        for way in (-1, 1):
            j = i + way
            while small and 0 <= j < n:
                if abs(rows[j, POSITION] - rows[i, POSITION]) > 1.3 * settings[APART]:
                    break
                small = sure[i] < sure[j] or (sure[i] == sure[j] and i < j)
                j += way
        if small:
            continue
        move = found[i, 2] / max(rows[i, AMPLITUDE], SMALLEST)
        move = min(max(move, -FARTHEST), FARTHEST)
        kept[count, POSITION] = min(max(rows[i, POSITION] + move, settings[EARLIEST]), last)
        kept[count, AMPLITUDE] = max(found[i, 0], SMALLEST)
        kept[count, AMPLITUDE_VARIANCE], kept[count, SHIFT_VARIANCE] = found[i, 1], found[i, 3]
        kept[count, PEAK] = abs(move)
        count += 1
    return _merged(kept[:count], settings[NEAR])


@njit(cache=True)
def _merged(rows: FloatArray, near: float) -> FloatArray:
    """Return `rows` in order of time, those nearer than `near` as one."""
    rows = rows[np.argsort(rows[:, POSITION])]
    count = 0
    for i in range(rows.shape[0]):
        if count and rows[i, POSITION] - rows[count - 1, POSITION] < near:
            one, two = rows[count - 1, AMPLITUDE], rows[i, AMPLITUDE]
            place = one * rows[count - 1, POSITION] + two * rows[i, POSITION]
            rows[count - 1, POSITION] = place / (one + two)
            rows[count - 1, AMPLITUDE] = one + two
            continue
        rows[count] = rows[i]
        count += 1
    return rows[:count].copy()


@njit(cache=True)
def _more(rows: FloatArray, out: FloatArray, settings: FloatArray) -> FloatArray:
    """Return `rows` and the bursts that the smoother says are lacking.

    One more burst, of whatever size, has the estimate score / information and the variance
    1 / information (de Jong & Penzer 1998): the surest within APART steps is added.
    """
    n = out.shape[0]
    sure = np.zeros(n)
    for k in range(n):
        known = out[k, INFORMATION]
        if known <= 0 or k + 0.5 < settings[EARLIEST]:
            continue
        if out[k, SCORE] >= settings[LEAST] * known:
            sure[k] = out[k, SCORE] / math.sqrt(known)
    reach = int(settings[APART] + 0.5)
    added = np.empty((n, ROWS))
    count, j = 0, 0
    for k in range(n):
        if not sure[k] > settings[SIGMAS]:
            continue
        if sure[k] < sure[max(k - reach, 0) : k + reach + 1].max():
            continue
        place = k + 0.5
        while j < rows.shape[0] and rows[j, POSITION] < place:
            j += 1
        if j > 0 and place - rows[j - 1, POSITION] < settings[NEAR]:
            continue
        if j < rows.shape[0] and rows[j, POSITION] - place < settings[NEAR]:
            continue
        added[count, POSITION] = place
        added[count, AMPLITUDE] = out[k, SCORE] / out[k, INFORMATION]
        added[count, 2:] = 0.0
        count += 1
    if count == 0:
        return rows
    return _merged(np.concatenate((rows, added[:count])), 0.0)


@njit(cache=True)
def _driven(rows: FloatArray, settings: FloatArray, start: FloatArray, n: int) -> FloatArray:
    """Return what the responses, and those before, add to conductance at each step."""
    rise, decay = settings[RISE], settings[DECAY]
    slow_left, fast_left = math.exp(-1 / decay), math.exp(-1 / rise)
    out = np.zeros(n)
    slow, fast, e = start[0], start[1], 0
    for k in range(n):
        out[k] = max(slow - fast, 0.0)
        slow *= slow_left
        fast *= fast_left
        while e < rows.shape[0] and math.floor(rows[e, POSITION]) == k:
            s, f = burst(k + 1 - rows[e, POSITION], rise, decay)
            size = max(rows[e, AMPLITUDE], 0.0)
            slow += size * s
            fast += size * f
            e += 1
    return out


@njit(cache=True)
def _peaks(
    y: FloatArray, out: FloatArray, driven: FloatArray, rows: FloatArray, settings: FloatArray
) -> None:
    """Find when each response peaks and how high: what is left less what all others add."""
    n = out.shape[0]
    rise, decay = settings[RISE], settings[DECAY]
    for i in range(rows.shape[0]):
        onset = rows[i, POSITION]
        end = onset + settings[SEARCH]
        if i + 1 < rows.shape[0]:
            end = min(end, max(rows[i + 1, POSITION], onset + 1.0))
        best, at = -np.inf, onset
        for k in range(math.floor(onset) + 1, min(math.floor(end), n - 1) + 1):
            slow, fast = burst(k - onset, rise, decay)
            height = rows[i, AMPLITUDE] * (slow - fast)
            height += out[k, SLOW] - out[k, FAST] - driven[k]
            if height > best:
                best, at = height, float(k)
        rows[i, PEAK], rows[i, HEIGHT] = at, best
        rows[i, RISE_SEEN] = _rise(y, onset, settings)


@njit(cache=True)
def _rise(y: FloatArray, onset: float, settings: FloatArray) -> float:
    """Return the largest rise of `y` within SPAN steps that begins soon after `onset`."""
    span = max(int(settings[SPAN] + 0.5), 1)
    best = -np.inf
    for k in range(math.floor(onset), math.floor(onset + settings[RISES]) + 1):
        if k + span < y.size and math.isfinite(y[k + span]) and math.isfinite(y[k]):
            best = max(best, y[k + span] - y[k])
    return best


@njit(cache=True)
def _faulty(
    y: FloatArray, variance: FloatArray, loose: BoolArray, out: FloatArray, spread: FloatArray
) -> bool:
    """Mark what no sweat can do; return whether there was any.

    A single sample far off gets a larger variance. After an abrupt step of the level, tested as
    a burst is, the level may be anything: a fall, or a rise that a burst explains less well.
    `spread` is the variance of noise and misfit.
    """
    n, found = y.size, False
    rest = y - (out[:, SLOW] - out[:, FAST] + out[:, LEVEL])
    for k in range(1, n - 1):
        beside = max(abs(rest[k - 1]), abs(rest[k + 1]))
        alone = abs(y[k] - (y[k - 1] + y[k + 1]) / 2) > 0.7 * abs(rest[k])
        far = abs(rest[k]) > max(SPIKE * math.sqrt(spread[k]), 2 * beside)
        if far and alone:
            variance[k] += 10 * rest[k] ** 2
            found = True
    for k in range(1, n - 2):
        step, known = y[k + 1] - y[k], out[k, CERTAIN]
        if loose[k] or known <= 0 or not abs(step) > STEP_SIGMAS * math.sqrt(2 * spread[k]):
            continue
        jump, sure = out[k, JUMP] / known, abs(out[k, JUMP]) / math.sqrt(known)
        least = max(JUMP_LEAST, JUMP_SHARE * (out[k, SLOW] - out[k, FAST]))
        if sure < JUMP_SIGMAS or abs(jump) < least or step / jump < ABRUPT:
            continue
        rival = 0.0
        for j in range(k - 1, k + 2):
            if out[j, INFORMATION] > 0:
                rival = max(rival, out[j, SCORE] / math.sqrt(out[j, INFORMATION]))
        if jump < 0 or sure > BETTER * rival:
            loose[k] = True
            found = True
    return found


@njit(cache=True)
def _spread_out(
    variance: FloatArray, phasic: FloatArray, misfit: float, reach: int
) -> FloatArray:
    """Return `variance` and that of shapes that are not as assumed.

    A share of the most that responses add within `reach` steps: where a response begins, it
    adds little yet, and its shape is least sure.
    """
    out = np.empty_like(variance)
    for k in range(variance.size):
        most = phasic[max(k - reach, 0) : k + reach + 1].max()
        out[k] = variance[k] + (misfit * most) ** 2
    return out


@njit(cache=True)
def find_responses(
    y: FloatArray,
    variance: FloatArray,
    loose: BoolArray,
    rows: FloatArray,
    settings: FloatArray,
    start: FloatArray,
    store: FloatArray,
    out: FloatArray,
) -> FloatArray:
    """Return the responses in `y`, shape (n, ROWS); `store` and `out` as they leave it.

    `rows` are those to begin with. `variance` is that of each step's noise; after a step that
    is `loose`, the level may be anything.
    """
    phasic, none = np.zeros(y.size), np.zeros(y.size)
    last, around = y.size - 1 - 1e-6, int(settings[AROUND] + 0.5)
    variance, loose = variance.copy(), loose.copy()
    for turn in range(TURNS):
        spread = _spread_out(variance, phasic, settings[MISFIT], around)
        found = take_apart(y, spread, none, loose, rows, settings, start, store, out)
        phasic = np.maximum(out[:, SLOW] - out[:, FAST], 0.0)
        kept = _kept(rows, found, settings, last)
        steady = kept.shape[0] == rows.shape[0] and (
            kept.shape[0] == 0 or kept[:, PEAK].max() < 0.02
        )
        more = _more(kept, out, settings) if turn < TURNS - LAST_TURNS else kept
        steady = steady and more.shape[0] == kept.shape[0]
        rows = more
        if (steady or turn >= SETTLED) and turn < TURNS - LAST_TURNS:
            plain = variance + (settings[MISFIT] * phasic) ** 2
            steady = not _faulty(y, variance, loose, out, plain) and steady
        if steady:
            break
    for _ in range(2):
        wander = settings[SHAPE] * _driven(rows, settings, start, y.size) ** 2
        spread = _spread_out(variance, phasic, settings[MISFIT_LAST], around)
        found = take_apart(y, spread, wander, loose, rows, settings, start, store, out)
        phasic = np.maximum(out[:, SLOW] - out[:, FAST], 0.0)
        rows[:, AMPLITUDE] = np.maximum(found[:, 0], 0.0)
        rows[:, AMPLITUDE_VARIANCE] = found[:, 1]
        rows[:, SHIFT_VARIANCE] = found[:, 3] / np.maximum(rows[:, AMPLITUDE], SMALLEST) ** 2
    driven = _driven(rows, settings, start, y.size)
    _peaks(y, out, driven, rows, settings)
    return rows


@njit(cache=True)
def _loss(
    y: FloatArray,
    spread: FloatArray,
    loose: BoolArray,
    rows: FloatArray,
    settings: FloatArray,
    start: FloatArray,
    prior: FloatArray,
    at: FloatArray,
    store: FloatArray,
) -> float:
    """Return minus the log posterior of the logarithms of rise and decay, `at`."""
    for i in range(2):
        if not prior[i, 2] <= at[i] <= prior[i, 3]:
            return np.inf
    if at[1] - at[0] < prior[2, 0]:
        return np.inf
    rise, decay = math.exp(at[0]), math.exp(at[1])
    shocks = _shocks(rows, rise, decay, prior[2, 1])
    none = np.zeros(y.size)
    model = _model(settings, rise, decay)
    loss = -_forward(y, spread, none, loose, model, shocks, start, store)
    for i in range(2):
        loss += 0.5 * ((at[i] - prior[i, 0]) / prior[i, 1]) ** 2
    return loss


@njit(cache=True)
def learn(
    y: FloatArray,
    variance: FloatArray,
    phasic: FloatArray,
    loose: BoolArray,
    rows: FloatArray,
    settings: FloatArray,
    start: FloatArray,
    prior: FloatArray,
) -> FloatArray:
    """Return the likeliest logarithms of rise and decay, and their variances and covariance.

    `prior` holds of each logarithm its mean, standard deviation, least and most; and in its
    last row how far the two must be apart, and the spread (steps) of the onsets' times. A
    pattern search, then the curvature at its end.
    """
    around = int(settings[AROUND] + 0.5)
    spread = _spread_out(variance, phasic, settings[MISFIT], around)
    store = np.empty((y.size, STORE))
    at = np.log(settings[:2])
    best = _loss(y, spread, loose, rows, settings, start, prior, at, store)
    stride, tries = FIRST_STRIDE, 0
    while stride > LAST_STRIDE and tries < TRIES:
        better = False
        for i in range(2):
            for way in (-stride, stride):
                to = at.copy()
                to[i] += way
                tries += 1
                loss = _loss(y, spread, loose, rows, settings, start, prior, to, store)
                if loss < best:
                    at, best, better = to, loss, True
                    break
        if not better:
            stride /= 2
    return _curvature(y, spread, loose, rows, settings, start, prior, at, best)


@njit(cache=True)
def _curvature(
    y: FloatArray,
    spread: FloatArray,
    loose: BoolArray,
    rows: FloatArray,
    settings: FloatArray,
    start: FloatArray,
    prior: FloatArray,
    at: FloatArray,
    best: float,
) -> FloatArray:
    """Return `at` and the inverse of the curvature of the loss there."""
    store = np.empty((y.size, STORE))
    s = 2 * LAST_STRIDE
    bent = np.empty(2)
    both = 0.0
    for i in range(2):
        bent[i] = -2 * best
        for way in (-s, s):
            to = at.copy()
            to[i] += way
            loss = _loss(y, spread, loose, rows, settings, start, prior, to, store)
            bent[i] += loss if math.isfinite(loss) else best
    for one, two in ((s, s), (-s, -s), (s, -s), (-s, s)):
        loss = _loss(
            y, spread, loose, rows, settings, start, prior, at + np.array([one, two]), store
        )
        sign = 1.0 if one * two > 0 else -1.0
        both += sign * (loss if math.isfinite(loss) else best) / 4
    h11, h22, h12 = bent[0] / s**2, bent[1] / s**2, both / s**2
    whole = h11 * h22 - h12**2
    if not (h11 > 0 and whole > 0):
        return np.array([at[0], at[1], prior[0, 1] ** 2, prior[1, 1] ** 2, 0.0])
    return np.array([at[0], at[1], h22 / whole, h11 / whole, -h12 / whole])
