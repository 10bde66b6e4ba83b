"""Breathing as seen in the ECG: the height of its beats, on an even grid."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.signal import Signal

__all__ = ["RATE", "SPAN", "HeightGrid"]

RATE = 4.0  # Hz
SPAN = 2.5  # s: between heights further apart than this nothing is known
KEPT = 9  # heights to compare a beat with


class HeightGrid:
    """The heights of usual beats, joined by straight lines and read at whole quarter seconds.

    Breathing in fills the chest with air and turns the heart's axis, so that the height of
    the R peak swings with each breath. A beat whose height is under 0.6 or over 1.6 times the
    median of the nine before it (an ectopic beat, an artifact) is passed over.

    Parameters
    ----------
    person : str
        Whose.

    Notes
    -----
    One pass, and no more than :data:`SPAN` behind the beats. Which way is up depends on the
    lead. NaN before the first beat, after the last, and between heights more than
    :data:`SPAN` apart or with a gap between them.

    References
    ----------
    .. [1] Moody, Mark, Zoccola and Mantero (1985), Derivation of respiratory signals from
       multi-lead ECGs, Computers in Cardiology 12:113-116. (They use areas of two leads; this
       is the height in one.)
    """

    def __init__(self, person: str) -> None:
        self._person = person
        self._next: int | None = None  # of the grid, counted from time zero
        self._before: list[float] = []
        self._time, self._height = -math.inf, math.nan

    def begin(self, start: float) -> None:
        """Set the start of the grid to the first quarter of a second from `start` (s) on."""
        if self._next is None:
            self._next = math.ceil(start * RATE - 1e-6)

    @property
    def next(self) -> float:
        """Time (s) of the next point of the grid; minus infinity before the grid begins."""
        return -math.inf if self._next is None else self._next / RATE

    def push(
        self, times: FloatArray, heights: FloatArray, joined: list[bool], until: float
    ) -> Signal:
        """Return the stretch of the grid that becomes certain.

        Parameters
        ----------
        times, heights : shape (n,)
            Of the next beats (s, any unit).
        joined : list of bool
            Whether each beat follows the one before without a gap.
        until : float
            Time (s) before which there will be no more beats.
        """
        parts = [np.empty(0)]
        broken = False
        for time, height, follows in zip(times.tolist(), heights.tolist(), joined, strict=True):
            broken = broken or not follows
            if self._usual(height):
                parts.append(self._line(time, math.nan if broken else height))
                self._time, self._height, broken = time, height, False
        if broken:
            self._height = math.nan
        if until >= self._time + SPAN:
            parts.append(self._line(until, math.nan))
        return self._emit(parts)

    def finish(self, end: float) -> Signal:
        """Return the rest of the grid, before `end` (s)."""
        return self._emit([self._line(end, math.nan)])

    def _emit(self, parts: list[FloatArray]) -> Signal:
        values = np.concatenate(parts)
        start = ((self._next or 0) - values.size) / RATE
        return Signal(values, RATE, "a.u.", self._person, start)

    def _line(self, time: float, height: float) -> FloatArray:
        """Return the grid from where it is to before `time`, where the height is `height`."""
        if self._next is None:
            return np.empty(0)
        end = max(math.ceil(time * RATE - 1e-6), self._next)
        at = np.arange(self._next, end) / RATE
        self._next = end
        if not 0 < time - self._time <= SPAN:
            return np.full(at.size, np.nan)
        slope = (height - self._height) / (time - self._time)
        return self._height + (at - self._time) * slope

    def _usual(self, height: float) -> bool:
        """Whether `height` is like those before it, which it then joins."""
        before = sorted(self._before)
        self._before = [*self._before[-KEPT + 1 :], height]
        if not before:
            return True
        middle = before[len(before) // 2]
        low, high = sorted((0.6 * middle, 1.6 * middle))
        return low < height < high
