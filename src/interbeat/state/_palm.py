"""Palm: when it responded, and when it was seen at all."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.intervals import Intervals
from interbeat.core.span import Span

__all__ = ["Palm"]


class Palm:
    """Responses of the skin, pushed as they come; asked for second by second.

    Parameters
    ----------
    watched : Intervals, Span or None
        When skin conductance is seen; None: all along.
    """

    def __init__(self, watched: Intervals | Span | None) -> None:
        self._starts, self._ends = _stretches(watched)
        self._times = np.empty(0)

    def push(self, times: FloatArray) -> None:
        """Take the next responses (s)."""
        self._times = np.concatenate((self._times, times))

    def forget(self, before: float) -> None:
        """Let go of what no second after `before` (s) asks for."""
        self._times = self._times[self._times > before]

    def seen(self, begins: FloatArray, ends: FloatArray) -> BoolArray:
        """Return where it was seen from begin to end (s), shape (n,)."""
        k = np.searchsorted(self._starts, begins, side="right") - 1
        return np.asarray((k >= 0) & (ends <= np.append(self._ends, -math.inf)[k]))

    def counted(self, ticks: FloatArray) -> FloatArray:
        """Return the responses in the second before each tick; NaN where it was not seen."""
        many = np.searchsorted(self._times, ticks, side="right") - np.searchsorted(
            self._times, ticks - 1, side="right"
        )
        return np.where(self.seen(ticks - 1, ticks), many, np.nan)

    def responded(self, span: Span) -> bool:
        """Return whether it was seen to respond in `span`."""
        inside = (self._times > span.start) & (self._times <= span.end)
        return bool((inside & self.seen(self._times, self._times)).any())


def _stretches(watched: Intervals | Span | None) -> tuple[FloatArray, FloatArray]:
    """Return when stretches begin and end, in order, none touching another."""
    if isinstance(watched, Intervals):
        covered = watched.covered()
        return covered.starts, covered.ends
    start, end = watched if watched is not None else (-math.inf, math.inf)
    return np.array([start]), np.array([end])
