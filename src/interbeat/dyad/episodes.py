"""Episodes: when two people were together, as far as chance would not have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate

__all__ = ["Episodes"]


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """Stretches in which two people moved together more than chance would have it.

    Parameters
    ----------
    starts, ends : ndarray, shape (n,)
        In seconds since the session began.
    share : Estimate
        Of the time that could be judged, 0 to 1.
    rate : Estimate
        Episodes an hour, 1/h.
    length : Estimate
        Mean length, in s; missing where there is none.
    """

    starts: FloatArray
    ends: FloatArray
    share: Estimate
    rate: Estimate
    length: Estimate

    @classmethod
    def missing(cls, reason: str) -> Episodes:
        """Return no episodes, and why."""
        none = np.empty(0)
        no_share, no_rate, no_length = (
            Estimate.missing(unit, reason) for unit in ("", "1/h", "s")
        )
        return cls(none, none, no_share, no_rate, no_length)
