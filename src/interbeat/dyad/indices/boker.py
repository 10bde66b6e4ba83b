"""Boker: windowed cross-correlation whose peak in each window is sought from lag 0 outward."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.modes._modes import SHIFTS, Laid, laid, ready
from interbeat.dyad.modes._tenths import by_tenths, estimate, lag_estimate, share
from interbeat.dyad.modes.anchored import correlations, grid_of
from interbeat.dyad.modes.peaks import FEWEST, Peaks, outward_peaks
from interbeat.dyad.nulls import by_shifts

__all__ = ["boker"]

WINDOW, HOP, LAG = 30.0, 5.0, 5.0  # s
LEAST = 8  # half samples on either side in which nothing is higher


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *,
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG, least: int = LEAST,
) -> float:  # fmt: skip
    grid = grid_of(rate, window=window, hop=hop, max_lag=max_lag, anchor="later")
    if grid.lags.size < FEWEST:
        return math.nan
    return _mean_peak(outward_peaks(correlations(x, y, grid), least=least), x, y)


def _mean_peak(peaks: Peaks, x: FloatArray, y: FloatArray) -> float:
    """Return the mean peak; 0 where there are windows and none has a peak."""
    known = np.isfinite(peaks.r)
    if known.any():
        return float(peaks.r[known].mean())
    both = np.isfinite(x) & np.isfinite(y)
    return 0.0 if both.any() else math.nan


@index(
    label="Peak picking (Boker)",
    source="Boker et al. 2002, doi:10.1037/1082-989X.7.3.338",
    prepare=ready,
    statistic=_statistic,
)
def boker(  # noqa: PLR0913 - each one is a setting of the method
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG, least: int = LEAST,
) -> Coupling:  # fmt: skip
    r"""Return the mean peak of windowed cross-correlations, and at which lags peaks are.

    In each window the two series are correlated at every lag; the window of the one who
    *follows* stands on the grid of hops, that of the other comes before. Over lags, the
    correlations are smoothed, and from lag 0 outward the first lasting maximum is sought:
    see :func:`~interbeat.dyad.modes.peaks.outward_peaks`. Nothing is taken away before: the
    numbers are those of the R code that Behrens et al. [2]_ and others use.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series; NaN where one is missing: only pairs that are there
        count. Over 25 Hz, means over several samples are taken.
    sampling_rate : float
        In Hz.
    signal : str
        What of the two, for people.
    window, hop, max_lag : float
        In seconds.
    least : int
        How many half samples on either side nothing higher may be in.

    Returns
    -------
    Coupling
        ``value`` is the mean correlation at the peaks. Parts: ``r_sd``, its standard deviation
        over windows; ``lag``, the mean lag of the peaks in seconds (positive: a leads; missing
        where p is above 0.05); ``lag_sd``, their standard deviation; ``peaks``, the share of
        windows that have one. Curves: ``times``, ``r`` and ``peak_lags`` by window (NaN without
        a peak), and ``lags`` with ``mean_r``. Standard errors come from leaving out tenths of
        the windows. ``p`` is from 199 circular shifts of b's series, peaks and all. Missing,
        with a reason, where there are fewer than 17 lags: at 1 Hz, they must reach to 8 s.

    Raises
    ------
    DataError
        If the series, the rate, or window, hop and lag make no sense.

    Notes
    -----
    A peak is sought in every window, so that the mean peak of two strangers is far above 0:
    0.2 to 0.5. Only ``p`` says whether it is more than that. A negative correlation is never
    looked for, and the mean lag of peaks on both sides says little: look at ``lag_sd``. The R
    code leaves out the last window; we do not.

    References
    ----------
    .. [1] Boker, Xu, Rotondo & King (2002), Psychological Methods 7:338,
       doi:10.1037/1082-989X.7.3.338.
    .. [2] Behrens et al. (2020), doi:10.1101/2020.08.27.269746.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8) + rng.standard_normal(2400)  # b follows after 2 s
    >>> found = boker(a, b, sampling_rate=4, signal="heart rate")
    >>> print(found.value, "at", found.parts["lag"])
    0.842 ± 0.015 at 1.99 ± 0.04 s
    """
    made = laid(
        x, y, sampling_rate=sampling_rate, signal=signal, window=window, hop=hop,
        max_lag=max_lag, anchor="later",
    )  # fmt: skip
    settings = {**made.settings, "least": float(least)}
    few = f"{made.lags.size} of {FEWEST} lags" if made.lags.size < FEWEST else ""
    if made.reason or few:
        return missing("boker", signal, made.reason or few, settings)
    peaks = outward_peaks(made.r, least=least)
    if not np.isfinite(peaks.r).any():
        return missing("boker", signal, "no window has a peak", settings)
    statistic = partial(
        _statistic, rate=made.pair.rate, window=window, hop=hop, max_lag=max_lag, least=least
    )
    null = by_shifts(statistic, made.pair.x, made.pair.y, count=SHIFTS, span=made.lags.size)
    parts = _parts(peaks, made, null.p)
    curves = {
        "times": made.times,
        "r": peaks.r,
        "peak_lags": peaks.lag / made.pair.rate,
        "lags": made.lags,
        "mean_r": by_tenths(made.r)[0],
    }
    return judged(
        "boker", signal, made.pair, statistic=statistic, null=null, value=parts.pop("r"),
        parts=parts, curves=curves, settings=settings,
    )  # fmt: skip


def _parts(peaks: Peaks, made: Laid, p: float) -> dict[str, Estimate]:
    quality, n = made.pair.quality, int(np.isfinite(peaks.r).sum())
    lag = peaks.lag / made.pair.rate
    r, r2, s, s2, there = by_tenths(
        np.stack([peaks.r, peaks.r**2, lag, lag**2, np.isfinite(lag) * 1.0], axis=1)
    ).T
    reason = "no window has a peak"

    def of(values: FloatArray, unit: str) -> Estimate:
        return estimate(values, unit=unit, quality=quality, n=n, reason=reason)

    return {
        "r": of(r, ""),
        "r_sd": of(np.sqrt(np.maximum(r2 - r**2, 0)), ""),
        "lag": lag_estimate(
            s, p=p, step=0.5 / made.pair.rate, quality=quality, n=n, reason=reason
        ),
        "lag_sd": of(np.sqrt(np.maximum(s2 - s**2, 0)), "s"),
        "peaks": share(
            there, blocks=made.blocks, quality=quality, n=peaks.r.size, reason=reason
        ),
    }
