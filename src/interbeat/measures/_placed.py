"""Normal intervals on an axis of beats, on which what was lost keeps its place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.measures._windows import rows

__all__ = ["Placed", "placed"]


class Placed(NamedTuple):
    """Intervals in beat order, and where each normal one of the beats' stands.

    A stretch that is not normal holds as many places as intervals of the size of its
    neighbors would fill it. Nothing is put there: its ``here`` is false.
    """

    values: FloatArray  # ms, 0 where not here
    here: BoolArray
    normal: IntArray  # indices of the normal intervals among all
    places: IntArray  # of these

    def rows(
        self, beats: Beats, starts: FloatArray, ends: FloatArray
    ) -> tuple[IntArray, IntArray]:
        """Return first and past-the-last place, for each window, of its normal intervals."""
        begin, end = (
            np.searchsorted(self.normal, index)
            for index in rows(beats.times, starts, ends, joined=2)
        )
        after = np.append(self.places, 0)
        before = np.append(-1, self.places)
        first = np.where(end > begin, after[begin], 0)
        last = np.where(end > begin, before[end] + 1, 0)
        return first.astype(np.int64), last.astype(np.int64)


def placed(beats: Beats) -> Placed:
    """Return the normal intervals of `beats` in their places."""
    rr, normal = beats.rr_ms, np.flatnonzero(beats.nn).astype(np.int64)
    if not normal.size:
        return Placed(np.zeros(0), np.zeros(0, dtype=np.bool_), normal, normal)
    lost = beats.times[normal[1:]] - beats.times[normal[:-1] + 1]  # s between neighbors
    usual = (rr[normal[1:]] + rr[normal[:-1]]) / 2000
    holds = np.where(np.diff(normal) > 1, np.maximum(np.rint(lost / usual), 1), 0)
    places = np.concatenate(([0], np.cumsum(1 + holds))).astype(np.int64)
    values, here = np.zeros(places[-1] + 1), np.zeros(places[-1] + 1, dtype=np.bool_)
    values[places], here[places] = rr[normal], True
    return Placed(values, here, normal, places)
