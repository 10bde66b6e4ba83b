"""How fast, how evenly and how long in a person breathes."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.student import student
from interbeat.kernels.windows import (
    COUNT,
    DF,
    MEAN,
    MEAN_VARIANCE,
    VARIANCE,
    VARIANCE_VARIANCE,
)
from interbeat.measures._spec import Columns, measure
from interbeat.measures._uncertainty import root_factor
from interbeat.measures._windows import (
    Unless,
    columns,
    from_first_to_last,
    moments_of,
    none_in,
    only,
    rows,
    share,
)

__all__ = ["breathing_rate", "depth_variability", "inspiration_share"]

NOTO = "Noto et al. (2018), Chem Senses 43:583, doi:10.1093/chemse/bjy045"
TOO_LITTLE = "breaths seen in the heart for {n} % of the time; 25 % needed"
FEWEST_BREATHS = 3
FEWEST_DEPTHS = 5
LEAST_SEEN = 0.25  # of a stretch, by breaths whose ends were not seen: noise fills less
UNSEEN = 0.08  # of the rate: how far a count of breaths may be off whose ends were not seen


def _over_breaths(
    values: FloatArray,
    good: BoolArray,
    breaths: Breaths,
    windows: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return moments of a value per breath, from onset to onset, in each window."""
    return moments_of(
        np.where(good, values, 0.0), good, rows(breaths.times, *windows, joined=2)
    )


def _covered(breaths: Breaths, windows: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return the share of each window that lies within trusted breaths."""
    found = _over_breaths(np.diff(breaths.times), breaths.whole, breaths, windows)
    return share(found[:, COUNT] * found[:, MEAN], windows[1] - windows[0])


def _unless(
    breaths: Breaths,
    windows: tuple[FloatArray, FloatArray],
    n: FloatArray,
    *,
    fewest: int,
    of: str,
) -> tuple[Unless, ...]:
    """Where there is too little breathing: under the `fewest` of what `of` says."""
    return (
        (none_in(breaths, *windows), "breathing not known", n),
        (n < fewest, f"{{n}} of {fewest} {of}", n),
    )


def _rate_many(starts: FloatArray, ends: FloatArray, *, breaths: Breaths) -> Columns:
    windows = starts, ends
    found = _over_breaths(np.diff(breaths.times), breaths.whole, breaths, windows)
    n, mean = found[:, COUNT], found[:, MEAN]
    lasting = np.where(mean > 0, mean, 1.0)
    ends_unseen = np.isnan(breaths.peaks[:-1]).astype(np.float64)
    unseen = _over_breaths(ends_unseen, breaths.whole, breaths, windows)[:, MEAN]
    covered = share(n * mean, ends - starts)
    se = np.sqrt(found[:, MEAN_VARIANCE]) * student(found[:, DF]) / lasting
    return columns(
        60 / lasting,
        60 / lasting * np.hypot(se, UNSEEN * unseen),
        quality=covered,
        n=n,
        unless=(
            *_unless(breaths, windows, n, fewest=FEWEST_BREATHS, of="breaths"),
            ((unseen > 0.5) & (covered < LEAST_SEEN), TOO_LITTLE, 100 * covered),
        ),
    )


def _share_many(starts: FloatArray, ends: FloatArray, *, breaths: Breaths) -> Columns:
    windows = starts, ends
    inward = (breaths.peaks - breaths.times)[:-1] / np.diff(breaths.times)
    good = breaths.whole & np.isfinite(inward)
    found = _over_breaths(100 * inward, good, breaths, windows)
    n = found[:, COUNT]
    return columns(
        found[:, MEAN],
        np.sqrt(found[:, MEAN_VARIANCE]) * student(found[:, DF]),
        quality=_covered(breaths, windows),
        n=n,
        unless=_unless(
            breaths, windows, n, fewest=FEWEST_BREATHS, of="breaths seen to their peak"
        ),
    )


def _depth_many(starts: FloatArray, ends: FloatArray, *, breaths: Breaths) -> Columns:
    """From the variance of the logarithm, in which a sensor's scale is nothing."""
    windows = starts, ends
    known = np.isfinite(breaths.depth) & (breaths.depth > 0)
    log = np.log(np.where(known, breaths.depth, 1.0))[:-1]
    found = _over_breaths(log, breaths.whole & known[:-1], breaths, windows)
    n, square = found[:, COUNT], found[:, VARIANCE]
    some = np.where(square > 0, square, 1.0)
    relative = np.where(square > 0, found[:, VARIANCE_VARIANCE] / some**2, 0.0)
    value = np.sqrt(np.expm1(square))
    slope = np.where(square > 0, np.exp(square) * some / np.sqrt(np.expm1(some)), 0.0)
    few = 1 + 2 / np.maximum(n, 1)  # breaths remember: so few show too little spread
    se = 0.5 * slope * np.sqrt(relative) * root_factor(relative, found[:, DF]) * few
    return columns(
        100 * value,
        100 * se,
        quality=_covered(breaths, windows),
        n=n,
        unless=_unless(
            breaths, windows, n, fewest=FEWEST_DEPTHS, of="breaths whose depth was seen"
        ),
    )


@measure(
    label="Breathing rate",
    unit="breaths/min",
    window=60.0,
    source=NOTO,
    many=_rate_many,
)
def breathing_rate(breaths: Breaths, span: Span | None = None) -> Estimate:
    """Breaths per minute: 60 over the mean time (s) from one onset of inspiration to the next.

    Parameters
    ----------
    breaths : Breaths
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last breath if not given.

    Returns
    -------
    Estimate
        In breaths per minute. ``n`` is the number of breaths trusted at both ends,
        ``quality`` the share of `span` that they cover. Missing under 3 such breaths. The
        standard error is that of the mean duration under autocorrelation. Where the ends of
        inspirations were not seen, as in breaths from the height of heartbeats, it holds 8 %
        of the rate too, for such breaths may be miscounted; and there it is missing where
        breaths cover less than a quarter of `span`, as noise may.

    See Also
    --------
    interbeat.measures.heart_breathing.heart_breathing_rate

    Notes
    -----
    It is breaths per time, so that a sigh and the pause after it count as the one breath that
    they are: in uneven breathing less than the mean of single breaths' rates, and than the
    peak of a spectrum, which is that of the main rhythm.

    As in [1]_, over breaths that lie wholly in the span, so that a breath cut by its edge does
    not make breathing faster. Tracks look back 60 s, as those of RespHRV do, so that the two
    speak of the same breaths.

    References
    ----------
    .. [1] Noto et al. (2018), Chem Senses 43:583-597, doi:10.1093/chemse/bjy045.

    Examples
    --------
    >>> onsets = np.array([0.0, 4, 8.5, 12, 16, 20.5, 24])
    >>> always = np.ones(7, dtype=bool)
    >>> print(breathing_rate(Breaths(onsets, onsets + 1, np.ones(7), always, person="a")))
    15.0 ± 0.7 breaths/min
    """
    return only(_rate_many, "breaths/min", span or from_first_to_last(breaths), breaths=breaths)


@measure(label="Time spent breathing in", unit="%", window=60.0, source=NOTO, many=_share_many)
def inspiration_share(breaths: Breaths, span: Span | None = None) -> Estimate:
    """Share of a breath that is breathing in: the inspiratory duty cycle, Ti / Ttot.

    Parameters
    ----------
    breaths : Breaths
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last breath if not given.

    Returns
    -------
    Estimate
        In %: the mean over trusted breaths of the time (s) from onset to end of inspiration
        over that from onset to onset. ``n`` is the number of breaths whose end of inspiration
        was seen, ``quality`` the share of `span` that trusted breaths cover. Missing under 3
        of the former, as always where breathing was seen only in the heart. The standard
        error is that of the mean under autocorrelation.

    Notes
    -----
    The duty cycle of inhalation of [1]_. A pause counts as breathing out; a breath held full
    does too, from its shoulder on. A belt that was put on upside down gives the share of
    expiration.

    References
    ----------
    .. [1] Noto et al. (2018), Chem Senses 43:583-597, doi:10.1093/chemse/bjy045.

    Examples
    --------
    >>> onsets = np.array([0.0, 4, 8.5, 12, 16, 20.5, 24])
    >>> always = np.ones(7, dtype=bool)
    >>> ends = onsets + np.array([1.6, 1.7, 1.5, 1.6, 1.6, 1.5, 1.6])
    >>> print(inspiration_share(Breaths(onsets, ends, np.ones(7), always, person="a")))
    39.8 ± 1.4 %
    """
    return only(_share_many, "%", span or from_first_to_last(breaths), breaths=breaths)


@measure(label="Variability of depth", unit="%", window=60.0, source=NOTO, many=_depth_many)
def depth_variability(breaths: Breaths, span: Span | None = None) -> Estimate:
    """Coefficient of variation of the depth of breaths.

    A belt's unit is its own and changes with how tight it is worn, so that depth itself can be
    compared neither between people nor between recordings; how much it varies can.

    Parameters
    ----------
    breaths : Breaths
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last breath if not given.

    Returns
    -------
    Estimate
        In %. ``n`` is the number of trusted breaths whose depth was seen, ``quality`` the
        share of `span` that trusted breaths cover. Missing under 5 of the former, as always
        where breathing was seen only in the heart. The standard error is that of a standard
        deviation under autocorrelation.

    Notes
    -----
    From the standard deviation s of the logarithm of depth (any unit), ``sqrt(exp(s²) - 1)``:
    the coefficient of variation of a log-normal depth, in which one sigh weighs less than in
    the standard deviation over the mean of [1]_.

    References
    ----------
    .. [1] Noto et al. (2018), Chem Senses 43:583-597, doi:10.1093/chemse/bjy045.

    Examples
    --------
    >>> onsets = np.arange(0, 60, 4.0)
    >>> always = np.ones(15, dtype=bool)
    >>> depth = 2 + 0.4 * np.cos(np.arange(15) * 2.4)
    >>> print(depth_variability(Breaths(onsets, onsets + 1, depth, always, person="a")))
    15.4 ± 0.9 %
    """
    return only(_depth_many, "%", span or from_first_to_last(breaths), breaths=breaths)
