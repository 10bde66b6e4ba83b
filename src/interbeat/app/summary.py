"""What the command line says of an analysis."""

from __future__ import annotations

from collections.abc import Iterator

from interbeat.dyad.synchrony import Synchrony
from interbeat.measures import MEASURES
from interbeat.pipeline.analysis import Analysis, PersonAnalysis

__all__ = ["lines"]


def lines(analysis: Analysis) -> Iterator[str]:
    """Give one line for each estimate, and each reason why there is none."""
    minutes = analysis.span.seconds / 60
    yield f"{analysis.title or 'session'}: {minutes:.1f} min, {len(analysis.people)} recorded"
    for person in analysis.people.values():
        yield from _person(person)
    for name, found in (analysis.dyad or {}).items():
        yield f"together, {name}: {_together(found)}"
    for inference in analysis.inferences:
        yield f"note: {inference}"


def _person(person: PersonAnalysis) -> Iterator[str]:
    yield f"person {person.person}: {', '.join(person.inputs)}"
    shown = {n: e for n, e in person.summary.items() if MEASURES[n].window is not None}
    for name, estimate in shown.items():
        yield f"  {MEASURES[name].label:16} {estimate}"
    more = len(person.summary) - len(shown)
    if more:
        yield f"  and {more} more: see --html, --json or --table"


def _together(found: Synchrony) -> str:
    if found.strength.reason:
        return str(found.strength)
    return f"z {found.strength}, p = {found.p:.3f} (floor {found.floor:.3f}), lag {found.lag}"
