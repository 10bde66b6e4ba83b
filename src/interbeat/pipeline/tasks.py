"""Tasks: the labelled stretches of a session over which measures are estimated."""

from __future__ import annotations

from collections import Counter

from interbeat.core.intervals import Intervals
from interbeat.core.span import Span

__all__ = ["UNMARKED", "tasks"]

UNMARKED = frozenset({"gap", "artifact"})  # what was lost is no task
SHORTEST = 10.0  # s: a shorter stretch is a marker, over which nothing is estimated


def tasks(intervals: Intervals) -> dict[str, Span]:
    """Return each task by its label, in order; the second of a name is ``"talk (2)"``.

    Examples
    --------
    >>> tasks(Intervals([0, 60, 90], [60, 61, 150], ["talk", "tag", "talk"]))
    {'talk': Span(start=0.0, end=60.0), 'talk (2)': Span(start=90.0, end=150.0)}
    """
    found: dict[str, Span] = {}
    seen: Counter[str] = Counter()
    for start, end, label in intervals.rows():
        if end - start < SHORTEST or label in UNMARKED:
            continue
        name = label
        while name in found:  # a label of the user's own may be a numbered one
            seen[label] += 1
            name = f"{label} ({seen[label] + 1})"
        found[name] = Span(start, end)
    return found
