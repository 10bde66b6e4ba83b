"""Heart rate variability in the frequency domain: slow rhythms, and the rhythm of breathing."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.spectra import COVERED, INTERVALS, POWER, SQUARED, band_power
from interbeat.kernels.windows import COUNT, MEAN, VARIANCE
from interbeat.measures._spec import Columns, measure
from interbeat.measures._uncertainty import power_factor
from interbeat.measures._windows import (
    Unless,
    columns,
    from_first_to_last,
    in_pieces,
    moments_of,
    none_in,
    only,
    rows,
    share,
)

__all__ = ["hf", "lf"]

TASK_FORCE = "Task Force ESC/NASPE (1996), Circulation 93:1043, doi:10.1161/01.CIR.93.5.1043"
WINDOW = 300.0  # s, as the Task Force asks
LF_BAND = (0.04, 0.15)  # Hz
LEAST_LF, LEAST_HF = 120.0, 60.0  # s: what the Task Force calls the least for each band
LEAST_SHARE = 0.7  # of a window within normal intervals
LEAST_BREATHING = 0.5  # of a window within trusted breaths
NARROWEST, WIDEST = 0.05, 0.12  # Hz to either side of the breathing rate


def _band(
    beats: Beats, windows: tuple[FloatArray, FloatArray], band: tuple[FloatArray, FloatArray]
) -> FloatArray:
    first, last = rows(beats.times, *windows, joined=2)
    return np.asarray(band_power(np.array(beats.times), beats.nn, first, last, *windows, *band))


def _gaps(
    beats: Beats, windows: tuple[FloatArray, FloatArray], found: FloatArray, *, least: float
) -> tuple[Unless, ...]:
    """Where too little of the heart was seen."""
    part = share(found[:, COVERED], windows[1] - windows[0])
    return (
        (none_in(beats, *windows), "no beats", part),
        (
            found[:, COVERED] < least,
            f"{{n}} of {least:.0f} s of normal intervals",
            found[:, COVERED],
        ),
        (
            part < LEAST_SHARE,
            f"normal intervals for {{n}} % of the time; {100 * LEAST_SHARE:.0f} % needed",
            100 * part,
        ),
    )


def _power(
    found: FloatArray, windows: tuple[FloatArray, FloatArray], unless: tuple[Unless, ...]
) -> Columns:
    power, squared = found[:, POWER], found[:, SQUARED]
    relative = np.divide(squared, power**2, out=np.zeros(power.shape), where=power > 0)
    return columns(
        power,
        np.sqrt(squared) * power_factor(relative),
        quality=share(found[:, COVERED], windows[1] - windows[0]),
        n=found[:, INTERVALS],
        unless=unless,
    )


def _lf_piece(starts: FloatArray, ends: FloatArray, beats: Beats) -> Columns:
    low, high = (np.full(starts.shape, edge) for edge in LF_BAND)
    found = _band(beats, (starts, ends), (low, high))
    return _power(found, (starts, ends), _gaps(beats, (starts, ends), found, least=LEAST_LF))


def _lf_many(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> Columns:
    return in_pieces(lambda s, e, _: _lf_piece(s, e, beats), WINDOW, starts, ends)


def _hf_piece(starts: FloatArray, ends: FloatArray, beats: Beats, breaths: Breaths) -> Columns:
    windows = starts, ends
    durations = np.diff(breaths.times)
    found = moments_of(durations, breaths.whole, rows(breaths.times, *windows, joined=2))
    known = share(found[:, COUNT] * found[:, MEAN], ends - starts)
    lasting = np.where(found[:, MEAN] > 0, found[:, MEAN], 1.0)
    rate, spread = 1 / lasting, np.sqrt(found[:, VARIANCE]) / lasting**2
    half = np.clip(2 * spread, NARROWEST, WIDEST)
    beating = moments_of(np.diff(beats.times), beats.nn, rows(beats.times, *windows, joined=2))
    fastest = 0.5 / np.where(beating[:, MEAN] > 0, beating[:, MEAN], 1.0)
    low = np.maximum(rate - half, LF_BAND[0])
    power = _band(beats, windows, (low, np.minimum(rate + half, fastest)))
    breathing: tuple[Unless, ...] = (
        (found[:, COUNT] == 0, "breathing not known", known),
        (known < LEAST_BREATHING, "breathing known for {n} % of the time", 100 * known),
        (rate <= LF_BAND[0], "breathing slower than 0.04 Hz", rate),
        (rate >= fastest, "breathing faster than half the heart rate", rate),
    )
    return _power(power, windows, _gaps(beats, windows, power, least=LEAST_HF) + breathing)


def _hf_many(
    starts: FloatArray, ends: FloatArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    return in_pieces(lambda s, e, _: _hf_piece(s, e, beats, breaths), WINDOW, starts, ends)


@measure(label="LF power", unit="ms²", window=WINDOW, source=TASK_FORCE, many=_lf_many)
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
    beats came, less a straight line: nothing is resampled or interpolated, a gap stays a gap,
    and what scattered gaps take from a band is put back
    (:func:`~interbeat.kernels.spectra.band_power`). Each interval stands at its middle.

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
    return only(_lf_many, "ms²", span or from_first_to_last(beats), beats=beats)


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
