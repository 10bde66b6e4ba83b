"""Markers: event names at instants, turned into labelled stretches of time."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from interbeat.core.intervals import Intervals

__all__ = ["INSTANT", "stretches"]

INSTANT = 1.0  # s: how long a marker without an end is drawn
LONGEST = 80  # letters of a label


def _before_or_after(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{words})[\s:_-]+(.+)|(.+?)[\s:_-]+(?:{words}))", re.IGNORECASE)


_START = _before_or_after("start|begin|onset|on")
_END = _before_or_after("end|stop|finish|offset|off")


def stretches(markers: Iterable[tuple[float, str]]) -> Intervals:
    """Return the stretches of time that `markers` of (time in s, label) speak of.

    ``"talk start"`` and the next ``"talk end"`` (or begin, onset, on; stop, finish, offset,
    off; before or after the name) become one stretch called ``talk``. Any other marker, or
    half of a pair, is an instant: a stretch of 1 s that keeps its label.

    Examples
    --------
    >>> stretches([(0.0, "rest_start"), (5.0, "cough"), (60.0, "rest_end")])
    Intervals(rest 0..60, cough 5..6)
    """
    rows: list[tuple[float, float, str]] = []
    open_at: dict[str, tuple[float, str]] = {}
    for time, label in sorted(markers, key=lambda marker: marker[0]):
        starts, ends = _named(_START, label), _named(_END, label)
        if starts:
            rows += _instant(open_at.pop(starts, None))
            open_at[starts] = (time, label)
        elif ends in open_at and open_at[ends][0] < time:
            rows.append((open_at.pop(ends)[0], time, ends))
        else:
            rows += _instant((time, label))
    for left in open_at.values():
        rows += _instant(left)
    bounds = np.array([row[:2] for row in rows], dtype=np.float64).reshape(-1, 2)
    return Intervals(bounds[:, 0], bounds[:, 1], tuple(row[2] for row in rows))


def _named(pattern: re.Pattern[str], label: str) -> str:
    match = pattern.fullmatch(label.strip())
    return (match[1] or match[2]).strip() if match else ""


def _instant(marker: tuple[float, str] | None) -> list[tuple[float, float, str]]:
    if marker is None:
        return []
    time, label = marker
    return [(time, time + INSTANT, label.strip()[:LONGEST] or "marker")]
