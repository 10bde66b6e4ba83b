"""What the marking of beats takes for granted, and the paths through a run of them."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.kernels.marking import empty_paths, mark, settle

__all__ = ["LONGEST", "LOOK_AHEAD", "SETTINGS", "SHORTEST", "Paths", "Settings", "kinds_of"]

SHORTEST, LONGEST = 0.27, 2.5  # s: no sinus rhythm beats faster, or as slowly
LOOK_AHEAD = 5  # beats


@dataclass(frozen=True, slots=True)
class Settings:
    """How the cost of a path is reckoned; in the order in which the kernel reads them.

    Lengths are shares of the running interval, and costs are minus log-probabilities.
    """

    tail: float = 10.0  # degrees of freedom: how well a path bears a jump of the interval
    tail_late: float = 5.0  # and a jump up: a deep breath out makes one beat late, none early
    level_rate: float = 0.9  # at which the interval is learnt
    level_rate_over: float = 0.19  # and where beats were left out
    spread_rate: float = 0.037  # at which its spread is learnt
    spread_rate_over: float = 0.02
    spread_first: float = 0.072
    spread_least: float = 0.026
    spread_most: float = 0.45
    spread_over: float = 2.4  # of two intervals with an early beat between them
    a_missed: float = 4.8
    a_misplaced: float = 4.3
    an_extra: float = 5.9
    another_rhythm: float = 10.0  # that begins with an interval unlike those before
    surprise: float = 3.0  # an interval that costs more may be such a one
    unlike: float = 0.12  # by what share its interval must differ to be another
    open: float = 5.0  # of a beat left out that no path has gone on from yet
    between: float = 3.9  # of an early beat that does not disturb the next one
    reset: float = 1.8  # of an early beat after which the sinus node begins anew
    reset_pause: float = 1.14  # the pause then
    reset_spread: float = 0.085
    reset_drift: float = 0.2  # how much of that pause is taken for a new interval
    coupling_first: float = 0.77  # how early a person's ectopic beats come, until learnt
    coupling_latest: float = 0.985
    sure: float = 3.0  # spreads by which a pause is the longer, to learn from what came early
    closeness_first: float = 0.1  # the spread of that
    closeness_least: float = 0.05
    coupling_rate: float = 0.15  # at which both are learnt
    early_first: float = 0.08  # how often a beat is ectopic, until learnt
    early_after: float = 0.03  # where one of the two before was
    early_rate: float = 0.016  # at which that is learnt
    early_least: float = 0.045
    early_most: float = 0.85
    a_run: float = 2.3  # of one more ectopic beat at once
    run_early_by: float = 1.6  # spreads by which the first of several must come early
    calm: float = 0.1  # a spread over which misplaced beats are doubted
    doubt: float = 11.0  # how much more one costs, for each interval of spread over it
    calm_early: float = 0.056  # the same of ectopic beats
    doubt_early: float = 40.0  # the less, the more of them a person has
    run_coupling: float = 0.6  # between ectopic beats
    run_closeness: float = 0.5
    run_pause: float = 1.2  # after the last of several
    run_pause_spread: float = 0.29
    shortest: float = SHORTEST  # s


SETTINGS = np.array(astuple(Settings()))


class Paths:
    """The paths through a stream of beats; a silence ends a run, and a new one begins."""

    def __init__(self) -> None:
        self._paths, self._known = empty_paths(), 0
        self._last = -math.inf

    def follow(self, times: FloatArray) -> list[IntArray]:
        """Return the kinds of beats that the next beats at `times` (s) decide, in pieces."""
        since = np.diff(times, prepend=self._last)
        decided, first = [], 0
        for k in np.flatnonzero(since > LONGEST).tolist():
            decided += [self._run(times[first:k]), self.end()]
            first = k
        decided.append(self._run(times[first:]))
        self._last = float(times[-1]) if times.size else self._last
        return decided

    def end(self) -> IntArray:
        """Return what the end of a run decides: all of it that is still open."""
        rest = settle(self._paths, min(self._known, LOOK_AHEAD), SETTINGS)
        self._paths, self._known = empty_paths(), 0
        return rest

    def _run(self, times: FloatArray) -> IntArray:
        kinds = mark(times, self._known, LOOK_AHEAD, self._paths, SETTINGS)
        self._known += times.size
        return kinds


def kinds_of(times: FloatArray) -> IntArray:
    """Return what each beat of a whole series is, as numbers of `interbeat.kernels.marking`."""
    paths = Paths()
    return np.concatenate((*paths.follow(times), paths.end()))
