"""Paths: numbers into the ``d`` of an SVG path, in a size that no recording can exceed.

Paths are drawn in a box of :data:`WIDTH` by :data:`HEIGHT` units that the page stretches to the
room it has. A track with more samples than the page has pixels is drawn by the extremes of each
pixel column, which looks the same and keeps 24 h as small as an hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray

__all__ = ["COLUMNS", "HEIGHT", "WIDTH", "Frame", "area", "averaged", "line", "rules", "ticks"]

WIDTH, HEIGHT = 2000, 1000
COLUMNS = 800  # pixel columns of a figure on a wide page


@dataclass(frozen=True, slots=True)
class Frame:
    """What a panel shows: `left` to `right` across, `low` to `high` upwards.

    Examples
    --------
    >>> frame = Frame(left=0, right=60, low=0, high=10)
    >>> frame.x(np.array([0.0, 30.0])), frame.y(np.array([0.0, 10.0]))
    (array([   0, 1000]), array([1000,    0]))
    """

    left: float
    right: float
    low: float
    high: float

    def x(self, across: FloatArray) -> IntArray:
        """Return where `across` falls in the box, in whole units."""
        return _whole((across - self.left) / (self.right - self.left) * WIDTH)

    def y(self, upwards: FloatArray) -> IntArray:
        """Return where `upwards` falls in the box, in whole units; cut off at its edges."""
        share = np.clip((upwards - self.low) / (self.high - self.low), 0, 1)
        return _whole((1 - share) * HEIGHT)


def line(frame: Frame, across: FloatArray, values: FloatArray) -> str:
    """Return the path of a line; NaN breaks it, and a lone value is a dot.

    Examples
    --------
    >>> frame = Frame(left=0, right=4, low=0, high=1)
    >>> line(frame, np.arange(4.0), np.array([0, 1, np.nan, 1]))
    'M0 1000 500 0M1500 0h0'
    """
    at, low, high, thinned = _columns(frame, across, values, values)
    x, top, bottom = frame.x(at), frame.y(high), frame.y(low)
    parts = []
    for run in _runs(np.isfinite(high)):
        if thinned:
            parts.append(_extremes(x[run], top[run], bottom[run]))
        else:
            parts.append("M" + _pairs(x[run], top[run]) + "h0" * (run.stop - run.start == 1))
    return "".join(parts)


def area(frame: Frame, across: FloatArray, low: FloatArray, high: FloatArray) -> str:
    """Return the path of the area from `low` to `high`; NaN in either breaks it.

    Examples
    --------
    >>> frame = Frame(left=0, right=4, low=0, high=1)
    >>> area(frame, np.array([0.0, 4.0]), np.array([0.0, 0.0]), np.array([1.0, 0.5]))
    'M0 0 2000 500 2000 1000 0 1000Z'
    """
    at, low, high, _ = _columns(frame, across, low, high)
    x, top, bottom = frame.x(at), frame.y(high), frame.y(low)
    return "".join(
        f"M{_pairs(x[run], top[run])} {_pairs(x[run][::-1], bottom[run][::-1])}Z"
        for run in _runs(np.isfinite(low) & np.isfinite(high))
    )


def ticks(frame: Frame, across: FloatArray, low: float, high: float) -> str:
    """Return short upright strokes at `across`, one a pixel column at most.

    Examples
    --------
    >>> ticks(Frame(0, 10, 0, 1), np.array([5.0]), 0.0, 0.5)
    'M1000 1000V500'
    """
    inside = across[(across >= frame.left) & (across <= frame.right)]
    step = WIDTH // COLUMNS
    x = np.unique(frame.x(inside) // step * step)
    bottom, top = frame.y(np.array([low, high])).tolist()
    return "".join(f"M{k} {bottom}V{top}" for k in x.tolist())


def rules(frame: Frame, *, across: FloatArray | None = None, at: FloatArray) -> str:
    """Return level rules at the heights `at`, and upright ones at `across`.

    Examples
    --------
    >>> rules(Frame(0, 10, 0, 1), across=np.array([5.0]), at=np.array([0.5]))
    'M0 500H2000M1000 0V1000'
    """
    level = "".join(f"M0 {k}H{WIDTH}" for k in frame.y(at).tolist())
    upright = [] if across is None else frame.x(across).tolist()
    return level + "".join(f"M{k} 0V{HEIGHT}" for k in upright)


def averaged(
    frame: Frame, across: FloatArray, values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the middles of the pixel columns and the mean in each; NaN where none is known.

    Unlike the extremes that :func:`area` keeps, a mean does not make a long recording look
    better than it is.

    Examples
    --------
    >>> at, mean = averaged(Frame(0, 800, 0, 1), np.arange(1600) / 2, np.tile([0.0, 1.0], 800))
    >>> at[:2], mean[:2], at.size
    (array([0.5, 1.5]), array([0.5, 0.5]), 800)
    """
    inside = (across >= frame.left) & (across < frame.right)
    across, values = across[inside], values[inside]
    columns = max(min(COLUMNS, across.size), 1)
    width = (frame.right - frame.left) / columns
    column = np.minimum(((across - frame.left) / width).astype(np.int64), columns - 1)
    known = np.isfinite(values)
    count = np.bincount(column[known], minlength=columns)
    total = np.bincount(column[known], weights=values[known], minlength=columns)
    mean: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    middles = frame.left + (np.arange(columns) + 0.5) * width
    return np.asarray(middles, dtype=np.float64), mean


def _columns(
    frame: Frame, across: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, bool]:
    """Cut to the frame; where there is too much, keep the extremes of each pixel column."""
    inside = (across >= frame.left) & (across <= frame.right)
    across, low, high = across[inside], low[inside], high[inside]
    if across.size <= 2 * COLUMNS:
        return across, low, high, False
    width = (frame.right - frame.left) / COLUMNS
    column = np.minimum(((across - frame.left) / width).astype(np.int64), COLUMNS - 1)
    first = np.flatnonzero(np.diff(column, prepend=-1))
    at = frame.left + (column[first] + 0.5) * width
    return at, np.fmin.reduceat(low, first), np.fmax.reduceat(high, first), True


def _runs(there: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], there, [False])).astype(np.int8)))
    return [slice(a, b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def _extremes(x: IntArray, top: IntArray, bottom: IntArray) -> str:
    """Zigzag, down one column and up the next, so that no stroke is drawn twice."""
    down = np.arange(x.size) % 2 == 0
    y = np.empty(2 * x.size, dtype=np.int64)
    y[::2], y[1::2] = np.where(down, top, bottom), np.where(down, bottom, top)
    return "M" + _pairs(np.repeat(x, 2), y)


def _pairs(x: IntArray, y: IntArray) -> str:
    return " ".join(map(str, np.column_stack((x, y)).ravel().tolist()))


def _whole(units: FloatArray) -> IntArray:
    return np.rint(np.nan_to_num(units, nan=0.0)).astype(np.int64)
