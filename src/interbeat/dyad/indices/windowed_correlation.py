"""Windowed correlation: the default way to ask whether two people move together."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.dyad._series import FASTEST, checked
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.detectable import Seen
from interbeat.dyad.preparation import decimated, evened, prepared
from interbeat.dyad.synchrony import Synchrony, with_null
from interbeat.dyad.windows.spread import mean_curve
from interbeat.dyad.windows.windowed import Layout, cross_correlations

__all__ = ["windowed_correlation"]

WINDOW, HOP, LAG = 30.0, 5.0, 5.0  # s


def _ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    factor = max(math.ceil(sampling_rate / FASTEST - 1e-9), 1)
    rate = sampling_rate / factor
    return evened(prepared(decimated(values, factor), rate), rate), rate


def _layout(rate: float, window: float, hop: float, max_lag: float) -> Layout:
    return Layout(round(window * rate), max(round(hop * rate), 1), round(max_lag * rate))


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *,
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG,
) -> float:  # fmt: skip
    z = cross_correlations(x, y, _layout(rate, window, hop, max_lag))
    known = np.isfinite(z)
    return float(np.abs(mean_curve(z)).max()) if known.any(axis=0).all() else math.nan


@index(
    label="Windowed correlation",
    source="Boker et al. 2002, Psychological Methods 7:338, doi:10.1037/1082-989X.7.3.338",
    prepare=_ready,
    statistic=_statistic,
)
def windowed_correlation(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    window: float = WINDOW, hop: float = HOP, max_lag: float = LAG,
) -> Coupling:  # fmt: skip
    """Return :func:`~interbeat.dyad.synchrony.synchrony` as one index among others.

    The mean Fisher z of windows at the best lag, signed, against every circular shift.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series at the same times; NaN where one is missing.
    sampling_rate : float
        In Hz. Above 10 Hz, means over several samples are taken.
    signal : str
        What of the two, for people: ``"heart rate"``.
    window, hop, max_lag : float
        In seconds, rounded to samples.

    Returns
    -------
    Coupling
        ``parts``: ``lag`` (s; positive: a leads), ``episode_share`` (of the time) and
        ``episode_rate`` (1/h). ``curves``: ``times`` and ``z`` of the windows at the best lag,
        ``lags`` and ``mean_z``. The null is of the mean z's size. Missing as `synchrony` says.

    Raises
    ------
    DataError
        As `synchrony` does.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8) + rng.standard_normal(2400)  # b follows after 2 s
    >>> found = windowed_correlation(a, b, sampling_rate=4)
    >>> print(found.parts["lag"], "p", round(found.p, 3))
    2.000 ± 0.003 s p 0.017
    """
    found, null = with_null(
        x, y, sampling_rate=sampling_rate, signal=signal,
        window=window, hop=hop, max_lag=max_lag, start=0.0,
    )  # fmt: skip
    if found.strength.reason:
        return missing("windowed_correlation", signal, found.strength.reason, found.settings)
    recorded = checked(x, y, sampling_rate=sampling_rate)
    return judged(
        "windowed_correlation",
        signal,
        recorded,
        statistic=partial(
            _statistic, rate=recorded.rate, window=window, hop=hop, max_lag=max_lag
        ),
        null=null,
        value=found.strength,
        parts={
            "lag": found.lag,
            "episode_share": found.episodes.share,
            "episode_rate": found.episodes.rate,
        },
        curves=_curves(found),
        settings=found.settings,
        seen=Seen(found.detectable, found.needed),
    )


def _curves(found: Synchrony) -> dict[str, FloatArray]:
    return {
        "times": found.times,
        "z": found.z,
        "lags": found.lags,
        "mean_z": found.curve,
    }
