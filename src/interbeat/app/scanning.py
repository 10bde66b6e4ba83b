"""``interbeat pet``: time-activity curves of a PET scan become binding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.activity import Blood
from interbeat.core.errors import DataError
from interbeat.core.offered import offered
from interbeat.core.sample import Sample
from interbeat.neurochemistry.scans.binding import bind
from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.neurochemistry.scans.displacing import displaced
from interbeat.neurochemistry.scans.reference import merged
from interbeat.neurochemistry.tracers._spec import MODELS, Settings
from interbeat.reporting import report, write_json
from interbeat.reporting.pet_words import lines
from interbeat.sources.samples import write_samples
from interbeat.sources.scanning import read_blood, read_scan

__all__ = ["found", "run", "samples_of"]

SAID = ("person", "tracer")  # of the scan: the file may say it
HOW = ("t_star", "k2_prime", "blood_volume", "delay")  # of the model


def run(path: Path, told: Mapping[str, Any], files: Mapping[str, Path | None]) -> Iterator[str]:
    """Read, fit and write; give what the terminal shows.

    Parameters
    ----------
    path : Path
        The scan.
    told : mapping
        Options, by name; those not given are None or empty.
    files : mapping of str to Path or None
        What to write: ``"html"``, ``"json"``, ``"samples"``.
    """
    result = found(path, told)
    writers = {"html": report, "json": write_json, "samples": _write_samples}
    for kind, where in files.items():
        if where is not None:
            writers[kind](result, where)
    yield from lines(result)
    if files["samples"] is not None:
        yield from _missed(result, told)
    yield from (f"wrote {where.resolve()}" for where in files.values() if where is not None)


def _missed(result: Bound | Displaced, told: Mapping[str, Any]) -> Iterator[str]:
    """Give what samples lack that are to join a session."""
    if not samples_of(result):
        yield "no sample was written: who was scanned is not known, --person says it"
        return
    if told["time"] is None:
        yield "samples are written at 0 s: --time says when in the session the injection was"
    if isinstance(result, Displaced) and told["condition_time"] is None:
        yield "those of the condition are written at 0 s, too: --condition-time says when"


def found(path: Path, told: Mapping[str, Any]) -> Bound | Displaced:
    """Return what a scan gives, or how a second one differs from it.

    Parameters
    ----------
    path, told
        See :func:`run`.
    """
    baseline = _timed(_bound(path, told["scan"], told), told["time"])
    if told["condition"] is None and not told["condition_scan"]:
        return baseline
    files = told["condition_blood"] or told["blood"]
    condition = _bound(
        told["condition"] or path, told["condition_scan"], {**told, "blood": files}
    )
    _check_own_blood(baseline.blood, condition.blood)
    later = _timed(condition, told["condition_time"])
    return displaced(baseline, later, order=told["order"])


def _bound(path: Path, name: str, told: Mapping[str, Any]) -> Bound:
    _check_input(told)
    units = {"time_unit": told["time_unit"], "unit": told["unit"]}
    scan = read_scan(path, scan=name, radionuclide=told["radionuclide"], **units)
    scan = replace(scan, **{field: told[field] for field in SAID if told[field]})
    blood = read_blood(*told["blood"], scan=name, **units) if told["blood"] else None
    settings = Settings(**{field: told[field] for field in HOW if told[field] is not None})
    weighting = {"weighting": told["weighting"]} if told["weighting"] else {}
    reference = ""
    if MODELS[told["model"]].needs == "reference":
        _check_reference(told["reference"], scan.source, list(scan.activity))
        scan, reference = merged(scan, told["reference"])
    every = bind(
        scan, reference=reference, blood=blood, model=told["model"], settings=settings,
        **weighting,
    )  # fmt: skip
    return _chosen(every, told["region"])


def _check_input(told: Mapping[str, Any]) -> None:
    """Refuse an input that the model would pass over."""
    model = MODELS[told["model"]]
    for needs, other in (("reference", "blood"), ("arterial", "reference")):
        if model.needs == needs and told[other]:
            fit = ", ".join(name for name, one in MODELS.items() if one.needs != needs)
            raise DataError(f"{model.name} takes no --{other}; models that do: {fit}")


def _check_own_blood(first: Blood | None, second: Blood | None) -> None:
    """Refuse two scans that are driven by the same samples."""
    if first is None or second is None or first.times.size != second.times.size:
        return
    if np.allclose(first.plasma, second.plasma, rtol=1e-12, equal_nan=True):
        raise DataError(
            f"{first.source} would be the blood of both scans; --condition-blood names that "
            "of the second"
        )


def _check_reference(wanted: Sequence[str], source: str, regions: Sequence[str]) -> None:
    """Refuse a region that is not there, and say which are."""
    lost = next((name for name in wanted if name not in regions), "")
    if lost or not wanted:
        which = f"there is no region {lost!r}" if wanted else "--reference names no region"
        raise DataError(f"{source}: {which}; it has {offered(regions, lost)}")


def _chosen(bound: Bound, regions: Sequence[str]) -> Bound:
    """Return only some regions; weights and k2' still come from all."""
    if not regions:
        return bound
    lost = [name for name in regions if name not in bound.regions]
    if lost:
        there = offered(bound.regions, lost[0])
        raise DataError(f"there is no region {lost[0]!r}; there are {there}")
    kept = {name: fit for name, fit in bound.regions.items() if name in regions}
    samples = tuple(one for one in bound.samples if one.matrix in kept)
    return replace(bound, regions=kept, samples=samples)


def _timed(bound: Bound, time: float | None) -> Bound:
    """Return samples at the time of the injection."""
    if time is None:
        return bound
    if not math.isfinite(time):
        raise DataError(f"an injection is at a time in s since the session began, not {time}")
    samples = tuple(replace(one, time=time) for one in bound.samples)
    return replace(bound, samples=samples)


def _write_samples(result: Bound | Displaced, path: Path) -> None:
    write_samples(path, samples_of(result))


def samples_of(result: Bound | Displaced) -> tuple[Sample, ...]:
    """Return the samples of a scan, or of both."""
    if isinstance(result, Bound):
        return result.samples
    return (*result.baseline.samples, *result.condition.samples)
