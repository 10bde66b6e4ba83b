"""Which columns of a table are intervals between beats, told from signals by their looks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._first_line import is_taken
from interbeat.sources._layout import Layout
from interbeat.sources._text import Text

__all__ = [
    "SOME",
    "RRColumns",
    "find_rr",
    "is_rr_text",
    "looks_like_rr",
    "looks_like_times",
    "unit_of",
]

_RR = re.compile(
    r"(?<![a-z])(?:rr|r-r|rri|ibi|nn|nni|n-n|pp|ppi|pp-interval|inter-?beat|beat intervals?)"
    r"(?![a-z0-9])"
)
_BEATS = re.compile(r"(?<![a-z])(?:beats?|beat times?|r[- ]?peaks?|r[- ]?peak times?)(?![a-z])")
_TIME = re.compile(
    r"(?<![a-z])(?:t|time|timer|timestamps?|datetime|date|elapsed|since)(?![a-z])"
)
_SIGNAL = re.compile(
    r"(?<![a-z])(?:ecg|ekg|ppg|bvp|resp\w*|rsp|breath\w*|airflow|eda|gsr|acc\w*|temp\w*|belt)"
    r"(?![a-z])"
)
_HEART = re.compile(r"(?<![a-z])(?:rr|rri|ibi|nn|nni|nnis\w*|hrv|beats?)(?![a-z])")
_ALWAYS = {".beats", ".rr", ".ibi", ".nn", ".nni"}
_UNITS = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "milliseconds": 1e-3}
TURNS = 0.12  # share of steps that change direction: a pulse wave sampled finely has fewer
FEWEST = 5
SOME = 4000  # values that are looked at


class RRColumns(NamedTuple):
    """The columns of a text file that hold beats."""

    beats: int
    times: int | None
    are_times: bool  # instants of beats rather than intervals between them


def looks_like_rr(values: FloatArray) -> bool:
    """Whether `values` are such as intervals between beats are, in s or in ms.

    Most must be within 0.25 to 3 s, and they must not be the smooth course of a signal that
    is sampled many times a beat.
    """
    known = values[np.isfinite(values) & (values > 0)]
    if known.size < max(FEWEST, values.size / 2):
        return False
    inside = (known >= 0.25) & (known <= 3.0) | (known >= 250) & (known <= 3000)
    if inside.mean() < 0.8 or not _within_ten(float(np.median(known))):
        return False
    steps = np.diff(known)
    moving = np.sign(steps[steps != 0])
    if known.size < 20 or moving.size == 0:
        return True
    turns = float(np.mean(moving[1:] != moving[:-1])) if moving.size > 1 else 1.0
    return turns >= TURNS and moving.size > 0.35 * steps.size


def looks_like_times(values: FloatArray) -> bool:
    """Whether `values` are, but for mistakes, rising instants as far apart as heartbeats."""
    if values.size < FEWEST or not np.isfinite(values).all():
        return False
    steps = np.diff(values)
    counts = bool((steps == steps[0]).all())  # a row number, not a heart
    return bool((steps > 0).mean() > 0.8) and not counts and looks_like_rr(steps)


def _within_ten(median: float) -> bool:
    return 0.3 <= median <= 2.5 or 300 <= median <= 2500


def unit_of(name: str) -> float | None:
    """Return the seconds in the unit that a label or a user names, e.g. ``"RR [ms]"``."""
    told = re.search(
        r"[\[(_ ](ms|msec|milliseconds|s|sec|seconds)[\])]?$", name.strip().lower()
    )
    word = told[1] if told else name.strip().lower()
    return _UNITS.get(word)


def is_rr_text(path: Path) -> bool:
    """Whether the text file `path` holds intervals between beats, or instants of beats."""
    text = Text.head_of(path)
    if text is None or is_taken(path):
        return False
    try:
        layout = text.layout()
        return find_rr(text, layout, path) is not None
    except FormatError:
        return path.suffix.lower() in _ALWAYS


def find_rr(text: Text, layout: Layout, path: Path) -> RRColumns | None:
    """Return which columns hold beats, by their labels, else by their looks; None if none."""
    if layout.labels and (told := _by_label(layout)) is not None:
        return told
    if layout.columns > 2 or layout.words or _names_signal(layout, path):
        return None
    table = text.numbers(layout)[:SOME]
    certain = path.suffix.lower() in _ALWAYS or _HEART.search(_words(path.stem)) is not None
    return _by_looks(table, layout, certain=certain)


def _by_label(layout: Layout) -> RRColumns | None:
    labels = [_words(label) for label in layout.labels[: layout.columns]]
    if any(_SIGNAL.search(label) for label in labels):
        return None
    column = _first(_RR, labels)
    times = next((k for k in range(len(labels)) if k in layout.clocks), _first(_TIME, labels))
    if column is not None and column not in layout.clocks:
        return RRColumns(column, None if times == column else times, are_times=False)
    column = _first(_BEATS, labels)
    return RRColumns(column, None, are_times=True) if column is not None else None


def _by_looks(table: FloatArray, layout: Layout, *, certain: bool) -> RRColumns | None:
    last = table[:, -1]
    if table.shape[1] == 1:
        if looks_like_times(last):
            return RRColumns(0, None, are_times=True)
        fits = looks_like_rr(last) or (certain and _roughly(last))
        return RRColumns(0, None, are_times=False) if fits else None
    stamps = table[:, 0]
    if not looks_like_rr(last) or (np.diff(stamps) < 0).any():
        return None
    counts = bool((np.diff(stamps) == 1).all()) and 0 not in layout.clocks
    if counts:
        return RRColumns(1, None, are_times=False)
    return RRColumns(1, 0, are_times=False) if _spans(stamps, last) else None


def _roughly(values: FloatArray) -> bool:
    """Whether a file that is named after intervals may hold them."""
    known = values[np.isfinite(values) & (values > 0)]
    return bool(known.size and _within_ten(float(np.median(known))))


def _spans(stamps: FloatArray, rr: FloatArray) -> bool:
    """Whether `rr` fill the time that `stamps` span, each in s or in ms."""
    total, span = float(np.nansum(rr[1:])), float(stamps[-1] - stamps[0])
    return any(0.7 < span / total * scale < 3 for scale in (1e-3, 1.0, 1e3)) if total else False


def _names_signal(layout: Layout, path: Path) -> bool:
    names = [_words(path.stem), *(_words(label) for label in layout.labels)]
    signal = any(_SIGNAL.search(name) for name in names)
    return signal and not any(_HEART.search(name) for name in names)


def _first(pattern: re.Pattern[str], labels: Sequence[str]) -> int | None:
    return next((k for k, label in enumerate(labels) if pattern.search(label)), None)


def _words(label: str) -> str:
    return re.sub(r"[_\s]+", " ", label).strip().lower()
