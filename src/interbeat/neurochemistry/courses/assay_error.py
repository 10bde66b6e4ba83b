"""Assay error: how far each sample of a course may be off, by itself and with its plate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.sample import Sample
from interbeat.kernels.student import student

__all__ = ["AssayError", "from_spreads", "own_errors"]

FEWEST_SPREADS = 3  # samples with a spread: the standard deviation of fewer says nothing


@dataclass(frozen=True, slots=True)
class AssayError:
    """What is known of the error of reported concentrations.

    A sample's own standard error (``Sample.se``) comes first. Where it is not known, `cv` is
    used; where that is not given, the spreads of all samples' replicates together.

    Parameters
    ----------
    cv : float
        Coefficient of variation of a reported value (the mean of its replicates), as a share:
        0.08 is 8 %. NaN: not given.
    freedom : float
        Degrees of freedom of `cv`: with few, intervals are widened as Student's are.
    replicates : int
        Wells a sample, by which the spread between wells becomes the error of their mean.
    shared : float
        Relative error that all samples of one plate have in common, because its standards were
        off: it moves a whole course up or down. No plate tells it of itself, neither by the
        standard errors of its samples nor by their spread; controls on many plates do (the
        inter-assay part of their coefficient of variation). 0: errors are taken as
        independent, and so does not saying.

    Raises
    ------
    DataError
        If a share is negative, or there is no replicate.
    """

    cv: float = math.nan
    freedom: float = math.inf
    replicates: int = 2
    shared: float = 0.0

    def __post_init__(self) -> None:
        if self.cv < 0 or not 0 <= self.shared < math.inf or self.cv == math.inf:
            raise DataError(
                f"a coefficient of variation is a share from 0 up: cv={self.cv}, "
                f"shared={self.shared}"
            )
        if self.replicates < 1 or not self.freedom >= 1:
            raise DataError(
                f"replicates and degrees of freedom are 1 or more, not {self.replicates} and "
                f"{self.freedom}"
            )

    @property
    def words(self) -> str:
        """What is assumed of errors, for a methods paragraph."""
        if self.shared == 0:
            return "errors of samples taken as independent of each other"
        return f"{100 * self.shared:.3g} % of error common to all samples of a plate"


def from_spreads(samples: Sequence[Sample], error: AssayError) -> AssayError:
    """Return `error` with the coefficient of variation that the spreads of replicates give.

    The root mean square of spread over value, of all samples within the limits that have both,
    over the root of the number of replicates.

    Parameters
    ----------
    samples : sequence of Sample
        Of one analyte; of everybody, where there are more.
    error : AssayError
        Kept as it is where it has a coefficient already.

    Returns
    -------
    AssayError
        Without a coefficient where fewer than 3 samples have a spread, or all are 0.

    Examples
    --------
    >>> tubes = [Sample("cortisol", 8, "nmol/L", t, "saliva", "a", 0.8) for t in (0, 600, 900)]
    >>> found = from_spreads(tubes, AssayError())
    >>> round(found.cv, 4), found.freedom
    (0.0707, 3.0)
    """
    if math.isfinite(error.cv) or error.replicates < 2:
        return error
    shares = [
        (sample.spread / sample.value) ** 2
        for sample in samples
        if not sample.censored and sample.value > 0 and math.isfinite(sample.spread)
    ]
    if len(shares) < FEWEST_SPREADS or not any(shares):
        return error
    cv = math.sqrt(float(np.mean(shares)) / error.replicates)
    return replace(error, cv=cv, freedom=float(len(shares) * (error.replicates - 1)))


def own_errors(samples: Sequence[Sample], error: AssayError) -> FloatArray:
    """Return the standard error of each sample that it does not share with its plate.

    Parameters
    ----------
    samples : sequence of Sample
        Of one analyte.
    error : AssayError
        What else is known.

    Returns
    -------
    ndarray, shape (n,)
        In the samples' unit; 0 for a censored sample, whose bounds say what is known of it;
        NaN where nothing says it: a share says nothing of a value of 0, and no assay has an
        error of 0. Widened so that 1.96 of them hold 95 % where the
        coefficient of variation rests on few replicates.

    Examples
    --------
    >>> tube = Sample("cortisol", 8, "nmol/L", 0, "saliva", "a")
    >>> own_errors([tube], AssayError(cv=0.05))
    array([0.4])
    """
    values = np.array([sample.value for sample in samples])
    told = np.array([sample.se for sample in samples])
    by_cv = error.cv * np.abs(values) * _wider(error.freedom)
    own = np.where(np.isfinite(told) & (told > 0), told, by_cv)
    own = np.where(own > 0, own, np.nan)
    return np.where([sample.censored for sample in samples], 0.0, own)


def _wider(freedom: float) -> float:
    return 1.0 if freedom == math.inf else float(student(freedom))
