"""RespHRV (RSA) second by second, without what breathing deeper or slower does to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interbeat.core.arrays import ComplexArray, FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import varies
from interbeat.dyad.covariates import without
from interbeat.dyad.preparation import decimated
from interbeat.dyad.synchrony import Synchrony, synchrony

__all__ = ["RESOLUTION", "Swing", "resphrv_synchrony", "swing"]

RESOLUTION = 20.0  # s; the full width at half height of the weight about each second
SLOWEST, FASTEST = 0.05, 0.6  # Hz; breathing is sought between
LEAST_SHARE = 0.5  # of the weight must lie on samples that are there
WINDOW, HOP, MAX_LAG = 90.0, 10.0, 10.0  # s; several times what one second is seen over
LEAST = 1e-9  # in place of nothing, whose logarithm has no end


class Swing(NamedTuple):
    """How far one heart swings with each breath, at each moment.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Logarithm of the peak-to-trough swing of the RR intervals (ln ms), without what depth
        and rate of breathing explain, about its mean; NaN where missing.
    raw : ndarray, shape (n,)
        The same with it.
    share : float
        Of the variance that breathing explained; NaN where there was too little.
    """

    values: FloatArray
    raw: FloatArray
    share: float


def swing(heart_rate: ArrayLike, breathing: ArrayLike, *, sampling_rate: float) -> Swing:
    """Return RespHRV (RSA) at each moment, with depth and rate of breathing regressed out.

    About each moment, with Gaussian weights of 20 s at half height, the RR intervals are
    regressed on the phase of breathing; twice the amplitude is the swing. Its logarithm is
    regressed on the logarithms of depth and rate of breathing, weighted alike, and on the
    square of the latter: the swing falls the faster, the faster one breathes already.

    Parameters
    ----------
    heart_rate : array_like, shape (n,)
        In bpm, NaN where missing.
    breathing : array_like, shape (n,)
        The same person's belt or airflow at the same times, in any unit; NaN where missing.
    sampling_rate : float
        In Hz, 2 or more.

    Returns
    -------
    Swing
        A moment is missing where over half of the weight about it lies on missing samples, and
        all are where the belt does not vary.

    Raises
    ------
    DataError
        If the two differ in length or the sampling rate is under 2 Hz.

    Notes
    -----
    Second-by-second RSA is usually taken from a spectrogram by multiple windows (Hansson &
    Jönsson 2006, doi:10.1016/j.medengphy.2005.11.004; in couples: Gates et al. 2015,
    Psychophysiology 52:1059); the phase of breathing finds the swing wherever its rate goes.
    Depth in units of the belt is enough: only its changes are regressed out. What is left is
    nearer to what the vagus does, and still no measure of it.

    Examples
    --------
    >>> t = np.arange(0, 600, 0.25)
    >>> breath = np.sin(2 * np.pi * 0.25 * t)
    >>> heart = 60000 / (900 + 25 * breath * (1 + 0.5 * np.sin(2 * np.pi * t / 120)))
    >>> found = swing(heart, breath, sampling_rate=4)
    >>> np.exp(found.raw[[1080, 1320]]).round()  # ms: at its widest, and at its narrowest
    array([73., 27.])
    """
    beats, wave = frozen_floats(heart_rate, "heart_rate"), frozen_floats(breathing, "breathing")
    if beats.size != wave.size:
        raise DataError(
            f"{beats.size} samples of heart rate and {wave.size} of breathing differ"
        )
    if not 2 <= sampling_rate < np.inf:
        raise DataError(f"breathing needs 2 Hz or more, not {sampling_rate}")
    if not varies(wave):
        nothing = np.full(beats.size, np.nan)
        return Swing(nothing, nothing, float("nan"))
    smooth = _Weight(sampling_rate)
    rr = 60000 / np.where(beats > 0, beats, np.nan)
    breath = _turning(wave, sampling_rate)
    stepwise = np.exp(-1j * np.angle(breath))
    raw = _log(4 * np.abs(smooth((rr - smooth(rr).real) * stepwise)))
    turns = np.angle(breath[1:] * np.conj(breath[:-1])) * sampling_rate / (2 * np.pi)
    rate = smooth(np.concatenate((turns[:1], turns))).real
    depth = smooth(np.abs(breath)).real
    pace = _log(rate)
    known = (_log(depth), pace, (pace - _middle(pace)) ** 2)
    cleaned = without(raw, known, sampling_rate=sampling_rate, lags=(0, 0))
    return Swing(cleaned.values, raw, cleaned.share)


def resphrv_synchrony(
    a: tuple[ArrayLike, ArrayLike], b: tuple[ArrayLike, ArrayLike], *, sampling_rate: float,
    start: float = 0.0,
) -> Synchrony:  # fmt: skip
    """Return whether two people's RespHRV (RSA) moves together beyond how they breathe.

    Windowed cross-correlation of both :func:`swing`, about a value a second, in windows of 90 s
    every 10 s at lags up to 10 s: see :func:`~interbeat.dyad.synchrony.synchrony`.

    Parameters
    ----------
    a, b : tuple of two array_like, each of shape (n,)
        Heart rate (bpm) and breathing of each person at the same times; NaN where missing.
    sampling_rate : float
        In Hz, 2 or more.
    start : float
        Time of the first sample, in seconds since the session began.

    Returns
    -------
    Synchrony
        Each moment is seen over 20 s: lags under that cannot be told, and ``lag`` is missing,
        with that reason, whatever p is. Other reasons are those of `synchrony`; with lags up
        to 10 s it needs 7 minutes of common data.

    Raises
    ------
    DataError
        As :func:`swing` and `synchrony` do.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> t = np.arange(0, 900, 0.25)
    >>> both = np.convolve(rng.standard_normal(t.size + 159), np.hanning(160), "valid")
    >>> breaths = [np.sin(2 * np.pi * pace * t) for pace in (0.25, 0.2)]
    >>> hearts = [60000 / (900 + 25 * np.exp(both / 10) * breath) for breath in breaths]
    >>> found = resphrv_synchrony(*zip(hearts, breaths), sampling_rate=4)
    >>> found.p == found.floor, found.lag.reason
    (True, 'lags under the 20 s over which RespHRV is seen cannot be told')
    """
    factor = int(sampling_rate)  # a value a second tells all that 20 s let one see
    x, y = (
        decimated(swing(*person, sampling_rate=sampling_rate).values, factor)
        for person in (a, b)
    )
    found = synchrony(
        x, y, sampling_rate=sampling_rate / factor, signal="RespHRV",
        start=start + (factor - 1) / (2 * sampling_rate),
        window=WINDOW, hop=HOP, max_lag=MAX_LAG,
    )  # fmt: skip
    unknown = f"lags under the {RESOLUTION:g} s over which RespHRV is seen cannot be told"
    lag = Estimate.missing("s", unknown, found.lag.quality, found.lag.n)
    settings = {**found.settings, "resolution": RESOLUTION}
    return replace(found, lag=found.lag if found.strength.reason else lag, settings=settings)


class _Weight:
    """Gaussian-weighted means over what is there, 20 s wide at half height."""

    def __init__(self, sampling_rate: float) -> None:
        spread = RESOLUTION * sampling_rate / (2 * np.sqrt(2 * np.log(2)))
        self.reach = int(4 * spread)
        self.weight = np.exp(-0.5 * (np.arange(-self.reach, self.reach + 1) / spread) ** 2)

    def __call__(self, values: NDArray[Any]) -> ComplexArray:
        """Return the mean about each value; NaN where over half of the weight has none."""
        there = np.isfinite(values)
        share = self._summed(there.astype(np.float64)).real
        edge = self._summed(np.ones(values.size)).real
        sums = self._summed(np.where(there, values, 0))
        known = share >= LEAST_SHARE * edge
        return np.where(known, sums / np.where(known, share, 1.0), np.nan + 0j)

    def _summed(self, values: NDArray[Any]) -> ComplexArray:
        size = 1 << (values.size + 2 * self.reach).bit_length()
        full = np.fft.ifft(np.fft.fft(values, size) * np.fft.fft(self.weight, size))
        return np.asarray(full[self.reach : self.reach + values.size])


def _turning(wave: FloatArray, sampling_rate: float) -> ComplexArray:
    """Return breathing as a number that turns once a breath, and is as large as it is deep."""
    there = np.isfinite(wave)
    level = float(np.mean(wave[there])) if there.any() else 0.0
    spectrum = np.fft.fft(np.where(there, wave - level, 0.0))
    frequency = np.fft.fftfreq(wave.size, 1 / sampling_rate)
    spectrum[(frequency < SLOWEST) | (frequency > FASTEST)] = 0
    return np.where(there, 2 * np.fft.ifft(spectrum), np.nan)


def _middle(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else 0.0


def _log(values: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(values, LEAST)))  # NaN stays NaN
