"""Precision: how far replicates differ, and how far plates do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import fdtrc

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.plates._components import Components, components
from interbeat.neurochemistry.plates._together import of_wells, quantified
from interbeat.neurochemistry.plates.found import Panel, Reading

__all__ = ["AGREE", "INTER", "INTRA", "PLATES", "precision"]

INTRA, INTER = "intra-assay CV", "inter-assay CV"
PLATES, AGREE = "plate effect", "p of equal plates"
ONE_PLATE = "there is one plate"
NONE_SHARED = "no sample or control is within the limits on more than one plate"


class _Shared(NamedTuple):
    """Wells of what is on several plates: logarithms, and which sample and plate."""

    logs: FloatArray
    sample: IntArray
    plate: IntArray
    cell: IntArray  # sample on plate
    plates: tuple[str, ...]


def precision(panels: Sequence[Panel]) -> dict[str, Estimate]:
    """Return how precise an assay is within and between its plates.

    All are coefficients of variation, from variances of logarithms of concentrations
    (``sqrt(exp(variance) - 1)``), of readings within the limits:

    - *intra-assay CV*: between replicate wells, pooled over samples and controls. The root of
      the mean square: the mean of the CVs of duplicates, which kits print, is a fifth less.
    - *inter-assay CV*: of a reported concentration (the mean of its replicates) between plates,
      from samples and controls that are on several: plate, sample on plate and wells together.
    - *plate effect*: what all samples of a plate share.
    - *p of equal plates*: of the F test that no plate is shifted against another.
    - *shift of PLATE*: a plate against the mean of all, as a share.

    Components of variance are estimated by restricted maximum likelihood [1]_, samples having
    their own means, plates and samples on plates being random.

    Parameters
    ----------
    panels : sequence of Panel
        The plates.

    Returns
    -------
    dict of str to Estimate
        Missing, with the reason, where plates, replicates or shared samples are too few. Where
        a component is nothing, the standard error of its CV is how far it could well be above.

    References
    ----------
    .. [1] Patterson and Thompson (1971), Biometrika 58:545-554, doi:10.1093/biomet/58.3.545.
    """
    found = {INTRA: _intra(panels)}
    shared = _shared(panels) if len(panels) > 1 else None
    if shared is None:
        missing = Estimate.missing("", NONE_SHARED if len(panels) > 1 else ONE_PLATE)
        return {**found, INTER: missing, PLATES: missing, AGREE: missing}
    return {**found, **_between(shared), **_shifts(shared)}


def _intra(panels: Sequence[Panel]) -> Estimate:
    """Return the CV between wells of the same."""
    squares, freedom, used = 0.0, 0, 0
    for panel in panels:
        for one in quantified((*panel.readings, *panel.controls)):
            wells = of_wells(panel.curve, one)
            if wells.size > 1 and np.all(wells > 0):
                squares += float(np.sum((np.log(wells) - np.log(wells).mean()) ** 2))
                freedom, used = freedom + wells.size - 1, used + 1
    if not freedom:
        return Estimate.missing("", "nothing within the limits was read more than once")
    variance = squares / freedom
    return _as_cv(variance, variance * math.sqrt(2 / freedom), used)


def _as_cv(variance: float, error: float, n: int) -> Estimate:
    """Return the CV of a variance of logarithms, with its error by the delta method.

    Near no variance, where that method has no bound, with what one standard error is as a CV.
    """
    cv, most = math.sqrt(math.expm1(variance)), math.sqrt(math.expm1(error))
    slope = math.exp(variance) / (2 * cv) if cv else math.inf
    return Estimate(cv, min(slope * error, most) if error else 0.0, "", 1.0, n)


def _shared(panels: Sequence[Panel]) -> _Shared | None:
    """Return the wells of what is on several plates, or nothing."""
    groups: dict[tuple[object, ...], dict[int, list[float]]] = {}
    for k, panel in enumerate(panels):
        for one in quantified((*panel.readings, *panel.controls)):
            wells = of_wells(panel.curve, one)
            if np.all(wells > 0) and (one.name or one.person):
                groups.setdefault(_same(one), {}).setdefault(k, []).extend(np.log(wells))
    several = [plates for plates in groups.values() if len(plates) > 1]
    if not several:
        return None
    rows = [
        (value, i, k)
        for i, plates in enumerate(several)
        for k, values in plates.items()
        for value in values
    ]
    logs = np.array([row[0] for row in rows])
    sample, plate = (np.array([row[k] for row in rows]) for k in (1, 2))
    return _Shared(
        logs, sample, plate, sample * len(panels) + plate, tuple(p.plate for p in panels)
    )


def _same(one: Reading) -> tuple[object, ...]:
    time = None if math.isnan(one.time) else one.time
    nominal = None if math.isnan(one.nominal) else one.nominal
    return one.name, one.person, time, nominal, one.dilution, one.spiked


def _between(shared: _Shared) -> dict[str, Estimate]:
    """Return the CV between plates, and the part that all samples of a plate share."""
    cells, counts = np.unique(shared.cell, return_counts=True)
    replicates = counts.size / float(np.sum(1 / counts))
    samples, repeated = np.unique(shared.sample).size, bool(np.any(counts > 1))
    random = {PLATES: shared.plate, "samples on plates": shared.cell}
    if not repeated:
        del random["samples on plates"]  # the same as wells
    if samples == 1:
        random = {PLATES: shared.plate} if repeated else {}
    found = components(shared.logs, shared.sample, random)
    share = np.array([1.0] * len(random) + [1 / replicates])
    inter = float(share @ found.variances)
    error = math.sqrt(max(float(share @ found.covariance @ share), 0.0))
    return {INTER: _as_cv(inter, error, cells.size), PLATES: _of_plates(found)}


def _of_plates(found: Components) -> Estimate:
    if PLATES not in found.names:
        return Estimate.missing("", "one sample without replicates: its plates are its wells")
    error = math.sqrt(max(float(found.covariance[0, 0]), 0.0))
    return _as_cv(float(found.variances[0]), error, 1)


def _shifts(shared: _Shared) -> dict[str, Estimate]:
    """Return by how much each plate is off, and whether chance alone would do that."""
    cells, counts = np.unique(shared.cell, return_counts=True)
    sample, plate = np.divmod(cells, len(shared.plates))
    means = np.bincount(np.searchsorted(cells, shared.cell), shared.logs) / counts
    here = np.unique(plate)
    design = _design(sample, plate)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return {AGREE: Estimate.missing("", "plates are not joined by shared samples")}
    inverse = np.linalg.inv(design.T @ design)
    line = inverse @ design.T @ means
    square, freedom = _chance(shared, means, means - design @ line, free=cells.size - line.size)
    if not square > 0:
        return {AGREE: Estimate.missing("", "no replicates tell how far chance goes")}
    many = here.size - 1
    off, spread = line[-many:], square * inverse[-many:, -many:]
    test = float(off @ np.linalg.solve(spread, off)) / many
    turn = np.vstack([np.eye(many), -np.ones(many)])
    errors = np.sqrt(np.diag(turn @ spread @ turn.T))
    found = {AGREE: Estimate(float(fdtrc(many, freedom, test)), 0.0, "", 1.0, int(here.size))}
    for k, shift, error in zip(here, turn @ off, errors, strict=True):
        found[f"shift of {shared.plates[k]}"] = Estimate(
            math.expm1(shift), math.exp(shift) * error, "", 1.0, int(np.sum(plate == k))
        )
    return found


def _design(sample: IntArray, plate: IntArray) -> FloatArray:
    """Return a mean for each sample, and shifts of plates that add up to nothing."""
    here = np.unique(plate)
    own = (sample[:, None] == np.unique(sample)).astype(np.float64)
    off = (plate[:, None] == here[:-1]).astype(np.float64)
    return np.hstack([own, off - (plate == here[-1])[:, None]])


def _chance(
    shared: _Shared, means: FloatArray, left: FloatArray, *, free: int
) -> tuple[float, int]:
    """Return the variance of means that are not shifted, and its degrees of freedom.

    That of samples on plates; with one sample, what its wells say.
    """
    if free > 0:
        return float(np.sum(left**2)) / free, free
    cells, which, counts = np.unique(shared.cell, return_inverse=True, return_counts=True)
    freedom = int(shared.logs.size - cells.size)
    if not freedom:
        return math.nan, 0
    within = float(np.sum((shared.logs - means[which]) ** 2)) / freedom
    return within * float(np.mean(1 / counts)), freedom
