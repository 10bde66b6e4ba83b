"""Findings on what a laboratory makes of samples and scans: plates and tracers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from interbeat.body.assay import Tube, oxytocin_kit, run_plates
from interbeat.body.noise import Streams
from interbeat.body.tracer import Displacement, Ligand, Scan, scanned
from interbeat.core.arrays import FloatArray
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding

__all__ = ["duplicates", "tracer_displaced"]

MINUTE = 60.0
MANY = 120
RIA = "Schams (1983), Acta Endocrinol 103:180; radioimmunoassay, extracted, 17 to 25 assays"
FRAMES = [60.0] * 75  # s
CARBON = 20.4  # min, half-life of carbon-11
DISPLACED = 0.10  # share of the binding potential that a task takes away


@finding(
    number=75,
    title="Duplicates and plates of an assay of oxytocin",
    source=RIA,
    published="7.9 ± 2.8 % within, 10.8 to 17.3 % between assays",
    mark="S",
    parts={
        "within": Tolerance(0.05, 0.15, "CV"),
        "between": Tolerance(0.05, 0.20, "CV"),
    },
    origin="imposed",
    ledger="pipetting was chosen for 8 to 15 %; how plates differ was not looked at again",
)
def duplicates(seed: int) -> dict[str, Measured]:
    """One pool on many plates: spread of duplicates, and of what plates say of the pool."""
    pool = [Tube("oxytocin", "plasma", "a", "pg/mL", float(k), 8.0) for k in range(12)]
    plates = [
        run_plates(pool, oxytocin_kit(), streams=Streams(1000 * seed + k, 2))[0].samples
        for k in range(30)
    ]
    within = [
        np.sqrt(np.mean([(tube.spread / tube.value) ** 2 for tube in plate]))
        for plate in plates
    ]
    said = np.array([[tube.value for tube in plate] for plate in plates])

    def spread(*columns: FloatArray) -> float:
        return float(np.mean([one.std(ddof=1) / one.mean() for one in columns]))

    return {
        "within": Measured.of(within, note="plates as people"),
        "between": Measured.statistic(spread, *said.T, note="plates as people"),
    }


@finding(
    number=76,
    title="A displaced ligand is found again",
    source="Normandin, Schiffer & Morris (2012), NeuroImage 59:2689",
    doi="10.1016/j.neuroimage.2011.07.002",
    published="what changes the efflux of a ligand is found in its curves",
    mark="S",
    parts={
        "two scans": Tolerance(-0.13, -0.07, "of BP_ND"),
        "one scan": Tolerance(-0.13, -0.07, "of BP_ND"),
    },
    origin="imposed",
    ledger="a tenth is taken away; forward only, no claim about what people feel",
)
def tracer_displaced(seed: int) -> dict[str, Measured]:
    """Fit the change between a scan at rest and one with less, and within one scan."""
    rng = np.random.default_rng(seed)
    taken = Displacement(change=-DISPLACED, onset=25.0, peak=15.0)
    two, one = [], []
    for k in range(2 * MANY):
        ligand = Ligand.drawn(rng)
        less = replace(ligand, binding=ligand.binding * (1 - DISPLACED))
        streams = [Streams(1000 * seed + 3 * k + j, 0) for j in range(3)]
        rest, task = (
            _scan(given, by) for given, by in zip((ligand, less), streams, strict=False)
        )
        two.append(_binding(task)[0] / _binding(rest)[0] - 1)
        within = scanned(ligand, FRAMES, streams=streams[2], displacement=taken)
        one.append(_binding(within, taken)[1])
    return {"two scans": Measured.of(two), "one scan": Measured.of(one)}


def _scan(ligand: Ligand, streams: Streams) -> Scan:
    return scanned(ligand, FRAMES, streams=streams)


def _binding(scan: Scan, given: Displacement | None = None) -> tuple[float, float]:
    """Return BP_ND and its relative change at the peak of a displacement of known timing.

    Least squares of the model's integrals, weighted by what has not decayed; frames are evenly
    long.
    """
    middle = (scan.starts + scan.durations / 2) / MINUTE
    minutes = scan.durations / MINUTE
    columns = [scan.reference, _area(scan.reference, minutes), -_area(scan.target, minutes)]
    if given is not None:
        since = np.clip((middle - given.onset) / given.peak, 0, None)
        shape = (since * np.exp(1 - since)) ** given.sharpness
        columns.append(-_area(scan.target * shape, minutes))
    weights = 2 ** (-middle / CARBON / 2)
    table = np.column_stack(columns) * weights[:, None]
    found = np.linalg.lstsq(table, scan.target * weights, rcond=None)[0]
    rest = found[1] / found[2] - 1
    most = found[1] / (found[2] + found[3]) - 1 if given is not None else rest
    return float(rest), float(most / rest - 1)


def _area(values: FloatArray, minutes: FloatArray) -> FloatArray:
    """Return the running integral up to the middle of each frame."""
    return np.asarray(np.cumsum(values * minutes) - values * minutes / 2)
