"""Many virtual couples: a tidy table whose bytes do not depend on who worked on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interbeat.body import scenario
from interbeat.core.errors import DataError, SourceError
from interbeat.pipeline.couples import couples, rows_of_couple


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    out = tmp_path_factory.mktemp("couples") / "six.parquet"
    written = couples(
        "hour of talk", out, count=6, seed=40, minutes=[5, 10], ties={"threat": 0.5}, workers=1
    )
    found = pq.read_table(out)
    assert written == found.num_rows
    assert [path.name for path in out.parent.iterdir()] == ["six.parquet"]
    return found


def test_there_is_a_row_for_each_couple_length_and_person(table: pa.Table) -> None:
    keys = list(
        zip(*(table[k].to_pylist() for k in ("couple", "minutes", "person")), strict=True)
    )
    assert keys == [(c, m, p) for c in range(40, 46) for m in (5.0, 10.0) for p in "ab"]
    assert set(table["reached_by_threat"].to_pylist()) == {0.5}
    assert set(table["reached_by_delay"].to_pylist()) == {3.0}


def test_what_a_worker_found_is_what_is_found_here(table: pa.Table) -> None:
    play = scenario("hour of talk")
    a, b = (replace(tie, threat=0.5) for tie in play.ties)
    here = rows_of_couple(replace(play, ties=(a, b)), 40, minutes=(5.0, 10.0))
    for mine, theirs in zip(here, table.slice(0, 4).to_pylist(), strict=True):
        assert mine.keys() == theirs.keys()
        assert {k: v for k, v in mine.items() if repr(v) != "nan"} == {
            k: v for k, v in theirs.items() if v is not None
        }


def test_the_numbers_are_those_of_bodies_that_differ(table: pa.Table) -> None:
    for name, low, high in (
        ("heart_rate", 40, 120), ("sdnn", 5, 250), ("rmssd", 3, 200), ("scr_rate", 0, 30),
        ("breathing_rate", 6, 26), ("age", 18, 100), ("threat", 0, 1), ("systolic", 80, 170),
    ):  # fmt: skip
        values = np.array(table[name].to_pylist(), dtype=float)
        assert ((values >= low) & (values <= high)).all(), name
        assert values.std() > 0, name
    assert all(0 < p <= 1 for p in table["p"].to_pylist())
    assert min(table["threat_correlation"].to_pylist()) >= -1


def test_longer_looks_are_looks_at_the_same_couple(table: pa.Table) -> None:
    rows = table.to_pylist()
    for short, long in zip(rows[0::4], rows[2::4], strict=True):
        assert short["age"] == long["age"]
        assert short["floor"] > long["floor"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"count": 0}, "one couple or more, not 0"),
        ({"minutes": [0.0]}, "up to 1440 minutes, not 0"),
        ({"minutes": [2000.0]}, "up to 1440 minutes"),
        ({"ties": {"love": 1.0}}, "no tie is called 'love'; possible: threat, calm"),
        ({"ties": {"threat": 9.0}}, "threat of the tie is -2 to 2"),
        ({"seed": -1}, "a seed is a whole number from 0 up"),
        ({"scheduler": "here"}, "is no address of a Dask scheduler"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(
    tmp_path: Path, given: dict[str, object], said: str
) -> None:
    settings: dict[str, object] = {"count": 1, "seed": 1, "workers": 1, **given}
    with pytest.raises(DataError, match=said):
        couples("hour of talk", tmp_path / "x.parquet", **settings)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_one_person_is_no_couple_and_what_is_there_is_kept(tmp_path: Path) -> None:
    alone = tmp_path / "alone.toml"
    alone.write_text('title = "One"\nlength = "5 min"\n[a]\n')
    with pytest.raises(DataError, match="alone has one person"):
        couples(alone, tmp_path / "x.parquet", count=1, seed=1)
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    with pytest.raises(SourceError, match="is no table of couples"):
        couples("strangers", notes, count=1, seed=1)
    with pytest.raises(SourceError, match="is a folder"):
        couples("strangers", tmp_path, count=1, seed=1)
    with pytest.raises(SourceError, match="there is no folder"):
        couples("strangers", tmp_path / "no" / "x.parquet", count=1, seed=1)
    assert notes.read_text() == "mine"
