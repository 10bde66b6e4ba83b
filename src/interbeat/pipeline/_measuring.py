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

__all__ = ["estimate", "summary", "track"]

# What is said where a channel was not made, and which recorded ones could have made it.
ABSENT = {
    "beats": ("no heartbeats were recorded", ("ecg", "ppg")),
    "breaths": ("no breathing was recorded", ("respiration", "ecg")),
    "responses": ("no skin conductance was recorded", ("eda",)),
    "scl": ("no skin conductance was recorded", ("eda",)),
}


def track(
    spec: Measure, seconds: FloatArray, channels: Mapping[str, Data], person: str
) -> Track:
    """Return `spec` at each of `seconds`, over the window before it."""
    needed = {need: channels[need] for need in spec.needs}
    about = (spec.name, spec.unit, person, spec.window, float(seconds[0]))
    if spec.many is not None:
        return Track(*about, *spec.many(seconds - spec.window, seconds, **needed))
    spans = (Span(float(k) - spec.window, float(k)) for k in seconds)
    return Track.of(
        [
            estimate(spec, {n: d.between(*span) for n, d in needed.items()}, span)
            for span in spans
        ],
        name=spec.name,
        unit=spec.unit,
        person=person,
        window=spec.window,
        start=float(seconds[0]),
    )


def estimate(spec: Measure, channels: Mapping[str, Data], span: Span) -> Estimate:
    """Return `spec` over `channels`, which hold `span` and nothing else."""
    about = {"span": span} if spec.spanned else {}
    return spec.function(**{need: channels[need] for need in spec.needs}, **about)


def summary(
    channels: Mapping[str, Data], span: Span, refused: Mapping[str, str]
) -> dict[str, Estimate]:
    """Return every registered measure over `span`; NaN with a reason where it has no value.

    `refused` says why of each recorded channel that no stage took.
    """
    held = {name: data.between(*span) for name, data in channels.items()}
    found: dict[str, Estimate] = {}
    for name, spec in MEASURES.items():
        absent = [need for need in spec.needs if need not in held]
        found[name] = (
            Estimate.missing(spec.unit, _why(absent[0], refused))
            if absent
            else estimate(spec, held, span)
        )
    return found


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
