"""Lungs: how one body breathes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from interbeat.body.inputs import Inputs
from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ
from interbeat.core.arrays import FloatArray

__all__ = ["Breathing", "Lungs", "breathe"]


@dataclass(frozen=True, slots=True)
class Lungs(Organ):
    """To be filled in."""


class Breathing(NamedTuple):
    """Breaths, and what they do over time.

    Parameters
    ----------
    onsets, peaks, depths : ndarray, shape (k,)
        Start and end of each inspiration (s), and liters.
    volume : ndarray, shape (5 n,)
        Liters in the lungs above rest, at 50 Hz.
    carbon_dioxide : ndarray, shape (n,)
        End-tidal, in mmHg, at 10 Hz.
    """

    onsets: FloatArray
    peaks: FloatArray
    depths: FloatArray
    volume: FloatArray
    carbon_dioxide: FloatArray


def breathe(
    lungs: Sequence[Lungs], inputs: Sequence[Inputs], threat: Sequence[FloatArray], *,
    pulls: Sequence[FloatArray], streams: Sequence[Streams],
) -> tuple[Breathing, ...]:  # fmt: skip
    """Return how each of one or two bodies breathes. To be filled in."""
    raise NotImplementedError
