"""Recordings: a session read from its files, analyzed, and both people laid on one grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interbeat.core.estimate import Estimate
from interbeat.pipeline._pair import GRID, on_grid
from interbeat.pipeline.analysis import Analysis
from interbeat.pipeline.analyze import analyze
from interbeat.pipeline.study.finding import Place
from interbeat.pipeline.study.series import Series
from interbeat.pipeline.tasks import tasks
from interbeat.sources import read

__all__ = ["analyzed"]


def analyzed(place: Place) -> tuple[dict[str, Any], Series]:
    """Return what is said of the session at `place`, and the series of its two people.

    Parameters
    ----------
    place : Place
        Of a recording.
    """
    analysis = analyze(read(*place.paths))
    grids = [
        on_grid(person.derived.channels, analysis.span) for person in analysis.people.values()
    ]
    both = [name for name in grids[0] if len(grids) == 2 and name in grids[1]]
    pairs = {name: (grids[0][name], grids[1][name]) for name in both}
    said = {
        "persons": list(analysis.people),
        "seconds": analysis.span.seconds,
        "tasks": [[label, *span] for label, span in tasks(analysis.intervals).items()],
        "rows": list(_rows(analysis)),
        "notes": [str(note) for note in analysis.inferences],
    }
    return said, Series(pairs, GRID, analysis.span.start)


def _rows(analysis: Analysis) -> Iterator[list[Any]]:
    """Give each measure of each person: over the whole, then task by task."""
    spans = tasks(analysis.intervals)
    for person in analysis.people.values():
        for name, e in person.summary.items():
            yield [person.person, "summary", "", *analysis.span, name, *_estimate(e)]
        for label, found in person.by_interval.items():
            for name, e in found.items():
                yield [person.person, "interval", label, *spans[label], name, *_estimate(e)]


def _estimate(e: Estimate) -> list[Any]:
    return [e.value, e.se, *e.interval, e.unit, e.quality, e.n, e.reason]
