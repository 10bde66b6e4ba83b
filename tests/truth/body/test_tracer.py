"""Curves of a tracer solve the equations of the reference tissue model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from interbeat.body.noise import Streams
from interbeat.body.tracer import Displacement, Ligand, Scan, scanned
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

FRAMES = [30.0] * 10 + [60.0] * 15 + [300.0] * 14
SILENT = Ligand(noise=0.0)
TAKEN = Displacement(change=-0.12, onset=35.0, peak=8.0)


def scan(
    ligand: Ligand = SILENT, given: Displacement | None = None, *, seed: int = 1,
    frames: list[float] | None = None,
) -> Scan:  # fmt: skip
    return scanned(
        ligand, frames or FRAMES, streams=Streams(seed, 0), displacement=given or Displacement()
    )


def by_a_solver(ligand: Ligand, given: Displacement, minutes: FloatArray) -> FloatArray:
    """Return the target by an adaptive solver, written as published: dC_R, C_R and k2a C_T."""

    def activity(t: float) -> float:
        slow = ligand.slow_share * np.exp(-t / ligand.slow)
        leaving = (1 - ligand.slow_share) * np.exp(-t / ligand.fall) + slow
        kept = ligand.sustained + (1 - ligand.sustained) * leaving
        return float(kept - np.exp(-t / ligand.rise))

    fine = np.arange(0, minutes[-1] + 1 / 120, 1 / 60)
    scale = ligand.activity / max(activity(t) for t in fine)

    def reference(t: float) -> float:
        return scale * activity(t)

    def slope(t: float, y: FloatArray) -> FloatArray:
        rest = ligand.washout / (1 + ligand.binding)
        most = ligand.washout / (1 + ligand.binding * (1 + given.change))
        since = max((t - given.onset) / given.peak, 0.0)
        k2a = rest + (most - rest) * (since * np.exp(1 - since)) ** given.sharpness
        step = 1e-5
        rise = (reference(t + step) - reference(t - step)) / (2 * step)
        return np.asarray(
            ligand.delivery * rise + ligand.washout * reference(t) - k2a * y, dtype=np.float64
        )

    found = solve_ivp(
        slope, (0.0, minutes[-1]), [0.0], t_eval=minutes, rtol=1e-9, atol=1e-10, max_step=0.5
    )
    return np.asarray(found.y[0], dtype=np.float64)


@pytest.mark.parametrize("given", [Displacement(), TAKEN, Displacement(change=0.2, onset=5.0)])
def test_the_target_is_what_an_adaptive_solver_finds(given: Displacement) -> None:
    frames = [1.0] * 3600
    found = scan(given=given, frames=frames)
    middle = (found.starts + found.durations / 2) / 60
    np.testing.assert_allclose(
        found.true_target, by_a_solver(SILENT, given, middle), rtol=2e-4, atol=2e-3
    )


def test_at_equilibrium_the_ratio_is_one_and_the_binding_potential() -> None:
    ligand = Ligand(sustained=1.0, noise=0.0, binding=1.7)
    found = scan(ligand, frames=[600.0] * 24)
    assert found.true_target[-1] / found.true_reference[-1] - 1 == pytest.approx(1.7, rel=1e-4)


def test_a_region_without_receptors_is_the_reference() -> None:
    found = scan(Ligand(binding=0.0, delivery=1.0, noise=0.0))
    np.testing.assert_allclose(found.target, found.reference, rtol=1e-9)


def test_binding_falls_by_what_was_told_when_it_was_told() -> None:
    found = scan(given=TAKEN, frames=[60.0] * 90)
    middle = (found.starts + 30) / 60
    before, peak = middle < TAKEN.onset, np.argmin(found.binding)
    np.testing.assert_allclose(found.binding[before], SILENT.binding, rtol=1e-9)
    assert middle[peak] == pytest.approx(TAKEN.onset + TAKEN.peak, abs=0.6)
    assert found.binding[peak] / SILENT.binding - 1 == pytest.approx(-0.12, abs=1e-3)


def test_before_the_onset_nothing_differs_and_after_it_less_is_bound() -> None:
    rest, task = scan(), scan(given=TAKEN)
    ends = (rest.starts + rest.durations) / 60
    before = ends <= TAKEN.onset
    np.testing.assert_array_equal(rest.true_target[before], task.true_target[before])
    np.testing.assert_array_equal(rest.true_reference, task.true_reference)
    assert (task.true_target[~before] < rest.true_target[~before]).all()


def test_more_available_receptors_bind_more() -> None:
    rest, touched = scan(), scan(given=Displacement(change=0.1, onset=20.0))
    assert touched.true_target[-8:].sum() > rest.true_target[-8:].sum()


def test_frames_are_means_over_time() -> None:
    long, short = scan(frames=[600.0] * 6), scan(frames=[60.0] * 60)
    np.testing.assert_allclose(
        long.true_target, short.true_target.reshape(6, 10).mean(axis=1), rtol=1e-9
    )


def test_noise_is_that_of_counts() -> None:
    """Unbiased; four times the frame halves it, and what has decayed makes it grow."""
    ligand = Ligand(sustained=1.0, slow_share=0.0)
    many = np.array([
        scan(ligand, seed=seed, frames=[60.0] * 4 + [240.0] * 10).reference
        - scan(ligand, seed=seed, frames=[60.0] * 4 + [240.0] * 10).true_reference
        for seed in range(300)
    ])  # fmt: skip
    truth = scan(ligand, frames=[60.0] * 4 + [240.0] * 10)
    spread = many.std(axis=0)
    assert np.abs(many.mean(axis=0) / spread).max() < 4 / np.sqrt(300)
    middle = (truth.starts + truth.durations / 2) / 60
    left = 2 ** (-middle / ligand.half_life)
    expected = ligand.noise * np.sqrt(truth.true_reference / (left * truth.durations))
    np.testing.assert_allclose(spread, expected, rtol=0.15)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, same, other = (scan(Ligand(), seed=seed) for seed in (3, 3, 4))
    assert one.target.tobytes() == same.target.tobytes()
    assert one.target.tobytes() != other.target.tobytes()


@pytest.mark.parametrize("frames", [[], [60.0, 0.5], [60.0, -60.0], [np.nan], [np.inf]])
def test_frames_that_cannot_be_are_refused(frames: list[float]) -> None:
    with pytest.raises(DataError, match="1 s or longer"):
        scanned(Ligand(), frames, streams=Streams(1, 0))


def test_whatever_is_drawn_curves_are_positive_numbers() -> None:
    rng = np.random.default_rng(9)
    for _ in range(50):
        found = scan(Ligand.drawn(rng))
        for curve in (found.true_reference, found.true_target):
            assert np.isfinite(curve).all()
            assert (curve > 0).all()


def test_a_long_scan_of_what_leaves_fast_is_followed_to_its_end() -> None:
    """Over hours an integrating factor would overflow; here the region is its reference."""
    fast = Ligand(binding=0.0, delivery=1.0, washout=2.0, sustained=0.5, noise=0.0)
    found = scan(fast, frames=[600.0] * 144)
    np.testing.assert_allclose(found.true_target, found.true_reference, rtol=1e-6)


def test_a_ligand_that_arrives_later_than_it_leaves_is_refused() -> None:
    with pytest.raises(DataError, match="rise of the ligand"):
        Ligand(rise=5.0, fall=2.0)
