"""Loops that sum samples up by the second, one after the other, so that no cut shows."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["faults", "strengths"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
def faults(
    values: Floats, edges: Ints, table: Floats, state: Floats, flat: int, rail: int
) -> None:
    """Add up samples, lost ones, flat ones and clipped ones, the columns of `table`.

    Parameters
    ----------
    values
        Samples, NaN or infinite where lost.
    edges
        Index of the first sample of each row of `table` after the first row.
    table : shape (edges.size + 1, 4)
        Changed.
    state : shape (4,)
        Value before, length of the run of equal values that ends there, smallest and largest
        value so far; changed.
    flat, rail : int
        From this many equal samples in a row on a sample is flat; clipped, where their value
        is also the largest or the smallest so far.
    """
    before, run, low, high = state[0], state[1], state[2], state[3]
    begin, least = 0, min(flat, rail)
    for row in range(edges.size + 1):
        end = min(max(edges[row], begin), values.size) if row < edges.size else values.size
        for i in range(begin, end):
            value = values[i]
            if not math.isfinite(value):
                table[row, 1] += 1.0
                continue
            run = run + 1.0 if value == before else 0.0
            before = value
            low, high = min(low, value), max(high, value)
            if run < least:
                continue
            if run >= flat:
                table[row, 2] += 1.0
            if run >= rail and (value <= low or value >= high):
                table[row, 3] += 1.0
        table[row, 0] += end - begin
        begin = end
    state[0], state[1], state[2], state[3] = before, run, low, high


@njit(cache=True)
def strengths(values: Floats, edges: Ints, table: Floats) -> None:
    """Add up values, their square roots, and keep the largest, the columns of `table`.

    `values` are not negative; `edges` as in :func:`faults`; `table` has three columns, and is
    changed.
    """
    begin = 0
    for row in range(edges.size + 1):
        end = min(max(edges[row], begin), values.size) if row < edges.size else values.size
        total, largest = table[row, 1], table[row, 2]
        for i in range(begin, end):
            total += math.sqrt(values[i])
            largest = max(largest, values[i])
        table[row, 0] += end - begin
        table[row, 1], table[row, 2] = total, largest
        begin = end
