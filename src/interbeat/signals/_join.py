"""The parts that a stage gives out, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from interbeat.core.beats import Beats
from interbeat.core.recording import Data
from interbeat.core.signal import Signal

__all__ = ["joined", "whole_beats"]


def joined(parts: Sequence[Mapping[str, Data]]) -> dict[str, Data]:
    """Return the outputs of many pushes as those of one; empty signals are left out."""
    if len(parts) == 1:
        return {name: data for name, data in parts[0].items() if _says(data)}
    kept: dict[str, list[Data]] = {}
    for part in parts:
        for name, data in part.items():
            if _says(data):
                kept.setdefault(name, []).append(data)
    return {name: _join(pieces) for name, pieces in kept.items()}


def whole_beats(*outputs: Mapping[str, Data]) -> Beats:
    """Return the beats of all pushes of one heart."""
    beats = joined(outputs).get("beats", Beats.at([], "a"))
    if not isinstance(beats, Beats):  # pragma: no cover - a stage gives Beats as "beats"
        raise TypeError(type(beats).__name__)
    return beats


def _says(data: Data) -> bool:
    return not isinstance(data, Signal) or len(data) > 0


def _join(pieces: list[Data]) -> Data:
    """Return consecutive pieces as one, copying each only once."""
    first = pieces[0]
    rows = {
        field.name: np.concatenate([getattr(piece, field.name) for piece in pieces])
        for field in fields(first)
        if isinstance(getattr(first, field.name), np.ndarray)
    }
    return replace(first, **rows)  # type: ignore[arg-type]
