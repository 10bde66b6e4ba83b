"""Joining: several sessions into one, on one clock."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from interbeat.core.errors import SourceError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.sources.clock import (
    NOT_MARKERS,
    ClockFit,
    common_markers,
    fit_clock,
    on_clock,
    starts_by_label,
)

__all__ = ["one_person", "two_people"]

# What no one may choose between on the quiet: two of these is a question to the user.
MAIN = {"ecg", "ppg", "eda", "respiration", "beats", "blood_pressure", "rating"}
SAME_EVENT = 1.0  # s between two tellings of one marker
LONGEST_PAUSE = 86_400.0  # s between two files of one person that are one recording
WORST_RESIDUAL_MS = 100.0  # markers that scatter more are not the same events
WORST_DRIFT_PPM = 1000.0  # no crystal is that far off; such markers are not the same events


def one_person(parts: Sequence[Session], place: Path) -> Session:
    """Return the session of one person whose channels came in several files.

    Raises
    ------
    SourceError
        If two files give the same main channel, or one of them holds two people.
    """
    for part in parts:
        if len(part.persons) > 1:
            raise SourceError(
                place,
                f"{_name(part)} holds two people and stands beside other recordings; "
                "read that file alone",
            )
    if len(parts) == 1:
        return _alone(parts[0], "a")
    parts = _share_clock([_alone(part, "a") for part in parts])
    _check_near(parts, place)
    channels: dict[str, Data] = {}
    giver: dict[str, str] = {}
    notes: list[Inference] = []
    for part in parts:
        for name, data in part.recordings[0].channels.items():
            if name not in channels:
                channels[name], giver[name] = data, _name(part)
            elif name in MAIN:
                raise SourceError(place, _twice(name, giver[name], _name(part)))
            else:
                notes.append(_left_out(name, giver[name], _name(part)))
    return _join(parts, [Recording("a", channels)], place.name).noting(notes)


def two_people(a: Session, b: Session, place: Path) -> Session:
    """Return the session of person a, from session `a`, and person b, from session `b`.

    Raises
    ------
    SourceError
        If both hold the same data, or their absolute times do not overlap.
    """
    a, b = _alone(a, "a"), _alone(b, "b")
    if b["b"].renamed("a") == a["a"]:
        raise SourceError(
            place,
            f"one person twice: {_name(a)} and {_name(b)} hold the same data; "
            "give one recording for each person, or one alone",
        )
    if a.start is not None and b.start is not None:
        _check_overlap(a, b, place)
    parts = _share_clock([a, b])
    return _join(parts, [parts[0]["a"], parts[1]["b"]], f"{a.title} and {b.title}")


def _alone(session: Session, person: str) -> Session:
    recording = session.recordings[0]
    samples = tuple(replace(sample, person=person) for sample in session.samples)
    return replace(session, recordings=(recording.renamed(person),), samples=samples)


def _join(parts: Sequence[Session], recordings: list[Recording], title: str) -> Session:
    intervals = parts[0].intervals
    for part in parts[1:]:
        intervals = intervals | _untold(part.intervals, intervals)
    return Session(
        tuple(recordings),
        intervals=intervals,
        samples=tuple(sample for part in parts for sample in part.samples),
        start=next((part.start for part in parts if part.start is not None), None),
        inferences=tuple(note for part in parts for note in part.inferences),
        title=title,
        sources=tuple(dict.fromkeys(name for part in parts for name in part.sources)),
    )


def _untold(more: Intervals, told: Intervals) -> Intervals:
    """Return what `more` adds: a marker that both recorders saw is one event, told once."""
    known = {label: np.array(starts) for label, starts in starts_by_label(told).items()}
    new = [
        (start, end, label)
        for start, end, label in more.rows()
        if label not in known
        or label.lower().startswith(NOT_MARKERS)
        or not (np.abs(known[label] - start) < SAME_EVENT).any()
    ]
    bounds = np.array([row[:2] for row in new], dtype=np.float64).reshape(-1, 2)
    return Intervals(bounds[:, 0], bounds[:, 1], tuple(row[2] for row in new))


def _share_clock(parts: Sequence[Session]) -> list[Session]:
    """Return the sessions with one second 0: that of the earliest start stamp.

    Where two or more have a stamp, the first of those is the clock that the others follow.
    """
    stamps = [part.start for part in parts if part.start is not None]
    shared = [_since(part, min(stamps)) for part in parts] if stamps else list(parts)
    leading = [part for part in shared if part.start is not None or len(stamps) < 2]
    first = leading[0]
    return [part if part is first else _follow(part, first) for part in shared]


def _since(part: Session, start: datetime) -> Session:
    if part.start is None or part.start == start:
        return part
    later = (part.start - start).total_seconds()
    return _on_clock(part, ClockFit(later, 0.0, math.nan, 0))


def _follow(part: Session, first: Session) -> Session:
    """Return `part` on the clock of `first`, by markers where both have them."""
    stamped = part.start is not None and first.start is not None
    theirs, ours = common_markers(part.intervals, first.intervals)
    if theirs.size == 0:
        return (
            part
            if stamped
            else _assume(part, first, "neither start stamps nor markers in common")
        )
    fit = fit_clock(theirs, ours)
    if _trusted(fit, stamped=stamped):
        stamps = "; the start stamps alone would leave that offset" if stamped else ""
        why = f"both hold the same markers{stamps}"
        return _on_clock(part, fit).noting([_clock_note(part, first, str(fit), why)])
    if stamped:
        why = f"the markers that share a name do not agree ({fit})"
        return part.noting([_clock_note(part, first, "the start stamps", why)])
    return _assume(
        part, first, f"no start stamps in common, and markers that do not agree ({fit})"
    )


def _trusted(fit: ClockFit, *, stamped: bool) -> bool:
    agree = math.isnan(fit.residual_ms) or fit.residual_ms <= WORST_RESIDUAL_MS
    likely = fit.outliers < fit.n and abs(fit.drift_ppm) <= WORST_DRIFT_PPM
    return agree and likely and fit.n >= (3 if stamped else 1)


def _assume(part: Session, first: Session, lack: str) -> Session:
    """Return `part` with its second 0 at second 0 of `first`; or its first sample there."""
    why = f"the two have {lack}"
    if part.begin < first.end and first.begin < part.end:
        return part.noting([_clock_note(part, first, "the same second 0", why)])
    moved = _on_clock(part, ClockFit(first.begin - part.begin, 0.0, math.nan, 0))
    return moved.noting([_clock_note(part, first, "the same first sample", why)])


def _on_clock(part: Session, fit: ClockFit) -> Session:
    if not math.isfinite(fit.offset):  # nobody has a sample
        return part
    held = part.intervals
    return replace(
        part,
        recordings=tuple(on_clock(recording, fit) for recording in part.recordings),
        intervals=Intervals(fit.ours(held.starts), fit.ours(held.ends), held.labels),
        samples=tuple(replace(s, time=float(fit.ours(s.time))) for s in part.samples),
        start=_earlier(part.start, fit.offset),
    )


def _earlier(start: datetime | None, seconds: float) -> datetime | None:
    """Return the instant of second 0 once the clock reads `seconds` more."""
    try:
        return None if start is None else start - timedelta(seconds=seconds)
    except OverflowError:
        return None


def _clock_note(part: Session, first: Session, value: str, why: str) -> Inference:
    return Inference(_name(part), f"clock against {_name(first)}", value, why)


def _check_overlap(a: Session, b: Session, place: Path) -> None:
    (start_a, end_a), (start_b, end_b) = _span(a), _span(b)
    if start_a < end_b and start_b < end_a:
        return
    raise SourceError(
        place,
        f"the two recordings share no second: {_name(a)} runs from {start_a:%Y-%m-%d %H:%M:%S} "
        f"to {end_a:%Y-%m-%d %H:%M:%S} UTC and {_name(b)} from {start_b:%Y-%m-%d %H:%M:%S} to "
        f"{end_b:%Y-%m-%d %H:%M:%S} UTC. If they were made together, one recorder's clock is "
        "wrong: correct the start in its file; if not, read each alone",
    )


def _check_near(parts: Sequence[Session], place: Path) -> None:
    ordered = sorted((part for part in parts if part.begin < part.end), key=lambda p: p.begin)
    for before, after in itertools.pairwise(ordered):
        pause = after.begin - before.end
        if pause > LONGEST_PAUSE:
            raise SourceError(
                place,
                f"{_name(before)} ends {pause / 86_400:.1f} days before {_name(after)} begins; "
                f"choose one: person={{'a': {_name(before)!r}}}, or --person a={_name(before)}",
            )


def _span(session: Session) -> tuple[datetime, datetime]:
    start = session.start
    if start is None or not math.isfinite(session.begin):
        return datetime.min, datetime.max
    zero = start - (start.utcoffset() or timedelta(0))
    zero = zero.replace(tzinfo=None)
    try:
        return zero + timedelta(seconds=session.begin), zero + timedelta(seconds=session.end)
    except OverflowError:
        return datetime.min, datetime.max


def _name(session: Session) -> str:
    return session.sources[0] if session.sources else session.title


def _twice(name: str, first: str, second: str) -> str:
    return (
        f"one person has {name} twice, in {first} and in {second}; choose one: "
        f"person={{'a': {second!r}}}, or --person a={second}"
    )


def _left_out(name: str, first: str, second: str) -> Inference:
    return Inference(f"{second}, {name}", "channel", "nothing", f"{first} gives {name} already")
