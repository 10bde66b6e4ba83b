"""Models with arterial input on curves whose kinetics are known."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.tracers._convolution import Curve, frame_means, integral
from interbeat.neurochemistry.tracers._spec import (
    MODELS,
    Arterial,
    Fit,
    Frames,
    Problem,
    Settings,
)

LONG = bool(os.environ.get("INTERBEAT_LONG"))
DRAWS = 1000 if LONG else 200
MINUTES = np.arange(95 * 60 + 1) / 60
LENGTHS = np.array([10] * 9 + [20] * 5 + [30] * 4 + [60] * 4 + [180] * 4 + [360] * 11) / 60
FRAMES = Frames(np.cumsum(LENGTHS) - LENGTHS, np.cumsum(LENGTHS))
ONE = (0.1, 0.05, 0.0, 1.0, 0.05)  # K1, k2, k3, k4, vB
TWO = [
    (0.12, 0.15, 0.1, 0.045, 0.05), (0.1, 0.1, 0.08, 0.04, 0.05), (0.3, 0.3, 0.2, 0.03, 0.04),
]  # fmt: skip


def bolus() -> Arterial:
    """Return an input of the shape that Feng et al. 1993 describe."""
    since = np.clip(MINUTES - 0.4, 0, None)
    fall = 21.8 * np.exp(-0.12 * since) + 20.8 * np.exp(-0.0105 * since)
    plasma = np.where(since > 0, (850 * since - 42) * np.exp(-4.1 * since) + fall, 0.0)
    plasma = np.clip(plasma, 0, None)
    return Arterial(MINUTES, plasma, plasma * (1 - 0.4 * np.exp(-MINUTES / 20)))


INPUT = bolus()


def total(truth: tuple[float, ...]) -> float:
    """Return V_T."""
    return truth[0] / truth[1] * (1 + truth[2] / truth[3])


def curve(truth: tuple[float, ...], delay: float = 0.0) -> FloatArray:
    """Return the region without noise."""
    inflow, out, k3, k4, blood = truth
    parent, whole = (Curve.on(MINUTES, values) for values in (INPUT.parent, INPUT.whole))
    sides = [integral(whole, side + delay) for side in (FRAMES.starts, FRAMES.ends)]
    vessels = (sides[1] - sides[0]) / FRAMES.durations
    root = math.sqrt((out + k3 + k4) ** 2 - 4 * out * k4)
    rates = np.array([(out + k3 + k4 + root) / 2, (out + k3 + k4 - root) / 2])
    shares = inflow * np.array([rates[0] - k3 - k4, k3 + k4 - rates[1]]) / root
    tissue = shares @ frame_means(parent, rates, FRAMES, delay)
    return np.asarray((1 - blood) * tissue + blood * vessels)


def seen(clean: FloatArray, level: float, rng: np.random.Generator) -> Problem:
    """Return a scan with noise of counts: `level` of the mean activity in the last frames."""
    counts = FRAMES.durations * 2 ** (-FRAMES.middles / 20.4)
    spread = np.sqrt(np.clip(clean, 0.02 * clean.max(), None) / counts)
    spread *= level * clean.mean() / spread[-6:].mean()
    weights = spread**-2 / np.mean(spread**-2)
    noisy = clean + spread * rng.standard_normal(clean.size)
    return Problem(FRAMES, noisy, weights, arterial=INPUT)


def fitted(model: str, problem: Problem, **told: float) -> Fit:
    """Return a fit."""
    return MODELS[model].fit(problem, Settings(**told))


@pytest.mark.parametrize("truth", [ONE, *TWO])
def test_two_compartments_without_noise_give_v_t_to_half_a_percent(
    truth: tuple[float, ...],
) -> None:
    fit = fitted("2TC", seen(curve(truth), 1e-9, np.random.default_rng(0)))
    assert fit.parameters["V_T"].value == pytest.approx(total(truth), rel=5e-3)
    assert fit.parameters["K1"].value == pytest.approx(truth[0], rel=5e-3)


@pytest.mark.parametrize("truth", TWO)
def test_two_compartments_without_noise_give_every_rate(truth: tuple[float, ...]) -> None:
    found = fitted("2TC", seen(curve(truth), 1e-9, np.random.default_rng(0))).parameters
    for name, value in zip(("K1", "k2", "k3", "k4", "vB"), truth, strict=True):
        assert found[name].value == pytest.approx(value, rel=5e-3)
    assert found["BP_ND"].value == pytest.approx(truth[2] / truth[3], rel=5e-3)


def test_one_compartment_and_logan_without_noise_give_v_t_to_half_a_percent() -> None:
    problem = seen(curve(ONE), 1e-9, np.random.default_rng(0))
    one = fitted("1TC", problem).parameters["V_T"]
    assert one.value == pytest.approx(2.0, rel=1e-4)
    for start in (20.0, 30.0, 45.0, math.nan):
        plot = fitted("Logan", problem, t_star=start, blood_volume=0.05)
        assert plot.parameters["V_T"].value == pytest.approx(2.0, rel=5e-3)


@pytest.mark.parametrize("truth", TWO)
def test_logan_comes_closer_the_later_it_starts_and_stays_below_slow_compartments(
    truth: tuple[float, ...],
) -> None:
    """The known bias of the plot: the line is not straight before the compartments settle."""
    problem = seen(curve(truth), 1e-9, np.random.default_rng(0))
    biases = [
        fitted("Logan", problem, t_star=start, blood_volume=truth[4]).parameters["V_T"].value
        / total(truth) - 1
        for start in (15.0, 30.0, 50.0)
    ]  # fmt: skip
    assert biases[0] < biases[1] < biases[2] < 0
    assert abs(biases[2]) < 0.025


def coverage(model: str, truth: tuple[float, ...], level: float, **told: float) -> float:
    """Return how often the interval of V_T holds the truth."""
    rng, clean = np.random.default_rng(1), curve(truth)
    inside = 0
    for _ in range(DRAWS):
        low, high = fitted(model, seen(clean, level, rng), **told).parameters["V_T"].interval
        inside += low <= total(truth) <= high
    return inside / DRAWS


@pytest.mark.parametrize("level", [0.02, 0.05] if LONG else [0.05])
@pytest.mark.parametrize(
    ("model", "truth", "told"),
    [("1TC", ONE, {}), ("2TC", TWO[0], {}), ("Logan", ONE, {"blood_volume": 0.05})],
)
def test_intervals_of_v_t_hold_the_truth_in_19_of_20(
    model: str, truth: tuple[float, ...], told: dict[str, float], level: float
) -> None:
    slack = 3 * math.sqrt(0.95 * 0.05 / DRAWS) - 0.02 if not LONG else 0.0
    assert 0.93 - slack <= coverage(model, truth, level, **told) <= 0.97 + slack


@pytest.mark.parametrize(
    ("model", "truth", "told", "most"),
    [
        ("1TC", ONE, {}, 1.2),
        ("2TC", TWO[0], {}, 1.2),
        ("Logan", ONE, {"blood_volume": 0.05}, 1.5),
    ],
)
def test_standard_errors_of_v_t_are_the_spread_of_repetitions(
    model: str, truth: tuple[float, ...], told: dict[str, float], most: float
) -> None:
    rng, clean = np.random.default_rng(5), curve(truth)
    found = [
        fitted(model, seen(clean, 0.03, rng), **told).parameters["V_T"] for _ in range(150)
    ]
    spread = np.std([one.value for one in found])
    assert 0.85 < np.median([one.se for one in found]) / spread < most


def test_where_one_compartment_is_enough_the_rates_of_a_second_are_missing() -> None:
    fit = fitted("2TC", seen(curve(ONE), 1e-9, np.random.default_rng(0)))
    assert fit.parameters["V_T"].value == pytest.approx(2.0, rel=1e-3)
    for name in ("k3", "k4", "BP_ND"):
        assert fit.parameters[name].reason


def test_rates_that_noise_hides_are_missing_with_their_reason() -> None:
    rng = np.random.default_rng(4)
    fits = [fitted("2TC", seen(curve(TWO[1]), 0.25, rng)) for _ in range(20)]
    reasons = [fit.parameters["BP_ND"].reason for fit in fits]
    assert sum(bool(reason) for reason in reasons) > 4
    told = [fit.parameters["BP_ND"] for fit in fits if not fit.parameters["BP_ND"].reason]
    assert all(one.se <= abs(one.value) for one in told)


def test_a_delay_is_found_and_without_it_v_t_is_off() -> None:
    rng = np.random.default_rng(2)
    clean = curve(TWO[0], delay=-0.25)
    delays = [
        fitted("2TC", seen(clean, 0.02, rng), delay=math.nan).parameters["delay"]
        for _ in range(12)
    ]
    assert np.mean([one.value for one in delays]) == pytest.approx(-0.25, abs=0.01)
    inside = [one.interval[0] <= -0.25 <= one.interval[1] for one in delays]
    assert sum(inside) >= 9
    with_it = fitted("2TC", seen(clean, 1e-9, rng), delay=-0.25).parameters["vB"]
    without = fitted("2TC", seen(clean, 1e-9, rng)).parameters["vB"]
    assert with_it.value == pytest.approx(0.05, rel=1e-3)
    assert without.reason or abs(without.value - 0.05) > 0.01


def test_without_whole_blood_no_share_of_it_is_fitted() -> None:
    bare = replace(INPUT, whole=np.full(MINUTES.size, math.nan))
    clean = curve((0.12, 0.15, 0.1, 0.045, 0.0))
    problem = replace(seen(clean, 1e-9, np.random.default_rng(0)), arterial=bare)
    fit = fitted("2TC", problem)
    assert fit.parameters["V_T"].value == pytest.approx(total(TWO[0]), rel=5e-3)
    assert fit.settings.blood_volume == 0.0
    missing = fitted("Logan", problem, blood_volume=0.05).parameters["V_T"]
    assert "no whole blood" in missing.reason


def zero(problem: Problem) -> Problem:
    """Return a region without any activity."""
    return replace(problem, activity=np.zeros(FRAMES.starts.size))


def below(problem: Problem) -> Problem:
    """Return a region whose activity is negative."""
    return replace(problem, activity=-problem.activity)


def undriven(problem: Problem) -> Problem:
    """Return a region whose input is empty."""
    none = np.zeros(MINUTES.size)
    return replace(problem, arterial=Arterial(MINUTES, none, none))


def bloodless(problem: Problem) -> Problem:
    """Return a region without blood."""
    return replace(problem, arterial=None)


def cut(problem: Problem) -> Problem:
    """Return a region whose input ends before the scan."""
    kept = MINUTES <= 60
    part = Arterial(MINUTES[kept], INPUT.parent[kept], INPUT.whole[kept])
    return replace(problem, arterial=part)


def few(problem: Problem) -> Problem:
    """Return a region in which three frames count."""
    weights = np.where(np.arange(problem.weights.size) < 35, 0.0, 1.0)
    return replace(problem, weights=weights)


@pytest.mark.parametrize("model", ["1TC", "2TC", "Logan"])
@pytest.mark.parametrize("spoiled", [zero, below, undriven, bloodless, cut, few])
def test_what_cannot_be_fitted_is_missing_with_a_reason(
    model: str, spoiled: Callable[[Problem], Problem]
) -> None:
    fit = fitted(model, spoiled(seen(curve(ONE), 0.02, np.random.default_rng(0))))
    assert fit.parameters["V_T"].reason
    assert fit.flags
    assert fit.fitted.shape == FRAMES.starts.shape


def test_noise_alone_gives_a_missing_or_honest_v_t_and_no_warning() -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        noise = np.abs(rng.standard_normal(FRAMES.starts.size))
        problem = Problem(FRAMES, noise, np.ones(noise.size), arterial=INPUT)
        for model in ("1TC", "2TC", "Logan"):
            one = fitted(model, problem).parameters["V_T"]
            assert one.reason or math.isfinite(one.se)


def test_a_region_that_never_washes_out_is_flagged() -> None:
    parent = Curve.on(MINUTES, INPUT.parent)
    trapped = 0.05 * frame_means(parent, np.array([1e-6]), FRAMES, 0.0)[0]
    fit = fitted("1TC", Problem(FRAMES, trapped, np.ones(trapped.size), arterial=INPUT))
    assert fit.parameters["V_T"].reason or any("end of its range" in f for f in fit.flags)


@pytest.mark.parametrize("model", ["1TC", "2TC", "Logan"])
@pytest.mark.parametrize(
    "told", [{"blood_volume": 1.0}, {"blood_volume": -0.1}, {"delay": 15.0}]
)
def test_settings_that_no_scan_has_are_refused(model: str, told: dict[str, float]) -> None:
    with pytest.raises(DataError, match=r"share of blood|delay of 15"):
        fitted(model, seen(curve(ONE), 0.02, np.random.default_rng(0)), **told)
