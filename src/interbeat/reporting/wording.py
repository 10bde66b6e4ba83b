"""Wording: what the page says in sentences, and what it takes care not to say.

Arousal is never good or bad, quiet is never safe, nobody is scored, and a synchrony
that was not shown is not said to be absent.
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
from interbeat.dyad.synchrony import Synchrony
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.reporting._format import (
    HARD,
    NINETY_FIVE,
    interval,
    join,
    p_value,
    plural,
    quality,
    share,
    tidy,
    value,
)
from interbeat.reporting._names import is_tracked, measure_label, sentence

__all__ = [
    "about_two", "at_a_glance", "breath_seen_by_ecg", "holm", "lag_in_words", "names_of",
    "paces_of_tasks", "said_of_lags", "said_of_quality", "said_of_responses",
    "said_of_summary", "said_of_track", "said_of_windows", "synchrony_in_words",
]  # fmt: skip

LEVEL = 0.05  # of p, over all signals that were tested together
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
HALF_A_CYCLE = (
    "In a rhythm such as breathing, against each other at one lag is together half a cycle "
    "away."
)
SHARED = "co-varying; not shown to be coupled beyond the shared situation"


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


def about_two(analysis: Analysis) -> list[tuple[str, str]]:
    """Return what may be said of the two together: plain sentences under a heading."""
    if analysis.dyad is None:
        return []
    names = names_of(analysis)
    adjusted = holm(analysis.dyad)
    rows = [
        (
            sentence(s.signal),
            synchrony_in_words(s, adjusted.get(k, 1.0), names, tested=len(adjusted)),
        )
        for k, s in analysis.dyad.items()
    ]
    return [*rows, *_paces(analysis)] or [("Signals", "The two share none to compare.")]


def synchrony_in_words(s: Synchrony, p: float, names: tuple[str, str], *, tested: int) -> str:
    """Return what a synchrony lets one say; `p` is adjusted for the `tested` signals."""
    if s.strength.reason:
        return f"No synchrony could be computed: {s.strength.reason}."
    if p > LEVEL:
        return f"Moving together was not shown here ({_chance(s, p)}), {_not(s, tested)}."
    together = s.strength.value >= 0
    direction = "together" if together else "against each other"
    how = f"mean Fisher z {value(s.strength)}, {INTERVAL}{interval(s.strength)}"
    lead = sentence(lag_in_words(s, p, names))
    phase = "" if together else f" {HALF_A_CYCLE}"
    return (
        f"At the best lag the two moved {direction} ({how}; {_chance(s, p)}): {SHARED}. "
        f"{lead}.{phase}"
    )


def lag_in_words(s: Synchrony, p: float, names: tuple[str, str]) -> str:
    """Return who led, as far as it is known; a positive lag means that the first one led."""
    if s.lag.reason:
        return f"no lag: {s.lag.reason}"
    if not p <= LEVEL:
        return "with no synchrony shown, a lag says nothing"
    low, high = s.lag.interval
    if low <= 0 <= high:
        return f"no leader shown: the interval of the lag, {interval(s.lag)} s, holds 0"
    first, then = names if low > 0 else names[::-1]
    at = f"{value(s.lag)}{HARD}s, {INTERVAL}{interval(s.lag)}{HARD}s"
    return f"the changes of {first} came before those of {then} (lag {at})"


def holm(dyad: Mapping[str, Synchrony]) -> dict[str, float]:
    """Return the p of each signal that has one, adjusted for having tested several (Holm).

    Holm (1979), Scand. J. Stat. 6:65. Valid whatever the signals have to do with each other.
    """
    tested = sorted((s.p, name) for name, s in dyad.items() if not np.isnan(s.p))
    adjusted: dict[str, float] = {}
    worst = 0.0
    for k, (p, name) in enumerate(tested):
        worst = max(worst, min(1.0, p * (len(tested) - k)))
        adjusted[name] = worst
    return adjusted


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


def said_of_windows(s: Synchrony) -> str:
    """Return in how many windows synchrony left the band of chance."""
    known = np.isfinite(s.z)
    above, below = int((s.z > s.null_high).sum()), int((s.z < s.null_low).sum())
    n = int(known.sum())
    lost = int(s.z.size - n)
    gaps = f" {plural(lost, 'window')} had too little data." if lost else ""
    return (
        f"Of {plural(n, 'window')}, {above} lay above and {below} below the band that holds "
        f"{NINETY_FIVE} of what chance gives; about {0.05 * n:.0f} would lie outside by "
        f"chance.{gaps}"
    )


def said_of_lags(s: Synchrony) -> str:
    """Return where the curve over lags is farthest from 0, and why there is no lag if so."""
    k = int(np.nanargmax(np.abs(s.curve)))
    outside = not s.curve_low[k] <= s.curve[k] <= s.curve_high[k]
    leaves = "leaves" if outside else "stays within"
    none = f" No lag is given: {s.lag.reason}." if s.lag.reason else ""
    return (
        f"The curve lies farthest from 0 at a lag of {tidy(f'{s.lags[k]:g}')}{HARD}s and there "
        f"{leaves} the band that holds {NINETY_FIVE} of what chance gives.{none}"
    )


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


def _paces(analysis: Analysis) -> list[tuple[str, str]]:
    rates = [e.value for e in _alike([p.summary for p in analysis.people.values()])]
    if len(rates) < 2 or abs(rates[0] - rates[1]) <= SAME_PACE:
        return []
    a, b = names_of(analysis)
    said = (
        f"{a} breathed {rates[0]:.0f} times a minute and {b} {rates[1]:.0f}: their RMSSD and "
        "RespHRV are not comparable with each other."
    )
    return [("Breathing pace", said)]


def _chance(s: Synchrony, p: float) -> str:
    adjusted = f", {p_value(p)} adjusted for the signals tested" if p > s.p else ""
    return f"p{HARD}={HARD}{p_value(s.p)}{adjusted}"


def _not(s: Synchrony, tested: int) -> str:
    if s.floor * tested > LEVEL:
        least = p_value(s.floor)
        among = f", and {plural(tested, 'signal')} were tested" if tested > 1 else ""
        return f"and could not be: so short a recording gives no p below {least}{among}"
    return "which is not the same as not being in sync"


def _commonest(reasons: tuple[str, ...]) -> str:
    counted = Counter(reason for reason in reasons if reason)
    if not counted:
        return "nothing was measured"
    reason = counted.most_common(1)[0][0]
    return reason if len(counted) == 1 else f"most often: {reason}"


def _short(v: float) -> str:
    return tidy(f"{v:.3g}" if abs(v) < 1000 else f"{v:.0f}")
