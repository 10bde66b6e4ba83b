"""Wavelets: the Morlet transform of a series, and the coherence of two, at full rate.

What the papers define, row by row; peers' conventions are settings of it. The index uses
:mod:`~interbeat.dyad.waves.octaves`, which gives the same in a hundredth of the time.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, ComplexArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad._series import checked

__all__ = [
    "CENTERED",
    "CONE",
    "MOST_MISSING",
    "PERIOD",
    "WAVES",
    "Boxcar",
    "Coherence",
    "coherent",
    "heard",
    "in_time",
    "over_scales",
    "scales_of",
    "trusted",
    "wavelet_coherence",
    "wavelet_transform",
]

WAVES = 6.0  # angular frequency of the wavelet at scale 1: about six waves in it
PERIOD = 4 * math.pi / (WAVES + math.sqrt(2 + WAVES**2))  # of a wave, in scales
CONE = math.sqrt(2)  # scales from either end of the record
MOST_MISSING = 0.1  # of a wavelet's energy may fall on samples that are missing
SILENT = 1e-12  # of a row's largest power
NOTHING = 1e-300


class Boxcar(NamedTuple):
    """Weights of neighboring rows, an equal step of scale apart.

    Parameters
    ----------
    first : int
        Which row the first weight is for, counted from the row that is smoothed.
    weights : tuple of float
        Their sum cancels from a coherence.
    """

    first: int
    weights: tuple[float, ...]


# 0.6 of an octave at 12 rows an octave is 7.2 rows about the row itself.
CENTERED = Boxcar(-4, (0.1, 1, 1, 1, 1, 1, 1, 1, 0.1))


class Coherence(NamedTuple):
    """Wavelet coherence of two series.

    Parameters
    ----------
    frequencies : ndarray, shape (k,)
        In Hz.
    r2 : ndarray, shape (k, n)
        Squared coherence, 0 to 1, at each frequency (row) and sample.
    phase : ndarray, shape (k, n)
        Of the smoothed cross-spectrum, in radians; positive: the first leads.
    trusted : ndarray of bool, shape (k, n)
        Outside the cone of influence of the record's ends and of its gaps.
    """

    frequencies: FloatArray
    r2: FloatArray
    phase: FloatArray
    trusted: BoolArray

    @property
    def lag(self) -> FloatArray:
        """The phase in seconds; positive: the first leads."""
        return self.phase / (2 * np.pi * self.frequencies[:, None])


def wavelet_coherence(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, frequencies: ArrayLike,
    boxcar: Boxcar = CENTERED,
) -> Coherence:  # fmt: skip
    r"""Return the wavelet coherence of two series at each frequency and sample.

    .. math:: R^2 = \frac{|S(s^{-1} W_x W_y^*)|^2}{S(s^{-1} |W_x|^2)\,S(s^{-1} |W_y|^2)}

    where `S` smooths in time with a Gaussian as wide as the scale `s` and over scales with a
    boxcar as wide as the scale decorrelates, 0.6 octaves.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        NaN where a sample is missing; such samples count as the mean.
    sampling_rate : float
        In Hz.
    frequencies : array_like, shape (k,)
        In Hz, an equal step of scale (1/12 octave for the default boxcar) apart. Rows beyond
        the first and the last are not there to be smoothed over.
    boxcar : Boxcar
        Over scales.

    Raises
    ------
    DataError
        If the series differ in length, hold infinities, or rates or frequencies are not
        positive numbers up to half the sampling rate.

    Notes
    -----
    The boxcar is centered and 7.2 rows wide, as published; pycwt's is 13 rows wide and lies
    half a row off. The phase is that of the smoothed cross-spectrum, where peers give that of
    the raw one. A gap masks each sample at which over a tenth of the wavelet's energy falls
    on missing samples.

    References
    ----------
    .. [1] Torrence & Webster (1999), Journal of Climate 12:2679,
       doi:10.1175/1520-0442(1999)012<2679:ICITEM>2.0.CO;2
    .. [2] Grinsted, Moore & Jevrejeva (2004), Nonlinear Processes in Geophysics 11:561,
       doi:10.5194/npg-11-561-2004

    Examples
    --------
    >>> t = np.arange(600) / 4
    >>> x, y = np.sin(2 * np.pi * 0.1 * t), np.sin(2 * np.pi * 0.1 * (t - 1))
    >>> found = wavelet_coherence(x, y, sampling_rate=4, frequencies=[0.1])
    >>> float(found.r2[0, 300].round(3)), float(found.lag[0, 300].round(2))
    (1.0, 1.0)
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=math.inf)
    rows = np.asarray(frequencies, dtype=np.float64)
    if not (rows.size and np.all((rows > 0) & (rows <= pair.rate / 2 * (1 + 1e-9)))):
        raise DataError(f"frequencies lie above 0 and up to {pair.rate / 2:g} Hz, not {rows}")
    one, other = (
        wavelet_transform(side, sampling_rate=pair.rate, frequencies=rows)
        for side in (pair.x, pair.y)
    )
    r2, cross = coherent(one, other, scales_of(rows) * pair.rate, boxcar)
    there = np.isfinite(pair.x), np.isfinite(pair.y)
    return Coherence(rows, r2, np.angle(cross), trusted(there, pair.rate, rows))


def wavelet_transform(
    values: FloatArray, *, sampling_rate: float, frequencies: FloatArray, size: int = 0
) -> ComplexArray:
    """Return the Morlet transform (6 waves) of a series, a row for each frequency.

    Torrence & Compo (1998), doi:10.1175/1520-0477(1998)079<0061:APGTWA>2.0.CO;2.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing.
    sampling_rate : float
        In Hz.
    frequencies : ndarray, shape (k,)
        In Hz.
    size : int
        To how many samples zeros are added; 0: the next power of two.

    Returns
    -------
    ndarray, shape (k, n)
    """
    n = values.size
    padded = size or _power_of_two(n)
    there = np.isfinite(values)
    level = values[there].mean() if there.any() else 0.0
    spectrum = np.zeros(padded, dtype=np.complex128)
    half = padded // 2 + 1
    spectrum[:half] = np.fft.rfft(np.where(there, values - level, 0.0), padded)
    turn = np.abs(2 * np.pi * np.fft.fftfreq(padded, 1 / sampling_rate))
    out = np.empty((frequencies.size, n), dtype=np.complex128)
    for row, scale in enumerate(scales_of(frequencies)):
        wavelet = math.sqrt(2 * math.pi * scale * sampling_rate) * math.pi**-0.25
        shape = np.exp(-0.5 * (scale * turn - WAVES) ** 2)
        out[row] = np.fft.ifft(wavelet * shape * spectrum)[:n]
    return out


def coherent(
    one: ComplexArray, other: ComplexArray, scales: FloatArray, boxcar: Boxcar
) -> tuple[FloatArray, ComplexArray]:
    """Return the squared coherence of two transforms, and their smoothed cross-spectrum.

    Parameters
    ----------
    one, other : ndarray, shape (k, n)
        See :func:`wavelet_transform`.
    scales : ndarray, shape (k,)
        In samples.
    boxcar : Boxcar
        Over scales.
    """

    def smooth(spectrum: ComplexArray) -> ComplexArray:
        return over_scales(in_time(spectrum / scales[:, None], scales), boxcar)

    cross = smooth(one * other.conj())
    first, second = (heard(smooth(np.abs(side) ** 2 + 0j).real) for side in (one, other))
    return np.abs(cross) ** 2 / np.maximum(first * second, NOTHING), cross


def heard(power: FloatArray) -> FloatArray:
    """Return smoothed power, with a floor a row: what a silent series leaves is rounding."""
    return np.asarray(np.maximum(power, SILENT * power.max(axis=1, keepdims=True)))


def in_time(spectrum: ComplexArray, widths: FloatArray) -> ComplexArray:
    """Smooth each row with a Gaussian of its own width (standard deviation, in samples)."""
    n = spectrum.shape[1]
    size = _power_of_two(n)
    turn = 2 * np.pi * np.fft.fftfreq(size)
    out = np.empty_like(spectrum)
    for row, width in enumerate(widths):
        blur = np.exp(-0.5 * (width * turn) ** 2)
        out[row] = np.fft.ifft(np.fft.fft(spectrum[row], size) * blur)[:n]
    return out


def over_scales(spectrum: ComplexArray, boxcar: Boxcar) -> ComplexArray:
    """Add up neighboring rows with the weights of `boxcar`; there is none beyond the ends."""
    out = np.zeros_like(spectrum)
    k = spectrum.shape[0]
    for step, weight in enumerate(boxcar.weights, start=boxcar.first):
        rows = np.arange(max(-step, 0), min(k - step, k))
        out[rows] += weight * spectrum[rows + step]
    return out


def trusted(there: tuple[BoolArray, BoolArray], rate: float, rows: FloatArray) -> BoolArray:
    """Return which samples of each row lie outside the cones of influence.

    That of the record's ends is the usual one, where the wavelet has fallen to 1/e of its
    power. That of a gap is where over a tenth of the wavelet's energy falls into it.

    Parameters
    ----------
    there : tuple of ndarray of bool, shape (n,)
        Which samples each person has.
    rate : float
        In Hz.
    rows : ndarray, shape (k,)
        Frequencies in Hz.
    """
    n = there[0].size
    scales = scales_of(rows)[:, None] * rate
    at = np.arange(n)
    inside = (at >= CONE * scales) & (at <= n - CONE * scales)
    size = 2 * _power_of_two(n)
    turn = 2 * np.pi * np.fft.rfftfreq(size)
    for side in there:
        if side.all():
            continue
        holes = np.fft.rfft(~side, size)
        for row, scale in enumerate(scales[:, 0]):
            share = np.fft.irfft(holes * np.exp(-0.25 * (scale * turn) ** 2), size)[:n]
            inside[row] &= share <= MOST_MISSING
    return inside


def scales_of(frequencies: FloatArray) -> FloatArray:
    """Return the wavelet's scale (s) at each frequency (Hz)."""
    return 1 / (PERIOD * frequencies)


def _power_of_two(n: int) -> int:
    return 1 << max(n - 1, 1).bit_length()
