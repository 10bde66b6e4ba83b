"""Heart rate asymmetry: what decelerations and accelerations add to variability.

The shares of the variances of the Poincaré plot that come from either, in percent; in ms they
are in :mod:`~interbeat.measures.hrv_asymmetry_deviations`.
Points are pairs of *adjacent* normal-to-normal intervals; a pair that touches an abnormal beat
is no point. A deceleration is a pair whose second interval is longer, an acceleration one whose
second is shorter.
"""

from __future__ import annotations

from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.measures._spec import measure
from interbeat.measures._windows import from_first_to_last, only
from interbeat.measures.hrv_asymmetry import ASYMMETRY

__all__ = ["c1a", "c1d", "c2a", "c2d", "ca", "cd"]

PISKORSKI = (
    "Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289, doi:10.1007/s11517-011-0834-z"
)


@measure(label="C1d", unit="%", window=None, source=PISKORSKI, many=ASYMMETRY["c1d"])
def c1d(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of decelerations in the short-term variance.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the short-term variance, that of SD1 about the line of identity; ``n``,
        ``quality`` and standard error as of :func:`guzik_index`. Missing under 10 pairs, and
        where nothing varies.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(c1d(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    53.76
    """
    return only(ASYMMETRY["c1d"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="C1a", unit="%", window=None, source=PISKORSKI, many=ASYMMETRY["c1a"])
def c1a(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of accelerations in the short-term variance.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the short-term variance, that of SD1 about the line of identity; ``n``,
        ``quality`` and standard error as of :func:`guzik_index`. Missing under 10 pairs, and
        where nothing varies.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(c1a(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    46.24
    """
    return only(ASYMMETRY["c1a"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="C2d", unit="%", window=None, source=PISKORSKI, many=ASYMMETRY["c2d"])
def c2d(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of decelerations in the long-term variance.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the long-term variance, that of SD2; ``n``, ``quality`` and standard error
        as of :func:`guzik_index`. Missing under 10 pairs, and where nothing varies.

    Notes
    -----
    Pairs of equal intervals count half to either side.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(c2d(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    25.56
    """
    return only(ASYMMETRY["c2d"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="C2a", unit="%", window=None, source=PISKORSKI, many=ASYMMETRY["c2a"])
def c2a(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of accelerations in the long-term variance.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the long-term variance, that of SD2; ``n``, ``quality`` and standard error
        as of :func:`guzik_index`. Missing under 10 pairs, and where nothing varies.

    Notes
    -----
    Pairs of equal intervals count half to either side.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(c2a(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    74.44
    """
    return only(ASYMMETRY["c2a"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="Cd", unit="%", window=None, source=PISKORSKI, many=ASYMMETRY["cd"])
def cd(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of decelerations in the total variance.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the total variance, that of SD1 and SD2 together; ``n``, ``quality`` and
        standard error as of :func:`guzik_index`. Missing under 10 pairs, and where nothing
        varies.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(cd(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    45.23
    """
    return only(ASYMMETRY["cd"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="Ca", unit="%", window=None, source=PISKORSKI, many=ASYMMETRY["ca"])
def ca(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of accelerations in the total variance.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent of the total variance, that of SD1 and SD2 together; ``n``, ``quality`` and
        standard error as of :func:`guzik_index`. Missing under 10 pairs, and where nothing
        varies.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(ca(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 2)
    54.77
    """
    return only(ASYMMETRY["ca"], "%", span or from_first_to_last(beats), beats=beats)
