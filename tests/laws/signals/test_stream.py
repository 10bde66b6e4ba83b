"""A stream of samples is the same however it is cut, and says so when it cannot be."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.signals._stream import Holder, Stream

samples = st.lists(
    st.one_of(st.just(float("nan")), st.just(float("inf")), st.floats(-9, 9)), max_size=60
)
cuts = st.lists(st.integers(0, 60), max_size=8)


def signal(values: object, start: float = 0.0, rate: float = 4.0, unit: str = "mV") -> Signal:
    return Signal(np.asarray(values, dtype=np.float64), rate, unit, "a", start)


def joined(stream: Stream, chunks: list[Signal]) -> FloatArray:
    blocks = [block for chunk in chunks for block in stream.blocks(chunk)]
    for before, after in pairwise(blocks):
        assert after.first == before.first + before.values.size
    return np.concatenate([np.empty(0), *(block.values for block in blocks)])


@given(values=samples, at=cuts, gap=st.integers(0, 5))
def test_holding_lost_samples_does_not_depend_on_the_cuts(
    values: list[float], at: list[int], gap: int
) -> None:
    array = np.array(values)
    whole, lost = Holder(gap).fill(array)
    holder = Holder(gap)
    parts = [holder.fill(part) for part in np.split(array, sorted(at))]
    np.testing.assert_array_equal(np.concatenate([p[0] for p in parts]), whole)
    np.testing.assert_array_equal(np.concatenate([p[1] for p in parts]), lost)
    assert np.isfinite(whole).all()


@given(values=samples, gap=st.integers(0, 5))
def test_a_held_signal_has_the_steps_of_the_good_samples_and_no_others(
    values: list[float], gap: int
) -> None:
    array = np.array(values)
    filled, lost = Holder(gap).fill(array)
    good = ~lost[1:] & ~lost[:-1]
    steps = array[1:][good] - array[:-1][good]
    np.testing.assert_allclose(np.diff(filled)[good], steps, atol=1e-12)
    assert (np.diff(filled)[lost[1:]] == 0).all()


def test_samples_lost_between_chunks_are_nan() -> None:
    stream = Stream(sampling_rate=4, person="a")
    got = joined(stream, [signal([1, 2], 0.0), signal([3], 1.0), signal([4], 1.30)])
    np.testing.assert_array_equal(got, [1, 2, np.nan, np.nan, 3, 4])
    assert stream.end == 1.5


def test_a_long_chunk_comes_in_blocks_and_whole() -> None:
    values = np.arange(200_000.0)
    stream = Stream(sampling_rate=4, person="a")
    np.testing.assert_array_equal(joined(stream, [signal(values)]), values)


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (signal([1], 0.2), "overlaps the samples before it"),
        (signal([1], 9.0, rate=5), "5 Hz in a stream of 'a' at 4 Hz"),
        (signal([1], 9.0, unit="V"), "in 'V' in a stream in 'mV'"),
        (signal([1], 9.0).renamed("b"), "of 'b'"),
        (signal([1], 2e6), "at most 10 may be lost"),
        (Beats.at([3.0], "a"), "takes a Signal, not Beats"),
    ],
)
def test_a_chunk_that_does_not_fit_is_refused(later: Signal, message: str) -> None:
    stream = Stream(sampling_rate=4, person="a")
    joined(stream, [signal([1, 2], 0.0)])
    with pytest.raises(DataError, match=message):
        stream.blocks(later)
    assert stream.taken == 2


def test_a_stream_has_a_positive_rate() -> None:
    with pytest.raises(DataError, match="positive number of Hz"):
        Stream(sampling_rate=0, person="a")
