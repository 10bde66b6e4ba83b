"""Spectra of evenly resampled intervals, as most tools make them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.kernels.autoregression import burg, power_below
from interbeat.measures._density import LEAST, Spectrum, half_rate, no_spectrum, positive
from interbeat.measures._given import beats_of
from interbeat.measures._resampled import FEWEST, Series, even_series
from interbeat.measures._windows import from_first_to_last

__all__ = ["KUBIOS", "WelchSettings", "autoregressive", "welch"]

SMOOTHEST = 1e6  # beyond it, and short of a straight line, rounding hides the trend


class WelchSettings(TypedDict):
    """What :func:`welch` is told, to be handed on by ``welch(beats, **settings)``."""

    sampling_rate: float
    segment: float
    overlap: float
    smoothness: float


KUBIOS: WelchSettings = {
    "sampling_rate": 4.0,
    "segment": 300.0,
    "overlap": 0.5,
    "smoothness": 500.0,
}
"""As Kubios has it: cubic interpolation at 4 Hz, smoothness priors of 500, halves overlapping.
Its segments are said to last 300 s in older versions and 180 s in newer ones."""


def welch(
    beats: Beats | ArrayLike,
    *,
    sampling_rate: float,
    segment: float,
    overlap: float,
    smoothness: float,
) -> Spectrum:
    """Return the spectrum by Welch's method, of intervals resampled by a cubic spline.

    Parameters
    ----------
    beats : Beats or array_like
        Of one person; or the RR intervals in ms, all taken as normal. A gap of more than two
        beats (3.5 median intervals) is not bridged: segments lie within what is unbroken.
    sampling_rate : float
        Of the resampled series, in Hz.
    segment : float
        Length in s of the segments; as long as the longest unbroken stretch if that is shorter.
    overlap : float
        Share of a segment that the next one shares with it, from 0 to less than 1.
    smoothness : float
        Of the trend taken out of each stretch before (λ of Tarvainen et al.); at 4 Hz, 500
        takes out what is slower than about 0.035 Hz. Up to 1e6; with ``math.inf`` the trend
        is a straight line.

    Returns
    -------
    Spectrum
        Under Hann windows. Missing where no unbroken stretch lasts 1 min.

    Raises
    ------
    DataError
        If a setting is out of its range, or intervals are not in ms.

    Notes
    -----
    The spline takes power from fast rhythms: 2 % at 0.25 Hz and 67 beats a minute, more where
    there are fewer beats to a cycle. :func:`multitaper` and :func:`lomb` do not.

    References
    ----------
    .. [1] Welch (1967), IEEE Trans Audio Electroacoust 15:70-73, doi:10.1109/TAU.1967.1161901.
    .. [2] Tarvainen, Ranta-aho & Karjalainen (2002), IEEE Trans Biomed Eng 49:172-175,
       doi:10.1109/10.979357.

    Examples
    --------
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * np.cumsum(np.full(340, 0.9)))
    >>> spectrum = welch(rr, **KUBIOS)
    >>> round(spectrum.power(0.04, 0.15).value, -1)
    790.0
    >>> print(spectrum)
    Welch, 4 Hz cubic, 1 Hann segment of 300.0 s, overlap 0.5, smoothness 500: 340 intervals
    """
    _check_even(sampling_rate, smoothness)
    if not segment * sampling_rate >= FEWEST:
        raise DataError(f"a segment has at least {FEWEST} samples, not {segment} s of them")
    if not 0 <= overlap < 1:
        raise DataError(f"segments overlap by a share from 0 to less than 1, not {overlap}")
    beats = beats_of(beats)
    series = even_series(beats, sampling_rate, smoothness)
    told = f"overlap {overlap:g}, smoothness {smoothness:g}"
    longest = max((x.size for x in series.stretches), default=0)
    if longest < LEAST * sampling_rate:
        return _broken(
            beats, f"Welch, {sampling_rate:g} Hz cubic, {told}", longest / sampling_rate
        )
    size = round(min(segment * sampling_rate, longest))
    hop = max(1, round(size * (1 - overlap)))
    used = [x for x in series.stretches if x.size >= size]
    segments = [x[k : k + size] for x in used for k in range(0, x.size - size + 1, hop)]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(size) + 0.5) / size)
    norm = sampling_rate * float(window @ window)
    density = 2 / norm * _mean_square(segments, window)
    count, seconds = len(segments), _effective(used, window, hop) / sampling_rate
    settings = (
        f"Welch, {sampling_rate:g} Hz cubic, {count} Hann segment{'s' * (count > 1)} "
        f"of {size / sampling_rate:.1f} s, {told}"
    )
    return _of_series(
        beats,
        series,
        np.arange(density.size) * sampling_rate / size,
        density,
        freedom=_freedom(count, window, hop),
        seconds=seconds,
        settings=settings,
    )


def _mean_square(segments: Iterable[FloatArray], window: FloatArray) -> FloatArray:
    waves = [np.fft.rfft(window * (x - x.mean())) for x in segments]
    return np.asarray(np.mean([np.abs(wave) ** 2 for wave in waves], axis=0))


def _effective(used: list[FloatArray], window: FloatArray, hop: int) -> float:
    """Return how many equally weighted samples would tell a band's power as surely."""
    total = square = 0.0
    for x in used:
        weight = np.zeros(x.size)
        for k in range(0, x.size - window.size + 1, hop):
            weight[k : k + window.size] += window**2
        total, square = total + float(weight.sum()), square + float(weight @ weight)
    return total**2 / square


def _freedom(count: int, window: FloatArray, hop: int) -> float:
    """Return the degrees of freedom of a mean of `count` overlapping periodograms (Welch)."""
    alike = 0.0
    for k in range(1, min(count, math.ceil(window.size / hop))):
        shared = float(window[k * hop :] @ window[: -k * hop]) / float(window @ window)
        alike += 2 * (1 - k / count) * shared**2
    return 2 * count / (1 + alike)


def autoregressive(
    beats: Beats | ArrayLike, *, order: int, sampling_rate: float, smoothness: float
) -> Spectrum:
    """Return the spectrum of an autoregressive model of the resampled intervals.

    Parameters
    ----------
    beats : Beats or array_like
        Of one person; or the RR intervals in ms, all taken as normal. A gap of more than two
        beats (3.5 median intervals) is not bridged: the model is fitted to all unbroken
        stretches of 1 min and more together.
    order : int
        Of the model. The Task Force asks for 8 to 20; Kubios has 16 at 4 Hz.
    sampling_rate : float
        Of the resampled series, in Hz.
    smoothness : float
        As for :func:`welch`.

    Returns
    -------
    Spectrum
        Its powers are integrals in closed form, of the poles' residues: no line is too narrow
        to be seen. Missing where no unbroken stretch lasts 1 min.

    Raises
    ------
    DataError
        If a setting is out of its range, or intervals are not in ms.

    Notes
    -----
    Fitted by Burg's method, which is always stable; Kubios fits by least squares forward and
    backward. The order decides: too low a one at a high sampling rate cannot tell LF from HF.

    References
    ----------
    .. [1] Burg (1968), A new analysis technique for time series data, NATO Advanced Study
       Institute on Signal Processing, Enschede.
    .. [2] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * np.cumsum(np.full(340, 0.9)))
    >>> spectrum = autoregressive(
    ...     Beats.from_rr(rr, person="a"), order=16, sampling_rate=4.0, smoothness=math.inf
    ... )
    >>> round(spectrum.power(0.04, 0.15).value, -1)
    800.0
    """
    _check_even(sampling_rate, smoothness)
    positive(order=order)
    if order != int(order):
        raise DataError(f"an order is a whole number, not {order}")
    order, beats = int(order), beats_of(beats)
    series = even_series(beats, sampling_rate, smoothness)
    settings = (
        f"autoregressive, order {order}, Burg, {sampling_rate:g} Hz cubic, "
        f"smoothness {smoothness:g}"
    )
    longest = max((x.size for x in series.stretches), default=0)
    used = [x for x in series.stretches if x.size >= max(LEAST * sampling_rate, order + 2)]
    if not used:
        return _broken(beats, settings, longest / sampling_rate)
    model, noise = burg([x - x.mean() for x in used], order)
    seconds = sum(x.size for x in used) / sampling_rate
    step = 0.5 / seconds  # data of that length tell no finer
    bins = math.ceil(min(half_rate(beats), series.fastest) / step) + 1
    edges = (np.arange(bins + 1) - 0.5).clip(0) * step
    below = power_below(model, noise, np.minimum(edges / sampling_rate, 0.5))
    density: FloatArray = np.maximum(np.diff(below) / np.diff(edges), 0.0)
    return _of_series(
        beats,
        series,
        np.arange(bins, dtype=np.float64) * step,
        density,
        freedom=series.intervals / order,
        seconds=seconds,
        settings=settings,
    )


def _of_series(
    beats: Beats,
    series: Series,
    frequencies: FloatArray,
    density: FloatArray,
    *,
    freedom: float,
    seconds: float,
    settings: str,
) -> Spectrum:
    share = float(min(series.seconds / from_first_to_last(beats).seconds, 1.0))
    return Spectrum(
        frequencies,
        density,
        freedom,
        seconds,
        min(half_rate(beats), series.fastest),
        settings,
        share,
        series.intervals,
    )


def _check_even(sampling_rate: float, smoothness: float) -> None:
    positive(sampling_rate=sampling_rate, smoothness=smoothness)
    if math.isinf(sampling_rate):
        raise DataError("a sampling rate is a finite number of Hz")
    if SMOOTHEST < smoothness < math.inf:
        raise DataError(
            f"smoothness is a number up to {SMOOTHEST:g}, or infinite for a straight line, "
            f"not {smoothness:g}"
        )


def _broken(beats: Beats, settings: str, longest: float) -> Spectrum:
    why = f"no unbroken stretch of {LEAST:.0f} s: the longest has {longest:.0f} s"
    return no_spectrum(beats, settings, why)
