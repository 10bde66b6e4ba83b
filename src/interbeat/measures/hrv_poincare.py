"""The Poincaré plot: each normal interval against the next, as an ellipse.

Points are pairs of *adjacent* normal-to-normal intervals; a pair that touches an abnormal beat
is no point. The plot's measures say nothing that standard deviations of the intervals and of
their differences do not say (Brennan et al. 2001); they are here because the field prints them.
"""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.measures._influence import (
    Complex,
    Formula,
    as_ratio,
    as_root,
    differences,
    family,
    filled_up,
    settled,
)
from interbeat.measures._spec import Family, measure
from interbeat.measures._windows import from_first_to_last, only

__all__ = ["csi", "csi_modified", "cvi", "ellipse_area", "sd1", "sd1_sd2", "sd2"]

BRENNAN = "Brennan et al. (2001), IEEE Trans Biomed Eng 48:1342, doi:10.1109/10.959330"
TOICHI = "Toichi et al. (1997), J Auton Nerv Syst 62:79, doi:10.1016/S0165-1838(96)00112-9"
JEPPESEN = "Jeppesen et al. (2014), EMBC 36:4563, doi:10.1109/EMBC.2014.6944639"
USUAL = 800.0  # ms, taken off so that squares stay small; no measure depends on it
SKEWED = 1.1  # how much wider than a deviation's, chosen by simulation
STEP, STEP_SQUARED, SUM, SUM_SQUARED = range(4)


def _items(beats: Beats) -> FloatArray:
    first, step, good = differences(beats)
    total = 2 * (first - USUAL) + step
    return filled_up(np.stack((step, step**2, total, total**2), axis=1), good, beats.rr_ms.size)


def _variance(m: Complex, n: FloatArray, mean: int, square: int) -> Complex:
    return settled((m[square] - m[mean] ** 2) * n[mean] / (n[mean] - 1))


def _sd1(m: Complex, n: FloatArray) -> Complex:
    return np.asarray(np.sqrt(_variance(m, n, STEP, STEP_SQUARED) / 2))


def _sd2(m: Complex, n: FloatArray) -> Complex:
    return np.asarray(np.sqrt(_variance(m, n, SUM, SUM_SQUARED) / 2))


def _as_area(
    value: FloatArray, variance: FloatArray, df: FloatArray, n: FloatArray
) -> FloatArray:
    """Return the standard error of a product of two standard deviations."""
    root = np.sqrt(value)
    of_root = as_root(root, variance / (4 * np.where(root > 0, value, 1)), df, n)
    return np.asarray(SKEWED * 2 * root * of_root)


FORMULAS = {
    "sd1": Formula(_sd1, as_root),
    "sd2": Formula(_sd2, as_root),
    "sd1_sd2": Formula(lambda m, n: _sd1(m, n) / _sd2(m, n), as_ratio),
    "ellipse_area": Formula(lambda m, n: math.pi * _sd1(m, n) * _sd2(m, n), _as_area),
    "csi": Formula(lambda m, n: _sd2(m, n) / _sd1(m, n), as_ratio),
    "csi_modified": Formula(lambda m, n: 4 * _sd2(m, n) ** 2 / _sd1(m, n), as_root),
    "cvi": Formula(lambda m, n: np.log10(16 * _sd1(m, n) * _sd2(m, n)), as_ratio),
}
POINCARE = Family(family(FORMULAS, _items, reach=(2,) * 4, fewest=(10, "beat pairs")))


@measure(label="SD1", unit="ms", window=None, source=BRENNAN, many=POINCARE["sd1"])
def sd1(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Spread of the Poincaré plot across the line of identity: :math:`SDSD / \sqrt 2`.

    Parameters
    ----------
    beats : Beats
        Of one person. Not detrended.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms. ``n`` is the number of pairs of adjacent normal intervals, ``quality`` the share
        of `span` within normal intervals. Missing under 10 pairs. Standard error by the delta
        method from the autocorrelated squares of differences.

    See Also
    --------
    interbeat.measures.hrv_time.rmssd : the same number but for a factor of :math:`\sqrt 2`.

    References
    ----------
    .. [1] Brennan, Palaniswami & Kamen (2001), Do existing measures of Poincaré plot geometry
       reflect nonlinear features of heart rate variability?, IEEE Trans Biomed Eng
       48:1342-1347, doi:10.1109/10.959330.

    Examples
    --------
    >>> print(sd1(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")))
    31.0 ± 0.5 ms
    """
    return only(POINCARE["sd1"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SD2", unit="ms", window=None, source=BRENNAN, many=POINCARE["sd2"])
def sd2(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Spread of the Poincaré plot along the line of identity.

    The standard deviation of the sums of adjacent normal intervals, over :math:`\sqrt 2`:
    about :math:`\sqrt{2\,SDNN^2 - SD1^2}`.

    Parameters
    ----------
    beats : Beats
        Of one person. Not detrended.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n``, ``quality`` and standard error as of :func:`sd1`. Missing under 10 pairs.

    Notes
    -----
    Like SDNN it grows with the length of the stretch: compare only stretches of one length.

    References
    ----------
    .. [1] Brennan et al. (2001), IEEE Trans Biomed Eng 48:1342-1347, doi:10.1109/10.959330.

    Examples
    --------
    >>> print(sd2(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")))
    20.3 ± 0.4 ms
    """
    return only(POINCARE["sd2"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="SD1/SD2", unit="", window=None, source=BRENNAN, many=POINCARE["sd1_sd2"])
def sd1_sd2(beats: Beats, span: Span | None = None) -> Estimate:
    """Width over length of the Poincaré plot.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        A bare ratio; ``n`` and ``quality`` as of :func:`sd1`. Missing under 10 pairs, and
        where nothing varies. Standard error by the delta method, SD1 and SD2 taken together.

    Notes
    -----
    How much of the variability is fast. It is no balance of two branches, and neither is its
    inverse, :func:`csi`, whatever that is called.

    References
    ----------
    .. [1] Brennan et al. (2001), IEEE Trans Biomed Eng 48:1342-1347, doi:10.1109/10.959330.

    Examples
    --------
    >>> round(sd1_sd2(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    1.531
    """
    return only(POINCARE["sd1_sd2"], "", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Area of the Poincaré ellipse",
    unit="ms²",
    window=None,
    source=BRENNAN,
    many=POINCARE["ellipse_area"],
)
def ellipse_area(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Area of the ellipse with SD1 and SD2 for half-axes: :math:`S = \pi\,SD1\,SD2`.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms²; ``n`` and ``quality`` as of :func:`sd1`. Missing under 10 pairs. Standard error
        by the delta method, widened for the skew of a product.

    References
    ----------
    .. [1] Brennan et al. (2001), IEEE Trans Biomed Eng 48:1342-1347, doi:10.1109/10.959330.

    Examples
    --------
    >>> round(ellipse_area(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value)
    1973
    """
    return only(POINCARE["ellipse_area"], "ms²", span or from_first_to_last(beats), beats=beats)


@measure(label="CSI (Toichi)", unit="", window=None, source=TOICHI, many=POINCARE["csi"])
def csi(beats: Beats, span: Span | None = None) -> Estimate:
    """Length over width of the Poincaré plot: SD2 / SD1.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        A bare ratio; ``n`` and ``quality`` as of :func:`sd1`. Missing under 10 pairs, and
        where nothing varies. Standard error by the delta method.

    Notes
    -----
    Its authors called it the cardiac sympathetic index. It is the inverse of :func:`sd1_sd2`:
    it says how slow the variability is, and measures no sympathetic activity.

    References
    ----------
    .. [1] Toichi, Sugiura, Murai & Sengoku (1997), J Auton Nerv Syst 62:79-84,
       doi:10.1016/S0165-1838(96)00112-9.

    Examples
    --------
    >>> round(csi(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    0.653
    """
    return only(POINCARE["csi"], "", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Modified CSI (Jeppesen)",
    unit="ms",
    window=None,
    source=JEPPESEN,
    many=POINCARE["csi_modified"],
)
def csi_modified(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Squared length over width of the Poincaré plot: :math:`L^2/T = 4\,SD2^2/SD1`.

    Length `L` and width `T` are four times SD2 and SD1.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In ms; ``n`` and ``quality`` as of :func:`sd1`. Missing under 10 pairs, and where
        nothing varies. Standard error by the delta method, widened for skew.

    Notes
    -----
    Made to find seizures in windows of 100 beats, after a median filter that is not applied
    here. What is said of :func:`csi` holds of it too.

    References
    ----------
    .. [1] Jeppesen, Beniczky, Johansen, Sidenius & Fuglsang-Frederiksen (2014), Using Lorenz
       plot and Cardiac Sympathetic Index of heart rate variability for detecting seizures,
       Annual International Conference of the IEEE EMBS 36:4563-4566,
       doi:10.1109/EMBC.2014.6944639.

    Examples
    --------
    >>> round(csi_modified(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 1)
    52.9
    """
    return only(POINCARE["csi_modified"], "ms", span or from_first_to_last(beats), beats=beats)


@measure(label="CVI (Toichi)", unit="", window=None, source=TOICHI, many=POINCARE["cvi"])
def cvi(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Logarithm of length times width of the Poincaré plot: :math:`\log_{10}(16\,SD1\,SD2)`.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        The decadic logarithm of an area in ms²; ``n`` and ``quality`` as of :func:`sd1`.
        Missing under 10 pairs, and where nothing varies. Standard error by the delta method.

    Notes
    -----
    Its authors called it the cardiac vagal index. It is the logarithm of
    :func:`ellipse_area` but for a constant, and no purer an index of the vagus than SDNN.

    References
    ----------
    .. [1] Toichi, Sugiura, Murai & Sengoku (1997), J Auton Nerv Syst 62:79-84,
       doi:10.1016/S0165-1838(96)00112-9.

    Examples
    --------
    >>> round(cvi(Beats.from_rr([800, 850, 820, 870, 860] * 12, person="a")).value, 3)
    4.002
    """
    return only(POINCARE["cvi"], "", span or from_first_to_last(beats), beats=beats)
