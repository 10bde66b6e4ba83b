"""Sums over the whole seconds of a session's clock, however the samples come."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.signal import ROUNDING

__all__ = ["Seconds"]

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

    def begin(self, origin: float) -> None:
        """Set the time (s) of the first sample; the first row is the second it falls in."""
        self._origin = origin
        self._second = math.floor(origin + ROUNDING / self._rate)

    def push(self, values: FloatArray) -> None:
        """Take the next samples."""
        end = self._taken + values.size
        open_second = self._second + len(self._table) - 1
        last = open_second
        while self._edge(last + 1) < end:
            last += 1
        if last > open_second:
            more = np.zeros((last - open_second, self._table.shape[1]))
            self._table = np.concatenate((self._table, more))
        begun = [self._edge(k) - self._taken for k in range(open_second + 1, last + 1)]
        rows = self._table[open_second - self._second :]
        self._add(values, np.array(begun, dtype=np.int64), rows)
        self._taken = end

    def take(self, count: int) -> FloatArray:
        """Return the rows of the first `count` seconds, zeros where no sample came."""
        short = count + 1 - len(self._table)
        if short > 0:
            more = np.zeros((short, self._table.shape[1]))
            self._table = np.concatenate((self._table, more))
        rows, self._table = self._table[:count], self._table[count:]
        self._second += count
        return rows

    def _edge(self, second: int) -> int:
        """Return the index of the first sample of `second`."""
        return math.ceil((second - self._origin) * self._rate - ROUNDING)
