"""``interbeat analyze --samples``: a table of tubes joins recordings on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from interbeat.app.cli import main
from interbeat.core.beats import Beats
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.sources import write_bids


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


def marked(folder: Path) -> Path:
    """Return a folder with a recording of one person in which a speech begins at 100 s."""
    heart = Recording("a", {"beats": Beats.from_rr([800] * 400, person="a")})
    place = folder / "session"
    write_bids(Session((heart,), intervals=Intervals([100], [160], ["speech"])), place)
    return place


def counted(folder: Path) -> Path:
    """Return a laboratory's table of two people, by its own names, since the speech."""
    table = folder / "tubes.csv"
    rows = [
        f"{who},cortisol,saliva,{minutes},{level},nmol/L"
        for who in ("Vp01", "Vp02")
        for minutes, level in (("-1 min", 5), ("+1 min", 9))
    ]
    table.write_text("\n".join(["person,analyte,matrix,time,value,unit", *rows]) + "\n")
    return table


def test_times_since_an_event_of_people_by_the_laboratorys_names(tmp_path: Path) -> None:
    words = ["--samples", str(counted(tmp_path)), "--assay-cv", "0.1"]
    words += ["--sample-event", "speech", "--sample-person", "a=Vp01"]
    out = str(tmp_path / "r.json")
    done = CliRunner().invoke(main, ["analyze", str(marked(tmp_path)), *words, "--json", out])
    assert done.exit_code == 0, done.output
    (course,) = json.loads(Path(out).read_text())["courses"]
    assert course["person"] == "a"
    assert course["times"] == [40.0, 160.0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sample-event", "song", "--sample-person", "a=Vp01"], "no event is called 'song'"),
        (["--sample-event", "speech", "--sample-person", "a=Vp09"], "no sample is of 'Vp09'"),
        (["--sample-event", "speech", "--sample-person", "z=Vp01"], "'z'"),
        (["--sample-person", "a=Vp01"], "counts from an event"),
    ],
)
def test_what_is_not_there_is_named(words: list[str], said: str, tmp_path: Path) -> None:
    held = [str(marked(tmp_path)), "--samples", str(counted(tmp_path)), *words]
    done = CliRunner().invoke(main, ["analyze", *held])
    assert done.exit_code != 0
    assert said in done.output + str(done.exception)


def test_words_about_tubes_need_tubes(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["analyze", str(recorded(tmp_path)), "--sample-event", "speech"]
    )
    assert done.exit_code == 2
    assert "are about --samples" in done.output


def test_a_table_without_a_sample_is_an_error(tmp_path: Path) -> None:
    table = tmp_path / "tubes.csv"
    table.write_text("person,analyte,matrix,time,value,unit\n")
    done = CliRunner().invoke(
        main, ["analyze", str(recorded(tmp_path)), "--samples", str(table)]
    )
    assert "has a header and no samples" in done.output + str(done.exception)


def test_an_event_that_is_not_there_is_named_though_no_time_counts_from_it(
    tmp_path: Path,
) -> None:
    table = tmp_path / "tubes.csv"
    table.write_text("person,analyte,matrix,time,value,unit\na,cortisol,saliva,0,5,nmol/L\n")
    held = [str(marked(tmp_path)), "--samples", str(table), "--sample-event", "song"]
    done = CliRunner().invoke(main, ["analyze", *held])
    assert done.exit_code != 0
    assert "no event is called 'song'; possible: speech" in done.output + str(done.exception)
