"""The methods paragraph: what was done, in words that a paper can take over."""

from __future__ import annotations

from collections.abc import Mapping

from interbeat.measures import MEASURES
from interbeat.pipeline.analysis import Analysis
from interbeat.reporting._format import join
from interbeat.reporting._names import in_order, is_tracked
from interbeat.reporting.citing import BOKER

__all__ = ["measure_rows", "methods", "other_rows"]

SAID = {  # of the settings of a synchrony
    "window": "windows of {:g} s",
    "hop": "every {:g} s",
    "max_lag": "lags up to ±{:g} s",
    "sampling_rate": "at {:g} Hz",
    "high_pass": "without what is slower than {:g} Hz",
    "shifts": "{:.0f} shifts",
    "circle": "of circles of {:g} s, all at once",
}


def methods(analysis: Analysis) -> list[str]:
    """Return the methods as paragraphs, from the settings, versions and registered measures."""
    writers = (_software, _recorded, _numbers, _synchrony)
    paragraphs = (write(analysis) for write in writers)
    return [paragraph for paragraph in paragraphs if paragraph]


def measure_rows(analysis: Analysis) -> list[tuple[str, str, str, str]]:
    """Return label, unit, window and source of each measure that has a track."""
    used = in_order(name for name in _used(analysis) if is_tracked(name))
    specs = [MEASURES[name] for name in used if name in MEASURES]
    return [(s.label, s.unit, f"{s.window:g} s", s.source) for s in specs]


def other_rows(analysis: Analysis) -> list[tuple[str, str, str]]:
    """Return label, unit and source of each measure that has none."""
    specs = [MEASURES[name] for name in _used(analysis) if not is_tracked(name)]
    return [(s.label, s.unit, s.source) for s in specs]


def _used(analysis: Analysis) -> list[str]:
    found = (name for person in analysis.people.values() for name in person.summary)
    return list(dict.fromkeys(found))


def _software(analysis: Analysis) -> str:
    others = [f"{name} {v}" for name, v in analysis.versions.items() if name != "interbeat"]
    own = f"interbeat {analysis.versions.get('interbeat', '')}".strip()
    running = f" (running on {join(others)})" if others else ""
    return f"The recordings were analyzed with {own}{running}."


def _recorded(analysis: Analysis) -> str:
    people = [
        join([f"{n} ({what})" for n, what in p.inputs.items()]) + f" of person {p.person}"
        for p in analysis.people.values()
        if p.inputs
    ]
    return f"The channels were {'; '.join(people)}." if people else ""


def _numbers(analysis: Analysis) -> str:
    rows = measure_rows(analysis)
    if not rows:
        return ""
    listed = ", ".join(f"{label} {window}" for label, _, window, _ in rows)
    return (
        f"Each second, measures were estimated from the time before it ({listed}); all of them "
        "over the whole recording and over each marked task. Beats, breaths and "
        "responses were never moved or filled in; those marked as abnormal, and all that spans "
        "a gap, were left out. Each estimate carries a standard error that allows for "
        "autocorrelation; intervals are 95 % (value ± 1.96 standard errors)."
    )


def _synchrony(analysis: Analysis) -> str:
    tested = [s for s in (analysis.dyad or {}).values() if s.settings and not s.strength.reason]
    if not tested:
        return ""
    settings = {s.signal: _windows(s.settings, analysis.span.seconds) for s in tested}
    same = len(set(settings.values())) == 1
    listed = [words if same else f"{signal}: {words}" for signal, words in settings.items()]
    return (
        f"Synchrony of {join(list(settings))}: windowed cross-correlation (Boker et al. 2002, "
        f"doi:{BOKER}; {'; '.join(dict.fromkeys(listed))}). The statistic is the mean Fisher z "
        "over windows that lies farthest from 0 over all lags; a positive lag means that the "
        "first person leads. Its p is the share of all circular shifts of one person’s series, "
        "each at its own best lag, that reach the observed value; it can be no smaller than "
        "the least p given with it. Over several signals, p is adjusted after Holm (1979)."
    )


def _windows(settings: Mapping[str, float], seconds: float) -> str:
    whole = settings.get("circle", 0.0) >= seconds  # then nothing was cut
    return ", ".join(
        words.format(settings[name])
        for name, words in SAID.items()
        if name in settings and not (name == "circle" and whole)
    )
