"""The further indices of variability against closed forms and plain twins."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import erf
from scipy.stats import norm

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.measures.hrv import hrv
from interbeat.measures.hrv_capacity import acceleration_capacity, deceleration_capacity
from interbeat.measures.hrv_distribution import iqr_nn, mad_nn, median_nn
from interbeat.measures.hrv_fractal import dfa_a1, dfa_a2, higuchi
from interbeat.measures.hrv_fragmentation import ials, pas, pip, pss
from interbeat.measures.hrv_geometry import baevsky_index, hti, shannon_nn, tinn
from interbeat.measures.hrv_intervals import sdann, sdnni


@pytest.fixture(scope="module")
def found() -> dict[str, Estimate]:
    rng = np.random.default_rng(1)
    return hrv(850 + 40 * np.cos(np.arange(400) * 0.4) + rng.normal(0, 20, 400))


def squared(found: dict[str, Estimate], name: str) -> float:
    return found[name].value ** 2


def test_identities_hold(found: dict[str, Estimate]) -> None:
    """SD1 is SDSD over root 2; parts make wholes, and inverses are inverses."""
    value = {name: e.value for name, e in found.items()}
    assert value["sd1"] == pytest.approx(value["sdsd"] / np.sqrt(2), rel=1e-9)
    assert squared(found, "sd1d") + squared(found, "sd1a") == pytest.approx(
        squared(found, "rmssd") / 2
    )
    assert squared(found, "sd2d") + squared(found, "sd2a") == pytest.approx(
        squared(found, "sd2")
    )
    assert squared(found, "sdnnd") == pytest.approx(
        (squared(found, "sd1d") + squared(found, "sd2d")) / 2
    )
    for name in ("c1", "c2", "c"):
        assert value[f"{name}d"] + value[f"{name}a"] == pytest.approx(100)
    assert value["csi"] * value["sd1_sd2"] == pytest.approx(1)
    assert value["cvi"] == pytest.approx(np.log10(16 / np.pi * value["ellipse_area"]))
    assert value["cvnn"] == pytest.approx(100 * value["sdnn"] / value["mean_nn"])
    assert value["mean_nn"] == pytest.approx(60_000 / value["mean_hr"])
    assert value["sdnni"] == pytest.approx(value["sdnn"])  # of one stretch of 5 min


def test_time_turned_round_swaps_what_slows_and_what_quickens() -> None:
    rng = np.random.default_rng(2)
    rr = 850 + np.convolve(rng.exponential(30, 420), np.exp(-np.arange(20) / 4))[:400]
    here, there = hrv(rr), hrv(rr[::-1])
    for up, down in (("c1d", "c1a"), ("sd1d", "sd1a"), ("sd2d", "sd2a"), ("cd", "ca")):
        assert here[up].value == pytest.approx(there[down].value, rel=1e-9)
        assert here[up].value != pytest.approx(here[down].value, rel=1e-3)
    for name in ("guzik_index", "porta_index", "slope_index", "area_index"):
        assert here[name].value == pytest.approx(100 - there[name].value, rel=1e-9)


# ------------------------------------------------------------------- fragmentation


def of_steps(steps: list[float]) -> Beats:
    return Beats.from_rr(800 + np.cumsum([0, *steps]), "a")


def test_fragmentation_of_sequences_made_by_hand() -> None:
    """Steps up up up down down down: a turn every third step, no short run, no alternation."""
    long_runs = of_steps([5.0, 5, 5, -5, -5, -5] * 40)
    assert pip(long_runs).value == pytest.approx(100 / 3, abs=0.3)
    assert ials(long_runs).value == pytest.approx(1 / 3, abs=0.003)
    assert pss(long_runs).value == 0
    assert pas(long_runs).value == 0
    turns = of_steps([5.0, -5] * 100)
    assert [m(turns).value for m in (pip, ials, pss, pas)] == [100, 1, 100, 100]
    short_runs = of_steps([5.0, 5, -5, -5] * 50)
    assert pip(short_runs).value == pytest.approx(50, abs=0.3)
    assert pss(short_runs).value == 100
    assert pas(short_runs).value == 0


def test_no_change_is_an_inflection_when_it_begins_and_ends() -> None:
    """Up, none, none, down: three turns in four places (none to none is no turn)."""
    assert pip(of_steps([5.0, 0, 0, -5] * 50)).value == pytest.approx(75, abs=0.4)


def test_a_gap_cuts_no_segment_short() -> None:
    """Where a beat is lost nothing is told of the steps around it; the rest is as it was."""
    beats = of_steps([5.0, 5, 5, -5, -5, -5] * 60)
    normal = np.ones(len(beats), dtype=bool)
    normal[::31] = False
    gappy = Beats(beats.times, normal, "a")
    assert pss(gappy).value == 0
    assert ials(gappy).value == pytest.approx(1 / 3, abs=0.02)


def test_white_noise_turns_two_times_in_three() -> None:
    """Of three independent values the middle one is the largest or least with chance 2/3."""
    rng = np.random.default_rng(3)
    noise = Beats.from_rr(800 + rng.normal(0, 20, 20_000), "a")
    assert pip(noise).value == pytest.approx(200 / 3, abs=1)
    assert ials(noise).value == pytest.approx(2 / 3, abs=0.01)


# ------------------------------------------------------------------- capacity


def test_capacity_of_a_sine_is_its_swing() -> None:
    """Phase-rectified averaging of A sin(wn + p) over the rising half, by its integral."""
    amplitude, w = 20.0, 0.5
    beats = Beats.from_rr(800 + amplitude * np.sin(w * np.arange(20_000)), "a")
    at = np.linspace(0, 2 * np.pi, 200_001)
    wave = [np.sin(at + k * w) for k in (-2, -1, 0, 1)]
    up = wave[2] > wave[1]
    theory = amplitude * np.mean((wave[2] + wave[3] - wave[1] - wave[0])[up]) / 4
    assert deceleration_capacity(beats).value == pytest.approx(theory, rel=2e-3)
    assert acceleration_capacity(beats).value == pytest.approx(-theory, rel=2e-3)


# ------------------------------------------------------------------- distribution


def test_quantiles_are_those_of_numpy_and_a_gap_leaves_them_alone() -> None:
    rng = np.random.default_rng(4)
    rr = 800 + rng.normal(0, 30, 501)
    beats = Beats.from_rr(rr, "a")
    normal = rng.random(502) > 0.1
    kept = rr[normal[1:] & normal[:-1]]
    seen = Beats(beats.times, normal, "a")
    low, middle, high = np.percentile(kept, [25, 50, 75])
    assert median_nn(seen).value == pytest.approx(middle)
    assert iqr_nn(seen).value == pytest.approx(high - low)
    mad = np.median(np.abs(kept - middle)) / norm.ppf(0.75)
    assert mad_nn(seen).value == pytest.approx(mad, rel=1e-9)


def triangle(base: tuple[float, float], apex: int, height: int) -> FloatArray:
    """Return intervals whose histogram in bins of 1/128 s is a triangle; base in bins."""
    bins = np.arange(150)
    away = np.where(bins < apex, (apex - bins) / base[0], (bins - apex) / base[1])
    counts = np.rint(height * np.maximum(0, 1 - away)).astype(int)
    return np.repeat((bins + 0.5) * 7.8125, counts)


@pytest.mark.parametrize("base", [(10.0, 10.0), (12.5, 31.25), (7.3, 20.9)])
def test_tinn_of_a_triangle_is_its_base(base: tuple[float, float]) -> None:
    rr = triangle(base, 100, 20_000)
    assert tinn(Beats.from_rr(rr, "a")).value == pytest.approx(7.8125 * sum(base), rel=2e-4)


def test_the_triangular_index_of_a_triangle_is_half_its_base_in_bins() -> None:
    rr = triangle((20.0, 30.0), 100, 3000)
    assert hti(Beats.from_rr(rr, "a")).value == pytest.approx(25, rel=1e-3)


def plain_side(heights: FloatArray, top: int, step: int) -> float:
    """Return the best reach of one side by trying many."""
    beyond = heights[top + 1 :] if step > 0 else heights[:top][::-1]
    places = np.arange(1, beyond.size + 1)
    reaches = np.linspace(1, beyond.size + 1, 40_001)
    lines = heights[top] * np.maximum(0, 1 - places / reaches[:, None])
    return float(reaches[np.argmin(((beyond - lines) ** 2).sum(axis=1))])


def test_tinn_is_the_least_of_all_squares() -> None:
    rng = np.random.default_rng(5)
    rr = 800 + rng.gamma(4, 20, 300)
    heights = np.histogram(rr, np.arange(0, 1500, 7.8125))[0].astype(float)
    top = int(np.argmax(heights))
    expected = 7.8125 * (plain_side(heights, top, -1) + plain_side(heights, top, 1))
    assert tinn(Beats.from_rr(rr, "a")).value == pytest.approx(expected, abs=0.02)


def test_the_histograms_entropy_and_peak() -> None:
    """Eight full bins: three bits. Baevsky's own formula on a histogram made by hand."""
    rr = np.repeat(700.0 + 7.8125 * np.arange(8), 50)
    assert shannon_nn(Beats.from_rr(rr, "a")).value == pytest.approx(3)
    rr = np.repeat([760.0, 820.0, 830.0, 910.0], [20, 50, 10, 20])
    assert baevsky_index(Beats.from_rr(rr, "a")).value == pytest.approx(
        60 / (2 * 0.825 * 0.150), rel=1e-6
    )


def test_means_and_deviations_of_stretches() -> None:
    """Six stretches of 5 min: steady levels of 800 and 900 ms by turns, and noise of 10 ms."""
    rng = np.random.default_rng(6)
    levels = [800, 900] * 3
    rr = np.concatenate([level + rng.normal(0, 10, round(300_000 / level)) for level in levels])
    beats = Beats.from_rr(rr, "a")
    assert sdann(beats).value == pytest.approx(np.std(levels, ddof=1), rel=0.02)
    assert sdnni(beats).value == pytest.approx(10, rel=0.1)
    assert sdann(beats).n == 6


# ------------------------------------------------------------------- entropy


def plain_matches(rr: FloatArray, good: BoolArray, r: float, m: int) -> int:
    """Return how many pairs of runs match over `m`, of the runs of three good intervals."""
    starts = [i for i in range(rr.size - 2) if good[i : i + 3].all()]
    runs = np.array([rr[i : i + m] for i in starts])
    apart = np.abs(runs[:, None] - runs[None]).max(axis=2)
    return int(((apart <= r).sum() - len(starts)) // 2)


def test_sample_entropy_is_that_of_a_plain_count() -> None:
    rng = np.random.default_rng(7)
    rr = 800 + 30 * np.sin(np.arange(260) * 0.7) + rng.normal(0, 15, 260)
    beats = Beats.from_rr(rr, "a")
    normal = rng.random(261) > 0.05
    good = normal[1:] & normal[:-1]
    r = 0.2 * rr[good].std(ddof=1)
    expected = np.log(plain_matches(rr, good, r, 2) / plain_matches(rr, good, r, 3))
    from interbeat.measures.hrv_entropy import sampen

    assert sampen(Beats(beats.times, normal, "a")).value == pytest.approx(expected, rel=1e-9)


def test_sample_entropy_of_white_noise_is_that_of_its_density() -> None:
    """Two draws differ by less than r with chance erf(r / 2) (SD 1): minus its logarithm."""
    rng = np.random.default_rng(8)
    noise = hrv(800 + rng.normal(0, 40, 20_000))["sampen"]
    assert noise.value == pytest.approx(-np.log(erf(0.1)), abs=3 * noise.se)
    assert noise.se < 0.05


def test_fuzzy_entropy_is_that_of_a_plain_sum() -> None:
    rng = np.random.default_rng(9)
    rr = 800 + 30 * np.sin(np.arange(150) * 0.7) + rng.normal(0, 15, 150)
    r, starts, sums = 0.2 * rr.std(ddof=1), np.arange(148), []
    for m in (2, 3):
        runs = np.stack([rr[starts + k] for k in range(m)], axis=1)
        runs -= runs.mean(axis=1, keepdims=True)
        apart = np.abs(runs[:, None] - runs[None]).max(axis=2)
        sums.append(np.exp(-((apart / r) ** 2)).sum() - starts.size)
    assert hrv(rr)["fuzzyen"].value == pytest.approx(np.log(sums[0] / sums[1]), rel=1e-9)


# ------------------------------------------------------------------- fractal


def colored(exponent: float, n: int, seed: int) -> FloatArray:
    """Return Gaussian noise whose power falls with frequency to the `exponent`."""
    rng = np.random.default_rng(seed)
    f = np.fft.rfftfreq(2 * n)
    gain = np.concatenate(([0.0], f[1:] ** (-exponent / 2)))
    wave = np.fft.irfft(gain * (rng.normal(size=f.size) + 1j * rng.normal(size=f.size)))[:n]
    return np.asarray(30 * (wave - wave.mean()) / wave.std())


@pytest.mark.parametrize(("exponent", "alpha"), [(0.0, 0.5), (1.0, 1.0), (2.0, 1.5)])
def test_dfa_tells_white_pink_and_brown(exponent: float, alpha: float) -> None:
    """The exponent is half of one more than that of the spectrum, but for small boxes."""
    beats = Beats.from_rr(900 + colored(exponent, 30_000, 10), "a")
    assert dfa_a2(beats).value == pytest.approx(alpha, abs=0.04)
    assert dfa_a1(beats).value == pytest.approx(alpha, abs=0.12)


def test_higuchi_tells_white_and_brown() -> None:
    noise = np.random.default_rng(11).normal(0, 1, 20_000)
    white, brown = (Beats.from_rr(900 + x, "a") for x in (noise, np.cumsum(noise)))
    assert higuchi(white).value == pytest.approx(2.0, abs=0.01)
    assert higuchi(brown).value == pytest.approx(1.5, abs=0.03)


def plain_fluctuation(rr: FloatArray, size: int) -> float:
    """Return the mean square about lines in boxes at every place, step by step."""
    squares = []
    for i in range(rr.size - size + 1):
        box = rr[i : i + size]
        profile = np.cumsum(box - box.mean())
        line = np.polyval(np.polyfit(np.arange(size), profile, 1), np.arange(size))
        squares.append(np.mean((profile - line) ** 2))
    return float(np.mean(squares))


def test_dfa_is_that_of_plain_boxes() -> None:
    rng = np.random.default_rng(12)
    rr = 800 + 30 * np.sin(np.arange(250) * 0.3) + rng.normal(0, 15, 250)
    for measure, sizes in (
        (dfa_a1, range(4, 17)),
        (dfa_a2, (16, 19, 23, 27, 32, 38, 45, 54, 64)),
    ):
        logs = [np.log(plain_fluctuation(rr, s)) / 2 for s in sizes]
        slope = np.polyfit(np.log(list(sizes)), logs, 1)[0]
        assert measure(Beats.from_rr(rr, "a")).value == pytest.approx(slope, rel=1e-6)


def test_dfa_forgives_lost_beats() -> None:
    """Of pink noise, 3 % of whose beats are lost: what is lost adds nothing."""
    rr = 900 + colored(1.0, 20_000, 13)
    beats = Beats.from_rr(rr, "a")
    lost = Beats(beats.times, np.random.default_rng(14).random(len(beats)) > 0.03, "a")
    for measure in (dfa_a1, dfa_a2):
        assert measure(lost).value == pytest.approx(measure(beats).value, abs=0.03)


@pytest.mark.parametrize("rr", [[833.3333333] * 400, [800.0, 850.0] * 200])
def test_no_number_but_an_order_statistic_is_sure_beyond_doubt(rr: list[float]) -> None:
    """What no two parts of a stretch tell differently is missing."""
    ranks = {"median_nn", "min_nn", "max_nn", "prc20_nn", "prc80_nn", "iqr_nn", "mad_nn"}
    for name, estimate in hrv(rr).items():
        if name in ranks or estimate.reason:
            continue
        assert estimate.se > 0, name
        assert estimate.se < 1e3, name


def test_a_steady_heart_has_no_entropy() -> None:
    found = hrv([833.3333333] * 400)
    for name in ("sampen", "apen", "fuzzyen", "cvi", "sd1_sd2", "c2a"):
        assert found[name].reason == "nothing varies"
