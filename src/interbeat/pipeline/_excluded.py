"""What was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.pipeline._plan import Plan
from interbeat.signals._trust import GOOD_ENOUGH
from interbeat.signals.quality import REASONS

__all__ = ["excluded"]

SHORTEST_GAP = 0.5  # s
LONGEST_BEAT = 3.0  # s: nobody awake has a longer interval; beats were not seen
OF = {"cardiac_quality": "heart", "breathing_quality": "breath", "eda_quality": "sweat"}
REASON = {name: name.replace("quality", "reason") for name in OF}

Row = tuple[float, float, str]


def excluded(
    recording: Recording, made: Mapping[str, Data], plan: Plan, span: Span
) -> Intervals:
    """Return every stretch of `span` that entered no estimate, labelled with what and why.

    Only channels that estimates are made from are spoken of.
    """
    taken = {
        n: d for link in plan.links for n, d in recording.channels.items() if n == link.takes
    }
    rows = [
        *_refused(plan.refused, span),
        *(row for name, data in taken.items() for row in _absent(name, data, span)),
        *(row for name, data in taken.items() for row in _lost(name, data)),
        *(
            row
            for name, of in OF.items()
            for row in _poor(of, made.get(name), made.get(REASON[name]))
        ),
        *_marked(made.get("beats")),
        *_doubted(made.get("breaths")),
    ]
    return Intervals([r[0] for r in rows], [r[1] for r in rows], tuple(r[2] for r in rows))


def _refused(refused: Mapping[str, str], span: Span) -> Iterator[Row]:
    if span.seconds > 0:
        yield from ((span.start, span.end, f"{name}: {why}") for name, why in refused.items())


def _absent(name: str, data: Data, span: Span) -> Iterator[Row]:
    """Give what lies before a channel that begins late and after one that ends early."""
    shortest = SHORTEST_GAP if isinstance(data, Signal) else LONGEST_BEAT
    outside = [(span.start, min(data.start, span.end)), (max(data.end, span.start), span.end)]
    if not len(data):
        outside = [span]
    yield from ((a, b, f"{name}: not recorded") for a, b in outside if b - a >= shortest)


def _lost(name: str, data: Data) -> Iterator[Row]:
    if not isinstance(data, Signal):
        return
    lost = np.isnan(data.values)
    if lost.any():
        yield from _runs(lost, data, f"{name}: no data", SHORTEST_GAP)


def _poor(of: str, quality: Data | None, reasons: Data | None) -> Iterator[Row]:
    """Give the bad seconds of a quality; those with the same reason in one."""
    if not isinstance(quality, Signal):
        return
    bad = quality.values < GOOD_ENOUGH
    why = reasons.values if isinstance(reasons, Signal) else np.zeros(bad.size)
    for number in np.unique(why[bad]).astype(int).tolist():
        words = f" ({REASONS[number]})" if number else ""
        yield from _runs(bad & (why == number), quality, f"{of}: poor signal{words}", 0.0)


def _marked(beats: Data | None) -> Iterator[Row]:
    """Give the stretches around marked beats, from the beat before to the one after."""
    if not isinstance(beats, Beats) or len(beats) < 2:
        return
    silent = beats.rr_ms > 1000 * LONGEST_BEAT
    for which, label in (
        (~beats.nn & ~silent, "beats: ectopic, misplaced or missed"),
        (~beats.nn & silent, "beats: none came"),
    ):
        bad = np.flatnonzero(which)
        stretches = Intervals(beats.times[bad], beats.times[bad + 1], (label,) * bad.size)
        yield from stretches.covered(label).rows()


def _doubted(breaths: Data | None) -> Iterator[Row]:
    if isinstance(breaths, Breaths):
        bad = np.flatnonzero(~breaths.whole)
        label = "breaths: too long or quick, shallow or noisy, or beside a gap"
        stretches = Intervals(breaths.times[bad], breaths.times[bad + 1], (label,) * bad.size)
        yield from stretches.covered(label).rows()


def _runs(
    mask: np.ndarray[tuple[int], np.dtype[np.bool_]], data: Signal, label: str, shortest: float
) -> Iterator[Row]:
    runs = Intervals.where(mask, data.times, 1 / data.sampling_rate, label)
    yield from (row for row in runs.rows() if row[1] - row[0] >= shortest)
