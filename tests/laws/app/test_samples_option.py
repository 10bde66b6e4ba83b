"""``interbeat analyze --samples``: a table of tubes joins recordings on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from interbeat.app.cli import main


def recorded(folder: Path) -> Path:
    path = folder / "ibi_a.txt"
    path.write_text("800\n820\n" * 200, encoding="utf-8")
    return path


def test_a_table_of_tubes_joins_the_recording(tmp_path: Path) -> None:
    table = tmp_path / "tubes.csv"
    rows = ["a,cortisol,saliva,0,5,nmol/L", "a,cortisol,saliva,2,9,nmol/L"]
    table.write_text("\n".join(["person,analyte,matrix,time_min,value,unit", *rows]) + "\n")
    words = [str(recorded(tmp_path)), "--samples", str(table), "--assay-cv", "0.1"]
    done = CliRunner().invoke(main, ["analyze", *words, "--json", str(tmp_path / "r.json")])
    assert done.exit_code == 0, done.output
    (course,) = json.loads((tmp_path / "r.json").read_text())["courses"]
    assert course["numbers"]["AUCg"]["value"] == 14.0
    assert course["settings"]["cv"] == 0.1


def test_a_person_who_is_not_there_is_an_error(tmp_path: Path) -> None:
    table = tmp_path / "tubes.csv"
    table.write_text("person,analyte,matrix,time,value,unit\nz,cortisol,saliva,0,5,nmol/L\n")
    done = CliRunner().invoke(
        main, ["analyze", str(recorded(tmp_path)), "--samples", str(table)]
    )
    assert done.exit_code != 0
    assert "'z', who is not in this session; possible: a" in str(done.output) + str(
        done.exception
    )
