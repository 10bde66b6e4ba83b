"""Play: a scenario brought to life, what the sensors gave of it, and the truth about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from interbeat.body.couple import live
from interbeat.body.noise import Streams
from interbeat.body.person import Person
from interbeat.body.sensors.ectopy import with_ectopy
from interbeat.body.sensors.equipment import TYPICAL, Equipment
from interbeat.body.sensors.worn import Worn, wear
from interbeat.body.simulated import Simulated
from interbeat.body.staging.laboratory import found_in
from interbeat.body.staging.scenario import Scenario
from interbeat.body.staging.scenario import scenario as named
from interbeat.body.staging.stage import (
    contact_of,
    happened,
    inputs_of,
    stretched,
    tasks_of,
)
from interbeat.body.staging.stirs import drawn_stirs
from interbeat.body.truth import CoupleTruth
from interbeat.core.errors import DataError
from interbeat.core.session import Session

__all__ = ["drawn", "lived", "simulate"]


def simulate(
    scenario: str | Path | Scenario, seed: int, *, seconds: float | None = None
) -> Simulated:
    """Return a session that never took place, and the truth about it.

    Parameters
    ----------
    scenario : str, Path or Scenario
        The name of one that comes with interbeat (``-`` and ``_`` may stand for a blank), or
        the path of a ``.toml`` file.
    seed : int
        From 0 up: the same seed, the same bytes.
    seconds : float, optional
        How long; what happens is stretched or squeezed to fit.

    Returns
    -------
    Simulated
        ``session`` holds what the sensors gave, ``truth`` what the bodies did, ``worn`` what
        went wrong with the sensors.

    Raises
    ------
    DataError
        If there is no such scenario, or the length or the seed is not possible.
    FormatError
        If the file asks for what is not possible, with the line.

    Examples
    --------
    >>> made = simulate("calm evening", seed=1, seconds=60)
    >>> made.session.persons, made.session.intervals.labels[0]
    (('a', 'b'), 'rest')
    """
    play = scenario if isinstance(scenario, Scenario) else named(scenario)
    if seconds is not None:
        if not seconds >= 1:
            raise DataError(f"a simulation lasts 1 s or longer, not {seconds:g} s")
        play = stretched(play, float(seconds))
    people = {name: role.person() for name, role in play.roles.items()}
    truth = lived(play, people, seed=seed)
    worn = {name: _worn(play, truth, name, seed) for name in truth.people}
    return Simulated(_session(play, truth, worn, seed), truth, worn)


def lived(play: Scenario, people: Mapping[str, Person], *, seed: int) -> CoupleTruth:
    """Return what `people` do in the roles of a scenario, without any sensor.

    Parameters
    ----------
    play : Scenario
        What happens.
    people : mapping of str to Person
        Who, by role.
    seed : int
        Of all that is random in them.
    """
    both = len(people) > 1
    stirred = drawn_stirs(play.stirs, seed=seed, people=tuple(people))
    truth = live(
        tuple(people.values()),
        [inputs_of(play, name, stirred=stirred) for name in people],
        seed=seed,
        ties=play.ties,
        contact=contact_of(play) if both else None,
    )
    beating = {
        name: with_ectopy(one, ectopy, streams=_streams(seed, name)) if ectopy else one
        for name, one in truth.people.items()
        for ectopy in (play.roles[name].ectopy,)
    }
    return replace(truth, people=beating, events=happened(play, stirred=stirred))


def drawn(play: Scenario, *, seed: int) -> dict[str, Person]:
    """Return people who could have the roles of a scenario, out of the population.

    Parameters
    ----------
    play : Scenario
        The roles.
    seed : int
        Other seeds, other people.
    """
    return {
        name: role.drawn(_streams(seed, name).of("person")) for name, role in play.roles.items()
    }


def _streams(seed: int, name: str) -> Streams:
    return Streams(seed, "ab".index(name))


def _session(
    play: Scenario, truth: CoupleTruth, worn: Mapping[str, Worn], seed: int
) -> Session:
    return Session(
        tuple(one.recording for one in worn.values()),
        tasks_of(play),
        samples=found_in(play.fillings, truth, seed=seed),
        title=f"{play.name} (simulated)",
    )


def _worn(play: Scenario, truth: CoupleTruth, name: str, seed: int) -> Worn:
    outfit, streams = play.outfit, _streams(seed, name)
    return wear(
        name,
        truth[name],
        outfit.sensors[name],
        artifacts=outfit.artifacts,
        clocks=outfit.clocks.get(name, {}),
        equipment=Equipment.drawn(streams.of("equipment")) if outfit.drawn else TYPICAL,
        streams=streams,
    )
