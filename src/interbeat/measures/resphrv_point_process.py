"""RespHRV (RSA) of a heart taken as a point process, for whole recordings."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.point_process import (
    BIAS,
    COVERED,
    EXPECTED,
    INTERVALS,
    OPEN,
    PULL,
    SHAPE,
    SWING,
    VARIANCE,
    WORTH,
    local_likelihood,
)
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

__all__ = ["PointProcess", "follow_resphrv", "resphrv_point_process"]

PIECE = 60.0  # s
FEWEST_INTERVALS = 20
REACH = 4.0  # memories to either side, beyond which an interval weighs nothing
WIDER = 1.05  # the standard error, for a history that is known from few intervals
HIDDEN = 1.0  # of the standard error: what of the Mayer wave a breath of its rate takes along
LEFT_OPEN = 0.5  # of the variance that the kernel's broad expectations leave to a swing
MOST_PULL = 0.9
KS = 1.36  # of one over the root of n: Kolmogorov and Smirnov's 95 % limit


class PointProcess(NamedTuple):
    """RespHRV each second, and how well the model describes the beats.

    Parameters
    ----------
    times : ndarray, shape (n,)
        Whole seconds since the session began.
    values, se : ndarray, shape (n,)
        Peak-to-trough swing of the RR intervals over a breath and its standard error (ms); NaN
        where there are too few normal intervals with a known history in known breaths, where
        the nearest of those is farther than the memory, and where the heart beats less than
        twice a breath.
    uniforms : ndarray, shape (m,)
        Of each interval that the model could judge, the chance that it would have been
        shorter: uniform between 0 and 1 where the model is right (time rescaling).
    ks_distance, ks_limit : float
        Largest distance between the distribution of `uniforms` and the uniform one, and what
        it stays under at least 95 times in 100 where the model is right (Kolmogorov and
        Smirnov); NaN where no interval could be judged.
    """

    times: FloatArray
    values: FloatArray
    se: FloatArray
    uniforms: FloatArray
    ks_distance: float
    ks_limit: float


def _swings(fit: FloatArray) -> Swings:
    variance = fit[:, VARIANCE]
    whole = WIDER**2 * variance + LEFT_OPEN * fit[:, OPEN]
    return Swings(fit[:, SWING], fit[:, BIAS], variance, whole)


def _squared(
    windows: tuple[FloatArray, FloatArray], pieces: IntArray, *, beats: Beats, breaths: Breaths
) -> Columns:
    starts, ends = windows
    first, last = within_breaths(beats, breaths, starts, ends)
    fit = np.asarray(
        local_likelihood(
            *phased(beats, breaths), first, last, (starts + ends) / 2, first, np.inf
        )
    )
    known = breathing(breaths, starts, ends)
    return squared(
        _swings(fit),
        pieces,
        unseen=1 + HIDDEN * known.near_mayer,
        quality=share(fit[:, COVERED], ends - starts),
        n=known.n,
        unless=(
            *nothing_known(beats, breaths, windows, known.n),
            (
                fit[:, INTERVALS] <= FEWEST_INTERVALS,
                f"{{n}} of {FEWEST_INTERVALS} normal intervals with a known history",
                fit[:, INTERVALS],
            ),
            (fit[:, WORTH] == 0, "breathing too fast for this heart rate", known.n),
        ),
    )


def _many(starts: FloatArray, ends: FloatArray, *, beats: Beats, breaths: Breaths) -> Columns:
    found = in_pieces(
        lambda s, e, pieces: _squared((s, e), pieces, beats=beats, breaths=breaths),
        PIECE,
        starts,
        ends,
    )
    return rooted(found)


@measure(
    label="RespHRV (RSA), point process",
    unit="ms",
    window=None,
    source="Chen, Brown & Barbieri (2009), IEEE Trans Biomed Eng 56:1791, "
    "doi:10.1109/TBME.2009.2016349",
    many=_many,
)
def resphrv_point_process(beats: Beats, breaths: Breaths, span: Span | None = None) -> Estimate:
    """Peak-to-trough swing of the RR intervals over a breath, by the likelihood of the beats.

    Each interval is inverse Gaussian; its mean is a trend, three harmonics of the phase of
    breathing, and what the four intervals before it were besides their own. The likelihood is
    maximized in pieces of about 1 min; the swing is that of the fitted harmonics.

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
        them. Missing under 3 breaths or 21 normal intervals with four others before them, and
        where the heart beats less than twice a breath.
        The standard error is that of the likelihood and of what the beats cannot show of a
        waveform, up to twice as large where breathing is near 0.1 Hz.

    See Also
    --------
    interbeat.measures.resphrv.resphrv, follow_resphrv

    Notes
    -----
    The model is that of Barbieri et al. [1]_ with respiration as a second input [2]_ [3]_. It
    departs from it in that respiration enters as harmonics of its phase, beside which the
    history acts on what is left, and not as samples of its waveform whose gain at one
    frequency is given per unit of the sensor: the swing is then in ms, of a waveform of any
    shape, and no belt need be calibrated. How harmonics that beats cannot show are held is
    told at :func:`~interbeat.measures.resphrv.resphrv`.

    Because the model knows the rhythms that keep another time, it is the surer of the two: in
    the same simulated minutes a swing of 80 ms at 0.15 Hz, beside a Mayer wave of 15 ms, is 4 %
    off (root mean square) and not 5 %, and one of 20 ms 15 % and not 23 %. In the mean it is
    within 4 % of 80 ms from 0.12 to 0.4 Hz, but reads a rise within 35 % of a breath 5 % high
    at 0.4 Hz. At 0.1 Hz it cannot tell the Mayer wave from breathing: a minute is 15 % off,
    five minutes 7 %. It needs unbroken runs of beats: of one beat lost in 20 it loses a third
    of the intervals.

    References
    ----------
    .. [1] Barbieri et al. (2005), Am J Physiol Heart Circ Physiol 288:H424-H435,
       doi:10.1152/ajpheart.00482.2003.
    .. [2] Chen, Brown & Barbieri (2009), IEEE Trans Biomed Eng 56:1791-1802,
       doi:10.1109/TBME.2009.2016349.
    .. [3] Kodituwakku et al. (2012), Med Biol Eng Comput 50:261-275,
       doi:10.1007/s11517-012-0866-z.

    Examples
    --------
    >>> seconds = np.cumsum(np.full(70, 0.9))
    >>> beats = Beats.from_rr(900 + 30 * np.cos(2 * np.pi * 0.2 * seconds), person="a")
    >>> onsets = np.arange(0, 63, 5.0)
    >>> always = np.ones(onsets.size, dtype=bool)
    >>> breaths = Breaths(onsets, onsets + 2, np.ones(onsets.size), always, person="a")
    >>> round(resphrv_point_process(beats, breaths).value)
    63
    """
    return only(_many, "ms", span or from_first_to_last(beats), beats=beats, breaths=breaths)


def follow_resphrv(beats: Beats, breaths: Breaths, *, memory: float) -> PointProcess:
    """Return RespHRV each second by local likelihood, and how well the model fits the beats.

    The model is that of :func:`resphrv_point_process`; about each second, intervals weigh the
    less the farther they are in time, before or after, and the same about each beat for the
    test of the fit. The cost is in proportion to the length of the recording.

    Parameters
    ----------
    beats : Beats
        Of one person.
    breaths : Breaths
        Of the same person.
    memory : float
        Seconds over which the weight of an interval falls to 1 / e; 20 to 40 are usual. The
        shorter, the quicker the swing can change, and the wider its intervals.

    Returns
    -------
    PointProcess
        NaN, not an error, where there is nothing to go on. Missing seconds have no reason: ask
        :func:`resphrv_point_process` about them.

    Raises
    ------
    DataError
        If `memory` is not a positive number.

    Notes
    -----
    Chen, Brown & Barbieri (2009), doi:10.1109/TBME.2009.2016349, weigh the past alone, by a
    window of 60 to 90 s. Here both sides are weighed, as suits a recording that is complete,
    so that values do not lag. That each interval took part in the fit that judges it is made
    up for by its leverage.

    Simulated hearts pass the test of the fit; real ones need not. In two recordings of 5 min
    the distance is 0.10 (breathing 17 a minute) and 0.16 (6 a minute, deeply) where 0.07 is the
    limit: more intervals than an inverse Gaussian has lie near what is expected, and a few lie
    far off. Then the standard errors hold no more than roughly.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> seconds = np.cumsum(np.full(300, 0.9))
    >>> wave = 30 * np.cos(2 * np.pi * 0.2 * seconds) + rng.normal(0, 5, 300)
    >>> beats = Beats.from_rr(900 + wave, person="a")
    >>> onsets = np.arange(0, 260, 5.0)
    >>> always = np.ones(onsets.size, dtype=bool)
    >>> breaths = Breaths(onsets, onsets + 2, np.ones(onsets.size), always, person="a")
    >>> followed = follow_resphrv(beats, breaths, memory=30.0)
    >>> round(followed.values[100]), followed.ks_distance < followed.ks_limit
    (62, True)
    """
    if not (math.isfinite(memory) and memory > 0):
        raise DataError(f"memory is a positive number of seconds, not {memory}")
    if not len(beats):
        none = np.zeros(0)
        return PointProcess(none, none, none, none, math.nan, math.nan)
    times = np.arange(math.ceil(beats.times[0]), math.floor(beats.times[-1]) + 1.0)
    fit = _about(times, beats, breaths, memory=memory)
    swings = _swings(fit)
    around = max(PIECE / 2, memory)
    near = breathing(breaths, times - around, times + around).near_mayer
    there = (fit[:, WORTH] > 0) & (_away(times, beats, breaths) <= memory)
    value = np.maximum(swings.raw - (1 + HIDDEN * near) * swings.bias, 0.0)
    se = (1 + HIDDEN * near) * np.sqrt(swings.whole_variance)
    uniforms = _uniforms(beats, breaths, memory=memory)
    distance, limit = _kolmogorov_smirnov(uniforms)
    return PointProcess(
        times,
        np.where(there, value, np.nan),
        np.where(there, se, np.nan),
        uniforms,
        distance,
        limit,
    )


def _about(centers: FloatArray, beats: Beats, breaths: Breaths, *, memory: float) -> FloatArray:
    """Return the local likelihood about each of `centers`, asked for the interval there."""
    first = np.searchsorted(beats.times, centers - REACH * memory).astype(np.int64)
    last = np.searchsorted(beats.times, centers + REACH * memory).astype(np.int64) - 1
    asked = np.searchsorted(beats.times, centers).astype(np.int64)
    return np.asarray(
        local_likelihood(
            *phased(beats, breaths), first, np.maximum(first, last), centers, asked, memory
        )
    )


def _away(times: FloatArray, beats: Beats, breaths: Breaths) -> FloatArray:
    """Return how far (s) from each of `times` the nearest interval is that can be used."""
    at, normal, phase, _ = phased(beats, breaths)
    used = normal & ~np.isnan(phase[1:]) & ~np.isnan(phase[:-1])
    if not used.any():
        return np.full(times.size, np.inf)
    begins, ends = at[:-1][used], at[1:][used]
    k = np.searchsorted(begins, times)
    since = times - np.concatenate(([-np.inf], ends))[k]
    until = np.concatenate((begins, [np.inf]))[k] - times
    return np.asarray(np.maximum(np.minimum(since, until), 0.0))


def _uniforms(beats: Beats, breaths: Breaths, *, memory: float) -> FloatArray:
    """Return the chance of each interval that it would have been shorter."""
    fit = _about(beats.times[:-1], beats, breaths, memory=memory)
    known = ~np.isnan(fit[:, EXPECTED])
    shape = fit[known, SHAPE] / (1 - np.minimum(fit[known, PULL], MOST_PULL))
    return inverse_gaussian(beats.rr_ms[known], fit[known, EXPECTED], shape)


def inverse_gaussian(length: FloatArray, mean: FloatArray, shape: FloatArray) -> FloatArray:
    """Return the distribution function of the inverse Gaussian at each `length`."""
    from scipy.special import log_ndtr, ndtr  # noqa: PLC0415 - slow to import, seldom used

    root = np.sqrt(shape / length)
    late = np.exp(2 * shape / mean + log_ndtr(-root * (length / mean + 1)))
    return np.asarray(np.clip(ndtr(root * (length / mean - 1)) + late, 0.0, 1.0))


def _kolmogorov_smirnov(uniforms: FloatArray) -> tuple[float, float]:
    n = uniforms.size
    if not n:
        return math.nan, math.nan
    steps = np.arange(n + 1) / n
    ordered = np.sort(uniforms)
    distance = max(np.max(steps[1:] - ordered), np.max(ordered - steps[:-1]))
    return float(distance), KS / math.sqrt(n)
