"""The result for machines: strict JSON, with a reason wherever there is no number.

Layout (``"interbeat-analysis/1"``)::

    {
      "format": "interbeat-analysis/1",
      "title": str, "start": ISO 8601 instant or null, "sources": [str],
      "span": {"start": s, "end": s},
      "people": {person: {
          "inputs": {channel: what it was},
          "summary": {measure: ESTIMATE},
          "by_interval": {label: {measure: ESTIMATE}},
          "tracks": {measure: {"unit", "window": s, "start": s, "step": 1,
                               "value": [..], "se": [..], "quality": [..], "n": [..],
                               "missing": [[first index, how many, reason], ..]}},
          "signals": {channel: {"unit", "sampling_rate": Hz, "start": s, "value": [..]}},
          "events": {channel: {"times": [s, ..], .. one list per column}},
          "excluded": [{"start": s, "end": s, "label": str}],
          "drives": null (no heart) or {
              "vagal", "sympathetic", "arousal": a track ("ln": of the ratio to rest),
              "patterns": {name: [probability, one a second]},
              "baseline": null or {"start": s, "end": s},
              "settings": {str: number or str}, "costs": [str]}
      }},
      "dyad": null or {signal: {
          "strength": ESTIMATE, "lag": ESTIMATE (positive: the first person leads),
          "p": number or null, "floor": number or null, "p_adjusted": number or null (for
          the signals tested), "verdict": str (by "p_adjusted"),
          "detectable": ESTIMATE, "needed": ESTIMATE (s),
          "episodes": {"starts", "ends": [s], "share", "rate", "length", "entries", "exits":
                       ESTIMATE, "threshold": number or null},
          "leading": null or {"leader": "a", "b", "both" or "undecided", "reasons": [str],
                              "lag": ESTIMATE, "low", "high", "p", "floor": numbers or null,
                              "past": {what one's past says of the other: ESTIMATE},
                              "settings": {str: number}},
          "windows": {"times", "z", "null_low", "null_high"},
          "lags": {"lags", "mean_z", "null_low", "null_high"},
          "settings": {str: number}}},
      "together": {name: a track as those of a person; what was followed second by second},
      "samples": [{"person", "analyte", "matrix", "time": s, "value": number, "unit",
                   "spread", "se", "lower", "upper": numbers or null (not known, no limit),
                   "censored": "", "below" or "above" (the limit), "extraction": str,
                   "flags": [str]}],
      "courses": [{"person", "analyte", "matrix", "unit", "extraction": str,
                   "numbers": {name: ESTIMATE}, "baseline": str, "times": [s],
                   "least", "most": number or null (AUCg, were what is beyond a limit as low
                   or as high as it can be), "flags": [str], "settings": {str: number or str}}],
      "two courses": [{"persons": [str, str], "analyte", "matrix", "unit", "extraction": str,
                       "differences": {name: ESTIMATE} (the first minus the second),
                       "lag": ESTIMATE (the second's peak time minus the first's),
                       "correlation": ESTIMATE, "low", "high" (of the correlation itself),
                       "p", "least_p": number or null, "pairs": int, "words": str}],
      "intervals": [{"start": s, "end": s, "label": str}],
      "inferences": [{"subject", "quantity", "value", "why"}],
      "settings": {str: str}, "versions": {str: str}
    }

    ESTIMATE = {"value", "se", "low", "high": numbers or null, "unit": str,
                "quality": 0 to 1, "n": int, "reason": "" or why value is null}

Every time is in seconds since ``start``. Numbers of estimates are exact; those of tracks,
signals, events and curves are rounded to six significant digits (times to a tenth of a
millisecond), and the Parquet table holds tracks in full. Only the 1 Hz quality signals are
given: what was recorded is in the recording.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.events import Events
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.sample import Sample
from interbeat.core.signal import Signal
from interbeat.core.track import Track
from interbeat.dyad.adjusted import adjusted
from interbeat.dyad.leading import Leading
from interbeat.dyad.synchrony import Synchrony
from interbeat.dyad.verdict import verdict
from interbeat.dyad.windows.episodes import Episodes
from interbeat.neurochemistry.courses.course import Course, extraction
from interbeat.neurochemistry.courses.together import Together, of_pairs
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.reporting._numbers import Json, estimate, estimates, one_line, real
from interbeat.state.estimates import NAMES as DRIVES
from interbeat.state.estimates import Drives
from interbeat.state.patterns import PATTERNS

__all__ = ["FORMAT", "to_json"]

FORMAT = "interbeat-analysis/1"


def to_json(analysis: Analysis) -> str:
    """Return `analysis` as one line of strict JSON; the layout is at the top of this module.

    The same analysis gives the same bytes. NaN is written as null, beside its reason.

    Parameters
    ----------
    analysis : Analysis
        Of one person or two.

    Returns
    -------
    str
        One line, without a line break at its end.

    Examples
    --------
    >>> import json
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.recording import Recording
    >>> from interbeat.core.session import Session
    >>> from interbeat.pipeline.analyze import analyze
    >>> heart = Recording("a", {"beats": Beats.from_rr([800, 850, 820, 870] * 50, person="a")})
    >>> analysis = analyze(Session([heart], title="a quiet evening"))
    >>> summary = json.loads(to_json(analysis))["people"]["a"]["summary"]
    >>> summary["rmssd"]["unit"], summary["scl"]["value"], summary["scl"]["reason"]
    ('ms', None, 'no skin conductance was recorded')
    """
    return one_line(_analysis(analysis))


def _analysis(a: Analysis) -> Json:
    return {
        "format": FORMAT,
        "title": a.title,
        "start": None if a.start is None else a.start.isoformat(),
        "sources": list(a.sources),
        "span": {"start": real(a.span.start), "end": real(a.span.end)},
        "people": {name: _person(person) for name, person in a.people.items()},
        "dyad": None if a.dyad is None else _dyad(a.dyad, a.leading),
        "together": {name: _track(track) for name, track in a.together.items()},
        "samples": [_sample(sample) for sample in a.samples],
        "courses": [_course(course) for course in a.courses],
        "two courses": [_two_courses(pair) for pair in of_pairs(a.courses)],
        "intervals": _intervals(a.intervals),
        "inferences": [asdict(inference) for inference in a.inferences],
        "settings": dict(a.settings),
        "versions": dict(a.versions),
    }


def _sample(s: Sample) -> Json:
    beyond = ("below" if s.value < s.lower else "above") if s.censored else ""
    return {
        **{name: getattr(s, name) for name in ("person", "analyte", "matrix", "unit")},
        **{
            name: real(getattr(s, name))
            for name in ("time", "value", "spread", "se", "lower", "upper")
        },
        "censored": beyond,
        "extraction": extraction(s),
        "flags": list(s.flags),
    }


def _course(c: Course) -> Json:
    how, error = c.settings, c.settings.error
    return {
        **{
            name: getattr(c, name)
            for name in ("person", "analyte", "matrix", "unit", "extraction")
        },
        "numbers": estimates(c.numbers),
        "baseline": c.baseline_is,
        "times": _times([sample.time for sample in c.samples]),
        "least": real(c.least),
        "most": real(c.most),
        "flags": list(c.flags),
        "settings": {
            "errors": error.words,
            "cv": real(error.cv),
            "freedom": real(error.freedom),
            "replicates": error.replicates,
            "shared": error.shared,
            "longest": real(how.longest),
            "draws": how.draws,
            "seed": how.seed,
        },
    }


def _two_courses(pair: Together) -> Json:
    return {
        "persons": list(pair.persons),
        **{name: getattr(pair, name) for name in ("analyte", "matrix", "unit", "extraction")},
        "differences": estimates(pair.differences),
        **estimates({"lag": pair.lag, "correlation": pair.correlation}),
        **{name: real(getattr(pair, name)) for name in ("low", "high", "p")},
        "least_p": real(pair.floor),
        "pairs": pair.pairs,
        "words": pair.words,
    }


def _person(person: PersonAnalysis) -> Json:
    return {
        "inputs": dict(person.inputs),
        "summary": estimates(person.summary),
        "by_interval": {task: estimates(found) for task, found in person.by_interval.items()},
        "tracks": {name: _track(track) for name, track in person.tracks.items()},
        "signals": _signals(person.derived),
        "events": _events(person.derived),
        "excluded": _intervals(person.excluded),
        "drives": None if person.drives is None else _drives(person.drives),
    }


def _drives(found: Drives) -> Json:
    rest = found.baseline
    return {
        **{name: _track(getattr(found, name)) for name in DRIVES},
        "patterns": {name: _numbers(found.patterns[:, k]) for k, name in enumerate(PATTERNS)},
        "baseline": None if rest is None else {"start": rest.start, "end": rest.end},
        "settings": dict(found.settings),
        "costs": list(found.costs),
    }


def _track(t: Track) -> Json:
    return {
        "unit": t.unit,
        "window": t.window,
        "start": t.start,
        "step": 1,
        "value": _numbers(t.values),
        "se": _numbers(t.se),
        "quality": _numbers(t.quality),
        "n": t.n.tolist(),
        "missing": _runs(t.reasons),
    }


def _runs(reasons: tuple[str, ...]) -> list[list[int | str]]:
    """Return [first index, how many, reason] for each run of seconds without a value."""
    runs: list[list[int | str]] = []
    first = 0
    for reason, run in groupby(reasons):
        count = sum(1 for _ in run)
        if reason:
            runs.append([first, count, reason])
        first += count
    return runs


def _signals(derived: Recording) -> Json:
    return {
        name: {
            "unit": data.unit,
            "sampling_rate": data.sampling_rate,
            "start": data.start,
            "value": _numbers(data.values),
        }
        for name, data in derived.channels.items()
        if isinstance(data, Signal) and name.endswith("_quality")
    }


def _events(derived: Recording) -> Json:
    return {
        name: _columns(data)
        for name, data in derived.channels.items()
        if isinstance(data, Events)
    }


def _columns(events: Events) -> Json:
    names = [f.name for f in fields(events) if f.name != "person"]  # type: ignore[arg-type]
    return {name: _column(name, getattr(events, name)) for name in names}


def _column(name: str, column: np.ndarray[tuple[int], np.dtype[Any]]) -> list[Any]:
    if column.dtype == np.bool_:
        return list(column.tolist())
    return _times(column) if name in {"times", "peaks"} else _numbers(column)


def _dyad(dyad: Mapping[str, Synchrony], leading: Mapping[str, Leading]) -> Json:
    counted = adjusted(dyad)
    return {
        name: {
            **_synchrony(s, counted[name].p if name in counted else math.nan),
            "leading": _leading(leading[name]) if name in leading else None,
        }
        for name, s in dyad.items()
    }


def _leading(found: Leading) -> Json:
    return {
        "leader": found.leader,
        "reasons": list(found.reasons),
        "lag": estimate(found.lag),
        **{name: real(getattr(found, name)) for name in ("low", "high", "p", "floor")},
        "past": estimates(found.past),
        "settings": {name: real(v) for name, v in found.settings.items()},
    }


def _episodes(found: Episodes) -> Json:
    return {
        "starts": _times(found.starts),
        "ends": _times(found.ends),
        "share": estimate(found.share),
        "rate": estimate(found.rate),
        "length": estimate(found.length),
        "entries": estimate(found.entries),
        "exits": estimate(found.exits),
        "threshold": real(found.threshold),
    }


def _synchrony(s: Synchrony, p: float) -> Json:
    return {
        "strength": estimate(s.strength),
        "lag": estimate(s.lag),
        "p": real(s.p),
        "floor": real(s.floor),
        "p_adjusted": real(p),
        "verdict": verdict(p),
        "detectable": estimate(s.detectable),
        "needed": estimate(s.needed),
        "episodes": _episodes(s.episodes),
        "windows": {
            "times": _times(s.times),
            "z": _numbers(s.z),
            "null_low": _numbers(s.null_low),
            "null_high": _numbers(s.null_high),
        },
        "lags": {
            "lags": _times(s.lags),
            "mean_z": _numbers(s.curve),
            "null_low": _numbers(s.curve_low),
            "null_high": _numbers(s.curve_high),
        },
        "settings": {name: real(v) for name, v in s.settings.items()},
    }


def _intervals(intervals: Intervals) -> list[Json]:
    return [{"start": a, "end": b, "label": label} for a, b, label in intervals.rows()]


def _times(values: ArrayLike) -> list[float | None]:
    seconds = np.asarray(values, dtype=np.float64)
    return _nulled(np.rint(seconds * 1e4) / 1e4)


def _numbers(values: ArrayLike) -> list[float | None]:
    """Return `values` to six significant digits."""
    v = np.asarray(values, dtype=np.float64)
    size = np.where((v == 0) | ~np.isfinite(v), 1.0, np.abs(v))
    scale = np.power(10.0, 5 - np.floor(np.log10(size)), dtype=np.float64)
    return _nulled(np.round(v * scale) / scale)


def _nulled(v: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | None]:
    numbers: list[float | None] = v.tolist()
    for k in np.flatnonzero(~np.isfinite(v)).tolist():
        numbers[k] = None
    return numbers
