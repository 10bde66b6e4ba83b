"""Displacing: how binding differs between two scans of one person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from interbeat.core.errors import DataError
from interbeat.core.estimate import Z95, Estimate
from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.neurochemistry.scans.retest import Retest
from interbeat.neurochemistry.tracers._spec import MODELS

__all__ = ["displaced"]

NO_RETEST: Mapping[str, Retest] = MappingProxyType({})
Interval = tuple[float, float]


def displaced(
    baseline: Bound, condition: Bound, *, retest: Mapping[str, Retest] = NO_RETEST,
    order: str = "",
) -> Displaced:  # fmt: skip
    """Return the change of binding from one scan to another.

    ``(condition - baseline) / baseline``: negative where less is bound. Papers on displacement
    write ``(baseline - condition) / baseline``, positive where less is bound; the words give
    both, and say where the interval holds 0. Standard errors by the delta method; intervals
    are Fieller's for a ratio (1954, doi:10.1111/j.2517-6161.1954.tb00159.x), which hold where
    the baseline is small. They carry the noise of both fits, not how a person differs from one
    scan to the next: for that `retest` is beside them.

    V_T holds what is free, too: of it the words say lower or higher V_T.

    Less bound may mean that a transmitter took receptors, fewer receptors or a lower affinity;
    more bound happens as well. It is not a measure of release.

    Parameters
    ----------
    baseline, condition : Bound
        Scans of one person by the same model, and the same reference region.
    retest : mapping of str to Retest, optional
        By region, of people scanned twice with nothing done.
    order : str, optional
        How the order of conditions was balanced, in the caller's words.

    Returns
    -------
    Displaced
        Regions of both; missing, with a reason, where either scan has no value or the baseline
        cannot be told from 0.

    Raises
    ------
    DataError
        If models, reference regions, people or tracers differ, the model has no binding, no
        region is in both, or both hold the same curves.

    Examples
    --------
    >>> import numpy as np
    >>> from interbeat.core.activity import Regions
    >>> from interbeat.neurochemistry.scans.binding import bind
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
    >>> from interbeat.neurochemistry.tracers._spec import Frames
    >>> starts = np.arange(0.0, 3600.0, 120.0)
    >>> frames = Frames(starts / 60, starts / 60 + 2)
    >>> cerebellum = frames.middles * np.exp(-frames.middles / 10)
    >>> def scan(binding: float) -> Regions:
    ...     out = 0.1 / (1 + binding)
    ...     late = convolved(course(frames, cerebellum), np.array([out]))[0]
    ...     curve = 0.9 * cerebellum + (0.1 - 0.9 * out) * late
    ...     curves = {"cerebellum": cerebellum, "putamen": curve}
    ...     return Regions(starts, np.full(30, 120.0), curves, "kBq/mL", radionuclide="C11")
    >>> both = [bind(scan(binding), reference="cerebellum") for binding in (2.0, 1.8)]
    >>> print(displaced(*both).words["putamen"])
    less bound than at baseline: 10.0%; (baseline - condition) / baseline = +0.100
    """
    outcome = _outcome(baseline, condition)
    shared = [name for name in baseline.regions if name in condition.regions]
    if not shared:
        raise DataError(
            f"no region is in both scans: {', '.join(baseline.regions)}; and "
            f"{', '.join(condition.regions)}"
        )
    found = {
        name: ratio_of(
            baseline.regions[name].parameters[outcome],
            condition.regions[name].parameters[outcome],
        )
        for name in shared
    }
    return Displaced(
        baseline,
        condition,
        {name: value for name, (value, _) in found.items()},
        {name: ends for name, (_, ends) in found.items()},
        {name: _words(value, ends, outcome) for name, (value, ends) in found.items()},
        {name: retest[name].detectable if name in retest else math.nan for name in shared},
        order,
        _flags(baseline, condition, outcome=outcome, retested=bool(retest), order=order),
    )


def ratio_of(before: Estimate, after: Estimate) -> tuple[Estimate, Interval]:
    """Return (after - before) / before and Fieller's 95 % interval.

    Parameters
    ----------
    before, after : Estimate
        Independent of each other.

    Returns
    -------
    change : Estimate
        As a share.
    interval : tuple of float
        NaN where the change is missing.

    Examples
    --------
    >>> change, interval = ratio_of(
    ...     Estimate(2.0, 0.1, "", 1.0, 30), Estimate(1.8, 0.1, "", 1.0, 30)
    ... )
    >>> round(change.se, 3), [round(end, 3) for end in interval]
    (0.067, [-0.224, 0.041])
    """
    n = min(before.n, after.n)
    nothing = (math.nan, math.nan)
    if before.reason or after.reason:
        which = "baseline" if before.reason else "condition"
        reason = f"{which}: {before.reason or after.reason}"
        return Estimate.missing("", reason, n=n), nothing
    spare = before.value**2 - (Z95 * before.se) ** 2
    if before.value <= 0 or spare <= 0:
        low = "not above 0" if before.value <= 0 else "not told from 0"
        reason = f"the baseline of {before} is {low}: no share of it"
        return Estimate.missing("", reason, n=n), nothing
    ratio = after.value / before.value
    error = math.hypot(after.se, ratio * before.se) / before.value
    middle = before.value * after.value
    root = math.sqrt(max(middle**2 - spare * (after.value**2 - (Z95 * after.se) ** 2), 0.0))
    ends = ((middle - root) / spare - 1, (middle + root) / spare - 1)
    quality = min(before.quality, after.quality)
    return Estimate(ratio - 1, error, "", quality, n), ends


def _outcome(baseline: Bound, condition: Bound) -> str:
    """Return what is compared."""
    if baseline.model != condition.model:
        raise DataError(
            f"two models cannot be compared: {baseline.model} and {condition.model}"
        )
    if baseline.reference != condition.reference:
        raise DataError(
            f"two reference regions cannot be compared: {baseline.reference!r} and "
            f"{condition.reference!r}"
        )
    for what, plural in (("person", "people"), ("tracer", "tracers")):
        told = {getattr(scan.scan, what) for scan in (baseline, condition)} - {""}
        if len(told) > 1:
            raise DataError(f"scans of two {plural}: {' and '.join(sorted(told))}")
    outcome = MODELS[baseline.model].outcome
    if outcome not in {"BP_ND", "V_T"}:
        raise DataError(f"{baseline.model} gives {outcome} of one scan: nothing to compare")
    if _same_curves(baseline, condition):
        raise DataError("baseline and condition hold the same curves: one scan given twice?")
    return outcome


def _same_curves(baseline: Bound, condition: Bound) -> bool:
    """Whether a region has the very same values in both: noise never repeats itself."""
    first, second = baseline.scan.activity, condition.scan.activity
    return any(
        np.any(first[name]) and np.array_equal(first[name], second[name], equal_nan=True)
        for name in baseline.regions
        if name in second
    )


def _words(change: Estimate, ends: Interval, outcome: str) -> str:
    """Return the change in words, and as papers on displacement write it.

    A total volume holds what is free, too: a share of it is no share of what is bound.
    """
    if change.reason:
        return f"missing: {change.reason}"
    less, more = (
        ("lower V_T", "higher V_T") if outcome == "V_T" else ("less bound", "more bound")
    )
    direction = less if change.value < 0 else more
    unsure = "; the interval holds 0: no difference is shown" * (ends[0] <= 0 <= ends[1])
    return (
        f"{direction} than at baseline: {abs(change.value):.1%}; "
        f"(baseline - condition) / baseline = {-change.value:+.3f}{unsure}"
    )


def _flags(
    baseline: Bound, condition: Bound, *, outcome: str, retested: bool, order: str
) -> tuple[str, ...]:
    """Return what to look at."""
    # By their text: settings that were left open are NaN, which is not equal to itself.
    told_apart = str(baseline.settings) != str(condition.settings)
    said = {
        "V_T holds what is not bound, too: the change of binding is larger": outcome == "V_T",
        "how two scans of a person differ is not in the intervals: no test and retest": (
            not retested
        ),
        "order of conditions not said": not order,
        "the scans were weighted in two ways": baseline.weighting != condition.weighting,
        "the scans were fitted with two settings": told_apart,
    }
    return tuple(text for text, holds in said.items() if holds)
