"""The JSON is strict and whole; the table is tidy."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow.parquet as pq
import pytest

from interbeat.core.estimate import Estimate
from interbeat.pipeline.analysis import Analysis
from interbeat.reporting import to_json, to_table, write_json, write_table

EVERY = ["couple", "alone", "hostile", "unmeasured"]
COLUMNS = {
    "person": "dictionary<values=string, indices=int32, ordered=0>",
    "measure": "dictionary<values=string, indices=int32, ordered=0>",
    "unit": "dictionary<values=string, indices=int32, ordered=0>",
    "kind": "dictionary<values=string, indices=int32, ordered=0>",
    "label": "dictionary<values=string, indices=int32, ordered=0>",
    "start": "double",
    "end": "double",
    "value": "double",
    "se": "double",
    "low": "double",
    "high": "double",
    "quality": "double",
    "n": "int64",
    "reason": "dictionary<values=string, indices=int32, ordered=0>",
}


def refuse(token: str) -> NoReturn:
    raise AssertionError(f"{token} is not JSON")


def parsed(analysis: Analysis) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(to_json(analysis), parse_constant=refuse)
    return result


def estimate_of(row: dict[str, Any]) -> Estimate:
    number = {key: math.nan if row[key] is None else row[key] for key in ("value", "se")}
    return Estimate(
        number["value"], number["se"], row["unit"], row["quality"], row["n"], row["reason"]
    )


@pytest.fixture(params=EVERY)
def analysis(request: pytest.FixtureRequest) -> Analysis:
    found: Analysis = request.getfixturevalue(request.param)
    return found


def test_json_is_strict_and_repeats(analysis: Analysis) -> None:
    assert parsed(analysis)["format"] == "interbeat-analysis/1"
    assert to_json(analysis) == to_json(analysis)


def test_estimates_come_back_exactly(analysis: Analysis) -> None:
    people = parsed(analysis)["people"]
    for name, person in analysis.people.items():
        back = {k: estimate_of(row) for k, row in people[name]["summary"].items()}
        assert back == dict(person.summary)
        for label, found in person.by_interval.items():
            rows = people[name]["by_interval"][label]
            assert {k: estimate_of(row) for k, row in rows.items()} == dict(found)


def test_tracks_come_back_to_six_digits_with_their_reasons(couple: Analysis) -> None:
    people = parsed(couple)["people"]
    for name, person in couple.people.items():
        for measure, track in person.tracks.items():
            row = people[name]["tracks"][measure]
            values = np.array([math.nan if v is None else v for v in row["value"]])
            np.testing.assert_allclose(values, track.values, rtol=1e-5)
            reasons = [""] * len(track)
            for first, count, reason in row["missing"]:
                reasons[first : first + count] = [reason] * count
            assert tuple(reasons) == track.reasons
            assert row["n"] == track.n.tolist()


def test_events_and_the_two_together_come_back(couple: Analysis) -> None:
    whole = parsed(couple)
    beats = couple.people["a"].derived.channels["beats"]
    row = whole["people"]["a"]["events"]["beats"]
    np.testing.assert_allclose(row["times"], beats.times, atol=1e-4)
    assert couple.dyad is not None
    assert whole["dyad"]["heart rate"]["p"] == couple.dyad["heart rate"].p
    assert whole["dyad"]["breathing"]["p"] is None
    assert whole["dyad"]["breathing"]["strength"]["reason"]
    assert None in whole["dyad"]["heart rate"]["windows"]["z"]


def test_what_is_said_beside_a_synchrony_comes_back(couple: Analysis) -> None:
    assert couple.dyad is not None
    found, null = (parsed(couple)["dyad"][name] for name in ("heart rate", "skin conductance"))
    s, lead = couple.dyad["heart rate"], couple.leading["heart rate"]
    assert estimate_of(found["detectable"]) == s.detectable
    assert estimate_of(found["needed"]) == s.needed
    assert found["episodes"]["starts"] == pytest.approx(s.episodes.starts)
    assert estimate_of(found["episodes"]["share"]) == s.episodes.share
    assert found["leading"]["leader"] == "a"
    assert estimate_of(found["leading"]["lag"]) == lead.lag
    assert found["verdict"].startswith("co-varying; not shown to be coupled")
    assert null["leading"] is None
    assert null["verdict"] == "not distinguishable from chance"
    track = parsed(couple)["together"]["heart rate trailing synchrony"]
    assert track["missing"] == [[0, 165, "under 205 s of both to tell chance by"]]


def test_table_has_its_columns_whatever_was_measured(analysis: Analysis) -> None:
    table = to_table(analysis)
    assert {field.name: str(field.type) for field in table.schema} == COLUMNS


def test_a_value_is_null_exactly_when_it_gives_a_reason(analysis: Analysis) -> None:
    for row in to_table(analysis).to_pylist()[:5000]:
        assert (row["value"] is None) == bool(row["reason"])


def test_one_row_for_each_estimate(couple: Analysis) -> None:
    table = to_table(couple)
    tracks = [t for p in couple.people.values() for t in p.tracks.values()]
    tracks += couple.together.values()
    kinds = table.column("kind").to_pylist()
    assert kinds.count("window") == sum(len(t) for t in tracks)
    summaries = sum(len(p.summary) for p in couple.people.values())
    assert kinds.count("summary") == summaries + 11 * len(couple.dyad or {}) + len(
        couple.leading
    )
    tasks = [found for p in couple.people.values() for found in p.by_interval.values()]
    assert kinds.count("interval") == sum(len(found) for found in tasks)


def test_rows_say_what_time_they_speak_of(couple: Analysis) -> None:
    rows = [r for r in to_table(couple).to_pylist() if r["person"] == "a"]
    rmssd = [r for r in rows if r["measure"] == "rmssd"]
    windows = [r for r in rmssd if r["kind"] == "window"]
    assert (windows[0]["start"], windows[0]["end"]) == (0.0, 60.0)
    talk = next(r for r in rmssd if r["label"] == "talk about a conflict")
    assert (talk["start"], talk["end"]) == (1080.0, 2160.0)
    whole = next(r for r in rmssd if r["kind"] == "summary")
    assert whole["value"] == couple.people["a"].summary["rmssd"].value
    assert whole["low"] < whole["value"] < whole["high"]


def test_files_hold_what_the_functions_return(couple: Analysis, tmp_path: Path) -> None:
    assert write_json(couple, tmp_path / "a.json").read_text("utf-8").rstrip() == to_json(
        couple
    )
    assert pq.read_table(write_table(couple, tmp_path / "a.parquet")).equals(to_table(couple))
    first = (tmp_path / "a.parquet").read_bytes()
    assert write_table(couple, tmp_path / "b.parquet").read_bytes() == first
