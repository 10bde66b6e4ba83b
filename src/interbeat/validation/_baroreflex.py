"""Spontaneous baroreflex sensitivity: how many milliseconds the heart answers to a mmHg."""

from __future__ import annotations

import math

import numpy as np
from scipy.signal import detrend, welch

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["sensitivity"]

LEAST_MMHG, LEAST_MS = 1.0, 4.0  # a change from beat to beat (Parati et al. 1988)
LEAST_STEPS = 2  # changes in one direction: three beats
LEAST_CORRELATION = 0.85
BAND = (0.04, 0.15)  # Hz
EVEN, SEGMENT = 4.0, 64.0  # Hz and s of the spectra


def sensitivity(times: FloatArray, systolic: FloatArray, *, method: str) -> float:
    """Return spontaneous baroreflex sensitivity, in ms/mmHg; NaN where it cannot be told.

    Parameters
    ----------
    times, systolic : ndarray, shape (n,)
        Instants of the beats (s) and the systolic pressure that each brought (mmHg).
    method : {"sequence", "alpha"}
        Slopes of sequences, or the root of a ratio of powers.

    Returns
    -------
    float

    Raises
    ------
    DataError
        If there is no such method.

    References
    ----------
    Sequences: Bertinieri et al. (1985), J Hypertens 3(suppl 3):S79. Each systole is paired with
    the interval in which it falls (no lag), steps of under 1 mmHg or 4 ms end a sequence, and
    those that correlate under 0.85 are left out. Alpha: Pagani et al. (1988), Hypertension
    12:600; we take the whole band from 0.04 to 0.15 Hz, whatever its coherence.

    Examples
    --------
    >>> pressure = 120 + 3 * np.sin(np.arange(200) * 0.6)
    >>> times = np.concatenate(([0.0], np.cumsum(0.9 + 0.012 * (pressure[:-1] - 120))))
    >>> [round(sensitivity(times, pressure, method=m)) for m in ("sequence", "alpha")]
    [12, 12]
    """
    methods = {"sequence": _sequence, "alpha": _alpha}
    if method not in methods:
        raise DataError(f"no method is called {method!r}; possible: {', '.join(methods)}")
    if times.size < 2 * SEGMENT:
        return math.nan
    return methods[method](times, systolic)


def _sequence(times: FloatArray, systolic: FloatArray) -> float:
    rr, pressure = np.diff(times) * 1000, systolic[:-1]
    slopes = [
        *_slopes(pressure, rr, +1.0),
        *_slopes(pressure, rr, -1.0),
    ]
    return float(np.mean(slopes)) if slopes else math.nan


def _slopes(pressure: FloatArray, rr: FloatArray, sign: float) -> list[float]:
    step = (sign * np.diff(pressure) >= LEAST_MMHG) & (sign * np.diff(rr) >= LEAST_MS)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], step.astype(np.int8), [0]))))
    found = []
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if after - first < LEAST_STEPS:
            continue
        x, y = pressure[first : after + 1], rr[first : after + 1]
        if np.corrcoef(x, y)[0, 1] >= LEAST_CORRELATION:
            found.append(float(np.polyfit(x, y, 1)[0]))
    return found


def _alpha(times: FloatArray, systolic: FloatArray) -> float:
    grid = np.arange(times[0], times[-2], 1 / EVEN)
    rr = np.interp(grid, times[:-1], np.diff(times) * 1000)
    power = [_power(values) for values in (rr, np.interp(grid, times, systolic))]
    return math.sqrt(power[0] / power[1]) if power[1] > 0 else math.nan


def _power(values: FloatArray) -> float:
    size = min(round(SEGMENT * EVEN), values.size)
    frequency, density = welch(detrend(values), EVEN, nperseg=size)
    return float(density[(frequency >= BAND[0]) & (frequency < BAND[1])].sum())
