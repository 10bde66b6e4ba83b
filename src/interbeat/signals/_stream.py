"""From chunks of a signal to samples with an absolute index, lost ones included."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal

__all__ = ["Block", "Holder", "Stream", "longest_run"]

BLOCK = 1 << 17  # samples: temporaries of a 24-h push stay near the cache, and memory bounded
LONGEST_GAP = (
    10 * 86_400.0
)  # s: beyond it a clock is wrong, and filling it would take all memory


class Block(NamedTuple):
    """Samples in a row, NaN where lost.

    Parameters
    ----------
    first : int
        Index of the first of them since the stream began.
    values : numpy.ndarray, shape (n,)
        Contiguous float64.
    """

    first: int
    values: FloatArray


class Stream:
    """The chunks of one signal as one row of samples since the first.

    Parameters
    ----------
    sampling_rate : float
        In Hz; each chunk must have it.
    person : str
        Whose; each chunk must be of this person.

    Attributes
    ----------
    origin : float
        Time (s) of the first sample; NaN until there is one.
    taken : int
        How many samples there were so far, lost ones included.

    Raises
    ------
    DataError
        If the sampling rate is not a positive number.

    Examples
    --------
    >>> stream = Stream(sampling_rate=4, person="a")
    >>> first = Signal([1, 2], sampling_rate=4, unit="mV", person="a", start=10)
    >>> later = Signal([5], sampling_rate=4, unit="mV", person="a", start=10.75)
    >>> [block.values.tolist() for block in stream.blocks(first)]
    [[1.0, 2.0]]
    >>> [block.values.tolist() for block in stream.blocks(later)]
    [[nan], [5.0]]
    >>> stream.end, stream.time(3)
    (11.0, 10.75)
    """

    def __init__(self, sampling_rate: float, person: str) -> None:
        rate = float(sampling_rate)
        if not (math.isfinite(rate) and rate > 0):
            raise DataError(f"a sampling rate is a positive number of Hz, not {rate}")
        self.sampling_rate, self.person = rate, person
        self.origin, self.taken = math.nan, 0
        self._unit: str | None = None

    @property
    def end(self) -> float:
        """Time (s) just after the last sample; minus infinity before the first."""
        return self.time(self.taken) if self.taken else -math.inf

    def time(self, index: float) -> float:
        """Return the time (s) of the sample at `index`, which may lie between two."""
        return self.origin + index / self.sampling_rate

    def times(self, indices: FloatArray) -> FloatArray:
        """Return the times (s) of the samples at `indices`, which may lie between two."""
        return np.asarray(self.origin + indices / self.sampling_rate)

    def index(self, time: float) -> float:
        """Return the index, with its fraction, of `time` (s)."""
        return (time - self.origin) * self.sampling_rate

    def blocks(self, chunk: Data) -> Iterator[Block]:
        """Return the samples of the next chunk, and those lost before it, a block at a time.

        Where a block ends says nothing: results must not depend on it.

        Raises
        ------
        DataError
            If the chunk is not a Signal, is of another person, rate or unit, overlaps the
            samples before it, or comes more than ten days after them.
        """
        if not isinstance(chunk, Signal):
            raise DataError(f"a stream of samples takes a Signal, not {type(chunk).__name__}")
        self._check(chunk)
        if len(chunk) == 0:
            return iter(())
        lost = self._lost_before(chunk)
        if self.taken == 0:
            self.origin = chunk.start
        first, self.taken = self.taken, self.taken + lost + len(chunk)
        return _cut(first, lost, chunk.values)

    def _check(self, chunk: Signal) -> None:
        given = (chunk.person, chunk.sampling_rate)
        mine = (self.person, self.sampling_rate)
        if given != mine:
            raise DataError(
                f"a chunk of {given[0]!r} at {given[1]:g} Hz in a stream of "
                f"{mine[0]!r} at {mine[1]:g} Hz"
            )
        if self._unit is None:
            self._unit = chunk.unit
        if chunk.unit != self._unit:
            raise DataError(f"a chunk in {chunk.unit!r} in a stream in {self._unit!r}")

    def _lost_before(self, chunk: Signal) -> int:
        if self.taken == 0:
            return 0
        seconds = chunk.start - self.end
        lost = round(seconds * self.sampling_rate)
        if lost < 0:
            raise DataError(
                f"a chunk that starts at {chunk.start:.3f} s overlaps the samples before it, "
                f"which end at {self.end:.3f} s"
            )
        if seconds > LONGEST_GAP:
            raise DataError(
                f"a chunk that starts at {chunk.start:.3f} s comes {seconds / 86_400:.0f} days "
                f"after the samples before it: at most {LONGEST_GAP / 86_400:.0f} may be lost"
            )
        return lost


def _cut(first: int, lost: int, values: FloatArray) -> Iterator[Block]:
    """Yield `lost` NaN and then `values`, at most BLOCK samples at a time."""
    for i in range(0, lost, BLOCK):
        yield Block(first + i, np.full(min(BLOCK, lost - i), np.nan))
    for i in range(0, values.size, BLOCK):
        yield Block(first + lost + i, np.ascontiguousarray(values[i : i + BLOCK]))


class Holder:
    """Samples for a filter: without NaN, without an offset, without a step after a gap.

    A lost sample (NaN or infinite) holds the value before it. The first sample is taken as
    the level of zero, so that a filter may start from rest. After a gap of more than `gap`
    samples the level is chosen anew so that the signal goes on where it was held: no filter
    rings at the seam, and no state needs a restart. Sample by sample, hence the same however
    the signal is cut.

    Parameters
    ----------
    gap : int
        Longest run of lost samples after which the level is kept.

    Examples
    --------
    >>> holder = Holder(gap=2)
    >>> values, lost = holder.fill(np.array([5.0, 6.0, np.nan, 7.0]))
    >>> values, lost
    (array([0., 1., 1., 2.]), array([False, False,  True, False]))
    >>> holder.fill(np.array([np.nan] * 3 + [90.0, 91.0]))[0]
    array([2., 2., 2., 2., 3.])
    """

    def __init__(self, gap: int) -> None:
        self.gap = gap
        self._level, self.last = 0.0, 0.0
        self._run = gap + 1  # lost so far in a row: before the first sample all are

    def fill(self, values: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Return the next samples as a filter may have them, and which were lost."""
        lost = ~np.isfinite(values)
        if values.size and self._run <= self.gap and not np.count_nonzero(lost):
            filled = values - self._level
            self.last, self._run = float(filled[-1]), 0
            return filled, lost
        filled = self._fill_runs(values, lost)
        if filled.size:
            self.last = float(filled[-1])
            self._run = _run_at_end(lost, self._run)
        return filled, lost

    def hold(self, count: int) -> FloatArray:
        """Return the last value `count` times."""
        return np.full(count, self.last)

    def _fill_runs(self, values: FloatArray, lost: BoolArray) -> FloatArray:
        filled = np.empty_like(values)
        last, begin = self.last, 0
        for back in self._returns(lost):
            last = _hold(filled, values - self._level, lost, (begin, back), last=last)
            self._level = float(values[back]) - last
            begin = back
        _hold(filled, values - self._level, lost, (begin, values.size), last=last)
        return filled

    def _returns(self, lost: BoolArray) -> list[int]:
        """Return the indices of the first good samples after gaps that are too long."""
        good = np.flatnonzero(~lost)
        if good.size == 0:
            return []
        before = np.diff(good, prepend=-1 - self._run) - 1
        return [int(i) for i in good[before > self.gap]]


def _hold(
    filled: FloatArray,
    values: FloatArray,
    lost: BoolArray,
    span: tuple[int, int],
    *,
    last: float,
) -> float:
    """Fill ``filled[span]`` with values, holding through lost ones; return the last of them."""
    here = slice(*span)
    size = span[1] - span[0]
    if size == 0:
        return last
    source = np.where(lost[here], -1, np.arange(size))
    source = np.maximum.accumulate(source)
    filled[here] = np.where(source < 0, last, values[here][source])
    return float(filled[span[1] - 1])


def _run_at_end(lost: BoolArray, before: int) -> int:
    good = np.flatnonzero(~lost)
    return int(lost.size - 1 - good[-1]) if good.size else before + int(lost.size)


def longest_run(flags: BoolArray) -> int:
    """Return the length of the longest run of true values.

    Examples
    --------
    >>> longest_run(np.array([True, False, True, True]))
    2
    """
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
    return int((edges[1::2] - edges[::2]).max(initial=0))
