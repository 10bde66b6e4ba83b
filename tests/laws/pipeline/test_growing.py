"""A channel that grows chunk by chunk is what ``then`` would have made of the chunks."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.pipeline._growing import Growing


@given(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=12), lost=st.integers(0, 9))
def test_a_grown_signal_is_the_joined_one(sizes: list[int], lost: int) -> None:
    start, chunks = 0.3, []
    for k, n in enumerate(sizes):
        chunks.append(Signal(np.full(n, float(k)), 4, "µS", "a", start))
        start = chunks[-1].end + (lost / 4 if n else 0)
    grown = Growing(chunks[0])
    for chunk in chunks[1:]:
        grown.add(chunk)
    held = [chunks[0], *(c for c in chunks[1:] if len(c))]
    assert grown.whole() == reduce(lambda one, next_: one.then(next_), held)


@given(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_grown_beats_are_the_joined_ones_and_looking_changes_nothing(sizes: list[int]) -> None:
    whole = Beats.from_rr([800.0] * sum(sizes), person="a")
    edges = [0.0, *(whole.times[np.minimum(np.cumsum(sizes), len(whole) - 1)]), np.inf]
    grown, looks = Growing(Beats.at([], "a")), []
    for a, b in pairwise(edges):
        grown.add(whole.between(a, b))
        looks.append(grown.whole())
    assert looks[-1] == whole
    assert all(look == whole.between(0, look.end + 0.1) for look in looks if len(look))


def test_an_overlap_is_refused_while_growing() -> None:
    signal = Signal([1.0, 2.0], 4, "µS", "a", 0)
    grown = Growing(signal)
    with pytest.raises(DataError, match="overlaps"):
        grown.add(signal.moved(0.25))
