"""Stage: the tracks of inputs, and the contact, that a scenario's events amount to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from interbeat.body.inputs import RATE, Cue, Inputs
from interbeat.body.staging.events import LEVELS, SENSES, Event
from interbeat.body.staging.outfit import Filling
from interbeat.body.staging.scenario import LONGEST, Scenario
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals

__all__ = ["contact_of", "happened", "inputs_of", "stretched", "tasks_of"]

# Each sense that is open opens half of the way between two people: assumed. With two of them
# all gets through that can.
SHARE = 0.5


def stretched(scenario: Scenario, seconds: float) -> Scenario:
    """Return the scenario played in `seconds`: events move and last in proportion.

    A cue lasts as long as it lasts, as far as its event leaves room; artifacts become no
    longer, and a tube takes a second at least.

    Parameters
    ----------
    scenario : Scenario
        As written.
    seconds : float
        How long it is to take: up to a week.

    Raises
    ------
    DataError
        If it is to take no time, or longer.
    """
    if not 0 < seconds <= LONGEST:
        raise DataError(f"a simulation lasts up to {LONGEST:g} s, not {seconds:g} s")
    factor = seconds / scenario.seconds
    if factor == 1.0:
        return scenario
    return replace(
        scenario,
        seconds=seconds,
        events=tuple(_event(event, factor) for event in scenario.events),
        stirs=tuple(stir.stretched(factor) for stir in scenario.stirs),
        outfit=scenario.outfit.stretched(factor),
        fillings=tuple(_filling(one, factor, seconds) for one in scenario.fillings),
    )


def _event(event: Event, factor: float) -> Event:
    seconds = event.seconds * factor
    return replace(
        event,
        start=event.start * factor,
        seconds=seconds,
        cues=tuple(_cues(event.cues, factor, seconds)),
    )


def _filling(filling: Filling, factor: float, total: float) -> Filling:
    lasts = max(filling.seconds * min(factor, 1.0), 1.0)
    return replace(
        filling, time=max(min(filling.time * factor, total - lasts), 0.0), seconds=lasts
    )


def _cues(cues: tuple[Cue, ...], factor: float, seconds: float) -> list[Cue]:
    """Return the cues that a squeezed event has room for; a stretched one has no more."""
    last: dict[str, float] = {}
    kept = []
    for cue in cues:
        start, length = cue.start * factor, min(cue.seconds, seconds)
        if start + 1e-9 < last.get(cue.name, 0.0) or start + 1 / RATE > seconds:
            continue
        last[cue.name] = start + length
        kept.append(replace(cue, start=start, seconds=min(length, seconds - start)))
    return kept


def inputs_of(scenario: Scenario, person: str, *, stirred: Sequence[Event]) -> Inputs:
    """Return what happens to one person.

    Parameters
    ----------
    scenario : Scenario
        The play.
    person : str
        ``"a"`` or ``"b"``.
    stirred : sequence of Event
        What came unforeseen: it adds to what happens anyway.
    """
    rest = Inputs.at_rest(scenario.seconds)
    n = rest.danger.size
    mine = [event for event in scenario.events if person in event.who]
    tracks: dict[str, FloatArray] = {"posture": np.full(n, scenario.posture)}
    for event in mine:
        for name, level in event.levels.items():
            track = tracks.setdefault(name, getattr(rest, name).copy())
            track[_samples(event, n)] = level
    for event in stirred:
        for name, level in event.levels.items() if person in event.who else ():
            track = tracks.setdefault(name, getattr(rest, name).copy())
            part = _samples(event, n)
            track[part] = np.minimum(track[part] + level, LEVELS[name])
    cues = (replace(cue, start=event.start + cue.start) for event in mine for cue in event.cues)
    return replace(rest, **tracks, cues=tuple(sorted(cues, key=lambda cue: cue.start)))


def contact_of(scenario: Scenario) -> FloatArray:
    """Return how far the two can see, hear or touch each other, 0 to 1, at 10 Hz.

    Parameters
    ----------
    scenario : Scenario
        The play.

    Returns
    -------
    ndarray, shape (n,)
    """
    n = Inputs.at_rest(scenario.seconds).danger.size
    open_ = {sense: np.full(n, float(scenario.senses[sense])) for sense in SENSES}
    open_["touches"] = np.zeros(n)
    for event in scenario.events:
        at = _samples(event, n)
        for sense, is_open in event.senses.items():
            open_[sense][at] = is_open
        if "touch" in event.levels:
            open_["touches"][at] = 1.0
    shares = np.sum(list(open_.values()), axis=0) * SHARE
    return np.asarray(np.minimum(shares, 1.0), dtype=np.float64)


def _samples(event: Event, n: int) -> slice:
    return slice(round(event.start * RATE), min(round(event.end * RATE), n))


def tasks_of(scenario: Scenario) -> Intervals:
    """Return what a session's log would tell: tasks and practices.

    Parameters
    ----------
    scenario : Scenario
        The play.
    """
    rows = [
        (event, f"{label}{_only(event, scenario)}")
        for event in scenario.events
        for kind, label in event.labels.items()
        if kind in {"task", "practice"}
    ]
    return _intervals(rows)


def happened(scenario: Scenario, *, stirred: Sequence[Event]) -> Intervals:
    """Return all that happened: what a log tells, and what it does not.

    Parameters
    ----------
    scenario : Scenario
        The play.
    stirred : sequence of Event
        What came unforeseen.
    """
    rows = [
        (event, f"{what}{_only(event, scenario)}")
        for event in (*scenario.events, *stirred)
        for what in _told(event)
    ]
    return _intervals(rows)


def _told(event: Event) -> list[str]:
    told = [f"{kind}: {label}" for kind, label in event.labels.items()]
    told += [f"{name} {level:g}" for name, level in event.levels.items()]
    told += [f"{sense}: {'yes' if yes else 'no'}" for sense, yes in event.senses.items()]
    told += [f"cue: {name}" for name in dict.fromkeys(cue.name for cue in event.cues)]
    return told


def _only(event: Event, scenario: Scenario) -> str:
    return "" if len(event.who) == len(scenario.roles) else f" ({', '.join(event.who)})"


def _intervals(rows: list[tuple[Event, str]]) -> Intervals:
    return Intervals(
        np.array([event.start for event, _ in rows]),
        np.array([event.end for event, _ in rows]),
        [label for _, label in rows],
    )
