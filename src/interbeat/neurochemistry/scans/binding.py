"""Binding: a tracer model fitted to each region of a scan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from interbeat.core.activity import HALF_LIVES, Blood, Regions, decay_factors
from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.offered import offered
from interbeat.core.sample import Sample
from interbeat.neurochemistry.scans.blood import arterial
from interbeat.neurochemistry.scans.bound import Bound
from interbeat.neurochemistry.scans.delays import one_delay
from interbeat.neurochemistry.scans.weights import frame_weights
from interbeat.neurochemistry.tracers._spec import (
    MODELS,
    Arterial,
    Fit,
    Frames,
    Model,
    Problem,
    Settings,
)
from interbeat.neurochemistry.tracers._washout import PLAUSIBLE

__all__ = ["NO_SETTINGS", "bind"]

NO_SETTINGS = Settings()
MINUTE = 60.0  # s
IN_TISSUE = (0.03, 50.0)  # of the input, over a scan: volumes of distribution are 0.1 to 50
LEAST_BINDING = 0.1  # BP_ND from which on a region tells k2'
PAUSE = 1.0  # min without a frame that a straight line may bridge unnoticed
UNSURE = 0.5  # standard error of k2' over its value, beyond which a region does not tell it


@dataclass(frozen=True, slots=True, eq=False)
class _Input:
    """What all regions share."""

    scan: Regions
    weights: FloatArray
    reference: FloatArray | None
    arterial: Arterial | None


def bind(
    scan: Regions, *, reference: str = "", blood: Blood | None = None, model: str = "SRTM",
    settings: Settings = NO_SETTINGS, weighting: str = "counts",
) -> Bound:  # fmt: skip
    """Return what a tracer model finds in each region of a scan.

    Models that need the washout of the reference region, k2', and are not told it, take one
    for the whole scan: a first pass fits the model that they name (SRTM, or MRTM for MRTM2) to
    each region, and the median is taken over the half of the regions that bind most, of those
    with a BP_ND of 0.1 at least and a k2' whose standard error is half of it at most (one k2'
    for all regions: Wu & Carson 2002, doi:10.1097/01.WCB.0000033967.83623.34; from regions of
    high binding: Ichise et al. 2003, doi:10.1097/01.WCB.0000085441.37552.CA).

    Frames in which the region or the reference has no value are left out, and flagged; so are
    pauses of over a minute, which reference models bridge by straight lines. Values
    not corrected for decay are corrected first where the radionuclide is known.

    Parameters
    ----------
    scan : Regions
        The time-activity curves.
    reference : str
        Region without receptors, for reference models; it is not among the results, for its
        BP_ND is 0 by definition.
    blood : Blood, optional
        For models with arterial input.
    model : str
        Name in :data:`~interbeat.neurochemistry.tracers._spec.MODELS`.
    settings : Settings
        What the model is told; NaN leaves it to the model.
    weighting : str
        See :func:`~interbeat.neurochemistry.scans.weights.frame_weights`.

    Returns
    -------
    Bound
        Regions that cannot be fitted have missing estimates, with their reasons.

    Raises
    ------
    DataError
        If the model, reference or weighting is not there, the model's input is not given, or
        values are not corrected for decay and the radionuclide is not known.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
    >>> starts = np.arange(0.0, 3600.0, 120.0)
    >>> frames = Frames(starts / 60, starts / 60 + 2)
    >>> cerebellum = frames.middles * np.exp(-frames.middles / 10)
    >>> late = convolved(course(frames, cerebellum), np.array([0.05]))[0]
    >>> curves = {"cerebellum": cerebellum, "putamen": 0.9 * cerebellum + 0.055 * late}
    >>> scan = Regions(starts, np.full(30, 120.0), curves, "kBq/mL", radionuclide="C11")
    >>> bound = bind(scan, reference="cerebellum")
    >>> round(bound.regions["putamen"].parameters["BP_ND"].value, 4)
    1.0
    """
    chosen = MODELS[model]
    corrected, flags = _corrected(scan)
    weights, noted = frame_weights(corrected, weighting)
    without = _reference(corrected, chosen, reference)
    drawn = _arterial(corrected, chosen, blood)
    shared = _Input(corrected, weights, without, drawn)
    targets = [name for name in scan.activity if name != reference]
    if not targets:
        raise DataError(f"{reference!r} is the only region: nothing to compare it with")
    timed, delayed = one_delay(corrected, drawn, settings)
    told, taken = _told(shared, targets, chosen, timed)
    regions = {name: _fitted(shared, name, chosen, told) for name in targets}
    return Bound(
        scan=scan,
        reference=reference,
        blood=blood,
        model=model,
        settings=settings,
        weighting=weighting,
        weights=weights,
        regions=regions,
        samples=_samples(scan, chosen, regions),
        flags=flags + noted + (drawn.flags if drawn else ()) + delayed + taken,
    )


def _corrected(scan: Regions) -> tuple[Regions, tuple[str, ...]]:
    """Return the scan with values corrected for decay."""
    if scan.decay_corrected is not False:
        unsaid = "the file does not say whether values are corrected for decay: taken as so"
        return scan, (unsaid,) if scan.decay_corrected is None else ()
    half_life = HALF_LIVES.get(scan.radionuclide)
    if half_life is None:
        raise DataError(
            f"{scan.source or 'the scan'} is not corrected for decay, and its radionuclide "
            f"({scan.radionuclide or 'not said'}) is none of {', '.join(HALF_LIVES)}: which?"
        )
    factors = decay_factors(scan.starts, scan.durations, half_life=half_life)
    curves = {name: values * factors for name, values in scan.activity.items()}
    corrected = replace(scan, activity=curves, decay_corrected=True)
    return corrected, (f"corrected here for the decay of {scan.radionuclide}",)


def _reference(scan: Regions, model: Model, name: str) -> FloatArray | None:
    if model.needs != "reference":
        return None
    if name not in scan.activity:
        given = f"{name!r} is not a region" if name else "no reference region is named"
        raise DataError(
            f"{model.name} needs a reference region; {given}; possible: "
            f"{offered(scan.activity, name)}"
        )
    return scan.activity[name]


def _arterial(scan: Regions, model: Model, blood: Blood | None) -> Arterial | None:
    if model.needs != "arterial":
        return None
    if blood is None:
        raise DataError(f"{model.name} needs blood: arterial samples of this scan")
    drawn = arterial(blood, until=float(scan.ends[-1]) / MINUTE, unit=scan.unit)
    return replace(drawn, flags=(*drawn.flags, *_far_apart(scan, drawn)))


def _far_apart(scan: Regions, drawn: Arterial) -> tuple[str, ...]:
    """Flag activity of regions that no tracer reaches from this input: a unit is wrong."""
    curves = np.array(list(scan.activity.values()))
    seen = np.isfinite(curves)
    lasted = seen @ scan.durations
    summed = np.where(seen, curves, 0.0) @ scan.durations
    if not np.any(lasted > 0):
        return ()
    during = (drawn.times >= scan.starts[0] / MINUTE) & (drawn.times <= scan.ends[-1] / MINUTE)
    tissue = float(np.median(summed[lasted > 0] / lasted[lasted > 0]))
    plasma = float(np.mean(drawn.parent[during]))
    if not tissue > 0 or not plasma > 0 or IN_TISSUE[0] <= tissue / plasma <= IN_TISSUE[1]:
        return ()
    return (
        f"activity in regions is {tissue / plasma:.2g} times that of the input (means over the "
        "scan): is the unit of one of them wrong?",
    )


def _told(
    shared: _Input, targets: list[str], model: Model, settings: Settings
) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings with k2' of the whole scan, where the model needs it."""
    if not model.first or not math.isnan(settings.k2_prime):
        return settings, ()
    first = MODELS[model.first]
    fits = [_fitted(shared, name, first, settings).parameters for name in targets]
    told = np.array(
        [
            (fit["BP_ND"].value, fit["k2'"].value)
            for fit in fits
            if fit["BP_ND"].value >= LEAST_BINDING
            and PLAUSIBLE[0] <= fit["k2'"].value <= PLAUSIBLE[1]
            and fit["k2'"].se <= UNSURE * fit["k2'"].value
        ]
    ).reshape(-1, 2)
    if not told.size:
        return settings, (
            f"no region tells k2': none binds (BP_ND of {LEAST_BINDING} or more by "
            f"{first.name}) with a washout that is plausible and well known",
        )
    high = told[told[:, 0] >= np.median(told[:, 0]), 1]
    washout = float(np.median(high))
    flag = (
        f"k2' of {washout:.4g} per min: median of {first.name} over the {high.size} of "
        f"{len(targets)} regions that bind most"
    )
    return replace(settings, k2_prime=washout), (flag,)


def _fitted(shared: _Input, name: str, model: Model, settings: Settings) -> Fit:
    """Return the fit of one region, over all frames of the scan."""
    scan, activity = shared.scan, shared.scan.activity[name]
    seen = np.isfinite(activity)
    if shared.reference is not None:
        seen = seen & np.isfinite(shared.reference)
    frames = Frames(scan.starts[seen] / MINUTE, scan.ends[seen] / MINUTE)
    if not np.any(seen):
        return _unseen(shared, model, settings)
    weights = shared.weights[seen]
    reference = None if shared.reference is None else shared.reference[seen]
    total = float(weights.sum())
    weights = weights * (weights.size / total) if total > 0 else weights
    problem = Problem(frames, activity[seen], weights, reference, shared.arterial)
    fit = model.fit(problem, settings)
    paused = () if reference is None else _paused(frames)
    return _spread(replace(fit, flags=fit.flags + paused), seen)


def _paused(frames: Frames) -> tuple[str, ...]:
    """Flag pauses: integrals and convolutions over them are of straight lines."""
    starts, ends = frames.starts[1:], frames.ends[:-1]
    long = starts - ends > PAUSE
    return tuple(
        f"no frame from {end:.4g} to {start:.4g} min: bridged by a straight line, which may be "
        "far off"
        for end, start in zip(ends[long].tolist(), starts[long].tolist(), strict=True)
    )


def _unseen(shared: _Input, model: Model, settings: Settings) -> Fit:
    """Return the fit of a region without a single value: each parameter missing."""
    nothing, n = np.zeros(1), shared.scan.starts.size
    empty = Problem(Frames(nothing, np.ones(1)), nothing, np.ones(1), nothing, shared.arterial)
    names = model.fit(empty, settings).parameters
    reason = "no frame has a value" + " here and in the reference" * (
        shared.reference is not None
    )
    missing = {name: Estimate.missing(was.unit, reason) for name, was in names.items()}
    unused = np.zeros(n, dtype=np.bool_)
    return Fit(missing, np.full(n, math.nan), unused, settings, {}, (reason,))


def _spread(fit: Fit, seen: BoolArray) -> Fit:
    """Return a fit over the frames that were seen as one over all frames."""
    if np.all(seen):
        return fit
    fitted, used = np.full(seen.size, math.nan), np.zeros(seen.size, dtype=np.bool_)
    fitted[seen], used[seen] = fit.fitted, fit.used
    share = float(seen.mean())
    found = {
        name: replace(was, quality=was.quality * share) for name, was in fit.parameters.items()
    }
    lost = ", ".join(str(frame + 1) for frame in np.flatnonzero(~seen))
    flags = (*fit.flags, f"without a value, left out: frame {lost}")
    return replace(fit, parameters=found, fitted=fitted, used=used, flags=flags)


def _samples(scan: Regions, model: Model, regions: Mapping[str, Fit]) -> tuple[Sample, ...]:
    """Return the outcome by region, timed at the injection, where the person is known."""
    if not scan.person:
        return ()
    found = {name: fit.parameters[model.outcome] for name, fit in regions.items()}
    return tuple(
        Sample(
            f"{scan.tracer} {model.outcome}".strip(),
            value.value,
            value.unit or "1",  # a ratio; tables of samples name a unit
            0.0,
            name,
            scan.person,
            lower=-math.inf,
            se=value.se,
            flags=regions[name].flags,
        )
        for name, value in found.items()
        if not value.reason
    )
