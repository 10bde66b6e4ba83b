"""Geometry of the histogram of the normal intervals.

None of them asks of intervals that they are neighbors, so that nothing but the abnormal ones is
left out. All were made for long recordings (the Task Force asks for 20 min at least, better
24 h) and say something else in short ones, in which no bin is full: compare only stretches of
one length.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.distribution import histograms
from interbeat.measures._influence import ROUNDING, as_ratio, means_of, nothing_varies
from interbeat.measures._spec import Columns, Family, measure
from interbeat.measures._subsampled import subsampled_se
from interbeat.measures._windows import (
    Unless,
    columns,
    from_first_to_last,
    nn_share,
    none_in,
    only,
    rows,
)

__all__ = ["baevsky_index", "hti", "shannon_nn", "tinn"]

TASK_FORCE = "Task Force ESC/NASPE (1996), Circulation 93:1043, doi:10.1161/01.CIR.93.5.1043"
BAEVSKY = (
    "Baevsky & Chernikova (2017), Cardiometry 10:66, doi:10.12710/cardiometry.2017.10.6676"
)
SHANNON = "Shannon (1948), Bell Syst Tech J 27:379, doi:10.1002/j.1538-7305.1948.tb01338.x"
FEWEST = 60  # normal intervals
BIN = 7.8125  # ms: 1/128 s
SURER = 0.8  # the fullest bin than one that is named beforehand, by simulation
SKEWED = 1.15  # how much wider than what parts of a stretch say, by simulation
COUNT, MODAL, FULLEST, BASE, BITS, INDEX = range(6)


def _geometry_together(
    starts: FloatArray, ends: FloatArray, *, beats: Beats
) -> dict[str, Columns]:
    rr, nn = np.array(beats.rr_ms), beats.nn
    first, last = rows(beats.times, starts, ends, joined=2)
    quality, none = nn_share(beats, starts, ends), none_in(beats, starts, ends)
    found = histograms(rr, nn, first, last, ROUNDING)
    n = found[:, COUNT].astype(np.int64)
    past = np.cumsum(last - first)
    flat = past - (last - first), past
    window = np.repeat(np.arange(first.size), last - first)
    row = np.arange(window.size) + (first - flat[0])[window]
    bins = np.floor((rr[row] + ROUNDING) / BIN)
    fullest = (bins == found[window, MODAL]).astype(np.float64)
    means = means_of(np.where(nn[row], fullest, np.nan)[:, None], flat, 1)
    unless: tuple[Unless, ...] = (
        (none, "no beats", n),
        (n < FEWEST, f"{{n}} of {FEWEST} normal intervals", n),
    )

    def finished(value: FloatArray, se: FloatArray) -> Columns:
        return columns(
            value, se, quality=quality, n=n, unless=(*unless, *nothing_varies(value, se))
        )

    def by_parts(column: int) -> FloatArray:
        return subsampled_se(
            lambda i, j: histograms(rr, nn, i, j, ROUNDING)[:, column], first, last
        )

    with np.errstate(all="ignore"):  # no interval: told by how many there were
        height = found[:, FULLEST] / n
        share_variance = np.maximum(means.covariance[:, 0, 0], height * (1 - height) / n)
        of_hti = SURER * as_ratio(height, share_variance / height**4, means.df, height)
        flat_hearts = found[:, INDEX] == 0
        return {
            "hti": finished(1 / height, of_hti),
            "tinn": finished(found[:, BASE], by_parts(BASE)),
            "shannon_nn": finished(found[:, BITS], SKEWED * by_parts(BITS)),
            "baevsky_index": finished(
                np.where(flat_hearts, np.nan, found[:, INDEX]), by_parts(INDEX)
            ),
        }


GEOMETRY = Family(_geometry_together)


@measure(
    label="HRV triangular index",
    unit="",
    window=None,
    source=TASK_FORCE,
    many=GEOMETRY["hti"],
)
def hti(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Give the number of normal intervals over how many lie in the fullest bin of 1/128 s.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        A bare number. ``n`` is the number of normal intervals, ``quality`` the share of `span`
        that they cover. Missing under 60. The standard error is that of the share in the
        fullest bin, under autocorrelation.

    Notes
    -----
    Bins begin at 0 ms. With other bins it is another number, about in proportion to their
    inverse width.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065, doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(hti(beats).value, 3)
    5.66
    """
    return only(GEOMETRY["hti"], "", span or from_first_to_last(beats), beats=beats)


@measure(label="TINN", unit="ms", window=None, source=TASK_FORCE, many=GEOMETRY["tinn"])
def tinn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Give the base of the triangle that fits the histogram of the normal intervals best.

    The apex is the fullest bin of 1/128 s (at its middle, as high as it is). To either side a
    straight line falls from there to zero, at `N` and `M`, and stays zero: those of least
    squares, summed over all bins, are sought. It is ``M - N``.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n`` and ``quality`` as of :func:`hti`. Missing under 60 normal intervals. The
        standard error comes from how much it differs between overlapping quarters of the
        stretch.

    Notes
    -----
    The two sides are independent of each other, and each is found exactly: `N` and `M` may lie
    anywhere, not only at the edges of bins. Peers that search a coarse grid, or leave out of
    the sum the bins beyond the base, give 86 to 320 ms for one series.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065, doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(tinn(beats).value, 3)
    51.026
    """
    return only(GEOMETRY["tinn"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Entropy of the NN histogram",
    unit="bit",
    window=None,
    source=SHANNON,
    many=GEOMETRY["shannon_nn"],
)
def shannon_nn(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Shannon entropy of the histogram of the normal intervals in bins of 1/128 s.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In bits; ``n``, ``quality`` and standard error as of :func:`tinn`. Missing under 60
        normal intervals.

    Notes
    -----
    Of how often intervals of each length come, in whatever order. In short stretches it is low:
    at most the logarithm of how many intervals there are. Tools that take each length for a
    symbol of its own print how finely the recorder told time.

    References
    ----------
    .. [1] Shannon (1948), A mathematical theory of communication, Bell Syst Tech J 27:379-423,
       doi:10.1002/j.1538-7305.1948.tb01338.x.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(shannon_nn(beats).value, 3)
    3.534
    """
    return only(GEOMETRY["shannon_nn"], "bit", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Baevsky's index",
    unit="1/s²",
    window=None,
    source=BAEVSKY,
    many=GEOMETRY["baevsky_index"],
)
def baevsky_index(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Height over position and range of the histogram of the normal intervals.

    With bins of 50 ms: :math:`AMo / (2\,Mo\,R)`, where `AMo` is the share of the intervals (in
    percent) in the fullest bin, `Mo` the middle of that bin and `R` the range of the intervals
    (both in s).

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent a squared second, as its author has it; ``n``, ``quality`` and standard error
        as of :func:`tinn`. Missing under 60 normal intervals, and where nothing varies.

    Notes
    -----
    It is sold as a stress index, and is none: it is the peakedness of a histogram, large
    wherever variability is small. Nothing here scores a person. Its range rests on two
    intervals, so that one unmarked beat can halve it. Kubios prints its square root.

    References
    ----------
    .. [1] Baevsky & Chernikova (2017), Heart rate variability analysis: physiological
       foundations and main methods, Cardiometry 10:66-76,
       doi:10.12710/cardiometry.2017.10.6676.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(baevsky_index(beats).value, 1)
    331.2
    """
    return only(
        GEOMETRY["baevsky_index"], "1/s²", span or from_first_to_last(beats), beats=beats
    )
