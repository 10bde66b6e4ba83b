"""Where a stream of samples has holes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from interbeat.core.arrays import BoolArray

__all__ = ["Gaps"]


class Gaps:
    """The runs of lost samples that are longer than `least`, the latest of them.

    Parameters
    ----------
    least : int
        Samples. Shorter runs hide nothing.

    Examples
    --------
    >>> gaps = Gaps(least=1)
    >>> gaps.push(np.array([False, True, True, True, False]))
    >>> gaps.holds(2), gaps.holds(4), gaps.between(0, 4)
    (True, False, True)
    """

    def __init__(self, least: int) -> None:
        self._least, self._next, self._begun = least, 0, -1
        self._starts: list[int] = []
        self._stops: list[int] = []

    def push(self, lost: BoolArray) -> None:
        """Take which of the next samples were lost."""
        if self._begun >= 0 or np.count_nonzero(lost):
            before = self._begun >= 0
            for edge in np.flatnonzero(np.diff(lost, prepend=before)).tolist():
                self._turn(self._next + edge)
        self._next += lost.size

    @property
    def none(self) -> bool:
        """Whether no run of lost samples is known, not even one that has just begun."""
        return self._begun < 0 and not self._starts

    def holds(self, index: float) -> bool:
        """Whether the sample at `index` lies in a gap."""
        return self.between(index, index + 1)

    def between(self, first: float, end: float) -> bool:
        """Whether a gap overlaps ``first <= index < end``.

        The answer is final once the sample at ``end + least`` has been seen.
        """
        k = bisect_right(self._stops, first)
        if k < len(self._starts) and self._starts[k] < end:
            return True
        return 0 <= self._begun < end and self._next - self._begun > self._least

    def forget(self, index: float) -> None:
        """Let go of the gaps that ended before `index`."""
        k = bisect_left(self._stops, index)
        del self._starts[:k], self._stops[:k]

    def _turn(self, at: int) -> None:
        """Begin a run of lost samples, or end one."""
        if self._begun < 0:
            self._begun = at
            return
        if at - self._begun > self._least:
            self._starts.append(self._begun)
            self._stops.append(at)
        self._begun = -1
