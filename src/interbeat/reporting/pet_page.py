"""The page of a PET scan: curves and fits, binding, differences, and what they cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, isnan
from pathlib import Path

from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.neurochemistry.tracers._spec import MODELS
from interbeat.pipeline.study.outcome import versions
from interbeat.reporting import pet_rows as rows
from interbeat.reporting import pet_words as words
from interbeat.reporting._panels import Figure
from interbeat.reporting._svg import HEIGHT, WIDTH
from interbeat.reporting.citing import cite_sources
from interbeat.reporting.page import template
from interbeat.reporting.pet_figures import course_figure, curve_figure, plot_figure
from interbeat.reporting.pet_rows import RegionRow

__all__ = ["render_pet", "report_pet"]

OPEN = 3  # regions whose figures are shown at once; the others are folded
DRAWN = 120  # regions with figures; more make a page that no browser likes


@dataclass(frozen=True, slots=True)
class RegionPart:
    """The figures of one region."""

    name: str
    figures: list[Figure]
    folded: bool


@dataclass(frozen=True, slots=True)
class ScanPart:
    """All that the page shows of one scan."""

    anchor: str
    title: str
    outcome: str
    parameters: list[str]
    rows: list[RegionRow]
    timed: bool
    washed: bool
    regions: list[RegionPart]
    cut: str


def report_pet(found: Bound | Displaced, path: Path | str) -> Path:
    """Write the page of a scan, or of two that are compared, to `path`; return where.

    Parameters
    ----------
    found : Bound or Displaced
        What :func:`~interbeat.neurochemistry.scans.binding.bind` or
        :func:`~interbeat.neurochemistry.scans.displacing.displaced` returned.
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
    path.write_text(render_pet(found), encoding="utf-8", newline="\n")
    return path


def render_pet(found: Bound | Displaced) -> str:
    """Return the page of a scan, or of two that are compared, as text."""
    two = found if isinstance(found, Displaced) else None
    scans = _scans(found)
    first = next(iter(scans.values()))
    return template("pet.html").render(
        kind="pet",
        title=words.heading(first),
        about=words.about(first),
        statements=words.in_short(found),
        meaning=words.MEANING.get(rows.outcome(first), ""),
        changes=rows.change_rows(two) if two else [],
        repeated=two is not None and any(map(isfinite, two.repeatability.values())),
        scans=[_part(bound, name, k) for k, (name, bound) in enumerate(scans.items())],
        flags=_flags(scans, two),
        methods=words.methods(found),
        guideline="What a report should state (Knudsen et al. 2020)",
        guidelines=rows.guideline_rows(first, order=two.order if two else ""),
        settings=[(name, words.settings_rows(bound)) for name, bound in scans.items()],
        limits=words.limits(found),
        bibtex=cite_sources(words.sources_of(found)),
        versions=versions(),
        width=WIDTH,
        height=HEIGHT,
    )


def _flags(scans: Mapping[str, Bound], two: Displaced | None) -> list[tuple[str, str]]:
    compared = [("comparison", flag) for flag in two.flags] if two else []
    single = [row for name, bound in scans.items() for row in rows.flag_rows(bound, name)]
    return compared + single


def _scans(found: Bound | Displaced) -> dict[str, Bound]:
    if isinstance(found, Displaced):
        return {"baseline": found.baseline, "condition": found.condition}
    return {"scan": found}


def _part(bound: Bound, name: str, k: int) -> ScanPart:
    drawn = list(bound.regions)[:DRAWN]
    cut = f"Figures are of the first {DRAWN} of {len(bound.regions)} regions." if (
        len(bound.regions) > DRAWN) else ""  # fmt: skip
    return ScanPart(
        anchor=f"scan-{k}",
        title="Regions" if name == "scan" else f"Regions: {name}",
        outcome=", ".join(filter(None, (rows.outcome(bound), rows.unit_of(bound)))),
        parameters=rows.parameter_names(bound),
        rows=rows.region_rows(bound),
        timed=any(not isnan(fit.settings.t_star) for fit in bound.regions.values()),
        washed=any(not isnan(fit.settings.k2_prime) for fit in bound.regions.values()),
        regions=[_region(bound, region, k, n) for n, region in enumerate(drawn)],
        cut=cut,
    )


def _region(bound: Bound, region: str, k: int, n: int) -> RegionPart:
    model = MODELS[bound.model].name
    figures = (
        curve_figure(bound, region, name=f"curve-{k}-{n}"),
        plot_figure(bound.regions[region], region, model=model, name=f"plot-{k}-{n}"),
        course_figure(bound, region, name=f"course-{k}-{n}"),
    )
    return RegionPart(region, [f for f in figures if f is not None], folded=n >= OPEN)
