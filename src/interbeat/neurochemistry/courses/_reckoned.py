"""The numbers of a course: weighted sums of its samples, ratios of such, and their errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.sample import Sample
from interbeat.kernels.student import student
from interbeat.neurochemistry.censored import imputed

__all__ = ["Asked", "Reckoned", "reckoned"]

MANY = 1e6  # degrees of freedom: more make no difference
LIKELY = 0.95  # of draws in which the highest sample is the highest: below it, that is said
MOST_DRAWN = 1 / 3  # of the samples: beyond, intervals of AUCg hold less than they should
MOST_SPREAD = 0.5  # of draws above a limit, as a share: beyond, their mean hangs on few of them
TOLD = 2.0  # standard errors by which something must be above 0 to be divided by


class Reckoned(NamedTuple):
    """The numbers of one course, and what to look at."""

    numbers: Mapping[str, Estimate]
    flags: tuple[str, ...]


class Asked(NamedTuple):
    """What is asked of a course: see `course` and its settings.

    ``baseline`` holds the places of its samples among all, in order of time; ``own`` is the
    standard error of each sample by itself, ``shared`` that of all together as a share;
    ``units`` are those of all numbers, in the order that they are to have.
    """

    baseline: Sequence[int]
    own: FloatArray
    shared: float
    longest: float
    draws: int
    seed: int
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """What an assay without limits might have read: a row a drawing of what is censored."""

    values: FloatArray
    own: FloatArray
    times: FloatArray
    quality: float
    asked: Asked

    def sum(self, name: str, weights: FloatArray) -> Estimate:
        """Return the weighted sum of the samples that is called `name`."""
        sums = self.values @ weights
        within = self.own**2 @ weights**2
        return self._pooled(name, sums, within, self.asked.shared)

    def ratio(self, name: str, over: FloatArray, under: FloatArray) -> Estimate:
        """Return a ratio of weighted sums, to the first order: a shared error cancels."""
        bottom = self.values @ under
        ratios = (self.values @ over) / bottom
        slopes = (over - ratios[:, None] * under) / bottom[:, None]
        return self._pooled(name, ratios, np.sum(slopes**2 * self.own**2, axis=1), 0.0)

    def missing(self, reason: str, *names: str) -> dict[str, Estimate]:
        """Return no number by these names, and why."""
        n, units = self.times.size, self.asked.units
        return {name: Estimate.missing(units[name], reason, n=n) for name in names}

    def one(self, k: int) -> FloatArray:
        """Return the weights that take sample k alone."""
        weights = np.zeros(self.times.size)
        weights[k] = 1.0
        return weights

    def _pooled(
        self, name: str, found: FloatArray, within: FloatArray, shared: float
    ) -> Estimate:
        """Return one estimate of all rows, by Rubin's rules.

        What they were drawn from was fitted to the few values that are known: the error is
        widened as Student's is, with the degrees of freedom of Satterthwaite.
        """
        value, m = float(found.mean()), found.size
        between = (1 + 1 / m) * float(found.var(ddof=1)) if m > 1 else 0.0
        total = float(within.mean()) + between + (shared * value) ** 2
        error = math.sqrt(total)
        if between > 0:
            known = round(self.quality * self.times.size)
            error *= float(student(min((known - 1) * (total / between) ** 2, MANY)))
        return Estimate(value, error, self.asked.units[name], self.quality, self.times.size)


def reckoned(samples: Sequence[Sample], asked: Asked) -> Reckoned:
    """Return the numbers of a course of two samples or more; see `course` for what they are."""
    rng = np.random.default_rng(asked.seed)
    low, high = np.array([sample.bounds for sample in samples]).T
    times = np.array([sample.time for sample in samples])
    try:
        values = _values(samples, rng, asked.draws)
        _check_above(samples, values)
    except DataError as error:
        reason = f"a sample is outside the assay's limits, and {error}"
        found = {k: Estimate.missing(u, reason, n=times.size) for k, u in asked.units.items()}
        return Reckoned(found, ())
    known = low == high
    rows = _Rows(values, _errors(values, asked.own, known), times, float(known.mean()), asked)
    later = np.arange(times.size) > max(asked.baseline)
    k = int(np.argmax(np.where(later, values.mean(axis=0), -np.inf)))
    first = np.zeros(times.size)
    first[list(asked.baseline)] = 1 / len(asked.baseline)
    time, share = _peak_time(rows, later, k, rng)
    numbers = {
        **_areas(rows),
        **_rise(rows, first, k),
        **_recovery(rows, first, k),
        "peak time": time,
    }
    flags = tuple(_flags(rows, first, k, share))
    return Reckoned({name: numbers[name] for name in asked.units}, flags)


def _values(samples: Sequence[Sample], rng: np.random.Generator, draws: int) -> FloatArray:
    """Return one row of values, or many where something is censored."""
    if not any(sample.censored for sample in samples):
        return np.array([[sample.value for sample in samples]], dtype=np.float64)
    low, high = np.array([sample.bounds for sample in samples]).T
    return imputed(low, high, rng=rng, draws=draws)


def _check_above(samples: Sequence[Sample], values: FloatArray) -> None:
    """Refuse draws of a sample above a limit that go anywhere: nothing holds them there."""
    for k, sample in enumerate(samples):
        drawn = values[:, k]
        if sample.value > sample.upper and drawn.std() > MOST_SPREAD * drawn.mean():
            raise DataError(
                f"the others do not say how far above {sample.upper:g} {sample.unit} it is"
            )


def _errors(values: FloatArray, own: FloatArray, known: BoolArray) -> FloatArray:
    """Return the error of each value by itself, in each row.

    What is beyond a limit is a reading, too, and as far off as the others: by the same share.
    """
    if known.all():
        return np.broadcast_to(own, values.shape)
    share = float(np.median(own[known] / values[0, known]))
    return np.asarray(np.where(known, own, share * values))


def _areas(rows: _Rows) -> dict[str, Estimate]:
    apart, longest = np.diff(rows.times), rows.asked.longest
    if apart.max() > longest:
        far = f"{apart.max():g} s between two samples"
        return rows.missing(
            f"{far}; at most {longest:g} s are joined by a line", "AUCg", "AUCi"
        )
    ground = np.zeros(rows.times.size)
    ground[:-1] += apart / 120  # half an interval, in min, on each side of it
    ground[1:] += apart / 120
    increase = ground - rows.one(0) * ground.sum()
    return {"AUCg": rows.sum("AUCg", ground), "AUCi": rows.sum("AUCi", increase)}


def _rise(rows: _Rows, first: FloatArray, k: int) -> dict[str, Estimate]:
    peak = rows.one(k)
    found = {
        "baseline": rows.sum("baseline", first),
        "peak": rows.sum("peak", peak),
        "reactivity": rows.sum("reactivity", peak - first),
    }
    name = "reactivity percent"
    if not _told(rows, found["baseline"], first):
        return found | rows.missing("the baseline is not told from 0", name)
    return found | {name: rows.ratio(name, 100 * (peak - first), first)}


def _recovery(rows: _Rows, first: FloatArray, k: int) -> dict[str, Estimate]:
    if k == rows.times.size - 1:
        reason = "the highest sample is the last: what came after it was not sampled"
        return rows.missing(reason, "recovery", "recovered share", "recovery slope")
    peak, last = rows.one(k), rows.one(rows.times.size - 1)
    minutes = (rows.times[-1] - rows.times[k]) / 60
    found = {
        "recovery": rows.sum("recovery", peak - last),
        "recovery slope": rows.sum("recovery slope", (last - peak) / minutes),
    }
    name, rise = "recovered share", rows.sum("reactivity", peak - first)
    if not _told(rows, rise, peak - first):
        return found | rows.missing("the rise is not told from none", name)
    return found | {name: rows.ratio(name, peak - last, peak - first)}


def _told(rows: _Rows, estimate: Estimate, weights: FloatArray) -> bool:
    """Whether something is so far above 0 that one may divide by it."""
    above = bool((rows.values @ weights > 0).all())
    return above and estimate.value > TOLD * estimate.se


def _peak_time(
    rows: _Rows, later: BoolArray, k: int, rng: np.random.Generator
) -> tuple[Estimate, float]:
    """Return when the highest sample was taken, and how often it is the highest.

    The squared error is that of which sample is the highest, and that of a place anywhere
    between the samples before and after it.
    """
    times = rows.times
    drawn = rng.integers(rows.values.shape[0], size=rows.asked.draws)
    noise = rng.standard_normal((drawn.size, times.size))
    could = rows.values[drawn] + rows.own[drawn] * noise
    highest = np.argmax(np.where(later, could, -np.inf), axis=1)
    sides = np.diff(times)[max(k - 1, 0) : k + 1]
    between = 2 * float(sides.mean()) / math.sqrt(12)
    which = math.sqrt(float(np.mean((times[highest] - times[k]) ** 2)))
    error = math.hypot(which, between)
    time = Estimate(float(times[k]), error, "s", rows.quality, times.size)
    return time, float(np.mean(highest == k))


def _flags(rows: _Rows, first: FloatArray, k: int, share: float) -> list[str]:
    mean = rows.values.mean(axis=0)
    flags = []
    if rows.quality < 1 - MOST_DRAWN:
        flags.append("over a third of the samples beyond a limit: areas lean on what was drawn")
    if k == mean.size - 1:
        flags.append("the highest sample is the last: the peak may have come later")
    if mean[k] <= float(first @ mean):
        flags.append("no sample after the baseline is above it")
    if share < LIKELY:
        flags.append(
            f"which sample is the highest is not sure: this one in {100 * share:.0f} % of "
            "courses that these samples could be of"
        )
    return flags
