"""Heart rate variability in the frequency domain: slow rhythms, and the rhythm of breathing."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.windows import COUNT, MEAN, VARIANCE
from interbeat.measures._bands import FAMILY, HF, LF, TASK_FORCE, fastest, in_groups
from interbeat.measures._spec import Columns, measure
from interbeat.measures._spectrum import (
    WINDOW,
    Pieces,
    gathered,
    pieces_of,
    pooled,
    power_in,
    power_se,
    seen,
    spectra_of,
)
from interbeat.measures._windows import (
    Unless,
    from_first_to_last,
    moments_of,
    only,
    rows,
    share,
)

__all__ = ["hf", "lf"]

LEAST_BREATHING = 0.5  # of a window within trusted breaths
NARROWEST, WIDEST = 0.05, 0.12  # Hz to either side of the breathing rate


def _hf_many(
    starts: FloatArray, ends: FloatArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    return in_groups(lambda s, e: _hf(s, e, beats, breaths), starts, ends)


def _hf(starts: FloatArray, ends: FloatArray, beats: Beats, breaths: Breaths) -> Columns:
    pieces = pieces_of(starts, ends)
    rate, half, unless = _breathing(pieces, breaths)
    spectra = spectra_of(beats, pieces, float((rate + half).max(initial=0.0)))
    quickest = fastest(spectra)
    too_fast = (rate >= quickest, "breathing faster than half the heart rate", rate)
    held = seen(beats, pieces, spectra, least=HF.least, and_unless=(*unless, too_fast))
    low, high = np.maximum(rate - half, LF.low), np.minimum(rate + half, quickest)
    power = pooled(held, *power_in(spectra, low, high))
    return gathered(np.maximum(power.values, 0.0), power_se(power), held)


def _breathing(
    pieces: Pieces, breaths: Breaths
) -> tuple[FloatArray, FloatArray, tuple[Unless, ...]]:
    """Return the mean rate of each piece, how far its band reaches, and where it has none."""
    held = breaths.between(pieces.starts.min(initial=np.inf), pieces.ends.max(initial=-np.inf))
    where = rows(held.times, pieces.starts, pieces.ends, joined=2)
    found = moments_of(np.diff(held.times), held.whole, where)
    known = share(found[:, COUNT] * found[:, MEAN], pieces.ends - pieces.starts)
    lasting = np.where(found[:, MEAN] > 0, found[:, MEAN], np.inf)
    rate, spread = 1 / lasting, np.sqrt(found[:, VARIANCE]) / lasting**2
    unless: tuple[Unless, ...] = (
        (found[:, COUNT] == 0, "breathing not known", known),
        (known < LEAST_BREATHING, "breathing known for {n} % of the time", 100 * known),
        (rate <= LF.low, "breathing slower than 0.04 Hz", rate),
    )
    return rate, np.clip(2 * spread, NARROWEST, WIDEST), unless


@measure(label="LF power", unit="ms²", window=WINDOW, source=TASK_FORCE, many=FAMILY["lf"])
def lf(beats: Beats, span: Span | None = None) -> Estimate:
    """Power of the normal RR intervals from 0.04 to 0.15 Hz.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, and the mean is given.

    Returns
    -------
    Estimate
        In ms². ``n`` is the number of normal intervals, ``quality`` the share of `span` that
        they cover. Missing where they cover less than 2 min or 70 % of it. The standard error
        is that of the integral of a spectral density, widened for the skew of a power.

    See Also
    --------
    hf, sdnn, interbeat.measures.resphrv.resphrv

    Notes
    -----
    The Task Force's band and units; the estimator is a multitaper one, at the times at which
    beats came, less their mean: nothing is resampled or interpolated, a gap stays a gap, and
    what scattered gaps take from a band is put back
    (:func:`~interbeat.kernels.spectra.sine_spectra`). Each interval stands at its middle. No
    trend is taken out, because that takes slow rhythms with it; one of 100 ms in 5 min leaks
    0.2 ms² into this band, and 4 ms² if it comes within 2 min. For other methods and other
    bands, see :mod:`interbeat.measures.spectra`.

    It is the power of the intervals, as in every tool: an interval is the mean of what drives
    the heart while it lasts, so that fast rhythms are smaller in it, by 16 % of their power
    at 0.25 Hz and 67 beats a minute.

    When breathing is slower than 9 a minute, respiratory variability lies in this band. There
    is no LF/HF ratio here: it measures no balance of anything.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.
    .. [2] Riedel & Sidorenko (1995), IEEE Trans Signal Process 43:188-195,
       doi:10.1109/78.365298 (sine tapers).
    .. [3] Horvitz & Thompson (1952), J Am Stat Assoc 47:663-685,
       doi:10.1080/01621459.1952.10483446 (what is lost with a known chance).

    Examples
    --------
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * seconds)
    >>> round(lf(Beats.from_rr(rr, person="a")).value, -1)
    800.0
    """
    return only(FAMILY["lf"], "ms²", span or from_first_to_last(beats), beats=beats)


@measure(
    label="HF power at the breathing rate",
    unit="ms²",
    window=WINDOW,
    source=TASK_FORCE,
    many=_hf_many,
)
def hf(beats: Beats, breaths: Breaths, span: Span | None = None) -> Estimate:
    """Power of the normal RR intervals around the measured breathing rate.

    The band is centered on the mean rate of the trusted breaths; it reaches to either side
    by twice the standard deviation of their rates, but at least 0.05 and at most 0.12 Hz,
    not below 0.04 Hz and not above half the mean heart rate. It may leave 0.15 to 0.4 Hz.

    Parameters
    ----------
    beats : Beats
        Of one person.
    breaths : Breaths
        Of the same person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, each with a band of its
        own, and the mean is given.

    Returns
    -------
    Estimate
        In ms². ``n`` is the number of normal intervals, ``quality`` the share of `span` that
        they cover. Missing where they cover less than 1 min or 70 % of it, where breaths are
        known for less than half of it, and where breathing is slower than 0.04 Hz or faster
        than half the heart rate.

    See Also
    --------
    lf, interbeat.measures.resphrv.resphrv

    Notes
    -----
    The Task Force's HF is a fixed band, 0.15 to 0.4 Hz, which misses the rhythm of breathing
    of anyone who breathes under 9 or over 24 times a minute. A band at the measured rate
    follows [2]_. It is narrower than the fixed one, and gives less where there is noise.
    Estimated as :func:`lf` is. When breathing is near 0.1 Hz the blood pressure's own rhythm
    lies in the band too.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.
    .. [2] Bailón, Laguna, Mainardi & Sörnmo (2007), Analysis of heart rate variability using
       time-varying frequency bands based on respiratory frequency, 29th Annual International
       Conference of the IEEE EMBS, Lyon.

    Examples
    --------
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> beats = Beats.from_rr(900 + 30 * np.cos(2 * np.pi * 0.2 * seconds), person="a")
    >>> onsets = np.arange(0, 306, 5.0)
    >>> always = np.ones(onsets.size, dtype=bool)
    >>> breaths = Breaths(onsets, onsets + 2, np.ones(onsets.size), always, person="a")
    >>> round(hf(beats, breaths).value, -1)
    450.0
    """
    return only(
        _hf_many, "ms²", span or from_first_to_last(beats), beats=beats, breaths=breaths
    )
