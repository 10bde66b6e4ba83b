"""rMEA: windowed lagged cross-correlation as in motion energy analysis."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.modes._modes import SHIFTS, Laid, fisher, laid, mean_size, ready
from interbeat.dyad.modes._tenths import by_tenths, estimate
from interbeat.dyad.modes.anchored import correlations, grid_of
from interbeat.dyad.modes.segmented import by_row
from interbeat.dyad.nulls import by_shifts
from interbeat.dyad.windows.spread import lag_of, resampled
from interbeat.dyad.windows.windowed import Layout

__all__ = ["Lead", "lead_means", "rmea"]

WINDOW, HOP, LAG = 60.0, 30.0, 5.0  # s


class Lead(NamedTuple):
    """Means over the lags of each window, as rMEA's summary gives them; shape (w,) each.

    Parameters
    ----------
    all_lags : ndarray
        Over all lags.
    a_leads, b_leads : ndarray
        Over the lags above 0, and below 0.
    at_zero : ndarray
        At lag 0.
    a_leads_or_none, b_leads_or_none : ndarray
        Over the lags from 0 up, and from 0 down.
    best : ndarray
        The lag of the highest value, in samples; positive: a leads. NaN where one is missing.
    """

    all_lags: FloatArray
    a_leads: FloatArray
    b_leads: FloatArray
    at_zero: FloatArray
    a_leads_or_none: FloatArray
    b_leads_or_none: FloatArray
    best: FloatArray


def lead_means(z: FloatArray) -> Lead:
    """Return the means over lags of each window, NaN where a window misses a lag.

    Parameters
    ----------
    z : ndarray, shape (w, k)
        Windows by lags, as many below 0 as above.

    Examples
    --------
    >>> found = lead_means(np.array([[0.1, 0.2, 0.3, 0.4, 0.2]]))
    >>> print(found.a_leads, found.b_leads, found.best)
    [0.3] [0.15] [1.]
    """
    zero = z.shape[1] // 2
    ranges = (
        slice(zero + 1, None), slice(None, zero),
        slice(zero, zero + 1), slice(zero, None), slice(None, zero + 1),
    )  # fmt: skip
    whole = np.isfinite(z).all(axis=1)
    best = np.where(whole, np.argmax(z, axis=1) - zero, np.nan)
    means = [np.where(whole, by_row(z[:, some]), np.nan) for some in ranges]
    after, before, at_zero, from_zero, to_zero = means
    return Lead(z.mean(axis=1), after, before, at_zero, from_zero, to_zero, best)


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *,
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG,
) -> float:  # fmt: skip
    grid = grid_of(rate, window=window, hop=hop, max_lag=max_lag, anchor="earlier")
    return mean_size(correlations(x, y, grid))


@index(
    label="Movement synchrony (rMEA)",
    source="Kleinbub & Ramseyer 2021, doi:10.1080/10503307.2020.1844334",
    prepare=ready,
    statistic=_statistic,
)
def rmea(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG,
) -> Coupling:  # fmt: skip
    r"""Return the mean ``|z|`` over windows and lags, as rMEA does, with a p.

    In each window the two series are correlated at every lag; the window of the one who leads
    stands on the grid of hops, that of the other comes later. Nothing is taken away before:
    the numbers are rMEA's (``MEAccf`` with ``r2Z = TRUE``, ``ABS = TRUE``).

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
        ``value`` is the mean ``|z|``, rMEA's ``grandAver``. Parts: ``z_signed``, the same with
        signs (``ABS = FALSE``); ``lead_a``, ``lead_b`` and ``at_zero``, the mean ``|z|`` at the
        lags where a leads, where b leads, and at lag 0; ``lag``, at which the mean ``|z|`` is
        highest, in seconds; positive: a leads. It is missing where p is above 0.05, at the end
        of the range, and where resampled records scatter it over a third of it. Curves:
        ``lags``, ``mean_abs_z``, ``mean_z``; by window ``times`` and ``z`` (its mean ``|z|``)
        and ``best_lags``. Standard errors come from leaving out tenths of the windows. ``p``
        is from 199 circular shifts of b's series; rMEA itself compares with other dyads, which
        is the better question where all dyads share a task.

    Raises
    ------
    DataError
        If the series, the rate, or window, hop and lag make no sense.

    Notes
    -----
    The mean over all lags has little power: see :func:`~interbeat.dyad.synchrony`.

    References
    ----------
    .. [1] Kleinbub & Ramseyer (2021), Psychotherapy Research 31:817,
       doi:10.1080/10503307.2020.1844334.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8) + rng.standard_normal(2400)  # b follows after 2 s
    >>> found = rmea(a, b, sampling_rate=4, signal="movement")
    >>> print(found.value, "at", round(found.parts["lag"].value, 2), "s")
    0.282 ± 0.008 at 2.0 s
    """
    made = laid(
        x, y, sampling_rate=sampling_rate, signal=signal, window=window, hop=hop,
        max_lag=max_lag, anchor="earlier",
    )  # fmt: skip
    if made.reason:
        return missing("rmea", signal, made.reason, made.settings)
    statistic = partial(
        _statistic, rate=made.pair.rate, window=window, hop=hop, max_lag=max_lag
    )
    null = by_shifts(statistic, made.pair.x, made.pair.y, count=SHIFTS, span=made.lags.size)
    z = fisher(made.r)
    parts = _parts(z, made, null.p)
    each = lead_means(np.abs(z))
    curves = {
        "lags": made.lags,
        "mean_abs_z": by_tenths(np.abs(z))[0],
        "mean_z": by_tenths(z)[0],
        "times": made.times,
        "z": each.all_lags,
        "best_lags": each.best / made.pair.rate,
    }
    return judged(
        "rmea", signal, made.pair, statistic=statistic, null=null, value=parts.pop("z"),
        parts=parts, curves=curves, settings=made.settings,
    )  # fmt: skip


def _parts(z: FloatArray, made: Laid, p: float) -> dict[str, Estimate]:
    size, signed = by_tenths(np.abs(z)), by_tenths(z)
    n, quality, zero = z.shape[0], made.pair.quality, made.grid.max_lag
    values = {
        "z": np.array([mean_size(made.r), *size.mean(axis=1)[1:]]),
        "z_signed": signed.mean(axis=1),
        "lead_a": by_row(size[:, zero + 1 :]),
        "lead_b": by_row(size[:, :zero]),
        "at_zero": size[:, zero],
    }
    found = {
        name: estimate(series, unit="", quality=quality, n=n, reason="no lag of this kind")
        for name, series in values.items()
    }
    layout = Layout(made.grid.window, made.grid.hop, made.grid.max_lag)
    draws = resampled(np.abs(z), layout, made.pair.rate)
    found["lag"] = lag_of(size[0], draws, made.pair.rate, p=p, quality=quality, n=n)
    return found
