"""The page of a study: what a group would put into a paper's supplement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from interbeat.pipeline.study.groups import Group, Member
from interbeat.pipeline.study.outcome import Study
from interbeat.pipeline.study.sessions import SessionDone
from interbeat.reporting import study_words
from interbeat.reporting._format import interval, length, p_value, value
from interbeat.reporting._panels import Figure
from interbeat.reporting._svg import HEIGHT, WIDTH
from interbeat.reporting.citing import HEART, cite_sources
from interbeat.reporting.page import template
from interbeat.reporting.study_figures import pseudo_figure

__all__ = ["render_study", "report_study"]

MOST_ROWS = 200  # dyads in a table; more make a page that no browser likes
FOLDED = 30  # rows from which on a table is folded


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One dyad as written in a group's table; `reason` in place of missing numbers."""

    name: str
    value: str
    interval: str
    p: str
    q: str
    detectable: str
    pseudo_p: str
    pseudo_q: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class GroupPart:
    """All that the page shows of one group."""

    anchor: str
    title: str
    statements: list[str]
    figure: Figure | None
    rows: list[MemberRow]
    folded: bool
    count: int
    cut: str


def report_study(study: Study, path: Path | str) -> Path:
    """Write the page of `study` to `path`; return where.

    Parameters
    ----------
    study : Study
        What :func:`interbeat.study` returned.
    path : Path or str
        The HTML file to write, in UTF-8; what was there before is replaced.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If `path` cannot be written.
    """
    path = Path(path)
    path.write_text(render_study(study), encoding="utf-8", newline="\n")
    return path


def render_study(study: Study) -> str:
    """Return the page of `study` as text."""
    groups = [group for group in study.groups if not group.label]
    return template("study.html").render(
        study=study,
        title=study.title or "Untitled study",
        counts=_counts(study),
        sessions=[_session(done) for done in study.sessions[:MOST_ROWS]],
        cut=_cut(len(study.sessions)),
        folded=len(study.sessions) > FOLDED,
        overview=[_overview(group) for group in groups],
        groups=[_group(group, k) for k, group in enumerate(groups)],
        most=MOST_ROWS,
        tasks=study_words.task_rows(study.groups),
        methods=study_words.methods(study),
        settings=study_words.settings_rows(study),
        bibtex=cite_sources(_sources(study)),
        width=WIDTH,
        height=HEIGHT,
    )


def _counts(study: Study) -> list[tuple[str, str]]:
    sessions = study.sessions
    two = [done for done in sessions if len(done.persons) == 2]
    alone = [done for done in sessions if len(done.persons) == 1]
    seconds = sum(done.seconds for done in two)
    rows = [("Sessions found", str(len(sessions))), ("Of two people", str(len(two)))]
    if alone:
        rows.append(("Of one person, not paired", str(len(alone))))
    rows.append(("Left out or failed", str(len(study.failures))))
    if two:
        rows.append(("Recorded in all", length(seconds)))
    return rows


def _session(done: SessionDone) -> tuple[str, str, str, str]:
    said = done.reason or ", ".join(done.digests or {}) or "nothing to compare"
    people = " and ".join(done.persons) if not done.reason else "–"
    return done.name, people, length(done.seconds) if done.seconds else "–", said


def _overview(group: Group) -> dict[str, str]:
    tested = [m for m in group.members if isfinite(m.p)]
    return {
        "signal": group.signal,
        "index": study_words.label_of(group.index),
        "tested": str(len(tested)),
        "below": str(sum(m.q <= study_words.LEVEL for m in tested)),
        "mean": "–" if group.mean.reason else value(group.mean),
        "p": p_value(group.compared.p) if group.compared else "none",
        "q": p_value(group.q),
    }


def _group(group: Group, k: int) -> GroupPart:
    return GroupPart(
        anchor=f"group-{k}",
        title=study_words.heading(group),
        statements=list(study_words.statements(group)),
        figure=pseudo_figure(group, k),
        rows=[_member(member) for member in group.members[:MOST_ROWS]],
        folded=len(group.members) > FOLDED,
        count=len(group.members),
        cut=_cut(len(group.members)),
    )


def _member(m: Member) -> MemberRow:
    e, seen = m.estimate, m.detectable
    return MemberRow(
        name=f"{m.dyad}/{m.session}" if m.session else m.dyad,
        value="" if e.reason else value(e),
        interval="" if e.reason else interval(e),
        p=_p(m.p, m.floor),
        q=p_value(m.q),
        detectable=seen.reason or f"{seen.value:.2f}",
        pseudo_p=p_value(m.pseudo_p),
        pseudo_q=p_value(m.pseudo_q),
        verdict=m.verdict,
        reason=e.reason,
    )


def _p(p: float, floor: float) -> str:
    return p_value(p) if p > floor else f"{p_value(p)} (least)"


def _cut(count: int) -> str:
    if count <= MOST_ROWS:
        return ""
    return f"These are the first {MOST_ROWS} of {count}, by name; all are in the table."


def _sources(study: Study) -> Sequence[str]:
    names = dict.fromkeys(group.index for group in study.groups)
    return [HEART, *(study_words.source_of(name) for name in names), study_words.FDR]
