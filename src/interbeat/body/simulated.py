"""Simulated: a session that never took place, and everything that is true of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interbeat.body.sensors.worn import Worn
from interbeat.body.truth import CoupleTruth
from interbeat.core.session import Session

__all__ = ["Simulated"]


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A session that never took place, and the truth about it.

    Parameters
    ----------
    session : Session
        As a reader would give it.
    truth : CoupleTruth
        What the bodies really did.
    worn : mapping of str to Worn
        By person: what went wrong with the sensors, their clocks, when pulses arrived, and
        the packets of a strap.
    """

    session: Session
    truth: CoupleTruth
    worn: Mapping[str, Worn]
