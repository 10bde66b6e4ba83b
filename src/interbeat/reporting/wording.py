"""Wording: what the page says in sentences, and what it takes care not to say.

Arousal is never good or bad, quiet is never safe, and nobody is scored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from interbeat.core.estimate import Estimate
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.dyad.verdict import COVARYING
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.reporting._format import (
    HARD,
    NINETY_FIVE,
    interval,
    join,
    plural,
    quality,
    share,
    tidy,
    value,
)
from interbeat.reporting._names import is_tracked, measure_label, sentence

__all__ = [
    "INTERVAL", "SHARED", "at_a_glance", "breath_seen_by_ecg", "names_of", "paces_of_tasks",
    "paces_of_two", "said_of_quality", "said_of_responses", "said_of_summary", "said_of_track",
]  # fmt: skip

VAGAL = ("rmssd", "resphrv")
SWEAT = ("scl", "scr_rate")
CALLED = {"scl": "Skin conductance level", "scr_rate": "response rate"}
INTERVAL = f"{NINETY_FIVE} interval "
UNDER_LF = 9.0  # breaths/min: up to 0.15 Hz the breath moves the heart within the LF band
PACES = ("breathing_rate", "heart_breathing_rate")  # the first that there is
SAME_PACE = 2.0  # breaths/min: a wider difference by itself moves a vagal index
RHYTHM = (
    "The rate seen in the heart is that of breathing's main rhythm, not a count of breaths."
)
SHARED = COVARYING


def at_a_glance(analysis: Analysis, person: PersonAnalysis) -> list[tuple[str, str]]:
    """Return what one person's numbers come to: plain sentences under a heading."""
    found = person.summary
    parts = (
        ("Heart", [*_each(found, ("mean_hr",)), *_vagal(found)]),
        ("Breath", _breath(found, seen=breath_seen_by_ecg(analysis, person))),
        ("Sweat", _sweat(found)),
    )
    return [(sense, " ".join(sentences)) for sense, sentences in parts if sentences]


def breath_seen_by_ecg(analysis: Analysis, person: PersonAnalysis) -> bool:
    """Return whether nothing but the ECG told of this person's breathing."""
    chosen = (f"person {person.person}", "source of breathing")
    return chosen in {(i.subject, i.quantity) for i in analysis.inferences}


def names_of(analysis: Analysis) -> tuple[str, str]:
    """Return what the two people are called; the first leads where a lag is positive."""
    first, second, *_ = (*analysis.people, "b")
    return first, second


def paces_of_tasks(person: PersonAnalysis) -> str:
    """Return a warning where breathing differed between tasks, else nothing."""
    rates = [e.value for e in _alike(list(person.by_interval.values()))]
    if not rates or max(rates) - min(rates) <= SAME_PACE:
        return ""
    return (
        f"Breathing went from {min(rates):.0f} to {max(rates):.0f} a minute between these "
        "tasks: RMSSD, HF and RespHRV are not comparable between tasks breathed at another "
        "pace."
    )


def paces_of_two(analysis: Analysis) -> str:
    """Return a warning where the two breathed at different paces, else nothing."""
    rates = [e.value for e in _alike([p.summary for p in analysis.people.values()])]
    if len(rates) < 2 or abs(rates[0] - rates[1]) <= SAME_PACE:
        return ""
    a, b = names_of(analysis)
    return (
        f"{a} breathed {rates[0]:.0f} times a minute and {b} {rates[1]:.0f}: their RMSSD and "
        "RespHRV are not comparable with each other."
    )


def said_of_summary(person: PersonAnalysis) -> str:
    """Return what one must know to read the table of a person's summary."""
    found = {name: e for name, e in person.summary.items() if is_tracked(name)}
    said = [
        "Quality is the share of the time that could be used; n counts the intervals, pairs of "
        "intervals, breaths, responses or samples that a value rests on."
    ]
    if any(not e.reason and e.value >= 0 > e.interval[0] for e in found.values()):
        said.append(
            "Intervals reach as far down as up: one that passes below 0 is to be read as "
            "ending there."
        )
    breath = _pace(found)
    powers = [name for name in ("lf", "hf") if name in found and not found[name].reason]
    if breath is not None and breath.value <= UNDER_LF and len(powers) == 2:
        said.append(
            f"At {breath.value:.0f} breaths a minute the breath moves the heart within the LF "
            "band: LF and HF hold the same rhythm."
        )
    return " ".join(said)


def said_of_track(name: str, track: Track, beyond: int) -> str:
    """Return the range, median and gaps of a track, `beyond` of whose values leave the plot."""
    known = track.values[np.isfinite(track.values)]
    if not known.size:
        return f"{name} has no value: {_commonest(track.reasons)}."
    low, middle, high = (_short(v) for v in np.percentile(known, (0, 50, 100)))
    lost = 1 - known.size / len(track)
    gaps = (
        f"; no value for {share(lost)} of the time ({_commonest(track.reasons)})"
        if lost
        else ""
    )
    over = f"each value over the {track.window:g}{HARD}s before it"
    cut = f" {plural(beyond, 'value')} beyond the axis drawn at its edge." if beyond else ""
    return f"{name}: {low} to {high}{HARD}{track.unit}, median {middle}, {over}{gaps}.{cut}"


def said_of_responses(responses: Responses, rate: Estimate | None) -> str:
    """Return how many skin conductance responses there were, if they could be counted."""
    if not len(responses):
        if rate is not None and rate.reason:
            return f"Skin conductance responses could not be counted: {rate.reason}."
        return "No skin conductance response was found."
    size = _short(float(np.median(responses.amplitude)))
    count = plural(len(responses), "skin conductance response")
    return f"{count}, of {size}{HARD}µS in the median."


def said_of_quality(name: str, signal: Signal, span: Span) -> str:
    """Return the shares of time in which a signal was good, fair, poor or not there."""
    v = signal.between(*span).values
    seconds = max(round(span.seconds * signal.sampling_rate), v.size, 1)
    parts = {
        "good": (v >= 0.8).sum(),
        "fair": ((v >= 0.5) & (v < 0.8)).sum(),
        "poor": (v < 0.5).sum(),
    }
    parts["no data"] = seconds - sum(parts.values())
    shares = [f"{word} {share(float(n) / seconds)}" for word, n in parts.items() if n]
    return f"{name}: {join(shares)}."


def _each(found: Mapping[str, Estimate], names: tuple[str, ...]) -> list[str]:
    """Return a sentence on the `names` that have a value, and one on each reason not to."""
    there = [name for name in names if name in found and not found[name].reason]
    missing = _absent({name: found[name] for name in names if name in found})
    if not there:
        return missing
    first, *rest = (_number(name, found[name]) for name in there)
    numbers = join([first, *(number.replace(INTERVAL, "") for number in rest)])
    return [f"{sentence(numbers)}, {_worst(found, there)}.", *missing]


def _absent(found: Mapping[str, Estimate]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for name, estimate in found.items():
        if estimate.reason:
            reasons.setdefault(estimate.reason, []).append(_called(name))
    return [f"{sentence(join(names))}: no value ({why})." for why, names in reasons.items()]


def _vagal(found: Mapping[str, Estimate]) -> list[str]:
    said = _each(found, VAGAL)
    if all(name not in found or found[name].reason for name in VAGAL):
        return said
    breath = _pace(found)
    if breath is None:
        pace = "breathing not known: not comparable across recordings"
    else:
        pace = (
            f"breathing {breath.value:.0f}/min: not comparable with recordings at another pace"
        )
    return [f"{said[0][:-1]}, {pace}.", *said[1:]]


def _pace(found: Mapping[str, Estimate]) -> Estimate | None:
    """Return the breathing rate: of breaths, or else as seen in the heart."""
    rates = [found[name] for name in PACES if name in found]
    return next((rate for rate in rates if not rate.reason), None)


def _alike(several: list[Mapping[str, Estimate]]) -> list[Estimate]:
    """Return each one's breathing rate, of one kind where all have it: a rhythm is no count."""
    for name in PACES:
        rates = [found[name] for found in several if name in found and not found[name].reason]
        if len(rates) == len(several):
            return rates
    return [rate for rate in map(_pace, several) if rate is not None]


def _breath(found: Mapping[str, Estimate], *, seen: bool) -> list[str]:
    counted = _each(found, ("breathing_rate",))
    rhythm = found.get("heart_breathing_rate")
    there = "breathing_rate" in found and not found["breathing_rate"].reason
    if there and not seen:
        return counted
    if there:
        counted = [
            f"{counted[0][:-1]}, seen only in the ECG, for want of a usable belt or airflow."
        ]
    if rhythm is None or (rhythm.reason and there):
        return counted
    if rhythm.reason:
        return _each(found, PACES)
    return [*counted, *_each(found, ("heart_breathing_rate",)), RHYTHM]


def _sweat(found: Mapping[str, Estimate]) -> list[str]:
    said = _each(found, SWEAT)
    if all(name not in found or found[name].reason for name in SWEAT):
        return said
    return [f"{said[0][:-1]}: arousal, pleasant or not; no sensor can tell which.", *said[1:]]


def _number(name: str, e: Estimate) -> str:
    return f"{_called(name)} {value(e)}{HARD}{e.unit} ({INTERVAL}{interval(e)})"


def _called(name: str) -> str:
    return CALLED.get(name, measure_label(name))


def _worst(found: Mapping[str, Estimate], names: list[str]) -> str:
    return quality(min((found[name] for name in names), key=lambda e: e.quality))


def _commonest(reasons: tuple[str, ...]) -> str:
    counted = Counter(reason for reason in reasons if reason)
    if not counted:
        return "nothing was measured"
    reason = counted.most_common(1)[0][0]
    return reason if len(counted) == 1 else f"most often: {reason}"


def _short(v: float) -> str:
    return tidy(f"{v:.3g}" if abs(v) < 1000 else f"{v:.0f}")
