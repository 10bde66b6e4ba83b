"""Running a study from the command line: how far it is, and what came of it."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from interbeat.core.errors import SourceError
from interbeat.pipeline.study.outcome import Progress as Step
from interbeat.pipeline.study.outcome import Study, Tell
from interbeat.reporting._format import length, p_value, plural
from interbeat.reporting.study_page import report_study

if TYPE_CHECKING:
    from interbeat.pipeline.study.groups import Group

__all__ = ["lines", "run", "stoppable", "telling"]

QUIET = 30.0  # s between two lines where no terminal shows a bar
STOPPED = 130  # what a shell calls a command that was interrupted
PAGE = b"<!doctype html"


def run(
    folder: Path,
    out: Path,
    html: Path | None,
    **settings: Any,  # noqa: ANN401 - those of the study
) -> Iterator[str]:
    """Run a study, write its table and page, and say in short what was found."""
    from interbeat.pipeline.study.run import study

    if html is not None:
        _check_page(html)
    try:
        with stoppable(), telling() as tell:
            found = study(folder, out, progress=tell, **settings)
    except KeyboardInterrupt:
        sys.stderr.write(f"stopped; what is done is kept in {out}.work, and not done again\n")
        sys.exit(STOPPED)
    if html is not None:
        report_study(found, html)
    yield from lines(found)
    yield from (f"wrote {path.resolve()}" for path in (out, html) if path is not None)


def _check_page(html: Path) -> None:
    """Refuse to write over what is no page: a recording, for example."""
    if html.is_file() and html.stat().st_size:
        with html.open("rb") as file:
            if not file.read(len(PAGE)).lower().startswith(PAGE):
                raise SourceError(html, "is there, and is no page; give another name")


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a batch system, which ends jobs by SIGTERM, stop what runs as Ctrl-C does."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def telling() -> Iterator[Tell]:
    """Give what shows how far a study is: bars on a terminal, else a line now and then."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        yield _Bars(bars)


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._known: dict[str, TaskID] = {}

    def __call__(self, step: Step) -> None:
        if step.stage not in self._known:
            self._known[step.stage] = self._bars.add_task(step.stage, total=step.total)
        self._bars.update(self._known[step.stage], completed=step.done)


class _Lines:
    def __init__(self) -> None:
        self._stage, self._began, self._first, self._said = "", 0.0, 0, 0.0

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        if step.stage != self._stage:
            self._stage, self._began, self._first, self._said = step.stage, now, step.done, now
            if step.total:
                self._say(step, _before(step))
        elif step.done == step.total and step.total > self._first:
            self._say(step, f" in {length(now - self._began)}{_before(step)}")
        elif now - self._said > QUIET:
            self._said = now
            left = (now - self._began) / (step.done - self._first) * (step.total - step.done)
            self._say(step, f", about {length(max(left, 1.0))} left")

    @staticmethod
    def _say(step: Step, more: str) -> None:
        sys.stderr.write(f"{step.stage}: {step.done} of {step.total}{more}\n")
        sys.stderr.flush()


def _before(step: Step) -> str:
    return f", {step.reused} done before" if step.reused else ""


def lines(study: Study) -> Iterator[str]:
    """Give one line for each group, and one for each failure with its reason."""
    paired = sum(done.paired for done in study.sessions)
    yield f"{plural(len(study.sessions), 'session')}, {paired} of two people"
    for group in study.groups:
        if not group.label:
            yield _group(group)
    if study.failures:
        yield f"left out or failed: {len(study.failures)}"
    for failure in study.failures:
        where = "/".join(word for word in (failure.dyad, failure.session) if word)
        yield f"  {': '.join(w for w in (where, failure.what, failure.reason) if w)}"


def _group(group: Group) -> str:
    tested = [m for m in group.members if math.isfinite(m.p)]
    below = sum(m.q <= 0.05 for m in tested)
    said = f"{group.index}, {group.signal}: {below} of {len(tested)} with q <= 0.05"
    if group.compared is None:
        return f"{said}; too few dyads for pseudo-dyads"
    against = f"{said}; against pseudo-dyads: as a group p = {p_value(group.compared.p)}"
    judged = [m for m in group.members if math.isfinite(m.pseudo_p)]
    beyond = sum(m.pseudo_q <= 0.05 for m in judged)
    alone = f"{beyond} of {len(judged)} with q <= 0.05" if judged else "too few for one alone"
    return f"{against}, {alone}"
