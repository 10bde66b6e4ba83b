"""Checking in: what the person says of themselves, as an observation like any other."""

from __future__ import annotations

import math
from dataclasses import dataclass

from interbeat.core.errors import DataError

__all__ = ["DIRECTIONS", "CheckIn"]

DIRECTIONS = ("toward", "away", "unsure")


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What someone says of themselves at one moment.

    Parameters
    ----------
    time : float
        In seconds since the session began.
    arousal : float
        0 (as calm as at rest) to 1 (as roused as can be); NaN where it was not asked.
    direction : str
        ``"toward"`` (what is here is welcome), ``"away"`` (one would rather be gone) or
        ``"unsure"``. No sensor reads this: on direction the person is always right.
    se : float
        How far off the arousal may be, as a standard error on the same scale.

    Raises
    ------
    DataError
        If the time is not finite, or a value is not possible.

    Examples
    --------
    >>> CheckIn(600.0, 0.2, "toward").direction
    'toward'
    """

    time: float
    arousal: float = math.nan
    direction: str = "unsure"
    se: float = 0.15

    def __post_init__(self) -> None:
        if not math.isfinite(self.time):
            raise DataError(f"a check-in has a time in seconds, not {self.time}")
        if not (math.isnan(self.arousal) or 0 <= self.arousal <= 1):
            raise DataError(f"arousal is 0 to 1, or NaN where not asked, not {self.arousal}")
        if self.direction not in DIRECTIONS:
            raise DataError(
                f"a direction is one of {', '.join(DIRECTIONS)}, not {self.direction!r}"
            )
        if not 0 < self.se <= 1:
            raise DataError(f"the standard error is above 0 and up to 1, not {self.se}")
