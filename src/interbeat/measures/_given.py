"""What users give: intervals as arrays, checked, or beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError

__all__ = ["beats_of", "checked"]

SECONDS = 10.0  # a median interval under this is not in ms
SHORTEST = 150.0  # ms, of a median interval: 400 beats a minute
LONGEST = 10_000.0


def beats_of(given: Beats | ArrayLike) -> Beats:
    """Return beats, or those that bound RR intervals (ms), all taken as normal."""
    return given if isinstance(given, Beats) else Beats.from_rr(checked(given), person="a")


def checked(rr_ms: ArrayLike) -> FloatArray:
    """Return the intervals, if they are intervals in ms."""
    rr = frozen_floats(rr_ms, "rr_ms")
    wrong = ~(np.isfinite(rr) & (rr > 0))
    if wrong.any():
        k = int(np.argmax(wrong))
        raise DataError(
            f"an RR interval is a positive number of ms, not {rr[k]} (interval {k})"
        )
    if not rr.size:
        return rr
    middle = float(np.median(rr))
    if middle < SECONDS:
        raise DataError(
            f"intervals of about {middle:.3g} look like seconds: rr_ms is in ms; "
            "multiply by 1000"
        )
    if not SHORTEST <= middle <= LONGEST:
        raise DataError(
            f"intervals of about {middle:.3g} ms cannot be a heart's: rr_ms is in ms, "
            f"{SHORTEST:.0f} to {LONGEST:.0f} in the median"
        )
    return rr
