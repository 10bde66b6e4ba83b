"""Mind: how one person appraises danger and safety, learns and calms down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from interbeat.body.inputs import Inputs, Tie
from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ
from interbeat.core.arrays import FloatArray

__all__ = ["Appraisal", "Mind", "appraise"]


@dataclass(frozen=True, slots=True)
class Mind(Organ):
    """To be filled in."""


class Appraisal(NamedTuple):
    """What one person makes of what happens; each array of shape (n,) at 10 Hz.

    Parameters
    ----------
    threat, safety, immobility : ndarray, shape (n,)
        Two axes, and what is left where nothing can be done; 0 upwards.
    reflex : ndarray, shape (n,)
        Phasic change of cardiac vagal drive at cues, in units of the resting drive.
    startle : ndarray, shape (n,)
        Phasic change of cardiac sympathetic drive at cues, in units of the resting drive.
    bursts, strengths : ndarray, shape (k,)
        When a cue makes the sweat glands fire (s), and how strongly; 1 is typical.
    """

    threat: FloatArray
    safety: FloatArray
    immobility: FloatArray
    reflex: FloatArray
    startle: FloatArray
    bursts: FloatArray
    strengths: FloatArray


def appraise(
    minds: Sequence[Mind], inputs: Sequence[Inputs], *, ties: Sequence[Tie],
    contact: FloatArray, streams: Sequence[Streams],
) -> tuple[Appraisal, ...]:  # fmt: skip
    """Return what each of one or two people makes of what happens. To be filled in."""
    raise NotImplementedError
