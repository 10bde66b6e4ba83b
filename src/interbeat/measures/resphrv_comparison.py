"""RSA as it was measured before: breath by breath, and by a band of the heart period."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.student import student
from interbeat.kernels.windows import COUNT, DF, MEAN, MEAN_VARIANCE
from interbeat.measures._spec import Columns, measure
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    moments_of,
    nn_share,
    none_in,
    only,
    rows,
    share,
)

__all__ = ["rsa_peak_to_trough", "rsa_porges_bohrer"]

FEWEST_BREATHS = 3
HZ = 2.0  # of the resampled heart period
EPOCH = 60  # samples: 30 s
POLYNOMIAL, DEGREE = 21, 3  # samples and degree of the moving polynomial
BAND, TAPS = (0.12, 0.40), 41  # Hz, and of the filter that passes it
SHORTEST = 62  # s of normal intervals: what both filters and one epoch take, or a little more
LONGEST_GAP = 5.0  # s; a longer one is no scattered beat
LEAST = 1e-6  # ms²: a variance under that is a steady heart's
MANY = 5  # epochs, from which on their spread tells the standard error


def _of_each_breath(
    beats: Beats, breaths: Breaths
) -> tuple[FloatArray, BoolArray, FloatArray, FloatArray]:
    """Return each breath's value (ms), whether it has one, and since and until when it looks.

    An interval lies where its middle does. Needed are the beats around both onsets.
    """
    count = max(len(breaths) - 1, 0)
    shortest, longest = np.full(count, np.inf), np.full(count, -np.inf)
    onsets = breaths.times
    middle = (beats.times[1:] + beats.times[:-1]) / 2
    breath = np.searchsorted(onsets, middle, side="right") - 1
    inside = (breath >= 0) & (breath < count)
    breath, middle, rr = breath[inside], middle[inside], beats.rr_ms[inside]
    drawn_in = middle < breaths.peaks[breath]
    np.minimum.at(shortest, breath[drawn_in], rr[drawn_in])
    np.maximum.at(longest, breath[~drawn_in], rr[~drawn_in])
    broken = np.zeros(len(breaths) + 2, dtype=np.int64)
    within = np.searchsorted(onsets, beats.times, side="right")  # 1 in breath 0
    np.add.at(broken, within[:-1][~beats.nn], 1)
    np.add.at(broken[1:], within[1:][~beats.nn], -1)
    edges = np.concatenate(([-np.inf], beats.times, [np.inf]))
    since = edges[np.searchsorted(beats.times, onsets[:count], side="right")]
    until = edges[np.searchsorted(beats.times, onsets[1:]) + 1]
    known = np.isfinite(breaths.peaks[:count]) & np.isfinite(shortest) & np.isfinite(longest)
    whole = breaths.whole & (np.cumsum(broken)[1 : count + 1] == 0)
    good = whole & known & np.isfinite(since) & np.isfinite(until)
    swing = np.subtract(longest, shortest, out=np.zeros(count), where=good)
    return np.maximum(swing, 0.0), good, since, until


def _peak_to_trough(
    starts: FloatArray, ends: FloatArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    swing, good, since, until = _of_each_breath(beats, breaths)
    first = np.searchsorted(since, starts).astype(np.int64)
    last = np.maximum(first, np.searchsorted(until, ends).astype(np.int64))
    found = moments_of(swing, good, (first, last))
    lasting = moments_of(np.diff(breaths.times), good, (first, last))
    n = found[:, COUNT]
    return columns(
        found[:, MEAN],
        np.sqrt(found[:, MEAN_VARIANCE]) * student(found[:, DF]),
        quality=share(n * lasting[:, MEAN], ends - starts),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (none_in(breaths, starts, ends), "breathing not known", n),
            (
                n < FEWEST_BREATHS,
                f"{{n}} of {FEWEST_BREATHS} breaths with normal beats in both their parts",
                n,
            ),
        ),
    )


@measure(
    label="RSA, peak to trough",
    unit="ms",
    window=None,
    source="Grossman, van Beek & Wientjes (1990), Psychophysiology 27:702, "
    "doi:10.1111/j.1469-8986.1990.tb03198.x",
    many=_peak_to_trough,
)
def rsa_peak_to_trough(beats: Beats, breaths: Breaths, span: Span | None = None) -> Estimate:
    """Longest RR interval of expiration less the shortest of inspiration, a mean over breaths.

    For comparison with other work; :func:`~interbeat.measures.resphrv.resphrv` is the measure
    that does not depend on how many beats a breath has.

    Parameters
    ----------
    beats : Beats
        Of one person.
    breaths : Breaths
        Of the same person, with the end of each inspiration.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of breaths that have a value, ``quality`` the share of
        `span` that they cover. Missing under 3 of them. The standard error is that of their
        mean under autocorrelation.

    Notes
    -----
    As in [1]_, a breath in which expiration's longest interval is no longer than inspiration's
    shortest counts as 0. An interval belongs to where its middle lies. A breath has a value
    if all of its intervals are normal and both of its parts have one.

    It is no estimate of the swing of what drives the heart: in simulated hearts at 67 beats a
    minute, shortest at the end of an inspiration of 35 % of a breath, a swing of 80 ms reads
    74 ms at 0.1 Hz, 55 at 0.2, 36 at 0.3 and 22 at 0.4 Hz, and one of 20 ms 25, 17, 11 and 8:
    few beats a breath miss the extremes, and a difference of extremes counts in what is noise.
    Where the heart follows breathing late by a good part of a breath it reads less.

    References
    ----------
    .. [1] Grossman, van Beek & Wientjes (1990), Psychophysiology 27:702-714,
       doi:10.1111/j.1469-8986.1990.tb03198.x.

    Examples
    --------
    >>> seconds = np.cumsum(np.full(70, 0.9))
    >>> beats = Beats.from_rr(900 - 30 * np.sin(2 * np.pi * 0.2 * seconds), person="a")
    >>> onsets = np.arange(0, 63, 5.0)
    >>> always = np.ones(onsets.size, dtype=bool)
    >>> breaths = Breaths(onsets, onsets + 2, np.ones(onsets.size), always, person="a")
    >>> print(rsa_peak_to_trough(beats, breaths))
    56.7 ± 0.4 ms
    """
    return only(
        _peak_to_trough, "ms", span or from_first_to_last(beats), beats=beats, breaths=breaths
    )


def _detrending() -> FloatArray:
    """Return what takes a moving polynomial off the middle sample of as many."""
    at = np.arange(POLYNOMIAL) - POLYNOMIAL // 2
    fitted = np.linalg.pinv(np.vander(at / at[-1], DEGREE + 1, increasing=True))[0]
    return np.asarray((at == 0) - fitted)


def _passing() -> FloatArray:
    """Return a filter of linear phase that passes the band: a sinc under Hamming's window."""
    at = np.arange(TAPS) - TAPS // 2
    low, high = (2 * edge / HZ * np.sinc(2 * edge / HZ * at) for edge in BAND)
    return np.asarray((high - low) * np.hamming(TAPS))


FILTER = np.convolve(_detrending(), _passing())


def _heart_period(beats: Beats, first: int, last: int) -> FloatArray:
    """Return the normal ones of the intervals ``first:last`` (ms) at 2 Hz, NaN in long gaps.

    By a cubic through the middles of the intervals, whose slope at each of them is that
    between its neighbors.
    """
    normal = np.flatnonzero(beats.nn[first:last]) + first
    if normal.size < 2:
        return np.zeros(0)
    at = (beats.times[normal] + beats.times[normal + 1]) / 2
    rr = beats.rr_ms[normal]
    grid = np.arange(np.ceil(at[0] * HZ), np.floor(at[-1] * HZ) + 1) / HZ
    slope = np.gradient(rr, at)
    k = np.clip(np.searchsorted(at, grid, side="right") - 1, 0, at.size - 2)
    gap = np.diff(at)[k]
    u = (grid - at[k]) / gap
    rise = u * u * (3 - 2 * u)
    period = rr[k] + (rr[k + 1] - rr[k]) * rise
    period += gap * u * (1 - u) * ((1 - u) * slope[k] - u * slope[k + 1])
    lost = (beats.times[normal[1:]] - beats.times[normal[:-1] + 1])[k]
    return np.where(lost > LONGEST_GAP, np.nan, period)


def _epochs(period: FloatArray) -> FloatArray:
    """Return the filtered heart period in whole epochs without gaps, shape (epochs, 60)."""
    if period.size < FILTER.size:
        return np.zeros((0, EPOCH))
    filtered = np.convolve(period, FILTER, mode="valid")
    runs = np.split(filtered, np.flatnonzero(np.isnan(filtered)))
    runs = [run[~np.isnan(run)] for run in runs]
    whole = [run[: run.size // EPOCH * EPOCH].reshape(-1, EPOCH) for run in runs]
    return np.concatenate(whole)


def _log_variance(epochs: FloatArray) -> tuple[float, float]:
    """Return the mean logarithm of the epochs' variances, and its standard error."""
    variance = np.maximum(epochs.var(axis=1, ddof=1), LEAST)
    count = variance.size
    if count >= MANY:
        everything = (np.zeros(1, dtype=np.int64), np.array([count], dtype=np.int64))
        found = moments_of(np.log(variance), np.ones(count, dtype=np.bool_), everything)[0]
        return float(found[MEAN]), float(np.sqrt(found[MEAN_VARIANCE]) * student(found[DF]))
    first = EPOCH * np.arange(count, dtype=np.int64)
    squares = ((epochs - epochs.mean(axis=1, keepdims=True)) ** 2).ravel()
    found = moments_of(squares, np.ones(squares.size, dtype=np.bool_), (first, first + EPOCH))
    relative = found[:, MEAN_VARIANCE] / variance**2 * student(found[:, DF]) ** 2
    return float(np.log(variance).mean()), float(np.sqrt(relative.sum()) / count)


def _porges_bohrer(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    first, last = rows(beats.times, starts, ends, joined=2)
    values, se, n = np.zeros(starts.size), np.zeros(starts.size), np.zeros(starts.size)
    still = np.zeros(starts.size, dtype=np.bool_)
    for k in range(starts.size):
        epochs = _epochs(_heart_period(beats, int(first[k]), int(last[k])))
        n[k] = epochs.shape[0]
        still[k] = n[k] > 0 and bool((epochs.var(axis=1, ddof=1) <= LEAST).all())
        if n[k]:
            values[k], se[k] = _log_variance(epochs)
    quality = nn_share(beats, starts, ends)
    return columns(
        values,
        se,
        quality=quality,
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (
                n == 0,
                f"{{n}} of {SHORTEST} s of normal intervals without a gap",
                np.minimum(quality * (ends - starts), SHORTEST - 1),
            ),
            (still, "nothing varies", n),
        ),
    )


@measure(
    label="RSA, Porges-Bohrer",
    unit="ln ms²",
    window=None,
    source="Lewis, Furman, McCool & Porges (2012), Biol Psychol 89:349, "
    "doi:10.1016/j.biopsycho.2011.11.009",
    many=_porges_bohrer,
)
def rsa_porges_bohrer(beats: Beats, span: Span | None = None) -> Estimate:
    """Logarithm of the variance of the heart period from 0.12 to 0.40 Hz.

    The heart period at 2 Hz, less a moving polynomial (21 samples, cubic), filtered; the mean
    over epochs of 30 s of the natural logarithm of the variance (ms²).

    Parameters
    ----------
    beats : Beats
        Of one adult.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ln ms². ``n`` is the number of epochs, ``quality`` the share of `span` covered by
        normal intervals. Missing under 62 s of them without a gap of more than 5 s, which is
        what the filters and one epoch take, and where nothing varies. The standard error is
        that of the mean over 5 or more epochs under autocorrelation, and of the variances of
        fewer.

    Notes
    -----
    As in [1]_. The heart period is that of normal intervals, at their middles, between which a
    cubic runs (straight lines would read 0.25 less at 0.25 Hz and 67 beats a minute); those
    that are not normal are left out, where [1]_ edits them by hand, and gaps of up to 5 s are
    crossed. The filter has 41 taps. A variance under 1e-6 ms² counts as
    that. NeuroKit2 0.2.13 takes the heart rate in bpm for the period and divides the variance
    by 1000, which gives negative values.

    The band is fixed, and not evenly passed: its gain is 0.08 at 0.1 Hz, 0.24 at 0.12, 0.66 at
    0.15, 1.22 at 0.2, 1.12 at 0.25, 0.87 at 0.3 and 0.55 at 0.4 Hz; a Mayer wave that enters it
    is counted in. Of a sinusoidal swing of 80 ms (ln of its variance is 6.68), hearts at 67
    beats a minute read 3.7 at 0.1 Hz, 5.8 at 0.15, 6.9 at 0.2, 6.1 at 0.3 and 4.8 at 0.4 Hz; of
    one of 20 ms (3.91), 2.2, 3.3, 4.2, 3.5 and 2.7. Do not compare it across breathing rates.

    References
    ----------
    .. [1] Lewis, Furman, McCool & Porges (2012), Biol Psychol 89:349-364,
       doi:10.1016/j.biopsycho.2011.11.009.

    Examples
    --------
    >>> seconds = np.cumsum(np.full(140, 0.9))
    >>> wave = 30 * np.cos(2 * np.pi * 0.2 * seconds)
    >>> print(rsa_porges_bohrer(Beats.from_rr(900 + wave, person="a")))
    6.48 ± 0.03 ln ms²
    """
    return only(_porges_bohrer, "ln ms²", span or from_first_to_last(beats), beats=beats)
