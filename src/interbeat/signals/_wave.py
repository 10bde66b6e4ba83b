"""Pulse waves: from a photoplethysmogram's samples to the instants of its upstrokes."""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import firwin

from interbeat.core.arrays import FloatArray
from interbeat.kernels.peaks import locate
from interbeat.kernels.pulses import alike, upward
from interbeat.signals._fir import Fir
from interbeat.signals._path import BeatPath, PathSettings
from interbeat.signals._qrs import Found, fewer, odd
from interbeat.signals._recent import Recent

__all__ = ["WaveFinder"]

COARSE = 50.0  # Hz at least, where the sensor gives as much
CUTOFF = 8.0  # Hz: above it a pulse wave has little but noise
LOW_SECONDS = 0.24  # of the low-pass
POOL_SECONDS = 0.12  # over which the upstroke is pooled
REACH = 0.12  # s: the steepest moment lies no further from the middle of the upstroke
MEMORY = 20.0  # s: over which it is learnt which way is up
SHAPE = (0.2, 0.3)  # s before and after the steepest moment: what is compared of a wave
WAVES, RANK = 6, 3  # a wave is as like as the third likest of the six waves before it

SETTINGS = PathSettings(
    apart=0.2, lag=0.4, start=0.1, refractory=0.27, echo=0.5, echo_drop=math.log(0.6),
    floor=math.log(0.25), middle=0.45, interval_weight=0.7, interval_bound=3.0,
    most=1.4, least=2.5,
)  # fmt: skip


class WaveFinder:
    """Find the steepest moment of each pulse wave's upstroke.

    The upward slope of the low-passed signal, pooled, gives a strength (as the slope sum of
    [1]_); a path through its maxima gives the beats
    (:class:`~interbeat.signals._path.BeatPath`). A pulse wave rises faster than it falls, so
    the sign of the running mean of the cubed slope tells which way is up; slopes far beyond the
    usual count no more than others in it, so that a movement does not turn it around.

    Parameters
    ----------
    sampling_rate : float
        In Hz.

    Attributes
    ----------
    step : int
        Samples per strength.
    latency : float
        Seconds. After samples up to time t, all beats before t - latency were given.
    likeness : array, shape (n,)
        Of the beats of the latest push: how far the slopes of each correlate with those of
        the third likest of the six waves before it, -1 to 1.

    References
    ----------
    .. [1] Zong, Heldt, Moody and Mark (2003), An open-source algorithm to detect onset of
       arterial blood pressure pulses, Computers in Cardiology 30:259-262,
       doi:10.1109/CIC.2003.1291140. (They sum slopes and threshold; here a path decides, and
       the beat is the steepest moment, which noise moves less than the foot.)
    """

    def __init__(self, sampling_rate: float) -> None:
        self.step = max(int(sampling_rate // COARSE), 1)
        rate = sampling_rate / self.step
        self._coarse = Fir(fewer(self.step), step=self.step)
        self._slope = Fir(_slope_taps(rate), step=1)
        self._pool = Fir(_pool_taps(rate), step=1)
        self._path = BeatPath(SETTINGS, rate, leads=0, width=0)
        self._reach, self._base = round(REACH * rate), round(REACH * rate) + 1
        self._state, self._memory = np.array([0.0, 0.0, 0.0, 1.0, 0.0]), MEMORY * rate
        self._leaning = np.zeros(3)
        self._recent, self._slopes = Recent(4 * self._base), Recent(4 * self._base)
        known = self._path.lag + self._pool.half - self._reach - 1  # samples after a beat
        self._before, after = round(SHAPE[0] * rate), min(round(SHAPE[1] * rate), known)
        self._shapes, self._seen = np.zeros((WAVES, self._before + after)), np.zeros(1)
        self.likeness: FloatArray = np.empty(0)
        waits = self._slope.half + self._pool.half + self._path.lag + self._reach + 2
        self.latency = (self._coarse.half + waits * self.step) / sampling_rate

    @property
    def leaning(self) -> float:
        """Whether the signal rises (1) or falls (-1) with the pulse, as far as is known."""
        return float(self._state[3]) if self._state[2] > 0 else 0.0

    def push(self, values: FloatArray) -> Found:
        """Return what the next samples, none of them lost, make certain."""
        coarse = self._coarse.push(values) if self.step > 1 else values
        slopes = self._slope.push(coarse)
        rises = upward(slopes, self._state, self._memory)
        strength = np.sqrt(self._pool.push(rises * rises))
        self._recent.push(rises)
        self._slopes.push(slopes)
        beats = self._path.push(strength, np.empty((0, strength.size)))
        at, height, usual = (
            locate(
                self._recent.values, self._recent.first, beats, self._reach, self._base,
                np.ones(1), self._leaning,
            )
            if beats.size
            else np.empty((3, 0))
        )  # fmt: skip
        self.likeness = alike(
            self._slopes.values, self._slopes.first, at, self._before, self._shapes,
            self._seen, RANK,
        )  # fmt: skip
        self._recent.forget(self._path.open - 3 * self._base)
        self._slopes.forget(self._path.open - 4 * self._base)
        return Found(at * self.step, height, usual, strength)


def _slope_taps(rate: float) -> FloatArray:
    """Return the taps of a low-pass and of the slope of what it lets through."""
    low = firwin(max(odd(LOW_SECONDS * rate), 3), min(CUTOFF, 0.4 * rate), fs=rate)
    return np.convolve(low, [1.0, 0.0, -1.0])[::-1].copy()


def _pool_taps(rate: float) -> FloatArray:
    length = 2 * round(POOL_SECONDS * rate / 2) + 1
    return np.full(length, 1.0 / length)
