"""RespHRV (RSA): how far the heart's intervals swing with each breath."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.phase import (
    COVERED,
    INTERVALS,
    SWING,
    SWING_BIAS,
    SWING_DF,
    SWING_OPEN,
    SWING_VARIANCE,
    phase_fit,
)
from interbeat.kernels.student import student
from interbeat.measures._spec import Columns, measure
from interbeat.measures._swing import (
    Swings,
    breathing,
    nothing_known,
    phased,
    rooted,
    squared,
    within_breaths,
)
from interbeat.measures._windows import from_first_to_last, in_pieces, only, share

__all__ = ["resphrv"]

WINDOW = 60.0  # s
FEWEST_INTERVALS = 10
HIDDEN = 1.0  # of the standard error: what of the Mayer wave a breath of its rate takes along
OPEN = 0.3  # of the variance that the kernel's broad expectations leave to a swing


def _squared(
    windows: tuple[FloatArray, FloatArray], pieces: IntArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    starts, ends = windows
    fit = np.asarray(
        phase_fit(*phased(beats, breaths), *within_breaths(beats, breaths, starts, ends))
    )
    known = breathing(breaths, starts, ends)
    df = fit[:, SWING_DF]
    return squared(
        Swings(
            fit[:, SWING],
            fit[:, SWING_BIAS],
            fit[:, SWING_VARIANCE],
            fit[:, SWING_VARIANCE] * student(df) ** 2 + OPEN * fit[:, SWING_OPEN],
        ),
        pieces,
        unseen=1 + HIDDEN * known.near_mayer,
        quality=share(fit[:, COVERED], ends - starts),
        n=known.n,
        unless=(
            *nothing_known(beats, breaths, windows, known.n),
            (
                fit[:, INTERVALS] < FEWEST_INTERVALS,
                f"{{n}} of {FEWEST_INTERVALS} normal intervals within breaths",
                fit[:, INTERVALS],
            ),
            (df == 0, "breathing too fast for this heart rate", known.n),
        ),
    )


def _resphrv_many(
    starts: FloatArray, ends: FloatArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    found = in_pieces(
        lambda s, e, pieces: _squared((s, e), pieces, beats=beats, breaths=breaths),
        WINDOW,
        starts,
        ends,
    )
    return rooted(found)


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
    the next): on three harmonics of it, and on cosines for all that is slower than a breath.
    The swing is the maximum less the minimum of the fitted waveform, less what noise adds.

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
        autocorrelated, and of what the beats cannot show of a waveform; it is up to twice as
        large where breathing is near 0.1 Hz.

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

    At 24 breaths a minute a heart beats fewer than three times a breath, and most of a
    waveform lies between the beats. How much of each harmonic they show is known; as far as
    they do not, the second harmonic is expected to be within 60 % of the first, and the third
    to be to the second as the second is to the first, in size and in phase, which is so for
    waveforms that rise and fall unevenly or come to a point.

    In simulated hearts with a drift of 30 ms, a Mayer wave of 15 ms at 0.1 Hz, and six
    waveforms from a sine to a saw-tooth, breathing at 0.12 to 0.4 Hz in breaths of uneven
    length, the mean of many minutes is within 4 % of a swing of 80 ms, and a single minute 2
    to 12 % off (root mean square, least at 0.25 Hz). Of a swing of 20 ms they are within 12 %
    and 7 to 50 %. Where the onsets of breath are themselves known only to 5 % of a breath, 5 %
    of the swing are lost.

    The swing grows with slower and deeper breathing [1]_ without any change in vagal tone: do
    not compare it across breathing rates. When breathing is near 0.1 Hz (6 a minute) the blood
    pressure's own rhythm keeps nearly the same time and is counted in: a minute is then 15 %
    off a swing of 80 ms, and five minutes 7 %. Both are paid for by wider intervals. A rhythm
    that is locked to the breath cannot be told from it.

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
