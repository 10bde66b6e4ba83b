"""Heart rate fragmentation: how often the heart changes its mind.

Steps are differences of *adjacent* normal-to-normal intervals. What an index asks of a step it
asks of the few steps around it that it needs, and only where all of these are normal: an
abnormal beat, like the edge of a window, cuts no segment short, because a segment of which not
enough was seen is not counted.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.measures._influence import (
    Formula,
    as_balance,
    as_ratio,
    as_share,
    differences,
    family,
)
from interbeat.measures._spec import Family, measure
from interbeat.measures._windows import from_first_to_last, only

__all__ = ["ials", "pas", "pip", "pss"]

COSTA = "Costa et al. (2017), Front Physiol 8:255, doi:10.3389/fphys.2017.00255"
INFLECTED, ENDS, GOES_ON, SHORT, ALTERNATES = range(5)
REACH = (3, 3, 3, 6, 8)  # intervals that each of these is told from


def _items(beats: Beats) -> FloatArray:
    _, step, good = differences(beats)
    sign = np.where(good, np.sign(step), np.nan)
    items = np.full((beats.rr_ms.size, len(REACH)), np.nan)
    for column, told in enumerate((*_of_neighbors(sign), _runs(sign), _alternation(sign))):
        items[: told.size, column] = told
    return items


def _of_neighbors(sign: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Is there an inflection, does a segment end, might one have ended: for two steps each."""
    one, two = sign[:-1], sign[1:]
    seen = ~np.isnan(one) & ~np.isnan(two)
    inflected = (one * two <= 0) & (one != two)
    ends = (one != 0) & (one != two)
    return _where(seen, inflected), _where(seen, ends), _where(seen, one != 0)


def _runs(sign: FloatArray) -> FloatArray:
    """Whether the third of five steps is in no run of three or more of one sign."""
    if sign.size < 5:
        return np.zeros(0)
    five = np.lib.stride_tricks.sliding_window_view(sign, 5)
    alike = np.abs(five[:, :3] + five[:, 1:4] + five[:, 2:]) == 3
    return _where(_all_seen(five), ~np.asarray(alike.any(axis=1)))


def _alternation(sign: FloatArray) -> FloatArray:
    """Whether the fourth of seven steps is in a run of four or more of alternating sign."""
    if sign.size < 7:
        return np.zeros(0)
    seven = np.lib.stride_tricks.sliding_window_view(sign, 7)
    turns = seven[:, 1:] * seven[:, :-1] < 0
    runs = turns[:, :4] & turns[:, 1:5] & turns[:, 2:]
    return _where(_all_seen(seven), np.asarray(runs.any(axis=1)))


def _all_seen(steps: FloatArray) -> BoolArray:
    return np.asarray(~np.isnan(steps).any(axis=1))


def _where(seen: BoolArray, told: BoolArray) -> FloatArray:
    return np.where(seen, told.astype(np.float64), np.nan)


def _as_share_of_runs(
    value: FloatArray, variance: FloatArray, df: FloatArray, n: FloatArray
) -> FloatArray:
    """Return the standard error of a share of steps that come in fours at least."""
    return as_share(value, variance, df, n / 4)


def _as_part(
    value: FloatArray, variance: FloatArray, df: FloatArray, n: FloatArray
) -> FloatArray:
    """Return the standard error of a ratio of counts, which is known to half of one at best."""
    return as_ratio(value, np.maximum(variance, 0.25 / n**2), df, n)


FORMULAS = {
    "pip": Formula(lambda m, _: 100 * m[INFLECTED], as_balance),
    "ials": Formula(lambda m, _: m[ENDS] / m[GOES_ON], _as_part),
    "pss": Formula(lambda m, _: 100 * m[SHORT], as_share, of=SHORT),
    "pas": Formula(
        lambda m, _: 100 * m[ALTERNATES], _as_share_of_runs, of=ALTERNATES, fewest=100
    ),
}
FRAGMENTATION = Family(
    family(FORMULAS, _items, reach=REACH, fewest=(10, "runs of normal intervals"))
)


@measure(label="PIP", unit="%", window=None, source=COSTA, many=FRAGMENTATION["pip"])
def pip(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of inflection points, at which the heart turns from slowing to quickening.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the pairs of adjacent steps, which are ``n``; ``quality`` is the share of
        `span` within normal intervals. Missing under 10 of them. Standard error that of a share
        under autocorrelation.

    Notes
    -----
    Or the other way round, or to or from no change. Two steps without a change are no
    inflection.

    References
    ----------
    .. [1] Costa, Davis & Goldberger (2017), Heart rate fragmentation, Front Physiol 8:255,
       doi:10.3389/fphys.2017.00255.

    Examples
    --------
    >>> round(pip(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    81.03
    """
    return only(FRAGMENTATION["pip"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="IALS", unit="", window=None, source=COSTA, many=FRAGMENTATION["ials"])
def ials(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Inverse of the mean length of acceleration and deceleration segments, in steps.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        A bare number from 0 to 1; ``n`` and ``quality`` as of :func:`pip`. Missing under 10
        pairs of steps, and where nothing varies. Standard error by the delta method.

    Notes
    -----
    Of the steps that are not zero and whose successor was seen, the share whose successor has
    not the same sign: without gaps, and but for the two ends, the number of segments over their
    total length.

    References
    ----------
    .. [1] Costa, Davis & Goldberger (2017), Heart rate fragmentation, Front Physiol 8:255,
       doi:10.3389/fphys.2017.00255.

    Examples
    --------
    >>> round(ials(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    0.81
    """
    return only(FRAGMENTATION["ials"], "", span or from_first_to_last(beats), beats=beats)


@measure(label="PSS", unit="%", window=None, source=COSTA, many=FRAGMENTATION["pss"])
def pss(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of steps that lie in no acceleration or deceleration segment of three or more.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the steps of which enough of their neighbors were seen, which are ``n``;
        ``quality`` as of :func:`pip`. Missing under 10 of them. Standard error that of a share
        under autocorrelation.

    Notes
    -----
    Of steps, not of segments, as its authors have it: the complement of the share of intervals
    in long segments.

    References
    ----------
    .. [1] Costa, Davis & Goldberger (2017), Heart rate fragmentation, Front Physiol 8:255,
       doi:10.3389/fphys.2017.00255.

    Examples
    --------
    >>> round(pss(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    100.0
    """
    return only(FRAGMENTATION["pss"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="PAS", unit="%", window=None, source=COSTA, many=FRAGMENTATION["pas"])
def pas(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of steps that lie in an alternation segment: four or more of alternating sign.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the steps of which enough of their neighbors were seen, which are ``n``;
        ``quality`` as of :func:`pip`. Missing under 100 of them, because alternation is rare.
        Standard error that of a share under autocorrelation.

    References
    ----------
    .. [1] Costa, Davis & Goldberger (2017), Heart rate fragmentation, Front Physiol 8:255,
       doi:10.3389/fphys.2017.00255.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 30 * np.sin(np.arange(300) ** 2), person="a")
    >>> round(pas(beats).value, 2)
    68.6
    """
    return only(FRAGMENTATION["pas"], "%", span or from_first_to_last(beats), beats=beats)
