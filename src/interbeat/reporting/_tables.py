"""Tables: the rows that the page shows as tables, in the words that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from interbeat.core.estimate import Estimate
from interbeat.core.intervals import Intervals
from interbeat.dyad.adjusted import LEVEL, UNTESTED, adjusted
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.pipeline.tasks import UNMARKED
from interbeat.reporting._format import clock, interval, length, p_value, value
from interbeat.reporting._names import (
    by_family,
    channel_meaning,
    in_order,
    is_tracked,
    measure_label,
)

__all__ = [
    "Cell", "TaskTable", "excluded_rows", "input_rows", "interval_rows", "more_rows",
    "summary_rows", "synchrony_rows", "task_tables",
]  # fmt: skip

NOTHING = "\N{EN DASH}"
TASKS_A_TABLE = 4  # what fits the width of a sheet of A4
MOST_TASKS = 40
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """An estimate as written in a table; `reason` in place of the rest where it is missing."""

    label: str
    unit: str
    value: str
    interval: str
    quality: str
    n: int
    reason: str

    @classmethod
    def of(cls, estimate: Estimate, label: str) -> Cell:
        """Return `estimate` as written under `label`."""
        e = estimate
        shown = ("", "") if e.reason else (value(e), interval(e))
        return cls(label, e.unit, *shown, f"{e.quality:.2f}", e.n, e.reason)


@dataclass(frozen=True, slots=True)
class TaskTable:
    """Measures by marked task: a few tasks across, each measure a row."""

    tasks: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]


def summary_rows(person: PersonAnalysis) -> list[Cell]:
    """Return each measure that has a track, over the whole recording."""
    return _cells(person, [n for n in in_order(person.summary) if is_tracked(n)])


def more_rows(person: PersonAnalysis) -> list[tuple[str, list[Cell]]]:
    """Return the measures without a track, over the whole recording, family by family."""
    rest = [n for n in person.summary if not is_tracked(n)]
    return [(title, _cells(person, names)) for title, names in by_family(rest).items()]


def _cells(person: PersonAnalysis, names: Sequence[str]) -> list[Cell]:
    return [Cell.of(person.summary[n], measure_label(n)) for n in names]


def task_tables(person: PersonAnalysis) -> list[TaskTable]:
    """Return each measure that has a track in each marked task, cut to fit a page."""
    tasks = list(person.by_interval)[:MOST_TASKS]
    cuts = range(0, len(tasks), TASKS_A_TABLE)
    return [_task_table(person.by_interval, tasks[k : k + TASKS_A_TABLE]) for k in cuts]


def _task_table(found: Mapping[str, Mapping[str, Estimate]], tasks: list[str]) -> TaskTable:
    all_names = {name for task in tasks for name in found[task]}
    names = in_order(name for name in all_names if is_tracked(name))
    rows = tuple(
        (measure_label(name), _unit(found, tasks, name), _across(found, tasks, name))
        for name in names
    )
    return TaskTable(tuple(tasks), rows)


def _unit(found: Mapping[str, Mapping[str, Estimate]], tasks: Sequence[str], name: str) -> str:
    return next(found[task][name].unit for task in tasks if name in found[task])


def _across(
    found: Mapping[str, Mapping[str, Estimate]], tasks: Sequence[str], name: str
) -> tuple[Cell, ...]:
    nothing = Estimate.missing("", "not computed")
    return tuple(Cell.of(found[task].get(name, nothing), task) for task in tasks)


def input_rows(analysis: Analysis) -> list[tuple[str, str, str, str]]:
    """Return person, channel, its meaning and what it was, for each channel that was there."""
    return [
        (person.person, name, channel_meaning(name), what)
        for person in analysis.people.values()
        for name, what in person.inputs.items()
    ]


def interval_rows(tasks: Intervals) -> list[tuple[str, str, str, str]]:
    """Return label, start, end and length of each marked task."""
    return [
        (name, clock(a), clock(b), length(b - a)) for a, b, name in _marked(tasks)[:MOST_ROWS]
    ]


def cut_short(tasks: Intervals, person: PersonAnalysis | None = None) -> str:
    """Return how much a table of tasks (of a person's, by task) leaves out, else nothing."""
    most = MOST_ROWS if person is None else MOST_TASKS
    n = len(_marked(tasks)) if person is None else len(person.by_interval)
    if n <= most:
        return ""
    return f"These are the first {most} of {n}; all are in the machine-readable result."


def _marked(tasks: Intervals) -> list[tuple[float, float, str]]:
    return [row for row in tasks.rows() if row[2] not in UNMARKED]


def excluded_rows(person: PersonAnalysis) -> list[tuple[str, str, str, str]]:
    """Return why, in how many stretches, how long and where, for each reason to leave out."""
    rows = []
    for reason in dict.fromkeys(person.excluded.labels):
        stretches = person.excluded.labelled(reason)
        rows.append((reason, str(len(stretches)), length(stretches.seconds), _where(stretches)))
    return rows


def _where(stretches: Intervals) -> str:
    """Name the longest few stretches, in order of time."""
    longest = sorted(stretches.rows(), key=lambda row: row[0] - row[1])[:3]
    named = ", ".join(f"{clock(a)}–{clock(b)}" for a, b, _ in sorted(longest))
    return named if len(stretches) <= 3 else f"longest: {named}"


def synchrony_rows(analysis: Analysis) -> Iterator[Mapping[str, str]]:
    """Give each signal's synchrony, lag and p, as written in the table."""
    dyad = analysis.dyad or {}
    found, called = adjusted(dyad), dict(zip("ab", analysis.people, strict=False))
    for name, s in dyad.items():
        p = found.get(name, UNTESTED).p
        lead = analysis.leading.get(name) if p <= LEVEL else None
        lag = lead.lag if lead is not None else s.lag
        yield {
            "signal": name,
            "reason": s.strength.reason,
            "strength": "" if s.strength.reason else value(s.strength),
            "interval": "" if s.strength.reason else interval(s.strength),
            "leader": NOTHING if lead is None else called.get(lead.leader, lead.leader),
            "lag": NOTHING if lag.reason or p > LEVEL else value(lag),
            "seen": NOTHING if s.detectable.reason else f"{s.detectable.value:.2f}",
            "p": p_value(s.p),
            "adjusted": p_value(p),
            "floor": p_value(s.floor),
        }
