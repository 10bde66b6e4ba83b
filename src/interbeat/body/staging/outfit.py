"""Outfit: the sensors of a scenario, what goes wrong with them, and tubes that are filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from interbeat.body.sensors.artifacts import KINDS, Artifact
from interbeat.body.sensors.worn import Sensors
from interbeat.body.staging.clocks import Clocks, clocks_of, later
from interbeat.body.staging.document import Table
from interbeat.core.errors import DataError

__all__ = ["Filling", "Outfit", "fillings_of", "outfit_of"]

# What can be found in a tube, and in tubes of what.
FOUND = {"oxytocin": ("saliva", "plasma"), "cortisol": ("saliva",)}
FILLING = {"saliva": 120.0, "plasma": 20.0}  # s: what it takes to fill a tube, assumed
NOTHING: Mapping[str, None] = dict.fromkeys(
    one.name for one in fields(Sensors) if one.name != "strap"
)


@dataclass(frozen=True, slots=True)
class Filling:
    """A tube that is filled with saliva or blood.

    Parameters
    ----------
    person : str
        Who gives it.
    time, seconds : float
        When, and how long it takes (s).
    analyte, matrix : str
        What is looked for, and in what: ``"cortisol"``, ``"saliva"``.
    """

    person: str
    time: float
    seconds: float
    analyte: str
    matrix: str


@dataclass(frozen=True, slots=True)
class Outfit:
    """What is worn, and what goes wrong with it.

    Parameters
    ----------
    sensors : mapping of str to Sensors
        By person.
    artifacts : tuple of Artifact
        Of both.
    clocks : mapping of str to mapping of str to Clock
        By person and sensor; what is not in it keeps true time.
    drawn : bool
        Whether sensors are as they differ from one wearer to the next, or typical.
    """

    sensors: Mapping[str, Sensors] = field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
    clocks: Clocks = field(default_factory=dict)
    drawn: bool = False

    def stretched(self, factor: float) -> Outfit:
        """Return the same; what goes wrong comes later or sooner, and lasts no longer."""
        moved = tuple(
            replace(one, start=one.start * factor, seconds=one.seconds * min(factor, 1.0))
            for one in self.artifacts
        )
        return replace(self, artifacts=moved, clocks=later(self.clocks, factor))


def outfit_of(whole: Table, seconds: float, people: tuple[str, ...]) -> Outfit:
    """Return the sensors of a scenario, and what goes wrong with them.

    Parameters
    ----------
    whole : Table
        Of the scenario. Without ``[sensors]``, both wear what a laboratory gives; with it,
        what is named in it.
    seconds : float
        How long it lasts.
    people : tuple of str
        Who takes part.
    """
    sensors, drawn = dict.fromkeys(people, Sensors()), False
    if "sensors" in whole:
        table = whole.table("sensors")
        table.only((*NOTHING, "strap", "drawn", *people))
        drawn = table.yes("drawn", default=False)
        both = {**NOTHING, **_named(table)}
        sensors = {name: _worn(table.table(name), both) for name in people}
    wrong = [_artifact(one, seconds, sensors) for one in whole.tables("artifacts")]
    return Outfit(sensors, tuple(wrong), clocks_of(whole, seconds, sensors), drawn)


def _worn(own: Table, both: Mapping[str, float | bool | None]) -> Sensors:
    own.only((*NOTHING, "strap"))
    worn = {**both, **_named(own)}
    try:
        return Sensors(**worn)  # type: ignore[arg-type]  # each is of the kind that it should be
    except DataError as error:
        raise own.refused(str(error)) from error


def _named(table: Table) -> dict[str, float | bool | None]:
    rates: dict[str, float | bool | None] = {
        name: table.number(name, "Hz", least=1.0, most=20_000.0)
        for name in NOTHING
        if name in table
    }
    return rates | ({"strap": table.yes("strap", default=False)} if "strap" in table else {})


def _artifact(table: Table, seconds: float, sensors: Mapping[str, Sensors]) -> Artifact:
    table.only(("who", "channel", "kind", "start", "length"))
    who = table.word("who", among=tuple(sensors))
    channel = table.word("channel", among=sensors[who].worn)
    kind = table.word("kind", among=tuple(KINDS))
    start, length = table.number("start", "s", most=seconds), table.number("length", "s")
    if not start < seconds:
        raise table.refused(f"it begins when all is over, at {start:g} s", "start")
    try:
        return Artifact(who, channel, kind, start, length)
    except DataError as error:
        raise table.refused(str(error)) from error


def fillings_of(whole: Table, seconds: float, people: tuple[str, ...]) -> tuple[Filling, ...]:
    """Return the tubes that are filled in a scenario, in order.

    Parameters
    ----------
    whole : Table
        Of the scenario.
    seconds : float
        How long it lasts.
    people : tuple of str
        Who takes part.
    """
    found = [
        one for table in whole.tables("samples") for one in _filled(table, seconds, people)
    ]
    return tuple(sorted(found, key=lambda one: (one.time, one.person)))


def _filled(table: Table, seconds: float, people: tuple[str, ...]) -> list[Filling]:
    table.only(("who", "time", "length", "analyte", "matrix"))
    who = table.who(people)
    analyte = table.word("analyte", among=tuple(FOUND))
    matrix = table.word("matrix", "saliva", among=FOUND[analyte])
    time = table.number("time", "s", most=seconds)
    length = table.number("length", "s", least=1.0, default=FILLING[matrix])
    if time + length > seconds:
        raise table.refused(
            f"the tube is full at {time + length:g} s, the scenario over at {seconds:g} s",
            "time",
        )
    return [Filling(one, time, length, analyte, matrix) for one in who]
