"""What every tracer model keeps to, whichever it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from interbeat.core.activity import Blood, Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.scans.binding import bind
from interbeat.neurochemistry.scans.bound import Bound
from interbeat.neurochemistry.scans.weights import frame_weights
from interbeat.neurochemistry.tracers._spec import MODELS, Frames, Settings

LASTING = np.array([10.0] * 6 + [20] * 3 + [60] * 8 + [120] * 5 + [300] * 14)  # s
STEP = 1 / 60  # min, of the grid that the truth is made on
K2_PRIME = 0.15
REFERENCE_MODELS = [name for name, model in MODELS.items() if model.needs == "reference"]
BINDING_MODELS = [name for name, model in MODELS.items() if model.outcome == "BP_ND"]


def _grid() -> FloatArray:
    return np.arange(round(LASTING.sum() / 60 / STEP) + 1) * STEP


def _plasma(times: FloatArray) -> FloatArray:
    risen = -np.expm1(-times / 0.3)
    falling = 0.9 * np.exp(-times / 1.5) + 0.1 * np.exp(-times / 40)
    return np.asarray(100 * risen * falling, dtype=np.float64)


def _tissue(inflow: float, outflow: float) -> FloatArray:
    """One tissue compartment, from grid point to grid point, its input straight between."""
    times = _grid()
    plasma, stays = _plasma(times), math.exp(-outflow * STEP)
    level = np.zeros(times.size)
    for k in range(1, times.size):
        came = STEP / 2 * (plasma[k - 1] * stays + plasma[k])
        level[k] = level[k - 1] * stays + inflow * came
    return level


def _means(curve: FloatArray) -> FloatArray:
    times = _grid()
    area = np.concatenate([[0.0], np.cumsum((curve[1:] + curve[:-1]) / 2 * STEP)])
    edges = np.concatenate([[0.0], np.cumsum(LASTING)]) / 60
    return np.asarray(np.diff(np.interp(edges, times, area)) / np.diff(edges))


def _scan() -> Regions:
    """Return a reference, and regions of known BP_ND (their names) and an R1 of 0.9."""
    starts = np.concatenate([[0.0], np.cumsum(LASTING)[:-1]])
    curves = {"cerebellum": _means(_tissue(0.3, K2_PRIME))}
    for bound in (0.5, 2.0):
        curves[f"{bound}"] = _means(_tissue(0.27, 0.9 * K2_PRIME / (1 + bound)))
    return Regions(
        starts, LASTING, curves, "kBq/mL", radionuclide="C11", decay_corrected=True, person="a"
    )


SCAN = _scan()
SECONDS = np.arange(0.0, LASTING.sum() + 1, 5.0)
DRAWN = Blood(
    SECONDS,
    _plasma(SECONDS / 60),
    np.ones(SECONDS.size),
    _plasma(SECONDS / 60),
    "kBq/mL",
)


def _bound(model: str, scan: Regions = SCAN, weighting: str = "equal") -> Bound:
    settings = Settings(t_star=25.0 if "Logan" in model else math.nan, blood_volume=0.0)
    if MODELS[model].needs == "arterial":
        return bind(scan, blood=DRAWN, model=model, settings=settings, weighting=weighting)
    return bind(
        scan, reference="cerebellum", model=model, settings=settings, weighting=weighting
    )


def _outcomes(bound: Bound) -> FloatArray:
    main = _main(bound.model)
    return np.array([bound.regions[name].parameters[main].value for name in ("0.5", "2.0")])


def _main(model: str) -> str:
    """Return what all models with this input give: where nothing is displaced, no change."""
    return "BP_ND" if MODELS[model].needs == "reference" else "V_T"


def _changed(change: Callable[[FloatArray], FloatArray], *names: str) -> Regions:
    curves = {n: change(np.array(v)) if n in names else v for n, v in SCAN.activity.items()}
    return replace(SCAN, activity=curves)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_says_what_it_is_and_where_it_is_from(model: str) -> None:
    told = MODELS[model]
    assert told.title
    assert any(letter.isdigit() for letter in told.source)
    assert told.outcome in _bound(model).regions["2.0"].parameters


@pytest.mark.parametrize("model", BINDING_MODELS)
def test_what_binds_is_found_where_there_is_no_noise(model: str) -> None:
    # k2' is found by the first pass, where the model needs one.
    assert _outcomes(_bound(model)) == pytest.approx([0.5, 2.0], rel=0.005)


@pytest.mark.parametrize("model", REFERENCE_MODELS)
def test_another_unit_of_activity_changes_nothing(model: str) -> None:
    scaled = _changed(lambda values: 1000 * values, *SCAN.activity)
    assert _outcomes(_bound(model, scaled)) == pytest.approx(
        _outcomes(_bound(model)), rel=1e-6, abs=1e-9
    )


@pytest.mark.parametrize("model", BINDING_MODELS)
def test_without_noise_weights_do_not_move_what_is_found(model: str) -> None:
    by_counts = _outcomes(_bound(model, weighting="counts"))
    assert by_counts == pytest.approx(_outcomes(_bound(model)), rel=2e-3)


@pytest.mark.parametrize("model", MODELS)
def test_a_frame_without_a_value_is_left_out_and_told(model: str) -> None:
    def without(values: FloatArray) -> FloatArray:
        values[20] = math.nan
        return values

    bound = _bound(model, _changed(without, "2.0"))
    fit = bound.regions["2.0"]
    assert any("left out: frame 21" in flag for flag in fit.flags)
    assert not fit.used[20]
    assert math.isnan(fit.fitted[20])
    assert fit.fitted.size == LASTING.size
    main = _main(model)
    whole = _bound(model).regions["2.0"].parameters[main]
    assert fit.parameters[main].value == pytest.approx(whole.value, rel=0.02)
    assert fit.parameters[main].quality < whole.quality


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
def test_a_curve_without_activity_has_no_outcome_but_a_reason(model: str, value: float) -> None:
    flat = _changed(lambda values: np.full(values.size, value), "2.0")
    fit = _bound(model, flat).regions["2.0"]
    assert fit.parameters[MODELS[model].outcome].reason
    assert fit.flags


@pytest.mark.parametrize("model", REFERENCE_MODELS)
def test_too_few_frames_have_no_outcome_but_a_reason(model: str) -> None:
    few = Regions(
        SCAN.starts[:2],
        SCAN.durations[:2],
        {name: values[:2] for name, values in SCAN.activity.items()},
        "kBq/mL",
    )
    fit = _bound(model, few).regions["2.0"]
    assert fit.parameters[MODELS[model].outcome].reason


@pytest.mark.parametrize("model", BINDING_MODELS)
def test_a_region_with_the_curve_of_the_reference_does_not_bind(model: str) -> None:
    twin = replace(SCAN, activity={**SCAN.activity, "twin": SCAN.activity["cerebellum"]})
    found = _bound(model, twin).regions["twin"].parameters["BP_ND"]
    assert found.value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("model", BINDING_MODELS)
def test_a_region_that_binds_less_than_the_reference_is_below_zero_and_flagged(
    model: str,
) -> None:
    swapped = replace(
        SCAN, activity={"cerebellum": SCAN.activity["2.0"], "2.0": SCAN.activity["cerebellum"]}
    )
    fit = _bound(model, swapped).regions["2.0"]
    assert fit.parameters["BP_ND"].value == pytest.approx(-2 / 3, abs=0.05)
    assert "BP_ND is below zero" in fit.flags


@pytest.mark.parametrize("model", BINDING_MODELS)
def test_spoiled_curves_give_numbers_or_reasons(model: str) -> None:
    rng = np.random.default_rng(8)
    n = LASTING.size
    for case in range(40):
        target, reference = (np.array(SCAN.activity[name]) for name in ("2.0", "cerebellum"))
        spoiled = (
            rng.standard_normal(n),
            np.eye(n)[rng.integers(n)],
            np.where(rng.random(n) < 0.8, np.nan, target),
            np.exp(np.arange(n)),
            1e-300 * target,
        )
        if case % 2:
            target = spoiled[case // 2 % 5]
        else:
            reference = spoiled[case // 2 % 5]
        scan = replace(
            SCAN,
            activity={"cerebellum": reference, "2.0": target},
            weights={"": rng.random(n) * (rng.random(n) < 0.5)},
        )
        told = Settings(
            t_star=rng.choice([math.nan, 30.0]),
            k2_prime=rng.choice([math.nan, math.inf, -1.0, 0.0, 1e-300, 1e300, 0.1]),
        )
        bound = bind(scan, reference="cerebellum", model=model, settings=told, weighting="file")
        found = bound.regions["2.0"].parameters["BP_ND"]
        assert found.reason or math.isfinite(found.value)


def test_a_reference_that_is_not_there_is_an_error_that_lists_the_regions() -> None:
    with pytest.raises(DataError, match=r"'pons' is not a region.*cerebellum, 0\.5, 2\.0"):
        bind(SCAN, reference="pons")
    with pytest.raises(DataError, match="no reference region is named"):
        bind(SCAN)


def test_a_scan_of_the_reference_alone_is_an_error() -> None:
    alone = replace(SCAN, activity={"cerebellum": SCAN.activity["cerebellum"]})
    with pytest.raises(DataError, match="the only region"):
        bind(alone, reference="cerebellum")


def test_a_model_with_arterial_input_asks_for_blood() -> None:
    with pytest.raises(DataError, match="needs blood"):
        bind(SCAN, model="2TC")


def test_a_weighting_or_a_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DataError, match="possible: equal, duration, counts, file"):
        bind(SCAN, reference="cerebellum", weighting="by eye")
    with pytest.raises(DataError, match="has no weights"):
        bind(SCAN, reference="cerebellum", weighting="file")
    with pytest.raises(DataError, match="tracer model"):
        bind(SCAN, reference="cerebellum", model="by eye")


def test_decay_is_undone_where_the_scanner_did_not() -> None:
    decayed = replace(SCAN, decay_corrected=False)
    curves = {
        name: values * np.exp(-np.log(2) / 1220.41 * SCAN.middles)
        for name, values in SCAN.activity.items()
    }
    bound = _bound("SRTM", replace(decayed, activity=curves))
    assert _outcomes(bound) == pytest.approx([0.5, 2.0], rel=0.01)
    assert any("corrected here for the decay of C11" in flag for flag in bound.flags)
    with pytest.raises(DataError, match="not corrected for decay"):
        _bound("SRTM", replace(decayed, radionuclide=""))


def test_a_scan_that_begins_late_tells_no_integrals() -> None:
    late = replace(SCAN, starts=SCAN.starts + 1200.0)
    found = _bound("SRTM", late).regions["2.0"].parameters["BP_ND"]
    assert "first frame starts 20 min after the injection" in found.reason


def test_the_k2_prime_that_was_taken_is_told() -> None:
    bound = _bound("SRTM2")
    assert bound.regions["2.0"].settings.k2_prime == pytest.approx(K2_PRIME, rel=1e-3)
    assert any("k2' of 0.15 per min: median of SRTM" in flag for flag in bound.flags)


def test_an_implausible_k2_prime_is_flagged() -> None:
    bound = bind(
        SCAN, reference="cerebellum", model="SRTM2", settings=Settings(k2_prime=0.15 * 60)
    )
    assert any("implausible" in flag for flag in bound.regions["2.0"].flags)
    negative = bind(
        SCAN, reference="cerebellum", model="MRTM2", settings=Settings(k2_prime=-0.1)
    )
    assert negative.regions["2.0"].parameters["BP_ND"].reason


def test_logan_chooses_t_star_tells_it_and_can_leave_k2_prime_out() -> None:
    settings = Settings(k2_prime=math.inf)
    bound = bind(SCAN, reference="cerebellum", model="reference Logan", settings=settings)
    fit = bound.regions["2.0"]
    assert 0 < fit.settings.t_star < 60
    assert np.all(SCAN.middles[fit.used] / 60 >= fit.settings.t_star - 1e-9)
    assert fit.settings.k2_prime == math.inf
    off = np.abs(fit.plot["y"] / fit.plot["line"] - 1)[fit.used]
    assert off.max() <= 0.1


def test_too_few_frames_after_t_star_are_flagged_or_missing() -> None:
    for start, told in ((76.0, True), (10_000.0, False)):
        settings = Settings(t_star=start, k2_prime=K2_PRIME)
        bound = bind(SCAN, reference="cerebellum", model="reference Logan", settings=settings)
        fit = bound.regions["2.0"]
        assert any("frames from t* on" in flag for flag in fit.flags)
        assert (fit.parameters["BP_ND"].reason == "") is told


def test_samples_carry_what_was_bound_by_person_and_region() -> None:
    samples = _bound("SRTM").samples
    assert [(s.matrix, s.person, s.analyte) for s in samples] == [
        ("0.5", "a", "BP_ND"),
        ("2.0", "a", "BP_ND"),
    ]
    assert samples[1].value == pytest.approx(2.0, rel=0.005)
    assert _bound("SRTM", replace(SCAN, person="")).samples == ()


def test_weights_by_counts_fall_as_the_radionuclide_decays() -> None:
    starts, same = np.array([0.0, 1220.41]), np.array([60.0, 60.0])
    flat = Regions(starts, same, {"one": same}, "kBq/mL", radionuclide="C11")
    weights, flags = frame_weights(flat, "counts")
    assert weights[1] / weights[0] == pytest.approx(0.5)
    assert flags == ()
    unknown, told = frame_weights(replace(flat, radionuclide=""), "counts")
    assert unknown == pytest.approx([1.0, 1.0])
    assert "leave decay out" in told[0]


def test_frames_are_in_minutes_for_models() -> None:
    frames = Frames(np.array([0.0]), np.array([2.0]))
    assert frames.middles == pytest.approx([1.0])


@pytest.mark.parametrize("model", BINDING_MODELS)
def test_a_pause_is_flagged_and_one_of_a_second_is_not(model: str) -> None:
    kept = np.ones(LASTING.size, dtype=np.bool_)
    kept[24:27] = False  # 15 min
    curves = {name: values[kept] for name, values in SCAN.activity.items()}
    paused = replace(
        SCAN, starts=SCAN.starts[kept], durations=SCAN.durations[kept], activity=curves
    )
    said = _bound(model, paused).regions["2.0"].flags
    start, end = SCAN.starts[24] / 60, SCAN.starts[27] / 60
    assert sum(f"no frame from {start:.4g} to {end:.4g} min" in flag for flag in said) == 1
    short = replace(SCAN, durations=SCAN.durations - 1.0)
    assert not any("no frame" in f for f in _bound(model, short).regions["2.0"].flags)
