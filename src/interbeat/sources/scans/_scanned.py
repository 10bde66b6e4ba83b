"""From the curves of a file to regions: units, order, decay, and what should be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from interbeat.core.activity import HALF_LIVES, Regions, decay_factors, nuclide_of
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError, FormatError
from interbeat.sources.scans._frames import Frames, frames_of
from interbeat.sources.scans._reader import Asked
from interbeat.sources.scans._units import activity_in, same_unit

__all__ = ["Curves", "named_once", "regions_of"]

LOW = 0.1  # share of the peak below 0 that is more than the noise of few counts
UNLIKE = 0.05  # share by which factors of decay differ from ours; scanners' by up to 0.02
SOME = 5  # regions that a message names


@dataclass(frozen=True, slots=True)
class Curves:
    """What a file says of one scan, in its own units and order."""

    path: Path
    starts: FloatArray
    ends: FloatArray
    activity: Mapping[str, FloatArray]
    time_unit: str = ""
    unit: str = ""
    weights: Mapping[str, FloatArray] | None = None
    volumes: Mapping[str, float] = field(default_factory=dict)
    person: str = ""
    nuclide: str = ""
    tracer: str = ""
    corrected: bool | None = None
    corrected_to: float | None = None  # s on the clock of the file
    injected: float = 0.0  # s on the clock of the file
    factors: FloatArray | None = None  # by which the file was corrected for decay
    inferences: tuple[str, ...] = ()


def named_once(path: Path, names: Iterable[str], where: str) -> None:
    """Refuse regions without a name, or with the name of another.

    Raises
    ------
    FormatError
        Naming the first.
    """
    seen: set[str] = set()
    for k, name in enumerate(names, 1):
        if not name:
            raise FormatError(path, f"region {k} has no name", where)
        if name in seen:
            raise FormatError(path, f"region {name[:40]!r} is there twice", where)
        seen.add(name)
    if not seen:
        raise FormatError(path, "has no region", where)


def regions_of(curves: Curves, asked: Asked) -> Regions:
    """Return the regions of a scan.

    Raises
    ------
    FormatError
        If a unit is not known, frames overlap, or decay cannot be corrected for.
    """
    with np.errstate(all="ignore"):
        frames = frames_of(
            curves.path,
            curves.starts,
            curves.ends,
            time_unit=curves.time_unit,
            asked=asked.time_unit,
            injected=curves.injected,
        )
        unit, factor, told = _unit(curves, asked)
        curves = replace(curves, nuclide=_nuclide(curves, asked.radionuclide))
        decay, undone = _decay(curves, frames)
        activity = {k: v[frames.rows] * factor * decay for k, v in curves.activity.items()}
        seen, flags = _looked_at(activity)
        flags = [*_other_factors(curves, frames), *flags]
        notes = (*curves.inferences, *frames.inferences, *told, *undone, *seen)
        try:
            return _regions(curves, frames, activity, unit=unit, notes=notes, flags=flags)
        except DataError as error:
            raise FormatError(curves.path, str(error)) from error


def _regions(
    curves: Curves,
    frames: Frames,
    activity: Mapping[str, FloatArray],
    *,
    unit: str,
    notes: tuple[str, ...],
    flags: list[str],
) -> Regions:
    return Regions(
        frames.starts,
        frames.ends - frames.starts,
        activity,
        unit,
        weights=_chosen(curves.weights, frames),
        volumes={k: v for k, v in curves.volumes.items() if k in activity},
        person=curves.person,
        radionuclide=curves.nuclide,
        tracer=curves.tracer,
        decay_corrected=None if curves.corrected is None else True,
        source=curves.path.name,
        inferences=notes,
        flags=(*frames.flags, *flags),
    )


def _chosen(
    weights: Mapping[str, FloatArray] | None, frames: Frames
) -> Mapping[str, FloatArray] | None:
    return None if weights is None else {k: v[frames.rows] for k, v in weights.items()}


def _unit(curves: Curves, asked: Asked) -> tuple[str, float, list[str]]:
    """Return what the unit of activity is called, by what to multiply, and what was done."""
    stated, factor = activity_in(curves.unit, curves.path, "unit of activity")
    given, its_factor = activity_in(asked.unit, curves.path, "unit of activity")
    if stated and given and not same_unit(curves.unit, asked.unit):
        raise FormatError(curves.path, f"gives activity in {curves.unit}, not in {asked.unit}")
    if not stated and given:
        turned = f", and was turned into {given}" if its_factor != 1 else ""
        return given, its_factor, [f"activity is in {asked.unit}, as was said{turned}"]
    if not stated:
        return "", 1.0, ["the unit of activity is not said: ratios hold, amounts do not"]
    if factor != 1:
        return stated, factor, [f"activity turned from {curves.unit} into {stated}"]
    return stated, 1.0, []


def _nuclide(curves: Curves, asked: str) -> str:
    """Return the radionuclide that the file gives, or else that which was said."""
    stated, given = (nuclide_of(name) or name.strip() for name in (curves.nuclide, asked))
    if stated and given and stated != given:
        raise FormatError(curves.path, f"gives the radionuclide as {stated}, not as {given}")
    return stated or given


def _decay(curves: Curves, frames: Frames) -> tuple[FloatArray, list[str]]:
    """Return by what to multiply each frame, and what was done."""
    ones = np.ones(frames.starts.size)
    if curves.corrected is None:
        told = "the file does not say whether decay was corrected for: taken to be so"
        return ones, [f"{told}, to the injection"]
    nuclide = nuclide_of(curves.nuclide)
    if not curves.corrected:
        half_life = _half_life(curves, "activity was not corrected for decay")
        told = f"decay of {nuclide} corrected for here, to the injection ({half_life:g} s)"
        lengths = frames.ends - frames.starts
        if np.any(lengths <= 0):
            return ones, []  # which the regions refuse
        return decay_factors(frames.starts, lengths, half_life=half_life), [told]
    if curves.corrected_to is None or curves.corrected_to == curves.injected:
        return ones, []
    late = curves.corrected_to - curves.injected
    half_life = _half_life(curves, f"decay was corrected to {late:g} s after the injection")
    told = f"decay of {nuclide} was corrected to {late:g} s after the injection, now to it"
    return ones * np.exp2(late / half_life), [f"{told} ({half_life:g} s)"]


def _other_factors(curves: Curves, frames: Frames) -> list[str]:
    """Flag factors of the file that are not those of its radionuclide over its frames."""
    half_life = HALF_LIVES.get(nuclide_of(curves.nuclide))
    lengths, given = frames.ends - frames.starts, curves.factors
    told = given is not None and given.size == curves.starts.size and curves.corrected
    if given is None or not told or half_life is None or np.any(lengths <= 0):
        return []
    late = (curves.corrected_to or 0.0) - curves.injected
    wanted = decay_factors(frames.starts, lengths, half_life=half_life) * np.exp2(
        -late / half_life
    )
    off = np.abs(np.log(given[frames.rows] / wanted))
    if not np.any(off > np.log1p(UNLIKE)):
        return []
    k = int(np.nanargmax(off))
    return [
        f"decay of frame {k + 1} was corrected by {given[frames.rows][k]:.4g}, and "
        f"{nuclide_of(curves.nuclide)} would ask for {wanted[k]:.4g}: is the unit of time, the "
        "time of the injection or the radionuclide wrong?"
    ]


def _half_life(curves: Curves, why: str) -> float:
    nuclide = nuclide_of(curves.nuclide)
    if not nuclide:
        known = f"radionuclide {curves.nuclide[:40]!r}" if curves.nuclide else "no radionuclide"
        raise FormatError(
            curves.path, f"{why}, and {known} is given; possible: {', '.join(HALF_LIVES)}"
        )
    return HALF_LIVES[nuclide]


def _looked_at(activity: Mapping[str, FloatArray]) -> tuple[list[str], list[str]]:
    """Return what was noticed of the values, and what should be looked at."""
    told, flags = [], []
    below = [name for name, values in activity.items() if np.any(values < 0)]
    if below:
        told.append(f"values below 0, noise of few counts, were kept: {_listed(below)}")
    lost = [name for name, values in activity.items() if np.any(np.isnan(values))]
    if lost:
        told.append(f"frames without a value: {_listed(lost)}")
    for name, values in activity.items():
        peak, least = np.nanmax(values, initial=0.0), np.nanmin(values, initial=0.0)
        if np.all(np.isnan(values)):
            flags.append(f"{name} has no value in any frame")
        elif not peak > 0:
            flags.append(f"{name} is never above 0")
        elif -least > LOW * peak:
            where = int(np.nanargmin(values)) + 1
            flags.append(
                f"{name} falls to {100 * least / peak:.0f} % of its peak, frame {where}"
            )
    return told, flags[:20]


def _listed(names: list[str]) -> str:
    more = len(names) - SOME
    return ", ".join(names[:SOME]) + (f" and {more} more" if more > 0 else "")
