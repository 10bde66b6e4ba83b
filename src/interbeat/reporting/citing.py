"""Citing: what to cite for the numbers on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from interbeat.dyad._spec import INDICES
from interbeat.measures import MEASURES
from interbeat.neurochemistry.plates.limits_of import SOURCES
from interbeat.neurochemistry.standards._spec import SHAPES
from interbeat.neurochemistry.tracers._spec import MODELS
from interbeat.pipeline.analysis import Analysis

__all__ = ["BOKER", "HEART", "LEADING", "TARONE", "cite", "cite_sources"]

DOI = re.compile(r"10\.\d{4,9}/[^\s,;\"'<>{}\[\]]+")
BOKER = "10.1037/1082-989X.7.3.338"  # windowed cross-correlation, behind every synchrony
LEADING = "10.1109/TASSP.1976.1162830 10.2307/1912791"  # whitened correlation, and Granger
TARONE = "10.2307/2531456"  # which of several tests count
CHOICES = "10.1177/1745691616658637 10.1038/s41562-020-0912-z"  # multiverse, and its curve
LABORATORY = (  # calibration, censoring, areas; nomenclature, reporting and limits of PET
    "10.1208/aapsj0902029 10.2307/1907382 10.1002/9780470316696 10.1016/S0306-4530(02)00108-7 "
    "10.1038/sj.jcbfm.9600493 10.1177/0271678X20905433 10.1016/j.neuroimage.2016.05.063 "
    "10.1038/jcbfm.1990.127 10.1016/j.psyneuen.2019.05.018 10.1111/j.2517-6161.1954.tb00159.x"
)
BOOKS = (
    "davidian1995",
    "ich2022",
    "oconnell1993",
    "szeto2011",
)  # by key: they have no DOI here
HEART = "10.1038/tp.2016.73 10.1111/psyp.14604"  # how to report measures of the heart


def cite(analysis: Analysis | None = None) -> str:
    """Return BibTeX for interbeat and the methods behind its numbers.

    Parameters
    ----------
    analysis : Analysis, optional
        Cite only the measures and settings that it used; without it, every registered measure.

    Returns
    -------
    str
        interbeat's own entry first, then those of the papers in order of their keys. A DOI
        that interbeat's list does not hold (of a plug-in's measure) becomes a bare entry.

    Examples
    --------
    >>> print(cite().splitlines()[0])
    @software{interbeat,
    """
    keys = BOOKS if analysis is None else ()
    return cite_sources(_sources(analysis), keys=keys)


def cite_sources(sources: Iterable[str], *, keys: Iterable[str] = ()) -> str:
    """Return BibTeX for interbeat and each paper whose DOI is in one of `sources`.

    Parameters
    ----------
    sources : iterable of str
        Texts that name papers by their DOI.
    keys : iterable of str
        Keys of entries that have no DOI: books and guidelines.

    Returns
    -------
    str
    """
    wanted = dict.fromkeys(_dois(" ".join(sources)))
    known = _references()
    entries = sorted(
        [known.get(doi.lower()) or _bare(doi) for doi in wanted] + [known[key] for key in keys]
    )
    return "\n\n".join((_own(), *entries)) + "\n"


def _sources(analysis: Analysis | None) -> Iterator[str]:
    """Give every text that may name a paper."""
    yield HEART
    if analysis is None:
        yield from (spec.source for spec in MEASURES.values())
        yield from (spec.source for spec in INDICES.values())
        yield from (BOKER, LEADING, CHOICES, TARONE)
        yield from (spec.source for spec in SHAPES.values())
        yield from (spec.source for spec in MODELS.values())
        yield from SOURCES.values()
        yield LABORATORY
        return
    used = {name for person in analysis.people.values() for name in person.summary}
    yield from (MEASURES[name].source for name in sorted(used) if name in MEASURES)
    yield from analysis.settings.values()
    if analysis.dyad:
        yield from (BOKER, TARONE)
    if analysis.leading:
        yield LEADING
    followed = {name.partition(" trailing ")[2] for name in analysis.together}
    yield from (INDICES[name].source for name in sorted(followed) if name in INDICES)


def _dois(text: str) -> Iterator[str]:
    yield from (match.rstrip(".)") for match in DOI.findall(text))


@cache
def _references() -> dict[str, str]:
    """Return the entries of references.bib by lower-case DOI, or by key where there is none."""
    text = files("interbeat.reporting").joinpath("references.bib").read_text("utf-8")
    entries = [entry.strip() for entry in re.split(r"\n(?=@)", text) if entry.startswith("@")]
    return {next(_dois(entry), _key(entry)).lower(): entry for entry in entries}


def _key(entry: str) -> str:
    return entry.partition("{")[2].partition(",")[0]


def _bare(doi: str) -> str:
    key = re.sub(r"\W+", "_", doi)
    return f"@misc{{{key},\n  doi = {{{doi}}}\n}}"


def _own() -> str:
    return (
        "@software{interbeat,\n"
        "  title = {interbeat},\n"
        "  author = {{The interbeat developers}},\n"
        f"  version = {{{version('interbeat')}}},\n"
        "  license = {BSD-3-Clause}\n"
        "}"
    )
