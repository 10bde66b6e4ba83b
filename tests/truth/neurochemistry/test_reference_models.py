"""Reference models on scans of known truth: what is found, how far off, how sure."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from interbeat.body.noise import Streams
from interbeat.body.tracer import Ligand, Scan, scanned
from interbeat.core.activity import Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.scans.binding import bind
from interbeat.neurochemistry.scans.images import bind_image
from interbeat.neurochemistry.tracers._frames import convolved, course
from interbeat.neurochemistry.tracers._spec import MODELS, Frames, Settings

MODELS_OF_BINDING = [name for name, model in MODELS.items() if model.outcome == "BP_ND"]
FINE = [10.0] * 6 + [20.0] * 3 + [30.0] * 4 + [60.0] * 7 + [120.0] * 5 + [300.0] * 14
COARSE = [60.0] * 5 + [300.0] * 11
LIGANDS = (
    Ligand(),
    Ligand(binding=0.5),
    Ligand(delivery=1.2, washout=0.08, binding=1.5),
    Ligand(binding=0.05),
)
LONG = os.environ.get("INTERBEAT_LONG") == "1"


def _regions(scan: Scan, *, noisy: bool) -> Regions:
    target, reference = (
        (scan.target, scan.reference) if noisy else (scan.true_target, scan.true_reference)
    )
    return Regions(
        scan.starts,
        scan.durations,
        {"target": target, "reference": reference},
        "kBq/mL",
        radionuclide="C11",
        decay_corrected=True,
    )


def _settings(model: str, ligand: Ligand) -> Settings:
    start = 30.0 if "Logan" in model else np.nan
    return Settings(t_star=start, k2_prime=ligand.washout / ligand.delivery)


@pytest.mark.parametrize("model", MODELS_OF_BINDING)
@pytest.mark.parametrize("ligand", LIGANDS)
@pytest.mark.parametrize("frames", [FINE, COARSE], ids=["fine", "coarse"])
def test_without_noise_the_truth_is_found_to_a_thousandth(
    model: str, ligand: Ligand, frames: list[float]
) -> None:
    scan = _regions(scanned(ligand, frames, streams=Streams(1, 0)), noisy=False)
    settings = _settings(model, ligand)
    fit = bind(scan, reference="reference", model=model, settings=settings).regions["target"]
    found = fit.parameters["BP_ND"]
    assert found.value == pytest.approx(ligand.binding, rel=1e-3)
    assert fit.fitted[fit.used] == pytest.approx(scan.activity["target"][fit.used], rel=0.02)


def _repeated(model: str, ligand: Ligand, times: int) -> tuple[FloatArray, FloatArray]:
    """Return values and standard errors of BP_ND from scans that differ in noise alone."""
    found = []
    settings = _settings(model, ligand)
    for seed in range(times):
        scan = _regions(scanned(ligand, FINE, streams=Streams(seed, 0)), noisy=True)
        bound = bind(scan, reference="reference", model=model, settings=settings)
        told = bound.regions["target"].parameters["BP_ND"]
        found.append((told.value, told.se))
    values, errors = np.array(found).T
    return values, errors


@pytest.mark.parametrize("model", ["SRTM", "reference Logan", "SRTM2", "MRTM", "MRTM2"])
def test_intervals_hold_the_truth_as_often_as_they_say(model: str) -> None:
    if not LONG and model not in {"SRTM", "reference Logan"}:
        pytest.skip("ten seconds for each model: set INTERBEAT_LONG=1")
    ligand, times = Ligand(), 1000 if LONG else 200
    values, errors = _repeated(model, ligand, times)
    share = np.mean(np.abs(values - ligand.binding) < 1.96 * errors)
    chance = 0.01 if LONG else 0.03
    assert 0.93 - chance <= share <= 0.97 + chance
    # A little more than the spread: the weights are those of both regions together.
    assert 0.95 <= errors.mean() / values.std() <= 1.25
    assert values.mean() == pytest.approx(ligand.binding, rel=0.01)


def test_noise_pulls_the_slope_of_logan_down_and_srtm_not() -> None:
    noisy = Ligand(noise=3.0)
    slopes, _ = _repeated("reference Logan", noisy, 60)
    nonlinear, _ = _repeated("SRTM", noisy, 60)
    # 4 standard errors of the mean of 60 are 0.09 of 2.8.
    assert slopes.mean() < noisy.binding - 0.03
    assert nonlinear.mean() == pytest.approx(noisy.binding, abs=0.1)


def _image(voxels: int) -> tuple[FloatArray, FloatArray, Scan]:
    """Return curves without noise, their BP_ND, and the scan that they are from."""
    scan = scanned(Ligand(), FINE, streams=Streams(1, 0))
    frames = Frames(scan.starts / 60, (scan.starts + scan.durations) / 60)
    rng = np.random.default_rng(3)
    binding, ratio = rng.uniform(0.0, 4.0, voxels), rng.uniform(0.7, 1.2, voxels)
    washout = rng.uniform(0.1, 0.25, voxels)
    rates = washout / (1 + binding)
    fading = convolved(course(frames, scan.true_reference), rates)
    curves = ratio[:, None] * scan.true_reference + (washout - ratio * rates)[:, None] * fading
    return curves, binding, scan


def test_maps_are_right_and_do_not_show_the_steps_of_the_basis() -> None:
    curves, binding, scan = _image(9_000)  # more than one block
    maps = bind_image(
        curves.reshape(90, 100, -1),
        scan.true_reference,
        starts=scan.starts,
        durations=scan.durations,
    )
    found = maps.values["BP_ND"]
    assert found.shape == (90, 100)
    assert 1 + found.ravel() == pytest.approx(1 + binding, rel=1e-3)
    assert maps.flags == ()


def test_a_map_says_what_a_region_of_one_voxel_says() -> None:
    curves, _, scan = _image(3)
    rng = np.random.default_rng(4)
    curves = curves + 0.3 * rng.standard_normal(curves.shape)
    maps = bind_image(curves, scan.true_reference, starts=scan.starts, durations=scan.durations)
    named = {str(k): curve for k, curve in enumerate(curves)}
    whole = Regions(
        scan.starts, scan.durations, {**named, "reference": scan.true_reference}, "kBq/mL"
    )
    bound = bind(whole, reference="reference", model="SRTM basis", weighting="equal")
    for k in range(3):
        one = bound.regions[str(k)].parameters
        for name in ("BP_ND", "R1", "k2"):
            assert maps.values[name][k] == pytest.approx(one[name].value, rel=1e-9)
        # A region's error holds the noise of the reference, a voxel's does not.
        assert maps.errors["BP_ND"][k] == pytest.approx(one["BP_ND"].se, rel=0.35)


def test_errors_of_voxels_are_as_large_as_their_noise_makes_them() -> None:
    curves, binding, scan = _image(4_000)
    rng = np.random.default_rng(5)
    seen = curves + 0.5 * rng.standard_normal(curves.shape)
    maps = bind_image(seen, scan.true_reference, starts=scan.starts, durations=scan.durations)
    off = np.abs(maps.values["BP_ND"] - binding)
    share = np.mean(off < 1.96 * maps.errors["BP_ND"])
    assert 0.935 <= share <= 0.965


def test_voxels_without_activity_have_no_value_and_are_counted() -> None:
    curves, _, scan = _image(4)
    curves[0], curves[1, 5], curves[2] = 0.0, np.nan, -curves[2]
    maps = bind_image(curves, scan.true_reference, starts=scan.starts, durations=scan.durations)
    assert np.isnan(maps.values["BP_ND"]).tolist() == [True, True, True, False]
    assert maps.flags == ("3 of 4 voxels without activity, or with values not finite",)


def test_an_image_that_does_not_fit_its_frames_is_an_error() -> None:
    curves, _, scan = _image(4)
    reference, lost = scan.true_reference, np.zeros(scan.starts.size)
    told = partial(bind_image, starts=scan.starts, durations=scan.durations)
    with pytest.raises(DataError, match="frames last"):
        told(curves.T, reference)
    with pytest.raises(DataError, match="some activity"):
        told(curves, lost)
    with pytest.raises(DataError, match="weights"):
        told(curves, reference, weights=lost)


def test_frames_of_a_scan_may_be_given_in_any_order_of_regions() -> None:
    scan = _regions(scanned(Ligand(), FINE, streams=Streams(2, 0)), noisy=True)
    turned = replace(scan, activity=dict(reversed(list(scan.activity.items()))))
    one, other = (bind(s, reference="reference").regions["target"] for s in (scan, turned))
    assert one.parameters["BP_ND"].value == pytest.approx(other.parameters["BP_ND"].value)


def _noisy(ratio: float, curve: FloatArray, scan: Scan, seed: int) -> Regions:
    rng = np.random.default_rng(seed)
    seen = ratio * curve + 0.3 * rng.standard_normal(curve.size)
    return replace(
        _regions(scan, noisy=False), activity={"target": seen, "reference": scan.true_reference}
    )


@pytest.mark.parametrize("model", ["SRTM", "SRTM basis"])
def test_a_rate_at_the_end_of_the_range_tells_no_binding(model: str) -> None:
    # The reference's own shape, with noise: every rate fits as well, and many are at an end.
    scan = scanned(Ligand(), FINE, streams=Streams(1, 0))
    ended = 0
    for seed in range(30):
        whole = _noisy(1.2, scan.true_reference, scan, seed)
        fit = bind(whole, reference="reference", model=model).regions["target"]
        found = fit.parameters
        if not found["BP_ND"].reason:
            continue
        ended += 1
        assert "at the end of the range looked at" in found["BP_ND"].reason
        assert {one.reason for one in found.values()} == {found["BP_ND"].reason}
        assert found["BP_ND"].reason in fit.flags
        assert np.all(np.isfinite(fit.fitted))
    assert 5 <= ended < 30


def test_a_region_that_only_takes_up_has_no_binding_potential() -> None:
    scan = scanned(Ligand(), FINE, streams=Streams(1, 0))
    frames = Frames(scan.starts / 60, (scan.starts + scan.durations) / 60)
    trapped = convolved(course(frames, scan.true_reference), np.array([0.0]))[0]
    curve = 0.8 * scan.true_reference + 0.05 * trapped
    for model in ("SRTM", "SRTM basis", "SRTM2"):
        whole = _noisy(1.0, curve, scan, 1)
        settings = Settings(k2_prime=0.0625)
        bound = bind(whole, reference="reference", model=model, settings=settings)
        fit = bound.regions["target"]
        assert "at the end of the range" in fit.parameters["BP_ND"].reason
        assert all(math.isnan(one.value) for one in fit.parameters.values())
        assert np.all(np.isfinite(fit.fitted))


@pytest.mark.parametrize("model", ["SRTM", "SRTM2", "MRTM", "MRTM2"])
def test_standard_errors_of_all_parameters_are_the_spread_of_repeated_scans(
    model: str,
) -> None:
    ligand, times = Ligand(noise=0.3), 120
    settings, found = _settings(model, ligand), []
    for seed in range(times):
        scan = _regions(scanned(ligand, FINE, streams=Streams(seed, 7)), noisy=True)
        told = bind(scan, reference="reference", model=model, settings=settings)
        fit = told.regions["target"].parameters
        found.append([(one.value, one.se) for one in fit.values()])
        names = list(fit)
    values, errors = np.moveaxis(np.array(found), 2, 0)
    ratios = dict(zip(names, errors.mean(axis=0) / values.std(axis=0), strict=True))
    # The spread of 120 is known to 7 %.
    assert all(0.8 <= ratio <= 1.35 for ratio in ratios.values()), ratios


def _shaped(scan: Scan, ratio: float, washout: float, rate: float) -> FloatArray:
    frames = Frames(scan.starts / 60, (scan.starts + scan.durations) / 60)
    faded = convolved(course(frames, scan.true_reference), np.array([rate]))[0]
    return np.asarray(ratio * scan.true_reference + (washout - ratio * rate) * faded)


def test_k2_prime_is_of_the_regions_that_bind_most_and_know_it() -> None:
    scan = scanned(Ligand(), FINE, streams=Streams(1, 0))
    noise = np.random.default_rng(1).standard_normal(scan.starts.size)
    curves = {
        "reference": scan.true_reference,
        "low": _shaped(scan, 1.0, 0.3, 0.25),  # k2' is 0.3
        "lower": _shaped(scan, 1.0, 0.3, 0.26),
        "high": _shaped(scan, 1.0, 0.1, 0.03),  # 0.1
        "higher": _shaped(scan, 1.0, 0.1, 0.02),
        "noisy": _shaped(scan, 1.0, 0.6, 0.1) + 25 * noise,  # 0.6, were it known
        "none": 1.01 * scan.true_reference,
    }
    whole = Regions(scan.starts, scan.durations, curves, "kBq/mL", decay_corrected=True)
    bound = bind(whole, reference="reference", model="SRTM2", weighting="equal")
    assert bound.regions["low"].settings.k2_prime == pytest.approx(0.1, rel=1e-3)
    assert any("over the 2 of 6 regions that bind most" in flag for flag in bound.flags)


def test_voxels_beyond_the_basis_are_marked_at_either_end() -> None:
    scan = scanned(Ligand(), FINE, streams=Streams(1, 0))
    curves = np.stack([_shaped(scan, 1.0, 2.5 * rate, rate) for rate in (0.002, 0.05, 1.2)])
    maps = bind_image(curves, scan.true_reference, starts=scan.starts, durations=scan.durations)
    assert maps.at_end.tolist() == [True, False, True]
    assert maps.values["BP_ND"][1] == pytest.approx(1.5, rel=1e-3)
    assert maps.flags == ("2 of 3 voxels with k2a at the end of the basis",)


def test_voxels_whose_squares_are_no_numbers_have_no_value() -> None:
    curves, binding, scan = _image(3)
    curves[0] *= 1e160
    curves[1] *= 1e-160
    maps = bind_image(curves, scan.true_reference, starts=scan.starts, durations=scan.durations)
    assert np.isnan(maps.values["BP_ND"]).tolist() == [True, True, False]
    assert maps.values["BP_ND"][2] == pytest.approx(binding[2], abs=0.005)
