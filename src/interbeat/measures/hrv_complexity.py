"""Complexity: how much there is to tell at several scales.

A stretch of more than 7.5 min (of :func:`mse_long`, 1.5 h) is cut into equal pieces of about
5 min (1 h), and the mean is given.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.complexity import coarse_matches, words
from interbeat.kernels.distribution import quantiles
from interbeat.kernels.windows import COUNT, VARIANCE
from interbeat.measures._influence import ROUNDING, as_ratio, means_of, nothing_varies
from interbeat.measures._placed import placed
from interbeat.measures._spec import Columns, measure
from interbeat.measures._subsampled import subsampled_se
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    in_pieces,
    moments_of,
    nn_share,
    none_in,
    only,
    rows,
)

__all__ = ["lempel_ziv", "mse", "mse_long"]

COSTA = "Costa et al. (2002), Phys Rev Lett 89:068102, doi:10.1103/PhysRevLett.89.068102"
LEMPEL_ZIV = "Lempel & Ziv (1976), IEEE Trans Inf Theory 22:75, doi:10.1109/TIT.1976.1055501"
PIECE, LONG_PIECE = 300.0, 3600.0  # s
TOLERANCE = 0.2  # standard deviations of the intervals themselves
SCALES, LONG_SCALES = 5, 20
FEWEST, FEWEST_LONG = 200, 1000  # normal intervals
FEWEST_MATCHES = 5  # of three coarse values, at each scale
FEWEST_SYMBOLS = 100


def _mse(
    within: tuple[FloatArray, FloatArray], beats: Beats, *, scales: int, fewest: int
) -> Columns:
    laid = placed(beats)
    where = laid.rows(beats, *within)
    spread = moments_of(laid.values, laid.here, where)
    n = spread[:, COUNT]
    reach = TOLERANCE * np.sqrt(spread[:, VARIANCE]) + ROUNDING
    past = np.cumsum(where[1] - where[0])
    flat = past - (where[1] - where[0]), past
    each = [
        coarse_matches(laid.values, laid.here, *where, reach, scale)
        for scale in range(1, scales + 1)
    ]
    reaches = np.repeat(3 * np.arange(1, scales + 1), 2)
    means = means_of(np.concatenate(each, axis=1), flat, reaches)
    two, three = means.mean[:, ::2], means.mean[:, 1::2]
    again = three * means.n[:, 1::2] / 2
    with np.errstate(all="ignore"):  # no match is told by how many there were
        value = np.log(two / three).sum(axis=1)
        slopes = np.empty(means.mean.shape)
        slopes[:, ::2], slopes[:, 1::2] = 2 / two, -2 / three
        chance = ((1 - three / two) / again).sum(axis=1)
        variance = np.einsum("wk,wkl,wl->w", slopes, means.covariance, slopes)
        shared = as_ratio(value, np.maximum(variance - 2 * chance, 0.0), means.df, value)
        se = np.sqrt(shared**2 + chance)
    fewest_matches = np.floor(np.where(np.isnan(again), 0.0, again).min(axis=1))
    return columns(
        value,
        se,
        quality=nn_share(beats, *within),
        n=n,
        unless=(
            (none_in(beats, *within), "no beats", n),
            (n < fewest, f"{{n}} of {fewest} normal intervals", n),
            (spread[:, VARIANCE] <= ROUNDING**2, "nothing varies", n),
            (
                fewest_matches < FEWEST_MATCHES,
                f"{{n}} of {FEWEST_MATCHES} matches of three at a scale",
                fewest_matches,
            ),
            *nothing_varies(value, se),
        ),
    )


def _mse_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(
        lambda s, e, _: _mse((s, e), beats, scales=SCALES, fewest=FEWEST), PIECE, starts, ends
    )


def _mse_long_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(
        lambda s, e, _: _mse((s, e), beats, scales=LONG_SCALES, fewest=FEWEST_LONG),
        LONG_PIECE,
        starts,
        ends,
    )


def _lempel_ziv_piece(starts: FloatArray, ends: FloatArray, beats: Beats) -> Columns:
    rr, nn = np.array(beats.rr_ms), beats.nn
    where = rows(beats.times, starts, ends, joined=2)
    spread = moments_of(rr, nn, where)
    n = spread[:, COUNT]
    none = np.full(starts.size, np.nan)
    middle = quantiles(rr, nn, *where, np.array([0.5]), none)[:, 0] + ROUNDING
    value = words(rr, nn, *where, middle)

    def of_parts(first: IntArray, last: IntArray) -> FloatArray:
        return words(rr, nn, first, last, np.resize(middle, first.size))

    se = subsampled_se(of_parts, *where)
    return columns(
        value,
        se,
        quality=nn_share(beats, starts, ends),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (n < FEWEST_SYMBOLS, f"{{n}} of {FEWEST_SYMBOLS} normal intervals", n),
            (spread[:, VARIANCE] <= ROUNDING**2, "nothing varies", n),
            *nothing_varies(value, se),
        ),
    )


def _lempel_ziv_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(lambda s, e, _: _lempel_ziv_piece(s, e, beats), PIECE, starts, ends)


@measure(
    label="Multiscale entropy, scales 1 to 5",
    unit="",
    window=None,
    source=COSTA,
    many=_mse_many,
)
def mse(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Multiscale entropy: the sum of the sample entropies at scales 1 to 5.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In nats. ``n`` is the number of normal intervals, ``quality`` the share of `span` that
        they cover. Missing under 200 intervals, under 5 matches of three at one of the scales,
        and where nothing varies. Standard error as of
        :func:`~interbeat.measures.hrv_entropy.sampen`, the scales taken together.

    Notes
    -----
    At scale s the mean of s successive intervals takes the place of one; m = 2, r = 0.2 SD of
    the intervals themselves at every scale. Refined composite [2]_: matches are counted from
    each of the s places where averaging can begin, and added up before the logarithm. Intervals
    are put in beat order; a mean is of those that are there, if at least four fifths, and what
    was lost keeps its place.

    References
    ----------
    .. [1] Costa, Goldberger & Peng (2002), Multiscale entropy analysis of complex physiologic
       time series, Phys Rev Lett 89:068102, doi:10.1103/PhysRevLett.89.068102.
    .. [2] Wu, Wu, Lin, Lee & Peng (2014), Analysis of complex time series using refined
       composite multiscale entropy, Phys Lett A 378:1369-1374,
       doi:10.1016/j.physleta.2014.03.034.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(400.0) ** 2), person="a")
    >>> round(mse(beats).value, 2)
    7.2
    """
    return only(_mse_many, "", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Multiscale entropy, scales 1 to 20",
    unit="",
    window=None,
    source=COSTA,
    many=_mse_long_many,
)
def mse_long(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Multiscale entropy: the sum of the sample entropies at scales 1 to 20.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        As of :func:`mse`. Missing under 1000 intervals, that is 50 coarse ones at scale 20.

    Notes
    -----
    Its authors' complexity index. As :func:`mse`, over pieces of about 1 h. With 5 % of the
    beats lost it came out too large by about one standard error of 1 h in simulation, and more
    in a heart that hardly varies but with the breath.

    References
    ----------
    .. [1] Costa, Goldberger & Peng (2002), Multiscale entropy analysis of complex physiologic
       time series, Phys Rev Lett 89:068102, doi:10.1103/PhysRevLett.89.068102.
    .. [2] Wu, Wu, Lin, Lee & Peng (2014), Analysis of complex time series using refined
       composite multiscale entropy, Phys Lett A 378:1369-1374,
       doi:10.1016/j.physleta.2014.03.034.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(2400.0) ** 2), person="a")
    >>> round(mse_long(beats).value, 1)
    20.4
    """
    return only(_mse_long_many, "", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Lempel-Ziv complexity",
    unit="",
    window=None,
    source=LEMPEL_ZIV,
    many=_lempel_ziv_many,
)
def lempel_ziv(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Count the words that intervals over and under their median make, over those of chance.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        About 1 for intervals without memory (more in short stretches), near 0 where they
        repeat. ``n`` is the number of normal intervals, ``quality`` the share of `span` that
        they cover. Missing under 100 intervals, and where nothing varies. The standard error
        comes from how much it differs between overlapping quarters of the stretch.

    Notes
    -----
    Intervals over the median are 1, the others 0. Each word is the shortest that did not come
    before; one that an abnormal beat cuts off is not counted, as nobody knows where it would
    have ended. The number of words is divided by n over the binary logarithm of n. With 5 % of
    the beats lost it came out low by about one standard error in simulation.

    References
    ----------
    .. [1] Lempel & Ziv (1976), On the complexity of finite sequences, IEEE Trans Inf Theory
       22:75-81, doi:10.1109/TIT.1976.1055501.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(400.0) ** 2), person="a")
    >>> round(lempel_ziv(beats).value, 3)
    0.886
    """
    return only(_lempel_ziv_many, "", span or from_first_to_last(beats), beats=beats)
