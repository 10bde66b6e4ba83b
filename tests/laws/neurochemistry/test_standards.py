"""Every registered shape of a standard curve, and every weighting, keeps these laws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.plates._noise import Scatter, likeliest_power
from interbeat.neurochemistry.plates.fitting import fit_curve
from interbeat.neurochemistry.plates.lack import lack_of_fit
from interbeat.neurochemistry.plates.limits import (
    detected,
    detection,
    precision_profile,
    quantification,
)
from interbeat.neurochemistry.plates.reading import noise_of, read_back, responses_of
from interbeat.neurochemistry.plates.resampling import bootstrap
from interbeat.neurochemistry.standards._spec import SHAPES

LIKELY = {
    "response at zero": (0.1, 2.0),
    "response at infinity": (0.05, 3.0),
    "EC50": (5.0, 200.0),
    "asymmetry": (0.4, 3.0),
}
WEIGHTINGS = ("equal", "1/y", "1/y2", "power")
STANDARDS = np.repeat([0.0, 2.0, 6, 18, 54, 162, 486], 2)
LEVELS = np.unique(STANDARDS)

each_shape = pytest.mark.parametrize("name", list(SHAPES))
each_weighting = pytest.mark.parametrize("weighting", WEIGHTINGS)


def drawn(name: str, seed: int) -> FloatArray:
    """Return likely parameters of a shape; the response at infinity is not that at zero."""
    rng, shape = np.random.default_rng(seed), SHAPES[name]
    found = []
    for one, unit in zip(shape.parameters, shape.units, strict=True):
        low, high = (
            (0.02, 0.1) if unit.endswith("/concentration") else LIKELY.get(one, (0.6, 2.5))
        )
        found.append(math.exp(rng.uniform(math.log(low), math.log(high))))
    if abs(found[0] - found[1]) < 0.5:
        found[0] += 1.0
    return np.array(found)


def noisy(name: str, seed: int, cv: float = 0.02) -> FloatArray:
    mean = SHAPES[name].response(_apart(name, seed), STANDARDS)
    return np.asarray(mean * (1 + cv * np.random.default_rng(seed).standard_normal(mean.size)))


def _apart(name: str, seed: int) -> FloatArray:
    """Return parameters whose middle is within the standards."""
    parameters = drawn(name, seed)
    if "EC50" in SHAPES[name].parameters:
        parameters[SHAPES[name].parameters.index("EC50")] = 30.0
    return parameters


@each_shape
def test_a_concentration_reads_back_from_its_response(name: str) -> None:
    shape, x = SHAPES[name], np.concatenate([[0.0], np.geomspace(0.5, 2000, 40)])
    for seed in range(50):
        parameters = drawn(name, seed)
        back = shape.concentration(parameters, shape.response(parameters, x))
        # where the curve is flat, a rounding of the response is worth more than of the response
        worth = 1e-14 * 3 / np.maximum(np.abs(shape.slope(parameters, x[1:])), 1e-300)
        assert back[0] == pytest.approx(0, abs=1e-6)
        assert np.all(np.abs(back[1:] - x[1:]) <= 1e-9 * x[1:] + worth)


@each_shape
def test_gradient_and_slope_are_finite_differences(name: str) -> None:
    shape, x = SHAPES[name], np.geomspace(0.5, 800, 30)
    for seed in range(50):
        parameters = drawn(name, seed)
        found = shape.gradient(parameters, x)
        assert found.shape == (30, len(shape.parameters))
        for k, one in enumerate(parameters):
            step = np.zeros(parameters.size)
            step[k] = 1e-5 * abs(one)
            up, down = (shape.response(parameters + way * step, x) for way in (1, -1))
            np.testing.assert_allclose(
                found[:, k], (up - down) / (2 * step[k]), rtol=1e-5, atol=1e-8
            )
        up, down = (shape.response(parameters, x * (1 + way * 1e-5)) for way in (1, -1))
        slope = shape.slope(parameters, x)
        np.testing.assert_allclose(slope, (up - down) / (2e-5 * x), rtol=1e-5, atol=1e-10)


@each_shape
def test_zero_has_a_response_and_a_gradient(name: str) -> None:
    shape = SHAPES[name]
    for seed in range(20):
        parameters = drawn(name, seed)
        zero = np.array([0.0])
        named = dict(zip(shape.parameters, parameters, strict=True))
        expected = named.get("response at zero", 0.0)
        assert shape.response(parameters, zero)[0] == pytest.approx(expected, abs=1e-9)
        assert np.all(np.isfinite(shape.gradient(parameters, zero)))
        assert np.all(np.isfinite(shape.slope(parameters, zero)))


@each_shape
def test_many_curves_at_once_are_each_by_itself(name: str) -> None:
    shape, x = SHAPES[name], np.array([0.0, 1, 10, 100])
    many = np.array([drawn(name, seed) for seed in range(5)])
    responses, gradient = (f(many.T[..., None], x) for f in (shape.response, shape.gradient))
    for k, one in enumerate(many):
        np.testing.assert_array_equal(responses[k], shape.response(one, x))
        np.testing.assert_array_equal(gradient[k], shape.gradient(one, x))


@each_shape
def test_a_shape_says_what_its_parameters_are(name: str) -> None:
    shape = SHAPES[name]
    assert shape.name == name
    assert len(shape.parameters) == len(shape.units) == len(set(shape.parameters))
    assert shape.start(STANDARDS, noisy(name, 1)).shape == (len(shape.parameters),)
    assert shape.title
    assert shape.source


@each_shape
def test_beyond_the_curve_there_is_no_concentration(name: str) -> None:
    shape = SHAPES[name]
    parameters = drawn(name, 4)
    ends = shape.response(parameters, np.array([0.0, 1e9]))
    beyond = ends[0] - np.sign(ends[1] - ends[0]) * 0.01
    assert np.isnan(shape.concentration(parameters, np.array([beyond]))[0])


@each_weighting
@each_shape
def test_units_do_not_matter(name: str, weighting: str) -> None:
    """Times a thousand in concentration, times seven in response: the same, so many times."""
    y, shape = noisy(name, 2), SHAPES[name]
    one = fit_curve(STANDARDS, y, shape=name, weighting=weighting)
    other = fit_curve(1000 * STANDARDS, 7 * y, shape=name, weighting=weighting)
    times = {"response": 7.0, "concentration": 1000.0, "1": 1.0, "response/concentration": 7e-3}
    factor = np.array([times[unit] for unit in shape.units])
    if "response at one" in shape.parameters:  # one is another concentration then
        factor[0] *= float(1000.0 ** -one.values[1])
    np.testing.assert_allclose(other.values, one.values * factor, rtol=2e-4, atol=2e-4)
    asked = responses_of(one, np.array([5.0, 20, 80]))
    back, again = (
        read_back(curve, asked * k, replicates=2) for curve, k in ((one, 1.0), (other, 7.0))
    )
    for field in ("concentration", "se", "lower", "upper"):
        ours, theirs = 1000 * getattr(back, field), getattr(again, field)
        np.testing.assert_allclose(theirs, ours, rtol=1e-4)


@each_weighting
@each_shape
def test_the_order_of_wells_does_not_matter(name: str, weighting: str) -> None:
    y, shuffled = noisy(name, 3), np.random.default_rng(0).permutation(STANDARDS.size)
    one = fit_curve(STANDARDS, y, shape=name, weighting=weighting)
    other = fit_curve(STANDARDS[shuffled], y[shuffled], shape=name, weighting=weighting)
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.covariance, other.covariance)


@each_weighting
@each_shape
def test_a_curve_without_noise_is_found(name: str, weighting: str) -> None:
    for seed in range(4):
        parameters = _apart(name, seed)
        y = SHAPES[name].response(parameters, STANDARDS)
        curve = fit_curve(STANDARDS, y, shape=name, weighting=weighting)
        assert not curve.reason
        np.testing.assert_allclose(responses_of(curve, STANDARDS), y, rtol=1e-5)
        assert curve.competitive == (y[-1] < y[0])


@each_shape
def test_an_interval_holds_its_concentration_and_more_wells_narrow_it(name: str) -> None:
    curve = fit_curve(STANDARDS, noisy(name, 6), shape=name, weighting="power")
    asked = responses_of(curve, np.geomspace(4, 300, 20))
    one, four = (read_back(curve, asked, replicates=m) for m in (1, 4))
    assert np.all((one.lower < one.concentration) & (one.concentration < one.upper))
    assert np.all((one.lower < four.lower) & (four.upper < one.upper))
    assert np.all(four.se < one.se)


def test_the_end_of_an_interval_is_where_the_noise_reaches() -> None:
    """At its ends, the response is as many standard errors away as Student's t has it."""
    y = noisy("4PL", 7)
    curve = fit_curve(STANDARDS, y, shape="4PL", weighting="1/y2")
    asked = responses_of(curve, np.array([10.0, 40, 100]))
    back = read_back(curve, asked, replicates=2)
    for end in (back.lower, back.upper):
        error = noise_of(curve, end, replicates=np.array(2.0))
        away = np.abs(responses_of(curve, end) - asked) / error
        np.testing.assert_allclose(away, 2.2281388519649385, rtol=1e-3)  # t of 10


def test_intervals_are_open_where_the_curve_ends() -> None:
    x = np.repeat([0.0, 1, 3, 9, 27, 81, 243], 2)
    y = 2 / (1 + x / 10) + 0.1 + 0.05 * np.resize([1, -1], 14)
    curve = fit_curve(x, y, shape="4PL", weighting="equal")
    assert curve.competitive
    back = read_back(curve, [2.1, 0.12, 2.2, 9.0, math.nan, math.inf, -math.inf], replicates=2)
    assert back.lower[0] == 0 < back.upper[0] < 5
    assert back.lower[1] > 50
    assert back.upper[1] == math.inf
    assert back.beyond.tolist()[2:] == [-1, -1, 0, -1, 1]
    assert back.upper[2] > 0, "noise alone may read so"
    assert np.isnan(back.lower[3:]).all(), "no concentration reads so"
    assert np.isnan(back.se[2:]).all()


@each_weighting
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        (STANDARDS, np.full(14, 0.3), "all standards give the same response"),
        (STANDARDS, np.full(14, math.nan), "0 of 5 concentrations"),
        (STANDARDS[:8], np.arange(8.0), "4 of 5 concentrations"),
        (STANDARDS, np.repeat([0, 1, 2, 3, 2, 1, 0.0], 2), "neither rise nor fall steadily"),
        (STANDARDS, np.repeat([0, 2, -1, 2, 0, 1, 2.0], 2), "neither rise nor fall steadily"),
        ([], [], "0 of 5 concentrations"),
    ],
)
def test_what_is_no_curve_says_why(
    x: FloatArray, y: FloatArray, reason: str, weighting: str
) -> None:
    curve = fit_curve(x, y, shape="4PL", weighting=weighting)
    assert reason in curve.reason
    assert all(one.reason for one in curve.parameters.values())
    assert np.isnan(curve.values).all()
    with pytest.raises(DataError, match="no curve"):
        read_back(curve, [1.0], replicates=1)


def test_noise_is_no_curve() -> None:
    rng = np.random.default_rng(11)
    fits = [
        fit_curve(STANDARDS, rng.standard_normal(14), shape="4PL", weighting="equal")
        for _ in range(200)
    ]
    assert sum(not curve.reason for curve in fits) <= 2


def test_a_line_through_a_curve_does_not_fit() -> None:
    y = 2 * STANDARDS / (STANDARDS + 10)
    curve = fit_curve(STANDARDS, y, shape="line", weighting="equal")
    assert "the line curve does not fit" in curve.reason
    worse = fit_curve(STANDARDS, y, shape="line", weighting="1/y2")
    assert "it explains 0% of the spread" in worse.reason


def test_how_much_must_be_explained_and_how_steady_levels_must_be() -> None:
    little, enough = (
        fit_curve(STANDARDS, STANDARDS / (STANDARDS + c), shape="line", weighting="equal")
        for c in (150.0, 250.0)
    )
    assert "it explains 87% of the spread of the standards, under 90%" in little.reason
    assert not enough.reason
    hooked, nearly = (
        fit_curve(
            STANDARDS, np.repeat([0, 1, 2, 3, 4, 5, last], 2), shape="4PL", weighting="equal"
        )
        for last in (3.5, 4.5)
    )
    assert "neither rise nor fall steadily" in hooked.reason
    assert not nearly.reason


def test_a_log_logit_curve_is_for_responses_that_fall() -> None:
    curve = fit_curve(STANDARDS, STANDARDS + 1.0, shape="log-logit", weighting="equal")
    assert "responses rise with concentration" in curve.reason


def test_a_log_log_curve_rises_and_leaves_zero_standards_out() -> None:
    falling = fit_curve(STANDARDS, 2.0 - STANDARDS / 486, shape="log-log", weighting="1/y2")
    assert "responses fall with concentration" in falling.reason
    y = noisy("log-log", 3)
    y[:2] = 0.001, -0.002  # what is left of the color of zero
    curve = fit_curve(STANDARDS, y, shape="log-log", weighting="1/y2")
    assert curve.notes == ("2 of 14 standard wells left out: zero has no logarithm",)
    without = fit_curve(STANDARDS[2:], y[2:], shape="log-log", weighting="1/y2")
    np.testing.assert_array_equal(curve.values, without.values)
    assert curve.freedom == 10
    assert np.isnan(read_back(curve, [0.0], replicates=2).se[0]), "not an error of 1e-30"
    assert lack_of_fit(curve, STANDARDS, y) == lack_of_fit(curve, STANDARDS[2:], y[2:])


def test_a_log_log_curve_is_the_straight_line_of_the_logarithms() -> None:
    """Over six decades, where responses under a hundredth of the strongest count as much."""
    x = np.repeat(np.geomspace(0.01, 1e4, 7), 3)
    y = 0.02 * x**0.9 * (1 + 0.01 * np.random.default_rng(4).standard_normal(21))
    curve = fit_curve(x, y, shape="log-log", weighting="1/y2")
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    assert curve.values[1] == pytest.approx(slope, rel=2e-5)
    assert curve.values[0] == pytest.approx(np.exp(height), rel=2e-4)
    left = np.log(y) - slope * np.log(x) - height
    error = np.sqrt(left @ left / 19 / np.sum((np.log(x) - np.log(x).mean()) ** 2))
    assert curve.parameters["slope"].se == pytest.approx(error, rel=0.01)


def test_wells_that_are_saturated_or_not_read_are_left_out_and_named() -> None:
    y = noisy("4PL", 8)
    y[0], y[-1], y[-2] = math.nan, math.inf, math.inf
    curve = fit_curve(STANDARDS, y, shape="4PL", weighting="1/y2")
    assert curve.notes[:2] == (
        "2 of 14 standard wells left out: saturated",
        "1 of 14 standard wells left out: not read",
    )
    assert curve.highest == 162
    without = fit_curve(STANDARDS[1:-2], y[1:-2], shape="4PL", weighting="1/y2")
    np.testing.assert_array_equal(curve.values, without.values)


def test_a_bubble_in_one_sample_is_no_noise_of_all() -> None:
    rng = np.random.default_rng(9)
    pairs = [mean * (1 + 0.02 * rng.standard_normal(2)) for mean in np.linspace(0.3, 1.5, 30)]
    y = noisy("4PL", 8)
    calm = fit_curve(STANDARDS, y, shape="4PL", weighting="power", duplicates=pairs)
    odd = fit_curve(
        STANDARDS, y, shape="4PL", weighting="power", duplicates=[*pairs, np.array([0.2, 1.4])]
    )
    assert odd.sigma == pytest.approx(calm.sigma, rel=1e-6)
    assert "1 of 31 samples whose wells differ far more" in odd.notes[0]
    assert calm.freedom == 10 + 30


def test_of_samples_that_scatter_alike_next_to_none_is_left_out() -> None:
    """Four standard deviations: one in 16,000, where 2.7 would be one in 150."""
    rng = np.random.default_rng(31)
    pairs = list(np.full((2000, 2), 1.0) + 0.02 * rng.standard_normal((2000, 2)))
    curve = fit_curve(
        STANDARDS, noisy("4PL", 8), shape="4PL", weighting="1/y2", duplicates=pairs
    )
    assert 2000 - 2 <= curve.freedom - 10 <= 2000
    assert curve.sigma == pytest.approx(0.02, rel=0.05)


def test_the_power_of_the_noise_is_found_where_groups_differ_in_size() -> None:
    """Ten wells of each faint sample, two of each strong one; noise as the power 0.7."""
    rng, size = np.random.default_rng(32), np.repeat([0.1, 2.0], 40)
    freedom = np.repeat([9.0, 1.0], 40)
    found = [
        likeliest_power(Scatter(rng.chisquare(freedom) * size**1.4, freedom, size))
        for _ in range(100)
    ]
    assert float(np.mean(found)) == pytest.approx(0.7, abs=0.03)


def test_wrong_calls_say_what_is_possible() -> None:
    y = noisy("4PL", 1)
    with pytest.raises(DataError, match="possible: 4PL, 5PL, line, log-log, log-logit"):
        fit_curve(STANDARDS, y, shape="spline", weighting="equal")
    with pytest.raises(DataError, match="possible: equal, 1/y, 1/y2, power"):
        fit_curve(STANDARDS, y, shape="4PL", weighting="1/x")
    with pytest.raises(DataError, match="14 concentrations, but 13 responses"):
        fit_curve(STANDARDS, y[1:], shape="4PL", weighting="equal")
    with pytest.raises(DataError, match="standard 1: a concentration is a number from 0 up"):
        fit_curve(STANDARDS - 1, y, shape="4PL", weighting="equal")
    curve = fit_curve(STANDARDS, y, shape="4PL", weighting="equal")
    with pytest.raises(DataError, match="one or more replicates"):
        read_back(curve, [0.5], replicates=0)
    with pytest.raises(DataError, match="2 responses, but 3 numbers"):
        read_back(curve, [0.5, 0.6], replicates=[1, 2, 3])
    with pytest.raises(DataError, match="draws tell no standard error"):
        bootstrap(curve, [0.5], replicates=1, standards=STANDARDS, draws=5, seed=1)


def test_limits_of_a_straight_line_are_in_closed_form() -> None:
    """Zeros 0 on average, noise 0.1, slope 2: three SD are 0.15."""
    x = np.repeat(np.arange(0.0, 21.0), 2)
    y = 2 * x + 0.1 * np.resize([1, -1, -1, 1], x.size)
    curve = fit_curve(x, y, shape="line", weighting="equal")
    zeros = np.resize([0.1, -0.1], 20)
    found = detection(curve, zeros, unit="ng/mL")
    assert found.value == pytest.approx(3 * float(zeros.std(ddof=1)) / 2, rel=0.01)
    few = detection(curve, zeros[:2], unit="ng/mL")
    assert few.value == pytest.approx(3 * curve.sigma / 2, rel=0.01)
    better = detected(curve, replicates=4, unit="ng/mL").value
    assert better < detected(curve, replicates=1, unit="ng/mL").value < 0.25
    assert "no wells without any" in detection(curve, [], unit="ng/mL").reason
    cv = precision_profile(curve, [1.0, 10.0], replicates=1)
    assert cv[0] == pytest.approx(curve.sigma / 2, rel=0.1)
    assert cv[1] == pytest.approx(curve.sigma / 20, rel=0.1)


def test_quantification_ends_where_standards_are_not_read_back() -> None:
    """The lowest is 40 % off, all others are as they should be."""
    x = np.repeat([0.0, 1, 2, 4, 8, 16, 32, 64], 2)
    y = 0.02 + 0.05 * x * (1 + 0.002 * np.resize([1, -1], x.size))
    y[2:4] += 0.02
    curve = fit_curve(x, y, shape="line", weighting="1/y2")
    found = quantification(curve, x, y, replicates=2, unit="ng/mL")
    assert [one.nominal for one in found.standards] == [1, 2, 4, 8, 16, 32, 64]
    assert not found.standards[0].at_end
    assert found.lower.value == 2
    assert found.upper.value == 64
    assert found.standards[-1].within


def test_the_least_that_is_told_from_none_is_that_of_hubaux_and_vos() -> None:
    """Of a straight line, from its textbook formulas: 5 % wrong either way."""
    x = np.repeat([0.0, 1, 2, 4, 8], 2)
    y = 0.3 + 0.5 * x + 0.05 * np.random.default_rng(21).standard_normal(10)
    slope, zero = np.polyfit(x, y, 1)
    spread = math.sqrt(float(np.sum((y - zero - slope * x) ** 2)) / 8)
    squares = float(np.sum((x - x.mean()) ** 2))

    def reach(where: float) -> float:
        return (
            1.8595480375308981
            * spread
            * math.sqrt(  # t of 8, one-sided
                1 / 3 + 1 / 10 + (where - float(x.mean())) ** 2 / squares
            )
        )

    least = 0.0
    for _ in range(100):
        least = (reach(0.0) + reach(least)) / float(slope)
    curve = fit_curve(x, y, shape="line", weighting="equal")
    assert detected(curve, replicates=3, unit="ng/mL").value == pytest.approx(least, rel=1e-3)


def test_zeros_tell_their_own_spread_from_ten_on() -> None:
    x = np.repeat(np.arange(0.0, 21.0), 2)
    y = 2 * x + 0.1 * np.resize([1, -1, -1, 1], x.size)
    curve = fit_curve(x, y, shape="line", weighting="equal")
    wide = np.resize([1.0, -1.0], 10)
    of_ten, of_eight = (detection(curve, wide[:n], unit="ng/mL") for n in (10, 8))
    assert of_ten.value == pytest.approx(3 * float(wide.std(ddof=1)) / 2, rel=0.02)
    assert of_eight.value == pytest.approx(3 * curve.sigma / 2, rel=0.02)


def _quantified(sigma: float, responses: list[float]) -> tuple[float, float]:
    """Return between which of the standards 1 ... 5 responses of these are quantified."""
    x = np.repeat(np.arange(11.0), 4)
    y = x + sigma * np.resize([1, -1, -1, 1], x.size)
    curve = fit_curve(x, y, shape="line", weighting="equal")
    found = quantification(curve, np.arange(1.0, 6.0), responses, replicates=1, unit="ng/mL")
    return found.lower.value, found.upper.value


def test_quantification_asks_what_the_guideline_asks() -> None:
    """20 % between, 25 % at the ends, three quarters of the standards; of bias and of CV."""
    assert _quantified(1e-3, [1.0, 2, 3, 4, 5]) == (1, 5)
    assert _quantified(1e-3, [1.23, 2, 3, 4, 5]) == (1, 5)
    assert _quantified(1e-3, [1.27, 2, 3, 4, 5]) == (2, 5)
    assert _quantified(1e-3, [1.0, 2, 3.9, 4, 5]) == (1, 5)  # four of five
    assert _quantified(1e-3, [1.0, 2.44, 3.66, 4, 5]) == (2, 5)  # three of five are too few
    assert _quantified(0.23, [1.0, 2, 3, 4, 5]) == (1, 5)
    assert _quantified(0.3, [1.0, 2, 3, 4, 5]) == (2, 5)


def test_lack_of_fit_is_found_in_a_bent_line_and_not_in_a_straight_one() -> None:
    rng = np.random.default_rng(12)
    x = np.repeat(np.arange(8.0), 2)
    chances = []
    for bend in (0.0, 0.04):
        p = []
        for _ in range(200):
            y = x + bend * x**2 + 0.1 * rng.standard_normal(16)
            p.append(lack_of_fit(fit_curve(x, y, shape="line", weighting="equal"), x, y).p)
        chances.append(float(np.mean(np.array(p) < 0.05)))
    assert chances[0] == pytest.approx(0.05, abs=0.04)
    assert chances[1] > 0.9


def test_lack_of_fit_is_that_of_the_textbook() -> None:
    """Squares of the means about the curve by those of the wells about their means."""
    x, rng = np.repeat(np.arange(1.0, 6.0), 3), np.random.default_rng(13)
    y = x * (1 + 0.05 * rng.standard_normal(15))
    curve = fit_curve(x, y, shape="line", weighting="1/y2")
    mean = responses_of(curve, x)
    own = np.repeat(y.reshape(5, 3).mean(axis=1), 3)
    between = np.sum(((own - mean) / mean) ** 2) / (5 - 2)
    within = np.sum(((y - own) / mean) ** 2) / (15 - 5)
    found = lack_of_fit(curve, x, y)
    assert found.ratio == pytest.approx(between / within, rel=1e-9)
    assert (found.between, found.within) == (3, 10)


def test_bootstrap_is_the_same_for_the_same_seed_and_missing_off_the_curve() -> None:
    curve = fit_curve(STANDARDS, noisy("4PL", 1), shape="4PL", weighting="1/y")
    asked = [*responses_of(curve, np.array([20.0, 60.0])), 99.0, math.nan]
    one, other = (
        bootstrap(curve, asked, replicates=2, standards=STANDARDS, draws=50, seed=3)
        for _ in range(2)
    )
    np.testing.assert_array_equal(one, other)
    assert np.isfinite(one).tolist() == [True, True, False, False]


def test_parameters_that_standards_leave_open_are_missing_and_the_curve_is_used() -> None:
    """Standards on the foot of a curve tell nothing of its plateau, and all of themselves."""
    x = np.repeat([3.0, 8.0, 25.0, 74.0, 222.0, 667.0, 2000.0], 2)
    y = 0.00168 * x * (1 + 0.01 * np.resize([1, -1, -1, 1], x.size))
    curve = fit_curve(x, y, shape="4PL", weighting="1/y2")
    plateau, middle = curve.parameters["response at infinity"], curve.parameters["EC50"]
    assert plateau.reason.startswith("the standards leave it open: ")
    assert middle.reason.startswith("the standards leave it open: ")
    assert not curve.parameters["slope"].reason
    assert np.isfinite(curve.values).all()
    back = read_back(curve, [0.00168 * 500], replicates=2)
    assert back.concentration[0] == pytest.approx(500, rel=0.02)
    assert back.upper[0] < 550
    whole = fit_curve(x, 3 * x / (x + 80), shape="4PL", weighting="1/y2")
    assert not any(e.reason for e in whole.parameters.values())


@pytest.mark.parametrize("shape", ["4PL", "line"])
def test_responses_that_no_reader_sees_are_beyond_the_curve(shape: str) -> None:
    x = np.repeat([0.0, 1, 3, 10, 30, 100, 300], 2)
    y = (0.1 + 0.01 * x) * (1 + 0.01 * np.cos(np.arange(x.size)))
    y = y / (1 + x / 500) if shape == "4PL" else y
    curve = fit_curve(x, y, shape=shape, weighting="power")
    back = read_back(curve, [np.inf, 1e300, -1e300, -np.inf], replicates=2)
    assert back.beyond.tolist() == [1, 1, -1, -1]
    assert np.isnan(back.concentration).all()
    assert np.isnan(back.upper).all()
