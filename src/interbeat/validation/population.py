"""Population: simulated people who take part in simulated experiments, and what they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from interbeat.body.couple import live
from interbeat.body.inputs import RATE, Inputs
from interbeat.body.person import Person
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.span import Span
from interbeat.measures import MEASURES
from interbeat.validation._baroreflex import sensitivity

__all__ = [
    "ADULTS", "Volunteer", "baroreflex_sensitivity", "heart_rate", "held", "lives", "measured",
    "paced", "population", "rest", "stressed", "swing_bpm", "tilted", "window",
]  # fmt: skip

ADULTS = (22.0, 55.0)  # years: who volunteers for most of the experiments
PEOPLE, SESSIONS = 10_000, 100  # at most: of one seed, and of one person


class Volunteer(NamedTuple):
    """One simulated person, and where the randomness of their sessions starts."""

    person: Person
    seed: int


def population(
    n: int, seed: int, *, ages: tuple[float, float] | Sequence[float] = ADULTS
) -> tuple[Volunteer, ...]:
    """Return people drawn from the population, each of an age drawn evenly from a range.

    Parameters
    ----------
    n : int
        How many.
    seed : int
        From 0 up: who they are. No two seeds share a person or a noise.
    ages : pair of float
        Youngest and oldest, in years; twice the same: all of one age.

    Raises
    ------
    DataError
        If there are none, or too many to be kept apart.

    Examples
    --------
    >>> one, other = population(2, 7, ages=(30, 30))
    >>> one.person.age, one.person == other.person
    (30.0, False)
    """
    if not 1 <= n <= PEOPLE:
        raise DataError(f"1 to {PEOPLE} people are drawn from a seed, not {n}")
    rngs = [np.random.default_rng([seed, k]) for k in range(n)]
    return tuple(
        Volunteer(
            Person.drawn(rng, age=float(rng.uniform(ages[0], ages[1]))),
            (seed * PEOPLE + k) * SESSIONS,
        )
        for k, rng in enumerate(rngs)
    )


def lives(volunteer: Volunteer, inputs: Inputs, *, session: int = 0) -> PersonTruth:
    """Return what one volunteer's body does alone.

    Parameters
    ----------
    volunteer : Volunteer
        Whose.
    inputs : Inputs
        What happens.
    session : int
        0 to 99: each brings noise of its own; one session twice brings the same.

    Raises
    ------
    DataError
        If there is no such session.
    """
    if not 0 <= session < SESSIONS:
        raise DataError(f"a volunteer has sessions 0 to {SESSIONS - 1}, not {session}")
    return live([volunteer.person], [inputs], seed=volunteer.seed + session)["a"]


def rest(volunteer: Volunteer, seconds: float, *, session: int = 0) -> PersonTruth:
    """Return what a volunteer's body does where nothing happens, supine or seated.

    Parameters
    ----------
    volunteer : Volunteer
        Whose.
    seconds : float
        How long.
    session : int
        See :func:`lives`.
    """
    return lives(volunteer, Inputs.at_rest(seconds), session=session)


def window(seconds: float, start: float, end: float, *, level: float = 1.0) -> FloatArray:
    """Return a track that is `level` from `start` to `end` and 0 elsewhere.

    Parameters
    ----------
    seconds : float
        How long the track is.
    start, end : float
        In s.
    level : float
        What it holds between.

    Returns
    -------
    ndarray, shape (n,)
        At 10 Hz.
    """
    times = np.arange(round(seconds * RATE)) / RATE
    return np.where((times >= start) & (times < end), level, 0.0)


def paced(
    seconds: float, rate_bpm: float, *, depth: float = np.nan, start: float = 0.0
) -> Inputs:
    """Return the inputs of a person who breathes with a pacer.

    Parameters
    ----------
    seconds : float
        How long it all takes.
    rate_bpm : float
        Breaths a minute.
    depth : float
        Liters a breath; NaN where the body chooses.
    start : float
        When the pacer starts (s); before, breathing is spontaneous.
    """
    on = window(seconds, start, seconds) > 0
    return replace(
        Inputs.at_rest(seconds),
        pace=np.where(on, rate_bpm, np.nan),
        depth=np.where(on, depth, np.nan),
    )


def stressed(seconds: float, start: float, end: float, *, danger: float = 1.0) -> Inputs:
    """Return the inputs of a person whom something threatens from `start` to `end`.

    Parameters
    ----------
    seconds, start, end : float
        In s.
    danger : float
        How strong.
    """
    return replace(Inputs.at_rest(seconds), danger=window(seconds, start, end, level=danger))


def tilted(seconds: float, start: float, *, posture: float = 1.0) -> Inputs:
    """Return the inputs of a person who lies until `start` and is tilted up from then on.

    Parameters
    ----------
    seconds, start : float
        In s.
    posture : float
        1 is 70°.
    """
    return replace(
        Inputs.at_rest(seconds), posture=window(seconds, start, seconds, level=posture)
    )


def held(inputs: Inputs, **levels: float) -> Inputs:
    """Return `inputs` with tracks held at a level throughout: ``held(inputs, atropine=1)``.

    Parameters
    ----------
    inputs : Inputs
        What else happens.
    **levels : float
        By track.
    """
    tracks: dict[str, Any] = {
        name: np.full(inputs.danger.size, level) for name, level in levels.items()
    }
    return replace(inputs, **tracks)


def measured(truth: PersonTruth, name: str, span: Span | None = None) -> float:
    """Return what our own measure says of a body's beats (and breaths), as of a recording.

    Parameters
    ----------
    truth : PersonTruth
        Whose.
    name : str
        One of ``interbeat.measures.MEASURES``: ``"rmssd"``, ``"sdnn"``, ``"lf"``, ``"hf"``,
        ``"mean_hr"``, ``"resphrv"``, ...
    span : Span, optional
        Which stretch; all of it if not given.

    Returns
    -------
    float
        In the measure's unit; NaN where it gives a reason instead.

    Raises
    ------
    DataError
        If no measure has that name, or it needs another channel than beats and breaths.
    """
    known = {"beats": truth.beats, "breaths": truth.breaths}
    spec = MEASURES[name]
    if not set(spec.needs) <= set(known):
        raise DataError(f"{name} needs {', '.join(spec.needs)}; possible: beats, breaths")
    if span is None:
        span = Span(0.0, truth.inputs.seconds)
    return spec.function(**{channel: known[channel] for channel in spec.needs}, span=span).value


def heart_rate(truth: PersonTruth) -> FloatArray:
    """Return heart rate in bpm, each interval's at its middle and in a line between.

    Parameters
    ----------
    truth : PersonTruth
        Whose.

    Returns
    -------
    ndarray, shape (n,)
        At 10 Hz.
    """
    times = truth.beats.times
    grid = np.arange(truth.inputs.danger.size) / RATE
    middles = (times[1:] + times[:-1]) / 2
    return np.asarray(np.interp(grid, middles, 60 / np.diff(times)), dtype=np.float64)


def swing_bpm(truth: PersonTruth, span: Span) -> float:
    """Return how far heart rate swings with a breath, peak to trough, in bpm.

    Parameters
    ----------
    truth : PersonTruth
        Whose.
    span : Span
        Which stretch.

    Returns
    -------
    float
        Our RespHRV of the RR intervals, turned into bpm at their mean.
    """
    mean = measured(truth, "mean_nn", span)
    swing = measured(truth, "resphrv", span)
    return 60_000 / (mean - swing / 2) - 60_000 / (mean + swing / 2)


def baroreflex_sensitivity(truth: PersonTruth, span: Span, *, method: str) -> float:
    """Return spontaneous baroreflex sensitivity in ms/mmHg.

    Parameters
    ----------
    truth : PersonTruth
        Whose beats and systolic pressures.
    span : Span
        Which stretch.
    method : {"sequence", "alpha"}
        Sequences of three and more beats in which both rise or fall (Bertinieri et al. 1985),
        or the root of the ratio of the powers in 0.04 to 0.15 Hz (Pagani et al. 1988).
    """
    times = truth.beats.times[
        (truth.beats.times >= span.start) & (truth.beats.times < span.end)
    ]
    after = np.ceil(times * RATE).astype(np.int64)  # held from the beat on
    systolic = truth.systolic.values[np.minimum(after, truth.systolic.values.size - 1)]
    return sensitivity(times, systolic, method=method)
