"""Heart rate asymmetry: what decelerations and accelerations add to variability.

The parts of the deviations of the Poincaré plot that come from either, in ms; in percent they
are in :mod:`~interbeat.measures.hrv_asymmetry_parts`.
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

__all__ = ["sd1a", "sd1d", "sd2a", "sd2d", "sdnna", "sdnnd"]

PISKORSKI = (
    "Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289, doi:10.1007/s11517-011-0834-z"
)


@measure(label="SD1d", unit="ms", window=None, source=PISKORSKI, many=ASYMMETRY["sd1d"])
def sd1d(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Spread across the line of identity that comes from decelerations.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`guzik_index`. Missing under 10
        pairs, and where nothing varies.

    Notes
    -----
    Squared and added, SD1d and SD1a make half of RMSSD squared: distances are taken from the
    line of identity, not from the center of the plot.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(sd1d(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    22.549
    """
    return only(ASYMMETRY["sd1d"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SD1a", unit="ms", window=None, source=PISKORSKI, many=ASYMMETRY["sd1a"])
def sd1a(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Spread across the line of identity that comes from accelerations.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`guzik_index`. Missing under 10
        pairs, and where nothing varies.

    Notes
    -----
    Squared and added, SD1d and SD1a make half of RMSSD squared: distances are taken from the
    line of identity, not from the center of the plot.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(sd1a(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    20.911
    """
    return only(ASYMMETRY["sd1a"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SD2d", unit="ms", window=None, source=PISKORSKI, many=ASYMMETRY["sd2d"])
def sd2d(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Spread along the line of identity that comes from decelerations.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`guzik_index`. Missing under 10
        pairs, and where nothing varies.

    Notes
    -----
    Squared and added, SD2d and SD2a make SD2 squared. Pairs of equal intervals count half to
    either side.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(sd2d(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    10.241
    """
    return only(ASYMMETRY["sd2d"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SD2a", unit="ms", window=None, source=PISKORSKI, many=ASYMMETRY["sd2a"])
def sd2a(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Spread along the line of identity that comes from accelerations.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`guzik_index`. Missing under 10
        pairs, and where nothing varies.

    Notes
    -----
    Squared and added, SD2d and SD2a make SD2 squared. Pairs of equal intervals count half to
    either side.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(sd2a(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    17.476
    """
    return only(ASYMMETRY["sd2a"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SDNNd", unit="ms", window=None, source=PISKORSKI, many=ASYMMETRY["sdnnd"])
def sdnnd(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Total spread that comes from decelerations.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`guzik_index`. Missing under 10
        pairs, and where nothing varies.

    Notes
    -----
    Its square is the mean of those of SD1 and SD2 of the same direction.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(sdnnd(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    17.512
    """
    return only(ASYMMETRY["sdnnd"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SDNNa", unit="ms", window=None, source=PISKORSKI, many=ASYMMETRY["sdnna"])
def sdnna(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Total spread that comes from accelerations.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`guzik_index`. Missing under 10
        pairs, and where nothing varies.

    Notes
    -----
    Its square is the mean of those of SD1 and SD2 of the same direction.

    References
    ----------
    .. [1] Piskorski & Guzik (2011), Med Biol Eng Comput 49:1289-1297,
       doi:10.1007/s11517-011-0834-z.

    Examples
    --------
    >>> round(sdnna(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    19.27
    """
    return only(ASYMMETRY["sdnna"], "ms", span or from_first_to_last(beats), beats=beats)
