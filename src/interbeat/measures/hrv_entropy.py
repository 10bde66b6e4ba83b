"""Entropies of templates: how little what came says of what comes next.

A template is two or three successive normal intervals; none reaches across an abnormal beat.
Tolerances are a fifth of the standard deviation of the window's own normal intervals (over
n - 1), so that these numbers do not grow with variability. A stretch of more than 7.5 min is
cut into equal pieces of about 5 min, and the mean is given.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erfinv

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.entropy import (
    THREE,
    TWO,
    TWO_LONE,
    Z_SQUARED,
    fuzzy_matches,
    matches,
)
from interbeat.measures._influence import ROUNDING, Means, as_ratio, means_of, nothing_varies
from interbeat.measures._spec import Columns, measure
from interbeat.measures._windows import (
    Unless,
    columns,
    from_first_to_last,
    in_pieces,
    nn_share,
    none_in,
    only,
    rows,
)

__all__ = ["apen", "fuzzyen", "sampen"]

RICHMAN = (
    "Richman & Moorman (2000), Am J Physiol 278:H2039, doi:10.1152/ajpheart.2000.278.6.H2039"
)
PINCUS = "Pincus (1991), PNAS 88:2297, doi:10.1073/pnas.88.6.2297"
CHEN = "Chen et al. (2007), IEEE Trans Neural Syst Rehab 15:266, doi:10.1109/TNSRE.2007.897025"
TOLERANCE = 0.2  # standard deviations
SPARSE = 1.2  # how much wider: it follows how many runs there happen to be; by simulation
NEARBY = 1.1  # times which, to see what the tolerance does
PIECE = 300.0  # s
FEWEST = 100  # templates of three: 10 to the power of their length but one
FEWEST_MATCHES = 10  # of three intervals


def _windowed(
    starts: FloatArray, ends: FloatArray, beats: Beats
) -> tuple[tuple[IntArray, IntArray], tuple[IntArray, IntArray]]:
    """Return where windows lie among the intervals, and among rows that follow each other."""
    first, last = rows(beats.times, starts, ends, joined=2)
    past = np.cumsum(last - first)
    return (first, last), (past - (last - first), past)


def _finished(
    value: FloatArray,
    slopes: tuple[FloatArray, ...],
    means: Means,
    *,
    within: tuple[FloatArray, FloatArray],
    beats: Beats,
    again: FloatArray,
    chance: FloatArray,
) -> Columns:
    """Return the columns of `value`, whose derivatives by `means` are `slopes`.

    `again` counts the matches that it rests on; `chance` is the part of the variance that
    comes of each pair for itself, which the means count at both of its ends.
    """
    along = np.array(slopes)
    variance = np.einsum("kw,wkl,lw->w", along, means.covariance, along)
    shared = as_ratio(value, np.maximum(variance - 2 * chance, 0.0), means.df, value)
    se = np.sqrt(shared**2 + chance)
    n = means.n[:, TWO]
    unless: tuple[Unless, ...] = (
        (none_in(beats, *within), "no beats", n),
        (n < FEWEST, f"{{n}} of {FEWEST} runs of three normal intervals", n),
        (means.n[:, Z_SQUARED] == 0, "nothing varies", n),
        (again < FEWEST_MATCHES, f"{{n}} of {FEWEST_MATCHES} matches of three", again),
        *nothing_varies(value, se),
    )
    return columns(value, se, quality=nn_share(beats, *within), n=n, unless=unless)


def _steepness(again: FloatArray) -> FloatArray:
    """Return how fast the logarithm of the share that comes again rises with the tolerance's.

    As it does where what comes next is Gaussian: the tolerance follows the deviation of the
    window, whose own chance so enters the standard error.
    """
    u = erfinv(np.clip(again, 1e-9, 1 - 1e-9))
    return np.asarray(2 / np.sqrt(np.pi) * u * np.exp(-(u**2)) / np.maximum(again, 1e-9))


def _sampen_piece(starts: FloatArray, ends: FloatArray, beats: Beats) -> Columns:
    where, flat = _windowed(starts, ends, beats)
    found = matches(beats.rr_ms, beats.nn, *where, TOLERANCE, ROUNDING)
    means = means_of(found[:, : Z_SQUARED + 1], flat, 1)
    two, three = means.mean[:, TWO], means.mean[:, THREE]
    with np.errstate(all="ignore"):  # no match is told by how many there were
        again = three * means.n[:, THREE] / 2
        slopes = 2 / two, -2 / three, -_steepness(three / two) / 2
        value = np.log(two / three)
        return _finished(
            value,
            slopes,
            means,
            within=(starts, ends),
            beats=beats,
            again=again,
            chance=(1 - three / two) / again,
        )


def _sampen_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(lambda s, e, _: _sampen_piece(s, e, beats), PIECE, starts, ends)


def _apen_at(
    tolerance: float,
    beats: Beats,
    where: tuple[IntArray, IntArray],
    flat: tuple[IntArray, IntArray],
) -> tuple[FloatArray, Means]:
    found = matches(beats.rr_ms, beats.nn, *where, tolerance, ROUNDING)
    found[:, [TWO, THREE]] = np.log1p(found[:, [TWO_LONE, THREE]])  # itself counted too
    means = means_of(found[:, : Z_SQUARED + 1], flat, 1)
    many = np.maximum(means.n, 1)
    share = np.log(many[:, THREE] / many[:, TWO])
    return np.asarray(means.mean[:, TWO] - means.mean[:, THREE] + share), means


def _apen_piece(starts: FloatArray, ends: FloatArray, beats: Beats) -> Columns:
    where, flat = _windowed(starts, ends, beats)
    value, means = _apen_at(TOLERANCE, beats, where, flat)
    wider, _ = _apen_at(TOLERANCE * NEARBY, beats, where, flat)
    narrower, _ = _apen_at(TOLERANCE / NEARBY, beats, where, flat)
    steepness = (wider - narrower) / (2 * np.log(NEARBY))
    one = np.full(value.size, SPARSE)
    return _finished(
        value,
        (one, -one, SPARSE * steepness / 2),
        means,
        within=(starts, ends),
        beats=beats,
        again=np.full(value.size, np.inf),
        chance=np.zeros(value.size),
    )


def _apen_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(lambda s, e, _: _apen_piece(s, e, beats), PIECE, starts, ends)


def _fuzzyen_piece(starts: FloatArray, ends: FloatArray, beats: Beats) -> Columns:
    where, flat = _windowed(starts, ends, beats)
    found = fuzzy_matches(beats.rr_ms, beats.nn, *where, TOLERANCE)
    means = means_of(found, flat, 1)
    two, three = means.mean[:, TWO], means.mean[:, THREE]
    with np.errstate(all="ignore"):
        slopes = 2 / two, -2 / three, -(1 - (three / two) ** 2) / 2
        value = np.log(two / three)
        return _finished(
            value,
            slopes,
            means,
            within=(starts, ends),
            beats=beats,
            again=np.full(value.size, np.inf),
            chance=np.zeros(value.size),
        )


def _fuzzyen_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(lambda s, e, _: _fuzzyen_piece(s, e, beats), PIECE, starts, ends)


@measure(label="Sample entropy", unit="", window=None, source=RICHMAN, many=_sampen_many)
def sampen(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Sample entropy of the normal intervals: m = 2, r = 0.2 SD.

    Minus the logarithm of the share of pairs of runs of two intervals that are alike to within
    the tolerance, of which the third interval is too.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In nats. ``n`` is the number of runs of three normal intervals, ``quality`` the share of
        `span` within normal intervals. Missing under 100 runs, under 10 matches of three, and
        where nothing varies. The standard error is that of the logarithm of two U-statistics,
        from how often each run came again, under autocorrelation; the chance of the tolerance,
        which follows the deviation, is in it.

    Notes
    -----
    No run is compared with itself. Lake et al. estimate the variance from the overlap of
    matching runs; here it is taken from the projections of the U-statistics, which holds under
    autocorrelation.

    References
    ----------
    .. [1] Richman & Moorman (2000), Physiological time-series analysis using approximate
       entropy and sample entropy, Am J Physiol 278:H2039-H2049,
       doi:10.1152/ajpheart.2000.278.6.H2039.
    .. [2] Lake, Richman, Griffin & Moorman (2002), Sample entropy analysis of neonatal heart
       rate variability, Am J Physiol 283:R789-R797, doi:10.1152/ajpregu.00069.2002.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(sampen(beats).value, 3)
    1.791
    """
    return only(_sampen_many, "", span or from_first_to_last(beats), beats=beats)


@measure(label="Approximate entropy", unit="", window=None, source=PINCUS, many=_apen_many)
def apen(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Approximate entropy of the normal intervals: m = 2, r = 0.2 SD.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In nats; ``n`` and ``quality`` as of :func:`sampen`. Missing under 100 runs of three
        normal intervals, and where nothing varies. Standard error by the delta method.

    Notes
    -----
    Each run is counted among those like itself, so that it comes out low, and the lower the
    fewer runs there are: where beats are lost too. Compare only stretches of one length, or use
    :func:`sampen`.

    References
    ----------
    .. [1] Pincus (1991), Approximate entropy as a measure of system complexity, PNAS
       88:2297-2301, doi:10.1073/pnas.88.6.2297.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(apen(beats).value, 3)
    1.266
    """
    return only(_apen_many, "", span or from_first_to_last(beats), beats=beats)


@measure(label="Fuzzy entropy", unit="", window=None, source=CHEN, many=_fuzzyen_many)
def fuzzyen(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Fuzzy entropy of the normal intervals: m = 2, r = 0.2 SD.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In nats; ``n``, ``quality`` and standard error as of :func:`sampen`. Missing under 100
        runs of three normal intervals, and where nothing varies.

    Notes
    -----
    As sample entropy, but runs are taken less their own mean, and are alike to the degree
    :math:`e^{-(d/r)^2}`, where `d` is the largest of their differences. Its authors divide the
    power of `d` by `r` alone, which gives the degree a unit; here both are in ms.

    References
    ----------
    .. [1] Chen, Wang, Xie & Yu (2007), Characterization of surface EMG signal based on fuzzy
       entropy, IEEE Trans Neural Syst Rehabil Eng 15:266-272, doi:10.1109/TNSRE.2007.897025.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(fuzzyen(beats).value, 3)
    2.156
    """
    return only(_fuzzyen_many, "", span or from_first_to_last(beats), beats=beats)
