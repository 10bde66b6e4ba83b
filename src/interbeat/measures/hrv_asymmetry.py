"""Heart rate asymmetry: whether the heart slows down as it speeds up.

Points are pairs of *adjacent* normal-to-normal intervals; a pair that touches an abnormal beat
is no point. A deceleration is a pair whose second interval is longer, an acceleration one whose
second is shorter.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.measures._influence import (
    Complex,
    Formula,
    as_balance,
    as_ratio,
    as_root,
    differences,
    family,
    filled_up,
    settled,
)
from interbeat.measures._spec import Family, measure
from interbeat.measures._windows import from_first_to_last, only

__all__ = ["ASYMMETRY", "area_index", "guzik_index", "porta_index", "slope_index"]

GUZIK = "Guzik et al. (2006), Biomed Tech 51:272, doi:10.1515/BMT.2006.054"
PORTA = "Porta et al. (2008), Am J Physiol 295:R550, doi:10.1152/ajpregu.00129.2008"
KARMAKAR = "Karmakar et al. (2015), Physiol Meas 36:303, doi:10.1088/0967-3334/36/2/303"
YAN = "Yan et al. (2017), Biomed Eng Online 16:112, doi:10.1186/s12938-017-0402-3"
USUAL = 1600.0  # ms, taken off so that squares stay small; no measure depends on it
(
    SQUARED, SQUARED_UP, SUM, SUM_SQUARED, UP, SUM_UP, SUM_SQUARED_UP, SIZE, SIZE_UP, ANGLE,
    ANGLE_UP, AREA, AREA_UP, DOWN, MOVED,
) = range(15)  # fmt: skip


def _items(beats: Beats) -> FloatArray:
    first, step, good = differences(beats)
    second, total = first + step, 2 * first + step - USUAL
    up, level = (step > 0).astype(np.float64), (step == 0).astype(np.float64)
    shared = up + level / 2  # what is on the line of identity counts half to either side
    angle = np.abs(np.arctan2(second, first) - np.pi / 4) * (step != 0)
    area = angle * (first**2 + second**2) / 2
    items = (
        step**2, step**2 * up, total, total**2, shared, total * shared, total**2 * shared,
        np.abs(step), np.abs(step) * up, angle, angle * up, area, area * up,
        (step < 0).astype(np.float64), 1 - level,
    )  # fmt: skip
    return filled_up(np.stack(items, axis=1), good, beats.rr_ms.size)


def _short(m: Complex, _: FloatArray) -> Complex:
    """Half the mean square across the line of identity: SD1 of that line, squared."""
    return np.asarray(m[SQUARED] / 2)


def _short_up(m: Complex, _: FloatArray) -> Complex:
    return np.asarray(m[SQUARED_UP] / 2)


def _long(m: Complex, n: FloatArray) -> Complex:
    """SD2 squared."""
    return settled((m[SUM_SQUARED] - m[SUM] ** 2) / 2 * n[SUM] / (n[SUM] - 1))


def _long_up(m: Complex, n: FloatArray) -> Complex:
    about = m[SUM_SQUARED_UP] - 2 * m[SUM] * m[SUM_UP] + m[SUM] ** 2 * m[UP]
    return np.asarray(about / 2 * n[SUM] / (n[SUM] - 1))


def _all(m: Complex, n: FloatArray) -> Complex:
    return np.asarray((_short(m, n) + _long(m, n)) / 2)


def _all_up(m: Complex, n: FloatArray) -> Complex:
    return np.asarray((_short_up(m, n) + _long_up(m, n)) / 2)


def _part(part: int, whole: int) -> Formula:
    return Formula(lambda m, _: 100 * m[part] / m[whole], as_ratio)


FORMULAS = {
    "guzik_index": _part(SIZE_UP, SIZE),
    "slope_index": _part(ANGLE_UP, ANGLE),
    "area_index": _part(AREA_UP, AREA),
    "porta_index": Formula(lambda m, _: 100 * m[DOWN] / m[MOVED], as_balance),
    "c1d": _part(SQUARED_UP, SQUARED),
    "c1a": Formula(lambda m, _: 100 - 100 * m[SQUARED_UP] / m[SQUARED], as_ratio),
    "c2d": Formula(lambda m, n: 100 * _long_up(m, n) / _long(m, n), as_ratio),
    "c2a": Formula(lambda m, n: 100 - 100 * _long_up(m, n) / _long(m, n), as_ratio),
    "cd": Formula(lambda m, n: 100 * _all_up(m, n) / _all(m, n), as_ratio),
    "ca": Formula(lambda m, n: 100 - 100 * _all_up(m, n) / _all(m, n), as_ratio),
    "sd1d": Formula(lambda m, n: np.sqrt(settled(_short_up(m, n))), as_root),
    "sd1a": Formula(lambda m, n: np.sqrt(settled(_short(m, n) - _short_up(m, n))), as_root),
    "sd2d": Formula(lambda m, n: np.sqrt(settled(_long_up(m, n))), as_root),
    "sd2a": Formula(lambda m, n: np.sqrt(settled(_long(m, n) - _long_up(m, n))), as_root),
    "sdnnd": Formula(lambda m, n: np.sqrt(settled(_all_up(m, n))), as_root),
    "sdnna": Formula(lambda m, n: np.sqrt(settled(_all(m, n) - _all_up(m, n))), as_root),
}
ASYMMETRY = Family(family(FORMULAS, _items, reach=(2,) * 15, fewest=(10, "beat pairs")))


@measure(
    label="Guzik's index",
    unit="%",
    window=None,
    source=GUZIK,
    many=ASYMMETRY["guzik_index"],
)
def guzik_index(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of decelerations in the distances of the Poincaré plot from its line of identity.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent, 50 where both weigh the same; ``n`` is the number of pairs of adjacent
        normal intervals, ``quality`` the share of `span` within normal intervals. Missing under
        10 pairs, and where nothing varies. Standard error by the delta method under
        autocorrelation.

    Notes
    -----
    Of the distances themselves, as Yan et al. (2017) have it; of their squares the share is
    :func:`~interbeat.measures.hrv_asymmetry_parts.c1d`.

    References
    ----------
    .. [1] Guzik, Piskorski, Krauze, Wykretowicz & Wysocki (2006), Heart rate asymmetry by
       Poincaré plots of RR intervals, Biomed Tech 51:272-275, doi:10.1515/BMT.2006.054.

    Examples
    --------
    >>> beats = Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")
    >>> round(guzik_index(beats).value, 2)
    51.28
    """
    return only(ASYMMETRY["guzik_index"], "%", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Slope index",
    unit="%",
    window=None,
    source=KARMAKAR,
    many=ASYMMETRY["slope_index"],
)
def slope_index(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of decelerations in the angles of the Poincaré plot with its line of identity.

    An angle is that between the line of identity and the line from the origin to a point.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent, 50 where both weigh the same; ``n``, ``quality`` and standard error as of
        :func:`guzik_index`. Missing under 10 pairs, and where nothing varies.

    References
    ----------
    .. [1] Karmakar, Khandoker & Palaniswami (2015), Phase asymmetry of heart rate variability
       signal, Physiol Meas 36:303-314, doi:10.1088/0967-3334/36/2/303.

    Examples
    --------
    >>> beats = Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")
    >>> round(slope_index(beats).value, 2)
    51.29
    """
    return only(ASYMMETRY["slope_index"], "%", span or from_first_to_last(beats), beats=beats)


@measure(label="Area index", unit="%", window=None, source=YAN, many=ASYMMETRY["area_index"])
def area_index(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of decelerations in the sectors of the Poincaré plot about its line of identity.

    A point's sector has the area of half its angle times its squared distance from the origin.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent, 50 where both weigh the same; ``n``, ``quality`` and standard error as of
        :func:`guzik_index`. Missing under 10 pairs, and where nothing varies.

    References
    ----------
    .. [1] Yan, Li, Ji, Yao, Karmakar & Liu (2017), Area asymmetry of heart rate variability
       signal, Biomed Eng Online 16:112, doi:10.1186/s12938-017-0402-3.

    Examples
    --------
    >>> beats = Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")
    >>> round(area_index(beats).value, 2)
    51.27
    """
    return only(ASYMMETRY["area_index"], "%", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Porta's index",
    unit="%",
    window=None,
    source=PORTA,
    many=ASYMMETRY["porta_index"],
)
def porta_index(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of accelerations among the pairs whose intervals differ.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent, 50 where there are as many of each; ``n``, ``quality`` and standard error as
        of :func:`guzik_index`. Missing under 10 pairs, and where nothing varies. The standard
        error is that of a share.

    References
    ----------
    .. [1] Porta, Casali, Casali, Gnecchi-Ruscone, Tobaldini, Montano, Lange, Geue, Cysarz & Van
       Leeuwen (2008), Temporal asymmetries of short-term heart period variability are linked to
       autonomic regulation, Am J Physiol 295:R550-R557, doi:10.1152/ajpregu.00129.2008.

    Examples
    --------
    >>> beats = Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")
    >>> round(porta_index(beats).value, 2)
    59.32
    """
    return only(ASYMMETRY["porta_index"], "%", span or from_first_to_last(beats), beats=beats)
