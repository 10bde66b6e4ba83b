"""Two coupled nervous systems whose truth is known: the forward model.

Everything here is imported when it is first asked for: analyzing a recording needs none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interbeat.body.couple import live as live
    from interbeat.body.inputs import Cue as Cue
    from interbeat.body.inputs import Inputs as Inputs
    from interbeat.body.inputs import Tie as Tie
    from interbeat.body.memory import Memory as Memory
    from interbeat.body.person import Person as Person
    from interbeat.body.sensors.artifacts import Artifact as Artifact
    from interbeat.body.sensors.worn import Sensors as Sensors
    from interbeat.body.simulated import Simulated as Simulated
    from interbeat.body.staging.play import simulate as simulate
    from interbeat.body.staging.scenario import Scenario as Scenario
    from interbeat.body.staging.scenario import scenario as scenario
    from interbeat.body.staging.scenario import scenarios as scenarios
    from interbeat.body.truth import CoupleTruth as CoupleTruth
    from interbeat.body.truth import PersonTruth as PersonTruth

_HOMES = {
    "Artifact": "sensors.artifacts",
    "CoupleTruth": "truth",
    "Cue": "inputs",
    "Inputs": "inputs",
    "Memory": "memory",
    "Person": "person",
    "PersonTruth": "truth",
    "Scenario": "staging.scenario",
    "Sensors": "sensors.worn",
    "Simulated": "simulated",
    "Tie": "inputs",
    "live": "couple",
    "scenario": "staging.scenario",
    "scenarios": "staging.scenario",
    "simulate": "staging.play",
}

__all__ = [
    "Artifact", "CoupleTruth", "Cue", "Inputs", "Memory", "Person", "PersonTruth", "Scenario",
    "Sensors", "Simulated", "Tie", "live", "scenario", "scenarios", "simulate",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the imports above give each its type
    if name not in _HOMES:
        raise AttributeError(f"module 'interbeat.body' has no attribute {name!r}")
    thing = getattr(import_module(f"interbeat.body.{_HOMES[name]}"), name)
    globals()[name] = thing
    return thing


def __dir__() -> list[str]:
    return list(__all__)
