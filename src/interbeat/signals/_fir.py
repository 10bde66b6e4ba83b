"""A linear-phase filter that remembers: the same output however the input is cut."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.kernels.peaks import slide

__all__ = ["Fir"]


class Fir:
    """A finite impulse response filter, which may keep every `step`-th output only.

    Output k stands for the instant of input ``k * step``: the delay of the filter is taken
    off, so that outputs lag behind by ``half`` inputs. The signal is zero before it begins.

    Parameters
    ----------
    taps : array, odd length
        Symmetric.
    step : int
        1 keeps every output.

    Attributes
    ----------
    half : int
        Inputs beyond an instant that its output waits for.

    Examples
    --------
    >>> fir = Fir(np.ones(3), step=2)
    >>> fir.push(np.array([1.0, 2.0])), fir.push(np.array([3.0, 4.0, 5.0]))
    (array([3.]), array([9.]))
    """

    def __init__(self, taps: FloatArray, *, step: int) -> None:
        self.half, self._step = taps.size // 2, step
        self._taps = np.ascontiguousarray(taps, dtype=np.float64)
        self._kept = np.zeros(self.half)
        self._alone = bool(taps.size == 1 and taps[0] == 1.0 and step == 1)

    def push(self, values: FloatArray) -> FloatArray:
        """Return the outputs that these inputs complete."""
        if self._alone:
            return values
        known = np.concatenate((self._kept, values))
        out = slide(known, self._taps, self._step)
        self._kept = known[out.size * self._step :]
        return out
