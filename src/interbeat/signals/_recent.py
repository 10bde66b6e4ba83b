"""The latest samples of a stream, by their index since it began."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray

__all__ = ["Recent"]


class Recent:
    """The latest samples of a stream; those before the first are zero.

    Parameters
    ----------
    before : int
        How many zeros may be asked for before the first sample.

    Attributes
    ----------
    first : int
        Index of ``values[0]``.
    values : numpy.ndarray
        Contiguous float64.
    """

    def __init__(self, before: int) -> None:
        self.first = -before
        self.values: FloatArray = np.zeros(before)

    def push(self, values: FloatArray) -> None:
        """Add the next samples."""
        self.values = np.concatenate((self.values, values))

    def forget(self, index: int) -> None:
        """Let go of the samples before `index`."""
        spare = min(index - self.first, self.values.size)
        if spare > 0:
            self.values = self.values[spare:]
            self.first += spare
