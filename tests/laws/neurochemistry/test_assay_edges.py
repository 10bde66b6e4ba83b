"""Plates that are wrong in some way: one clear error, or a result that says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.designed.plates import COMPETITIVE, SANDWICH, Kit, Tube, designed_run

from interbeat.core.errors import DataError
from interbeat.core.plate import Plate, PlateRun, Role, Well, position
from interbeat.neurochemistry.plates.assaying import assay
from interbeat.neurochemistry.plates.found import Assay, Assayed, Reading
from interbeat.neurochemistry.plates.limits_of import SOURCES, limits_of
from interbeat.neurochemistry.plates.replicates import share_bound
from interbeat.neurochemistry.plates.units import concentration_unit

TUBES = (
    Tube("one", 60.0, person="a", time=0.0),
    Tube("two", 90.0, person="a", time=60.0),
    Tube("two", 90.0, dilution=10.0, person="a", time=60.0),
)


def _run(tubes: tuple[Tube, ...] = TUBES, kit: Kit = SANDWICH, plates: int = 1) -> PlateRun:
    return designed_run(tubes, np.random.default_rng(5), kit=kit, plates=plates)


def _with(run: PlateRun, change: Callable[[np.ndarray], None]) -> PlateRun:
    grid = run.plates[0].reads["450"].copy()
    change(grid)
    return replace(run, plates=(Plate("Plate 1", {"450": grid}, "OD"), *run.plates[1:]))


def _put(run: PlateRun, name: str, which: slice, value: float) -> PlateRun:
    places = [position(w.place) for w in run.wells if w.name == name][which]

    def change(grid: np.ndarray) -> None:
        for at in places:
            grid[at] = value

    return _with(run, change)


def _one(found: Assayed, name: str) -> Reading:
    return next(r for r in found.panels[0].readings if r.name == name)


@pytest.mark.parametrize("much", [True, False])
@pytest.mark.parametrize("kit", [SANDWICH, COMPETITIVE])
def test_wells_beyond_the_reader_are_censored_on_the_side_of_their_color(
    kit: Kit, much: bool
) -> None:
    """Much color is much of it, or in a competitive assay little; little color the reverse."""
    side = "above" if much is (kit is SANDWICH) else "below"
    beyond = math.inf if much else -math.inf
    found = assay(_put(_run(kit=kit), "one", slice(None), beyond))
    one = _one(found, "one")
    assert one.censored == side
    assert one.flags[0].startswith(
        "2 of 2 wells " + ("saturated" if much else "fainter than the reader")
    )
    sample = found.samples[0]
    assert sample.censored
    assert sample.bounds == ((one.upper, math.inf) if side == "above" else (0.0, one.lower))


@pytest.mark.parametrize("beyond", [math.inf, -math.inf])
def test_one_well_beyond_the_reader_and_one_within_the_limits_say_nothing(
    beyond: float,
) -> None:
    found = assay(_put(_run(), "one", slice(0, 1), beyond))
    one = _one(found, "one")
    assert one.censored == ""
    assert "some are not: repeat" in one.concentration.reason
    assert np.isnan(one.interval).all()
    assert [s.time for s in found.samples] == [60.0]


def test_one_well_beyond_the_reader_and_one_past_the_limits_are_above() -> None:
    run = _put(_run(), "one", slice(0, 1), math.inf)
    found = assay(_put(run, "one", slice(1, 2), 5.0))
    assert _one(found, "one").censored == "above"


def test_wells_saturated_and_too_faint_at_once_say_nothing() -> None:
    run = _put(_run(), "one", slice(0, 1), math.inf)
    one = _one(assay(_put(run, "one", slice(1, 2), -math.inf)), "one")
    assert (one.censored, one.concentration.n) == ("", 0)


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        ((0.085,), "blank: one well, so"),
        ((0.085, 0.086 - 0.001), "blank: 2 wells that read the same, so"),
        ((0.085, 0.087), ""),
    ],
)
def test_a_blank_whose_error_is_not_known_says_so(reads: tuple[float, ...], said: str) -> None:
    run = _run()
    row = np.full((1, 12), np.nan)
    row[0, : len(reads)] = reads
    grid = np.vstack([run.plates[0].reads["450"], row])
    letter = chr(ord("A") + len(grid) - 1)
    blanks = tuple(Well(f"{letter}{k}", Role.BLANK) for k in range(1, len(reads) + 1))
    plate = Plate("Plate 1", {"450": grid}, "OD")
    (panel,) = assay(replace(run, plates=(plate,), wells=run.wells + blanks)).panels
    assert (panel.blank.se > 1e-4) is (not said)
    assert (panel.blank.se == 0.0) is bool(said)
    assert any(flag.startswith("blank: ") for flag in panel.flags) is bool(said)
    assert any(said in flag for flag in panel.flags) or not said


def test_tubes_without_a_sample_are_named_once_for_one_reason() -> None:
    tubes = tuple(Tube(f"t{k}", 60.0, person="a", time=60.0 * k) for k in range(9))
    run = _run(tubes)
    kept = tuple(w for w in run.wells if w.role is not Role.STANDARD)
    lost = [flag for flag in assay(replace(run, wells=kept)).flags if "no sample" in flag]
    assert lost == [
        "no sample of t0, t1, t2, t3, t4, t5 and 3 more: no standards: the layout names none "
        "with a concentration that was read"
    ]


@pytest.mark.parametrize("name", ["OXT", "Ocytocine", "plasma oxytocin", "OT (pg/mL)"])
def test_oxytocin_is_known_by_its_other_names(name: str) -> None:
    found = assay(replace(_run(), analyte=name, extracted=None))
    assert "samples: extraction not stated" in found.flags
    assert all("extraction not stated" in sample.flags for sample in found.samples)
    assert limits_of(name) == limits_of("oxytocin")
    assert limits_of("protein") == limits_of("insulin") != limits_of("oxytocin")


def test_an_assay_that_quantifies_what_it_does_not_detect_says_so() -> None:
    said = {}
    for seed in range(6):
        run = designed_run(TUBES[:1], np.random.default_rng(seed), kit=COMPETITIVE)
        (panel,) = assay(run).panels
        flagged = any("hardly told from none" in flag for flag in panel.flags)
        said[seed] = flagged, panel.detection.value > panel.lower.value
    assert all(flagged == is_so for flagged, is_so in said.values())
    assert {flagged for flagged, _ in said.values()} == {True, False}


def test_a_well_that_was_not_read_is_left_out_and_flagged() -> None:
    one = _one(assay(_put(_run(), "one", slice(0, 1), math.nan)), "one")
    assert one.concentration.n == 1
    assert one.flags[0] == "1 of 2 wells not read"
    assert math.isnan(one.cv)
    assert math.isnan(one.spread)


def test_a_sample_that_was_not_read_at_all_is_missing_and_no_sample() -> None:
    found = assay(_put(_run(), "one", slice(None), math.nan))
    assert _one(found, "one").concentration.reason == "not read"
    assert [s.time for s in found.samples] == [60.0]
    assert "no sample of one: not read" in found.flags


def test_replicates_that_differ_are_flagged_and_kept() -> None:
    run = _run()
    places = [position(w.place) for w in run.wells if w.name == "one"]
    mean = float(np.mean([run.plates[0].reads["450"][at] for at in places]))
    off = _put(_put(run, "one", slice(0, 1), 0.6 * mean), "one", slice(1, 2), 1.4 * mean)
    how = Assay(weighting="1/y2")  # where the power is estimated, samples tell of it too
    before, after = _one(assay(run, how), "one"), _one(assay(off, how), "one")
    assert after.cv == pytest.approx(0.8 / math.sqrt(2))
    assert "responses of replicates differ: CV 57 %, above 20 %; kept" in after.flags
    assert after.concentration.value == pytest.approx(before.concentration.value)
    assert not before.flags


def test_without_standards_there_is_no_concentration() -> None:
    run = _run(plates=2)
    wells = tuple(
        w for w in run.wells if not (w.role == Role.STANDARD and w.plate == "Plate 1")
    )
    found = assay(replace(run, wells=wells))
    assert found.panels[0].curve.reason.startswith("no standards")
    assert all(r.concentration.reason for r in found.panels[0].readings)
    assert all(math.isnan(r.lower) and not r.censored for r in found.panels[0].readings)
    assert not any(r.concentration.reason for r in found.panels[1].readings[:2])
    assert {s.time for s in found.samples} == {0.0, 60.0}  # of the second plate


def test_standards_of_all_plates_make_one_curve_where_the_run_says_so() -> None:
    run = _run(plates=2)
    wells = tuple(
        w for w in run.wells if not (w.role == Role.STANDARD and w.plate == "Plate 1")
    )
    found = assay(replace(run, wells=wells, shared=True))
    assert found.panels[0].curve is found.panels[1].curve
    assert not found.panels[0].readings[0].concentration.reason
    assert "one curve for all plates, as the file has it" in found.flags


def test_two_standards_are_too_few() -> None:
    run = _run()
    wells = tuple(w for w in run.wells if w.role != Role.STANDARD or w.concentration in (0, 80))
    found = assay(replace(run, wells=wells))
    assert found.panels[0].curve.reason == "2 of 5 concentrations that a 4PL curve needs"
    assert not found.samples
    assert found.precision["intra-assay CV"].reason


def test_shuffled_standards_ask_whether_columns_are_swapped() -> None:
    run = _run()
    swapped = {0.0: 80.0, 5.0: 320.0, 10.0: 5.0, 20.0: 0.0, 40.0: 160.0, 80.0: 10.0}
    swapped |= {160.0: 40.0, 320.0: 20.0}
    wells = tuple(
        replace(w, concentration=swapped[w.concentration]) if w.role == Role.STANDARD else w
        for w in run.wells
    )
    found = assay(replace(run, wells=wells))
    assert "are columns swapped?" in found.panels[0].curve.reason
    assert found.panels[0].flags[0] == found.panels[0].curve.reason
    assert not found.samples


def test_outside_the_standards_nothing_is_extrapolated() -> None:
    tubes = (
        Tube("faint", 0.2, person="a", time=0.0),
        Tube("strong", 900.0, person="a", time=60.0),
    )
    found = assay(_run(tubes))
    faint, strong = found.samples
    panel = found.panels[0]
    assert faint.censored
    assert strong.censored
    assert faint.value == pytest.approx(panel.lower.value)
    assert strong.value == pytest.approx(panel.upper.value)
    assert faint.bounds == (0.0, panel.lower.value)
    assert strong.bounds == (panel.upper.value, math.inf)
    assert [r.concentration.reason[:5] for r in panel.readings] == ["below", "above"]


def test_a_tube_above_at_one_dilution_is_read_at_another() -> None:
    tubes = (
        Tube("t", 2000.0, person="a", time=0.0),
        Tube("t", 2000.0, dilution=20.0, person="a", time=0.0),
    )
    (sample,) = assay(_run(tubes)).samples
    assert not sample.censored
    assert sample.value == pytest.approx(2000, rel=0.2)
    assert sample.upper == 6400
    assert "weighted mean of 1 of 2 readings (1:20)" in sample.flags


def test_a_tube_below_at_every_dilution_is_below_the_least_diluted() -> None:
    tubes = (
        Tube("t", 1.0, person="a", time=0.0),
        Tube("t", 1.0, dilution=10.0, person="a", time=0.0),
    )
    found = assay(_run(tubes))
    (sample,) = found.samples
    assert sample.bounds == (0.0, found.panels[0].lower.value)


def test_a_tube_above_at_one_dilution_and_below_at_the_next_says_both() -> None:
    tubes = (
        Tube("t", 900.0, person="a", time=0.0),
        Tube("t", 900.0, dilution=900.0, person="a", time=0.0),
    )
    (sample,) = assay(_run(tubes)).samples
    assert sample.bounds == (320.0, math.inf)
    assert "above the limits at one dilution, below at another" in sample.flags


def test_the_recovery_of_extraction_divides_samples_and_not_controls() -> None:
    tubes = (*TUBES, Tube("qc", 60.0, role=Role.CONTROL, nominal=60.0))
    before, after = assay(_run(tubes)), assay(_run(tubes), Assay(recovery=0.8))
    for one, other in zip(before.samples, after.samples, strict=True):
        assert other.value == pytest.approx(one.value / 0.8)
        assert other.se == pytest.approx(one.se / 0.8)
        assert other.lower == pytest.approx(one.lower / 0.8)
        assert "divided by the recovery of extraction, 0.8" in other.flags
    controls = [found.panels[0].controls[0].concentration.value for found in (before, after)]
    assert controls[0] == controls[1]


@pytest.mark.parametrize(
    ("extracted", "words"),
    [(True, "extracted"), (False, "unextracted"), (None, "extraction not stated")],
)
def test_extraction_is_said_beside_every_sample_of_oxytocin(
    extracted: bool | None, words: str
) -> None:
    found = assay(replace(_run(), extracted=extracted))
    assert all(words in s.flags and s.extracted is extracted for s in found.samples)
    assert f"samples: {words}" in found.flags
    assert any("love, trust or attachment" in flag for flag in found.flags)
    plain = assay(replace(_run(), analyte="cortisol", extracted=extracted))
    assert all(words not in s.flags for s in plain.samples)


def test_every_limit_names_a_source_that_is_there_and_no_blood_is_brain() -> None:
    for analyte in ("oxytocin", "vasopressin", "cortisol", "amylase", "serotonin", "HVA", "x"):
        limits = limits_of(analyte)
        assert all(source in SOURCES for limit in limits for source in limit.sources)
        assert any("not the brain" in limit.text for limit in limits)
        assert any("not a trait" in limit.text for limit in limits)


def test_an_unknown_unit_is_one_clear_error() -> None:
    with pytest.raises(DataError, match=r"'pg per mL' is no unit .* pg/mL, ng/mL"):
        assay(replace(_run(), unit="pg per mL"))
    assert concentration_unit("\N{GREEK SMALL LETTER MU}g/dl") == "µg/dL"
    assert assay(replace(_run(), unit="pg/ml")).samples[0].unit == "pg/mL"


def test_no_unit_is_allowed_and_flagged() -> None:
    found = assay(replace(_run(), unit=""))
    assert "the unit of the concentrations is not stated" in found.flags
    assert found.samples[0].unit == ""


def test_a_well_that_is_laid_out_twice_is_an_error() -> None:
    run = _run()
    with pytest.raises(DataError, match=r"well A01 of plate 'Plate 1' is in the layout twice"):
        assay(replace(run, wells=(*run.wells, Well("A01", Role.SAMPLE, "x"))))


def test_a_well_off_the_plate_is_an_error() -> None:
    run = _run()
    with pytest.raises(DataError, match=r"well P24 is not on plate 'Plate 1'"):
        assay(replace(run, wells=(*run.wells, Well("P24", Role.SAMPLE, "x"))))


def test_a_layout_of_another_plate_is_an_error() -> None:
    run = _run()
    stranger = Well("B12", Role.SAMPLE, "x", plate="Plate 9")
    with pytest.raises(DataError, match=r"names plate 'Plate 9'; there are Plate 1"):
        assay(replace(run, wells=(*run.wells, stranger)))


def test_several_reads_need_a_choice() -> None:
    run = _run()
    grid = run.plates[0].reads["450"]
    both = replace(run, plates=(Plate("Plate 1", {"450": grid, "620": grid}, "OD"),))
    with pytest.raises(
        DataError, match=r"read several times; say which with read= or --read: '450', '620'"
    ):
        assay(both)
    with pytest.raises(DataError, match=r"no read '570'; possible: '450', '620'"):
        assay(both, Assay(read="570"))


@pytest.mark.parametrize(
    "how", [Assay(recovery=0.0), Assay(recovery=math.nan), Assay(most_cv=0.0)]
)
def test_settings_that_cannot_be_are_errors(how: Assay) -> None:
    with pytest.raises(DataError, match="above 0"):
        assay(_run(), how)


def test_samples_without_person_and_time_join_no_session() -> None:
    found = assay(_run((*TUBES, Tube("nobody", 50.0))))
    assert len(found.samples) == 2
    assert "1 readings name no person and time: they join no session" in found.flags


def test_shares_bound_are_of_a_competitive_assay_only() -> None:
    competitive, sandwich = (assay(_run(kit=kit)).panels[0] for kit in (COMPETITIVE, SANDWICH))
    zero = np.mean(competitive.standards[0].responses)
    assert share_bound(competitive, [zero]) == pytest.approx([1.0])
    assert np.isnan(share_bound(sandwich, [1.0])).all()


def test_a_standard_that_is_far_off_is_flagged() -> None:
    run = _run()
    wells = tuple(
        replace(w, concentration=60.0) if w.concentration == 40 else w for w in run.wells
    )
    panel = assay(replace(run, wells=wells)).panels[0]
    (off,) = [s for s in panel.standards if s.nominal == 60]
    assert any("of what is in it" in flag for flag in off.flags)


def test_an_empty_plate_says_why_it_gives_nothing() -> None:
    grid = np.full((8, 12), np.nan)
    found = assay(PlateRun((Plate("1", {"450": grid}, "OD"),), (Well("A1", Role.SAMPLE, "x"),)))
    assert found.panels[0].curve.reason.startswith("no standards")
    assert not found.samples
    assert found.panels[0].blank.reason == "no blank wells"


def _spoiled(run: PlateRun, rng: np.random.Generator) -> PlateRun:
    """Return a run in which wells are unread, saturated, negative or all the same."""
    plates = []
    for plate in run.plates:
        grid, chance = plate.reads["450"].copy(), rng.random(plate.shape)
        grid[chance < 0.05], grid[chance > 0.95] = np.nan, np.inf
        grid[np.isfinite(grid)] *= rng.choice([1.0, 1.0, 1.0, 1.0, -1.0, 0.0])
        plates.append(Plate(plate.name, {"450": grid}, "OD"))
    return replace(run, plates=tuple(plates), shared=bool(rng.random() < 0.3))


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_on_a_plate_the_answer_is_a_number_or_a_reason(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tubes = [
        Tube(
            f"tube {k}",
            float(np.exp(rng.uniform(-2, 9))),
            role=Role.CONTROL if k > 9 else Role.SAMPLE,
            dilution=float(rng.choice([0.1, 1.0, 10.0])),
            spiked=float(rng.choice([0.0, 0.0, 50.0])),
            person="ab"[k % 2],
            time=float(60 * (k % 4)),
        )
        for k in range(12)
    ]
    run = designed_run(
        tubes,
        rng,
        plates=int(rng.integers(1, 4)),
        replicates=int(rng.integers(1, 4)),
        kit=COMPETITIVE if seed % 2 else SANDWICH,
        reading=float(rng.choice([0.0, 0.01, 0.1, 0.5])),
    )
    how = Assay(shape=str(rng.choice(["4PL", "5PL", "log-logit", "line"])), recovery=0.7)
    found = assay(_spoiled(run, rng), how)
    for sample in found.samples:
        assert sample.censored or sample.lower <= sample.value <= sample.upper
    for panel in found.panels:
        if panel.curve.reason:
            assert all(one.concentration.reason for one in panel.readings)
        for one in (*panel.readings, *panel.controls):
            assert not (one.censored and not one.concentration.reason)
