"""Two simulated people whose truth is known: what every estimate is checked against."""

from tests.designed.couple import simulate_couple
from tests.designed.scenarios import Scenario, demo_couple, scenarios, simulate
from tests.designed.traits import Artifact, Person, Sensors, Setting, Task
from tests.designed.truth import CoupleTruth, PersonTruth, Simulated

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
