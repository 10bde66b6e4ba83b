"""Beats from the intervals between them: with or without time stamps, gaps made explicit."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.session import Inference

__all__ = ["Heard", "beats_at", "beats_between", "beats_stamped"]

SHORTEST, LONGEST = 0.2, 3.0  # s: an interval outside is no single beat's
EXACT = 0.002  # s: stamps this near the intervals are instants of beats
TOGETHER = 0.05  # s: how far an exact stamp may stray before beats were missed
TINY = 1e-6  # s: rounding
LATE = 3.0  # s: how much later a packet may come than the promptest one before it
MEMORY = 300  # intervals over which packets are compared


class Heard(NamedTuple):
    """Beats, the gaps between them, and what was inferred."""

    beats: Beats
    gaps: Intervals
    inferences: tuple[Inference, ...]


def beats_between(rr: FloatArray, *, subject: str, doubtful: BoolArray | None = None) -> Heard:
    """Return the beats that bound `rr` (s), the first at 0.

    An interval that is zero or NaN is a gap of unknown length, drawn as one median interval;
    one over 3 s is a gap of that length. The beat after either, and after an interval under
    0.2 s or a doubtful one, is not normal. A first value over 3 s is where the series begins.

    Raises
    ------
    DataError
        If most intervals are missing.
    """
    known = _known(rr)
    notes: list[Inference] = []
    start, suspect = 0.0, np.zeros(rr.size, np.bool_) if doubtful is None else doubtful
    if rr[0] > LONGEST and rr.size > 1:
        start = float(rr[0])
        rr, known, suspect = rr[1:], known[1:], suspect[1:]
        why = f"no heart rests that long: the series begins {start:.3f} s after the recording"
        notes.append(Inference(subject, "first value", "the time of the first beat", why))
    usual = float(np.median(rr[known]))
    times = start + np.concatenate(([0.0], np.cumsum(np.where(known, rr, usual))))
    if not known.all():
        why = f"zero or missing; each is drawn as {usual:.3f} s, so later times may be early"
        notes.append(_count(subject, ~known, "gaps of unknown length", why))
    gap = ~known | (rr > LONGEST)
    return _marked(times, gap, suspect | (rr < SHORTEST), subject=subject, notes=notes)


def beats_at(times: FloatArray, *, subject: str) -> Heard:
    """Return beats at `times` (s); over 3 s between two is a gap.

    Raises
    ------
    DataError
        If the times do not increase.
    """
    rr = np.diff(times)
    return _marked(times, rr > LONGEST, rr < SHORTEST, subject=subject, notes=[])


def beats_stamped(
    rr: FloatArray, stamps: FloatArray, *, subject: str, doubtful: BoolArray | None = None
) -> Heard:
    """Return the beats that end, or begin, `rr` (s) at `stamps` (s).

    Stamps that agree with the intervals are instants of beats. Others are when a packet
    arrived: then beats follow from the intervals, and a packet over 3 s later than the
    promptest before it says that beats were missed. A gap ends with a beat that is not normal,
    and so does an interval that is zero or NaN, which is a gap too.

    Raises
    ------
    DataError
        If most intervals are missing, or beats do not come one after another.
    """
    known = _known(rr)
    suspect = np.zeros(rr.size, np.bool_) if doubtful is None else doubtful
    after = _spread(stamps[1:] - rr[1:] - stamps[:-1])
    before = _spread(stamps[1:] - rr[:-1] - stamps[:-1])
    notes: list[Inference] = []
    if min(after, before) <= EXACT:
        ends = stamps if after <= before else stamps + np.nan_to_num(rr)
        if before < after:
            why = "each differs from the next by its own interval"
            notes.append(Inference(subject, "time", "the beginning of each interval", why))
    else:
        ends = _arrived(np.where(known, rr, np.median(rr[known])), stamps)
        why = f"they differ from the intervals by {after:.3f} s in the median"
        value = "the arrival of packets; beats follow from the intervals"
        notes.append(Inference(subject, "time", value, why))
    return _joined(rr, ends, suspect, subject=subject, notes=notes)


def _known(rr: FloatArray) -> BoolArray:
    known = rr > 0
    if known.sum() < max(1, rr.size / 2):
        raise DataError(
            f"{rr.size - int(known.sum())} of {rr.size} intervals are zero or missing"
        )
    return known


def _spread(errors: FloatArray) -> float:
    known = errors[np.isfinite(errors)]
    return float(np.median(np.abs(known))) if known.size else np.inf


def _arrived(rr: FloatArray, stamps: FloatArray) -> FloatArray:
    """When each interval ended, for packets that came at `stamps`."""
    run = np.cumsum(rr)
    late = stamps - run
    offset = np.empty(rr.size)
    least: deque[int] = deque()  # places of rising lateness: the first is the promptest
    now = float(late[0])
    for k, value in enumerate(late.tolist()):
        while least and least[0] <= k - MEMORY:
            least.popleft()
        if least and value - late[least[0]] > LATE:
            now += value - float(late[least[0]])
            least.clear()
        while least and late[least[-1]] >= value:
            least.pop()
        least.append(k)
        offset[k] = now
    return run + offset


def _joined(
    rr: FloatArray,
    ends: FloatArray,
    suspect: BoolArray,
    *,
    subject: str,
    notes: list[Inference],
) -> Heard:
    """Beats at `ends`, and one more where an interval begins after a gap."""
    known = rr > 0
    begins = np.where(known, ends - rr, ends)
    apart = np.concatenate(([np.inf], begins[1:] - ends[:-1]))
    apart[~known] = 0.0
    opens = apart >= SHORTEST
    times = np.insert(ends, np.flatnonzero(opens), begins[opens])
    places = np.arange(rr.size) + np.cumsum(opens)  # where each end went
    gap, odd = np.zeros((2, times.size), np.bool_)  # what ends with each beat
    gap[places[opens] - 1] = True
    gap[places[~known]] = True
    odd[places[(np.abs(apart) > TOGETHER) & ~opens | suspect]] = True
    if times[0] < -TINY and times.size > 1:
        times, gap, odd = times[1:], gap[1:], odd[1:]
        why = "it lies before second 0 of the file"
        notes.append(Inference(subject, "first beat", "left out", why))
    times[0] = max(times[0], 0.0)
    steps = np.diff(times)
    gap, odd = gap[1:] | (steps > LONGEST), odd[1:] | (steps < SHORTEST)
    return _marked(times, gap, odd, subject=subject, notes=notes)


def _marked(
    times: FloatArray,
    gap: BoolArray,
    odd: BoolArray,
    *,
    subject: str,
    notes: list[Inference],
) -> Heard:
    normal = np.concatenate(([True], ~(gap | odd)))
    if gap.any():
        gone = float(np.diff(times)[gap].sum())
        notes.append(_count(subject, gap, "gaps", f"no beat for {gone:.1f} s in all"))
    short = odd & ~gap
    if short.any():
        why = "the interval before is too short, flagged by the device or out of step"
        notes.append(_count(subject, short, "beats that are not normal", why))
    k = np.flatnonzero(gap)
    gaps = Intervals(times[k], times[k + 1], ("gap",) * k.size)
    return Heard(Beats(times, normal, "a"), gaps, tuple(notes))


def _count(subject: str, which: BoolArray, value: str, why: str) -> Inference:
    count = int(which.sum())
    said = (
        value
        if count > 1
        else value.replace("gaps", "gap").replace("beats that are", "beat that is")
    )
    return Inference(subject, "intervals", f"{count} {said}", why)
