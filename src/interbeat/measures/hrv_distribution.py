"""Order statistics of the normal intervals: middle, spread and extremes.

None of them asks of intervals that they are neighbors, so that nothing but the abnormal ones is
left out. Quantiles are linear between order statistics.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.distribution import extremes_of_blocks, quantiles
from interbeat.measures._influence import as_ratio, means_of, nothing_varies
from interbeat.measures._spec import Columns, Family, measure
from interbeat.measures._windows import (
    Unless,
    columns,
    from_first_to_last,
    nn_share,
    none_in,
    only,
    rows,
)

__all__ = ["iqr_nn", "mad_nn", "max_nn", "median_nn", "min_nn", "prc20_nn", "prc80_nn"]

PHAM = "Pham et al. (2021), Sensors 21:3998, doi:10.3390/s21123998"
FEWEST = 20  # normal intervals
NORMAL = 1.482602218505602  # standard deviations of a normal distribution in one MAD
AROUND = 0.1  # to either side of a quantile, over which the density at it is taken
LEVELS = (0.2, 0.25, 0.5, 0.75, 0.8)
EXTREME = (
    1.5  # how much surer than those of its tenths an extreme is taken to be, by simulation
)


def _order_together(
    starts: FloatArray, ends: FloatArray, *, beats: Beats
) -> dict[str, Columns]:
    rr, nn = np.array(beats.rr_ms), beats.nn
    first, last = rows(beats.times, starts, ends, joined=2)
    quality, none = nn_share(beats, starts, ends), none_in(beats, starts, ends)
    levels = np.array([0.0, *LEVELS, 1.0, *(q + s * AROUND for s in (-1, 1) for q in LEVELS)])
    found = quantiles(rr, nn, first, last, levels, np.full(first.size, np.nan))
    at, width = found[:, 1:6], found[:, 12:17] - found[:, 7:12]
    half = np.array([0.5, 0.5 - AROUND, 0.5 + AROUND])
    away = quantiles(rr, nn, first, last, half, at[:, 2])
    # rows of windows follow each other
    past = np.cumsum(last - first)
    flat = past - (last - first), past
    window = np.repeat(np.arange(first.size), last - first)
    row = np.arange(window.size) + (first - flat[0])[window]
    here = rr[row]
    under = [here <= at[window, j] for j in range(len(LEVELS))]
    under.append(np.abs(here - at[window, 2]) <= away[window, 0])
    items = np.where(nn[row][:, None], np.stack(under, axis=1), np.nan)
    means = means_of(items, flat, 1)
    n = means.n[:, 0]
    # over the density: the width of a stretch of quantiles over their share
    scale = np.concatenate((width, away[:, 2:] - away[:, 1:2]), axis=1) / (2 * AROUND)
    spread = means.covariance * scale[:, :, None] * scale[:, None, :]
    unless: tuple[Unless, ...] = (
        (none, "no beats", n),
        (n < FEWEST, f"{{n}} of {FEWEST} normal intervals", n),
    )

    def finished(value: FloatArray, variance: FloatArray) -> Columns:
        se = as_ratio(value, np.maximum(variance, 0.0), means.df, value)
        return columns(
            value, se, quality=quality, n=n, unless=(*unless, nothing_varies(value, se)[0])
        )

    between = spread[:, 1, 1] + spread[:, 3, 3] - 2 * spread[:, 1, 3]
    extremes = extremes_of_blocks(rr, nn, first, last) / EXTREME**2
    return {
        "prc20_nn": finished(at[:, 0], spread[:, 0, 0]),
        "prc80_nn": finished(at[:, 4], spread[:, 4, 4]),
        "median_nn": finished(at[:, 2], spread[:, 2, 2]),
        "iqr_nn": finished(at[:, 3] - at[:, 1], between),
        "mad_nn": finished(NORMAL * away[:, 0], NORMAL**2 * spread[:, 5, 5]),
        "min_nn": finished(found[:, 0], extremes[:, 0]),
        "max_nn": finished(found[:, 6], extremes[:, 1]),
    }


ORDER = Family(_order_together)


@measure(label="Median NN", unit="ms", window=None, source=PHAM, many=ORDER["median_nn"])
def median_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Median of the normal intervals.

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
        they cover. Missing under 20. The standard error is that of the share of intervals under
        the median, under autocorrelation, over the density there.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(median_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    850.0
    """
    return only(ORDER["median_nn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(
    label="20th percentile of NN",
    unit="ms",
    window=None,
    source=PHAM,
    many=ORDER["prc20_nn"],
)
def prc20_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""One fifth of the normal intervals are shorter: their 20th percentile.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`median_nn`. Missing under 20
        normal intervals.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(prc20_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    816.0
    """
    return only(ORDER["prc20_nn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(
    label="80th percentile of NN",
    unit="ms",
    window=None,
    source=PHAM,
    many=ORDER["prc80_nn"],
)
def prc80_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Four fifths of the normal intervals are shorter: their 80th percentile.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`median_nn`. Missing under 20
        normal intervals.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(prc80_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    862.0
    """
    return only(ORDER["prc80_nn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Interquartile range of NN",
    unit="ms",
    window=None,
    source=PHAM,
    many=ORDER["iqr_nn"],
)
def iqr_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Width of the middle half of the normal intervals.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`median_nn`. Missing under 20
        normal intervals.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(iqr_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    40.0
    """
    return only(ORDER["iqr_nn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="MAD of NN", unit="ms", window=None, source=PHAM, many=ORDER["mad_nn"])
def mad_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Median absolute deviation of the normal intervals from their median, times 1.4826.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`median_nn`. Missing under 20
        normal intervals.

    Notes
    -----
    The factor makes it the standard deviation where intervals are normally distributed.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(mad_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    29.652
    """
    return only(ORDER["mad_nn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="Shortest NN", unit="ms", window=None, source=PHAM, many=ORDER["min_nn"])
def min_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Shortest normal interval.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n`` and ``quality`` as of :func:`median_nn`. Missing under 20 normal intervals.
        The standard error comes from how much the shortest intervals of ten equal parts of the
        stretch differ.

    Notes
    -----
    The shorter the longer the stretch: compare only stretches of one length. One unmarked extra
    beat decides it.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(min_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    800.0
    """
    return only(ORDER["min_nn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="Longest NN", unit="ms", window=None, source=PHAM, many=ORDER["max_nn"])
def max_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Longest normal interval.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`min_nn`. Missing under 20
        normal intervals.

    Notes
    -----
    The longer the longer the stretch: compare only stretches of one length. One unmarked missed
    beat decides it.

    References
    ----------
    .. [1] Pham, Lau, Chen & Makowski (2021), Heart rate variability in psychology: a review of
       HRV indices and an analysis tutorial, Sensors 21:3998, doi:10.3390/s21123998.

    Examples
    --------
    >>> round(max_nn(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    870.0
    """
    return only(ORDER["max_nn"], "ms", span or from_first_to_last(beats), beats=beats)
