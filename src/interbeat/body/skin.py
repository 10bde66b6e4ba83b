"""Skin: how one body sweats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from interbeat.body.inputs import Inputs
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ
from interbeat.core.arrays import FloatArray

__all__ = ["Skin", "Sweat", "perspire"]


@dataclass(frozen=True, slots=True)
class Skin(Organ):
    """To be filled in."""


class Sweat(NamedTuple):
    """Responses, and the conductance they add up to.

    Parameters
    ----------
    onsets, peaks, amplitudes : ndarray, shape (k,)
        Of the responses: s, s and µS.
    level, conductance : ndarray, shape (n,)
        Without and with the responses, in µS, at 10 Hz.
    """

    onsets: FloatArray
    peaks: FloatArray
    amplitudes: FloatArray
    level: FloatArray
    conductance: FloatArray


def perspire(skin: Skin, inputs: Inputs, *, mind: Appraisal, streams: Streams) -> Sweat:
    """Return what the palm of one body conducts. To be filled in."""
    raise NotImplementedError
