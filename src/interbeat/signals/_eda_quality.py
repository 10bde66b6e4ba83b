"""How far each second of skin conductance may be trusted."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels.grid import COLUMNS
from interbeat.kernels.running import running_median
from interbeat.signals._grid import NO_SAMPLES, Tape
from interbeat.signals._reasons import why_bad

__all__ = ["SweatGrader"]

RECENT = 60  # s whose noise tells that of now
FASTEST = 10.0  # µS/s: faster is the electrode, not the sweat
STILL = 10  # s without any change: no skin
SEEN = 5  # s of these there must be, to say so
UNSEEN = (*NO_SAMPLES, np.inf)  # a second, and its noise


class SweatGrader:
    """How far each second of skin conductance may be trusted.

    Attributes
    ----------
    reasons : numpy.ndarray
        Why not, of the seconds that :meth:`grades` gave last: numbers of ``REASONS``.
    """

    def __init__(self) -> None:
        self._looks = Tape((COLUMNS + 1,))  # of each second: how it looks, and its noise
        self._ring = np.full(RECENT, np.nan)
        self._first = self.graded = 0
        self.reasons = np.empty(0)

    def begin(self, second: int) -> None:
        """Let the first second be this one."""
        self._first = self.graded = second

    def take(self, looks: FloatArray) -> None:
        """Take in what the next seconds look like."""
        noise = np.sqrt(running_median(np.ascontiguousarray(looks[:, 5]), self._ring) / 1.5)
        noise = np.nan_to_num(noise, nan=np.inf)
        self._looks.append(np.column_stack((looks, noise)))

    def jumps(self, second: NDArray[np.int64]) -> BoolArray:
        """Return whether these seconds, or the ones before them, hold a jump."""
        fast = self._looks.values[:, 6] > FASTEST
        at = np.minimum(second - self._first - self._looks.first, fast.size - 1)
        return np.asarray(fast[at] | (fast[np.maximum(at - 1, 0)] & (at >= 1)))

    def noise(self, second: NDArray[np.int64]) -> FloatArray:
        """Return the standard deviation of the noise of samples in these seconds."""
        at = second - self._first - self._looks.first
        return np.asarray(self._looks.values[at, COLUMNS])

    def grades(self, *, over: bool) -> FloatArray:
        """Return the quality of the seconds that can be judged now, shape (n,)."""
        done = self._looks.end
        begin = self.graded - self._first
        end = max(done if over else done - STILL + 1, begin)
        self.reasons = np.empty(0)
        if end == begin:
            return np.empty(0)
        looks = self._looks.around(begin - STILL + 1, end + STILL - 1, UNSEEN)
        self.graded += end - begin
        self._looks.forget(end - STILL)
        enough = min(SEEN, done)
        fast = looks[:, 6] > FASTEST
        here = slice(STILL - 1, STILL - 1 + end - begin)
        before = slice(STILL - 2, STILL - 2 + end - begin)
        jump, still = fast[here] | fast[before], _still(looks, enough)
        quality = np.where(jump | still, 0.0, looks[here, 0])
        parts = {"a jump": np.where(jump, 0.0, 1.0), "flat": np.where(still, 0.0, 1.0)}
        self.reasons = why_bad(quality, _ranges(looks[here]) | parts)
        return quality


def _ranges(looks: FloatArray) -> dict[str, FloatArray]:
    """Return the share of samples there are, by what most of the others are."""
    there, beyond = looks[:, 0], looks[:, 7]
    most = 2 * np.abs(beyond) > 1 - there
    return {
        "no data": np.where(most, 1.0, there),
        "under 0.05 µS": np.where(most & (beyond < 0), there, 1.0),
        "over 100 µS": np.where(most & (beyond > 0), there, 1.0),
    }


def _still(looks: FloatArray, enough: int) -> BoolArray:
    """Return which seconds lie in a stretch of STILL seconds in which nothing changes."""
    low = sliding_window_view(looks[:, 1], STILL).min(axis=1)
    high = sliding_window_view(looks[:, 2], STILL).max(axis=1)
    seen = sliding_window_view(looks[:, 0] > 0, STILL).sum(axis=1)
    still = (low == high) & (seen >= enough)
    return np.asarray(sliding_window_view(still, STILL).any(axis=1))
