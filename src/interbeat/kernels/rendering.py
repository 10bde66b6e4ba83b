"""Loops that draw waveforms: bumps at instants, slow tracks on a fast grid, pressure waves."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["REACH", "add_bumps", "add_track", "pressure_waves"]

Floats = NDArray[np.float64]
REACH = 5.0  # widths: a bump is cut where it is 4e-6 of its height


@njit(cache=True)
def add_bumps(
    out: Floats, rate: float, centers: Floats, widths: Floats, heights: Floats
) -> None:
    """Add a Gaussian of each height at each center (s) to `out`, sampled at i / rate."""
    for k in range(centers.size):
        if heights[k] == 0.0 or not widths[k] > 0.0:
            continue
        first = max(math.ceil((centers[k] - REACH * widths[k]) * rate), 0)
        last = min(math.floor((centers[k] + REACH * widths[k]) * rate), out.size - 1)
        for i in range(first, last + 1):
            far = (i / rate - centers[k]) / widths[k]
            out[i] += heights[k] * math.exp(-0.5 * far * far)


@njit(cache=True)
def add_track(
    out: Floats, first: int, rate: float, track: Floats, track_rate: float, gain: float
) -> None:
    """Add `gain` times `track` (from second 0 on), between its samples by cubic curves.

    ``out[0]`` is sample `first`, at ``first / rate``.
    Catmull and Rom's: through every sample, as steep there as the line between its neighbors;
    before the first and after the last sample it stays as it is.
    """
    last = track.size - 1
    step = track_rate / rate
    for i in range(out.size):
        at = (first + i) * step
        k = int(at)
        if k >= last:
            out[i] += gain * track[last]
            continue
        u = at - k
        here, after = track[k], track[k + 1]
        before = track[k - 1] if k > 0 else here
        beyond = track[k + 2] if k + 2 <= last else after
        rise, next_rise = 0.5 * (after - before), 0.5 * (beyond - here)
        bend = 3.0 * (after - here) - 2.0 * rise - next_rise
        twist = 2.0 * (here - after) + rise + next_rise
        out[i] += gain * (here + u * (rise + u * (bend + u * twist)))


@njit(cache=True)
def pressure_waves(
    out: Floats,
    rate: float,
    feet: Floats,
    low: Floats,
    high: Floats,
    rise: float,
    runoff: float,
    notch: Floats,
) -> None:
    """Add arterial pressure: up from `low` to `high` in `rise` s, then down to the next `low`.

    The way down is an exponential of time constant `runoff` (s) that is stretched so as to end
    at the next foot, with a bump on it: `notch` holds its place after the foot (s), width (s)
    and height in pulse pressures. Before the first foot and after the last wave, the pressure
    stays. A wave that is cut short by the next foot ends where that one begins.
    """
    for i in range(min(math.ceil(feet[0] * rate), out.size)):
        out[i] += low[0]
    for k in range(feet.size):
        more = k + 1 < feet.size
        length = feet[k + 1] - feet[k] if more else 1.0
        up = min(rise, 0.5 * length)
        target = low[k + 1] if more else low[k]
        whole = 1.0 - math.exp(-(length - up) / runoff)
        first = max(math.ceil(feet[k] * rate), 0)
        end = min(math.ceil(feet[k + 1] * rate) if more else out.size, out.size)
        for i in range(first, end):
            since = i / rate - feet[k]
            if since < up:
                share = 0.5 - 0.5 * math.cos(math.pi * since / up)
                out[i] += low[k] + share * (high[k] - low[k])
                continue
            left = min((since - up) / (length - up), 1.0)
            fall = (1.0 - math.exp(-left * (length - up) / runoff)) / whole
            far = (since - notch[0]) / notch[1]
            bump = notch[2] * (high[k] - low[k]) * math.exp(-0.5 * far * far)
            out[i] += high[k] + fall * (target - high[k]) + bump * 4.0 * left * (1.0 - left)
