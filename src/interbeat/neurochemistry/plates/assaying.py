"""Assay: from what a reader saw on plates to concentrations, each with what is uncertain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median_low
from types import MappingProxyType

import numpy as np

from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.plate import PlateRun
from interbeat.neurochemistry import words
from interbeat.neurochemistry.plates._panel import Limits, limits_from, panel_of
from interbeat.neurochemistry.plates.fitting import fit_curve
from interbeat.neurochemistry.plates.found import Assay, Assayed, Curve, Panel
from interbeat.neurochemistry.plates.limits_of import is_oxytocin, limits_of
from interbeat.neurochemistry.plates.precision import AGREE, PLATES, precision
from interbeat.neurochemistry.plates.recoveries import (
    dilution_recovery,
    parallelism,
    spike_recovery,
)
from interbeat.neurochemistry.plates.replicates import Replicates, Wells, check_layout, wells_of
from interbeat.neurochemistry.plates.samples import samples_of
from interbeat.neurochemistry.plates.units import concentration_unit

__all__ = ["assay"]

LIKELY = 0.05  # chance of which plates that do not differ would be called different
NO_STANDARDS = "no standards: the layout names none with a concentration that was read"
UNSTEADY = "neither rise nor fall"
SWAPPED = "standards do not rise or fall with concentration: are columns swapped?"


def assay(run: PlateRun, how: Assay | None = None) -> Assayed:
    """Return the concentrations of a run of plates.

    Wells that hold the same are grouped and corrected for reference read, blank and
    non-specific binding. Each plate's standards give its curve (those of all plates one, where
    the run says so), the curve its limits of detection and quantification and the
    concentrations, multiplied by the dilution and, for samples, divided by what extraction
    kept. What is outside the limits is censored, not zero, and not extrapolated. Replicates
    that differ are flagged, not dropped. A plate without a curve gives no concentrations, and
    says why.

    Parameters
    ----------
    run : PlateRun
        Plates and layout.
    how : Assay, optional
        How they are read; without it, as
        :class:`~interbeat.neurochemistry.plates.found.Assay` has it: a four-parameter logistic
        curve, weighted as the replicates scatter.

    Returns
    -------
    Assayed

    Raises
    ------
    DataError
        If the unit, shape, weighting or a read is unknown, the recovery or CV is no share, or
        the layout does not fit the plates.

    Examples
    --------
    >>> from interbeat.core.plate import Plate, Role, Well
    >>> there = [0, 1, 3, 10, 30, 100, 300, 1000]
    >>> color = [0.1 + 2 * x / (x + 50) for x in there]
    >>> grid = np.array([color, color, [1.1, 1.0, 0.02, 2.3] + 4 * [np.nan]])
    >>> layout = [
    ...     Well(f"{row}{k}", Role.STANDARD, f"standard {k}", x)
    ...     for row in "AB" for k, x in enumerate(there, 1)
    ... ]
    >>> layout += [Well(f"C{k}", Role.SAMPLE, f"tube {k}") for k in (1, 3, 4)]
    >>> run = PlateRun((Plate("1", {"450": grid}, "OD"),), tuple(layout), unit="pg/mL")
    >>> panel = assay(run).panels[0]
    >>> [reading.censored for reading in panel.readings]
    ['', 'below', 'above']
    >>> round(panel.readings[0].concentration.value, 2)
    50.0
    """
    how = how or Assay()
    unit = concentration_unit(run.unit)
    _check(how)
    check_layout(run)
    plates = [wells_of(plate, run.wells, how) for plate in run.plates]
    panels = tuple(_panels(run, plates, how=how, unit=unit))
    samples, lost = samples_of(panels, run, unit=unit, most_cv=how.most_cv)
    precise = precision(panels)
    return Assayed(
        run,
        how,
        panels,
        _frozen(precise),
        _frozen(dilution_recovery(panels)),
        _frozen(spike_recovery(panels)),
        _frozen(parallelism(panels)),
        samples,
        words.unique([*_said(run, how), *_agreement(precise), *lost, *_limits(run)]),
    )


def _check(how: Assay) -> None:
    if not (math.isfinite(how.recovery) and how.recovery > 0):
        raise DataError(f"the recovery of extraction is a share above 0, not {how.recovery}")
    if not how.most_cv > 0:
        raise DataError(f"replicates may differ by a CV above 0, not {how.most_cv}")


def _frozen(found: dict[str, Estimate]) -> Mapping[str, Estimate]:
    return MappingProxyType(found)


def _panels(
    run: PlateRun, plates: Sequence[Wells], *, how: Assay, unit: str
) -> Iterator[Panel]:
    """Give what each plate gives."""
    pool = tuple(one for wells in plates for one in wells.standards)
    common = _curve_and_limits(pool, plates, how=how, unit=unit) if run.shared else None
    for plate, wells in zip(run.plates, plates, strict=True):
        curve, limits = common or _curve_and_limits(
            wells.standards, [wells], how=how, unit=unit
        )
        yield panel_of(wells, curve, limits, plate=plate.name, how=how, unit=unit)


def _curve_and_limits(
    standards: Sequence[Replicates], plates: Sequence[Wells], *, how: Assay, unit: str
) -> tuple[Curve, Limits]:
    """Return the curve of these standards, and between what it is used."""
    used = [one for one in standards if math.isfinite(one.concentration)]
    samples = [one for wells in plates for one in wells.samples]
    controls = [one for wells in plates for one in wells.controls]
    curve = _curve(used, [*samples, *controls], how)
    counts = [one.seen.size for one in samples if one.seen.size]
    blanks = np.concatenate([wells.blanks for wells in plates])
    limits = limits_from(curve, used, blanks, replicates=median_low(counts or [1]), unit=unit)
    return curve, limits


def _curve(used: Sequence[Replicates], others: Sequence[Replicates], how: Assay) -> Curve:
    """Return the curve of standards; the noise, also from what is in duplicate besides."""
    pairs = [(one.concentration, y) for one in used for y in one.responses]
    x, y = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    curve = fit_curve(
        x, y, shape=how.shape, weighting=how.weighting,
        duplicates=[one.responses for one in others],
    )  # fmt: skip
    if not np.isfinite(y).any():
        return replace(curve, reason=NO_STANDARDS)
    if UNSTEADY in curve.reason:
        return replace(curve, reason=f"{SWAPPED} ({curve.reason})")
    return curve


def _said(run: PlateRun, how: Assay) -> Iterator[str]:
    """Give what the files do not say, or was done to all values."""
    if not run.unit:
        yield "the unit of the concentrations is not stated"
    if not run.analyte:
        yield "the analyte is not stated"
    if run.shared:
        yield "one curve for all plates, as the file has it"
    if is_oxytocin(run.analyte):
        yield f"samples: {words.extraction(run.extracted)}"
    if how.recovery != 1:
        yield f"all samples {words.recovered(how.recovery)}"


def _agreement(precise: Mapping[str, Estimate]) -> Iterator[str]:
    """Say whether plates agree, where something tells."""
    chance, effect = precise[AGREE], precise[PLATES]
    if chance.reason or effect.reason:
        return
    if chance.value < LIKELY:
        yield f"plates differ by a CV of {effect.value:.1%} (p = {chance.value:.2g})"
    else:
        yield f"no difference between plates is shown (p = {chance.value:.2g})"


def _limits(run: PlateRun) -> Iterator[str]:
    for limit in limits_of(run.analyte):
        keys = f" [{', '.join(limit.sources)}]" if limit.sources else ""
        yield limit.text + keys
