"""Heart: vagus, sympathetic nerve, pressure and sinus node of one body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from interbeat.body.inputs import Inputs
from interbeat.body.lungs import Breathing
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ
from interbeat.core.arrays import FloatArray

__all__ = ["Circulation", "Heart", "circulate"]


@dataclass(frozen=True, slots=True)
class Heart(Organ):
    """To be filled in."""


class Circulation(NamedTuple):
    """Beats, their pressures, and what drove them.

    Parameters
    ----------
    beats, systolic, diastolic : ndarray, shape (m,)
        R waves (s), and mmHg of each beat.
    vagal, sympathetic : ndarray, shape (n,)
        Central drives at 10 Hz, before breath and baroreflex gate them; 1 is rest.
    vagal_effect, sympathetic_effect : ndarray, shape (n,)
        What arrives at the sinus node, at 10 Hz.
    """

    beats: FloatArray
    systolic: FloatArray
    diastolic: FloatArray
    vagal: FloatArray
    sympathetic: FloatArray
    vagal_effect: FloatArray
    sympathetic_effect: FloatArray


def circulate(
    heart: Heart, age: float, inputs: Inputs, *, mind: Appraisal, breathing: Breathing,
    streams: Streams,
) -> Circulation:  # fmt: skip
    """Return what the heart and the vessels of one body do. To be filled in."""
    raise NotImplementedError
