"""Laboratory: what an assay reports of the tubes that were filled in a scenario."""

from __future__ import annotations

from collections.abc import Sequence

from interbeat.body.assay import cortisol_kit, oxytocin_kit, run_plates, sampled
from interbeat.body.noise import Streams
from interbeat.body.staging.outfit import Filling
from interbeat.body.truth import CoupleTruth
from interbeat.core.sample import Sample

__all__ = ["found_in"]

KITS = {"oxytocin": oxytocin_kit, "cortisol": cortisol_kit}
LABORATORY = 2  # the first number after those of the two people, whose streams are their own


def found_in(
    fillings: Sequence[Filling], truth: CoupleTruth, *, seed: int
) -> tuple[Sample, ...]:
    """Return what the laboratory reports, in order of time.

    Parameters
    ----------
    fillings : sequence of Filling
        Tubes.
    truth : CoupleTruth
        What was in the bodies.
    seed : int
        Of the simulation.
    """
    found: list[Sample] = []
    for k, (analyte, kit) in enumerate(KITS.items()):
        tubes = [
            tube
            for one in fillings
            if one.analyte == analyte
            for tube in sampled(
                getattr(truth[one.person], f"{analyte}_{one.matrix}"),
                [one.time],
                analyte=analyte,
                matrix=one.matrix,
                seconds=one.seconds,
            )
        ]
        if tubes:
            plates = run_plates(tubes, kit(), streams=Streams(seed, LABORATORY + k))
            found += [sample for plate in plates for sample in plate.samples]
    return tuple(sorted(found, key=lambda sample: (sample.time, sample.person)))
