"""One plate: its limits, its standards read back, its samples and controls read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry import words
from interbeat.neurochemistry.plates.found import Assay, Curve, Panel, Reading, Standard
from interbeat.neurochemistry.plates.lack import Lack, lack_of_fit
from interbeat.neurochemistry.plates.limits import detected, detection, quantification
from interbeat.neurochemistry.plates.reading import read_back
from interbeat.neurochemistry.plates.replicates import (
    Replicates,
    Wells,
    coefficient_of_variation,
)
from interbeat.neurochemistry.standards._spec import SHAPES

__all__ = ["Limits", "limits_from", "panel_of"]

LACKING = 0.001  # chance of a lack of fit like this where there is none
ENDS = {-1: "beyond the response at zero", 1: "beyond the response at infinity"}
OFF = 0.2  # of the nominal: a standard that is read back farther off is flagged


class Limits(NamedTuple):
    """Between which concentrations a curve is used.

    Parameters
    ----------
    detection, lower, upper : Estimate
        As :class:`~interbeat.neurochemistry.plates.found.Panel` has them.
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
        flags = words.unique([*flags, _under_detection(least, found.lower)])
        return Limits(least, found.lower, found.upper, *least_most, flags)
    flag = f"no limits of quantification ({found.lower.reason}): the standards are the limits"
    return Limits(least, found.lower, found.upper, curve.lowest, curve.highest, (*flags, flag))


def _under_detection(detection: Estimate, lower: Estimate) -> str:
    """Say that an assay quantifies what it does not detect: the two are judged differently."""
    if detection.reason or not detection.value > lower.value:
        return ""
    return (
        f"the limit of detection ({detection.value:.4g}) is above the lower limit of "
        f"quantification ({lower.value:.4g}): values between them are hardly told from none"
    )


def _lacking(lack: Lack) -> tuple[str, ...]:
    """Say that a curve misses its standards by more than replicates differ."""
    if not lack.p < LACKING:
        return ()
    return (
        f"the curve misses its standards by more than their replicates differ (lack of fit, "
        f"p = {lack.p:.1g}): look at the residuals",
    )


class _Found(NamedTuple):
    """What a curve reads back from one group of wells."""

    concentration: float
    se: float
    lower: float
    upper: float
    beyond: int


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
    every = (*wells.standards, *wells.samples, *wells.controls)
    found = dict(zip(map(id, every), _found(every, curve), strict=True))

    def read(groups: Sequence[Replicates], recovery: float) -> tuple[Reading, ...]:
        own = replace(how, recovery=recovery)
        return tuple(
            _reading(one, found[id(one)], curve, limits=limits, how=own, unit=unit)
            for one in groups
        )

    return Panel(
        plate,
        curve,
        tuple(_standard(one, found[id(one)], curve.reason, unit) for one in wells.standards),
        read(wells.samples, how.recovery),
        read(wells.controls, 1.0),
        wells.blank,
        wells.nonspecific,
        limits.detection,
        limits.lower,
        limits.upper,
        words.unique([curve.reason, *curve.notes, *limits.flags, *wells.flags]),
    )


def _found(groups: Sequence[Replicates], curve: Curve) -> list[_Found]:
    """Return what the curve reads back from the mean of each group of wells."""
    if curve.reason or not groups:
        return [_Found(math.nan, math.nan, math.nan, math.nan, 0)] * len(groups)
    means = [one.seen.mean() if one.seen.size else math.nan for one in groups]
    counts = [max(one.seen.size, 1) for one in groups]
    back = read_back(curve, means, replicates=counts)
    columns = (back.concentration, back.se, back.lower, back.upper, back.beyond)
    return [_Found(*row) for row in zip(*(c.tolist() for c in columns), strict=True)]


def _standard(one: Replicates, found: _Found, reason: str, unit: str) -> Standard:
    """Return a standard with what the curve reads back from it."""
    back = _estimate(one, found, factor=1.0, reason=reason or one.unreadable, unit=unit)
    share = back.value / one.concentration if one.concentration > 0 else math.nan
    off = f"read back as {share:.0%} of what is in it" if abs(share - 1) > OFF else ""
    unknown = "" if math.isfinite(one.concentration) else "no concentration: not used"
    return Standard(
        one.name,
        one.concentration,
        one.places,
        tuple(one.responses.tolist()),
        back,
        coefficient_of_variation(one.responses),
        words.unique([*one.flags, off, unknown]),
    )


def _reading(
    one: Replicates, found: _Found, curve: Curve, *, limits: Limits, how: Assay, unit: str
) -> Reading:
    """Return a sample or control with what the curve reads back from it."""
    factor = one.dilution / how.recovery
    side = "" if curve.reason else _side(one, found, curve, limits)
    lower, upper = limits.least * factor, limits.most * factor
    limit = _beyond(side, lower, upper, unit)
    absent = curve.reason or limit or (words.TORN if one.unreadable else "")
    value = _estimate(one, found, factor=factor, reason=absent, unit=unit)
    scale = math.nan if one.unreadable else factor
    spread = _spread(one, curve, factor)
    return Reading(
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
        value,
        (found.lower * scale, found.upper * scale),
        math.nan,
        spread,
        side,
        lower,
        upper,
        words.unique([*one.flags, limit, _differing(value, spread, how), _recovered(how)]),
    )


def _estimate(
    one: Replicates, found: _Found, *, factor: float, reason: str, unit: str
) -> Estimate:
    """Return the concentration of the undiluted sample, or why there is none."""
    value, error, n = found.concentration * factor, found.se * factor, int(one.seen.size)
    if not reason and math.isfinite(value) and math.isfinite(error):
        return Estimate(value, error, unit, n / len(one.places), n)
    if math.isfinite(value):
        reason = reason or "the curve is flat there"
    return Estimate.missing(unit, reason or ENDS.get(found.beyond, words.NOT_READ), n=n)


def _side(one: Replicates, found: _Found, curve: Curve, limits: Limits) -> str:
    """Return on which side of the limits a reading is; ``""`` where its wells do not agree."""
    sides = {_side_of_much(curve, much=much) for much in _extremes(one)}
    if one.seen.size or not sides:
        sides.add(_side_of(found, limits))
    return sides.pop() if len(sides) == 1 else ""


def _extremes(one: Replicates) -> set[bool]:
    """Return whether wells are beyond the reader by much color, by little, or both."""
    return set((one.responses[np.isinf(one.responses)] > 0).tolist())


def _side_of_much(curve: Curve, *, much: bool) -> str:
    """Return what much color says, or little: in a competitive assay little, or much of it."""
    return words.ABOVE if much != curve.competitive else words.BELOW


def _side_of(found: _Found, limits: Limits) -> str:
    if found.beyond < 0 or found.concentration < limits.least:
        return words.BELOW
    return words.ABOVE if found.beyond > 0 or found.concentration > limits.most else ""


def _beyond(side: str, lower: float, upper: float, unit: str) -> str:
    if side == words.BELOW:
        return words.below_limit(lower, unit)
    return words.above_limit(upper, unit) if side == words.ABOVE else ""


def _spread(one: Replicates, curve: Curve, factor: float) -> float:
    """Return the standard deviation between the concentrations of the wells."""
    if curve.reason or one.seen.size < 2 or one.unreadable:
        return math.nan
    each = SHAPES[curve.shape].concentration(curve.values, one.seen)
    return float(each.std(ddof=1) * factor)


def _differing(value: Estimate, spread: float, how: Assay) -> str:
    cv = spread / value.value if value.value > 0 else math.nan
    return (
        words.differ("concentrations of replicates", cv, how.most_cv)
        if cv > how.most_cv
        else ""
    )


def _recovered(how: Assay) -> str:
    return words.recovered(how.recovery) if how.recovery != 1 else ""
