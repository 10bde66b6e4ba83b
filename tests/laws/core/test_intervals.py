"""Intervals as sets of instants: the algebra holds, checked instant by instant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals

# Between whole-second bounds, so that no edge is in doubt.
GRID: FloatArray = np.linspace(0.5, 39.5, 40)


@st.composite
def stretches(draw: st.DrawFn) -> Intervals:
    rows = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6))
    starts = [float(a) for a, _ in rows]
    ends = [float(a + length) for a, length in rows]
    return Intervals(starts, ends, tuple(draw(st.sampled_from("xyz")) for _ in rows))


@given(one=stretches(), other=stretches())
def test_joining_cutting_and_taking_away_are_what_they_are_for_sets(
    one: Intervals, other: Intervals
) -> None:
    here, there = one.contains(GRID), other.contains(GRID)
    np.testing.assert_array_equal((one | other).contains(GRID), here | there)
    np.testing.assert_array_equal((one & other).contains(GRID), here & there)
    np.testing.assert_array_equal((one - other).contains(GRID), here & ~there)


@given(one=stretches(), other=stretches())
def test_what_is_kept_and_what_is_taken_add_up(one: Intervals, other: Intervals) -> None:
    assert (one & other).seconds + (one - other).seconds == pytest.approx(one.seconds)


@given(one=stretches())
def test_the_covered_time_neither_overlaps_nor_touches(one: Intervals) -> None:
    covered = one.covered()
    assert (covered.starts[1:] > covered.ends[:-1]).all()
    assert one.seconds == pytest.approx(float(one.contains(GRID).sum()))


@given(one=stretches(), a=st.integers(0, 39), b=st.integers(0, 39))
def test_between_cuts_at_the_edges(one: Intervals, a: int, b: int) -> None:
    a, b = sorted((a, b))
    inside = (a <= GRID) & (b > GRID)
    np.testing.assert_array_equal(one.between(a, b).contains(GRID), one.contains(GRID) & inside)


@given(mask=st.lists(st.booleans(), max_size=30))
def test_runs_of_true_become_stretches(mask: list[bool]) -> None:
    found = Intervals.where(np.array(mask, dtype=bool), GRID[: len(mask)] - 0.5, 1.0, "bad")
    np.testing.assert_array_equal(found.contains(GRID[: len(mask)]), mask)
    assert (found.starts[1:] > found.ends[:-1]).all()


def test_an_interval_must_end_after_it_starts() -> None:
    with pytest.raises(DataError, match=r"interval 1 \(talk\) runs from 9.0 to 9.0 s"):
        Intervals([0, 9], [5, 9], ("rest", "talk"))
