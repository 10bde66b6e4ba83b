"""Two: what may be said of two people together, and what must be said beside it.

Synchrony that was not shown is not said to be absent, nor is it ever good or bad; and what two
people share is not told from what passes between them.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.estimate import Estimate
from interbeat.dyad.adjusted import LEVEL, UNTESTED, Adjusted, adjusted
from interbeat.dyad.detectable import WANTED
from interbeat.dyad.leading import Leading
from interbeat.dyad.synchrony import NOT_LOOKED_FOR, Synchrony
from interbeat.dyad.verdict import COVARYING
from interbeat.pipeline.analysis import Analysis
from interbeat.reporting._format import (
    HARD,
    NINETY_FIVE,
    interval,
    length,
    p_value,
    plural,
    share,
    tidy,
    value,
)
from interbeat.reporting._names import sentence
from interbeat.reporting.wording import INTERVAL, names_of, paces_of_two

__all__ = [
    "about_two", "could_be_seen", "lag_in_words", "said_of_episodes", "said_of_lags",
    "said_of_windows", "synchrony_in_words", "who_leads",
]  # fmt: skip

MINUS = "\N{MINUS SIGN}"
LONGEST = 7 * 86400.0  # s; nobody plans a session longer than that
AS_CHANCE = "Chance alone gives one or more in 1 of 20 recordings."
HALF_A_CYCLE = (
    "In a rhythm such as breathing, against each other at one lag is together half a cycle "
    "away."
)


def about_two(analysis: Analysis) -> list[tuple[str, str]]:
    """Return what may be said of the two together: plain sentences under a heading."""
    if analysis.dyad is None:
        return []
    found = adjusted(analysis.dyad)
    rows = [
        (sentence(s.signal), _in_short(analysis, name, found.get(name, UNTESTED)))
        for name, s in analysis.dyad.items()
    ]
    pace = paces_of_two(analysis)
    paces = [("Breathing pace", pace)] if pace else []
    return [*rows, *paces] or [("Signals", "The two share none to compare.")]


def _in_short(analysis: Analysis, name: str, found: Adjusted) -> str:
    """Return what is said of a signal at a glance: the whole, but where nothing was shown."""
    s = (analysis.dyad or {})[name]
    if s.strength.reason:
        return _none(s)
    if found.p <= LEVEL:
        first = _first(s, found.p, names_of(analysis), analysis.leading.get(name))
        return f"{_together(s, found.p)} {first}"
    return f"Not shown ({_chance(s, found.p)}{_seen(s, found.tested)})."


def _seen(s: Synchrony, tested: int) -> str:
    if s.floor * tested > LEVEL:
        among = f" among {plural(tested, 'signal')}" if tested > 1 else ""
        return f"; too short a recording to show it{among}"
    return "" if s.detectable.reason else f"; could be seen: {s.detectable.value:.2f} or more"


def synchrony_in_words(
    s: Synchrony, found: Adjusted, names: tuple[str, str], *, lead: Leading | None = None
) -> str:
    """Return what a synchrony lets one say, its p adjusted for the signals tested."""
    p = found.p
    if s.strength.reason:
        return _none(s)
    if p > LEVEL:
        said = f"Moving together was not shown here ({_chance(s, p)}), {_not(s, found.tested)}."
        episodes = f"{said_of_episodes(s)} {AS_CHANCE}" if s.episodes.starts.size else ""
        return " ".join(filter(None, (said, could_be_seen(s), episodes)))
    phase = "" if s.strength.value >= 0 else HALF_A_CYCLE
    shown = (_together(s, p), said_of_episodes(s), _first(s, p, names, lead), phase)
    return " ".join(filter(None, shown))


def _none(s: Synchrony) -> str:
    return f"No synchrony could be computed: {s.strength.reason}."


def _together(s: Synchrony, p: float) -> str:
    direction = "together" if s.strength.value >= 0 else "against each other"
    how = f"mean Fisher z {value(s.strength)}, {INTERVAL}{interval(s.strength)}"
    return f"At the best lag the two moved {direction} ({how}; {_chance(s, p)}): {COVARYING}."


def _first(s: Synchrony, p: float, names: tuple[str, str], lead: Leading | None) -> str:
    """Return whose changes came first."""
    return who_leads(lead, names) if lead else f"{sentence(lag_in_words(s, p, names))}."


def could_be_seen(s: Synchrony) -> str:
    """Return what coupling a recording like this one would have shown, for a null result."""
    seen, needed = s.detectable, s.needed
    if seen.reason == NOT_LOOKED_FOR:
        return ""
    if seen.reason:
        return f"{sentence(seen.reason)}."
    said = (
        f"A coupling of {seen.value:.2f} or more would have had a p of {LEVEL:g} or less, "
        "unadjusted, in 8 of 10 recordings like this one"
    )
    if needed.reason or needed.value > LONGEST:
        return f"{said}."
    minutes = max(round(needed.value / 60), 1)
    return f"{said}; for one of {WANTED:g}, a session must last about {length(60 * minutes)}."


def said_of_episodes(s: Synchrony) -> str:
    """Return when the two were together more than chance would have it, counted."""
    found = s.episodes
    if found.share.reason:
        return ""
    if not found.starts.size:
        return "No stretch of it stood out from chance by itself."
    count = plural(int(found.starts.size), "episode")
    part, often = _percent(found.share), f"{value(found.rate)} an hour"
    long = "" if found.length.reason else f", {value(found.length)}{HARD}s long on average"
    return (
        f"{count} stood out from chance: {part} of the time that could be judged, "
        f"{often}{long}."
    )


def who_leads(lead: Leading, names: tuple[str, str]) -> str:
    """Return who leads, or that it is undecided, and why."""
    why = "; ".join(lead.reasons).replace(" -", f" {MINUS}")
    if lead.leader == "both":
        return f"Each follows the other: {why}."
    if lead.leader not in {"a", "b"}:
        return f"Who leads is undecided: {why}."
    first, then = names if lead.leader == "a" else names[::-1]
    low, high = sorted(abs(bound) for bound in (lead.low, lead.high))
    by = f"{abs(lead.lag.value):.1f}{HARD}s"
    reach = f"{INTERVAL}{low:.1f}{HARD}to{HARD}{high:.1f}{HARD}s"
    return (
        f"The changes of {first} came before those of {then}, by {by} ({reach}): {first} leads,"
        " which need not be to cause."
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


def _chance(s: Synchrony, p: float) -> str:
    adjusted = f", {p_value(p)} adjusted for the signals tested" if p > s.p else ""
    return f"p{HARD}={HARD}{p_value(s.p)}{adjusted}"


def _not(s: Synchrony, tested: int) -> str:
    if s.floor * tested > LEVEL:
        least = p_value(s.floor)
        among = f", and {plural(tested, 'signal')} were tested" if tested > 1 else ""
        return f"and could not be: so short a recording gives no p below {least}{among}"
    return "which is not the same as not being in sync"


def _percent(e: Estimate) -> str:
    return f"{share(e.value)}{HARD}±{HARD}{share(e.se)}"
