"""Options of ``interbeat plate`` that say something else than the files say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from interbeat.app.cli import main
from interbeat.sources.samples import read_samples

DENSITIES = (0.05, 0.11, 0.18, 0.33, 0.63, 1.14, 1.82, 2.35)
STANDARDS = (0, 7.8, 15.6, 31.25, 62.5, 125, 250, 500)


def _files(folder: Path) -> tuple[Path, Path]:
    grid, layout = folder / "plate.csv", folder / "layout.csv"
    cells = [*map(str, DENSITIES), "0.5", "", "", ""]
    rows = [",".join(["", *map(str, range(1, 13))])]
    rows += [",".join([letter, *cells]) for letter in "ABCDEFGH"]
    grid.write_text("\n".join(rows) + "\n", encoding="utf-8")
    lines = ["well,role,concentration (pg/mL),analyte"]
    lines += [f"A{k},standard,{x},cortisol" for k, x in enumerate(STANDARDS, 1)]
    layout.write_text("\n".join([*lines, "A9,sample,,cortisol"]) + "\n", encoding="utf-8")
    return grid, layout


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--unit", "ng/ml"), "unit: ng/mL as told, where the files say pg/mL; no number was"),
        (
            ("--analyte", "cortisone"),
            "analyte: cortisone as told, where the files say cortisol",
        ),
        (("--unit", "pg/ml"), ""),
        (("--analyte", "Cortisol"), ""),
        (("--matrix", "saliva"), ""),
    ],
)
def test_an_option_against_the_files_is_said(
    option: tuple[str, str], said: str, tmp_path: Path
) -> None:
    grid, layout = _files(tmp_path)
    told = CliRunner().invoke(main, ["plate", str(grid), "--layout", str(layout), *option])
    assert told.exit_code == 0, told.output
    assert ("as told" in told.output) is bool(said)
    assert said in " ".join(told.output.split())


@pytest.mark.parametrize("lacking", ["analyte", "unit", "matrix"])
def test_samples_that_no_session_would_take_are_refused(lacking: str, tmp_path: Path) -> None:
    grid, layout = _files(tmp_path)
    rows = layout.read_text(encoding="utf-8").replace(",cortisol", "").replace(" (pg/mL)", "")
    rows = rows.replace(",analyte", ",sample,person,time").replace(
        "A9,sample,", "A9,sample,,tube,a,60"
    )
    layout.write_text(rows, encoding="utf-8")
    known = {"analyte": "cortisol", "unit": "pg/mL", "matrix": "saliva"}
    told = [f"--{name}={word}" for name, word in known.items() if name != lacking]
    table = tmp_path / "samples.tsv"
    words = ["plate", str(grid), "--layout", str(layout), "--samples", str(table)]
    refused = CliRunner().invoke(main, [*words, *told])
    assert refused.exit_code == 1
    assert f"need their {lacking}: --{lacking} says it" in refused.output
    assert not table.exists()
    taken = CliRunner().invoke(main, [*words, *told, f"--{lacking}={known[lacking]}"])
    assert taken.exit_code == 0, taken.output
    assert len(read_samples(table)) == 1


def test_a_table_of_no_samples_is_said_to_be_that(tmp_path: Path) -> None:
    grid, layout = _files(tmp_path)
    table = tmp_path / "samples.tsv"
    words = ["--layout", str(layout), "--matrix", "saliva", "--samples", str(table)]
    told = CliRunner().invoke(main, ["plate", str(grid), *words])
    assert told.exit_code == 0, told.output
    assert "no sample is in the table of samples" in told.output
