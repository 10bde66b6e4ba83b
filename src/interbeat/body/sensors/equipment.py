"""Equipment: what each sensor is like, of a typical wearer and of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import numpy as np

from interbeat.body.parameters import Row
from interbeat.body.sensors.acceleration import Accelerometer
from interbeat.body.sensors.belt import Belt
from interbeat.body.sensors.ecg import Ecg
from interbeat.body.sensors.ppg import Ppg, WristPpg
from interbeat.body.sensors.pressure import Cuff
from interbeat.body.sensors.skin_conductance import Palm, Wrist
from interbeat.body.sensors.strap import Strap
from interbeat.body.sensors.temperature import Temperature

__all__ = ["TYPICAL", "Equipment"]


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
