"""The page: one self-contained HTML file that needs no script, no network and no color."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from interbeat.dyad.adjusted import UNTESTED, adjusted
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.reporting import _tables, two, wording
from interbeat.reporting._format import join, length, when
from interbeat.reporting._names import sentence
from interbeat.reporting._panels import Figure
from interbeat.reporting._svg import HEIGHT, WIDTH
from interbeat.reporting.citing import cite
from interbeat.reporting.drives import ModelView, model_view
from interbeat.reporting.figures import (
    FIRST,
    lag_figure,
    person_figures,
    quality_figure,
    synchrony_figure,
)
from interbeat.reporting.methods import measure_rows, methods, other_rows
from interbeat.reporting.scanned import scanned_rows
from interbeat.reporting.tubes import tubes_parts

__all__ = ["render", "report", "template"]


@dataclass(frozen=True, slots=True)
class PersonPart:
    """What the page shows of one person; `who` is ``"a"`` or ``"b"``, whatever their name."""

    who: str
    name: str
    glance: list[tuple[str, str]]
    quality: Figure | None
    figures: list[Figure]
    summary: list[_tables.Cell]
    more: list[tuple[str, list[_tables.Cell]]]
    tasks: list[_tables.TaskTable]
    paces: str
    model: ModelView | None
    reading: str
    cut: str
    excluded: list[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class PairPart:
    """All that the page shows of one signal of the two together."""

    signal: str
    title: str
    verdict: str
    figures: list[Figure]
    folded: bool


def report(analysis: Analysis, path: Path | str) -> Path:
    """Write the page of `analysis` to `path`; return where.

    The file needs nothing else: no script, no network, no fonts. The same analysis gives the
    same bytes.

    Parameters
    ----------
    analysis : Analysis
        Of one person or two.
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

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.recording import Recording
    >>> from interbeat.core.session import Session
    >>> from interbeat.pipeline.analyze import analyze
    >>> heart = Recording("a", {"beats": Beats.from_rr([800, 850, 820, 870] * 50, person="a")})
    >>> analysis = analyze(Session([heart], title="a quiet evening"))
    >>> report(analysis, "evening.html")  # doctest: +SKIP
    PosixPath('evening.html')
    >>> "<h1>a quiet evening</h1>" in render(analysis)
    True
    """
    path = Path(path)
    path.write_text(render(analysis), encoding="utf-8", newline="\n")
    return path


def render(analysis: Analysis) -> str:
    """Return the page of `analysis` as text."""
    names = wording.names_of(analysis)
    return template("page.html").render(
        analysis=analysis,
        title=analysis.title or "Untitled session",
        when=when(analysis.start),
        long=length(analysis.span.seconds) if analysis.span.seconds > 0 else "nothing recorded",
        who=_who(analysis),
        people=_people(analysis),
        two=two.about_two(analysis),
        inputs=_tables.input_rows(analysis),
        tasks=_tables.interval_rows(analysis.intervals),
        cut=_tables.cut_short(analysis.intervals),
        pairs=list(_pairs(analysis, names)),
        synchrony=list(_tables.synchrony_rows(analysis)),
        tubes=tubes_parts(analysis),
        scanned=scanned_rows(analysis),
        methods=methods(analysis),
        measures=measure_rows(analysis),
        others=other_rows(analysis),
        bibtex=cite(analysis),
        width=WIDTH,
        height=HEIGHT,
    )


def _who(analysis: Analysis) -> str:
    people = list(analysis.people)
    return f"{'two people' if len(people) > 1 else 'one person'}: {join(people)}"


def _people(analysis: Analysis) -> list[PersonPart]:
    people = analysis.people.values()
    return [_person(analysis, person, who) for who, person in zip("ab", people, strict=False)]


def _person(analysis: Analysis, person: PersonAnalysis, who: str) -> PersonPart:
    return PersonPart(
        who=who,
        name=person.person,
        glance=wording.at_a_glance(analysis, person),
        quality=quality_figure(analysis, person, who),
        figures=list(person_figures(analysis, person, who)),
        summary=_tables.summary_rows(person),
        more=_tables.more_rows(person),
        tasks=_tables.task_tables(person),
        paces=wording.paces_of_tasks(person),
        model=model_view(analysis, person, who),
        reading=wording.said_of_summary(person),
        cut=_tables.cut_short(analysis.intervals, person),
        excluded=_tables.excluded_rows(person),
    )


def _pairs(analysis: Analysis, names: tuple[str, str]) -> Iterator[PairPart]:
    dyad = analysis.dyad or {}
    counted = adjusted(dyad)
    for k, (name, s) in enumerate(dyad.items()):
        drawn = (synchrony_figure(analysis, s, k), lag_figure(s, names, k))
        found, lead = counted.get(name, UNTESTED), analysis.leading.get(name)
        verdict = two.synchrony_in_words(s, found, names, lead=lead)
        figures = [figure for figure in drawn if figure is not None]
        title = sentence(s.signal)
        yield PairPart(s.signal, title, verdict, figures, folded=name not in FIRST)


@cache
def template(name: str) -> Template:
    """Return a template of ours: names in it come from files, and files from anywhere."""
    environment = Environment(
        loader=PackageLoader("interbeat.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
