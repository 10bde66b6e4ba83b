"""Symbolic dynamics: the shapes of three successive intervals.

Normal intervals are put into four classes that hold a quarter of them each; three *adjacent*
ones make a word, and none reaches across an abnormal beat. A stretch of more than 7.5 min is
cut into equal pieces of about 5 min, and the mean is given.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.distribution import quantiles
from interbeat.measures._influence import ROUNDING, Formula, as_balance, evaluated, means_of
from interbeat.measures._pieces import family_in_pieces
from interbeat.measures._spec import Columns, measure
from interbeat.measures._windows import from_first_to_last, nn_share, none_in, only, rows

__all__ = ["words_0v", "words_1v", "words_2lv", "words_2uv"]

CYSARZ = "Cysarz et al. (2013), Eur Phys J Spec Top 222:487, doi:10.1140/epjst/e2013-01854-7"
FEWEST = 50  # words
QUARTERS = np.array([0.25, 0.5, 0.75])
NAMES = ("words_0v", "words_1v", "words_2lv", "words_2uv")


def _piece(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> dict[str, Columns]:
    rr, nn = np.array(beats.rr_ms), beats.nn
    first, last = rows(beats.times, starts, ends, joined=2)
    edges = quantiles(rr, nn, first, last, QUARTERS, np.full(first.size, np.nan))
    past = np.cumsum(last - first)
    flat = past - (last - first), past
    window = np.repeat(np.arange(first.size), last - first)
    row = np.arange(window.size) + (first - flat[0])[window]
    classes = np.where(
        nn[row], (rr[row][:, None] + ROUNDING >= edges[window]).sum(axis=1), np.nan
    )
    means = means_of(_shapes(classes), flat, 3)
    return evaluated(
        FORMULAS,
        means,
        quality=nn_share(beats, starts, ends),
        unless=(none_in(beats, starts, ends), "no beats", starts),
        fewest=(FEWEST, "words of three intervals"),
    )


def _shapes(classes: FloatArray) -> FloatArray:
    """Return which of four shapes three classes have; NaN where one is not known."""
    shapes = np.full((classes.size, 4), np.nan)
    one, two = np.diff(classes[:-1]), np.diff(classes[1:])
    turns = (one != 0).astype(int) + (two != 0)
    like = one * two > 0
    told = (turns == 0, turns == 1, (turns == 2) & like, (turns == 2) & ~like)
    known = ~np.isnan(one + two)
    for column, of in enumerate(told):
        shapes[: one.size, column] = np.where(known, of, np.nan)
    return shapes


def _share_of(shape: int) -> Formula:
    return Formula(lambda m, _: 100 * m[shape], as_balance, of=shape)


FORMULAS = {name: _share_of(shape) for shape, name in enumerate(NAMES)}
SYMBOLS = family_in_pieces(_piece)


@measure(label="0V words", unit="%", window=None, source=CYSARZ, many=SYMBOLS["words_0v"])
def words_0v(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of words of three intervals of one class.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the words, which are ``n``; ``quality`` is the share of `span` within
        normal intervals. Missing under 50 words. Standard error that of a share under
        autocorrelation.

    Notes
    -----
    Quarters, unlike levels between the shortest and longest interval, do not hang on two
    intervals.

    References
    ----------
    .. [1] Cysarz, Porta, Montano, van Leeuwen, Kurths & Wessel (2013), Quantifying heart rate
       dynamics using different approaches of symbolic dynamics, Eur Phys J Spec Top
       222:487-500, doi:10.1140/epjst/e2013-01854-7.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(words_0v(beats).value, 2)
    4.03
    """
    return only(SYMBOLS["words_0v"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="1V words", unit="%", window=None, source=CYSARZ, many=SYMBOLS["words_1v"])
def words_1v(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of words of three intervals with one change of class.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the words, which are ``n``; ``quality`` is the share of `span` within
        normal intervals. Missing under 50 words. Standard error that of a share under
        autocorrelation.

    References
    ----------
    .. [1] Cysarz, Porta, Montano, van Leeuwen, Kurths & Wessel (2013), Quantifying heart rate
       dynamics using different approaches of symbolic dynamics, Eur Phys J Spec Top
       222:487-500, doi:10.1140/epjst/e2013-01854-7.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(words_1v(beats).value, 2)
    33.89
    """
    return only(SYMBOLS["words_1v"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="2LV words", unit="%", window=None, source=CYSARZ, many=SYMBOLS["words_2lv"])
def words_2lv(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of words of three intervals whose class changes twice, to one side.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the words, which are ``n``; ``quality`` is the share of `span` within
        normal intervals. Missing under 50 words. Standard error that of a share under
        autocorrelation.

    References
    ----------
    .. [1] Cysarz, Porta, Montano, van Leeuwen, Kurths & Wessel (2013), Quantifying heart rate
       dynamics using different approaches of symbolic dynamics, Eur Phys J Spec Top
       222:487-500, doi:10.1140/epjst/e2013-01854-7.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(words_2lv(beats).value, 2)
    8.72
    """
    return only(SYMBOLS["words_2lv"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="2UV words", unit="%", window=None, source=CYSARZ, many=SYMBOLS["words_2uv"])
def words_2uv(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of words of three intervals whose class goes up and down, or down and up.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the words, which are ``n``; ``quality`` is the share of `span` within
        normal intervals. Missing under 50 words. Standard error that of a share under
        autocorrelation.

    References
    ----------
    .. [1] Cysarz, Porta, Montano, van Leeuwen, Kurths & Wessel (2013), Quantifying heart rate
       dynamics using different approaches of symbolic dynamics, Eur Phys J Spec Top
       222:487-500, doi:10.1140/epjst/e2013-01854-7.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(300.0) ** 2), person="a")
    >>> round(words_2uv(beats).value, 2)
    53.36
    """
    return only(SYMBOLS["words_2uv"], "%", span or from_first_to_last(beats), beats=beats)
