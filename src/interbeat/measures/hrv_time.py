"""Heart rate and its variability in the time domain."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.student import student
from interbeat.kernels.windows import (
    COUNT,
    DF,
    MEAN,
    MEAN_VARIANCE,
    VARIANCE,
    VARIANCE_VARIANCE,
)
from interbeat.measures._spec import Columns, measure
from interbeat.measures._uncertainty import root_factor, share_se
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    moments_of,
    nn_share,
    none_in,
    only,
    rows,
)

__all__ = ["mean_hr", "pnn50", "rmssd", "sdnn"]

TASK_FORCE = "Task Force ESC/NASPE (1996), Circulation 93:1043, doi:10.1161/01.CIR.93.5.1043"
FEWEST_INTERVALS = 3  # of a mean
FEWEST_SPREAD = 10  # of a spread: on fewer it says more of chance than of the heart
ROUNDING = 1e-6  # ms: a difference of exactly 50 is not over 50, whatever the clock reads


def _pairs(beats: Beats) -> tuple[FloatArray, BoolArray]:
    """Differences (ms) of neighbouring RR intervals, and which of them are of NN intervals."""
    nn = beats.nn
    return np.diff(beats.rr_ms), nn[1:] & nn[:-1]


def _mean_hr_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    found = moments_of(beats.rr_ms, beats.nn, rows(beats.times, starts, ends, joined=2))
    n, mean = found[:, COUNT], np.maximum(found[:, MEAN], 1.0)
    se = 60_000 / mean**2 * np.sqrt(found[:, MEAN_VARIANCE]) * student(found[:, DF])
    return columns(
        60_000 / mean,
        se,
        quality=nn_share(beats, starts, ends),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (n < FEWEST_INTERVALS, f"{{n}} of {FEWEST_INTERVALS} normal intervals", n),
        ),
    )


def _root_se(mean: FloatArray, variance: FloatArray, df: FloatArray) -> FloatArray:
    """Return the standard error of the root of a mean square that has this `variance`."""
    some = np.where(mean > 0, mean, 1.0)
    relative = variance / some**2
    return np.asarray(np.sqrt(some * relative) / 2 * root_factor(relative, df))


def _rmssd_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    steps, adjacent = _pairs(beats)
    found = moments_of(steps**2, adjacent, rows(beats.times, starts, ends, joined=3))
    n = found[:, COUNT]
    return columns(
        np.sqrt(found[:, MEAN]),
        _root_se(found[:, MEAN], found[:, MEAN_VARIANCE], found[:, DF]),
        quality=nn_share(beats, starts, ends),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (n < FEWEST_SPREAD, f"{{n}} of {FEWEST_SPREAD} beat pairs", n),
        ),
    )


def _sdnn_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    found = moments_of(beats.rr_ms, beats.nn, rows(beats.times, starts, ends, joined=2))
    n = found[:, COUNT]
    return columns(
        np.sqrt(found[:, VARIANCE]),
        _root_se(found[:, VARIANCE], found[:, VARIANCE_VARIANCE], found[:, DF]),
        quality=nn_share(beats, starts, ends),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (n < FEWEST_SPREAD, f"{{n}} of {FEWEST_SPREAD} normal intervals", n),
        ),
    )


def _pnn50_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    steps, adjacent = _pairs(beats)
    large = (np.abs(steps) > 50 + ROUNDING).astype(np.float64)
    found = moments_of(large, adjacent, rows(beats.times, starts, ends, joined=3))
    n = found[:, COUNT]
    return columns(
        100 * found[:, MEAN],
        100 * share_se(found[:, MEAN], found[:, MEAN_VARIANCE], n, found[:, DF]),
        quality=nn_share(beats, starts, ends),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (n < FEWEST_SPREAD, f"{{n}} of {FEWEST_SPREAD} beat pairs", n),
        ),
    )


@measure(label="Heart rate", unit="bpm", window=10.0, source=TASK_FORCE, many=_mean_hr_many)
def mean_hr(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Mean heart rate: 60 000 over the mean of the normal-to-normal intervals in ms.

    Parameters
    ----------
    beats : Beats
        Of one person. Intervals that touch an abnormal beat are left out.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In beats per minute. ``n`` is the number of normal intervals, ``quality`` the share of
        `span` that they cover. Missing under 3 intervals. The standard error is that of the
        mean interval under autocorrelation
        (:func:`~interbeat.kernels.windows.long_run_sum`), divided by its square.

    Notes
    -----
    The mean interval is inverted once, so that it is beats over time. The mean of the rates
    between beats, which some tools print, is larger, the more so the more variable the heart.
    Tracks look back 10 s: one slow breath.

    References
    ----------
    .. [1] Task Force of the European Society of Cardiology and the North American Society of
       Pacing and Electrophysiology (1996). Heart rate variability: standards of measurement,
       physiological interpretation, and clinical use. Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> print(mean_hr(Beats.from_rr([1000, 990, 1010, 1000] * 15, person="a")))
    60.000 ± 0.009 bpm
    """
    return only(_mean_hr_many, "bpm", span or from_first_to_last(beats), beats=beats)


@measure(label="RMSSD", unit="ms", window=60.0, source=TASK_FORCE, many=_rmssd_many)
def rmssd(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Root mean square of successive differences between normal RR intervals.

    .. math:: \mathrm{RMSSD} = \sqrt{\frac{1}{m}\sum_{i}(RR_{i+1} - RR_i)^2}

    over the `m` pairs of *adjacent* normal-to-normal intervals. A pair that touches an
    abnormal beat is left out, not bridged, so an artifact never adds variability.

    Parameters
    ----------
    beats : Beats
        Of one person. Not detrended, not resampled.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is `m`, ``quality`` the share of `span` within normal-to-normal intervals.
        Missing, with a reason, when `m` is under 10. The standard error is that of the mean
        squared difference under autocorrelation, by the delta method, widened in small samples
        (:mod:`interbeat.measures._uncertainty`).

    See Also
    --------
    sdnn, pnn50, interbeat.measures.resphrv.resphrv

    Notes
    -----
    The Task Force asks for 5 min; from 60 s on it agrees well with 5 min at rest [2]_.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.
    .. [2] Munoz et al. (2015), PLoS ONE 10:e0138921, doi:10.1371/journal.pone.0138921.

    Examples
    --------
    >>> print(rmssd(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")))
    43.5 ± 0.7 ms
    """
    return only(_rmssd_many, "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SDNN", unit="ms", window=60.0, source=TASK_FORCE, many=_sdnn_many)
def sdnn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Give the standard deviation of the normal-to-normal intervals (over n - 1).

    Parameters
    ----------
    beats : Beats
        Of one person. Not detrended, not resampled.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of normal intervals, ``quality`` the share of `span` that
        they cover. Missing under 10 intervals. The standard error is that of the variance
        under autocorrelation, by the delta method, widened in small samples.

    See Also
    --------
    rmssd, lf

    Notes
    -----
    It grows with the length of the stretch, because slower rhythms enter: compare only
    stretches of one length. It is not an index of the vagus alone.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> print(sdnn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")))
    26.3 ± 0.4 ms
    """
    return only(_sdnn_many, "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="pNN50", unit="%", window=60.0, source=TASK_FORCE, many=_pnn50_many)
def pnn50(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of pairs of adjacent normal intervals that differ by more than 50 ms.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the pairs (not of the intervals, as [1]_ has it). ``n`` is the
        number of pairs of *adjacent* normal-to-normal intervals, ``quality`` the share of
        `span` within such intervals. Missing under 10 pairs. The standard error is that of a
        share under autocorrelation, from a count with two more of each kind, so that 0 % and
        100 % have one too.

    See Also
    --------
    rmssd

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.
    .. [2] Agresti & Coull (1998), The American Statistician 52:119-126,
       doi:10.1080/00031305.1998.10480550.

    Examples
    --------
    >>> pnn50(Beats.from_rr([800, 860, 820, 870, 860] * 12, person="a")).value
    38.983050847457626
    """
    return only(_pnn50_many, "%", span or from_first_to_last(beats), beats=beats)
