"""Skin conductance: its level, and how often and how strongly the skin responds."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.kernels.student import student
from interbeat.kernels.windows import COUNT, DF, MEAN, MEAN_VARIANCE, VARIANCE
from interbeat.measures._spec import Columns, measure
from interbeat.measures._uncertainty import count_se
from interbeat.measures._windows import Unless, columns, moments_of, only, rows, share

__all__ = ["scl", "scr_amplitude", "scr_rate"]

BOUCSEIN = (
    "Boucsein et al. (2012), Psychophysiology 49:1017, doi:10.1111/j.1469-8986.2012.01384.x"
)
FEWEST_SAMPLES = 3
TO_TELL = 600.0  # s without any response, after which it is said that there is none
LEAST = 10.0  # s of skin conductance, to speak of a rate of responses
USUAL_CV = 0.7  # spread of response amplitudes over their mean, before any was seen
WORTH = 2.0  # how many responses that guess counts for
SKEW = 0.3  # amplitudes are skewed: a few of them miss the large ones


def _samples(signal: Signal, starts: FloatArray, ends: FloatArray) -> tuple[IntArray, IntArray]:
    """First and past-the-last sample of each window."""
    if signal.unit != "µS":
        raise DataError(f"skin conductance is measured in µS, not {signal.unit!r}")
    first, last = (
        np.clip(
            np.ceil((edge - signal.start) * signal.sampling_rate - 1e-6), 0, len(signal)
        ).astype(np.int64)
        for edge in (starts, ends)
    )
    return first, np.maximum(first, last)


def _level(signal: Signal, starts: FloatArray, ends: FloatArray) -> FloatArray:
    there = np.isfinite(signal.values)
    return moments_of(
        np.where(there, signal.values, 0.0), there, _samples(signal, starts, ends)
    )


def _scl_many(starts: FloatArray, ends: FloatArray, *, scl: Signal) -> Columns:
    found = _level(scl, starts, ends)
    n = found[:, COUNT]
    return columns(
        found[:, MEAN],
        np.sqrt(found[:, MEAN_VARIANCE]) * student(found[:, DF]),
        quality=share(n / scl.sampling_rate, ends - starts),
        n=n,
        unless=(
            (n == 0, "no skin conductance", n),
            (n < FEWEST_SAMPLES, f"{{n}} of {FEWEST_SAMPLES} samples", n),
        ),
    )


def _unseen(seen: FloatArray) -> tuple[Unless, ...]:
    """Where too little skin conductance (s) was seen to speak of responses."""
    return (
        (seen == 0, "no skin conductance", seen),
        (seen < LEAST, f"{{n}} of {LEAST:.0f} s of skin conductance", seen),
    )


def _apart(responses: Responses, starts: FloatArray, ends: FloatArray) -> FloatArray:
    """Return the variance of the times between onsets over their squared mean; 1 if unknown."""
    between = np.diff(responses.times)
    every = np.ones(between.size, dtype=np.bool_)
    found = moments_of(between, every, rows(responses.times, starts, ends, joined=2))
    mean = np.where(found[:, MEAN] > 0, found[:, MEAN], 1.0)
    return np.asarray(np.where(found[:, COUNT] > 1, found[:, VARIANCE] / mean**2, 1.0))


def _scr_rate_many(
    starts: FloatArray, ends: FloatArray, *, responses: Responses, scl: Signal
) -> Columns:
    seen = _level(scl, starts, ends)[:, COUNT] / scl.sampling_rate
    first, last = rows(responses.times, starts, ends)
    count = (last - first).astype(np.float64)
    apart = _apart(responses, starts, ends)
    minutes = np.where(seen > 0, seen, 60.0) / 60
    return columns(
        count / minutes,
        count_se(count, apart) / minutes,
        quality=share(seen, ends - starts),
        n=count,
        unless=_unseen(seen),
    )


def _scr_amplitude_many(
    starts: FloatArray, ends: FloatArray, *, responses: Responses, scl: Signal
) -> Columns:
    seen = _level(scl, starts, ends)[:, COUNT] / scl.sampling_rate
    every = np.ones(len(responses), dtype=np.bool_)
    found = moments_of(responses.amplitude, every, rows(responses.times, starts, ends))
    n, mean = found[:, COUNT], found[:, MEAN]
    df = np.maximum(n - 1, 0) + WORTH
    spread = (np.maximum(n - 1, 0) * found[:, VARIANCE] + WORTH * (USUAL_CV * mean) ** 2) / df
    return columns(
        mean,
        np.sqrt(spread / np.maximum(n, 1))
        * (1 + SKEW / np.sqrt(np.maximum(n, 1)))
        * student(df),
        quality=share(seen, ends - starts),
        n=n,
        unless=(
            *_unseen(seen),
            (
                (n == 0) & (seen >= TO_TELL),
                "no response in {n} s: this skin did not answer",
                seen,
            ),
            (n == 0, "no responses", n),
        ),
    )


@measure(label="SCL", unit="µS", window=10.0, source=BOUCSEIN, many=_scl_many)
def scl(scl: Signal, span: Span | None = None) -> Estimate:
    """Mean skin conductance level: the slow part of skin conductance, less the responses.

    Parameters
    ----------
    scl : Signal
        Skin conductance level of one person in µS; a lost sample is NaN.
    span : Span, optional
        The stretch of time it speaks of; all of `scl` if not given.

    Returns
    -------
    Estimate
        In µS. ``n`` is the number of samples, ``quality`` the share of `span` that they cover.
        Missing under 3 samples. The standard error is that of a mean under autocorrelation.

    Raises
    ------
    DataError
        If `scl` is not in µS.

    References
    ----------
    .. [1] Boucsein et al. (2012), Psychophysiology 49:1017-1034,
       doi:10.1111/j.1469-8986.2012.01384.x.

    Examples
    --------
    >>> level = Signal([2.0, 2.1, 2.2, 2.1] * 10, 4, unit="µS", person="a", start=0)
    >>> print(scl(level))
    2.100 ± 0.005 µS
    """
    return only(_scl_many, "µS", span or Span(scl.start, scl.end), scl=scl)


@measure(
    label="SCR rate",
    unit="responses/min",
    window=60.0,
    source=BOUCSEIN,
    many=_scr_rate_many,
)
def scr_rate(responses: Responses, scl: Signal, span: Span | None = None) -> Estimate:
    """Skin conductance responses per minute, counted by their onsets.

    Parameters
    ----------
    responses : Responses
        Of one person.
    scl : Signal
        Skin conductance level in µS of the same person: where it is NaN, nothing was seen.
    span : Span, optional
        The stretch of time it speaks of; all of `scl` if not given.

    Returns
    -------
    Estimate
        In responses per minute of skin conductance seen; 0 is a value, not a missing one.
        ``n`` is the number of responses, ``quality`` the share of `span` that was seen.
        Missing under 10 s of skin conductance. The standard error is that of a count of
        one more, so that 0 has one too, random but for what the times between many responses
        show of bursts or of keeping apart.

    Raises
    ------
    DataError
        If `scl` is not in µS.

    References
    ----------
    .. [1] Boucsein et al. (2012), Psychophysiology 49:1017-1034,
       doi:10.1111/j.1469-8986.2012.01384.x.

    Examples
    --------
    >>> level = Signal([2.0] * 240, 4, unit="µS", person="a", start=0)
    >>> found = Responses([5.0, 30, 42], [7.0, 32, 44], [0.2, 0.4, 0.3], person="a")
    >>> print(scr_rate(found, level))
    3.0 ± 1.9 responses/min
    """
    return only(
        _scr_rate_many,
        "responses/min",
        span or Span(scl.start, scl.end),
        responses=responses,
        scl=scl,
    )


@measure(
    label="SCR amplitude", unit="µS", window=60.0, source=BOUCSEIN, many=_scr_amplitude_many
)
def scr_amplitude(responses: Responses, scl: Signal, span: Span | None = None) -> Estimate:
    """Mean amplitude of the skin conductance responses, from onset to peak.

    Parameters
    ----------
    responses : Responses
        Of one person.
    scl : Signal
        Skin conductance level in µS of the same person: where it is NaN, nothing was seen.
    span : Span, optional
        The stretch of time it speaks of; all of `scl` if not given.

    Returns
    -------
    Estimate
        In µS, over the responses that there were (amplitude, not magnitude). ``n`` is their
        number, ``quality`` the share of `span` in which skin conductance was seen. Missing
        where there was no response, which after 10 min is named as a skin that does not
        answer, or less than 10 s of skin conductance. The standard error
        takes the spread from the responses and, as if seen in two more, from what is usual
        (0.7 of the mean), so that a single response has one too.

    Raises
    ------
    DataError
        If `scl` is not in µS.

    References
    ----------
    .. [1] Boucsein et al. (2012), Psychophysiology 49:1017-1034,
       doi:10.1111/j.1469-8986.2012.01384.x.

    Examples
    --------
    >>> level = Signal([2.0] * 240, 4, unit="µS", person="a", start=0)
    >>> found = Responses([5.0, 30, 42], [7.0, 32, 44], [0.2, 0.4, 0.3], person="a")
    >>> print(scr_amplitude(found, level))
    0.30 ± 0.16 µS
    """
    return only(
        _scr_amplitude_many,
        "µS",
        span or Span(scl.start, scl.end),
        responses=responses,
        scl=scl,
    )
