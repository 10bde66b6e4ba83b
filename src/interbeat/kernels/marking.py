"""A loop that tells beats of the sinus node from beats that are ectopic, extra or misplaced."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["SKIPS", "empty_paths", "mark", "settle"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SKIPS = 3  # beats in a row that a path may leave out
NEVER = 1e9

# rows of the paths, one column for each of the last SKIPS + 1 beats
COST, TIME, LEVEL, SPREAD, MARKS = range(5)


def empty_paths() -> Floats:
    """Return the paths with which :func:`mark` starts: none."""
    paths = np.full((5, SKIPS + 1), math.nan)
    paths[COST] = NEVER * 2.0
    paths[MARKS] = 0.0
    return paths


@njit(cache=True)
def _strange(deviation: float, spread: float, tail: float) -> float:
    """Return minus the log-density of Student's t, which forgives large deviations."""
    z = deviation / spread
    return 0.5 * (tail + 1.0) * math.log(1.0 + z * z / tail)


@njit(cache=True)
def _extend(paths: Floats, out: Floats, time: float, skipped: int, p: Floats) -> None:
    """Let a path that leaves out `skipped` beats go on to the beat at `time`.

    It is written to `out` if it is cheaper than what is there.
    """
    path = paths[:, skipped]
    span, level, spread = time - path[TIME], path[LEVEL], path[SPREAD]
    cost = path[COST] + skipped * p[0]
    if skipped > 0 and not math.isnan(level):
        early = level - (paths[TIME, skipped - 1] - path[TIME])
        if early < p[9] * spread or early < p[10] * level:
            cost += p[8]  # what is left out did not come early: it is no ectopic beat
    marks = (path[MARKS] * 2.0 ** (skipped + 1)) % 2.0**40
    for k in range(skipped):
        marks += 2.0 ** (k + 1)
    if span < p[6]:
        cost += 50.0
    if math.isnan(level):
        level = span / (skipped + 1)
        spread = p[11] * level
    else:
        times = max(math.floor(span / level + 0.5), 1.0)
        most = skipped + 1.0
        missed = times > most
        regular = min(times, most)
        strange = _strange(span - regular * level, spread * math.sqrt(regular), p[2])
        if missed:
            other = p[1] + _strange(span - times * level, spread * math.sqrt(times), p[2])
            if other < strange:
                strange, regular = other, times
                marks += 1.0
        cost += strange
        deviation = span / regular - level
        bound = 3.0 * spread
        level += p[3] * min(max(deviation, -bound), bound)
        spread += p[4] * (min(abs(deviation), bound) * 1.25 - spread)
        spread = min(max(spread, p[5] * level), p[7] * level)
    if cost < out[COST]:
        out[COST], out[TIME], out[LEVEL], out[SPREAD], out[MARKS] = (
            cost,
            time,
            level,
            spread,
            marks,
        )


@njit(cache=True)
def _best(paths: Floats, skip: float) -> int:
    """Return which path is cheapest if it ends with the latest beat; later ones are first."""
    best, least = 0, math.inf
    for k in range(SKIPS + 1):
        cost = paths[COST, k] + k * skip
        if cost < least:
            best, least = k, cost
    return best


@njit(cache=True)
def _marked(paths: Floats, column: int, back: int) -> bool:
    """Whether the path in `column` marks the beat `back` beats before the latest."""
    if back < column:
        return True
    return bool(math.floor(paths[MARKS, column] / 2.0 ** (back - column)) % 2.0 == 1.0)


@njit(cache=True)
def settle(paths: Floats, count: int, p: Floats) -> Bools:
    """Return whether each of the latest `count` beats is abnormal if no more come."""
    best = _best(paths, p[0])
    out = np.zeros(count, np.bool_)
    for k in range(count):
        out[k] = _marked(paths, best, count - 1 - k)
    return out


@njit(cache=True)
def mark(times: Floats, known: int, lag: int, paths: Floats, p: Floats) -> Bools:
    """Return whether each beat that becomes certain is abnormal.

    Parameters
    ----------
    times
        The next beats of one run without a gap.
    known : int
        How many beats of the run came before.
    lag : int
        A beat is decided on when this many more have come; at most 32.
    paths
        From :func:`empty_paths`; changed.
    p : shape (12,)
        Cost of leaving a beat out 0 and of a missed beat 1, degrees of freedom 2, learning
        rates of the interval 3 and of its spread 4, least spread 5 as a share of the
        interval, shortest interval 6 (s), largest spread 7, cost 8 of leaving out a beat that
        came less early than 9 spreads or the share 10 of the interval, first spread 11.
    """
    out = np.zeros(times.size, np.bool_)
    given = 0
    node = np.empty(5)
    for n in range(times.size):
        node[COST], node[TIME] = NEVER * 2.0, times[n]
        if known + n == 0:
            node[COST], node[MARKS] = 0.0, 0.0
            node[LEVEL], node[SPREAD] = math.nan, math.nan
        for k in range(SKIPS + 1):
            if paths[COST, k] < NEVER:
                _extend(paths, node, times[n], k, p)
        for k in range(SKIPS, 0, -1):
            paths[:, k] = paths[:, k - 1]
        paths[:, 0] = node
        paths[COST] -= paths[COST].min()
        if known + n >= lag:
            best = _best(paths, p[0])
            answer = _marked(paths, best, lag)
            for k in range(SKIPS + 1):
                if _marked(paths, k, lag) != answer:
                    paths[COST, k] = NEVER * 2.0
            out[given] = answer
            given += 1
    return out[:given]
