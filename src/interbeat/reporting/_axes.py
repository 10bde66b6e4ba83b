"""Axes: where the ticks go, what they say, and where the marked tasks lie."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.intervals import Intervals
from interbeat.core.span import Span
from interbeat.pipeline.tasks import UNMARKED
from interbeat.reporting._format import tidy

__all__ = ["Band", "Scale", "Tick", "bands", "bounds", "time_scale", "value_ticks"]

LANES = 3  # of overlapping tasks; more would push the figure off the page
MOST_BANDS = 60
STEPS = {
    "seconds": (1, (0.5, 1, 2, 5, 10, 20, 30)),
    "minutes": (60, (0.5, 1, 2, 5, 10, 20, 30)),
    "hours": (3600, (1, 2, 3, 4, 6, 12, 24, 48, 96)),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: how far along in percent, what it says, whether a phone has room."""

    at: float
    text: str
    narrow: bool = True


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis across: its ticks, their values and its title."""

    ticks: tuple[Tick, ...]
    values: FloatArray
    title: str


@dataclass(frozen=True, slots=True)
class Band:
    """A marked task: where it lies and how wide it is, in percent, and in which lane."""

    left: float
    width: float
    lane: int
    label: str


def bounds(values: FloatArray, low: FloatArray, high: FloatArray) -> tuple[float, float] | None:
    """Return what a panel must show: all of `values` but freaks, and most of their intervals.

    A value beyond five times the reach of the middle 98 % does not set the scale. None where
    there is no value.

    Examples
    --------
    >>> rate = np.array([60.0, 70.0, 80.0])
    >>> bounds(rate, rate - 1, rate + 1)
    (59.0, 81.0)
    """
    there = values[np.isfinite(values)]
    if not there.size:
        return None
    first, middle, last = np.percentile(there, (1, 50, 99))
    reach = 5 * max(last - first, abs(middle) * 0.01, 1e-9)
    usual = there[np.abs(there - middle) <= reach]
    bottom, top = float(usual.min()), float(usual.max())
    room = max(top - bottom, abs(middle) * 0.1, float(np.nanmedian(high - low))) or 1.0
    lowest, highest = np.nanpercentile(low, 5), np.nanpercentile(high, 95)
    bottom = min(bottom, max(float(lowest), bottom - room / 2))
    top = max(top, min(float(highest), top + room / 2))
    pad = 0.05 * max(top - bottom, room / 2)
    if usual.min() >= 0 and bottom < 0.35 * top:  # what cannot be negative starts at 0
        return 0.0, top + pad
    return bottom - pad, top + pad


def value_ticks(low: float, high: float, most: int) -> tuple[tuple[Tick, ...], FloatArray]:
    """Return at most `most` round ticks from `low` to `high`, counted from the top.

    Examples
    --------
    >>> [(tick.at, tick.text) for tick in value_ticks(0, 100, 3)[0]]
    [(100.0, '0'), (50.0, '50'), (0.0, '100')]
    """
    step = next(s for s in _round_steps(high - low) if _count(low, high, s) <= most)
    first = math.ceil(low / step - 1e-9)
    values = step * np.arange(first, first + _count(low, high, step), dtype=np.float64)
    marks = tuple(Tick(_percent(high - v, high - low), _text(v, step)) for v in values.tolist())
    return marks, values


def time_scale(span: Span, start: datetime | None) -> Scale:
    """Return round ticks in seconds, minutes or hours since second 0.

    Examples
    --------
    >>> [tick.text for tick in time_scale(Span(0, 3600), None).ticks]
    ['0', '10', '20', '30', '40', '50', '60']
    """
    seconds = max(span.seconds, 1e-6)
    unit = "seconds" if seconds <= 120 else "minutes" if seconds <= 3 * 3600 else "hours"
    size, steps = STEPS[unit]
    step = size * next((s for s in steps if seconds / (s * size) <= 7), steps[-1])
    first = math.ceil(span.start / step - 1e-9)
    last = math.floor(span.end / step + 1e-9)
    values = np.asarray(step * np.arange(first, last + 1), dtype=np.float64)
    few = values.size <= 4
    marks = tuple(
        Tick(_percent(v - span.start, seconds), _text(v / size, step / size), few or k % 2 == 0)
        for k, v in enumerate(values.tolist())
    )
    since = "the session began" if start is None else f"{start:%H:%M:%S %Z}".rstrip()
    return Scale(marks, values, f"{unit} since {since}")


def bands(tasks: Intervals, span: Span) -> tuple[Band, ...]:
    """Return the marked tasks, overlapping ones in lanes of their own."""
    free = [-math.inf] * LANES
    placed: list[Band] = []
    for start, end, label in tasks.between(*span).rows():
        lane = next((k for k in range(LANES) if free[k] <= start), None)
        if label in UNMARKED or lane is None or len(placed) >= MOST_BANDS:
            continue
        free[lane] = end
        left = _percent(start - span.start, span.seconds)
        placed.append(Band(left, _percent(end - start, span.seconds), lane, label))
    return tuple(placed)


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)


def _round_steps(reach: float) -> Iterator[float]:
    power = math.floor(math.log10(reach)) - 1
    for k in range(4):
        yield from (m * 10.0 ** (power + k) for m in (1, 2, 5))


def _count(low: float, high: float, step: float) -> int:
    return math.floor(high / step + 1e-9) - math.ceil(low / step - 1e-9) + 1


def _text(v: float, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return tidy(f"{v + 0.0:.{decimals}f}")
