"""The model's view: drives behind a heart, and patterns that they may be, "unknown" too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Z95, Estimate
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.pipeline._drives import mean_over
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.pipeline.tasks import tasks
from interbeat.reporting import _svg
from interbeat.reporting._axes import Tick, bands, bounds, time_scale
from interbeat.reporting._format import HARD, NINETY_FIVE, clock, share, tidy
from interbeat.reporting._panels import Figure, Ground, Mark, Panel, track_panel
from interbeat.reporting._svg import Frame
from interbeat.state.estimates import Drives
from interbeat.state.patterns import PATTERNS

__all__ = ["DriveRow", "ModelView", "model_view"]

# From the bottom of the ribbon to its top: what is unknown is what is left over.
STACK = (
    "settled", "low-arousal (uncertain)", "alert", "mobilized", "co-activated", "unknown",
)  # fmt: skip
FACTORS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
TELLING = 0.005  # a pattern that is rarer than this is not named
MEANINGS = (
    (
        "Vagal drive",
        "An index of vagal influence on the heart, not of the whole vagus nerve. A rise does "
        "not prove felt safety; nor does felt safety have to show in it.",
    ),
    (
        "Sympathetic drive",
        "Two dials, not a seesaw: both can be up, or both down. This one is the less certain "
        "of the two, and is never read without its interval.",
    ),
    (
        "Arousal",
        "Pleasant or not: good and bad excitement look alike here, and so do talk, stairs and "
        "coffee. What was happening?",
    ),
    (
        "Patterns",
        "Names for where the drives are, against this person’s own rest. Quiet signals can "
        "mean calm, tired, or switched off: only the person can say which. “Unknown” means "
        "that there is not enough evidence to say, and is a normal answer.",
    ),
)


class DriveRow(NamedTuple):
    """One stretch of time: its drives, and what they may be, as written in the table."""

    label: str
    vagal: str
    sympathetic: str
    arousal: str
    patterns: str


class ModelView(NamedTuple):
    """What the page shows of one person's drives; without a figure, `missing` says why."""

    figure: Figure | None
    missing: str
    rows: tuple[DriveRow, ...]
    meanings: tuple[tuple[str, str], ...]
    rest: str
    costs: tuple[str, ...]


def model_view(analysis: Analysis, person: PersonAnalysis, who: str) -> ModelView | None:
    """Return the model's view of one person; None where no heart was recorded."""
    found = person.drives
    if found is None:
        return None
    if found.baseline is None or not len(found):
        why = next(
            (reason for reason in found.vagal.reasons if reason), "too little was recorded"
        )
        return ModelView(None, why, (), (), "", ())
    return ModelView(
        _figure(analysis, found, who),
        "",
        tuple(_rows(analysis, found)),
        MEANINGS,
        f"Rest is {clock(found.baseline.start)} to {clock(found.baseline.end)}.",
        found.costs,
    )


def _figure(analysis: Analysis, found: Drives, who: str) -> Figure:
    ground = Ground(analysis.span, time_scale(analysis.span, analysis.start), who)
    drawn = (
        _factor_panel(found.vagal, "Vagal drive", ground),
        _factor_panel(found.sympathetic, "Cardiac sympathetic drive", ground),
        track_panel(found.arousal, "Arousal, difference from rest", ground),
        _ribbon(found, ground),
    )
    key = (
        (f"line-{who}", "estimate"),
        (f"band-{who}", f"{NINETY_FIVE} interval"),
        *((f"pattern-{k}", name) for k, name in enumerate(STACK)),
    )
    return Figure(
        f"drives-{who}",
        f"What the model sees in person {found.person} over time",
        tuple(panel for panel in drawn if panel is not None),
        ground.scale,
        bands(analysis.intervals, analysis.span),
        key,
        _said(found),
    )


def _factor_panel(track: Track, name: str, ground: Ground) -> Panel | None:
    """Return a drive with its band; the axis tells multiples of rest."""
    low, high = track.values - Z95 * track.se, track.values + Z95 * track.se
    reach = bounds(track.values, low, high)
    if reach is None:
        return None
    reach = (min(reach[0], math.log(0.5)), max(reach[1], math.log(2.0)))
    heights = np.array([math.log(f) for f in FACTORS if reach[0] <= math.log(f) <= reach[1]])
    ticks = tuple(
        Tick(round(100 * (reach[1] - at) / (reach[1] - reach[0]), 2), f"{math.exp(at):g}×")
        for at in heights.tolist()
    )
    frame = Frame(*ground.span, *reach)
    marks = (
        Mark("grid", _svg.rules(frame, across=ground.scale.values, at=heights)),
        Mark(f"band-{ground.who}", _svg.area(frame, track.times, low, high)),
        Mark("zero", _svg.rules(frame, at=np.zeros(1))),
        Mark(f"line-{ground.who}", _svg.line(frame, track.times, track.values)),
    )
    return Panel(name, "multiples of own rest", "tall", ticks, marks)


def _ribbon(found: Drives, ground: Ground) -> Panel:
    """Return the patterns stacked, each as high as its probability."""
    frame = Frame(*ground.span, 0.0, 1.0)
    marks, below = [], np.zeros(len(found))
    for k, name in enumerate(STACK):
        above = below + found.patterns[:, PATTERNS.index(name)]
        path = _svg.area(frame, found.times, below, above)
        marks.append(Mark(f"pattern-{k}", path))
        below = above
    ticks = tuple(Tick(100 * (1 - at), share(at)) for at in (0.0, 0.5, 1.0))
    return Panel("Patterns, each as high as it is probable", "", "low", ticks, tuple(marks))


def _rows(analysis: Analysis, found: Drives) -> Iterator[DriveRow]:
    yield _row("whole recording", found, analysis.span)
    for label, span in tasks(analysis.intervals).items():
        yield _row(label, found, span)


def _row(label: str, found: Drives, span: Span) -> DriveRow:
    inside = (found.times > span.start) & (found.times <= span.end)
    return DriveRow(
        label,
        _factor(mean_over(found.vagal, span)),
        _factor(mean_over(found.sympathetic, span)),
        _difference(mean_over(found.arousal, span)),
        _shares(found.patterns[inside]),
    )


def _factor(estimate: Estimate) -> str:
    if estimate.reason:
        return f"missing: {estimate.reason}"
    low, high = estimate.interval
    at, low, high = (math.exp(v) for v in (estimate.value, low, high))
    return f"{at:.2f}{HARD}({low:.2f}{HARD}to{HARD}{high:.2f})"


def _difference(estimate: Estimate) -> str:
    if estimate.reason:
        return f"missing: {estimate.reason}"
    low, high = estimate.interval
    written = [tidy(f"{v:.2f}") for v in (estimate.value, low, high)]
    return f"{written[0]}{HARD}({written[1]}{HARD}to{HARD}{written[2]})"


def _shares(patterns: FloatArray) -> str:
    """Name what it may have been, the most probable first."""
    if not patterns.size:
        return "nothing recorded"
    mean = patterns.mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    return ", ".join(f"{PATTERNS[k]} {share(mean[k])}" for k in order if mean[k] >= TELLING)


def _said(found: Drives) -> str:
    """Return what the figure shows, in words."""
    mean = found.patterns.mean(axis=0)
    unknown = float(mean[PATTERNS.index("unknown")])
    named = [k for k in range(len(PATTERNS)) if PATTERNS[k] != "unknown"]
    likely = max(named, key=lambda k: mean[k])
    return (
        f"Over the recording the pattern is unknown to {share(unknown)}; of those with a name, "
        f"{PATTERNS[likely]} is the most probable, with {share(float(mean[likely]))}. The "
        "drives are told against this person’s own rest, not comparable between people."
    )
