"""What every finding must say of itself, and how the table judges."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.body.person import Person
from interbeat.core.errors import DataError
from interbeat.validation import (
    FINDINGS,
    Examined,
    Finding,
    Measured,
    Part,
    Tolerance,
    examine,
    examine_all,
    finding,
)

FITTED = re.compile(r"fitted to (.*)")
PAPER = re.compile(r"([A-Z]\w+)(?: & [A-Z]\w+| et al\.?)? (\d{4})")
NEVER = re.compile(r"ventral|dorsal|polyvagal|neuroception|balance", re.IGNORECASE)


@pytest.mark.parametrize("name", list(FINDINGS))
def test_a_finding_says_whence_it_is_and_could_fail(name: str) -> None:
    found = FINDINGS[name]
    assert found.title
    assert found.published
    assert len(found.source) > 20, "a source says who, or where"
    assert found.function.__doc__, "a row says how it asks"
    assert found.number >= 1  # 1 to 50 are the rows that were asked for
    for band in found.tolerances.values():
        assert math.isfinite(band.least) or math.isfinite(band.most)
    assert found.origin == "predicted" or found.ledger
    said = " ".join((found.title, found.published, found.fails, found.ledger))
    assert not NEVER.search(said)


@pytest.mark.parametrize("name", [n for n in FINDINGS if FINDINGS[n].origin == "predicted"])
def test_what_was_fitted_to_a_source_does_not_predict_it(name: str) -> None:
    source = FINDINGS[name].source
    for row in Person.parameters():
        said = FITTED.search(row.parameter.source)
        for author, year in PAPER.findall(said.group(1) if said else ""):
            if author in source and year in source:
                assert FINDINGS[name].ledger, (
                    f"{row.organ}.{row.name} was {row.parameter.source}: say in the ledger why "
                    "this row is predicted all the same"
                )


def _row(*parts: Part, fails: str = "") -> Examined:
    made = Finding(
        "made", 1, "t", "s 1999", "", "p", "S", "", {p.label: p.tolerance for p in parts},
        "predicted", "", fails, lambda seed: Measured(float(seed)),
    )  # fmt: skip
    return Examined(made, 7, parts)


BAND = Tolerance(1.0, 2.0, "ms")


def test_all_numbers_of_a_row_must_be_inside() -> None:
    inside, outside = Part("x", BAND, Measured(1.5, 0.1)), Part("y", BAND, Measured(2.5, 0.1))
    assert _row(inside).verdict == "holds"
    assert _row(inside, outside).verdict == "fails"
    assert _row(outside, fails="known").verdict == "fails as expected"
    assert _row(inside, fails="known").verdict == "holds against expectation"


def test_a_number_that_could_not_be_measured_does_not_hold() -> None:
    lost = _row(Part("", BAND, Measured(math.nan, math.nan, 0, "no beats")))
    assert lost.verdict == "fails"
    assert lost.sure


def test_a_verdict_that_chance_could_turn_is_not_sure() -> None:
    assert _row(Part("", BAND, Measured(1.5, 0.2))).sure
    assert not _row(Part("", BAND, Measured(1.5, 0.3))).sure
    assert not _row(Part("", BAND, Measured(2.1, 0.1))).sure
    far, near = Part("x", BAND, Measured(9.0, 0.1)), Part("y", BAND, Measured(1.9, 0.1))
    assert _row(far, near).sure, "one that surely fails decides"


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=30))
def test_the_error_of_a_mean_is_that_of_the_textbook(values: list[float]) -> None:
    measured = Measured.of(values)
    assert measured.value == pytest.approx(np.mean(values), abs=1e-9)
    expected = np.std(values, ddof=1) / math.sqrt(len(values))
    assert measured.se == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_all_of_few_people_is_not_certainty() -> None:
    every, none = Measured.of([True] * 10), Measured.of(np.zeros(10, dtype=bool))
    assert (every.value, none.value) == (1.0, 0.0)
    assert [every.se, none.se] == pytest.approx([math.sqrt(1 / 12 * 11 / 12 / 12)] * 2)
    many = Measured.of(np.arange(4000) % 4 == 0)
    assert many.se == pytest.approx(math.sqrt(0.25 * 0.75 / 4000), rel=1e-2)
    assert math.isnan(Measured.of([True, False]).value)


def test_people_who_give_no_number_are_left_out_and_counted() -> None:
    measured = Measured.of([1.0, math.nan, 3.0, 2.0])
    assert (measured.value, measured.n) == (2.0, 3)
    assert measured.note == "1 of 4 gave no number"
    assert math.isnan(Measured.of([1.0, math.nan, math.nan]).value)


def test_pooled_groups_are_a_mean_with_a_smaller_error() -> None:
    pooled = Measured.pooled([Measured(1.0, 0.3, 10), Measured(3.0, 0.4, 10)])
    assert (pooled.value, pooled.n) == (2.0, 20)
    assert pooled.se == pytest.approx(0.25)


@pytest.mark.parametrize("ends", [(-math.inf, math.inf), (2.0, 1.0), (math.nan, 1.0)])
def test_a_tolerance_that_nothing_could_leave_or_enter_is_refused(
    ends: tuple[float, float],
) -> None:
    with pytest.raises(DataError, match="tolerance"):
        Tolerance(*ends)


def _nought(seed: int) -> Measured:
    return Measured(0.0 * seed)


def test_a_finding_that_says_too_little_is_refused() -> None:
    about = {"number": 1, "title": "t", "source": "s", "published": "p", "mark": "S"}
    with pytest.raises(DataError, match="how it was fitted"):
        finding(**about, origin="fitted", least=0.0)(_nought)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="origin"):
        finding(**about, origin="hoped", least=0.0, ledger="x")(_nought)  # type: ignore[arg-type]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two findings that cost nothing, in place of all."""
    one = replace(_row(Part("", BAND, Measured(0.0))).finding, name="one", number=2)
    two = replace(one, name="two", number=1, function=lambda seed: {"x": _nought(seed)})
    monkeypatch.setattr("interbeat.validation._spec.FINDINGS", {"one": one, "two": two})


@pytest.mark.usefixtures("made")
def test_the_seed_reaches_the_function_and_repeats_go_on_from_it() -> None:
    assert examine("one", seed=5).parts[0].measured.value == 5.0
    assert examine("one", seed=5, repeats=3).parts[0].measured.value == 6.0
    with pytest.raises(DataError, match="at least one group"):
        examine("one", seed=5, repeats=0)
    with pytest.raises(DataError, match="0 or more"):
        examine("one", seed=-1)


@pytest.mark.usefixtures("made")
def test_an_answer_to_another_question_is_refused() -> None:
    with pytest.raises(DataError, match="answers with"):
        examine("two", seed=5)
    with pytest.raises(DataError, match="answers with"):
        list(examine_all(seed=5))
    assert [row.finding.name for row in examine_all(seed=5, names=["one"])] == ["one"]
