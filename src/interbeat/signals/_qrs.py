"""R peaks: from an ECG's samples to the instants and heights of its beats."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.signal import firwin

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.kernels.peaks import locate
from interbeat.signals._fir import Fir
from interbeat.signals._path import BeatPath, PathSettings
from interbeat.signals._recent import Recent
from interbeat.signals._together import Fuser

__all__ = ["Found", "QrsFinder", "fewer", "odd"]

FINE = 250.0  # Hz at least, where the sensor gives as much: here peaks are located
COARSE = 100.0  # Hz at least: here beats are told from what is none
BAND = (6.0, 20.0)  # Hz: most of a QRS complex, little of P, T, drift and muscle
BAND_SECONDS = 0.13  # of the band-pass
ENERGY_SECONDS = 0.10  # over which slopes are pooled: a broad QRS complex
REACH = 0.05  # s: the R peak lies no further from the middle of the slopes
BASE = 0.15  # s: the height of the peak is over the level up to here
SMOOTH = 0.02  # s

SETTINGS = PathSettings(
    apart=0.10, lag=0.20, start=0.1, refractory=0.2, echo=0.4, echo_drop=math.log(0.55),
    floor=math.log(0.25), middle=0.45, interval_weight=0.7, interval_bound=3.0,
    most=1.4, least=2.5, likeness=(1.0, 0.0), noisy=(1.5, 0.75), alike=0.75, memory=12.0,
)  # fmt: skip


NOTHING: FloatArray = np.empty((3, 0))


class Found(NamedTuple):
    """Beats, and the strengths they were found in.

    Parameters
    ----------
    at : shape (n,)
        Of each beat among the samples, with a fraction.
    height : shape (n,)
        Of each beat's peak.
    usual : shape (n,)
        1 where the peak points where peaks mostly do, else 0.
    strength : shape (m,)
        The next strengths, at ``rate / step``.
    """

    at: FloatArray
    height: FloatArray
    usual: FloatArray
    strength: FloatArray


class QrsFinder:
    """Find R peaks in the samples of one lead, or of several together.

    Slopes in the band of the QRS complex, pooled over its width, give a strength (as in
    [1]_); a path through its maxima gives the beats (:class:`BeatPath`); each R peak is the
    largest swing of the smoothed ECG near the middle of the slopes, to the side to which
    beats mostly point, or to the other where it is twice as large, with the parabola through
    its top samples. The polarity of the lead is thus learnt from the beats so far.

    Parameters
    ----------
    sampling_rate : float
        In Hz.
    leads : int
        How many: see :class:`~interbeat.signals._together.Fuser`.

    Attributes
    ----------
    step : int
        Samples per strength.
    latency : float
        Seconds. After samples up to time t, all beats before t - latency were given.
    reach : float
        Seconds by which a sample influences the strengths before it.

    References
    ----------
    .. [1] Pan and Tompkins (1985), A real-time QRS detection algorithm, IEEE Transactions on
       Biomedical Engineering 32:230-236, doi:10.1109/TBME.1985.325532. (They square and
       threshold with search-back; here the root is taken, and a path replaces both.)
    """

    def __init__(self, sampling_rate: float, *, leads: int) -> None:
        self._fine_step = max(int(sampling_rate // FINE), 1)
        self._rate = fine = sampling_rate / self._fine_step
        self._coarse_step = max(int(fine // COARSE), 1)
        coarse = fine / self._coarse_step
        self.step = self._fine_step * self._coarse_step
        self._reach, self._base = round(REACH * fine), round(BASE * fine)
        self._smooth = _smooth_taps(fine)
        self._leads = [self._lead(coarse) for _ in range(leads)]
        one = self._leads[0]
        self._path = BeatPath(SETTINGS, coarse, leads=leads, width=2 * one.pool.half + 1)
        self._fuser = Fuser(coarse, leads)
        delay = one.fine.half + one.coarse.half * self._fine_step
        delay += (one.slope.half + one.pool.half) * self.step
        self.reach = delay / sampling_rate
        behind = delay + self._path.lag * self.step + self._reach * self._fine_step
        self.latency = (behind + 2 * self.step) / sampling_rate

    def _lead(self, coarse: float) -> _Lead:
        return _Lead(
            Fir(fewer(self._fine_step), step=self._fine_step),
            Fir(fewer(self._coarse_step), step=self._coarse_step),
            Fir(_slope_taps(coarse), step=1),
            Fir(_pool_taps(coarse), step=1),
            Recent(2 * self._base),
            np.zeros(3),
        )

    @property
    def leaning(self) -> float:
        """Where R peaks mostly point so far: 1 up, -1 down, 0 not known."""
        return float(self._leads[self._fuser.usual].leaning[1])

    def leaning_of(self, lead: int) -> float:
        """Return where the R peaks of `lead` mostly point: 1 up, -1 down, 0 not known."""
        return float(self._leads[lead].leaning[1])

    def push(self, values: FloatArray) -> Found:
        """Return what the next samples, none of them lost, make certain.

        They have the shape (n,), or with several leads (leads, n).
        """
        strength, waves = self._heard(values)
        centers = self._path.push(strength, waves)
        at, height, usual = self._locate(centers)
        seen = self._path.open
        for lead in self._leads:
            lead.recent.forget(seen * self._coarse_step - 2 * self._base)
        self._fuser.forget(seen - 1)
        return Found(at * self._fine_step, height, usual, strength)

    def _heard(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the next strengths, and the waves that they were made of."""
        if values.ndim == 1:
            strength, wave = self._leads[0].push(values)
            return strength, wave[np.newaxis]
        parts = [lead.push(row) for lead, row in zip(self._leads, values, strict=True)]
        return self._fuser.push(*(np.array(rows) for rows in zip(*parts, strict=True)))

    def _locate(self, centers: IntArray) -> FloatArray:
        if centers.size == 0:
            return NOTHING
        fine = centers * self._coarse_step
        every = [
            locate(
                lead.recent.values, lead.recent.first, fine, self._reach, self._base,
                self._smooth, lead.leaning,
            )
            for lead in self._leads
        ]  # fmt: skip
        return self._fuser.located(np.array(every), centers, self._rate)


class _Lead(NamedTuple):
    """What is done to the samples of each lead."""

    fine: Fir
    coarse: Fir
    slope: Fir
    pool: Fir
    recent: Recent
    leaning: FloatArray

    def push(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the next strengths, and as many slopes, ahead of them by half a pool."""
        fine = self.fine.push(values)
        self.recent.push(fine)
        slopes = self.slope.push(self.coarse.push(fine))
        strength = np.sqrt(self.pool.push(slopes * slopes))
        return strength, slopes[slopes.size - strength.size :]


def odd(length: float) -> int:
    """Return the odd whole number nearest to `length`."""
    return 2 * int(length / 2) + 1


def fewer(step: int) -> FloatArray:
    """Return the taps of a low-pass before every `step`-th sample is kept."""
    if step == 1:
        return np.ones(1)
    taps = firwin(4 * step + 1, 0.9 / step, window="hamming")
    return np.asarray(taps / taps.sum())


def _slope_taps(rate: float) -> FloatArray:
    """Return the taps of a band-pass and of the slope of what it lets through."""
    band = firwin(odd(BAND_SECONDS * rate), BAND, fs=rate, pass_zero=False)
    return np.convolve(band, [1.0, 0.0, -1.0])


def _pool_taps(rate: float) -> FloatArray:
    length = 2 * round(ENERGY_SECONDS * rate / 2) + 1
    return np.full(length, 1.0 / length)


def _smooth_taps(rate: float) -> FloatArray:
    taps = np.hanning(odd(SMOOTH * rate) + 2)[1:-1]
    return np.asarray(taps / taps.sum())
