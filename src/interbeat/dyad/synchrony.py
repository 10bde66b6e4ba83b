"""Synchrony: whether two tracks move together, at which lag, against what chance would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate

__all__ = ["Synchrony"]


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
        ``window``, ``hop``, ``max_lag`` in seconds, ``sampling_rate`` in Hz, ``shifts``.
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
