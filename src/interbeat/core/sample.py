"""Sample: what was found in one tube of blood or saliva, or bound in one region of a scan."""

from __future__ import annotations

import math
from dataclasses import dataclass

from interbeat.core.errors import DataError

__all__ = ["Sample"]

BINDING = ("BP_ND", "V_T")  # what an analyte ends with that was bound, not dissolved


@dataclass(frozen=True, slots=True)
class Sample:
    """A concentration in one tube, or binding in one region, at one time, from one person.

    A value below the assay's limit is *censored*: it is somewhere under the limit, and is
    neither zero nor left out.

    Parameters
    ----------
    analyte : str
        E.g. ``"oxytocin"``, ``"cortisol"``; of a scan, the tracer and what was found of it:
        ``"raclopride BP_ND"``.
    value : float
        The concentration in `unit`, or the limit where ``censored``.
    unit : str
        E.g. ``"pg/mL"``; ``"1"`` for a ratio such as BP_ND.
    time : float
        When it was taken, in seconds since the session began.
    matrix : str
        ``"plasma"``, ``"serum"``, ``"saliva"``, ``"urine"`` ...; of a scan, the region.
    person : str
        Who gave it.
    spread : float
        Standard deviation between replicates, in `unit`; NaN where there was one.
    lower, upper : float
        The assay's limits of quantification in `unit`. A `lower` of minus infinity lets the
        value be negative, as the binding potential of a noisy region may be.
    se : float
        Standard error of the value, in `unit`, with that of the standard curve or of the tracer
        model; NaN where not known.
    extracted : bool or None
        Whether the sample was extracted before the assay; None where not said.
    flags : tuple of str
        What to look at before the value is used.

    Raises
    ------
    DataError
        If a number is not finite or negative, or the limits are the wrong way round.

    Examples
    --------
    >>> Sample("oxytocin", 1.0, "pg/mL", 0.0, "saliva", "a", lower=2.0).censored
    True
    """

    analyte: str
    value: float
    unit: str
    time: float
    matrix: str
    person: str
    spread: float = math.nan
    lower: float = 0.0
    upper: float = math.inf
    se: float = math.nan
    extracted: bool | None = None
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise DataError(f"the value of a sample is a finite number, not {self.value}")
        if self.value < 0 <= self.lower:
            raise DataError(f"a concentration is a number from 0 up, not {self.value}")
        if not math.isfinite(self.time):
            raise DataError(f"a sample is taken at a finite time in seconds, not {self.time}")
        if not (0 <= self.lower < self.upper or self.lower == -math.inf < self.upper):
            raise DataError(
                f"limits must rise from 0: {self.lower} to {self.upper} {self.unit}"
            )
        if self.se < 0 or self.spread < 0:
            raise DataError(
                f"a standard error and a spread are numbers from 0 up, not {self.se} and "
                f"{self.spread}"
            )

    @property
    def of_scan(self) -> bool:
        """Whether this is binding in a region of a scan, not a concentration in a tube.

        Examples
        --------
        >>> Sample("raclopride BP_ND", 2.8, "1", 0.0, "putamen", "a").of_scan
        True
        """
        return self.lower == -math.inf or self.analyte.rpartition(" ")[2] in BINDING

    @property
    def censored(self) -> bool:
        """Whether the value lies outside what the assay can quantify."""
        return not self.lower <= self.value <= self.upper

    @property
    def bounds(self) -> tuple[float, float]:
        """What is known: (value, value), or the range that it was censored to."""
        if self.value < self.lower:
            return 0.0, self.lower
        if self.value > self.upper:
            return self.upper, math.inf
        return self.value, self.value
