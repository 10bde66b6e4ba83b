"""Worn: what all sensors on one body record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from interbeat.body.noise import Streams
from interbeat.body.parameters import Row
from interbeat.body.sensors.acceleration import Accelerometer, accelerated
from interbeat.body.sensors.artifacts import Artifact, Traced, spoiled, traced
from interbeat.body.sensors.belt import Belt, stretched
from interbeat.body.sensors.clock import TRUE, Clock, Sampling
from interbeat.body.sensors.ecg import Ecg, electrocardiogram
from interbeat.body.sensors.ppg import Ppg, WristPpg, arrivals, photoplethysmogram
from interbeat.body.sensors.pressure import Cuff, arterial
from interbeat.body.sensors.skin_conductance import Palm, Wrist, palm, wrist
from interbeat.body.sensors.strap import Packet, Strap, heard, sent
from interbeat.body.sensors.temperature import Temperature, warmth
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.recording import Data, Recording
from interbeat.core.signal import Signal

__all__ = ["Equipment", "Sensors", "Worn", "record", "wear"]

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
        for name in self.worn:
            rate = getattr(self, name)
            if name != "strap" and not (
                isinstance(rate, int | float) and SLOWEST <= rate <= FASTEST
            ):
                raise DataError(
                    f"{name} is sampled at {SLOWEST:g} to {FASTEST:g} Hz, not {rate!r}"
                )
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
        return tuple(name for name, value in given if value is not None and value is not False)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What each sensor is like; typical where nothing is said.

    Parameters
    ----------
    ecg, ppg, wrist_ppg, respiration, eda, wrist_eda, blood_pressure, acceleration, temperature
        Parameters of each, by the names of :class:`Sensors`.
    strap : Strap
        How a strap measures and sends.
    """

    ecg: Ecg = field(default_factory=Ecg)
    ppg: Ppg = field(default_factory=Ppg)
    wrist_ppg: WristPpg = field(default_factory=WristPpg)
    respiration: Belt = field(default_factory=Belt)
    eda: Palm = field(default_factory=Palm)
    wrist_eda: Wrist = field(default_factory=Wrist)
    blood_pressure: Cuff = field(default_factory=Cuff)
    acceleration: Accelerometer = field(default_factory=Accelerometer)
    temperature: Temperature = field(default_factory=Temperature)
    strap: Strap = field(default_factory=Strap)

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Equipment:
        """Return sensors as they differ from one wearer to the next.

        Parameters
        ----------
        rng : Generator
            Where the randomness comes from; each sensor has a stream of its own.
        """
        kinds = {one.name: type(getattr(TYPICAL, one.name)) for one in fields(cls)}
        own = zip(kinds.items(), rng.spawn(len(kinds)), strict=True)
        return cls(**{name: kind.drawn(stream) for (name, kind), stream in own})

    @staticmethod
    def parameters() -> Iterator[Row]:
        """Give every number of the sensors with its unit, source and spread."""
        for one in fields(Equipment):
            yield from getattr(TYPICAL, one.name).rows()


TYPICAL = Equipment()


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
    """

    recording: Recording
    packets: tuple[Packet, ...]
    feet: Mapping[str, FloatArray]
    clocks: Mapping[str, Clock]
    artifacts: tuple[Artifact, ...]


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
    body = _Body(name, truth, own, streams, clocks, equipment)
    channels: dict[str, Data] = {}
    for sensor in sensors.worn:
        if sensor != "strap":
            channels |= _DRAWN[sensor](body, getattr(sensors, sensor))
    packets: tuple[Packet, ...] = ()
    if sensors.strap:
        packets = _packets(body)
        channels["beats"] = heard(packets, name)
    feet = {k: body.feet(k) for k in sensors.worn if k in _PULSES}
    return Worn(Recording(name, channels), packets, feet, dict(clocks), own)


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


class _Body(NamedTuple):
    """A body and what is worn on it."""

    name: str
    truth: PersonTruth
    artifacts: tuple[Artifact, ...]
    streams: Streams
    clocks: Mapping[str, Clock]
    equipment: Equipment

    def random(self, sensor: str) -> list[np.random.Generator]:
        """Return generators of the signal, of false beats, of arrivals and of artifacts."""
        return self.streams.of(_PROCESSES[sensor]).spawn(4)

    def wrong(self, sensor: str) -> list[Artifact]:
        return [one for one in self.artifacts if one.channel == sensor]

    def clock(self, sensor: str) -> Clock:
        return self.clocks.get(sensor, TRUE)

    def beats(self, sensor: str) -> Traced:
        return traced(self.truth.beats, self.wrong(sensor), self.random(sensor)[1])

    def feet(self, sensor: str) -> FloatArray:
        """Return when the pulse of each true beat arrives (s)."""
        rng = self.random(sensor)[2]
        return arrivals(
            _PULSES[sensor](self.equipment), self.truth, self.truth.beats.times, rng
        )

    def traced_feet(self, sensor: str, beats: Traced) -> FloatArray:
        """Return when the pulse of each of `beats` arrives, false ones as late as the true."""
        feet, times = self.feet(sensor), self.truth.beats.times
        late = np.interp(beats.times, times, feet - times) if times.size else beats.times
        return np.asarray(beats.times + late, dtype=np.float64)


def _signals(
    body: _Body, sensor: str, rate: float, *, unit: str,
    drawn: Callable[[Sampling, np.random.Generator], Mapping[str, FloatArray]],
) -> dict[str, Data]:  # fmt: skip
    """Return the channels of one sensor, spoiled and stamped by its own clock."""
    clock = body.clock(sensor)
    sampling = clock.sampling(body.truth.inputs.seconds, rate)
    signal, _, _, wrong = body.random(sensor)
    out: dict[str, Data] = {}
    for channel, values in drawn(sampling, signal).items():
        spoiled(values, body.wrong(sensor), sampling=sampling, rng=wrong)
        stamped = clock.stamped(values, rate)
        out[channel] = Signal(stamped, rate, unit, body.name, clock.offset)
    return out


def _ecg(body: _Body, rate: float) -> dict[str, Data]:
    return _signals(
        body, "ecg", rate, unit="mV",
        drawn=lambda sampling, rng: {
            "ecg": electrocardiogram(
                body.equipment.ecg, body.truth, body.beats("ecg"), sampling=sampling, rng=rng
            )
        },
    )  # fmt: skip


def _light(sensor: str) -> Callable[[_Body, float], dict[str, Data]]:
    def worn(body: _Body, rate: float) -> dict[str, Data]:
        beats = body.beats(sensor)
        return _signals(
            body, sensor, rate, unit="a.u.",
            drawn=lambda sampling, rng: {
                "ppg": photoplethysmogram(
                    getattr(body.equipment, sensor), body.truth, beats,
                    feet=body.traced_feet(sensor, beats), sampling=sampling, rng=rng,
                )
            },
        )  # fmt: skip

    return worn


def _blood_pressure(body: _Body, rate: float) -> dict[str, Data]:
    beats = body.beats("blood_pressure")
    return _signals(
        body, "blood_pressure", rate, unit="mmHg",
        drawn=lambda sampling, rng: {
            "blood_pressure": arterial(
                body.equipment.blood_pressure, body.truth, beats,
                feet=body.traced_feet("blood_pressure", beats), sampling=sampling, rng=rng,
            )
        },
    )  # fmt: skip


def _respiration(body: _Body, rate: float) -> dict[str, Data]:
    return _signals(
        body, "respiration", rate, unit="a.u.",
        drawn=lambda sampling, rng: {
            "respiration": stretched(
                body.equipment.respiration, body.truth, sampling=sampling, rng=rng
            )
        },
    )  # fmt: skip


def _eda(body: _Body, rate: float) -> dict[str, Data]:
    return _signals(
        body, "eda", rate, unit="µS",
        drawn=lambda sampling, rng: {
            "eda": palm(body.equipment.eda, body.truth, sampling=sampling, rng=rng)
        },
    )  # fmt: skip


def _wrist_eda(body: _Body, rate: float) -> dict[str, Data]:
    return _signals(
        body, "wrist_eda", rate, unit="µS",
        drawn=lambda sampling, rng: {
            "eda": wrist(body.equipment.wrist_eda, body.truth, sampling=sampling, rng=rng)
        },
    )  # fmt: skip


def _temperature(body: _Body, rate: float) -> dict[str, Data]:
    return _signals(
        body, "temperature", rate, unit="°C",
        drawn=lambda sampling, rng: {
            "temperature": warmth(
                body.equipment.temperature, body.truth, sampling=sampling, rng=rng
            )
        },
    )  # fmt: skip


def _acceleration(body: _Body, rate: float) -> dict[str, Data]:
    def drawn(sampling: Sampling, rng: np.random.Generator) -> dict[str, FloatArray]:
        meter = body.equipment.acceleration
        axes = accelerated(meter, body.truth, sampling=sampling, rng=rng)
        return {f"acceleration_{axis}": v for axis, v in zip("xyz", axes, strict=True)}

    return _signals(body, "acceleration", rate, unit="g", drawn=drawn)


def _packets(body: _Body) -> tuple[Packet, ...]:
    return sent(
        body.equipment.strap, body.beats("strap"), body.truth.inputs.seconds,
        artifacts=body.wrong("strap"), clock=body.clock("strap"),
        receiver=body.clock("phone"), rng=body.random("strap")[0],
    )  # fmt: skip


_DRAWN: Mapping[str, Callable[[_Body, float], dict[str, Data]]] = {
    "ecg": _ecg,
    "ppg": _light("ppg"),
    "wrist_ppg": _light("wrist_ppg"),
    "respiration": _respiration,
    "eda": _eda,
    "wrist_eda": _wrist_eda,
    "blood_pressure": _blood_pressure,
    "acceleration": _acceleration,
    "temperature": _temperature,
}
_PROCESSES = {
    "ecg": "ecg",
    "ppg": "ppg",
    "wrist_ppg": "wrist_ppg",
    "respiration": "respiration",
    "eda": "eda",
    "wrist_eda": "wrist",
    "blood_pressure": "cuff",
    "acceleration": "motion",
    "temperature": "temperature",
    "strap": "strap",
}
_PULSES: Mapping[str, Callable[[Equipment], Ppg]] = {
    "ppg": lambda equipment: equipment.ppg,
    "wrist_ppg": lambda equipment: equipment.wrist_ppg,
    "blood_pressure": lambda equipment: equipment.ppg,  # the cuff is around a finger
}
