"""The methods paragraph: what was done, in words that a paper can take over."""

from __future__ import annotations

from collections.abc import Mapping

from interbeat.measures import MEASURES
from interbeat.pipeline.analysis import Analysis
from interbeat.reporting._format import join
from interbeat.reporting._names import in_order, is_tracked
from interbeat.reporting.citing import BOKER, LEADING, TARONE

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
    writers = (_software, _recorded, _numbers, _synchrony, _episodes, _leading, _followed)
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
        "the least p given with it. Over several signals, p is adjusted after Holm (1979), "
        "leaving out signals whose least p is too large to count (Tarone 1990, "
        f"doi:{TARONE})."
    )


def _episodes(analysis: Analysis) -> str:
    """Say what an episode is, and how it was found what could be seen."""
    dyad = (analysis.dyad or {}).values()
    said = []
    if any(not s.episodes.share.reason for s in dyad):
        said.append(
            "Episodes are stretches of windows, each averaged with its neighbors, whose "
            "synchrony exceeds what no window of a whole recording like this one exceeds in "
            "95 % of cases by chance."
        )
    if any(not s.detectable.reason for s in dyad):
        said.append(
            "What a recording could have shown was found by tying the two anew: the second "
            "person’s series, taken from another time, was given a growing share of the first "
            "one’s until 8 of 10 such pairs had a p of 0.05 or less. That coupling is the "
            "correlation of the series as measured, at one lag, all of the time."
        )
    return " ".join(said)


def _leading(analysis: Analysis) -> str:
    if not analysis.leading:
        return ""
    errors = join(
        [
            f"{found.settings['sensor_error']:g} s for {signal}"
            for signal, found in analysis.leading.items()
        ]
    )
    knapp, granger = LEADING.split()
    return (
        "Where p was 0.05 or less, who leads was asked of the whitened cross-correlation "
        f"(Knapp and Carter 1976, doi:{knapp}) and of Granger’s test at 1 Hz (Granger 1969, "
        f"doi:{granger}). A leader is named only where the 95 % interval of the lag lies "
        f"beyond what the sensors may be off against each other ({errors}), and the two do not "
        "contradict each other; clocks of different devices are taken to agree."
    )


def _followed(analysis: Analysis) -> str:
    if not analysis.together:
        return ""
    return (
        "Trailing values are those that a live session shows: each second from the time before "
        "it alone, beside what chance gave in the same minutes."
    )


def _windows(settings: Mapping[str, float], seconds: float) -> str:
    whole = settings.get("circle", 0.0) >= seconds  # then nothing was cut
    return ", ".join(
        words.format(settings[name])
        for name, words in SAID.items()
        if name in settings and not (name == "circle" and whole)
    )
