"""What was found in steps of skin conductance, at the samples of the record."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels import sweat
from interbeat.signals._sweat import Found, Model

__all__ = ["Places"]


class Places:
    """From steps to samples; NaN where a sample is lost.

    Parameters
    ----------
    times : numpy.ndarray, shape (n,)
        Of the samples (s).
    good : numpy.ndarray, shape (n,)
        Which of them are there and to be trusted.
    y : numpy.ndarray, shape (m,)
        The steps, NaN where lost.
    model : Model
        Of the responses.
    first : float
        Time of the first step (s).
    """

    def __init__(
        self, times: FloatArray, good: BoolArray, y: FloatArray, *, model: Model, first: float
    ) -> None:
        n = y.size
        self._model, self._n = model, n
        self._good = good.copy()
        if not n:
            self._good[:] = False
            return
        self._place = (times - first) * model.rate
        nearest = np.clip(np.round(self._place), 0, n - 1).astype(np.int64)
        self._good &= np.isfinite(y[nearest])

    def between(self, values: FloatArray) -> FloatArray:
        """Return `values` of the steps, in straight lines."""
        if not self._n:
            return np.full(self._good.size, np.nan)
        out = np.interp(self._place, np.arange(self._n), values)
        return np.where(self._good, out, np.nan)

    def held(self, values: FloatArray) -> FloatArray:
        """Return `values` of the steps, each up to the next."""
        if not self._n:
            return np.full(self._good.size, np.nan)
        step = np.clip(np.floor(self._place + 1e-9), 0, self._n - 1).astype(np.int64)
        return np.where(self._good, values[step], np.nan)

    def phasic(self, found: Found) -> FloatArray:
        """Return what responses add: exponentials within steps, which meet at their ends."""
        if not self._n:
            return np.full(self._good.size, np.nan)
        settings = self._model.settings
        rise, decay = settings[sweat.RISE], settings[sweat.DECAY]
        place = np.clip(self._place, 0, self._n - 1)
        step = np.minimum(place.astype(np.int64), max(self._n - 2, 0))
        part = place - step
        slow, fast = found.out[:, sweat.SLOW], found.out[:, sweat.FAST]
        out = slow[step] * np.exp(-part / decay) - fast[step] * np.exp(-part / rise)
        ends = slow * math.exp(-1 / decay) - fast * math.exp(-1 / rise)
        for row in found.rows:
            self._burst(row, (place, out, ends))
        off = np.append(slow[1:] - fast[1:], 0.0) - ends
        off[-1] = 0.0
        return np.where(self._good, out + part * off[step], np.nan)

    def _burst(self, row: FloatArray, parts: tuple[FloatArray, FloatArray, FloatArray]) -> None:
        """Add the response `row` to the samples of the step in which it begins."""
        place, out, ends = parts
        onset, size = row[sweat.POSITION], row[sweat.AMPLITUDE]
        rise, decay = self._model.settings[sweat.RISE], self._model.settings[sweat.DECAY]
        step = int(onset)
        if step > self._n - 2:
            return
        first, end = np.searchsorted(place, (onset, step + 1))
        slow, fast = sweat.burst(0.0, rise, decay)
        ago = place[first:end] - onset
        out[first:end] += size * (slow * np.exp(-ago / decay) - fast * np.exp(-ago / rise))
        slow, fast = sweat.burst(step + 1 - onset, rise, decay)
        ends[step] += size * (slow - fast)
