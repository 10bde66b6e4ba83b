"""Worn: what all sensors on one body record."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from numbers import Real
from types import MappingProxyType
from typing import NamedTuple

from interbeat.body.noise import Streams
from interbeat.body.sensors._wearer import PULSES, Wearer, packets, signals
from interbeat.body.sensors.artifacts import Artifact
from interbeat.body.sensors.clock import Clock
from interbeat.body.sensors.equipment import TYPICAL, Equipment
from interbeat.body.sensors.strap import Packet, heard
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.recording import Data, Recording

__all__ = ["Sensors", "Worn", "record", "wear"]

SLOWEST, FASTEST = 1.0, 20_000.0  # Hz


@dataclass(frozen=True, slots=True)
class Sensors:
    """Sampling rates in Hz of what one person wears; None where they do not wear it.

    Parameters
    ----------
    ecg, ppg, wrist_ppg, respiration, eda, wrist_eda, blood_pressure, acceleration, temperature
        Float or None: electrocardiogram, pulse at the finger or at the wrist, belt, skin
        conductance at the palm or at the wrist, finger cuff, accelerometer on the chest, skin
        temperature.
    strap : bool
        Whether they wear a chest strap that sends RR intervals.

    Raises
    ------
    DataError
        If a rate is not from 1 to 20,000 Hz, or finger and wrist are asked of one recording:
        record twice, the body stays the same.

    Examples
    --------
    >>> Sensors(ecg=250.0, strap=True).worn
    ('ecg', 'respiration', 'eda', 'strap')
    """

    ecg: float | None = 250.0
    ppg: float | None = None
    wrist_ppg: float | None = None
    respiration: float | None = 25.0
    eda: float | None = 4.0
    wrist_eda: float | None = None
    blood_pressure: float | None = None
    acceleration: float | None = None
    temperature: float | None = None
    strap: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.strap, bool):
            raise DataError(f"a strap is worn (True) or not (False), not {self.strap!r}")
        for name in self.worn:
            if name != "strap":
                object.__setattr__(self, name, _rate(name, getattr(self, name)))
        for at_finger, at_wrist in (("ppg", "wrist_ppg"), ("eda", "wrist_eda")):
            if {at_finger, at_wrist} <= set(self.worn):
                raise DataError(
                    f"a recording has one channel {at_finger!r}: {at_finger} or {at_wrist}; "
                    "for both, record twice with the same streams"
                )

    @property
    def worn(self) -> tuple[str, ...]:
        """Names of what is worn, in order."""
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        return tuple(
            name for name, value in given if (value if name == "strap" else value is not None)
        )


def _rate(name: str, given: object) -> float:
    number = isinstance(given, Real) and not isinstance(given, bool)
    rate = float(given) if number else math.nan  # type: ignore[arg-type]  # a number it is
    if not SLOWEST <= rate <= FASTEST:
        raise DataError(f"{name} is sampled at {SLOWEST:g} to {FASTEST:g} Hz, not {given!r}")
    return rate


class Worn(NamedTuple):
    """What sensors gave, and the truth about them.

    Parameters
    ----------
    recording : Recording
        As a reader would give it, each channel on the clock of its sensor.
    packets : tuple of Packet
        What the strap sent and the receiver heard; empty without one.
    feet : mapping of str to ndarray
        When the pulse of each true beat arrived, in true s, by sensor (``"ppg"``,
        ``"wrist_ppg"``, ``"blood_pressure"``).
    clocks : mapping of str to Clock
        By sensor: how its clock reads on true time.
    artifacts : tuple of Artifact
        What went wrong.
    equipment : Equipment
        What each sensor was like.
    """

    recording: Recording
    packets: tuple[Packet, ...]
    feet: Mapping[str, FloatArray]
    clocks: Mapping[str, Clock]
    artifacts: tuple[Artifact, ...]
    equipment: Equipment


def record(
    name: str, truth: PersonTruth, sensors: Sensors, *, streams: Streams,
    artifacts: Sequence[Artifact] = (), clocks: Mapping[str, Clock] = MappingProxyType({}),
    equipment: Equipment = TYPICAL,
) -> Recording:  # fmt: skip
    """Return what sensors on one body record: :func:`wear` without the truth about them.

    Parameters
    ----------
    name, truth, sensors, streams, artifacts, clocks, equipment
        As for :func:`wear`.

    Returns
    -------
    Recording
    """
    return wear(
        name, truth, sensors, streams=streams, artifacts=artifacts, clocks=clocks,
        equipment=equipment,
    ).recording  # fmt: skip


def wear(
    name: str, truth: PersonTruth, sensors: Sensors, *, streams: Streams,
    artifacts: Sequence[Artifact] = (), clocks: Mapping[str, Clock] = MappingProxyType({}),
    equipment: Equipment = TYPICAL,
) -> Worn:  # fmt: skip
    """Return what sensors on one body record, and the truth about them.

    Every sensor draws from a stream of its own: one more changes nothing in the others, nor
    in the body.

    Parameters
    ----------
    name : str
        ``"a"`` or ``"b"``.
    truth : PersonTruth
        What the body does.
    sensors : Sensors
        What is worn.
    streams : Streams
        Of this person.
    artifacts : sequence of Artifact
        Those of the other person are passed over.
    clocks : mapping of str to Clock
        By sensor, and ``"phone"`` for what stamps a strap's packets; without one, a sensor
        keeps true time. Sensors of one device share a clock: give each the same.
    equipment : Equipment
        What each sensor is like.

    Returns
    -------
    Worn

    Raises
    ------
    DataError
        If an artifact or a clock is of a sensor that is not worn, or an artifact begins after
        the end.
    """
    own = tuple(one for one in artifacts if one.person == name)
    _check(sensors, own, clocks, seconds=truth.inputs.seconds)
    wearer = Wearer(name, truth, own, streams, clocks, equipment)
    channels: dict[str, Data] = {}
    for sensor in sensors.worn:
        if sensor != "strap":
            channels |= signals(wearer, sensor, getattr(sensors, sensor))
    sent = packets(wearer) if sensors.strap else ()
    if sensors.strap:
        channels["beats"] = heard(sent, name)
    feet = {k: wearer.feet(k) for k in sensors.worn if k in PULSES}
    return Worn(Recording(name, channels), sent, feet, dict(clocks), own, equipment)


def _check(
    sensors: Sensors, artifacts: Sequence[Artifact], clocks: Mapping[str, Clock], *,
    seconds: float,
) -> None:  # fmt: skip
    for one in artifacts:
        if one.channel not in sensors.worn:
            raise DataError(
                f"{one.person} wears no {one.channel!r} that could have a {one.kind!r}; worn: "
                f"{', '.join(sensors.worn)}"
            )
        if one.start >= seconds:
            raise DataError(
                f"a {one.kind!r} that begins at {one.start:g} s comes after the end, "
                f"{seconds:g} s"
            )
    possible = (*sensors.worn, *(("phone",) if sensors.strap else ()))
    for name in clocks:
        if name not in possible:
            raise DataError(f"nothing worn has a clock {name!r}; worn: {', '.join(possible)}")
