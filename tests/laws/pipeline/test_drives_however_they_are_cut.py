"""However a recording is cut, its drives are the same, live; and how they are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from tests.designed import simulate

import interbeat as ib
from interbeat.core.errors import DataError
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.span import Span
from interbeat.pipeline.analyze import replay
from interbeat.state import CheckIn, Drug
from interbeat.state.estimates import NAMES

SESSION = simulate("calm evening", 3, seconds=420).session


def followed(seconds: float) -> dict[str, list[np.ndarray]]:
    engine = ib.Engine.for_session(SESSION, follow=("drives",))
    updates = [engine.push(chunk) for chunk in replay(SESSION, seconds)]
    updates += engine.finish()
    told: dict[str, list[np.ndarray]] = {}
    for update in updates:
        if update.drives is not None:
            columns = [getattr(update.drives, n) for n in NAMES]
            rows = [update.drives.times, *(c.values for c in columns), *(c.se for c in columns)]
            told.setdefault(update.person, []).append(
                np.column_stack([*rows, update.drives.patterns])
            )
    return told


def test_drives_are_the_same_in_chunks_of_a_second_and_all_at_once() -> None:
    whole, cut = followed(1e6), followed(7.3)
    assert whole.keys() == cut.keys() == {"a", "b"}
    for person in "ab":
        one, many = np.vstack(whole[person]), np.vstack(cut[person])
        assert len(cut[person]) > 10
        assert np.array_equal(one, many)
        assert np.array_equal(np.diff(one[:, 0]), np.ones(one.shape[0] - 1))
        assert one[-1, 0] > 410


def test_nothing_is_followed_of_someone_without_a_heart() -> None:
    breath = Recording("a", {"respiration": SESSION["a"].channels["respiration"]})
    engine = ib.Engine.for_session(Session((breath,)), follow=("drives",))
    assert engine.push(breath).drives is None
    assert engine.finish()[0].drives is None
    assert ib.analyze(Session((breath,)))["a"].drives is None


def test_the_baseline_can_be_a_task() -> None:
    found = ib.analyze(SESSION, baseline="rest")["a"].drives
    assert found is not None
    start, end, _ = next(iter(SESSION.intervals.rows()))
    assert found.baseline == Span(start, end)
    with pytest.raises(
        DataError, match=r"no task is called 'sleep'; possible as baseline: rest"
    ):
        ib.analyze(SESSION, baseline="sleep")


def test_what_a_person_says_is_theirs_alone() -> None:
    quiet, said = (
        ib.analyze(SESSION, check_ins=given) for given in ({}, {"b": [CheckIn(300.0, 0.9)]})
    )
    for person, changed in (("a", False), ("b", True)):
        one, other = quiet[person].drives, said[person].drives
        assert one is not None
        assert other is not None
        same = np.array_equal(one.arousal.values, other.arousal.values, equal_nan=True)
        assert same is not changed
    with pytest.raises(DataError, match="'c', who is not in this session; possible: a, b"):
        ib.analyze(SESSION, check_ins={"c": [CheckIn(300.0, 0.9)]})


def test_a_drug_that_is_known_takes_its_branch_away_and_no_one_elses() -> None:
    given = ib.analyze(SESSION, baseline="rest", drugs={"a": [Drug("atropine", 200.0)]})
    a, b = given["a"].drives, given["b"].drives
    assert a is not None
    assert b is not None
    assert float(np.exp(a.vagal.values[-60:].mean())) < 0.1
    assert float(np.exp(b.vagal.values[-60:].mean())) > 0.5
    with pytest.raises(DataError, match="a drug of 'c', who is not in this session"):
        ib.analyze(SESSION, drugs={"c": [Drug("atropine", 200.0)]})
