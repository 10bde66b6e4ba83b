"""Glands: oxytocin and cortisol of one body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from interbeat.body.inputs import Inputs
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ
from interbeat.core.arrays import FloatArray

__all__ = ["Glands", "Hormones", "secrete"]


@dataclass(frozen=True, slots=True)
class Glands(Organ):
    """To be filled in."""


class Hormones(NamedTuple):
    """Concentrations, one a second; each array of shape (n / 10,), rounded up.

    Parameters
    ----------
    oxytocin_plasma, oxytocin_saliva : ndarray
        In pg/mL.
    cortisol_plasma, cortisol_saliva : ndarray
        In nmol/L.
    """

    oxytocin_plasma: FloatArray
    oxytocin_saliva: FloatArray
    cortisol_plasma: FloatArray
    cortisol_saliva: FloatArray


def secrete(glands: Glands, inputs: Inputs, *, mind: Appraisal, streams: Streams) -> Hormones:
    """Return the hormones of one body. To be filled in."""
    raise NotImplementedError
