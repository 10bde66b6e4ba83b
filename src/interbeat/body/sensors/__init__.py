"""Sensors: what electrodes, clips, belts and straps make of a body, and what goes wrong."""

from interbeat.body.sensors.artifacts import Artifact
from interbeat.body.sensors.clock import Clock
from interbeat.body.sensors.ectopy import Ectopy, with_ectopy
from interbeat.body.sensors.equipment import Equipment
from interbeat.body.sensors.strap import Packet
from interbeat.body.sensors.worn import Sensors, Worn, record, wear

__all__ = [
    "Artifact",
    "Clock",
    "Ectopy",
    "Equipment",
    "Packet",
    "Sensors",
    "Worn",
    "record",
    "wear",
    "with_ectopy",
]
