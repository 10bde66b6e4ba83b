"""Two people's courses: their difference has both errors, and few samples say little."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import pearsonr

from interbeat.core.errors import DataError
from interbeat.core.sample import Sample
from interbeat.neurochemistry.courses.assay_error import AssayError
from interbeat.neurochemistry.courses.course import Course, CourseSettings, course
from interbeat.neurochemistry.courses.together import DIFFERENCES, of_pairs, together

A, B = (5.0, 6.0, 9.0, 12.0, 8.0), (6.0, 6.5, 8.0, 7.0, 6.0)


def of(person: str, levels: tuple[float, ...], shared: float = 0.0, late: float = 0) -> Course:
    samples = [
        Sample("cortisol", v, "nmol/L", 600.0 * k + late, "saliva", person, se=0.4)
        for k, v in enumerate(levels)
    ]
    return course(samples, CourseSettings(error=AssayError(shared=shared)))


def test_exchanging_the_two_turns_the_signs() -> None:
    one, other = together(of("a", A), of("b", B)), together(of("b", B), of("a", A))
    for name in DIFFERENCES:
        assert one.differences[name].value == pytest.approx(-other.differences[name].value)
        assert one.differences[name].se == pytest.approx(other.differences[name].se)
    assert one.lag.value == -other.lag.value == -600.0
    assert one.correlation.value == pytest.approx(other.correlation.value)
    assert one.p == other.p


def test_a_difference_has_the_errors_of_both() -> None:
    a, b = of("a", A), of("b", B)
    found = together(a, b).differences["AUCg"]
    assert found.se == pytest.approx(math.hypot(a.numbers["AUCg"].se, b.numbers["AUCg"].se))
    times = (a.numbers["peak time"].se, b.numbers["peak time"].se)
    assert together(a, b).lag.se == pytest.approx(math.hypot(*times))


def test_areas_over_other_times_are_not_taken_from_each_other() -> None:
    longer = together(of("a", A), of("b", (*B, 6.0, 6.0)))
    for name in ("AUCg", "AUCi"):
        found = longer.differences[name]
        assert found.reason == "one was sampled from 0 to 2400 s, the other from 0 to 3600 s"
    assert not longer.differences["peak"].reason
    assert not together(of("a", A), of("b", B, late=100)).differences["AUCg"].reason


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        ((9.0, 8, 7, 6, 5), "no sample of b is above the baseline"),
        ((5.0, 6, 7, 8, 9), "the highest sample of b is the last"),
    ],
)
def test_without_a_peak_of_both_there_is_no_lag(levels: tuple[float, ...], reason: str) -> None:
    assert together(of("a", A), of("b", levels)).lag.reason == reason
    assert together(of("b", levels), of("a", A)).lag.reason == reason


def test_pairs_are_of_one_thing() -> None:
    plasma = [Sample("cortisol", 9.0, "nmol/L", 60.0 * k, "plasma", "b", se=1) for k in (0, 1)]
    (found,) = of_pairs([of("a", A), course(plasma), of("b", B)])
    assert found.persons == ("a", "b")
    assert (found.matrix, found.unit) == ("saliva", "nmol/L")
    assert found.extraction == "extraction not stated"
    assert not of_pairs([of("a", A), of("b", B), of("c", B)])


def test_what_a_plate_shares_goes_with_the_difference_alone() -> None:
    a, b = of("a", A, 0.04), of("b", B, 0.04)
    found = together(a, b).differences["AUCg"]
    assert found.se < 0.8 * math.hypot(a.numbers["AUCg"].se, b.numbers["AUCg"].se)


def test_correlation_and_interval_are_pearsons_and_fishers() -> None:
    found = together(of("a", A), of("b", B))
    want = pearsonr(A, B)
    interval = want.confidence_interval(0.95)
    assert math.tanh(found.correlation.value) == pytest.approx(want.statistic)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.floor == pytest.approx(1 / 120)
    assert found.p >= found.floor
    assert "and more: samples of one person hang together" in found.words
    assert "no sign of a bond" in found.words


def test_p_is_uniform_where_there_is_nothing() -> None:
    rng = np.random.default_rng(3)
    levels = rng.lognormal(2, 0.3, (300, 2, 5))
    p = np.array([together(of("a", tuple(x)), of("b", tuple(y))).p for x, y in levels])
    assert 0.02 <= np.mean(p <= 0.05) <= 0.08
    assert np.mean(p) == pytest.approx(0.5, abs=0.05)


def test_of_few_samples_no_correlation_is_said() -> None:
    found = together(of("a", A[:4]), of("b", B[:4]))
    assert found.correlation.reason == "4 samples of both at the same time; 5 are needed"
    assert math.isnan(found.p)
    assert found.words.startswith("Nothing is said")
    assert not found.differences["AUCg"].reason


def test_samples_of_other_times_are_no_pairs() -> None:
    assert together(of("a", A), of("b", B, late=100)).pairs == 5
    assert together(of("a", A), of("b", B, late=200)).pairs == 0


def test_eight_samples_are_shuffled_and_not_all_tried() -> None:
    one, other = (3.0, 4, 5, 6, 7, 8, 9, 10), (3.1, 4, 5.2, 6, 7.1, 8, 9.3, 10)
    found = together(of("a", one), of("b", other))
    assert found.p == found.floor == pytest.approx(1 / 5001)
    assert found.p == together(of("a", one), of("b", other)).p


def test_two_courses_are_of_two_people_and_one_thing() -> None:
    with pytest.raises(DataError, match="two people"):
        together(of("a", A), of("a", B))
    plasma = course(
        [Sample("cortisol", 9.0, "nmol/L", 60.0 * k, "plasma", "b") for k in (0, 1)]
    )
    with pytest.raises(DataError, match="one thing"):
        together(of("a", A), plasma)
