"""What each sensor on one body draws: its own stream, its own clock, its own troubles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from interbeat.body.noise import Streams
from interbeat.body.sensors.acceleration import accelerated
from interbeat.body.sensors.artifacts import Artifact, Traced, spoiled, traced
from interbeat.body.sensors.belt import stretched
from interbeat.body.sensors.clock import TRUE, Clock, Sampling
from interbeat.body.sensors.ecg import electrocardiogram
from interbeat.body.sensors.equipment import Equipment
from interbeat.body.sensors.ppg import Ppg, arrivals, photoplethysmogram
from interbeat.body.sensors.pressure import arterial
from interbeat.body.sensors.skin_conductance import palm, wrist
from interbeat.body.sensors.strap import Packet, sent
from interbeat.body.sensors.temperature import warmth
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.recording import Data
from interbeat.core.signal import Signal

__all__ = ["PULSES", "Wearer", "packets", "signals"]

Drawn = dict[str, FloatArray]


class Wearer(NamedTuple):
    """A body and what is worn on it; the fields are those of `wear`."""

    name: str
    truth: PersonTruth
    artifacts: tuple[Artifact, ...]
    streams: Streams
    clocks: Mapping[str, Clock]
    equipment: Equipment

    def random(self, sensor: str) -> list[np.random.Generator]:
        """Return generators of the signal, of false beats, of arrivals and of artifacts."""
        return self.streams.of(PROCESSES[sensor]).spawn(4)

    def wrong(self, sensor: str) -> list[Artifact]:
        """Return what goes wrong with a sensor."""
        return [one for one in self.artifacts if one.channel == sensor]

    def clock(self, sensor: str) -> Clock:
        """Return what stamps a sensor's samples."""
        return self.clocks.get(sensor, TRUE)

    def beats(self, sensor: str) -> Traced:
        """Return what a sensor takes for beats."""
        return traced(self.truth.beats, self.wrong(sensor), self.random(sensor)[1])

    def feet(self, sensor: str) -> FloatArray:
        """Return when the pulse of each true beat arrives (s)."""
        rng = self.random(sensor)[2]
        return arrivals(PULSES[sensor](self.equipment), self.truth, self.truth.beats.times, rng)

    def traced_feet(self, sensor: str, beats: Traced) -> FloatArray:
        """Return when the pulse of each of `beats` arrives, false ones as late as the true."""
        feet, times = self.feet(sensor), self.truth.beats.times
        late = np.interp(beats.times, times, feet - times) if times.size else beats.times
        return np.asarray(beats.times + late, dtype=np.float64)


def signals(wearer: Wearer, sensor: str, rate: float) -> dict[str, Data]:
    """Return the channels of one sensor, spoiled and stamped by its own clock.

    Parameters
    ----------
    wearer : Wearer
        Who wears it.
    sensor : str
        A field of :class:`~interbeat.body.sensors.worn.Sensors` that is sampled.
    rate : float
        In Hz of its clock.
    """
    clock = wearer.clock(sensor)
    sampling = clock.sampling(wearer.truth.inputs.seconds, rate)
    drawing, _, _, spoiling = wearer.random(sensor)
    unit, drawn = _DRAWN[sensor]
    out: dict[str, Data] = {}
    for channel, values in drawn(wearer, sampling, drawing).items():
        (own,) = spoiling.spawn(1)
        spoiled(values, wearer.wrong(sensor), sampling=sampling, rng=own)
        if unit == "µS":
            np.maximum(values, 0.0, out=values)  # no electrode conducts less than not at all
        stamped = clock.stamped(values, rate)
        out[channel] = Signal(stamped, rate, unit, wearer.name, clock.offset)
    return out


def packets(wearer: Wearer) -> tuple[Packet, ...]:
    """Return what the strap sends and the phone hears.

    Parameters
    ----------
    wearer : Wearer
        Who wears it.
    """
    return sent(
        wearer.equipment.strap, wearer.beats("strap"), wearer.truth.inputs.seconds,
        artifacts=wearer.wrong("strap"), clock=wearer.clock("strap"),
        receiver=wearer.clock("phone"), rng=wearer.random("strap")[0],
    )  # fmt: skip


def _ecg(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    beats, made = wearer.beats("ecg"), wearer.equipment.ecg
    return {"ecg": electrocardiogram(made, wearer.truth, beats, sampling=sampling, rng=rng)}


def _ppg(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    return _light(wearer, "ppg", wearer.equipment.ppg, sampling=sampling, rng=rng)


def _wrist_ppg(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    return _light(wearer, "wrist_ppg", wearer.equipment.wrist_ppg, sampling=sampling, rng=rng)


def _light(
    wearer: Wearer, sensor: str, made: Ppg, *, sampling: Sampling, rng: np.random.Generator
) -> Drawn:
    beats = wearer.beats(sensor)
    feet = wearer.traced_feet(sensor, beats)
    pulse = photoplethysmogram(made, wearer.truth, beats, feet=feet, sampling=sampling, rng=rng)
    return {"ppg": pulse}


def _pressure(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    beats, made = wearer.beats("blood_pressure"), wearer.equipment.blood_pressure
    feet = wearer.traced_feet("blood_pressure", beats)
    wave = arterial(made, wearer.truth, beats, feet=feet, sampling=sampling, rng=rng)
    return {"blood_pressure": wave}


def _respiration(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    made = wearer.equipment.respiration
    return {"respiration": stretched(made, wearer.truth, sampling=sampling, rng=rng)}


def _eda(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    return {"eda": palm(wearer.equipment.eda, wearer.truth, sampling=sampling, rng=rng)}


def _wrist_eda(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    return {"eda": wrist(wearer.equipment.wrist_eda, wearer.truth, sampling=sampling, rng=rng)}


def _temperature(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    made = wearer.equipment.temperature
    return {"temperature": warmth(made, wearer.truth, sampling=sampling, rng=rng)}


def _acceleration(wearer: Wearer, sampling: Sampling, rng: np.random.Generator) -> Drawn:
    made = wearer.equipment.acceleration
    axes = accelerated(made, wearer.truth, sampling=sampling, rng=rng)
    return {f"acceleration_{axis}": v for axis, v in zip("xyz", axes, strict=True)}


# The unit of each sensor, and what draws its channels.
_DRAWN: Mapping[str, tuple[str, Callable[[Wearer, Sampling, np.random.Generator], Drawn]]] = {
    "ecg": ("mV", _ecg),
    "ppg": ("a.u.", _ppg),
    "wrist_ppg": ("a.u.", _wrist_ppg),
    "respiration": ("a.u.", _respiration),
    "eda": ("µS", _eda),
    "wrist_eda": ("µS", _wrist_eda),
    "blood_pressure": ("mmHg", _pressure),
    "acceleration": ("g", _acceleration),
    "temperature": ("°C", _temperature),
}
PROCESSES = {
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
PULSES: Mapping[str, Callable[[Equipment], Ppg]] = {
    "ppg": lambda equipment: equipment.ppg,
    "wrist_ppg": lambda equipment: equipment.wrist_ppg,
    "blood_pressure": lambda equipment: equipment.ppg,  # the cuff is around a finger
}
