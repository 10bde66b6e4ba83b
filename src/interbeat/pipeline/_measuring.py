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

ABSENT = {
    "beats": "no heartbeats were recorded",
    "breaths": "no breathing was recorded",
    "responses": "no skin conductance was recorded",
    "scl": "no skin conductance was recorded",
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
    absent = [need for need in spec.needs if need not in channels]
    if absent:
        reason = ABSENT.get(absent[0], f"no {absent[0]} was recorded")
        return Estimate.missing(spec.unit, reason)
    about = {"span": span} if spec.spanned else {}
    return spec.function(**{need: channels[need] for need in spec.needs}, **about)


def summary(channels: Mapping[str, Data], span: Span) -> dict[str, Estimate]:
    """Return every registered measure over `span`; NaN with a reason where it has no value."""
    held = {name: data.between(*span) for name, data in channels.items()}
    return {name: estimate(spec, held, span) for name, spec in MEASURES.items()}


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
