"""Sums over the whole seconds of a session's clock, however the samples come."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.signal import ROUNDING

__all__ = ["Seconds"]

NONE = np.empty(0, dtype=np.int64)

Adding = Callable[[FloatArray, IntArray, FloatArray], None]
"""``add(values, edges, table)``: add values to rows; `edges` is where the next rows begin."""


class Seconds:
    """A table with a row a second, which a kernel fills sample by sample.

    Parameters
    ----------
    rate : float
        Of the samples, in Hz.
    columns : int
        Of the table; each row begins as zeros.
    add : callable
        The kernel.
    """

    def __init__(self, rate: float, columns: int, add: Adding) -> None:
        self._rate, self._add = rate, add
        self._taken, self._origin, self._second = 0, 0.0, 0
        self._table = np.zeros((1, columns))
        self._open, self._begins = 0, 0  # the second being filled; where the next begins

    def begin(self, origin: float) -> None:
        """Set the time (s) of the first sample; the first row is the second it falls in."""
        self._origin = origin
        self._second = math.floor(origin + ROUNDING / self._rate)
        self._fill(self._second)

    def push(self, values: FloatArray) -> None:
        """Take the next samples."""
        end, before = self._taken + values.size, self._open
        edges = NONE
        if self._begins < end:
            edges = self._edges(end) - self._taken
            self._fill(before + edges.size)
            self._lengthen(self._open + 1 - self._second)
        self._add(values, edges, self._table[before - self._second :])
        self._taken = end

    def take(self, count: int) -> FloatArray:
        """Return the rows of the first `count` seconds, zeros where no sample came."""
        self._lengthen(count + 1)
        rows, self._table = self._table[:count], self._table[count:]
        self._second += count
        self._fill(max(self._open, self._second + len(self._table) - 1))
        return rows

    def _lengthen(self, rows: int) -> None:
        """Let the table have as many rows, if it has fewer."""
        short = rows - len(self._table)
        if short > 0:
            more = np.zeros((short, self._table.shape[1]))
            self._table = np.concatenate((self._table, more))

    def _fill(self, second: int) -> None:
        self._open, self._begins = second, self._edge(second + 1)

    def _edges(self, end: int) -> IntArray:
        """Return the index of the first sample of each second that begins before `end`."""
        last = math.ceil(end / self._rate + self._origin) + 1
        seconds = np.arange(self._open + 1, last)
        edges = np.ceil((seconds - self._origin) * self._rate - ROUNDING).astype(np.int64)
        return np.asarray(edges[edges < end])

    def _edge(self, second: int) -> int:
        """Return the index of the first sample of `second`."""
        return math.ceil((second - self._origin) * self._rate - ROUNDING)
