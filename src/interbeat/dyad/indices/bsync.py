"""bsync: windowed cross-correlation with the nearest peak, and how often each person leads."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.modes._modes import SHIFTS, Laid, fisher, laid, mean_size, ready
from interbeat.dyad.modes._tenths import by_tenths, estimate, lag_estimate, share
from interbeat.dyad.modes.anchored import Grid, correlations, grid_of
from interbeat.dyad.modes.peaks import Peaks, nearest_peaks
from interbeat.dyad.nulls import by_shifts

__all__ = ["Leading", "bsync", "leading"]

WINDOW, HOP, LAG = 30.0, 5.0, 5.0  # s
WIDTH = 9  # samples that a peak must overlook
AROUND = 11  # windows whose leaders are counted


class Leading(NamedTuple):
    """Who leads around each window; shape (w,) each.

    Parameters
    ----------
    a, b : ndarray
        In how many windows around it a leads, and b.
    asymmetry : ndarray
        ``(a - b) / (a + b)``; NaN where nobody does.
    """

    a: FloatArray
    b: FloatArray
    asymmetry: FloatArray


class _Known(TypedDict):
    """What estimates of one record have in common."""

    quality: float
    n: int
    reason: str


def leading(lags: FloatArray, *, around: int) -> Leading:
    """Return how often each person leads among the windows around each one.

    Parameters
    ----------
    lags : ndarray, shape (w,)
        Lag of each window's peak; positive: a leads; NaN where it has none.
    around : int
        Odd: how many windows, the one in the middle among them; at the ends there are fewer.

    Examples
    --------
    >>> leading(np.array([2.0, 1.0, -1.0, 0.0, 3.0]), around=3).asymmetry
    array([1.        , 0.33333333, 0.        , 0.        , 1.        ])
    """
    half = around // 2
    counts = [
        np.convolve(who, np.ones(around))[half : half + lags.size]
        for who in (lags > 0, lags < 0)
    ]
    a, b = (np.round(count) for count in counts)
    total = a + b
    return Leading(a, b, np.where(total > 0, (a - b) / np.maximum(total, 1), np.nan))


def _grid(rate: float, window: float, hop: float, max_lag: float) -> Grid:
    grid = grid_of(rate, window=window, hop=hop, max_lag=max_lag, anchor="a")
    return grid._replace(window=grid.window + 1)


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *,
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG,
) -> float:  # fmt: skip
    return mean_size(correlations(x, y, _grid(rate, window, hop, max_lag)))


@index(
    label="Windowed cross-correlation (bsync)",
    source="Boker et al. 2002, doi:10.1037/1082-989X.7.3.338",
    prepare=ready,
    statistic=_statistic,
)
def bsync(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG,
) -> Coupling:  # fmt: skip
    r"""Return the mean ``|z|`` over windows and lags, as bsync does, and how often each leads.

    In each window of a's series (one sample more than `window` seconds, as there) the two are
    correlated at every lag; the window of b moves both ways. In each window the peak nearest
    to lag 0 is taken: a correlation that none of the 4 lags on either side exceeds. Nothing is
    taken away before: the numbers are those of bsync (as of June 2026).

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

    Returns
    -------
    Coupling
        ``value`` is the mean ``|z|`` over windows and lags. Parts: ``r``, the mean correlation
        at the peaks; ``lag``, their mean lag in seconds (positive: a leads; missing where p is
        above 0.05); ``asymmetry``, of windows whose peak is not at lag 0, the share in which a
        leads minus the share in which b does; ``peaks``, the share of windows with a peak.
        Curves: ``times``, ``r`` and ``peak_lags`` by window, and ``asymmetry`` of the 11
        windows around it; ``lags`` with ``mean_abs_z`` and ``mean_z``. Standard errors come
        from leaving out tenths of the windows. ``p`` is from 199 circular shifts of b's series;
        bsync's own leaves the observed out, so that it can be 0.

    Raises
    ------
    DataError
        If the series, the rate, or window, hop and lag make no sense.

    Notes
    -----
    Two peaks as far from lag 0 on either side count as b leading, here as there: on few lags
    this tips the asymmetry towards b.

    References
    ----------
    .. [1] Boker, Xu, Rotondo & King (2002), Psychological Methods 7:338,
       doi:10.1037/1082-989X.7.3.338.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8) + rng.standard_normal(2400)  # b follows after 2 s
    >>> found = bsync(a, b, sampling_rate=4, signal="heart rate")
    >>> print(found.value, "a leads more often:", found.parts["asymmetry"])
    0.307 ± 0.011 a leads more often: 0.2 ± 0.2
    """
    made = laid(
        x, y, sampling_rate=sampling_rate, signal=signal, window=window, hop=hop,
        max_lag=max_lag, anchor="a", longer=1,
    )  # fmt: skip
    if made.reason:
        return missing("bsync", signal, made.reason, made.settings)
    statistic = partial(
        _statistic, rate=made.pair.rate, window=window, hop=hop, max_lag=max_lag
    )
    null = by_shifts(statistic, made.pair.x, made.pair.y, count=SHIFTS, span=made.lags.size)
    peaks = nearest_peaks(made.r, width=WIDTH)
    z = fisher(made.r)
    parts = _parts(peaks, made, null.p)
    curves = {
        "times": made.times,
        "r": peaks.r,
        "peak_lags": peaks.lag / made.pair.rate,
        "asymmetry": leading(peaks.lag, around=AROUND).asymmetry,
        "lags": made.lags,
        "mean_abs_z": by_tenths(np.abs(z))[0],
        "mean_z": by_tenths(z)[0],
    }
    value = estimate(
        [null.observed, *by_tenths(np.abs(z)).mean(axis=1)[1:]],
        unit="", quality=made.pair.quality, n=z.shape[0], reason="no window",
    )  # fmt: skip
    return judged(
        "bsync", signal, made.pair, statistic=statistic, null=null, value=value,
        parts=parts, curves=curves, settings=made.settings,
    )  # fmt: skip


def _parts(peaks: Peaks, made: Laid, p: float) -> dict[str, Estimate]:
    quality, n = made.pair.quality, int(np.isfinite(peaks.r).sum())
    lag = peaks.lag / made.pair.rate
    leader = np.where(lag == 0, np.nan, np.sign(lag))
    r, mean, asymmetry, there = by_tenths(
        np.stack([peaks.r, lag, leader, np.isfinite(lag) * 1.0], axis=1)
    ).T
    known: _Known = {"quality": quality, "n": n, "reason": "no window has a peak"}
    return {
        "r": estimate(r, unit="", **known),
        "lag": lag_estimate(mean, p=p, step=1 / made.pair.rate, **known),
        "asymmetry": _both_ways(share((1 + asymmetry) / 2, blocks=made.blocks, **known)),
        "peaks": share(
            there, blocks=made.blocks, quality=quality, n=peaks.r.size, reason="no window"
        ),
    }


def _both_ways(of_a: Estimate) -> Estimate:
    """Return from -1 to 1 how much oftener a leads than b, given how often a does."""
    if of_a.reason:
        return of_a
    return Estimate(2 * of_a.value - 1, 2 * of_a.se, "", of_a.quality, of_a.n)
