"""Phase locking: whether two rhythms in one band keep step."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import ComplexArray, FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Z95, Estimate
from interbeat.dyad._series import SHORTEST, Pair, checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import TENTHS, Coupling, judged, left_out, missing
from interbeat.dyad.nulls import Null
from interbeat.dyad.waves.turning import (
    RATE,
    SLOW_WAVE,
    around_circle,
    check_band,
    ready,
    turning,
)
from interbeat.kernels.student import student

__all__ = ["phase_locking"]

MAX_LAG = 2.0  # s
LEAST_SHARE = 0.1  # of the record that both must have at a shift
FEWEST_WAVES = 20.0  # stretches that differ: in fewer, no p under 0.05 means anything
LEVEL = 0.05  # above this p the phase difference is one of chance


def _statistic(
    x: FloatArray, y: FloatArray, rate: float,
    *, band: tuple[float, float] = SLOW_WAVE, max_lag: float = MAX_LAG,
) -> float:  # fmt: skip
    lags = _lags(rate, max_lag)
    return float(np.fmax.reduce(_weighed(*_locking(x, y, rate, band=band))[lags]))


@index(
    label="Phase locking",
    source="Lachaux et al. 1999, doi:10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C",
    prepare=ready,
    statistic=_statistic,
)
def phase_locking(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    band: tuple[float, float] = SLOW_WAVE, max_lag: float = MAX_LAG,
) -> Coupling:  # fmt: skip
    r"""Return how far two series keep step in one band of frequencies, and who is ahead.

    .. math:: R(k) = \left|\frac{1}{m}\sum_t e^{i(\varphi_a(t) - \varphi_b(t + k))}\right|

    over the `m` instants that both have, where the phases are those of the series within
    `band`. It is 1 where the distance of the two phases never changes, whatever it is, and
    near 0 where each goes its own way. The value is the largest R over delays k of up to
    `max_lag`: a tie between bodies takes its time, and delays under 2 s hardly differ here.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series, sample by sample at the same times; NaN where one is
        missing. Their line and what is slower than 0.01 Hz are taken away. A missing sample
        counts as 0 when the band is cut out, and is left out of R.
    sampling_rate : float
        In Hz. Above 4 Hz, means over several samples are taken.
    signal : str
        What of the two, for people: ``"heart rate"``.
    band : tuple of float
        In Hz: the slow wave of heart rate (:data:`SLOW_WAVE`), or 0.15 to 0.40 Hz
        (:data:`BREATHING`).
    max_lag : float
        In seconds.

    Returns
    -------
    Coupling
        ``parts["phase"]`` is how far a is ahead of b (rad), ``parts["lag"]`` the same in
        seconds of the band's mean rhythm; positive: a leads. A rhythm tells a lag but for
        whole periods: -5 s and 5 s are one at 0.1 Hz. Both are missing where p is above 0.05,
        or where their 95 % interval reaches half a period, so that either may be ahead.
        Standard errors come from leaving out each tenth of the record once; that of the phase
        is at least what a locking as loose as this leaves of as many independent stretches.

        All is missing, with a reason, where a series is constant or there for under half of
        the time, where there is too little of both for 20 stretches that differ (one is
        1 / bandwidth long: 286 s for the slow wave), or where both are one person's.

    Raises
    ------
    DataError
        If the series differ in length, hold infinities, or the rate, the band or the lag make
        no sense.

    Notes
    -----
    The null is R at *every* circular shift of b's series, by two products of spectra, exactly;
    each R counts by the root of how many instants it rests on, because few scatter more. The
    smallest p is the span of delays over the length. Shifts nearer than 1 / bandwidth tell
    much the same: ``settings["independent_shifts"]`` says how many tell something new, some 40
    in ten minutes of the slow wave. The test of Rayleigh takes every sample for a new one and
    finds 90 to 96 % of strangers in step: it is not offered. Unlike Lachaux et al. (1999), who
    average over trials at one instant, this averages over time in one recording. The band is
    cut out of the spectrum with straight edges.

    A rhythm that both follow for a reason of its own (a task that is paced) locks two people
    as well as a partner does.

    References
    ----------
    .. [1] Lachaux, Rodriguez, Martinerie & Varela (1999), Human Brain Mapping 8:194,
       doi:10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2408), np.ones(8), "valid")
    >>> b = np.roll(a, 6) + rng.standard_normal(a.size)  # b follows after 1.5 s
    >>> found = phase_locking(a, b, sampling_rate=4)
    >>> print(found.value, "lag", found.parts["lag"], "p", round(found.p, 3))
    0.97 ± 0.03 lag 1.54 ± 0.06 s p 0.007
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=RATE)
    check_band(band, pair.rate)
    if not 0 <= max_lag < math.inf:
        raise DataError(f"max_lag is seconds from 0 up, not {max_lag}")
    settings: dict[str, float | str] = {"low": band[0], "high": band[1], "max_lag": max_lag}
    lags = _lags(pair.rate, max_lag)
    fewest = max(SHORTEST, FEWEST_WAVES / (band[1] - band[0]), FEWEST_WAVES * 2 * max_lag)
    reason = why_not(pair, signal or "series", least=fewest)
    if reason:
        return missing("phase_locking", signal, reason, settings)
    pair = pair.prepared
    together, count = _locking(*pair, band=band)
    weighed = _weighed(together, count)
    if not np.isfinite(weighed[lags]).any():
        reason = "too little of the band in both at the same time"
        return missing("phase_locking", signal, reason, settings)
    every = np.fmax.reduce([np.roll(weighed, -k) for k in lags])
    null = Null(every[np.isfinite(every)], lags.size / every.size, "circular shifts")
    best = int(lags[np.nanargmax(weighed[lags])])
    locking = float(np.abs(together[best]) / count[best])
    one, other = (turning(series, pair.rate, band) for series in (pair.x, pair.y))
    settings["independent_shifts"] = _independent(one, other)
    return judged(
        "phase_locking",
        signal,
        pair,
        statistic=partial(_statistic, rate=pair.rate, band=band, max_lag=max_lag),
        null=null,
        value=left_out(partial(_plain, rate=pair.rate, band=band, lags=lags), pair, locking),
        parts=_ahead(one, np.roll(other, -best), pair, delay=best / pair.rate, p=null.p),
        curves={"lags": lags / pair.rate, "locking": (np.abs(together) / count)[lags]},
        settings=settings,
    )


def _lags(rate: float, max_lag: float) -> IntArray:
    """Return how many samples later b is tried."""
    most = round(max_lag * rate)
    return np.arange(-most, most + 1)


def _locking(
    x: FloatArray, y: FloatArray, rate: float, *, band: tuple[float, float]
) -> tuple[ComplexArray, FloatArray]:
    """Return, for b later by each number of samples, the sum of what turns, and of how many."""
    one, other = (turning(series, rate, band) for series in (x, y))
    count = np.real(around_circle(np.abs(one) + 0j, np.abs(other) + 0j))
    return around_circle(one, other), np.maximum(count, 1e-9)


def _weighed(together: ComplexArray, count: FloatArray) -> FloatArray:
    """Return R by the root of how many instants it rests on; NaN where those are too few."""
    enough = count >= LEAST_SHARE * count.size
    return np.where(enough, np.abs(together) / np.sqrt(count * count.size), np.nan)


def _plain(
    x: FloatArray, y: FloatArray, *, rate: float, band: tuple[float, float], lags: IntArray
) -> float:
    together, count = _locking(x, y, rate, band=band)
    weighed = _weighed(together, count)[lags]
    if not np.isfinite(weighed).any():
        return math.nan
    best = lags[np.nanargmax(weighed)]
    return float(np.abs(together[best]) / count[best])


def _independent(one: ComplexArray, other: ComplexArray) -> float:
    """Return how many shifts there are that tell something new.

    One over the sum over frequencies of both powers' shares: what Bartlett's formula of the
    variance of a correlation comes to on a circle.
    """
    shares = [np.abs(np.fft.fft(series)) ** 2 for series in (one, other)]
    overlap = float(np.sum(shares[0] / shares[0].sum() * shares[1] / shares[1].sum()))
    return 1 / overlap


def _ahead(
    one: ComplexArray, other: ComplexArray, pair: Pair, *, delay: float, p: float
) -> dict[str, Estimate]:
    """Return how far a is ahead of b: the phase, and the lag that it is at the mean rhythm.

    `other` is b's, `delay` seconds later.
    """
    turned = one * np.conj(other)
    n = int(np.count_nonzero(turned))
    frequency = _rhythm(one, other, pair.rate)
    angle = float(np.angle(turned.sum())) + 2 * np.pi * frequency * delay
    phase, spread = math.remainder(angle, 2 * np.pi), _spread(turned, _independent(one, other))
    undecided = _undecided(phase, spread, p=p, period=1 / frequency)
    if undecided:
        reasons = {"phase": ("rad", undecided), "lag": ("s", undecided)}
        return {
            name: Estimate.missing(unit, reason, pair.quality, n)
            for name, (unit, reason) in reasons.items()
        }
    seconds = 1 / (2 * np.pi * frequency)
    return {
        "phase": Estimate(phase, spread, "rad", pair.quality, n),
        "lag": Estimate(phase * seconds, spread * seconds, "s", pair.quality, n),
    }


def _undecided(phase: float, spread: float, *, p: float, period: float) -> str:
    """Return why the phase difference tells nothing of who is ahead, or nothing."""
    if p > LEVEL:
        return f"not distinguishable from chance (p = {p:.2f})"
    if abs(phase) + Z95 * spread > np.pi:
        return f"undecided: a is ahead, or b, by half a period of {period:.1f} s"
    return ""


def _spread(turned: ComplexArray, independent: float) -> float:
    """Return the standard error of the mean phase difference (rad).

    The larger of two: from leaving out each tenth of the record, and what a locking as loose
    as this one leaves of as many independent stretches. Where few tenths happen to agree, the
    first is too small.
    """
    tenths = np.array([part.sum() for part in np.array_split(turned, TENTHS)])
    total, count = tenths.sum(), np.count_nonzero(turned)
    rest = np.angle((total - tenths) * np.conj(total))
    left = math.sqrt((TENTHS - 1) * float(np.var(rest))) * float(student(TENTHS - 1))
    locking = float(np.clip(np.abs(total) / max(count, 1), 1e-9, 1.0))
    stretches = independent * count / turned.size
    loose = math.sqrt((1 - locking**2) / (2 * stretches)) / locking
    return max(left, loose)


def _rhythm(one: ComplexArray, other: ComplexArray, rate: float) -> float:
    """Return the mean frequency (Hz) of both while they turn."""
    steps = sum(np.vdot(series[:-1], series[1:]) for series in (one, other))
    return float(np.angle(steps)) * rate / (2 * np.pi)
