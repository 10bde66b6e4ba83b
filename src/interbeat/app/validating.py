"""Asking the model for the findings of the literature, and saying what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from interbeat.core.errors import DataError
from interbeat.reporting import findings_words as words
from interbeat.reporting.findings_machine import write_findings
from interbeat.reporting.findings_page import report_findings
from interbeat.validation import FINDINGS, Examined, Finding, Part, examine

__all__ = ["chosen", "run", "show"]

WIDE = 160  # columns where no terminal says how wide it is
STYLES = {"holds": "", "fails": "bold red", "fails as expected": "yellow",
          "holds against expectation": "bold red"}  # fmt: skip
_BLANK = (Text(""),) * 4


def run(
    only: Iterable[str], *, seed: int, repeats: int, html: Path | None, json: Path | None
) -> None:
    """Ask the model, print the table, and write the files that were asked for.

    Parameters
    ----------
    only : iterable of str
        Names or numbers of findings; none: all.
    seed, repeats
        See :func:`interbeat.validation.examine`.
    html, json : Path or None
        Where to write; None: nowhere.
    """
    rows = _examined(chosen(only), seed=seed, repeats=repeats)
    console = Console()
    show(rows, console if console.is_terminal else Console(width=WIDE))
    if html is not None:
        report_findings(rows, html, repeats=repeats)
    if json is not None:
        write_findings(rows, json, repeats=repeats)
    for path in (html, json):
        if path is not None:
            console.print(f"wrote {path.resolve()}", markup=False, soft_wrap=True)


def chosen(only: Iterable[str]) -> list[Finding]:
    """Return the findings that are meant, in the order of their numbers.

    Parameters
    ----------
    only : iterable of str
        Names, or numbers of rows; none: all.

    Raises
    ------
    DataError
        If one is neither.
    """
    names = set(only)
    known = sorted(FINDINGS.values(), key=lambda one: (one.number, one.name))
    numbers = {str(found.number) for found in known}
    unknown = sorted(name for name in names if name not in FINDINGS and name not in numbers)
    if unknown:
        raise DataError(
            f"no finding is called {unknown[0]!r}; possible: {', '.join(FINDINGS)}, or the "
            "number of a row"
        )
    return [f for f in known if not names or f.name in names or str(f.number) in names]


def _examined(findings: Sequence[Finding], *, seed: int, repeats: int) -> list[Examined]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    rows = []
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("Asking the model", total=len(findings))
        for found in findings:
            bar.update(task, description=found.name)
            rows.append(examine(found.name, seed=seed, repeats=repeats))
            bar.advance(task)
    return rows


def show(rows: Sequence[Examined], console: Console) -> None:
    """Print the table, what fails and why, and how many hold.

    Parameters
    ----------
    rows : sequence of Examined
        In the order to print.
    console : Console
        Where to.
    """
    console.print(_table(rows))
    for row in rows:
        if row.verdict != "holds":
            why = row.finding.fails or "it was expected to hold"
            said = f"{row.finding.number}. {row.finding.title}: {row.verdict}; {why}"
            console.print(Text(said), soft_wrap=True)
    console.print(f"{words.headline(rows)}. It is the model that is tested, not a person.",
                  markup=False, highlight=False, soft_wrap=True)  # fmt: skip


def _table(rows: Sequence[Examined]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("No.", justify="right")
    for name in ("Finding", "Verdict", "Origin", "The model gives", "Tolerated"):
        table.add_column(name, overflow="fold")
    for row in rows:
        for part in row.parts:
            table.add_row(*(_cells(row) if part is row.parts[0] else _BLANK), *_numbers(part))
    return table


def _cells(row: Examined) -> tuple[Text, ...]:
    unverified = "" if row.finding.verified else ", unverified"
    return (
        Text(str(row.finding.number)),
        Text(row.finding.title),
        Text(words.verdict(row), style=STYLES[row.verdict]),
        Text(f"{row.finding.origin}{unverified}"),
    )


def _numbers(part: Part) -> tuple[Text, Text]:
    called = f"{part.label}: " if part.label else ""
    return Text(f"{called}{words.measured(part)}"), Text(words.tolerance(part))
