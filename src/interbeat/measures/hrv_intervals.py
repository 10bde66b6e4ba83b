"""Heart rate variability in the time domain: further means and deviations.

The four that most people ask for are in :mod:`interbeat.measures.hrv_time`.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.windows import COUNT, DF, MEAN, VARIANCE, VARIANCE_VARIANCE
from interbeat.measures._influence import (
    Complex,
    Formula,
    as_ratio,
    as_root,
    as_share,
    differences,
    family,
    filled_up,
    settled,
)
from interbeat.measures._spec import Columns, Family, measure
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    in_pieces,
    moments_of,
    nn_share,
    none_in,
    only,
    rows,
    share,
)

__all__ = ["cvnn", "cvsd", "mean_nn", "pnn20", "sdann", "sdnni", "sdsd"]

TASK_FORCE = "Task Force ESC/NASPE (1996), Circulation 93:1043, doi:10.1161/01.CIR.93.5.1043"
MIETUS = "Mietus et al. (2002), Heart 88:378, doi:10.1136/heart.88.4.378"
PHAM = "Pham et al. (2021), Sensors 21:3998, doi:10.3390/s21123998"
USUAL = 800.0  # ms, taken off so that squares stay small; no measure depends on it
ROUNDING = 1e-6  # ms: a difference of exactly 20 is not over 20, whatever the clock reads
PIECE = 300.0  # s
FEWEST_PIECES = 3
LEAST_SHARE = 0.5  # of a piece within normal intervals, for its mean
NN, NN_SQUARED, STEP, STEP_SQUARED, OVER_20 = range(5)


def _items(beats: Beats) -> FloatArray:
    rr, nn = beats.rr_ms - USUAL, beats.nn
    _, step, good = differences(beats)
    single = filled_up(np.stack((rr, rr**2), axis=1), nn, rr.size)
    over = (np.abs(step) > 20 + ROUNDING).astype(np.float64)
    double = filled_up(np.stack((step, step**2, over), axis=1), good, rr.size)
    return np.concatenate((single, double), axis=1)


def _sd(m: Complex, n: FloatArray, of: int) -> Complex:
    return np.asarray(np.sqrt(settled((m[of + 1] - m[of] ** 2) * n[of] / (n[of] - 1))))


FORMULAS = {
    "mean_nn": Formula(lambda m, _: m[NN] + USUAL, as_ratio),
    "sdnn": Formula(lambda m, n: _sd(m, n, NN), as_root),
    "cvnn": Formula(lambda m, n: 100 * _sd(m, n, NN) / (m[NN] + USUAL), as_root),
    "sdsd": Formula(lambda m, n: _sd(m, n, STEP), as_root, of=STEP),
    "cvsd": Formula(
        lambda m, _: 100 * np.sqrt(m[STEP_SQUARED]) / (m[NN] + USUAL), as_root, of=STEP
    ),
    "pnn20": Formula(lambda m, _: 100 * m[OVER_20], as_share, of=STEP),
}
INTERVALS = Family(
    family(FORMULAS, _items, reach=(1, 1, 2, 2, 2), fewest=(10, "normal intervals or pairs"))
)


def _sdnni_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(lambda s, e, _: INTERVALS["sdnn"](s, e, beats=beats), PIECE, starts, ends)


def _sdann_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    pieces = np.maximum(np.rint((ends - starts) / PIECE).astype(np.int64), 1)
    last = np.cumsum(pieces)
    first = last - pieces
    window = np.repeat(np.arange(pieces.size), pieces)
    each = ((ends - starts) / pieces)[window]
    begin = starts[window] + (np.arange(window.size) - first[window]) * each
    where = rows(beats.times, begin, begin + each, joined=2)
    inside = moments_of(beats.rr_ms, beats.nn, where)
    seen = share(inside[:, COUNT] * inside[:, MEAN] / 1000, each) >= LEAST_SHARE
    found = moments_of(inside[:, MEAN], seen, (first, last))
    n, variance = found[:, COUNT], found[:, VARIANCE]
    value = np.sqrt(variance)
    se = np.sqrt(found[:, VARIANCE_VARIANCE]) / (2 * np.where(value > 0, value, 1.0))
    return columns(
        value,
        as_root(value, se**2, found[:, DF], n),
        quality=nn_share(beats, starts, ends),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (n < FEWEST_PIECES, f"{{n}} of {FEWEST_PIECES} stretches of 5 min", n),
        ),
    )


@measure(label="Mean NN", unit="ms", window=None, source=TASK_FORCE, many=INTERVALS["mean_nn"])
def mean_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Mean of the normal-to-normal intervals.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of normal intervals, ``quality`` the share of `span` that
        they cover. Missing under 10. Standard error under autocorrelation.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065, doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> round(mean_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    840.0
    """
    return only(INTERVALS["mean_nn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="CVNN", unit="%", window=None, source=TASK_FORCE, many=INTERVALS["cvnn"])
def cvnn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Coefficient of variation of the normal-to-normal intervals: SDNN over their mean.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent; ``n`` and ``quality`` as of :func:`mean_nn`. Missing under 10 intervals.
        Standard error by the delta method, widened in small samples.

    Notes
    -----
    Like SDNN it grows with the length of the stretch. It does not make variability at different
    heart rates comparable in general: that the two are proportional is an assumption.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065, doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> round(cvnn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    3.131
    """
    return only(INTERVALS["cvnn"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="SDSD", unit="ms", window=None, source=TASK_FORCE, many=INTERVALS["sdsd"])
def sdsd(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Give the standard deviation of successive differences of normal intervals (over n - 1).

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of pairs of *adjacent* normal intervals, ``quality`` the
        share of `span` within normal intervals. Missing under 10 pairs; a pair that touches an
        abnormal beat is left out. Standard error by the delta method.

    See Also
    --------
    interbeat.measures.hrv_time.rmssd

    Notes
    -----
    Of the differences with their sign, as the Task Force has it. Some tools take the deviation
    of their sizes, which is smaller by a third or more.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065, doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> round(sdsd(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    43.853
    """
    return only(INTERVALS["sdsd"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="CVSD", unit="%", window=None, source=PHAM, many=INTERVALS["cvsd"])
def cvsd(beats: Beats, span: Span | None = None) -> Estimate:
    r"""RMSSD over the mean normal interval.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent; ``n`` and ``quality`` as of :func:`sdsd`. Missing under 10 pairs. Standard
        error by the delta method, widened in small samples.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(cvsd(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    5.178
    """
    return only(INTERVALS["cvsd"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="pNN20", unit="%", window=None, source=MIETUS, many=INTERVALS["pnn20"])
def pnn20(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of pairs of adjacent normal intervals that differ by more than 20 ms.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the pairs; ``n`` and ``quality`` as of :func:`sdsd`. Missing under 10
        pairs. Standard error that of a share under autocorrelation, from a count with two more
        of each kind.

    See Also
    --------
    interbeat.measures.hrv_time.pnn50

    References
    ----------
    .. [1] Mietus, Peng, Henry, Goldsmith & Goldberger (2002), The pNNx files: re-examining a
       widely used heart rate variability measure, Heart 88:378-380, doi:10.1136/heart.88.4.378.

    Examples
    --------
    >>> round(pnn20(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    79.661
    """
    return only(INTERVALS["pnn20"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="SDANN", unit="ms", window=None, source=TASK_FORCE, many=_sdann_many)
def sdann(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Give the standard deviation of the mean normal intervals of stretches of 5 min.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of stretches, ``quality`` the share of `span` within normal
        intervals. Missing under 3 stretches of which at least half lies in normal intervals.
        Standard error by the delta method, as of a deviation of autocorrelated means.

    Notes
    -----
    The span is cut into equal stretches of about 5 min, none of them short. Made for 24 h: with
    few stretches its standard error is large.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065, doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> round(sdann(Beats.from_rr(np.linspace(800, 900, 2400), person="a")).value, 3)
    30.862
    """
    return only(_sdann_many, "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SDNN index", unit="ms", window=None, source=TASK_FORCE, many=_sdnni_many)
def sdnni(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Mean of the SDNN of stretches of 5 min.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of normal intervals, ``quality`` the share of `span` that
        they cover. Missing where no stretch has 10 normal intervals. The standard error comes
        from the spread between stretches where there are 5 or more.

    Notes
    -----
    The span is cut into equal stretches of about 5 min, none of them short; of one, it is SDNN.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065, doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> round(sdnni(Beats.from_rr(np.linspace(800, 900, 2400), person="a")).value, 3)
    4.121
    """
    return only(_sdnni_many, "ms", span or from_first_to_last(beats), beats=beats)
