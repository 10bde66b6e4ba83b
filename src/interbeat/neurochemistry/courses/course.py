"""Courses: one person's samples of one analyte over time, and what they come to.

All numbers are of this course alone: their errors are those of the assay. How the same person
would have been on another day no course can tell, and one sample is never a trait.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.sample import Sample
from interbeat.neurochemistry import words
from interbeat.neurochemistry.courses._reckoned import Asked, Reckoned, reckoned
from interbeat.neurochemistry.courses.assay_error import AssayError, from_spreads, own_errors

__all__ = ["LATER", "NUMBERS", "Course", "CourseSettings", "course", "courses", "extraction"]

NUMBERS = (
    "AUCg", "AUCi", "baseline", "peak", "peak time", "reactivity", "reactivity percent",
    "recovery", "recovered share", "recovery slope",
)  # fmt: skip

FEWEST_DRAWS = 20  # their spread is to be told, and how often a sample is the highest
MOST_VALUE = 1e100  # of a concentration in any unit; its square is a number, too

# How long after something an analyte tells of it, in words, by analyte and matrix.
LATER = {
    ("cortisol", "saliva"): (
        "salivary cortisol comes late: its peak is expected about 30 min after somebody begins "
        "to prepare a speech before a jury (Gunnar et al. 2021, Psychoneuroendocrinology, "
        "PMC7904651): a sample tells of the time before it"
    ),
}


@dataclass(frozen=True, slots=True)
class CourseSettings:
    """How a course is reckoned.

    Parameters
    ----------
    before : float
        The baseline is the mean of the samples taken before this time (s since the session
        began), which is that of an event; NaN: the first sample.
    event : str
        What that event is called, for the words.
    longest : float
        Two samples that are farther apart (s) are not joined by a line: no area then.
    error : AssayError
        What is known of the assay's error.
    draws : int
        How many times what is below or above a limit is drawn, and the peak sought again.
    seed : int
        Of those draws.

    Raises
    ------
    DataError
        If there are fewer than 20 draws, or `longest` is not above 0.
    """

    before: float = math.nan
    event: str = ""
    longest: float = math.inf
    error: AssayError = field(default_factory=AssayError)
    draws: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        if self.draws < FEWEST_DRAWS or not self.longest > 0:
            raise DataError(
                f"a course needs {FEWEST_DRAWS} draws or more, and a longest gap above 0 s, "
                f"not {self.draws} and {self.longest}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One person's samples of one analyte, and what they come to.

    Parameters
    ----------
    analyte, matrix, person, unit : str
        What was measured, in what, of whom, in which unit.
    extraction : str
        ``"extracted"``, ``"unextracted"`` or ``"extraction not stated"``.
    samples : tuple of Sample
        In order of time.
    numbers : mapping of str to Estimate
        By the names in :data:`NUMBERS`; missing with the reason where they cannot be told.
        ``"AUCg"`` and ``"AUCi"`` in unit times minutes, ``"peak time"`` in s since the session
        began, ``"recovered share"`` of the rise, ``"recovery slope"`` a minute.
    baseline_is : str
        Which samples the baseline is.
    least, most : float
        Of AUCg, if all that is censored were as low, or as high, as it can be.
    flags : tuple of str
        What to look at.
    settings : CourseSettings
        How it was reckoned, with the coefficient of variation that was used.
    """

    analyte: str
    matrix: str
    person: str
    unit: str
    extraction: str
    samples: tuple[Sample, ...]
    numbers: Mapping[str, Estimate]
    baseline_is: str
    least: float
    most: float
    flags: tuple[str, ...]
    settings: CourseSettings

    @property
    def name(self) -> str:
        """What it is a course of: ``"cortisol in saliva"``."""
        return f"{self.analyte} in {self.matrix}"


def extraction(sample: Sample) -> str:
    """Return whether a sample was extracted, in words; ``""`` for what comes from a scan.

    Examples
    --------
    >>> extraction(Sample("oxytocin", 3.0, "pg/mL", 0.0, "saliva", "a"))
    'extraction not stated'
    """
    return "" if sample.of_scan else words.extraction(sample.extracted)


def course(samples: Sequence[Sample], how: CourseSettings | None = None) -> Course:
    """Return what one person's samples of one analyte come to.

    The two areas are Pruessner's [1]_, by trapezoids over the real intervals: AUCg over zero,
    AUCi over the first sample, which may be negative. Peak: the highest sample after the
    baseline's. Reactivity: peak minus baseline, which may be negative, too. Recovery: peak
    minus last sample; ``"recovered share"`` is the part of the rise that is gone by then.
    Each has the assay's error, carried through linearly; samples outside the assay's limits are
    drawn many times between their bounds and what that leaves open is added
    (:func:`~interbeat.neurochemistry.censored.imputed`, by Rubin's rules, widened for how few
    values they are drawn from). The error of the peak's time has two
    parts: that another sample may be the highest, and that nobody knows what was between two
    samples. The highest of several noisy samples is a little too high on average; that is
    left as it is.

    Parameters
    ----------
    samples : sequence of Sample
        Of one person, analyte, matrix and unit, in any order.
    how : CourseSettings, optional
        Left out: as they come.

    Returns
    -------
    Course

    Raises
    ------
    DataError
        If there is no sample, or they are of different people, analytes, matrices, units or
        extractions.

    References
    ----------
    .. [1] Pruessner et al. (2003), Psychoneuroendocrinology 28:916-931,
       doi:10.1016/S0306-4530(02)00108-7.

    Examples
    --------
    The two examples of the paper, with an assay error of 5 %:

    >>> levels, minutes = (3.5, 7, 14, 7, 10), (0, 10, 15, 30, 45)
    >>> tubes = [Sample("cortisol", v, "nmol/L", 60 * t, "saliva", "a")
    ...          for v, t in zip(levels, minutes)]
    >>> found = course(tubes, CourseSettings(error=AssayError(cv=0.05)))
    >>> print(found.numbers["AUCg"])
    390 ± 10 nmol/L min
    >>> print(found.numbers["AUCi"])
    232 ± 12 nmol/L min
    """
    how = CourseSettings() if how is None else how
    held = tuple(sorted(samples, key=lambda sample: sample.time))
    _check_one(held)
    how = replace(how, error=from_spreads(held, how.error))
    first, chosen = held[0], _baseline(held, how)
    reason = _too_little(held, chosen, how)
    found = _missing(first.unit, reason, len(held)) if reason else _reckoned(held, chosen, how)
    low, high = _bounds_of_area(held)
    return Course(
        analyte=first.analyte,
        matrix=first.matrix,
        person=first.person,
        unit=first.unit,
        extraction=extraction(first),
        samples=held,
        numbers=found.numbers,
        baseline_is=_named(chosen, how),
        least=low,
        most=high,
        flags=(*_flags(held, how), *found.flags),
        settings=how,
    )


def courses(samples: Sequence[Sample], how: CourseSettings | None = None) -> tuple[Course, ...]:
    """Return a course for each person, analyte, matrix, unit and extraction among `samples`.

    What was bound in a region of a scan is no concentration, and has no course.

    Where the error of samples is known from the spread of their replicates alone, those of
    everybody are taken together, analyte by analyte.

    Parameters
    ----------
    samples : sequence of Sample
        Of any number of people.
    how : CourseSettings, optional
        For all; left out: as they come.

    Returns
    -------
    tuple of Course
        In order of person and analyte as they first come.

    Examples
    --------
    >>> tubes = [Sample("cortisol", 8, "nmol/L", t, "saliva", p) for p in "ab" for t in (0, 60)]
    >>> [(found.person, len(found.samples)) for found in courses(tubes)]
    [('a', 2), ('b', 2)]
    """
    how = CourseSettings() if how is None else how
    groups: dict[tuple[object, ...], list[Sample]] = {}
    for sample in samples:
        if not sample.of_scan:
            groups.setdefault(_kind(sample), []).append(sample)
    assays: dict[tuple[object, ...], list[Sample]] = {}
    for kind, group in groups.items():
        assays.setdefault(kind[1:], []).extend(group)
    errors = {kind: from_spreads(group, how.error) for kind, group in assays.items()}
    return tuple(
        course(group, replace(how, error=errors[kind[1:]])) for kind, group in groups.items()
    )


def _kind(sample: Sample) -> tuple[object, ...]:
    return sample.person, sample.analyte, sample.matrix, sample.unit, sample.extracted


def _check_one(samples: Sequence[Sample]) -> None:
    if not samples:
        raise DataError("a course needs samples, and none was given")
    kinds = list(dict.fromkeys(map(_kind, samples)))
    if len(kinds) > 1:
        raise DataError(
            f"a course is of one person, analyte, matrix, unit and extraction, not of "
            f"{kinds[0]} and {kinds[1]}; courses() takes many"
        )


def _baseline(samples: Sequence[Sample], how: CourseSettings) -> list[int]:
    if math.isnan(how.before):
        return [0]
    return [k for k, sample in enumerate(samples) if sample.time < how.before]


def _named(chosen: list[int], how: CourseSettings) -> str:
    if math.isnan(how.before):
        return "the first sample"
    count = f"{len(chosen)} sample{'s' * (len(chosen) != 1)}"
    event = f"{how.event} at " if how.event else ""
    return f"the mean of {count} before {event}{how.before:g} s"


def _too_little(samples: Sequence[Sample], chosen: list[int], how: CourseSettings) -> str:
    """Return why nothing can be reckoned, or nothing."""
    times = [sample.time for sample in samples]
    twice = [a for a, b in pairwise(times) if a == b]
    if len(samples) < 2:
        return "one sample is no course"
    if twice:
        return f"two samples at {twice[0]:g} s: which one counts is not said"
    if not chosen:
        return f"no sample before {how.before:g} s, and the baseline is to be of such"
    if len(chosen) == len(samples):
        return f"no sample from {how.before:g} s on"
    return _unmeasured(samples, how)


def _unmeasured(samples: Sequence[Sample], how: CourseSettings) -> str:
    """Return why values cannot be reckoned with, or nothing."""
    sizes = [abs(sample.value) for sample in samples if sample.value]
    if any(not 1 / MOST_VALUE < size < MOST_VALUE for size in sizes):
        return "a concentration is beyond all that is measured"
    if np.isnan(own_errors(samples, how.error)).any():
        return (
            "the error of these samples is not known: give their standard errors or the spread "
            "of 3 or more, or the assay's coefficient of variation (which says nothing of a "
            "value of 0: give the limit that it is below)"
        )
    return ""


def _missing(unit: str, reason: str, n: int) -> Reckoned:
    units = _units(unit)
    return Reckoned({k: Estimate.missing(units[k], reason, n=n) for k in NUMBERS}, ())


def _reckoned(samples: tuple[Sample, ...], chosen: list[int], how: CourseSettings) -> Reckoned:
    asked = Asked(
        baseline=chosen,
        own=own_errors(samples, how.error),
        shared=how.error.shared,
        longest=how.longest,
        draws=how.draws,
        seed=how.seed,
        units=_units(samples[0].unit),
    )
    return reckoned(samples, asked)


def _units(unit: str) -> dict[str, str]:
    area = f"{unit} min"
    return {
        **dict.fromkeys(NUMBERS, unit),
        "AUCg": area,
        "AUCi": area,
        "peak time": "s",
        "reactivity percent": "%",
        "recovered share": "",
        "recovery slope": f"{unit}/min",
    }


def _bounds_of_area(samples: Sequence[Sample]) -> tuple[float, float]:
    times = np.array([sample.time for sample in samples]) / 60
    low, high = np.array([sample.bounds for sample in samples]).T
    if not np.isfinite(high).all():
        return float(np.trapezoid(low, times)), math.inf
    return float(np.trapezoid(low, times)), float(np.trapezoid(high, times))


def _flags(samples: Sequence[Sample], how: CourseSettings) -> list[str]:
    flags = []
    below = sum(sample.value < sample.lower for sample in samples)
    above = sum(sample.value > sample.upper for sample in samples)
    if below:
        flags.append(f"{below} of {len(samples)} samples below the limit of quantification")
    if above:
        flags.append(f"{above} of {len(samples)} samples above the limit of quantification")
    if any(sample.flags for sample in samples):
        flags.append("samples with flags of their own among them")
    if math.isfinite(how.error.freedom):
        flags.append(
            f"error from the spread of replicates: {100 * how.error.cv:.3g} % of a value, "
            f"{how.error.freedom:.0f} degrees of freedom"
        )
    return flags
