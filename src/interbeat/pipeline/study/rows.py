"""Rows: what a study says of each session, as the rows of its table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interbeat.core.arrays import FloatArray
from interbeat.pipeline.study.groups import Group, Member
from interbeat.pipeline.study.outcome import Failure, Study
from interbeat.pipeline.study.results import Results
from interbeat.pipeline.study.sessions import SessionDone
from interbeat.pipeline.study.store import plain
from interbeat.pipeline.study.table import Row, windows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["about", "rows_of"]

ALONE = "one person was recorded; there is nobody to be compared with"
PERSON = (
    "person", "kind", "label", "start", "end", "index", "value", "se", "low", "high", "unit",
    "quality", "n", "reason",
)  # fmt: skip
COUPLING = (
    "signal", "label", "start", "end", "value", "se", "low", "high", "unit", "quality", "n",
    "p", "floor", "null", "null_low", "null_median", "null_high", "detectable", "reason",
)  # fmt: skip
JUDGED = ("q", "pseudo_p", "pseudo_q", "verdict")
FAILURE = ("dyad", "session", "index", "signal", "label", "reason")
PART = ("value", "se", "low", "high", "unit", "quality", "n", "reason")

Judged = Mapping[tuple[str, str, str, str, str], Member]


def about(study: Study) -> dict[str, Any]:
    """Return what the metadata of the table say: versions, and the settings of each index."""
    settings = {
        f"{g.index}, {g.signal}": plain(g.settings) for g in study.groups if not g.label
    }
    return {"study": study.title, "versions": dict(study.versions), "settings": settings}


def rows_of(
    study: Study, dyads: Sequence[SessionDone], results: Results
) -> Iterator[list[Row] | pa.Table]:
    """Give all rows of the table: session by session, by name, then the groups.

    Parameters
    ----------
    study : Study
        What was found.
    dyads : sequence of SessionDone
        Those that were compared.
    results : Results
        Where their couplings are.
    """
    judged = {
        (m.dyad, m.session, g.index, g.signal, g.label): m
        for g in study.groups
        for m in g.members
    }
    compared = {(done.dyad, done.session) for done in dyads}
    for done in study.sessions:
        name = {"dyad": done.dyad, "session": done.session}
        yield [{**name, **row} for row in _of_session(done, results)]
        if (done.dyad, done.session) in compared:
            yield from _of_dyad(done, results, judged)
    yield [_failure(failure) for failure in study.failures]
    yield [_group(group) for group in study.groups]


def _of_session(done: SessionDone, results: Results) -> Iterator[Row]:
    if len(done.persons) == 1:
        yield {"kind": "alone", "person": done.persons[0], "reason": ALONE}
    for row in results.of_persons(done):
        yield dict(zip(PERSON, row, strict=True))


def _of_dyad(
    done: SessionDone, results: Results, judged: Judged
) -> Iterator[list[Row] | pa.Table]:
    name = {"dyad": done.dyad, "session": done.session}
    found = list(results.with_windows(done))
    yield [
        {**name, **row}
        for index, said, _ in found
        for row in _of_coupling(done, index, said, judged)
    ]
    for index, said, curves in found:
        if curves:
            words = {**name, **_words(index, said), "kind": "window"}
            yield from _of_windows(words, said, curves)


def _words(index: str, said: Row) -> dict[str, Any]:
    kind = "interval" if said["label"] else "summary"
    return {
        "kind": kind, "person": "ab", "index": index, "signal": said["signal"],
        "label": said["label"],
    }  # fmt: skip


def _of_coupling(done: SessionDone, index: str, said: Row, judged: Judged) -> Iterator[Row]:
    words = _words(index, said)
    member = judged[done.dyad, done.session, index, said["signal"], said["label"]]
    numbers = {name: said.get(name) for name in COUPLING}
    yield {**numbers, **words, **plain({name: getattr(member, name) for name in JUDGED})}
    where = {name: said[name] for name in ("start", "end")}
    for part, estimate in said["parts"].items():
        yield {**{name: estimate[name] for name in PART}, **words, **where, "part": part}


def _of_windows(
    words: dict[str, Any], said: Row, curves: Mapping[str, FloatArray]
) -> Iterator[pa.Table]:
    """Give what an index says of each window; its times count from where the stretch begins."""
    middles = said["start"] + curves["times"]
    half = float((said.get("settings") or {}).get("window") or 0.0) / 2
    for part in sorted(set(curves) - {"times"}):
        row = {**words, "part": part}
        yield windows(row, middles - half, middles + half, curves[part])


def _failure(failure: Failure) -> Row:
    row = {name: getattr(failure, name) for name in FAILURE}
    return {**row, "kind": "failure", "person": "ab" if failure.index else ""}


def _group(group: Group) -> Row:
    mean, compared = group.mean, group.compared
    low, high = mean.interval
    row: Row = plain({
        "kind": "group", "person": "ab", "index": group.index, "signal": group.signal,
        "label": group.label, "value": mean.value, "se": mean.se, "low": low, "high": high,
        "unit": mean.unit, "quality": mean.quality, "n": mean.n, "reason": mean.reason,
        "pseudo_p": compared.p if compared else math.nan, "pseudo_q": group.q,
    })  # fmt: skip
    return row
