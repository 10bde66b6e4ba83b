"""A loop that tells beats of the sinus node from those that are none, and what they are."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "EARLY",
    "EXTRA",
    "KEPT",
    "MISPLACED",
    "MISSED",
    "SKIPS",
    "empty_paths",
    "mark",
    "settle",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SKIPS = 3  # beats in a row that a path may leave out
NEVER = 1e9
LEAST = (-10.0, -4.0, -1.0, -1.0)  # under what going on costs, by how many beats are left out

KEPT, MISSED, EXTRA, MISPLACED, EARLY = range(5)  # what a beat is
BITS = 3  # that hold it

# rows of the paths, one column for each of the last SKIPS + 1 beats: of those that hold to the
# rhythm and, in a second layer, of those that hold another to have begun
ROWS = 11
COST, TIME, LEVEL, SPREAD, COUPLING, CLOSENESS, SINCE, KINDS, RATE = range(9)

# the settings, see interbeat.signals._marking.Settings
(
    TAIL,
    TAIL_LATE,
    LEVEL_RATE,
    LEVEL_RATE_OVER,
    SPREAD_RATE,
    SPREAD_RATE_OVER,
    SPREAD_FIRST,
    SPREAD_LEAST,
    SPREAD_MOST,
    SPREAD_OVER,
    A_MISSED,
    A_MISPLACED,
    AN_EXTRA,
    ANOTHER_RHYTHM,
    SURPRISE,
    UNLIKE,
    OPEN,
    BETWEEN,
    RESET,
    RESET_PAUSE,
    RESET_SPREAD,
    RESET_DRIFT,
    COUPLING_FIRST,
    COUPLING_LATEST,
    SURE,
    CLOSENESS_FIRST,
    CLOSENESS_LEAST,
    COUPLING_RATE,
    EARLY_FIRST,
    EARLY_AFTER,
    EARLY_RATE,
    EARLY_LEAST,
    EARLY_MOST,
    A_RUN,
    RUN_EARLY_BY,
    CALM,
    DOUBT,
    CALM_EARLY,
    DOUBT_EARLY,
    RUN_COUPLING,
    RUN_CLOSENESS,
    RUN_PAUSE,
    RUN_PAUSE_SPREAD,
    SHORTEST,
) = range(44)


def empty_paths() -> Floats:
    """Return the paths with which :func:`mark` starts: none."""
    paths = np.zeros((ROWS, 2, SKIPS + 1))
    paths[COST] = NEVER * 2.0
    paths[LEVEL] = math.nan
    return paths


@njit(cache=True)
def _begin(node: Floats, time: float, p: Floats) -> None:
    """Let a path begin with the beat at `time`, or, for a path still to come, with none."""
    node[COST], node[TIME], node[LEVEL], node[SPREAD] = 0.0, time, math.nan, p[SPREAD_FIRST]
    node[COUPLING], node[CLOSENESS] = p[COUPLING_FIRST], p[CLOSENESS_FIRST]
    node[SINCE], node[KINDS], node[RATE + 2] = 2.0, 0.0, p[EARLY_FIRST]
    node[RATE], node[RATE + 1] = p[EARLY_AFTER], p[EARLY_AFTER]


@njit(cache=True)
def _strange(off: float, spread: float, tail: float) -> float:
    """Return minus the log-density of Student's t, which forgives large deviations."""
    z = off / spread
    return math.log(spread) + 0.92 + 0.5 * (tail + 1.0) * math.log(1.0 + z * z / tail)


@njit(cache=True)
def _doubt(path: Floats, p: Floats) -> float:
    """Return what it costs more to call a beat misplaced where intervals differ widely."""
    return float(max(path[SPREAD] - p[CALM], 0.0) * p[DOUBT])


@njit(cache=True)
def _came_early(path: Floats, first: float, p: Floats) -> float:
    """Return what it costs to take a beat that came after `first` intervals for ectopic.

    Where intervals differ widely anyway it costs more, unless the person is known for it.
    """
    if first >= p[COUPLING_LATEST]:
        return NEVER
    z = (first - path[COUPLING]) / path[CLOSENESS]
    rate = path[RATE + int(path[SINCE])]
    doubt = max(path[SPREAD] - p[CALM_EARLY], 0.0) * p[DOUBT_EARLY]
    known = min(1.0, p[EARLY_LEAST] / rate)
    return float(0.92 + 0.5 * z * z + math.log(path[CLOSENESS] / rate) + doubt * known)


@njit(cache=True)
def _take(step: Floats, price: float, regular: float, off: float, kind: float) -> None:
    """Write a way to go on to `step` if it is cheaper than what is there."""
    if price < step[0]:
        step[0], step[1], step[2], step[3] = price, regular, off, kind


@njit(cache=True)
def _keep(step: Floats, path: Floats, span: float, p: Floats) -> None:
    """Price what leaves out no beat: one interval, or several between missed beats."""
    spread, whole = path[SPREAD], math.floor(span + 0.5)
    sinus = -math.log(1.0 - path[RATE + int(path[SINCE])])
    tail = p[TAIL_LATE] if span > 1.0 else p[TAIL]
    _take(step, sinus + _strange(span - 1.0, spread, tail), 1.0, span - 1.0, KEPT)
    if whole > 1.0:
        price = p[A_MISSED] + _strange(span - whole, spread * math.sqrt(whole), p[TAIL])
        _take(step, price, whole, span - whole, MISSED)


@njit(cache=True)
def _skip_one(step: Floats, path: Floats, span: float, pause: float, p: Floats) -> None:
    """Price what leaves out one beat, `pause` before the one that the path goes on to."""
    early = _came_early(path, span - pause, p)
    wrong = p[A_MISPLACED] + _doubt(path, p)
    one = _strange(span - 1.0, path[SPREAD], p[TAIL])
    two = _strange(span - 2.0, path[SPREAD] * p[SPREAD_OVER], p[TAIL])
    _take(step, wrong + two, 2.0, span - 2.0, MISPLACED)
    _take(step, p[AN_EXTRA] + one, 1.0, span - 1.0, EXTRA)
    _take(step, early + two, 2.0, span - 2.0, EARLY)
    if path[SINCE] > 0.0:
        _take(step, early + p[BETWEEN] + one, 1.0, span - 1.0, EARLY)
    reset = _strange(pause - p[RESET_PAUSE], p[RESET_SPREAD], 6.0)
    _take(step, early + p[RESET] + reset, -1.0, pause - p[RESET_PAUSE], EARLY)
    whole = math.floor(span + 0.5)
    if whole > 2.0:
        more = _strange(span - whole, path[SPREAD] * math.sqrt(whole), p[TAIL])
        _take(
            step,
            min(wrong, early) + p[A_MISSED] + more,
            whole,
            span - whole,
            MISPLACED,
        )


@njit(cache=True)
def _skip_more(
    step: Floats, path: Floats, times: Floats, span: float, skipped: int, p: Floats
) -> None:
    """Price what leaves out `skipped` beats, at the `times` since the last one kept, and on."""
    regular = min(max(math.floor(span + 0.5), 1.0), skipped + 1.0)
    off = span - regular
    spread = path[SPREAD] * p[SPREAD_OVER] * math.sqrt(0.5 * regular)
    whole = _strange(off, spread, p[TAIL])
    kind = MISPLACED if regular > skipped else EXTRA
    wrong = p[A_MISPLACED] + _doubt(path, p)
    _take(step, wrong * skipped + whole, regular, off, kind)
    if times[1] > 1.0 - p[RUN_EARLY_BY] * path[SPREAD]:
        return
    run = _came_early(path, times[1] - times[0], p) + (skipped - 1) * p[A_RUN]
    for k in range(1, skipped):
        run += _strange(times[k + 1] - times[k] - p[RUN_COUPLING], p[RUN_CLOSENESS], 6.0)
    _take(step, run + 1.0 + whole, regular, off, EARLY)
    pause = times[skipped + 1] - times[skipped] - p[RUN_PAUSE]
    _take(step, run + _strange(pause, p[RUN_PAUSE_SPREAD], 6.0), -1.0, pause, EARLY)


@njit(cache=True)
def _learn(node: Floats, step: Floats, since_last: Floats, skipped: int, p: Floats) -> None:
    """Let a path that went on by `step` learn from it; times are since the last beat kept.

    Of how ectopic beats come it learns where the pause outlasts the first interval by far more
    than intervals differ anyway: otherwise breathing and noise would teach it to expect them.
    """
    first, pause = since_last[1], since_last[skipped + 1] - since_last[skipped]
    regular, off, kind = step[1], step[2], step[3]
    level, spread, since = node[LEVEL], node[SPREAD], int(node[SINCE])
    ectopic = 1.0 if kind == EARLY and pause - first > p[SURE] * spread else 0.0
    if ectopic > 0.0:
        away = first - node[COUPLING]
        node[COUPLING] += p[COUPLING_RATE] * away
        variance = node[CLOSENESS] ** 2
        variance += p[COUPLING_RATE] * ((first - node[COUPLING]) ** 2 - variance)
        node[CLOSENESS] = max(math.sqrt(variance), p[CLOSENESS_LEAST])
    rate = p[EARLY_RATE] * (1.0 if since == 2 else 3.0)
    rate = node[RATE + since] + rate * (ectopic - node[RATE + since])
    node[RATE + since] = min(max(rate, p[EARLY_LEAST]), p[EARLY_MOST])
    node[SINCE] = 0.0 if kind == EARLY else min(since + 1.0, 2.0)
    if regular < 0.0:
        node[LEVEL] = level * (1.0 + p[RESET_DRIFT] * off)
    else:
        most = 3.0 * spread
        level_rate = p[LEVEL_RATE_OVER] if skipped else p[LEVEL_RATE]
        node[LEVEL] = level * (1.0 + level_rate * min(max(off / regular, -most), most))
        size = min(abs(off) / math.sqrt(regular), most) * 1.25
        spread += (p[SPREAD_RATE_OVER] if skipped else p[SPREAD_RATE]) * (size - spread)
        node[SPREAD] = min(max(spread, p[SPREAD_LEAST]), p[SPREAD_MOST])


@njit(cache=True)
def _kinds(kinds: float, skipped: int, kind: float) -> float:
    """Return what the latest beats are once `skipped` of one kind and one kept have come."""
    out = int(kinds)
    for _ in range(skipped):
        out = (out << BITS) | int(kind)
    out <<= BITS
    if skipped == 0:
        out |= int(kind)
    return float(out & 0xFFFFFFFFFF)


@njit(cache=True)
def _extend(
    paths: Floats, layer: int, skipped: int, time: float, work: Floats, p: Floats
) -> None:
    """Let a path that leaves out `skipped` beats go on to the beat at `time`.

    It is written to that row of `work` which is its layer's, if it is cheaper than what is
    there; and, where the beat comes as a surprise, to the other as the first of another rhythm.
    """
    best, node, step, since = work[layer], work[2], work[3], work[4]
    for row in range(ROWS):
        node[row] = paths[row, layer, skipped]
    span, level = time - node[TIME], node[LEVEL]
    if span < p[SHORTEST]:
        node[COST] += 50.0
    step[0], step[3] = NEVER, KEPT
    if math.isnan(level):
        step[0], step[3] = 4.0 * skipped, MISPLACED if skipped else KEPT
        node[LEVEL] = span / (skipped + 1)
    else:
        for k in range(skipped):
            since[k + 1] = (paths[TIME, layer, skipped - 1 - k] - node[TIME]) / level
        since[0], since[skipped + 1] = 0.0, span / level
        if skipped == 0:
            _keep(step, node, span / level, p)
            if layer == 0 and step[0] > p[SURPRISE]:
                _begin_another(work[1], node, time, p)
        elif skipped == 1:
            _skip_one(step, node, span / level, since[2] - since[1], p)
        else:
            _skip_more(step, node, since, span / level, skipped, p)
        if node[COST] + step[0] < best[COST]:
            _learn(node, step, since, skipped, p)
    node[COST] += step[0]
    if node[COST] < best[COST]:
        node[TIME], node[KINDS] = time, _kinds(node[KINDS], skipped, step[3])
        for row in range(ROWS):
            best[row] = node[row]


@njit(cache=True)
def _begin_another(other: Floats, path: Floats, time: float, p: Floats) -> None:
    """Let `path` go on to the beat at `time` with an interval that begins another rhythm."""
    if path[COST] + p[ANOTHER_RHYTHM] >= other[COST]:
        return
    other[:] = path
    other[COST] += p[ANOTHER_RHYTHM]
    other[LEVEL] = time - path[TIME]
    other[SPREAD] = max(path[SPREAD], p[SPREAD_FIRST])
    other[TIME], other[KINDS] = time, _kinds(path[KINDS], 0, KEPT)


@njit(cache=True)
def _go_on(paths: Floats, time: float, first: bool, work: Floats, p: Floats) -> None:
    """Let every path go on to the beat at `time`, or leave it out."""
    _begin(work[0], time, p)
    if not first:
        work[0, COST] = NEVER * 2.0
    work[1] = work[0]
    work[1, COST] = NEVER * 2.0
    for layer in range(2):
        for k in range(SKIPS + 1):
            if paths[COST, layer, k] + LEAST[k] < min(work[layer, COST], NEVER):
                _extend(paths, layer, k, time, work, p)
    if work[1, COST] < work[0, COST]:
        work[0] = work[1]
        work[1, COST] = NEVER * 2.0
    elif not abs(work[1, LEVEL] / work[0, LEVEL] - 1.0) > p[UNLIKE]:
        work[1, COST] = NEVER * 2.0
    for row in range(ROWS):  # loops: slices would cost more than all the rest
        for layer in range(2):
            for k in range(SKIPS, 0, -1):
                paths[row, layer, k] = paths[row, layer, k - 1]
            paths[row, layer, 0] = work[layer, row]
    least = paths[COST].min()
    for layer in range(2):
        for k in range(SKIPS + 1):
            paths[COST, layer, k] -= least


@njit(cache=True)
def _best(paths: Floats, p: Floats) -> tuple[int, int]:
    """Return which path is cheapest if it ends with the latest beat; later ones are first."""
    layer, best, least = 0, 0, math.inf
    for other in range(2):
        for k in range(SKIPS + 1):
            cost = paths[COST, other, k] + k * p[OPEN]
            if cost < least:
                layer, best, least = other, k, cost
    return layer, best


@njit(cache=True)
def _kind(paths: Floats, layer: int, column: int, back: int) -> int:
    """Return what a path takes the beat `back` beats before the latest for."""
    if back < column:
        return MISPLACED
    return (int(paths[KINDS, layer, column]) >> (BITS * (back - column))) & 7


@njit(cache=True)
def settle(paths: Floats, count: int, p: Floats) -> Ints:
    """Return the kind of each of the latest `count` beats if no more come."""
    layer, best = _best(paths, p)
    out = np.zeros(count, np.int64)
    for k in range(count):
        out[k] = _kind(paths, layer, best, count - 1 - k)
    return out


@njit(cache=True)
def mark(times: Floats, known: int, lag: int, paths: Floats, p: Floats) -> Ints:
    """Return the kind of each beat that becomes certain.

    Parameters
    ----------
    times
        The next beats of one run without a gap.
    known : int
        How many beats of the run came before.
    lag : int
        A beat is decided on when this many more have come; at most 9.
    paths
        From :func:`empty_paths`; changed.
    p : shape (44,)
        The settings, in the order of the names above.
    """
    out = np.zeros(times.size, np.int64)
    given = 0
    work = np.empty((5, ROWS))
    for n in range(times.size):
        _go_on(paths, times[n], known + n == 0, work, p)
        if known + n >= lag:
            layer, best = _best(paths, p)
            answer = _kind(paths, layer, best, lag)
            for layer in range(2):
                for k in range(SKIPS + 1):
                    if (_kind(paths, layer, k, lag) == KEPT) != (answer == KEPT):
                        paths[COST, layer, k] = NEVER * 2.0
            out[given] = answer
            given += 1
    return out[:given]
