"""The heart from an electrocardiogram: R peaks, breathing in their height, and quality."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import ROUNDING, Signal
from interbeat.signals._gaps import Gaps
from interbeat.signals._join import joined, whole_beats
from interbeat.signals._qrs import Found, QrsFinder
from interbeat.signals._stream import Block, Holder, Stream
from interbeat.signals.edr import SPAN, HeightGrid
from interbeat.signals.quality import CardiacQuality, QualitySettings

__all__ = ["SLOWEST_ECG", "EcgStage", "detect_beats"]

SLOWEST_ECG = 80.0  # Hz
GAP = 0.1  # s: a shorter run of lost samples hides no QRS complex
CLOSEST = 0.1  # s: two peaks that are closer are one

QUALITY = QualitySettings(flat=0.2, rail=0.04, noise=(0.3, 0.6), spike=(3.0, 6.0), silence=2.5)


class EcgStage:
    """Samples of one ECG lead in; beats, ECG-derived breathing and quality out.

    Gives ``"beats"`` (:class:`Beats` at R peaks, between samples), ``"edr"`` (:class:`Signal`
    at 4 Hz on whole quarters of a second, NaN where beats are missing) and
    ``"cardiac_quality"`` (:class:`Signal` at 1 Hz on whole seconds, the value at k speaking
    of ``k <= t < k + 1``).

    Works on a lead of either polarity, in any unit, with any offset. A beat is marked as not
    normal where more than 0.1 s of samples were lost since the beat before it, and where the
    peak changes its side. Flat, saturated or lost stretches give no beats and quality 0.

    Parameters
    ----------
    sampling_rate : float
        In Hz, at least 80.
    person : str
        Whose heart.

    Attributes
    ----------
    latency : float
        Seconds, for all outputs: see :class:`~interbeat.core.stage.Stage`.
    beat_latency : float
        Seconds, for the beats alone.

    Raises
    ------
    DataError
        If the sampling rate is too low to find R peaks.

    Examples
    --------
    >>> time = np.arange(0, 20, 1 / 250)
    >>> ecg = np.exp(-(((time % 0.8 - 0.4) / 0.02) ** 2))
    >>> stage = EcgStage(sampling_rate=250, person="a")
    >>> out = stage.push(Signal(ecg, sampling_rate=250, unit="mV", person="a", start=0))
    >>> out["beats"].times[:3].round(3), stage.polarity
    (array([0.4, 1.2, 2. ]), 1)
    """

    def __init__(self, sampling_rate: float, person: str) -> None:
        self._stream = Stream(sampling_rate, person)
        rate = self._stream.sampling_rate
        if rate < SLOWEST_ECG:
            raise DataError(
                f"an ECG at {rate:g} Hz is too slow to find R peaks "
                f"(at least {SLOWEST_ECG:g} Hz)"
            )
        gap = round(GAP * rate)
        self._person, self._rate = person, rate
        self._holder, self._gaps = Holder(gap), Gaps(gap)
        self._finder = QrsFinder(rate)
        self._grid = HeightGrid(person)
        self._quality = CardiacQuality(QUALITY, person, (rate, rate / self._finder.step))
        self._last, self._side = -math.inf, 0.0  # index and polarity of the latest beat
        self._closest = CLOSEST * rate
        self._done = False
        self.beat_latency = self._finder.latency
        self.latency = self.beat_latency + SPAN

    @property
    def until(self) -> float:
        """Time (s) before which every output has been given."""
        return math.inf if self._done else self._stream.end - self.latency

    @property
    def polarity(self) -> int:
        """Whether R peaks mostly pointed up (1) or down (-1) so far; 0 before the first."""
        return int(np.sign(self._finder.leaning))

    def push(self, chunk: Data) -> Mapping[str, Data]:
        """Take the next samples; return what has become certain.

        Raises
        ------
        DataError
            If the chunk does not fit: see :class:`~interbeat.signals._stream.Stream`.
        """
        return joined([self._block(block) for block in self._stream.blocks(chunk)])

    def finish(self) -> Mapping[str, Data]:
        """End the signal; return the rest."""
        if self._done or self._stream.taken == 0:
            return {}
        self._done = True
        end = self._stream.end
        held = np.full(math.ceil(self.beat_latency * self._rate) + 1, self._holder.last)
        self._gaps.push(np.zeros(held.size, dtype=np.bool_))
        found = self._find(held, end)
        quality = self._quality.until(math.ceil(end - ROUNDING / self._rate))
        return joined([found | {"cardiac_quality": quality}, {"edr": self._grid.finish(end)}])

    def _block(self, block: Block) -> dict[str, Data]:
        if block.first == 0:
            self._grid.begin(self._stream.origin)
            self._quality.begin(self._stream.origin)
        filled, lost = self._holder.fill(block.values)
        self._gaps.push(lost)
        self._quality.push(block.values)
        certain = self._stream.time(block.first + filled.size) - self.beat_latency
        found = self._find(filled, certain)
        return found | {"cardiac_quality": self._quality.until(math.floor(certain))}

    def _find(self, filled: FloatArray, certain: float) -> dict[str, Data]:
        """Return the beats in the next samples, and breathing in those before `certain` (s)."""
        found = self._finder.push(filled)
        taken, joins = self._taken(found)
        times, heights = self._stream.times(found.at[taken]), found.height[taken]
        self._quality.heard(found.strength, times)
        beats = Beats(times, np.array(joins, dtype=np.bool_), self._person)
        return {"beats": beats, "edr": self._grid.push(times, heights, joins, certain)}

    def _taken(self, found: Found) -> tuple[list[int], list[bool]]:
        """Return which peaks are beats, and whether each joins the one before."""
        taken, joins = [], []
        peaks = zip(found.at.tolist(), found.polarity.tolist(), strict=True)
        for k, (index, side) in enumerate(peaks):
            if index - self._last < self._closest or self._gaps.holds(index):
                continue
            if not 0 <= index < self._stream.taken:
                continue
            broken = self._gaps.between(self._last, index) or side == -self._side
            taken.append(k)
            joins.append(not broken or self._side == 0)
            self._last, self._side = index, side
        if taken:
            self._gaps.forget(int(self._last))
        return taken, joins


def detect_beats(ecg: ArrayLike, *, sampling_rate: float) -> Beats:
    """Return the beats of a whole ECG: one push of :class:`EcgStage`.

    Parameters
    ----------
    ecg : array_like, shape (n,)
        One lead, in any unit and of either polarity; NaN where samples were lost.
    sampling_rate : float
        In Hz, at least 80.

    Returns
    -------
    Beats
        R peaks, in seconds from the first sample, of person ``"a"``. Ectopic beats are not
        yet marked: see :class:`~interbeat.signals.correction.CorrectionStage`.

    Raises
    ------
    DataError
        If `ecg` is not a row of numbers, or the sampling rate is too low.

    Examples
    --------
    >>> time = np.arange(0, 20, 1 / 250)
    >>> ecg = np.exp(-(((time % 0.8 - 0.4) / 0.02) ** 2))
    >>> detect_beats(ecg, sampling_rate=250).rr_ms[:3].round(1)
    array([800., 800., 800.])
    """
    stage = EcgStage(sampling_rate, "a")
    signal = Signal(ecg, sampling_rate, "a.u.", "a", 0.0)  # type: ignore[arg-type]
    return whole_beats(stage.push(signal), stage.finish())
