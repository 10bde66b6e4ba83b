"""The tubes of a session are in its analysis, JSON and table, with what they come to."""

from __future__ import annotations

import json
import math

import pytest

from interbeat.core.beats import Beats
from interbeat.core.recording import Recording
from interbeat.core.sample import Sample
from interbeat.core.session import Session
from interbeat.neurochemistry.courses.assay_error import AssayError
from interbeat.neurochemistry.courses.course import NUMBERS, CourseSettings
from interbeat.pipeline.analysis import Analysis
from interbeat.pipeline.analyze import analyze
from interbeat.pipeline.table import to_table
from interbeat.reporting import to_json


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    levels = {"a": (5.0, 9.0, 7.0), "b": (6.0, 6.5, 6.2)}
    tubes = [
        Sample("cortisol", v, "nmol/L", 60.0 * k, "saliva", who, se=0.4)
        for who, values in levels.items()
        for k, v in enumerate(values)
    ]
    tubes.append(Sample("oxytocin", 1.0, "pg/mL", 0.0, "saliva", "a", lower=2.0))
    beats = [Recording(w, {"beats": Beats.from_rr([800] * 200, person=w)}) for w in "ab"]
    return analyze(Session(tuple(beats), samples=tuple(tubes)))


def test_every_analyte_of_everyone_has_a_course(analysis: Analysis) -> None:
    assert [(c.name, c.person) for c in analysis.courses] == [
        ("cortisol in saliva", "a"),
        ("cortisol in saliva", "b"),
        ("oxytocin in saliva", "a"),
    ]
    assert analysis.courses[0].numbers["AUCg"].value == pytest.approx(15.0)
    assert len(analysis.samples) == 7


def test_json_says_what_is_censored_and_whether_it_was_extracted(analysis: Analysis) -> None:
    said = json.loads(to_json(analysis))
    last = said["samples"][-1]
    assert last["censored"] == "below"
    assert last["extraction"] == "extraction not stated"
    assert last["se"] is None
    assert last["upper"] is None
    found = said["courses"][0]
    assert list(found["numbers"]) == list(NUMBERS)
    assert found["numbers"]["AUCg"]["unit"] == "nmol/L min"
    assert found["settings"]["errors"].startswith("errors of samples taken as independent")
    assert said["courses"][2]["numbers"]["peak"]["reason"] == "one sample is no course"
    assert said["courses"][2]["extraction"] == "extraction not stated"


def test_json_has_the_numbers_of_two(analysis: Analysis) -> None:
    (found,) = json.loads(to_json(analysis))["two courses"]
    assert found["persons"] == ["a", "b"]
    assert found["differences"]["AUCg"]["value"] == pytest.approx(15.0 - 12.6)
    assert found["extraction"] == "extraction not stated"
    assert found["correlation"]["reason"] == "3 samples of both at the same time; 5 are needed"
    assert found["p"] is None


def test_the_table_has_a_row_a_tube_and_a_row_a_number(analysis: Analysis) -> None:
    rows = to_table(analysis).to_pylist()
    tubes = [row for row in rows if row["kind"] == "sample"]
    assert len(tubes) == 7
    assert tubes[-1]["value"] is None
    assert tubes[-1]["reason"] == "between 0 and 2 pg/mL"
    assert tubes[-1]["label"] == "extraction not stated"
    areas = [row for row in rows if row["measure"] == "cortisol in saliva AUCg"]
    assert [row["person"] for row in areas] == ["a", "b"]
    assert areas[0]["start"] == 0.0
    assert areas[0]["end"] == 120.0


def test_without_tubes_there_is_nothing() -> None:
    beats = Recording("a", {"beats": Beats.from_rr([800] * 200, person="a")})
    found = analyze(Session((beats,)))
    assert not found.samples
    assert not found.courses
    assert {row["kind"] for row in to_table(found).to_pylist()} == {"window", "summary"}


def test_the_assays_error_may_be_told() -> None:
    beats = Recording("a", {"beats": Beats.from_rr([800] * 200, person="a")})
    tubes = [Sample("cortisol", 8.0, "nmol/L", 60.0 * k, "saliva", "a") for k in range(3)]
    session = Session((beats,), samples=tuple(tubes))
    assert "is not known" in analyze(session).courses[0].numbers["AUCg"].reason
    how = CourseSettings(error=AssayError(cv=0.1))
    found = analyze(session, tubes=how).courses[0].numbers["baseline"]
    assert (found.value, found.se) == pytest.approx((8.0, 0.8))
    assert not math.isnan(found.se)
