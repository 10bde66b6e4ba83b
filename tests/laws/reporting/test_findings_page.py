"""The page and the JSON of the findings: nothing hidden, nothing from outside."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from interbeat.reporting.findings_machine import findings_as_dict, write_findings
from interbeat.reporting.findings_page import WIDE, picture, render_findings, report_findings
from interbeat.reporting.findings_words import counts, headline, measured, tolerance
from interbeat.validation import Examined, Finding, Measured, Origin, Part, Tolerance


def _row(
    name: str, *parts: Part, origin: Origin = "predicted", fails: str = "", mark: str = "S"
) -> Examined:
    return Examined(
        Finding(
            name, 9, f"title of {name}", "Author (1999)", "10.1/x", "1 <b>&amp; 2", mark,  # type: ignore[arg-type]
            "", {part.label: part.tolerance for part in parts}, origin, "tuned <i>", fails,
            lambda seed: Measured(float(seed)),
        ),
        1_000_000,
        parts,
    )  # fmt: skip


BAND = Tolerance(1.0, 2.0, "ms")
ROWS = [
    _row("inside", Part("", BAND, Measured(1.5, 0.01, 40))),
    _row("outside", Part("", BAND, Measured(3.0, 0.1, 40)), origin="fitted", mark="M"),
    _row("known", Part("x", BAND, Measured(0.5, 0.0, 1, "a note")), fails="too <stiff>"),
    _row("lost", Part("", BAND, Measured(math.nan, math.nan, 0, "no beats"))),
]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "rect", "line", "circle", "path"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "line", "circle", "path"}:
            assert self.open.pop() == tag


def _page() -> tuple[str, _Tags]:
    page = render_findings(ROWS, repeats=1)
    tags = _Tags()
    tags.feed(page)
    assert not tags.open
    return page, tags


def test_what_is_written_by_hand_is_escaped() -> None:
    page, tags = _page()
    assert "1 &lt;b&gt;&amp;amp; 2" in page
    assert "too &lt;stiff&gt;" in page
    assert not {"b", "i", "stiff"} & {tag for tag, _ in tags.seen}


def test_the_page_needs_nothing_from_outside() -> None:
    page, tags = _page()
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in tags.seen}
    assert not re.search(r"https?:|url\(|@import", page)
    assert all(str(a["href"]).startswith("#") for tag, a in tags.seen if tag == "a")


def test_links_lead_to_rows() -> None:
    _, tags = _page()
    anchors = {a["id"] for _, a in tags.seen if "id" in a}
    links = {str(a["href"])[1:] for tag, a in tags.seen if tag == "a"}
    assert links <= anchors
    assert {"outside", "known", "lost"} <= links, "what fails is named at the top"


def test_failing_rows_are_visible_with_their_reason() -> None:
    page, _ = _page()
    assert page.index("What fails") < page.index("Every finding</h2>")
    assert page.count("fails as expected") >= 2
    assert "it was expected to hold" in page
    assert "no number" in page
    assert "no beats" in page
    assert "from memory, unverified" in page


def test_the_page_says_that_nobody_is_validated_and_with_which_seed() -> None:
    page, _ = _page()
    assert "It is the model that is put to the test" in page
    assert "1000000" in page
    assert headline(ROWS) in page
    said = "1 of 4 findings hold; of 3 that were predicted, 1 hold; chance"
    assert headline(ROWS).startswith(said)


def test_a_picture_shows_the_interval_where_it_is() -> None:
    at = picture(Part("", BAND, Measured(1.5, 0.1)))
    assert at is not None
    assert 0 < at.left < at.low < at.at < at.high < at.right < WIDE
    outside = picture(Part("", BAND, Measured(3.0, 0.1)))
    assert outside is not None
    assert outside.right < outside.low < outside.high < WIDE


def test_a_side_without_an_end_reaches_the_edge() -> None:
    at = picture(Part("", Tolerance(least=0.0), Measured(4.0, 0.0)))
    assert at is not None
    assert (at.right, at.closed_right, at.closed_left) == (WIDE, False, True)
    lone = picture(Part("", Tolerance(least=0.0), Measured(0.0, 0.0)))
    assert lone is not None
    assert lone.at == WIDE / 2
    assert picture(Part("", BAND, Measured(math.nan, math.nan))) is None


def test_numbers_have_the_digits_that_their_error_leaves() -> None:
    assert measured(Part("", BAND, Measured(1.2345, 0.04))).split() == [
        "1.23",
        "±",
        "0.04",
        "ms",
    ]
    assert measured(Part("", BAND, Measured(-1.2345))).split() == ["−1.23", "ms"]
    assert tolerance(Part("", Tolerance(-0.8, -0.2, "SD"), Measured(0.0))) == "−0.8 to −0.2 SD"


def test_counts_add_up() -> None:
    n = counts(ROWS)
    assert n["findings"] == n["hold"] + n["fail"] + n["fail as expected"]
    assert (n["hold"], n["fail"], n["fail as expected"], n["unverified"]) == (1, 2, 1, 1)
    news = counts([_row("news", Part("", BAND, Measured(1.5)), fails="known")])
    assert news["hold against expectation"] == 1


def test_machines_get_every_number_and_null_for_none(tmp_path: Path) -> None:
    path = write_findings(ROWS, tmp_path / "f.json", repeats=2)
    said = json.loads(path.read_text(encoding="utf-8"))
    assert said == findings_as_dict(ROWS, repeats=2)
    assert (said["seed"], said["repeats"]) == (1_000_000, 2)
    rows = {row["name"]: row for row in said["findings"]}
    assert rows["lost"]["parts"][0]["value"] is None
    assert rows["known"]["verdict"] == "fails as expected"
    assert rows["known"]["expected_to_fail"] == "too <stiff>"
    assert rows["outside"]["verified"] is False
    assert said["counts"]["hold"] == 1


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    pages = [report_findings(ROWS, tmp_path / name, repeats=1) for name in ("a", "b")]
    assert pages[0].read_bytes() == pages[1].read_bytes()


@pytest.mark.parametrize("repeats", [1, 3])
def test_the_page_says_how_many_groups_there_were(repeats: int) -> None:
    page = render_findings(ROWS, repeats=repeats)
    assert ("3 groups" in page) == (repeats == 3)
