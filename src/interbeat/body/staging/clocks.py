"""Clocks: what a scenario says of the clocks that stamp what sensors give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interbeat.body.sensors.clock import MOST_DRIFT, MOST_JUMP, Clock
from interbeat.body.sensors.worn import Sensors
from interbeat.body.staging.document import Table
from interbeat.core.errors import DataError

__all__ = ["Clocks", "clocks_of", "later"]

Clocks = Mapping[str, Mapping[str, Clock]]  # by person and by sensor

PHONE = "phone"  # stamps the packets of a strap
FARTHEST = 1e10  # s: past every date


def clocks_of(whole: Table, seconds: float, sensors: Mapping[str, Sensors]) -> Clocks:
    """Return the clock of each sensor that a scenario gives one of its own.

    Parameters
    ----------
    whole : Table
        Of the scenario.
    seconds : float
        How long it lasts.
    sensors : mapping of str to Sensors
        What each person wears.

    Raises
    ------
    FormatError
        If nobody wears the sensor, a clock is not possible, or a sensor has two.
    """
    people = tuple(sensors)
    clocks: dict[str, dict[str, Clock]] = {name: {} for name in people}
    for table in whole.tables("clocks"):
        clock = _clock(table, seconds)
        for name in table.who(people):
            for sensor in _sensors(table, sensors[name]):
                if sensor in clocks[name]:
                    raise table.refused(f"{sensor!r} of {name} has a clock already", "of")
                clocks[name][sensor] = clock
    return clocks


def _sensors(table: Table, worn: Sensors) -> tuple[str, ...]:
    """Return which sensors keep the time of one clock: all where none is named."""
    possible = (*worn.worn, *((PHONE,) if worn.strap else ()))
    return table.words("of", among=possible) or possible


def _clock(table: Table, seconds: float) -> Clock:
    table.only(("who", "of", "offset", "drift", "jumps"))
    offset = table.number("offset", "s", least=-FARTHEST, most=FARTHEST, default=0.0)
    drift = table.number("drift", "ppm", least=-MOST_DRIFT, most=MOST_DRIFT, default=0.0)
    try:
        return Clock(offset, drift, tuple(_jumps(table, seconds)))
    except DataError as error:
        raise table.refused(str(error), "jumps") from error


def _jumps(table: Table, seconds: float) -> Iterator[tuple[float, float]]:
    for one in table.tables("jumps"):
        one.only(("time", "by"))
        yield (
            one.number("time", "s", most=seconds),
            one.number("by", "s", least=-MOST_JUMP, most=MOST_JUMP),
        )


def later(clocks: Clocks, factor: float) -> Clocks:
    """Return the same clocks, set later or sooner in proportion and by as much."""
    return {
        name: {sensor: _later(clock, factor) for sensor, clock in own.items()}
        for name, own in clocks.items()
    }


def _later(clock: Clock, factor: float) -> Clock:
    moved = tuple((when * factor, by) for when, by in clock.jumps)
    return Clock(clock.offset, clock.drift_ppm, moved)
