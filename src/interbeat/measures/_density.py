"""Spectrum: power by frequency, from which the power of any band can be asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.kernels.spectra import POWER, SQUARED, bands, peaks
from interbeat.measures._uncertainty import power_factor

__all__ = [
    "HALF_WIDTH", "LEAST", "STILL", "Spectrum", "half_rate", "no_spectrum", "positive",
]  # fmt: skip

LEAST = 60.0  # s of normal intervals that a spectrum asks for
STILL = 1e-6  # ms²: less than rounding to a microsecond leaves
HALF_WIDTH = 1.959963984540054  # of a 95 % interval, in standard errors
NONE = np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Power of the intervals by frequency.

    Parameters
    ----------
    frequencies : ndarray, shape (n,)
        Of the middles of equally wide bins, in Hz, from 0 on.
    density : ndarray, shape (n,)
        One-sided, in ms²/Hz; the integral is the variance of what was transformed.
    freedom : float
        Degrees of freedom of one value of `density`, were it alone; its relative standard
        error is ``sqrt(2 / freedom)``.
    seconds : float
        Of the heart that it rests on; a window's slopes count in part.
    highest : float
        Half the mean heart rate in Hz, or half the sampling rate where that is lower: there
        is nothing faster to see.
    settings : str
        The method and all that it was told, to be printed beside each number.
    quality : float
        Share of the time, from the first to the last beat, that was used.
    n : int
        How many normal intervals it rests on.
    reason : str
        Why there is no spectrum; then it has no values.
    """

    frequencies: FloatArray
    density: FloatArray
    freedom: float
    seconds: float
    highest: float
    settings: str
    quality: float
    n: int
    reason: str = ""

    def power(self, low: float, high: float) -> Estimate:
        """Return the power from `low` to `high` (Hz), in ms².

        The standard error is that of the integral of a spectral density, widened for the skew
        of a power as those of the measures are. The band ends at `highest`. A rhythm that
        fills less than the spectrum resolves, as that of a paced breath does, is taken for a
        noise of so narrow a band, whose power few minutes tell: its standard error can be as
        large as the power and larger, by one Hann segment thrice as large.

        Returns
        -------
        Estimate
            Missing where there is no spectrum, and where the band lies above `highest` or is
            narrower than two bins.

        Raises
        ------
        DataError
            If the band does not run upward from 0 Hz or more.
        """
        found = self._within(low, high)
        if found is None:
            return self._missing("ms²", low, high)
        power, squared = bands(*found)[0, [POWER, SQUARED]]
        variance = squared / (1 + 2 / self.freedom) / self.seconds
        value = max(float(power), 0.0)
        relative = variance / value**2 if value > 0 else 0.0
        se = math.sqrt(variance) * float(power_factor(np.array([relative]))[0])
        return Estimate(value, se, "ms²", self.quality, self.n)

    def peak(self, low: float, high: float) -> Estimate:
        """Return where from `low` to `high` (Hz) the density is highest, in Hz.

        Found as :func:`~interbeat.measures.hrv_bands.lf_peak` is, after smoothing over 0.02 Hz
        to either side.

        Returns
        -------
        Estimate
            Missing where there is no spectrum, where the band lies above `highest` or is
            narrower than two bins, where nothing varies, and where the band has no peak.

        Raises
        ------
        DataError
            If the band does not run upward from 0 Hz or more.
        """
        found = self._within(low, high)
        if found is None:
            return self._missing("Hz", low, high)
        if self.density.sum() * self.frequencies[1] <= STILL:
            return Estimate.missing("Hz", "nothing varies", self.quality, self.n)
        density, _, step, lows, highs = found
        peak, far = peaks(density, step, lows, highs, np.array([self.seconds]))[0]
        if peak == 0:
            return Estimate.missing("Hz", "no peak in the band", self.quality, self.n)
        return Estimate(float(peak), float(far) / HALF_WIDTH, "Hz", self.quality, self.n)

    def __str__(self) -> str:
        return f"{self.settings}: {self.reason or f'{self.n} intervals'}"

    def _within(self, low: float, high: float) -> tuple[FloatArray, ...] | None:
        """Return what the kernels take, if there is something to see in the band."""
        if not 0 <= low < high < math.inf:
            raise DataError(
                f"a band runs from 0 Hz or more upward, not from {low} to {high} Hz"
            )
        if self.reason or low >= self.highest or self._narrow(low, high):
            return None
        step = np.diff(self.frequencies[:2])
        edges = np.array([low]), np.array([min(high, self.highest)])
        return self.density[None], self.density[None], step, *edges

    def _narrow(self, low: float, high: float) -> bool:
        return bool(high - low < 2 * self.frequencies[1])

    def _missing(self, unit: str, low: float, high: float) -> Estimate:
        why = self.reason
        if not why and low >= self.highest:
            why = (
                f"the spectrum shows nothing above {self.highest:.2f} Hz, half the heart rate "
                f"or the sampling rate, and the band begins at {low:g} Hz"
            )
        if not why:
            why = (
                f"bins of {self.frequencies[1]:.2g} Hz tell too little of a band from {low:g} "
                f"to {high:g} Hz: longer segments have narrower bins"
            )
        return Estimate.missing(unit, why, self.quality, self.n)


def half_rate(beats: Beats) -> float:
    """Return half the mean heart rate in Hz; 0 without normal intervals."""
    rr = beats.rr_ms[beats.nn]
    return 500.0 / float(rr.mean()) if rr.size else 0.0


def no_spectrum(beats: Beats, settings: str, reason: str) -> Spectrum:
    """Return no spectrum, and why."""
    why = reason if len(beats) else "no beats"
    return Spectrum(NONE, NONE, 0.0, 0.0, 0.0, settings, 0.0, int(beats.nn.sum()), why)


def positive(**settings: float) -> None:
    """Refuse settings that are not positive numbers."""
    for name, value in settings.items():
        if not value > 0:
            raise DataError(f"{name} is a positive number, not {value}")
