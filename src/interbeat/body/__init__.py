"""Two simulated people whose truth is known: what every estimate is checked against."""

from interbeat.body.couple import simulate_couple
from interbeat.body.scenarios import Scenario, demo_couple, scenarios, simulate
from interbeat.body.traits import Artifact, Person, Sensors, Setting, Task
from interbeat.body.truth import CoupleTruth, PersonTruth, Simulated

__all__ = [
    "Artifact",
    "CoupleTruth",
    "Person",
    "PersonTruth",
    "Scenario",
    "Sensors",
    "Setting",
    "Simulated",
    "Task",
    "demo_couple",
    "scenarios",
    "simulate",
    "simulate_couple",
]
