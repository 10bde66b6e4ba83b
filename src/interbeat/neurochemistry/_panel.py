"""One plate: its limits, its standards read back, its samples and controls read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry import words
from interbeat.neurochemistry.found import Assay, Curve, Panel, Reading, Standard
from interbeat.neurochemistry.lack import Lack, lack_of_fit
from interbeat.neurochemistry.limits import detected, detection, quantification
from interbeat.neurochemistry.reading import Back, read_back
from interbeat.neurochemistry.replicates import Replicates, Wells, coefficient_of_variation
from interbeat.neurochemistry.standards._spec import SHAPES

__all__ = ["Limits", "limits_from", "panel_of"]

LACKING = 0.001  # chance of a lack of fit like this where there is none
OFF = 0.2  # of the nominal: a standard that is read back farther off is flagged


class Limits(NamedTuple):
    """Between which concentrations a curve is used.

    Parameters
    ----------
    detection, lower, upper : Estimate
        As :class:`~interbeat.neurochemistry.found.Panel` has them.
    least, most : float
        What is used: the limits of quantification, or the standards where there are none.
    flags : tuple of str
        What to look at.
    """

    detection: Estimate
    lower: Estimate
    upper: Estimate
    least: float
    most: float
    flags: tuple[str, ...]


def limits_from(
    curve: Curve, standards: Sequence[Replicates], blanks: FloatArray, *,
    replicates: int, unit: str,
) -> Limits:  # fmt: skip
    """Return the limits of a curve, from its standards.

    Parameters
    ----------
    curve : Curve
        With or without a reason.
    standards : sequence of Replicates
        That it was fitted to.
    blanks : ndarray, shape (b,)
        Responses of blanks, which stand for a standard of zero that is missing, but not in a
        competitive assay: there, a blank has no color and zero has most.
    replicates : int
        Wells of a sample.
    unit : str
        Of the concentrations.
    """
    if curve.reason:
        none = Estimate.missing(unit, curve.reason)
        return Limits(none, none, none, math.nan, math.nan, ())
    wells = [(one.concentration, y) for one in standards for y in one.responses]
    x, y = np.array(wells).T
    zeros = y[(x == 0) & np.isfinite(y)]
    if not zeros.size and not curve.competitive:
        zeros = blanks
    least = (
        detection(curve, zeros, unit=unit)
        if zeros.size
        else detected(curve, replicates=replicates, unit=unit)
    )
    found = quantification(curve, x, y, replicates=replicates, unit=unit)
    flags = _lacking(lack_of_fit(curve, x, y))
    if not found.lower.reason:
        least_most = found.lower.value, found.upper.value
        return Limits(least, found.lower, found.upper, *least_most, flags)
    flag = f"no limits of quantification ({found.lower.reason}): the standards are the limits"
    return Limits(least, found.lower, found.upper, curve.lowest, curve.highest, (*flags, flag))


def _lacking(lack: Lack) -> tuple[str, ...]:
    """Say that a curve misses its standards by more than replicates differ."""
    if not lack.p < LACKING:
        return ()
    return (
        f"the curve misses its standards by more than their replicates differ (lack of fit, "
        f"p = {lack.p:.1g}): look at the residuals",
    )


def panel_of(
    wells: Wells, curve: Curve, limits: Limits, *, plate: str, how: Assay, unit: str
) -> Panel:
    """Return what one plate gives.

    Parameters
    ----------
    wells : Wells
        Grouped and corrected.
    curve : Curve
        Of the plate.
    limits : Limits
        Of the curve.
    plate : str
        Its name.
    how : Assay
        How it is read.
    unit : str
        Of the concentrations.
    """
    scale = 1 / how.recovery
    return Panel(
        plate,
        curve,
        tuple(_standards(wells.standards, curve, unit)),
        tuple(_readings(wells.samples, curve, limits, how=how, unit=unit, scale=scale)),
        tuple(_readings(wells.controls, curve, limits, how=how, unit=unit, scale=1.0)),
        wells.blank,
        wells.nonspecific,
        limits.detection,
        limits.lower,
        limits.upper,
        words.unique([curve.reason, *curve.notes, *limits.flags, *wells.flags]),
    )


def _means(groups: Sequence[Replicates]) -> tuple[FloatArray, FloatArray]:
    """Return mean responses, NaN where a well is saturated, and of how many wells."""
    means = [
        float(one.seen.mean()) if one.seen.size and not one.saturated else math.nan
        for one in groups
    ]
    return np.array(means, dtype=np.float64), np.array(
        [max(one.seen.size, 1) for one in groups]
    )


def _standards(groups: Sequence[Replicates], curve: Curve, unit: str) -> Iterator[Standard]:
    """Give each standard with what the curve reads back from it."""
    means, counts = _means(groups)
    back = None if curve.reason or not groups else read_back(curve, means, replicates=counts)
    for k, one in enumerate(groups):
        if back is None:
            found = Estimate.missing(unit, curve.reason)
        else:
            found = _estimate(back, k, factor=1.0, n=one.seen.size, unit=unit)
        off = abs(found.value / one.concentration - 1) if one.concentration > 0 else math.nan
        yield Standard(
            one.name,
            one.concentration,
            one.places,
            tuple(one.responses.tolist()),
            found,
            coefficient_of_variation(one.responses),
            words.unique(
                [
                    *one.flags,
                    f"read back as {found.value / one.concentration:.0%} of what is in it"
                    if off > OFF
                    else "",
                    "" if math.isfinite(one.concentration) else "no concentration: not used",
                ]
            ),
        )


def _estimate(back: Back, k: int, *, factor: float, n: int, unit: str) -> Estimate:
    value, error = float(back.concentration[k]) * factor, float(back.se[k]) * factor
    if math.isfinite(value) and math.isfinite(error):
        return Estimate(value, error, unit, 1.0, n)
    if math.isfinite(value):
        return Estimate.missing(unit, "the curve is flat there")
    end = {-1: "beyond the response at zero", 1: "beyond the response at infinity"}
    return Estimate.missing(unit, end.get(int(back.beyond[k]), words.NOT_READ))


def _readings(
    groups: Sequence[Replicates], curve: Curve, limits: Limits, *,
    how: Assay, unit: str, scale: float,
) -> Iterator[Reading]:  # fmt: skip
    """Give each sample or control with what the curve reads back from it."""
    means, counts = _means(groups)
    back = None if curve.reason or not groups else read_back(curve, means, replicates=counts)
    for k, one in enumerate(groups):
        factor = one.dilution * scale
        lower, upper = limits.least * factor, limits.most * factor
        side, interval, spread = "", (math.nan, math.nan), math.nan
        if back is None:
            found = Estimate.missing(unit, curve.reason)
        else:
            found = _estimate(back, k, factor=factor, n=one.seen.size, unit=unit)
            side = _full(curve) if one.saturated else _side(back, k, limits)
            interval = float(back.lower[k]) * factor, float(back.upper[k]) * factor
            spread = _spread(curve, one, factor)
        limit = _beyond(side, lower, upper, unit)
        if limit:
            found = Estimate.missing(unit, limit, n=one.seen.size)
        yield Reading(
            one.name,
            one.person,
            one.time,
            one.plate,
            one.places,
            one.dilution,
            one.spiked,
            one.concentration,
            tuple(one.responses.tolist()),
            coefficient_of_variation(one.responses),
            found,
            interval,
            math.nan,
            spread,
            side,
            lower,
            upper,
            words.unique(
                [*one.flags, limit, *_differing(found, spread, how), *_recovered(scale)]
            ),
        )


def _full(curve: Curve) -> str:
    """Return on which side of the limits more color is than the reader can read."""
    return words.BELOW if curve.competitive else words.ABOVE


def _side(back: Back, k: int, limits: Limits) -> str:
    """Return on which side of the limits a reading is."""
    value, beyond = float(back.concentration[k]), int(back.beyond[k])
    if beyond < 0 or value < limits.least:
        return words.BELOW
    return words.ABOVE if beyond > 0 or value > limits.most else ""


def _beyond(side: str, lower: float, upper: float, unit: str) -> str:
    if side == words.BELOW:
        return words.below_limit(lower, unit)
    return words.above_limit(upper, unit) if side == words.ABOVE else ""


def _spread(curve: Curve, one: Replicates, factor: float) -> float:
    """Return the standard deviation between the concentrations of the wells."""
    if one.seen.size < 2 or one.saturated:
        return math.nan
    each = SHAPES[curve.shape].concentration(curve.values, one.seen)
    return float(each.std(ddof=1) * factor)


def _differing(found: Estimate, spread: float, how: Assay) -> tuple[str, ...]:
    cv = spread / found.value if found.value > 0 else math.nan
    return (words.differ("concentrations", cv, how.most_cv),) if cv > how.most_cv else ()


def _recovered(scale: float) -> tuple[str, ...]:
    return (words.recovered(1 / scale),) if scale != 1 else ()
