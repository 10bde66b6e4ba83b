"""Measures over what was made: an estimate a second, or one over a span."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.core.recording import Data
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.measures import MEASURES
from interbeat.measures._spec import Measure
from interbeat.measures._together import estimates, together

__all__ = ["joined", "summary", "track", "tracked"]

# What is said where a channel was not made, and which recorded ones could have made it.
ABSENT = {
    "beats": ("no heartbeats were recorded", ("ecg", "ppg")),
    "breaths": ("no breathing was recorded", ("respiration", "ecg")),
    "responses": ("no skin conductance was recorded", ("eda",)),
    "scl": ("no skin conductance was recorded", ("eda",)),
}

# Of how the intervals swing with breathing, they cannot themselves be asked when it was.
CIRCULAR = "no breathing was recorded but in the intervals themselves"


def tracked() -> dict[str, float]:
    """Return the measures that have an estimate a second, each with its window (s)."""
    return {name: spec.window for name, spec in MEASURES.items() if spec.window is not None}


def track(
    spec: Measure,
    seconds: FloatArray,
    channels: Mapping[str, Data],
    *,
    window: float,
    person: str,
) -> Track:
    """Return `spec` at each of `seconds`, over the `window` (s) before it."""
    found = together([spec], seconds - window, seconds, channels)[spec.name]
    return Track(spec.name, spec.unit, person, window, float(seconds[0]), *found)


def summary(
    channels: Mapping[str, Data], span: Span, refused: Mapping[str, str]
) -> dict[str, Estimate]:
    """Return every registered measure over `span`; NaN with a reason where it has no value.

    `refused` says why of each recorded channel that no stage took.
    """
    held = {name: data.between(*span) for name, data in channels.items()}
    there = [spec for spec in MEASURES.values() if all(need in held for need in spec.needs)]
    found = estimates(there, span, held)
    return {
        name: found[name] if name in found else _absent(spec, held, refused)
        for name, spec in MEASURES.items()
    }


def _absent(spec: Measure, held: Mapping[str, Data], refused: Mapping[str, str]) -> Estimate:
    first = next(need for need in spec.needs if need not in held)
    why = _why(first, refused)
    if first == "breaths" and "beats" in spec.needs and why == ABSENT["breaths"][0]:
        why = CIRCULAR
    return Estimate.missing(spec.unit, why)


def _why(absent: str, refused: Mapping[str, str]) -> str:
    words, sources = ABSENT.get(absent, (f"no {absent} was recorded", (absent,)))
    return next((f"{name}: {refused[name]}" for name in sources if name in refused), words)


def joined(tracks: list[Track]) -> Track:
    """Return the pieces of one track as one."""
    first = tracks[0]
    return Track(
        first.name,
        first.unit,
        first.person,
        first.window,
        first.start,
        np.concatenate([t.values for t in tracks]),
        np.concatenate([t.se for t in tracks]),
        np.concatenate([t.quality for t in tracks]),
        np.concatenate([t.n for t in tracks]),
        tuple(reason for t in tracks for reason in t.reasons),
    )
