"""Ectopy: beats that come early, from elsewhere than the sinus node."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from interbeat.body.inputs import RATE
from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors.ppg import at_beats
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal

__all__ = ["Ectopy", "with_ectopy"]

APART = 3  # beats at least from one premature beat to the next: no runs, no bigeminy


@dataclass(frozen=True, slots=True)
class Ectopy(Organ):
    """How often ventricular beats come early, and what they do to the pulse."""

    per_hour: float = parameter(
        5.0,
        "1/h",
        "assumed; half of healthy people have some in a day",
        spread=1.5,
        most=1500.0,
    )
    earliest: float = parameter(
        0.55, "1", "of the interval that they cut short; assumed", least=0.4, most=1.0
    )
    latest: float = parameter(0.80, "1", "assumed", least=0.4, most=1.0)
    empty: float = parameter(
        0.30, "1", "of an interval: a heart that beats so early ejects nothing; assumed",
        most=0.4,
    )  # fmt: skip
    potentiation: float = parameter(
        1.25, "1", "pulse pressure of the beat after the pause; assumed", least=1.0, most=2.0
    )

    def __post_init__(self) -> None:
        Organ.__post_init__(self)
        if self.earliest > self.latest:
            raise DataError(
                f"the earliest of premature beats, at {self.earliest:g} of an interval, does "
                f"not come after the latest, at {self.latest:g}"
            )


def with_ectopy(truth: PersonTruth, ectopy: Ectopy, *, streams: Streams) -> PersonTruth:
    """Return a body some of whose beats are premature, and marked as not normal.

    A ventricular beat takes the place of a sinus beat; the sinus node goes on undisturbed, so
    that the pause after it makes up for what it came early. Its pulse is small, and the one
    after it large. Nothing else in the body answers: no baroreflex, no turbulence.

    Parameters
    ----------
    truth : PersonTruth
        What the body did without.
    ectopy : Ectopy
        How often, and how early.
    streams : Streams
        Of this person.

    Returns
    -------
    PersonTruth
        The same but for beats and pressure.

    Examples
    --------
    >>> from interbeat.body.couple import live
    >>> from interbeat.body.inputs import Inputs
    >>> from interbeat.body.person import Person
    >>> truth = live([Person()], [Inputs.at_rest(60)], seed=1)["a"]
    >>> early = with_ectopy(truth, Ectopy(per_hour=600), streams=Streams(1, 0)).beats
    >>> len(early) == len(truth.beats), 0 < int((~early.normal).sum()) < 20
    (True, True)
    """
    which, when = streams.of("ectopic").spawn(2)
    times = truth.beats.times
    chosen = _chosen(times, ectopy.per_hour, which)
    share = when.uniform(ectopy.earliest, ectopy.latest, times.size)
    moved, premature = times.copy(), np.zeros(times.size, dtype=np.bool_)
    moved[chosen] -= (1 - share[chosen]) * (times[chosen] - times[chosen - 1])
    premature[chosen] = True
    beats = Beats(moved, truth.beats.normal & ~premature, truth.beats.person)
    low, high = _pressures(truth, ectopy, chosen, share[chosen])
    return replace(
        truth, beats=beats, systolic=_held(truth.systolic, moved, high),
        diastolic=_held(truth.diastolic, moved, low),
    )  # fmt: skip


def _chosen(times: FloatArray, per_hour: float, rng: np.random.Generator) -> IntArray:
    """Return which beats come early: each by chance, none near another or an end."""
    draws = rng.random(times.size)
    if times.size < 2:
        return np.empty(0, dtype=np.int64)
    hit = draws < per_hour / 3600 * np.gradient(times)
    kept: list[int] = []
    for k in np.flatnonzero(hit).tolist():
        if 0 < k < times.size - 1 and (not kept or k - kept[-1] >= APART):
            kept.append(k)
    return np.array(kept, dtype=np.int64)


def _pressures(
    truth: PersonTruth, ectopy: Ectopy, chosen: IntArray, share: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return diastolic and systolic pressure of every beat, premature and not."""
    times = truth.beats.times
    low, high = at_beats(truth.diastolic, times), at_beats(truth.systolic, times)
    pulse = high - low
    filled = np.clip((share - ectopy.empty) / (1 - ectopy.empty), 0.0, 1.0)
    low[chosen] = high[chosen - 1] + share * (low[chosen] - high[chosen - 1])
    high[chosen] = low[chosen] + filled * pulse[chosen]
    high[chosen + 1] = low[chosen + 1] + ectopy.potentiation * pulse[chosen + 1]
    return low, high


def _held(track: Signal, times: FloatArray, values: FloatArray) -> Signal:
    """Return what each beat brings until the next one, at 10 Hz."""
    if not times.size:
        return track
    grid = np.arange(len(track)) / RATE
    at = np.clip(np.searchsorted(times, grid, side="right") - 1, 0, None)
    return replace(track, values=values[at])
