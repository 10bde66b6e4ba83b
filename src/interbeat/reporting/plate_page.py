"""The page of an assay: plates, standard curves, samples, and what they cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from interbeat.neurochemistry.plates.found import Assayed, Panel
from interbeat.neurochemistry.words import extraction
from interbeat.pipeline.study.outcome import versions
from interbeat.reporting import plate_rows as rows
from interbeat.reporting import plate_words as words
from interbeat.reporting._panels import Figure
from interbeat.reporting._svg import HEIGHT, WIDTH
from interbeat.reporting.citing import cite_sources
from interbeat.reporting.page import template
from interbeat.reporting.plate_figures import curve_figure
from interbeat.reporting.plate_guideline import guideline_rows, guideline_title
from interbeat.reporting.plate_map import MapShown, plate_map
from interbeat.reporting.plate_rows import ReadingRow, StandardRow

__all__ = ["render_plate", "report_plate"]

FOLDED = 60  # rows from which on a table is folded


@dataclass(frozen=True, slots=True)
class PlatePart:
    """All that the page shows of one plate."""

    anchor: str
    name: str
    reason: str
    figure: Figure | None
    map: MapShown
    parameters: list[tuple[str, str, str, str]]
    limits: list[tuple[str, str]]
    standards: list[StandardRow]
    samples: list[ReadingRow]
    controls: list[ReadingRow]
    named: bool
    spiked: bool
    bootstrapped: bool
    folded: bool


def report_plate(assayed: Assayed, path: Path | str) -> Path:
    """Write the page of an assay to `path`; return where.

    Parameters
    ----------
    assayed : Assayed
        What :func:`~interbeat.neurochemistry.plates.assaying.assay` returned.
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
    path.write_text(render_plate(assayed), encoding="utf-8", newline="\n")
    return path


def render_plate(assayed: Assayed) -> str:
    """Return the page of an assay as text."""
    return template("plate.html").render(
        kind="plate",
        title=words.heading(assayed),
        about=words.about(assayed),
        extraction=extraction(assayed.run.extracted),
        unit=assayed.run.unit or "unit not stated",
        statements=words.in_short(assayed),
        plates=[_part(assayed, panel, k) for k, panel in enumerate(assayed.panels)],
        across=_across(assayed),
        flags=rows.flag_rows(assayed),
        methods=words.methods(assayed),
        limits=words.limits(assayed),
        settings=words.settings_rows(assayed),
        guideline=guideline_title(assayed),
        guidelines=guideline_rows(assayed),
        bibtex=cite_sources(words.sources_of(assayed), keys=words.keys_of(assayed)),
        versions=versions(),
        width=WIDTH,
        height=HEIGHT,
    )


def _part(assayed: Assayed, panel: Panel, k: int) -> PlatePart:
    run = assayed.run
    plate = next(plate for plate in run.plates if plate.name == panel.plate)
    samples = rows.reading_rows(panel, run)
    every = (*panel.readings, *panel.controls)
    return PlatePart(
        anchor=f"plate-{k}",
        name=panel.plate,
        reason=panel.curve.reason,
        figure=curve_figure(panel, unit=run.unit, response=plate.unit, k=k),
        map=plate_map(run, plate, panel, assayed.assay),
        parameters=rows.parameter_rows(
            panel, {"response": plate.unit, "concentration": run.unit}
        ),
        limits=rows.limit_rows(panel),
        standards=rows.standard_rows(panel),
        samples=samples,
        controls=rows.control_rows(panel, run),
        named=any(one.person or isfinite(one.time) for one in panel.readings),
        spiked=any(one.spiked for one in every),
        bootstrapped=any(isfinite(one.bootstrap) for one in every),
        folded=len(samples) > FOLDED,
    )


def _across(assayed: Assayed) -> list[tuple[str, str, list[tuple[str, str, str, str]]]]:
    """Return caption, name of the first column and rows of each table that has rows."""
    tables = (
        ("Precision", "What", assayed.precision),
        ("Linearity of dilution: recovery against the least diluted", "Sample",
         assayed.dilution),
        ("Recovery of what was added", "Sample", assayed.spike),
        ("Parallelism: slope of the diluted sample over that of the standards", "Sample",
         assayed.parallelism),
    )  # fmt: skip
    return [(caption, first, rows.share_rows(found)) for caption, first, found in tables
            if found]  # fmt: skip
