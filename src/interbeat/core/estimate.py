"""Estimate: a number with its uncertainty, its quality, and a reason where there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from interbeat.core.errors import DataError

__all__ = ["Estimate", "number"]

SMALL, LARGE = 1e-12, 1e12  # beyond these a standard error says nothing of digits
Z95 = 1.959963984540054  # standard normal quantile at 0.975


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that says how far it may be trusted.

    Parameters
    ----------
    value : float
        In `unit`; NaN exactly when there is a `reason`.
    se : float
        Standard error in `unit`; NaN when the value is.
    unit : str
        E.g. ``"ms"``; ``""`` for a bare ratio.
    quality : float
        0 to 1: how much of what there should have been was there, and was good.
    n : int
        How many things (pairs of beats, breaths, responses ...) it rests on.
    reason : str
        Why there is no value; ``""`` where there is one.

    Raises
    ------
    DataError
        If the value is NaN without a reason or the other way round, the standard error of a
        value is not a finite number from 0 up, or the quality leaves 0 to 1.

    Examples
    --------
    >>> rmssd = Estimate(38.2, 4.1, "ms", quality=0.97, n=58)
    >>> print(rmssd)
    38 ± 4 ms
    >>> [round(bound, 1) for bound in rmssd.interval]
    [30.2, 46.2]
    >>> print(Estimate.missing("ms", "1 of 10 beat pairs"))
    missing: 1 of 10 beat pairs
    """

    value: float
    se: float
    unit: str
    quality: float
    n: int
    reason: str = ""

    def __post_init__(self) -> None:
        if math.isnan(self.value) != bool(self.reason):
            raise DataError(
                f"an estimate is NaN exactly when it gives a reason: {self.value}, "
                f"{self.reason!r}"
            )
        if not self.reason and not (math.isfinite(self.value) and 0 <= self.se < math.inf):
            raise DataError(
                f"a value needs a finite standard error from 0 up: {self.value} ± {self.se}"
            )
        if not 0 <= self.quality <= 1:
            raise DataError(f"quality runs from 0 to 1, not {self.quality}")

    @classmethod
    def missing(cls, unit: str, reason: str, quality: float = 0.0, n: int = 0) -> Estimate:
        """Return no value, and why."""
        return cls(math.nan, math.nan, unit, quality, n, reason)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Estimate):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str | float, ...]:
        numbers = ("missing", "missing") if self.reason else (self.value, self.se)
        return (*numbers, self.unit, self.quality, self.n, self.reason)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval, in `unit`; (NaN, NaN) where missing."""
        return self.value - Z95 * self.se, self.value + Z95 * self.se

    def __str__(self) -> str:
        if self.reason:
            return f"missing: {self.reason}"
        return (
            f"{number(self.value, self.se)} ± {number(self.se, self.se)} {self.unit}".rstrip()
        )


def number(value: float, se: float) -> str:
    """Write `value` with as many digits as its standard error `se` leaves meaningful.

    Examples
    --------
    >>> number(38.234, 4.1), number(0.12345, 0.0021), number(1234.5, 130)
    ('38', '0.123', '1230')
    >>> number(-0.3, 2.0)
    '0'
    """
    if not (math.isfinite(value) and math.isfinite(se)):
        return str(value)
    if not SMALL < se < LARGE:
        return f"{value:.6g}"
    decimals = -math.floor(math.log10(se))
    if se * 10.0**decimals < 2:  # a leading 1 needs a second digit: 0.14 is not 0.1
        decimals += 1
    rounded = round(value, decimals) + 0.0  # -0.0 + 0.0 is 0.0
    return f"{rounded:.{max(decimals, 0)}f}"
