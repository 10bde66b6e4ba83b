"""What an assay says of plates whose contents are known."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.designed.plates import COMPETITIVE, SANDWICH, Kit, Tube, designed_run

from interbeat.core.estimate import Estimate
from interbeat.core.plate import Role
from interbeat.neurochemistry.plates._components import components
from interbeat.neurochemistry.plates.assaying import assay
from interbeat.neurochemistry.plates.bootstrapped import bootstrapped
from interbeat.neurochemistry.plates.found import Assay

PIPETTING, TUBES_CV, PLATES_CV = 0.08, 0.05, 0.10
CONTROLS = [
    Tube(f"control {x:g}", x, role=Role.CONTROL, nominal=x) for x in (30.0, 60.0, 120.0)
]


def _cv(variance: float) -> float:
    return math.sqrt(math.expm1(variance))


@pytest.mark.parametrize("kit", [SANDWICH, COMPETITIVE])
def test_intervals_of_concentrations_hold_the_truth_in_19_of_20(kit: Kit) -> None:
    inside, errors = [], []
    for seed in range(80):
        rng = np.random.default_rng(seed + 7000)
        amounts = np.exp(rng.uniform(math.log(15), math.log(220), 12))
        tubes = [Tube(str(k), float(amount)) for k, amount in enumerate(amounts)]
        for one in assay(designed_run(tubes, rng, kit=kit)).panels[0].readings:
            if not one.concentration.reason:
                truth = amounts[int(one.name)]
                inside.append(one.interval[0] <= truth <= one.interval[1])
                errors.append(one.concentration.value / truth - 1)
    assert 0.93 <= np.mean(inside) <= 0.97  # 80 plates: one standard error is 0.009
    assert abs(np.median(errors)) < 0.01


def test_delta_and_bootstrap_agree() -> None:
    rng = np.random.default_rng(11)
    tubes = [Tube(str(k), float(x)) for k, x in enumerate(np.geomspace(15, 220, 20))]
    found = bootstrapped(assay(designed_run(tubes, rng)), draws=400, seed=2)
    ratios = [r.bootstrap / r.concentration.se for r in found.panels[0].readings]
    assert np.median(ratios) == pytest.approx(1.0, abs=0.05)
    assert np.all(np.abs(np.log(ratios)) < 0.3)


@cache
def _precisions(plates: int, seeds: int) -> dict[str, list[Estimate]]:
    found: dict[str, list[Estimate]] = {}
    for seed in range(seeds):
        run = designed_run(
            CONTROLS, np.random.default_rng(1000 + seed), plates=plates, reading=0.001,
            pipetting=PIPETTING, tube_cv=TUBES_CV, plate_cv=PLATES_CV,
        )  # fmt: skip
        for name, value in assay(run).precision.items():
            found.setdefault(name, []).append(value)
    return found


TRUTH = {
    "intra-assay CV": _cv(PIPETTING**2),
    "inter-assay CV": _cv(PIPETTING**2 / 2 + TUBES_CV**2 + PLATES_CV**2),
    "plate effect": _cv(PLATES_CV**2),
}


def test_cvs_within_and_between_plates_are_what_was_put_in() -> None:
    found = _precisions(6, 14)
    for name, true in TRUTH.items():
        root = math.sqrt(np.mean([one.value**2 for one in found[name]]))
        assert root == pytest.approx(true, rel=0.2), name  # 70 degrees of freedom: 0.085
        within = np.mean([abs(one.value - true) < 2 * one.se for one in found[name]])
        assert within >= 0.75, name
    assert np.mean([one.value < 0.05 for one in found["p of equal plates"]]) > 0.6


def test_components_of_variance_are_unbiased_and_know_how_far_they_are_off() -> None:
    truth = np.array([PLATES_CV, TUBES_CV, PIPETTING]) ** 2
    plate, tube = (x.ravel() for x in np.mgrid[:8, :4, :2][:2])
    cell = plate * 4 + tube
    found, scores = [], []
    for seed in range(250):
        rng = np.random.default_rng(seed)
        logs = tube + PLATES_CV * rng.standard_normal(8)[plate]
        logs += TUBES_CV * rng.standard_normal(32)[cell] + PIPETTING * rng.standard_normal(64)
        one = components(logs, tube, {"plate": plate, "cell": cell})
        found.append(one.variances)
        scores.append((one.variances - truth) / np.sqrt(np.diag(one.covariance)))
    np.testing.assert_allclose(np.mean(found, axis=0), truth, rtol=0.1)
    assert np.all(np.mean(np.abs(scores), axis=0) < 1.1)  # 0.8 where they are normal
    assert np.all(np.mean(np.abs(scores) < 2, axis=0) > 0.85)


def test_plates_that_do_not_differ_are_not_said_to() -> None:
    same = []
    for seed in range(40):
        run = designed_run(
            CONTROLS, np.random.default_rng(seed), plates=3, reading=0.001,
            pipetting=PIPETTING, tube_cv=TUBES_CV,
        )  # fmt: skip
        same.append(assay(run).precision["p of equal plates"].value < 0.05)
    assert np.mean(same) <= 0.125


def test_a_plate_that_reads_high_is_said_to_be_shifted_by_so_much() -> None:
    rng = np.random.default_rng(3)
    run = designed_run(CONTROLS, rng, plates=4, reading=0.002, pipetting=0.02)
    high = designed_run(
        [Tube(c.name, c.amount * 1.3, role=c.role, nominal=c.nominal) for c in CONTROLS],
        rng, reading=0.002, pipetting=0.02,
    )  # fmt: skip
    third = replace(high.plates[0], name="Plate 3")
    plates = (*run.plates[:2], third, run.plates[3])
    found = assay(replace(run, plates=plates))
    shift = found.precision["shift of Plate 3"]
    assert shift.value == pytest.approx(1.3**0.75 - 1, abs=3 * shift.se)
    assert any(flag.startswith("plates differ by a CV of") for flag in found.flags)


def test_duplicates_alone_tell_whether_one_control_is_shifted() -> None:
    run = designed_run(
        CONTROLS[:1], np.random.default_rng(2), plates=3, pipetting=0.05, plate_cv=0.5
    )
    found = assay(run).precision
    assert found["p of equal plates"].value < 0.05
    assert found["plate effect"].value > 0.2


def test_one_plate_has_no_precision_between_plates() -> None:
    found = assay(designed_run(CONTROLS, np.random.default_rng(1))).precision
    assert found["inter-assay CV"].reason == "there is one plate"
    strangers = [Tube("x", 50.0)], [Tube("y", 50.0)]
    rng = np.random.default_rng(1)
    first, second = (designed_run(tubes, rng, plates=1) for tubes in strangers)
    both = replace(
        first,
        plates=(*first.plates, replace(second.plates[0], name="Plate 2")),
        wells=(*first.wells, *(replace(w, plate="Plate 2") for w in second.wells)),
    )
    reason = assay(both).precision["inter-assay CV"].reason
    assert reason == "no sample or control is within the limits on more than one plate"


MATRIX = 0.85  # share of what is added that the antibody sees in this matrix


def _diluted(bend: float = 1.0) -> list[Tube]:
    """Return a tube in four dilutions, whose strength goes with a power of the dilution."""
    tubes = [
        Tube("s", 200.0 * d ** (1 - bend), dilution=d) for d in (1.0, 2.0, 4.0, 8.0)
    ]  # in the well: 200 * d ** -bend
    return [*tubes, Tube("s", 200.0, dilution=4.0, spiked=200.0)]


def test_dilution_spike_and_parallelism_are_one_where_the_matrix_does_nothing() -> None:
    scores: dict[str, list[float]] = {"dilution": [], "spike": [], "parallelism": []}
    for seed in range(40):
        run = designed_run(_diluted(), np.random.default_rng(5000 + seed), replicates=3)
        found = assay(run)
        for name, known in scores.items():
            known += [
                (one.value - 1) / one.se
                for one in getattr(found, name).values()
                if not one.reason
            ]
    for name, known in scores.items():
        assert abs(np.mean(known)) < 0.35, name
        assert 0.8 < np.std(known) < 1.35, name


def test_a_matrix_that_hides_what_is_added_is_seen() -> None:
    plain = Tube("s", 200.0, dilution=4.0)
    spiked = Tube("s", 200.0 - (1 - MATRIX) * 400, dilution=4.0, spiked=400.0)
    run = designed_run([plain, spiked], np.random.default_rng(6), reading=0.005)
    (share,) = assay(run).spike.values()
    assert share.value == pytest.approx(MATRIX, abs=3 * share.se)
    assert share.interval[1] < 1


def test_a_sample_that_is_not_parallel_is_seen() -> None:
    run = designed_run(_diluted(bend=0.8), np.random.default_rng(8), reading=0.01)
    found = assay(run)
    slope = found.parallelism["s"]
    assert slope.value == pytest.approx(0.8, abs=3 * slope.se)
    assert slope.interval[1] < 1
    last = found.dilution["s, 1:8"]
    assert last.value == pytest.approx(8**0.2, abs=3 * last.se)


def test_what_is_outside_the_limits_has_no_recovery_and_says_so() -> None:
    tubes = [Tube("s", 200.0, dilution=d) for d in (1.0, 4.0, 400.0)]
    tubes += [
        Tube("faint", 0.1),
        Tube("faint", 0.1, spiked=50.0),
        Tube("bare", 9.0, spiked=9.0),
    ]
    found = assay(designed_run(tubes, np.random.default_rng(9)))
    assert found.dilution["s, 1:400"].reason == "below the limits at 1:400"
    assert found.parallelism["s"].reason == "2 of 3 dilutions are within the limits"
    assert found.spike["faint + 50"].reason == "the unspiked one: below the limits at 1:1"
    assert found.spike["bare + 9"].reason == "it was not read unspiked at 1:1"


def test_extraction_that_kept_a_share_is_undone() -> None:
    tubes = [Tube("t", 60.0 * 0.7, person="a", time=0.0)]
    run = designed_run(tubes, np.random.default_rng(10), reading=0.01)
    (sample,) = assay(run, Assay(recovery=0.7)).samples
    assert sample.value == pytest.approx(60.0, abs=4 * sample.se)


def test_several_dilutions_of_a_tube_have_the_standard_error_that_they_scatter_by() -> None:
    scores = []
    for seed in range(40):
        tubes = [Tube("t", 150.0, dilution=d, person="a", time=0.0) for d in (1.0, 2.0, 5.0)]
        (sample,) = assay(designed_run(tubes, np.random.default_rng(seed))).samples
        scores.append((sample.value - 150.0) / sample.se)
    assert abs(np.mean(scores)) < 0.4
    assert 0.8 < np.std(scores) < 1.35
