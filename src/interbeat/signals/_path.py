"""The path of beats: from samples to the indices where a heart beat."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.kernels.peaks import NEAR, choose, empty_state

__all__ = ["LEARNING", "BeatPath", "PathSettings"]

KINDS = 2  # of beats, whose shapes are known
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
    likeness : tuple of float
        Share of a strength that is likeness to earlier beats: more of it in noise, and always.
    noisy : tuple of float
        Beats stand out from noise by less than the first: there is noise; by less than the
        first less the second: there is nothing else.
    alike : float
        Correlation with its kind from which a beat belongs to it.
    memory : float
        Beats of which the shape of a kind is the mean.
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
    likeness: tuple[float, float] = (0.0, 0.0)
    noisy: tuple[float, float] = (0.0, 1.0)
    alike: float = 1.0
    memory: float = 1.0

    def in_samples(self, rate: float) -> FloatArray:
        """Return the parameters of :func:`interbeat.kernels.peaks.choose` at `rate` (Hz)."""
        return np.array([
            self.floor, self.middle, self.interval_weight, self.interval_bound,
            self.start * rate, self.refractory * rate, self.echo * rate, self.echo_drop,
            self.most, self.least, 2.0 * rate, 0.5 / rate, 0.25 * rate, 2.2 * rate,
            0.12, 0.15, LEARNING * rate, *self.likeness, *self.noisy, self.alike, self.memory,
        ])  # fmt: skip


class BeatPath:
    """Choose beats from a stream of strengths, each a fixed time after it.

    The candidates are the local maxima. A path through them scores, for each beat that it
    takes, how far its strength lies over a threshold between the running levels of beats and
    of noise, and how well each interval fits the ones before; candidates that it leaves out
    score nothing. `lag` after a candidate it is a beat if the best path through all candidates
    known by then takes it, what is still rising among them. In noise a strength counts as far
    as the waves it was made of are like those of one of :data:`KINDS` kinds of beats so far.
    Nothing is decided in the first :data:`LEARNING` seconds, so that noise before the first
    beat is not taken for one.

    Parameters
    ----------
    settings : PathSettings
        What a beat looks like.
    rate : float
        Of the strengths, in Hz.
    leads, width : int
        How many rows of waves there are, and how many of them the shape of a beat has; odd.

    Attributes
    ----------
    lag : int
        Strengths beyond a beat that its decision waits for.
    """

    def __init__(self, settings: PathSettings, rate: float, *, leads: int, width: int) -> None:
        self._apart = max(round(settings.apart * rate), 1)
        self.lag = max(math.ceil(settings.lag * rate), self._apart)
        self._settings = settings.in_samples(rate)
        self._state, self._queue = empty_state(0.8 * rate)
        self._learning = math.ceil(LEARNING * rate)
        kept = max(2 * self._apart, max(self.lag, self._learning) + NEAR + width)
        self._kinds = np.zeros((KINDS if leads else 0, 3))
        self._shapes = np.zeros((KINDS if leads else 0, leads, width))
        self._strengths, self._waves = np.zeros((2, kept)), np.zeros((leads, kept))
        self._first = -kept

    @property
    def open(self) -> int:
        """Index before which no more beats will be found."""
        seen = self._first + self._waves.shape[1]
        return max(seen - self.lag - 1, 0) if seen > self._learning else 0

    def push(self, strengths: FloatArray, waves: FloatArray) -> IntArray:
        """Return the indices of the beats that these strengths make certain.

        The `waves`, shape (leads, n), are ahead of the strengths by half the width of a shape.
        """
        kept = self._waves.shape[1]
        known = np.empty((2, kept + strengths.size))
        known[:, :kept], known[0, kept:] = self._strengths, strengths
        waves = np.concatenate((self._waves, waves), axis=1)
        beats = choose(
            known, waves, kept, self._first, self._apart, self.lag,
            self._shapes, self._kinds, self._state, self._queue, self._settings,
        )  # fmt: skip
        self._strengths = known[:, strengths.size :]
        self._waves = waves[:, strengths.size :]
        self._first += strengths.size
        return beats
