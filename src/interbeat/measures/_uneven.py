"""Spectra at the times of the beats themselves: nothing is resampled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.kernels.spectra import TAPERS
from interbeat.measures._density import LEAST, Spectrum, half_rate, no_spectrum
from interbeat.measures._given import beats_of
from interbeat.measures._spectrum import LEAST_SHARE, pieces_of, spectra_of
from interbeat.measures._windows import from_first_to_last

__all__ = ["lomb", "multitaper"]


def multitaper(beats: Beats | ArrayLike, *, segment: float) -> Spectrum:
    """Return the spectrum on which the measures rest, at the times of the beats themselves.

    Parameters
    ----------
    beats : Beats or array_like
        Of one person; what is not normal is left out and not replaced. Or the RR intervals in
        ms, all taken as normal.
    segment : float
        Length in s of the equal pieces, about, over which spectra are averaged, 60 or more;
        the measures use 300. Rhythms slower than one or two cycles in it are not told apart
        from a trend.

    Returns
    -------
    Spectrum
        Without resampling and detrending, less the mean of each piece. Missing where no piece
        has normal intervals for 1 min and 70 % of its time.

    Raises
    ------
    DataError
        If `segment` is under 60 s, or intervals are not in ms.

    Notes
    -----
    See :func:`~interbeat.measures.hrv_frequency.lf`, whose references these are.

    References
    ----------
    .. [1] Riedel & Sidorenko (1995), IEEE Trans Signal Process 43:188-195,
       doi:10.1109/78.365298.

    Examples
    --------
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * np.cumsum(np.full(340, 0.9)))
    >>> spectrum = multitaper(Beats.from_rr(rr, person="a"), segment=300.0)
    >>> round(spectrum.power(0.08, 0.12).value, -1)
    800.0
    >>> print(spectrum)
    multitaper, 4 sine tapers, 1 piece of 305.9 s, less its mean: 340 intervals
    """
    _check_segment(segment)
    beats = beats_of(beats)
    span = from_first_to_last(beats)
    pieces = pieces_of(np.array([span.start]), np.array([span.end]), segment)
    spectra = spectra_of(beats, pieces, half_rate(beats))
    lasting = float(pieces.ends[0] - pieces.starts[0])
    good = (spectra.covered >= LEAST) & (spectra.covered >= LEAST_SHARE * lasting)
    count = int(good.sum())
    settings = (
        f"multitaper, {TAPERS} sine tapers, {count} {'piece' if count == 1 else 'pieces'} "
        f"of {lasting:.1f} s, less {'its' if count == 1 else 'their'} mean"
    )
    if not count:
        most = spectra.covered.max(initial=0.0)
        return no_spectrum(
            beats, settings, f"at most {most:.0f} s of normal intervals in a piece"
        )
    density = np.maximum(spectra.density[good].mean(axis=0), 0.0)
    seconds, n = float(spectra.covered[good].sum()), int(spectra.intervals[good].sum())
    return Spectrum(
        np.arange(density.size) * spectra.step[0],
        density,
        2.0 * TAPERS * count,
        seconds,
        0.5 * n / seconds,
        settings,
        min(seconds / span.seconds, 1.0),
        n,
    )


def lomb(beats: Beats | ArrayLike, *, segment: float) -> Spectrum:
    """Return the spectrum by Lomb's periodogram, at the times of the beats themselves.

    Parameters
    ----------
    beats : Beats or array_like
        Of one person; what is not normal is left out and not replaced. Or the RR intervals in
        ms, all taken as normal. An interval stands at its middle.
    segment : float
        Length in s of the equal pieces, about, over which periodograms are averaged, 60 or
        more. The cost grows with it: a day in pieces of 5 min takes seconds, as one piece
        many minutes.

    Returns
    -------
    Spectrum
        Less the mean of each piece; in ms²/Hz, so that its integral up to half the heart rate
        is the variance (tools that leave out that scale give numbers without a unit). Missing
        where no piece has normal intervals for 1 min and 70 % of its time.

    Raises
    ------
    DataError
        If `segment` is under 60 s, or intervals are not in ms.

    Notes
    -----
    Each interval weighs by its length, so that means are over time: where all weigh the same,
    quick beats count twice, and power is off by a percent or two. Otherwise as Scargle has it.

    One periodogram has two degrees of freedom, whatever its length, and no taper: a trend and
    strong rhythms leak into all bands. The measures rest on :func:`multitaper` for that.

    References
    ----------
    .. [1] Lomb (1976), Astrophys Space Sci 39:447-462, doi:10.1007/BF00648343.
    .. [2] Scargle (1982), Astrophys J 263:835-853, doi:10.1086/160554.

    Examples
    --------
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * np.cumsum(np.full(340, 0.9)))
    >>> round(lomb(Beats.from_rr(rr, person="a"), segment=300.0).power(0.04, 0.15).value, -2)
    800.0
    """
    _check_segment(segment)
    beats = beats_of(beats)
    span = from_first_to_last(beats)
    pieces = pieces_of(np.array([span.start]), np.array([span.end]), segment)
    lasting = float(pieces.ends[0] - pieces.starts[0])
    middles = ((beats.times[1:] + beats.times[:-1]) / 2)[beats.nn]
    cuts = np.searchsorted(middles, pieces.ends[:-1])
    each = np.split(beats.rr_ms[beats.nn], cuts)
    parts = list(zip(np.split(middles, cuts), each, strict=True))
    covered = np.array([rr.sum() / 1000 for rr in each])
    good = (covered >= LEAST) & (covered >= LEAST_SHARE * lasting)
    settings = (
        f"Lomb, {int(good.sum())} of {good.size} pieces of {lasting:.1f} s, less the mean"
    )
    if not good.any():
        return no_spectrum(
            beats, settings, f"at most {covered.max():.0f} s of normal intervals in a piece"
        )
    frequencies = np.arange(1, math.ceil(half_rate(beats) * 2 * lasting) + 1) / (2 * lasting)
    density = [
        _lomb(at - at.mean(), rr, frequencies)
        for used, (at, rr) in zip(good, parts, strict=True)
        if used
    ]
    seconds, n = float(covered[good].sum()), sum(each[k].size for k in np.flatnonzero(good))
    return Spectrum(
        np.concatenate(([0.0], frequencies)),
        np.concatenate(([0.0], np.mean(density, axis=0))),
        2.0 * int(good.sum()),
        seconds,
        0.5 * n / seconds,
        settings,
        min(seconds / span.seconds, 1.0),
        n,
    )


def _check_segment(segment: float) -> None:
    if not segment >= LEAST:
        raise DataError(f"a segment lasts {LEAST:.0f} s or more, not {segment}")


def _lomb(at: FloatArray, rr: FloatArray, frequencies: FloatArray) -> FloatArray:
    """Return the density of intervals `rr` (ms) at times `at` (s).

    At each frequency it is the sum of squares, each over the time of its interval, that the
    best wave of that frequency takes away.
    """
    weight = rr / 1000
    away = weight * (rr - np.average(rr, weights=weight))
    out = np.empty(frequencies.size)
    for k, f in enumerate(frequencies):
        angle = 2 * np.pi * f * at
        turn = np.arctan2(weight @ np.sin(2 * angle), weight @ np.cos(2 * angle)) / 2
        c, s = np.cos(angle - turn), np.sin(angle - turn)
        squares = np.array([weight @ c**2, weight @ s**2])
        sums = np.array([away @ c, away @ s]) ** 2
        out[k] = np.divide(sums, squares, out=np.zeros(2), where=squares > 1e-9).sum()
    return out
