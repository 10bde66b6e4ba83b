"""Options of ``interbeat plate`` that say something else than the files say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from interbeat.app.cli import main

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
