"""Dots and ticks on axes that are no time: of concentrations, of frames, of a model's plot."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.reporting import _svg
from interbeat.reporting._axes import Scale, Tick, value_ticks
from interbeat.reporting._svg import Frame

__all__ = ["dots", "fitted_line", "linear_scale", "log_values", "padded", "placed", "strokes"]

MOST_ACROSS = 7
STEPS = ((1, 2, 5), (1, 3), (1,))  # of a decade, from the most ticks to the fewest
MOST_LOG = 9


def dots(frame: Frame, across: FloatArray, upwards: FloatArray) -> str:
    """Return a dot at each place that is finite: a stroke of no length with a round end.

    Examples
    --------
    >>> dots(Frame(0, 1, 0, 1), np.array([0.0, 0.5]), np.array([1.0, np.nan]))
    'M0 0h0'
    """
    there = np.isfinite(across) & np.isfinite(upwards)
    there &= (across >= frame.left) & (across <= frame.right)
    x, y = frame.x(across[there]), frame.y(upwards[there])
    return "".join(f"M{a} {b}h0" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def strokes(frame: Frame, across: FloatArray, upwards: FloatArray, half: int = 28) -> str:
    """Return a short upright stroke through each place.

    Parameters
    ----------
    frame : Frame
        What is shown.
    across, upwards : ndarray, shape (n,)
        Finite; those beyond the frame are left out.
    half : int
        How far a stroke reaches up and down, in units of the box.

    Examples
    --------
    >>> strokes(Frame(0, 1, 0, 1), np.array([0.5]), np.array([0.5]))
    'M1000 472V528'
    """
    inside = (across >= frame.left) & (across <= frame.right)
    x, y = frame.x(across[inside]), frame.y(upwards[inside])
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    return "".join(f"M{a} {b - half}V{b + half}" for a, b in pairs)


def padded(values: Sequence[FloatArray], *, part: float = 0.06) -> tuple[float, float]:
    """Return from where to where an axis must reach to show all finite `values`, with room.

    Examples
    --------
    >>> padded([np.array([0.0, 10.0, np.nan])], part=0.1)
    (-1.0, 11.0)
    >>> padded([np.array([np.nan])])
    (-1.0, 1.0)
    """
    every = np.concatenate([np.ravel(v) for v in values])
    every = every[np.isfinite(every)]
    if not every.size:
        return -1.0, 1.0
    low, high = float(every.min()), float(every.max())
    room = part * ((high - low) or abs(high) or 1.0)
    return low - room, high + room


def linear_scale(low: float, high: float, title: str) -> Scale:
    """Return round ticks across, from the left.

    Examples
    --------
    >>> [(tick.at, tick.text) for tick in linear_scale(0, 90, "minutes").ticks]
    [(0.0, '0'), (22.22, '20'), (44.44, '40'), (66.67, '60'), (88.89, '80')]
    """
    ticks, values = value_ticks(low, high, MOST_ACROSS)
    every = len(ticks) > 5
    marks = tuple(
        Tick(round(100 - tick.at, 2), tick.text, not every or k % 2 == 0)
        for k, tick in enumerate(ticks)
    )
    return Scale(marks, values, title)


def log_values(low: float, high: float) -> list[float]:
    """Return round numbers from `low` to `high`, both above 0, for an axis of logarithms.

    Examples
    --------
    >>> log_values(3, 300)
    [5, 10, 20, 50, 100, 200]
    >>> log_values(0.001, 1000)
    [0.001, 0.01, 0.1, 1, 10, 100, 1000]
    """
    found: list[float] = []
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in STEPS:
        found = [float(f"{m}e{d}") for d in decades for m in steps]
        found = [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
        if len(found) <= MOST_LOG:
            break
    return [int(v) if v >= 1 else v for v in found]


def placed(at: float, frame: Frame, text: str, *, narrow: bool = True) -> Tick:
    """Return a tick at a place across."""
    share = (at - frame.left) / (frame.right - frame.left)
    return Tick(round(100 * share, 2), text, narrow)


def fitted_line(frame: Frame, across: FloatArray, values: FloatArray) -> str:
    """Return the path of a line in the order of `across`."""
    order = np.argsort(across, kind="stable")
    return _svg.line(frame, across[order], values[order])
