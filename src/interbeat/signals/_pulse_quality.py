"""How far a second of a pulse can be trusted: by its waves' likeness and its rate."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.signals._trust import GOOD_ENOUGH
from interbeat.signals.quality import EVENNESS, CardiacQuality, QualitySettings, falls

__all__ = ["PulseQuality"]

UNLIKE = (0.1, 0.25)  # 1 less the likeness of a second's least like wave
LEAP = 0.35  # of the log of an interval: no heart's usual interval changes as much at once
WIDER = 0.006  # per second that was not trusted, in which the heart may have changed
FOLLOW = 15.0  # s, in which the usual interval of trusted seconds is followed


class PulseQuality(CardiacQuality):
    """Knows besides how like its waves are, and whether the rate is one the heart can have.

    The shape of a pulse hardly changes from one beat to the next; of what a moving finger or
    wrist gives, no two waves are the same (the idea of [1]_, who correlate with the mean of
    ten seconds). A second is as good as its least like wave, one without as the wave before.
    The waves of a rhythmic movement, of steps, may be alike; but with it the usual interval
    leaps from that of the seconds trusted before.

    Parameters
    ----------
    settings : QualitySettings
        Where the lines are.
    person : str
        Whose.
    rates : tuple of float
        Sampling rates (Hz) of the samples and of the strengths.

    References
    ----------
    .. [1] Orphanidou et al. (2015), Signal-quality indices for the electrocardiogram and
       photoplethysmogram, IEEE Journal of Biomedical and Health Informatics 19:832-838,
       doi:10.1109/JBHI.2014.2338351.
    """

    def __init__(
        self, settings: QualitySettings, person: str, rates: tuple[float, float]
    ) -> None:
        super().__init__(settings, person, rates)
        self._waves, self._likeness = np.empty(0), np.empty(0)
        self._usual, self._untrusted = np.nan, 0  # log of an interval (s); seconds

    def compared(self, waves: FloatArray, likeness: FloatArray) -> None:
        """Take times (s) of the next waves, and how like those before them they are."""
        self._waves = np.concatenate((self._waves, waves))
        self._likeness = np.concatenate((self._likeness, likeness))

    def _parts(self, start: int, count: int) -> FloatArray:
        parts = super()._parts(start, count)
        last = np.searchsorted(self._waves, start + np.arange(count + 1)) - 1
        parts = np.column_stack((parts, self._alike(last)))
        trusted = parts.prod(axis=1) >= GOOD_ENOUGH
        steady = self._steady(_usual(self._waves, last[1:]), trusted)
        before = max(int(last[-1]) - EVENNESS, 0)
        self._waves, self._likeness = self._waves[before:], self._likeness[before:]
        return np.column_stack((parts, steady))

    def _alike(self, last: IntArray) -> FloatArray:
        """Return how like each second's waves are; `last` are the latest before its edges."""
        least = [
            self._likeness[min(a + 1, b) : b + 1].min() if b >= 0 else 1.0
            for a, b in itertools.pairwise(last.tolist())
        ]
        return falls(1.0 - np.array(least, dtype=np.float64), UNLIKE)

    def _steady(self, usual: FloatArray, trusted: BoolArray) -> FloatArray:
        """Return 0 for the seconds whose usual interval has leapt from that of trusted ones."""
        steady = np.ones(usual.size)
        for k, (log, good) in enumerate(zip(usual.tolist(), trusted.tolist(), strict=True)):
            leapt = abs(log - self._usual) > LEAP + WIDER * self._untrusted
            steady[k] = 0.0 if leapt else 1.0
            if not good or leapt or np.isnan(log):
                self._untrusted += 1
                continue
            first = np.isnan(self._usual)
            self._usual = log if first else self._usual + (log - self._usual) / FOLLOW
            self._untrusted = 0
        return steady


def _usual(waves: FloatArray, last: IntArray) -> FloatArray:
    """Return the log of the usual interval (s) up to each of `last`; NaN before the first."""
    if waves.size <= EVENNESS:
        return np.full(last.size, np.nan)
    medians = np.median(sliding_window_view(np.diff(waves), EVENNESS), axis=1)
    at = last - EVENNESS
    return np.where(at >= 0, np.log(medians)[np.maximum(at, 0)], np.nan)
