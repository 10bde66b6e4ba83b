"""What a scan gives: binding of each region, with its uncertainty and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interbeat.core.activity import Blood, Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.core.sample import Sample
from interbeat.neurochemistry.tracers._spec import Fit, Settings

__all__ = ["Bound", "Displaced"]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """What the regions of one scan give.

    Parameters
    ----------
    scan : Regions
        What was read.
    reference : str
        Which region; ``""`` with arterial input.
    blood : Blood or None
        Where there is arterial input.
    model : str
        Name of the tracer model.
    settings : Settings
        As given.
    weighting : str
        How frames were weighted.
    weights : ndarray, shape (n,)
        Of the frames.
    regions : mapping of str to Fit
        By region, in the order of the file.
    samples : tuple of Sample
        Which join a session: the outcome by region, where the person and time are known.
    flags : tuple of str
        What holds for the whole scan.
    """

    scan: Regions
    reference: str
    blood: Blood | None
    model: str
    settings: Settings
    weighting: str
    weights: FloatArray
    regions: Mapping[str, Fit]
    samples: tuple[Sample, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Displaced:
    """How binding differs between two scans of one person.

    Parameters
    ----------
    baseline, condition : Bound
        The scans.
    change : mapping of str to Estimate
        By region: (condition - baseline) / baseline, as a share: negative where less is bound.
    intervals : mapping of str to tuple of float
        95 % intervals of it, from the noise of both fits alone.
    words : mapping of str to str
        The change in words, with the sign that papers on displacement write.
    repeatability : mapping of str to float
        By how much, as a share, two scans of a person differ in 19 of 20 pairs though nothing
        was done between them; NaN where no test and retest was given.
    order : str
        What the caller says of the order of conditions; ``""`` where nothing was said.
    flags : tuple of str
        What to look at.
    """

    baseline: Bound
    condition: Bound
    change: Mapping[str, Estimate]
    intervals: Mapping[str, tuple[float, float]]
    words: Mapping[str, str] = field(default_factory=dict)
    repeatability: Mapping[str, float] = field(default_factory=dict)
    order: str = ""
    flags: tuple[str, ...] = ()
