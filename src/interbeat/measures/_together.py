"""Several measures over many stretches of time at once, the work of a family done once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.core.recording import Data
from interbeat.core.span import Span
from interbeat.measures._spec import Columns, Measure, Member

__all__ = ["estimates", "together"]


def together(
    specs: Iterable[Measure], starts: FloatArray, ends: FloatArray, channels: Mapping[str, Data]
) -> dict[str, Columns]:
    """Return each of `specs` over each stretch from `starts` to `ends` (s, shape (n,)).

    `channels` holds at least what the measures need.
    """
    families: dict[int, Mapping[str, Columns]] = {}
    found: dict[str, Columns] = {}
    for spec in specs:
        needed = {name: channels[name] for name in spec.channels if name in channels}
        if isinstance(spec.many, Member):
            family = spec.many.family
            if id(family) not in families:
                families[id(family)] = family.together(starts, ends, **needed)
            found[spec.name] = families[id(family)][spec.many.name]
        elif spec.many is not None:
            found[spec.name] = spec.many(starts, ends, **needed)
        else:
            found[spec.name] = _one_by_one(spec, starts, ends, needed)
    return found


def estimates(
    specs: Iterable[Measure], span: Span, channels: Mapping[str, Data]
) -> dict[str, Estimate]:
    """Return each of `specs` over `span`."""
    listed = list(specs)
    starts, ends = np.array([span.start], dtype=float), np.array([span.end], dtype=float)
    found = together(listed, starts, ends, channels)
    return {
        spec.name: Estimate(
            float(found[spec.name].values[0]),
            float(found[spec.name].se[0]),
            spec.unit,
            float(found[spec.name].quality[0]),
            int(found[spec.name].n[0]),
            found[spec.name].reasons[0],
        )
        for spec in listed
    }


def _one_by_one(
    spec: Measure, starts: FloatArray, ends: FloatArray, needed: Mapping[str, Data]
) -> Columns:
    each = [
        _one(spec, Span(float(a), float(b)), needed) for a, b in zip(starts, ends, strict=True)
    ]
    return Columns(
        np.array([e.value for e in each]),
        np.array([e.se for e in each]),
        np.array([e.quality for e in each]),
        np.array([e.n for e in each], dtype=np.int64),
        tuple(e.reason for e in each),
    )


def _one(spec: Measure, span: Span, needed: Mapping[str, Data]) -> Estimate:
    held = {name: data.between(*span) for name, data in needed.items()}
    return spec.function(**held, **({"span": span} if spec.spanned else {}))
