"""Which heartbeats can be trusted: missed, extra, misplaced and ectopic beats are marked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.kernels.marking import empty_paths, mark, settle
from interbeat.signals._join import whole_beats

__all__ = ["LONGEST", "SHORTEST", "CorrectionStage", "mark_beats"]

SHORTEST, LONGEST = 0.27, 2.5  # s: no sinus rhythm beats faster, or as slowly
LOOK_AHEAD = 5  # beats

COSTS = np.array([
    3.5,  # of taking a beat that came early for an ectopic one
    5.0,  # of taking an interval for two, one beat of which was missed
    3.0,  # degrees of freedom: how well a path bears a jump of the interval
    0.5,  # learning rate of the interval
    0.04,  # learning rate of its spread
    0.03,  # least spread, of the interval
    SHORTEST,
    0.3,  # largest spread, of the interval
    1.0,  # more, of taking a beat for extra or misplaced that did not come early
    2.0,  # early: by more spreads than this
    0.06,  # early: by more of the interval than this
    0.1,  # first spread, of the interval
])  # fmt: skip


class CorrectionStage:
    """Beats in, the same beats out, with those marked that are no normal sinus beats.

    Nothing is moved, added or taken away. Not normal are: an ectopic, extra or misplaced
    beat; the first beat after a missed one; a beat less than 0.27 s or more than 2.5 s after
    the one before; a beat that came marked.

    A path through the beats may leave out up to three in a row. It pays for each beat that it
    leaves out (less for one that came early, as ectopic beats do), for each beat it holds to
    have been missed, and for each interval between the beats that it keeps by how far that is
    from a whole number of running intervals, in running spreads, on the heavy-tailed scale of
    Student's t. The cheapest path says which beats are normal; what it says about a beat is
    final five beats later, or at a gap.

    Parameters
    ----------
    person : str
        Whose heart.

    Attributes
    ----------
    latency : float
        Seconds, at most; at 60 beats per minute it is 5 s.

    Notes
    -----
    The interval and its spread are those of the path itself, so that bigeminy, which no
    median bears, leaves regular spans behind, and slow deep breathing is learnt as spread.
    In atrial fibrillation the spread grows until nothing is marked: intervals alone do not
    tell. Lipponen and Tarvainen [1]_ take thresholds on differences and on distances from a
    median over 91 beats, of the whole record, and replace intervals; here one pass marks them.

    References
    ----------
    .. [1] Lipponen and Tarvainen (2019), A robust algorithm for heart rate variability time
       series artefact correction using novel beat classification, Journal of Medical
       Engineering & Technology 43:173-181, doi:10.1080/03091902.2019.1640306.

    Examples
    --------
    >>> stage = CorrectionStage("a")
    >>> early = Beats.at([0, 0.8, 1.6, 2.4, 3.2, 3.7, 4.8, 5.6, 6.4, 7.2, 8.0], "a")
    >>> out = stage.push(early)["beats"].then(stage.finish()["beats"])
    >>> out.times[~out.normal]
    array([3.7])
    """

    latency = LOOK_AHEAD * LONGEST

    def __init__(self, person: str) -> None:
        self._person = person
        self._paths, self._known = empty_paths(), 0
        self._times, self._normal = np.empty(0), np.empty(0, dtype=np.bool_)
        self._last, self._horizon = -math.inf, -math.inf

    @property
    def until(self) -> float:
        """Time (s) before which every beat has been given."""
        return float(self._times[0]) if self._times.size else self._horizon

    def push(self, chunk: Data, *, until: float = -math.inf) -> Mapping[str, Data]:
        """Take the next beats; return those whose marks are certain.

        Parameters
        ----------
        chunk : Beats
            Later than those before; marks are kept.
        until : float
            Time (s) before which no more beats will come, where it is known. It changes no
            mark: it lets beats before a long silence go sooner.

        Raises
        ------
        DataError
            If `chunk` is not Beats, is of another person or does not come later.
        """
        if not isinstance(chunk, Beats):
            raise DataError(f"marking takes Beats, not {type(chunk).__name__}")
        if chunk.person != self._person:
            raise DataError(f"beats of {chunk.person!r} in a stream of {self._person!r}")
        if chunk.start <= self._last:
            raise DataError(
                f"a beat at {chunk.start:.3f} s does not come after the one at "
                f"{self._last:.3f} s"
            )
        since = np.diff(chunk.times, prepend=self._last)
        silent = (since > LONGEST) & np.isfinite(since)
        self._times = np.concatenate((self._times, chunk.times))
        normal = chunk.normal & ~silent & ~(since < SHORTEST)
        self._normal = np.concatenate((self._normal, normal))
        decided = self._follow(chunk.times, np.flatnonzero(since > LONGEST))
        if len(chunk):
            self._last = chunk.end
        self._horizon = max(self._horizon, self._last, until)
        if until > self._last + LONGEST:
            decided.append(self._end_run())
        return {"beats": self._give(decided)}

    def finish(self) -> Mapping[str, Data]:
        """End the beats; return the rest."""
        decided = [self._end_run()]
        self._horizon = math.inf
        return {"beats": self._give(decided)}

    def _follow(self, times: FloatArray, breaks: IntArray) -> list[BoolArray]:
        """Return what `times` decide, a new run beginning at each of `breaks`."""
        decided = []
        edges = sorted({0, *breaks.tolist(), times.size})
        begins = set(breaks.tolist())
        for first, end in pairwise(edges):
            if first in begins:
                decided.append(self._end_run())
            run = times[first:end]
            decided.append(mark(run, self._known, LOOK_AHEAD, self._paths, COSTS))
            self._known += run.size
        return decided

    def _end_run(self) -> BoolArray:
        """Return what the end of a run decides: all of it that is still open."""
        rest = settle(self._paths, min(self._known, LOOK_AHEAD), COSTS)
        self._paths, self._known = empty_paths(), 0
        return rest

    def _give(self, decided: list[BoolArray]) -> Beats:
        abnormal = np.concatenate(decided) if decided else np.empty(0, dtype=np.bool_)
        count = abnormal.size
        times, self._times = self._times[:count], self._times[count:]
        normal, self._normal = self._normal[:count], self._normal[count:]
        return Beats(times, normal & ~abnormal, self._person)


def mark_beats(beats: Beats) -> Beats:
    """Return the same beats with those marked that are no normal sinus beats.

    One push of :class:`CorrectionStage`, which see.

    Examples
    --------
    >>> mark_beats(Beats.from_rr([800] * 5 + [1600] + [800] * 5, "a")).normal
    array([ True,  True,  True,  True,  True,  True, False,  True,  True,
            True,  True,  True])
    """
    stage = CorrectionStage(beats.person)
    return whole_beats(stage.push(beats), stage.finish())
