"""RespHRV (RSA): how far the heart's intervals swing with each breath."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Z95, Estimate
from interbeat.core.span import Span
from interbeat.kernels.student import student
from interbeat.kernels.windows import (
    COUNT,
    COVERED,
    INTERVALS,
    MEAN,
    SWING,
    SWING_DF,
    SWING_VARIANCE,
    phase_fit,
)
from interbeat.measures._spec import Columns, measure
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    in_pieces,
    moments_of,
    none_in,
    only,
    rows,
    share,
)

__all__ = ["resphrv"]

WINDOW = 60.0  # s
FEWEST_BREATHS = 3
FEWEST_INTERVALS = 10
MAYER, NEAR = 0.1, 0.015  # Hz: the blood pressure's own rhythm, and how near to it is near
HIDDEN = 0.4  # of the standard error: what of that rhythm a breath of its rate takes along


def _within_breaths(
    beats: Beats, breaths: Breaths, starts: FloatArray, ends: FloatArray
) -> tuple[IntArray, IntArray]:
    """Which intervals lie between the first and the last onset of breath in each window."""
    if not len(breaths):
        none = np.zeros(starts.size, dtype=np.int64)
        return none, none
    first, last = rows(breaths.times, starts, ends, joined=2)
    onset = np.minimum(first, len(breaths) - 1)
    last_onset = np.minimum(np.maximum(last, onset), len(breaths) - 1)
    return rows(beats.times, breaths.times[onset], breaths.times[last_onset], joined=2)


def _squared(
    windows: tuple[FloatArray, FloatArray], pieces: IntArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    """Squared swing in each piece: squares of noise average out, swings of noise do not.

    Noise adds twice its variance to the square of a swing; half of that is left in for a
    single piece, where it makes up for the bend of the square root that follows.
    """
    starts, ends = windows
    fit = np.asarray(
        phase_fit(
            np.array(beats.times),
            beats.nn,
            breaths.phase(beats.times),
            np.searchsorted(breaths.times, beats.times, side="right").astype(np.int64),
            *_within_breaths(beats, breaths, starts, ends),
        )
    )
    lasting = moments_of(
        np.diff(breaths.times), breaths.whole, rows(breaths.times, starts, ends, joined=2)
    )
    n = lasting[:, COUNT]
    swing, se = fit[:, SWING], np.sqrt(fit[:, SWING_VARIANCE]) * student(fit[:, SWING_DF])
    away = 1 / np.where(n > 0, lasting[:, MEAN], np.inf) - MAYER
    se *= 1 + HIDDEN * np.exp(-((away / NEAR) ** 2))
    return columns(
        swing**2 - (2 - 1 / pieces) * fit[:, SWING_VARIANCE],
        (2 * swing + Z95 * se) * se,
        quality=share(fit[:, COVERED], ends - starts),
        n=n,
        unless=(
            (none_in(beats, starts, ends), "no beats", n),
            (none_in(breaths, starts, ends), "breathing not known", n),
            (n < FEWEST_BREATHS, f"{{n}} of {FEWEST_BREATHS} breaths", n),
            (
                fit[:, INTERVALS] < FEWEST_INTERVALS,
                f"{{n}} of {FEWEST_INTERVALS} normal intervals within breaths",
                fit[:, INTERVALS],
            ),
            (fit[:, SWING_DF] == 0, "breathing too fast for this heart rate", n),
        ),
    )


def _resphrv_many(
    starts: FloatArray, ends: FloatArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    squared = in_pieces(
        lambda s, e, pieces: _squared((s, e), pieces, beats=beats, breaths=breaths),
        WINDOW,
        starts,
        ends,
    )
    square = np.maximum(squared.values, 0.0)
    swing = np.sqrt(square)
    highest = np.sqrt(square + Z95 * squared.se)
    return squared._replace(values=swing, se=(highest - swing) / Z95)


@measure(
    label="RespHRV (RSA)",
    unit="ms",
    window=WINDOW,
    source=(
        "Hirsch & Bishop (1981), Am J Physiol 241:H620, doi:10.1152/ajpheart.1981.241.4.H620"
    ),
    many=_resphrv_many,
)
def resphrv(beats: Beats, breaths: Breaths, span: Span | None = None) -> Estimate:
    """Peak-to-trough swing of the normal RR intervals over a breath.

    The intervals are regressed on the phase of breathing (0 at one onset of inspiration, 1 at
    the next): its cosine and sine, those of twice the phase where the heart beats often enough
    to show them, and a level, slope and bend for slower rhythms. The swing is the maximum less
    the minimum of the fitted waveform, less what noise adds to it.

    Parameters
    ----------
    beats : Beats
        Of one person.
    breaths : Breaths
        Of the same person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 90 s is cut into equal pieces of about 1 min, and their root mean square
        is given.

    Returns
    -------
    Estimate
        In ms, 0 where the swing is no larger than noise would make it. ``n`` is the number of
        trusted breaths, ``quality`` the share of `span` covered by normal intervals within
        them. Missing under 3 breaths or 10 such intervals, and where the heart beats less
        than twice a breath. The standard error is that of a regression whose residuals are
        autocorrelated, and up to 40 % more where breathing is near 0.1 Hz.

    See Also
    --------
    interbeat.measures.hrv_frequency.hf, interbeat.measures.breathing.breathing_rate

    Notes
    -----
    RespHRV is the newer name of respiratory sinus arrhythmia [2]_. The longest less the
    shortest interval of each breath loses the more, the fewer beats a breath has; a regression
    over breaths does not, and it averages out rhythms that keep another time. Each regressor
    is averaged over its interval, as the heart itself does, so that the swing is that of what
    drives the heart, alike at slow and fast breathing; the intervals themselves swing less.

    The swing grows with slower and deeper breathing [1]_ without any change in vagal tone: do
    not compare it across breathing rates. When breathing is near 0.1 Hz (6 a minute) the blood
    pressure's own rhythm keeps the same time and is counted in. One that drifts is paid for by
    the wider interval there; one that is locked to the breath cannot be told from it.

    References
    ----------
    .. [1] Hirsch & Bishop (1981), Am J Physiol 241:H620-H629,
       doi:10.1152/ajpheart.1981.241.4.H620.
    .. [2] On the change of name: Nature Reviews Cardiology (2025),
       doi:10.1038/s41569-025-01160-z.

    Examples
    --------
    >>> seconds = np.cumsum(np.full(70, 0.9))
    >>> beats = Beats.from_rr(900 + 30 * np.cos(2 * np.pi * 0.2 * seconds), person="a")
    >>> onsets = np.arange(0, 63, 5.0)
    >>> always = np.ones(onsets.size, dtype=bool)
    >>> breaths = Breaths(onsets, onsets + 2, np.ones(onsets.size), always, person="a")
    >>> round(resphrv(beats, breaths).value)
    63
    """
    return only(
        _resphrv_many, "ms", span or from_first_to_last(beats), beats=beats, breaths=breaths
    )
