"""Tubes: what the page of a session says of samples of blood and saliva."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.sample import Sample
from interbeat.core.span import Span
from interbeat.neurochemistry.courses.course import LATER, Course
from interbeat.neurochemistry.courses.together import Together, of_pairs
from interbeat.neurochemistry.plates.limits_of import SOURCES, limits_of
from interbeat.pipeline.analysis import Analysis
from interbeat.reporting import _svg
from interbeat.reporting._axes import bands, time_scale, value_ticks
from interbeat.reporting._dots import dots
from interbeat.reporting._format import clock, join, tidy
from interbeat.reporting._names import sentence
from interbeat.reporting._panels import Figure, Mark, Panel
from interbeat.reporting._svg import Frame
from interbeat.reporting._tables import Cell

__all__ = ["TubesPart", "tubes_parts"]

MOST_TICKS = 5
LINES = ("line-a", "line-b dashed")
ALWAYS = (
    "A course is one day of one person: it depends on the hour, on meals, sleep, medication, "
    "the cycle and on how the tubes were taken.",
    "Intervals carry the error of the assay alone. Nobody is scored or ranked.",
)


@dataclass(frozen=True, slots=True)
class TubesPart:
    """What the page shows of one analyte in one matrix.

    Parameters
    ----------
    title, extraction : str
        What it is, and whether it was extracted before the assay.
    figure : Figure or None
        Samples over the time of the session; None where all were taken at once.
    samples : list of tuple of str
        Person, when, value with unit, error, extraction and flags.
    courses : list of (str, list of Cell, list of str)
        Person, numbers, and what to look at.
    between : list of (str, list of Cell)
        Whose numbers were taken from whose, and what is left; empty for one person.
    two : str
        What may be said of the two together; ``""`` for one person.
    notes : list of str
        What the numbers cannot say.
    """

    title: str
    extraction: str
    figure: Figure | None
    samples: list[tuple[str, str, str, str, str, str]]
    courses: list[tuple[str, list[Cell], list[str]]]
    between: list[tuple[str, list[Cell]]]
    two: str
    notes: list[str]


def tubes_parts(analysis: Analysis) -> list[TubesPart]:
    """Return a part for each analyte, matrix, unit and extraction of a session's samples."""
    groups: dict[tuple[str, ...], list[Course]] = {}
    for course in analysis.courses:
        key = (course.analyte, course.matrix, course.unit, course.extraction)
        groups.setdefault(key, []).append(course)
    return [_part(analysis, group, k) for k, group in enumerate(groups.values())]


def _part(analysis: Analysis, courses: Sequence[Course], k: int) -> TubesPart:
    first, pairs = courses[0], of_pairs(courses)
    return TubesPart(
        title=sentence(first.name),
        extraction=first.extraction,
        figure=_figure(analysis, courses, k),
        samples=[_row(sample, course) for course in courses for sample in course.samples],
        courses=[(course.person, _cells(course), list(_said(course))) for course in courses],
        between=[(" minus ".join(pair.persons), _differences(pair)) for pair in pairs],
        two=" ".join(pair.words for pair in pairs),
        notes=list(dict.fromkeys(_notes(first))),
    )


def _row(sample: Sample, course: Course) -> tuple[str, str, str, str, str, str]:
    error = "not stated"
    if math.isfinite(sample.se):
        error = f"standard error {sample.se:.2g}"
    elif math.isfinite(sample.spread):
        error = f"SD of replicates {sample.spread:.2g}"
    flags = "; ".join(sample.flags) or "none"
    value = f"{_value(sample)} {sample.unit}"
    return sample.person, clock(sample.time), value, error, course.extraction, flags


def _value(sample: Sample) -> str:
    if sample.value < sample.lower:
        return f"below {sample.lower:.3g}"
    if sample.value > sample.upper:
        return f"above {sample.upper:.3g}"
    return f"{sample.value:.3g}"


def _cells(course: Course) -> list[Cell]:
    return [Cell.of(number, sentence(name)) for name, number in course.numbers.items()]


def _differences(pair: Together) -> list[Cell]:
    one, other = pair.persons
    cells = [Cell.of(number, sentence(name)) for name, number in pair.differences.items()]
    return [*cells, Cell.of(pair.lag, f"Peak of {other} after that of {one}")]


def _said(course: Course) -> Iterator[str]:
    yield f"The baseline is {course.baseline_is}; {course.settings.error.words}."
    yield from (f"{sentence(flag)}." for flag in course.flags)
    if any(sample.censored for sample in course.samples):
        most = "no limit" if math.isinf(course.most) else f"{course.most:.3g}"
        yield (
            f"Whatever the samples beyond a limit were, AUCg lies between {course.least:.3g} "
            f"and {most}, but for the error of the others."
        )


def _notes(course: Course) -> Iterator[str]:
    later = LATER.get((course.analyte, course.matrix))
    if later:
        yield f"{sentence(later)}."
    for limit in limits_of(course.analyte):
        cited = "; ".join(SOURCES[key] for key in limit.sources)
        yield f"{limit.text} ({cited})" if cited else limit.text
    yield from ALWAYS


def _figure(analysis: Analysis, courses: Sequence[Course], k: int) -> Figure | None:
    """Return the samples of both over the session, each with its interval."""
    times = [sample.time for course in courses for sample in course.samples]
    span = Span(min(analysis.span.start, *times), max(analysis.span.end, *times))
    if len(set(times)) < 2 or not span.seconds > 0:
        return None
    drawn = [_drawn(course) for course in courses]
    top = 1.08 * max(float(high.max()) for _, _, _, high in drawn)
    low = min(0.0, *(float(below.min()) for _, _, below, _ in drawn))
    scale, frame = time_scale(span, analysis.start), Frame(*span, low, top or 1.0)
    ticks, heights = value_ticks(frame.low, frame.high, MOST_TICKS)
    marks = [Mark("grid", _svg.rules(frame, across=scale.values, at=heights))]
    for css, (at, middle, below, above) in zip(LINES, drawn, strict=False):
        plain = css.partition(" ")[0]
        marks += [
            Mark(f"{plain} fine", _uprights(frame, at, below, above)),
            Mark(css, _svg.line(frame, at, middle)),
            Mark(f"{plain} dots", dots(frame, at, middle)),
        ]
    one = courses[0]
    panel = Panel(sentence(one.name), one.unit, "tall", ticks, tuple(marks))
    key = tuple(zip(LINES, (course.person for course in courses), strict=False))
    title = f"{sentence(one.name)} over time ({one.extraction})"
    said = " ".join(_in_words(course) for course in courses)
    tasks = bands(analysis.intervals, span)
    return Figure(f"tubes-{k}", title, (panel,), scale, tasks, key, said)


def _drawn(course: Course) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return times, values and the ends of the strokes: intervals, or what bounds leave open.

    The line is broken where a sample is beyond a limit.
    """
    at = np.array([sample.time for sample in course.samples])
    ends = np.array([_ends(sample) for sample in course.samples])
    middle = [math.nan if sample.censored else sample.value for sample in course.samples]
    return at, np.array(middle), ends[:, 0], ends[:, 1]


def _ends(sample: Sample) -> tuple[float, float]:
    if sample.censored:
        low, high = sample.bounds
        return low, high if math.isfinite(high) else sample.value
    error = 1.96 * sample.se if math.isfinite(sample.se) else 0.0
    return sample.value - error, sample.value + error


def _uprights(frame: Frame, at: FloatArray, low: FloatArray, high: FloatArray) -> str:
    x, bottom, top = frame.x(at).tolist(), frame.y(low).tolist(), frame.y(high).tolist()
    return "".join(f"M{a} {b}V{c}" for a, b, c in zip(x, bottom, top, strict=True) if b != c)


def _in_words(course: Course) -> str:
    said: Iterable[str] = (
        f"{_value(sample)} at {tidy(f'{sample.time / 60:.3g}')} min"
        for sample in course.samples
    )
    return f"Person {course.person}, in {course.unit}: {join(list(said))}."
