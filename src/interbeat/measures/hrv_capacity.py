"""Deceleration and acceleration capacity: what the heart does about each change of its pace.

By phase-rectified signal averaging: the intervals around all those that are longer than the one
before, or around all that are shorter, are averaged. Four *adjacent* normal-to-normal intervals
are needed each time; none is made up across an abnormal beat.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.measures._influence import ROUNDING, Formula, as_ratio, family, filled_up
from interbeat.measures._spec import Family, measure
from interbeat.measures._windows import from_first_to_last, only

__all__ = ["acceleration_capacity", "deceleration_capacity"]

BAUER = "Bauer et al. (2006), Lancet 367:1674, doi:10.1016/S0140-6736(06)68735-7"
LARGEST = 0.05  # of an interval: a larger step is taken for an artifact, as by the authors
SLOWER, FASTER = range(2)


def _items(beats: Beats) -> FloatArray:
    rr, nn = beats.rr_ms, beats.nn
    if rr.size < 4:
        return np.full((rr.size, 2), np.nan)
    before, previous, anchor, after = rr[:-3], rr[1:-2], rr[2:-1], rr[3:]
    swing = (anchor + after - previous - before) / 4
    step = anchor - previous
    small = np.abs(step) <= LARGEST * previous
    items = np.stack(
        [np.where(turn & small, swing, np.nan) for turn in (step > ROUNDING, step < -ROUNDING)],
        axis=1,
    )
    return filled_up(items, nn[:-3] & nn[1:-2] & nn[2:-1] & nn[3:], rr.size)


FORMULAS = {
    "deceleration_capacity": Formula(lambda m, _: m[SLOWER], as_ratio, of=SLOWER),
    "acceleration_capacity": Formula(lambda m, _: m[FASTER], as_ratio, of=FASTER),
}
CAPACITY = Family(family(FORMULAS, _items, reach=(4, 4), fewest=(20, "anchors")))


@measure(
    label="Deceleration capacity",
    unit="ms",
    window=None,
    source=BAUER,
    many=CAPACITY["deceleration_capacity"],
)
def deceleration_capacity(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Mean swing of the intervals around those that are longer than the one before.

    With the anchor :math:`X_0`: a quarter of :math:`X_0 + X_1 - X_{-1} - X_{-2}`, averaged.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of anchors, ``quality`` the share of `span` within normal
        intervals. Missing under 20 anchors. Standard error of a mean under autocorrelation.

    Notes
    -----
    Anchors are at most 5 % longer than the interval before. Made for 24 h.

    References
    ----------
    .. [1] Bauer et al. (2006), Deceleration capacity of heart rate as a predictor of mortality
       after myocardial infarction: cohort study, Lancet 367:1674-1681,
       doi:10.1016/S0140-6736(06)68735-7.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 20 * np.sin(np.arange(300) / 2), person="a")
    >>> round(deceleration_capacity(beats).value, 3)
    5.88
    """
    return only(
        CAPACITY["deceleration_capacity"], "ms", span or from_first_to_last(beats), beats=beats
    )


@measure(
    label="Acceleration capacity",
    unit="ms",
    window=None,
    source=BAUER,
    many=CAPACITY["acceleration_capacity"],
)
def acceleration_capacity(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Mean swing of the intervals around those that are shorter than the one before.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms, under 0 where the heart quickens; ``n``, ``quality`` and standard error as of
        :func:`deceleration_capacity`. Missing under 20 anchors.

    Notes
    -----
    Anchors are at most 5 % shorter than the interval before.

    References
    ----------
    .. [1] Bauer et al. (2006), Deceleration capacity of heart rate as a predictor of mortality
       after myocardial infarction: cohort study, Lancet 367:1674-1681,
       doi:10.1016/S0140-6736(06)68735-7.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 20 * np.sin(np.arange(300) / 2), person="a")
    >>> round(acceleration_capacity(beats).value, 3)
    -5.945
    """
    return only(
        CAPACITY["acceleration_capacity"], "ms", span or from_first_to_last(beats), beats=beats
    )
