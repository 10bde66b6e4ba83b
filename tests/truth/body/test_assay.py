"""Plates say what was in the tubes, as far as pipettes, readers and limits let them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from interbeat.body.assay import (
    Kit,
    Plate,
    Tube,
    cortisol_kit,
    oxytocin_kit,
    run_plates,
    sampled,
)
from interbeat.body.noise import Streams
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal

PERFECT = replace(
    cortisol_kit(), pipetting=0.0, reading=0.0, least_reading=0.0, calibration=0.0, vigor=0.0,
    slant=0.0, edge=0.0,
)  # fmt: skip
INSIDE = (0.6, 1.5, 4.0, 9.0, 25.0, 70.0, 115.0)  # nmol/L


def tubes(amounts: Sequence[float]) -> list[Tube]:
    return [
        Tube("cortisol", "saliva", "a", "nmol/L", 60.0 * k, amount)
        for k, amount in enumerate(amounts)
    ]


def plate(amounts: Sequence[float], kit: Kit, seed: int = 1) -> Plate:
    return run_plates(tubes(amounts), kit, streams=Streams(seed, 2))[0]


def reported(amounts: Sequence[float], kit: Kit, seed: int = 1) -> FloatArray:
    return np.array([sample.value for sample in plate(amounts, kit, seed).samples])


def test_a_perfect_laboratory_reports_what_is_there() -> None:
    np.testing.assert_allclose(reported(INSIDE, PERFECT), INSIDE, rtol=1e-5)
    assert max(sample.spread for sample in plate(INSIDE, PERFECT).samples) < 1e-6


def test_the_density_of_a_well_is_the_curve_with_four_parameters() -> None:
    kit, found = PERFECT, plate(INSIDE, PERFECT)
    expected = kit.background + kit.bottom
    expected += (kit.top - kit.bottom) / (1 + (4.0 / kit.middle) ** kit.slope)
    wells = np.array(found.layout) == "sample 3"
    np.testing.assert_allclose(found.density[wells], expected)


def test_a_plate_has_blanks_standards_and_pairs() -> None:
    found = plate([5.0] * 39, cortisol_kit())
    names, counts = np.unique(np.array(found.layout), return_counts=True)
    assert names.size == 1 + 8 + 39
    assert set(counts.tolist()) == {2}
    assert all(row[k] == row[k + 1] for row in found.layout for k in range(0, 12, 2))
    assert np.isfinite(found.density).all()


def test_more_standard_means_less_color() -> None:
    found = plate([5.0], PERFECT)
    names = np.array(found.layout)
    colors = [found.density[names == f"standard {k}"].mean() for k in range(8)]
    assert (np.diff(colors) < 0).all()
    assert found.density[names == "blank"].mean() < colors[-1]
    assert np.isnan(found.density[names == ""]).all()


def test_a_fortieth_sample_needs_a_second_plate() -> None:
    plates = run_plates(tubes([5.0] * 40), cortisol_kit(), streams=Streams(1, 2))
    assert [len(one.samples) for one in plates] == [39, 1]
    assert [one.samples[0].time for one in plates] == [0.0, 39 * 60.0]


def test_duplicates_differ_by_the_pipettes() -> None:
    kit = replace(PERFECT, pipetting=0.10)
    within = [
        (sample.spread / sample.value) ** 2
        for seed in range(40)
        for sample in plate([9.0] * 30, kit, seed).samples
    ]
    assert np.sqrt(np.mean(within)) == pytest.approx(0.10, rel=0.06)


def test_real_kits_repeat_to_8_to_15_percent_where_they_measure() -> None:
    for kit, amount in ((cortisol_kit(), 5.0), (oxytocin_kit(), 5.0)):
        within = [
            (sample.spread / sample.value) ** 2
            for seed in range(20)
            for sample in plate([amount] * 39, kit, seed).samples
        ]
        assert 0.08 < np.sqrt(np.mean(within)) < 0.15


def test_what_is_below_the_lowest_standard_is_censored_and_not_zeroed_or_dropped() -> None:
    samples = plate([0.1, 5.0, 400.0], cortisol_kit()).samples
    assert [sample.censored for sample in samples] == [True, False, True]
    assert samples[0].bounds == (0.0, 0.5)
    assert samples[2].bounds[0] == pytest.approx(0.5 * 2.5**6)


def test_an_empty_tube_is_below_the_limit() -> None:
    assert plate([0.0], cortisol_kit()).samples[0].censored


def test_color_of_a_whole_plate_cancels_against_its_standards() -> None:
    np.testing.assert_allclose(reported(INSIDE, replace(PERFECT, vigor=0.3)), INSIDE, rtol=1e-4)


def test_standards_that_are_off_move_all_samples_of_a_plate_together() -> None:
    kit = replace(PERFECT, calibration=0.2)
    ratios = np.array([reported(INSIDE, kit, seed) / INSIDE for seed in range(60)])
    np.testing.assert_allclose(ratios, ratios[:, :1] * np.ones(len(INSIDE)), rtol=1e-4)
    assert np.log(ratios[:, 0]).std() == pytest.approx(0.2, rel=0.3)


def test_what_extraction_loses_is_not_corrected_and_what_it_concentrates_is() -> None:
    lost = replace(PERFECT, recovery=0.5)
    np.testing.assert_allclose(reported(INSIDE[2:], lost), np.array(INSIDE[2:]) / 2, rtol=1e-4)
    tenfold = replace(PERFECT, concentrated=10.0)
    np.testing.assert_allclose(reported((0.06, 1.0), tenfold), (0.06, 1.0), rtol=1e-4)
    assert plate([1.0], tenfold).samples[0].lower == pytest.approx(0.05)


def test_edges_and_slants_of_a_plate_make_samples_differ() -> None:
    kit = replace(PERFECT, slant=0.03, edge=0.03)
    values = reported([9.0] * 39, kit)
    assert 0.01 < values.std() / values.mean() < 0.2


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, same, other = (plate(INSIDE, cortisol_kit(), seed) for seed in (5, 5, 6))
    assert one.density.tobytes() == same.density.tobytes()
    assert one.samples == same.samples
    assert one.density.tobytes() != other.density.tobytes()


def test_a_tube_holds_the_mean_of_what_flowed_in() -> None:
    truth = Signal(np.arange(100.0), 1.0, "nmol/L", "b", 0.0)
    (tube,) = sampled(truth, [10], analyte="cortisol", matrix="saliva", seconds=5)
    assert tube.concentration == pytest.approx(12.0)
    assert (tube.person, tube.unit, tube.time) == ("b", "nmol/L", 10.0)


@pytest.mark.parametrize(("time", "seconds"), [(-1, 5), (97, 5), (10, 0), (200, 5)])
def test_a_tube_outside_the_session_is_refused(time: float, seconds: float) -> None:
    truth = Signal(np.arange(100.0), 1.0, "nmol/L", "b", 0.0)
    with pytest.raises(DataError, match=r"0 to 100 s"):
        sampled(truth, [time], analyte="cortisol", matrix="saliva", seconds=seconds)


def test_tubes_of_two_kinds_or_none_are_refused() -> None:
    mixed = [*tubes([5.0]), Tube("oxytocin", "saliva", "a", "pg/mL", 0.0, 7.0)]
    for wrong in (mixed, []):
        with pytest.raises(DataError, match="one analyte"):
            run_plates(wrong, cortisol_kit(), streams=Streams(1, 2))


def test_the_same_analyte_in_two_units_is_refused() -> None:
    mixed = [*tubes([5.0]), tubes([5.0])[0]._replace(unit="µg/dL")]
    with pytest.raises(DataError, match="one unit"):
        run_plates(mixed, cortisol_kit(), streams=Streams(1, 2))


@pytest.mark.parametrize("amount", [np.nan, np.inf, -1.0])
def test_a_tube_that_holds_no_concentration_is_refused(amount: float) -> None:
    wrong = Tube("cortisol", "saliva", "a", "nmol/L", 0.0, amount)
    with pytest.raises(DataError, match="a number from 0 up"):
        run_plates([wrong], cortisol_kit(), streams=Streams(1, 2))


def test_duplicates_off_the_curve_have_no_spread() -> None:
    """Both are held at one end: that they agree there says nothing."""
    tubes = [Tube("cortisol", "saliva", "a", "nmol/L", 0.0, amount) for amount in (8.0, 1e9)]
    inside, beyond = run_plates(tubes, cortisol_kit(), streams=Streams(1, 2))[0].samples
    assert inside.spread > 0
    assert np.isnan(beyond.spread)
    assert beyond.censored
