"""Cast: who takes part in a scenario, with what of them differs from a typical adult."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from interbeat.body.cues import CUES
from interbeat.body.memory import Memory, Trace
from interbeat.body.parameters import Organ, Parameter
from interbeat.body.person import OLDEST, YOUNGEST, Person
from interbeat.body.sensors.ectopy import Ectopy
from interbeat.body.staging.document import Table
from interbeat.core.errors import DataError

__all__ = ["Role", "role_of"]

ORGANS = ("lungs", "heart", "mind", "skin", "glands")
AGES_DIFFER = 8.0  # years, standard deviation around a role's age: assumed
EVENTS = 10.0  # from how many events something was learnt where nothing is said


@dataclass(frozen=True, slots=True)
class Role:
    """One person of a scenario.

    Parameters
    ----------
    age : float
        In years.
    given : mapping of str to mapping
        By organ: parameters that the scenario gives, in the unit of the table.
    memory : Memory
        What they have learnt before.
    ectopy : Ectopy or None
        How often their heart beats early; None where it never does.
    """

    age: float
    given: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    ectopy: Ectopy | None = None

    def person(self) -> Person:
        """Return the person as written: a typical adult's numbers, but for those given."""
        return self._kept(Person(self.age))

    def drawn(self, rng: np.random.Generator) -> Person:
        """Return one of the people who could have this role.

        People differ as in the population. What the scenario says of the role moves each by
        as much as it moves the typical adult.

        Parameters
        ----------
        rng : Generator
            Where the randomness comes from.
        """
        age = float(np.clip(rng.normal(self.age, AGES_DIFFER), YOUNGEST, OLDEST))
        drawn = Person.drawn(rng, age=age)
        organs = {
            name: _moved(getattr(drawn, name), given) for name, given in self.given.items()
        }
        return replace(drawn, memory=self.memory, **organs)  # type: ignore[arg-type]  # by name

    def _kept(self, person: Person) -> Person:
        organs = {
            name: replace(getattr(person, name), **given) for name, given in self.given.items()
        }
        return replace(person, memory=self.memory, **organs)


def _moved(organ: Organ, given: Mapping[str, float]) -> Organ:
    known = {row.name: row.parameter for row in organ.rows()}
    moved = {
        name: _shifted(getattr(organ, name), value, known[name])
        for name, value in given.items()
    }
    return replace(organ, **moved)  # type: ignore[type-var]  # every organ is a dataclass


def _shifted(drawn: float, given: float, known: Parameter) -> float:
    if known.logarithmic and known.value > 0:
        drawn *= given / known.value
    else:
        drawn += given - known.value
    return min(max(drawn, known.least), known.most)


def role_of(table: Table) -> Role:
    """Return the role that a table of a scenario describes.

    Parameters
    ----------
    table : Table
        ``[a]`` or ``[b]``.

    Raises
    ------
    FormatError
        If it asks for what no body has.
    """
    table.only(("age", "history", "ectopy", *ORGANS))
    age = table.number("age", "years", least=YOUNGEST, most=OLDEST, default=35.0)
    given = {name: _given(table.table(name), _kind(name)) for name in ORGANS if name in table}
    ectopy = _ectopy(table.table("ectopy")) if "ectopy" in table else None
    return Role(age, given, _memory(table.table("history")), ectopy)


def _ectopy(table: Table) -> Ectopy:
    try:
        return Ectopy(**_given(table, Ectopy))
    except DataError as error:
        raise table.refused(str(error)) from error


def _given(table: Table, kind: type[Organ]) -> Mapping[str, float]:
    known = {row.name: row.parameter for row in kind.rows()}
    table.only(tuple(known))
    return {
        name: table.number(
            name, known[name].unit, least=known[name].least, most=known[name].most
        )
        for name in table.held
    }


def _kind(organ: str) -> type[Organ]:
    kinds = {one.name: one.default_factory for one in fields(Person)}
    return kinds[organ]  # type: ignore[return-value]  # each default is made by the organ's class


def _memory(table: Table) -> Memory:
    table.only(("danger", "safety", "events", "sensitization"))
    events = table.number("events", least=1.0, default=EVENTS)
    danger, safety = (_shares(table.table(name)) for name in ("danger", "safety"))
    traces = {
        cue: Trace(
            harm=events * danger.get(cue, 0.0),
            harmless=events * (1 - danger[cue]) if cue in danger else 0.0,
            good=events * safety.get(cue, 0.0),
            indifferent=events * (1 - safety[cue]) if cue in safety else 0.0,
        )
        for cue in {**danger, **safety}
    }
    return Memory(traces, table.number("sensitization", least=1.0, default=1.0))


def _shares(table: Table) -> Mapping[str, float]:
    table.only(tuple(CUES))
    return {cue: table.number(cue, most=1.0) for cue in table.held}
