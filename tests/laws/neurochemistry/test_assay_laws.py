"""What holds of any assay, whatever is on its plates."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.designed.plates import COMPETITIVE, SANDWICH, Kit, Tube, designed_run, run_of_body

from interbeat.body.assay import Kit as BodyKit
from interbeat.body.assay import Tube as BodyTube
from interbeat.body.assay import cortisol_kit, oxytocin_kit, run_plates
from interbeat.body.noise import Streams
from interbeat.core.plate import Plate, PlateRun, Role, Well, place, position
from interbeat.core.sample import Sample
from interbeat.neurochemistry.plates.assaying import assay
from interbeat.neurochemistry.plates.bootstrapped import bootstrapped
from interbeat.neurochemistry.plates.found import Assay, Assayed, Reading

TUBES = (
    Tube("low", 12.0, person="a", time=0.0),
    Tube("middle", 60.0, person="a", time=600.0),
    Tube("high", 240.0, person="b", time=0.0),
    Tube("high", 240.0, dilution=4.0, person="b", time=0.0),
    Tube("high", 240.0, dilution=4.0, spiked=120.0, person="b", time=0.0),
    Tube("faint", 0.5, person="b", time=600.0),
    Tube("strong", 4000.0, person="b", time=1200.0),
    Tube("control", 90.0, role=Role.CONTROL, nominal=90.0),
)


def _run(plates: int = 1, kit: Kit = SANDWICH, seed: int = 1) -> PlateRun:
    return designed_run(TUBES, np.random.default_rng(seed), plates=plates, kit=kit)


def _by_name(found: Assayed, plate: int = 0) -> dict[tuple[str, float, float], Reading]:
    panel = found.panels[plate]
    return {(r.name, r.dilution, r.spiked): r for r in (*panel.readings, *panel.controls)}


def _numbers(one: Reading) -> list[float]:
    return [
        one.concentration.value,
        one.concentration.se,
        *one.interval,
        one.lower,
        one.upper,
        one.spread,
        one.cv,
    ]


def _same(one: Reading, other: Reading, factor: float = 1.0) -> None:
    first = np.array(_numbers(one)) * [*[factor] * 7, 1.0]
    np.testing.assert_allclose(first, _numbers(other), rtol=1e-5)
    assert one.censored == other.censored


@pytest.mark.parametrize("kit", [SANDWICH, COMPETITIVE])
def test_moving_the_contents_of_wells_changes_nothing(kit: Kit) -> None:
    run = _run(kit=kit)
    grid = run.plates[0].reads["450"]
    rng = np.random.default_rng(7)
    order = rng.permutation(grid.size)
    moved = np.full(grid.shape, np.nan)
    moved.ravel()[order] = grid.ravel()
    columns = grid.shape[1]

    def there(well: Well) -> Well:
        row, column = position(well.place)
        new = int(order[row * columns + column])
        return replace(well, place=place(*divmod(new, columns)))

    wells = tuple(there(run.wells[k]) for k in rng.permutation(len(run.wells)))
    other = replace(run, plates=(Plate("Plate 1", {"450": moved}, "OD"),), wells=wells)
    before, after = _by_name(assay(run)), _by_name(assay(other))
    assert before.keys() == after.keys()
    for key, one in before.items():
        _same(one, after[key])


def test_the_order_of_the_layout_does_not_even_change_the_order_of_the_results() -> None:
    run = _run()
    turned = replace(run, wells=run.wells[::-1])
    assert [r.name for r in assay(run).panels[0].readings] == [
        r.name for r in assay(turned).panels[0].readings
    ]


@pytest.mark.parametrize("kit", [SANDWICH, COMPETITIVE])
def test_a_larger_unit_of_the_standards_scales_every_concentration(kit: Kit) -> None:
    run = _run(kit=kit)
    wells = tuple(
        replace(w, concentration=w.concentration * 250, spiked=w.spiked * 250)
        for w in run.wells
    )
    before, after = assay(run), assay(replace(run, wells=wells))
    for (name, dilution, spiked), one in _by_name(before).items():
        _same(one, _by_name(after)[name, dilution, spiked * 250], 250.0)
    for small, large in zip(before.samples, after.samples, strict=True):
        assert large.value == pytest.approx(250 * small.value, rel=1e-5)
        assert large.censored == small.censored
    (before_share,), (after_share,) = before.spike.values(), after.spike.values()
    assert after_share.value == pytest.approx(before_share.value, rel=1e-5)
    assert after.precision["intra-assay CV"].value == pytest.approx(
        before.precision["intra-assay CV"].value, rel=1e-5
    )


def test_a_reader_with_another_gain_gives_the_same_concentrations() -> None:
    run = _run()
    bright = Plate("Plate 1", {"450": run.plates[0].reads["450"] * 1000}, "RLU")
    for key, one in _by_name(assay(run)).items():
        _same(one, _by_name(assay(replace(run, plates=(bright,))))[key])


def test_another_plate_changes_nothing_on_this_one() -> None:
    three = _run(plates=3)
    one = replace(
        three,
        plates=three.plates[:1],
        wells=tuple(w for w in three.wells if w.plate == "Plate 1"),
    )
    before, after = _by_name(assay(one)), _by_name(assay(three))
    for key in before:
        assert _numbers(before[key]) == pytest.approx(
            _numbers(after[key]), rel=1e-12, nan_ok=True
        )


def test_blank_and_reference_are_taken_off() -> None:
    run = _run()
    grid = run.plates[0].reads["450"]
    scratched = np.random.default_rng(3).uniform(0.03, 0.2, grid.shape)
    grids = {"450": np.vstack([grid + scratched + 0.3, np.full((1, 12), 0.3)])}
    grids["620"] = np.vstack([scratched, np.zeros((1, 12))])
    blanks = tuple(Well(f"D{k}", Role.BLANK, plate="Plate 1") for k in (1, 2, 3))
    dirty = replace(run, plates=(Plate("Plate 1", grids, "OD"),), wells=(*run.wells, *blanks))
    found = assay(dirty, Assay(read="450", reference="620"))
    assert found.panels[0].blank.value == pytest.approx(0.3)
    for key, one in _by_name(assay(run)).items():
        _same(one, _by_name(found)[key])


def test_what_binds_without_antibody_is_taken_off_after_the_blank() -> None:
    run = _run(kit=COMPETITIVE)
    grid = run.plates[0].reads["450"]
    more = np.vstack([grid, [0.05] * 3 + [0.09] * 3 + [np.nan] * 6])
    extra = [Well(f"D{k}", Role.BLANK) for k in (1, 2, 3)]
    extra += [Well(f"D{k}", Role.NONSPECIFIC) for k in (4, 5, 6)]
    panel = assay(
        replace(
            run, plates=(Plate("Plate 1", {"450": more}, "OD"),), wells=(*run.wells, *extra)
        )
    ).panels[0]
    assert panel.nonspecific.value == pytest.approx(0.04)
    assert panel.standards[0].responses[0] == pytest.approx(grid[0, 0] - 0.09)


def _body(kit: BodyKit, analyte: str, unit: str, seed: int) -> PlateRun:
    rng = np.random.default_rng(seed)
    amounts = np.exp(rng.normal(np.log(kit.middle / kit.concentrated) - 0.5, 1.5, 60))
    tubes = [
        BodyTube(analyte, "saliva", "ab"[k % 2], unit, 60.0 * k, float(amount))
        for k, amount in enumerate(amounts)
    ]
    return run_of_body(run_plates(tubes, kit, streams=Streams(seed, 2)))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("analyte", ["cortisol", "oxytocin"])
def test_every_sample_is_within_its_limits_or_censored_and_every_number_has_a_reason(
    analyte: str, seed: int
) -> None:
    kit, unit = (
        (cortisol_kit(), "nmol/L") if analyte == "cortisol" else (oxytocin_kit(), "pg/mL")
    )
    found = assay(_body(kit, analyte, unit, seed))
    assert len(found.samples) == 60
    assert any(s.censored for s in found.samples)
    for sample in found.samples:
        assert sample.censored or sample.lower <= sample.value <= sample.upper
        assert sample.censored == math.isnan(sample.se)
        assert (analyte == "oxytocin") == ("extraction not stated" in sample.flags)
    for panel in found.panels:
        for one in panel.readings:
            assert math.isfinite(one.lower)
            assert math.isfinite(one.upper)
            assert bool(one.concentration.reason) == math.isnan(one.concentration.value)
            assert bool(one.censored) == bool(one.concentration.reason)
            assert np.isfinite(one.responses).all()


def test_a_run_twice_is_the_same_to_the_last_bit() -> None:
    one, other = (bootstrapped(assay(_run()), draws=20, seed=4) for _ in range(2))
    assert one.samples == other.samples
    assert [r.bootstrap for r in one.panels[0].readings] == pytest.approx(
        [r.bootstrap for r in other.panels[0].readings], rel=0, abs=0, nan_ok=True
    )


def test_dilutions_of_a_tube_give_one_sample_between_them() -> None:
    found = assay(_run())
    reads = [r for r in found.panels[0].readings if r.name == "high" and not r.spiked]
    (sample,) = [s for s in found.samples if s.person == "b" and s.time == 0]
    values = sorted(r.concentration.value for r in reads)
    assert values[0] <= sample.value <= values[1]
    assert sample.se < min(r.concentration.se for r in reads)
    assert any("weighted mean of 2 of 2 readings (1:1, 1:4)" in flag for flag in sample.flags)


def _sample_of(run: PlateRun) -> Sample:
    (sample,) = assay(run).samples
    return sample


def test_two_dilutions_that_hardly_differ_are_one_with_twice_the_wells() -> None:
    tube = Tube("t", 60.0, person="a", time=0.0)
    whole = designed_run([tube], np.random.default_rng(2), replicates=12, reading=0.02)
    first = [w.place for w in whole.wells if w.role == Role.SAMPLE][:6]
    halves = tuple(
        replace(w, dilution=1 + 1e-9) if w.place in first else w for w in whole.wells
    )
    one, two = _sample_of(whole), _sample_of(replace(whole, wells=halves))
    assert two.value == pytest.approx(one.value, rel=1e-3)
    assert two.se == pytest.approx(one.se, rel=0.02)  # the curve's error does not average out


def test_a_tube_on_two_plates_has_two_independent_readings() -> None:
    tube = Tube("t", 60.0, person="a", time=0.0)
    found = assay(designed_run([tube], np.random.default_rng(3), plates=2))
    (sample,) = found.samples
    reads = [panel.readings[0].concentration for panel in found.panels]
    relative = np.array([one.se / one.value for one in reads])
    weights = relative**-2 / np.sum(relative**-2.0)
    parts = weights * [one.value for one in reads]
    assert sample.value == pytest.approx(float(parts.sum()))
    assert sample.se == pytest.approx(math.sqrt(float(np.sum((parts * relative) ** 2))))
    assert "weighted mean of 2 of 2 readings (1:1, 1:1)" in sample.flags


def test_limits_are_those_of_samples_with_so_many_wells() -> None:
    tube = Tube("t", 60.0)
    many = designed_run([tube], np.random.default_rng(4), replicates=12, reading=0.1)
    last = [w for w in many.wells if w.role == Role.SAMPLE][1:]
    single = replace(many, wells=tuple(w for w in many.wells if w not in last))
    few_wells, many_wells = (assay(run).panels[0].lower.value for run in (single, many))
    assert many_wells < few_wells


def test_a_diluted_reading_is_bootstrapped_in_its_own_unit() -> None:
    tubes = [Tube("t", 60.0, dilution=d) for d in (1.0, 2.0)]
    found = bootstrapped(
        assay(designed_run(tubes, np.random.default_rng(5))), draws=200, seed=1
    )
    for one in found.panels[0].readings:
        assert one.bootstrap == pytest.approx(one.concentration.se, rel=0.25)
