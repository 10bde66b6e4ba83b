"""What the command line says of an analysis."""

from __future__ import annotations

from collections.abc import Iterator

from interbeat.dyad.adjusted import LEVEL, UNTESTED, adjusted
from interbeat.dyad.leading import Leading
from interbeat.dyad.synchrony import Synchrony
from interbeat.dyad.verdict import verdict
from interbeat.measures import MEASURES
from interbeat.pipeline.analysis import Analysis, PersonAnalysis

__all__ = ["lines"]


def lines(analysis: Analysis) -> Iterator[str]:
    """Give one line for each estimate, and each reason why there is none."""
    minutes = analysis.span.seconds / 60
    yield f"{analysis.title or 'session'}: {minutes:.1f} min, {len(analysis.people)} recorded"
    for person in analysis.people.values():
        yield from _person(person)
    dyad = analysis.dyad or {}
    counted = adjusted(dyad)
    for name, found in dyad.items():
        p, lead = counted.get(name, UNTESTED).p, analysis.leading.get(name)
        yield f"together, {name}: {_together(found, p)}"
        yield f"  {_verdict(found, p, lead, list(analysis.people))}"
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


def _together(found: Synchrony, p: float) -> str:
    if found.strength.reason:
        return str(found.strength)
    also = f", {p:.3f} adjusted for the signals tested" if p > found.p else ""
    return f"z {found.strength}, p = {found.p:.3f} (floor {found.floor:.3f}){also}"


def _verdict(found: Synchrony, p: float, lead: Leading | None, people: list[str]) -> str:
    """Return what may be said, who leads if anyone, and what else could have been seen."""
    if found.strength.reason:
        return "cannot be told"
    if p > LEVEL:
        return f"{verdict(p)}; {_could_be_seen(found)}"
    count = found.episodes.starts.size
    episodes = "" if found.episodes.share.reason else f"; episodes: {count}"
    return f"{verdict(p)}{episodes}{_leads(lead, people)}"


def _leads(lead: Leading | None, people: list[str]) -> str:
    if lead is None:
        return ""
    called = dict(zip("ab", people, strict=False)).get(lead.leader, lead.leader)
    return f"; leading: {called}" + f", lag {lead.lag}" * (not lead.lag.reason)


def _could_be_seen(found: Synchrony) -> str:
    seen = found.detectable
    if seen.reason:
        return f"what could be seen: {seen.reason}"
    return (
        f"a coupling of {seen.value:.2f} would have had p <= {LEVEL:g}, unadjusted, "
        "in 8 of 10 recordings like it"
    )
