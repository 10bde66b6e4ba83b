"""Synchrony: whether two tracks move together, at which lag, against what chance would give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import SHORTEST, checked, why_not
from interbeat.dyad.detectable import Seen, in_windows, passed_by, seen_at, unseen
from interbeat.dyad.nulls import Null
from interbeat.dyad.preparation import HIGH_PASS, evened, prepared
from interbeat.dyad.windows.chance import Chance, chance_of
from interbeat.dyad.windows.episodes import Episodes, episodes_of, scores_of
from interbeat.dyad.windows.second import alike, second_top
from interbeat.dyad.windows.spread import lag_of, mean_curve, resampled
from interbeat.dyad.windows.windowed import Layout, cross_correlations

__all__ = ["Synchrony", "synchrony", "with_null"]

Z95 = 1.959963984540054  # standard normal quantile at 0.975
NONE = Null(np.array([math.nan]), math.nan, "")
NOT_LOOKED_FOR = "not looked for"


@dataclass(frozen=True, slots=True)
class Synchrony:
    """How far two people's tracks move together.

    A positive lag means that person a leads.

    Parameters
    ----------
    signal : str
        What of the two: ``"heart rate"``, ``"skin conductance"``, ``"breathing"``.
    strength : Estimate
        Mean Fisher z of the windowed correlations at the best lag, signed.
    lag : Estimate
        The best lag in seconds; positive: a leads.
    p : float
        Share of all circular shifts whose statistic reaches the observed one; NaN if missing.
    floor : float
        The smallest p that this recording could give.
    times : ndarray, shape (w,)
        Centre of each window, in seconds since the session began.
    z : ndarray, shape (w,)
        Fisher z of each window at the best lag; NaN where a window had too little data.
    null_low, null_high : ndarray, shape (w,)
        2.5 % and 97.5 % points of each window's z over the shifts.
    lags : ndarray, shape (k,)
        Lags in seconds; positive: a leads.
    curve : ndarray, shape (k,)
        Mean z over windows at each lag.
    curve_low, curve_high : ndarray, shape (k,)
        2.5 % and 97.5 % points of the mean z over the shifts.
    settings : mapping of str to float
        ``window``, ``hop``, ``max_lag`` in seconds, ``sampling_rate`` in Hz, ``shifts``,
        ``circle`` (s that are shifted in a circle) and ``high_pass`` in Hz.
    threshold : float
        How far from 0 the curve must get at its highest for a p of 0.05; NaN if missing.
    episodes : Episodes
        When the two were together: stretches of windows that chance would not give.
    detectable : Estimate
        The coupling, as a correlation, that a recording like this one would have shown in 8 of
        10 cases.
    needed : Estimate
        How long a session must be to show a coupling of 0.3 in 8 of 10 cases, in s.
    """

    signal: str
    strength: Estimate
    lag: Estimate
    p: float
    floor: float
    times: FloatArray
    z: FloatArray
    null_low: FloatArray
    null_high: FloatArray
    lags: FloatArray
    curve: FloatArray
    curve_low: FloatArray
    curve_high: FloatArray
    settings: Mapping[str, float] = field(default_factory=dict)
    threshold: float = math.nan
    episodes: Episodes = field(default_factory=lambda: Episodes.missing(NOT_LOOKED_FOR))
    detectable: Estimate = field(default_factory=lambda: Estimate.missing("", NOT_LOOKED_FOR))
    needed: Estimate = field(default_factory=lambda: Estimate.missing("s", NOT_LOOKED_FOR))


def synchrony(  # noqa: PLR0913 - each one is a setting of the method
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    window: float = 30.0, hop: float = 5.0, max_lag: float = 5.0, start: float = 0.0,
) -> Synchrony:  # fmt: skip
    r"""Return whether two series move together, at which lag, and whether chance would do.

    Both series lose their line, what is slower than 0.01 Hz and half of the differences between
    frequencies (:func:`~interbeat.dyad.preparation.evened`), so that a few slow waves do not
    rule each window. In windows of `window` seconds every `hop` seconds they are correlated at
    each lag up to `max_lag`, and Fisher's z is averaged over windows. The statistic is the mean
    z farthest from 0 over all lags, in either direction: two people who move against each other
    are tied as well, and ``strength`` is then negative. Its null distribution is what *every*
    circular shift of b's series gives, each with its own best lag, shifts next to zero
    included, so that lags need no further correction; where gaps leave a shift fewer windows,
    its mean counts by the root of their number. A shared situation moves two people together as
    well as a partner does: this test tells both from chance, not from each other.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series, sample by sample at the same times; NaN where one is
        missing. Only pairs of samples that are there count, and a window in which they are
        under half counts as missing.
    sampling_rate : float
        In Hz. Above 10 Hz, means over several samples are taken.
    signal : str
        What of the two, for people: ``"heart rate"``.
    window, hop, max_lag : float
        In seconds, rounded to samples.
    start : float
        Time of the first sample, in seconds since the session began.

    Returns
    -------
    Synchrony
        ``lag`` is positive where a leads. Its standard error, and that of ``strength``, come
        from resampling blocks of windows, with Student's t. ``strength``, ``lag`` and ``p`` are
        missing, with a reason, where a series is constant or there for less than half the time,
        where no window holds enough of both, or where both are there together for under 2
        minutes or 20 times the span of lags (then no p under 0.05 is possible). ``lag`` alone
        is missing where p is above 0.05, where the best lag lies at the end of the range, where
        its standard error is over a third of ``max_lag``, or where there are two lags, one on
        each side of 0, of two who answer each other (within some 1.5 s of 0 they look like
        one). Chance picks a best lag, too: only ``p`` says whether ``strength`` is more.
        ``episodes`` have a test of their own: in a recording of two who are not tied, the
        chance that there is any is 5 %, whatever ``p`` is. ``detectable`` and ``needed`` say
        what a null result leaves open, in the sense of :mod:`interbeat.dyad.detectable`.

    Raises
    ------
    DataError
        If the series differ in length, hold infinities, or the sampling rate, window, hop or
        lag make no sense: a lag range (from ``-max_lag`` to ``max_lag``) longer than the
        window, a hop longer than it, or a window of under 8 samples.

    Notes
    -----
    Windows lie on a's series; lags move b's. The z of windows follow Boker et al. (2002), the
    evening, the statistic and the exhaustive null are ours: the usual mean of ``|z|`` over all
    lags loses much of the power. ``p`` cannot be smaller than ``floor``, the span of lags over
    the length of the circle, because the shifts within the lag range see the same peak. For the
    same reason p is a little too large in short records: of unrelated pairs, 3.7 % should come
    out under 5 % at 10 minutes and 4.8 % at an hour. A record over 1.5 h is cut into equal
    stretches of about half an hour, longer ones where window or lags ask for it, each shifted
    within itself by the same number of seconds, so that time and memory grow with its length
    and no shift compares morning with evening.

    References
    ----------
    .. [1] Boker, Xu, Rotondo & King (2002), Psychological Methods 7:338,
       doi:10.1037/1082-989X.7.3.338.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8) + rng.standard_normal(2400)  # b follows after 2 s
    >>> found = synchrony(a, b, sampling_rate=4, signal="heart rate")
    >>> print(found.lag, "p", round(found.p, 3), "floor", round(found.floor, 3))
    2.000 ± 0.003 s p 0.017 floor 0.017
    """
    return with_null(
        x, y, sampling_rate=sampling_rate, signal=signal,
        window=window, hop=hop, max_lag=max_lag, start=start,
    )[0]  # fmt: skip


def with_null(  # noqa: PLR0913 - each one is a setting of the method
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str,
    window: float, hop: float, max_lag: float, start: float,
) -> tuple[Synchrony, Null]:  # fmt: skip
    """Return :func:`synchrony`, and the statistic of all shifts, the observed one first.

    The parameters are those of :func:`synchrony`; where it is missing, so is the one statistic
    of the null.
    """
    a, b, rate = recorded = checked(x, y, sampling_rate=sampling_rate)
    layout = _layout(rate, window=window, hop=hop, max_lag=max_lag)
    if not math.isfinite(start):
        raise DataError(f"a series starts at a finite time in seconds, not {start}")
    reason = why_not(recorded, signal or "series", least=_least(layout, rate))
    if reason:
        return _missing(reason, signal, n=a.size, rate=rate, layout=layout, start=start), NONE
    a, b = (evened(prepared(series, rate), rate) for series in (a, b))
    z = cross_correlations(a, b, layout)
    if not np.isfinite(z).any(axis=0).all():
        reason = "no window in which both vary and half of the samples are there"
        return _missing(reason, signal, n=a.size, rate=rate, layout=layout, start=start), NONE
    chance = chance_of(a, b, rate, layout)
    curve = mean_curve(z)
    best = int(np.argmax(np.abs(curve)))
    null = Null(chance.statistic, curve.size / chance.statistic.size, "circular shifts")
    draws = resampled(z, layout, rate)
    second = second_top(curve, _shape(a, b, curve.size), chance.means)
    quality = float(np.mean(np.isfinite(a) & np.isfinite(b)))
    n = int(np.isfinite(z[:, best]).sum())
    times = _centers(a.size, rate, layout, start)
    score = math.copysign(1.0, curve[best]) * scores_of(z[:, best], layout)
    seen = _seen(a, b, rate, layout=layout, null=null, windows=n)
    found = Synchrony(
        signal,
        Estimate(float(curve[best]), _spread(draws[:, best], chance), "", quality, n),
        lag_of(curve, draws, rate, p=null.p, second=second, quality=quality, n=n),
        p=null.p,
        floor=null.floor,
        times=times,
        z=z[:, best].copy(),
        null_low=chance.low,
        null_high=chance.high,
        lags=_lags(rate, layout),
        curve=curve,
        curve_low=np.full(curve.size, chance.curve_bounds[0]),
        curve_high=np.full(curve.size, chance.curve_bounds[1]),
        settings=_settings(rate, layout, chance.statistic.size),
        threshold=chance.threshold,
        episodes=episodes_of(score, times, threshold=chance.together, layout=layout, rate=rate),
        detectable=seen.detectable,
        needed=seen.needed,
    )
    return found, null


def _shape(a: FloatArray, b: FloatArray, lags: int) -> FloatArray:
    """Return what a tie at one lag makes of so many lags from it."""
    return 0.5 * (alike(a, lags - 1) + alike(b, lags - 1))


def _spread(draws: FloatArray, chance: Chance) -> float:
    """Return the spread of resampled means; where it is less than under chance, half-way there.

    Few blocks may be alike by chance. Fisher's z scatters about as much where two are tied as
    where they are not, and all shifts together know by how much.
    """
    low, high = chance.curve_bounds
    own, under_chance = float(np.std(draws)), float(high - low) / (2 * Z95)
    return max(own, math.hypot(own, under_chance) / math.sqrt(2))


def _seen(
    a: FloatArray, b: FloatArray, rate: float, *,
    layout: Layout, null: Null, windows: int,
) -> Seen:  # fmt: skip
    """Return what this test could have shown in these two series, were they tied."""
    threshold = passed_by(null.statistics, null.floor)
    return seen_at(
        in_windows(a, b, layout, threshold=threshold, windows=windows),
        seconds=a.size / rate,
        quality=float(np.mean(np.isfinite(a) & np.isfinite(b))),
        least=_least(layout, rate),
    )


def _least(layout: Layout, rate: float) -> float:
    """Return how many seconds a recording must have for these windows and lags."""
    return max(SHORTEST, layout.fewest / rate)


def _layout(rate: float, *, window: float, hop: float, max_lag: float) -> Layout:
    if not (0 < hop < math.inf and 0 < window < math.inf and 0 <= max_lag < math.inf):
        raise DataError(
            f"window, hop and max_lag are seconds from 0 up, not {window}, {hop} and {max_lag}"
        )
    if 2 * max_lag > window:
        raise DataError(
            f"lags from {-max_lag:g} to {max_lag:g} s span more than a window of {window:g} s"
        )
    layout = Layout(round(window * rate), max(round(hop * rate), 1), round(max_lag * rate))
    if layout.window < 8:
        raise DataError(
            f"a window of {window:g} s holds {layout.window} samples at {rate:g} Hz; "
            "8 or more are needed"
        )
    if hop > window:
        raise DataError(
            f"a hop of {hop:g} s leaves out what lies between windows of {window:g} s"
        )
    return layout


def _lags(rate: float, layout: Layout) -> FloatArray:
    return np.arange(-layout.max_lag, layout.max_lag + 1) / rate


def _centers(n: int, rate: float, layout: Layout, start: float) -> FloatArray:
    firsts = layout.hop * np.arange(layout.windows(n))
    return np.asarray(start + (firsts + layout.window / 2) / rate, dtype=np.float64)


def _settings(rate: float, layout: Layout, shifts: int) -> dict[str, float]:
    return {
        "window": layout.window / rate,
        "hop": layout.hop / rate,
        "max_lag": layout.max_lag / rate,
        "sampling_rate": rate,
        "shifts": float(shifts),
        "circle": shifts / rate,
        "high_pass": HIGH_PASS,
    }


def _missing(
    reason: str, signal: str, *, n: int, rate: float, layout: Layout, start: float
) -> Synchrony:
    times, lags = _centers(n, rate, layout, start), _lags(rate, layout)
    no_window, no_lag = np.full(times.size, np.nan), np.full(lags.size, np.nan)
    seen = unseen(reason)
    return Synchrony(
        signal,
        Estimate.missing("", reason),
        Estimate.missing("s", reason),
        p=math.nan,
        floor=math.nan,
        times=times,
        z=no_window,
        null_low=no_window,
        null_high=no_window,
        lags=lags,
        curve=no_lag,
        curve_low=no_lag,
        curve_high=no_lag,
        settings=_settings(rate, layout, 0),
        episodes=Episodes.missing(reason),
        detectable=seen.detectable,
        needed=seen.needed,
    )
