"""The path of beats: from samples to the indices where a heart beat."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.kernels.peaks import choose, empty_state

__all__ = ["LEARNING", "BeatPath", "PathSettings"]

LEARNING = 2.0  # s: before that nobody knows how large a beat is


@dataclass(frozen=True, slots=True)
class PathSettings:
    """What a beat looks like in a stream of strengths; times in s, strengths as logarithms.

    Parameters
    ----------
    apart : float
        A candidate is the largest strength this long before and after it.
    lag : float
        How long after a candidate it is decided on.
    start : float
        No beat is found earlier than this after the first sample.
    refractory : float
        Shortest interval.
    echo : float
        Until when after a beat a weaker candidate is taken for its T wave (or dicrotic wave).
    echo_drop : float
        How much weaker: logarithm of the ratio.
    floor : float
        The threshold lies no lower than this under the level of beats.
    middle : float
        Where between the levels of noise and of beats the threshold lies, 0 to 1.
    interval_weight, interval_bound : float
        Of the log-normal prior of an interval given those before it.
    most, least : float
        Bounds of what one strength may add to the score of a path.
    """

    apart: float
    lag: float
    start: float
    refractory: float
    echo: float
    echo_drop: float
    floor: float
    middle: float
    interval_weight: float
    interval_bound: float
    most: float
    least: float

    def in_samples(self, rate: float) -> FloatArray:
        """Return the parameters of :func:`interbeat.kernels.peaks.choose` at `rate` (Hz)."""
        return np.array([
            self.floor, self.middle, self.interval_weight, self.interval_bound,
            self.start * rate, self.refractory * rate, self.echo * rate, self.echo_drop,
            self.most, self.least, 2.0 * rate, 0.5 / rate, 0.25 * rate, 2.2 * rate,
            0.12, 0.15, LEARNING * rate,
        ])  # fmt: skip


class BeatPath:
    """Choose beats from a stream of strengths, each a fixed time after it.

    The candidates are the local maxima. A path through them scores, for each beat that it
    takes, how far its strength lies over a threshold between the running levels of beats and
    of noise, and how well each interval fits the ones before; candidates that it leaves out
    score nothing. `lag` after a candidate it is a beat if the best path through all candidates
    known by then takes it. Nothing is decided in the first :data:`LEARNING` seconds, so that
    noise before the first beat is not taken for one.

    Parameters
    ----------
    settings : PathSettings
        What a beat looks like.
    rate : float
        Of the strengths, in Hz.

    Attributes
    ----------
    lag : int
        Strengths beyond a beat that its decision waits for.
    """

    def __init__(self, settings: PathSettings, rate: float) -> None:
        self._apart = max(round(settings.apart * rate), 1)
        self.lag = max(math.ceil(settings.lag * rate), self._apart)
        self._settings = settings.in_samples(rate)
        self._state, self._queue = empty_state(0.8 * rate)
        self._learning = math.ceil(LEARNING * rate)
        self._kept = np.zeros(2 * self._apart)
        self._first = -2 * self._apart

    @property
    def open(self) -> int:
        """Index before which no more beats will be found."""
        seen = self._first + 2 * self._apart
        return max(seen - self.lag - 1, 0) if seen > self._learning else 0

    def push(self, strengths: FloatArray) -> IntArray:
        """Return the indices of the beats that these strengths make certain."""
        known = np.concatenate((self._kept, strengths))
        beats = choose(
            known, self._first, self._apart, self.lag, self._state, self._queue, self._settings
        )
        self._kept = known[strengths.size :]
        self._first += strengths.size
        return beats
