"""The tidy table: one row per person, measure and window, for statistics in any language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.estimate import Z95, Estimate
from interbeat.core.sample import Sample
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.dyad.adjusted import adjusted
from interbeat.dyad.leading import Leading
from interbeat.dyad.synchrony import Synchrony
from interbeat.neurochemistry.courses.course import Course, extraction
from interbeat.pipeline._drives import mean_over
from interbeat.pipeline.tasks import tasks
from interbeat.state.estimates import NAMES, Drives
from interbeat.state.patterns import PATTERNS

if TYPE_CHECKING:
    import pyarrow as pa

    from interbeat.pipeline.analysis import Analysis, PersonAnalysis

__all__ = ["to_table", "write_table"]

CALLED = {
    "vagal": "vagal drive", "sympathetic": "cardiac sympathetic drive", "arousal": "arousal",
}  # fmt: skip

WORDS = ("person", "measure", "unit", "kind", "label", "reason")
NUMBERS = ("start", "end", "value", "se", "low", "high", "quality")
ORDER = (
    "person", "measure", "unit", "kind", "label", "start", "end", "value", "se", "low", "high",
    "quality", "n", "reason",
)  # fmt: skip


class _Rows(NamedTuple):
    """Rows that share their words; the reason alone may differ from row to row."""

    words: tuple[str, str, str, str, str]  # person, measure, unit, kind, label
    numbers: tuple[FloatArray, ...]
    n: IntArray
    reasons: tuple[str, ...]


def to_table(analysis: Analysis) -> pa.Table:
    """Return every estimate as a row.

    Parameters
    ----------
    analysis : Analysis
        Of one person or two.

    Returns
    -------
    pyarrow.Table
        Columns ``person``, ``measure``, ``unit``, ``kind``, ``label``, ``start``, ``end``,
        ``value``, ``se``, ``low``, ``high``, ``quality``, ``n``, ``reason``. ``kind`` is
        ``"window"`` (one second of a track), ``"summary"`` (the whole recording) or
        ``"interval"`` (a marked task, named in ``label``). Times are seconds since the
        session began; ``low`` and ``high`` bound the 95 % interval. A missing value is null
        and has a ``reason``. The two together are person ``"ab"`` (their names joined), with
        measures such as ``"heart rate synchrony"`` (mean Fisher z), ``"heart rate lag"``
        (s, positive: the first person leads), ``"heart rate p"``, ``"heart rate p adjusted"``
        (for the signals tested: :mod:`interbeat.dyad.adjusted`), ``"heart rate detectable"``
        (the coupling that such a recording would have shown in 8 of 10 cases), ``"heart rate
        needed"`` (s, for a coupling of 0.3), ``"heart rate episode share"``, ``rate``,
        ``length``, ``entries`` and ``exits``, and, where the two move together, ``"heart rate
        leading lag"`` (s, of the whitened correlation: see :mod:`interbeat.dyad.leading`). What
        was followed of them second by second comes as windows, ``"heart rate trailing
        synchrony"``. The model's view of a person comes as ``"vagal drive"``, ``"cardiac
        sympathetic drive"`` (natural logarithms of their ratio to rest) and ``"arousal"``, and
        the probability of each pattern as ``"pattern: alert"`` and so on. Tubes of blood and
        saliva are rows of kind ``"sample"`` (``"cortisol in saliva"``), and what those of one
        person come to of kind ``"course"`` (``"cortisol in saliva AUCg"``: see
        :class:`interbeat.neurochemistry.courses.course.Course`); their ``label`` says whether
        they were extracted before the assay.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.recording import Recording
    >>> from interbeat.core.session import Session
    >>> from interbeat.pipeline.analyze import analyze
    >>> heart = Recording("a", {"beats": Beats.from_rr([800, 850, 820, 870] * 50, person="a")})
    >>> analysis = analyze(Session([heart], title="a quiet evening"))
    >>> table = to_table(analysis)
    >>> table.column_names[:5], set(table.column("kind").to_pylist()) == {"window", "summary"}
    (['person', 'measure', 'unit', 'kind', 'label'], True)
    """
    import pyarrow as pa  # noqa: PLC0415 - 0.1 s that only tables need

    rows = list(_rows(analysis))
    columns = {name: _words(pa, rows, k) for k, name in enumerate(WORDS[:5])}
    reasons = [reason for row in rows for reason in row.reasons]
    columns["reason"] = pa.array(reasons, pa.string()).dictionary_encode()
    for k, name in enumerate(NUMBERS):
        numbers = np.concatenate([row.numbers[k] for row in rows] or [np.empty(0)])
        columns[name] = pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))
    counts = np.concatenate([row.n for row in rows] or [np.empty(0, dtype=np.int64)])
    columns["n"] = pa.array(counts, pa.int64())
    return pa.table({name: columns[name] for name in ORDER})


def write_table(analysis: Analysis, path: Path | str) -> Path:
    """Write :func:`to_table` to `path` as Parquet; return where.

    Parameters
    ----------
    analysis : Analysis
        Of one person or two.
    path : Path or str
        What was there before is replaced.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If `path` cannot be written.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    path = Path(path)
    pq.write_table(to_table(analysis), path, compression="zstd")
    return path


def _rows(analysis: Analysis) -> Iterator[_Rows]:
    for person in analysis.people.values():
        yield from _of_person(person, analysis)
    together = "".join(analysis.people)
    dyad = analysis.dyad or {}
    counted = adjusted(dyad)
    for name, synchrony in dyad.items():
        yield from _of_two(synchrony, analysis.leading.get(name), together, analysis.span)
        p = {"p": synchrony.p, "p adjusted": counted[name].p if name in counted else np.nan}
        yield from _of_p(synchrony, p, together, analysis.span)
    for name, track in analysis.together.items():
        yield _windows(track, together, name)
    for sample in analysis.samples:
        yield _of_tube(sample)
    for course in analysis.courses:
        yield from _of_course(course)


def _of_tube(sample: Sample) -> _Rows:
    called = f"{sample.analyte} in {sample.matrix}"
    words = (sample.person, called, sample.unit, "sample", extraction(sample))
    value, se, reason = sample.value, sample.se, ""
    if sample.censored:
        low, high = sample.bounds
        reason = f"between {low:g} and {high:g} {sample.unit}"
        value = se = np.nan
    row = (sample.time, sample.time, value, se, value - Z95 * se, value + Z95 * se, 1.0)
    numbers = tuple(np.array([v], dtype=np.float64) for v in row)
    return _Rows(words, numbers, np.array([1], dtype=np.int64), (reason,))


def _of_course(course: Course) -> Iterator[_Rows]:
    span = Span(course.samples[0].time, course.samples[-1].time)
    for name, found in course.numbers.items():
        called = f"{course.name} {name}"
        words = (course.person, called, found.unit, "course", course.extraction)
        yield _one(words, found, span)


def _of_person(person: PersonAnalysis, analysis: Analysis) -> Iterator[_Rows]:
    for name, estimate in person.summary.items():
        yield _one((person.person, name, estimate.unit, "summary", ""), estimate, analysis.span)
    spans = tasks(analysis.intervals)
    for label, found in person.by_interval.items():
        span = spans[label]
        for name, estimate in found.items():
            yield _one((person.person, name, estimate.unit, "interval", label), estimate, span)
    for name, track in person.tracks.items():
        yield _windows(track, person.person, name)
    if person.drives is not None:
        yield from _of_drives(person.drives, spans)


def _of_drives(found: Drives, spans: Mapping[str, Span]) -> Iterator[_Rows]:
    for name in NAMES:
        track: Track = getattr(found, name)
        called = CALLED[name]
        for label, span in spans.items():
            words = (found.person, called, track.unit, "interval", label)
            yield _one(words, mean_over(track, span), span)
        yield _windows(track, found.person, called)
    for k, name in enumerate(PATTERNS):
        yield _probabilities(found, name, found.patterns[:, k])


def _probabilities(found: Drives, name: str, values: FloatArray) -> _Rows:
    none = np.full(values.size, np.nan)
    ends, of = found.times, found.vagal
    numbers = (ends - 1.0, ends, values, none, none, none, of.quality)
    words = (found.person, f"pattern: {name}", "probability", "window", "")
    return _Rows(words, numbers, of.n, ("",) * values.size)


def _of_two(s: Synchrony, lead: Leading | None, together: str, span: Span) -> Iterator[_Rows]:
    estimates = {
        "synchrony": s.strength,
        "lag": s.lag,
        "detectable": s.detectable,
        "needed": s.needed,
        "episode share": s.episodes.share,
        "episode rate": s.episodes.rate,
        "episode length": s.episodes.length,
        "episode entries": s.episodes.entries,
        "episode exits": s.episodes.exits,
        **({} if lead is None else {"leading lag": lead.lag}),
    }
    for name, found in estimates.items():
        yield _one((together, f"{s.signal} {name}", found.unit, "summary", ""), found, span)


def _of_p(s: Synchrony, p: Mapping[str, float], together: str, span: Span) -> Iterator[_Rows]:
    for name, value in p.items():
        row = (*span, value, *[np.nan] * 4)
        numbers = tuple(np.array([v], dtype=np.float64) for v in row)
        words = (together, f"{s.signal} {name}", "", "summary", "")
        yield _Rows(words, numbers, np.array([s.strength.n]), (s.strength.reason,))


def _one(words: tuple[str, str, str, str, str], e: Estimate, span: Span) -> _Rows:
    row = (*span, e.value, e.se, *e.interval, e.quality)
    numbers = tuple(np.array([v], dtype=np.float64) for v in row)
    return _Rows(words, numbers, np.array([e.n], dtype=np.int64), (e.reason,))


def _windows(t: Track, person: str, name: str) -> _Rows:
    ends = t.times
    reach = Z95 * t.se
    numbers = (
        ends - t.window, ends, t.values, t.se, t.values - reach, t.values + reach, t.quality,
    )  # fmt: skip
    return _Rows((person, name, t.unit, "window", ""), numbers, t.n, t.reasons)


def _words(pa: Any, rows: list[_Rows], k: int) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the k-th word of every row, stored once."""
    known = list(dict.fromkeys(row.words[k] for row in rows))
    index = {word: i for i, word in enumerate(known)}
    codes = np.repeat(
        np.array([index[row.words[k]] for row in rows], dtype=np.int32),
        np.array([row.n.size for row in rows], dtype=np.int64),
    )
    return pa.DictionaryArray.from_arrays(codes, pa.array(known, pa.string()))
