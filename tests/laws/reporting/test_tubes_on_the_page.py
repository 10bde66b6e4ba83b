"""The page shows what was found in tubes: extraction beside it, limits told, nothing scored."""

from __future__ import annotations

import re
from html import unescape

import pytest

from interbeat.core.beats import Beats
from interbeat.core.recording import Recording
from interbeat.core.sample import Sample
from interbeat.core.session import Session
from interbeat.pipeline.analyze import analyze
from interbeat.reporting.citing import cite
from interbeat.reporting.page import render
from interbeat.reporting.tubes import tubes_parts

BEATS = tuple(Recording(w, {"beats": Beats.from_rr([800] * 400, person=w)}) for w in "ab")


def oxytocin(extracted: bool | None) -> list[Sample]:
    return [
        Sample(
            "oxytocin", v, "pg/mL", 60.0 * k - 60, "saliva", who,
            lower=2.0, se=0.2, extracted=extracted,
        )
        for who in "ab"
        for k, v in enumerate((1.0, 3.1, 4.2, 3.3, 2.9))
    ]  # fmt: skip


def words_of(samples: list[Sample]) -> str:
    html = render(analyze(Session(BEATS, samples=tuple(samples))))
    section = html[html.index('<section id="tubes"') : html.index('<section id="excluded"')]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section)))


@pytest.mark.parametrize(
    ("extracted", "word"),
    [(True, "extracted"), (False, "unextracted"), (None, "extraction not stated")],
)
def test_extraction_stands_beside_every_value(extracted: bool | None, word: str) -> None:
    analysis = analyze(Session(BEATS, samples=tuple(oxytocin(extracted))))
    (part,) = tubes_parts(analysis)
    assert len(part.samples) == 10
    assert all(row[4] == word for row in part.samples)
    said = words_of(oxytocin(extracted))
    assert f"Oxytocin in saliva over time ({word})" in said
    assert f"Oxytocin in saliva of person a, {word}: what the samples come to" in said


def test_a_censored_sample_is_below_its_limit_and_no_number() -> None:
    said = words_of(oxytocin(True))
    assert "below 2 pg/mL" in said
    assert " 1 pg/mL" not in said
    assert "1 of 5 samples below the limit of quantification" in said
    assert "Whatever the samples beyond a limit were, AUCg lies between" in said


def test_what_tubes_cannot_say_is_said() -> None:
    said = words_of(oxytocin(True))
    assert "It is not a trait of the person" in said
    assert "not the brain" in said
    assert "does not measure love" in said
    assert "Nobody is scored or ranked" in said
    assert "no sign of a bond" in said or "Nothing is said of whether" in said


def test_a_time_before_the_session_began_is_shown() -> None:
    assert "−0:01:00" in words_of(oxytocin(True))


def test_two_analytes_are_two_parts_and_one_tube_has_no_figure() -> None:
    lone = Sample("cortisol", 6.0, "nmol/L", 0.0, "saliva", "a", se=0.3)
    parts = tubes_parts(analyze(Session(BEATS, samples=(*oxytocin(True), lone))))
    assert [part.title for part in parts] == ["Oxytocin in saliva", "Cortisol in saliva"]
    assert parts[0].figure is not None
    assert parts[1].figure is None
    assert parts[1].two == ""


def test_the_numbers_of_two_are_taken_from_each_other_on_the_page() -> None:
    (part,) = tubes_parts(analyze(Session(BEATS, samples=tuple(oxytocin(True)))))
    ((whose, cells),) = part.between
    assert whose == "a minus b"
    assert [cell.label for cell in cells][-1] == "Peak of b after that of a"
    assert "Oxytocin in saliva, a minus b, extracted" in words_of(oxytocin(True))


def test_without_tubes_the_page_has_no_such_section() -> None:
    analysis = analyze(Session(BEATS))
    assert 'id="tubes"' not in render(analysis)
    assert "pruessner2003" not in cite(analysis)
    assert "pruessner2003" in cite(analyze(Session(BEATS, samples=tuple(oxytocin(True)))))


def test_names_from_files_are_text_and_no_markup() -> None:
    samples = [
        Sample("<b>x</b>", 3.0, "<i>", 60.0 * k, "saliva", "a", se=0.1, flags=("<script>",))
        for k in range(2)
    ]
    html = render(analyze(Session(BEATS, samples=tuple(samples))))
    assert "<script>" not in html
    assert "<b>x</b>" not in html.lower()
