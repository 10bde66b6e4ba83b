"""A course follows its samples: areas scale and shift with them, and errors go along."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.errors import DataError
from interbeat.core.sample import Sample
from interbeat.neurochemistry.courses.assay_error import AssayError, from_spreads, own_errors
from interbeat.neurochemistry.courses.course import (
    NUMBERS,
    Course,
    CourseSettings,
    course,
    courses,
)

LEVELS = st.lists(st.floats(1, 50), min_size=3, max_size=8)
ERROR = 0.4


def tubes(
    values: list[float], times: list[float] | None = None, **more: object
) -> list[Sample]:
    """Return cortisol of a, every 10 min unless times (s) are given."""
    at = times or [600.0 * k for k in range(len(values))]
    told = {"se": ERROR, **more}
    return [
        Sample("cortisol", v, "nmol/L", t, "saliva", "a", **told)  # type: ignore[arg-type]
        for v, t in zip(values, at, strict=True)
    ]


def values(found: Course, *names: str) -> list[float]:
    return [found.numbers[name].value for name in names]


@given(LEVELS, st.floats(0.1, 20))
def test_areas_scale_with_the_samples(levels: list[float], factor: float) -> None:
    one = course(tubes(levels))
    more = course(tubes([factor * v for v in levels]))
    want = [factor * v for v in values(one, "AUCg", "AUCi")]
    np.testing.assert_allclose(values(more, "AUCg", "AUCi"), want, rtol=1e-9, atol=1e-6)


@given(LEVELS, st.floats(0, 30))
def test_a_constant_adds_its_time_to_aucg_and_nothing_to_auci(
    levels: list[float], more: float
) -> None:
    one, higher = course(tubes(levels)), course(tubes([v + more for v in levels]))
    minutes = 10.0 * (len(levels) - 1)
    (ground, increase), (was, before) = (
        values(higher, "AUCg", "AUCi"),
        values(one, "AUCg", "AUCi"),
    )
    assert ground == pytest.approx(was + more * minutes)
    assert increase == pytest.approx(before, abs=1e-6)


@given(LEVELS, st.floats(0.05, 0.95), st.integers(0, 6))
def test_a_point_on_the_line_between_two_samples_changes_no_area(
    levels: list[float], share: float, place: int
) -> None:
    k = place % (len(levels) - 1)
    at = [600.0 * j for j in range(len(levels))]
    between = levels[k] + share * (levels[k + 1] - levels[k])
    more = course(
        tubes(
            [*levels[: k + 1], between, *levels[k + 1 :]],
            [*at[: k + 1], at[k] + 600 * share, *at[k + 1 :]],
        )
    )
    one = course(tubes(levels))
    np.testing.assert_allclose(
        values(more, "AUCg", "AUCi"), values(one, "AUCg", "AUCi"), rtol=1e-9, atol=1e-6
    )


@settings(max_examples=20)
@given(LEVELS, st.randoms())
def test_the_order_in_which_samples_are_given_does_not_matter(
    levels: list[float], random: object
) -> None:
    given_first = tubes(levels)
    mixed = list(given_first)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = course(given_first), course(mixed)
    assert one.samples == other.samples
    assert dict(one.numbers) == dict(other.numbers)


def test_errors_of_areas_are_those_of_a_weighted_sum() -> None:
    found = course(tubes([5, 6, 9, 8], [0, 600, 1800, 2400]))
    weights = np.array([5, 15, 15, 5])  # min
    assert found.numbers["AUCg"].se == pytest.approx(ERROR * math.hypot(*weights))
    weights[0] -= 40
    assert found.numbers["AUCi"].se == pytest.approx(ERROR * math.hypot(*weights))
    assert found.numbers["reactivity"].se == pytest.approx(ERROR * math.sqrt(2))
    assert found.numbers["AUCg"].unit == "nmol/L min"


def test_an_error_that_the_plate_shares_moves_the_whole_course() -> None:
    samples = tubes([8, 8.1, 12, 9])
    alone = course(samples).numbers
    plate = course(samples, CourseSettings(error=AssayError(shared=0.08))).numbers
    for name in ("AUCg", "AUCi", "peak", "reactivity"):
        want = math.hypot(alone[name].se, 0.08 * alone[name].value)
        assert plate[name].se == pytest.approx(want), name
        assert plate[name].value == alone[name].value
    for name in ("reactivity percent", "recovered share", "peak time"):
        assert plate[name] == alone[name], name


def test_the_baseline_is_what_the_caller_says_and_auci_stays_above_the_first() -> None:
    samples = tubes([5, 7, 12, 9])
    first = course(samples)
    mean = course(samples, CourseSettings(before=900, event="the talk"))
    assert first.baseline_is == "the first sample"
    assert mean.baseline_is == "the mean of 2 samples before the talk at 900 s"
    assert values(mean, "baseline", "reactivity") == [6.0, 6.0]
    assert mean.numbers["AUCi"] == first.numbers["AUCi"]
    assert mean.numbers["baseline"].se == pytest.approx(ERROR / math.sqrt(2))


def test_the_peak_is_sought_after_the_baseline() -> None:
    found = course(tubes([20, 5, 8, 6]))
    assert values(found, "peak", "reactivity") == [8.0, -12.0]
    assert "no sample after the baseline is above it" in found.flags


def test_recovery_counts_from_the_peak() -> None:
    found = course(tubes([5, 15, 8, 7]))
    assert values(found, "peak", "peak time", "recovery") == [15.0, 600.0, 8.0]
    assert found.numbers["recovered share"].value == pytest.approx(0.8)
    assert found.numbers["recovery slope"].value == pytest.approx(-0.4)
    assert found.numbers["reactivity percent"].value == pytest.approx(200)


def test_a_peak_at_the_end_has_no_recovery_and_says_so() -> None:
    found = course(tubes([5, 8, 15]))
    assert "not sampled" in found.numbers["recovery"].reason
    assert any("last" in flag for flag in found.flags)


def test_two_samples_that_might_both_be_the_peak_make_its_time_unsure() -> None:
    clear, close = course(tubes([5, 15, 8, 5])), course(tubes([5, 15, 8, 14.9]))
    assert close.numbers["peak time"].se > 1.5 * clear.numbers["peak time"].se
    assert any("not sure" in flag for flag in close.flags)
    assert not any("not sure" in flag for flag in clear.flags)


def test_a_rise_that_is_not_told_from_none_is_not_divided_by() -> None:
    found = course(tubes([5, 5.3, 5.1]))
    assert found.numbers["recovered share"].reason == "the rise is not told from none"
    assert found.numbers["reactivity"].value == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (tubes([5]), "one sample is no course"),
        (tubes([5, 6, 7], [0, 60, 60]), "two samples at 60 s"),
        (tubes([5, 6, 7], se=math.nan), "error of these samples is not known"),
        (tubes([5, 0.1, 0.1, 0.1], lower=0.5), "outside the assay's limits"),
    ],
)
def test_what_cannot_be_told_is_missing_with_its_reason(
    samples: list[Sample], why: str
) -> None:
    found = course(samples)
    assert set(found.numbers) == set(NUMBERS)
    assert all(why in found.numbers[name].reason for name in NUMBERS)


def test_a_gap_that_is_too_long_is_not_joined_by_a_line() -> None:
    found = course(tubes([5, 6, 7], [0, 600, 7200]), CourseSettings(longest=3600))
    assert "6600 s between two samples" in found.numbers["AUCg"].reason
    assert not found.numbers["reactivity"].reason


def test_censored_samples_are_neither_zero_nor_the_limit() -> None:
    known = [6.0, 9.0, 12.0, 8.0, 5.5]
    low = tubes([0.5, *known], lower=4.0, se=0.2)
    found = course(low)
    assert found.least < found.numbers["AUCg"].value < found.most
    assert found.most - found.least == pytest.approx(4.0 * 5)
    assert found.numbers["AUCg"].quality == pytest.approx(5 / 6)
    assert found.numbers["AUCg"].se > course(tubes([4.0, *known], se=0.2)).numbers["AUCg"].se
    assert any("1 of 6 samples below" in flag for flag in found.flags)
    assert found.numbers == course(low).numbers  # drawn with a seed


def test_above_the_limit_the_most_is_open() -> None:
    found = course(tubes([30, 32, 35, 38, 41, 60, 47, 44, 40, 36], upper=50))
    assert found.most == math.inf
    assert found.numbers["peak"].value > 50
    assert found.numbers["peak"].interval[0] > 40


def test_a_sample_above_the_limit_that_nothing_holds_gives_no_numbers() -> None:
    found = course(tubes([5, 60, 20, 12, 9], upper=50))
    assert found.least > 0
    for number in found.numbers.values():
        assert number.reason.endswith("the others do not say how far above 50 nmol/L it is")


@pytest.mark.parametrize(
    ("levels", "known"),
    [
        ([5.0, 6, 7], {"se": 0.0}),
        ([5.0, 6, 7], {"spread": 0.0}),
        ([0.0, 0, 0], {}),
        ([5.0, 0, 7], {}),
    ],
)
def test_no_number_has_an_error_of_nothing(
    levels: list[float], known: dict[str, float]
) -> None:
    cv = math.nan if known else 0.07
    held = [
        Sample("cortisol", v, "nmol/L", 600.0 * k, "saliva", "a", **known)  # type: ignore[arg-type]
        for k, v in enumerate(levels)
    ]
    for number in course(held, CourseSettings(error=AssayError(cv=cv))).numbers.values():
        assert "the error of these samples is not known" in number.reason


def test_a_sure_peak_may_have_been_anywhere_between_its_neighbors() -> None:
    found = course(tubes([5, 20, 6], se=0.01))
    (before, _, after) = (sample.time for sample in found.samples)
    assert found.numbers["peak time"].se == pytest.approx((after - before) / math.sqrt(12))


def test_a_sample_at_the_very_event_is_not_before_it() -> None:
    held = tubes([5, 7, 20, 6], se=0.1)
    found = course(held, CourseSettings(before=held[1].time))
    assert found.numbers["baseline"].value == 5


@pytest.mark.parametrize("level", [5e300, 5e-300])
def test_what_is_beyond_all_that_is_measured_is_refused(level: float) -> None:
    held = [Sample("x", level, "u", 60.0 * k, "saliva", "a", se=level / 9) for k in range(3)]
    assert (
        course(held).numbers["AUCg"].reason == "a concentration is beyond all that is measured"
    )


@pytest.mark.parametrize("wrong", [{"draws": 1}, {"longest": math.nan}, {"longest": 0.0}])
def test_settings_that_would_be_silently_wrong_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DataError, match="a course needs 20 draws or more"):
        CourseSettings(**wrong)  # type: ignore[arg-type]


def test_errors_of_samples_are_not_negative() -> None:
    for wrong in ({"se": -1.0}, {"spread": -1.0}):
        with pytest.raises(DataError, match="numbers from 0 up, not"):
            Sample("cortisol", 5.0, "nmol/L", 0.0, "saliva", "a", **wrong)  # type: ignore[arg-type]


def test_courses_are_by_person_analyte_matrix_unit_and_extraction() -> None:
    one = tubes([5, 6, 7])
    other = [replace(sample, person="b") for sample in one]
    blood = [replace(sample, matrix="plasma") for sample in one]
    raw = [replace(sample, extracted=False) for sample in one]
    found = courses([*one, *other, *blood, *raw])
    assert [(c.person, c.matrix, c.extraction) for c in found] == [
        ("a", "saliva", "extraction not stated"),
        ("b", "saliva", "extraction not stated"),
        ("a", "plasma", "extraction not stated"),
        ("a", "saliva", "unextracted"),
    ]
    with pytest.raises(DataError, match="courses"):
        course([*one, *other])
    with pytest.raises(DataError, match="none was given"):
        course([])


def test_spreads_of_everybody_give_one_coefficient_of_variation() -> None:
    samples = tubes([10, 20, 5], spread=1.0, se=math.nan)
    found = from_spreads(samples, AssayError())
    want = math.sqrt(np.mean([0.1**2, 0.05**2, 0.2**2]) / 2)
    assert found.cv == pytest.approx(want)
    assert found.freedom == 3
    given_already = AssayError(cv=0.05)
    assert from_spreads(samples, given_already) == given_already
    wider = own_errors(samples, found) / (want * np.array([10, 20, 5]))
    assert np.all(wider > 1.5)  # Student's with 3 degrees of freedom, 3.18 for 1.96
    np.testing.assert_allclose(own_errors(samples, given_already), [0.5, 1.0, 0.25])


@pytest.mark.parametrize("wrong", [{"cv": -0.1}, {"shared": -0.1}, {"replicates": 0}])
def test_impossible_errors_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DataError):
        AssayError(**wrong)  # type: ignore[arg-type]
