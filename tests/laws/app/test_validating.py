"""``interbeat validate``: a table, a page and JSON of what was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from interbeat.app.cli import main
from interbeat.app.validating import chosen, show
from interbeat.core.errors import DataError
from interbeat.validation import FINDINGS, Examined, Measured, Part

NAME = "norms_of_intervals"


def test_one_finding_is_printed_and_written(tmp_path: Path) -> None:
    page, machine = tmp_path / "f.html", tmp_path / "f.json"
    done = CliRunner().invoke(
        main, ["validate", "--only", NAME, "--seed", "5", "--html", str(page),
               "--json", str(machine)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "Intervals of adults" in done.output
    assert "It is the model that is tested, not a person." in done.output
    assert f"wrote {page.resolve()}" in done.output
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    said = json.loads(machine.read_text(encoding="utf-8"))
    assert [row["name"] for row in said["findings"]] == [NAME]
    assert said["seed"] == 5


def test_findings_are_chosen_by_name_or_number_and_come_by_number() -> None:
    assert [one.name for one in chosen([NAME])] == [NAME]
    assert {one.number for one in chosen(["9", "24"])} == {9, 24}
    numbers = [one.number for one in chosen([])]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(FINDINGS)
    with pytest.raises(DataError, match="no finding is called 'love'"):
        chosen(["love"])


def test_an_unknown_finding_ends_with_what_is_possible() -> None:
    done = CliRunner().invoke(main, ["validate", "--only", "love"])
    assert done.exit_code == 1
    assert "possible: " in done.output
    assert NAME in done.output


def test_a_page_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["validate", "--html", str(tmp_path / "no" / "f.html")])
    assert done.exit_code == 2
    assert "there is no folder" in done.output


def test_what_fails_is_said_below_the_table() -> None:
    found = FINDINGS[NAME]
    parts = tuple(
        Part(label, band, Measured(1e6, 1.0)) for label, band in found.tolerances.items()
    )
    console = Console(record=True, width=120)
    show([Examined(found, 1, parts)], console)
    said = console.export_text()
    assert "fails; it was expected to hold" in said
    assert all(label in said for label in found.tolerances)
