"""The drives behind a heart: what a person's channels tell the inverse of the body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.pipeline._rhythm import in_rhythm
from interbeat.pipeline.tasks import tasks
from interbeat.state import CheckIn, Drives, Drug, drives

__all__ = ["drives_of", "mean_over", "rest_of"]


def rest_of(baseline: Span | str | None, intervals: Intervals) -> Span | None:
    """Return what counts as rest: a span, or a marked task by its label.

    Raises
    ------
    DataError
        If no task has this label.
    """
    if not isinstance(baseline, str):
        return baseline
    known = tasks(intervals)
    if baseline not in known:
        possible = ", ".join(known) or "none, no task is marked"
        raise DataError(f"no task is called {baseline!r}; possible as baseline: {possible}")
    return known[baseline]


def drives_of(
    channels: Mapping[str, Data], irregular: Intervals, *, baseline: Span | None,
    check_ins: Sequence[CheckIn], drugs: Sequence[Drug],
) -> Drives | None:  # fmt: skip
    """Return the drives of one person, smoothed; None where no heart was recorded.

    Beats of `irregular` stretches tell of no drive: there the drives are carried on, and their
    intervals widen.
    """
    held = in_rhythm(channels, irregular)
    beats = held.get("beats")
    if not isinstance(beats, Beats):
        return None
    breathing, responses = held.get("breathing"), held.get("responses")
    level = held.get("scl")
    return drives(
        beats,
        breathing=breathing if isinstance(breathing, Signal) and len(breathing) else None,
        responses=responses if isinstance(responses, Responses) else None,
        watched=_seen(level) if isinstance(level, Signal) else None,
        baseline=baseline,
        check_ins=check_ins,
        drugs=drugs,
    )


def _seen(level: Signal) -> Intervals:
    """Return the stretches in which skin conductance was seen."""
    step = 1 / level.sampling_rate
    return Intervals.where(np.isfinite(level.values), level.times, step, "watched")


def mean_over(track: Track, span: Span) -> Estimate:
    """Return the mean of a drive over `span`.

    Neighboring seconds share their errors, by how much is not told: the standard error is that
    of a single second, which is the most that it can be.
    """
    inside = (track.times > span.start) & (track.times <= span.end) & np.isfinite(track.values)
    if not inside.any():
        reason = next((r for r in track.reasons if r), "no heartbeat in this stretch")
        return Estimate.missing(track.unit, reason)
    return Estimate(
        float(track.values[inside].mean()),
        float(np.sqrt(np.mean(track.se[inside] ** 2))),
        track.unit,
        float(track.quality[inside].mean()),
        int(inside.sum()),
    )
