"""The command line: ``interbeat``. Commands import what they need when they run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interbeat.app._options import FILE, PAIR, check_writable
from interbeat.app.laboratory import pet, plate

if TYPE_CHECKING:
    from interbeat.core.session import Session
    from interbeat.pipeline.analysis import Analysis

__all__ = ["main"]


class _Household(click.Group):
    """Turns every error of the family into one line on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        from interbeat.core.errors import InterbeatError

        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read the output has had enough; click ends quietly
            raise
        except (InterbeatError, OSError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Household, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="interbeat", message="%(package)s %(version)s")
def main() -> None:
    """Two people's hearts, breath and sweat: measured, with their uncertainty.

    Not a medical device. Sensors give arousal and vagal change; the person gives the direction.
    """


SEED = click.IntRange(min=0)
FRESH = 1_000_000  # the model was tuned on seeds far below


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--html", type=FILE, help="Write the page here.")
@click.option("--json", "json_", type=FILE, help="Write the machine-readable result here.")
@click.option("--table", type=FILE, help="Write the tidy table here (Parquet).")
@click.option("--person", type=PAIR, multiple=True, help="a=FILE, or a=DEVICE in one file.")
@click.option("--channel", type=PAIR, multiple=True, help="ECG=LABEL: which column is which.")
@click.option("--sampling-rate", type=float, help="In Hz, for files that do not say.")
@click.option("--unit", default="", help="Of the values, for files that do not say.")
@click.option("--baseline", help="A marked task that counts as rest, for the drives.")
@click.option("--samples", type=FILE, help="A table of tubes: person, analyte, time, value ...")
@click.option("--sample-event", default="", help="What +10 min in --samples counts from.")
@click.option("--sample-person", type=PAIR, multiple=True, help="a=NAME in --samples.")
@click.option("--assay-cv", type=float, help="Error of a value, as a share, if none is told.")
def analyze(
    paths: tuple[Path, ...],
    html: Path | None,
    json_: Path | None,
    table: Path | None,
    person: tuple[tuple[str, str], ...],
    channel: tuple[tuple[str, str], ...],
    sampling_rate: float | None,
    unit: str,
    baseline: str | None,
    samples: Path | None,
    sample_event: str,
    sample_person: tuple[tuple[str, str], ...],
    assay_cv: float | None,
) -> None:
    """Analyze recordings: a file, a folder, or one path per person."""
    from interbeat.sources import read

    files = {"html": html, "json": json_, "table": table}
    check_writable(files, paths)
    session = read(
        *paths,
        person=dict(person),
        channels={name.lower(): label for name, label in channel},
        sampling_rate=sampling_rate,
        unit=unit,
    )
    if samples is not None:
        who = {name: person for person, name in sample_person}
        session = _with_tubes(session, samples, event=sample_event, who=who)
    elif sample_event or sample_person:
        raise click.UsageError("--sample-event and --sample-person are about --samples")
    _finish(_analyze(session, baseline, assay_cv), files)


@main.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"))
@click.option("--seed", type=SEED, default=1, show_default=True)
def demo(out: Path, seed: int) -> None:
    """Simulate a couple, analyze it and open the page."""
    from interbeat.body import simulate

    out.mkdir(parents=True, exist_ok=True)
    click.echo("Simulating a couple ...")
    analysis = _analyze(simulate("calm evening", seed=seed).session)
    page = out / "couple.html"
    _finish(
        analysis, {"html": page, "json": out / "couple.json", "table": out / "couple.parquet"}
    )
    if _has_screen():
        click.launch(str(page))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=FILE, required=True, help="Write the tidy table here (Parquet).")
@click.option("--html", type=FILE, help="Write the page here.")
@click.option("--index", multiple=True, help="Of coupling; several times for several.")
@click.option("--sampling-rate", type=float, help="In Hz, of series that do not say theirs.")
@click.option("--scheduler", default="", help="A running Dask scheduler: tcp://...")
@click.option("--workers", type=click.IntRange(min=1), help="Processes of this machine.")
def study(
    folder: Path,
    out: Path,
    html: Path | None,
    index: tuple[str, ...],
    sampling_rate: float | None,
    scheduler: str,
    workers: int | None,
) -> None:
    """Analyze and compare all sessions in FOLDER.

    What is done is kept in a folder beside the table, called as it with .work added: the same
    command goes on where it was stopped.
    """
    from interbeat.app.studying import run

    check_writable({"out": out, "html": html}, (folder,))
    settings = {"sampling_rate": sampling_rate, "scheduler": scheduler, "workers": workers}
    for line in run(folder, out, html, indices=index, **settings):
        click.echo(line)


@main.command()
@click.argument("scenario", required=False)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Write it here.")
@click.option("--seed", type=SEED, default=1, show_default=True)
@click.option("--list", "list_", is_flag=True, help="Name the scenarios.")
@click.option("--minutes", type=click.FloatRange(0.02), multiple=True, help="How long.")
@click.option("--couples", type=click.IntRange(min=1), help="Draw so many, and tabulate them.")
@click.option("--tie", type=PAIR, multiple=True, help="threat=0.6: of all couples, both ways.")
@click.option("--scheduler", default="", help="A running Dask scheduler: tcp://...")
@click.option("--workers", type=click.IntRange(min=1), help="Processes of this machine.")
def simulate(
    scenario: str | None,
    out: Path | None,
    seed: int,
    list_: bool,
    minutes: tuple[float, ...],
    couples: int | None,
    tie: tuple[tuple[str, str], ...],
    scheduler: str,
    workers: int | None,
) -> None:
    """Simulate SCENARIO: a name, or the path of a TOML file.

    Its session (BIDS) and its truth go to the folder given with -o. With --couples, what is
    true of so many of them goes to a table (Parquet).
    """
    from interbeat.app import simulating

    if list_ or scenario is None or out is None:
        for line in simulating.listed():
            click.echo(line)
        if not list_:
            raise click.UsageError("give a SCENARIO of these and where to write it: -o DIR")
        return
    if couples is None:
        if tie or scheduler or workers or len(minutes) > 1:
            raise click.UsageError(
                "--tie, --scheduler, --workers and a second --minutes go with --couples"
            )
        simulating.write_scenario(scenario, out, seed=seed, minutes=minutes)
    else:
        spread = {"scheduler": scheduler, "workers": workers, "minutes": minutes}
        simulating.write_couples(scenario, out, count=couples, seed=seed, tie=tie, **spread)
    click.echo(f"wrote {out.resolve()}")


@main.command()
@click.option("--json", "json_", type=FILE, help="Write the machine-readable result here.")
@click.option("--html", type=FILE, help="Write the page here.")
@click.option("--seed", type=SEED, default=FRESH, show_default=True)
@click.option("--repeats", type=click.IntRange(min=1), default=1, show_default=True,
              help="Groups of people to simulate.")  # fmt: skip
@click.option("--only", multiple=True, help="Name or number of a finding; several times.")
def validate(
    json_: Path | None, html: Path | None, seed: int, repeats: int, only: tuple[str, ...]
) -> None:
    """Ask the model for what was found in people, and say what holds.

    It was tuned with seeds 0 to 999.
    """
    from interbeat.app.validating import run

    check_writable({"json": json_, "html": html}, ())
    run(only, seed=seed, repeats=repeats, html=html, json=json_)


main.add_command(plate)
main.add_command(pet)


@main.command()
def formats() -> None:
    """List the formats that can be read."""
    from interbeat.sources import formats as known
    from interbeat.sources.plating import plate_formats
    from interbeat.sources.scanning import scan_formats

    click.echo("Recordings, for interbeat analyze")
    for name, suffixes, title in known():
        click.echo(_row(name, suffixes, title))
    click.echo("\nPlates, for interbeat plate")
    for name, suffixes, title in plate_formats():
        click.echo(_row(name, suffixes, title))
    click.echo("\nTime-activity curves, for interbeat pet")
    for name, suffixes, title in scan_formats():
        click.echo(_row(name, suffixes, title))


def _row(name: str, suffixes: tuple[str, ...], title: str) -> str:
    return f"{name:22} {' '.join(suffixes):28} {title}"


@main.command()
@click.option("--warm-up", is_flag=True, help="Compile and cache the fast loops.")
def doctor(warm_up: bool) -> None:
    """Say what is installed, and whether it works."""
    from interbeat.app.doctor import examine

    for line in examine(warm_up=warm_up):
        click.echo(line)


@main.command()
def cite() -> None:
    """Print BibTeX for interbeat and the methods it uses."""
    from interbeat.reporting import cite as bibtex

    click.echo(bibtex())


def _with_tubes(
    session: Session, table: Path, *, event: str, who: Mapping[str, str]
) -> Session:
    """Return the session with the tubes of a table, by person and time."""
    from interbeat.core.errors import SourceError
    from interbeat.sources.samples import joined, read_samples
    from interbeat.sources.sampling_times import SamplingClock, onset_of

    if event:  # one that is misspelled is told even where no time counts from it
        onset_of(session, event)
    samples = read_samples(table, SamplingClock(session, event))
    if not samples:
        raise SourceError(table, "has a header and no samples")
    return joined(session, samples, who=who)


def _analyze(
    session: Session, baseline: str | None = None, assay_cv: float | None = None
) -> Analysis:
    """Analyze with a progress bar, which shows on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress

    from interbeat.neurochemistry.courses.assay_error import AssayError
    from interbeat.neurochemistry.courses.course import CourseSettings
    from interbeat.pipeline.analyze import analyze

    tubes = CourseSettings(error=AssayError() if assay_cv is None else AssayError(cv=assay_cv))

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Analyzing", total=1.0)
        return analyze(
            session,
            baseline=baseline,
            tubes=tubes,
            progress=lambda share: bar.update(task, completed=share),
        )


def _finish(analysis: Analysis, files: Mapping[str, Path | None]) -> None:
    """Write what was asked for, then say in short what was found and where it is."""
    from interbeat.app.summary import lines
    from interbeat.reporting import report, write_json, write_table

    writers = {"html": report, "json": write_json, "table": write_table}
    for kind, path in files.items():
        if path is not None:
            writers[kind](analysis, path)
    for line in lines(analysis):
        click.echo(line)
    for path in files.values():
        if path is not None:
            click.echo(f"wrote {path.resolve()}")


def _has_screen() -> bool:
    import os
    import sys

    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
