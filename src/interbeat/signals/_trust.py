"""Events and samples, each judged by the quality of the second that it falls in."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

import numpy as np

from interbeat.core.arrays import BoolArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal

__all__ = ["GOOD_ENOUGH", "Trust"]

GOOD_ENOUGH = 0.5  # of a second's quality: under it nothing is normal
MEMORY = 120  # s: longer than any stage takes to give out what it found

Found = TypeVar("Found", Beats, Breaths, Responses, Signal)


class Trust:
    """Holds what was found until its second is graded, so that a bad one enters no estimate.

    In a bad second beats and breaths are not normal, samples are NaN, and there are no
    responses, which have no mark to carry. Where a bad second holds no beat or breath and the
    one before it is normal, the first one after it is not: the stretch between them holds what
    was bad. One of these is for one channel.

    Examples
    --------
    >>> trust, none = Trust(), Beats.at([], "a")
    >>> trust.mark(Beats.at([0.2, 1.1], "a"), Signal([1.0], 1, "", "a", 0.0)).times
    array([0.2])
    >>> later = trust.mark(none, Signal([0.3], 1, "", "a", 1.0))
    >>> later.times, later.normal
    (array([1.1]), array([False]))
    """

    def __init__(self) -> None:
        self._first, self._grades = 0, np.empty(0)
        self._waiting: Beats | Breaths | Responses | Signal | None = None
        self._forgotten = 0  # bad seconds that are no longer remembered
        self._before = 0, False  # bad seconds up to that of the last event, if it was normal

    def mark(self, found: Found, quality: Signal) -> Found:
        """Take what is new and new seconds; return what lies in seconds that are graded."""
        self._remember(quality)
        waiting = found
        if isinstance(self._waiting, type(found)) and len(self._waiting):
            waiting = self._waiting.then(found) if len(found) else self._waiting
        known = self._first + self._grades.size if self._grades.size else -math.inf
        if not len(waiting) or waiting.start >= known:
            self._waiting = waiting
            return waiting.between(math.inf, math.inf)
        sure, self._waiting = (
            waiting.between(-math.inf, known),
            waiting.between(known, math.inf),
        )
        second = np.floor(sure.times).astype(np.int64) - self._first
        return self._marked(sure, np.maximum(second, 0))

    def _remember(self, quality: Signal) -> None:
        if not len(quality):
            return
        if not self._grades.size:
            self._first = round(quality.start)
        grades = np.concatenate((self._grades, quality.values))
        old = max(grades.size - MEMORY - len(quality), 0)
        self._forgotten += int(np.count_nonzero(grades[:old] < GOOD_ENOUGH))
        self._first, self._grades = self._first + old, grades[old:]

    def _marked(self, found: Found, second: IntArray) -> Found:
        good = self._grades[second] >= GOOD_ENOUGH
        if isinstance(found, Signal):
            return replace(found, values=np.where(good, found.values, np.nan))
        if isinstance(found, Responses):
            rows = found.times[good], found.peaks[good], found.amplitude[good]
            return Responses(*rows, found.person)
        normal = found.normal & good
        return replace(found, normal=normal & ~self._across(second, normal))

    def _across(self, second: IntArray, normal: BoolArray) -> BoolArray:
        """Return where a second was bad since that of the event before, which was normal."""
        bad = self._forgotten + np.cumsum(self._grades < GOOD_ENOUGH)[second]
        before = np.concatenate(([self._before[1]], normal[:-1]))
        more = np.diff(bad, prepend=self._before[0]) > 0
        self._before = int(bad[-1]), bool(normal[-1])
        return np.asarray(more & before)
