"""Modes: what the named modes of windowed cross-correlation share before they part ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.dyad._series import SHORTEST, Pair, checked, why_not
from interbeat.dyad.modes.anchored import Anchor, Grid, correlations, grid_of, standardized
from interbeat.dyad.preparation import decimated

__all__ = ["FASTEST", "SHIFTS", "Laid", "fisher", "laid", "mean_size", "ready"]

FASTEST = 25.0  # Hz; video of movement
SHIFTS = 199  # of b's series in a circle
LAG_SPANS = 20  # times the span of lags: in less, no p under 0.05 is possible
HIGHEST = 10.0  # of a Fisher z


class Laid(NamedTuple):
    """Two series under a grid of windows.

    Parameters
    ----------
    pair : Pair
        Around 0 at unit variance.
    grid : Grid
        Window, hop, largest lag and anchor.
    r : ndarray, shape (w, k)
        Correlations of windows at lags.
    settings : mapping
        Window, hop and largest lag in seconds.
    reason : str
        Why there is nothing; ``""`` where there is.
    """

    pair: Pair
    grid: Grid
    r: FloatArray
    settings: Mapping[str, float | str]
    reason: str

    @property
    def lags(self) -> FloatArray:
        """In seconds; positive: a leads."""
        return self.grid.lags / self.pair.rate

    @property
    def times(self) -> FloatArray:
        """Middle of each window at lag 0, in seconds after the first sample."""
        return self.grid.centers(self.pair.x.size) / self.pair.rate

    @property
    def blocks(self) -> float:
        """How many windows that have no sample in common there is room for."""
        return self.pair.quality * self.pair.x.size / self.grid.window


def laid(  # noqa: PLR0913 - each one is a setting of the method
    x: ArrayLike, y: ArrayLike, *,
    sampling_rate: float, signal: str, window: float, hop: float, max_lag: float,
    anchor: Anchor, longer: int = 0,
) -> Laid:  # fmt: skip
    """Return two series as they were recorded, in windows; `longer` is added to a window.

    Raises
    ------
    DataError
        If the series, the rate, or window, hop and lag make no sense.
    """
    recorded = checked(x, y, sampling_rate=sampling_rate, fastest=FASTEST)
    rate = recorded.rate
    grid = grid_of(rate, window=window, hop=hop, max_lag=max_lag, anchor=anchor)
    grid = grid._replace(window=grid.window + longer)
    settings: dict[str, float | str] = {
        "window": grid.window / rate,
        "hop": grid.hop / rate,
        "max_lag": grid.max_lag / rate,
        "anchor": anchor,
    }
    needed = (2 * grid.window + grid.reach) / rate
    least = max(SHORTEST, needed, LAG_SPANS * 2 * max_lag)
    reason = why_not(recorded, signal or "series", least=least)
    nothing = np.empty((0, grid.lags.size))
    if reason:
        return Laid(recorded, grid, nothing, settings, reason)
    pair = Pair(standardized(recorded.x), standardized(recorded.y), rate)
    r = correlations(pair.x, pair.y, grid)
    if not np.isfinite(r).any(axis=0).all():
        reason = "no window in which both vary and half of the samples are there"
    return Laid(pair, grid, r, settings, reason)


def ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    """Return one person's series at 25 Hz or less, around 0 at unit variance."""
    factor = max(math.ceil(sampling_rate / FASTEST - 1e-9), 1)
    return standardized(decimated(values, factor)), sampling_rate / factor


def fisher(r: FloatArray) -> FloatArray:
    """Return Fisher z, from -10 to 10.

    A logarithm takes a third of the time of an inverse tangent.
    """
    limit = math.tanh(HIGHEST)
    r = np.clip(r, -limit, limit)
    return np.asarray(0.5 * np.log((1 + r) / (1 - r)))


def mean_size(r: FloatArray) -> float:
    """Return the mean ``|z|`` over windows and lags, NaN where there is none."""
    size = np.abs(fisher(r))
    known = np.isfinite(size)
    return float(size[known].mean()) if known.any() else math.nan
