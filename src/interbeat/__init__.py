"""interbeat: the interval between heartbeats, and what passes between two hearts.

Everything here is imported when it is first asked for, so that ``import interbeat`` is quick.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Beats": "core.beats",
    "Estimate": "core.estimate",
    "Recording": "core.recording",
    "Session": "core.session",
    "Signal": "core.signal",
    "InterbeatError": "core.errors",
    "read": "sources",
    "write_bids": "sources",
    "analyze": "pipeline.analyze",
    "study": "pipeline.study.run",
    "Engine": "pipeline.engine",
    "report": "reporting",
    "correct_beats": "signals.correction",
    "detect_beats": "signals.cardiac",
    "detect_breaths": "signals.respiration",
    "detect_pulses": "signals.pulse",
    "decompose_eda": "signals.eda",
    "hrv": "measures.hrv",
    "sliding_hrv": "measures.sliding",
    "synchrony": "dyad.synchrony",
    "simulate": "body",
}

_MODULES = {
    "dyad": "dyad",
    "neurochemistry": "neurochemistry",
    "spectra": "measures.spectra",
}

__all__ = sorted([*_HOMES, *_MODULES])  # noqa: PLE0605 - the stub beside this file spells them out


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the stub gives each its type
    if name in _MODULES:
        return import_module(f"interbeat.{_MODULES[name]}")
    if name not in _HOMES:
        raise AttributeError(f"module 'interbeat' has no attribute {name!r}")
    thing = getattr(import_module(f"interbeat.{_HOMES[name]}"), name)
    globals()[name] = thing
    return thing


def __dir__() -> list[str]:
    return __all__
