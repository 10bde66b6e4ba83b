"""Baseline: the first quiet minutes, against which a person is compared with themselves."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.span import Span

__all__ = ["LATEST", "LENGTH", "SHORTEST", "checked", "first_quiet"]

LENGTH = 180.0  # s that are looked for
SHORTEST = 60.0  # s that may be given
LATEST = 600.0  # s after the first beat at which a baseline begins at the latest
STEP = 10.0  # s between the stretches that are looked at
GOOD = 0.6  # share of the stretch that good intervals must cover
STEADY = 0.08  # change of the mean interval, first to second half, as a share, at most
RESTING = (0.4, 1.7)  # s: a mean interval outside is not one of rest


def checked(span: Span) -> Span:
    """Return `span` if it can be a baseline.

    Raises
    ------
    DataError
        If it is too short, or no stretch of time.
    """
    start, end = span
    if not (np.isfinite(start) and np.isfinite(end) and end - start >= SHORTEST):
        raise DataError(
            f"a baseline is a stretch of {SHORTEST:g} s or more, not {start:g} to {end:g} s"
        )
    return Span(float(start), float(end))


def first_quiet(times: FloatArray, good: BoolArray) -> Span | None:
    """Return the first stretch of LENGTH s in which the heart is seen, steady and slow enough.

    Parameters
    ----------
    times : ndarray, shape (n,)
        Beats, in s.
    good : ndarray of bool, shape (n - 1,)
        Which intervals count.
    """
    if times.size < 2:
        return None
    long = np.where(good, np.diff(times), 0.0)
    count = int(min(LATEST, times[-1] - times[0] - LENGTH) // STEP) + 1
    for k in range(max(count, 0)):
        start = times[0] + k * STEP
        inside = (times[:-1] >= start) & (times[1:] <= start + LENGTH) & good
        if inside.any() and _quiet(times[:-1][inside] - start, long[inside]):
            return Span(float(start), float(start + LENGTH))
    return None


def _quiet(since: FloatArray, long: FloatArray) -> bool:
    late = since > LENGTH / 2
    if long.sum() < GOOD * LENGTH or late.all() or not late.any():
        return False
    first, second = float(long[~late].mean()), float(long[late].mean())
    rest = RESTING[0] <= float(long.mean()) <= RESTING[1]
    return rest and abs(second - first) <= STEADY * first
