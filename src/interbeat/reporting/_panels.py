"""Panels: one plot each, and the figures that stack them over one axis.

Only lines and areas are SVG, stretched to the room there is; every letter is HTML beside it, so
that text keeps its size on any screen and on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Z95
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.reporting import _svg
from interbeat.reporting._axes import Band, Scale, Tick, bounds, value_ticks
from interbeat.reporting._svg import Frame

__all__ = [
    "Curve",
    "Figure",
    "Ground",
    "Mark",
    "Panel",
    "band_panel",
    "event_panel",
    "pair_panel",
    "stretch_panel",
    "strip_panel",
    "track_panel",
    "wave_panel",
]

MOST_TICKS = 5  # upwards, in a tall panel
THICKET = 8  # values a pixel column, above which a line through them all cannot be read


class Ground(NamedTuple):
    """What one person's panels share: the time shown, its axis, and ``"a"`` or ``"b"``."""

    span: Span
    scale: Scale
    who: str


class Curve(NamedTuple):
    """A line, and the band within which chance alone would keep it; shape (n,) each."""

    across: FloatArray
    values: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Mark:
    """One path, and the class that says how it is drawn."""

    css: str
    d: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot of a stack.

    Parameters
    ----------
    label, unit : str
        What is drawn, and in what.
    size : str
        Class of its height: ``"tall"``, ``"low"``, ``"strip"`` or ``"events"``.
    ticks : tuple of Tick
        Of the axis upwards.
    marks : tuple of Mark
        What is drawn, from the back to the front.
    beyond : int
        How many values lie outside the axis, and are drawn at its edge.
    """

    label: str
    unit: str
    size: str
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A stack of panels over one axis.

    Parameters
    ----------
    name : str
        Its id in the page.
    title : str
        What it is.
    panels : tuple of Panel
        From top to bottom.
    scale : Scale
        The axis across.
    bands : tuple of Band
        Marked tasks.
    key : tuple of (str, str)
        Class and meaning of each kind of line or area in it.
    said : str
        What it shows, in words: its text alternative.
    wide : bool
        Whether it needs the width of the page.
    """

    name: str
    title: str
    panels: tuple[Panel, ...]
    scale: Scale
    bands: tuple[Band, ...]
    key: tuple[tuple[str, str], ...]
    said: str
    wide: bool = True

    @property
    def lanes(self) -> int:
        """How many rows the labels of the marked tasks need."""
        return max((band.lane + 1 for band in self.bands), default=0)


def track_panel(track: Track, name: str, ground: Ground) -> Panel | None:
    """Return a track's line with the band of its 95 % intervals; None if it has no value."""
    low, high = track.values - Z95 * track.se, track.values + Z95 * track.se
    reach = bounds(track.values, low, high)
    if reach is None:
        return None
    frame = Frame(*ground.span, *reach)
    ticks, heights = value_ticks(*reach, MOST_TICKS)
    marks = (
        Mark("grid", _svg.rules(frame, across=ground.scale.values, at=heights)),
        Mark(f"band-{ground.who}", _svg.area(frame, track.times, low, high)),
        *_lines(track, frame, ground.who),
    )
    beyond = int(((track.values < reach[0]) | (track.values > reach[1])).sum())
    return Panel(name, track.unit, "tall", ticks, marks, beyond)


def _lines(track: Track, frame: Frame, who: str) -> tuple[Mark, ...]:
    """Return the line; where it would be a thicket, the mean over the reach of each column."""
    if len(track) <= THICKET * _svg.COLUMNS:
        return (Mark(f"line-{who}", _svg.line(frame, track.times, track.values)),)
    reach = _svg.area(frame, track.times, track.values, track.values)
    mean = _svg.line(frame, *_svg.averaged(frame, track.times, track.values))
    return Mark(f"reach-{who}", reach), Mark(f"line-{who}", mean)


def pair_panel(tracks: Sequence[Track], name: str, span: Span, scale: Scale) -> Panel:
    """Return two tracks as their distances from their medians: a solid line, a dashed one."""
    frame = Frame(*span, 0.0, 1.0)
    lines = [_svg.averaged(frame, t.times, t.values - np.nanmedian(t.values)) for t in tracks]
    known = np.concatenate([values[np.isfinite(values)] for _, values in lines])
    low, high = np.percentile(known, (0, 100)).tolist()
    pad = 0.06 * max(high - low, 1e-6)
    frame = Frame(*span, low - pad, high + pad)
    ticks, heights = value_ticks(frame.low, frame.high, MOST_TICKS)
    marks = (
        Mark("grid", _svg.rules(frame, across=scale.values, at=heights)),
        Mark("line-a", _svg.line(frame, *lines[0])),
        Mark("line-b dashed", _svg.line(frame, *lines[1])),
    )
    return Panel(name, tracks[0].unit, "tall", ticks, marks)


def wave_panel(signal: Signal, name: str, ground: Ground) -> Panel | None:
    """Return a signal's line; on a long recording this is its envelope."""
    there = signal.values[np.isfinite(signal.values)]
    if not there.size:
        return None
    low, high = np.percentile(there, (0.5, 99.5))
    pad = 0.15 * max(high - low, 1e-9)
    frame = Frame(*ground.span, float(low - pad), float(high + pad))
    marks = (
        Mark("grid", _svg.rules(frame, across=ground.scale.values, at=np.empty(0))),
        Mark(f"line-{ground.who} fine", _svg.line(frame, signal.times, signal.values)),
    )
    return Panel(name, signal.unit, "low", (), marks)


def event_panel(times: FloatArray, name: str, ground: Ground) -> Panel:
    """Return a strip with a stroke at each of `times` (s)."""
    frame = Frame(*ground.span, 0.0, 1.0)
    marks = (
        Mark("grid", _svg.rules(frame, across=ground.scale.values, at=np.empty(0))),
        Mark(f"line-{ground.who} fine", _svg.ticks(frame, times, 0.0, 1.0)),
    )
    return Panel(name, "", "events", (), marks)


def stretch_panel(starts: FloatArray, ends: FloatArray, name: str, span: Span) -> Panel:
    """Return a strip with a bar from each of `starts` to the same of `ends` (s)."""
    frame = Frame(*span, 0.0, 1.0)
    bars = (
        _svg.area(frame, np.array([first, last]), np.zeros(2), np.ones(2))
        for first, last in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    marks = (Mark("ink", "".join(bars)), Mark("base", _svg.rules(frame, at=np.zeros(1))))
    return Panel(name, "", "events", (), marks)


def strip_panel(quality: Signal, name: str, *, span: Span) -> Panel:
    """Return a strip whose ink is as high as `quality` is; nothing where there is no data."""
    frame = Frame(*span, 0.0, 1.0)
    at, mean = _svg.averaged(frame, quality.times, quality.values)
    there = np.where(np.isfinite(mean), 0.0, np.nan)
    marks = (
        Mark("ink", _svg.area(frame, at, there, mean)),
        Mark("base", _svg.line(frame, at, there)),
    )
    return Panel(name, "", "strip", (), marks)


def band_panel(curve: Curve, name: str, *, frame: Frame, scale: Scale) -> Panel:
    """Return a line over the band within which chance alone would keep it."""
    ticks, heights = value_ticks(frame.low, frame.high, MOST_TICKS)
    marks = (
        Mark("grid", _svg.rules(frame, across=scale.values, at=heights)),
        Mark("null", _svg.area(frame, curve.across, curve.low, curve.high)),
        Mark("zero", _svg.rules(frame, at=np.zeros(1))),
        Mark("line-ink", _svg.line(frame, curve.across, curve.values)),
    )
    return Panel(name, "", "tall", ticks, marks)
