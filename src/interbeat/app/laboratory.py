"""The commands of the laboratory: ``interbeat plate`` and ``interbeat pet``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from interbeat.app._options import FILE, check_writable

__all__ = ["pet", "plate"]

PATHS = click.Path(path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option(
    "--layout", multiple=True, type=PATHS, help="What is in the wells: a CSV (well, role ...)."
)
@click.option("--html", type=FILE, help="Write the page here.")
@click.option("--json", "json_", type=FILE, help="Write the machine-readable result here.")
@click.option("--table", type=FILE, help="Write the tidy table here (Parquet).")
@click.option("--samples", type=FILE, help="Write samples that join a session here (TSV).")
@click.option("--analyte", default="", help="oxytocin, cortisol ...")
@click.option("--unit", default="", help="Of concentrations: pg/mL ...")
@click.option("--matrix", default="", help="saliva, plasma, serum, urine ...")
@click.option(
    "--extracted/--not-extracted", default=None, help="Samples were extracted before the assay."
)
@click.option(
    "--recovery",
    type=float,
    help="Share that extraction kept, 0.9 say: values are divided by it.",
)
@click.option("--curve", default="", help="4PL, 5PL, log-logit, log-log or line.")
@click.option("--weighting", default="", help="power (unless said), equal, 1/y or 1/y2.")
@click.option("--read", default="", help="Label of the read to use: 450.")
@click.option("--reference-read", default="", help="Label of the read to subtract: 620.")
@click.option("--most-cv", type=float, help="CV above which replicates are flagged: 0.2.")
@click.option(
    "--bootstrap", type=click.IntRange(min=20), help="Draws for a second standard error: 300."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the draws."
)
def plate(
    paths: tuple[Path, ...], layout: tuple[Path, ...], html: Path | None, json_: Path | None,
    table: Path | None, samples: Path | None, **told: Any,  # noqa: ANN401 - what click makes of the options
) -> None:  # fmt: skip
    """Read concentrations from plates: exports of a plate reader, run together.

    The layout is what the export carries, or a table with the columns well, role (standard,
    sample, control, blank, nonspecific), concentration, dilution, sample, person and time (s).

    Options override what the files say. What is below the limit of quantification is given as
    that, not as zero; what differs is flagged, not dropped.
    """
    from interbeat.app import plating

    files = {"html": html, "json": json_, "table": table, "samples": samples}
    check_writable(files, (*paths, *layout))
    for line in plating.run(paths, layout, told, files):
        click.echo(line)


@click.command()
@click.argument("path", type=PATHS)
@click.option("--reference", multiple=True, help="Without receptors; several are averaged.")
@click.option("--html", type=FILE, help="Write the page here.")
@click.option("--json", "json_", type=FILE, help="Write the machine-readable result here.")
@click.option("--samples", type=FILE, help="Write samples that join a session here (TSV).")
@click.option("--model", default="SRTM", show_default=True, help="SRTM2, reference Logan ...")
@click.option("--t-star", type=float, help="From when linear models fit, in min.")
@click.option("--k2-prime", type=float, help="Washout of the reference region, in 1/min.")
@click.option("--blood-volume", type=float, help="Share of a region that is blood.")
@click.option("--delay", type=float, help="Of the blood against the regions, in min.")
@click.option("--weighting", default="", help="counts, duration, equal or file.")
@click.option("--blood", multiple=True, type=PATHS, help="Arterial samples of this scan.")
@click.option("--region", multiple=True, help="Only this region; several times for several.")
@click.option("--scan", default="", help="Which scan, where the file holds several.")
@click.option("--condition", type=PATHS, help="A second scan, compared with the first.")
@click.option("--condition-scan", default="", help="Which scan of that file.")
@click.option("--condition-blood", multiple=True, type=PATHS, help="Samples of that scan.")
@click.option("--person", default="", help="Who was scanned.")
@click.option("--time", type=float, help="Of the injection, in s since the session began.")
@click.option("--condition-time", type=float, help="Of the injection of the second scan.")
@click.option("--order", default="", help="How the order of scans was balanced, in words.")
@click.option("--tracer", default="", help="raclopride, carfentanil ...")
@click.option("--radionuclide", default="", help="C11, F18 ...")
@click.option("--time-unit", default="", help="s or min, for files that do not say.")
@click.option("--unit", default="", help="Of activity, for files that do not say.")
def pet(
    path: Path, html: Path | None, json_: Path | None, samples: Path | None, **told: Any,  # noqa: ANN401
) -> None:  # fmt: skip
    """Read binding from the time-activity curves of a PET scan.

    Binding is not release: what a change of it means depends on the tracer and the transmitter.
    """
    from interbeat.app import scanning

    files = {"html": html, "json": json_, "samples": samples}
    others = [told["condition"], *told["blood"], *told["condition_blood"]]
    check_writable(files, (path, *(other for other in others if other is not None)))
    for line in scanning.run(path, told, files):
        click.echo(line)
