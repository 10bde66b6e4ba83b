"""Two people's courses of one analyte side by side: how they differ, when each was highest.

A handful of samples says little of two people. Whatever both went through raises both, and so
does the hour of the day: courses that move together are no sign of a bond. Nothing is scored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.courses.course import Course

__all__ = ["Together", "of_pairs", "together"]

DIFFERENCES = ("AUCg", "AUCi", "baseline", "peak", "reactivity")
AREAS = ("AUCg", "AUCi")
LEAST_PAIRS = 5  # of four and fewer, no order is rarer than 1 in 24 and no interval is short
MOST_EXACT = 7  # 5040 orders are all tried; of more, DRAWS
DRAWS = 5000


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """What two people's courses of one analyte say side by side.

    Parameters
    ----------
    analyte, matrix, unit, extraction : str
        Of both.
    persons : tuple of str
        The first and the second.
    differences : mapping of str to Estimate
        The first's number minus the second's: AUCg, AUCi, baseline, peak, reactivity.
    lag : Estimate
        The second's peak time minus the first's (s); positive: the first is highest earlier.
        Missing where one did not rise, or was highest at the last sample.
    correlation : Estimate
        Fisher's z of the correlation of samples taken at the same times.
    low, high : float
        95 % interval of the correlation itself; NaN where it is missing.
    p : float
        Share of the orders of one's samples that give a correlation as far from 0; NaN where
        it is missing.
    floor : float
        The least p that so few samples can give.
    pairs : int
        Samples taken at the same time.
    words : str
        What may be said of the correlation.
    """

    analyte: str
    matrix: str
    unit: str
    extraction: str
    persons: tuple[str, str]
    differences: Mapping[str, Estimate]
    lag: Estimate
    correlation: Estimate
    low: float
    high: float
    p: float
    floor: float
    pairs: int
    words: str


def together(
    first: Course, second: Course, *, same_time: float = 120.0, seed: int = 0
) -> Together:
    """Return what two people's courses of one analyte say side by side.

    Differences have the errors of both; where both have an error in common with their plate
    (:class:`~interbeat.neurochemistry.courses.assay_error.AssayError`), the two are taken to be
    of one plate. Areas over other times cannot be taken from each other: their difference is
    missing unless both begin and end at the same times. The correlation (Pearson's) is
    missing below 5 pairs of samples. Its interval is Fisher's [1]_, its p counts all orders
    of the second's samples, or 5000 of them from 8 pairs on. Both take the samples of one
    person as exchangeable, which those of a course are not, and leave the assay's error in,
    which draws a correlation to 0: read them as the least that is uncertain. Of random walks of
    6 samples that have nothing to do with each other, 1 in 6 intervals leaves 0 out, not 1 in
    20.

    Parameters
    ----------
    first, second : Course
        Of different people, and one analyte, matrix, unit and extraction.
    same_time : float
        Samples at most so far apart (s) are of the same time.
    seed : int
        Of the orders that are tried, where there are too many for all.

    Returns
    -------
    Together

    Raises
    ------
    DataError
        If they are of one person, or of different things.

    References
    ----------
    .. [1] Fisher (1921), Metron 1:3-32.

    Examples
    --------
    >>> from interbeat.core.sample import Sample
    >>> from interbeat.neurochemistry.courses.course import course
    >>> a, b = (
    ...     course([Sample("cortisol", v, "nmol/L", 600.0 * k, "saliva", who, se=0.4)
    ...             for k, v in enumerate(values)])
    ...     for who, values in {"a": (5, 6, 9, 12, 8), "b": (6, 6, 8, 7, 6)}.items()
    ... )
    >>> found = together(a, b)
    >>> print(found.differences["AUCg"])
    65 ± 11 nmol/L min
    >>> print(found.lag)
    -600 ± 500 s
    >>> round(found.low, 1), round(found.high, 1), round(found.p, 2)
    (-0.6, 1.0, 0.35)
    """
    _check(first, second)
    pairs = _pairs(first, second, same_time)
    z, p = _correlated(pairs, seed)
    low, high = (math.tanh(bound) for bound in z.interval)
    n = pairs.shape[0]
    return Together(
        analyte=first.analyte,
        matrix=first.matrix,
        unit=first.unit,
        extraction=first.extraction,
        persons=(first.person, second.person),
        differences=_differences(first, second, same_time),
        lag=_lag(first, second),
        correlation=z,
        low=low,
        high=high,
        p=p,
        floor=math.nan if z.reason else _floor(n),
        pairs=n,
        words=_words(z, low, high, n),
    )


def of_pairs(courses: Sequence[Course]) -> tuple[Together, ...]:
    """Return what two people's courses say side by side, for each thing that two were given.

    Parameters
    ----------
    courses : sequence of Course
        Of any number of people and analytes, one for each of both.

    Returns
    -------
    tuple of Together
        Of each analyte, matrix, unit and extraction of which there are two courses.
    """
    groups: dict[tuple[str, ...], list[Course]] = {}
    for one in courses:
        groups.setdefault(_thing(one), []).append(one)
    return tuple(together(*group) for group in groups.values() if len(group) == 2)


def _thing(course: Course) -> tuple[str, str, str, str]:
    return course.analyte, course.matrix, course.unit, course.extraction


def _check(first: Course, second: Course) -> None:
    one, other = _thing(first), _thing(second)
    if one != other:
        raise DataError(f"two courses are of one thing, not of {one} and {other}")
    if first.person == second.person:
        raise DataError(f"two courses are of two people, not both of {first.person!r}")


def _differences(first: Course, second: Course, same_time: float) -> dict[str, Estimate]:
    shared = min(course.settings.error.shared for course in (first, second))
    found = {
        name: _minus(first.numbers[name], second.numbers[name], shared) for name in DIFFERENCES
    }
    (a, b), (c, d) = (
        (course.samples[0].time, course.samples[-1].time) for course in (first, second)
    )
    if max(abs(a - c), abs(b - d)) <= same_time:
        return found
    reason = f"one was sampled from {a:g} to {b:g} s, the other from {c:g} to {d:g} s"
    missing = {
        name: Estimate.missing(found[name].unit, found[name].reason or reason) for name in AREAS
    }
    return found | missing


def _lag(first: Course, second: Course) -> Estimate:
    for course in (first, second):
        rise, time = course.numbers["reactivity"], course.numbers["peak time"]
        if not rise.reason and rise.value <= 0:
            return Estimate.missing("s", f"no sample of {course.person} is above the baseline")
        if not time.reason and time.value == course.samples[-1].time:
            return Estimate.missing("s", f"the highest sample of {course.person} is the last")
    return _minus(second.numbers["peak time"], first.numbers["peak time"], 0.0)


def _minus(one: Estimate, other: Estimate, shared: float) -> Estimate:
    """Return a difference; what both share of their errors goes with the difference alone."""
    if one.reason or other.reason:
        return Estimate.missing(one.unit, one.reason or other.reason)
    own = sum(max(e.se**2 - (shared * e.value) ** 2, 0.0) for e in (one, other))
    value = one.value - other.value
    error = math.sqrt(own + (shared * value) ** 2)
    return Estimate(
        value, error, one.unit, min(one.quality, other.quality), min(one.n, other.n)
    )


def _pairs(first: Course, second: Course, same_time: float) -> FloatArray:
    """Return (one's value, the other's) of samples taken at the same time, none censored."""
    found: list[tuple[float, float]] = []
    left = [sample for sample in second.samples if not sample.censored]
    for sample in first.samples:
        near = min(left, key=lambda other: abs(other.time - sample.time), default=None)
        if near is None or sample.censored or abs(near.time - sample.time) > same_time:
            continue
        left.remove(near)
        found.append((sample.value, near.value))
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _correlated(pairs: FloatArray, seed: int) -> tuple[Estimate, float]:
    n, unit = pairs.shape[0], "Fisher's z"
    if n < LEAST_PAIRS:
        reason = f"{n} samples of both at the same time; {LEAST_PAIRS} are needed"
        return Estimate.missing(unit, reason, n=n), math.nan
    if not np.ptp(pairs, axis=0).all():
        return Estimate.missing(unit, "one's samples are all the same", n=n), math.nan
    x, y = ((pairs - pairs.mean(axis=0)) / pairs.std(axis=0)).T
    r = float(x @ y) / n
    orders = _orders(n, seed)
    chance = np.abs(y[orders] @ x) / n
    reach = int(np.sum(chance >= abs(r) - 1e-12))
    p = reach / len(orders) if n <= MOST_EXACT else (1 + reach) / (1 + len(orders))
    z = math.atanh(min(max(r, -1 + 1e-9), 1 - 1e-9))
    return Estimate(z, 1 / math.sqrt(n - 3), unit, 1.0, n), p


def _orders(n: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    if n <= MOST_EXACT:
        return np.array(list(permutations(range(n))), dtype=np.intp)
    rng = np.random.default_rng(seed)
    return np.argsort(rng.random((DRAWS, n)), axis=1)


def _floor(n: int) -> float:
    return 1 / math.factorial(n) if n <= MOST_EXACT else 1 / (1 + DRAWS)


def _words(z: Estimate, low: float, high: float, n: int) -> str:
    if z.reason:
        return f"Nothing is said of whether the two courses go together: {z.reason}."
    r = math.tanh(z.value)
    return (
        f"Over {n} samples the two courses correlate with r = {r:.2f}, and anything from "
        f"{low:.2f} to {high:.2f} would fit, and more: samples of one person hang together. "
        "What both went through and the hour of the day move both: this is no sign of a bond."
    )
