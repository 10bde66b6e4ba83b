"""Samples: one value of each tube, from all that was read of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from interbeat.core.plate import PlateRun
from interbeat.core.sample import Sample
from interbeat.neurochemistry import words
from interbeat.neurochemistry.plates._together import covariance, label
from interbeat.neurochemistry.plates.found import Panel, Reading
from interbeat.neurochemistry.plates.limits_of import is_oxytocin

__all__ = ["samples_of"]

Read = tuple[Panel, Reading]
NAMED = 6  # tubes in one sentence


def samples_of(
    panels: Sequence[Panel], run: PlateRun, *, unit: str, most_cv: float
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Return one sample for each tube whose wells name a person and a time.

    A tube that was read at several dilutions, or on several plates, gives one value: the mean
    of those within the limits, weighted by one over the square of their relative standard
    errors; what readings share of a curve's error does not average out. With none within the
    limits, the value is the limit, just beyond it, and the sample is censored.

    Parameters
    ----------
    panels : sequence of Panel
        The plates.
    run : PlateRun
        What they were read from.
    unit : str
        Of the concentrations.
    most_cv : float
        Dilutions that differ by more are flagged.

    Returns
    -------
    tuple of Sample
        By person and time.
    tuple of str
        What became of tubes that gave none.
    """
    tubes: dict[tuple[str, float, str], list[Read]] = {}
    nameless = 0
    for panel in panels:
        for one in panel.readings:
            if one.spiked:
                continue
            if one.person and math.isfinite(one.time):
                tubes.setdefault((one.person, one.time, one.name), []).append((panel, one))
            else:
                nameless += 1
    found: list[Sample] = []
    lost: dict[str, list[str]] = {}
    for reads in (tubes[key] for key in sorted(tubes)):
        sample = _sample(reads, run, unit, most_cv=most_cv)
        if sample is None:
            lost.setdefault(_why(reads), []).append(label(reads[0][1]))
        else:
            found.append(sample)
    said = [f"no sample of {_named(names)}: {why}" for why, names in lost.items()]
    if nameless and tubes:
        said.append(f"{nameless} readings name no person and time: they join no session")
    return tuple(found), tuple(said)


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _sample(reads: list[Read], run: PlateRun, unit: str, *, most_cv: float) -> Sample | None:
    """Return the sample of one tube; nothing where nothing was read."""
    inside = [read for read in reads if not read[1].concentration.reason]
    used = inside or [read for read in reads if read[1].censored]
    if not used:
        return None
    if inside:
        value, se, spread = *_mean(inside), _spread(inside)
        more = _several(inside, reads, most_cv)
    else:
        value, se, spread = _limit(used), math.nan, math.nan
        more = _torn(used)
    above = [one.upper for _, one in used if one.censored != words.BELOW]
    flags = [flag for _, one in used for flag in one.flags]
    if is_oxytocin(run.analyte):
        more.append(words.extraction(run.extracted))
    first = reads[0][1]
    return Sample(
        run.analyte,
        value,
        unit,
        first.time,
        run.matrix,
        first.person,
        spread,
        min(one.lower for _, one in used),
        max(above or [one.upper for _, one in used]),
        se,
        run.extracted,
        words.unique([*flags, *more]),
    )


def _mean(inside: list[Read]) -> tuple[float, float]:
    """Return the weighted mean of readings, and its standard error."""
    values = np.array([one.concentration.value for _, one in inside])
    if values.size == 1:
        return float(values[0]), inside[0][1].concentration.se
    together = covariance(inside)
    weights = 1 / np.maximum(np.diag(together), np.finfo(float).tiny)
    weights /= weights.sum()
    parts = weights * values
    return float(parts.sum()), math.sqrt(max(float(parts @ together @ parts), 0.0))


def _spread(inside: list[Read]) -> float:
    """Return the standard deviation between replicates, pooled over readings."""
    pairs = [
        (one.spread, one.concentration.n - 1)
        for _, one in inside
        if math.isfinite(one.spread) and one.concentration.n > 1
    ]
    freedom = sum(count for _, count in pairs)
    if not freedom:
        return math.nan
    return math.sqrt(sum(count * spread**2 for spread, count in pairs) / freedom)


def _several(inside: list[Read], reads: list[Read], most_cv: float) -> list[str]:
    """Say that a value is of several readings, and whether they agree."""
    if len(reads) == 1:
        return []
    values = np.array([one.concentration.value for _, one in inside])
    cv = float(values.std(ddof=1) / values.mean()) if values.size > 1 else 0.0
    where = ", ".join(f"1:{one.dilution:g}" for _, one in inside)
    out = ", ".join(_left_out(one) for _, one in reads if one.concentration.reason)
    return [
        f"weighted mean of {len(inside)} of {len(reads)} readings ({where})",
        f"readings left out: {out}" if out else "",
        words.differ("concentrations of dilutions or plates", cv, most_cv)
        if cv > most_cv
        else "",
    ]


def _left_out(one: Reading) -> str:
    return f"1:{one.dilution:g} {one.censored or 'without a value'}"


def _limit(outside: list[Read]) -> float:
    """Return a value just beyond the limit that says most."""
    above = [one.upper for _, one in outside if one.censored == words.ABOVE]
    if above:
        return math.nextafter(max(above), math.inf)
    return math.nextafter(min(one.lower for _, one in outside), 0.0)


def _torn(outside: list[Read]) -> list[str]:
    """Say that a tube is above the limits at one dilution and below at another."""
    sides = {one.censored for _, one in outside}
    return ["above the limits at one dilution, below at another"] if len(sides) > 1 else []


def _why(reads: list[Read]) -> str:
    return reads[0][1].concentration.reason or words.NOT_READ
